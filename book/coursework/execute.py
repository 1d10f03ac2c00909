"""Runs one submission, rebuilt upon the assignment (`rebuild.py`), and gives each part its points and its message.

The kernel is in a sandbox; this process is not, and compares what the student's functions return with what the
solutions do.
"""

import functools
import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete, DeadKernelError
from nbformat import NotebookNode

from coursework import answers, intake, messages, notebooks, sandbox
from coursework.answers import Function
from coursework.records import Part

SHOWN = 10_000  # characters of a cell's output that are kept
TAKEN = 2_000_000  # characters of a result that is compared
Right = Callable[[str], list[Any]]  # from a student's id to the right results
Same = Callable[[object, object], bool]  # are two results the same, up to rounding?


class Client(NotebookClient):
    """nbclient's, which keeps no more of an output than is shown, and takes no more of a result than is compared."""

    async def _async_handle_timeout(self, timeout: int, cell: NotebookNode | None = None) -> dict[str, Any] | None:
        """nbclient's would interrupt a cell again and again, if it catches its interrupts."""
        if getattr(self, "interrupted", None) is cell:
            raise DeadKernelError(f"Stopped after {2 * timeout:g} seconds, as it took no notice of an interrupt")
        self.interrupted = cell
        return await super()._async_handle_timeout(timeout, cell)

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int
    ) -> NotebookNode | None:
        content, taken = msg["content"], getattr(self, "taken", 0)
        if cell_index != getattr(self, "at", None):
            self.at, taken = cell_index, 0
        size = len(json.dumps(content))
        result = "application/json" in content.get("data", {})
        if msg["msg_type"] != "error" and taken + size > (TAKEN if result else SHOWN):
            if taken < SHOWN and msg["msg_type"] == "stream":
                content["text"] = content["text"][: SHOWN - taken] + f"\n… cut after {SHOWN} characters\n"
                self.taken = SHOWN
                return super().output(outs, msg, display_id, cell_index)
            return None
        self.taken = taken + (0 if result else size)
        return super().output(outs, msg, display_id, cell_index)

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """nbclient's would raise on a message that no kernel sends, but a submission can."""
        try:
            out = super().process_message(msg, cell, cell_index)
            odd = out is not None and not sound(out)
        except CellExecutionComplete:
            raise
        except (TypeError, ValueError, KeyError, AttributeError, RecursionError):
            out, odd = None, True
        if odd:
            cell.outputs = [each for each in cell.outputs if each is not out] + [messages.error(messages.FORGED)]
        return None if odd else out


def sound(out: NotebookNode) -> bool:
    """Has an output the form that Jupyter gives it?"""
    texts = {"stream": ("name", "text"), "error": ("ename", "evalue")}.get(out.output_type, ())
    lines, data = out.get("traceback", []), out.get("data", {})
    return (
        all(isinstance(out.get(key), str) for key in texts)
        and isinstance(data, dict)
        and isinstance(lines, list)
        and all(isinstance(line, str) for line in lines)
    )


def manager(course: str, sockets: str, safe: bool) -> AsyncKernelManager:
    """A kernel's manager; the kernel talks through files in `sockets`, so it needs no network."""
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    if safe:
        argv = sandbox.command(course, sockets, argv)
    km = AsyncKernelManager(transport="ipc", connection_file=f"{sockets}/kernel.json")
    km.write_connection_file()
    if safe and os.geteuid() == 0:
        for path in (sockets, km.connection_file):
            os.chown(path, sandbox.user(), sandbox.user())
    # a signal from outside would end bwrap, not the cell: the kernel is asked to interrupt itself
    km._kernel_spec = KernelSpec(argv=argv, display_name="sandbox", language="python", interrupt_mode="message")
    return km


def run(nb: NotebookNode, course: str, sockets: str, safe: bool = True, seconds: float = sandbox.SECONDS) -> bool:
    """Executes a notebook in place; was it stopped by a limit of time?

    Where a kernel ends, or cannot be stopped, or the time is over, what follows says that it was not run.
    """
    client = Client(nb, km=manager(course, sockets, safe), timeout=seconds, shutdown_kernel="immediate",
                    interrupt_on_timeout=True, allow_errors=True, startup_timeout=60)  # fmt: skip
    env = {**os.environ, **sandbox.environment(course), "TMPDIR": sockets, "IPYTHONDIR": sockets}
    i, late = 0, False
    try:
        with client.setup_kernel(env=env, cwd=sockets):
            longest = sandbox.CELLS * seconds
            end = time.monotonic() + longest
            for i, cell in enumerate(nb.cells):
                late = late or time.monotonic() > end
                if late:
                    not_run(cell, messages.over(longest))
                else:
                    run_cell(client, cell, i, seconds)
    except DeadKernelError as why:
        for later, cell in enumerate(nb.cells[i:]):
            not_run(cell, messages.ended(str(why), nb.cells[i], later))
    return late or hasattr(client, "interrupted")


def run_cell(client: Client, cell: NotebookNode, i: int, seconds: float) -> None:
    try:
        client.execute_cell(cell, i)
    except (TypeError, ValueError, KeyError, AttributeError):  # the kernel's reply was not the kernel's
        cell.outputs.append(messages.error(messages.FORGED))
    for out in cell.get("outputs", []):
        if out.get("ename") == "KeyboardInterrupt":
            out.update(messages.error(messages.stopped(seconds)))


def not_run(cell: NotebookNode, why: str) -> None:
    if cell.cell_type == "code":
        cell.outputs.append(messages.error(why))


def marks(nb: NotebookNode, name: str, student: str, solved: answers.Solved) -> list[Part]:
    """The points of each part of an executed notebook, from the results that its test cells show."""
    same = answers.selfcheck().same
    rows = []
    for i, cell in enumerate(nb.cells):
        test = notebooks.grader(cell)
        if not test.get("points") or test.get("solution"):
            continue
        part = test["grade_id"].removeprefix("test-")
        shown = [held for out in cell.outputs if (held := results(out)) and held.get("part") == part]
        cell.outputs = [out for out in cell.outputs if not results(out)]
        passed = any(f"✓ {part}" in out.get("text", "") for out in cell.outputs)
        failure = messages.error_of(cell)
        message = messages.of_error(failure, nb.cells[:i], passed) if failure else messages.SILENT
        if shown and not failure:
            function = functools.partial(solved.own, part) if "check.own(" in cell.source else None
            message = verdict(shown[-1], functools.partial(solved.right, part), function, student, same)
        cell.outputs = [said(part, out) for out in cell.outputs if f"✓ {part}" in out.get("text", "")][:1]
        cell.outputs += [messages.error(message)] if message else []
        rows.append((part, 0 if message else test["points"], test["points"], message))
    for cell in nb.cells:
        hide(cell)
    return rows


def said(part: str, out: NotebookNode) -> NotebookNode:
    """The verdict of a check alone: a function might print the arguments of a hidden test."""
    line = next(line for line in out.text.splitlines() if f"✓ {part}" in line)
    return nbformat.v4.new_output("stream", text=line[:200])


def hide(cell: NotebookNode) -> None:
    """Removes the outputs of a cell that show arguments of hidden tests, or ask for them."""
    if cell.cell_type == "code" and not notebooks.grader(cell).get("points"):
        asks = "_hidden" in cell.source and notebooks.grader(cell).get("grade_id") != "setup"
        cell.outputs = [] if asks else [out for out in cell.outputs if "_hidden" not in json.dumps(out)]


def results(out: NotebookNode) -> dict[str, Any] | None:
    data = out.get("data", {}).get("application/json")
    return data if isinstance(data, dict) else None


def verdict(shown: dict[str, Any], right: Right, function: Function | None, student: str, same: Same) -> str:
    """What is wrong with the results of a part; empty if nothing is. `function` is the solution of a part that is
    measured on data of the student's own."""
    try:
        return compared(shown, right, function, student, same)
    except Exception:  # whatever a submission returns: it is read as numbers, which it may not be
        return messages.UNREADABLE


def compared(shown: dict[str, Any], right: Right, function: Function | None, student: str, same: Same) -> str:
    """`verdict`, for results that can be read."""
    decode = answers.selfcheck().decode
    got = [decode(value) for value in shown["results"]]
    own, answer = shown.get("own"), decode(shown.get("answer"))
    if not isinstance(own, str) or not intake.same_id(own, student):
        return f"{messages.OTHER_ID}{own!r:.50}, but this was handed in by {student!r}. Put in your own id."
    if borrowed := shown.get("borrowed"):
        return messages.BORROWED.format(modules=", ".join(map(str, borrowed)))
    wanted = right(own)
    if len(got) != len(wanted) or not all(map(same, got, wanted)):
        return messages.WRONG
    return "" if function is None or same(answer, function(own)) else messages.NOT_YOURS


def course_folder(name: str, folder: Path) -> None:
    """What a kernel imports, in a folder of its own."""
    shutil.rmtree(folder, ignore_errors=True)
    for path, text in notebooks.helpers(name).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    for each in [folder, *folder.rglob("*")]:
        each.chmod(0o755 if each.is_dir() else 0o644)
