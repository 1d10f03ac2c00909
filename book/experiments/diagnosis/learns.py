"""Is it really broken? Every case is trained, the broken ones beside the network that they were before.

Progress is the share of the best constant answer's loss that a network saves on 500 fresh sequences after `patience`
updates. A network is healthy if it comes to 0.3 on the average, and to 0.15 with each of three seeds. A case counts as
broken on a kind of cell if its progress is below three quarters of the sound network's with each seed, and the sound
network came to 0.3. Where it is healthy although it was meant to be broken, and comes to nine tenths of the sound
network's progress, it counts among the healthy ones. What is neither is left out of all counts, and named.
"""

import numpy as np

from experiments.diagnosis import held_out, tuning
from experiments.diagnosis.cases import Case, broken, generator, progress, sound, trained
from experiments.experiment import Experiment, Pair, Saved
from experiments.record import rounded

SEEDS, LEARNED, EACH, SHARE, AS_WELL = range(3), 0.3, 0.15, 0.75, 0.9
BROKEN = {case.name: case for case in (*tuning.BROKEN, *held_out.BROKEN)}
HEALTHY = {case.name: case for case in (*tuning.HEALTHY, *held_out.HEALTHY)}
CASES: dict[str, Case] = BROKEN | HEALTHY

Result = dict[str, dict[str, list[float]]]  # by kind: the progress of each seed, "after" the fault and "before" it


def learned(case: Case, kind: str, seed: int, faulty: bool) -> float:
    """The progress after training; 0 where the library refuses to train on what is not finite."""
    rng = generator(case, kind, seed)
    setup = (broken if faulty else sound)(case, kind, rng)
    try:
        params = trained(setup, max(case.patience, case.updates), rng).params
    except ValueError as error:
        if "must be finite" not in str(error):
            raise
        return 0.0
    return progress(setup, params, np.random.default_rng([seed, 1]))


def run(name: str) -> Result:
    return on_each_kind(CASES[name])


def on_each_kind(case: Case) -> Result:
    """The progress on each kind of cell; of a case that has causes, also before its fault."""
    states = {"after": True} | ({"before": False} if case.causes else {})
    return {
        kind: {
            state: rounded([learned(case, kind, seed, faulty) for seed in SEEDS], 3)
            for state, faulty in states.items()
        }
        for kind in case.kinds
    }


def is_healthy(after: list[float]) -> bool:
    """Whether a network learns.

    >>> is_healthy([0.3, 0.4, 0.5]), is_healthy([0.0, 0.9, 0.9])
    (True, False)
    """
    return bool(min(after) > EACH and np.mean(after) > LEARNED)


def standing(after: list[float], before: list[float] | None = None) -> str:
    """What a network shows itself to be by training.

    >>> standing([0.0, 0.1, 0.2], [0.9, 0.9, 0.8]), standing([0.9, 0.8, 0.8], [0.9, 0.9, 0.8])
    ('broken', 'healthy')
    >>> standing([0.0, 0.8, 0.8], [0.9, 0.9, 0.8]), standing([0.0, 0.0, 0.0], [0.1, 0.1, 0.1])
    ('neither', 'neither')
    """
    if before is None:
        return "healthy" if is_healthy(after) else "neither"
    if np.mean(before) > LEARNED and all(a < SHARE * b for a, b in zip(after, before, strict=True)):
        return "broken"
    return "healthy" if is_healthy(after) and np.mean(after) > AS_WELL * np.mean(before) else "neither"


def results(runs: list[Result]) -> dict[str, Result]:
    return dict(zip(CASES, runs, strict=True))


def again(saved: Saved) -> Pair:
    """One seed of the case that trains fastest, with its fault and before."""
    name, kind = "all labels one class", "tanh"
    now = [learned(CASES[name], kind, 0, faulty) for faulty in (True, False)]
    was = saved(name=name)[kind]
    return now, [was["after"][0], was["before"][0]]


EXPERIMENT = Experiment(
    name="learns",
    run=run,
    grid={"name": list(CASES)},
    settings=dict(seeds=list(SEEDS), learned=LEARNED, each=EACH, share=SHARE, as_well=AS_WELL),
    results=results,
    rows=lambda results: list(results.values()),
    again=again,
)
