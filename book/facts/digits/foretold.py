"""Do the measures before training predict the accuracies? And the exercises."""

import numpy as np

from experiments.digits import readers
from experiments.digits.comparisons import SIX, needed, rank, rank_of_six, ranked
from experiments.digits.measures import FORETOLD, HIGHER_IS_BETTER, MEASURES, median
from experiments.digits.ranks import exchanged, rank_correlation
from experiments.digits.readers import CELLS, TASKS
from experiments.digits.saved_runs import correct, exponent, peak
from facts import percent
from minirnn import LSTM, unroll
from minirnn.diagnosis.entry import diagnose
from minirnn.figures.panels import signed
from minirnn.learning import losses

ALL = tuple(TASKS)


def numbers() -> dict[str, str]:
    far, short = rank_correlation("far share", ALL), {"64": "64", "p": "64 permuted", "208": "208", "784": "784"}
    others = [rank_correlation(name, ALL).chance for name in FORETOLD if name != "far share"]
    return {
        **{f"readout-{key}": signed(rank("readout", task)) for key, task in short.items()},
        **{f"no-irnn-{key}": signed(rank_of_six(task)) for key, task in short.items()},
        **{f"far-{task}": signed(rank("far share", task)) for task in ("208", "784")},
        **{f"sensitivity-{task}": signed(rank("sensitivity", task)) for task in ("64", "208")},
        "far-all": signed(far.value),
        "far-chance": percent(far.chance),
        "far-exchanged": signed(exchanged("far share", ALL).mean()),
        "far-784-chance": percent(rank_correlation("far share", ("784",)).chance),
        "least-chance": percent(min(others)),
        "pairs": f"{len(FORETOLD) * len(TASKS)}",
        "needed": f"{needed():.2f}",
    }


# --- did the measures predict it? -----------------------------------------------------------------------------------


def check_the_far_share_and_the_irnn() -> None:
    assert set(ranked("64", "far share")[-2:]) == {"IRNN", "LRU"}
    assert all(ranked(task, "far share")[-1] == "IRNN" for task in TASKS)
    shares = {task: median(task, "far share", "LRU") / median(task, "far share", "IRNN") for task in TASKS}
    assert shares["64"] > 0.9
    assert 0.45 < shares["784"] == min(shares.values()) < 0.55
    assert set(ranked("784", "far share")[-2:]) == {"IRNN", "LRU"} == set(ranked("784")[-2:])


def check_what_was_promised_and_what_came_at_208_steps() -> None:
    promised = [cell for cell in reversed(ranked("208", "far share")) if cell in SIX]
    came = [cell for cell in reversed(ranked("208")) if cell in SIX]
    assert promised[1] == came[-1] == "LSTM, bias 1"
    assert promised[3] == came[1] == "GRU"


def check_the_fitted_readout_and_the_irnn() -> None:
    assert all(ranked(task, "readout")[0] == "IRNN" for task in TASKS)
    assert [task for task in TASKS if ranked(task)[0] == "IRNN"] == ["64", "64 permuted"]


def check_the_sensitivity() -> None:
    assert ranked("64", "sensitivity")[-1] == "LRU" == ranked("64")[-1]
    assert ranked("64", "sensitivity")[-2] == "IRNN" == ranked("64")[0]
    assert rank("sensitivity", "208") < 0


def check_only_the_sensitivity_saw_the_gru_before_the_lstm() -> None:
    gru, lstm = ({name: median("208", name, cell) for name in MEASURES} for cell in ("GRU", "LSTM, bias 1"))
    assert [name for name in MEASURES if (gru[name] > lstm[name]) == HIGHER_IS_BETTER[name]] == ["sensitivity"]
    assert 4.5e-8 < gru["far share"] < 5.5e-8
    assert 4.5 < np.log10(lstm["far share"] / gru["far share"]) < 5.5
    assert peak("GRU") < peak("LSTM, bias 1") / 3 < peak("LRU") / 9


def check_rank_correlations_and_chance() -> None:
    over_all = {name: rank_correlation(name, ALL) for name in MEASURES}
    assert all(over_all[name].chance > 0.05 and over_all[name].low < 0 for name in FORETOLD)
    assert over_all["readout"].chance < 0.01
    assert rank_of_six("64") > 0.85
    assert rank("readout", "64") > 0.9 < rank("readout", "64 permuted")
    assert rank("readout", "208") < rank("far share", "208") + 1e-9
    assert rank("readout", "784") < rank("far share", "784") - 0.3
    assert 0.71 < needed() < 0.72


def check_what_is_in_a_state_need_not_be_used() -> None:
    assert median("784", "readout", "orthogonal") > 50 > 15 > correct("784", "orthogonal")


# --- exercises ------------------------------------------------------------------------------------------------------


def check_a_random_order_says_more_in_its_last_steps() -> None:
    last = {}
    for task in ("64", "64 permuted"):
        fit, validation = (readers.data(part, task)[0][-16:, :, 0].T for part in ("fit", "validation"))
        last[task] = readers.fitted_readout(fit, validation)
    assert last["64 permuted"] > last["64"] + 0.15
    assert all(correct("64 permuted", cell) > correct("64", cell) for cell in ("tanh", "orthogonal", "LRU"))


def check_states_decay_over_blanks_and_are_still_read() -> None:
    assert median("784", "readout", "GRU") > 40
    assert np.exp(2 * 90 * exponent("208", "GRU")) < np.finfo("float32").eps
    X = readers.data("fit", "784")[0][:, :16].astype("float32")
    for name in CELLS:
        cell, params, _ = readers.network(name, 0, "float32")
        h = np.abs(unroll(cell, params, X)).max((1, 2))
        assert (h[-1] < h[-90]) == (name != "IRNN")
        assert name != "GRU" or h[-1] < 1e-5


def check_a_forget_bias_of_the_logarithm_of_the_length() -> None:
    X, target = readers.data("fit", "208")
    cell, rng = LSTM(m=1, n=32), np.random.default_rng(0)
    params = cell.init(rng, forget_bias=np.log(208)) | losses.init_readout(rng, cell, outputs=10)
    report = diagnose(cell, params, X[:, :16], readers.loss(target[:16]))
    assert 0 < report.exponent < 0.02 < -exponent("208", "LSTM, bias 1")
    assert report.far_share > 10 * median("208", "far share", "LSTM, bias 1")
