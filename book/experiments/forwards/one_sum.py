"""The double sum of a gradient, term by term, for one linear unit, and the two orders in which it can be added up.

h_t = λ h_{t-1} + x_t,   E = Σ_t c_t h_t,   ∂E/∂λ = Σ_t Σ_{k<=t} c_t λ^{t-k} h_{k-1}
"""

import numpy as np

from experiments.draws import uniform

MOST = 15


def sequence(T: int) -> tuple[np.ndarray, np.ndarray]:
    """Inputs x_1 … x_T and errors c_1 … c_T, in [0.4, 1.6)."""
    x, c = 0.4 + 1.2 * uniform(2 * MOST).reshape(2, MOST)
    return x[:T], c[:T]


def states(lam: float, T: int) -> np.ndarray:
    """h_0 = 0 … h_T (T+1,)."""
    h = np.zeros(T + 1)
    for t, x in enumerate(sequence(T)[0]):
        h[t + 1] = lam * h[t] + x
    return h


def terms(lam: float, T: int) -> np.ndarray:
    """(T, T), term [t-1, k-1] of the double sum; nan where k > t."""
    c, h = sequence(T)[1], states(lam, T)
    lag = np.subtract.outer(np.arange(T), np.arange(T))
    return np.where(lag >= 0, c[:, None] * lam ** np.maximum(lag, 0) * h[:-1], np.nan)


def forwards(lam: float, T: int) -> tuple[np.ndarray, np.ndarray]:
    """The influence P_t = ∂h_t/∂λ, and the sum of the gradients of E_1 … E_t, for t = 0 … T: (T+1,) each."""
    c, h, P, total = sequence(T)[1], states(lam, T), np.zeros(T + 1), np.zeros(T + 1)
    for t in range(T):
        P[t + 1] = lam * P[t] + h[t]
        total[t + 1] = total[t] + c[t] * P[t + 1]
    return P, total


def backwards(lam: float, T: int) -> tuple[np.ndarray, np.ndarray]:
    """The adjoint δ_t after 0 … T steps back, and the sum of the terms of the uses k > T - s: (T+1,) each."""
    c, h, delta, total = sequence(T)[1], states(lam, T), np.zeros(T + 1), np.zeros(T + 1)
    for s in range(1, T + 1):
        delta[s] = c[T - s] + lam * delta[s - 1]
        total[s] = total[s - 1] + delta[s] * h[T - s]
    return delta, total
