"""One unit: its sensitivity, the remedies, the journey, the ring of the LRU, gates and the scan."""

import numpy as np

from experiments.elementwise import divergence, gates, ring, scans
from experiments.elementwise.remedies import cuts, entries, width
from experiments.elementwise.twins import apart
from experiments.record import load
from facts import thousands
from minirnn.theory.parametrizations import EIGENVALUES
from minirnn.theory.population import metric, normalized, sensitivity, variance


def numbers() -> dict[str, str]:
    unit = {f"apart-{tau}": f"{100 * apart(1 - 1 / tau, 0.0):.2g}" for tau in (2, 200)}
    later = {
        "ring-100": f"{100 * float(ring.share_beyond(100.0, 0.9, 0.999)):.1f}",
        "ring-10": f"{100 * float(ring.share_beyond(10.0, 0.0, 0.99)):.0f}",
        "joins-doubling": str(scans.doubling(16, 4).joins),
        "joins-single": str(scans.sequential(16, 15).joins),
    }
    return unit | divergence_numbers() | remedy_numbers() | journey_numbers() | later


# --- one number -----------------------------------------------------------------------------------------------


def check_a_hundredth_moves_long_memories_far() -> None:
    assert apart(1 - 1 / 2, 0.0) < 0.02
    assert 0.5 < apart(1 - 1 / 200, 0.0) < 1
    assert 35 < apart(1 - 1 / 200, 0.0) / apart(1 - 1 / 2, 0.0) < 45  # the lesson's vote: about forty times


def check_variance_and_sensitivity_of_one_unit() -> None:
    assert np.allclose([variance(0.99), sensitivity(0.99)], [50.2513, 251262.6], rtol=1e-6)
    assert np.allclose([variance(0.9, 0.9), sensitivity(0.9, 0.9)], [50.1385, 3756.95], rtol=1e-5)


def divergence_numbers() -> dict[str, str]:
    settings = load("divergence")["settings"]
    return {
        "sequences": str(settings["sequences"]),
        "divergence-seeds": str(len(settings["seeds"])),
        "fitted": str(settings["fitted"]),
    }


def check_measured_exponents_are_those_of_the_theorem() -> None:
    results = load("divergence")["results"]
    for i, known in enumerate([(1, 3), (1, 3), (2, 4)]):
        for key, exponent in zip(("variance", "sensitivity"), known, strict=True):
            assert abs(divergence.exponents(results["gap"], results[key][i]).mean() - exponent) < 0.1


# --- remedies -------------------------------------------------------------------------------------------------


def curvature(name: str, lam: complex) -> np.ndarray:
    """The normalised loss's Hessian at λ, as the page computes it."""
    one = EIGENVALUES[name]
    return metric(lam, one.derivatives(*one.inverse(lam)), scale=normalized)


def remedy_numbers() -> dict[str, str]:
    polar, optimal = (entries(name, np.array(0.98), np.pi / 4) for name in ("polar", "optimal"))
    return {
        "polar-98": thousands(int(min(polar) / 1000) * 1000),
        "optimal-98": f"{optimal[0]:.0f}",
        "variance-98": f"{scaled_variance(0.98, 0.9):.0f}",
        "condition-45": thousands(np.linalg.cond(curvature("optimal", 0.9 * np.exp(0.25j * np.pi)))),
    }


def scaled_variance(nu: float, rho: float) -> float:
    """Of γh, whose variance is 1 for white inputs."""
    return float(variance(nu, rho)) * (1 - nu**2)


def check_correlated_inputs_escape_the_normalisation() -> None:
    """By a long run too."""
    assert np.isclose(scaled_variance(0.98, 0.0), 1)
    rng, x, h, total = np.random.default_rng(0), 0.0, 0.0, 0.0
    for z in rng.standard_normal(400_000).tolist():
        x = 0.9 * x + np.sqrt(1 - 0.81) * z
        h = 0.98 * h + x
        total += h * h
    assert np.isclose(total / 400_000 * (1 - 0.98**2), scaled_variance(0.98, 0.9), rtol=0.1)


def check_valleys_are_as_wide_as_the_page_says() -> None:
    assert all(width(cut) <= 0.0101 for cut in cuts(100, "polar", 0.0))
    exponential = [cuts(tau, "exponential", 0.0) for tau in (10, 50, 100)]
    optimal = [cuts(tau, "optimal", 0.0) for tau in (2, 100)]
    assert max(np.abs(a - b).max() for a, b in zip(*optimal, strict=True)) < 0.03
    assert max(np.abs(cut[0] - exponential[-1][0]).max() for cut in exponential) < 0.01
    assert width(exponential[-1][1]) < 0.02


def check_the_exponential_map_makes_the_magnitude_flat_and_not_the_angle() -> None:
    lam = 0.99 * np.exp(1j)
    assert abs(curvature("exponential", lam)[0, 0] - 0.24999) < 1e-5
    assert abs(curvature("polar", lam)[1, 1] - 4900.6) < 10


def check_the_optimal_map_is_flat_at_the_angle_0_only() -> None:
    assert np.allclose(entries("optimal", np.array(0.98), 0.0), 1.0)
    H = curvature("optimal", 0.9 * np.exp(0.25j * np.pi))
    assert np.isclose(np.linalg.det(H), 1.0)
    assert np.linalg.cond(H) > 1e3


# --- far from the optimum -------------------------------------------------------------------------------------


def journey_numbers() -> dict[str, str]:
    results = load("angles")["results"]
    runs, at = results["none"], results["rate"].index
    low, _, high = runs["polar"][at(1e-2)]["last"]
    return {
        "journey-optimal": f"{runs['optimal'][at(1e-3)]['last'][1]:.0f}",
        "journey-memory": f"{1 / (1 - runs['optimal'][at(1e-3)]['path'][-1][0]):.0f}",
        "tanh-high": f"{runs['tanh'][at(1e-2)]['last'][2]:.1g}",
        "polar-low": f"{low:.6f}",
        "polar-high": f"{high:.1g}",
        "optimal-low": f"{min(run['last'][0] for run in runs['optimal']):.0f}",
        "optimal-high": f"{max(run['last'][2] for run in runs['optimal']):.0f}",
    }


def check_all_but_the_optimal_map_arrive_by_a_detour() -> None:
    results = load("angles")["results"]
    runs, at = results["none"], results["rate"].index(1e-3)
    assert runs["polar"][at]["last"][2] < 1e-10
    assert runs["exponential"][at]["last"][1] < 1e-10
    assert min(run["last"][0] for run in runs["optimal"]) > 10
    size, angle = runs["optimal"][at]["path"][-1]
    assert abs(angle - np.pi / 100) < 1e-3
    assert size < 0.95
    assert runs["tanh"][at]["last"][2] < 1e-10 < 1e-2 < runs["tanh"][at + 1]["last"][2]
    for name in ("polar", "exponential", "optimal"):
        memories = [1 / (1 - r) for r, _ in runs[name][at]["path"]]
        assert max(memories) < 101
        assert min(memories) < 50


# --- the LRU, gates and the scan ------------------------------------------------------------------------------


def check_the_mean_variance_on_the_ring() -> None:
    assert abs(ring.mean_variance(0.9, 0.999) - 24.23) < 0.005


def check_gates() -> None:
    leaky = gates.sensitivity(-gates.GATE.inverse(0.999), "leaky")
    assert abs(leaky - 0.00025) < 1e-6
    assert abs(float(gates.sensitivity(7.0, "normalised")) - 0.25) < 1e-3
    assert round(1 / (1 - float(gates.multiplier(5.0)))) == 149
    assert 1 / (1 - float(gates.multiplier(1.0))) < 4


def check_doubling_is_done_after_four_rounds() -> None:
    assert (scans.doubling(16, 4).first == 1).all()
    assert not (scans.doubling(16, 3).first == 1).all()


def check_correlation_damps_away_from_the_angle_0() -> None:
    lam = 0.9 * np.exp(0.25j * np.pi)
    assert abs(variance(lam, 0.9) - 3.545) < 1e-3
    assert abs(variance(lam) - 5.263) < 1e-3
