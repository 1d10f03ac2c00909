"""What readers of the browser's notebooks have: the book's code with the versions of Pyodide 314.0.6, natively."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

VERSIONS = {"numpy": "2.4.6", "matplotlib": "3.10.8"}  # as its pyodide-lock.json has them
DRAW = """
import importlib, pkgutil, sys
import matplotlib, numpy
import explorables
from minirnn.figures.explorables import Explorable

print(numpy.__version__, matplotlib.__version__)
for found in pkgutil.walk_packages(explorables.__path__, "explorables."):
    figure = getattr(importlib.import_module(found.name), "FIGURE", None)
    if isinstance(figure, Explorable):
        figure.frame(figure.start, "path")
        print(figure.name)
"""


@pytest.mark.slow
def test_every_figure_is_drawn_with_the_versions_of_pyodide(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path)]
    wanted = [f"{name}=={version}" for name, version in VERSIONS.items()]
    done = subprocess.run([*pip, *wanted], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    path = os.pathsep.join(map(str, (tmp_path, ROOT, ROOT / "book")))
    env = os.environ | {"PYTHONPATH": path, "MPLCONFIGDIR": str(tmp_path / "config")}
    drawn = subprocess.run([sys.executable, "-c", DRAW], env=env, cwd=tmp_path, capture_output=True, text=True)
    assert drawn.returncode == 0, drawn.stdout[-500:] + drawn.stderr[-3000:]
    first, *figures = drawn.stdout.splitlines()
    assert first.split() == list(VERSIONS.values())
    assert len(figures) > 50
