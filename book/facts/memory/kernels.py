"""How many units a memory needs: the fits, the bound, and delays."""

import numpy as np

from experiments.memory import chains
from experiments.memory.delays import at_least, enough, sigmas
from experiments.memory.referees import error_in_decimals, evolved
from experiments.memory.saved_fits import UNITS, bound, error, saved_fit, target
from explorables.memory import units
from explorables.memory.wording import percent
from minirnn.theory import memory, reduction


def numbers() -> dict[str, str]:
    return (
        fits()
        | of_one_multiplier()
        | {
            "least-50-3": str(at_least(50, 3)),
            "least-80-3": str(at_least(80, 3)),
            "least-20-3": str(at_least(20, 3)),
            "enough-50-3": str(enough(50, 3)),
        }
    )


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


SHAPES = {  # centre and width of a bump, and λ of twelve units: magnitude, degrees
    "shape-decay": (50, 6, 0.8, 0),
    "shape-slower": (50, 6, 0.9, 0),
    "shape-turn": (50, 6, 0.84, 8),
    "shape-wide": (50, 20, 0.88, 0),
    "shape-far": (100, 6, 0.92, 4),
}


def left_by_twelve(centre: float, width: float, nu: float, degrees: float) -> float:
    lam = nu * np.exp(1j * np.deg2rad(degrees))
    return float(chains.fits(memory.bump(chains.T, centre, width), lam)[1][5])


def of_one_multiplier() -> dict[str, str]:
    return {name: percent(left_by_twelve(*shape)) for name, shape in SHAPES.items()}


def check_the_errors_of_one_multiplier_by_the_librarys_projection() -> None:
    """Over 2000 steps, in a basis of real links, orthonormalised again."""
    for centre, width, nu, degrees in SHAPES.values():
        lam = np.full(6, nu * np.exp(1j * np.deg2rad(degrees))) if degrees else np.full(12, nu)
        right = memory.project(memory.bump(2000, centre, width), lam).error
        assert np.isclose(left_by_twelve(centre, width, nu, degrees), right, rtol=1e-6, atol=1e-9)


def check_which_multipliers_are_best_and_that_a_far_bump_stays_hard() -> None:
    rates = np.arange(0.5, 0.99, 0.02)
    assert np.isclose(min(rates, key=lambda nu: left_by_twelve(50, 6, nu, 0)), 0.8)
    assert left_by_twelve(50, 6, 0.84, 8) < 0.6 * left_by_twelve(50, 6, 0.8, 0)
    assert left_by_twelve(50, 20, 0.88, 0) < 0.01
    far = [left_by_twelve(100, 6, nu, degrees) for nu in rates for degrees in range(0, 40, 4)]
    assert np.isclose(min(far), left_by_twelve(100, 6, 0.92, 4))
    assert min(far) > 0.4


def check_what_to_notice_in_the_first_figure() -> None:
    assert sorted(memory.KERNELS, key=lambda kernel: error(kernel, 4))[1] == "power-law"
    assert error("power-law", 4, "real") < 0.02 < 0.5 < bound("delay", 4) < error("delay", 4)
    assert error("delay", 24) < 0.001 < 0.17 < error("delay", 24, "real")
    assert error("Airy", 6) < 0.01 < 0.2 < error("Airy", 6, "real")


def check_the_errors_of_the_fits_hold_with_400_digits() -> None:
    """Of those that the page quotes, and of the hardest in its table; a sum of powers in place of the chain."""
    quoted = [("power-law", 4, "real"), ("power-law", 8, "real"), ("delay", 4, "any"), ("delay", 24, "any")]
    quoted += [("Airy", 6, "any"), ("Airy", 6, "real"), ("delay", 24, "real"), ("Airy", 16, "real")]
    for kernel, m, kind in quoted:
        exact = error_in_decimals(target(kernel), saved_fit(kernel, m, kind).lam)
        assert np.isclose(exact, error(kernel, m, kind), rtol=1e-3), (kernel, m, kind)


def check_a_search_of_another_kind_finds_the_same() -> None:
    """Differential evolution, which uses no slopes, over up to six numbers."""
    for kernel, reals, pairs in [("Airy", 0, 1), ("Airy", 1, 1), ("delay", 0, 2), ("Airy", 6, 0), ("Airy", 0, 3)]:
        found = error(kernel, reals + 2 * pairs, "any" if pairs else "real")
        assert np.isclose(evolved(target(kernel), reals, pairs), found, rtol=2e-3), (kernel, reals, pairs)
    assert np.isclose(evolved(target("power-law"), 4, 0), error("power-law", 4, "real"), rtol=2e-3)


def check_the_best_decaying_exponentials_have_met_at_one_rate() -> None:
    """24 of them: no two groups of 12 rates, and no even spacing, leave less; that on [.3, .8] leaves 23.7 %."""
    K, lam = target("delay"), saved_fit("delay", 24, "real").lam
    assert np.ptp(lam) < 0.02
    assert np.isclose(memory.project(K, np.full(24, 0.575)).error, error("delay", 24, "real"), rtol=2e-3)
    assert np.isclose(memory.project(K, np.linspace(0.3, 0.8, 24)).error, 0.2374, atol=1e-4)
    ends = np.linspace(0.3, 0.9, 13)
    pairs = [(low, high) for low in ends for high in ends if low < high]
    others = [memory.project(K, np.linspace(*pair, 24)).error for pair in pairs]
    others += [memory.project(K, np.repeat(pair, 12)).error for pair in pairs]
    assert min(others) > error("delay", 24, "real")


def check_the_chain_makes_that_kernel_with_small_weights_and_plain_powers_do_not() -> None:
    """The weights of the chain's units, h_t = λ h_{t-1} + x_t: √(1 - λ²) times those of their modes."""
    K, lam, near = target("delay"), saved_fit("delay", 24, "real").lam, np.linspace(0.55, 0.6, 24)
    assert np.abs(memory.project(K, lam).weights * np.sqrt(1 - lam**2)).max() < 2
    assert memory.fit(K, near).error > 0.4 > 0.19 > memory.project(K, near).error


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
