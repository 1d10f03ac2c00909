"""A case: a network with a fault, and the names of the causes that `diagnose` may report.

    Setup   a network that is about to be trained, with its data, its loss and its optimizer
    Case    a change of a sound Setup, in words and as a function; the right causes
    brought the arguments of `diagnose`: cell, params, a batch, its loss, and a log if there is one

Each case was written down before `diagnose` saw it. A hash of its name decides the half to which it belongs: while we
write `diagnose` we may look at the cases of the tuning half, and not at those of the other half.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from experiments.diagnosis.networks import KINDS
from experiments.diagnosis.problems import PROBLEMS, B, Batch, best_constant
from minirnn import unroll
from minirnn.cells.contract import Cell
from minirnn.core.params import Params, map_params, norm, overflow_allowed
from minirnn.diagnosis import CAUSES
from minirnn.gradients.objective import Objective
from minirnn.learning import losses, optimizers
from minirnn.learning.observed import TrainingLog
from minirnn.learning.optimizers import Optimizer
from minirnn.learning.training import train

SEEDS, LOGGED, RATE = range(5), 30, 0.01
ADAM = optimizers.adam(RATE)


@dataclass(frozen=True)
class Setup:
    """A network that is about to be trained. `exam` draws test data, and `grade` is the loss on them. They differ from
    `draw` and `loss` if the fault is in the training data or in the training loss."""

    cell: Any  # a Cell, of n units
    params: Params
    draw: Callable[[np.random.Generator, int], Batch]
    loss: Callable[[np.ndarray], Any]
    exam: Callable[[np.random.Generator, int], Batch]
    grade: Callable[[np.ndarray], Any]
    T: int
    optimizer: Optimizer = ADAM
    rate: float | None = RATE
    clip: float | None = 1.0
    B: int = B


NO_ALARM = ("nothing-found", "cannot-tell")
Fault = Callable[[Setup, np.random.Generator], Setup]


def as_it_was(setup: Setup, rng: np.random.Generator) -> Setup:
    return setup


@dataclass(frozen=True, kw_only=True)
class Case:
    """`fault` is applied to sound networks of these `kinds` on the problem `on`, with n units and sequences of T steps.

    causes: the names that are right, best one first; none for a healthy network
    why: where several are right, the reason
    sound: what the network is before, where that is not what `KINDS` gives
    updates: made with the fault before somebody asks; of the last thirty there is a log where `log` is True
    patience: updates in which a sound network learns this (see `learns.py`)
    """

    name: str
    words: str
    fault: Fault
    on: str
    kinds: tuple[str, ...]
    causes: tuple[str, ...] = ()
    why: str = ""
    sound: Fault = as_it_was
    T: int | None = None
    n: int = 24
    updates: int = 0
    log: bool = False
    patience: int = 200

    def __post_init__(self) -> None:
        if unknown := set(self.causes) - {*CAUSES, *NO_ALARM}:
            raise ValueError(f"causes must be names of diagnosis.CAUSES, got {', '.join(sorted(unknown))}")
        if len(self.causes) > 1 and not self.why:
            raise ValueError(f"why must say why {' and '.join(self.causes)} are equally right, got nothing")

    @property
    def half(self) -> str:
        return half(self.name)


def half(name: str) -> str:
    """The half of the benchmark to which a case of this name belongs: nobody chose it.

    >>> half("one nan in a recurrent weight"), half("a readout of nan")
    ('tuning', 'held out')
    """
    return "held out" if int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2 else "tuning"


def generator(case: Case, kind: str, seed: int) -> np.random.Generator:
    """One for each case, kind and seed, the same on every machine."""
    digest = hashlib.sha256(f"{case.name}\n{kind}".encode()).digest()
    return np.random.default_rng([seed, int.from_bytes(digest[:8], "big")])


def sound(case: Case, kind: str, rng: np.random.Generator) -> Setup:
    """The network before its fault."""
    problem = PROBLEMS[case.on]
    T = case.T or problem.T
    cell, params = KINDS[kind](rng, problem.m, case.n, T)
    params |= losses.init_readout(rng, cell, problem.outputs)
    draw = partial(_drawn, problem.draw, T)
    return case.sound(Setup(cell, params, draw, problem.loss, draw, problem.loss, T), rng)


def _drawn(draw: Callable[..., Batch], T: int, rng: np.random.Generator, B: int) -> Batch:
    return draw(rng, B, T)


def broken(case: Case, kind: str, rng: np.random.Generator) -> Setup:
    return case.fault(sound(case, kind, rng), rng)


class Trained(NamedTuple):
    params: Params
    log: TrainingLog


def trained(setup: Setup, updates: int, rng: np.random.Generator) -> Trained:
    """The parameters after so many updates, and the log of all of them."""
    sizes: list[float] = []

    def update(params: Params, gradient: Params, state: dict[str, Any]) -> tuple[Params, dict[str, Any]]:
        with overflow_allowed():
            after, state = setup.optimizer.update(params, gradient, state)
            sizes.append(norm(map_params(np.subtract, after, params)) / max(norm(params), 1e-300))
        return after, state

    run = train(
        setup.cell,
        setup.params,
        lambda rng: setup.draw(rng, setup.B),
        setup.loss,
        Optimizer(setup.optimizer.init, update),
        updates,
        rng,
        clip=setup.clip,
        progress=False,
    )
    loss, size = (np.array(run.history[key]) for key in ("loss", "norm"))
    made = np.zeros(updates)  # of a step that `train` skips, since its gradient is not finite, nothing comes
    with overflow_allowed():
        done = np.isfinite(loss) & np.isfinite(size**2)
    made[done] = sizes
    return Trained(run.params, TrainingLog(loss, size, made, setup.clip, setup.rate))


class Brought(NamedTuple):
    """The arguments of `diagnose`."""

    cell: Cell
    params: Params
    X: np.ndarray
    loss: Objective
    log: TrainingLog | None


def brought(case: Case, kind: str, seed: int) -> Brought:
    """The network of a case with its fault, trained a little if the case says so."""
    rng = generator(case, kind, seed)
    setup, log = broken(case, kind, rng), None
    if case.updates:
        params, whole = trained(setup, case.updates, rng)
        setup = replace(setup, params=params)
        last = {key: getattr(whole, key)[-LOGGED:] for key in ("loss", "norm", "update")}
        log = replace(whole, **last) if case.log else None
    X, target = setup.draw(rng, setup.B)
    return Brought(setup.cell, setup.params, X, setup.loss(target), log)


def progress(setup: Setup, params: Params, rng: np.random.Generator) -> float:
    """The share of the best constant answer's loss that these parameters save on 500 fresh sequences: 0 to 1."""
    X, target = setup.exam(rng, 500)
    if not np.isfinite(X).all():
        return 0.0
    with overflow_allowed():
        E = setup.grade(target)(params, unroll(setup.cell, params, X)[1:])[0]
        saved = 1 - E / best_constant(target)
    return float(np.clip(saved, 0, 1)) if np.isfinite(saved) else 0.0
