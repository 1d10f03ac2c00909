"""The numbers of the chapter on digits, and what must hold of them."""

import numpy as np

from experiments.digits import pixels, readers
from experiments.digits.comparisons import (
    SIX,
    bias_gain,
    clip_gain,
    interval,
    lead,
    needed,
    rank,
    rank_of_six,
    ranked,
)
from experiments.digits.measures import FORETOLD, HIGHER_IS_BETTER, MEASURES, median, vanishes
from experiments.digits.ranks import exchanged, rank_correlation
from experiments.digits.readers import CELLS, TASKS
from experiments.digits.saved_runs import baseline_share, correct, exponent, peak, results, saved, tested
from experiments.digits.slow_unit import by_leaky_units, ink_left, left_over
from minirnn import LRU, LSTM, unroll
from minirnn.diagnosis.measures import diagnose
from minirnn.learning import losses, tasks

ALL = tuple(TASKS)


def numbers() -> dict[str, str]:
    return before_training() | after_training() | promises() | small_differences()


def before_training() -> dict[str, str]:
    return {
        "left-64": percent(ink_left("64")),
        "left-784": percent(ink_left("784")),
        "one-unit": percent(by_leaky_units(1)),
        "many-units": percent(by_leaky_units(64)),
        "baseline": f"{100 * baseline_share():.1f}\u00a0%",
        "exponent-tanh": signed(exponent("208", "tanh"), 1),
        "exponent-orthogonal": signed(exponent("208", "orthogonal"), 1),
        "far-tanh": "6·10⁻¹⁰",  # see check_far_shares_before_training
        "far-irnn": percent(median("64", "far share", "IRNN")),
        "far-lru": percent(median("64", "far share", "LRU")),
        "folds-lstm0": f"{median('784', 'exponent', 'LSTM, bias 0'):.0f}",
        "gru-readout": percent(median("784", "readout", "GRU") / 100),
        "orth-readout": percent(median("784", "readout", "orthogonal") / 100),
    }


def after_training() -> dict[str, str]:
    short = {"irnn": "IRNN", "tanh": "tanh", "lstm": "LSTM, bias 1", "lstm0": "LSTM, bias 0", "lru": "LRU"}
    peaks = {"peak-lru": "LRU", "peak-gru": "GRU", "peak-lstm": "LSTM, bias 1", "irnn-peak": "IRNN"}
    lengths = ("64", "208", "784")
    return {
        **{f"{key}-{T}": percent(correct(T, cell) / 100) for key, cell in short.items() for T in lengths},
        **{key: f"{peak(cell):.0f}" for key, cell in peaks.items()},
        "lstm-p": percent(correct("64 permuted", "LSTM, bias 1") / 100),
        "epochs": f"{pixels.UPDATES * pixels.BATCH / 1077:.1f}",
        "irnn-half": f"{interval(tested('784', 'IRNN'))[1]:.0f}",
        "irnn-least": f"{min(lead(task) for task in TASKS):.0f}",
        "irnn-most": f"{max(lead(task) for task in TASKS):.0f}",
        "gru-208": percent(correct("208", "GRU") / 100),
        "orth-trained": percent(correct("784", "orthogonal") / 100),
    }


def promises() -> dict[str, str]:
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


def small_differences() -> dict[str, str]:
    gain, half = bias_gain()
    return {
        "bias-gain": f"{gain:.0f}",
        "bias-half": f"{half:.0f}",
        "clip-loss": f"{clip_gain('IRNN', '208')[0]:.0f} points",
        "tanh-clipped": "{:.0f} ± {:.0f}\u00a0%".format(*interval(tested("208", "tanh"))),
        "tanh-free": percent(np.mean(results()["unclipped"]["tanh"]["208"]["test"])),
    }


def percent(share: float | np.floating) -> str:
    return f"{100 * share:.0f}\u00a0%"


def signed(value: float, digits: int = 2) -> str:
    return f"{value:+.{digits}f}".replace("-", "−")


# --- linear and contracting networks --------------------------------------------------------------------------


def check_what_the_slow_unit_holds() -> None:
    held = left_over("64", 8).reshape(8, 8).mean(1)
    assert (np.diff(held) > 0).all()
    assert ink_left("784") < 0.1 < 0.5 < ink_left("64")
    assert left_over("784", 8).reshape(8, 8).mean(1)[-2] < 0.06


def check_real_multipliers_do_not_bring_all_of_the_image_back() -> None:
    assert by_leaky_units(1) < 0.3 < 0.5 < by_leaky_units(16)
    assert by_leaky_units(64) < 0.9


def check_the_state_of_an_lru_is_linear_in_the_pixels() -> None:
    cell, X = LRU(m=1, n=32), tasks.spaced_digits("fit")[0]
    params = cell.init(np.random.default_rng(0), r_min=0.9, r_max=0.999)
    A = unroll(cell, params, np.eye(64)[:, :, None])[-1].T
    assert np.allclose(unroll(cell, params, X)[-1], X[:, :, 0].T @ A.T)
    assert np.linalg.cond(A) < 1e7
    assert 0.95 < baseline_share() < 0.99


def check_tanh_networks_forget_where_the_theorem_is_silent() -> None:
    assert 0.9**90 < 1e-4
    for cell in ("tanh", "orthogonal"):
        assert np.linalg.norm(readers.network(cell, 0)[1]["W"], 2) > 1 - 1e-12
        assert exponent("208", cell) < -0.05


# --- before training ------------------------------------------------------------------------------------------


def check_far_shares_before_training() -> None:
    assert 5.5e-10 < median("64", "far share", "tanh") < 6.5e-10
    assert 8.5 < np.log10(median("64", "far share", "IRNN") / median("64", "far share", "tanh")) < 9
    assert {cell for cell in CELLS if vanishes("208", cell) != vanishes("64", cell)} == {"GRU", "orthogonal"}
    bias_1, bias_0 = (median("208", "far share", f"LSTM, bias {bias}") for bias in (1, 0))
    assert 1e11 <= bias_1 / bias_0 < 1e12


def check_the_exponent_of_the_irnn() -> None:
    assert all(exponent(task, "IRNN") == 0 for task in TASKS)
    assert np.isneginf(saved("measured", "784", "exponent")[list(CELLS).index("IRNN")]).sum() == 1


def check_the_order_by_sensitivity() -> None:
    assert ranked("208", "sensitivity")[-3:] == ["tanh", "IRNN", "LRU"]
    assert ranked("208", "far share")[0] == "tanh"
    assert set(ranked("208", "far share")[-2:]) == {"IRNN", "LRU"}


# --- what they learned ----------------------------------------------------------------------------------------


def check_accuracies_at_64_steps() -> None:
    assert all(correct(task, cell) < 100 * baseline_share() for task in TASKS for cell in CELLS)
    assert min(correct("64", cell) for cell in SIX) >= 60
    assert correct("64", "IRNN") < 40
    order = [cell for cell in ranked("64") if cell != "IRNN"]
    assert (order[0], order[-1]) == ("tanh", "LRU")
    assert correct("64", "tanh") > correct("64", "IRNN")


def check_accuracies_at_208_steps() -> None:
    assert correct("208", "IRNN") > correct("64", "IRNN")
    assert correct("208", "IRNN") > 5 + max(correct("208", c) for c in ("tanh", "LSTM, bias 0", "LSTM, bias 1"))
    assert correct("208", "GRU") > 55 > 40 > correct("208", "LSTM, bias 1")
    assert vanishes("208", "GRU")
    assert not vanishes("208", "LSTM, bias 1")
    assert ranked("208")[-1] == "LRU"


def check_accuracies_at_784_steps() -> None:
    means = {cell: interval(tested("784", cell)) for cell in CELLS}
    assert sorted(tested("784", "IRNN") < 11) == [False] * 4 + [True]
    assert {cell for cell, (mean, half) in means.items() if mean - half > 10} == {"LRU"}
    assert means["IRNN"][0] > 20
    assert max(mean for cell, (mean, _) in means.items() if cell not in ("LRU", "IRNN")) < 12
    assert correct("784", "IRNN") < correct("64", "IRNN") - 10


def check_the_rates() -> None:
    rates = results()["rate"]
    assert rates["IRNN"] == min(pixels.RATES)
    assert all(rates[cell] > min(pixels.RATES) for cell in SIX)


def check_the_lru_reads_after_300_updates() -> None:
    run = pixels.trained("LRU", "64", results()["rate"]["LRU"], seed=0, updates=300)
    assert run["test"] > 0.7
    assert run["skipped"] == 0


def check_the_forget_bias() -> None:
    gain, half = bias_gain()
    assert 0 < gain < half
    assert median("64", "far share", "LSTM, bias 1") > median("64", "far share", "LSTM, bias 0")
    assert results()["rate"]["LSTM, bias 0"] != results()["rate"]["LSTM, bias 1"]


def check_the_clip() -> None:
    gain, half = clip_gain("IRNN", "208")
    assert gain > half
    assert np.mean(results()["trained"]["208"]["IRNN"]["long"]) > 0.95
    for cell, task in (("tanh", "64"), ("IRNN", "64"), ("tanh", "208")):
        gain, half = clip_gain(cell, task)
        assert abs(gain) < half


# --- did the measures know? -----------------------------------------------------------------------------------


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


# --- exercises ------------------------------------------------------------------------------------------------


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
