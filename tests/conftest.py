"""What the tests of pages share: the book, built once a run, a server for it, and a browser."""

import fcntl
import functools
import http.server
import importlib
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# Before NumPy is loaded: `make test` has one process a core, and threads beyond these would only wait for each other.
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

# A busy machine is slow to make examples, and no test here is about time.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

ROOT = Path(__file__).parents[1]
JUPYTER_BOOK = Path(sys.executable).with_name("jupyter-book")
FLAGS = ("-W", "-n", "--keep-going")
FORMULAS_ARE_SET = "document.fonts.status === 'loaded'"
CUT_CODE = (
    "[...document.querySelectorAll('pre:not(.gtt-printed)')].filter(p => p.scrollWidth > p.clientWidth + 1).length"
)


def cut_code(page: Any) -> int:
    """How many blocks of code are cut at their right edge; printed tables scroll, and a shade says so."""
    return page.evaluate(CUT_CODE)


# Their tests share what takes long to make, so one process has them all: those of a file, of a chapter's facts, or of
# the pages of the book as they are read.
IN_ONE_PROCESS = re.compile(
    r"(tests/book/test_grading\.py|tests/install/)|(tests/book/test_(?:facts|build)\.py)::\w+\[(\w+)"
)


BUILD = "test_every_page_of_the_contents_is_built"
FIRST = "gw0"  # the process that builds the book


def pytest_configure(config: pytest.Config) -> None:
    """Where several processes run, those beside the first give way to it: what looks at pages waits for the book."""
    if os.environ.get("PYTEST_XDIST_WORKER", FIRST) != FIRST:
        os.nice(5)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Each process takes the next test when it is done with one: from the front of the queue; and once the book is
    built half of them from its end, where the tests of pages are, which mostly wait for a browser."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduler(LoadScopeScheduling):
        built = False

        def _split_scope(self, nodeid: str) -> str:
            shared = IN_ONE_PROCESS.match(nodeid)
            return " ".join(filter(None, shared.groups())) if shared else nodeid

        def schedule(self) -> None:
            self.assigned_work = dict(sorted(self.assigned_work.items(), key=lambda item: item[0].gateway.id))
            super().schedule()

        def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
            self.built |= self.registered_collections[node][item_index].endswith(BUILD)
            super().mark_test_complete(node, item_index, duration)

        def _assign_work_unit(self, node: Any) -> None:
            if self.built and self.nodes.index(node) < len(self.nodes) / 2:
                self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
            super()._assign_work_unit(node)

    return Scheduler(config, log)


def place_in_the_run(item: pytest.Item) -> int:
    """First what builds the book, then what needs no book, the longest first; last what looks at its pages, and at the
    end the visits, which take longest."""
    chosen = getattr(item, "callspec", None)
    needs = {*getattr(item, "fixturenames", ()), chosen.params.get("site_folder") if chosen else None}
    if item.name == BUILD:
        return 0
    if "built_book" in needs:
        return 4 if item.nodeid.startswith("tests/browser/test_visit.py") else 3
    return 1 if item.get_closest_marker("slow") else 2


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=place_in_the_run)
    if find_spec("torch") is None:  # examples that need it say so by their first line
        for item in items:
            if isinstance(item, pytest.DoctestItem) and "import_torch()" in (item.dtest.docstring or ""):
                item.add_marker(pytest.mark.skip(reason="PyTorch is not installed"))


@pytest.fixture(autouse=True)
def environment_as_found() -> Iterator[None]:
    """No test hands its environment on to the next: Dask, for one, sets threads and memory for all later processes."""
    found = dict(os.environ)
    yield
    for name in os.environ.keys() - found.keys():
        del os.environ[name]
    os.environ.update(found)


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


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """One process of a run at a time; the others wait here until it has done what they all need."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """made_once(name, make) -> a folder that one process of the run fills by make(folder), and all use."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def folder_of(name: str, make: Callable[[Path], None]) -> Path:
        folder, done = base / name, base / f"{name}.done"
        with alone(base / f"{name}.lock"):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return folder_of


@pytest.fixture(scope="session")
def built_book() -> Path:
    """The folder of the built book: the one at hand where it is newer than all it was made of, else built by one of
    the processes of this run."""
    site = ROOT / "_build" / "html"
    done = site / "objects.inv"  # written last
    parts = ("book", "minirnn", "_config.yml", "_toc.yml", "requirements.txt")
    with alone(ROOT / "_build" / ".tests.lock"):
        newest = max((ROOT / f).stat().st_mtime for f in source_files() if f.parts[0] in parts)
        if not done.exists() or done.stat().st_mtime < newest:
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


def stop_without(why: str) -> None:
    """Without what a test needs it is skipped; where CI=true it fails."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)


@pytest.fixture(scope="session")
def sandboxed() -> None:
    """For tests that grade in a sandbox."""
    sandbox = importlib.import_module("coursework.sandbox")
    if why := sandbox.unavailable(ROOT / "book/assignments"):
        stop_without(why)


@pytest.fixture(scope="session")
def browser():
    """A Chromium for the whole run, without windows where there is one: its visits are a quarter shorter. Without any,
    browser tests are skipped; where CI=true they fail."""
    chromium = importlib.import_module("handouts.chromium")
    if chromium.find() is None:
        stop_without("no Chromium on the PATH: install one with the system's packages (apt-get install chromium)")
    with chromium.running() as running:
        yield running
