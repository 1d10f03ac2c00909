"""The explorable figure under a kernel, in a real JupyterLab."""

import importlib
import os
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.book.test_build import pattern  # noqa: F401  (a fixture)
from tests.browser.conftest import check_every_control, wait_for_state
from tests.browser.explorable_demo import place, unrolled
from tests.browser.lab import run_in_jupyterlab
from tests.browser.live_demo import demo
from tests.browser.referee import compare, random_points

CELLS = [
    "from explorable_demo import place, unrolled",
    "unrolled",
    "place",
    """import dataclasses
def broken(gain, T, kind):
    if gain > 1:
        raise ArithmeticError("too much")
    return unrolled.draw(gain=gain, T=T, kind=kind)
dataclasses.replace(unrolled, draw=broken, name="broken")""",
    "from live_demo import demo\ndemo",
]


@pytest.mark.slow
def test_the_live_figure_asks_python_and_shows_what_it_draws(browser: Any, tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, tmp_path / "demo.ipynb")
    here = Path(__file__).parent
    path = os.pathsep.join([str(here), str(here.parents[1]), os.environ.get("PYTHONPATH", "")])
    with run_in_jupyterlab(browser, tmp_path / "demo.ipynb", env={"PYTHONPATH": path}) as page:
        assert check_every_control(page, unrolled, text="path") >= 8
        assert "unrolled" not in page.url
        stills = page.locator("[data-first]")  # what an export shows in place of a widget
        assert [still.is_visible() for still in stills.all()] == [False] * 4

        # a burst of keys: whatever was left out on the way, the last state is what shows
        for key in ["Home", *["ArrowRight"] * 4, "ArrowLeft"]:
            page.locator("#place--re").press(key)
        wait_for_state(page, place, place.state(re=0.5, im=-1.0), text="path")

        assert check_every_control(page, demo) >= 8  # a live figure draws itself
        compare(page, demo, random_points(demo, 3))

        page.locator("#broken--gain").press("End")
        page.locator("#broken pre").wait_for()
        assert "ArithmeticError: too much" in page.locator("#broken pre").inner_text()
        page.locator("#broken--gain").press("Home")
        page.locator("#broken svg").first.wait_for()


RENDERED = """() => [...document.querySelectorAll(".jp-MarkdownOutput")].map(cell => {
  const copy = cell.cloneNode(true);
  copy.querySelectorAll("mjx-container").forEach(formula => formula.remove());
  return copy.textContent;
})"""
FAILED = "document.querySelectorAll('[data-mjx-error], mjx-merror').length"


@pytest.mark.slow
def test_a_page_as_a_notebook_shows_its_formulas_and_its_links_move_the_figure(browser: Any, pattern: Path) -> None:  # noqa: F811
    notebook = pattern / "_notebooks/page.ipynb"
    with run_in_jupyterlab(browser, notebook) as page:
        page.wait_for_function("document.querySelectorAll('.jp-MarkdownOutput mjx-container').length > 10")
        shown = "\n".join(page.evaluate(RENDERED))
        assert "Theorem 1 (Sufficient for vanishing)" in shown
        assert "the orange curve ends at 4.32" in shown
        assert not re.search(r"\$|\\\\|\*\*|\{[\w:]+\}|:::", shown)
        assert not page.evaluate(FAILED)

        figure = importlib.import_module("explorables.bptt.unrolled").FIGURE
        page.locator("#unrolled").wait_for(state="attached")  # a widget comes after its cell is done
        wait_for_state(page, figure, figure.start, text="path")
        before = page.url
        page.get_by_role("link", name="at a gain of 1.2").click()
        wait_for_state(page, figure, figure.state(lam=1.2), text="path")
        assert page.url == before
