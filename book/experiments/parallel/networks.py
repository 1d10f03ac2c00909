"""Random tanh networks and the logistic map, for Newton's method on all states; the conditioning of this problem."""

from typing import NamedTuple

import numpy as np

from minirnn import VanillaRNN
from minirnn.core.params import Params
from minirnn.gradients.newton import Solved, newton_rounds

TOL = 1e-8  # on the largest residual, in all counts of rounds
LONGEST = 4096


class Network(NamedTuple):
    """h = tanh(Wh + Ux) and its inputs X (T, 1, 1)."""

    cell: VanillaRNN
    params: Params
    X: np.ndarray


def tanh_network(g: float, seed: int, T: int, n: int = 16) -> Network:
    """W ~ N(0, g²/n), U ~ N(0, 1), x ~ N(0, ½²): the first T inputs of LONGEST that are drawn."""
    rng = np.random.default_rng(seed)
    W, U = rng.standard_normal((n, n)) * g / np.sqrt(n), rng.standard_normal((n, 1))
    return Network(
        VanillaRNN(1, n), {"W": W, "U": U, "b": np.zeros(n)}, 0.5 * rng.standard_normal((LONGEST, 1, 1))[:T]
    )


def logistic_states(r: float, T: int, start: float = 0.3) -> np.ndarray:
    """x_1 … x_T (T,) of x' = r x (1 - x)."""
    states = [start]
    for _ in range(T):
        states.append(r * states[-1] * (1 - states[-1]))
    return np.array(states[1:])


def logistic_rounds(
    r: float,
    guess: np.ndarray,
    *,
    newton: bool = True,
    clipped: bool = False,
    rounds: int | None = None,
    start: float = 0.3,
) -> Solved:
    """The same states in rounds, from a guess (T,), by Newton's method or by the fixed-point iteration; clipped to
    [0, 1], where all states lie, or free."""

    def f(x: np.ndarray) -> np.ndarray:
        return r * x * (1 - x)

    def slope(x: np.ndarray, _: np.ndarray) -> np.ndarray:
        return r * (1 - 2 * x)

    within, slopes = (0.0, 1.0) if clipped else None, slope if newton else None
    h0 = np.array([[start]])
    return newton_rounds(f, slopes, guess[:, None, None], h0, tol=TOL, rounds=rounds, within=within)


def bidiagonal(J: np.ndarray) -> np.ndarray:
    """K = ∂R/∂s (T n, T n) of the residuals, from J (T, n, n): I on its diagonal, -J_t to the left of it, t >= 2.

    >>> bidiagonal(np.full((3, 1, 1), 2.0)).tolist()
    [[1.0, 0.0, 0.0], [-2.0, 1.0, 0.0], [0.0, -2.0, 1.0]]
    """
    T, n, _ = J.shape
    K = np.eye(T * n)
    for t in range(1, T):
        K[t * n : (t + 1) * n, (t - 1) * n : t * n] = -J[t]
    return K


def smallest(K: np.ndarray) -> float:
    """Its smallest singular value. Below 1e-14 of the largest, singular values are rounding errors."""
    sizes = np.linalg.svd(K, compute_uv=False)
    if sizes[-1] < 1e-14 * sizes[0]:
        least, most = sizes[[-1, 0]]
        raise ValueError(
            f"K must have a condition below 1e14, got sizes {least:.0e} to {most:.0e}: take fewer steps"
        )
    return float(sizes[-1])


def constant_smallest(a: float, T: int) -> float:
    """The smallest singular value of K (T, T) for one unit of slope a at every step.

    >>> bool(np.isclose(constant_smallest(1.0, 16), 2 * np.sin(np.pi / 66), rtol=1e-10))
    True
    """
    return smallest(bidiagonal(np.full((T, 1, 1), a)))
