"""The habits of the house: what lies in the repository, how long a module is, what an import does."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, source_files

MODULES = sorted((ROOT / "minirnn").glob("*.py"))


def test_no_built_or_foreign_files_in_the_repository():
    unwanted = (".ipynb", ".min.js", ".woff", ".woff2", ".ttf", ".otf", ".wasm", ".map")
    assert [str(f) for f in source_files() if str(f).endswith(unwanted) or "_build" in f.parts] == []


@pytest.mark.parametrize("file", MODULES, ids=lambda f: f.name)
def test_modules_are_short(file: Path):
    assert len(file.read_text().splitlines()) <= 300


@pytest.mark.parametrize("file", sorted((ROOT / "book/_ext").rglob("*.py")), ids=lambda f: f.name)
def test_extension_is_short(file: Path):
    assert len(file.read_text().splitlines()) <= 200


def run(code: str) -> str:
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr
    return result.stdout + result.stderr


def test_import_draws_nothing_and_changes_nothing():
    code = """
import os, sys, warnings
import numpy as np
before = dict(os.environ), list(warnings.filters), np.geterr(), str(np.random.get_state()[1]), np.get_printoptions()
import minirnn
after = dict(os.environ), list(warnings.filters), np.geterr(), str(np.random.get_state()[1]), np.get_printoptions()
assert before == after
heavy = {"matplotlib", "ipywidgets", "anywidget", "IPython", "sklearn", "torch", "pandas"} & set(sys.modules)
assert not heavy, heavy
"""
    assert run(code) == ""


def test_importing_plots_changes_no_setting():
    code = """
import matplotlib, sys
before = matplotlib.rcParams.copy()  # a dict of it would look the backend up, and import pyplot
import minirnn.plots
assert before == matplotlib.rcParams.copy()
assert "matplotlib.pyplot" not in sys.modules
"""
    assert run(code) == ""
