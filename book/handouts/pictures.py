"""All figures of the book as SVG and PNG in one zip: each in its first state and in those that have names. Letters are
outlines, so that a file looks the same without the book's font; a list gives each its caption and text alternative."""

import csv
import importlib
import io
import pkgutil
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.figure import Figure
from tqdm import tqdm

import explorables
from minirnn.figures import STYLE, Picture, color, use_book_font
from minirnn.figures.explorables import Explorable

from . import downloads

CHAPTERS = sorted(module.name for module in pkgutil.iter_modules(explorables.__path__))
WIDTH = 1920  # pixels of a PNG: those of a projector
README = """\
The figures of "Gradients Through Time", each as SVG and PNG: CHAPTER/FIGURE in the state in which its page opens, and
CHAPTER/FIGURE--STATE in others. figures.csv has captions, states and text alternatives: give these along with a figure.
They are under the licence CC BY 4.0: name the book as the source.
"""


class Taken(NamedTuple):
    """One picture: its file without ending, and what the list says of it."""

    file: str
    figure: Figure
    state: str
    caption: str
    alternative: str


def modules(chapter: str) -> list[Any]:
    """The modules of a chapter's figures, the chapter's own first."""
    package = importlib.import_module(f"explorables.{chapter}")
    names = [module.name for module in pkgutil.iter_modules(getattr(package, "__path__", []))]
    return [package, *(importlib.import_module(f"{package.__name__}.{name}") for name in names)]


def figures_of(chapter: str) -> dict[str, Explorable]:
    """{name: figure} of a chapter, in no order of the page."""
    found = [
        value for module in modules(chapter) for value in vars(module).values() if isinstance(value, Explorable)
    ]
    return {figure.name: figure for figure in found}


def drawn(chapter: str) -> Iterator[Taken]:
    """A chapter's figures with controls, then its stills, which a function `picture` of their module makes."""
    for figure in figures_of(chapter).values():
        others = {label: state for label, state in figure.states.items() if state != figure.start}
        for label, state in {"": figure.start, **others}.items():
            file = f"{chapter}/{figure.name}" + (f"--{plain(label)}" if label else "")
            words = ", ".join(
                f"{c.label} = {c.text(i)}" for c, i in zip(figure.controls.values(), state, strict=True)
            )
            values = figure.point(state)
            yield Taken(file, figure.at(**values), words, figure.caption, figure.describe(state))
    for module in modules(chapter):
        if hasattr(module, "picture"):
            still: Picture = module.picture()
            name = module.__name__.rpartition(".")[2]
            yield Taken(f"{chapter}/{plain(name)}", still.figure, "", "", still.alt)


def plain(label: str) -> str:
    """A label as part of a file's name.

    >>> plain("λ = 1.2, noise")
    '1-2-noise'
    """
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")


def saved(figure: Figure, kind: str) -> bytes:
    """A drawing as a file of this kind, on the colour of paper."""
    held = io.BytesIO()
    dpi = WIDTH / figure.get_size_inches()[0]
    with mpl.rc_context(STYLE | {"svg.fonttype": "path"}):
        figure.savefig(held, format=kind, dpi=dpi if kind == "png" else "figure", facecolor=color("paper"))
    return held.getvalue()


def write(book: Path, site: Path) -> Path:
    """Writes the zip among the site's downloads."""
    target, rows = downloads.folder(site) / downloads.FIGURES, []
    use_book_font()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as held:
        for taken in tqdm((taken for chapter in CHAPTERS for taken in drawn(chapter)), unit=" pictures"):
            for kind in ("svg", "png"):
                held.writestr(f"figures/{taken.file}.{kind}", saved(taken.figure, kind))
            rows.append((taken.file, taken.state, taken.caption, taken.alternative))
        listed = io.StringIO()
        csv.writer(listed).writerows([("file", "state", "caption", "text alternative"), *rows])
        held.writestr(
            "figures/figures.csv", "\ufeff" + listed.getvalue()
        )  # so that a spreadsheet reads it as UTF-8
        held.writestr("figures/README.txt", README)
    downloads.done(target, site)
    return target
