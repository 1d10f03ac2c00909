"""Rounds for the LSTM of two units over the scale of its weights, from five starts."""

from functools import cache

import numpy as np

from experiments.chaos import lstm_scales
from experiments.parallel import networks, rounds_over_scale
from experiments.record import load
from explorables.parallel import scale
from minirnn import LSTM, newton_unroll, unroll
from minirnn.figures.panels import signed


def numbers() -> dict[str, str]:
    return {
        "scale-calm": str(int(scale_rounds()[over_scale().s < 0.63].max())),
        "scale-exponent": signed(float(at_scale(0.68).mean())),
        "scale-settled": str(max(settled(0.68))),
        "scale-few": str(split(0.68)[0].max()),
        "scale-many": from_to(split(0.68)[1]),
        "cycle-exponent": signed(float(at_scale(0.78).mean())),
        "cycle-rounds": from_to(scale_rounds(0.78)[:, -1]),
        "scale-near": str(max(from_near(0.68), from_near(0.78))),
    }


@cache
def over_scale() -> scale.Facts:
    """The saved rounds of the LSTM of two units."""
    return scale.compute()


def at_scale(s: float) -> np.ndarray:
    """λ₁ from all starts (starts,)."""
    return over_scale().exponents[over_scale().s == s][0]


def scale_rounds(s: float | None = None) -> np.ndarray:
    """(starts, lengths), or of all scales (scales, starts, lengths)."""
    rounds = over_scale().rounds
    return rounds if s is None else rounds[over_scale().s == s][0]


def split(s: float) -> tuple[np.ndarray, np.ndarray]:
    """The rounds for 512 steps of the starts that take fewer than fifty, and of the others."""
    last = scale_rounds(s)[:, -1]
    return last[last < 50], last[last >= 50]


def settled(s: float) -> list[int]:
    """The first step of each orbit from which on it stays within 0.01 of the fixed point 0."""
    H = [lstm_states(s, rounds_over_scale.start(seed), 512)[:, 0] for seed in rounds_over_scale.STARTS]
    return [int(np.flatnonzero(np.abs(h).max(axis=1) > 0.01)[-1]) + 1 for h in H]


def from_to(counts: np.ndarray) -> str:
    return f"{counts.min()} to {counts.max()}"


def lstm_states(s: float, h0: np.ndarray, T: int) -> np.ndarray:
    """Of the LSTM of two units, from h0 (B, 4): H (T + 1, B, 4)."""
    return unroll(LSTM(1, 2), lstm_scales.weights(lstm_scales.W_LSTM, s), np.zeros((T, len(h0), 1)), h0)


def from_near(s: float) -> int:
    """Its rounds for 256 steps, from its states moved by up to a thousandth."""
    h0, X, params = rounds_over_scale.start(0), np.zeros((256, 1, 1)), lstm_scales.weights(lstm_scales.W_LSTM, s)
    H = lstm_states(s, h0, 256)
    near = H[1:] + 1e-3 * np.random.default_rng(0).uniform(-1, 1, H[1:].shape)
    return newton_unroll(LSTM(1, 2), params, X, h0, guess=near, tol=networks.TOL).rounds


def check_two_units_take_many_rounds_long_before_chaos() -> None:
    calm = scale_rounds()[over_scale().s < 0.63]
    assert (calm.max(axis=2) == calm.min(axis=2)).all()
    few, many = split(0.68)
    assert (len(few), len(many)) == (2, 3)
    assert few.max() < 10 < 200 < many.min()
    assert at_scale(0.68).max() < -0.15
    assert max(settled(0.68)) < 40
    assert at_scale(0.78).max() < -0.5
    assert scale_rounds(0.78)[:, -1].min() > 0.9 * 512
    chaotic = (over_scale().exponents > 0).all(axis=1)
    assert over_scale().s[chaotic][0] == 0.9
    assert scale_rounds()[chaotic][..., -1].mean(axis=1).max() < scale_rounds(0.78)[:, -1].mean()
    assert max(from_near(0.68), from_near(0.78)) <= 5


def check_a_stretch_of_wrong_states_grows_to_the_right() -> None:
    h0, X, params = rounds_over_scale.start(0), np.zeros((256, 1, 1)), lstm_scales.weights(lstm_scales.W_LSTM, 0.68)
    H = lstm_states(0.68, h0, 256)
    found = []
    for rounds in (5, 10, 20, 40):
        wrong = np.abs(newton_unroll(LSTM(1, 2), params, X, h0, rounds=rounds, tol=0.0).H - H)[:, 0].max(axis=1)
        found.append(np.flatnonzero(wrong > 0.01)[[0, -1]])
    assert (np.diff(found, axis=0) > 0).all()  # both of its ends
    assert (np.diff(found, axis=1) > 0).all()
    assert np.ptp(found[-1]) > 2 * np.ptp(found[0])


def check_exponents_are_those_of_the_orbit_diagram() -> None:
    """Of the record of the chapter on chaos, at scales where one attractor catches all. At 0.8 the fixed point 0, where
    no orbit begins, has an exponent above 0."""
    known = load("lstm_scales")["results"]["exponent"]
    for s in (0.5, 0.7, 0.8):
        assert np.allclose(at_scale(s), np.interp(s, np.linspace(0.5, 2, len(known)), known), atol=0.02)


def check_a_cycle_of_three_beside_the_fixed_point() -> None:
    """From all starts at 0.78; at 0.68 all of 50 others end at 0, too."""
    starts = np.concatenate([rounds_over_scale.start(seed) for seed in rounds_over_scale.STARTS])
    ends = lstm_states(0.78, starts, 2000)[-5:, :, 0]
    assert np.allclose(ends[0], ends[3], atol=1e-6)
    assert not np.allclose(ends[0], ends[1], atol=1e-3)
    others = np.random.default_rng(0).uniform(-1, 1, (50, 4))
    assert np.abs(lstm_states(0.68, others, 2000)[-1]).max() < 1e-6
