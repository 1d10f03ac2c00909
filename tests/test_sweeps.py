"""Sweeps: nothing finished is lost or made twice, whatever dies; failures are kept; bad input is refused."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import partial

import numpy as np
import pytest

from minirnn.sweeps import Run, expand, results, sweep
from tests import sweep_runs
from tests.conftest import ROOT
from tests.helpers import refused

quiet = partial(sweep, progress=False)


def lines(log):
    return log.read_text().splitlines() if log.exists() else []


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


def test_an_edit_of_the_module_makes_all_anew(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    code = f"""
import edited
from minirnn.sweeps import results, sweep
print(results(sweep(edited.f, {{"x": [1]}}, folder={str(tmp_path / "runs")!r}, progress=False)))
"""
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    for constant in (10, 20):
        (tmp_path / "edited.py").write_text(f"def f(x):\n    return x + {constant}\n")
        out = subprocess.check_output([sys.executable, "-B", "-c", code], env=env, text=True)
        assert out.strip() == f"[{1 + constant}]"


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
    assert len(expand({"a": [1, 1.0, True, "1", float("nan")]})) == 5


KILLED = """
import sys
from minirnn.sweeps import results, sweep
from tests import sweep_runs
folder, log = sys.argv[1:]
print(results(sweep(sweep_runs.slow, {"x": range(80), "log": [log]}, folder=folder, jobs=2, version="1")))
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
        wait_until_stored(len(before) + 5, folder, process)
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
    assert out.read_text().strip() == str([x * x for x in range(80)])
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    begun = lines(log)[len(log_before) :]
    assert len(begun) == len(set(begun)) == 80 - len(kept)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # the death of a worker is told by warnings
def test_on_a_cluster_a_killed_worker_loses_nothing(tmp_path):
    """Two worker processes of Dask; one is killed while the sweep runs, and not replaced."""
    import joblib

    distributed = pytest.importorskip("distributed")
    log = tmp_path / "log"
    grid = {"x": range(40), "log": [str(log)]}
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
                while len(lines(log)) < 8:
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
    assert results(runs) == [x * x for x in range(40)]
    assert set(lines(log)) == {str(x) for x in range(40)}


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
    assert results([Run({}, None, None, 0.0)]) == [None]
