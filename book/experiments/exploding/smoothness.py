"""Local smoothness against gradient norm along the training of an RNN; and a problem the theorem is about.

After zhang2020, who measured LSTM language models and ResNets: along real updates, log L̂ grows with the log of the
gradient's norm. Here: the tanh network of `clipping` (deviation: a small RNN, toy tasks), clipped at norm
1, measured every 6 updates on one fixed batch of 100 sequences. L̂ is the largest of five difference quotients of
the gradient along the update, and its direction the update that was made. Tasks: temporal order, adding. On temporal
order rounding is magnified once the network learns: another processor's norms differ, its slopes by less than 0.1.

The small problem is f(x) = cosh(x), which is (1, 1)-smooth and not L-smooth, on starts in (0, x_0] with ever larger
slope M = sinh(x_0): the slowest start under the one fixed rate that serves it best, against clipped descent as in the
theorem. (For one start the best rate is x_0 / sinh(x_0), whose first step ends at 0.)
"""

from functools import partial
from typing import Any

import numpy as np

from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.intervals import Interval, above, around, of_mean
from experiments.record import by, load, rounded
from minirnn import VanillaRNN
from minirnn.core import initializers
from minirnn.core.params import Params, map_params, norm
from minirnn.dynamics.smoothness import fit_line, local_lipschitz, on_batch
from minirnn.learning import losses, tasks
from minirnn.learning.clipping import clip_by_norm

N, BATCH, MEASURED_ON, STD, LR, CLIP, UPDATES, EVERY = 50, 20, 100, 0.1, 0.1, 1.0, 600, 6
EPS = 1e-3  # of the slope of cosh at which a descent has arrived
SEEDS = range(5)
TASKS: dict[str, Any] = {  # task: draw, outputs, error
    "temporal order": (partial(tasks.temporal_order, T=20), 4, losses.softmax_cross_entropy),
    "adding": (partial(tasks.adding, T=20), 1, losses.squared_error),
}


def measure(task: str, seed: int, updates: int = UPDATES) -> dict[str, Any]:
    """Norm and local smoothness on the fixed batch, before every 6th update, and its loss."""
    draw, outputs, error = TASKS[task]
    rng, small = np.random.default_rng(seed), partial(initializers.gaussian, std=STD)
    X, target = draw(np.random.default_rng(10_000 + seed), MEASURED_ON)
    cell = VanillaRNN(m=X.shape[2], n=N)
    params: Params = cell.init(rng, recurrent=small, inputs=small)
    params |= losses.init_readout(rng, cell, outputs, weights=small)
    value, fixed = on_batch(cell, X, losses.at_end(error, target))
    rows = []
    for update in range(updates):
        X, target = draw(rng, BATCH)
        g = clip_by_norm(on_batch(cell, X, losses.at_end(error, target))[1](params), CLIP)[0]
        step = map_params(lambda g: -LR * g, g)
        if update % EVERY == 0:
            rows.append((norm(fixed(params)), local_lipschitz(fixed, params, step), value(params)))
        params = map_params(lambda w, s: w + s, params, step)
    columns = [rounded(column, 4) for column in zip(*rows, strict=True)]
    slope, _, correlation = fit_line(np.log(columns[0]), np.log(columns[1]))
    return dict(zip(("norm", "smoothness", "loss"), columns, strict=True)) | {
        "slope": slope,
        "correlation": correlation,
    }


def steps_needed(
    x: float, rate: float, threshold: float = np.inf, eps: float = EPS, most: int = 20_000
) -> int | None:
    """Steps of descent on cosh(x), clipped at the threshold, until |sinh(x)| <= eps; None if there are too many."""
    for step in range(most):
        g = np.sinh(x)
        if abs(g) <= eps:
            return step
        x -= rate * g * min(1.0, threshold / abs(g))
        if abs(x) > 700:  # it has left the range of floats
            return None
    return None


def largest_rate(x0: float) -> float:
    """2 x_0 / sinh(x_0): with a larger one each step from x_0 ends farther from 0 than it began."""
    return float(2 * x0 / np.sinh(x0))


def slowest(x0: float, rates: np.ndarray, back: bool = True, eps: float = EPS) -> np.ndarray:
    """Steps of descent at each fixed rate until every start in (0, x_0] has |sinh(x)| <= eps.

    After a step the distances of all starts fill (0, far], where far is the largest of |x - rate sinh(x)| over the
    distances x before: at their end, or at cosh(x) = 1/rate where x - rate sinh(x) has its maximum. With `back` False
    steps past 0 are taken to end at 0, and the count only falls: it falls with the rate too, so that at the largest
    rate it is a count that no rate can beat.

    >>> slowest(2.0, np.array([0.5, 0.9])).tolist()
    [10, 5]

    Raises ValueError where a rate is too large, so that some start never arrives.
    """
    if back and (rates >= min(2.0, largest_rate(x0))).any():
        raise ValueError(f"rates must be below 2 and below {largest_rate(x0):g}, got {rates.max():g}")
    far, steps, top = np.full(len(rates), x0), np.zeros(len(rates), int), np.arccosh(np.maximum(1 / rates, 1))
    while (going := np.sinh(far) > eps).any():
        end = np.abs(far - rates * np.sinh(far)) if back else 0.0
        inside = np.minimum(far, top)
        far = np.where(going, np.maximum(end, inside - rates * np.sinh(inside)), far)
        steps += going
    return steps


def best_fixed(x0: float) -> tuple[int, float]:
    """The fewest steps in which one rate serves every start in (0, x_0], and that rate, of 1000 below the largest."""
    rates = largest_rate(x0) * (1 - np.geomspace(1e-5, 0.9, 1000))
    steps = slowest(x0, rates[rates < 2])
    return int(steps.min()), float(rates[rates < 2][steps.argmin()])


def cosh_problem(starts: np.ndarray) -> dict[str, Any]:
    """Steps by x_0: with the best fixed rate, and a count that no rate can beat; with the theorem's rate 1/6 and
    threshold 1, and its bound.

    A clipped step from farther away never ends nearer to 0, so the slowest start under the clip is x_0.
    """
    fixed, gap = [best_fixed(x0) for x0 in starts], np.cosh(starts) - 1
    return {
        "start": rounded(starts),
        "M": rounded(np.sinh(starts)),
        "fixed": [steps for steps, _ in fixed],
        "rate": rounded([rate for _, rate in fixed]),
        "least": [slowest(x0, np.array([largest_rate(x0)]), back=False).item() for x0 in starts],
        "clipped": [steps_needed(x0, 1 / 6, 1.0) for x0 in starts],
        "bound": rounded(8 * gap / EPS**2 + 8 * gap),
    }


def results(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return by(TASKS, runs) | {"cosh": cosh_problem(np.arange(1.0, 11.0))}


def again(saved: Saved) -> Pair:
    """The beginning of the first run of temporal order; and cosh from the first three starts."""
    now, was = measure("temporal order", 0, updates=60), saved(task="temporal order", seed=0)
    keys, cosh = ("norm", "smoothness", "loss"), cosh_problem(np.arange(1.0, 4.0))
    cosh_was = load("smoothness")["results"]["cosh"]
    return (
        {key: now[key] for key in keys} | cosh,
        {key: was[key][: len(now[key])] for key in keys} | {key: cosh_was[key][:3] for key in cosh},
    )


def slopes(r: dict[str, Any], task: str) -> tuple[str, Interval]:
    """Slopes of local smoothness over the norm, on logarithmic axes: in words, and the interval of their mean."""
    fitted = np.array([run["slope"] for run in r[task]])
    ends = (f"{end:.2f}".replace("-", "−") for end in (fitted.min(), fitted.max()))
    return f"slopes {' to '.join(ends)} on logarithmic axes", of_mean(fitted)


def rises(r: dict[str, Any]) -> Verdict:
    ours, interval = slopes(r, "temporal order")
    return verdict(ours, above(interval))


def does_not_rise(r: dict[str, Any]) -> Verdict:
    ours, interval = slopes(r, "adding")
    return verdict(ours, around(interval, 0))


EXPERIMENT = Experiment(
    name="smoothness",
    run=measure,
    grid={"task": list(TASKS), "seed": SEEDS},
    settings=dict(n=N, batch=BATCH, measured_on=MEASURED_ON, std=STD, lr=LR, clip=CLIP, updates=UPDATES)
    | dict(every=EVERY, seeds=list(SEEDS)),
    results=results,
    rows=lambda results: [run for task in TASKS for run in results[task]],
    again=again,
    claims=[
        Claim(
            paper="zhang2020",
            page="exploding",
            text="Local smoothness rises with the norm of the gradient",
            theirs="a line on logarithmic axes, LSTM language models",
            deviation="tanh network of 50 units, temporal order",
            judge=rises,
        ),
        Claim(
            paper="zhang2020",
            page="exploding",
            text="It does not rise in every training",
            theirs="no relation in their default training of an image classifier",
            deviation="adding task, which these runs do not learn",
            judge=does_not_rise,
        ),
    ],
)
