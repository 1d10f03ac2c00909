"""Networks before training: how much of a digit reaches the last state, and the measures."""

import numpy as np

from experiments.digits import readers
from experiments.digits.comparisons import ranked
from experiments.digits.measures import median, vanishes
from experiments.digits.readers import CELLS, TASKS
from experiments.digits.saved_runs import baseline_share, exponent, saved
from experiments.digits.slow_unit import by_leaky_units, ink_left, left_over
from facts import percent
from minirnn import LRU, unroll
from minirnn.figures.panels import signed
from minirnn.learning import tasks


def numbers() -> dict[str, str]:
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


# --- linear and contracting networks --------------------------------------------------------------------------------


def check_what_the_slow_unit_holds() -> None:
    shares = left_over("64", 8).reshape(8, 8).mean(1)
    assert (np.diff(shares) > 0).all()
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


# --- before training ------------------------------------------------------------------------------------------------


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
