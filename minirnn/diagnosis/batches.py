"""Measures of a batch, without a network: its inputs, its targets, and the lags that the targets need.

A gradient that vanishes is a fault only if the task reaches far back. A ridge regression of the targets on the inputs
of the last few steps, judged on other sequences than those of its fit, shows when these steps suffice. If it fails,
nothing is proved: its features are sums and products of pairs alone.
"""

from typing import NamedTuple

import numpy as np

ROWS = 1500  # examples of the probe: more make it slower than a gradient
NEAR = (0, 2, 7)  # the last lag that the probe sees
FEATURES = 200  # features of the probe at most: their Gram matrix is inverted
LEAST = 8  # features at least, into which more inputs are mixed
PENALTY = 1e-3  # of the ridge, relative to the mean square of a feature


class Inputs(NamedTuple):
    """Mean and deviation (m,) of each feature over steps and sequences; how many entries are not finite; whether
    nothing changes over time, and whether all sequences are alike (None of a single one)."""

    mean: np.ndarray
    deviation: np.ndarray
    bad: int
    still: bool
    alike: bool | None


class Targets(NamedTuple):
    """Whether they are class numbers, and one a sequence; how many rows and entries that are not finite; whether all
    rows are the same; the mean and deviation (root mean squares over the outputs) of values, nan of classes."""

    classes: bool
    at_end: bool
    rows: int
    bad: int
    constant: bool
    mean: float
    deviation: float


class Near(NamedTuple):
    """The share of the targets' variance that a probe of the inputs at lags 0 to `lag` predicts, held out: the best; of
    targets at every step, where most are one class, of the others' variance. Whether targets are at every step."""

    lag: int
    share: float
    every_step: bool


class Padding(NamedTuple):
    """Steps (B,) at the end of each sequence that repeat one row, the same for all sequences; of sequences that end
    before the longest, and of the others, the share from which no error reaches a state (nan where there are none)."""

    steps: np.ndarray
    deaf_short: float
    deaf_full: float


def inputs_of(X: np.ndarray, exists: np.ndarray) -> Inputs:
    """Measures of the inputs (T, B, m) at the steps that exist (T, B)."""
    rows = X[exists].astype(float)
    alike = None if X.shape[1] == 1 else bool((X[:, :1] == X).all())
    return Inputs(
        mean=rows.mean(axis=0), deviation=rows.std(axis=0), bad=int((~np.isfinite(rows)).sum()),
        still=bool((rows == rows[0]).all()), alike=alike,
    )  # fmt: skip


def one_each(targets: np.ndarray) -> bool:
    """Whether there is one target a sequence, (B,) class numbers or (B, q) values."""
    return targets.ndim == (1 if targets.dtype.kind in "iu" else 2)


def asked(targets: np.ndarray, exists: np.ndarray) -> np.ndarray:
    """Which targets count, (B,) of those at the end or (T, B): at steps that exist, and class numbers from 0 on, as
    those below (PyTorch's -100) say that nothing is asked there."""
    classes = targets.dtype.kind in "iu"
    there = exists.any(axis=0) if one_each(targets) else exists
    return np.asarray(there & (targets >= 0) if classes else there)


def rows_of(targets: np.ndarray, exists: np.ndarray) -> np.ndarray:
    """Targets at the end or at every step as rows, those that count: (N,) class numbers, or (N, q) values.

    >>> rows_of(np.array([[1, -100], [0, 2]]), np.array([[True, True], [True, False]]))
    array([1, 0])
    """
    return targets[asked(targets, exists)]


def quiet_steps(X: np.ndarray, lengths: np.ndarray) -> int:
    """The number of steps at the end of X (T, B, m) that are the same for all sequences, and so cannot predict targets.

    >>> X = np.concatenate([np.arange(6.0).reshape(3, 2, 1), np.zeros((4, 2, 1))])
    >>> quiet_steps(X, np.array([7, 7]))
    4
    """
    shortest = int(lengths.min())
    back = X[lengths - np.arange(1, shortest + 1)[:, None], np.arange(len(lengths))]  # by lag, from each own end
    alike = (back[:, :1] == back).all(axis=(1, 2))
    return 0 if alike.all() else int((~alike).argmax())


def padding_of(X: np.ndarray, lengths: np.ndarray, errors: np.ndarray) -> Padding:
    """Measures of what follows the sequences of X (T, B, m); `errors` (B,) says from which an error comes.

    >>> X = np.array([1.0, 2.0, 0.0, 0.0, 3.0, 0.0, 0.0, 0.0]).reshape(2, 4, 1).swapaxes(0, 1)
    >>> padding_of(X, np.array([4, 4]), np.array([True, True])).steps.tolist()
    [2, 3]
    """
    last = X[lengths - 1, np.arange(len(lengths))]
    steps = np.zeros(len(lengths), int)
    if (last == last[:1]).all():
        inside = np.arange(len(X))[:, None] < lengths
        other = inside & (last[:1] != X).any(axis=2)
        steps = lengths - np.where(other.any(axis=0), len(X) - other[::-1].argmax(axis=0), 0)
    short = lengths < lengths.max()
    shares = [float(np.mean(~errors[of])) if of.any() else float("nan") for of in (short, ~short)]
    return Padding(steps, *shares)


def targets_of(targets: np.ndarray, exists: np.ndarray) -> Targets:
    """Measures of the targets.

    >>> targets_of(np.array([[2.0], [4.0]]), np.ones((5, 2), bool))
    Targets(classes=False, at_end=True, rows=2, bad=0, constant=False, mean=3.0, deviation=1.0)
    """
    rows = rows_of(targets, exists)
    classes = rows.dtype.kind in "iu"
    constant = bool((rows == rows[:1]).all())
    if classes:
        return Targets(True, one_each(targets), len(rows), 0, constant, float("nan"), float("nan"))
    rows = rows.astype(float)
    mean, deviation = (float(np.sqrt((a**2).mean())) for a in (rows.mean(axis=0), rows.std(axis=0)))
    return Targets(False, one_each(targets), len(rows), int((~np.isfinite(rows)).sum()), constant, mean, deviation)


def best_constant(targets: np.ndarray, exists: np.ndarray) -> float:
    """The loss of the best constant answer: half the variance of values, the entropy of class numbers.

    >>> best_constant(np.array([[2.0], [4.0]]), np.ones((5, 2), bool))
    0.5
    >>> bool(np.isclose(best_constant(np.array([0, 1]), np.ones((5, 2), bool)), np.log(2)))
    True
    """
    rows = rows_of(targets, exists)
    if rows.dtype.kind in "iu":
        p = np.unique(rows, return_counts=True)[1] / len(rows)
        return float(-(p * np.log(p)).sum())
    return float(0.5 * ((rows - rows.mean(axis=0)) ** 2).sum(axis=1).mean())


def near(X: np.ndarray, targets: np.ndarray, exists: np.ndarray) -> Near | None:
    """How well the last few inputs predict the targets; None if there are too few examples.

    >>> X = np.random.default_rng(0).standard_normal((50, 9, 1))
    >>> [round(near(X, Y, np.ones((50, 9), bool)).share) for Y in (X * X, np.roll(X, 20, axis=0))]
    [1, 0]
    """
    every_step = not one_each(targets)
    steps, rows, Y = examples(targets, exists)
    if every_step and targets.dtype.kind in "iu" and (most := Y.mean(axis=0)).max() > 0.5:
        rest = Y[:, most.argmax()] == 0  # when to be silent is soon learned; what else is asked for?
        steps, rows, Y = steps[rest], rows[rest], Y[rest]
    half = np.random.default_rng(0).permutation(len(Y)) % 2 == 0
    if len(np.unique(rows)) > 3:  # neighbours in time are alike, so whole sequences are held out
        half = np.random.default_rng(0).permutation(X.shape[1])[rows] % 2 == 0
    if len(Y) < 12 or not ((Y - Y.mean(axis=0)) ** 2).sum() > 0:
        return None
    best = None if (share := of_twins(X[steps, rows], Y)) is None else Near(0, share, every_step)
    for lag in NEAR:
        enough = steps >= lag
        windows = np.concatenate([X[steps[enough] - k, rows[enough]] for k in range(lag + 1)], axis=1).astype(float)
        parts = half[enough]
        room = min(FEATURES, min(parts.sum(), (~parts).sum()) // 3)
        F = with_products(windows)
        if F.shape[1] > room:
            F = windows
        if F.shape[1] > room:
            if lag or room < LEAST:
                break
            F = mixed(windows, room)
        share = held_out(F, Y[enough], parts)
        if best is None or share > best.share + 0.05:
            best = Near(lag, share, every_step)
    return best


def of_twins(F: np.ndarray, Y: np.ndarray) -> float | None:
    """The share of the variance of Y (N, q) that is known from F (N, j), at least, by rows of F that are the same, as
    those of symbols are: 1 - (variance among them)/(variance of all), less its standard error. None where few are.

    >>> round(of_twins(np.repeat(np.eye(3), 40, axis=0), np.repeat(np.eye(3), 40, axis=0)), 2)
    0.87
    """
    inverse = np.unique(F @ np.random.default_rng(0).standard_normal(F.shape[1]), return_inverse=True)[1]
    counts = np.bincount(inverse)
    twins, free = counts[inverse] > 1, int((counts[counts > 1] - 1).sum())
    if twins.sum() < max(12, len(F) / 2):
        return None
    sums = np.zeros((len(counts), Y.shape[1]))
    np.add.at(sums, inverse, Y)
    away = Y[twins] - (sums / counts[:, None])[inverse[twins]]
    among, every = (away**2).sum() / free, Y[twins].var(axis=0, ddof=1).sum()
    return float(1 - among / every - np.sqrt(2 / free)) if every > 0 else None


def mixed(Z: np.ndarray, room: int) -> np.ndarray:
    """As many random sums of the features (N, j), of many symbols or of their embeddings, as there is room."""
    return Z @ np.random.default_rng(0).standard_normal((Z.shape[1], room))


def examples(targets: np.ndarray, exists: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Steps (N,), sequences (N,) and targets (N, q) of at most ROWS examples; class numbers as one-hot rows."""
    Y = rows_of(targets, exists)
    places = np.nonzero(asked(targets, exists))
    steps, rows = places if len(places) == 2 else (exists.sum(axis=0)[places] - 1, *places)
    if Y.dtype.kind in "iu":
        Y = (Y[:, None] == np.unique(Y)).astype(float)
    chosen = np.sort(np.random.default_rng(0).permutation(len(Y))[:ROWS])
    return steps[chosen], rows[chosen], Y[chosen].astype(float)


def with_products(Z: np.ndarray) -> np.ndarray:
    """The features (N, j), and the products of all pairs of them."""
    first, second = np.triu_indices(Z.shape[1])
    return np.concatenate([Z, Z[:, first] * Z[:, second]], axis=1) if len(first) < FEATURES else Z


def held_out(F: np.ndarray, Y: np.ndarray, half: np.ndarray) -> float:
    """The share of the variance of Y (N, q) that ridge regressions on F (N, j) predict, each for the other half."""
    missed = total = 0.0
    for fit in (half, ~half):
        mean, size = F[fit].mean(axis=0), F[fit].std(axis=0)
        Z = (F - mean) / np.where(size > 1e-9 * np.abs(F).max(initial=0.0), size, np.inf)
        gram = Z[fit].T @ Z[fit] + PENALTY * fit.sum() * np.eye(Z.shape[1])
        predicted = Z[~fit] @ np.linalg.solve(gram, Z[fit].T @ (Y[fit] - Y[fit].mean(axis=0)))
        missed += float(((Y[~fit] - Y[fit].mean(axis=0) - predicted) ** 2).sum())
        total += float(((Y[~fit] - Y[fit].mean(axis=0)) ** 2).sum())
    return 1 - missed / total
