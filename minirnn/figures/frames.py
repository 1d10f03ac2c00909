"""Frames: what a drawing function makes at each state of an explorable figure, small enough for a page.

A frame is the SVG of one state and its text alternative. Three steps make a figure with a hundred states as
light as a photograph: `compact` strips what a page does not need and writes paths as steps from point to point
(a curve over an even grid then repeats itself: half the bytes after gzip), `pack` stores each tag that frames
share once, and `draw_frames` keeps frames on disk, so that a figure whose code did not change costs nothing.
"""

import ast
import hashlib
import inspect
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

from tqdm import tqdm

from minirnn.figures import theme
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
            figure = asked(self.draw)
            if not isinstance(figure, Figure):
                raise TypeError(f"draw: expected a matplotlib Figure at {point}, got {type(figure).__name__}")
            file = io.StringIO()
            figure.savefig(file, format="svg")
            cuts = _cuts(figure) if point == self.start else ()  # a third of the time, and the same in each frame
        width, height = (72 * float(s) for s in figure.get_size_inches())
        pad = () if self.pad_axes is None else _pad_box(figure, self.pad_axes)
        return Frame(
            compact(file.getvalue(), self.name), self.said(asked(self.words), point), (width, height), cuts, pad
        )

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


# ---- small ---------------------------------------------------------------------------------------------------

# matplotlib's <style> must go: its rule for * would hold for the whole page (explorable.css has it, in scope)
_NOISE = re.compile(
    r"<metadata>.*?</metadata>|<!--.*?-->|<defs>\s*<style.*?</style>\s*</defs>"
    r"|\s(?:xmlns|xmlns:xlink|version)=\"[^\"]*\"|\stransform=\"rotate\(-0 [^\"]*\"",
    re.DOTALL,
)


def compact(svg: str, name: str) -> str:
    """An SVG file of matplotlib as markup for a page: scaled by CSS, themed, its ids prefixed with `name`."""
    svg = _NOISE.sub("", svg[svg.index("<svg") :]).strip()
    svg = re.sub(r">\s*\n\s*<", "><", svg)  # a space inside <tspan> </tspan> is text: it has no line break
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"', r"\1", svg)
    used = {"figure_1", *re.findall(r'(?:href="|url\()#([^")]+)', svg)}  # a phone's columns refer to figure_1
    svg = re.sub(r' id="([^"]*)"', lambda m: f' id="{name}-{m[1]}"' if m[1] in used else "", svg)
    svg = re.sub(r'(?:xlink:)?href="#', f'href="#{name}-', svg).replace("url(#", f"url(#{name}-")
    svg = re.sub(r' d="([^"]*)"', lambda m: f' d="{steps(m[1])}"', svg)
    # positions only: a rounded scale(...) would spread the letters of a text
    svg = re.sub(r' (x|y)="([^"]*)"', lambda m: f' {m[1]}="{_rounded(m[2])}"', svg)
    svg = re.sub(r"(font-family: '[^']*')", r"\1, sans-serif", svg)
    return theme.themed(svg)


def steps(path: str) -> str:
    """Path data with each point as a step from the last, in hundredths: rounding errors do not add up.

    >>> steps("M 10 20.004 L 11.5 19 L 13 18 z")
    'M10 20l1.5-1l1.5-1z'
    """
    out, x, y = [], 0, 0
    for command, numbers in re.findall(r"([MLCQz])([^MLCQz]*)", path):
        values = [round(100 * float(v)) for v in numbers.split()]
        points = list(zip(values[::2], values[1::2], strict=True))
        origin = (0, 0) if command == "M" else (x, y)
        text = " ".join(_hundredths(v - o) for p in points for v, o in zip(p, origin, strict=True))
        out.append((command if command == "M" else command.lower()) + text.replace(" -", "-"))
        x, y = points[-1] if points else (x, y)
    return "".join(out)


def _rounded(numbers: str) -> str:
    return " ".join(_hundredths(round(100 * float(v))) for v in numbers.split())


def _hundredths(value: int) -> str:
    """The shortest decimal of value / 100: "-.5" for -50."""
    text = f"{abs(value) / 100:.2f}".rstrip("0").rstrip(".")
    text = text[1:] if text.startswith("0.") else text
    return ("-" if value < 0 else "") + text


def pack(svgs: Iterable[str]) -> tuple[list[str], list[list[int]]]:
    """Frames as (tags, numbers): frame k is the tags numbers[k], joined. A tag comes with the text after it.

    Each tag is stored once. gzip alone does not do this: its window of 32 KB is shorter than a frame.

    >>> pack(["<g><a/></g>", "<g><b/></g>"])
    (['<g>', '<a/>', '</g>', '<b/>'], [[0, 1, 2], [0, 3, 2]])
    """
    table: dict[str, int] = {}
    numbers = [[table.setdefault(tag, len(table)) for tag in re.findall("<[^<]*", svg)] for svg in svgs]
    return list(table), numbers


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


def fingerprint(job: Job) -> str | None:
    """A hash of all that decides what `job` draws; None where the code has no file (a notebook's cell).

    That is this library, Python, the versions of what is imported, the modules of its functions with all that
    these import from beside them, and the files of data that a module among them lists in DATA_FILES.
    """
    functions = [f for f in (job.draw, job.words, job.compute) if f]
    modules = [inspect.getmodule(f) for f in functions]
    if (
        any(getattr(m, "__file__", None) is None or m.__name__ == "__main__" for m in modules if m)
        or None in modules
    ):
        return None
    files, others = set(Path(__file__).parent.rglob("*.py")), {"numpy", "matplotlib"}
    for module in filter(None, modules):
        near, far = _imports(module)
        files, others = files | near, others | far
    loaded = [m for m in [*sys.modules.values()] if Path(getattr(m, "__file__", None) or "") in files]
    files |= {Path(f) for m in loaded for f in getattr(m, "DATA_FILES", ())}
    parts = [
        *(f.__qualname__ for f in functions),
        job.name,
        job.text,
        repr(job.pad_axes),
        repr(job.start),
    ]
    parts += [sys.version, metadata.version("font-source-sans-pro")]
    parts += [f"{name} {getattr(sys.modules.get(name), '__version__', '')}" for name in sorted(others)]
    return _digest(*parts, *(f.name + _digest(f.read_text(encoding="utf-8")) for f in sorted(files)))


def _imports(module: ModuleType) -> tuple[set[Path], set[str]]:
    """The files of `module` and of all that it imports, directly or not, from below the folder where its name begins;
    and the names of the packages that it imports from elsewhere."""
    own = Path(str(module.__file__))
    root = own.parents[module.__name__.count(".") + (own.name == "__init__.py")]
    files, others, todo = set(), set(), [own]
    while todo:
        files.add(file := todo.pop())
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            stem = getattr(node, "module", None)
            above = getattr(node, "level", 0)
            folder = file.parents[above - 1] if above else root
            for alias in node.names:
                parts = [*(stem.split(".") if stem else ()), *alias.name.split(".")]
                paths = [folder.joinpath(*parts[:k]) for k in range(1, len(parts) + 1)]
                near = {p for q in paths for p in (q.with_suffix(".py"), q / "__init__.py") if p.exists()}
                todo += near - files
                others |= set() if near or above else {parts[0]}
    return files, others


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
