"""What one drags in a panel is what the panel marks: at each end and at the start of a pad's sliders."""

import numpy as np
import pytest

from minirnn.figures.explorables import Explorable
from tests.book.figures import CHAPTERS, figures_of

PADS = {f.name: f for c in CHAPTERS for f in figures_of(c).values() if f.pad and not f.pad.rows}


@pytest.mark.parametrize("name", PADS)
def test_a_mark_stands_where_the_pad_says(name: str) -> None:
    figure = PADS[name]
    assert figure.pad is not None
    keys = [key for key in (figure.pad.x, figure.pad.y) if key]
    for end in ("first", "start", "last"):
        state = list(figure.start)
        for i, (key, control) in enumerate(figure.controls.items()):
            if key in keys and end != "start":
                state[i] = 0 if end == "first" else len(control.values) - 1
        point = figure.point(state)
        assert marked(figure, point, [float(point[key]) for key in keys]), (name, point)


def marked(figure: Explorable, point: dict, place: list[float]) -> bool:
    """Whether a line stands at a place in the pad's panel, or ends there; 0 lies beside a logarithmic axis."""
    assert figure.pad is not None
    axes = figure.job().asked(point)(figure.job().draw).axes[figure.pad.axes]
    if place[0] <= 0 and axes.get_xscale() == "log":
        return True
    for line in axes.get_lines():
        x, y = line.get_xdata(), line.get_ydata()
        last = (x[-1], y[-1]) if len(x) else (np.inf, np.inf)
        if np.allclose(last[: len(place)], place, rtol=0, atol=1e-9):
            return True
    return False
