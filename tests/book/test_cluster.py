"""Grading on a cluster: what workers give is what this machine would, and a cluster that is not there is named."""

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.book import submissions
from tests.conftest import ROOT

from coursework import children, cluster, grade, notebooks  # isort: skip

distributed = pytest.importorskip("distributed")


def handed_in(folder: Path) -> Path:
    for student, nb in (("ada", submissions.right("ada")), ("ben", submissions.blank("ben"))):
        (folder / student).mkdir(parents=True)
        (folder / student / "bptt.ipynb").write_text(json.dumps(nb))
    return folder


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # of what Dask's processes leave behind
def test_workers_grade_as_this_machine_does(sandboxed, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "path", [str(ROOT / "book"), *sys.path])  # which worker processes get too
    source, target = handed_in(tmp_path / "in"), tmp_path / "out"
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, dashboard_address=None, host="127.0.0.1"
    ) as held:
        monkeypatch.setattr(children, "one", None)  # nothing is graded here
        assert grade.grade(source, target, cluster=held.scheduler_address) == 0
        results = {student: json.loads((target / student / "bptt.json").read_text()) for student in ("ada", "ben")}
        assert {student: held["points"] for student, held in results.items()} == {"ada": 85, "ben": 0}
        assert "✓ forward: right." in (target / "ada/bptt.html").read_text()
        assert "85 of 85" in capsys.readouterr().out
        stamps = [path.stat().st_mtime_ns for path in sorted(target.rglob("bptt.json"))]
        assert grade.grade(source, target, cluster=held.scheduler_address) == 0
        assert stamps == [path.stat().st_mtime_ns for path in sorted(target.rglob("bptt.json"))]
        monkeypatch.setattr(notebooks, "source", lambda name: "another version")
        assert grade.grade(source, target, cluster=held.scheduler_address) == 1
        assert "has another version of this assignment" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_submission_whose_worker_died_is_graded_by_another(sandboxed, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(ROOT / "book"), *sys.path])
    source, target = handed_in(tmp_path / "in"), tmp_path / "out"
    killed = []

    def kill(held, scheduler):
        with distributed.Client(scheduler) as watching:
            while not any(watching.processing().values()):
                time.sleep(0.05)
        killed.append(held.workers[0].pid)
        os.kill(killed[0], signal.SIGKILL)

    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as held:
        killer = threading.Thread(target=kill, args=(held, held.scheduler_address))
        killer.start()
        assert grade.grade(source, target, cluster=held.scheduler_address) == 0
        killer.join()
        assert held.workers[0].pid not in [None, *killed]
    points = {
        student: json.loads((target / student / "bptt.json").read_text())["points"] for student in ("ada", "ben")
    }
    assert points == {"ada": 85, "ben": 0}


def test_a_cluster_that_is_not_there_grades_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(cluster, "WAIT", 0.2)
    assert grade.grade(handed_in(tmp_path / "in"), tmp_path / "out", cluster="tcp://127.0.0.1:9") == 2
    assert "There is no scheduler of Dask at tcp://127.0.0.1:9" in capsys.readouterr().err
    assert not list((tmp_path / "out").rglob("*.json"))
