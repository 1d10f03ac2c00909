"""Linear students of linear teachers: the same function in several coordinates, and the exact gradient in each.

The teacher is a dense linear network of 10 units with eigenvalues (ν₀ + (1 - ν₀) tanh|l|) l/|l|, l the eigenvalues of
a Gaussian matrix; T = 300, one input, one output. The students have a state of 64 real numbers. Input is white noise,
so the loss is known without drawing any: L = ½ Σ_k (1 - k/T)(K_student[k] - K_teacher[k])², and every gradient is
exact. All students of a seed *start as the same function* (up to γ): the dense one is the diagonal one in a random
orthogonal basis, so that only the coordinates differ in which it is trained.
"""

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

from minirnn import LRU, DiagonalRNN, NormalizedRNN
from minirnn.cells.linear import log_normalizer, paired, to_complex, to_real
from minirnn.core import initializers
from minirnn.core.params import Params

T, UNITS, TEACHER = 300, 32, 10
LENGTH = 20  # of the blocks into which the dense recurrence is cut; divides T
WEIGHT = 1 - np.arange(T) / T
CELLS = {"diagonal": DiagonalRNN(1, UNITS), "+ γ": NormalizedRNN(1, UNITS), "LRU": LRU(1, UNITS)}


def stretched(l: np.ndarray, nu0: float) -> np.ndarray:
    """Eigenvalues of modulus ν₀ + (1 - ν₀) tanh|l| and the angles of l."""
    return (nu0 + (1 - nu0) * np.tanh(np.abs(l))) * l / np.abs(l)


def teacher_kernel(nu0: float, seed: int) -> np.ndarray:
    """K[k] = C A^k B (T,) of a random teacher, scaled so that Σ_k (1 - k/T) K[k]² = 1."""
    rng = np.random.default_rng([seed, 0])
    l, basis = np.linalg.eig(rng.standard_normal((TEACHER, TEACHER)) / np.sqrt(TEACHER))
    b, c = np.linalg.solve(basis, rng.standard_normal(TEACHER)), rng.standard_normal(TEACHER) @ basis
    K = (powers(stretched(l, nu0)) @ (b * c)).real
    return K / np.sqrt((WEIGHT * K**2).sum())


def powers(lam: np.ndarray) -> np.ndarray:
    """λ^k, (T, n)."""
    low = np.cumprod(np.broadcast_to(lam, (LENGTH, len(lam))), axis=0)  # λ … λ^LENGTH
    high = np.cumprod(np.broadcast_to(low[-1], (T // LENGTH - 1, len(lam))), axis=0)
    ones = np.ones((1, len(lam)))
    return (np.vstack([ones, high])[:, None] * np.vstack([ones, low[:-1]])).reshape(T, -1)


def start(architecture: str, nu0: float, seed: int) -> Params:
    """The student at its start: the same function for all architectures, but for the scale γ of the inputs.

    More starts are for `starts`: "paper", see `own_start`; "skew", the dense student in a Gaussian basis in place of an
    orthogonal one; and "dense, scaled", "2×2, scaled" and "diagonal, scaled", whose input weights start multiplied by
    γ, so that they are what "+ γ" is.
    """
    rng = np.random.default_rng([seed, 1])
    if architecture == "paper":
        return own_start(rng)
    lam = stretched(np.sqrt(rng.uniform(size=UNITS)) * np.exp(2j * np.pi * rng.uniform(size=UNITS)), nu0)
    nu, theta = np.abs(lam), np.angle(lam) % (2 * np.pi)
    B_re, B_im = rng.standard_normal((2, UNITS, 1)) / np.sqrt(2)
    V = rng.standard_normal((1, 2 * UNITS)) / np.sqrt(2 * UNITS)
    architecture, _, scaled = architecture.partition(", ")
    if scaled:
        B_re, B_im = (np.sqrt(1 - nu**2)[:, None] * B for B in (B_re, B_im))
    if architecture in CELLS:
        magnitude = {"nu_log": np.log(-np.log(nu)), "theta_log": np.log(theta)}
        scale = {} if architecture == "diagonal" else {"gamma_log": log_normalizer(np.log(-np.log(nu)))}
        lam_params = magnitude if architecture == "LRU" else {"nu": nu, "theta": theta}
        return lam_params | {"B_re": B_re, "B_im": B_im, "V": paired(V)} | scale
    blocks, U = np.stack([lam.real, -lam.imag, lam.imag, lam.real], axis=-1), np.vstack([B_re, B_im])
    if architecture == "2×2":
        return {"W": blocks, "U": paired(U, axis=0), "V": paired(V)}
    draw = initializers.fan_in if architecture == "skew" else initializers.orthogonal
    Q = draw(rng, (2 * UNITS, 2 * UNITS))
    back = np.linalg.inv(Q)
    return {"W": Q @ assembled(blocks, *HALVES) @ back, "U": Q @ U, "V": V @ back}


def own_start(rng: np.random.Generator) -> Params:
    """The dense student of the paper's code: in a Gaussian basis, with eigenvalues of modulus tanh|l|, which is ν₀ = 0
    whatever the teacher's is."""
    n = 2 * UNITS
    l, basis = np.linalg.eig(rng.standard_normal((n, n)) / np.sqrt(n))
    W = ((basis * stretched(l, 0.0)) @ np.linalg.inv(basis)).real
    return {"W": W, "U": rng.standard_normal((n, 1)), "V": rng.standard_normal((1, n)) / np.sqrt(n)}


HALVES = (
    np.arange(UNITS),
    UNITS + np.arange(UNITS),
)  # where the two numbers of a unit stand: the basis that is turned
PAIRS = 2 * np.arange(UNITS), 2 * np.arange(UNITS) + 1  # those of the cells' states


def assembled(blocks: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The (2n, 2n) matrix of n 2×2 blocks (n, 4), whose rows and columns are `first` and `second`."""
    W = np.zeros((2 * UNITS, 2 * UNITS))
    for entry, (row, column) in enumerate(product((first, second), repeat=2)):
        W[row, column] = blocks[:, entry]
    return W


def dense_gradient(params: Params, K: np.ndarray) -> tuple[float, Params]:
    """L and its gradient in W, U, V, with the T steps cut into blocks that are walked side by side."""
    W, u, v = params["W"], params["U"][:, 0], params["V"][0]
    jump, count = np.linalg.matrix_power(W, LENGTH), T // LENGTH
    H = np.empty((LENGTH, count, len(u)))  # H[i, j] is W^k u for k = LENGTH·j + i
    H[0, 0] = u
    for j in range(1, count):
        H[0, j] = jump @ H[0, j - 1]
    for i in range(1, LENGTH):
        H[i] = H[i - 1] @ W.T
    residual = (H @ v).T.ravel() - K
    dK = WEIGHT * residual
    D = dK.reshape(count, LENGTH).T[:, :, None] * v  # the adjoints, block by block, from the end
    readouts = np.empty((LENGTH + 1, len(v)))  # vᵀ W^i
    readouts[0] = v
    for i in range(LENGTH):
        readouts[i + 1] = readouts[i] @ W
    local, before = dK.reshape(count, LENGTH) @ readouts[1:], np.zeros(len(v))
    carry = np.empty((count, len(v)))  # Wᵀδ of the first step of the block after
    for j in reversed(range(count)):
        carry[j] = before
        before = local[j] + before @ jump
    for i in reversed(range(LENGTH)):
        D[i] += carry
        carry = D[i] @ W
    flat_D, flat_H = (z.swapaxes(0, 1).reshape(T, -1) for z in (D, H))
    gradient = {"W": flat_D[1:].T @ flat_H[:-1], "U": flat_D[0][:, None], "V": (dK @ flat_H)[None]}
    return 0.5 * float(dK @ residual), gradient


def block_gradient(params: Params, K: np.ndarray) -> tuple[float, Params]:
    """The same for 2×2 blocks: the dense gradient, of which only the entries in the blocks are free."""
    L, gradient = dense_gradient(params | {"W": assembled(params["W"], *PAIRS)}, K)
    blocks = [gradient["W"][row, column] for row, column in product(PAIRS, repeat=2)]
    return L, gradient | {"W": np.stack(blocks, axis=-1)}


def diagonal_gradient(cell: Any, params: Params, K: np.ndarray) -> tuple[float, Params]:
    """The same for a diagonal cell: K[k] = Re Σ c γ b λ^k."""
    gamma, b = cell.input_scale(params), params["B_re"][:, 0] + 1j * params["B_im"][:, 0]
    c = to_complex(params["V"][0]).conj()
    P = powers(cell.eigenvalues(params))
    residual = (P @ (c * gamma * b)).real - K
    dK = WEIGHT * residual
    sums, slopes = dK @ P, (dK * np.arange(T))[1:] @ P[:-1]  # Σ e_k λ^k and its derivative
    g_b, g_c = (gamma * c * sums).conj(), (gamma * b * sums).conj()
    return 0.5 * float(dK @ residual), {
        **cell.vjp_eigenvalues(params, (c * gamma * b * slopes).conj()),
        "B_re": g_b.real[:, None],
        "B_im": g_b.imag[:, None],
        "V": to_real(g_c.conj())[None],
        **cell.vjp_input_scale(params, (c * b * sums).real),
    }


def gradient_of(architecture: str) -> Callable[[Params, np.ndarray], tuple[float, Params]]:
    """(params, K) -> (L, its gradient)."""
    architecture = architecture.partition(", ")[0]
    if architecture in CELLS:
        return lambda params, K: diagonal_gradient(CELLS[architecture], params, K)
    return block_gradient if architecture == "2×2" else dense_gradient
