"""Questions in the chapter on the curse of memory."""

import numpy as np

from minirnn.theory.memory import network_kernel
from questions import Question


def units(D: int, error: float) -> float:
    """The least number of units whose bound for a delay of D steps is at most this relative squared error."""
    s = np.linalg.svd(np.fliplr(np.eye(D + 1)), compute_uv=False)
    return float(next(m for m in range(D + 2) if (s[m:] ** 2).sum() / (D + 1) <= error + 1e-12))


def kernel(k: float, lam: float, c: float, u: float) -> float:
    W, inputs, readout = np.array([[lam]]), np.array([u]), np.array([c])
    return float(network_kernel(W, inputs, readout, int(k) + 1)[int(k)])


QUESTIONS = {
    "kernel": Question(
        right=kernel,
        typed="c*u*lam^k",
        names={"k": (1, 6), "lam": (0.3, 0.95), "c": (0.5, 2.0), "u": (0.5, 2.0)},
        mistakes=(
            ("c*u*lam^(k-1)", "the input enters the state at once: at lag 0 the weight is c·u, without λ."),
            ("c*u*lam^(k+1)", "one factor λ too many: at lag 0 the weight is c·u."),
            ("c*lam^k", "the weight u of the input is missing."),
            ("u*lam^k", "the weight c of the readout is missing."),
        ),
    ),
    "scale": Question(
        right=lambda lam: float(-1 / np.log(lam)),
        typed="-1/ln(lam)",
        names={"lam": (0.3, 0.95)},
        mistakes=(
            ("1/(1-lam)", "that is near it for λ near 1, and not the same."),
            ("-ln(2)/ln(lam)", "that is the half-life: after τ the kernel has fallen to 1/e."),
            ("-ln(lam)", "upside down: this is the rate."),
        ),
    ),
    "units": Question(
        right=lambda: units(99, 0.1),
        tol=1e-9,
        mistakes=(
            (89, "with 89 units the bound is 1 − 89/100 = 0.11."),
            (100, "with D + 1 units the error is 0. A tenth may be left."),
            (99, "fewer are enough for a tenth: the error is at least 1 − m/(D + 1)."),
            (10, "10 units explain at most a tenth of the variance. It is to be all but a tenth."),
            ("89.1", "the theorem has D + 1 in it, not D; and units are whole."),
        ),
    ),
}
