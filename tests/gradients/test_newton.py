"""States of a whole sequence at once: the same states as the loop's; how many rounds; what it says when it stops."""

from itertools import pairwise

import numpy as np
import pytest

from minirnn import GRU, LSTM, IndRNN, LinearRNN, MinGRU, Stack, VanillaRNN, newton_unroll, unroll
from minirnn.gradients import newton, newton_rounds
from tests.helpers import all_cells, random_params, refused


def tanh_network(g, seed, T, n=16):
    """h = tanh(Wh + Ux) with W ~ N(0, g²/n), U ~ N(0, 1), x ~ N(0, ½²)."""
    rng = np.random.default_rng(seed)
    W, U = rng.standard_normal((n, n)) * g / np.sqrt(n), rng.standard_normal((n, 1))
    return VanillaRNN(1, n), {"W": W, "U": U, "b": np.zeros(n)}, 0.5 * rng.standard_normal((4096, 1, 1))[:T]


def logistic(r, T, guess=0.5, **options):
    f, slope = lambda x: r * x * (1 - x), lambda x, _: r * (1 - 2 * x)
    return newton_rounds(f, slope, np.full((T, 1, 1), guess), np.array([[0.3]]), tol=1e-8, **options)


@all_cells
@pytest.mark.parametrize("jacobian", newton.JACOBIANS)
def test_it_converges_to_the_states_of_the_loop(cell, jacobian):
    """A batch, a start that is not 0, random weights: at most T rounds, whatever stands for the Jacobian."""
    rng = np.random.default_rng(0)
    params, X = random_params(rng, cell), rng.standard_normal((12, 3, cell.m))
    h0 = rng.standard_normal((3, cell.n_state))
    H = unroll(cell, params, X, h0)
    solved = newton_unroll(cell, params, X, h0, jacobian=jacobian)
    assert solved.converged
    assert solved.rounds <= 12
    assert len(solved.residuals) == solved.rounds + 1
    np.testing.assert_allclose(solved.H, H, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("jacobian", newton.JACOBIANS)
@pytest.mark.parametrize("g", [0.8, 3.0])
def test_after_i_rounds_the_first_i_states_are_right(g, jacobian):
    """Causality, where the rest is far off: of a chaotic network, and also where the scan overflows."""
    cell, params, X = tanh_network(g, 0, 600)
    H = unroll(cell, params, X)
    for rounds in (1, 7, 20):
        with np.errstate(all="raise"):
            solved = newton_unroll(cell, params, X, jacobian=jacobian, rounds=rounds)
        np.testing.assert_allclose(solved.H[: rounds + 1], H[: rounds + 1], atol=1e-12)


@pytest.mark.parametrize("T", [40, 64, 300])
@pytest.mark.slow
def test_t_rounds_are_enough_where_iterates_overflow(T):
    """s + e with s = 1e200 is 0 and not f: in that form chaos at r = 4 is not done after T + 2 rounds."""
    solved = logistic(4.0, T)
    assert solved.converged
    assert solved.rounds <= T


@pytest.mark.slow
def test_rounds_of_random_tanh_networks():
    """Medians of the facts, over 5 seeds."""

    def median(g, T, jacobian):
        runs = [newton_unroll(*tanh_network(g, seed, T), jacobian=jacobian, tol=1e-8) for seed in range(5)]
        assert all(run.converged for run in runs)
        return np.median([run.rounds for run in runs])

    assert 4 <= median(0.8, 1024, "full") <= 6
    assert 40 <= median(0.8, 1024, "diagonal") <= 85
    assert 25 <= median(2.0, 64, "full") <= 36


def test_rounds_of_the_logistic_map():
    """λ₁ < 0 at r = 2.8 and 3.5, and the guess decides: right at once, from the fixed point; nearly T rounds else."""
    assert logistic(2.8, 256, 1 - 1 / 2.8).rounds == 4
    assert 50 < logistic(2.8, 256).rounds < 75
    assert 100 < logistic(3.5, 256, within=(0.0, 1.0)).rounds < 160
    assert logistic(4.0, 256, within=(0.0, 1.0)).rounds == pytest.approx(156, abs=8)


def test_errors_square_under_contraction():
    """E_{i+1} <= L_J E_i² / (2 (1 - ρ)), h = tanh(wh + u), with ρ = w and L_J = w² 4/(3√3)."""
    rng, w, T = np.random.default_rng(0), 0.9, 1000
    cell, X = VanillaRNN(1, 1), rng.standard_normal((T, 1, 1))
    params = {"W": np.array([[w]]), "U": np.ones((1, 1)), "b": np.zeros(1)}
    H, E = unroll(cell, params, X), []
    for rounds in range(5):
        E.append(np.abs(newton_unroll(cell, params, X, rounds=rounds, tol=0.0).H - H).max())
    factor = w**2 * 4 / (3 * np.sqrt(3)) / (2 * (1 - w))
    assert all(later <= factor * now**2 for now, later in pairwise(E))
    assert E[2] > 1e-3 > 1e-4 > E[4]


def test_contraction_alone_does_not_make_newton_quick():
    """f' is in [-0.7, 0.9]. From 1.5 Newton's tangents overshoot 0, and the states are right from the left only; with 0
    in place of them the number of rounds does not depend on T."""
    f, slope = lambda h: 0.9 * h - 1.6 * np.tanh(h), lambda h, _: 0.9 - 1.6 * (1 - np.tanh(h) ** 2)

    def rounds(guess, T, slopes):
        return newton_rounds(f, slopes, np.full((T, 1, 1), guess), np.array([[0.1]]), tol=1e-8).rounds

    for T in (64, 256):
        assert rounds(0.5, T, slope) == 4
        assert rounds(1.5, T, slope) > 0.7 * T
        assert rounds(1.5, T, None) == 48


def test_diagonal_jacobians_make_both_methods_one():
    rng, cell = np.random.default_rng(3), IndRNN(2, 8, "tanh")
    params, X = cell.init(rng), rng.standard_normal((400, 2, 2))
    full, diagonal = (newton_unroll(cell, params, X, jacobian=kind) for kind in ("full", "diagonal"))
    assert full.rounds == diagonal.rounds < 10
    np.testing.assert_allclose(full.H, diagonal.H, atol=1e-12)


@pytest.mark.parametrize("cell", [LinearRNN(2, 3), MinGRU(2, 3)], ids=["dense", "gated"])
def test_a_linear_step_needs_one_round(cell):
    rng = np.random.default_rng(4)
    solved = newton_unroll(cell, cell.init(rng), rng.standard_normal((100, 2, 2)), tol=1e-9)
    assert solved.rounds == 1


def test_the_diagonal_is_that_of_the_jacobian_also_of_layers():
    """One round from the same guess, by the definition and by `newton_unroll`."""
    rng = np.random.default_rng(5)
    cell = Stack([LSTM(2, 2), GRU(2, 3)])
    params, X = random_params(rng, cell), rng.standard_normal((9, 2, 2))
    guess, drive = rng.standard_normal((9, 2, cell.n_state)), cell.drive(params, X)

    def slopes(before, after):
        local = cell.linearize(params, drive, before, after)
        J = newton.step_jacobian(cell, params, local, (9, 2), X.dtype)
        return np.einsum("tbii->tbi", J)

    h0 = np.zeros(guess.shape[1:])
    right = newton_rounds(lambda before: cell.step(params, before, drive), slopes, guess, h0, rounds=1)
    found = newton_unroll(cell, params, X, guess=guess, jacobian="diagonal", rounds=1)
    np.testing.assert_allclose(found.H, right.H, atol=1e-13)


def test_a_near_guess_saves_rounds():
    cell, params, X = tanh_network(1.5, 1, 256)
    H = unroll(cell, params, X)
    moved = params | {"b": params["b"] + 1e-6}
    cold, warm = newton_unroll(cell, moved, X), newton_unroll(cell, moved, X, guess=H[1:])
    assert warm.rounds <= 3 < 10 < cold.rounds
    assert newton_unroll(cell, params, X, guess=H[1:]).rounds == 0


def test_what_it_says_when_it_stops():
    cell, params, X = tanh_network(2.0, 0, 128)
    done, short = newton_unroll(cell, params, X), newton_unroll(cell, params, X, rounds=5)
    assert (done.reason, done.converged, short.reason, short.converged) == (
        "converged",
        True,
        "rounds used up",
        False,
    )
    assert done.residuals[-1] < 1e-11 < 1e-3 < short.residuals[-1]
    assert short.rounds == 5
    steep = {"W": np.full((1, 1), 1e4), "U": np.ones((1, 1)), "b": np.ones(1)}
    X = np.ones((100, 1, 1))
    beyond = newton_unroll(LinearRNN(1, 1), steep, X)  # 10^400 is inf, and so are states of the loop
    assert beyond.reason == "overflow"
    assert np.isfinite(beyond.H).all()
    np.testing.assert_allclose(beyond.H[:70], unroll(LinearRNN(1, 1), steep, X)[:70], rtol=1e-12)
    huge = VanillaRNN(1, 1), {"W": np.zeros((1, 1)), "U": np.full((1, 1), 1e200), "b": np.zeros(1)}
    assert (
        newton_unroll(*huge, np.full((3, 1, 1), 1e200)).H[-1] == 1
    )  # a drive that is inf is no warning, as in the loop


@pytest.mark.slow
def test_clipped_iterates_keep_what_is_right_and_overflow_nowhere():
    cell, params, X = tanh_network(2.0, 0, 256)
    free, clipped = newton_unroll(cell, params, X), newton_unroll(cell, params, X, within=(-1.0, 1.0))
    assert clipped.converged
    assert clipped.rounds < free.rounds
    assert np.isfinite(clipped.residuals).all()


def test_damping_lies_between_newton_and_fixed_point_iteration():
    """Along the guess ½ at r = 2.8 the slopes are -1.12: nine tenths of them still explode, eight tenths do not."""
    counts = {k: logistic(2.8, 256, damping=k).rounds for k in (0.0, 0.1, 0.2, 0.5, 1.0)}
    assert counts[0.2] < 20 < counts[0.0]
    assert (
        counts[0.2]
        < counts[0.5]
        < counts[1.0]
        == newton_rounds(
            lambda x: 2.8 * x * (1 - x), None, np.full((256, 1, 1), 0.5), np.array([[0.3]]), tol=1e-8
        ).rounds
    )
    cell, params, X = tanh_network(3.0, 0, 600)
    H = unroll(cell, params, X)
    for jacobian in ("full", "diagonal"):
        solved = newton_unroll(cell, params, X, jacobian=jacobian, damping=0.3, rounds=20)
        np.testing.assert_allclose(solved.H[:21], H[:21], atol=1e-12)
    with refused(ValueError, "damping must be", "1.5"):
        newton_unroll(cell, params, X, damping=1.5)


def test_a_small_residual_is_not_a_small_error():
    """A chaotic network: residuals of 1e-8 everywhere, and states that are wrong by more than a half."""
    cell, params, X = tanh_network(3.0, 0, 256)
    solved = newton_unroll(cell, params, X, tol=1e-8)
    assert solved.converged
    assert np.abs(solved.H - unroll(cell, params, X)).max() > 0.5


def test_float32_stays_float32():
    cell, params, X = tanh_network(0.8, 0, 200)
    single = {key: p.astype(np.float32) for key, p in params.items()}
    for jacobian, damping in [*zip(newton.JACOBIANS, (0.0, 0.0, 0.0), strict=True), ("full", 0.2)]:
        solved = newton_unroll(cell, single, X.astype(np.float32), jacobian=jacobian, damping=damping)
        assert solved.converged
        assert solved.H.dtype == np.float32
        np.testing.assert_allclose(solved.H, unroll(cell, params, X), atol=1e-4)


def test_arguments_that_do_not_fit():
    cell, params, X = tanh_network(0.8, 0, 20)
    with refused(ValueError, "jacobian must be one of full, diagonal, none", "'quasi'"):
        newton_unroll(cell, params, X, jacobian="quasi")
    with refused(ValueError, "guess must be (20, 1, 16)", "(21, 1, 16)"):
        newton_unroll(cell, params, X, guess=unroll(cell, params, X))
    with refused(ValueError, "rounds must be an integer >= 0", "-1"):
        newton_unroll(cell, params, X, rounds=-1)
    with refused(ValueError, "within must be (low, high) with low < high", "(1, -1)"):
        newton_unroll(cell, params, X, within=(1, -1))
    with refused(TypeError, "within must be (low, high)", "float"):
        newton_unroll(cell, params, X, within=1.0)
    guess, h0 = np.zeros((5, 1, 2)), np.zeros((1, 2))
    with refused(ValueError, "f must return (5, 1, 2)", "(5, 1)"):
        newton_rounds(lambda s: s[..., 0], None, guess, h0)
    with refused(ValueError, "slopes must return (5, 1, 2) or (5, 1, 2, 2)", "(2, 2)"):
        newton_rounds(lambda s: s + 1, lambda s, _: np.eye(2), guess, h0)
    with refused(ValueError, "read-only"):
        newton_rounds(lambda s: np.multiply(s, 2, out=s), lambda s, _: s, guess, h0)
    with refused(TypeError, "f must return an array of float64, as guess is, got list"):
        newton_rounds(lambda s: s.tolist(), None, guess, h0)
    with refused(TypeError, "slopes must return an array of float64, as guess is, got list"):
        newton_rounds(lambda s: s + 1, lambda s, _: s.tolist(), guess, h0)
    with refused(TypeError, "f must return an array of float32, as guess is, got an array of float64"):
        newton_rounds(lambda s: s + np.float64(1), None, guess.astype(np.float32), h0.astype(np.float32))
