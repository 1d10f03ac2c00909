"""The figures of the built book: their links, without a script, and in JupyterLab."""

import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.book.figures import CHAPTERS, figures_of
from tests.browser.conftest import wait_for_state
from tests.browser.lab import run_in_jupyterlab

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "book"


@pytest.mark.parametrize("page", CHAPTERS)
def test_links_in_the_prose_lead_to_states(page: str) -> None:
    known = figures_of(page)
    links = re.findall(r"\{goto\}`[^<`]*<([\w-]+)\?([^>]+)>`", (BOOK / f"{page}.md").read_text())
    assert links
    for name, query in links:
        for key, text in parse_qsl(query):
            control = known[name].controls[key]
            control.index(float(text) if control.numeric else text)  # a ValueError if there is no such value


def test_a_link_in_the_prose_moves_its_figure(open_page: Any, site: str) -> None:
    page = open_page(f"{site}/book/bptt.html")
    page.get_by_role("link", name="at 1.2").click()
    wait_for_state(page, figures_of("bptt")["unrolled"], figures_of("bptt")["unrolled"].state(lam=1.2))


@pytest.mark.parametrize("page", CHAPTERS)
def test_without_a_script_every_figure_and_its_states_show(open_page: Any, site: str, page: str) -> None:
    opened = open_page(f"{site}/book/{page}.html", js=False)
    for name, figure in figures_of(page).items():
        element = opened.locator(f"#{name}")
        assert element.locator(".gtt-picture svg").first.is_visible()
        states = element.locator("iframe.gtt-states")
        place: Any = opened.frame_locator(f"#{name} iframe.gtt-states") if states.count() else element
        assert place.locator(".gtt-small").count() == len(figure.states)
        if figure.states:
            assert place.locator(".gtt-small svg").first.is_visible()
        assert not element.locator("input").first.is_visible()


@pytest.mark.slow
def test_a_chapter_runs_in_jupyterlab_and_its_first_slider_answers(browser: Any, tmp_path: Path) -> None:
    shutil.copytree(BOOK, tmp_path / "book")
    env = {"PYTHONPATH": str(ROOT)}
    with run_in_jupyterlab(browser, tmp_path / "book" / "elementwise.md", env=env, timeout=240) as page:
        figure = figures_of("elementwise")["sensitive"]
        page.locator(f"#{figure.name}--tau").press("End")
        wait_for_state(page, figure, figure.state(tau=200), text="path")
        assert not page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count()


def test_a_page_of_a_server_fetches_its_fonts_once_and_early(browser: Any, site: str) -> None:
    """The faces of texts come with the styles, that of formulas at once, and no other before it."""
    page, fonts = browser.new_page(), []
    page.on("request", lambda request: fonts.append(request.url) if request.url.endswith(".woff2") else None)
    page.goto(f"{site}/book/errata.html", wait_until="networkidle")
    preloads = page.locator("link[rel=preload][as=font]").evaluate_all("all => all.map(e => e.href)")
    faces = page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)")
    page.close()
    assert preloads == fonts[:1]
    assert fonts[0].endswith("stix-two-math.woff2")
    assert {"Source Serif Pro", "Source Sans Pro"} <= {face.strip('"') for face in faces}
    assert len(fonts) == len(set(fonts))
