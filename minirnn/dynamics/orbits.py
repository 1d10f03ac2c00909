"""The attractors of orbits: fixed points, cycles, and sets that are neither.

>>> from minirnn.dynamics.maps import logistic
>>> ends = attractors(logistic(np.array([2.8, 3.2, 3.5, 4.0])), np.full((4, 1), 0.3))
>>> [(a.kind, a.period) for a in ends]
[('fixed point', 1), ('period', 2), ('period', 4), ('chaotic', 0)]
"""

from typing import NamedTuple

import numpy as np

from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import overflow_allowed
from minirnn.dynamics.exponents import spectrum
from minirnn.dynamics.systems import System, check_start


class Attractor(NamedTuple):
    """`kind` is fixed point, period, quasi-periodic, chaotic, undecided or diverged; `period` is 0 where there is
    none; `exponent` is λ₁."""

    kind: str
    period: int
    exponent: float


@checked
def orbit(system: System, h0: np.ndarray, T: int, burn_in: int = 0) -> np.ndarray:
    """The states after steps burn_in + 1 … T, (T - burn_in, B, n), from h0 (B, n). For a system whose rows have
    different parameters they make an orbit diagram: a column of states above each parameter."""
    check_start(system, h0, T)
    checks.integer("burn_in", burn_in, 0, T - 1)
    h, states = h0, np.empty((T - burn_in, *h0.shape), h0.dtype)
    with overflow_allowed():
        for t in range(T):
            h = system.step(t, h)
            states[max(t - burn_in, 0)] = h
    return states


@checked
def attractors(
    system: System,
    h0: np.ndarray,
    T: int = 2000,
    burn_in: int = 1000,
    longest: int = 64,
    tol: float = 1e-6,
    threshold: float = 5e-3,
) -> list[Attractor]:
    """The attractor of each orbit of h0 (B, n), judged by the steps burn_in … T.

    A period p <= `longest` is the smallest lag at which all of the last 2·longest states return within `tol`. If there
    is none: chaotic if λ₁ > threshold, quasi-periodic if |λ₁| <= threshold, else undecided (a longer period, or too
    short a burn-in). No finite run can prove these kinds: they hold at these tolerances.
    Raises ValueError unless T - burn_in > 3·longest, and as `spectrum`.
    """
    checks.integer("T", T, checks.integer("burn_in", burn_in, 0) + 3 * checks.integer("longest", longest, 1) + 1)
    checks.number("tol", tol, 0.0)
    checks.number("threshold", threshold, 0.0)
    leading = spectrum(system, h0, T, 1, burn_in)
    last = orbit(system, h0, T, T - 3 * longest)
    with overflow_allowed():
        returns = [abs(last[longest:] - last[longest - p : -p]).max((0, 2)) < tol for p in range(1, longest + 1)]

    def judge(b: int, exponent: float) -> Attractor:
        if leading.diverged[b]:
            return Attractor("diverged", 0, exponent)
        period = next((p for p, back in enumerate(returns, 1) if back[b]), 0)
        if period:
            return Attractor("fixed point" if period == 1 else "period", period, exponent)
        near_zero = "quasi-periodic" if abs(exponent) <= threshold else "undecided"
        return Attractor("chaotic" if exponent > threshold else near_zero, 0, exponent)

    return [judge(b, float(exponent)) for b, exponent in enumerate(leading.exponents[:, 0])]
