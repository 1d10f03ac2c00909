"""The book without Jupyter Book, by the newest Sphinx, and its pages in browsers that Playwright cannot drive: a small
book of three live figures and of the page that has every piece of markup."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from tests.book.test_build import DESCRIBED, small_book
from tests.conftest import FLAGS, ROOT, build, serve
from tests.install.conftest import reader_env
from tests.install.other_browsers import firefox, waited_for, webkit

pytestmark = pytest.mark.slow

FIGURES = {"knob": "intro", "cliff": "exploding", "powers": "vanishing"}
CELL = "```{{code-cell}} ipython3\nfrom explorables.{chapter} import {name}\n\n{name}.FIGURE\n```\n"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small book, built by both."""
    folder = tmp_path_factory.mktemp("book")
    pages = {"page.md": (ROOT / "tests/book/pattern/page.md").read_text()}
    for name, chapter in FIGURES.items():
        pages[f"{name}.md"] = f"{DESCRIBED}# The {name}\n\n{CELL.format(name=name, chapter=chapter)}"
    small_book(folder, pages)
    done = build(folder, *FLAGS)
    assert done.returncode == 0, done.stdout[-3000:]
    for name in ("Makefile", "requirements.txt", "requirements-sphinx.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    command = ["make", "-o", ".venv/ready", "book-sphinx"]
    made = subprocess.run(command, cwd=folder, env=reader_env(), capture_output=True, text=True)
    assert made.returncode == 0, made.stdout[-3000:] + made.stderr[-3000:]
    assert "Running Sphinx v9" in made.stdout
    return folder / "_build"


def article(file: Path) -> BeautifulSoup:
    """What a page tells, without what a theme puts beside its headings."""
    found = BeautifulSoup(file.read_text(), "html.parser").select_one("article.bd-article")
    assert found
    for part in found.select("a.headerlink, script, .onlyprint"):
        part.decompose()
    return found


@pytest.mark.parametrize("name", ["page", *FIGURES])
def test_both_tell_the_same(book: Path, name: str) -> None:
    ours, other = (article(book / builder / f"book/{name}.html") for builder in ("html", "sphinx"))
    assert len(ours.text.split()) > 50
    assert " ".join(ours.text.split()) == " ".join(other.text.split())
    for kind in ("math", "gtt-explorable", "figure", "img", "table", "fieldset", "details", "input", "pre", "h2"):
        assert len(ours.find_all(kind)) == len(other.find_all(kind)), kind
    links = [[link["href"] for link in one.find_all("a", href=True)] for one in (ours, other)]
    assert links[0] == links[1]


def test_nothing_of_the_newer_theme_is_there_twice(book: Path) -> None:
    page = BeautifulSoup((book / "sphinx/book/page.html").read_text(), "html.parser")
    assert len([field for field in page.select(".search-button-field") if not field.find_parent("dialog")]) == 1
    waits = [str(s["src"]) for s in page.select("head script[src]:not([defer], [async])")]
    assert [name for name in waits if "documentation_options" not in name] == []


# ---- in other browsers ------------------------------------------------------------------------------------------

BROWSERS = {"firefox-esr": firefox, "WebKitWebDriver": webkit}
ERRORS = "(addEventListener('error', (e) => (globalThis.failed ??= []).push(e.message)), 1)"
GRIP = """(async () => {
  const grip = [...document.querySelectorAll(".gtt-handle, .gtt-pad i")].find((e) => e.checkVisibility());
  grip.scrollIntoView({ block: "center", behavior: "instant" });
  for (let frames = 0; frames < 3; frames++) await new Promise(requestAnimationFrame); // browsers scroll when they draw
  const { left, top, width, height } = grip.getBoundingClientRect();
  return [Math.round(left + width / 2), Math.round(top + height / 2)];
})()"""
BEGUN = "Boolean(document.querySelector('gtt-explorable').data)"  # what is large comes from a file beside the page
STATE = "document.querySelector('gtt-explorable').values()"
TOLD = "document.querySelector('gtt-explorable .gtt-picture').getAttribute('aria-label')"
WIDE = "document.documentElement.scrollWidth - innerWidth"
RIGHT = "\ue014"  # the arrow key


def drag(x: int, y: int, by: int) -> dict[str, Any]:
    steps = [{"type": "pointerMove", "x": x, "y": y}, {"type": "pointerDown", "button": 0}]
    steps += [{"type": "pointerMove", "x": x + by, "y": y, "duration": 100}, {"type": "pointerUp", "button": 0}]
    return {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": steps}


def press(key: str) -> dict[str, Any]:
    return {"type": "key", "id": "keys", "actions": [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")]}


@pytest.fixture(scope="module")
def address(book: Path) -> Iterator[str]:
    """By a server: of a page on the disk browsers hide what an error is."""
    server = serve(book / "sphinx")
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("program", BROWSERS)
def test_pages_answer_in_another_browser(address: str, program: str) -> None:
    """Figures are dragged and moved by keys, formulas are set, nothing is wider than the page, the search finds."""
    if not shutil.which(program):
        pytest.skip(f"no {program}: apt-get install firefox-esr webkit2gtk-driver xvfb xauth")
    start: Callable[[], AbstractContextManager[Any]] = BROWSERS[program]
    with start() as page:
        for name in FIGURES:
            page.resize(1280, 800)
            page.goto(f"{address}/book/{name}.html")
            page.evaluate(ERRORS)
            waited_for(lambda: page.evaluate(BEGUN), f"the figure {name} does not begin")
            before, told = page.evaluate(STATE), page.evaluate(TOLD)
            page.act(drag(*page.evaluate(GRIP), by=40))
            dragged = page.evaluate(STATE)
            assert dragged != before, name
            page.act(press(RIGHT))
            assert page.evaluate(STATE) != dragged, f"{name}: the focus is at its control"
            assert page.evaluate(TOLD) != told
            assert page.evaluate(WIDE) <= 0
            page.resize(450, 800)  # the narrowest window that both allow
            assert page.evaluate(WIDE) <= 0, name
            # the notice is no error: a figure that was fitted to its place is looked at again in the next frame
            failed = [
                text for text in page.evaluate("globalThis.failed ?? []") if "ResizeObserver loop" not in text
            ]
            assert failed == [], name
        page.goto(f"{address}/book/page.html")
        waiting = "[...document.querySelectorAll('.math')].some((m) => m.checkVisibility() && !m.offsetHeight)"
        assert page.evaluate(waiting) is False
        page.goto(f"{address}/search.html?q=gradient")
        found = page.evaluate("[...document.querySelectorAll('.gtt-search ol > li a')].map((a) => a.textContent)")
        assert re.search("gradient", " ".join(found))
