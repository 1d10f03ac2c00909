"""The numbers of the chapter on chaos and the Lipschitz constant, and what must hold of them."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from experiments.chaos import lipschitz_constants
from experiments.chaos.marked_scales import marked
from experiments.chaos.partings import exponents, pair, parting
from experiments.chaos.regimes import bound_rates, rates
from experiments.record import load
from explorables.chaos import plane, sine, spectra
from minirnn.dynamics import maps
from minirnn.dynamics.exponents import spectrum
from minirnn.dynamics.lipschitz import bounds, rate
from minirnn.dynamics.maps import logistic_sensitivities


def numbers() -> dict[str, str]:
    return numbers_of_states() | numbers_of_costs() | numbers_of_networks()


# --- states that part -----------------------------------------------------------------------------------------


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


def numbers_of_states() -> dict[str, str]:
    strong, scales = spectra.compute(3.0, 200), chaotic_scales()
    return {
        "part-lstm": str(apart("LSTM", -7)),
        "part-lstm-5": str(apart("LSTM", -5)),
        "three-200": f"{strong.first:.2f}",
        "positive-200": str(strong.positive),
        "ordered": f"{scales.ordered:.0f}",
        "first": f"{scales.first:.2f}",
        "last": f"{scales.last:.2f}",
        "lstm-spectrum": ", ".join(f"{v:.3f}" for v in long_spectrum("LSTM")),
        "gru-spectrum": ", ".join(f"{v:.3f}" for v in long_spectrum("GRU")),
    }


def check_a_smaller_difference_takes_longer_and_the_gru_parts_faster() -> None:
    assert 0 < apart("LSTM", -5) < apart("LSTM", -7)
    assert 0 < apart("GRU", -7) < apart("LSTM", -7)
    assert exponents("GRU")[1.0] > exponents("LSTM")[1.0] > 0.1


def check_with_larger_weights_the_two_meet_again() -> None:
    assert pair("LSTM", 1.5, -3)[1][-1] < 1e-12
    assert exponents("LSTM")[1.5] < -0.4


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


def check_saturation_tames_large_gains_and_chaos_is_low_dimensional() -> None:
    strong = spectra.compute(3.0, 200)
    assert strong.first < maps.mean_field(3.0)[1] < 0.32
    assert strong.positive < 50


def check_small_networks_are_hardly_chaotic_where_mean_field_is() -> None:
    assert abs(spectra.compute(1.5, 25).first) < 0.03
    assert maps.mean_field(1.5)[1] > 0.06


def check_below_gain_1_the_largest_exponent_is_near_ln_g() -> None:
    assert -0.4 < spectra.compute(0.7, 200).first < -0.3


def check_the_marked_scales_end_on_what_the_page_says() -> None:
    ends = {0.5: "fixed point", 0.8: "period 3", 1.0: "a strange attractor", 1.5: "period 4", 1.08: "period 11"}
    assert {s: marked()[s].words for s in ends} == ends


def check_the_spectra_of_lstm_and_gru_are_the_known_ones() -> None:
    assert np.allclose(long_spectrum("LSTM"), [0.170, -0.385, -1.679, -4.62], atol=0.01)
    assert np.allclose(long_spectrum("GRU"), [0.220, -0.538], atol=0.01)


# --- costs, bound and measured --------------------------------------------------------------------------------


@cache
def log_constants() -> dict[str, dict[str, np.ndarray]]:
    """ln of the constants of V and of ∇V over N = 5 … 200, mean over the seeds, by kind of tanh network."""
    r = load("lipschitz_constants")["results"]
    return {
        key: {kind: np.log(np.array(values)).mean(0) for kind, values in zip(r["regimes"], r[key], strict=True)}
        for key in ("cost", "gradient")
    }


def power_of_the_orthogonal() -> float:
    """The power of N with which the gradient's constant grows from 60 steps on."""
    N = np.array(load("lipschitz_constants")["results"]["N"])
    late = N >= 60
    return float(np.polyfit(np.log(N[late]), log_constants()["gradient"]["orthogonal"][late], 1)[0])


def tanh_dot(gain: float) -> plane.Dot:
    return plane.dots()["tanh"][gain]


def numbers_of_costs() -> dict[str, str]:
    (slope, curve), (slope_bound, curve_bound) = rates("chaotic"), bound_rates("chaotic")
    return {
        "rotating-power": f"{rates('rotating')[1]:.1f}",
        "chaotic-slope": f"{slope:.2f}",
        "chaotic-curve": f"{curve:.2f}",
        "chaotic-bound": f"{slope_bound:.2f}",
        "chaotic-bound2": f"{curve_bound:.2f}",
        "orth-power": f"{power_of_the_orthogonal():.1f}",
        "gap": f"{np.log10(tanh_dot(3.0).gradient / tanh_dot(0.3).gradient):.0f}",
    }


def check_at_the_border_the_proof_gives_the_powers_of_the_page() -> None:
    """N^2.5 for the gradient; with bounded residuals N^0.5 and N^2."""
    N = np.array([100, 200, 400, 800])

    def powers(bounded: bool) -> list[float]:
        return [rate(np.log(N), made) for made in zip(*(bounds(1.0, int(n), bounded) for n in N), strict=True)]

    assert np.allclose(powers(bounded=True), [0.5, 2.0], atol=0.02)
    assert abs(powers(bounded=False)[1] - 2.5) < 0.03


def check_contracting_constants_stop_growing_and_rotating_ones_grow_like_powers() -> None:
    assert max(map(abs, rates("contracting"))) < 0.02
    assert abs(rates("rotating")[1] - 2) < 0.1


def check_expanding_slopes_grow_as_the_bound_allows_and_curvatures_more_slowly() -> None:
    (slope, curve), (slope_bound, curve_bound) = rates("expanding"), bound_rates("expanding")
    assert abs(slope - slope_bound) < 0.01
    assert curve < 0.8 * curve_bound


def check_in_chaos_the_ratio_is_right_and_the_rate_is_far_below_the_bound() -> None:
    slope, curve = rates("chaotic")
    assert 1.9 < curve / slope < 2.1
    assert slope < 0.5 * bound_rates("chaotic")[0]


def check_the_constants_of_a_chaotic_tanh_network_explode() -> None:
    """Measured anew, as on the page."""
    N = np.array([10, 20, 30, 40])
    made = [lipschitz_constants.measure("chaotic", 1, int(n), points=10) for n in N]
    cost, gradient = (rate(N, [m[key] for m in made]) for key in ("cost", "gradient"))
    assert cost > 0.1
    assert gradient > 1.4 * cost


def check_contractive_networks_get_smoother_and_orthogonal_ones_grow_like_a_power() -> None:
    grown = {kind: np.exp(values[-1] - values[0]) for kind, values in log_constants()["gradient"].items()}
    assert grown["contractive"] < 0.2
    assert 5 < grown["orthogonal"] < 100
    assert grown["chaotic"] > 1e15


def check_memory_is_largest_in_between_a_little_below_chaos() -> None:
    assert tanh_dot(1.0).memory > tanh_dot(0.3).memory > tanh_dot(3.0).memory
    assert tanh_dot(1.0).exponent < 0 < tanh_dot(3.0).exponent
    assert tanh_dot(3.0).gradient > 1e9


def check_an_orthogonal_matrix_remembers_more_at_the_same_smoothness() -> None:
    orthogonal = plane.dots()["orthogonal"][1.1]
    assert orthogonal.memory > tanh_dot(1.0).memory + 2
    assert orthogonal.gradient < 3 * tanh_dot(1.0).gradient


def check_the_chaos_free_network_stays_smooth_and_its_memory_is_short() -> None:
    chaos_free = plane.dots()["chaos-free"]
    assert max(dot.gradient for dot in chaos_free.values()) < 0.01
    assert chaos_free[3.0].memory < 2


# --- what contractive networks cannot do, and flossing --------------------------------------------------------


def amplitudes(kind: str) -> np.ndarray:
    """Of the output, 1000 steps after the start, mean over the frequencies: (seeds, checkpoints)."""
    return np.array([np.mean(run["amplitude"], axis=1) for run in sine.compute().runs[kind]])


def final_losses(kind: str) -> np.ndarray:
    return np.array([np.mean(run["loss"][-5:]) for run in sine.compute().runs[kind]])


def beginnings() -> tuple[list[int], list[float]]:
    """The updates at which the free networks begin to oscillate, and the losses then; every fifth loss is saved."""
    runs, checkpoints, _ = sine.compute()
    updates = [int(checkpoints[np.argmax(a > 0.1)]) for a in amplitudes("free")]
    losses = [run["loss"][max(0, b // 5 - 1)] for run, b in zip(runs["free"], updates, strict=True)]
    return updates, losses


def learned_symbols() -> dict[str, int]:
    """Of 5 LSTMs of each kind, how many learn which two symbols came."""
    r = load("two_symbols")["results"]
    return {kind: sum(run["accuracy"] > 0.95 for run in r[kind]) for kind in r}


@cache
def flossed() -> dict[str, Any]:
    return load("flossing")["results"]


def learned_after_flossing() -> np.ndarray:
    """Of 8 seeds, how many learn the task: (gain, flossed or not)."""
    return (np.array(flossed()["accuracy"]) > 0.95).sum(axis=2)


def numbers_of_networks() -> dict[str, str]:
    updates, losses = beginnings()
    rates_at_the_end = np.array([run["exponent"][-1] for run in sine.compute().runs["free"]])
    symbols, learned = learned_symbols(), learned_after_flossing()
    return {
        "sine-free": f"{np.median(final_losses('free')):.4f}",
        "sine-contractive": f"{np.median(final_losses('contractive')):.3f}",
        "sine-begin": f"{min(updates)} to {max(updates)}",
        "sine-loss": f"{min(losses):.2f} to {max(losses):.2f}",
        "sine-exponent": f"{np.abs(rates_at_the_end).mean():.3f}",
        "sine-oscillate": str(int((amplitudes("free")[:, -1] > 0.5).sum())),
        "symbols-free": str(symbols["free"]),
        "symbols-contractive": str(symbols["contractive"]),
        **{
            f"floss-{gain}-{kind}": str(learned[i, j])
            for i, gain in enumerate(("low", "middle", "high"))
            for j, kind in enumerate(("plain", "flossed"))
        },
        "floss-first": f"{np.array(flossed()['exponents'])[2, 1, :, 0].mean():.2f}",
    }


def check_contractive_networks_never_oscillate_and_free_ones_do() -> None:
    assert amplitudes("contractive").max() < 1e-3
    assert (final_losses("free") < 0.1 * final_losses("contractive")).all()
    assert (amplitudes("free")[:, -1] > 0.5).all()


def check_free_lstms_learn_the_two_symbols_and_contractive_ones_none() -> None:
    assert learned_symbols() == {"free": 5, "contractive": 0}


def check_flossing_cures_the_vanishing_and_not_the_chaos() -> None:
    learned = learned_after_flossing()
    assert (learned[0, 0], learned[0, 1]) == (0, 8)
    assert learned[2, 1] <= 3
