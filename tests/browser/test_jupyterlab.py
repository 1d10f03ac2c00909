"""The explorable figure under a kernel, in a real JupyterLab."""

import os
from pathlib import Path
from typing import Any

import nbformat
import pytest

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
