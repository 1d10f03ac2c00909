"""Python as the referee of live figures: what a script shows in a page is compared with what Python computes and draws.

Positions may differ by 0.05 points, texts by nothing. Where a figure magnifies rounding, so that Python itself draws
something else when its sliders move by a few roundings, nothing can be compared: such parts are counted.
"""

import re
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from matplotlib.text import Text

from minirnn.figures.artists import HUES, live_artists
from minirnn.figures.explorables import Explorable
from minirnn.figures.frames import said
from minirnn.figures.theme import STYLE, use_book_font

TOLERANCE, NUDGE = 0.05, 1e-11

# What each name shows: the numbers of its path or marks, its text, its hue, and the text alternative.
LOOK = """async ([name, states]) => {
  const figure = document.getElementById(name);
  const shown = (e) => e.style.display !== "none";
  const look = (part, { group, path, joined, mark, marks, lines, shifts }) => {
    const place = (e) => [Number(e.getAttribute("x")), Number(e.getAttribute("y"))];
    const d = path ? [...path.getAttribute("d").matchAll(/-?[\\d.]+(e-?\\d+)?/g)].map((m) => Number(m[0])) : [];
    const begins = joined ? [...joined.getAttribute("d").matchAll(/M(-?[\\d.]+) (-?[\\d.]+)/g)] : [];
    const joint = begins.filter((_, i) => i % mark.length === 0)
      .flatMap((m) => [m[1] - mark[0][0], m[2] - mark[0][1]]);
    const style = (path ?? joined ?? marks[0] ?? lines[0]).getAttribute("style");
    const anchor = lines.length === 1 ? place(lines[0]).map((v, i) => v - shifts[0][i]) : [];
    return {
      visible: shown(group),
      points: lines.length ? anchor : path ? d : joined ? joint : marks.filter(shown).flatMap(place),
      text: lines.map((e) => e.textContent).join("\\n"),
      hues: [...style.matchAll(/--gtt-(\\w+)/g)].map((m) => m[1]).filter((h) => h !== "paper"),
    };
  };
  const busy = () => figure.querySelector("[aria-busy]") || figure.live.runs?.isLate;
  const looks = [];
  for (const values of states) {
    if (values) figure.moveTo(values);
    for (let waits = 0; busy(); waits++) { // for a worker
      if (waits === 5000) throw Error(`${name}: expected an answer of the worker within 10 s, got none`);
      await new Promise((ready) => setTimeout(ready, 2));
    }
    figure.live.settle();
    const parts = Object.entries(figure.live.artists).map(([part, copies]) => {
      const [first, ...others] = copies.map((artist) => JSON.stringify(look(part, artist)));
      if (others.some((other) => other !== first)) throw Error(`${name}: a column shows another ${part}`);
      return [part, JSON.parse(first)];
    });
    looks.push({ values: figure.values(), words: figure.alt ?? figure.told, parts: Object.fromEntries(parts) });
  }
  return looks;
}"""


SURE = 20  # reports of a run: from some later one on, rounding decides


def stored_points(figure: Explorable) -> list[dict[str, Any]]:
    """Those of all states; of a run the first reports."""
    works = [name for name, c in figure.controls.items() if c.work]
    return [point | {name: min(point[name], SURE) for name in works} for point in figure.points()]


def random_points(figure: Explorable, count: int = 20) -> list[dict[str, Any]]:
    """Points anywhere between the ends of the sliders; of a run, on its first reports."""
    rng = np.random.default_rng(1)
    sliders = figure.controls.items()
    draw = {k: rng.uniform(0, len(c.values) - 1, count) for k, c in sliders}
    draw |= {k: rng.uniform(0, c.index(SURE), count) for k, c in sliders if c.work}
    return [
        {k: c.value(draw[k][i] if c.continuous else round(draw[k][i])) for k, c in sliders} for i in range(count)
    ]


def expected(figure: Explorable, point: dict[str, Any]) -> dict[str, Any]:
    """The same of what Python draws at a point."""
    use_book_font()
    with mpl.rc_context(STYLE):
        asked = figure.job().asked(point)
        words, drawn = asked(figure.words), asked(figure.draw)
    for axes in drawn.axes:
        axes.apply_aspect()
    return {
        "words": said(words),
        "parts": {name: part(drawn, artist) for name, artist in live_artists(drawn).items()},
    }


def part(drawn: Figure, artist: Any) -> dict[str, Any]:
    """What one artist shows."""
    text, units = "", np.empty((0, 2))
    if isinstance(artist, Text):
        text = re.sub(r"\^\{(.*?)\}", lambda m: m[1].replace("-", "−"), artist.get_text().replace("$", ""))
        hue, units = artist.get_color(), units if "\n" in text else np.array([artist.get_position()])
    elif isinstance(artist, Line2D):
        is_mark = artist.get_marker() != "None"
        hue, units = artist.get_markeredgecolor() if is_mark else artist.get_color(), artist.get_xydata()
    else:
        hue, units = (
            artist.get_facecolor() if not artist.get_linewidth() else artist.get_edgecolor(),
            artist.get_xy(),
        )
    units = np.asarray(units)[np.isfinite(units).all(axis=1)]
    transform = artist.axes.transData if not isinstance(artist, Text) else artist.get_transform()
    places = transform.transform(units) * 72 / drawn.dpi if len(units) else np.empty((0, 2))
    points = np.column_stack([places[:, 0], 72 * drawn.get_size_inches()[1] - places[:, 1]]).ravel()
    about = {"visible": artist.get_visible(), "closed": isinstance(artist, Polygon)}
    return about | {"points": points, "text": text, "hue": HUES.get(to_hex(hue), "")}


def differences(seen: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    """By name what differs; a name "words" for the text alternative. The largest distance, in points, is "distance"."""
    wrong: dict[str, Any] = {} if seen["words"] == right["words"] else {"words": (seen["words"], right["words"])}
    largest = 0.0
    for name, part in right["parts"].items():
        shown = seen["parts"][name]
        if shown["visible"] != part["visible"]:
            wrong[name] = f"visible {shown['visible']}"
        if not part["visible"] or name in wrong:
            continue
        if shown["text"] != part["text"]:
            wrong[name] = (shown["text"], part["text"])
        if part["hue"] and {*shown["hues"]} != {part["hue"]}:
            wrong[name] = (shown["hues"], part["hue"])
        there, here = (np.reshape(p["points"], (-1, 2)) for p in (shown, part))
        if part["closed"]:
            there, here = without_closing(there, len(here)), without_closing(here, len(there))
        if len(there) != len(here):
            wrong[name] = f"{len(there)} points, not {len(here)}"
        elif len(here):
            apart = float(np.abs(there - here).max())
            largest = max(largest, apart)
            if not apart <= TOLERANCE:
                wrong[name] = f"{apart:.3f} points apart"
    return wrong | {"distance": largest}


def without_closing(points: np.ndarray, count: int) -> np.ndarray:
    """A polygon without the point that closes it, which matplotlib adds to one that is open by a rounding."""
    return (
        points[:-1] if len(points) == count + 1 and np.allclose(points[0], points[-1], atol=TOLERANCE) else points
    )


def compare(page: Any, figure: Explorable, points: list[dict[str, Any]]) -> tuple[float, int]:
    """The largest distance in points over these states, and the number of parts that rounding decides: of such
    a path the points until it does are compared, twenty at least, of a run one."""
    largest, excused = 0.0, 0
    for point, seen in zip(points, page.evaluate(LOOK, [figure.name, points]), strict=True):
        assert seen["values"] == point, f"{figure.name}: a page cannot move to {point}, but to {seen['values']}"
        right = expected(figure, point)
        assert seen["parts"].keys() == right["parts"].keys()
        wrong = differences(seen, right)
        if len(wrong) > 1:
            excused += without_rounding(figure, point, seen, right, {*wrong})
            wrong = differences(seen, right)
        largest = max(largest, wrong["distance"])
        assert wrong.keys() == {"distance"}, f"{figure.name} at {point}: {wrong}"
    return largest, excused


def without_rounding(
    figure: Explorable, point: dict[str, Any], seen: dict[str, Any], right: dict[str, Any], wrong: set[str]
) -> int:
    """Takes out of both, of what is wrong, what Python itself draws otherwise when each slider moves by some roundings;
    how many. Of several such moves one is enough: a count, as of what is right, can be the same by chance."""
    others = [
        expected(figure, {k: v * (1 + by * NUDGE) if isinstance(v, float) else v for k, v in point.items()})
        for by in (1, -1, 0.5)
    ]
    count = 0
    if any(other["words"] != right["words"] for other in others):
        seen["words"], count = right["words"], 1
    for name in wrong & right["parts"].keys():
        part = right["parts"][name]
        drawn = [other["parts"][name] for other in others]
        shifts = [np.abs(np.reshape(d["points"] - part["points"], (-1, 2))).max(axis=1, initial=0) for d in drawn]
        apart = np.max(shifts, axis=0)
        if any(d["text"] != part["text"] for d in drawn):
            seen["parts"][name]["text"], count = part["text"], count + 1
        if (apart > TOLERANCE / 10).any():
            sure, count = 2 * int((apart > TOLERANCE / 10).argmax()), count + 1
            least = 40
            if any(
                c.work for c in figure.controls.values()
            ):  # of a run, its first report; a dot may show a later one
                least = 2 * (len(apart) > 1)
            assert sure >= least, f"{figure.name} at {point}: rounding decides all of {name}"
            part["points"], seen["parts"][name]["points"] = (
                part["points"][:sure],
                seen["parts"][name]["points"][:sure],
            )
    return count
