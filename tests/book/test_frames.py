"""Every state of every figure in the built book is what Python draws. Controls are moved in tests/browser."""

import importlib
import json
import os
import pickle
import pkgutil
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from minirnn.dependencies import data_files, needed
from minirnn.figures.beside import whole
from minirnn.figures.frames import draw_frames
from tests.book.figures import CHAPTERS, figures_of
from tests.book.test_front import UNEVEN
from tests.conftest import ROOT

FIGURES = [(chapter, name) for chapter in CHAPTERS for name in figures_of(chapter)]


def records_of(chapter: str) -> list[Path]:
    package = importlib.import_module(f"explorables.{chapter}")
    modules = [f"{package.__name__}.{module.name}" for module in pkgutil.iter_modules(package.__path__)]
    return data_files(needed(modules))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_records_that_a_figure_depends_on_are_there(chapter: str) -> None:
    assert [file for file in records_of(chapter) if not file.exists()] == []


def test_a_record_that_a_figure_loads_is_found() -> None:
    assert "latch" in {file.stem for file in records_of("vanishing")}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_figure_stands_on_its_page(chapter: str, built_book: Path) -> None:
    page = BeautifulSoup((built_book / f"book/{chapter}.html").read_text(), "html.parser")
    assert sorted(tag["id"] for tag in page.select("gtt-explorable")) == sorted(figures_of(chapter))


REDRAW = """
import pickle, sys
from dataclasses import asdict
from tests.book.figures import CHAPTERS, figures_of
frames = {
    (chapter, name): [asdict(figure.frame(state)) for state in (figure.start, figure.all_states()[-1])]
    for chapter in CHAPTERS for name, figure in figures_of(chapter).items()
}
with open(sys.argv[1], "wb") as file:
    pickle.dump(frames, file)
"""


@pytest.fixture(scope="module")
def redrawn(made_once: Any) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The first and the last frame of each figure, drawn by a process that has done nothing else, as a build's is."""

    def make(folder: Path) -> None:
        env = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "book"), str(ROOT)])}
        subprocess.run([sys.executable, "-c", REDRAW, str(folder / "frames")], cwd=ROOT, env=env, check=True)

    with (made_once("redrawn", make) / "frames").open("rb") as file:
        return pickle.load(file)


@pytest.mark.parametrize(("chapter", "name"), FIGURES)
def test_a_page_holds_every_state_of_its_figures(
    chapter: str, name: str, built_book: Path, redrawn: dict[tuple[str, str], list[dict[str, Any]]]
) -> None:
    """The frames are those on disk, which the build drew; the first and the last are drawn once more."""
    text = (built_book / f"book/{chapter}.html").read_text()
    markup = whole(built_book, text[text.index(f'<gtt-explorable id="{name}"') :].partition("</gtt-explorable>")[0])
    data = json.loads(re.search(r'<script type="application/json">(.*?)</script>', markup, re.DOTALL)[1])
    figure = figures_of(chapter)[name]
    if figure.scripts:  # tests/browser/test_live.py looks at what they show
        assert data["live"] == redrawn[chapter, name][0]["live"]
        return
    frames = figure.frames()
    assert ["".join(data["tags"][n] for n in numbers) for numbers in data["frames"]] == [f.svg for f in frames]
    assert data["alts"] == [f.alt for f in frames]
    states = figure.all_states()
    for state, drawn in zip((figure.start, states[-1]), redrawn[chapter, name], strict=True):
        kept = asdict(frames[states.index(state)])
        differing = {key: first_difference(value, drawn[key]) for key, value in kept.items() if value != drawn[key]}
        assert differing == {}, f"at {figure.point(state)}, on disk and drawn now"


def first_difference(one: object, other: object) -> tuple[str, str]:
    """Both texts from shortly before the first place where they differ."""
    a, b = str(one), str(other)
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return a[max(0, at - 60) : at + 40], b[max(0, at - 60) : at + 40]


AXES_MOVE = {  # figures whose scale is the point, or that show another quantity, and why
    "digits.foretold": "each measure has its own unit",
    "digits.sequence": "a digit is read in 64 steps or in more: the axis is the sequence",
    "digits.start": "each measure has its own unit",
    "forwards.dial": "each system's states have their own range",
    "memory.fit": "one kernel has negative values, one is seen on logarithmic axes",
    "memory.ratio": "each map has its own parameter",
    "speed.growth": "time is shown over lengths, over batches or over units",
}


@pytest.mark.parametrize(("chapter", "name"), FIGURES)
def test_axes_stand_still(chapter: str, name: str, built_book: Path) -> None:
    """Axes that follow what they show cancel what a control does. A live figure moves over those of its first state."""
    figure = figures_of(chapter)[name]
    frames = [figure.frame(figure.start)] if figure.scripts else figure.frames()
    kinds = {json.dumps([(panel["box"], panel["limits"]) for panel in frame.panels]) for frame in frames}
    assert (len(kinds) > 1) == (f"{chapter}.{name}" in AXES_MOVE)


DEAD: dict[str, str] = {}  # sliders with a step that changes nothing to be seen, and why


@pytest.mark.parametrize(("chapter", "name"), FIGURES)
def test_each_step_of_a_slider_changes_the_picture(chapter: str, name: str, built_book: Path) -> None:
    """In some state of the other controls at least. A live figure's continuous slider has no steps."""
    figure = figures_of(chapter)[name]
    if figure.scripts:
        return
    frames = dict(zip(figure.all_states(), (frame.svg for frame in figure.frames()), strict=True))
    dead = [
        f"{chapter}.{name}.{key} at {control.texts[k]}"
        for place, (key, control) in enumerate(figure.controls.items())
        for k in range(len(control.values) - 1)
        if control.kind == "slider"
        and all(
            svg == frames[(*state[:place], k + 1, *state[place + 1 :])]
            for state, svg in frames.items()
            if state[place] == k
        )
    ]
    assert [step for step in dead if step not in DEAD] == []


@pytest.mark.parametrize(("chapter", "name"), FIGURES)
def test_labels_are_written_as_words_are(chapter: str, name: str, built_book: Path) -> None:
    figure = figures_of(chapter)[name]
    states = [figure.start] if figure.scripts else figure.all_states()
    frames = draw_frames(figure.job(), [figure.point(state) for state in states])
    texts = {text for frame in frames for text in re.findall(r">([^<>]+)<", frame.svg)}
    found = [text for pattern, _ in UNEVEN for text in texts if re.search(pattern, text)]
    assert found == []
