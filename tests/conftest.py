"""What the tests of pages share: the book, built once a run, a server for it, and a browser."""

import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
JUPYTER_BOOK = Path(sys.executable).with_name("jupyter-book")
FLAGS = ("-W", "-n", "--keep-going")
CHROMIUM_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
CHROMIUM_ARGS += ["--disable-sync"]
FORMULAS_ARE_SET = "[...document.querySelectorAll('.math')].every(m => m.querySelector('mjx-container'))"


def source_files() -> list[Path]:
    """All files that a commit of the present state would hold."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    return [Path(name) for name in listed if name and (ROOT / name).is_file()]


def build(folder: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """Builds the book of `folder` as a reader's shell would, without settings of this process."""
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "MINIRNN_STATIC", "PYTHONWARNINGS")}
    return subprocess.run(
        [str(JUPYTER_BOOK), "build", ".", *flags],
        cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def copy_repository(folder: Path) -> Path:
    """The files of the repository as somebody who cloned it has them."""
    for name in source_files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository, in which the README's commands are run."""
    return copy_repository(tmp_path_factory.mktemp("clone"))


def readme_commands(block: int = 0) -> str:
    """A block of commands in the README: the first builds the book, the second installs the library."""
    return re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[block]


def reader_env() -> dict[str, str]:
    """The environment of a reader's shell: nothing of this process, no virtual environment."""
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "MINIRNN_STATIC", "VIRTUAL_ENV")}
    env["PATH"] = os.pathsep.join(p for p in env["PATH"].split(os.pathsep) if not (Path(p) / "activate").exists())
    return env


@pytest.fixture(scope="session")
def readme_run(clone: Path) -> subprocess.CompletedProcess[str]:
    """The README's commands as written, in a fresh copy with its own environment. Of its tests those that need no
    book are run, since these would run it again."""
    return subprocess.run(
        ["bash", "-euc", readme_commands()],
        cwd=clone, env=reader_env() | {"PYTEST_ADDOPTS": "-k test_house"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


@pytest.fixture(scope="session")
def built_book(request: pytest.FixtureRequest) -> Path:
    """The folder of the built book: the one at hand where it is newer than all it was made of; where there is none,
    as on a fresh machine, that of the README's commands, so that the book is built once."""
    site = ROOT / "_build" / "html"
    done = site / "objects.inv"  # written last
    if not done.exists():
        result = request.getfixturevalue("readme_run")
        assert result.returncode == 0, result.stdout[-4000:]
        return Path(request.getfixturevalue("clone")) / "_build" / "html"
    sources = [ROOT / f for f in source_files() if f.parts[0] in ("book", "minirnn", "_config.yml", "_toc.yml")]
    if done.stat().st_mtime < max(f.stat().st_mtime for f in sources):
        result = build(ROOT, *FLAGS)
        assert result.returncode == 0, result.stdout[-4000:]
    return site


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


def serve(folder: Path) -> http.server.ThreadingHTTPServer:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture(scope="session")
def site(built_book: Path):
    """The address at which the built book is served."""
    server = serve(built_book)
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def browser():
    """A Chromium for the whole run. Without one, browser tests are skipped; where CI=true they fail."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        stop = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        stop("no Chromium on the PATH: install one with the system's packages (apt-get install chromium)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield running
        running.close()
