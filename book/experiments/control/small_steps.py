"""`delayed_cue` with step sizes of at most 1: what learning looks like when no single step may decide.

The same runs on the same task, but η comes from five values up to 1, one for each method and policy, for all lengths,
chosen on the same three seeds; the same ten seeds follow. With steps as large as the other grid allows, a noise-free
task is solved by a jump; sampled gradients forbid these. For the first seed, what is left of the cue along the way.
"""

import time
from typing import Any

import numpy as np

from experiments.control import delayed_cue as cue
from experiments.record import load, save, swept

RATES = [0.01, 0.03, 0.1, 0.3, 1.0]


def trace(name: str, L: int, method: str, rate: float, seed: int) -> dict[str, Any]:
    """`delayed_cue.trace`, with None for a run that ended in nan."""
    found = cue.trace(name, L, method, rate, seed)
    return found if np.isfinite(found["right"]) else {"apart": None, "right": None}


def main() -> None:
    started = time.time()
    results: dict[str, Any] = {"runs": {}, "trace": {}}
    for name in cue.POLICIES:
        chosen = {"start": 0.0}
        for method in cue.METHODS:
            fixed = {"policy": [name], "method": [method], "L": cue.LENGTHS}
            tried = swept(cue.run, fixed | {"rate": RATES, "seed": cue.TUNING, "cap": [cue.TRIAL]}, jobs=1)
            seeds, every = len(cue.TUNING), len(RATES) * len(cue.TUNING)
            by_rate = [[r for i, r in enumerate(tried) if i % every // seeds == k] for k in range(len(RATES))]
            chosen[method] = min(zip(map(cue.cost, by_rate), RATES, strict=True))[1]
            final = swept(cue.run, fixed | {"rate": [chosen[method]], "seed": cue.SEEDS, "cap": [cue.CAP]}, jobs=1)
            rows = [final[k : k + len(cue.SEEDS)] for k in range(0, len(final), len(cue.SEEDS))]
            results["runs"].setdefault(name, {})[method] = {
                "rate": [chosen[method]] * len(cue.LENGTHS),
                "iterations": [[solved for solved, _ in row] for row in rows],
                "J": [[J for _, J in row] for row in rows],
            }
        points = [
            dict(name=name, L=L, method=method, rate=rate, seed=cue.SEEDS[0])
            for method, rate in chosen.items()
            for L in cue.LENGTHS
        ]
        along = swept(trace, points, jobs=1)
        cut = len(cue.LENGTHS)
        results["trace"][name] = {method: along[i * cut : (i + 1) * cut] for i, method in enumerate(chosen)}
    settings = dict(L=cue.LENGTHS, wanted=cue.WANTED, cap=cue.CAP, trial=cue.TRIAL, rates=RATES)
    save("small_steps", started, settings | {"tuning": cue.TUNING, "seeds": cue.SEEDS}, results)


def again() -> tuple[Any, Any]:
    """The gradient with r = 0.9 over 20 steps, first seed: made now, and as saved."""
    saved = load("small_steps")["results"]["runs"]["r = 0.9"]["PG"]
    now, _ = cue.run("r = 0.9", 20, "PG", saved["rate"][2], cue.SEEDS[0], cue.CAP)
    return now, saved["iterations"][2][0]


if __name__ == "__main__":
    main()
