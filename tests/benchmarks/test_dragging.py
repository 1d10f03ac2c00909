"""What `make drag-bench` counts."""

from typing import Any

import pytest

from tests.benchmarks.dragging import steps


def event(name: str, ts: float, ms: float = 0.0, pid: int = 1, tid: int = 1, **more: Any) -> dict[str, Any]:
    return {"name": name, "ts": ts, "pid": pid, "tid": tid, **({"tdur": 1000 * ms} if ms else {}), **more}


def test_each_step_has_the_time_of_its_own_tasks() -> None:
    """Those of the main thread and of workers; not of other threads and processes, and none outside of the marks."""
    trace = [
        *(event(f"gtt-{k}", 100.0 * (k + 1)) for k in range(3)),
        event("thread_name", 0, tid=2, args={"name": "DedicatedWorker thread"}),
        event("thread_name", 0, tid=3, args={"name": "Compositor"}),
        event("RunTask", 50, 9),
        event("RunTask", 110, 2),
        event("Layout", 120, 1),
        event("RunTask", 130, 4),
        event("RunTask", 140, 7, tid=2),
        event("RunTask", 150, 5, tid=3),
        event("RunTask", 160, 5, pid=2),
        event("RunTask", 210, 3),
        event("RunTask", 310, 9),
    ]
    first, second = steps(trace)
    assert first == pytest.approx({"main": 6, "layout": 1, "worker": 7})
    assert second == pytest.approx({"main": 3})
