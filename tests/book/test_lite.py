"""Notebooks that run in the reader's browser: what is asked before, and what is installed."""

import ast
import importlib
import json
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from bs4 import BeautifulSoup
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from facts import CELL
from tests.conftest import ROOT


@pytest.fixture
def lite(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "book/_ext")
    return importlib.import_module("gtt.lite")


@pytest.mark.parametrize("name", ["bptt.ipynb", "assignments/bptt.ipynb"])
def test_a_page_says_from_where_and_how_much_before_anything_is_loaded(lite: ModuleType, name: str) -> None:
    page = BeautifulSoup(lite.page(name, "A & B", "python.example"), "html.parser")
    said = page.get_text()
    for piece in (
        "A & B",
        "python.example",
        "about 50 MB",
        "ten times as long",
        "Nothing has been loaded from it yet",
    ):
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
    del packages["tqdm"], packages["prompt-toolkit"]
    (tmp_path / "pyodide-lock.json").write_text(json.dumps({"packages": packages}))
    with pytest.raises(FileNotFoundError, match=r"lacks tqdm, prompt-toolkit, kiwisolver\.whl, numpy\.whl"):
        lite.make()


def test_a_second_build_has_its_settings_also_where_the_first_was_deleted(
    lite: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JupyterLite's record of what it has done says that the settings are in place. It is not asked."""
    site, work = tmp_path / "site", tmp_path / "work"
    for folder in ("_notebooks", "lite/pypi"):
        (site / folder).mkdir(parents=True)
    (site / "lite/pypi/minirnn-0.0.9-py3-none-any.whl").touch()
    work.mkdir()
    (work / ".jupyterlite.doit.db").touch()
    commands = []
    for name, value in {"SITE": site, "WORK": work, "pyodide_address": lambda: "https://python.example/x"}.items():
        monkeypatch.setattr(lite, name, value)
    monkeypatch.setattr(lite, "wheels", lambda folder: None)
    monkeypatch.setattr(lite, "contents", lambda notebooks, folder: folder.mkdir())
    monkeypatch.setattr(lite, "run", lambda *command: commands.append({*work.iterdir(), *site.rglob("*.whl")}))
    lite.make()
    assert commands == [{work / "contents", work / "jupyter-lite.json"}]


def test_what_the_wheels_ask_for_is_in_the_site_or_asked_of_pyodide(lite: ModuleType) -> None:
    """So that a copy of Pyodide that lacks one is refused. A kernel's own stand-in for widgets comes with it."""
    wanted = ["minirnn[draw,data,sweeps,theory]"]
    for text in wanted:  # grows by what each in the site depends on
        asked = Requirement(text)
        if (name := canonicalize_name(asked.name)) in {"minirnn", *lite.PURE}:
            extras = asked.extras or {""}
            needs = [Requirement(need) for need in requires(name) or ()]
            wanted += [
                str(need)
                for need in needs
                if str(need) not in wanted
                and (not need.marker or any(need.marker.evaluate({"extra": extra}) for extra in extras))
            ]
    names = {canonicalize_name(Requirement(text).name) for text in wanted}
    assert names - {"minirnn", "widgetsnbextension", *lite.PURE} <= {*lite.NEEDED}


def test_modules_that_cells_import_are_in_the_site_and_need_nothing_of_the_build(lite: ModuleType) -> None:
    imported = set()
    for page in (ROOT / "book").glob("*.md"):
        for _, code in CELL.findall(page.read_text()):
            for node in ast.walk(ast.parse(code)):
                names = [alias.name for alias in getattr(node, "names", ())] if isinstance(node, ast.Import) else []
                names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
                imported |= {name.partition(".")[0] for name in names}
    own = {path.stem for path in (ROOT / "book").iterdir() if path.suffix in ("", ".py")}
    assert imported & own <= {*lite.MODULES}
    blocked = "import sys; sys.modules.update(dict.fromkeys(('myst_nb', 'sphinx', 'docutils')))"
    code = f"{blocked}; import {', '.join(lite.MODULES)}"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "book", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
