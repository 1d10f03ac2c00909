"""Small systems whose orbits a page computes to the last bit as Python does, and the LSTM of two units of
`lstm_scales`, its weights times s.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from experiments.chaos.lstm_scales import W_LSTM
from experiments.exact import sigmoid, tanh

TWICE = np.repeat([1.0, 1.0, 2.0, 1.0], 2)[:, None]  # tanh a = 2σ(2a) - 1
TURNS = 100  # steps before the counted ones, in which a direction turns to the fastest


def scaled(s: np.ndarray, W: np.ndarray, h: np.ndarray) -> np.ndarray:
    """s W h for h (2, B)."""
    return s * (W[:, :1] * h[0] + W[:, 1:] * h[1])


def lstm(s: np.ndarray, H: np.ndarray) -> tuple[np.ndarray, Any]:
    gates, c = sigmoid(TWICE * scaled(s, W_LSTM, H)), H[2:]  # one call costs less than four
    i, f, g, o = gates[:2], gates[2:4], 2 * gates[4:6] - 1, gates[6:]
    after = f * c + i * g
    t = tanh(after)
    return np.concatenate([o * t, after]), (i, f, g, o, c, t)


def turn_lstm(s: np.ndarray, local: Any, V: np.ndarray) -> np.ndarray:
    (i, f, g, o, c, t), d = local, scaled(s, W_LSTM, V)
    di, df = i * (1 - i) * d[:2], f * (1 - f) * d[2:4]
    dg, do = (1 - g * g) * d[4:6], o * (1 - o) * d[6:]
    dc = f * V[2:] + c * df + g * di + i * dg
    return np.concatenate([t * do + o * ((1 - t * t) * dc), dc])


class Small(NamedTuple):
    """`step` of states (n, B) for scales s (B,) gives the next states, and what `turn` needs to apply the Jacobian
    to directions (n, B); all entries of the first state are `start`."""

    n: int
    start: float
    step: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, Any]]
    turn: Callable[[np.ndarray, Any, np.ndarray], np.ndarray]


LSTM = Small(4, 0.5, lstm, turn_lstm)


def run(system: Small, s: np.ndarray, burn_in: int, T: int) -> tuple[np.ndarray, np.ndarray]:
    """States (T, n, B) after the burn-in, and the exponent λ₁ (B,) of these steps, nats a step. Where
    each step annihilates directions λ₁ is -inf, and here what rounding leaves of it: about -36."""
    H = np.full((system.n, len(s)), system.start)
    V, logs, states = np.ones_like(H), np.zeros(len(s)), np.empty((T, *H.shape))
    for t in range(burn_in + T):
        H, local = system.step(s, H)
        if t >= burn_in - TURNS:
            V = system.turn(s, local, V)
            square = V[0] * V[0]
            for v in V[1:]:
                square = square + v * v
            size = np.maximum(np.sqrt(square), 1e-300)
            V = V / size
        if t >= burn_in:
            logs += np.log(size)
            states[t - burn_in] = H
    return states, logs / T
