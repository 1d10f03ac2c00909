"""Live figures: at every state that is stored, in every corner, and at random states between them, the script of a page
shows what Python draws. One page a chapter, made of its figures alone.
"""

import gzip
from pathlib import Path
from typing import Any

import pytest

from minirnn.figures.assets import page_assets, script_of
from minirnn.figures.markup import script_text
from tests.book.figures import CHAPTERS, figures_of
from tests.browser.explorable_demo import page
from tests.browser.referee import compare, random_points, stored_points

LIVE = {c: [f for f in figures_of(c).values() if f.scripts] for c in CHAPTERS}
MAGNIFY_ROUNDING = {
    "cliff",
    "knob",
    "trainer",
}  # in these a part of the picture is decided by the last bit of a number


@pytest.mark.slow
@pytest.mark.parametrize("chapter", [c for c in CHAPTERS if LIVE[c]])
def test_a_script_shows_what_python_draws(open_page: Any, tmp_path: Path, chapter: str) -> None:
    for name, text in page_assets().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "index.html").write_text(page(*LIVE[chapter]), encoding="utf-8")
    tab = open_page((tmp_path / "index.html").as_uri())
    for figure in LIVE[chapter]:
        points = stored_points(figure) + random_points(figure)
        largest, excused = compare(tab, figure, points)
        print(f"{figure.name}: {len(points)} states, {largest:.4f} points, {excused} parts decided by rounding")
        assert excused == 0 or figure.name in MAGNIFY_ROUNDING


def test_scripts_are_light() -> None:
    """After gzip at most 4 KB for the engine, 1 KB for what runs in a worker, and for each figure 2 KB, with what it
    shares; twice as much for one that runs in a worker, since it holds a simulation, and 7 KB if it trains."""

    def weigh(text: str) -> int:
        return len(gzip.compress(text.encode(), 9))

    assert weigh(script_of("numbers.js") + script_of("live.js")) <= 4096
    assert weigh(script_of("hired.js") + script_of("worker.js")) <= 1280
    assert weigh(script_of("runs.js")) <= 2048
    figures = [figure for chapter in LIVE.values() for figure in chapter]
    scripts = {figure.name: script_text(figure) for figure in figures}
    limits = {name: 2048 * (1 + ("gttWorker" in text)) for name, text in scripts.items()}
    limits |= {figure.name: 7168 for figure in figures if any(c.work for c in figure.controls.values())}
    assert {name: weigh(text) for name, text in scripts.items() if weigh(text) > limits[name]} == {}
