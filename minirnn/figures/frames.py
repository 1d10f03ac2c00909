"""Frames: what a drawing function makes at each state of an explorable figure, small enough for a page.

A frame is the SVG of one state, made `compact`, and its text alternative. `draw_frames` keeps frames on disk, so that a
figure whose code did not change costs nothing.
"""

import hashlib
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from tqdm import tqdm

from minirnn.dependencies import data_files, digest, needed, packages
from minirnn.figures import theme
from minirnn.figures.svg import compact
from minirnn.optional import extra

with extra("draw"):
    import joblib
    import matplotlib as mpl
    from matplotlib.figure import Figure

Point = dict[str, Any]


@dataclass(frozen=True)
class Frame:
    """One state: `svg` markup, text alternative `alt`, `size` in points.

    `cuts`, of the first state only, are the places between columns of panels, in points from the left. `pad`
    is (left, top, width, height) of the pad's axes as fractions of the picture, then (x0, x1, y0, y1), the
    limits of their data.
    """

    svg: str
    alt: str
    size: tuple[float, float]
    cuts: tuple[float, ...] = ()
    pad: tuple[float, ...] = ()


@dataclass(frozen=True)
class Job:
    """What frames depend on. `text` is matplotlib's svg.fonttype: "none" (a page's font) or "path"."""

    draw: Callable[..., Figure]
    words: Callable[..., str]
    name: str
    compute: Callable[..., Any] | None = None
    text: str = "none"
    pad_axes: int | None = None
    start: Point = field(default_factory=dict)

    def frame(self, point: Point) -> Frame:
        """Draws the state `point`. Raises TypeError or ValueError if `draw` or `words` return what is no use."""
        theme.use_book_font()
        with mpl.rc_context(theme.STYLE | {"svg.fonttype": self.text, "svg.hashsalt": self.name}):
            asked = self.asked(point)
            text = self.said(asked(self.words), point)  # first: a drawing function may change the facts
            figure = asked(self.draw)
            if not isinstance(figure, Figure):
                raise TypeError(f"draw: expected a matplotlib Figure at {point}, got {type(figure).__name__}")
            file = io.StringIO()
            figure.savefig(file, format="svg")
            cuts = _cuts(figure) if point == self.start else ()  # a third of the time, and the same in each frame
        width, height = (72 * float(s) for s in figure.get_size_inches())
        pad = () if self.pad_axes is None else _pad_box(figure, self.pad_axes)
        return Frame(compact(file.getvalue(), self.name), text, (width, height), cuts, pad)

    def asked(self, point: Point) -> Callable[[Callable[..., Any]], Any]:
        """Calls `draw` or `words` at the state `point`, with the facts that `compute` makes of it, once for both."""
        if self.compute is None:
            return lambda f: f(**point)
        facts = self.compute(**point)
        return lambda f: f(facts)

    def describe(self, point: Point) -> str:
        """The text alternative alone, without a drawing."""
        return self.said(self.asked(point)(self.words), point)

    def said(self, text: str, point: Point) -> str:
        """The text alternative of the state `point`."""
        if not isinstance(text, str):
            raise TypeError(f"words: expected a str at {point}, got {type(text).__name__}")
        if not text.strip():
            raise ValueError(f"words: expected a description at {point}, got an empty text")
        return text.strip()


def _cuts(figure: Figure) -> tuple[float, ...]:
    """Where a figure can be cut into columns, so that a phone shows them below each other."""
    boxes = [a.get_tightbbox() for a in figure.get_children() if a.get_visible() and a is not figure.patch]
    spans = sorted((b.x0, b.x1) for b in boxes if b is not None and b.width > 0)
    cuts, edge = [], spans[0][1] if spans else 0.0
    for left, right in spans:
        if left > edge:
            cuts.append(round(float(left + edge) / 2 * 72 / figure.dpi, 1))
        edge = max(edge, right)
    return tuple(cuts)


def _pad_box(figure: Figure, number: int) -> tuple[float, ...]:
    """Axes `number` of a drawn figure as `Frame.pad`; a drawn one, because drawing applies its aspect."""
    if not 0 <= number < len(figure.axes):
        raise ValueError(f"pad: expected axes 0 to {len(figure.axes) - 1}, got {number}")
    axes = figure.axes[number]
    if (axes.get_xscale(), axes.get_yscale()) != ("linear", "linear"):
        raise ValueError("pad: expected axes with linear scales")
    box = axes.get_position()
    corners = (box.x0, 1 - box.y1, box.width, box.height, *axes.get_xlim(), *axes.get_ylim())
    return tuple(round(float(c), 5) for c in corners)


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
        if len(points) <= 8:
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


# What shows frames, and what keeps runs, decides nothing of what is drawn.
NOT_DRAWN = ("minirnn.figures.explorables", "minirnn.learning.sweeps")


def fingerprint(job: Job) -> str | None:
    """A hash of all that decides what `job` draws; None where its code has no file (a notebook's cell).

    That is the code of the job's functions and of what they need, this module's too, the files of data that it reads,
    Python, and the versions of the packages that it imports.
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
    """Writes in one step, so that a build that is stopped, or two at once, leave no half of a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}")
    part.write_text(text, encoding="utf-8")
    part.replace(file)


def _read(file: Path) -> Frame:
    stored = json.loads(file.read_text(encoding="utf-8"))
    return Frame(stored["svg"], stored["alt"], *(tuple(stored[k]) for k in ("size", "cuts", "pad")))
