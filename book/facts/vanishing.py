"""What the chapter on vanishing gradients says of its figures, runs and records, and the numbers that it quotes."""

from functools import cache

import numpy as np

from experiments.bptt.scalar import scalar_terms
from experiments.record import load
from experiments.vanishing import latch, temporal_order
from experiments.vanishing.latch_map import attractor, margin, noisy_runs, slope
from experiments.vanishing.powers import power_norms, two_by_two
from experiments.vanishing.saved import (
    Run,
    all_order_runs,
    latch_results,
    latch_successes,
    longer_runs,
    order_runs,
    patient_runs,
)
from experiments.vanishing.sums import typical_gradient
from explorables.vanishing import flow, order
from facts import ran, thousands

START = ("from experiments.vanishing import latch", "for rho, c in")  # cells that import what later ones use


def numbers() -> dict[str, str]:
    basic, slow, smart = order_runs("basic tanh"), order_runs("basic tanh", lr=0.01), order_runs("smart tanh")
    every = all_order_runs()
    return {
        **{f"latch-{T}": f"{100 * latch_wins(1.25)[T] / seeds():.0f}" for T in (10, 60)},
        "omega-cosine": f"{omega_cosine():.2f}",
        "flow-before": f"{flow.compute(0, 'SGD-CR').at(40):.1g}".replace("3e-05", "0.00003"),
        "flow-omega": f"{flow.compute(100, 'SGD-CR').at(40):.2f}",
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


# --- powers and products --------------------------------------------------------------------------------------


def check_a_non_normal_power_grows_to_38_and_vanishes_in_the_end() -> None:
    norms = power_norms(two_by_two(0.9, 10))
    assert norms.argmax() == 9
    assert 38 < norms[9] < 39
    assert norms[62] > 1 > norms[63]
    assert np.linalg.norm(two_by_two(0.9, 10), 2) > 10


def check_at_radius_1_the_power_grows_in_proportion_to_t() -> None:
    assert np.isclose(power_norms(two_by_two(1.0, 1))[100], 100.01, atol=0.005)


def check_two_matrices_of_radius_one_half_take_turns_and_explode() -> None:
    page = ran("vanishing", *START, "multi_dot")
    assert np.linalg.norm(page["product"], 2) > 1e9
    assert np.isclose(np.linalg.norm(page["A"], 2), 10.02, atol=0.01)
    assert 3.0 < power_norms(page["A"])[5] < 3.2
    assert 1e-27 < power_norms(page["A"])[100] < 2e-27


def check_short_terms_make_the_gradient_and_early_ones_nothing() -> None:
    page = ran("vanishing", *START, "whole, late, early")
    assert abs(page["late"] / page["whole"] - 1) < 0.1
    assert page["early"] < 1e-5 * page["whole"]


# --- must the sum diverge? ------------------------------------------------------------------------------------


def check_the_sums_are_those_of_the_table() -> None:
    T = np.array([10, 50, 100])
    known = {
        0.5: (3.957031, 4, 4),
        0.9: (26.390107, 96.621414, 99.967831),
        1.0: (45, 1225, 4950),
        -1.0: (5, 25, 50),
        1.1: (76.420523, 41720.393, 11149868.17),
    }
    for lam, values in known.items():
        assert np.allclose(typical_gradient(lam, "constant", T), values, rtol=1e-7)
    assert np.allclose(typical_gradient(1.0, "noise", T) ** 2, (T - 1) * T * (2 * T - 1) / 6, rtol=1e-12)
    assert np.isclose(typical_gradient(0.9, "noise", np.array([1000]))[0] ** 2, (1 + 0.81) / (1 - 0.81) ** 3)


def check_at_minus_1_half_of_the_terms_are_0() -> None:
    assert np.sum(scalar_terms(-1.0, np.ones(100))[2] == 0) == 50


# --- the latch ------------------------------------------------------------------------------------------------


def seeds() -> int:
    return int(latch_results()[0]["seeds"])


def latch_wins(w0: float) -> dict[int, int]:
    """By length, how many runs from this weight learn the latch under noise 0.2."""
    return dict(zip(latch_results()[0]["T"], latch_successes(w0, 0.2).tolist(), strict=True))


def check_the_latch_of_chosen_numbers_keeps_the_sign() -> None:
    assert ran("vanishing", START[0])["right"] > 0.99


def check_from_a_stored_bit_10_steps_are_learned_and_60_hardly() -> None:
    wins = latch_wins(1.25)
    assert wins[10] > 0.9 * seeds()
    assert wins[60] <= 5
    assert wins[60] <= 0.25 * seeds()


def check_where_nothing_is_stored_5_steps_are_learned_and_10_never() -> None:
    assert latch_wins(0.5)[5] == seeds()
    assert latch_wins(0.5)[10] == 0


def check_more_noise_makes_it_harder() -> None:
    assert latch_successes(1.5, 0.1).sum() > latch_successes(1.5, 0.4).sum()


def check_where_learning_fails_the_weight_shrinks() -> None:
    assert np.median(latch.run(10, 1.25, 0.2, seeds=20)["w"]) > 1.3
    assert np.median(latch.run(40, 1.25, 0.2, seeds=20)["w"]) < 0.7


def check_a_safe_bit_has_a_derivative_below_1e_minus_140_and_noise_makes_it_larger() -> None:
    _, kept, log_slope = noisy_runs(3.0, 0.3)
    assert kept == 1.0
    assert log_slope < -140 * np.log(10)
    assert noisy_runs(3.0, 0.8)[2] > log_slope


def check_at_1_1_noise_wears_the_bit_away() -> None:
    assert noisy_runs(1.1, 0.1)[1] < 0.9


def check_the_larger_the_margin_the_smaller_the_slope() -> None:
    table = {1.25: (0.077805, 0.88801, 0.61914), 1.5: (0.207546, 1.28784, 0.39431)}
    table |= {2.0: (0.532840, 1.91501, 0.16637), 3.0: (1.303274, 2.98470, 0.03051)}
    for w, (h, a, d) in table.items():
        assert np.allclose([margin(w), attractor(w), float(slope(w, a))], [h, a, d], atol=1e-5)


# --- the penalty ----------------------------------------------------------------------------------------------


@cache
def omega_cosine() -> float:
    """Of the immediate and the full gradient of Ω."""
    cosine: float = ran("vanishing", *START, "temporal_terms, unroll", "import losses, regularizers, tasks")[
        "cosine"
    ]
    return cosine


def check_the_immediate_gradient_has_another_direction() -> None:
    assert 0 < omega_cosine() < 0.999


def check_omega_opens_the_path_before_the_task_is_learned() -> None:
    assert flow.compute(0, "SGD-CR").at(40) < 1e-4
    assert flow.compute(100, "SGD-CR").at(40) > 0.1
    assert flow.compute(100, "SGD-CR").error > 50


def check_without_omega_the_way_is_found_and_lost_again() -> None:
    assert flow.compute(400, "SGD-C").at(40) < 1e-3
    assert flow.compute(2500, "SGD-C").error < 20
    assert flow.compute(3000, "SGD-C").error > 40


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
    runs, told = load("marked_numbers")["results"]["run"], {}
    for task in ("adding", "multiplication"):
        for method in ("SGD-C", "SGD-CR"):
            group = [run for run in runs if (run["task"], run["method"]) == (task, method)]
            told[f"{task}-{method}"] = solved(group, " of ")
            updates = np.median([run["updates"] for run in group])
            told[f"{task}-{method}-updates"] = thousands(updates)
    return told


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
