"""Sweeps: nothing finished is lost or made twice, whatever dies; failures are kept; bad input is refused."""

import importlib
import os
import pickle
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

import numpy as np
import pytest

from minirnn.learning.sweeps import Outcome, expand, results, sweep
from tests.conftest import ROOT
from tests.helpers import refused
from tests.learning import sweep_runs

quiet = partial(sweep, progress=False)


def lines(log):
    return log.read_text().splitlines() if log.exists() else []


@pytest.mark.slow
def test_all_points_in_order_and_only_once(tmp_path):
    grid = {"x": range(5), "log": [str(tmp_path / "log")]}
    first = quiet(sweep_runs.square, grid, folder=tmp_path / "runs", jobs=2)
    assert [r["square"] for r in results(first)] == [0, 1, 4, 9, 16]
    assert [run.point["x"] for run in first] == list(range(5))
    assert all(run.seconds >= 0 for run in first)
    assert quiet(sweep_runs.square, grid, folder=tmp_path / "runs") == first
    assert sorted(lines(tmp_path / "log")) == list("01234")


@pytest.mark.parametrize("jobs", [1, 2, -1])
def test_number_of_jobs_does_not_matter(tmp_path, jobs):
    runs = quiet(sweep_runs.square, [{"x": 2}, {"x": 1}], folder=tmp_path, jobs=jobs)
    assert [r["square"] for r in results(runs)] == [4, 1]


def test_a_changed_grid_makes_what_is_new(tmp_path):
    log = str(tmp_path / "log")
    quiet(sweep_runs.square, {"x": [1, 2, 3], "log": [log]}, folder=tmp_path / "runs")
    again = quiet(sweep_runs.square, [{"log": log, "x": x} for x in (5, 3, 2)], folder=tmp_path / "runs")
    assert [r["square"] for r in results(again)] == [25, 9, 4]
    assert sorted(lines(tmp_path / "log")) == list("1235")


def test_a_version_of_its_own_replaces_the_source(tmp_path):
    log = str(tmp_path / "log")
    for version in ("a", "b", "a", None):
        quiet(sweep_runs.square, [{"x": 1, "log": log}], folder=tmp_path / "runs", version=version)
    assert len(lines(tmp_path / "log")) == 3


@pytest.mark.slow
def test_an_edit_of_the_module_makes_all_anew(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    code = f"""
import edited
from minirnn.learning.sweeps import results, sweep
print(results(sweep(edited.f, {{"x": [1]}}, folder={str(tmp_path / "runs")!r}, progress=False)))
"""
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    for constant in (10, 20):
        (tmp_path / "edited.py").write_text(f"def f(x):\n    return x + {constant}\n")
        out = subprocess.check_output([sys.executable, "-B", "-c", code], env=env, text=True)
        assert out.strip() == f"[{1 + constant}]"


@pytest.mark.slow
def test_failures_are_kept_while_the_rest_goes_on(tmp_path, capsys):
    flag = tmp_path / "flag"
    flag.touch()
    grid = {"x": range(4), "flag": [str(flag)]}
    runs = quiet(sweep_runs.fails_while, grid, folder=tmp_path / "runs", jobs=2)
    assert [run.result for run in runs] == [0, None, 2, None]
    assert [run.error is None for run in runs] == [True, False, True, False]
    assert "fails_while" in runs[1].error
    assert "ArithmeticError: no result for 1" in runs[1].error
    said = capsys.readouterr().err
    assert "2 of 4 runs failed" in said
    assert "x=1" in said
    with refused(RuntimeError, "2 of 4 runs failed", "x=1", "no result for 1"):
        results(runs)

    flag.unlink()
    kept = quiet(sweep_runs.fails_while, grid, folder=tmp_path / "runs", retry=False)
    assert kept == runs
    again = quiet(sweep_runs.fails_while, grid, folder=tmp_path / "runs")
    assert results(again) == [0, 1, 2, 3]
    assert again[0] == runs[0]


def test_a_result_that_cannot_be_stored_is_a_failure(tmp_path):
    (run,) = quiet(sweep_runs.cannot_be_stored, [{"x": 1}], folder=tmp_path)
    assert "pickle" in run.error.lower()


@pytest.mark.parametrize("limit", [1, 2])
def test_threads_are_limited(tmp_path, limit):
    (run,) = quiet(sweep_runs.threads, [{"x": 1}], folder=tmp_path, threads=limit)
    assert set(run.result) == {limit}


def test_points_reach_the_run_as_plain_values(tmp_path):
    point = {"a": np.float64(0.1), "b": [1, "two", None], "c": {"deep": np.arange(2)}}
    (run,) = quiet(sweep_runs.plain, [point], folder=tmp_path)
    assert run.result == [0.1, [1, "two", None], {"deep": [0, 1]}]
    assert [type(value) for value in run.result] == [float, list, dict]


def test_numbers_that_look_alike_are_different_points():
    assert len(expand({"a": [1, 1.0, True, "1", float("nan"), 0.0, -0.0, None, [1], {"1": 1}]})) == 10


@pytest.mark.slow
def test_a_run_is_given_what_its_point_says(tmp_path):
    """Values and their types, to the order of a dict within a point; or the point is refused."""
    values = [1, 1.0, True, "1", None, [1, [2.5]], {"b": 1, "a": [None]}, -0.0, 10**30, "\ud800é", np.int8(3)]
    runs = quiet(sweep_runs.plain, {"a": values}, folder=tmp_path)
    assert [repr(run.result[0]) for run in runs] == [*map(repr, values[:-1]), "3"]
    assert [repr(run.point["a"]) for run in runs] == [*map(repr, values[:-1]), "3"]
    (other,) = quiet(sweep_runs.plain, [{"a": {"a": [None], "b": 1}}], folder=tmp_path)
    assert list(other.result[0]) == ["a", "b"]
    same = quiet(sweep_runs.plain, {"a": values}, folder=tmp_path)
    assert [run.seconds for run in same] == [run.seconds for run in runs]
    for value in ({1: "a"}, {"deep": [{None: 1}]}):
        with refused(TypeError, "strings for keys"):
            expand([{"a": value}])
    for value in ((1, 2), [(1, 2)], 1j, b"1", {1}, np.longdouble(1), np.array([1j]), np.datetime64("2020-01-01")):
        with refused(TypeError, "grid must hold values that JSON can write"):
            expand([{"a": value}])
    with refused(ValueError, "each point once"):
        expand([{"a": 1, "b": 2}, {"b": 2, "a": 1}])


def test_a_run_that_changes_its_point_is_stored_under_what_it_was_given(tmp_path):
    for _ in range(2):
        (run,) = quiet(sweep_runs.changes_its_point, [{"x": [1]}], folder=tmp_path)
        assert (run.point, run.result) == ({"x": [1]}, [1, "changed"])


# ---------------------------------------------------------------- what one run does costs no other


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "words", "jobs"),
    [
        ("sys.exit", "SystemExit: 0", 1),
        ("sys.exit", "SystemExit: 0", 2),
        ("KeyboardInterrupt", "KeyboardInterrupt", 2),
        ("os._exit(0)", "with exit code 0", 1),
        ("os._exit(7)", "with exit code 7", 2),
        ("SIGKILL", "by SIGKILL before its result was stored (it may have needed more memory", 2),
        ("SIGSEGV", "by SIGSEGV", 2),
    ],
)
def test_a_run_that_ends_its_process_costs_no_other_and_is_named(tmp_path, how, words, jobs):
    grid = {"x": range(3), "how": [how]}
    runs = quiet(sweep_runs.ends, grid, folder=tmp_path, jobs=jobs)
    assert [run.result for run in runs] == [0, None, 2]
    with refused(RuntimeError, "1 of 3 runs failed", "x=1", words):
        results(runs)
    assert quiet(sweep_runs.ends, grid, folder=tmp_path, retry=False) == runs
    assert quiet(sweep_runs.ends, grid, folder=tmp_path)[1].seconds != runs[1].seconds


@pytest.mark.slow
def test_no_run_sees_what_another_left(tmp_path):
    runs = quiet(sweep_runs.leaves_traces, {"x": range(3)}, folder=tmp_path, jobs=1)
    assert results(runs) == [[0, None, os.getcwd(), False]] * 3


def test_a_run_begins_without_minirnn_which_it_takes_from_its_snapshot(tmp_path):
    assert results(quiet(sweep_runs.imported, {"x": [0]}, folder=tmp_path)) == [[]]


def test_a_result_that_the_disk_does_not_take_is_a_failure_with_its_reason(tmp_path):
    runs = quiet(sweep_runs.too_large_for_the_disk, {"x": [0, 1, 2]}, folder=tmp_path)
    assert [run.error is None for run in runs] == [True, False, True]
    assert "OSError" in runs[1].error
    assert list(tmp_path.glob("*.partial")) == []


def test_a_folder_that_takes_nothing_is_refused_before_a_run_begins(tmp_path, monkeypatch):
    def fail(dir):
        raise PermissionError(f"Permission denied: {dir}")

    log = tmp_path / "log"
    done = quiet(sweep_runs.square, {"x": [1]}, folder=tmp_path / "runs")
    monkeypatch.setattr(tempfile, "TemporaryFile", fail)
    with refused(PermissionError, str(tmp_path / "runs")):
        quiet(sweep_runs.square, {"x": [1], "log": [str(log)]}, folder=tmp_path / "runs")
    assert lines(log) == []
    assert quiet(sweep_runs.square, {"x": [1]}, folder=tmp_path / "runs") == done  # nothing is to be written


@pytest.mark.slow
def test_stored_results_that_cannot_be_read_are_made_again(tmp_path, capsys):
    grid = {"x": range(7)}
    runs = quiet(sweep_runs.square, grid, folder=tmp_path)
    first, *files = sorted(tmp_path.glob("*.pickle"))
    contents = [first.read_bytes()[:-5], b"", b"not a pickle", pickle.dumps({"a": 1}), b"cno_such_module\nf\n."]
    spoilt = dict(zip([first, *files], contents, strict=False))
    for file, content in spoilt.items():
        file.write_bytes(content)
    again = quiet(sweep_runs.square, grid, folder=tmp_path)
    assert [r["square"] for r in results(again)] == [x * x for x in range(7)]
    assert sum(a == b for a, b in zip(runs, again, strict=True)) == 7 - len(contents)
    said = capsys.readouterr().err
    assert [file for file in spoilt if f"{file} cannot be read and is made again" not in said] == []
    assert quiet(sweep_runs.square, grid, folder=tmp_path) == again


@pytest.mark.slow
@pytest.mark.parametrize("kill", [os.kill, os.killpg], ids=["sweep", "group"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_ends_the_sweep_and_its_runs_at_once(tmp_path, kill, jobs):
    code = f"""
from minirnn.learning.sweeps import sweep
from tests.learning import sweep_runs
sweep(sweep_runs.waits, {{"x": range(4), "log": [{str(tmp_path / "log")!r}]}}, folder={str(tmp_path / "runs")!r},
      jobs={jobs}, progress=False)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, start_new_session=True, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 30
    while len(lines(tmp_path / "log")) < jobs:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert b"KeyboardInterrupt" in err
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    assert len(lines(tmp_path / "log")) == jobs
    assert stored(tmp_path / "runs") == set()


# ---------------------------------------------------------------- the code that is run is the code that is stored


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Writes a module of this name and text, for this process and new ones to import."""
    (tmp_path / "modules").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path / "modules"))
    names = []

    def write(name, text):
        names.append(name)
        (tmp_path / "modules" / f"{name}.py").write_text(text)
        importlib.invalidate_caches()

    yield write
    for name in names:
        sys.modules.pop(name, None)


@pytest.mark.slow
def test_a_constant_edited_and_reloaded(tmp_path, module):
    """Within a second and without a change of size, where Python itself takes an old .pyc for new."""
    module("constant_of_a_run", "C = 10\n\ndef f(x):\n    return C * x\n")
    edited = importlib.import_module("constant_of_a_run")
    old = edited.f
    for constant in (10, 20, 10):
        module("constant_of_a_run", f"C = {constant}\n\ndef f(x):\n    return C * x\n")
        importlib.reload(edited)
        assert results(quiet(edited.f, {"x": [1, 2]}, folder=tmp_path)) == [constant, 2 * constant]
    assert len(stored(tmp_path)) == 4
    with refused(TypeError, "run must be the function that constant_of_a_run.f is now", "from the module again"):
        quiet(old, {"x": [1]}, folder=tmp_path)


@pytest.mark.parametrize("how", ["from a_helper import h", "import a_helper; h = a_helper.h", "within"])
def test_a_helper_module_counts(tmp_path, module, how):
    text = f"{how}\ndef f(x):\n    return h(x)\n"
    if how == "within":
        text = "def f(x):\n    from a_helper import h\n    return h(x)\n"
    module("uses_a_helper", text)
    for factor in (10, 20):
        module("a_helper", f"def h(x):\n    return {factor} * x\n")
        f = importlib.import_module("uses_a_helper").f
        assert results(quiet(f, {"x": [1]}, folder=tmp_path)) == [factor]


@pytest.mark.slow
def test_an_edit_while_the_sweep_runs_does_not_reach_it(tmp_path, module):
    text = """
from pathlib import Path
from edited_helper import FACTOR

def f(x):
    for name in ("edited_run", "edited_helper"):
        file = Path(__file__).with_name(f"{name}.py")
        file.write_text(file.read_text().replace("FACTOR = 1", "FACTOR = 2").replace("* x", "* -x"))
    return FACTOR * x
"""
    module("edited_run", text)
    module("edited_helper", "FACTOR = 1\n")
    f = importlib.import_module("edited_run").f
    assert results(quiet(f, {"x": [1, 2, 3]}, folder=tmp_path, jobs=1)) == [1, 2, 3]
    assert len(stored(tmp_path)) == 3
    assert "FACTOR = 2" in (tmp_path / "modules" / "edited_helper.py").read_text()
    assert results(quiet(f, {"x": [1]}, folder=tmp_path, jobs=1)) == [-2]


NOTEBOOK = """
import pickle
import sys
from abc import ABC
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, cached_property, partial, wraps
import numpy as np
from minirnn.learning import optimizers, tasks
from minirnn.learning.sweeps import results, sweep

def swept():
    return results(sweep(run, [{"x": 1}], folder=sys.argv[1], progress=False))

def noted(f):
    @wraps(f)
    def g(x):
        with open(LOG, "a") as log:
            log.write("run\\n")
        return f(x)
    return g

LOG = sys.argv[2]
A, LIST, ARRAY, SGD = 1, [1, {"a": (2, {3, 4})}], np.arange(3.0), optimizers.sgd(0.1)
def helper(x):
    return nested(x)
def nested(x):
    return 1 + x if x else helper(x)
@dataclass
class Base:
    a: int = 1
    def value(self):
        return self.a
class Derived(Base):
    @property
    def twice(self):
        return 2 * self.value()
PARTIAL = partial(helper, 1)
def default(x, y=5):
    return [y for _ in range(x)]
def attributed():
    return attributed.gain
attributed.gain = 1
class Unit(float):
    def scaled(self):
        return 2 * self
class Size(IntEnum):
    SMALL = 1
    def scaled(self):
        return 2 * self.value
METRES, SMALL = Unit(1), Size.SMALL
class Meta(type):
    def made(cls):
        return 1
class Made(metaclass=Meta):
    pass
class Shape(ABC):
    pass
class Square:
    pass
@cache
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)
class Lazy:
    @cached_property
    def value(self):
        return 3
def more(x):
    scaled = [each.scaled() for each in (METRES, SMALL)]
    return [attributed(), scaled, Made.made(), issubclass(Square, Shape), fibonacci(10), Lazy().value]
@noted
def run(x):
    known = [helper(x), A, str(LIST), float(ARRAY.sum()), Derived().twice, PARTIAL(), default(x), type(SGD).__name__]
    return known + more(x)
"""
CHANGES = {
    "helper": "def helper(x):\n    return 7",
    "nested": "def nested(x):\n    return 7",
    "constant": "A = 1.0",
    "list": "LIST[1]['a'][1].add(5)",
    "array": "ARRAY[0] = 1",
    "base": "@dataclass\nclass Base:\n    a: int = 2\n    def value(self):\n        return self.a\n"
    "class Derived(Base):\n    twice = property(lambda self: 3 * self.value())",
    "partial": "PARTIAL = partial(helper, 2)",
    "default": "def default(x, y=6):\n    return [y for _ in range(x)]",
    "nested code": "def default(x, y=5):\n    return [y + 1 for _ in range(x)]",
    "optimizer": "SGD = optimizers.sgd(0.2)",
    "attribute of a function": "attributed.gain = 2",
    "subclass of float": "class Unit(float):\n    def scaled(self):\n        return 3 * self\nMETRES = Unit(1)",
    "enum": "class Size(IntEnum):\n    SMALL = 1\n    def scaled(self):\n        return 3\nSMALL = Size.SMALL",
    "metaclass": "class Meta(type):\n    def made(cls):\n        return 2\nclass Made(metaclass=Meta):\n    pass",
    "virtual subclass": "Shape.register(Square)",
    "cached": "@cache\ndef fibonacci(n):\n    return n",
    "cached property": "class Lazy:\n    @cached_property\n    def value(self):\n        return 4",
}


@pytest.mark.slow
def test_what_a_function_of_a_notebook_uses_counts(tmp_path):
    """As in a notebook, __main__ has no module that could be imported; each cell is compiled by itself."""
    code = f"""
cells, changes = {NOTEBOOK!r}, {CHANGES!r}
exec(compile(cells, "<cell 1>", "exec"))
first = swept()
for number, (name, cell) in enumerate(changes.items()):
    exec(compile("\\n" * number + cells, f"<cell {{number}}>", "exec"))
    run(1), pickle.dumps(Lazy()), Lazy.__annotations__  # what use leaves in functions and classes does not count
    assert swept() == first, name
    exec(compile(cell, "<cell>", "exec"))
    here = run(1)
    assert swept() == [here], (name, swept(), here)
"""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    for seed in "12":  # another order of sets, another session
        args = [sys.executable, "-c", code, str(tmp_path / "runs"), str(tmp_path / "log")]
        subprocess.run(args, env=env | {"PYTHONHASHSEED": seed}, check=True)
    in_the_notebook = 2 * 2 * len(CHANGES)
    assert len(lines(tmp_path / "log")) - in_the_notebook == 1 + len(CHANGES)


@pytest.mark.slow
def test_a_module_started_by_m_is_the_module_that_is_imported(tmp_path, module):
    module(
        "started",
        f"""
from dataclasses import dataclass
from minirnn.learning.sweeps import results, sweep

@dataclass
class Answer:
    x: int

def f(x):
    return Answer(x)

if __name__ == "__main__":
    print(results(sweep(f, {{"x": [1]}}, folder={str(tmp_path)!r}, progress=False)))
""",
    )
    for _ in range(2):
        env = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path / "modules"), str(ROOT)])}
        out = subprocess.check_output([sys.executable, "-m", "started"], env=env, text=True)
        assert out.strip() == "[Answer(x=1)]"
    assert results(quiet(importlib.import_module("started").f, {"x": [1]}, folder=tmp_path))[0].x == 1
    assert len(stored(tmp_path)) == 1


def in_a_notebook(folder, *cells):
    """Runs the cells in a process whose __main__ has no file, with `sweep` and `results` at hand."""
    code = "from functools import partial\nfrom minirnn.learning import sweeps\n"
    code += "from minirnn.learning.sweeps import results\n"
    code += f"sweep = partial(sweeps.sweep, folder={str(folder)!r}, progress=False)\n"
    code += "\n".join(f"exec(compile({cell!r}, '<cell>', 'exec'))" for cell in cells)
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(folder / "modules"), str(ROOT)])}
    return subprocess.check_output([sys.executable, "-c", code], env=env, text=True)


@pytest.mark.parametrize("body", ["a_package.sub.f(x)", "[a_package.sub.f(each) for each in [x]][0]"])
@pytest.mark.slow
def test_a_module_that_a_notebook_names_with_its_package_counts(tmp_path, body):
    package = tmp_path / "modules" / "a_package"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    cell = f"import a_package.sub\ndef run(x):\n    return {body}\nprint(results(sweep(run, [{{'x': 1}}])))"
    for factor in (10, 200):
        (package / "sub.py").write_text(f"def f(x):\n    return {factor} * x\n")
        assert in_a_notebook(tmp_path, cell).strip() == f"[{factor}]"


CLASSES = """
from collections import namedtuple
from dataclasses import dataclass
@dataclass
class Answer:
    x: int
Pair = namedtuple("Pair", "a b")
ANSWER = Answer(5)
def helper(x):
    return Pair(x, [2])
def run(x):
    return [helper(x), ANSWER]
(pair, answer), = results(sweep(run, [{"x": 1}]))
assert type(pair) is Pair and pair == Pair(1, [2]), pair
assert type(answer) is Answer and answer == Answer(5)
"""


@pytest.mark.slow
def test_results_of_a_class_of_a_notebook(tmp_path):
    """Also when they are read by another notebook, which holds the same class."""
    in_a_notebook(tmp_path, CLASSES, CLASSES)
    in_a_notebook(tmp_path, CLASSES)
    assert len(stored(tmp_path)) == 1


@pytest.mark.slow
def test_a_result_of_a_class_that_nothing_holds_says_what_to_return(tmp_path):
    cell = "def run():\n    class R: pass\n    return R()\nprint(sweep(run, [{}])[0].error)"
    out = in_a_notebook(tmp_path, cell)
    assert "run must return a value that pickle can store, got run.<locals>.R: return a dict" in out


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (
            "import threading\nLOCK = threading.Lock()\ndef h(x): return LOCK",
            "h does not: cannot pickle '_thread.lock'",
        ),
        ("from functools import singledispatch\n@singledispatch\ndef h(x): return x", "h does not: cannot pickle"),
        ("import numpy as np\nh = np.frompyfunc(abs, 1, 1)", "run does not: pickle stores a ufunc as its name"),
    ],
)
@pytest.mark.slow
def test_what_cannot_be_sent_is_refused(tmp_path, cell, words):
    run = """
def run(x):
    return h(x)
try:
    sweep(run, [{"x": 1}])
except TypeError as error:
    print(error)
"""
    out = in_a_notebook(tmp_path, cell, run)
    assert "run must use only what pickle can send to a process" in out
    assert words in out
    assert "into a module" in out


def test_a_run_may_change_the_directory(tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        runs = quiet(sweep_runs.changes_directory, [{"to": str(tmp_path / "elsewhere")}], folder="runs")
        assert results(runs) == [str(tmp_path / "elsewhere")]
    assert len(stored(tmp_path / "runs")) == 1
    assert not os.listdir(tmp_path / "elsewhere")


def test_a_folder_that_is_no_path_is_refused():
    with refused(TypeError, "folder must be a path, got int 3"):
        quiet(sweep_runs.square, {"x": [1]}, folder=3)


@pytest.mark.slow
def test_two_sweeps_at_a_time_on_one_folder(tmp_path):
    sweeps = [partial(quiet, sweep_runs.square, {"x": range(4)}, folder=tmp_path, jobs=2) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        for runs in pool.map(lambda f: f(), sweeps):
            assert [r["square"] for r in results(runs)] == [0, 1, 4, 9]
    assert len(list(tmp_path.iterdir())) == 4


KILLED = """
import sys
from minirnn.learning.sweeps import results, sweep
from tests.learning import sweep_runs
folder, log = sys.argv[1:]
print(results(sweep(sweep_runs.slow, {"x": range(20), "log": [log]}, folder=folder, jobs=2, version="1")))
"""


def start(folder, log, out):
    """The sweep of KILLED in a group of processes of its own. Its workers may outlive it, so no pipes."""
    command = [sys.executable, "-c", KILLED, str(folder), str(log)]
    with out.open("w") as file:
        return subprocess.Popen(command, cwd=ROOT, start_new_session=True, stdout=file, stderr=subprocess.DEVNULL)


def stored(folder):
    return {path.name for path in folder.glob("*.pickle")}


def wait_until_stored(count, folder, process):
    """A sweep that ends or stands still before it has stored so many runs is an error, not a wait without end."""
    deadline = time.monotonic() + 60
    while len(stored(folder)) < count:
        assert process.poll() is None, f"the sweep ended with {process.returncode}"
        assert time.monotonic() < deadline, "the sweep does not go on"
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.parametrize("kill", [os.kill, os.killpg], ids=["sweep", "workers too"])
def test_killed_at_any_moment_nothing_finished_is_lost_or_made_twice(tmp_path, kill):
    folder, log, out, rng = tmp_path / "runs", tmp_path / "log", tmp_path / "out", random.Random(0)
    for _ in range(3):
        before = stored(folder)
        process = start(folder, log, out)
        wait_until_stored(len(before) + 3, folder, process)
        time.sleep(rng.uniform(0, 0.2))
        kill(process.pid, signal.SIGKILL)
        process.wait()
        time.sleep(1)  # workers that outlived the sweep end the few runs that they were given
        assert before < stored(folder)
        assert len(lines(log)) - len(set(lines(log))) <= 6  # one run for each worker and kill was under way
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # idle workers would wait for minutes
        kept = {path: path.stat().st_mtime_ns for path in folder.glob("*.pickle")}
        log_before = lines(log)
    process = start(folder, log, out)
    assert process.wait(timeout=60) == 0
    assert out.read_text().strip() == str([x * x for x in range(20)])
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    begun = lines(log)[len(log_before) :]
    assert len(begun) == len(set(begun)) == 20 - len(kept)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # the death of a worker is told by warnings
def test_on_a_cluster_a_killed_worker_loses_nothing(tmp_path):
    """Two worker processes of Dask; one is killed while the sweep runs, and not replaced."""
    import joblib

    distributed = pytest.importorskip("distributed")
    log = tmp_path / "log"
    grid = {"x": range(16), "log": [str(log)]}
    scheduler = distributed.LocalCluster(
        n_workers=0, processes=True, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    )
    command = [sys.executable, "-m", "distributed.cli.dask_worker", scheduler.scheduler_address]
    command += ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(tmp_path)]
    workers = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(2)
    ]
    try:
        with distributed.Client(scheduler) as client:
            client.wait_for_workers(2, timeout=30)

            def kill_one():
                while len(lines(log)) < 4:
                    time.sleep(0.01)
                workers[0].kill()

            threading.Thread(target=kill_one, daemon=True).start()
            with joblib.parallel_config(backend="dask"):
                runs = quiet(sweep_runs.slow, grid, folder=tmp_path / "runs")
            assert workers[0].wait(timeout=10) == -signal.SIGKILL
            assert len(client.scheduler_info()["workers"]) == 1
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
        scheduler.close()
    assert results(runs) == [x * x for x in range(16)]
    assert set(lines(log)) == {str(x) for x in range(16)}


def outer():
    def inner(x):
        return x

    return inner


@pytest.mark.parametrize(
    ("run", "grid", "error", "words"),
    [
        (lambda x: x, {"x": [1]}, TypeError, ["run must be a function of a module", "lambda"]),
        (outer(), {"x": [1]}, TypeError, ["run must be", "inner"]),
        (partial(sweep_runs.square, 1), {"x": [1]}, TypeError, ["run must be", "partial"]),
        (sweep_runs.square, {"y": [1]}, TypeError, ["run must take", "{'y': 1}"]),
        (sweep_runs.square, {"x": 1}, TypeError, ["grid['x'] must be a list", "int 1"]),
        (sweep_runs.square, {"x": np.array(3)}, TypeError, ["grid['x'] must be a list", "ndarray array(3)"]),
        (sweep_runs.square, {"x": "abc"}, TypeError, ["grid['x'] must be a list", "'abc'"]),
        (sweep_runs.square, {"x": []}, ValueError, ["a point at least"]),
        (sweep_runs.square, [], ValueError, ["a point at least"]),
        (sweep_runs.square, [1, 2], TypeError, ["a dict of lists or a list of dicts"]),
        (sweep_runs.square, {"x": [1, 2, 1]}, ValueError, ["each point once", '{"x": 1} 2 times']),
        (sweep_runs.square, {"x": [print]}, TypeError, ["JSON", "builtin_function_or_method"]),
        (sweep_runs.plain, [{1: 2}], TypeError, ["strings for keys", "1"]),
    ],
)
def test_bad_input_is_refused(tmp_path, run, grid, error, words):
    with refused(error, *words):
        quiet(run, grid, folder=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(("name", "value"), [("jobs", 0), ("jobs", -2), ("jobs", 1.5), ("threads", 0)])
def test_bad_numbers_are_refused(tmp_path, name, value):
    with pytest.raises((TypeError, ValueError), match=name):
        quiet(sweep_runs.square, {"x": [1]}, folder=tmp_path, **{name: value})


def test_results_of_nothing():
    assert results([Outcome({}, None, None, 0.0)]) == [None]
