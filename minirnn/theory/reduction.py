"""The limits of m units: the Hankel matrix of a kernel, its singular values, and networks made from them.

    H[i, j] = K[i + j]        i, j = 0 … n-1                                                    (eq. hankel)

Row i is the output i steps later, column j the input j steps ago: the matrix maps past inputs to future outputs. All
of this passes through the state, so for a linear network of m units the rank is at most m:

    K[i + j] = (cᵀ W^i) (W^j u)

The singular values σ_1 >= σ_2 >= … of a target kernel therefore bound the error of *every* such network from below.
The theorem on ranks is Kronecker's; hokalman1966 and kung1978 turn the decomposition into a network.

>>> from minirnn.theory.memory import two_exponentials
>>> singular_values(two_exponentials(100), 20).round(6)[:4]
array([2.953997, 0.305352, 0.      , 0.      ])
"""

import numpy as np

from minirnn.core import checks
from minirnn.core.arguments import checked

LinearNetwork = tuple[np.ndarray, np.ndarray, np.ndarray]  # W (m, m), u (m,), c (m,)


def hankel(K: np.ndarray, n: int) -> np.ndarray:
    """(eq. hankel), (n, n), with K = 0 beyond its end.

    >>> hankel(np.array([1.0, 2.0, 3.0]), 2)
    array([[1., 2.],
           [2., 3.]])
    """
    checks.float_array("K", K, ("T",))
    i = np.arange(checks.integer("n", n, 1))
    return np.concatenate([K, np.zeros(2 * n)])[i[:, None] + i]


@checked
def singular_values(K: np.ndarray, n: int) -> np.ndarray:
    """σ (n,) of the Hankel matrix, largest first."""
    return np.linalg.svd(hankel(K, n), compute_uv=False)


@checked
def error_bound(K: np.ndarray, m: int, n: int) -> float:
    """No linear network of m units has a smaller error ‖K̂ - K‖₂ / ‖K‖₂ than this, whatever its weights.

        ‖K̂ - K‖₂² >= (1/n) Σ_{i>m} σ_i²                                                        (eq. bound)

    Every n gives a valid bound; take the largest. For a pure delay of D steps and n = D + 1 its square is
    1 - m/(D + 1). Errors count on the steps 0 … 2n-2, with K = 0 beyond its end.

    >>> delay = np.eye(1, 10, 9).ravel()
    >>> round(error_bound(delay, 4, 10) ** 2, 12)
    0.6
    """
    checks.integer("m", m, 0)
    tail = singular_values(K, n)[m:]
    return float(np.sqrt((tail**2).sum() / n) / np.linalg.norm(K))


@checked
def realize(K: np.ndarray, m: int, n: int) -> LinearNetwork:
    """W (m, m), u (m,), c (m,) whose kernel is near K, from the m largest singular values.

    With H ≈ U S Vᵀ cut at m, the columns of U√S are the outputs that each unit causes later, and the rows of √S Vᵀ the
    inputs that set it. A step of time moves the window of H by one entry, which gives W. The kernel is exact if the
    rank is m, otherwise near, not the nearest. K must have died out before step 2n.

    Raises ValueError if m > n or the m-th singular value is rounding.
    """
    checks.integer("m", m, 1, checks.integer("n", n, 1))
    H = hankel(K, n + 1)
    U, s, Vt = np.linalg.svd(H[:n, :n])
    rank = np.count_nonzero(s >= 1e-14 * s[0])
    if m > rank:
        raise ValueError(f"m must be at most the rank, {rank}, got {m}")
    root = np.sqrt(s[:m])
    W = (U[:, :m] / root).T @ H[1:, :n] @ (Vt[:m].T / root)
    return W, root * Vt[:m, 0], root * U[0, :m]


@checked
def eigenvalues(W: np.ndarray) -> np.ndarray:
    """The eigenvalues of W, of each pair of conjugates only the one with Im λ > 0, as `memory.modes` takes them."""
    lam = np.linalg.eigvals(W)
    lam = np.where(np.abs(lam.imag) < 1e-12, lam.real, lam)
    return lam[lam.imag >= 0]
