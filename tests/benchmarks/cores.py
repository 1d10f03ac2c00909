"""What a second core brings: a second thread to one gradient, a second process to a sweep; part of `make bench`.

Seconds are those of the clock. Each library is timed in a process of its own for each number of threads, which it reads
once, when it starts. A sweep of equal runs is compared with bare processes that do the same work: what these gain is
what the machine can give. Saves book/experiments/results/cores.json.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from itertools import product
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LIBRARIES, COUNTS, TURNS = ("minirnn", "PyTorch", "JAX"), (1, 2), 2
SIZE = (200, 64, 128, 32)  # T, B, n and m
RUNS, UPDATES = 8, 20


def with_threads(count: int) -> dict[str, str]:
    """The environment in which the libraries of a process use so many threads."""
    eigen = "true" if count > 1 else "false"
    return os.environ | {
        "OPENBLAS_NUM_THREADS": str(count), "OMP_NUM_THREADS": str(count), "MKL_NUM_THREADS": str(count),
        "JAX_PLATFORMS": "cpu", "XLA_FLAGS": f"--xla_cpu_multi_thread_eigen={eigen}",
    }  # fmt: skip


def child(*task: Any, threads: int = 1) -> subprocess.Popen[str]:
    """A process that does one of the tasks below, and prints its answer."""
    command = [sys.executable, "-m", "tests.benchmarks.cores", json.dumps(task)]
    return subprocess.Popen(command, cwd=ROOT, env=with_threads(threads), stdout=subprocess.PIPE, text=True)


def answer(process: subprocess.Popen[str]) -> float:
    out, _ = process.communicate()
    return float(out.split()[-1])


# --- tasks of a child ------------------------------------------------------------------------------------------------


def gradient(peer: str, threads: int, name: str, dtype: str, sizes: list[int]) -> float:
    """Seconds of one gradient, the median of five, on as many cores as threads."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    import numpy as np

    from tests.benchmarks.cases import case
    from tests.benchmarks.peers import PEERS

    if peer == "PyTorch":
        import torch

        torch.set_num_threads(threads)
    work, taken = PEERS[peer](*case(name, dtype, *sizes)), []
    for _ in range(6):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return float(np.median(taken[1:]))


def train(run: int) -> float:
    """One run of a sweep: updates of an LSTM, as many in each."""
    from minirnn import bptt
    from minirnn.learning import losses
    from tests.benchmarks.cases import case

    cell, params, X, target = case("LSTM", "float64", 200, 32, 64, 8)
    loss, E = losses.at_end(losses.squared_error, target), 0.0
    for _ in range(UPDATES):
        E, slopes = bptt(cell, params, X, loss)
        params = {key: p - 1e-3 * slopes[key] for key, p in params.items()}
    return E + run


def bare(runs: int) -> float:
    """So many runs, one after the other; their seconds with all imports made."""
    train(0)
    begun = time.perf_counter()
    for run in range(runs):
        train(run)
    return time.perf_counter() - begun


def swept(jobs: int) -> float:
    """Seconds of the sweep of all runs, by so many processes."""
    from minirnn.learning.sweeps import results, sweep

    train(0)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        results(sweep(train, {"run": list(range(RUNS))}, folder=folder, jobs=jobs, progress=False))
        return time.perf_counter() - begun


TASKS = {"gradient": gradient, "bare": bare, "swept": swept}

# --- all of them -----------------------------------------------------------------------------------------------------


def threads() -> list[dict[str, Any]]:
    """Milliseconds of one gradient with one thread and with two, the least of the turns."""
    from tests.benchmarks.cases import CELLS

    rows = []
    for name in CELLS:
        least = {peer: [float("inf")] * len(COUNTS) for peer in LIBRARIES}
        for _, peer, (i, count) in product(range(TURNS), LIBRARIES, enumerate(COUNTS)):
            seconds = answer(child("gradient", peer, count, name, "float64", SIZE, threads=count))
            least[peer][i] = min(least[peer][i], round(1e3 * seconds, 2))
        rows.append({"cell": name, **dict(zip("TBnm", SIZE, strict=True)), "ms": least})
    return rows


def processes() -> dict[str, list[float]]:
    """Seconds of all runs by one process and by two: of a sweep, and of bare processes, the least of the turns."""
    least = {"sweep": [float("inf")] * 2, "bare": [float("inf")] * 2}
    for _ in range(TURNS):
        for i, jobs in enumerate(COUNTS):
            least["sweep"][i] = min(least["sweep"][i], round(answer(child("swept", jobs)), 2))
            together = [child("bare", RUNS // jobs) for _ in range(jobs)]
            least["bare"][i] = min(least["bare"][i], round(max(answer(process) for process in together), 2))
    return least


def main() -> None:
    """All parts, or those that are named, into the record."""
    sys.path.append(str(ROOT / "book"))
    from experiments.record import RESULTS, load, save

    started, parts = time.time(), {"processes": processes, "threads": threads}
    before = load("cores")["results"] if (RESULTS / "cores.json").exists() else {}
    results = before | {name: parts[name]() for name in sys.argv[1:] or parts}
    print(json.dumps(results, indent=1))
    save("cores", started, {"clock": "wall", "runs": RUNS, "dtype": "float64"}, results, command="make bench")


if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1].startswith("["):
        what, *arguments = json.loads(sys.argv[1])
        print(TASKS[what](*arguments))
    else:
        main()
