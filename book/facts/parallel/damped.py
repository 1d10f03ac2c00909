"""What damping does to Newton's method over a sequence; rounds of a stable cycle and of chaos."""

import numpy as np

from experiments.parallel import damping
from experiments.parallel.networks import bidiagonal, logistic_rounds
from experiments.record import load


def numbers() -> dict[str, str]:
    half = np.full(256, 0.5)
    return {
        "clipped-28": str(logistic_rounds(2.8, half, clipped=True).rounds),
        "free-28": str(logistic_rounds(2.8, half).rounds),
        "damp-28-newton": rounds("logistic 2.8", "k = 0"),
        "damp-28-share": rounds("logistic 2.8", "k"),
        "damp-28-region": rounds("logistic 2.8", "σ²"),
        "damp-over-newton": rounds("overshoot", "k = 0"),
        "damp-over-share": rounds("overshoot", "k"),
        "damp-over-region": rounds("overshoot", "σ²"),
        "damp-35-region": rounds("logistic 3.5", "σ²"),
        "damp-chaos-done": str(done("tanh 2")),
    }


def record() -> damping.Counts:
    results: damping.Counts = load("damping")["results"]
    return results


def done(system: str) -> int:
    """How many runs the best trust region ends."""
    return sum(count is not None for count in record()[system][damping.best(record(), system, "σ²")])


def rounds(system: str, method: str) -> str:
    """The median of the saved ones, of a method or of the best of a kind."""
    exact = method if method in damping.METHODS else damping.best(record(), system, method)
    return f"{np.median(damping.counts(record(), system, exact)):.0f}"


def check_damping_helps_where_the_system_contracts_and_the_guess_is_bad() -> None:
    r = record()
    for system in ("logistic 2.8", "overshoot"):
        newton = damping.counts(r, system, "k = 0")
        for kind in ("k", "σ²"):
            assert damping.counts(r, system, damping.best(r, system, kind)).max() < newton.min() / 2
    cycle = damping.counts(r, "logistic 3.5", "k = 0")
    assert damping.counts(r, "logistic 3.5", damping.best(r, "logistic 3.5", "σ²")).max() < 0.4 * cycle.min()


def check_damping_costs_where_newton_is_quick_and_hardly_helps_in_chaos() -> None:
    r = record()
    for method in damping.METHODS[1:]:
        assert damping.counts(r, "tanh 0.8", method).min() > damping.counts(r, "tanh 0.8", "k = 0").max()
    for system in ("logistic 4", "tanh 2"):
        best = damping.counts(r, system, damping.best(r, system, "k"))
        assert 0.85 < best.mean() / damping.counts(r, system, "k = 0").mean() < 1
    assert {None} == {count for v in damping.VARIANCES for count in r["logistic 4"][f"σ² = {v:g}"]}
    assert damping.counts(r, "tanh 2", damping.best(r, "tanh 2", "σ²")).min() > 150


def check_the_filter_solves_the_trust_region() -> None:
    """A second way: the last e of the filter is that of the e with the least ‖Ke + r‖² + ‖e‖²/σ²."""
    rng, T, n, variance = np.random.default_rng(0), 6, 2, 3.0
    J, r = rng.standard_normal((T, n, n)), rng.standard_normal((T, n))
    K = bidiagonal(J)
    e = np.linalg.solve(K.T @ K + np.eye(T * n) / variance, -K.T @ r.ravel()).reshape(T, n)
    assert np.allclose(damping.filtered(J, r, variance)[-1], e[-1])


def check_a_stable_cycle_and_chaos_need_more_than_half_as_many_rounds_as_steps() -> None:
    """Others than the starts of the page."""
    for r in (3.5, 4.0):
        for T in (64, 256):
            guess = np.full(T, 0.5)
            means = [logistic_rounds(r, guess, clipped=True, start=x0).rounds for x0 in (0.15, 0.25, 0.35, 0.7)]
            assert 0.5 < np.mean(means) / T < 0.8
