"""The findings of `diagnose` on each case and each kind of cell, with five seeds.

The record has the first five findings of every run with their confidence, in their order. If `diagnose` raises, the
error counts as a wrong finding. `scores` counts hits and misses.
"""

import numpy as np

from experiments.diagnosis.cases import SEEDS, Case, brought
from experiments.diagnosis.learns import CASES
from experiments.experiment import Experiment, Pair, Saved
from minirnn import diagnose

KEPT = 5
Findings = dict[str, list[str]]  # by kind, for each seed: "inputs-shifted 0.93, saturated-units 0.4"


def findings(name: str, kind: str, seed: int) -> str:
    """What `diagnose` says of the case of this name."""
    return asked(CASES[name], kind, seed)


def asked(case: Case, kind: str, seed: int) -> str:
    """The first findings in their order, each with its confidence; "raised ValueError" where there are none."""
    cell, params, X, loss, log = brought(case, kind, seed)
    try:
        with np.errstate(all="ignore"):
            report = diagnose(cell, params, X, loss, log=log)
    except Exception as error:  # whatever it is, it is no diagnosis
        return f"raised {type(error).__name__}"
    return ", ".join(f"{finding.name} {finding.confidence:.2f}" for finding in report.findings[:KEPT])


def run(name: str) -> Findings:
    return {kind: [findings(name, kind, seed) for seed in SEEDS] for kind in CASES[name].kinds}


def results(runs: list[Findings]) -> dict[str, Findings]:
    return dict(zip(CASES, runs, strict=True))


def again(saved: Saved) -> Pair:
    """One seed of three cases."""
    points = [("a stuck sensor", "tanh"), ("forgotten forget bias", "LSTM"), ("four units", "GRU")]
    now = [findings(name, kind, 0) for name, kind in points]
    return now, [saved(name=name)[kind][0] for name, kind in points]


EXPERIMENT = Experiment(
    name="confusion",
    run=run,
    grid={"name": list(CASES)},
    settings=dict(seeds=list(SEEDS), kept=KEPT),
    results=results,
    rows=lambda results: list(results.values()),
    again=again,
)
