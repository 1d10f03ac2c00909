"""Rounds of Newton's method over a whole sequence, and the quantities that decide their number."""

from functools import cache

import numpy as np

from experiments.elementwise.scans import WAYS
from experiments.parallel import networks
from experiments.parallel import rounds as tanh_rounds
from experiments.parallel import rounds_of_cells as cells
from experiments.parallel.networks import bidiagonal, constant_smallest, logistic_rounds, logistic_states, smallest
from experiments.record import load
from explorables.parallel import conditioning, depth, exponent, guess
from facts import power, ran, thousands
from minirnn import newton_unroll, unroll
from minirnn.dynamics import jacobian
from minirnn.figures.panels import signed
from minirnn.gradients import newton_rounds


def numbers() -> dict[str, str]:
    chaos, five, one_unit = chaotic(), depth.compute(16, 4096, 5), depth.compute(1, 4096, 5)
    return {
        "ill-2": power(constant_smallest(2.0, 32)),
        "calm-64": median(0.8, 64),
        "stretch-64": f"{stretches()[0]:.1f}",
        "stretch-1024": f"{stretches()[1]:.0f}",
        "calm-1024": median(0.8, 1024),
        "edge-1024": with_range(1.5, 1024),
        "edge-64": with_range(1.5, 64),
        "wild-64": median(2.5, 64),
        "wild-1024": median(2.5, 1024),
        "chaos-rounds": str(chaos[0]),
        "chaos-error": f"{chaos[1]:.1f}",
        "near-chaos": str(guess.compute(4.0, "near", 8).needed),
        "half-chaos": str(guess.compute(4.0, "0.5", 8).needed),
        "shifted-35": str(guess.compute(3.5, "shifted", 8).needed),
        "cell-seeds": str(len(cells.SEEDS)),
        "gru-full": f"{np.median(of_cells('GRU', 'full')):.0f}",
        "gru-diagonal": f"{np.median(of_cells('GRU', 'diagonal')):.0f}",
        "indrnn-exponent": signed(float(np.median(large_indrnn("exponent")))),
        "indrnn-large": f"{np.median(large_indrnn('full')):.0f}",
        "depth-ratio": f"{five.depth['loop'] / five.depth['full']:.0f}",
        "work-ratio": f"{five.work['full'] / five.work['loop']:.0f}",
        "depth-processors": thousands(100 * round(five.processors / 100)),
        "work-one": f"{one_unit.work['full'] / one_unit.work['loop']:.0f}",
        "dense-pays": str(pays("loop", "newton", "fixed point")),
        "diagonal-pays": str(pays("IndRNN loop", "IndRNN newton")),
    }


def median(gain: float, T: int, kind: str = "full") -> str:
    """Of the saved tanh networks of 16 units."""
    return f"{np.median(counts(gain, T, kind)):.0f}"


def with_range(gain: float, T: int) -> str:
    """The median, and the least and the most of the five networks."""
    return f"{median(gain, T)} ({counts(gain, T).min()} to {counts(gain, T).max()})"


def counts(gain: float, T: int, kind: str = "full") -> np.ndarray:
    return tanh_rounds.rounds(exponent.record(), 16, T, kind)[tanh_rounds.GAINS.index(gain)]


def of_cells(name: str, kind: str) -> np.ndarray:
    return cells.counts(load("rounds_of_cells")["results"], name, kind)


def large_indrnn(key: str) -> np.ndarray:
    return cells.counts(load("rounds_of_cells")["results"], "IndRNN", key, scale=2.0)


@cache
def chaotic() -> tuple[int, float, float]:
    """Rounds, the largest error and the last residual of a chaotic network of gain 3, 256 steps."""
    cell, params, X = networks.tanh_network(3.0, 0, 256)
    solved = newton_unroll(cell, params, X, tol=networks.TOL)
    return solved.rounds, float(np.abs(solved.H - unroll(cell, params, X)).max()), float(solved.residuals[-1])


@cache
def stretches(steps: int = 32) -> np.ndarray:
    """The largest norm of a product of so many successive Jacobians, in the first 64 steps and in 1024, medians of the
    networks of gain 1.5."""
    largest = []
    for seed in tanh_rounds.SEEDS:
        cell, params, X = networks.tanh_network(1.5, seed, 1024)
        H = unroll(cell, params, X)
        J = jacobian(cell, params, H[:-1], cell.drive(params, X))[:, 0]
        products = np.broadcast_to(np.eye(16), (1025 - steps, 16, 16))
        for i in range(steps):
            products = J[i : i + len(products)] @ products
        norms = np.linalg.norm(products, 2, axis=(1, 2))
        largest.append([norms[: 65 - steps].max(), norms.max()])
    return np.median(largest, axis=0)


def pays(loop: str, *ways: str) -> int:
    """The largest number of units up to which one of the ways is always faster than the loop, 0 if there is none."""
    largest, results = 0, load("payoff")["results"]
    for n, run in zip(results["n"], results["runs"], strict=True):
        if min(run["ms"][way] for way in ways) > run["ms"][loop]:
            break
        largest = n
    return largest


# --- causality and contraction ------------------------------------------------------------------------------------


def check_no_run_needs_more_rounds_than_steps() -> None:
    for gain in tanh_rounds.GAINS:
        for T in tanh_rounds.LENGTHS[16]:
            for kind in exponent.KINDS:
                assert counts(gain, T, kind).max() <= T


def check_the_program_of_the_page_is_the_method_of_the_library() -> None:
    names = ran("parallel", "linear_scan(0.9")
    h, states = 0.0, []
    for x in names["x"]:
        h = np.tanh(0.9 * h + x)
        states.append(h)
    assert np.abs(names["s"] - states).max() < 1e-12
    assert np.abs(names["R"]).max() < 1e-12


def check_errors_stay_below_the_bound_of_the_theorem() -> None:
    """In the first five rounds, as on the page, for slopes between those that it shows."""
    largest_errors = ran("parallel", "linear_scan(0.9", "GRU(m=2", "def largest_errors")["largest_errors"]
    for w in (0.3, 0.5, 0.8, 0.9, 0.99):
        E = largest_errors(w, 6)
        assert (E[1:] <= 4 / 3**1.5 * w**2 / (2 * (1 - w)) * E[:-1] ** 2 + 1e-14).all()


def check_contraction_alone_does_not_make_newton_quick() -> None:
    """Slopes are between -0.7 and 0.9; from 1.5 states become right from the left alone, the others jump from ±16."""
    names = ran("parallel", "linear_scan(0.9", "def shrink")
    slopes = names["its_slope"](np.linspace(-20, 20, 4001), None)
    assert np.allclose([slopes.min(), slopes.max()], [-0.7, 0.9])
    assert 1 < 1024 / names["counts"][0] < 2
    assert names["counts"][1] < 60
    ways = [names[key] for key in ("shrink", "its_slope", "start", "first")]
    late = [newton_rounds(*ways, rounds=made).H[-1].item() for made in (20, 21)]
    assert np.allclose(late, [16, -16]) or np.allclose(late, [-16, 16])


# --- conditioning --------------------------------------------------------------------------------------------------


def check_the_laws_of_the_smallest_singular_value() -> None:
    """Values of another program, for T = 16, 64, 256."""
    for slope, T, value in [(0.5, 16, 0.515017), (0.5, 64, 0.501132), (0.9, 256, 0.100626), (1.1, 64, 4.2827e-4)]:
        assert np.isclose(constant_smallest(slope, T), value, rtol=2e-5)
    for T in (1, 7, 64):
        assert np.isclose(constant_smallest(1.0, T), conditioning.law(1.0, T), rtol=1e-10)
    assert np.isclose(constant_smallest(2.0, 16), conditioning.law(2.0, 16), rtol=1e-6)


def check_the_bounds_of_the_theorem_on_a_chaotic_orbit() -> None:
    """With α and β measured from all products of the orbit's slopes; at r = 4 the rate κ is ln 2 a step."""
    sizes = []
    for T in (16, 32):
        J = 4 * (1 - 2 * np.concatenate([[0.3], logistic_states(4.0, T)[:-1]]))
        sizes.append(smallest(bidiagonal(J[:, None, None])))
        kappa, ratios = np.log(2), []
        for t in range(1, T):
            products = np.abs(np.cumprod(J[t:]))
            ratios += list(products / np.exp(kappa * np.arange(1, len(products) + 1)))
        a, b = max(1.0, *ratios), min(1.0, *ratios)  # α and β
        assert np.expm1(kappa) / np.expm1(kappa * T) / a <= sizes[-1] <= min(1.0, np.exp(-kappa * (T - 1)) / b)
    assert np.isclose(np.log2(sizes[1] / sizes[0]), -16, atol=0.1)


def check_the_inverse_of_k_holds_the_products_of_jacobians() -> None:
    cell, params, X = networks.tanh_network(1.5, 0, 12, n=3)
    H = unroll(cell, params, X)
    J = jacobian(cell, params, H[:-1], cell.drive(params, X))[:, 0]
    inverse = np.linalg.inv(bidiagonal(J)).reshape(12, 3, 12, 3)
    assert np.allclose(inverse[7, :, 4], J[7] @ J[6] @ J[5])
    assert np.isclose(np.linalg.det(bidiagonal(J)), 1)


def check_what_to_notice_about_gain_and_rounds() -> None:
    assert abs(np.median(counts(0.8, 1024)) - np.median(counts(0.8, 64))) <= 1
    assert np.median(counts(2.5, 1024)) > 300
    exponents = tanh_rounds.exponents(exponent.record(), 16)
    assert exponents[tanh_rounds.GAINS.index(2.5)].min() > 0
    assert exponents[tanh_rounds.GAINS.index(1.5)].max() < 0
    assert np.median(counts(1.5, 1024)) > 1.5 * np.median(counts(1.5, 64))
    for gain in (0.5, 0.8, 1.0):  # the diagonal is within a third of nothing at all
        ratio = np.median(counts(gain, 1024, "diagonal")) / np.median(counts(gain, 1024, "none"))
        assert 0.7 < ratio < 1.4


def check_a_small_residual_with_a_large_error() -> None:
    rounds, error, residual = chaotic()
    assert residual < networks.TOL
    assert error > 0.5
    assert rounds < 256


# --- the guess -------------------------------------------------------------------------------------------------------


def check_phases_and_slopes_of_the_logistic_map() -> None:
    half = guess.compute(3.5, "0.5", 8)
    assert guess.T / 2 < half.needed < 0.7 * guess.T
    assert guess.compute(2.8, "0.5", 4).needed > 30
    assert guess.compute(2.8, "fixed point", 4).needed == 4
    assert [guess.compute(r, "near", 2).needed for r in (2.8, 3.5)] == [2, 2]
    assert 0.7 < guess.compute(4.0, "near", 2).needed / guess.compute(4.0, "0.5", 2).needed < 0.8
    assert guess.compute(3.5, "shifted", 8).needed > guess.T / 2
    shifted = guess.first(3.5, "shifted")
    before = np.concatenate([[0.3], shifted[:-1]])
    assert np.abs(shifted - 3.5 * before * (1 - before))[20:].max() < 1e-3
    assert np.isclose(3.5 * 0.5 * 0.5, 0.875)
    assert np.isclose(3.5 * (1 - 2 * 0.875), -2.625)
    assert np.isclose(2.8 * 0.5 * 0.5, 0.7)
    assert np.isclose(2.8 * (1 - 2 * 0.7), -1.12)


def check_the_exponents_that_the_figure_names() -> None:
    for r, value in guess.EXPONENTS.items():
        orbit = logistic_states(r, 60_000)[1000:]
        assert np.isclose(np.log(np.abs(r * (1 - 2 * orbit))).mean(), value, atol=5e-3), r


def check_a_wall_that_walks() -> None:
    """The third exercise: the front advances by one and a half to two steps a round."""
    for r in (3.5, 4.0):
        total = logistic_rounds(r, np.full(200, 0.5), clipped=True).rounds
        assert 1.4 < 200 / total < 2.1


def check_a_near_guess_saves_rounds() -> None:
    names = ran(
        "parallel", "linear_scan(0.9", "GRU(m=2", "from experiments.parallel import networks", "seed=1, T=256"
    )
    assert names["warm"] <= 4 < 12 < names["cold"]


# --- diagonals -------------------------------------------------------------------------------------------------------


def check_where_the_memory_is_on_the_diagonal() -> None:
    full, diagonal, none = (np.median(of_cells("GRU", kind)) for kind in exponent.KINDS)
    assert full < diagonal < none / 3
    assert (of_cells("IndRNN", "full") == of_cells("IndRNN", "diagonal")).all()
    assert np.median(large_indrnn("full")) > 50
    assert np.median(large_indrnn("exponent")) < -0.2


def check_depth_and_work_are_those_of_the_scan() -> None:
    """Joins of the doubling scan, as the chapter on element-wise recurrence counts them: T log₂ T but for the ends."""
    _, joins, levels = WAYS["doubling"](256, 8)
    found = depth.compute(4, 256, 1)
    assert found.depth["full"] == 1 + levels
    assert 0.8 < (joins * 4**3 + 2 * 4**2 * 256) / found.work["full"] <= 1
    assert depth.compute(16, 4096, 100).depth["full"] > 4096 / 4


def check_when_it_pays() -> None:
    assert 1 <= pays("loop", "newton", "fixed point") <= 4
    assert pays("loop", "newton", "fixed point") < pays("IndRNN loop", "IndRNN newton")
