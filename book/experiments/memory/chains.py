"""What m units with one multiplier λ and its conjugate can mix, in an orthonormal basis: a chain of all-passes.

The first link is (1 - p)^½ / (1 - λ/z), p = |λ|²; each next one hears what passed (1/z - λ̄)/(1 - λ/z) of the last, with
λ and λ̄ in turn. The responses are orthonormal on an endless horizon (broome1965, ninness1997), complex where λ is, and
those of whole pairs span what a real network with these eigenvalues can do.
"""

import numpy as np

T, LONGEST = 200, 12  # steps; pairs


def chain(lam: complex, pairs: int) -> np.ndarray:
    """The responses (2·pairs, T).

    >>> B = chain(0.5 + 0.3j, 4)
    >>> bool(np.allclose(B @ B.conj().T, np.eye(8)))
    True
    """
    passed, rows = np.eye(1, T)[0] + 0j, []
    for i in range(2 * pairs):
        pole = lam if i % 2 == 0 else np.conj(lam)
        h, after, state = np.empty(T, complex), np.empty(T, complex), 0j
        for t in range(T):
            last = state
            state = pole * state + passed[t]
            h[t] = state
            after[t] = last - np.conj(pole) * state
        rows.append(np.sqrt(1 - abs(lam) ** 2) * h)
        passed = after
    return np.array(rows)


def fits(K: np.ndarray, lam: complex) -> tuple[np.ndarray, np.ndarray]:
    """The best kernels (LONGEST, T) of 1 … LONGEST pairs, orthogonal projections of K (T,), and their errors (LONGEST,)
    relative to K, both on an endless horizon, on which K is 0 after T steps."""
    B = chain(lam, LONGEST)
    weights = B.conj() @ K
    parts = (weights[:, None] * B).reshape(LONGEST, 2, T).sum(axis=1).real
    explained = (np.abs(weights) ** 2).reshape(LONGEST, 2).sum(axis=1).cumsum() / (K @ K)
    return parts.cumsum(axis=0), np.sqrt(np.maximum(1 - explained, 0))
