"""What `diagnose` says of each case of the blind set; see `confusion`. The rules were final before it was asked."""

from experiments.diagnosis.blind_learns import CASES
from experiments.diagnosis.cases import SEEDS
from experiments.diagnosis.confusion import KEPT, Findings, asked
from experiments.experiment import Experiment, Pair, Saved


def run(name: str) -> Findings:
    return {kind: [asked(CASES[name], kind, seed) for seed in SEEDS] for kind in CASES[name].kinds}


def results(runs: list[Findings]) -> dict[str, Findings]:
    return dict(zip(CASES, runs, strict=True))


def again(saved: Saved) -> Pair:
    """One seed of the first case without an update, on its first kind of cell."""
    name = next(name for name, case in CASES.items() if not case.updates)
    kind = CASES[name].kinds[0]
    return asked(CASES[name], kind, 0), saved(name=name)[kind][0]


EXPERIMENT = Experiment(
    name="blind_confusion",
    run=run,
    grid={"name": list(CASES)},
    settings=dict(seeds=list(SEEDS), kept=KEPT),
    results=results,
    rows=lambda results: list(results.values()),
    again=again,
)
