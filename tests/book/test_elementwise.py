"""The chapter's experiments: exact gradients agree with `bptt`, students of a seed start as one function."""

import numpy as np
import pytest

from minirnn import BlockRNN, LinearRNN, bptt
from minirnn.theory.population import impulse, kernel_loss
from tests.conftest import ROOT

SAME = ["dense", "2×2", "diagonal", "+ γ", "LRU", "skew", "dense, scaled", "2×2, scaled", "diagonal, scaled"]


@pytest.fixture(autouse=True)
def book_on_path(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book"))


@pytest.mark.parametrize("architecture", [*SAME, "paper"])
def test_the_students_gradients_are_those_of_bptt(architecture):
    from experiments.elementwise import students

    K, params = students.teacher_kernel(0.9, 0), students.start(architecture, 0.9, 0)
    L, gradient = students.gradient_of(architecture)(params, K)
    plain = architecture.partition(", ")[0]
    cell = {"2×2": BlockRNN(1, 32), **students.CELLS}.get(plain, LinearRNN(1, 64))
    zeros = {key: np.zeros(shape) for key, shape in cell.shapes().items() if key == "b"}
    whole = params | zeros | {"c_out": np.zeros(1)}
    if plain == "2×2":
        whole["W"] = params["W"].reshape(-1, 2, 2)
    E, slow = bptt(cell, whole, impulse(students.T), kernel_loss(K[:, None, None]))
    assert pytest.approx(E, rel=1e-10) == L
    for key, value in gradient.items():
        np.testing.assert_allclose(value.ravel(), slow[key].ravel(), rtol=1e-6, atol=1e-9 * np.abs(slow[key]).max())


def test_students_of_a_seed_start_as_one_function():
    from experiments.elementwise import students

    K = students.teacher_kernel(0.99, 1)
    losses = {name: students.gradient_of(name)(students.start(name, 0.99, 1), K)[0] for name in SAME}
    for name in ("2×2", "diagonal", "skew"):
        assert losses[name] == pytest.approx(losses["dense"], rel=1e-9)
    for name in ("LRU", "dense, scaled", "2×2, scaled", "diagonal, scaled"):
        assert losses[name] == pytest.approx(losses["+ γ"], rel=1e-9)


def test_the_papers_dense_student_starts_with_a_short_memory_whatever_the_teachers_is():
    from experiments.elementwise import students

    params = students.start("paper", 0.99, 0)
    sizes = np.abs(np.linalg.eigvals(params["W"]))
    np.testing.assert_allclose(params["W"], students.start("paper", 0.36, 0)["W"])
    assert 0.7 < sizes.max() < 0.9  # tanh of the largest |l|, which is near 1
    assert sizes.min() < 0.3


def test_the_map_of_the_papers_code_has_the_derivatives_that_it_says():
    from experiments.elementwise.angles import TANH

    w, step = TANH.inverse(0.9 * np.exp(0.5j)), 1e-6
    for k, slope in enumerate(TANH.derivatives(*w)):
        ahead, behind = (TANH(*(value + sign * step * (i == k) for i, value in enumerate(w))) for sign in (1, -1))
        assert (ahead - behind) / (2 * step) == pytest.approx(slope, rel=1e-6)


def test_teachers_have_unit_variance_and_the_memory_that_was_asked_for():
    from experiments.elementwise import students

    K = students.teacher_kernel(0.99, 0)
    assert (students.WEIGHT * K**2).sum() == pytest.approx(1.0)
    lam = students.stretched(np.array([0.2 + 0.1j, -3j]), 0.99)
    assert (np.abs(lam) > 0.99).all()
    assert (np.abs(lam) < 1).all()
    np.testing.assert_allclose(np.angle(lam), np.angle([0.2 + 0.1j, -3j]))


def test_drawn_targets_are_the_teachers_outputs():
    from experiments.elementwise import sampled_inputs, students

    K, X = students.teacher_kernel(0.9, 0), np.random.default_rng(0).standard_normal((students.T, 2, 1))
    y = sampled_inputs.targets(K, X)
    np.testing.assert_allclose(y[50, :, 0], K[50::-1] @ X[:51, :, 0], atol=1e-12)


def test_dense_and_diagonal_coordinates_describe_one_function():
    """At short memory their Hessians need not be alike, but both have rank 2n + 1."""
    from experiments.elementwise import hessians

    for nu0 in hessians.MEMORIES:
        for seed in range(3):
            for coordinates in ("dense", "diagonal"):
                values, _ = hessians.spectrum(hessians.hessian(coordinates, nu0, seed))
                assert (values > 1e-9 * values[0]).sum() == 9


def test_a_step_of_a_remedy_ends_where_its_coordinates_and_slopes_say():
    from experiments.elementwise.remedies import REMEDIES

    nu, theta, step = 0.9, 0.6, 1e-6
    for one in REMEDIES.values():
        w1, w2 = one.coordinates(np.array(nu), theta)
        assert one.lam(w1, w2) == pytest.approx(nu * np.exp(1j * theta))
        along1, along2 = one.slopes(np.array(nu), theta)
        assert (one.lam(w1 + step, w2) - one.lam(w1 - step, w2)) / (2 * step) == pytest.approx(along1, rel=1e-6)
        assert (one.lam(w1, w2 + step) - one.lam(w1, w2 - step)) / (2 * step) == pytest.approx(along2, rel=1e-6)


@pytest.mark.parametrize("tau", [2, 20, 100])
def test_the_landscapes_words_have_the_numbers_of_its_titles(tau):
    from explorables.elementwise import landscape

    facts = landscape.compute(tau, "exponential", 0.0)
    within = [ax.get_title(loc="left").partition("within ")[2] for ax in landscape.draw(facts).axes]
    assert all(f"within {room} " in landscape.words(facts) for room in within)


def test_a_bent_spoke_keeps_its_parameter_and_meets_the_one_of_the_other_sign():
    from experiments.elementwise.remedies import REMEDIES
    from explorables.elementwise.disc import bent_spokes

    for w2, line, other in zip((1, 2, 4, 8, 16), bent_spokes()[::2], bent_spokes()[1::2], strict=True):
        inner = line[:-1]  # the last point is on the circle
        assert np.allclose(REMEDIES["optimal"].coordinates(np.abs(inner), np.angle(inner))[1], w2)
        assert np.isclose(line[0], other[0])
        assert np.isclose(line[-1], 1)


def test_lost_is_what_the_text_calls_lost():
    """More than a tenth unexplained, and so the dense student's third seed at the longest memory."""
    from explorables.elementwise import tables

    ends = np.tile(np.array([1e-3, 1e-3, 0.88, 1e-3, 1e-3]), (2, 1))
    assert tables.median_and_lost(ends) == "1.0·10<sup>−3</sup>, 1 of 5 lost"
