"""The numbers of the chapter on the curse of memory, and what must hold of them."""

from functools import cache, partial

import numpy as np

from experiments.memory import perturbation
from experiments.memory import plateau as two_units
from experiments.memory.delays import at_least, enough, sigmas
from experiments.memory.escapes import escapes, slope
from experiments.memory.one_unit import HALF, escape_time, proved
from experiments.memory.saved_fits import UNITS, bound, error
from experiments.memory.time_scales import scale_over_memory
from experiments.record import load
from explorables.memory import perturb, plateau, ratio, units
from explorables.memory.wording import percent
from facts import thousands
from minirnn import VanillaRNN
from minirnn.learning import losses, optimizers
from minirnn.learning.training import train
from minirnn.theory import memory, reduction
from minirnn.theory.parametrizations import RATES
from minirnn.theory.plateau import flow, time_bound

STABLE = ("exp", "softplus", "best")


def numbers() -> dict[str, str]:
    return fits() | waiting_times() | moves() | {
        "least-50-3": str(at_least(50, 3)),
        "least-80-3": str(at_least(80, 3)),
        "least-20-3": str(at_least(20, 3)),
        "enough-50-3": str(enough(50, 3)),
    }  # fmt: skip


def fits() -> dict[str, str]:
    return {
        "power-4": percent(error("power-law", 4, "real")),
        "power-8": f"{100 * error('power-law', 8, 'real'):.3f}\u00a0%",
        "bump-4": percent(error("delay", 4)),
        "bump-bound-4": percent(bound("delay", 4)),
        "bump-real-24": percent(error("delay", 24, "real")),
        "bump-24": percent(error("delay", 24)),
        "airy-6": percent(error("Airy", 6)),
        "airy-real-6": percent(error("Airy", 6, "real")),
    }


def waiting_times() -> dict[str, str]:
    late, early = slope("flow", "nine-tenths"), slope("flow", "hundredth")
    return {
        "half-4": f"{escape_time(1.0, 4):.0f}",
        "half-8": thousands(escape_time(1.0, 8)),
        "half-14": "2·10⁹",  # see check_the_time_of_half_the_gain
        "half-slow": f"{escape_time(0.25, 14):.1f}",
        "slope-late": f"{late:.2f}",
        "slope-early": f"{early:.2f}",
        "factor-late": f"{np.exp(late):.1f}",
        "factor-early": f"{np.exp(early):.1f}",
    }


def moves() -> dict[str, str]:
    largest = load("perturbation")["results"]["largest_weight"]["free"]
    told = {
        "none": f"{worst('direct', 0.0):.3f}",
        "target-area": f"{perturbation.TARGET.sum():.1f}",
        "largest": f"{largest:.0f}",
        "direct-001": f"{worst('direct', 0.001):.2g}",
        "direct-01": f"{worst('direct', 0.01):.0f}",
        "direct-1": "3·10³⁸",  # see check_moves_of_the_weights
    }
    for rate in STABLE:
        told |= {f"{rate}-{b[2:]}": f"{worst(rate, float(b)):.2g}" for b in ("0.001", "0.01", "0.1")}
    return told


def worst(rate: str, beta: float, weights: str = "positive") -> float:
    """The worst of 20 saved errors after moves of at most β."""
    return float(perturb.worst_errors(rate, weights)[perturbation.BETAS.index(beta)])


# --- units ----------------------------------------------------------------------------------------------------


def check_what_to_notice_in_the_first_figure() -> None:
    assert sorted(memory.KERNELS, key=lambda kernel: error(kernel, 4))[1] == "power-law"
    assert error("power-law", 4, "real") < 0.02 < 0.5 < bound("delay", 4) < error("delay", 4)
    assert error("delay", 24, "real") > 0.4
    assert error("delay", 24) < 0.001
    assert error("Airy", 6) < 0.01 < 0.2 < error("Airy", 6, "real")


def check_no_fit_is_below_the_bound() -> None:
    pairs = [(error(kernel, m), bound(kernel, m)) for kernel in memory.KERNELS for m in UNITS]
    assert all(found >= least for found, least in pairs if found > 1e-9)


def check_four_rates_by_hand_fit_the_power_law_and_not_the_delay() -> None:
    K, lam = memory.power_law(1000), np.exp(-np.array([0.002, 0.02, 0.2, 1.0]))
    four, late = memory.fit(K, lam), memory.fit(memory.bump(1000, centre=50, width=3), lam)
    assert four.error < 0.05
    assert late.error > 0.95
    assert np.allclose(memory.network_kernel(np.diag(lam), np.ones(4), four.weights, 1000), four.kernel)


def check_the_error_of_the_kernel_is_that_of_the_outputs_on_white_noise() -> None:
    K = memory.power_law(1000)
    four = memory.fit(K, np.exp(-np.array([0.002, 0.02, 0.2, 1.0])))
    white = np.random.default_rng(0).standard_normal(200_000)
    y, target = (np.convolve(white, k)[1000:-1000] for k in (four.kernel, K))
    assert np.isclose(((y - target) ** 2).mean(), ((four.kernel - K) ** 2).sum(), rtol=0.05)


def check_eight_units_fit_the_power_law() -> None:
    assert error("power-law", 8, "real") < 2e-4


def check_an_exact_delay_needs_a_unit_for_each_step() -> None:
    assert at_least(50, 0) == enough(50, 0) == 51
    assert np.allclose(sigmas(50, 0)[:51], 1)


def check_units_grow_in_proportion_to_the_delay_and_the_bound_is_not_far() -> None:
    for s in units.WIDTHS:
        lower, upper = ([count(D, s) for D in units.DELAYS] for count in (at_least, enough))
        assert all(a <= b <= 1.5 * a + 1 for a, b in zip(lower, upper, strict=True))
        assert np.corrcoef(units.DELAYS, lower)[0, 1] > 0.98


def check_the_construction_invents_the_shift_register() -> None:
    delay = np.eye(1, 20, 5).ravel()
    network = reduction.realize(delay, m=6, n=10)
    assert np.allclose(memory.network_kernel(*network, 20), delay, atol=1e-12)
    assert np.isclose(reduction.error_bound(delay, 4, 6) ** 2, 1 - 4 / 6)


def check_one_unit_and_a_delay() -> None:
    """The first exercise: the formula is the explained share of a fit."""
    D = 50
    explained = 1 - memory.fit(np.eye(1, 5000, D).ravel(), np.array([np.sqrt(D / (D + 1))])).error ** 2
    assert np.isclose(explained, (D / (D + 1)) ** D / (D + 1))


# --- the plateau ----------------------------------------------------------------------------------------------


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


def check_the_growth_of_the_escape_times() -> None:
    assert 1.2 < slope("flow", "nine-tenths") < slope("flow", "hundredth") < 2.0


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


# --- small errors of the weights ------------------------------------------------------------------------------


def check_moves_of_the_weights() -> None:
    assert 3e38 < worst("direct", 0.1) < 4e38
    assert worst("direct", 0.01) > 100
    assert worst("best", 0.01) < worst("exp", 0.01) < 0.03
    assert worst("exp", 0.01, "free") > 5
    assert worst("best", 0.01, "free") > 5


def check_the_largest_change_that_the_theorem_allows() -> None:
    largest = {
        rate: max(
            memory.stability_integral(RATES[rate], w, w + s) for w in np.linspace(-9, 9, 1801) for s in (-0.1, 0.1)
        )
        for rate in STABLE
    }
    assert np.isclose(largest["exp"], np.expm1(0.1))
    assert largest["softplus"] < np.expm1(0.1)
    assert 0.1 < largest["best"] < 0.162


def check_positive_weights_change_by_no_more_than_the_theorem_says() -> None:
    norm = load("perturbation")["settings"]["norm"]
    for rate in STABLE:
        for b in perturbation.BETAS[1:]:
            limit = np.expm1(b) if rate != "best" else 2 * b**2 + b * np.sqrt(2)
            assert worst(rate, b) <= worst(rate, 0.0) + limit * norm * 1.01


def check_the_scale_of_the_gradient() -> None:
    scale = {rate: scale_over_memory(rate, "scale", np.array([1000.0]))[0] for rate in RATES}
    assert np.isclose(scale["direct"], 1e6)
    assert np.isclose(scale["exp"], 1e3)
    assert np.isclose(scale["best"], 2 * np.sqrt(999.5))
    assert np.allclose(scale_over_memory("best", "ratio", np.array([3.0, 30, 300])), 2)
    assert "diverges" in ratio.compute(100, "direct", "scale").change_words


# --- nonlinear networks ---------------------------------------------------------------------------------------


def check_tanh_networks_that_learn_a_delay_of_eight_steps() -> None:
    """Their memory functions have the peak at 8; the two small ones stay above what a linear network could reach."""
    share, peaks = {}, set()
    for n in (4, 8, 16):
        share[n], M = recalling(n)
        peaks.add(int(M.argmax()))
    assert peaks == {8}
    assert share[16] < 0.02 < 0.1 < share[8] < 0.5 < share[4]
    assert share[4] > 1 - 4 / 9
    assert share[8] > 1 - 8 / 9


@cache
def recalling(n: int, D: int = 8, T: int = 40) -> tuple[float, np.ndarray]:
    """A tanh network of n units, trained as on the page: its error as a share of the variance, its memory function."""

    def batch(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        x = 0.3 * rng.standard_normal((T, 32, 1))
        return x, np.concatenate([np.zeros((D, 32, 1)), x[:-D]])

    rng, cell = np.random.default_rng(0), VanillaRNN(m=1, n=n)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    loss, adam = partial(losses.at_every_step, losses.squared_error), optimizers.adam(1e-2)
    run = train(cell, params, batch, loss, adam, updates=800, rng=rng, clip=1.0, progress=False)
    share = np.mean(run.history["loss"][-20:]) / (0.5 * 0.3**2 * 32 / 40)
    return float(share), memory.memory_function(cell, run.params, T=60, size=0.3)
