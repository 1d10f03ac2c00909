"""Two referees of the fits in the record `approximation`: their errors in decimals, and a search of another kind."""

from decimal import Decimal, localcontext

import numpy as np
from scipy.optimize import differential_evolution

from minirnn.theory.memory import project


def error_in_decimals(K: np.ndarray, lam: np.ndarray, digits: int = 400) -> float:
    """The relative error of the best fit with these eigenvalues, by normal equations with so many digits.

    The basis is that of plain powers, in which double precision cannot solve them; equal eigenvalues, whose powers are
    no basis, are moved apart by a millionth of their size.

    >>> round(error_in_decimals(np.array([1.0, 0.5, 0.25, 0.0]), np.array([0.5]), 30) ** 2 * 85, 12)
    1.0
    """
    with localcontext() as context:
        context.prec = digits
        target, columns = [Decimal(float(k)) for k in K], []
        step = Decimal(len(np.unique(lam)) < len(lam)) / 10**6
        for i, eigenvalue in enumerate(np.sort_complex(lam)):
            apart = 1 - i * step
            real, imag = Decimal(float(eigenvalue.real)) * apart, Decimal(float(eigenvalue.imag)) * apart
            r, p = (2 * real, real**2 + imag**2) if imag else (real, Decimal(0))
            powers = [Decimal(0), Decimal(1)]  # x_k = r x_{k-1} - p x_{k-2}; of a pair x_{k-1} is the other column
            for _ in K[1:]:
                powers.append(r * powers[-1] - p * powers[-2])
            columns += [powers[1:], powers[:-1]] if imag else [powers[1:]]
        rows = [*columns, target]
        G = [
            [sum(map(Decimal.__mul__, a, b), Decimal(0)) for b in rows[i:]] for i, a in enumerate(rows)
        ]  # its upper half
        for i in range(len(columns)):  # Gauss: what is left of the last entry is the squared distance from the span
            for j in range(i + 1, len(rows)):
                factor = G[i][j - i] / G[i][0]
                G[j] = [a - factor * b for a, b in zip(G[j], G[i][j - i :], strict=True)]
        return float((G[-1][0] / sum((k * k for k in target), Decimal(0))).sqrt())


def evolved(K: np.ndarray, reals: int, pairs: int, generations: int = 60) -> float:
    """The least error that differential evolution finds over so many real multipliers and pairs; it uses no slopes."""

    def error(theta: np.ndarray) -> float:
        modulus, angle = np.exp(-np.exp(theta[: reals + pairs])), np.exp(theta[reals + pairs :])
        return project(K, modulus * np.exp(1j * np.concatenate([np.zeros(reals), angle]))).error

    ranges = [(np.log(1e-3), np.log(2))] * (reals + pairs) + [(np.log(3e-3), np.log(3))] * pairs
    return float(differential_evolution(error, ranges, maxiter=generations, popsize=10, rng=0).fun)
