"""A live figure for the tests: all that a script can move."""

import numpy as np
from matplotlib.figure import Figure

from minirnn.figures.explorables import Control, explorable
from minirnn.figures.marks import arrow_outline
from minirnn.figures.panels import readable, side_by_side, spoken
from minirnn.figures.theme import color, styled

STEPS = np.arange(11)


@styled
def draw(slope: float, base: float, kind: str) -> Figure:
    hue = "vanishing" if base < 1 else "exploding"
    fig, (plane, powers) = side_by_side(3.0)
    plane.plot([0, slope], [-1, -1], color=color("ink"), gid="live-bare")[0].set_visible(kind == "bare")
    plane.plot([-1, 1], [-slope, slope], color=color("ink"), gid="live-line")
    plane.fill(*arrow_outline([1, slope], 0.1).T, color=color("critical"), lw=0, gid="live-arrow")
    plane.plot(1, slope, "o", ms=8, mfc=color("paper"), mec=color("ink"), gid="live-tip")
    note = plane.text(1, slope, f"{kind} & <{slope:.2f}>", ha="right", va="top", gid="live-note")
    note.set_visible(kind == "named")
    plane.set(xlim=(-2, 2), ylim=(-2, 2), aspect="equal")
    powers.semilogy(STEPS, base**STEPS, color=color(hue), gid="live-powers")
    powers.plot(10, base**10, "o", color=color(hue), gid="live-end")
    powers.set(xlim=(0, 10), ylim=(1e-8, 1e8))
    powers.set_title(f"At step 10: {readable(base**10)}\nat step 5: {readable(base**5)}, after").set_gid(
        "live-title"
    )
    return fig


def words(slope: float, base: float, kind: str) -> str:
    return f"A line of slope {slope:.2f}. The power is {spoken(base**10)} at step 10; it is {kind}."


demo = explorable(
    draw,
    words=words,
    name="demo",
    slope=Control([-1.5, -0.5, 0.5, 1.5], format=".2f", unit="steps"),
    base=Control([0.2, 1.0, 5.0], format=".3f", play=True),
    kind=["named", "bare"],
    start={"slope": 0.5, "base": 0.2},
    states={"past one": {"base": 2.5}},
    live=[__file__],
)
