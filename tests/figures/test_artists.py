"""What of a drawing has a name, what a page must know of it, and what a live figure's arguments must be."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.patches import Circle

from minirnn.figures.artists import geometry, live_artists, name_points
from minirnn.figures.controls import Control
from minirnn.figures.explorables import explorable
from minirnn.figures.marks import arrow_outline
from minirnn.figures.panels import readable, side_by_side, single, spoken
from minirnn.figures.svg import compact, drawn
from minirnn.figures.theme import STYLE
from tests.browser.live_demo import demo


def test_geometry_is_where_matplotlib_puts_it() -> None:
    """A log axis, a linear one with another aspect, and the text's place: positions by hand and by matplotlib."""
    fig = demo.draw(**demo.point(demo.start))
    svg, about = drawn(fig), geometry(fig)
    for name, artist in live_artists(fig).items():
        panel = about["panels"][about["artists"][name]["panel"]]
        if name not in ("line", "tip", "powers", "end"):
            continue
        (left, top, width, height), (x0, x1, y0, y1) = panel["box"], panel["limits"]
        ruler = [np.log10 if log else np.asarray for log in panel["log"]]
        x, y = artist.get_xydata().T  # type: ignore[attr-defined]
        px = left + width * (ruler[0](x) - ruler[0](x0)) / (ruler[0](x1) - ruler[0](x0))
        py = top + height - height * (ruler[1](y) - ruler[1](y0)) / (ruler[1](y1) - ruler[1](y0))
        right = artist.axes.transData.transform(np.column_stack([x, y])) * 72 / fig.dpi
        assert np.allclose(px, right[:, 0], atol=1e-3)
        assert np.allclose(py, 3.0 * 72 - right[:, 1], atol=1e-3)
    assert svg.count('id="live-') == len(live_artists(fig)) == len(about["artists"]) == 8
    assert about["artists"]["powers"]["hue"] == about["artists"]["end"]["hue"] == "vanishing"
    assert geometry(side_by_side()[0]) == {}


def one(make: Callable[[Any], Any]) -> Callable[[], Any]:
    def draw() -> Any:
        fig, (left, _) = side_by_side()
        make(left)
        return geometry(fig)

    return draw


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda ax: ax.add_patch(Circle((0, 0), 1, gid="live-a")), TypeError, "live-a: expected a line.*Circle"),
        (lambda ax: [ax.plot([1], [1], gid="live-a") for _ in "12"], ValueError, "live-a: .*got two"),
        (lambda ax: ax.axhline(1, gid="live-a"), ValueError, "live-a: expected the units of its panel"),
        (lambda ax: [ax.plot([1], [1], gid="live-a"), ax.set_yscale("symlog")], ValueError, "symlog"),
    ],
)
def test_what_a_script_cannot_move_is_named(make: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        one(make)()


def live(tmp_path: Path, script: str | None = "", **changes: Any) -> Any:
    if script is not None:
        (tmp_path / "f.js").write_text(script)
    arguments: dict[str, Any] = {
        "words": lambda a: "A.",
        "name": "f",
        "a": [0, 1],
        "live": [str(tmp_path / "f.py")],
    }
    return explorable(lambda a: side_by_side()[0], **arguments | changes)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"script": None}, ValueError, r"live: expected a script beside each module, found no .*f\.js"),
        ({"live": "f.py"}, TypeError, r"live: expected files of modules such as \[__file__\], got 'f.py'"),
        ({"a": [1, 0]}, ValueError, "a: expected growing numbers.*1, 0"),
        ({"a": [1e-6, 1e-3]}, ValueError, "a: expected growing numbers without exponents"),
    ],
)
def test_a_live_figure_that_cannot_be_is_refused(
    tmp_path: Path, changes: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        live(tmp_path, **changes)


@pytest.mark.parametrize("script", ["a </script>", "b <!-- c"])
def test_a_script_cannot_break_out(tmp_path: Path, script: str) -> None:
    with pytest.raises(ValueError, match="f: expected scripts without"):
        live(tmp_path, script).html()


def test_a_continuous_slider_takes_numbers_between_its_ends() -> None:
    control = Control([0.1, 1.0, 10.0], format=".2f", unit="s", continuous=True)
    for value in (0.1, 0.37, 1.0, 9.99, 10.0):
        place = control.index(value)
        assert control.value(place) == value
        assert control.text(place) == f"{value:.2f}\u00a0s"
    assert (control.index(1), control.digits) == (1, 2)
    for value in (0.09, 10.01, float("nan"), "1"):
        with pytest.raises(ValueError, match=r"expected .*0\.10"):
            control.index(value)
    assert Control([-1, 1], continuous=True).text(0.4) == "0", "and not −0"


def test_of_a_named_line_every_point_stays_and_a_named_text_is_a_text() -> None:
    fig, (left, right) = side_by_side()
    for ax, gid in ((left, None), (right, "live-line")):
        ax.plot(np.linspace(0, 1, 500), gid=gid)
    left.set_title("$10^{-5}$ & more").set_gid("live-title")
    with mpl.rc_context(STYLE | {"svg.fonttype": "path"}):
        svg = compact(drawn(fig), "f")
    assert 'id="f-live-line"><path d="' in svg
    assert svg.split('id="f-live-line"><path d="')[1].split('"')[0].count("l") == 499
    assert '10<tspan dy="-.5em" font-size="70%">−5</tspan><tspan dy=".35em"> &amp; more</tspan></text>' in svg


@pytest.mark.parametrize("v", [[3.0, 4.0], [-0.2, 0.1], [0.0, 0.0]])
def test_an_arrow_ends_at_its_tip(v: list[float]) -> None:
    outline = arrow_outline(v, 0.1)
    assert np.allclose(outline[3], v)
    assert np.allclose(outline[0], outline[-1]), "it is closed"
    assert np.allclose((outline[0] + outline[6]) / 2, 0, atol=1e-9), "it begins at the origin"


@pytest.mark.parametrize(
    ("value", "shown", "said"),
    [
        (99.7, "100", "100"),
        (1100.4, "1100", "1100"),
        (0.0012, "0.0012", "0.0012"),
        (0.0, "0", "0"),
        (-2.5, "-2.5", "-2.5"),
        (1.1e5, "$1.1·10^{5}$", "1.1 times ten to the 5"),
        (4e-12, "$4.0·10^{-12}$", "4.0 times ten to the minus 12"),
    ],
)
def test_numbers_are_written_without_e(value: float, shown: str, said: str) -> None:
    assert (readable(value), spoken(value)) == (shown, said)


def test_the_widget_of_a_live_figure_brings_its_script_and_asks_python_for_no_frame() -> None:
    widget = demo.widget
    assert widget._esm.count('(globalThis.gttScripts ??= {})["demo"] = ') == 1
    widget.state = [0.5, 1, 0]
    assert widget.answer == {"state": [0.5, 1, 0]}


def test_each_point_needs_a_name() -> None:
    _, ax = single()
    (marks,) = ax.plot([1, 2], [3, 4], "o")
    with pytest.raises(ValueError, match="names: expected one for each of 2 points, got 1"):
        name_points(marks, ["one"])
