"""Named artists, which the script of a live figure moves. `set_gid("live-NAME")` names a line, a polygon or a text.

matplotlib still draws the figure. A name stays in the picture as an id, and `geometry` says where the name's panel is,
so that a page can turn data into positions as matplotlib does (live.js).
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from minirnn.figures.theme import PALETTE
from minirnn.optional import extra

with extra("draw"):
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.colors import to_hex
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.patches import Polygon
    from matplotlib.text import Text

LIVE = "live-"
HUES = {light: name for name, (light, _) in PALETTE.items()}


def is_live(artist: Artist) -> bool:
    return str(artist.get_gid() or "").startswith(LIVE)


def live_artists(figure: Figure) -> dict[str, Artist]:
    """The artists with a name. Raises TypeError for an artist of another kind, ValueError for a name that is there
    twice and for a line or a polygon whose units are not those of its panel."""
    by_name: dict[str, Artist] = {}
    for artist in figure.findobj(is_live):
        name = str(artist.get_gid()).removeprefix(LIVE)
        if not isinstance(artist, Line2D | Polygon | Text):
            raise TypeError(f"{LIVE}{name}: expected a line, a polygon or a text, got {type(artist).__name__}")
        if name in by_name:
            raise ValueError(f"{LIVE}{name}: expected one artist of this name, got two")
        axes: Any = artist.axes
        data = artist.get_data_transform() if isinstance(artist, Polygon) else artist.get_transform()
        if not isinstance(artist, Text) and not all(data.contains_branch_seperately(axes.transData)):
            raise ValueError(f"{LIVE}{name}: expected the units of its panel, got other ones (transform=…)")
        by_name[name] = artist
    return by_name


def name_points(line: Line2D, names: Sequence[str]) -> None:
    """Gives each point of a line of marks a name, which a page shows at the pointer; not in a live figure, whose marks
    move. Raises ValueError unless there is a name for each."""
    if len(names) != len(line.get_xdata(orig=False)):  # type: ignore[arg-type]
        raise ValueError(f"names: expected one for each of {len(line.get_xdata())} points, got {len(names)}")  # type: ignore[arg-type]
    vars(line)["names"] = tuple(names)


def named_points(figure: Figure, axes: Axes) -> list[list[Any]]:
    """The points with names in a panel of a drawn figure: x and y in points, from the picture's left and top."""
    found: list[list[Any]] = []
    for line in axes.get_lines():
        for name, place in zip(vars(line).get("names", ()), np.asarray(line.get_xydata()), strict=False):
            x, y = line.get_transform().transform(place) * 72 / figure.dpi
            found.append([round(float(x), 1), round(72 * float(figure.get_size_inches()[1]) - float(y), 1), name])
    return found


def geometry(figure: Figure) -> dict[str, Any]:
    """Of a drawn figure with names: its size in points, and of each panel its box (left, top, width, height) in points,
    the limits (x0, x1, y0, y1) of its data, and whether x and y are logarithmic. Of each artist its panel, its hue
    in the palette, and where a text stands, in points. {} for a figure without names."""
    artists = live_artists(figure)
    if not artists:
        return {}
    boxes = panel_boxes(figure)
    for axes, panel in zip(figure.axes, boxes, strict=True):
        if None in panel["log"]:
            scales = f"{axes.get_xscale()} and {axes.get_yscale()}"
            raise ValueError(f"{LIVE}…: expected linear or logarithmic axes, got {scales}")
    return {"panels": boxes, "artists": {name: _about(figure, artist) for name, artist in artists.items()}}


def panel_boxes(figure: Figure) -> list[dict[str, Any]]:
    """Of each panel of a drawn figure its box (left, top, width, height) in points, the limits (x0, x1, y0, y1) of its
    data, whether x and y are logarithmic (None where they are neither that nor linear), and whether numbers stand at
    their ticks, so that a place can be read; and its points with names, if there are any."""
    width, height = (72 * float(s) for s in figure.get_size_inches())
    kinds = {"linear": False, "log": True}
    boxes = []
    for axes in figure.axes:
        box = axes.get_position()
        place = (box.x0 * width, (1 - box.y1) * height, box.width * width, box.height * height)
        # the digits after these depend, as those of clips, on where in memory numbers lie
        limits = [float(f"{v:.9g}") for v in (*axes.get_xlim(), *axes.get_ylim())]
        scales = [kinds.get(scale) for scale in (axes.get_xscale(), axes.get_yscale())]
        reads = [axes.axison and numbered(axis.get_ticklabels()) for axis in (axes.xaxis, axes.yaxis)]
        box_of = {"box": [round(float(v), 9) for v in place], "limits": limits, "log": scales, "reads": reads}
        points = named_points(figure, axes)
        boxes.append(box_of | ({"marks": points} if points else {}))
    return boxes


def numbered(labels: Iterable[Text]) -> bool:
    """Whether these are ticks and all are numbers, or empty where panels share an axis.

    >>> [numbered([Text(text=text) for text in texts]) for texts in (["0.5", "$10^{-3}$", "100 000"], ["LSTM"], [])]
    [True, False, False]
    """
    texts = [label.get_text() for label in labels]
    return bool(texts) and all(re.fullmatch(r"[-−]?[\d. ]*|\$.*10\^\{.*\$|\$.*\d.*\$", text) for text in texts)


def _is_mark(artist: Any) -> bool:
    return isinstance(artist, Line2D) and artist.get_marker() not in ("None", "", None)


def _about(figure: Figure, artist: Any) -> dict[str, Any]:
    if isinstance(artist, Polygon):
        color = artist.get_edgecolor() if artist.get_linewidth() else artist.get_facecolor()
    else:
        color = artist.get_markeredgecolor() if _is_mark(artist) else artist.get_color()
    about: dict[str, Any] = {"panel": figure.axes.index(artist.axes), "hue": HUES.get(to_hex(color), "")}
    if isinstance(artist, Text):
        x, y = artist.get_transform().transform(artist.get_position()) * 72 / figure.dpi
        about["at"] = [round(float(x), 3), round(72 * float(figure.get_size_inches()[1]) - float(y), 3)]
    return about
