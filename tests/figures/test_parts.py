"""What figures share: ticks, labels at the ends of lines, marks, layouts."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minirnn.figures.labels import label_ends, spaced
from minirnn.figures.marks import BLUES, band, decade_bar, heat_map, intervals, row_intervals
from minirnn.figures.panels import BOTTOM, LEFT, RIGHT, TOP, WIDTH, side_by_side, single, stacked
from minirnn.figures.theme import color
from minirnn.figures.ticks import decades, plain_ticks, power_of_ten, row_names

places = st.lists(st.floats(-10, 10), min_size=1, max_size=8)


def texts(axis) -> list[str]:
    return [label.get_text() for label in axis.get_ticklabels()]


def test_decades_are_all_the_ticks_of_their_axis():
    _, ax = single()
    ax.loglog([1, 1e4], [1e-6, 1e2])
    decades(ax.yaxis, -6, 2, 2)
    decades(ax.xaxis, 0, 4)
    assert texts(ax.yaxis) == ["$10^{-6}$", "$10^{-4}$", "0.01", "1", "100"]
    assert texts(ax.xaxis) == ["1", "10", "100", "1000", "$10^{4}$"]
    assert len(ax.yaxis.get_minorticklocs()) == 0
    assert np.allclose(ax.get_yticks(), 10.0 ** np.arange(-6, 3, 2))


def test_decades_need_a_logarithmic_axis():
    _, ax = single()
    with pytest.raises(ValueError, match="expected a logarithmic axis, got a linear one"):
        decades(ax.yaxis, -6, 0)


def test_plain_ticks_are_as_they_are_written():
    _, ax = single()
    ax.semilogx([1, 1e5], [-1, 1])
    plain_ticks(ax.xaxis, [2, 50, 0.5, 100_000])
    plain_ticks(ax.yaxis, [-0.5, 0, 0.5])
    assert texts(ax.xaxis) == ["2", "50", "0.5", "100 000"]
    assert texts(ax.yaxis) == ["−0.5", "0", "0.5"]
    assert len(ax.xaxis.get_minorticklocs()) == 0


def test_row_names_run_from_the_top():
    _, ax = single()
    assert row_names(ax, ["tanh", "GRU", "LSTM"]).tolist() == [2, 1, 0]
    assert dict(zip(texts(ax.yaxis), ax.get_yticks(), strict=True)) == {"tanh": 2, "GRU": 1, "LSTM": 0}


@given(places, st.floats(0.01, 5))
def test_spaced_places_keep_their_order_and_their_distance(given_places: list[float], gap: float):
    moved = spaced(given_places, gap)
    assert (np.diff(np.sort(moved)) >= gap - 1e-9).all()
    order = np.argsort(given_places, kind="stable")
    assert (np.diff(moved[order]) >= gap - 1e-9).all()


@given(places)
def test_places_far_enough_from_each_other_stay(given_places: list[float]):
    apart = np.cumsum(np.abs(given_places) + 1)
    assert np.allclose(spaced(apart, 1.0), apart)


def test_places_move_as_little_as_possible():
    assert np.allclose(spaced([3.0, 3.0, 3.0], 1.0), [2, 3, 4])
    assert np.allclose(spaced([0.0, 0.0, 10.0, 10.5], 1.0), [-0.5, 0.5, 9.75, 10.75])


def test_labels_stand_at_the_ends_and_never_on_each_other():
    fig, ax = single(beside=1.0)
    ax.set_yscale("log")
    ax.plot([0, 1], [1, 1e-3], label="steep", color=color("vanishing"))
    ax.plot([0, 1, 2], [1, 1.1e-3, np.nan], label="the same", color=color("line"))
    ax.plot([0, 1], [1, 1e9], label="away")
    ax.plot([0, 1], [1, 1])
    ax.set(xlim=(0, 1), ylim=(1e-4, 1e2))
    label_ends(ax)
    fig.canvas.draw()
    boxes = {text.get_text(): text.get_window_extent() for text in ax.texts}
    assert list(boxes) == ["steep", "the same", "away"]
    assert not boxes["steep"].overlaps(boxes["the same"])
    panel = ax.get_window_extent()
    assert all(box.x0 > panel.x1 for box in boxes.values())
    assert abs((boxes["away"].y0 + boxes["away"].y1) / 2 - panel.y1) < 2
    assert [text.get_color() for text in ax.texts][:2] == [color("vanishing"), color("muted")]


def test_labels_need_labelled_lines():
    _, ax = single()
    ax.plot([0, 1])
    with pytest.raises(ValueError, match="expected lines that were drawn with label="):
        label_ends(ax)


def test_marks_take_their_hue_from_the_palette():
    _, (ax, rows) = side_by_side()
    band(ax, [0, 1], [0, 0], [1, 1], "critical")
    intervals(ax, [0, 1], [0.5, 0.5], [0, 0], [1, 1], "exploding")
    row_intervals(rows, 0.5, 0, 0.2, 0.8, "exploding")
    assert [line.get_color() for line in (*ax.get_lines(), *rows.get_lines())] == [color("exploding")] * 2
    (segment,) = rows.collections[0].get_segments()
    assert segment.tolist() == [[0.2, 0], [0.8, 0]]


def test_a_heat_map_and_its_scale():
    fig, ax = single()
    image = heat_map(ax, np.array([[-4.0, 0], [np.nan, 4]]), -4, 4, extent=(0.5, 2.5, 0.5, 2.5))
    decade_bar(image, [-4, 0, 4], (0.5, 0.2, 0.4, 0.04))
    fig.canvas.draw()
    (scale,) = ax.child_axes
    assert texts(scale.xaxis) == [power_of_ten(e) for e in (-4, 0, 4)]
    assert image.get_array().mask.sum() == 1
    assert heat_map(ax, np.eye(2), 0, 1, colors=BLUES, origin="upper").get_clim() == (0, 1)


def test_layouts_keep_the_room_that_is_asked_for():
    fig, ax = single(3.0, beside=1.2)
    box = ax.get_position()
    assert np.allclose(
        [box.x0 * WIDTH, box.y0 * 3, (1 - box.x1) * WIDTH, (1 - box.y1) * 3], [LEFT, BOTTOM, 1.2, TOP]
    )
    fig, row = side_by_side(widths=(1, 2, 1), between=0.5)
    boxes = [one.get_position() for one in row]
    assert np.allclose([(b.x0 - a.x1) * WIDTH for a, b in pairwise(boxes)], 0.5)
    assert np.isclose((1 - boxes[-1].x1) * WIDTH, RIGHT)
    fig, (top, below) = stacked(heights=(2, 1), between=0.6)
    assert np.isclose((top.get_position().y0 - below.get_position().y1) * fig.get_figheight(), 0.6)
    assert np.isclose(top.get_position().height / below.get_position().height, 2)
    assert top.get_shared_x_axes().joined(top, below)
