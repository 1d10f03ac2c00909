"""`delayed_cue` with step sizes of at most 1, so that no single step can solve the task.

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
from experiments.intervals import above, mostly, of_shares
from experiments.record import grouped, swept

RATES = [0.01, 0.03, 0.1, 0.3, 1.0]


def trace(name: str, L: int, method: str, rate: float, seed: int) -> dict[str, Any]:
    """`delayed_cue.trace`, with None for a run that ended in nan."""
    course = cue.trace(name, L, method, rate, seed)
    return course if np.isfinite(course["right"]) else {"apart": None, "right": None}


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


def short_memory_suffices(r: dict[str, Any]) -> Verdict:
    counts = {method: solved(r["runs"], "r = 0.5", method)[0] for method in ("PG", "NPG")}
    found = ", ".join(f"{method} {wins}/{len(cue.SEEDS)}" for method, wins in counts.items())
    return verdict(f"at r = ½, 5 steps: {found}", *(mostly(wins, len(cue.SEEDS)) for wins in counts.values()))


def long_memory_is_harder(r: dict[str, Any]) -> Verdict:
    """Fewer successes at r = 1, where the bounds grow, than at r = ½, where they need not, at the longest length."""
    runs, found, held = len(cue.SEEDS), [], []
    for method in ("PG", "NPG"):
        half, one = (solved(r["runs"], policy, method)[-1] for policy in ("r = 0.5", "r = 1"))
        found.append(f"{method} {one}/{runs} at r = 1, {half}/{runs} at r = ½")
        held.append(above(of_shares((half, runs), (one, runs))))
    return verdict(f"at {cue.LENGTHS[-1]} steps: {'; '.join(found)}", *held)


def natural_helps(r: dict[str, Any]) -> Verdict:
    methods = {"gradient": "PG", "natural": "NPG, damped"}
    counts = {words: {p: solved(r["runs"], p, m) for p in r["runs"]} for words, m in methods.items()}
    found = "; ".join(
        f"{words}: GRU {every['GRU'][-1]}/10, LRU {every['LRU'][-1]}/10" for words, every in counts.items()
    )
    runs = len(cue.SEEDS)
    slow = [p for p in r["runs"] if not mostly(counts["gradient"][p][-1], runs)]  # where the gradient is slow
    pairs = [((counts["natural"][p][-1], runs), (counts["gradient"][p][-1], runs)) for p in slow]
    return verdict(f"at 80 steps, {found}", *(above(of_shares(*pair)) for pair in pairs))


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
            text="Where memory is short, recurrent policies are learned",
            theirs="bounds that are mild there",
            deviation="a delayed cue, exact gradients, no projection, steps of at most 1, 10 seeds; κ = 10⁻⁸",
            judge=short_memory_suffices,
        ),
        Claim(
            paper="cayci2025",
            page="control",
            text="The longer the memory of a policy, the harder it is to learn",
            theirs="bounds that grow with it; an upper bound does not say that the error grows",
            deviation="as above; no bound on the width is tested",
            judge=long_memory_is_harder,
        ),
        Claim(
            paper="kakade2001",
            page="control",
            text="The natural gradient learns where the gradient is slow",
            theirs="shown for small decision processes and Tetris",
            deviation="a delayed cue for recurrent policies, κ = 10⁻⁴; plain steps",
            judge=natural_helps,
        ),
    ],
)
