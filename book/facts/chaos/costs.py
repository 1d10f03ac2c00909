"""Lipschitz constants of costs, bound and measured, and the trade-off with memory."""

from functools import cache

import numpy as np

from experiments.chaos import lipschitz_constants
from experiments.chaos.regimes import LONGEST, bound_rates, constants, pushed, rates
from experiments.record import load
from explorables.chaos import plane
from minirnn.dynamics.lipschitz import bounds, rate


@cache
def log_constants() -> dict[str, dict[str, np.ndarray]]:
    """ln of the constants of V and of ∇V over N = 5 … 200, mean over the seeds, by kind of tanh network."""
    r = load("lipschitz_constants")["results"]
    return {
        key: {kind: np.log(np.array(values)).mean(0) for kind, values in zip(r["regimes"], r[key], strict=True)}
        for key in ("cost", "gradient")
    }


def powers_of_the_orthogonal() -> dict[int, float]:
    """By N, the power with which the gradient's constant has grown since the N before."""
    N = np.array(load("lipschitz_constants")["results"]["N"])
    grown = np.diff(log_constants()["gradient"]["orthogonal"]) / np.diff(np.log(N))
    return dict(zip(N[1:].tolist(), grown.tolist(), strict=True))


def tanh_dot(gain: float) -> plane.Dot:
    return plane.dots()["tanh"][gain]


def numbers() -> dict[str, str]:
    (slope, curve), (slope_bound, curve_bound) = rates("chaotic"), bound_rates("chaotic")
    expanding_bounds = bound_rates("expanding")
    return {
        "expanding-slope": f"{rates('expanding')[0]:.2f}",
        "expanding-bound": f"{expanding_bounds[0]:.2f}",
        "expanding-bound2": f"{expanding_bounds[1]:.2f}",
        "rotating-power": f"{rates('rotating')[1]:.1f}",
        "chaotic-slope": f"{slope:.2f}",
        "chaotic-curve": f"{curve:.2f}",
        "chaotic-bound": f"{slope_bound:.2f}",
        "chaotic-bound2": f"{curve_bound:.2f}",
        **{f"orth-power-{N}": f"{powers_of_the_orthogonal()[N]:.1f}" for N in (80, 200)},
        "gap": f"{np.log10(tanh_dot(3.0).gradient / tanh_dot(0.3).gradient):.0f}",
    }


def check_at_the_border_the_proof_gives_the_powers_of_the_page() -> None:
    """N^2.5 for the gradient; with bounded residuals N^0.5 and N^2."""
    N = np.array([100, 200, 400, 800])

    def powers(bounded: bool) -> list[float]:
        return [rate(np.log(N), bound) for bound in zip(*(bounds(1.0, int(n), bounded) for n in N), strict=True)]

    assert np.allclose(powers(bounded=True), [0.5, 2.0], atol=0.02)
    assert abs(powers(bounded=False)[1] - 2.5) < 0.03


def check_contracting_constants_stop_growing_and_rotating_ones_grow_like_powers() -> None:
    assert max(map(abs, rates("contracting"))) < 0.02
    assert abs(rates("rotating")[1] - 2) < 0.1


def check_expanding_slopes_grow_as_the_bound_allows_and_curvatures_at_the_same_rate() -> None:
    """N times the constants grow at 2 ln 1.1; the constants of the mean have a further 1/N."""
    slope_bound, curve_bound = bound_rates("expanding")
    N = np.arange(40, LONGEST + 1)
    for constant in constants("expanding"):
        assert abs(rate(N, N * constant[39:]) - slope_bound) < 0.002
    assert curve_bound > 1.4 * slope_bound


def check_the_expanding_system_is_one_that_the_theorem_covers() -> None:
    """Its step has one constant in the parameter on all states; that of 1.1 e^{iθ} z would be 1.1 |z|."""
    offsets = np.array([-0.05, 0.05])
    x, d, _ = pushed(1.1, offsets)
    moved = x[1:] - 1.1 * x[:-1]  # what the parameter does in a step, at every state
    assert np.abs(x).max() > 1e4
    assert np.allclose(np.ptp(moved, axis=1), 0.1, atol=1e-9)
    assert np.allclose(np.ptp(x, axis=1) / 0.1, d[:, 0], rtol=1e-9)


def check_in_chaos_the_ratio_is_right_and_the_rate_is_far_below_the_bound() -> None:
    slope, curve = rates("chaotic")
    assert 1.9 < curve / slope < 2.1
    assert slope < 0.5 * bound_rates("chaotic")[0]


def check_the_constants_of_a_chaotic_tanh_network_explode() -> None:
    """Measured anew, as on the page."""
    N = np.array([10, 20, 30, 40])
    constants = [lipschitz_constants.measure("chaotic", 1, int(n), points=10) for n in N]
    cost, gradient = (rate(N, [m[key] for m in constants]) for key in ("cost", "gradient"))
    assert cost > 0.1
    assert gradient > 1.4 * cost


def check_contractive_networks_get_smoother_and_orthogonal_ones_grow_like_a_power() -> None:
    grown = {kind: np.exp(values[-1] - values[0]) for kind, values in log_constants()["gradient"].items()}
    assert grown["contractive"] < 0.2
    assert 5 < grown["orthogonal"] < 100
    assert grown["chaotic"] > 1e15
    powers = list(powers_of_the_orthogonal().values())
    assert (np.diff(powers) > 0).all()
    assert powers[-1] < 2 < bound_rates("rotating")[1]


def check_memory_is_largest_in_between_a_little_below_chaos() -> None:
    assert tanh_dot(1.0).memory > tanh_dot(0.3).memory > tanh_dot(3.0).memory
    assert tanh_dot(1.0).exponent < 0 < tanh_dot(3.0).exponent
    assert tanh_dot(3.0).gradient > 1e9


def check_an_orthogonal_matrix_remembers_more_at_the_same_smoothness() -> None:
    orthogonal = plane.dots()["orthogonal"][1.1]
    assert orthogonal.memory > tanh_dot(1.0).memory + 2
    assert orthogonal.gradient < 3 * tanh_dot(1.0).gradient


def check_the_chaos_free_network_stays_smooth_and_its_memory_is_short() -> None:
    chaos_free = plane.dots()["chaos-free"]
    assert max(dot.gradient for dot in chaos_free.values()) < 0.01
    assert chaos_free[3.0].memory < 2
