"""Known answers of the chapter on learning without going back that its experiments must have."""

import sys

import numpy as np
import pytest

from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "book"))  # as for a chapter's kernel

from experiments.forwards import henon_forcing, hidden_forcing, lorenz_forcing, online_cost, pulled, pupils
from experiments.forwards.models import Leaky, Shallow
from experiments.record import load
from explorables.forwards import align
from minirnn import bptt
from minirnn.gradients import referee
from minirnn.learning import StateError, forced_inputs
from tests.helpers import distance


@pytest.mark.parametrize("cell", [Leaky(2, 3, a=0.3), Shallow(1, 2, hidden=4), Shallow(1, 2, residual=True)])
def test_the_cells_of_the_chapter_keep_the_contract(cell):
    referee.check(cell)


@pytest.mark.parametrize("lesson", [henon_forcing.LESSON, hidden_forcing.LESSON], ids=["all seen", "one seen"])
@pytest.mark.parametrize("how", [{"alpha": 0.3}, {"every": 3}])
def test_networks_side_by_side_have_the_gradients_of_each_alone(lesson, how):
    rng, seen = np.random.default_rng(0), lesson.pupil.observed
    each = [lesson.cell.init(rng) for _ in range(3)]
    params = {key: np.stack([np.atleast_2d(p[key]) for p in each]) for key in each[0]}
    windows = rng.standard_normal((lesson.L + 1, 3, lesson.B, seen))
    E, gradient = pupils.gradients(lesson, params, windows, how)
    for s, p in enumerate(each):
        loss = StateError(np.ascontiguousarray(windows[1:, s]))
        alone = bptt(lesson.pupil, p, forced_inputs(np.ascontiguousarray(windows[:, s]), **how), loss)
        assert E[s] == pytest.approx(alone[0], rel=1e-12)
        assert distance({key: g[s].reshape(p[key].shape) for key, g in gradient.items()}, alone[1]) < 1e-10


def test_bytes_of_the_table():
    kept = {T: online_cost.numbers(32, 4, T) for T in (100, 1000, 10_000, 1_000_000)}
    assert [8 * kept[T]["BPTT"] for T in (100, 1000)] == [25_600, 256_000]
    assert [8 * kept[T]["checkpoints"] for T in (100, 10_000, 1_000_000)] == [5120, 51_200, 512_000]
    assert {8 * k["RTRL"] for k in kept.values()} == {303_104}
    assert {(8 * k["UORO"], 8 * k["SnAp-1"], 8 * k["traces"]) for k in kept.values()} == {(9728, 9472, 1536)}


def test_strengths_of_known_systems():
    """Within 0.002 of those of a second program."""
    for name, known in {
        "logistic": (0.5, 0.5, 0.75),
        "Hénon": (0.342, 0.5165, 0.733),
        "Lorenz": (0.009, 0.0415, 0.119),
    }.items():
        s = pulled.strengths(name)
        assert np.allclose([s["threshold"], s["geometric"], s["max"]], known, atol=2e-3)


def test_alignment_is_that_of_a_second_program():
    """Means of five networks of the same kind, from other random numbers."""
    known = {0.5: (0.97, 0.98, 0.28), 0.9: (0.86, 0.87, 0.21), 1.2: (0.75, 0.76, 0.15), 1.5: (0.53, 0.54, 0.09)}
    for row in load("alignment")["results"]:
        if row["cell"] == "tanh" and row["lag"] == 10 and row["gain"] in known:
            ours = [np.mean(row[name][0]) for name in ("K = 1", "SnAp-1", "one draw")]
            assert np.allclose(ours, known[row["gain"]], atol=0.1)


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_henon_is_learned_with_enough_forcing_and_not_without(noise):
    results = load("henon_forcing")["results"]
    for mode, learned in (("free", False), ("free, clipped", False), ("τ = 15", False), ("α = 0.1", False)):
        assert max(pupils.line(results, mode, noise)["exponent"]) < 0.1
        assert (min(pupils.line(results, mode, noise)["divergence"]) < 4) == learned
    for mode in ("τ = 2", "α = 0.6"):
        assert min(pupils.line(results, mode, noise)["exponent"]) > 0.25
        assert max(pupils.line(results, mode, noise)["divergence"]) < 4
    assert np.median(pupils.line(results, "full", noise)["exponent"]) > 0.35


def test_lorenz_is_learned_with_the_strength_of_the_largest_norm():
    results = load("lorenz_forcing")["results"]
    enough, full, clipped = (
        np.array(pupils.line(results, mode, 0.1)["divergence"]) for mode in ("α = 0.45", "full", "free, clipped")
    )
    assert enough.max() < full.min()
    assert enough.max() < 0.5 * clipped.min()
    assert lorenz_forcing.LESSON.every * pulled.SYSTEMS["Lorenz"].exponent == pytest.approx(0.045, abs=1e-3)


def test_the_description_of_alignment_names_the_rows_of_its_picture():
    told = align.words(align.compute("tanh", 2.0, 10))
    assert all(f"{align.NAMES.get(name, name)} " in told for name in align.SHOWN)
    assert "K = 100 " not in told
