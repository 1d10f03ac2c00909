"""Small systems that a page computes to the last bit as Python does: they are the library's."""

from typing import Any

import numpy as np
import pytest

from experiments.chaos import lstm_scales
from experiments.chaos.orbit_windows import BINS, SYSTEMS, attractor, columns, strokes, window
from experiments.chaos.partings import CELLS
from experiments.chaos.to_the_bit import run
from experiments.record import load
from explorables.chaos import part
from minirnn.dynamics import maps
from minirnn.dynamics.orbits import attractors, orbit

SCALES = np.array([0.6, 1.0, 1.3, 1.9])
SYSTEM: dict[str, Any] = {
    "LSTM": lstm_scales.lstm(SCALES)[0],
    "GRU": lstm_scales.gru(SCALES)[0],
    "logistic": maps.logistic(2 * SCALES),
}


@pytest.mark.parametrize("name", SYSTEM)
def test_a_step_and_its_jacobian_are_those_of_the_library(name: str) -> None:
    small, system, rng = (CELLS | SYSTEMS)[name], SYSTEM[name], np.random.default_rng(0)
    H, V = rng.uniform(0.1, 0.9, (small.n, 4)), rng.standard_normal((small.n, 4))
    after, local = small.step(SCALES, H)
    assert np.allclose(after.T, system.step(0, H.T), rtol=0, atol=1e-14)
    product = next(iter(system.products(0, np.array([H.T, after.T]))))
    assert np.allclose(small.turn(SCALES, local, V).T, product(V.T[..., None])[..., 0], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", SYSTEM)
def test_an_orbit_is_the_librarys_as_long_as_chaos_lets_one_tell(name: str) -> None:
    """Roundings of 1e-15 grow by e^0.7 a step at most."""
    small, steps = (CELLS | SYSTEMS)[name], 20
    states, _ = run(small, SCALES, 0, steps)
    right = orbit(SYSTEM[name], np.full((4, small.n), small.start), steps)
    assert np.abs(states.transpose(0, 2, 1) - right).max() < 1e-15 * np.exp(0.7 * steps)


def test_beyond_that_its_exponents_are_those_of_the_record() -> None:
    """Of an LSTM at scales of the record, with what it says of their errors; longer runs than the figure's."""
    r = load("lstm_scales")["results"]
    few = np.arange(0, len(r["exponent"]), 250)
    _, rates = run(SYSTEMS["LSTM"], np.linspace(0.5, 2, len(r["exponent"]))[few], 2000, 2000)
    saved, errors = (np.array(r[key])[few] for key in ("exponent", "error"))
    settled = np.array(r["kind"])[few] != "undecided"
    assert np.abs(rates - saved)[settled].max() < 0.03
    assert (np.abs(rates - saved) < 5 * errors * np.sqrt(2) + 3e-3)[settled].all()


def test_known_exponents_of_the_logistic_map() -> None:
    """ln 2 at r = 4, ln|2 - r| at a fixed point, none at r = 2, whose fixed point is ½."""
    _, rates = run(SYSTEMS["logistic"], np.array([2.0, 1.4, 1.0]), 1000, 20_000)
    assert rates[:2] == pytest.approx([np.log(2), np.log(0.8)], abs=5e-3)
    assert rates[2] < -30  # what rounding leaves


def test_attractors_are_those_of_the_library() -> None:
    scales = np.array([0.5, 0.8, 0.9, 1.0, 1.08, 1.5, 1.75])
    there = [a.period for a in attractors(*lstm_scales.lstm(scales), T=3000)]
    assert [attractor("LSTM", float(s)).period for s in scales] == there
    assert [attractor("logistic", s).period for s in (1.4, 1.6, 1.75, 2.0)] == [1, 2, 4, 0]


def test_a_window_lies_within_the_diagram_and_its_strokes_are_where_states_are() -> None:
    assert window("LSTM", 1, 0.5, 0)[:4] == pytest.approx((0.5, 2, -0.3, 0.65))
    left, right, _, high, _ = window("logistic", 10, 1.99, 100)
    assert (left, right, high) == pytest.approx((1.85, 2, 1))
    values, _ = columns("logistic", 1.59, 1.61, 300)  # a cycle of two
    points = strokes(values, 0.0, 1.0).reshape(-1, 3, 2)
    assert len(points) == 2 * values.shape[1]
    inside = (points[:, 0, 1] <= np.sort(values[-2:].T).ravel()) & (
        np.sort(values[-2:].T).ravel() <= points[:, 1, 1]
    )
    assert inside.all()
    assert strokes(np.array([[0.5]]), 0.6, 0.9).size == 0
    assert strokes(np.array([[0.6], [0.6 + 1.5 * 0.3 / BINS]]), 0.6, 0.9)[:2, 1] == pytest.approx([0, 2 / BINS])


def test_the_figure_does_not_say_never() -> None:
    """With λ₁ > 0 they part, if one waits."""
    facts = part.compute(1.1, -14.0, "LSTM")
    assert facts.exponent > 0.01
    assert part.title(facts) == "Not apart within 120 steps"
    assert "does not exceed 0.1 and" in part.words(facts)


@pytest.mark.parametrize(
    "state", [("LSTM", 1.0, -7.0), ("LSTM", 1.5, -3.0), ("GRU", 1.0, -7.0), ("LSTM", 0.5, -14.0)]
)
def test_no_line_runs_through_the_label_of_the_dotted_one(state: tuple[str, float, float]) -> None:
    """Nor does the upright one at the step at which the two part."""
    cell, s, power = state
    fig = part.draw(part.compute(s, power, cell))
    gap = fig.axes[1]
    fig.canvas.draw()
    (label,) = (text for text in gap.texts if text.get_gid() == "live-slope")
    box = label.get_window_extent()
    for line in gap.get_lines():
        x, y = line.get_transform().transform(line.get_xydata()).T
        if line.get_visible() and len(x) > 1:
            over = np.interp(np.linspace(box.x0, box.x1, 50), x, y, left=np.nan, right=np.nan) if np.ptp(x) else y
            inside = box.x0 < x.min() < box.x1 if not np.ptp(x) else True
            low, high = (over.min(), over.max()) if not np.ptp(x) else (over, over)
            assert not (inside & (high > box.y0) & (low < box.y1)).any(), line.get_gid()
