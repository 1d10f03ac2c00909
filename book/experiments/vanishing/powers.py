"""Powers of a matrix that is not normal: the spectral radius bounds them from below, the singular value from above."""

import numpy as np

HORIZON = 100


def two_by_two(rho: float, c: float) -> np.ndarray:
    """[[ρ, c], [0, ρ]]: both eigenvalues are ρ, and c says how far it is from normal."""
    return np.array([[rho, c], [0.0, rho]])


def power_norms(W: np.ndarray, steps: int = HORIZON) -> np.ndarray:
    """‖W^t‖ for t = 0 … steps."""
    powers = [np.eye(len(W))]
    for _ in range(steps):
        powers.append(W @ powers[-1])
    return np.array([np.linalg.norm(power, 2) for power in powers])
