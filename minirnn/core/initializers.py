"""Initial weights: functions `(rng, shape, ...) -> array`; options are set with `functools.partial`.

`gaussian`, `fan_in`, `uniform`, `orthogonal`, `identity`, `sparse` (which has a given spectral radius), `chrono` for
biases of gates, `ring` for eigenvalues.

>>> from functools import partial
>>> from minirnn import VanillaRNN
>>> cell = VanillaRNN(m=3, n=10)
>>> params = cell.init(np.random.default_rng(0), recurrent=partial(orthogonal, gain=0.9))
>>> bool(np.allclose(params["W"] @ params["W"].T, 0.81 * np.eye(10)))
True

A gated cell asks for (k·n, n), one square block for each of its k gates: initializers of square matrices give k
independent ones. All raise TypeError unless `rng` is a Generator, ValueError for a shape or an option out of range.
"""

from collections.abc import Callable

import numpy as np

from minirnn.core import checks

Shape = tuple[int, ...]


def gaussian(rng: np.random.Generator, shape: Shape, std: float = 0.1) -> np.ndarray:
    """Independent entries N(0, std²)."""
    std = checks.number("std", std, 0.0)
    return std * checks.generator("rng", rng).standard_normal(_sizes(shape))


def fan_in(rng: np.random.Generator, shape: Shape, gain: float = 1.0) -> np.ndarray:
    """Independent entries N(0, gain²/columns).

    For a square matrix and many rows the spectral radius tends to `gain` and the largest singular value to
    2·gain (the circular law for the bulk, Bai and Yin for the extremes): keep the two apart.
    """
    gain = checks.number("gain", gain, 0.0)
    _, columns = _sizes(shape, 2)
    return gain / np.sqrt(columns) * checks.generator("rng", rng).standard_normal(shape)


def orthogonal(rng: np.random.Generator, shape: Shape, gain: float = 1.0) -> np.ndarray:
    """gain × a matrix with orthonormal rows or columns, uniform among these; independent square blocks if (k·n, n).

    The QR decomposition alone is not uniform: its sign convention biases Q, hence the signs of R's diagonal.
    """
    gain = checks.number("gain", gain, 0.0)
    rows, columns = _sizes(shape, 2)

    def block(rows: int) -> np.ndarray:
        Q, R = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
        Q = Q * np.sign(np.diag(R))
        return gain * (Q if rows >= columns else Q.T)

    checks.generator("rng", rng)
    return block(rows) if rows % columns else _stack(shape, lambda: block(columns))


def identity(rng: np.random.Generator, shape: Shape, gain: float = 1.0) -> np.ndarray:
    """gain × the identity: with ReLU, the IRNN (le2015). Draws nothing from `rng`."""
    gain = checks.number("gain", gain, 0.0)
    checks.generator("rng", rng)
    return _stack(shape, lambda: gain * np.eye(shape[1]))


def sparse(rng: np.random.Generator, shape: Shape, radius: float = 0.95, nonzeros: int = 15) -> np.ndarray:
    """Gaussian, `nonzeros` entries a row (all, if there are fewer columns), scaled to spectral radius `radius`.

    The "smart tanh" initialisation of pascanu2013, whose code draws the entries N(0, 0.01²) first; the scaling
    makes their size irrelevant.
    """
    radius = checks.number("radius", radius, 0.0)
    checks.integer("nonzeros", nonzeros, 2)  # with 1, all eigenvalues can be 0
    checks.generator("rng", rng)

    def block() -> np.ndarray:
        n = shape[1]
        W = np.where(
            rng.permuted(np.tile(np.arange(n), (n, 1)), axis=1) < nonzeros, rng.standard_normal((n, n)), 0.0
        )
        return radius / np.abs(np.linalg.eigvals(W)).max() * W

    return _stack(shape, block)


def chrono(rng: np.random.Generator, n: int, longest: float) -> np.ndarray:
    """Biases (n,) of a gate that keeps, so that its unit remembers between 2 and `longest` steps (tallec2018).

    b = ln u with u uniform on [1, longest - 1]: a gate at σ(b) = u/(u + 1) forgets over about 1 + u steps. An LSTM
    takes b for its forget gate and -b for its input gate; a `GRU` takes b for its update gate, which keeps.

    Raises ValueError unless longest > 2.
    """
    checks.integer("n", n, 1)
    longest = checks.number("longest", longest, 2.0, open_low=True)
    return np.log(checks.generator("rng", rng).uniform(1.0, longest - 1.0, n))


def uniform(rng: np.random.Generator, shape: Shape, low: float = -1.0, high: float = 1.0) -> np.ndarray:
    """Independent entries, uniform on [low, high)."""
    high = checks.number("high", high, checks.number("low", low))
    return checks.generator("rng", rng).uniform(low, high, _sizes(shape))


def ring(rng: np.random.Generator, n: int, r_min: float = 0.0, r_max: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Magnitudes and angles (n,), (n,) of eigenvalues uniform by area on the ring r_min <= |λ| <= r_max.

    Angles are uniform on [0, 2π). From orvieto2023, whose exponential parametrisation needs 0 < |λ| < 1.
    Raises ValueError unless 0 <= r_min < r_max <= 1.
    """
    checks.integer("n", n, 1)
    checks.generator("rng", rng)
    r_max = checks.number("r_max", r_max, checks.number("r_min", r_min, 0.0), 1.0, open_low=True)
    magnitude = np.sqrt(rng.uniform(r_min**2, r_max**2, n))
    return magnitude, rng.uniform(0.0, 2 * np.pi, n)


def _sizes(shape: Shape, axes: int | None = None) -> Shape:
    if not isinstance(shape, tuple) or not shape or (axes is not None and len(shape) != axes):
        raise ValueError(f"shape must be a tuple of {axes or 'one or more'} sizes, got {shape!r}")
    return tuple(checks.integer("shape", size, 1) for size in shape)


def _stack(shape: Shape, block: Callable[[], np.ndarray]) -> np.ndarray:
    """The matrix of square blocks, one under the other; for a square shape a single block."""
    rows, columns = _sizes(shape, 2)
    if rows % columns:
        raise ValueError(f"shape must be (n, n) or (k·n, n), got {shape}")
    return np.concatenate([block() for _ in range(rows // columns)])
