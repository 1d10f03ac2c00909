"""`delayed_cue` with step sizes of at most 1: what learning looks like when no single step may decide.

The same runs on the same task, but η comes from five values up to 1, one for each method and policy, for all lengths,
chosen on the same three seeds; the same ten seeds follow. With steps as large as the other grid allows, a noise-free
task is solved by a jump; sampled gradients forbid these. For the first seed, what is left of the cue along the way.
"""

from functools import cache
from itertools import product
from typing import Any

import numpy as np

from experiments.control import delayed_cue as cue
from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.record import grouped, swept

RATES = [0.01, 0.03, 0.1, 0.3, 1.0]


def trace(name: str, L: int, method: str, rate: float, seed: int) -> dict[str, Any]:
    """`delayed_cue.trace`, with None for a run that ended in nan."""
    found = cue.trace(name, L, method, rate, seed)
    return found if np.isfinite(found["right"]) else {"apart": None, "right": None}


@cache
def rate(policy: str, method: str) -> float:
    """The best for all lengths."""
    grid = {"policy": [policy], "method": [method], "L": cue.LENGTHS, "rate": RATES, "seed": cue.TUNING}
    tried = swept(cue.run, grid | {"cap": [cue.TRIAL]}, jobs=1)
    return cue.best_for_all(grouped(grouped(tried, len(cue.TUNING)), len(RATES)), RATES)


def arguments(policy: str, method: str, L: int, seed: int) -> dict[str, Any]:
    return dict(policy=policy, method=method, L=L, rate=rate(policy, method), seed=seed, cap=cue.CAP)


def traces(policy: str) -> dict[str, Any]:
    """For the start and each method what is left of the cue, by length, for the first seed."""
    rates = {"start": 0.0} | {method: rate(policy, method) for method in cue.METHODS}
    points = [
        dict(name=policy, L=L, method=method, rate=eta, seed=cue.SEEDS[0])
        for method, eta in rates.items()
        for L in cue.LENGTHS
    ]
    return dict(zip(rates, grouped(swept(trace, points, jobs=1), len(cue.LENGTHS)), strict=True))


def results(runs: list[cue.Run]) -> dict[str, Any]:
    saved: dict[str, Any] = {name: {} for name in cue.POLICIES}
    tables = grouped(grouped(runs, len(cue.SEEDS)), len(cue.LENGTHS))
    for (name, method), by_length in zip(product(cue.POLICIES, cue.METHODS), tables, strict=True):
        saved[name][method] = cue.table([rate(name, method)] * len(cue.LENGTHS), by_length)
    return {"runs": saved, "trace": {name: traces(name) for name in cue.POLICIES}}


def again(saved: Saved) -> Pair:
    """The gradient with r = 0.9 over 20 steps, first seed."""
    was = saved(policy="r = 0.9", method="PG", L=20, seed=cue.SEEDS[0])
    return cue.run("r = 0.9", 20, "PG", was["rate"], cue.SEEDS[0], cue.CAP)[0], was["iterations"]


def solved(runs: dict[str, Any], policy: str, method: str) -> list[int]:
    """How many seeds solved the delayed cue, for each length."""
    return [sum(t is not None for t in by_seed) for by_seed in runs[policy][method]["iterations"]]


def short_memory_fails(r: dict[str, Any]) -> Verdict:
    counts = solved(r["runs"], "r = 0.5", "NPG")
    by_length = ", ".join(f"{n}/10 at {L}" for n, L in zip(counts, cue.LENGTHS, strict=True))
    worst = min(solved(r["runs"], "r = 1", "NPG"))
    found = f"natural gradient at r = ½: {by_length}; at r = 1: {worst}/10 at the worst length"
    return verdict(found, counts[0] == 10 and counts[-1] == 0, counts[0] == 10)


def natural_helps(r: dict[str, Any]) -> Verdict:
    methods = {"gradient": "PG", "natural": "NPG, damped"}
    counts = {words: {p: solved(r["runs"], p, m) for p in r["runs"]} for words, m in methods.items()}
    found = "; ".join(
        f"{words}: GRU {every['GRU'][-1]}/10, LRU {every['LRU'][-1]}/10" for words, every in counts.items()
    )
    helps = [sum(counts["natural"][p]) - sum(counts["gradient"][p]) for p in r["runs"]]
    return verdict(f"at 80 steps, {found}", min(helps) > 0, max(helps) > 0)


EXPERIMENT = Experiment(
    name="small_steps",
    run=cue.run,
    grid={"policy": cue.POLICIES, "method": list(cue.METHODS), "L": cue.LENGTHS, "seed": cue.SEEDS},
    arguments=arguments,
    options=dict(jobs=1),
    settings=dict(L=cue.LENGTHS, wanted=cue.WANTED, cap=cue.CAP, trial=cue.TRIAL, rates=RATES)
    | {"tuning": cue.TUNING, "seeds": cue.SEEDS},
    results=results,
    rows=lambda results: [
        row for methods in results["runs"].values() for runs in methods.values() for row in cue.entries(runs)
    ],
    again=again,
    claims=[
        Claim(
            paper="cayci2025",
            page="control",
            text="Recurrent policies are learned efficiently where memory is short; long-term dependencies make it "
            "hard",
            theirs="proved: bounds on error, width and samples",
            deviation="a delayed cue, exact gradients, steps of at most 1, 10 seeds; no bound on the width is tested",
            judge=short_memory_fails,
        ),
        Claim(
            paper="kakade2001",
            page="control",
            text="The natural gradient learns where the gradient is slow",
            theirs="shown for small decision processes and Tetris",
            deviation="a delayed cue for recurrent policies, κ = 1e-4; plain steps",
            judge=natural_helps,
        ),
    ],
)
