"""One linear unit that learns a delayed cue, solved exactly.

The log-odds of choosing what was seen are s = v u λ^L, with θ = (v, u, λ). The Fisher matrix has one eigenvalue that is
not 0, q = σ'(s)‖∇s‖². Along dθ/dt = ∇J the log-odds move with ds/dt = (2p - 1) q, along dθ/dt = (F + κI)⁻¹∇J with
ds/dt = (2p - 1) q/(κ + q).
"""

from functools import cache

import numpy as np
from scipy.integrate import solve_ivp

from minirnn.core.activations import sigmoid

P = 0.9  # how often the cue is right
SIZE = 0.3  # v and u before training


def start(lam: float) -> np.ndarray:
    """θ before training."""
    return np.array([SIZE, SIZE, lam])


def log_odds(theta: np.ndarray, L: int) -> tuple[float, np.ndarray]:
    """s = v u λ^L and its gradient in θ = (v, u, λ)."""
    v, u, lam = theta
    kept = lam**L
    return v * u * kept, np.array([u * kept, v * kept, L * v * u * lam ** (L - 1)])


def information(theta: np.ndarray, L: int) -> float:
    """q = σ'(s)‖∇s‖², the one eigenvalue of the Fisher matrix that is not 0."""
    s, gradient = log_odds(theta, L)
    return float(sigmoid(s) * sigmoid(-s) * gradient @ gradient)


def speed(theta: np.ndarray, L: int, damping: float | None) -> float:
    """ds/dt of the gradient flow, or with a damping of the natural one."""
    q = information(theta, L)
    return (2 * P - 1) * (q if damping is None else q / (damping + q))


def wall(lam: float, damping: float) -> float:
    """The first length at which q < κ before training; inf if there is none below 400.

    >>> wall(0.7, 1e-12), wall(1.0, 1e-4)
    (42.0, inf)
    """
    lengths = range(1, 400)
    q = np.array([information(start(lam), L) for L in lengths])
    below = np.flatnonzero(q < damping)
    return float(lengths[int(below[0])]) if len(below) else np.inf


@cache
def flow(lam: float, L: int, damping: float | None) -> tuple[np.ndarray, np.ndarray]:
    """80 times from 0.1 to 1e8, and J at each along the flow from `start`; it rests once J is 0.89."""

    def slope(t: float, theta: np.ndarray) -> np.ndarray:
        s, gradient = log_odds(theta, L)
        q = sigmoid(s) * sigmoid(-s)
        size = 1.0 if damping is None else 1 / (damping + q * gradient @ gradient)
        return (2 * P - 1) * q * size * gradient

    def far(t: float, theta: np.ndarray) -> float:
        return log_odds(theta, L)[0] - 4.5

    far.terminal = True  # type: ignore[attr-defined]
    times = np.geomspace(0.1, 1e8, 80)
    path = solve_ivp(
        slope, (0, 1e8), start(lam), method="LSODA", rtol=1e-6, atol=1e-12, events=far, dense_output=True
    )
    s = np.array([log_odds(path.sol(min(t, path.t[-1])), L)[0] for t in times])
    return times, 1 - P + (2 * P - 1) * sigmoid(s)


def time_to(lam: float, L: int, damping: float | None, wanted: float = 0.86) -> float:
    """When J first exceeds `wanted`; inf if not by 1e8."""
    t, J = flow(lam, L, damping)
    if not (wanted < J).any():
        return np.inf
    after = int(np.argmax(wanted < J))
    return float(np.interp(wanted, J[after - 1 : after + 1], t[after - 1 : after + 1])) if after else float(t[0])
