"""Iterations and solved seeds over the length of the delay, by methods and policies."""

from functools import cache

import numpy as np

from experiments.control import delayed_cue
from experiments.control.delayed_cue import LENGTHS, METHODS, POLICIES, SEEDS, start
from experiments.control.fisher import eigenvalues
from experiments.control.short_runs import with_adam
from experiments.control.solved import ended, median, runs, solved, trace
from experiments.record import load
from facts import percent
from minirnn.control.policy_gradient import exact_gradient
from minirnn.control.pomdp import DelayedCue


def numbers() -> dict[str, str]:
    plain, natural = [by_length("r = 1", method) for method in (["PG"], ["NPG", "NPG, damped"])]
    gru = by_length("GRU", ["NPG, damped"])
    counts = {
        "same-20": float(np.median(large_steps(20, 1e4))),
        "same-40": float(np.median(large_steps(40, 1e8))),
        "nat-20": median("r = 0.5", "NPG, damped", 20),
        "nat-far": median("r = 0.5", "NPG", 40),
        "pg-5": median("r = 0.5", "PG", 5),
        "pg-10": median("r = 0.5", "PG", 10),
        "np-5": median("r = 0.5", "NPG", 5),
        "one-pg": plain[0],
        "one-nat-low": min(natural),
        "one-nat-high": max(natural),
        "gru-low": min(gru),
        "gru-high": max(gru),
        "jump": median("r = 0.5", "PG", 20, "any"),
        "fail-pg": solved("r = 0.5", "PG")[-1],
        "fail-npg": solved("r = 0.5", "NPG")[-1],
        "gru-pg": solved("GRU", "PG")[-1],
        "gru-npg": solved("GRU", "NPG, damped")[-1],
        "adam-80": float(np.median(adam(80))),
    }
    return {key: f"{count:g}" for key, count in counts.items()} | {
        "eta-half": "10⁵",
        "lru-left": percent(ended("LRU", 80, "start").apart[-1]),
        "share-low": percent(min(shares_of_solved_runs())),
        "angle-least": f"{min(angles_over_the_rest()):.0f}",
        "angle-most": f"{max(angles_over_the_rest()):.0f}",
    }


def by_length(policy: str, methods: list[str]) -> list[float]:
    """Medians of the iterations for each method and length, with steps of at most 1."""
    return [median(policy, method, L) for method in methods for L in LENGTHS]


@cache
def large_steps(L: int, rate: float) -> list[float]:
    """Iterations of the plain gradient at r = 0.5 with a step size as large as 1/κ; inf for a failure."""
    times = [delayed_cue.run("r = 0.5", L, "PG", rate, seed, 600)[0] for seed in SEEDS]
    return [np.inf if time is None else time for time in times]


def check_how_far_each_method_gets_at_a_half() -> None:
    """Seeds solved at r = 0.5; the wall lies before 10 and 17 steps; large plain steps solve the same lengths."""
    assert solved("r = 0.5", "PG").tolist() == [10, 10, 0, 0, 0]
    assert solved("r = 0.5", "NPG, damped").tolist() == [10, 10, 10, 0, 0]
    assert solved("r = 0.5", "NPG").tolist() == [10, 10, 10, 10, 0]
    for L, kappa in ((10, 1e-4), (17, 1e-8)):
        assert eigenvalues("r = 0.5", L - 1)[0] > kappa > eigenvalues("r = 0.5", L)[0]
    assert np.isfinite(large_steps(20, 1e4) + large_steps(40, 1e8)).all()


def check_there_is_nothing_to_mend_at_one() -> None:
    """As many iterations at every length by the gradient, and no fewer by the natural one."""
    plain, damped = by_length("r = 1", ["PG"]), by_length("r = 1", ["NPG, damped"])
    assert min(plain) == max(plain)
    assert all(natural >= steps for natural, steps in zip(damped, plain, strict=True))


def check_the_natural_gradient_helps_the_gru() -> None:
    assert runs("GRU", "NPG", "up-to-1")["rate"][0] == sorted(load("small_steps")["settings"]["rates"])[1] == 0.03
    assert max(by_length("GRU", ["NPG, damped"])) < 30
    assert (solved("GRU", "NPG, damped") == 10).all()
    assert solved("GRU", "PG")[-1] == 0


def check_any_step() -> None:
    """The gradient's step size where any is allowed, and that the best lies at the edge of the grid at 20 steps."""
    assert runs("r = 0.5", "PG", "any")["rate"][0] == 1e5
    assert runs("r = 0.5", "PG", "each")["rate"][2] == max(load("delayed_cue")["settings"]["rates"])


def check_the_lru_keeps_the_cue_and_fails() -> None:
    assert max(solved("LRU", method)[-1] for method in METHODS) < 5
    assert ended("LRU", 80, "start").apart[-1] > 0.1


def shares_of_solved_runs() -> list[float]:
    """What is left of the cue at the end of each trained run of the first figure that found the way."""
    trained = [trace(p, L, method) for p in POLICIES for L in LENGTHS for method in ("PG", "NPG, damped")]
    return [run.apart[-1] for run in trained if run and run.right > 0.95]


def check_what_is_learned_is_a_memory() -> None:
    """In every solved run of the first figure much of the cue arrives."""
    shares = shares_of_solved_runs()
    assert min(shares) > 0.2
    assert len(shares) > 30


@cache
def angles_over_the_rest() -> list[float]:
    """The norm of the LRU's gradient in its angles over the largest in any other parameter, at 80 steps; by seed."""
    shares = []
    for seed in SEEDS:
        cell, params = start("LRU", np.random.default_rng(seed))
        gradient = exact_gradient(cell, params, DelayedCue(80))[1]
        sizes = {key: float(np.linalg.norm(g)) for key, g in gradient.items()}
        shares.append(sizes.pop("theta_log") / max(sizes.values()))
    return shares


@cache
def adam(L: int) -> list[float]:
    """Iterations of Adam with the LRU; inf for a failure."""
    return [with_adam(L, seed) for seed in SEEDS]


def check_the_lru_learns_by_adam() -> None:
    """Where the gradient goes, and that a rate for each parameter solves all seeds."""
    assert len(angles_over_the_rest()) == 10
    assert 4.5 < min(angles_over_the_rest()) < 5.5
    assert 75 < max(angles_over_the_rest()) < 80
    assert max(adam(5) + adam(20) + adam(80)) < 100
