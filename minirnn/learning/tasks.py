"""Tasks that need memory. Each draws one batch: `(rng, B, T, ...) -> (X, target)`.

X (T, B, m) float64. Targets at the end of the sequence are (B,) class numbers or (B, 1) values, for
`losses.at_end`; targets at every step are (T, B), for `losses.at_every_step`.

>>> X, target = temporal_order(np.random.default_rng(0), B=4, T=20)
>>> X.shape, target.shape
((20, 4, 6), (4,))
"""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.optional import extra

Batch = tuple[np.ndarray, np.ndarray]


def latch(rng: np.random.Generator, B: int, T: int, L: int = 3, signal: float = 1.0, std: float = 0.2) -> Batch:
    """Which of two classes was shown in the first L steps? Noise follows (bengio1994).

    X (T, B, 1) is ±signal for t <= L and N(0, std²) afterwards; `std` is a standard deviation (accounts of the
    paper differ on what its 0.2 is). Target (B, 1) is ±0.8, the sign of the class. In the paper the network learns
    the inputs of the first L steps; here they are given and the network learns its weights.
    """
    _check(rng, B, T, low=checks.integer("L", L, 1))
    classes = rng.choice([-1.0, 1.0], size=(B, 1))
    X = checks.number("std", std, 0.0) * rng.standard_normal((T, B, 1))
    X[:L] = checks.number("signal", signal) * classes
    return X, 0.8 * classes


def temporal_order(rng: np.random.Generator, B: int, T: int) -> Batch:
    """In which order did two symbols of {A, B} come, among distractors? (hochreiter1997, pascanu2013)

    Six one-hot symbols, (A, B, c, d, e, f): X (T, B, 6). One of A, B stands at a step in [T/10, 2T/10), one at a
    step in [5T/10, 6T/10), as in the code of pascanu2013. Target (B,): 0, 1, 2, 3 for AA, AB, BA, BB.
    """
    _check(rng, B, T, low=10)
    symbols = rng.integers(2, 6, size=(T, B))
    first, second = rng.integers(0, 2, size=(2, B))
    batch = np.arange(B)
    symbols[rng.integers(T // 10, 2 * T // 10, size=B), batch] = first
    symbols[rng.integers(5 * T // 10, 6 * T // 10, size=B), batch] = second
    return one_hot(symbols, 6), 2 * first + second


def adding(rng: np.random.Generator, B: int, T: int) -> Batch:
    """The mean of the two marked numbers (hochreiter1997; the mean, not the sum, as in the code of pascanu2013).

    X (T, B, 2): uniform [0, 1) numbers, and a mark of 1 at two steps, one in the first half and one in the second.
    Target (B, 1). A sequence counts as wrong where the squared error is above 0.04.
    """
    X, marked = _marked(rng, B, T)
    return X, marked.mean(axis=0)[:, None]


def multiplication(rng: np.random.Generator, B: int, T: int) -> Batch:
    """As `adding`, but the product of the two marked numbers (hochreiter1997, pascanu2013). Target (B, 1).

    The marks are those of `adding`; the code of pascanu2013 draws them from [0, T/10) and [T/10, T/2).
    """
    X, marked = _marked(rng, B, T)
    return X, marked.prod(axis=0)[:, None]


def _marked(rng: np.random.Generator, B: int, T: int) -> tuple[np.ndarray, np.ndarray]:
    _check(rng, B, T, low=2)
    X = np.zeros((T, B, 2))
    X[:, :, 0] = rng.random((T, B))
    batch = np.arange(B)
    marks = np.stack([rng.integers(0, T // 2, size=B), rng.integers(T // 2, T, size=B)])
    X[marks, batch, 1] = 1.0
    return X, X[marks, batch, 0]


def copy(rng: np.random.Generator, B: int, T: int, symbols: int = 8, length: int = 10) -> Batch:
    """Repeat `length` symbols after a delay of T steps (hochreiter1997; this form is that of arjovsky2016).

    One-hot X (T + 2·length, B, symbols + 2): the symbols, T - 1 blanks, a cue, blanks. Target (T + 2·length, B):
    blank (class `symbols`), then the symbols again. Without memory: `length`·ln(symbols) nats a sequence.
    """
    _check(rng, B, T, low=1)
    checks.integer("symbols", symbols, 2)
    checks.integer("length", length, 1)
    message = rng.integers(0, symbols, size=(length, B))
    shown = np.full((T + 2 * length, B), symbols)
    target = shown.copy()
    shown[:length], shown[T + length - 1], target[T + length :] = message, symbols + 1, message
    return one_hot(shown, symbols + 2), target


def modular(rng: np.random.Generator, B: int, T: int, modulus: int = 2) -> Batch:
    """What is the sum of all inputs so far, modulo `modulus`? With 2 it is parity (grazzi2025).

    Inputs 0 … modulus - 1 are drawn with equal chance and are one-hot, X (T, B, modulus). Target (T, B), at every step.

    >>> X, target = modular(np.random.default_rng(0), B=1, T=4, modulus=3)
    >>> X.argmax(axis=-1).ravel().tolist(), target.ravel().tolist()
    ([2, 1, 1, 0], [2, 0, 1, 1])
    """
    _check(rng, B, T, low=1)
    numbers = rng.integers(0, checks.integer("modulus", modulus, 2), size=(T, B))
    return one_hot(numbers, modulus), numbers.cumsum(axis=0) % modulus


@cache
def _digits() -> tuple[np.ndarray, np.ndarray]:
    with extra("data"):  # a second to import, so only where it is used
        from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(labels))
    return images[order] / 16.0, labels[order]


DIGIT_PARTS = {
    "train": slice(0, 1347),
    "test": slice(1347, None),
    "fit": slice(0, 1077),
    "validation": slice(1077, 1347),
}


def digits(part: str, steps: int = 8) -> Batch:
    """scikit-learn's 1797 handwritten digits, 8×8 pixels in [0, 1], read in `steps` pieces of 64/steps pixels.

    steps = 8 reads row by row: X (8, N, 8); steps = 64 reads pixel by pixel: X (64, N, 1). Target (N,). `part` is
    "train" (the first 1347 of a fixed shuffle) or "test" (the other 450); "fit" and "validation" are the first 1077
    and the last 270 of "train". Each call returns new arrays. The data are those of alpaydin1998.

    Raises ValueError for another part, or where `steps` does not divide 64.
    """
    checks.choice("part", part, DIGIT_PARTS)
    if 64 % checks.integer("steps", steps, 1, 64):
        raise ValueError(f"steps must divide 64, got {steps}")
    images, labels = _digits()
    X = images[DIGIT_PARTS[part]].reshape(-1, steps, 64 // steps).transpose(1, 0, 2)
    return np.ascontiguousarray(X), labels[DIGIT_PARTS[part]].copy()


def spaced_digits(part: str, T: int = 64, order: np.ndarray | None = None) -> Batch:
    """The digits of `digits`, a pixel at a step: X (T, N, 1), target (N,); T - 64 steps are blank (0, like paper).

    After every 8 pixels come (T - 64)/8 blanks, after the last 8 too, so that each row of an image stands that much
    further back. `order`, a permutation of 0 to 63, says which pixel comes when; by default row by row.

    Raises TypeError or ValueError as `digits`, if T is not 64 plus a multiple of 8, or for another order.
    """
    pixels, target = digits(part, steps=64)
    blanks, left = divmod(checks.integer("T", T, 64) - 64, 8)
    if left:
        raise ValueError(f"T must be 64 plus a multiple of 8, got {T}")
    if order is not None:
        checks.integers("order", order, (64,))
        if set(order.tolist()) != set(range(64)):
            raise ValueError("order must hold each of 0 to 63 once, got another set of numbers")
        pixels = pixels[order]
    X = np.zeros((8, 8 + blanks, len(target), 1))
    X[:, :8] = pixels.reshape(8, 8, -1, 1)
    return X.reshape(T, -1, 1), target


def drawn_from(X: np.ndarray, target: np.ndarray, B: int) -> Callable[[np.random.Generator], Batch]:
    """A function `batch` for `train`: B sequences of X (T, N, m) with their targets (N, ...), drawn with replacement.

    >>> batch = drawn_from(np.zeros((5, 10, 1)), np.arange(10), B=3)
    >>> batch(np.random.default_rng(0))[0].shape
    (5, 3, 1)

    Raises TypeError or ValueError unless X is a float array (T, N, m) with N >= 1, target has N rows and B >= 1.
    """
    _, N, _ = checks.float_array("X", X, ("T", "N", "m")).shape
    if not isinstance(target, np.ndarray):
        raise TypeError(f"target must be an array of N rows, got {checks.kind(target)}")
    if len(target) != N:
        raise ValueError(f"target must have {N} rows, as X has sequences, got {len(target)}")
    checks.integer("B", B, 1)

    def batch(rng: np.random.Generator) -> Batch:
        chosen = rng.integers(0, N, size=B)
        return X[:, chosen], target[chosen]

    return batch


@checked
def padded(sequences: Sequence[np.ndarray], fill: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """X (T, B, m) and lengths (B,) of B sequences (T_b, m), which are filled up to the T of the longest.

    >>> X, lengths = padded([np.ones((3, 1)), np.ones((1, 1))])
    >>> X[:, 1, 0].tolist(), lengths.tolist()
    ([1.0, 0.0, 0.0], [3, 1])

    Raises TypeError or ValueError unless all are float arrays (T_b, m) of one m and one dtype, T_b >= 1.
    """
    fill = checks.number("fill", fill)
    if not len(sequences):
        raise ValueError("sequences must be a list of one array (T, m) or more, got none")
    for b, sequence in enumerate(sequences):
        checks.float_array(
            f"sequences[{b}]", sequence, ("T", "m" if b == 0 else sequences[0].shape[1]), finite=False
        )
    checks.one_dtype(**{f"sequences[{b}]": sequence for b, sequence in enumerate(sequences)})
    lengths = np.array([len(sequence) for sequence in sequences])
    X = np.full((lengths.max(), len(sequences), sequences[0].shape[1]), fill, sequences[0].dtype)
    for b, sequence in enumerate(sequences):
        X[: len(sequence), b] = sequence
    return X, lengths


def one_hot(symbols: np.ndarray, classes: int) -> np.ndarray:
    """Integers (...) from 0 to classes - 1 as float64 (..., classes).

    >>> one_hot(np.array([2, 0]), 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])

    Raises TypeError for anything but an array of integers, ValueError for one out of range.
    """
    checks.integers("symbols", symbols, np.shape(symbols))
    if symbols.min() < 0 or symbols.max() >= checks.integer("classes", classes, 1):
        raise ValueError(f"symbols must be from 0 to {classes - 1}, got {symbols.min()} to {symbols.max()}")
    return np.eye(classes)[symbols]


def _check(rng: np.random.Generator, B: int, T: int, low: int) -> None:
    checks.generator("rng", rng)
    checks.integer("B", B, 1)
    checks.integer("T", T, low)
