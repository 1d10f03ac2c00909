"""A network that learns a map from its orbit, with teacher forcing, and is judged by its free run.

z -> C tanh(A z + b) + c, or z plus that, learns from windows of L steps of the standardised orbit, B at a time, by
Adam. Judged by λ₁ of the free run; by the Kullback–Leibler divergence of the clean data from that run over a grid of
bins, with 0.001 added to each count; and by the rmse of one step on clean data that were not seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from experiments.experiment import Pair, Saved, Verdict, verdict
from experiments.forwards.models import Shallow
from experiments.record import rounded
from minirnn.core.params import Params
from minirnn.dynamics import System, network, orbit, spectrum
from minirnn.gradients import backpropagation
from minirnn.learning import Forced, forced_inputs, optimizers, schedules

SEEDS, EARLY = 5, 20  # networks; the updates that are made again


@dataclass(frozen=True)
class Lesson:
    """The system, the number of data, the network, and the modes of forcing by name."""

    system: System
    start: tuple[float, ...]
    cell: Shallow
    modes: Mapping[str, Mapping[str, Any]] = field(hash=False)
    L: int = 40
    B: int = 32
    lr: float = 5e-3
    updates: int = 1500
    known: int = 4000
    free: int = 6000
    every: int = 1  # steps of the system for one of the data
    bins: int = 22
    reach: float = 2.2  # the bins lie between ±reach
    observed: int | None = None  # the variables that are seen, the first ones; all by default

    @property
    def pupil(self) -> Forced:
        """The network, forced in what is seen."""
        return Forced(self.cell, self.observed)


def settings(lesson: Lesson) -> dict[str, Any]:
    """What the record says of the lesson."""
    names = ("L", "B", "updates", "lr", "known", "free")
    return {"hidden": lesson.cell.hidden} | {name: getattr(lesson, name) for name in names}


@cache
def data(lesson: Lesson) -> np.ndarray:
    """known + 1000 states (·, n) of the attractor, each variable with mean 0 and variance 1."""
    steps = (lesson.known + 1000) * lesson.every
    states = orbit(lesson.system, np.array([lesson.start]), steps + 1000, 1000)[:: lesson.every, 0]
    return (states - states.mean(0)) / states.std(0)


def learned(
    lesson: Lesson, mode: str, noise: float, updates: int, seeds: int = SEEDS
) -> tuple[list[Params], dict[str, np.ndarray]]:
    """The parameters of each seed after so many updates, and loss and gradient norm (updates, seeds) on the way.

    All seeds learn side by side, as one more axis of the arrays: matrices (S, ·, ·) and vectors (S, 1, ·).
    """
    rngs, how = [np.random.default_rng(seed) for seed in range(seeds)], dict(lesson.modes[mode])
    clip, L, B = how.pop("clip", np.inf), lesson.L, lesson.B
    clean = data(lesson)[: lesson.known, : lesson.pupil.observed]
    known = [clean + noise * rng.standard_normal(clean.shape) for rng in rngs]
    drawn = [lesson.cell.init(rng) for rng in rngs]
    params = {key: np.stack([np.atleast_2d(p[key]) for p in drawn]) for key in lesson.cell.shapes()}
    adam = optimizers.adam(schedules.cosine_decay(lesson.lr, lesson.updates))
    memory, history = adam.init(params), {"loss": np.empty((updates, seeds)), "norm": np.empty((updates, seeds))}
    for i in range(updates):
        starts = [rng.integers(0, lesson.known - L - 1, B) for rng in rngs]
        steps = np.arange(L + 1)[:, None]
        windows = np.stack([z[start + steps] for z, start in zip(known, starts, strict=True)], axis=1)
        history["loss"][i], gradient = gradients(lesson, params, windows, how)
        norms = np.sqrt(sum((g**2).sum((1, 2)) for g in gradient.values()))
        if not np.isfinite(norms).all():
            raise ArithmeticError(f"the gradient of update {i} is not finite, with the forcing {mode}")
        history["norm"][i] = norms
        factor = np.minimum(1, clip / norms)[:, None, None]
        params, memory = adam.update(params, {key: factor * g for key, g in gradient.items()}, memory)
    each = [
        {key: params[key][s].reshape(shape) for key, shape in lesson.cell.shapes().items()} for s in range(seeds)
    ]
    return each, history


def gradients(
    lesson: Lesson, params: Params, windows: np.ndarray, how: Mapping[str, Any]
) -> tuple[np.ndarray, Params]:
    """½‖z_t - d_t‖² of what is seen, mean over steps and batch, of each seed (S,), and its gradient, for windows
    (L + 1, S, B, d)."""
    cell, count = lesson.pupil, lesson.L * lesson.B
    X = np.stack([forced_inputs(windows[:, s], **how) for s in range(windows.shape[1])], axis=1)
    drive, H = cell.drive(params, X), np.zeros((*windows.shape[:3], cell.n_state))
    backpropagation.forward_loop(cell, params, drive, H)
    residual, local = H[1:, ..., : cell.observed] - windows[1:], cell.linearize(params, drive, H[:-1], H[1:])
    dE, carry = np.zeros_like(H[1:]), np.zeros_like(H[0])
    dE[..., : cell.observed] = residual / count
    D, _ = backpropagation.backward_loop(cell, params, local, dE, carry, drive.shape[-1])
    terms = cell.vjp_params(params, X, H[:-1], local, D)
    gradient = {key: term.sum(0).reshape(params[key].shape) for key, term in terms.items()}
    return 0.5 * (residual**2).sum((0, 2, 3)) / count, gradient


def divergence(lesson: Lesson, states: np.ndarray, true: np.ndarray | None = None) -> float:
    """KL(true ‖ states) over the bins, in nats; `true` is the data by default."""
    edges = [np.linspace(-lesson.reach, lesson.reach, lesson.bins + 1)] * states.shape[1]
    p, q = (np.histogramdd(z, edges)[0] + 1e-3 for z in (data(lesson) if true is None else true, states))
    p, q = p / p.sum(), q / q.sum()
    return float((p * np.log(p / q)).sum())


def judged(lesson: Lesson, mode: str, noise: float) -> dict[str, Any]:
    """What the networks learned: measures, a list of all seeds each; and 500 states of the first one's free run."""
    params, history = learned(lesson, mode, noise, lesson.updates)
    alone, unseen = network(lesson.cell, params), data(lesson)[lesson.known :]
    start = np.repeat(unseen[:1], len(params), axis=0)
    states = orbit(alone, start, lesson.free, 1000)
    still = np.zeros((len(unseen) - 1, 1))
    ahead = [lesson.cell.step(p, unseen[:-1], lesson.cell.drive(p, still)) - unseen[1:] for p in params]
    numbers = {
        "exponent": spectrum(alone, start, lesson.free, 1, burn_in=1000).exponents[:, 0],
        "divergence": [divergence(lesson, states[:, s]) for s in range(len(params))],
        "rmse": np.sqrt((np.array(ahead) ** 2).mean((1, 2))),
        "median norm": np.median(history["norm"], axis=0),
        "largest norm": history["norm"].max(0),
        "loss": history["loss"][-50:].mean(0),
        "early loss": history["loss"][:EARLY].mean(0),
    }
    return {key: rounded(value, 4) for key, value in numbers.items()} | {"states": rounded(states[:500, 0], 3)}


def again(lesson: Lesson, mode: str, noise: float, saved: Saved) -> Pair:
    """The first twenty updates, made now and saved."""
    _, history = learned(lesson, mode, noise, EARLY)
    return rounded(history["loss"].mean(0), 4), saved(mode=mode, noise=noise)["early loss"]


def line(results: list[dict[str, Any]], mode: str, noise: float) -> dict[str, Any]:
    """The numbers of all seeds of one mode."""
    return next(row for row in results if (row["mode"], row["noise"]) == (mode, noise))


def divergences(lesson: Lesson, results: list[dict[str, Any]], noise: float) -> dict[str, np.ndarray]:
    """The divergences of all seeds, by mode."""
    return {mode: np.array(line(results, mode, noise)["divergence"]) for mode in lesson.modes}


def compared(divergences: dict[str, np.ndarray], modes: Sequence[str], *held: bool) -> Verdict:
    """A verdict whose text has the mean divergence of each mode."""
    ours = ", ".join(f"{sum(divergences[mode]) / SEEDS:.2g} with {mode}" for mode in modes)
    return verdict(f"mean KL of {SEEDS}: {ours}", *held)
