"""Grading on a cluster of Dask: a worker does what `children.one` does here, in a sandbox of its own machine.

A submission and its result are all that travel. Grades are written here, one by one, so a command that was stopped goes
on; a submission whose worker died is given to another.
"""

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from coursework import children, notebooks, sandbox
from coursework.fingerprints import fingerprint
from coursework.records import Result
from minirnn.optional import extra

One = Callable[[str, str, bytes, list[str], Path, bool, float], Result]  # children.one, here or elsewhere
WAIT = 10  # seconds for a scheduler that does not answer
OLD = "the copy of the repository on {machine} has another version of this assignment: bring both to the same"


class Missing(Exception):
    """There is no cluster at an address."""


@contextlib.contextmanager
def connected(address: str | None) -> Iterator[tuple[One, int]]:
    """(what grades one submission, how many at a time): here, or on the cluster of the scheduler at an address.

    Raises Missing where there is no scheduler, or no worker.
    """
    if not address:
        yield children.one, sandbox.jobs()
        return
    with extra("cluster"):
        import distributed
    try:
        client = distributed.Client(address, timeout=WAIT)
    except (OSError, ValueError) as why:
        raise Missing(f"There is no scheduler of Dask at {address}: {why!s:.200}") from why
    with client:
        places = sum(client.nthreads().values())
        if not places:
            raise Missing(f"The scheduler at {address} has no worker: start one on each machine")
        yield lambda *job: elsewhere(client, *job), places


def elsewhere(
    client: Any, name: str, student: str, data: bytes, notes: list[str], folder: Path, safe: bool,
    seconds: float,
) -> Result:  # fmt: skip
    """`children.one` on a worker; its page is written here. Raises Stopped where the command is ended meanwhile."""
    future = client.submit(work, name, student, data, notes, fingerprint(name, b"", []), safe, seconds, pure=False)
    while True:
        try:
            result, page = future.result(timeout=1)
            break
        except TimeoutError:
            if children.STOPPING.is_set():
                future.cancel()
                raise children.Stopped from None
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return result


def work(
    name: str, student: str, data: bytes, notes: list[str], course: str, safe: bool, seconds: float
) -> tuple[Result, str]:
    """On a worker: a result, and its page. Raises ValueError where this machine cannot give the grade of `course`."""
    import platform

    machine = platform.node()
    if fingerprint(name, b"", []) != course:
        raise ValueError(OLD.format(machine=machine))
    if safe and (why := sandbox.unavailable(notebooks.ASSIGNMENTS, notebooks.BOOK)):
        raise ValueError(f"there is no sandbox on {machine}: {why}")
    with tempfile.TemporaryDirectory(prefix="gtt") as folder:
        result = children.one(name, student, data, notes, Path(folder), safe, seconds)
        return result, (Path(folder) / f"{name}.html").read_text(encoding="utf-8")
