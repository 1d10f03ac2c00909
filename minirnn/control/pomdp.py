"""Tasks in which the right action depends on a cue seen long before: partially observable decision processes.

A cue z is seen once, at the first step, with accuracy p: with probability 1 - p its opposite is seen. In `DelayedCue`
L blank steps follow, and then one choice, which earns 1 if it is z. With o what was seen,

    J(θ) = ½ Σ_o [(1 - p) + (2p - 1) π(a = o | o)]                                             (eq. cue-objective)

so the optimum is exactly p, and without a memory of o it is ½. In `TMaze` the blank steps are a corridor that must be
walked, as in bakker2001. Policies are softmaxes of the readout of any cell, π_t = softmax(V h_t + c); they are sampled
here, and improved in `policy_gradient`.

>>> task = DelayedCue(L=20)
>>> task.optimum, task.memoryless
(0.9, 0.5)
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from minirnn.cells.contract import Cell
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params, overflow_allowed
from minirnn.gradients.backpropagation import check_inputs, unroll
from minirnn.learning.losses import readout


class Episodes(NamedTuple):
    """B sampled episodes of T steps: observations X (T, B, m), actions (T, B) integers, rewards (T, B), and acted
    (T, B), which is False after the end of an episode and at steps without a choice."""

    X: np.ndarray
    actions: np.ndarray
    rewards: np.ndarray
    acted: np.ndarray


def softmax(Y: Any) -> np.ndarray:
    """exp(y) / Σ exp(y) over the last axis.

    >>> softmax(np.array([0.0, np.log(3.0)])).round(6)
    array([0.25, 0.75])
    """
    shifted = np.exp(Y - Y.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


@checked
def policy(params: Params, H: np.ndarray) -> np.ndarray:
    """π (..., actions) for states H (..., n_state); nan where they have exploded."""
    with overflow_allowed():
        return softmax(readout(params, H))


def check_policy(cell: Cell, params: Params, X: np.ndarray, actions: int) -> None:
    """Raises TypeError or ValueError unless the cell, its readout, the inputs and the number of actions fit."""
    check_inputs(cell, params, X)
    checks.integer("actions", actions, 0)
    if "V" not in params or len(params["V"]) != actions:
        got = params["V"].shape if "V" in params else "no V"
        raise ValueError(f"V must be ({actions}, {cell.n_out}), a row for each action, got {got}")


@checked
def choose(rng: np.random.Generator, pi: np.ndarray) -> np.ndarray:
    """An action (B,) for each row of pi (B, actions)."""
    return (rng.random((len(pi), 1)) > pi[:, :-1].cumsum(axis=1)).sum(axis=1)


def _check(task: Any) -> None:
    checks.integer("L", task.L, 1)
    object.__setattr__(task, "p", checks.number("p", task.p, 0.5, 1.0))  # a Python float, set in a frozen record


def _show(rng: np.random.Generator, B: int, p: float) -> tuple[np.ndarray, np.ndarray]:
    """The cue and the observation of it, 0 or 1, for each of B episodes."""
    cue = checks.generator("rng", rng).integers(0, 2, size=checks.integer("B", B, 1))
    return cue, np.where(rng.random(B) < p, cue, 1 - cue)


@dataclass(frozen=True)
class DelayedCue:
    """A cue, L blank steps, one choice: T = L + 1 steps, m = 1 input, 2 actions.

    X is ±1 at the first step and 0 afterwards; after the last step the action 0 says that the cue was -1, 1 that it
    was 1. Episodes have N(0, noise²) added to the blank steps; without it all is computed exactly from two sequences.
    Raises ValueError unless L >= 1, ½ <= p <= 1 and noise >= 0.
    """

    L: int
    p: float = 0.9
    noise: float = 0.0
    m = 1
    actions = 2

    def __post_init__(self) -> None:
        _check(self)
        object.__setattr__(self, "noise", checks.number("noise", self.noise, 0.0))

    @property
    def optimum(self) -> float:
        """The largest expected reward, p, of the policy that chooses the observed cue."""
        return self.p

    @property
    def memoryless(self) -> float:
        """The largest expected reward of a policy that does not depend on the cue: ½."""
        return 0.5

    def inputs(self) -> np.ndarray:
        """X (L + 1, 2, 1) for the two cues that can be seen, -1 and 1, which are equally likely; without the noise."""
        X = np.zeros((self.L + 1, 2, 1))
        X[0, :, 0] = -1.0, 1.0
        return X

    def rewards(self) -> np.ndarray:
        """R (2, 2): the expected reward of each action (a column) after each observation (a row)."""
        return np.array([[self.p, 1 - self.p], [1 - self.p, self.p]])

    @checked
    def sample(self, rng: np.random.Generator, cell: Cell, params: Params, B: int) -> Episodes:
        """B episodes with the policy's actions. Raises ValueError if B < 1 or the policy does not fit."""
        cue, seen = _show(rng, B, self.p)
        X = self.inputs()[:, seen]
        X[1:] += self.noise * rng.standard_normal(X[1:].shape) if self.noise else 0.0
        check_policy(cell, params, X, self.actions)
        actions, rewards = np.zeros((self.L + 1, B), int), np.zeros((self.L + 1, B))
        actions[-1] = choose(rng, policy(params, unroll(cell, params, X)[-1]))
        rewards[-1] = actions[-1] == cue
        acted = np.zeros((self.L + 1, B), bool)
        acted[-1] = True
        return Episodes(X, actions, rewards, acted)


@dataclass(frozen=True)
class TMaze:
    """Walk L cells to a junction, then turn as the cue at the start said: m = 3 inputs, 3 actions.

    X holds the cue (±1 at the first step, then 0), 1 in the corridor, 1 at the junction. Actions: 0 left (cue -1),
    1 right (cue 1), 2 forward. A turn in the corridor, or forward at the junction, costs `bump` and moves nothing; a
    turn at the junction ends the episode, with reward 1 if it is right. After `steps` = 2L + 2 steps it ends anyway.
    Rewards after t steps count γ^t. Raises ValueError unless L >= 1, ½ <= p <= 1, 0 < γ <= 1 and bump >= 0.
    """

    L: int
    p: float = 0.9
    gamma: float = 0.98
    bump: float = 0.1
    m = 3
    actions = 3

    def __post_init__(self) -> None:
        _check(self)
        object.__setattr__(self, "gamma", checks.number("gamma", self.gamma, 0.0, 1.0, open_low=True))
        object.__setattr__(self, "bump", checks.number("bump", self.bump, 0.0))

    @property
    def steps(self) -> int:
        return 2 * self.L + 2

    @property
    def optimum(self) -> float:
        """γ^L p: no shorter way, and no better turn."""
        return self.gamma**self.L * self.p

    @property
    def memoryless(self) -> float:
        """γ^L/2: the largest of a policy that does not depend on the cue."""
        return self.gamma**self.L / 2

    def observe(self, t: int, seen: np.ndarray, place: np.ndarray) -> np.ndarray:
        """The observations (B, 3) after t steps, at these places (B,) from 0 to L."""
        cue = (2.0 * seen - 1) * (t == 0)
        return np.stack([cue, 1.0 * (place < self.L), 1.0 * (place == self.L)], axis=1)

    @checked
    def sample(self, rng: np.random.Generator, cell: Cell, params: Params, B: int) -> Episodes:
        """B episodes with the policy's actions; rewards are already multiplied by γ^t.

        Raises ValueError if B < 1 or the policy does not fit.
        """
        cue, seen = _show(rng, B, self.p)
        place, alive, h = np.zeros(B, int), np.ones(B, bool), np.zeros((B, cell.n_state))
        check_policy(cell, params, self.observe(0, seen, place)[None], self.actions)
        record = []
        for t in range(self.steps):
            x = self.observe(t, seen, place) * alive[:, None]
            h = cell.step(params, h, cell.drive(params, x[None])[0])
            action = choose(rng, policy(params, h))
            ends = alive & (place == self.L) & (action < 2)
            walks = (place < self.L) & (action == 2)
            gain = np.where(ends, 1.0 * (action == cue), -self.bump * ~walks) * alive
            record.append((x, action, self.gamma**t * gain, alive))
            place, alive = place + walks, alive & ~ends
        return Episodes(*map(np.array, zip(*record, strict=True)))
