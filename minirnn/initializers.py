"""Initial weights: functions `(rng, shape, ...) -> array`; options are set with `functools.partial`.

>>> from functools import partial
>>> from minirnn import VanillaRNN
>>> cell = VanillaRNN(m=3, n=10)
>>> params = cell.init(np.random.default_rng(0), recurrent=partial(orthogonal, gain=0.9))
>>> bool(np.allclose(params["W"] @ params["W"].T, 0.81 * np.eye(10)))
True
"""

import numpy as np

from minirnn import checks

Shape = tuple[int, ...]


def gaussian(rng: np.random.Generator, shape: Shape, std: float = 0.1) -> np.ndarray:
    """Independent entries N(0, std²)."""
    return checks.number("std", std, 0.0) * rng.standard_normal(shape)


def fan_in(rng: np.random.Generator, shape: Shape, gain: float = 1.0) -> np.ndarray:
    """Independent entries N(0, gain²/columns).

    For a square matrix and many rows the spectral radius tends to `gain` and the largest singular value to
    2·gain (circular law; Marchenko and Pastur), which is why the two must not be mixed up.
    """
    return checks.number("gain", gain, 0.0) / np.sqrt(shape[-1]) * rng.standard_normal(shape)


def orthogonal(rng: np.random.Generator, shape: Shape, gain: float = 1.0) -> np.ndarray:
    """gain × a matrix with orthonormal rows or columns, uniform among these; a stack of square ones if tall.

    The QR decomposition alone is not uniform: its sign convention biases Q, hence the signs of R's diagonal.
    A shape (k·n, n) gives k independent blocks, one for each gate of a gated cell.
    """
    rows, columns = shape
    if rows > columns and rows % columns == 0:
        return np.concatenate([orthogonal(rng, (columns, columns), gain) for _ in range(rows // columns)])
    Q, R = np.linalg.qr(rng.standard_normal((max(shape), min(shape))))
    Q = Q * np.sign(np.diag(R))
    return checks.number("gain", gain, 0.0) * (Q if rows >= columns else Q.T)


def identity(rng: np.random.Generator, shape: Shape, gain: float = 1.0) -> np.ndarray:
    """gain × the identity: with ReLU, the IRNN (le2015). Draws nothing from `rng`."""
    return checks.number("gain", gain, 0.0) * np.eye(shape[0], shape[1])


def spectral_radius(rng: np.random.Generator, shape: Shape, radius: float = 0.95) -> np.ndarray:
    """A Gaussian matrix scaled so that its largest |eigenvalue| is exactly `radius`."""
    W = rng.standard_normal(shape)
    return checks.number("radius", radius, 0.0) / np.abs(np.linalg.eigvals(W)).max() * W


def uniform(rng: np.random.Generator, shape: Shape, low: float = -1.0, high: float = 1.0) -> np.ndarray:
    """Independent entries, uniform on [low, high)."""
    return rng.uniform(low, checks.number("high", high, low), shape)


def ring(rng: np.random.Generator, n: int, r_min: float = 0.0, r_max: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Magnitudes and angles (n,), (n,) of eigenvalues uniform by area on the ring r_min <= |λ| <= r_max.

    Angles are uniform on [0, 2π). From orvieto2023, whose exponential parametrisation needs 0 < |λ| < 1.
    Raises ValueError unless 0 <= r_min < r_max <= 1.
    """
    checks.number("r_max", r_max, checks.number("r_min", r_min, 0.0), 1.0, open_low=True)
    magnitude = np.sqrt(rng.uniform(r_min**2, r_max**2, n))
    return magnitude, rng.uniform(0.0, 2 * np.pi, n)
