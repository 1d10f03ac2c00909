"""The numbers that the chapter on backpropagation through time quotes, and checks of its statements."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from experiments.bptt.scalar import scalar_terms
from experiments.bptt.term_maps import CELLS, SEEDS, by_lag, network_states, term_map
from explorables.bptt import truncation
from facts import ran, thousands
from minirnn import LSTM, bptt
from minirnn.core.params import Params
from minirnn.gradients import referee


def numbers(page: Mapping[str, Any] | None = None) -> dict[str, str]:
    """The texts of the page, by key. `page` holds the names that its cells made; without it, those that train run."""
    page = trained() if page is None else page
    return {
        "scalar-half": f"{gradient(0.5):.3f}",
        "scalar-one": f"{gradient(1.0):.0f}",
        "scalar-more": thousands(gradient(1.1)),
        "radius-low": f"{min(radii()):.2f}",
        "radius-high": f"{max(radii()):.2f}",
        "mean-slope": f"{mean_slope():.2f}",
        "forget-high": f"{np.quantile(forget_gates(), 0.9):.2f}",
        "lstm-loss": f"{1 / at_lag_20('LSTM'):.0f}",
        "tanh-loss": thousands(1 / at_lag_20("tanh")),
        "window-share": f"{truncation.compute(lam=0.9, K=20, kind='constant').kept:.0f}",
        **{f"recall-{K}": str(page["learners"][K]) for K in (1, 10, 20)},
        "digits-accuracy": f"{100 * page['correct']:.1f}",
        "digits-by-pixel": f"{100 * page['by_pixel']:.1f}",
    }


# --- one number -----------------------------------------------------------------------------------------------


def gradient(lam: float, T: int = 100) -> float:
    """dh_T/dλ for inputs of 1."""
    return float(scalar_terms(lam, np.ones(T))[2].sum())


def check_the_terms_sum_to_the_closed_form() -> None:
    lam, T = 0.5, 10
    closed_form = (1 - T * lam ** (T - 1) + (T - 1) * lam**T) / (1 - lam) ** 2
    assert np.isclose(gradient(lam, T), closed_form, rtol=1e-12)
    assert np.isclose(closed_form, 3.957031, atol=1e-6)
    assert np.isclose(gradient(1.0, 10), 45.0)


# --- every term on one map ------------------------------------------------------------------------------------


@cache
def radii() -> list[float]:
    """The spectral radii of the tanh networks of the map at gain 1."""
    matrices = [network_states("tanh", 1.0, seed)[0]["W"] for seed in range(SEEDS)]
    return [float(np.abs(np.linalg.eigvals(W)).max()) for W in matrices]


def mean_slope() -> float:
    """The mean of σ' = 1 - h² over their states."""
    return float(np.mean([1 - network_states("tanh", 1.0, seed)[2][1:] ** 2 for seed in range(SEEDS)]))


@cache
def forget_gates() -> np.ndarray:
    """The values of all forget gates of the LSTMs of the map at gain 1."""
    cell, gates = CELLS["LSTM"], []
    assert isinstance(cell, LSTM)
    for seed in range(SEEDS):
        params, X, H = network_states("LSTM", 1.0, seed)
        gates.append(cell.gates(params, H[:-1], cell.drive(params, X))[1])
    return np.array(gates)


def at_lag_20(cell: str) -> float:
    """The size of terms at lag 20 and gain 1, relative to lag 0."""
    return float(by_lag(term_map(cell, 1.0))[20])


def check_the_tanh_terms_vanish_at_a_radius_near_1_and_the_lstms_less() -> None:
    assert min(radii()) > 0.95
    assert at_lag_20("tanh") < 1e-3
    assert 1e-2 < at_lag_20("LSTM") < 0.1
    assert abs(np.median(forget_gates()) - 0.73) < 0.03


def check_at_gain_3_the_terms_grow_with_the_lag() -> None:
    assert (np.diff(by_lag(term_map("tanh", 3.0))[[0, 5, 10, 20, 29]]) > 0).all()


# --- ten lines and three routes -------------------------------------------------------------------------------

IMPORTS = "import numpy as np", "from minirnn import LSTM, VanillaRNN, bptt"


def check_three_routes_agree() -> None:
    page = ran("bptt", *IMPORTS, "def distance(a, b)")
    assert page["distance"](page["hand"], page["auto"]) < 1e-13
    assert page["distance"](page["hand"], page["differences"]) < 1e-8


def check_the_ten_lines_are_the_librarys_gradient() -> None:
    page = ran("bptt", *IMPORTS, "def bptt_by_hand", "def distance(a, b)", "ten_lines =")
    by_hand = dict(zip("WUb", page["ten_lines"], strict=True))
    by_library = bptt(page["cell"], page["params"], page["X"], page["loss"])[1]
    assert page["distance"](by_hand, by_library) < 1e-13


def check_a_centred_network_learns_nothing_that_moves_all_units_alike() -> None:
    page = ran("bptt", *IMPORTS, "def distance(a, b)", "class CentredRNN")
    by_hand, by_autograd = page["gradients"]
    assert page["distance"](by_hand, by_autograd) < 1e-14
    assert abs(by_hand["b"].sum()) < 1e-14
    assert np.abs(by_hand["W"].sum(axis=0)).max() < 1e-14
    assert np.abs(by_hand["W"]).max() > 1e-3


def check_a_forgotten_bias_shows_only_where_it_is_not_zero() -> None:
    page = ran("bptt", *IMPORTS, "def distance(a, b)", "class CentredRNN", "class Colleague")

    def error(params: Params) -> float:
        wrong, right = (
            route(page["cell"], params, page["X"], page["loss"])[1] for route in (bptt, referee.autograd_gradient)
        )
        return float(page["distance"](wrong, right))

    assert error(page["params"] | {"c": np.zeros(5)}) < 1e-14
    assert error(page["params"]) > 1e-3


# --- the loss by truncation -----------------------------------------------------------------------------------


def check_a_window_of_31_steps_keeps_the_impulse_and_one_of_30_nothing() -> None:
    by_lag = ran("bptt", *IMPORTS, "impulse = inputs")["by_lag"]
    assert by_lag[:30].sum() == 0
    assert by_lag[:31].sum() == 1


def check_at_1_the_30_terms_of_an_impulse_are_equal() -> None:
    terms = truncation.compute(lam=1.0, K=12, kind="impulse").terms
    assert (terms[:30] == 1).all()
    assert (terms[30:] == 0).all()


def check_a_window_of_20_steps_is_a_third_of_the_sequence() -> None:
    assert len(truncation.compute(lam=0.9, K=20, kind="constant").terms) == 60


def check_with_noise_the_share_can_be_negative_or_above_1() -> None:
    assert truncation.compute(lam=0.7, K=2, kind="noise").kept < 0
    assert truncation.compute(lam=0.5, K=2, kind="noise").kept > 100


def check_for_constant_input_a_window_keeps_1_less_the_power() -> None:
    terms = scalar_terms(0.9, np.ones(1000))[2][::-1]
    for K in (1, 5, 10, 20, 50):
        assert abs(terms[:K].sum() / terms.sum() - (1 - 0.9**K)) < 1e-12


# --- what networks learn with a short window (these train some) -----------------------------------------------


@cache
def trained() -> dict[str, Any]:
    """The names of the page after the cells that train: by window K, how many of 8 networks recall the first sign
    (`learners`), and the shares of digits that are read rightly row by row (`correct`) and `by_pixel`."""
    return ran("bptt", *IMPORTS, "def recall(K, seed)", "learners = {}", "def batch(rng)", "by_pixel =")


def check_a_window_of_half_the_distance_teaches_most_networks() -> None:
    learners = trained()["learners"]
    assert learners[1] <= 2
    assert learners[10] >= 5
    assert learners[20] >= 7


def check_pixel_by_pixel_is_harder_than_row_by_row() -> None:
    assert trained()["correct"] > 0.95
    assert trained()["by_pixel"] < trained()["correct"] - 0.02
