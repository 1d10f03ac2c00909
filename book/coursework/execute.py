"""Runs one submission, rebuilt upon the assignment, and says what each part got.

Locked cells come from the assignment, whatever the submission did to them; of the submission are only the cells that
it was to write, and those it added. The kernel is in a sandbox; this process is not, and compares what the student's
functions return with what the solutions do.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from coursework import answers, intake, messages, notebooks, sandbox

SECONDS = 30  # for one cell
SHOWN = 10_000  # characters of a cell's output that are kept
TAKEN = 2_000_000  # characters of a result that is compared


def rebuilt(submitted, template):
    """The template with the student's cells, and notes on what the submission had done to its locked ones.

    A cell for the student's code that is missing is not put back: its scaffold would replace what other cells define.
    """
    known = {notebooks.grader(cell)["grade_id"]: cell for cell in template.cells if notebooks.grader(cell)}
    theirs, extra, last, notes = {}, {}, None, []
    for cell in submitted:
        key = notebooks.grader(cell).get("grade_id")
        if key not in known or key in theirs:
            extra.setdefault(last, []).append(cell)
            continue
        theirs[key] = cell
        last = key
    built = [*extra.get(None, [])]
    for cell in template.cells:
        key = notebooks.grader(cell).get("grade_id")
        mine = theirs.get(key)
        solution = notebooks.grader(cell).get("solution")
        if key is not None and mine is None:
            again = "what other cells define in its place is run" if solution else "it is put back"
            notes.append(f"cell {key} was deleted; {again}")
        elif solution:
            cell = nbformat.from_dict(cell | {"source": mine.source})
        elif key is not None and lines(mine.source) != lines(released(cell)):
            notes.append(f"cell {key} was edited; the original is run")
        built += [cell] if key is not None and (mine is not None or not solution) else []
        built += extra.get(key, []) if key is not None else []
    if not theirs:
        notes = [
            "no cell has an id of this assignment: all ran before the tests, and the written part was not found"
        ]
    clean = [plain(cell, notebooks.grader(cell)) for cell in built]
    return nbformat.v4.new_notebook(cells=clean, metadata=template.metadata), notes


def released(cell):
    """A locked cell's text as students have it."""
    return notebooks.stripped(cell.source + "\n")


def lines(source):
    """What is compared of a cell: not the blanks at the ends of lines, which editors take away."""
    return [line.rstrip() for line in source.strip().split("\n")]


def plain(cell, held):
    """A new cell of the same text: nothing else of a submission is kept."""
    new = nbformat.v4.new_code_cell if cell.cell_type == "code" else nbformat.v4.new_markdown_cell
    made = new(cell.source)
    made.metadata = {"nbgrader": dict(held)} if held else {}
    return made


class Client(NotebookClient):
    """nbclient's, which keeps no more of an output than is shown, and takes no more of a result than is compared."""

    async def _async_handle_timeout(self, timeout, cell=None):
        """nbclient's would interrupt a cell again and again, if it catches its interrupts."""
        if getattr(self, "interrupted", None) is cell:
            raise DeadKernelError(f"Stopped after {2 * timeout:g} seconds, as it took no notice of an interrupt")
        self.interrupted = cell
        return await super()._async_handle_timeout(timeout, cell)

    def output(self, outs, msg, display_id, cell_index):
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


def manager(course, sockets, safe):
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


def run(nb, course, safe=True, seconds=SECONDS):
    """Executes a notebook in place. Where a kernel ends, or cannot be stopped, what follows says it was not run."""
    with tempfile.TemporaryDirectory(prefix="gtt") as sockets:
        client = Client(nb, km=manager(course, sockets, safe), timeout=seconds, shutdown_kernel="immediate",
                        interrupt_on_timeout=True, allow_errors=True, startup_timeout=60)  # fmt: skip
        env = {**os.environ, **sandbox.environment(course), "TMPDIR": sockets, "IPYTHONDIR": sockets}
        i = 0
        try:
            with client.setup_kernel(env=env, cwd=sockets):
                for i, cell in enumerate(nb.cells):
                    client.execute_cell(cell, i)
                    for out in cell.get("outputs", []):
                        if out.get("ename") == "KeyboardInterrupt":
                            out.update(messages.error(messages.stopped(seconds)))
        except DeadKernelError as why:
            for later, cell in enumerate(nb.cells[i:]):
                if cell.cell_type == "code":
                    cell.outputs.append(messages.error(messages.ended(str(why), nb.cells[i], later)))


def marks(nb, name, student, solved):
    """[(part, points, of, message)] of an executed notebook, whose test cells show what the student's functions return.

    `solved` has the right results of the hidden cases, and the solutions' functions.
    """
    same = answers.selfcheck().same
    rows = []
    for i, cell in enumerate(nb.cells):
        held = notebooks.grader(cell)
        if not held.get("points") or held.get("solution"):
            continue
        part = held["grade_id"].removeprefix("test-")
        shown = [results(out) for out in cell.outputs]
        shown = [s for s in shown if s and s.get("part") == part]
        cell.outputs = [out for out in cell.outputs if not results(out)]
        passed = any(f"✓ {part}" in out.get("text", "") for out in cell.outputs)
        # a traceback would show the lines of the hidden tests around it
        cell.outputs = [
            messages.error(messages.of_error(out, nb.cells[:i], passed)) if out.output_type == "error" else out
            for out in cell.outputs
        ]
        failure = messages.error_of(cell)
        message = failure.evalue if failure else messages.SILENT
        if shown and not failure:
            function = solved["functions"][part] if "check.own(" in cell.source else None
            message = verdict(shown[-1], solved["right"][part], function, student, same)
            if message:
                cell.outputs.append(messages.error(message))
        rows.append((part, 0 if message else held["points"], held["points"], message))
    return rows


def results(out):
    data = out.get("data", {}).get("application/json")
    return data if isinstance(data, dict) else None


def verdict(shown, right, function, student, same):
    """What is wrong with the results of a part; empty if nothing is. `function` is the solution of a part that is
    measured on data of the student's own."""
    decode = answers.selfcheck().decode
    try:
        got = [decode(value) for value in shown["results"]]
        own, answer = shown.get("own"), decode(shown.get("answer"))
    except (KeyError, TypeError, ValueError, RecursionError):
        return messages.UNREADABLE
    if len(got) != len(right) or not all(map(same, got, right)):
        return messages.WRONG
    if function is None:
        return ""
    if not isinstance(own, str) or not intake.same_id(own, student):
        return f"{messages.OTHER_ID}{own!r:.50}, but this was handed in by {student!r}. Put in your own id."
    return "" if same(answer, function(own)) else messages.NOT_YOURS


def written(nb):
    """The written part: its cell, and the text that the student added below it."""
    keys = [notebooks.grader(cell).get("grade_id") for cell in nb.cells]
    if "written" not in keys:
        return ""
    below = nb.cells[keys.index("written") :]
    return "\n\n".join(cell.source for cell in below if cell.cell_type == "markdown")


def course_folder(name, folder):
    """What a kernel imports, in a folder of its own."""
    shutil.rmtree(folder, ignore_errors=True)
    for path, text in notebooks.helpers(name).items():
        target = Path(folder) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    for path in [Path(folder), *Path(folder).rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
