"""Frames: the pictures of an explorable figure at its states, small enough for a page.

A frame is the SVG of one state, made `compact`, and its text alternative. `draw_frames` keeps frames on disk, so that a
figure whose code did not change costs nothing.
"""

import gc
import hashlib
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from tqdm import tqdm

from minirnn.dependencies import data_files, digest, needed, packages
from minirnn.figures import theme
from minirnn.figures.artists import geometry, panel_boxes
from minirnn.figures.svg import compact, drawn
from minirnn.optional import extra

with extra("draw"):
    import joblib
    import matplotlib as mpl
    from matplotlib.figure import Figure

Point = dict[str, Any]


@dataclass(frozen=True)
class Frame:
    """One state: `svg` markup, text alternative `alt`, `size` in points.

    `cuts`, of the first state only, are the places between columns of panels, in points from the left, and `spans` the
    top and the bottom of each column, in points from the top. `pad` is (left, top, width, height) of the pad's axes
    as fractions of the picture, then (x0, x1, y0, y1), the limits of their data, and for x and y 1 where it is
    logarithmic, else 0. `live`, of the first state only, is what a script needs: `artists.geometry`. `panels` says
    where each panel is, and what its axes show.
    """

    svg: str
    alt: str
    size: tuple[float, float]
    cuts: tuple[float, ...] = ()
    pad: tuple[float, ...] = ()
    live: dict[str, Any] = field(default_factory=dict)
    spans: tuple[tuple[float, float], ...] = ()
    panels: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Job:
    """The functions and options that make frames. `text` is matplotlib's svg.fonttype: "none" (a page's font) or
    "path"."""

    draw: Callable[..., Figure]
    words: Callable[..., str]
    name: str
    compute: Callable[..., Any] | None = None
    text: str = "none"
    pad_axes: int | None = None
    start: Point = field(default_factory=dict)

    def frame(self, point: Point) -> Frame:
        """Draws the state `point`. Raises TypeError or ValueError unless `draw` returns a Figure and `words` a text."""
        theme.use_book_font()
        style = theme.STYLE | {"svg.fonttype": self.text, "svg.hashsalt": self.name}
        with self.at(point), mpl.rc_context(style):
            asked = self.asked(point)
            text = said(asked(self.words))  # first: a drawing function may change the facts
            with no_collection():
                figure = asked(self.draw)
                if not isinstance(figure, Figure):
                    raise TypeError(f"draw: expected a matplotlib Figure, got {type(figure).__name__}")
                for number, axes in enumerate(figure.axes):
                    axes.set_gid(f"panel-{number}")  # a phone's column leaves out those of the others
                svg = compact(drawn(figure), self.name)
            first = point == self.start
            cuts, spans = (
                columns_of(figure) if first else ((), ())
            )  # a third of the time, and the same in each frame
            names = geometry(figure) if first else {}
            width, height = (72 * float(s) for s in figure.get_size_inches())
            pad = () if self.pad_axes is None else _pad_box(figure, self.pad_axes)
            boxes = panel_boxes(figure)
        return Frame(svg, text, (width, height), cuts, pad, names, spans, boxes)

    @contextmanager
    def at(self, point: Point) -> Iterator[None]:
        """A context for calls of the figure's own functions: errors name the figure and its state."""
        try:
            yield
        except Exception as error:
            error.add_note(
                f"This is the figure {self.name!r} at {', '.join(f'{k}={v!r}' for k, v in point.items())}."
            )
            raise

    def asked(self, point: Point) -> Callable[[Callable[..., Any]], Any]:
        """Calls `draw` or `words` at the state `point`, with the facts that `compute` makes of it, once for both."""
        if self.compute is None:
            return lambda f: f(**point)
        facts = self.compute(**point)
        return lambda f: f(facts)

    def describe(self, point: Point) -> str:
        """The text alternative alone, without a drawing."""
        with self.at(point):
            return said(self.asked(point)(self.words))


@contextmanager
def no_collection() -> Iterator[None]:
    """A context without garbage collection. A figure is ten thousand objects that refer to each other; while matplotlib
    draws it, the collector would go through them again and again, which takes a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def said(text: str) -> str:
    """The text alternative that `words` returned, with numbers in words.

    >>> said("1e-07 apart, 2.5e+03 steps, 1.3e-12 and rule 3e")
    'ten to the minus 7 apart, 2500 steps, 1.3 times ten to the minus 12 and rule 3e'
    """
    if not isinstance(text, str):
        raise TypeError(f"words: expected a str, got {type(text).__name__}")
    if not text.strip():
        raise ValueError("words: expected a description, got an empty text")
    return re.sub(r"\b(\d[\d.]*)e([-+]?\d+)\b", _in_words, text.strip())


def _in_words(found: re.Match[str]) -> str:
    digits, power = found[1], int(found[2])
    if 0 <= power <= 5:
        return f"{float(found[0]):.0f}"
    tens = f"ten to the {'minus ' * (power < 0)}{abs(power)}"
    return tens if float(digits) == 1 and "." not in digits else f"{digits} times {tens}"


def columns_of(figure: Figure) -> tuple[tuple[float, ...], tuple[tuple[float, float], ...]]:
    """Where a figure can be cut into columns, so that a phone shows them below each other, and the top and the bottom
    of what each column holds."""
    boxes = [a.get_tightbbox() for a in figure.get_children() if a.get_visible() and a is not figure.patch]
    seen = sorted((b.x0, b.x1, b.y0, b.y1) for b in boxes if b is not None and b.width > 0)
    unit, height = 72 / figure.dpi, 72 * float(figure.get_size_inches()[1])
    cuts, columns = [], [list(seen[0])] if seen else []
    for left, right, low, high in seen[1:]:
        if left > columns[-1][1]:
            middle = round(float(left + columns[-1][1]) / 2 * unit, 6)  # the digits after these vary, as for clips
            cuts.append(round(middle, 1))
            columns.append([left, right, low, high])
        _, edge, bottom, top = columns[-1]
        columns[-1][1:] = max(edge, right), min(bottom, low), max(top, high)
    spans = tuple(
        (round(float(height - high * unit), 1), round(float(height - low * unit), 1)) for *_, low, high in columns
    )
    return tuple(cuts), spans


def _pad_box(figure: Figure, number: int) -> tuple[float, ...]:
    """Axes `number` of a drawn figure as `Frame.pad`; a drawn one, because drawing applies its aspect."""
    if not 0 <= number < len(figure.axes):
        raise ValueError(f"pad: expected axes 0 to {len(figure.axes) - 1}, got {number}")
    axes = figure.axes[number]
    scales = axes.get_xscale(), axes.get_yscale()
    if not {*scales} <= {"linear", "log"}:
        raise ValueError(f"pad: expected linear or logarithmic axes, got {' and '.join(scales)}")
    box = axes.get_position()
    place = (round(float(c), 5) for c in (box.x0, 1 - box.y1, box.width, box.height))
    limits = (float(f"{c:.6g}") for c in (*axes.get_xlim(), *axes.get_ylim()))
    return (*place, *limits, *(float(s == "log") for s in scales))


# ---- kept on disk --------------------------------------------------------------------------------------------


def draw_frames(job: Job, points: Sequence[Point]) -> list[Frame]:
    """The frames of all points: from disk where they are there, else drawn, on every core if there are many."""
    folder, key = cache_folder(), fingerprint(job)
    if folder is None or key is None:
        return _draw(job, points)
    files = [folder / key[:24] / f"{_digest(repr(p))[:24]}.json" for p in points]
    missing = [k for k, file in enumerate(files) if not file.exists()]
    drawn = dict(zip(missing, _draw(job, [points[k] for k in missing]), strict=True))
    for k, frame in drawn.items():
        _write(files[k], json.dumps(asdict(frame)))
    return [drawn.get(k) or _read(file) for k, file in enumerate(files)]


def _draw(job: Job, points: Sequence[Point]) -> list[Frame]:
    with ExitStack() as stack:
        # a page shows what its cell prints, so the progress of a build goes where MINIRNN_PROGRESS says
        path = os.environ.get("MINIRNN_PROGRESS")
        file = stack.enter_context(open(path, "a", encoding="utf-8")) if path else sys.stderr
        bar = {"desc": job.name, "file": file, "disable": not points or not (path or sys.stderr.isatty())}
        if len(points) <= 30:  # processes take a second to start, in which twenty frames are drawn
            return [job.frame(p) for p in tqdm(points, **bar)]
        work = joblib.Parallel(n_jobs=-1, return_as="generator")(joblib.delayed(job.frame)(p) for p in points)
        return list(tqdm(work, total=len(points), **bar))


def cache_folder() -> Path | None:
    """MINIRNN_CACHE, or .cache/frames of the repository we are in, or None outside of one: nothing is kept."""
    if path := os.environ.get("MINIRNN_CACHE"):
        return Path(path)
    here = Path.cwd()
    root = next((p for p in (here, *here.parents) if (p / ".git").exists()), None)
    return root / ".cache" / "frames" if root else None


# Modules that show frames or store runs change no drawing.
NOT_DRAWN = ("minirnn.figures.explorables", "minirnn.learning.sweeps")


def fingerprint(job: Job) -> str | None:
    """A hash of everything on which the drawings of `job` depend; None if its code has no file (a notebook's cell).

    It covers the code of the job's functions and of the modules that they need, this one too, the files of data that
    they read, Python, and the versions of the packages that they import.
    """
    functions = [f for f in (job.draw, job.words, job.compute) if f]
    modules = [f.__module__ for f in functions]
    if any(name == "__main__" or not getattr(sys.modules.get(name), "__file__", None) for name in modules):
        return None
    sources = needed([*modules, __name__], without=NOT_DRAWN)
    parts = [*(f.__qualname__ for f in functions), job.name, job.text, repr(job.pad_axes), repr(job.start)]
    parts += [sys.version, metadata.version("font-source-sans-pro"), digest(sources)]
    parts += [
        f"{name} {getattr(sys.modules.get(name), '__version__', '')}"
        for name in sorted({*packages(sources), "numpy"})
    ]
    return _digest(*parts, *(file.name + file.read_text(encoding="utf-8") for file in data_files(sources)))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _write(file: Path, text: str) -> None:
    """Writes in one step, so that no half of a file is left if a build is stopped, or if two run at once."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}")
    part.write_text(text, encoding="utf-8")
    part.replace(file)


def _read(file: Path) -> Frame:
    stored = json.loads(file.read_text(encoding="utf-8"))
    size, cuts, pad, spans = (tuple(stored[k]) for k in ("size", "cuts", "pad", "spans"))
    return Frame(
        stored["svg"], stored["alt"], size, cuts, pad, stored["live"], tuple(map(tuple, spans)), stored["panels"]
    )
