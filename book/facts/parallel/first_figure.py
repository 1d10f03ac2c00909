"""The rounds in which the guess of the first figure closes in."""

import numpy as np

from experiments.parallel import closing
from minirnn import VanillaRNN, newton_unroll
from minirnn.dynamics import lyapunov_exponents

GAINS = {"front-calm": 0.8, "front-edge": 2.0, "front-chaos": 3.0}


def numbers() -> dict[str, str]:
    return {name: str(closing.course(gain, 100).needed) for name, gain in GAINS.items()}


def check_the_first_figure() -> None:
    calm, edge, chaos = (closing.course(gain, 100) for gain in GAINS.values())
    assert calm.needed <= 6 < 20 < edge.needed < chaos.needed < 100
    assert calm.exponent < -0.2 < edge.exponent < 0 < chaos.exponent
    for found in (calm, edge, chaos):  # at least one step in each round; in chaos rounding errors grow on their way
        for made in range(found.needed + 1):
            assert found.errors(made)[:made].max(initial=0.0) < closing.RIGHT


def check_its_rounds_and_its_exponents_are_those_of_the_library() -> None:
    """Newton's method by scans, and exponents by another decomposition."""
    W, u, x = closing.network()
    cell, X, weights = VanillaRNN(1, closing.UNITS), x[:100, None, None], {"U": u[:, None], "b": 0 * u}
    for gain in GAINS.values():
        found, params = closing.course(gain, 100), weights | {"W": gain * W}
        rounding = 3 if gain == 3.0 else 0  # in chaos, of rounds in which rounding errors grow
        assert abs(newton_unroll(cell, params, X, tol=closing.RIGHT).rounds - found.needed) <= rounding
        once = newton_unroll(cell, params, X, rounds=1, tol=0.0).H[1:, 0]
        assert np.allclose(once, found.guesses[1], rtol=1e-9, atol=1e-9)
        assert abs(lyapunov_exponents(cell, params, x[:, None, None], 1, 100)[0, 0] - found.exponent) < 5e-3
