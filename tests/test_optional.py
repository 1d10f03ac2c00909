"""What a user may not have: a package that is missing is named with the extra that brings it, and nothing warns."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import minirnn
from minirnn.optional import EXTRAS, extra
from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
MODULES = sorted(Path(minirnn.__file__).parent.rglob("*.py"))
distributions = cache(packages_distributions)


def run(code: str, warnings: str = "error") -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-W", warnings, "-c", code], capture_output=True, text=True, cwd=ROOT)


SWEEP = (
    "import tempfile; from tests.learning.sweep_runs import square; "
    "from minirnn.learning.sweeps import results, sweep; "
    "results(sweep(square, {'x': [2]}, folder=tempfile.mkdtemp(), jobs=1))"
)
MEMORY = "import numpy as np; from minirnn.theory import memory; "
OBSERVED = (
    "import numpy as np; from minirnn import bridges; bridges.observe_step("
    "lambda *given: given[-1], np.ones((1, 1, 1)), np.ones((1, 1)), lambda *given: given[-1].sum(), "
)
TO_TORCH = """
import numpy as np
from minirnn import LSTM, bridges
bridges.to_torch(LSTM(1, 1), LSTM(1, 1).init(np.random.default_rng(0)))
"""
USES = [
    *(("draw", "matplotlib", f"import minirnn.figures.{n}") for n in ("theme", "explorables", "frames", "live")),
    ("draw", "joblib", "import minirnn.figures.frames"),
    ("draw", "anywidget", "import minirnn.figures.live"),
    ("draw", "traitlets", "import minirnn.figures.live"),
    ("draw", "font_source_sans_pro", "from minirnn import figures; figures.figure()"),
    ("data", "sklearn", "from minirnn.learning import tasks; tasks.digits('train')"),
    ("sweeps", "joblib", SWEEP),
    (
        "sweeps",
        "cloudpickle",
        "from minirnn.learning.snapshots import snapshot\ndef run(x): return x\nsnapshot(run)",
    ),
    *(
        ("safetensors", "safetensors", f"import numpy as np; from minirnn.core import archives as a; a.{call}")
        for call in ("save_params({'W': np.ones(2)}, 'w.safetensors')", "load_params('w.safetensors')")
    ),
    ("theory", "scipy", MEMORY + "memory.airy(3)"),
    ("theory", "scipy", MEMORY + "memory.fit(np.ones(3), np.array([0.5]), positive=True)"),
    ("theory", "scipy", MEMORY + "memory.project(np.ones(3), np.array([0.5]))"),
    ("theory", "scipy", MEMORY + "memory.optimise(np.ones(3), np.array([0.5]))"),
    ("theory", "scipy", "from minirnn.theory import plateau; plateau.flow(1.0, 2.0)"),
    ("torch", "torch", "from minirnn import bridges; bridges.from_torch(None)"),
    ("torch", "torch", "from minirnn import bridges; bridges.observe_torch(None, print)"),
    ("torch", "torch", TO_TORCH),
    ("torch", "torch", OBSERVED + "'torch')"),
    ("jax", "jax", OBSERVED + "'jax')"),
    ("jax", "jax", OBSERVED + "'jax', {'w': np.ones(1)})"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "package", "code"), USES)
def test_a_missing_package_is_named_with_its_extra(name: str, package: str, code: str):
    result = run(f"import sys; sys.modules[{package!r}] = None\n{code}")
    assert result.returncode == 1
    error = next(line for line in result.stderr.splitlines() if line.startswith("ModuleNotFoundError"))
    assert package in error
    assert f"which minirnn needs for {EXTRAS[name]}" in error
    assert f'pip install "minirnn[{name}]"' in error


def imports(node: ast.AST, within: str | None = None) -> Iterator[tuple[str, str | None]]:
    """(package, the extra in whose `with` block it is imported) for all absolute imports below `node`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from ((alias.name.split(".")[0], within) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield str(child.module).split(".")[0], within
        elif isinstance(child, ast.With) and ast.unparse(child.items[0]).startswith("extra("):
            yield from imports(child, ast.literal_eval(child.items[0].context_expr.args[0]))  # type: ignore[attr-defined]
        else:
            yield from imports(child, within)


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.stem)
def test_what_is_imported_is_required_or_stands_under_its_extra(file: Path):
    wanted = PROJECT["optional-dependencies"] | {None: PROJECT["dependencies"]}
    for package, name in set(imports(ast.parse(file.read_text()))) - {("minirnn", None)}:
        if package in sys.stdlib_module_names:
            assert name is None
            continue
        brought = {Requirement(text).name for text in wanted[name]}
        # of a package that is not installed, as PyTorch may be, the distribution has its name
        assert brought & set(distributions().get(package, [package])), (
            f"{file.name}: {package} needs `with extra(...)`; got {name}"
        )


def test_extras_are_those_of_the_project():
    assert EXTRAS.keys() <= PROJECT["optional-dependencies"].keys()
    with pytest.raises(KeyError), extra("drawing"):
        pass


def test_other_errors_of_an_import_pass_unchanged():
    with pytest.raises(ImportError, match="cannot import name 'nothing'"), extra("draw"):
        from math import nothing  # type: ignore[attr-defined] # noqa: F401


def test_a_report_without_its_figure_is_its_text():
    code = """
import sys; sys.modules["matplotlib"] = None
import numpy as np
from minirnn import VanillaRNN
from minirnn.learning import losses
from minirnn.diagnosis.entry import diagnose
rng, cell = np.random.default_rng(0), VanillaRNN(m=1, n=4)
params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
X = rng.standard_normal((20, 2, 1))
print(diagnose(cell, params, X, losses.at_end(losses.squared_error, np.ones((2, 1))))._repr_html_())
"""
    shown = run(code).stdout
    assert "largest exponent" in shown
    assert "<svg" not in shown


# A notebook without ipywidgets, as tqdm sees it. Warnings are shown and not raised: tqdm would catch them.
NOTEBOOK = """
import os, sys, types, IPython
for name in [name for name in os.environ if name == "QT_API" or name.startswith("SPYDER")]:
    del os.environ[name]
sys.modules["ipykernel.zmqshell"] = types.ModuleType("ipykernel.zmqshell")
sys.modules["ipywidgets"] = None
"""
TRAIN = """
import numpy as np
from minirnn import VanillaRNN
from minirnn.learning import losses, optimizers, tasks
from minirnn.learning.training import train
rng, cell = np.random.default_rng(0), VanillaRNN(m=6, n=4)
params = cell.init(rng) | losses.init_readout(rng, cell, outputs=4)
train(cell, params, lambda rng: tasks.temporal_order(rng, B=2, T=10),
      lambda y: losses.at_end(losses.softmax_cross_entropy, y), optimizers.sgd(0.1), updates=3, rng=rng)
"""


def test_tqdm_warns_in_a_notebook_without_ipywidgets():
    """What the next test is about: should tqdm stop warning, `progress_bar` can go."""
    assert "TqdmWarning: IProgress not found" in run(NOTEBOOK + "import tqdm.auto", "always").stderr


@pytest.mark.slow
@pytest.mark.parametrize("code", [TRAIN, SWEEP], ids=["train", "sweep"])
def test_a_notebook_without_ipywidgets_shows_a_plain_bar(code: str):
    result = run(NOTEBOOK + code, "always")
    assert result.returncode == 0, result.stderr
    assert "0%|" in result.stderr
    assert "Warning" not in result.stderr


def test_in_a_browser_a_bar_starts_no_thread_and_does_not_warn_of_it():
    """tqdm watches its bars from a thread of its own. Python of a browser has none, as `start` says there."""
    no_threads = """
import sys, threading, tqdm.auto
from minirnn.optional import progress_bar
sys.platform = "emscripten"
def start(self): raise RuntimeError("can't start new thread")
threading.Thread.start = start
"""
    result = run(no_threads + "print(sum(progress_bar(range(3))))", "always")
    assert result.stdout.strip() == "3"
    assert "Warning" not in result.stderr
