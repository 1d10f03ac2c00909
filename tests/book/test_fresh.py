"""A page is built again when its text, the library, or a module or record that it uses has changed; else it is not."""

import importlib.util
import re
import shutil
from types import SimpleNamespace

import pytest

from minirnn.dependencies import data_files, needed
from tests.book.test_build import DESCRIBED, small_book
from tests.conftest import FLAGS, ROOT, build

spec = importlib.util.spec_from_file_location("gtt_fresh", ROOT / "book/_ext/gtt/fresh.py")
fresh = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fresh)


PAGES = {path.stem: path.read_text() for path in (ROOT / "book").glob("*.md")}


def needed_by(page):
    return {*needed(code=fresh.code_of(page))}


def records_of(page):
    code = fresh.code_of(page)
    return {file.stem for file in data_files(needed(code=code), code)}


def test_what_a_page_needs():
    page = """
```{code-cell} ipython3
:tags: [remove-input]
%matplotlib inline
from experiments.record import load
runs = load("latch")
```

```python
from minirnn.control import td
```

```{code-cell} ipython3
from minirnn import bptt, control
```

```{code-cell} ipython3
---
tags: [remove-input]
mystnb:
  figure:
    caption: of a picture
---
from minirnn.theory import population
```

```{code-cell} ipython3
this is no Python
```
"""
    assert {"experiments.record", "minirnn.gradients.backpropagation", "minirnn.control"} <= needed_by(page)
    assert "minirnn.theory.population" in needed_by(page)
    assert needed_by(page).isdisjoint({"minirnn", "minirnn.gradients", "explorables"})
    assert records_of(page) == {"latch"}


def test_a_chapter_needs_its_own_code_and_what_that_imports():
    """What no chapter but one imports is needed by no other page but the scoreboard, which looks at all experiments; so
    a change there draws and runs nothing else; but the page on speed counts the lines of all of the library."""
    needs = {name: needed_by(page) for name, page in PAGES.items()}
    assert {name for name in needs if "minirnn.control.td" in needs[name]} == {"control", "scoreboard", "speed"}
    assert "minirnn.gradients.backpropagation" in needs["exploding"]
    assert needs["errata"] == set()


def test_every_record_is_needed_by_a_page():
    used = {stem for page in PAGES.values() for stem in records_of(page)}
    unused = {path.stem for path in (ROOT / "book/experiments/results").glob("*.json")} - used
    assert not unused, f'no page, nor what it imports, says load("NAME") of {", ".join(sorted(unused))}'


def test_pages_depend_on_pins_and_on_code_in_folders(tmp_path, monkeypatch):
    monkeypatch.setattr(fresh, "ROOT", tmp_path)
    made = (
        "requirements.txt",
        "minirnn/figures/explorable.js",
        "book/coursework/notebooks.py",
        "book/p.md",
        "book/assignments/a.md",
    )
    for name in made:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x = 1")
    pages = ["book/assignments/a", "book/p"]
    env = SimpleNamespace(found_docs=pages, doc2path=lambda page: tmp_path / f"{page}.md")

    def outdated(*changed):
        for name in changed:
            (tmp_path / name).write_text("x = 2")
        return fresh.outdated(None, env, set(), set(), set())

    assert outdated() == pages
    assert outdated() == []
    assert outdated("requirements.txt") == pages
    assert outdated("minirnn/figures/explorable.js") == pages
    assert outdated("book/coursework/notebooks.py") == ["book/assignments/a"]


def page(title, code):
    cell = f"from minirnn.core import params\n{code}\nprint(params.SHOWN)"
    return f"{DESCRIBED}# {title}\n\n```{{code-cell}} ipython3\n{cell}\n```\n"


@pytest.mark.slow
def test_only_what_changed_is_built_again(tmp_path):
    folder = small_book(
        tmp_path,
        {
            "intro.md": page(title="One", code="from explorables import mine"),
            "two.md": page(title="Two", code="1"),
        },
    )
    (folder / "minirnn").unlink()
    shutil.copytree(ROOT / "minirnn", folder / "minirnn", ignore=shutil.ignore_patterns("__pycache__"))
    library, module = folder / "minirnn/core/params.py", folder / "book/explorables/mine.py"
    module.write_text("x = 1\n")
    original = library.read_text()
    library.write_text(original + 'SHOWN = "first"\n')

    def built():
        result = build(folder, *FLAGS)
        assert result.returncode == 0, result.stdout[-3000:]
        return sorted(re.findall(r"book/(\w+)\.md: Executed in", re.sub(r"\x1b\[[\d;]*m", "", result.stdout)))

    assert built() == ["intro", "two"]
    module.write_text("x = 2\n")
    assert built() == ["intro"]
    (folder / "book/two.md").write_text(page(title="Two", code="2"))
    assert built() == ["two"]
    library.write_text(original + 'SHOWN = "second"\nSHOWN = 1 / 0\n')
    assert build(folder, *FLAGS).returncode != 0
    library.write_text(original + 'SHOWN = "second"\n')
    assert built() == ["intro", "two"]
    assert "second" in (folder / "_build/html/book/two.html").read_text()
