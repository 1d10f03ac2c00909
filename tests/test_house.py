"""The habits of the house: what lies in the repository, how long a module is, how its texts are written."""

import ast
import re
import tomllib
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import pytest

import minirnn
from tests.conftest import ROOT, source_files


def test_no_built_or_foreign_files_in_the_repository():
    unwanted = (".ipynb", ".min.js", ".woff", ".woff2", ".ttf", ".otf", ".wasm", ".map")
    assert [str(f) for f in source_files() if str(f).endswith(unwanted) or "_build" in f.parts] == []


PYTHON = [ROOT / file for file in source_files() if file.suffix == ".py"]
every_source = pytest.mark.parametrize("file", PYTHON, ids=lambda file: file.relative_to(ROOT).as_posix())


every_module = pytest.mark.parametrize(
    "name", [file.relative_to(ROOT).as_posix() for file in PYTHON if not file.is_relative_to(ROOT / "tests")]
)


@every_module
def test_modules_are_short(name: str):
    """Of the book's extension, whose parts have little to do with each other, 200 lines."""
    assert len((ROOT / name).read_text().splitlines()) <= (200 if name.startswith("book/_ext/") else 300)


def fragments(source: str) -> list[str]:
    """Pieces of a text, one literal a line, that are short and would fit on the line before theirs or after it."""
    found, literal = [], r'f?"((?:[^"\\]|\\.)*)"'
    for line, below in pairwise(source.splitlines()):
        above, piece = re.search(f"{literal}$", line), re.match(rf"\s*{literal}(.*)", below)
        if not above or not piece or above[1].endswith("\\n"):
            continue
        if len(above[1]) < 25 and len(line) + len(piece[1].split(" ")[0]) < 116:
            found.append(above[0])
        elif len(piece[1]) < 25 and len(line) + len(piece[1] + piece[2]) <= 116:
            found.append(piece[0].strip())
    return found


@every_source
def test_texts_are_paragraphs(file: Path):
    assert fragments(file.read_text()) == []


def test_fragments_are_found():
    assert fragments('x = "Grey: all but "\n    "the first, "\n    "and its end."') == [
        '"Grey: all but "',
        '"the first, "',
    ]
    assert fragments('x = "One line.\\n"\n    "Two lines."') == []
    assert fragments('x = "' + 108 * "x" + '"\n    "the last."') == []


@every_source
def test_docstrings_have_no_stray_quote_marks(file: Path):
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            assert not re.search(r'\s"$|^"\w[^"]*$', ast.get_docstring(node) or "", re.MULTILINE)


BY_HAND = re.compile(
    r"""['"]s['"] \* \(|['"](\w+)['"] if .{1,30} == 1 else ['"]\1s['"]|=== 1 \? "(\w*)" : "\2s\""""
)


@pytest.mark.parametrize("suffix", [".py", ".js"])
def test_plurals_of_figures_come_from_one_function(suffix: str):
    """`minirnn.figures.counted`, and its twin in scripts."""
    files = [file for file in source_files() if "explorables" in file.parts and file.suffix == suffix]
    assert files
    assert [str(file) for file in files if BY_HAND.search((ROOT / file).read_text())] == []


def test_plurals_by_hand_are_found():
    texts = (
        "f\"{n} step{'s' * (n > 1)}\"",
        "'unit' if n == 1 else 'units'",
        '${n === 1 ? "step" : "steps"}',
        '=== 1 ? "" : "s"',
    )
    assert all(BY_HAND.search(text) for text in texts)


def test_one_address():
    """Where the repository lies is said in _config.yml; the package names this address, or none while there is none."""
    address = re.search(r'repository_url: "(.*)"', (ROOT / "_config.yml").read_text())[1]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project.get("urls", {}) == ({"Repository": address} if address else {})


def test_one_name_for_the_authors():
    """CITATION.cff has it; the book's author and the footer of every page are the same."""
    name = re.search(r'^  - name: "(.*)"', (ROOT / "CITATION.cff").read_text(), re.MULTILINE)[1]
    config = (ROOT / "_config.yml").read_text()
    assert f"\nauthor: {name}\n" in config
    assert re.search(rf'^copyright: "\d{{4}}, {name[0].lower() + name[1:]}"$', config, re.MULTILINE)


def test_one_version():
    assert f"\nversion: {minirnn.__version__}\n" in (ROOT / "CITATION.cff").read_text()
    assert version("minirnn") == minirnn.__version__
