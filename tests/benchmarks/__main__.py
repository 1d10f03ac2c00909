"""`make bench`: the library, its peers and its own matrix products on the same work, one thread each, in one run.

All are pinned to one core, each in a process of its own, and timed by turns, so that what else the machine does meets
everyone alike. A time is that of the processor, not of the clock: on one core they are the same but for other programs.
Prints a table, and saves book/experiments/results/bench.json, of which book/speed.md is made. A size or cell can be
chosen: see --help.
"""

import os

# before NumPy and JAX are imported: they read these once
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "JAX_PLATFORMS": "cpu"}
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import argparse
import shutil
import sys
import time
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import nnls
from tqdm import tqdm

from minirnn import VanillaRNN, bptt, unroll
from minirnn.diagnosis.entry import diagnose
from minirnn.dynamics.exponents import network, spectrum
from minirnn.gradients.checkpointing import checkpointed_bptt
from minirnn.learning import losses
from minirnn.learning.sweeps import results as results_of
from minirnn.learning.sweeps import sweep
from tests.benchmarks.cases import CELLS, DTYPES, SIZES, case
from tests.benchmarks.of_a_book import of_a_book
from tests.benchmarks.peers import PEERS
from tests.benchmarks.turns import Player, first, peak, seconds
from tests.helpers import distance

sys.path.append(str(Path(__file__).parents[2] / "book"))
from experiments.chaos.lstm_scales import lstm
from experiments.record import CACHE, load, rounded, save, write
from explorables.speed.aims import missed


def measure(name: str, dtype: str, T: int, B: int, n: int, m: int, budget: float) -> dict[str, Any]:
    """Milliseconds of all, by turns until `budget` seconds are spent (7 rounds at least, autograd once)."""
    given = case(name, dtype, T, B, n, m)
    left_out = {"matrix products"} if name == "LRU" else set()
    if T * B * len(given[1].get("W", [0] * n)) > 2e6:
        left_out |= {"autograd"}  # its record would fill gigabytes, and take minutes
    players = {peer: Player(peer, given) for peer in PEERS if peer not in left_out}
    firsts = {peer: player.ask(first) for peer, player in players.items()}
    _, (E, ours) = firsts["minirnn"]
    for peer in [peer for peer in ("PyTorch", "JAX", "autograd") if peer in players]:
        _, (E_peer, theirs) = firsts[peer]
        far = distance({key: theirs[key] for key in ours}, ours)
        if not (far < (1e-9 if dtype == "float64" else 2e-2) and np.isclose(E, E_peer, rtol=1e-3)):
            raise AssertionError(f"{peer} and minirnn disagree on {name} {dtype} {(T, B, n, m)}: {far:.1e}")
    memory, states = players["minirnn"].ask(peak), (T + 1) * B * given[0].n_state * np.dtype(dtype).itemsize
    times: dict[str, list[float]] = {peer: [] for peer in players}
    begun, turns = time.perf_counter(), 0
    while turns < 7 or (time.perf_counter() - begun < budget and turns < 100):
        for peer, player in players.items():
            if peer != "autograd" or turns == 0 or firsts["autograd"][0] < budget / 20:
                times[peer].append(player.ask(seconds))
        turns += 1
    for player in players.values():
        player.end()
    own = np.array(times["minirnn"])
    return {
        "cell": name, "dtype": dtype, "T": T, "B": B, "n": n, "m": m, "turns": turns,
        "ms": {peer: rounded(1e3 * np.quantile(t, [0.5, 0.25, 0.75]), 4) for peer, t in times.items()},
        "ratio": {
            peer: rounded(np.quantile(np.array(t) / own[: len(t)], [0.5, 0.25, 0.75]), 4) for peer, t in times.items()
        },
        "compile_s": rounded(firsts["JAX"][0], 3),
        "memory": rounded(memory / states, 4),
    }  # fmt: skip


def costs(name: str) -> dict[str, Any]:
    """`cost` of ours, and of the peers beside it. JAX is compiled anew for each size: one length must do."""
    lengths = [50, 200, 800]
    peers = {"PyTorch": cost(name, "PyTorch", lengths), "JAX": cost(name, "JAX", lengths[1:2])}
    return cost(name, "minirnn", lengths) | {"peers": peers}


def cost(name: str, peer: str, lengths: list[int]) -> dict[str, Any]:
    """T(a + b·B·n + c·B·n²) fitted to the relative size of times over T, B and n, with no negative coefficient."""
    grid = list(product(lengths, [1, 8, 32], [16, 64, 128]))
    ms = times_over(peer, [case(name, "float64", T, B, n, 4) for T, B, n in grid])
    T, B, n = np.array(grid, float).T
    A = np.stack([T, T * B * n, T * B * n**2], axis=1) / np.array(ms)[:, None]
    coefficients, _ = nnls(A, np.ones(len(ms)))
    units = ("microseconds a step", "nanoseconds an entry of the state", "nanoseconds an entry of W and sequence")
    fitted = A @ coefficients
    return {
        "grid": [[int(x) for x in point] for point in grid],
        "ms": rounded(ms, 4),
        "fit": dict(zip(units, rounded(coefficients * [1e3, 1e6, 1e6], 3), strict=True)),
        "worst": rounded(float(max(fitted.max(), 1 / fitted.min())), 3),
    }


def times_over(peer: str, cases: list[tuple]) -> list[float]:
    """Milliseconds of the peer for each case, the median of five."""
    player, ms = Player(peer, cases[0]), []
    for given in tqdm(cases, desc=peer, leave=False):
        player.take(given)
        player.ask(first)
        ms.append(1e3 * float(np.median([player.ask(seconds) for _ in range(5)])))
    player.end()
    return ms


def checkpoints() -> dict[str, Any]:
    """Time and memory of plain and of checkpointed BPTT over T, and the peers' times."""
    lengths, rows = [100, 1000, 10_000, 100_000], {}
    for peer in ("PyTorch", "JAX"):
        cases = [case("VanillaRNN", "float64", T, 8, 32, 1) for T in lengths]
        rows[peer] = {"ms": rounded(times_over(peer, cases), 4)}
    for route in (bptt, checkpointed_bptt):
        ms, mb = [], []
        for T in tqdm(lengths, desc=route.__name__, leave=False):
            cell, params, X, target = case("VanillaRNN", "float64", T, 8, 32, 1)
            loss = losses.at_end(losses.squared_error, target)
            ms.append(1e3 * float(np.median([seconds(lambda: route(cell, params, X, loss)) for _ in range(3)])))  # noqa: B023
            mb.append(peak(lambda: route(cell, params, X, loss)) / 1e6)  # noqa: B023
        rows[route.__name__] = {"ms": rounded(ms, 4), "mb": rounded(mb, 4)}
    return {"T": lengths, "B": 8, "n": 32, **rows}


def exponents() -> dict[str, Any]:
    """Seconds for λ₁ of 100 tanh units over 10 000 steps, and for all four λ of 1000 LSTMs of two units over 2000;
    and rows of `relative_costs`, for each cell and for few, many and large states."""
    rng = np.random.default_rng(0)
    params = {"W": 0.15 * rng.standard_normal((100, 100)), "U": np.zeros((100, 1)), "b": np.zeros(100)}
    tanh, h0 = network(VanillaRNN(m=1, n=100), params), 0.1 * rng.standard_normal((1, 100))
    works = {
        "tanh": lambda: spectrum(tanh, h0, 10_000, k=1),
        "LSTM": lambda: spectrum(*lstm(np.linspace(0.5, 2, 1000)), 2000),
    }
    took = {name: rounded(float(np.median([seconds(work) for _ in range(3)])), 3) for name, work in works.items()}
    grid = product(CELLS, [(20, 8, 16), (100, 1, 64), (500, 1, 64), (200, 32, 64), (200, 8, 256), (500, 32, 256)])
    rows = [relative_costs(name, *sizes) for name, sizes in tqdm(list(grid), desc="exponents", leave=False)]
    return {"date": date.today().isoformat(), "seconds": took, "rows": rows}


def relative_costs(name: str, T: int, B: int, n: int) -> dict[str, Any]:
    """Milliseconds of a forward pass, a gradient, λ₁ and `diagnose` by turns; λ₁ in forward passes and in gradients,
    `diagnose` in gradients: medians and quartiles of the ratios within a turn."""
    cell, params, X, target = case(name, "float64", T, B, n, 4)
    loss, h0 = losses.at_end(losses.squared_error, target), np.zeros((B, cell.n_state))
    works = {
        "forward": lambda: unroll(cell, params, X),
        "gradient": lambda: bptt(cell, params, X, loss),
        "exponent": lambda: spectrum(network(cell, params, X), h0, T, k=1),
        "diagnose": lambda: diagnose(cell, params, X, loss),
    }
    turns = [[seconds(work) for work in works.values()] for _ in range(8)][1:]  # the first warms up
    forward, gradient, exponent, diagnosis = np.array(turns).T
    ratios = {
        "exponent/forward": exponent / forward,
        "exponent/gradient": exponent / gradient,
        "diagnose/gradient": diagnosis / gradient,
    }
    return {
        "cell": name, "T": T, "B": B, "n": n,
        "ms": dict(zip(works, rounded(1e3 * np.median(turns, axis=0), 3), strict=True)),
        "ratio": {key: rounded(np.quantile(ratio, [0.5, 0.25, 0.75]), 3) for key, ratio in ratios.items()},
    }  # fmt: skip


def table(rows: list[dict[str, Any]]) -> None:
    print(f"{'':<32}{'ms':>9}{'spread':>8}" + "".join(f"{peer:>17}" for peer in list(PEERS)[1:]) + f"{'memory':>8}")
    for row in rows:
        size = f"{row['cell']:<11}{row['dtype']:<8}{row['T']:>5}{row['B']:>4}{row['n']:>4}"
        middle, low, high = row["ms"]["minirnn"]
        ratios = [row["ratio"].get(peer, [float("nan")])[0] for peer in list(PEERS)[1:]]
        line = f"{size:<32}{middle:>9.2f}{(high - low) / middle:>8.0%}" + "".join(f"{r:>16.2f}×" for r in ratios)
        print(f"{line}{row['memory']:>8.2f}")


PARTS: dict[str, Callable[[], Any]] = {
    "cost": lambda: {name: costs(name) for name in CELLS},
    "checkpointing": checkpoints,
    "exponents": exponents,
    "book": of_a_book,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    alone = "these only; nothing is saved, but by --only rows"
    parser.add_argument("--cell", choices=list(CELLS), action="append", help=alone)
    parser.add_argument("--size", type=int, choices=range(6), action="append", help=alone)
    parser.add_argument("--dtype", choices=DTYPES, action="append", help=alone)
    parser.add_argument("--budget", type=float, default=6.0, help="seconds for each size; 7 turns at least")
    parser.add_argument("--only", choices=["rows", *PARTS], action="append", help="into the record that is there")
    chosen = parser.parse_args()
    if chosen.only:
        parts = PARTS | {"rows": lambda: renewed(measure_rows(chosen))}
        for part in chosen.only:
            new, record = parts[part](), load("bench")
            record["results"][part] = new
            record["settings"]["again"] = f"in part measured again on {date.today().isoformat()}"
            write("bench", record)
        return
    started = time.time()
    rows = measure_rows(chosen)
    if chosen.cell or chosen.size or chosen.dtype:
        return
    settings = {
        "threads": 1,
        "clock": "processor time",
        "simd": np.show_config(mode="dicts")["SIMD Extensions"],  # the processor's, as far as NumPy uses them
        "peers": {p: version(p.lower()) for p in ("torch", "jax")},
    }
    before = load("bench")["results"].get("book", {})
    results = {"rows": rows, **{part: measure_part() for part, measure_part in PARTS.items()}}
    for what, value in results["book"].items():
        print(
            f"{what:<44}{value:>9.3f} s"
            + (f"{value / before[what]:>8.2f} of the last record's" if what in before else "")
        )
    save("bench", started, settings, results, command="make bench")


def measure_rows(chosen: argparse.Namespace) -> list[dict[str, Any]]:
    """`measure` of all cells, dtypes and sizes that are chosen; prints a table of them, and the aims that they miss."""
    sizes = [SIZES[i] for i in chosen.size] if chosen.size else SIZES
    grid = [
        dict(zip(("name", "dtype", *"TBnm", "budget"), (name, dtype, *size, chosen.budget), strict=True))
        for name, dtype, size in product(chosen.cell or CELLS, chosen.dtype or DTYPES, sizes)
    ]
    # a run that was killed goes on, if the code is the same; one that ended begins anew
    folder, root = Path(CACHE).with_name("bench"), Path(__file__).parents[2]
    code = sha256(
        b"".join(f.read_bytes() for f in sorted([*root.glob("minirnn/**/*.py"), *root.glob("tests/bench*/*.py")]))
    )
    rows = results_of(sweep(measure, grid, folder=folder, jobs=1, version=code.hexdigest()))
    shutil.rmtree(folder)
    table(rows)
    late = missed(rows)
    print(*(["Targets missed:", *late] if late else ["All targets are reached."]), sep="\n")
    return rows


def renewed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of the record, with these in the place of those of the same cell, dtype and size."""

    def place(row: dict[str, Any]) -> tuple:
        return tuple(row[key] for key in ("cell", "dtype", *"TBnm"))

    new = {place(row): row for row in rows}
    return [new.get(place(row), row) for row in load("bench")["results"]["rows"]]


if __name__ == "__main__":
    main()
