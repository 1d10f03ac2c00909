"""The code of a page, as a reader runs it from top to bottom, is short, and ruff and mypy have nothing to say about it.

All cells of a page, visible and hidden, are one module, in which each line has the number that it has in the page: what
stands between the cells becomes comments. So what ruff and mypy say names the page and its line.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from facts import cells
from tests.conftest import ROOT

PAGES = [page.stem for page in sorted((ROOT / "book").glob("*.md")) if "{code-cell}" in page.read_text()]
LONGEST = 20  # lines of code in a cell that is shown
# Rules of modules. A cell shows its last expression, and imports what it is the first to need; what it asserts is no
# test; and in six lines there is no room for sections of imports.
UNLIKE_CELLS = ["--ignore=B018,B905,E402,E731,PT"]
UNLIKE_CELLS += ["--config", "lint.isort.no-sections=true", "--config", "lint.isort.lines-after-imports=1"]


def text_of(page: str) -> str:
    return (ROOT / f"book/{page}.md").read_text()


def module(text: str) -> str:
    """The cells as one module with the lines of the page. Magics, which are IPython's, are left out."""
    lines = ["#"] * text.count("\n")
    for first, _, code in cells(text):
        for i, line in enumerate([*code.splitlines(), ""], first - 1):  # below imports a line is empty
            lines[i] = "#" if line.startswith(("%", "!")) else line
    return "\n".join(lines) + "\n"


def remarks(*command: str) -> str:
    """What a tool says of the modules, as of the pages: book/bptt.md:12 for line 12 of page_bptt.py."""
    env = os.environ | {"MYPYPATH": str(ROOT / "book")}
    result = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=env, capture_output=True, text=True)
    said = re.sub(r"^\S*?page_([\w-]+)\.py:", r"book/\1.md:", result.stdout, flags=re.MULTILINE)
    assert result.returncode in (0, 1), said + result.stderr
    return said


def of(page: str, said: str) -> list[str]:
    return re.findall(rf"^book/{page}\.md:\d.*", said, re.MULTILINE)


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a module for each page."""
    folder = tmp_path_factory.mktemp("cells")
    for page in PAGES:
        (folder / f"page_{page}.py").write_text(module(text_of(page)))
    return folder


@pytest.fixture(scope="module")
def ruff(modules: Path) -> str:
    return remarks(
        "ruff", "check", "--config=pyproject.toml", *UNLIKE_CELLS, "--output-format=concise", str(modules)
    )


@pytest.fixture(scope="module")
def mypy(modules: Path) -> str:
    """A cell may give a name another type, as readers do who run cells one by one."""
    files = [str(modules / f"page_{page}.py") for page in PAGES]
    return remarks("mypy", "--allow-redefinition", "--follow-imports=silent", "--no-pretty", *files)


@pytest.mark.parametrize("page", PAGES)
def test_every_cell_is_found_and_those_that_are_shown_are_short(page):
    text = text_of(page)
    assert len(cells(text)) == text.count("{code-cell}")
    shown = [cell for cell in cells(text) if cell.is_shown]
    lengths = {
        f"book/{page}.md:{cell.line}": sum(map(bool, map(str.strip, cell.code.splitlines()))) for cell in shown
    }
    assert {place: lines for place, lines in lengths.items() if lines > LONGEST} == {}


@pytest.mark.parametrize("page", PAGES)
def test_ruff_has_nothing_to_say(page, ruff):
    said = of(page, ruff)
    assert not said, "\n".join(said)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_mypy_has_nothing_to_say(page, mypy):
    said = of(page, mypy)
    assert not said, "\n".join(said)


FAULTY = """
```{code-cell} ipython3
---
tags: [remove-cell]
---
%matplotlib inline
import math
```

Text.

```{code-cell} ipython3
:tags: [remove-input]
math.sqrt("four")
undefined
```
"""


def test_what_is_said_names_the_line_of_the_page(tmp_path):
    (tmp_path / "page_made-up.py").write_text(module(FAULTY))
    said = remarks(
        "ruff", "check", "--config=pyproject.toml", *UNLIKE_CELLS, "--output-format=concise", str(tmp_path)
    )
    (line,) = of("made-up", said)
    assert line.startswith("book/made-up.md:15:1: ")
    assert "Undefined name `undefined`" in line
    lines = of("made-up", remarks("mypy", str(tmp_path / "page_made-up.py")))
    assert [line[:23] for line in lines] == ["book/made-up.md:14: err", "book/made-up.md:15: err"]
