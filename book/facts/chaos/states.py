"""States that part: exponents, spectra, and attractors."""

from functools import cache
from typing import NamedTuple

import numpy as np

from experiments.chaos import orbit_windows
from experiments.chaos.lstm_scales import lstm
from experiments.chaos.orbit_windows import attractor
from experiments.chaos.partings import exponent, pair, parting
from experiments.record import load
from explorables.chaos import orbit_words, spectra
from minirnn.dynamics import maps
from minirnn.dynamics.exponents import spectrum
from minirnn.dynamics.lipschitz import rate
from minirnn.dynamics.maps import logistic_sensitivities
from minirnn.dynamics.orbits import attractors
from minirnn.figures.panels import signed


def apart(cell: str, power: int) -> int:
    """The step at which two trajectories at s = 1, 10^power apart at first, are more than 0.1 apart."""
    return parting(pair(cell, 1.0, power)[1])


class Scales(NamedTuple):
    """The first and the last chaotic scale of the LSTM; the share between them that is not chaotic, in percent."""

    first: float
    last: float
    ordered: float


@cache
def chaotic_scales() -> Scales:
    kinds = np.array(load("lstm_scales")["results"]["kind"])
    S = np.linspace(0.5, 2, len(kinds))
    first, last = S[kinds == "chaotic"][[0, -1]]
    return Scales(first, last, 100 * float(np.mean(kinds[(first <= S) & (last >= S)] != "chaotic")))


def long_spectrum(cell: str) -> list[float]:
    return load("lstm_scales")["results"]["spectra"][cell]["mean"]


def numbers() -> dict[str, str]:
    strong, scales = spectra.compute(3.0, 200), chaotic_scales()
    return {
        "part-lstm": str(apart("LSTM", -7)),
        "part-lstm-5": str(apart("LSTM", -5)),
        "three-200": f"{strong.first:.2f}",
        **{f"positive-{N}": str(spectra.compute(3.0, N).positive) for N in (100, 200)},
        **{f"dimension-{N}": f"{spectra.compute(3.0, N).dimension:.0f}" for N in spectra.saved()["N"]},
        "doubling-power": f"{power_at_the_doubling():.2f}".replace("-", "−"),
        "ordered": f"{scales.ordered:.0f}",
        "first": f"{scales.first:.2f}",
        "last": f"{scales.last:.2f}",
        "lstm-2000-part": signed(exponent("LSTM", 1.0), 3),
        "lstm-1500": signed(attractor("LSTM", 1.0).exponent, 3),
        "lstm-long": signed(long_spectrum("LSTM")[0], 3),
        "lstm-long-error": f"{load('lstm_scales')['results']['spectra']['LSTM']['error'][0]:.3f}",
        "lstm-spectrum": ", ".join(f"{v:.3f}" for v in long_spectrum("LSTM")).replace("-", "−"),
        "gru-spectrum": ", ".join(f"{v:.3f}" for v in long_spectrum("GRU")).replace("-", "−"),
    }


def check_a_smaller_difference_takes_longer_and_the_gru_parts_faster() -> None:
    assert 0 < apart("LSTM", -5) < apart("LSTM", -7)
    assert 0 < apart("GRU", -7) < apart("LSTM", -7)
    assert exponent("GRU", 1.0) > exponent("LSTM", 1.0) > 0.1


def check_with_larger_weights_the_two_meet_again() -> None:
    assert pair("LSTM", 1.5, -3)[1][-1] < 1e-12
    assert exponent("LSTM", 1.5) < -0.4


def check_in_chaos_curvature_grows_at_twice_the_rate_of_the_slope() -> None:
    """Means over 200 starts of the logistic map at r = 4, as on the page."""
    t, starts = np.arange(20, 301), np.random.default_rng(0).random(200)
    runs = [logistic_sensitivities(4.0, x0, 300) for x0 in starts]
    slope, curvature = (np.exp(np.mean([np.log(abs(run[i][20:])) for run in runs], 0)) for i in (1, 2))
    assert abs(rate(t, slope) - np.log(2)) < 0.01
    assert abs(rate(t, curvature) - 2 * np.log(2)) < 0.01


def check_the_exponents_of_henon_are_the_known_ones_and_their_sum_is_exact() -> None:
    """By the loop of the page: orthogonalise after each step, and keep the lengths (eq. lyapunov)."""
    x, Q, total, T, burn_in = np.array([0.1, 0.1]), np.eye(2), np.zeros(2), 20_000, 100
    for t in range(T + burn_in):
        Q, R = np.linalg.qr(np.array([[-2.8 * x[0], 1.0], [0.3, 0.0]]) @ Q)
        x = np.array([1 - 1.4 * x[0] ** 2 + x[1], 0.3 * x[0]])
        total += np.log(abs(np.diag(R))) if t >= burn_in else 0
    assert np.allclose(total / T, [0.4192, -1.6232], atol=0.01)
    assert abs((total / T).sum() - np.log(0.3)) < 1e-10


def check_the_library_says_how_far_to_trust_the_first_one() -> None:
    value = spectrum(maps.henon(), np.full((1, 2), 0.1), 20_100, k=1, burn_in=100)
    assert abs(value.exponents.item() - 0.4192) < 4 * value.errors.item() < 0.02


def check_saturation_tames_large_gains() -> None:
    assert spectra.compute(3.0, 200).first < maps.mean_field(3.0)[1] < 0.32


def check_chaos_is_extensive() -> None:
    """Positive exponents and dimension grow in proportion to N, within a tenth of N of the largest network."""
    sizes = np.array(spectra.saved()["N"])
    positive, dimension = (
        np.array([getattr(spectra.compute(3.0, int(N)), key) for N in sizes]) for key in ("positive", "dimension")
    )
    assert positive.tolist() == [3, 6, 14, 30]
    assert np.allclose(positive / sizes, 0.14, atol=0.025)
    assert np.allclose(dimension / sizes, 0.25, atol=0.035)


def check_the_dimension_by_a_second_run_and_another_way_to_count() -> None:
    """50 units over five times as many steps; the piecewise linear sum of the exponents crosses 0 at the dimension."""
    rng = np.random.default_rng(50)
    W, h0 = 3.0 / np.sqrt(50) * rng.standard_normal((4, 50, 50)), rng.standard_normal((4, 50))
    exponents = spectrum(maps.tanh_network(W), h0, 2200, 20, burn_in=200, every=5).exponents.mean(0)
    sums = np.cumsum(exponents)
    crossing = np.interp(0.0, -sums[5:], np.arange(6, 21))  # falling from here on
    assert abs(crossing - spectra.compute(3.0, 50).dimension) < 0.5
    assert abs((exponents > 0).sum() - spectra.compute(3.0, 50).positive) <= 1


def power_at_the_doubling() -> float:
    """Of t with which dx_t/dx_0 falls on the logistic map at r = 3, from t = 1000 to 100 000."""
    x, size, sizes = 0.6, 0.0, []
    for _ in range(100_000):
        size += np.log(abs(3 * (1 - 2 * x)))
        x = 3 * x * (1 - x)
        sizes.append(size)
    return (sizes[-1] - sizes[999]) / np.log(100)


def check_at_a_period_doubling_gradients_vanish_like_a_power() -> None:
    """Its exponent is 0 all the same, within 2 ln(t)/t. The power is that of the normal form y - cy³, for any c."""
    assert abs(power_at_the_doubling() + 1.5) < 0.02
    zero = spectrum(maps.logistic(3.0), np.full((1, 1), 0.6), 100_000, 1).exponents.item()
    assert -2e-4 < zero < 0
    for c in (0.5, 2.0):
        y, size, sizes = 0.1, 0.0, []
        for _ in range(100_000):
            y, size = y - c * y**3, size + np.log1p(-3 * c * y**2)
            sizes.append(size)
        assert abs((sizes[-1] - sizes[999]) / np.log(100) + 1.5) < 0.1


def check_small_networks_are_hardly_chaotic_where_mean_field_is() -> None:
    assert abs(spectra.compute(1.5, 25).first) < 0.03
    assert maps.mean_field(1.5)[1] > 0.06


def check_below_gain_1_the_largest_exponent_is_near_ln_g() -> None:
    assert -0.4 < spectra.compute(0.7, 200).first < -0.3


def check_the_scales_that_the_page_names_end_on_what_it_says() -> None:
    """In the figure, and by the library's own run."""
    ends = {0.5: "Fixed point", 0.8: "Period 3", 1.0: "Strange attractor", 1.5: "Period 4", 1.08: "Period 11"}
    assert {s: orbit_words.kind(attractor("LSTM", s)) for s in ends} == ends
    periods = {s: a.period for s, a in zip(ends, attractors(*lstm(np.array([*ends])), T=3000), strict=True)}
    assert periods == {0.5: 1, 0.8: 3, 1.0: 0, 1.5: 4, 1.08: 11}


def superstable(n: int, r: float) -> float:
    """The r near a given one at which ½ is a point of a cycle of 2^n of the logistic map, by Newton's method."""
    for _ in range(50):
        x, d = 0.5, 0.0
        for _ in range(2**n):
            x, d = r * x * (1 - x), x * (1 - x) + r * (1 - 2 * x) * d
        r -= (x - 0.5) / d
    return r


def check_doublings_repeat_at_a_smaller_scale_upside_down() -> None:
    """Distances between scales shrink by 4.669, heights by -2.503: so the window's height goes with zoom^RATIO."""
    r = [2.0, 1 + np.sqrt(5)]
    for n in range(2, 8):
        r.append(superstable(n, r[-1] + (r[-1] - r[-2]) / 4.669))
    gaps = np.diff(r)
    assert abs(gaps[-2] / gaps[-1] - 4.669) < 2e-3
    assert abs(r[-1] + gaps[-1] / 3.669 - 2 * 1.784973) < 1e-5
    assert f"{r[-1] + gaps[-1] / 3.669:.5f}" == "3.56995"
    heights = [path_from_half(r[n], 2 ** (n - 1)) - 0.5 for n in (6, 7)]
    assert abs(heights[0] / heights[1] + 2.503) < 1e-2
    assert abs(np.log(2.5029) / np.log(4.6692) - orbit_windows.RATIO) < 1e-4
    assert abs(4.7**2 - 21.8) < 0.5
    assert abs(4.67**3 - 100) < 2


def path_from_half(r: float, steps: int) -> float:
    x = 0.5
    for _ in range(steps):
        x = r * x * (1 - x)
    return x


def check_the_spectra_of_lstm_and_gru_are_the_known_ones() -> None:
    assert np.allclose(long_spectrum("LSTM"), [0.170, -0.385, -1.679, -4.62], atol=0.01)
    assert np.allclose(long_spectrum("GRU"), [0.220, -0.538], atol=0.01)
