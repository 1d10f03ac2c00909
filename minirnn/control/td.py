"""Recurrent critics: a value for each step, learned from the value of the next (temporal differences).

    v_t = V h_t + c,   target_t = r_t + γ v_{t+1},   v_{T+1} = 0                                     (eq. td)

The targets are held constant when ½ (v_t - target_t)² is differentiated: a *semi-gradient*, since the derivative of the
target is left out. For a cue z at the first step and the reward z after L blank steps the values are known,

    V*_t = γ^{L-t} z,   t = 0, ..., L steps after the cue                                           (eq. value)

so the error of a critic is exact. See sutton1988 for temporal differences, cayci2025 for recurrent ones.
"""

from dataclasses import dataclass

import numpy as np

from minirnn.cells.contract import Cell
from minirnn.control.pomdp import DelayedCue
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params, overflow_allowed
from minirnn.core.products import outer_sum
from minirnn.gradients.backpropagation import unroll
from minirnn.learning.losses import readout


@checked
def cue_values(L: int, gamma: float) -> np.ndarray:
    """V* (L + 1, 2, 1), after each step, for the cues -1 and 1 (eq. value).

    >>> cue_values(2, gamma=0.5)[:, 1, 0]
    array([0.25, 0.5 , 1.  ])
    """
    checks.integer("L", L, 1)
    gamma = checks.number("gamma", gamma, 0.0, 1.0, open_low=True)
    return (gamma ** np.arange(L, -1, -1))[:, None, None] * np.array([-1.0, 1.0])[:, None]


@checked
def cue_rewards(L: int) -> np.ndarray:
    """r (L + 1, 2, 1): the cue, after the last step."""
    r = np.zeros((checks.integer("L", L, 1) + 1, 2, 1))
    r[-1, :, 0] = -1.0, 1.0
    return r


@dataclass(frozen=True)
class TemporalDifference:
    """The semi-gradient as a loss for `bptt`: mean over t and B of ½ (v_t - target_t)² (eq. td).

    rewards (T, B, 1), gamma the discount. Raises TypeError or ValueError unless 0 < γ <= 1.
    """

    rewards: np.ndarray
    gamma: float

    def __post_init__(self) -> None:
        checks.float_array("rewards", self.rewards, ("T", "B", 1))
        object.__setattr__(self, "gamma", checks.number("gamma", self.gamma, 0.0, 1.0, open_low=True))

    def targets(self, v: np.ndarray) -> np.ndarray:
        """r_t + γ v_{t+1} for values v (T, B, 1)."""
        return self.rewards + self.gamma * np.concatenate([v[1:], np.zeros_like(v[:1])])

    def __call__(self, params: Params, H: np.ndarray) -> tuple[float, np.ndarray, Params]:
        """The error, its semi-gradient in H (T, B, n_state), and those of V and c_out."""
        with overflow_allowed():
            v = readout(params, H)
            residual = v - self.targets(v)
            dv, n_out = residual / residual.size, params["V"].shape[1]
            dE = np.zeros_like(H)
            dE[..., :n_out] = dv @ params["V"]
            rows = dv.reshape(-1, 1), H[..., :n_out].reshape(-1, n_out)
            return float(0.5 * (residual * dv).sum()), dE, {"V": outer_sum(*rows), "c_out": rows[0].sum(0)}


@checked
def critic_error(cell: Cell, params: Params, L: int, gamma: float) -> float:
    """Σ (v_t - V*_t)² / Σ V*_t² over both cues and all L + 1 steps: 1 for a critic that says 0.

    Raises TypeError or ValueError unless the readout has one output and the cell one input.
    """
    if "V" not in params or len(params["V"]) != 1:
        raise ValueError(f"V must be (1, {cell.n_out}), got {params['V'].shape if 'V' in params else 'no V'}")
    true = cue_values(L, gamma)
    with overflow_allowed():
        v = readout(params, unroll(cell, params, DelayedCue(L).inputs())[1:])
        return float(((v - true) ** 2).sum() / (true**2).sum())
