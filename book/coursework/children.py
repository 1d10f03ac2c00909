"""The process that grades one submission, `python -m coursework one`: started, limited, and ended with all it made."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from coursework import notebooks, report, sandbox
from coursework.records import Result

RUNNING: set[subprocess.Popen[bytes]] = set()
STOPPING = threading.Event()


class Stopped(Exception):
    """The command was ended: the submissions that run now have no result."""


@contextlib.contextmanager
def alone(target: Path) -> Iterator[bool]:
    """Is this the one command that grades into a folder? The lock goes with the process that holds it."""
    import fcntl  # not on Windows, where the other commands work

    with (target / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            first = True
        except BlockingIOError:
            first = False
        yield first


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Turns the signal to end into a KeyboardInterrupt, as Ctrl-C does. Only a main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def ended_with(pool: ThreadPoolExecutor) -> Iterator[None]:
    """Where the block is interrupted, the threads of a pool begin nothing new, and their processes are ended."""
    STOPPING.clear()
    try:
        yield
    except KeyboardInterrupt:
        STOPPING.set()
        pool.shutdown(wait=False, cancel_futures=True)
        for process in list(RUNNING):
            kill(process)
        raise


def one(name: str, student: str, data: bytes, notes: list[str], folder: Path, safe: bool, seconds: float) -> Result:
    """The result of one submission, whatever it does: a process runs it, within a time, and answers in a file.

    A result is `broken` where the grader or this machine may be at fault.
    """
    folder.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    with workshop() as work:
        job = json.dumps([name, student, str(work), notes, safe, seconds]).encode() + b"\n" + data
        why = failure(job, work, limit(seconds))
        result: Result = {} if why else read(work / "answer.json")
    if not result:
        result = report.failed(name, why or "grading ended without a result") | {"broken": True}
        result["notes"] = [*notes, *result["notes"]]
    page = result.pop("page", None) or report.page(name, student, result, None)
    (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return result | {"seconds": round(time.monotonic() - start, 1)}


def limit(seconds: float) -> float:
    """When a process is ended that should have ended by itself: after its cells, and the start of its kernel."""
    return (sandbox.CELLS + 3) * seconds + 60


@contextlib.contextmanager
def workshop() -> Iterator[Path]:
    """A folder for one submission: this process outlives the one that fills it, and takes it away."""
    work = Path(tempfile.mkdtemp(prefix="gtt"))
    try:
        yield work
    finally:
        for _ in range(20):  # processes in a sandbox end a moment after the one that made it
            shutil.rmtree(work, ignore_errors=True)
            if not work.exists():
                break
            time.sleep(0.1)


def failure(job: bytes, work: Path, longest: float) -> str:
    """Runs a job; why it has no result, or empty. Raises Stopped where the command is ended meanwhile."""
    env = {**os.environ, "PYTHONPATH": f"{notebooks.BOOK}{os.pathsep}{notebooks.BOOK.parent}"}
    (work / "job").write_bytes(job)
    with (work / "job").open("rb") as given, (work / "errors").open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "coursework", "one"], cwd=notebooks.BOOK, env=env, stdin=given,
            stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True,
        )  # fmt: skip
        RUNNING.add(process)
        try:
            if STOPPING.is_set():
                raise Stopped
            code = process.wait(longest)
        except subprocess.TimeoutExpired:
            return f"could not be run: it did not end in {longest:g} seconds"
        finally:
            kill(process)
            process.wait()
            RUNNING.discard(process)
    if STOPPING.is_set():
        raise Stopped
    return f"could not be run: {last_line(work / 'errors')}" if code else ""


def kill(process: subprocess.Popen[bytes]) -> None:
    """Ends a process and all that it started; a sandbox dies with the process that made it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def last_line(file: Path) -> str:
    lines = [line for line in file.read_text("utf-8", "replace")[-4000:].splitlines() if line.strip()]
    return lines[-1] if lines else "it ended without a message"


def read(file: Path) -> Result:
    """A result; empty where there is none, or half of one."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
