"""A new process for each run: it executes the code of a snapshot, stores the result, and ends.

A run cannot change the state of another one, and a run that kills its process kills no other.

>>> Processes().alive
set()

Jobs and results are pickled. That is safe here: a job is written to the standard input of a process that we start, and
a result is read from the file which that process has just written.

Started as a script, this file is the new process. It imports nothing of minirnn, which comes from the snapshot if
the run uses it.
"""

import importlib
import importlib.util
import os
import pickle
import signal
import subprocess
import sys
import time
import traceback
from importlib.machinery import ModuleSpec, SourceFileLoader
from operator import attrgetter
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any
from uuid import uuid4

# The variables that the libraries under NumPy read when they are loaded
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
Stored = tuple[Any, str | None, float]  # the result, or the traceback of what was raised; the seconds that it took


class Processes:
    """The processes that run at the same time; none outlives `end`."""

    def __init__(self) -> None:
        self.ended = False
        self.alive: set[subprocess.Popen[bytes]] = set()

    def run(self, code: dict[str, Any], point: dict[str, Any], file: Path, threads: int | None) -> int:
        """Runs the function of a snapshot, given as its fields, at a point; the exit code of the process.

        If the process stores a result, `file` is a new file that holds a `Stored`.
        """
        job = pickle.dumps((sys.path, code, point, file))
        limits = {} if threads is None else dict.fromkeys(THREADS, str(threads))
        command = [sys.executable, "-P", __file__]  # -P: this folder is not one where modules are looked for
        with subprocess.Popen(command, stdin=subprocess.PIPE, env=os.environ | limits) as process:
            self.alive.add(process)
            if self.ended:
                process.kill()
            process.communicate(job)
        self.alive.discard(process)
        if self.ended:
            raise InterruptedError("the processes were ended")
        return process.returncode

    def end(self) -> None:
        """Kills all running processes, and all that begin later."""
        self.ended = True
        for process in list(self.alive):
            process.kill()
            process.wait()


def store(stored: Stored, file: Path) -> None:
    """Writes the file in one step: at any moment it is missing or complete."""
    partial = file.with_name(f"{file.stem}.{uuid4().hex}.partial")
    try:
        partial.write_bytes(pickle.dumps(stored))
        os.replace(partial, file)
    finally:
        partial.unlink(missing_ok=True)


class _Finder:
    """Imports the modules of a snapshot from their texts there, whatever their files hold by now."""

    def __init__(self, sources: dict[str, tuple[str, str]]) -> None:
        self.sources = sources

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name not in self.sources:
            return None
        file, text = self.sources[name]
        return importlib.util.spec_from_file_location(name, file, loader=_Text(name, file, text))


class _Text(SourceFileLoader):
    def __init__(self, name: str, file: str, text: str) -> None:
        super().__init__(name, file)
        self.text = text

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.text, self.path, "exec", dont_inherit=True)

    def get_source(self, fullname: str) -> str:
        return self.text


def _check_storable(result: Any) -> None:
    """The result as a pickle. A result that cannot be pickled is a failure of this run, not of the sweep."""
    try:
        pickle.loads(pickle.dumps(result))
    except Exception as error:
        error.add_note(
            f"run must return a value that pickle can store, got {type(result).__qualname__}: return a dict, a list, "
            f"numbers, arrays, or an object of a class that a module or the notebook holds under the name of the class"
        )
        raise


def _work(code: dict[str, Any], point: dict[str, Any], file: Path) -> None:
    """Makes one run and stores its result on disk before it reports, so that no killed process can lose it."""
    result, error, started = None, None, time.perf_counter()
    try:
        if code["sent"] is not None:
            run, held, _ = pickle.loads(code["sent"])
            sys.modules["__main__"] = main = ModuleType("__main__")  # where pickle looks for a class of a notebook
            vars(main).update(held)
        else:
            run = attrgetter(code["qualname"])(importlib.import_module(code["module"]))
        result = run(**point)
        _check_storable(result)
    except BaseException:  # sys.exit too
        result, error = None, traceback.format_exc()
    seconds = time.perf_counter() - started
    try:
        store((result, error, seconds), file)
    except OSError:  # a full disk may still take the reason
        store((None, traceback.format_exc(), seconds), file)


def _main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the sweep, which ends its processes
    sys.path[:], code, *arguments = pickle.load(sys.stdin.buffer)
    sys.meta_path.insert(0, _Finder(code["sources"]))
    _work(code, *arguments)


if __name__ == "__main__":
    _main()
