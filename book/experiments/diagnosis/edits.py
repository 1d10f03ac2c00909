"""Changes of a network that is about to be trained, from which the faults are composed.

Each gives a function (setup, rng) -> setup.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from experiments.diagnosis.cases import Fault, Setup, trained
from experiments.diagnosis.problems import Batch
from minirnn.core.params import Params
from minirnn.learning import losses, optimizers
from minirnn.learning.optimizers import Optimizer

Change = Callable[[np.ndarray], np.ndarray]


def both(*faults: Fault) -> Fault:
    """One after the other."""

    def fault(setup: Setup, rng: np.random.Generator) -> Setup:
        for each in faults:
            setup = each(setup, rng)
        return setup

    return fault


def _after(draw: Callable[..., Batch], change: Callable[..., Batch]) -> Callable[..., Batch]:
    def drawn(rng: np.random.Generator, B: int) -> Batch:
        return change(*draw(rng, B), rng)

    return drawn


def batches(change: Callable[[np.ndarray, np.ndarray, np.random.Generator], Batch], exam: bool = True) -> Fault:
    """The data are change(X, target, rng), also in the exam where the world is so and not the training data alone."""

    def fault(setup: Setup, rng: np.random.Generator) -> Setup:
        return replace(
            setup, draw=_after(setup.draw, change), exam=_after(setup.exam, change) if exam else setup.exam
        )

    return fault


def inputs(change: Change) -> Fault:
    return batches(lambda X, target, rng: (change(X), target))


def channel(i: int, change: Change) -> Fault:
    """One channel of the inputs is changed, (T, B) to (T, B)."""

    def changed(X: np.ndarray) -> np.ndarray:
        X = X.copy()
        X[..., i] = change(X[..., i])
        return X

    return inputs(changed)


def units(change: Change) -> Fault:
    """The targets are in other units, and so are the answers asked for."""
    return batches(lambda X, target, rng: (X, change(target)))


def targets(change: Callable[[np.ndarray, np.random.Generator], np.ndarray]) -> Fault:
    """The training targets are wrong; what is asked for is not."""
    return batches(lambda X, target, rng: (X, change(target, rng)), exam=False)


def loss(change: Callable[[np.ndarray], Any], grade: bool = False) -> Fault:
    """Training has another loss; the exam too where `grade`."""

    def fault(setup: Setup, rng: np.random.Generator) -> Setup:
        return replace(setup, loss=change, grade=change if grade else setup.grade)

    return fault


def weights(**changes: Change) -> Fault:
    """Parameters by their names; what a cell does not have is left out."""

    def fault(setup: Setup, rng: np.random.Generator) -> Setup:
        there = {key: change(setup.params[key]) for key, change in changes.items() if key in setup.params}
        if not there:
            raise ValueError(f"changes must name a parameter among {', '.join(setup.params)}, got {set(changes)}")
        return replace(setup, params=setup.params | there)

    return fault


def everything(change: Callable[[np.random.Generator, np.ndarray], np.ndarray]) -> Fault:
    """All parameters, change(rng, value), the readout's too."""

    def fault(setup: Setup, rng: np.random.Generator) -> Setup:
        return replace(setup, params={key: change(rng, value) for key, value in setup.params.items()})

    return fault


def bias(block: int, value: Any) -> Fault:
    """The bias of a gate, by its place in the cell's order of rows: LSTM i, f, g, o; GRU r, z, s; MinGRU z, s.

    `value` is a number, numbers (n,), or a function (setup, rng) that gives one.
    """

    def fault(setup: Setup, rng: np.random.Generator) -> Setup:
        n, b = setup.cell.n, setup.params["b"].copy()
        b[block * n : (block + 1) * n] = value(setup, rng) if callable(value) else value
        return replace(setup, params=setup.params | {"b": b})

    return fault


def start(**options: Any) -> Fault:
    """The cell's parameters are drawn anew, by other options of its `init`."""

    def fault(setup: Setup, rng: np.random.Generator) -> Setup:
        return replace(setup, params=setup.params | setup.cell.init(rng, **options))

    return fault


def steps(optimizer: Optimizer, rate: float | None, clip: float | None = 1.0) -> Fault:
    return lambda setup, rng: replace(setup, optimizer=optimizer, rate=rate, clip=clip)


def adam(rate: float, clip: float | None = 1.0) -> Fault:
    return steps(optimizers.adam(rate), rate, clip)


def sgd(rate: float, clip: float | None = 1.0) -> Fault:
    return steps(optimizers.sgd(rate), rate, clip)


def after(updates: int) -> Fault:
    """Trained for so many updates first."""
    return lambda setup, rng: replace(setup, params=trained(setup, updates, rng).params)


def cell(change: Callable[[Any], Any]) -> Fault:
    """Another cell with the same parameters."""
    return lambda setup, rng: replace(setup, cell=change(setup.cell))


def per_kind(**faults: Fault) -> Fault:
    """What is done to each class of cells, by its name: the same words, other parameters."""

    def fault(setup: Setup, rng: np.random.Generator) -> Setup:
        return faults[type(setup.cell).__name__](setup, rng)

    return fault


def normal(std: float) -> Callable[[np.random.Generator, np.ndarray], np.ndarray]:
    return lambda rng, value: std * rng.standard_normal(value.shape)


class FrozenReadout(losses.AtEnd):
    """The readout gets no gradient."""

    def __call__(self, params: Params, H: np.ndarray) -> tuple[float, np.ndarray, Params]:
        E, dE, readout = super().__call__(params, H)
        return E, dE, {key: np.zeros_like(value) for key, value in readout.items()}


def without_gradient(cell: Any, *keys: str) -> Any:
    """The cell, of whose parameters some get no gradient."""

    class Forgetful(type(cell)):  # type: ignore[misc]
        def vjp_params(self, *arguments: Any) -> Params:
            gradient = super().vjp_params(*arguments)
            return gradient | {key: np.zeros_like(gradient[key]) for key in keys}

    return Forgetful(**vars(cell))


def single(dtype: str = "float32") -> Fault:
    """All in single precision."""

    def cast(params: Params) -> Params:
        return {key: value.astype(dtype) for key, value in params.items()}

    def as_float(X: np.ndarray, target: np.ndarray, rng: np.random.Generator) -> Batch:
        kept = target if np.issubdtype(target.dtype, np.integer) else target.astype(dtype)
        return X.astype(dtype), kept

    return both(batches(as_float), lambda setup, rng: replace(setup, params=cast(setup.params)))
