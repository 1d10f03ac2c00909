"""Notebooks that run in the reader's browser: what is asked before, and what is installed."""

import importlib
import json
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from bs4 import BeautifulSoup

from tests.conftest import ROOT


@pytest.fixture
def lite(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "book/_ext")
    return importlib.import_module("gtt.lite")


@pytest.mark.parametrize("name", ["bptt.ipynb", "assignments/bptt.ipynb"])
def test_a_page_says_from_where_and_how_much_before_anything_is_loaded(lite: ModuleType, name: str) -> None:
    page = BeautifulSoup(lite.page(name, "A & B", "python.example"), "html.parser")
    said = page.get_text()
    for piece in ("A & B", "python.example", "about 40 MB", "Nothing has been loaded from it yet"):
        assert piece in said
    assert not page.select("script, img, iframe")
    up = "../" * (name.count("/") + 1)
    links = [link["href"] for link in page.select("a")]
    assert links == [f"{up}lite/lab/index.html?path={name}", f"{up}book/{name.removesuffix('.ipynb')}.html"]
    assert all(link["href"].startswith(f"{up}_static/") for link in page.select("link"))


def test_with_a_copy_of_pyodide_no_other_server_is_named(lite: ModuleType) -> None:
    said = BeautifulSoup(lite.page("bptt.ipynb", "BPTT", ""), "html.parser").get_text()
    assert "from this site" in said
    assert "Pyodide project" not in said


def test_the_first_cell_installs_and_assignments_come_along(lite: ModuleType, tmp_path: Path) -> None:
    cells = [
        nbformat.v4.new_markdown_cell("# One"),
        nbformat.v4.new_code_cell("find"),
        nbformat.v4.new_code_cell("1"),
    ]
    for folder in ("_notebooks/assignments", "assignments"):
        (tmp_path / folder).mkdir(parents=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "_notebooks/one.ipynb")
    (tmp_path / "assignments/selfcheck.py").write_text("")
    lite.contents(tmp_path / "_notebooks", tmp_path / "shown")
    made = nbformat.read(tmp_path / "shown/one.ipynb", as_version=4)
    assert [cell.source for cell in made.cells] == ["# One", lite.INSTALL, "1"]
    assert lite.title_of(tmp_path / "shown/one.ipynb") == "One"
    assert (tmp_path / "shown/assignments/selfcheck.py").exists()


def test_what_is_missing_is_said(lite: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lite, "SITE", tmp_path)
    with pytest.raises(FileNotFoundError, match="give the command `make book` first"):
        lite.make()
    (tmp_path / "_notebooks").mkdir()
    monkeypatch.setenv("PYODIDE", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"PYODIDE must name a folder with pyodide-lock\.json"):
        lite.make()
    depends = {"ipython": ["prompt_toolkit"], "matplotlib": ["kiwisolver", "numpy"]}
    names = [*lite.NEEDED, "prompt-toolkit", "kiwisolver", "yt"]
    packages = {name: {"file_name": f"{name}.whl", "depends": depends.get(name, [])} for name in names}
    (tmp_path / "pyodide-lock.json").write_text(json.dumps({"packages": packages}))
    for name in {*lite.NEEDED, "prompt-toolkit"} - {"numpy"}:
        (tmp_path / f"{name}.whl").touch()
    with pytest.raises(FileNotFoundError, match=r"a full copy of Pyodide; '.*' lacks kiwisolver\.whl, numpy\.whl"):
        lite.make()
