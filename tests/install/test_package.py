"""What is put on PyPI works alone: a source archive, the wheel made of it, and that in an environment of its own."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import minirnn
from tests.conftest import ROOT
from tests.install.conftest import reader_env

pytestmark = pytest.mark.slow
VERSION = minirnn.__version__


@pytest.fixture(scope="module")
def package(clone: Path) -> Path:
    """The folder of the wheel and the source archive; making them has checked what they say of themselves."""
    done = subprocess.run(
        ["make", "package", f"PYTHON={sys.executable}"],
        cwd=clone, env=reader_env(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    assert done.stdout.count("PASSED") == 2
    return clone / "_build/package"


def library() -> set[str]:
    files = [path for path in (ROOT / "minirnn").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(ROOT).as_posix() for path in files}


def test_the_package_holds_the_library_its_licence_and_nothing_of_the_book(package: Path):
    wheel, source = package / f"minirnn-{VERSION}-py3-none-any.whl", package / f"minirnn-{VERSION}.tar.gz"
    assert set(package.iterdir()) == {wheel, source}
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = archive.read(f"minirnn-{VERSION}.dist-info/METADATA").decode()
    about = {name for name in names if name.startswith(f"minirnn-{VERSION}.dist-info/")}
    assert names - about == library()
    assert f"minirnn-{VERSION}.dist-info/licenses/LICENSE" in about
    assert f"\nVersion: {VERSION}\nSummary: Readable, fast recurrent networks" in metadata
    with tarfile.open(source) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames() if archive.getmember(name).isfile()}
    assert library() <= packed
    assert {name.partition("/")[0] for name in packed - library()} == {
        *("LICENSE", "MANIFEST.in", "PKG-INFO", "README.md", "minirnn.egg-info", "pyproject.toml", "setup.cfg")
    }


SCRIPT = """
import sys
from pathlib import Path
import numpy as np
import minirnn
from minirnn import LSTM, diagnose, train
from minirnn.core import load_params, save_params
from minirnn.learning import load, losses, optimizers, schedules, tasks, update_size

assert Path(minirnn.__file__).is_relative_to(sys.prefix), minirnn.__file__
assert Path(minirnn.__file__).with_name("py.typed").exists()
rng = np.random.default_rng(0)
cell = LSTM(m=2, n=4)
params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
loss = lambda target: losses.at_end(losses.squared_error, target)
adam = optimizers.adam(schedules.cosine_decay(3e-3, updates=20))
for updates in (10, 20):
    run = train(cell, params, lambda rng: tasks.adding(rng, B=4, T=5), loss, adam, updates, rng,
                save_to="run", each_update=update_size, progress=False)
assert load("run").history == run.history and len(run.history["update"]) == 20
save_params(run.params, "weights.npz")
X, target = tasks.adding(rng, B=4, T=5)
print(diagnose(cell, load_params("weights.npz"), X, loss(target)))
print(minirnn.__version__)
"""


def test_the_wheel_works_in_an_environment_of_its_own(package: Path, tmp_path: Path):
    """Far from the repository."""
    run = {"cwd": tmp_path, "env": reader_env(), "capture_output": True, "text": True}
    subprocess.run([sys.executable, "-m", "venv", "env"], check=True, **run)
    python = tmp_path / "env/bin/python"
    (wheel,) = package.glob("*.whl")
    done = subprocess.run([python, "-m", "pip", "install", "--quiet", wheel], **run)
    assert done.returncode == 0, done.stderr
    (tmp_path / "script.py").write_text(SCRIPT)
    done = subprocess.run([python, "-W", "error", "script.py"], **run)
    assert done.returncode == 0, done.stderr
    *report, version = done.stdout.splitlines()
    assert report
    assert version == VERSION
