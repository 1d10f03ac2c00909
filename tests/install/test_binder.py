"""Binder, step by step on this machine: its environment, the repository's plan, its server, a launch button's path."""

import importlib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import wait_for_state
from tests.browser.lab import jupyterlab, run_all, tab
from tests.conftest import ROOT, copy_repository

# What Binder's image has before it sees a repository: of repo2docker 2026.4's lock, what shows and runs notebooks.
IMAGE = {
    "ipykernel": "7.0.1",
    "ipywidgets": "8.1.7",
    "jupyter_server": "2.17.0",
    "jupyterhub": "5.4.0",
    "jupyterlab": "4.4.9",
    "jupyterlab_server": "2.27.3",
    "jupyterlab_widgets": "3.0.15",
    "notebook": "7.4.7",
}
# What it does with this repository; the first steps are repo2docker's, the last is postBuild.
PLAN = ["pip install --no-cache-dir -r requirements.txt", "pip install --no-cache-dir .", "./postBuild"]


def test_the_plan_is_that_of_repo2docker() -> None:
    repo2docker = pytest.importorskip("repo2docker", reason="pip install jupyter-repo2docker shows Binder's plan")
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    dockerfile = done.stdout + done.stderr
    assert done.returncode == 0, dockerfile[-2000:]
    version = (ROOT / "runtime.txt").read_text().strip().removeprefix("python-")
    assert f"Building conda environment for python={version}" in dockerfile
    steps = re.findall(r"^RUN (?:\$\{KERNEL_PYTHON_PREFIX\}/bin/)?(pip .*|\./postBuild)$", dockerfile, re.MULTILINE)
    assert [shlex.split(step) for step in steps] == [step.split() for step in PLAN]

    folder = Path(repo2docker.__file__).parent / "buildpacks/conda"
    lock = (folder / f"environment.py-{version}-linux-64.lock").read_text()
    locked = dict(re.findall(r"/([\w-]+?)(?:-base)?-([\d.]+)-\w+\.conda", lock))
    assert {name: locked[name] for name in IMAGE} == IMAGE


def python_of_the_plan() -> str:
    """The Python that runtime.txt names, where the machine has it; else the one of this run. The pins are for both."""
    wanted = (ROOT / "runtime.txt").read_text().strip().replace("-", "")
    try:
        return subprocess.check_output([wanted, "-c", "import sys; print(sys.executable)"], text=True).strip()
    except (OSError, subprocess.CalledProcessError):
        print(f"no {wanted} here: Binder's environment is made with {sys.version.split()[0]}")
        return sys.executable


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the repository, which on Binder is the user's home; its environment is beside it."""
    return copy_repository(tmp_path_factory.mktemp("binder") / "home")


@pytest.fixture(scope="module")
def env(home: Path) -> dict[str, str]:
    """The environment of the finished image."""
    prefix = home.parent / "env"
    own = ("PATH", "LANG", "SSL", "PIP", "HTTP", "NO_PROXY", "REQUESTS")
    env = {key: value for key, value in os.environ.items() if key.upper().startswith(own)}
    env |= {"HOME": str(home), "PATH": f"{prefix}/bin:{env['PATH']}", "OPENBLAS_NUM_THREADS": "1"}
    image = "pip install " + " ".join(f"{name}=={version}" for name, version in IMAGE.items())
    for step in [f"{python_of_the_plan()} -m venv {prefix}", image, *PLAN]:
        done = subprocess.run(["bash", "-euc", step], cwd=home, env=env, capture_output=True, text=True)
        assert done.returncode == 0, f"{step}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return env


@pytest.mark.slow
def test_a_launch_button_leads_to_a_chapter_that_runs_and_answers(
    browser: Any, home: Path, env: dict[str, str]
) -> None:
    """As on mybinder.org: jupyter-lab below a user's path, and the button's `urlpath` after it."""
    with jupyterlab(["jupyter-lab"], home, env, base="/user/someone-gradients/", timeout=300) as url_of:
        with tab(browser, url_of("lab/tree/book/intro.md"), timeout=300) as page:
            run_all(page)
            assert page.locator(".jp-CodeCell").count() >= 4
            for kind in ("error", "stderr"):
                assert not page.locator(f"[data-mime-type='application/vnd.jupyter.{kind}']").count()
            sys.path.insert(0, str(ROOT / "book"))
            figure = importlib.import_module("explorables.intro.knob").FIGURE
            picture = page.locator(f"#{figure.name} .gtt-picture").first
            before = picture.inner_html()
            page.locator(f"#{figure.name}--gain").press("End")
            wait_for_state(page, figure, figure.state(gain=figure.controls["gain"].values[-1]), text="path")
            assert picture.inner_html() != before

        with tab(browser, url_of("lab/tree/_build/release/assignments/bptt.ipynb"), timeout=300) as page:
            page.locator(".jp-Notebook .jp-CodeCell").get_by_text("raise NotImplementedError").first.wait_for()
    assert "SOLUTION" not in (home / "_build/release/assignments/bptt.ipynb").read_text()
