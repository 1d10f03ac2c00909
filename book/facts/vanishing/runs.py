"""The paper's task: the runs that succeed, their errors on longer sequences, and the effect of the start."""

from functools import cache

import numpy as np

from experiments.record import load
from experiments.vanishing import temporal_order
from experiments.vanishing.saved import (
    Run,
    all_order_runs,
    longer_runs,
    order_runs,
    patient_runs,
)
from explorables.vanishing import order
from facts import thousands


def numbers() -> dict[str, str]:
    basic, slow, smart = order_runs("basic tanh"), order_runs("basic tanh", lr=0.01), order_runs("smart tanh")
    every = all_order_runs()
    return {
        **{f"slow-{method}": solved(slow[method, 20]) for method in order.METHODS},
        **{f"order-{m}-{L}": solved(basic[m, L]) for m in order.METHODS for L in (20, 30, 50, 75, 100)},
        "order-runs": str(len(every)),
        "order-minutes": f"{sum(run['seconds'] for run in every) / 60:.0f}",
        "patient-basic": solved(patient_runs("basic tanh", 75), " of "),
        "patient-smart": solved(patient_runs("smart tanh", 75), " of "),
        "patient-basic-100": solved(patient_runs("basic tanh", 100), " of "),
        "patient-sigmoid": solved(patient_runs("sigmoid", 20), " of "),
        **marked_numbers(),
        "smart-SGD-C-50": solved(smart["SGD-C", 50]),
        "sigmoid-solved": str(sum(run["solved"] for run in sigmoid_runs())),
        "sigmoid-all": str(len(sigmoid_runs())),
        **{f"sigmoid-moved-{L}": f"{100 * np.median(errors('sigmoid', 'SGD-CR', L)):.0f}" for L in (20, 30)},
        "sigmoid-bound": f"{sigmoid_bound():.2f}",
        "beyond-100": f"{100 * beyond(best_beyond(), 100)[0]:.1f}",
        "beyond-best": f"{100 * min(e for run in longer_runs() for e in beyond(run, 200)):.0f}",
    }


# --- the paper's result ---------------------------------------------------------------------------------------


def solved(group: list[Run], of: str = "/") -> str:
    return f"{sum(run['solved'] for run in group)}{of}{len(group)}"


def errors(init: str, method: str, L: int) -> list[float]:
    return [run["error"] for run in order_runs(init)[method, L]]


def check_clipping_is_what_20_steps_need_and_omega_what_50_need() -> None:
    wins = {key: sum(run["solved"] for run in group) for key, group in order_runs("basic tanh").items()}
    assert wins["SGD", 20] <= 2
    assert wins["SGD-C", 20] == wins["SGD-CR", 20] == 5
    assert wins["SGD-C", 50] == 0
    assert wins["SGD-CR", 50] == 5


def check_at_75_steps_only_those_with_omega_are_on_their_way() -> None:
    assert not any(run["solved"] for run in order_runs("basic tanh")["SGD-CR", 75])
    assert np.mean(errors("basic tanh", "SGD-C", 75)) > 0.74
    assert np.mean(errors("basic tanh", "SGD-CR", 75)) < 0.65


def check_at_a_smaller_rate_plain_sgd_succeeds_too() -> None:
    assert all(run["solved"] for group in order_runs("basic tanh", lr=0.01).values() for run in group)


def marked_numbers() -> dict[str, str]:
    """Successes and median updates of adding and multiplication, by method."""
    runs, texts = load("marked_numbers")["results"]["run"], {}
    for task in ("adding", "multiplication"):
        for method in ("SGD-C", "SGD-CR"):
            group = [run for run in runs if (run["task"], run["method"]) == (task, method)]
            texts[f"{task}-{method}"] = solved(group, " of ")
            updates = np.median([run["updates"] for run in group])
            texts[f"{task}-{method}-updates"] = thousands(updates)
    return texts


# --- longer sequences -----------------------------------------------------------------------------------------


def beyond(run: Run, L: int) -> list[float]:
    """Its errors at L steps and at all longer ones."""
    tested: list[float] = run["errors"][longer_runs()[0]["lengths"].index(L) :]
    return tested


def best_beyond() -> Run:
    """The network with the fewest errors at 100 steps."""
    return min(longer_runs(), key=lambda run: beyond(run, 100)[0])


def check_all_are_right_where_they_were_trained() -> None:
    at_75 = longer_runs()[0]["lengths"].index(75)
    assert all(max(run["errors"][:at_75]) < 0.01 for run in longer_runs()), "wrong where it was trained"


def check_one_with_further_updates_holds_up_to_twice_its_longest_length() -> None:
    best = best_beyond()
    assert beyond(best, 75)[0] == 0
    assert best["more"] == 10_000
    assert beyond(best, 100)[0] < 0.02
    assert sum(beyond(run, 100)[0] < 0.3 for run in longer_runs()) == 1


# --- three initialisations ------------------------------------------------------------------------------------


def sigmoid_runs() -> list[Run]:
    return [run for group in order_runs("sigmoid").values() for run in group]


@cache
def sigmoid_bound() -> float:
    """γσ at the start."""
    params = temporal_order.network("sigmoid", np.random.default_rng(0))[1]
    return float(np.linalg.norm(params["W"], 2) / 4)


def check_smart_tanh_with_omega_solves_all_up_to_50() -> None:
    assert all(run["solved"] for L in (20, 30, 50) for run in order_runs("smart tanh")["SGD-CR", L])


def check_with_sigmoid_the_theorem_applies_and_few_runs_succeed() -> None:
    assert sum(run["solved"] for run in sigmoid_runs()) < 5
    assert sigmoid_bound() < 1


def check_with_sigmoid_clipping_changes_nothing() -> None:
    for L in (20, 30, 50, 75, 100):
        plain, clipped = (errors("sigmoid", method, L) for method in ("SGD", "SGD-C"))
        assert plain == clipped, "the threshold acted"
        assert min(plain) > 0.7, "they learned"


def check_no_run_succeeds_beyond_50_and_at_100_all_guess() -> None:
    for init in ("basic tanh", "smart tanh", "sigmoid"):
        for (_, L), group in order_runs(init).items():
            assert not any(run["solved"] for run in group if L >= 75)
            assert all(run["error"] > 0.7 for run in group if L == 100), "they learned"


def check_the_initialisations_are_those_that_are_described() -> None:
    starts = temporal_order.INITS
    assert [std for _, _, std in starts.values()] == [0.1, 0.01, 0.01]
    assert starts["smart tanh"][1].keywords == {"radius": 0.95, "nonzeros": 15}
    assert [starts[name][1].keywords["std"] for name in ("basic tanh", "sigmoid")] == [0.1, 0.01]
