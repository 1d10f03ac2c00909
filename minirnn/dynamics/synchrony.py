"""A system that data pull towards themselves at each step: the dynamics under generalized teacher forcing.

    h' = f((1 - α) h + α d_t),   with the Jacobian (1 - α) f'((1 - α) h + α d_t)

Where the data are an orbit of f itself, an orbit that starts on them stays, its Jacobians are (1 - α) f'(d_t), and its
exponents are those of f plus ln(1 - α). They are negative for α > 1 - e^{-λ₁}: then nearby orbits meet the data, which
is synchronisation, and gradients along them vanish instead of exploding.

>>> from minirnn.dynamics.maps import logistic
>>> from minirnn.dynamics.orbits import orbit
>>> data = orbit(logistic(4.0), np.array([[0.3]]), 400)
>>> pulled = orbit(forced(logistic(4.0), data, 0.6), data[:1, 0] + 1e-3, 399)
>>> bool(abs(pulled[-1] - data[-1]).max() < 1e-12)
True
"""

from collections.abc import Iterator
from functools import partial
from itertools import pairwise

import numpy as np

from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.dynamics.systems import Product, System


@checked
def forced(system: System, data: np.ndarray, alpha: float) -> System:
    """The system, forced towards data (T, B, n) with the strength α. At α = 0 it runs freely, at α = 1 each step starts
    from the data.

    Step t starts from (1 - α) h + α data[t]. Raises TypeError or ValueError unless the data fit and 0 <= α <= 1.
    """
    checks.float_array("data", data, ("T", "B" if system.B is None else system.B, system.n))
    alpha = checks.number("alpha", alpha, 0.0, 1.0)

    def pulled(t: int, h: np.ndarray) -> np.ndarray:
        return (1 - alpha) * h + alpha * data[t] if alpha < 1 else data[t]  # 0 · inf would be nan

    def products(t: int, H: np.ndarray) -> Iterator[Product]:
        for s, (h, after) in enumerate(pairwise(H)):  # one by one: the data change the state before each step
            (product,) = system.products(t + s, np.array([pulled(t + s, h), after]))
            yield partial(shortened, product)

    def shortened(product: Product, V: np.ndarray) -> np.ndarray:
        return (1 - alpha) * product(V)

    T, B = data.shape[:2]
    steps = T if system.T is None else min(T, system.T)
    return System(system.n, lambda t, h: system.step(t, pulled(t, h)), products, steps, B, system.check)
