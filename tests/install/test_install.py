"""The library alone, as a newcomer has it: the README's commands in a fresh copy, without any extra."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import minirnn
from tests.conftest import ROOT
from tests.install.conftest import reader_env, readme_commands

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def example(clone: Path) -> subprocess.CompletedProcess[str]:
    code = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[0]
    (clone / "example.py").write_text(code)
    return subprocess.run(
        ["bash", "-euc", readme_commands(1)], cwd=clone, env=reader_env(), capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def python(clone: Path, example: subprocess.CompletedProcess[str]) -> Path:
    """The interpreter that has the library, and no extra."""
    assert example.returncode == 0, example.stdout + example.stderr
    return clone / "env/bin/python"


def run(python: Path, code: str, folder: Path) -> str:
    command = [str(python), "-W", "error", "-c", code]
    result = subprocess.run(command, cwd=folder, env=reader_env(), capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_example_runs(example: subprocess.CompletedProcess[str]):
    assert example.returncode == 0, example.stdout + example.stderr
    assert "largest exponent" in example.stdout


def test_the_package_is_the_library_and_no_more(python: Path, tmp_path: Path):
    code = "import importlib.metadata as m; print(*m.files('minirnn'), sep='\\n')"
    installed = {Path(line) for line in run(python, code, tmp_path).splitlines() if "__pycache__" not in line}
    own = {path for path in installed if not path.parts[0].endswith(".dist-info")}
    here = [path for path in (ROOT / "minirnn").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert own == {path.relative_to(ROOT) for path in here}
    assert {"explorable.js", "explorable.css", "py.typed"} <= {path.name for path in own}


def test_only_what_the_library_needs_is_installed(python: Path, tmp_path: Path):
    code = "import importlib.metadata as m; print(*sorted(d.name for d in m.distributions()))"
    assert set(run(python, code, tmp_path).split()) <= {"autograd", "minirnn", "numpy", "pip", "setuptools", "tqdm"}


def test_every_module_works_or_names_its_extra(python: Path, tmp_path: Path):
    """Its examples run, too, or name theirs."""
    code = """
import doctest, importlib, pkgutil, minirnn
examples, right = doctest.DocTestRunner(), 0
for name in (m.name for m in pkgutil.walk_packages(minirnn.__path__, "minirnn.")):
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        assert 'pip install "minirnn[draw]"' in str(error), error
        print(name)
    else:
        for example in doctest.DocTestFinder().find(module, name):
            said = []
            failed, tried = examples.run(example, out=said.append)
            assert not failed or 'pip install "minirnn[' in "".join(said), "".join(said)
            right += tried - failed
assert right > 300, right
"""
    assert run(python, code, tmp_path).split()[0] == "minirnn.figures"


def test_types_arrive(python: Path, tmp_path: Path):
    (tmp_path / "script.py").write_text("from minirnn import LSTM\n\nreveal_type(LSTM(m=2, n='3').shapes())\n")
    command = [sys.executable, "-m", "mypy", "--python-executable", str(python), "--config-file=", "script.py"]
    said = subprocess.run(command, cwd=tmp_path, env=reader_env(), capture_output=True, text=True).stdout
    assert 'incompatible type "str"; expected "int"' in said
    assert 'Revealed type is "dict[str, tuple[int, ...]]"' in said


def test_one_version(python: Path, tmp_path: Path):
    code = "import importlib.metadata as m, minirnn; print(minirnn.__version__, m.version('minirnn'))"
    assert run(python, code, tmp_path).split() == 2 * [minirnn.__version__]
