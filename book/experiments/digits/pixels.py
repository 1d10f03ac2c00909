"""Which cell reads a digit pixel by pixel, at which length; and its measures before training.

After le2015, who read the 28×28 digits of MNIST in 784 steps. Deviation: the 8×8 digits that come with scikit-learn, in
64 steps, forwards or permuted, or with blanks after each row up to 784; 32 units instead of 100; Adam; 500 updates of
16 digits. Rates are chosen for each cell at T = 64 by two seeds and validation digits that count for nothing else.
Measured at the start: `diagnose` and the spectral radius of the Jacobian, on 16 digits of the training part. All runs
take about 20 minutes of a core, half of them those at 784 steps.
"""

from collections.abc import Callable, Iterable
from functools import cache, partial
from itertools import product
from typing import Any

import numpy as np

from experiments.digits.readers import CELLS, TASKS, N, baseline, data, fitted_readout, loss, network
from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.intervals import above, of_difference
from experiments.record import by, grouped, load, rounded, swept
from minirnn import unroll
from minirnn.diagnosis.entry import diagnose
from minirnn.dynamics.exponents import jacobian, lyapunov_exponents
from minirnn.figures.panels import signed
from minirnn.learning import optimizers, tasks
from minirnn.learning.training import Run, accuracy, train

BATCH, UPDATES, CLIP, CHECK = 16, 500, 1.0, 100
RATES, TUNING, SEEDS, DECODED = [1e-3, 3e-3, 1e-2, 3e-2], [100, 101], range(5), [0, 1, 2]
UNCLIPPED = ("tanh", "IRNN")
VERSION = "2"  # raise it after a change of the runs, and all are made anew
READOUT_VERSION = "3"  # the same for `decoded`, which can be made anew alone


def trained(
    cell: str, task: str, rate: float, seed: int, clip: float | None = CLIP, updates: int = UPDATES
) -> dict[str, Any]:
    """Accuracy on the test part; on the validation part every CHECK updates; the loss; how much was clipped."""
    net, params, rng = network(cell, seed, "float32")
    (X, target), (X_val, val), (X_test, test) = (data(part, task) for part in ("fit", "validation", "test"))
    X, X_val, X_test = (x.astype("float32") for x in (X, X_val, X_test))
    curve = [accuracy(net, params, X_val, val)]

    def look(run: Run) -> bool:
        if run.updates % CHECK == 0:
            curve.append(accuracy(net, run.params, X_val, val))
        return False

    batch, adam = tasks.drawn_from(X, target, BATCH), optimizers.adam(rate)
    run = train(net, params, batch, loss, adam, updates, rng, clip=clip, stop=look, progress=False)
    curve = [*curve[: -(-updates // CHECK)], accuracy(net, run.params, X_val, val)]
    norms = np.array(run.history["norm"])
    return {
        "test": accuracy(net, run.params, X_test, test),
        "validation": curve,
        "loss": np.mean(np.reshape(run.history["loss"][-(updates // 20) * 20 :], (20, -1)), axis=1).tolist(),
        "long": float(np.mean(~(norms <= CLIP))),
        "largest": float(norms.max()),
        "skipped": run.skipped,
    }


def measured(cell: str, task: str, seed: int, digits: int = 16) -> dict[str, Any]:
    """The book's measures before the first update."""
    net, params, _ = network(cell, seed)
    X, target = (data("fit", task)[0][:, :digits], data("fit", task)[1][:digits])
    report = diagnose(net, params, X, loss(target))
    exponents = lyapunov_exponents(net, params, X, burn_in=len(X) // 4)
    H, drive = unroll(net, params, X), net.drive(params, X)
    at = np.linspace(0, len(X) - 1, 16).astype(int)
    J = jacobian(net, params, H[at], drive[at])
    return {
        "radius": float(np.abs(np.linalg.eigvals(J)).max(-1).mean()),
        "exponent": float(exponents.mean()),
        "far_share": report.far_share,
        "sensitivity": report.sensitivity,
        "by_lag": report.by_lag[lags(len(X))].tolist(),
        "last": float(report.by_lag[-1]),
    }


def decoded(cell: str, task: str, seed: int) -> float:
    """`fitted_readout` of the last states of the untrained cell.

    Not among the measures of the book: added after the others had been compared with what was learned.
    """
    net, params, _ = network(cell, seed, "float32")
    states = (unroll(net, params, data(part, task)[0].astype("float32"))[-1] for part in ("fit", "validation"))
    return fitted_readout(*(h[:, : net.n_out].astype(float) for h in states))


def lags(T: int) -> np.ndarray:
    """The lags at which the gradient is kept: 0, and up to T - 1 in even steps."""
    return np.unique(np.linspace(0, T - 1, 33).astype(int))


@cache
def tuning() -> dict[str, list[list[float]]]:
    """For each cell the last accuracy on the validation part at T = 64, by rate and seed."""
    grid = {"cell": list(CELLS), "task": ["64"], "rate": RATES, "seed": TUNING}
    last = [run["validation"][-1] for run in swept(trained, grid, jobs=1, version=VERSION)]
    return by(CELLS, grouped(last, len(TUNING)))


def rate(cell: str) -> float:
    """The one with the best mean accuracy."""
    return RATES[int(np.mean(tuning()[cell], axis=1).argmax())]


def arguments(cell: str, **point: Any) -> dict[str, Any]:
    return {"cell": cell, "rate": rate(cell)} | point


def together(runs: Any) -> dict[str, Any]:
    """{key: the values of all seeds}, rounded."""
    return {key: [rounded(run[key], 4) for run in runs] for key in runs[0]}


def apart(columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """And back: the run of each seed."""
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


SHORT = ("64", "208")
CLIPPED = [dict(task=task, cell=cell, seed=seed) for task, cell, seed in product(TASKS, CELLS, SEEDS)]
FREE = [dict(cell=cell, task=task, seed=seed, clip=None) for cell, task, seed in product(UNCLIPPED, SHORT, SEEDS)]


def results(runs: list[dict[str, Any]]) -> dict[str, Any]:
    grid = {"task": list(TASKS), "cell": list(CELLS)}
    starts = swept(measured, grid | {"seed": SEEDS}, jobs=1, version=VERSION)
    readouts = swept(decoded, grid | {"seed": DECODED}, jobs=1, version=READOUT_VERSION)
    clipped, free = runs[: len(CLIPPED)], runs[len(CLIPPED) :]
    return {
        "rate": {cell: rate(cell) for cell in CELLS},
        "tuning": {cell: rounded(shares, 4) for cell, shares in tuning().items()},
        "baseline": baseline(),
        "measured": by_both(TASKS, CELLS, starts, together),
        "trained": by_both(TASKS, CELLS, clipped, together),
        "decoded": by_both(TASKS, CELLS, readouts, partial(rounded, digits=4)),
        "unclipped": by_both(UNCLIPPED, SHORT, free, together),
    }


def by_both(
    slow: Iterable[str], fast: Iterable[str], runs: list[Any], save: Callable[[Any], Any]
) -> dict[str, dict[str, Any]]:
    """{key of slow: {key of fast: what is saved of the runs of all seeds}}."""
    return {a: {b: save(seeds) for b, seeds in by(fast, part).items()} for a, part in by(slow, runs).items()}


def rows(results: dict[str, Any]) -> list[dict[str, Any]]:
    tables = [*results["trained"].values(), *results["unclipped"].values()]
    return [run for table in tables for columns in table.values() for run in apart(columns)]


def again(saved: Saved) -> Pair:
    """The first seed of the LRU at T = 64, at the start and over the first 75 updates.

    Further on, runs on two processors part: the rounding of float32 products differs, and training amplifies it. With
    four kernels of one BLAS the mean loss of updates 51 to 75 differed by 1e-4 of itself, of the next 25 by 1e-3. On
    two kernels of one BLAS the whole run ended at .8978 and .9267 where the record has .8867; seeds end at .80 to .90.
    Of the accuracy only that at the start is compared: after 100 updates one of 270 digits may lie on the border.
    """
    record, was = load("pixels")["results"], saved(task="64", cell="LRU", seed=0)
    run = trained("LRU", "64", record["rate"]["LRU"], 0, updates=CHECK)
    now = {"validation": run["validation"][:1], "loss": np.reshape(run["loss"], (4, -1)).mean(axis=1)[:3]}
    return (
        {key: rounded(value, 4) for key, value in (measured("LRU", "64", 0) | now).items()},
        apart(record["measured"]["64"]["LRU"])[0] | {key: was[key][: len(now[key])] for key in now},
    )


def reads_better(r: dict[str, Any], better: str, other: str) -> Verdict:
    """At each length, by the difference of the mean accuracies on the test digits, in points."""
    found, held = [], []
    for task in ("64", "208", "784"):
        a, b = (100 * np.array(r["trained"][task][cell]["test"]) for cell in (better, other))
        low, high = of_difference(a, b)
        found.append(f"{a.mean():.0f} against {b.mean():.0f} % at {task} ({signed(low, 0)} to {signed(high, 0)})")
        held.append(above((low, high)))
    return verdict(", ".join(found), *held)


EXPERIMENT = Experiment(
    name="pixels",
    run=trained,
    grid=[*CLIPPED, *FREE],
    arguments=arguments,
    options=dict(jobs=1, version=VERSION),
    settings=dict(n=N, batch=BATCH, updates=UPDATES, clip=CLIP, rates=RATES, tuning=TUNING, seeds=list(SEEDS)),
    results=results,
    rows=rows,
    again=again,
    claims=[
        Claim(
            paper="le2015",
            page="digits",
            text="An identity start with ReLU reads pixel by pixel where a tanh network does not",
            theirs="MNIST: 97 % against 35 %, as quoted by Cooijmans et al.",
            deviation="8×8 digits in 64, 208 and 784 steps; 32 units, 500 updates of Adam",
            judge=partial(reads_better, better="IRNN", other="tanh"),
        ),
        Claim(
            paper="jozefowicz2015",
            page="digits",
            text="A forget bias of 1 helps the LSTM",
            theirs="on other tasks",
            deviation="as above",
            judge=partial(reads_better, better="LSTM, bias 1", other="LSTM, bias 0"),
        ),
    ],
)
