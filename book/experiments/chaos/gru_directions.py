"""Benettin's method on the chaotic GRU of two units, step by step: J stretches two directions, and QR separates them.

Q_t R_t = J_t Q_{t-1}     (eq. lyapunov)
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from experiments.chaos.lstm_scales import gru
from minirnn.dynamics.orbits import orbit

BURN_IN, STEPS = 500, 300


class Directions(NamedTuple):
    """At index t - 1: the columns of Q_{t-1}, of J_t Q_{t-1}, of Q_t, and of J_t … J_1; the R_ii of step t."""

    before: np.ndarray  # (STEPS, 2, 2)
    image: np.ndarray
    after: np.ndarray
    product: np.ndarray
    lengths: np.ndarray  # (STEPS, 2)


@cache
def directions() -> Directions:
    """From the state after BURN_IN steps, with Q_0 = 1. Signs are such that all R_ii > 0."""
    system, h0 = gru(np.ones(1))
    H = orbit(system, h0, BURN_IN + STEPS, BURN_IN - 1)
    Q, P, steps = np.eye(2), np.eye(2), []
    for J in system.products(BURN_IN, H):
        before, image, P = Q, J(Q[None])[0], J(P[None])[0]
        Q, R = np.linalg.qr(image)
        signs = np.sign(np.diag(R))
        Q = Q * signs
        steps.append((before, image, Q, P, np.diag(R) * signs))
    return Directions(*(np.array(part) for part in zip(*steps, strict=True)))


def angles() -> np.ndarray:
    """Degrees between the lines of the plain product's columns after each step, by its determinant, which the R_ii
    give exactly even where the columns themselves can no longer be told apart."""
    all_steps = directions()
    areas = all_steps.lengths.prod(axis=1).cumprod()
    return np.degrees(np.arcsin(areas / np.linalg.norm(all_steps.product, axis=1).prod(axis=1)))
