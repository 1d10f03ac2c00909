"""Local smoothness against gradient norm along the training of an RNN; and a problem the theorem is about.

After zhang2020, who measured LSTM language models and ResNets: along real updates, log L̂ grows with the log of the
gradient's norm. Here: the tanh network of `clipping` (deviation: a small RNN, toy tasks), clipped at norm
1, measured every 6 updates on one fixed batch of 100 sequences. L̂ is the largest of five difference quotients of
the gradient along the update, and its direction the update that was made. Tasks: temporal order, adding.

The small problem is f(x) = cosh(x), which is (1, 1)-smooth and not L-smooth, from starts x_0 with ever larger slope
M = sinh(x_0): gradient descent with the best fixed step of a grid against clipped descent as in the theorem.
"""

from functools import partial
from typing import Any

import numpy as np

from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.record import by, load, rounded
from minirnn import VanillaRNN
from minirnn.core import initializers
from minirnn.core.params import Params, map_params, norm
from minirnn.dynamics.smoothness import fit_line, local_lipschitz, on_batch
from minirnn.learning import losses, tasks
from minirnn.learning.clipping import clip_by_norm

N, BATCH, MEASURED_ON, STD, LR, CLIP, UPDATES, EVERY = 50, 20, 100, 0.1, 0.1, 1.0, 600, 6
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
    x: float, rate: float, threshold: float = np.inf, eps: float = 1e-3, most: int = 20_000
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


def best_fixed(x0: float) -> tuple[int, float]:
    """Fewest steps over fixed rates, and that rate: a grid of 60 from the largest that can work down by 10."""
    most = 2 * x0 / np.sinh(x0)  # a longer first step ends farther from 0 than it began
    counted = [(steps_needed(x0, rate), rate) for rate in np.geomspace(most / 10, min(most, 2.0), 60)]
    return min((steps, rate) for steps, rate in counted if steps is not None)


def cosh_problem(starts: np.ndarray) -> dict[str, Any]:
    """Steps by start: the best fixed rate; clipped with the theorem's rate 1/6 and threshold 1; the theorem's bound."""
    fixed = [best_fixed(x0) for x0 in starts]
    eps, gap = 1e-3, np.cosh(starts) - 1
    return {
        "start": rounded(starts),
        "M": rounded(np.sinh(starts)),
        "fixed": [steps for steps, _ in fixed],
        "rate": rounded([rate for _, rate in fixed]),
        "clipped": [steps_needed(x0, 1 / 6, 1.0) for x0 in starts],
        "bound": rounded(8 * gap / eps**2 + 8 * gap),
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


def rises(r: dict[str, Any], task: str) -> Verdict:
    slopes = [run["slope"] for run in r[task]]
    return verdict(f"slopes {min(slopes):.2f} to {max(slopes):.2f} on logarithmic axes", min(slopes) > 0.5)


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
            judge=partial(rises, task="temporal order"),
        ),
        Claim(
            paper="zhang2020",
            page="exploding",
            text="The same on another task",
            theirs="the same",
            deviation="adding task",
            judge=partial(rises, task="adding"),
        ),
    ],
)
