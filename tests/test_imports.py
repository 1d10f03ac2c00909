"""Importing has no side effects; every module is documented, tested by example and within its budget of lines."""

import ast
import doctest
import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import minirnn

FOLDER = Path(minirnn.__file__).parent
DRAWING = {"plots", "explorable", "controls", "frames", "live", "markup", "report"}
MODULES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
CORE = [name for name in MODULES if name not in DRAWING]
HEAVY = ["matplotlib", "ipywidgets", "anywidget", "sklearn", "joblib", "torch", "scipy", "IPython"]


def python(code, *options):
    return subprocess.run(
        [sys.executable, "-W", "error", *options, "-c", code], capture_output=True, text=True, check=True
    )


@pytest.mark.parametrize("what", ["minirnn", ", ".join(f"minirnn.{name}" for name in CORE)], ids=["top", "core"])
def test_import_has_no_side_effects(what):
    code = f"""
import sys, warnings
import numpy as np
before = np.geterr(), list(warnings.filters), np.random.get_state()[1].tolist(), np.get_printoptions()
import {what}
after = np.geterr(), list(warnings.filters), np.random.get_state()[1].tolist(), np.get_printoptions()
assert before[0] == after[0], "np.geterr"
assert before[1] == after[1], "warning filters"
assert before[2] == after[2], "global random state"
assert before[3] == after[3], "print options"
print(*[name for name in {HEAVY} if name in sys.modules])
"""
    result = python(code)
    assert result.stdout.split() == []
    assert result.stderr == ""


def test_import_leaves_matplotlibs_backend_alone():
    pytest.importorskip("matplotlib")
    python("""
import matplotlib
matplotlib.use("svg")
before = dict(matplotlib.rcParams)
import minirnn, minirnn.figures.theme
assert matplotlib.get_backend() == "svg"
assert before == dict(matplotlib.rcParams)
""")


def test_import_is_quick():
    """The aim is half a second; the bound is twice that, for machines that are busy."""
    code = "import time; begin = time.perf_counter(); import minirnn; print(time.perf_counter() - begin)"
    best = min(float(python(code).stdout) for _ in range(3))
    print(f"import minirnn: {best:.2f} s")
    assert best < 1.0


def public(module):
    for name, value in vars(module).items():
        own = getattr(value, "__module__", None) == module.__name__
        if own and not name.startswith("_") and (inspect.isclass(value) or inspect.isfunction(value)):
            yield name, value


@pytest.mark.parametrize("name", CORE)
def test_what_is_public_has_a_docstring(name):
    module = importlib.import_module(f"minirnn.{name}")
    assert module.__doc__
    members = dict(public(module))
    assert members
    # a dataclass without a docstring is given its signature as one
    written = {
        node.name: ast.get_docstring(node)
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    assert [member for member in members if not written[member]] == []


@pytest.mark.parametrize("name", CORE)
def test_every_module_has_an_example_that_runs(name):
    module = importlib.import_module(f"minirnn.{name}")
    assert [test.name for test in doctest.DocTestFinder().find(module) if test.examples]


@pytest.mark.parametrize("name", [*MODULES, "__init__"])
def test_modules_are_short(name):
    assert len((FOLDER / f"{name}.py").read_text().splitlines()) <= 300


@pytest.mark.parametrize("name", CORE)
def test_mathematics_does_not_import_drawing(name):
    tree = ast.parse((FOLDER / f"{name}.py").read_text())
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    assert imported
    forbidden = {f"minirnn.{drawing}" for drawing in DRAWING} | {"matplotlib", "ipywidgets", "anywidget", "book"}
    assert not {name for name in imported if name in forbidden or name.split(".")[0] in forbidden}


def test_all_names_exist():
    assert all(hasattr(minirnn, name) for name in minirnn.__all__)
