"""Importing has no side effects; what is public is documented, and tested by example."""

import ast
import doctest
import importlib
import inspect
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

import minirnn

MODULES = [module.name for module in pkgutil.walk_packages(minirnn.__path__, "minirnn.")]
DRAWING = [name for name in MODULES if name.startswith("minirnn.figures")]
MATHEMATICS = [name for name in MODULES if name not in DRAWING]
WITH_CODE = [name for name in MATHEMATICS if not hasattr(importlib.import_module(name), "__path__")]
HEAVY = ["matplotlib", "ipywidgets", "anywidget", "sklearn", "joblib", "torch", "jax", "scipy", "IPython", "pandas"]


def python(code: str) -> str:
    """What a Python of its own prints; it fails for a warning too."""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.slow
def test_imports_have_no_side_effects():
    """That of `minirnn` alone, then those of all rooms but the figures."""
    code = f"""
import importlib, os, sys, warnings
import numpy as np
def settings():
    state = np.random.get_state()[1].tolist()
    return dict(os.environ), np.geterr(), list(warnings.filters), state, np.get_printoptions()
before = settings()
for name in ["minirnn", *{MATHEMATICS}]:
    importlib.import_module(name)
    for what, old, new in zip(("environment", "errors", "warnings", "random", "print"), before, settings()):
        assert old == new, (name, what)
    assert not (heavy := set({HEAVY}) & set(sys.modules)), (name, heavy)
"""
    assert python(code) == ""


@pytest.mark.slow
def test_figures_leave_the_settings_of_matplotlib_alone():
    pytest.importorskip("matplotlib")
    code = f"""
import importlib, sys
import matplotlib
before = matplotlib.rcParams.copy()  # a dict of it would look the backend up, and import pyplot
for name in {DRAWING}:
    importlib.import_module(name)
assert before == matplotlib.rcParams.copy()
assert "matplotlib.pyplot" not in sys.modules
"""
    assert python(code) == ""
    chosen = "import matplotlib; matplotlib.use('svg'); import minirnn.figures; print(matplotlib.get_backend())"
    assert python(chosen) == "svg\n"


def public(module: ModuleType) -> Iterator[str]:
    for name, value in vars(module).items():
        own = getattr(value, "__module__", None) == module.__name__
        if own and not name.startswith("_") and (inspect.isclass(value) or inspect.isfunction(value)):
            yield name


@pytest.mark.parametrize("name", MATHEMATICS)
def test_what_is_public_has_a_docstring(name: str):
    module = importlib.import_module(name)
    assert module.__doc__
    # a dataclass without a docstring is given its signature as one
    written = {
        node.name: ast.get_docstring(node)
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    assert [member for member in public(module) if not written[member]] == []


# Examples of these stand where they are used: a cell, `bptt`, `diagnose`.
SHOWN_ELSEWHERE = {
    f"minirnn.{name}" for name in ("cells.contract", "cells.stable", "core.products", "gradients.objective")
} | {
    f"minirnn.diagnosis.{name}"
    for name in ("__main__", "around", "findings", "inside", "measures", "watched_models")
}


@pytest.mark.parametrize("name", sorted(set(WITH_CODE) - SHOWN_ELSEWHERE))
def test_every_module_has_an_example_that_runs(name: str):
    module = importlib.import_module(name)
    assert [test.name for test in doctest.DocTestFinder().find(module) if test.examples]


@pytest.mark.parametrize("name", ["minirnn", *MODULES])
def test_all_names_exist(name: str):
    module = importlib.import_module(name)
    assert [each for each in getattr(module, "__all__", ()) if not hasattr(module, each)] == []
