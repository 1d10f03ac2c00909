"""Products of Jacobians: powers, sums of terms, the latch, and the penalty."""

from functools import cache

import numpy as np

from experiments.bptt.scalar import scalar_terms
from experiments.vanishing import latch
from experiments.vanishing.latch_map import attractor, margin, noisy_runs, slope
from experiments.vanishing.powers import power_norms, two_by_two
from experiments.vanishing.saved import (
    latch_results,
    latch_successes,
)
from experiments.vanishing.sums import typical_gradient
from explorables.vanishing import flow
from facts import ran
from minirnn import VanillaRNN, unroll
from minirnn.dynamics import jacobian

START = (
    "from experiments.vanishing import latch",
    "from facts import short",
    "for rho, c in",
)  # cells that import what later ones use


def numbers() -> dict[str, str]:
    return {
        **{f"latch-{T}": f"{100 * latch_wins(1.25)[T] / seeds():.0f}" for T in (10, 60)},
        "omega-cosine": f"{omega_cosine():.2f}",
        "flow-before": f"{flow.compute(0, 'SGD-CR').at(40):.1g}".replace("3e-05", "0.00003"),
        "flow-omega": f"{flow.compute(100, 'SGD-CR').at(40):.2f}",
        "flow-found": f"{flow.compute(2500, 'SGD-C').at(40):.2f}",
        "flow-found-errors": f"{flow.compute(2500, 'SGD-C').error:.0f}",
        "flow-lost": f"{flow.compute(3000, 'SGD-C').at(40):.2f}",
        "flow-lost-errors": f"{flow.compute(3000, 'SGD-C').error:.0f}",
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


def check_if_sigma_is_above_1_and_the_radius_below_the_power_grows_at_first_and_vanishes() -> None:
    """A transient, for random matrices of that kind; and one that is not normal has none, as σ = ρ."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        W = rng.standard_normal((4, 4))
        W *= 0.9 / np.abs(np.linalg.eigvals(W)).max()
        norms = power_norms(W, 400)
        assert (norms[1] > 1) == (norms.max() > 1)
        assert norms[400] < 1e-9
    not_normal = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 0.5], [0.0, 0.0, 0.0]])
    assert np.abs(not_normal @ not_normal.T - not_normal.T @ not_normal).max() > 0.2
    assert np.allclose(power_norms(not_normal), 1)


def check_the_eigenvectors_of_the_figures_matrix_are_too_few() -> None:
    assert np.linalg.matrix_rank(two_by_two(0.9, 10) - 0.9 * np.eye(2)) == 1


def check_a_nilpotent_w_has_a_jacobian_with_eigenvalue_2_at_every_step_of_a_tanh_network() -> None:
    """By the library's Jacobian, along 20 steps of its own network."""
    page = ran("vanishing", *START, "8.0, 8.0")
    W, h, cell = page["W"], page["h"], VanillaRNN(m=1, n=2)
    assert np.abs(W @ W).max() == 0
    assert np.isclose(np.linalg.norm(W, 2), 16)
    params = {"W": W, "U": np.zeros((2, 1)), "b": page["b"]}
    H = unroll(cell, params, np.zeros((20, 1, 1)), h[None])
    assert np.abs(H - h).max() < 1e-9
    J = jacobian(cell, params, h[None], cell.drive(params, np.zeros((1, 1))))[0]
    assert np.allclose(J, [[8, 8], [-6, -6]])
    assert np.allclose(np.sort(np.linalg.eigvals(J).real), [0, 2])
    assert np.allclose(power_norms(J, 20)[1:], np.sqrt(200) * 2.0 ** np.arange(20))


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
    _, still_right, log_slope = noisy_runs(3.0, 0.3)
    assert still_right == 1.0
    assert log_slope < -140 * np.log(10)
    assert noisy_runs(3.0, 0.8)[2] > log_slope


def check_at_the_start_of_the_figure_powers_grow_and_vanish() -> None:
    norms = power_norms(two_by_two(0.9, 1))
    assert norms.max() > 3 * norms[0]
    assert norms[-1] < 0.01


def check_at_1_1_noise_flips_the_bit_in_about_a_third_of_the_runs() -> None:
    assert 0.28 < 1 - noisy_runs(1.1, 0.1)[1] < 0.38


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


def check_without_omega_a_solution_is_found_and_lost_again_and_the_path_stays() -> None:
    early, found, lost = (flow.compute(updates, "SGD-C") for updates in (400, 2500, 3000))
    assert early.at(40) < 1e-3 < found.at(40) < lost.at(40)
    assert found.error < 20 < 40 < lost.error
