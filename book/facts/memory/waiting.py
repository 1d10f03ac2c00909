"""The plateau: how long one unit and two units wait for a delay."""

import numpy as np

from experiments.memory import plateau as two_units
from experiments.memory.escapes import escapes, factor_at_the_end, slopes
from experiments.memory.one_unit import HALF, escape_time, proved
from experiments.record import load
from explorables.memory import plateau
from facts import power, thousands
from minirnn.theory.plateau import flow, time_bound


def numbers() -> dict[str, str]:
    early, late = slopes("flow", "hundredth"), slopes("flow", "nine-tenths")
    return {
        "half-4": f"{escape_time(1.0, 4):.0f}",
        "half-8": thousands(escape_time(1.0, 8)),
        "half-14": power(escape_time(1.0, 14)),
        "half-slow": f"{escape_time(0.25, 14):.1f}",
        "factor-early": f"{np.exp(early[0]):.1f}",
        "factor-late": f"{np.exp(late[0]):.1f}",
        "factor-end": f"{factor_at_the_end('flow', 'nine-tenths'):.0f}",
        "slope-end": f"{late[-3:].mean():.1f}",
    }


def check_the_time_of_half_the_gain() -> None:
    """The numbers of the notes and of the prediction: 67, 600 times, twice that, 2·10⁹."""
    assert 1.9e9 < escape_time(1.0, 14) < 2.1e9
    assert round(escape_time(1.0, 4)) == 67
    assert 580 < escape_time(1.0, 8) / escape_time(1.0, 4) < 620 < escape_time(1.0, 12) / escape_time(1.0, 8)


def check_the_proved_time_is_near_the_true_one() -> None:
    assert np.isclose(2 * HALF * np.exp(1 - 2 * HALF), 0.5, atol=1e-4)
    for D in plateau.DELAYS:
        for w0 in plateau.STARTS:
            factor = escape_time(w0, D) / max(proved(w0, D), 1e-9)
            assert factor > 1
            assert factor < 3 or w0 * D < 6


def check_the_theorem_on_the_plateau() -> None:
    time = flow(w0=1.0, D=12, until=1.001).t[-1]
    assert 1 < time / time_bound(1.0, 1.001 / 24, 12) < 3


def check_from_12_on_both_definitions_are_one_moment_that_grows_ninefold_a_unit() -> None:
    """The local slopes: 1.4 and 0.2 at first, 2.2 at the end; and at short delays the definitions differ."""
    early, late = (np.median(escapes("flow", gained), axis=1) for gained in ("hundredth", "nine-tenths"))
    at_12 = two_units.DELAYS.index(12)
    assert late[0] > 10 * early[0]
    assert np.allclose(late[at_12:], early[at_12:], rtol=2e-3)
    assert two_units.DELAYS[-4] == 12
    for gained in ("hundredth", "nine-tenths"):
        assert np.allclose(slopes("flow", gained)[-3:], 2.2, atol=0.06)


def check_each_seed_that_escapes_has_that_growth_too() -> None:
    """A second look, without the median: ln t from D = 12 to 15, start by start."""
    times = escapes("flow", "nine-tenths")[[-4, -1]]
    ended = times[:, np.isfinite(times).all(axis=0)]
    grown = np.log(ended[1] / ended[0]) / 3
    assert len(grown) == 9
    assert ((grown > 1.95) & (grown < 2.65)).all()


def check_nine_of_ten_starts_escape_at_much_the_same_times_in_all_maps() -> None:
    direct = np.median(escapes("flow", "nine-tenths"), axis=1)[-1]
    for route in ("flow", "flow-exp", "flow-best"):
        times = escapes(route, "nine-tenths")
        assert np.isinf(times).sum() == 10
        assert (np.isinf(times).argmax(axis=1) == 3).all()  # seed 3, at each delay
        assert abs(np.log(np.median(times, axis=1)[-1] / direct)) < 1


def check_the_start_that_never_escapes_is_in_a_local_minimum() -> None:
    """Two rates meet, with weights of opposite signs: three curvatures are positive, one is 0. With one sign: a
    saddle."""
    c1, c2, v1, v2 = two_units.by_flow("direct", 8, 3, end=1e6).y[:, -1]  # the direct map is -w = v
    assert abs(v1 - v2) < 0.01
    assert c1 * c2 < 0
    together, total = np.full(2, -(v1 + v2) / 2), c1 + c2
    opposite = curvatures(np.array([c1, c2]), together)
    assert abs(opposite[0]) < 1e-8
    assert opposite[1] > 1e-3
    assert curvatures(total * np.array([0.4, 0.6]), together)[0] < -1e-3


def curvatures(c: np.ndarray, w: np.ndarray, step: float = 1e-5) -> np.ndarray:
    """The eigenvalues of the Hessian of the loss of two exponentials at D = 8, where its slope is 0."""
    at = np.concatenate([c, w])

    def gradient(y: np.ndarray) -> np.ndarray:
        return np.concatenate(two_units.loss(y[:2], y[2:], 8)[1:])

    assert np.abs(gradient(at)).max() < 1e-9
    rows = [(gradient(at + step * e) - gradient(at - step * e)) / (2 * step) for e in np.eye(4)]
    return np.linalg.eigvalsh(rows)


def check_adam() -> None:
    times = escapes("Adam", "nine-tenths")
    never = np.isinf(times).sum(axis=1)
    assert never.tolist()[:4] == [1, 1, 1, 1]
    assert np.isfinite(np.median(times, axis=1))[4]
    assert (never[5:] > 5).all()


def check_the_epsilon_of_adam_changes_no_run() -> None:
    times = load("plateau")["results"]["time"]
    assert times["Adam"] == times["Adam, small"]
