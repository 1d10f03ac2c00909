"""Is it really broken? As in `learns`, for the blind set: every case is trained, the broken ones beside sound ones."""

from experiments.diagnosis import blind, learns
from experiments.diagnosis.cases import Case
from experiments.experiment import Experiment, Pair, Saved
from experiments.record import rounded

BROKEN = {case.name: case for case in blind.BROKEN}
HEALTHY = {case.name: case for case in blind.HEALTHY}
CASES: dict[str, Case] = BROKEN | HEALTHY


def run(name: str) -> learns.Result:
    return learns.on_each_kind(CASES[name])


def results(runs: list[learns.Result]) -> dict[str, learns.Result]:
    return dict(zip(CASES, runs, strict=True))


def again(saved: Saved) -> Pair:
    """One seed of a broken case, with its fault and before."""
    name, kind = "labels of the sequence before", "tanh"
    now = rounded([learns.learned(CASES[name], kind, 0, faulty) for faulty in (True, False)], 3)
    return now, [saved(name=name)[kind][state][0] for state in ("after", "before")]


EXPERIMENT = Experiment(
    name="blind_learns",
    run=run,
    grid={"name": list(CASES)},
    settings=learns.EXPERIMENT.settings,
    results=results,
    rows=lambda results: list(results.values()),
    again=again,
)
