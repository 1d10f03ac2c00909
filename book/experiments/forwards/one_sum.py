"""The double sum of a gradient, term by term, for one linear unit, and the two orders in which it can be added up.

h_t = λ h_{t-1} + x_t,   E = Σ_t c_t h_t,   ∂E/∂λ = Σ_t Σ_{k<=t} c_t λ^{t-k} h_{k-1}
"""

import numpy as np

T = 10


def sequence(T: int = T) -> tuple[np.ndarray, np.ndarray]:
    """Inputs x_1 … x_T and errors c_1 … c_T, from a fixed seed."""
    rng = np.random.default_rng(3)
    return rng.uniform(0.4, 1.6, T), rng.uniform(0.4, 1.6, T)


def terms(lam: float) -> np.ndarray:
    """(T, T), term [t-1, k-1] of the double sum; nan where k > t."""
    x, c = sequence()
    h = np.zeros(T + 1)
    for t in range(T):
        h[t + 1] = lam * h[t] + x[t]
    lag = np.subtract.outer(np.arange(T), np.arange(T))
    products = c[:, None] * lam ** np.maximum(lag, 0) * h[:-1]
    return np.where(lag >= 0, products, np.nan)


def forwards(lam: float) -> tuple[np.ndarray, np.ndarray]:
    """The influence P_t = ∂h_t/∂λ, and the sum of the gradients of E_1 … E_t, for t = 0 … T: (T+1,) each."""
    x, c = sequence()
    h, P, total = 0.0, np.zeros(T + 1), np.zeros(T + 1)
    for t in range(T):
        P[t + 1] = lam * P[t] + h
        h = lam * h + x[t]
        total[t + 1] = total[t] + c[t] * P[t + 1]
    return P, total


def backwards(lam: float) -> tuple[np.ndarray, np.ndarray]:
    """The adjoint δ_t after 0 … T steps back, and the sum of the terms of the uses k > T - s: (T+1,) each."""
    x, c = sequence()
    h = np.zeros(T + 1)
    for t in range(T):
        h[t + 1] = lam * h[t] + x[t]
    delta, total = np.zeros(T + 1), np.zeros(T + 1)
    for s in range(1, T + 1):
        delta[s] = c[T - s] + lam * delta[s - 1]
        total[s] = total[s - 1] + delta[s] * h[T - s]
    return delta, total
