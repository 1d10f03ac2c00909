"""Temporal order at L = 20: does clipping decide, and does its threshold matter?

The basic tanh network of pascanu2013 (50 units, all weights N(0, 0.1²), batch 20, SGD) on the temporal-order task at
20 steps, without clipping and with five thresholds. Deviations from the paper: learning rate 0.1 instead of 0.01;
at most 4000 updates instead of 5 million; success is the paper's (below 1 % error on 10 000 fresh sequences), asked
every 100 updates. One run also keeps its gradients, to see what each kind of clip would have done to them.
"""

from functools import partial
from typing import Any

import numpy as np

from experiments.experiment import Experiment, Pair, Saved
from experiments.record import by, rounded
from minirnn import VanillaRNN, bptt
from minirnn.core import initializers
from minirnn.core.params import Params, flatten
from minirnn.learning import losses, optimizers, tasks
from minirnn.learning.clipping import clip_adaptive, clip_by_norm, clip_by_value
from minirnn.learning.training import Run, accuracy, train

L, N, BATCH, STD, LR, UPDATES, TEST_EVERY = 20, 50, 20, 0.1, 0.1, 4000, 100
THRESHOLDS = [0.1, 0.3, 1.0, 3.0, 10.0]
SEEDS = range(10)
KEPT = [0.03, 0.1, 0.3, 1.0, 3.0, 10.0]  # thresholds at which the kept gradients are clipped
CELL = VanillaRNN(m=6, n=N)
batch = partial(tasks.temporal_order, B=BATCH, T=L)
loss = partial(losses.at_end, losses.softmax_cross_entropy)


def network(seed: int) -> tuple[Params, np.random.Generator]:
    """The basic tanh initialisation: every weight N(0, 0.1²)."""
    rng, small = np.random.default_rng(seed), partial(initializers.gaussian, std=STD)
    params = CELL.init(rng, recurrent=small, inputs=small)
    return params | losses.init_readout(rng, CELL, outputs=4, weights=small), rng


def run_once(
    seed: int, threshold: float | None, lr: float = LR, updates: int = UPDATES, length: int = L
) -> dict[str, Any]:
    """One run: the updates it needed (None if it failed), its history of losses and norms, every 10th update."""
    params, rng = network(seed)
    fresh = np.random.default_rng(10_000 + seed)

    def solved(run: Run) -> bool:
        """A first look at 1000 sequences, and at 10 000 if that is good."""
        if run.updates % TEST_EVERY:
            return False
        shares = (accuracy(CELL, run.params, *tasks.temporal_order(fresh, B, length)) for B in (1000, 10_000))
        return all(share > 0.99 for share in shares)

    draw = partial(tasks.temporal_order, B=BATCH, T=length)
    run = train(
        CELL, params, draw, loss, optimizers.sgd(lr), updates, rng, clip=threshold, stop=solved, progress=False
    )
    norms = np.array(run.history["norm"])
    share = accuracy(CELL, run.params, *tasks.temporal_order(fresh, 10_000, length))
    return {
        "solved": run.updates if share > 0.99 else None,
        "accuracy": share,
        "largest_norm": float(np.nanmax(norms)),
        "median_norm": float(np.nanmedian(norms)),
        "clipped": None if threshold is None else float((norms > threshold).mean()),
        "loss": rounded(run.history["loss"][::10], 3),
        "norm": rounded(norms[::10], 3),
    }


def kept_gradients(seed: int = 0, updates: int = 400, threshold: float = 1.0) -> list[tuple[Params, Params]]:
    """(parameters, gradient before clipping) of each update of a run that is clipped by norm."""
    params, rng = network(seed)
    gradients = []
    for _ in range(updates):
        X, target = batch(rng)
        g = bptt(CELL, params, X, loss(target))[1]
        gradients.append((params, g))
        step = clip_by_norm(g, threshold)[0]
        params = {key: params[key] - LR * step[key] for key in params}
    return gradients


def norm_and_cosine(before: np.ndarray, after: np.ndarray) -> tuple[float, float]:
    """‖g after‖ and the cosine of the angle between g before and after."""
    size = float(np.linalg.norm(after))
    return size, float(before @ after / (np.linalg.norm(before) * size))


def three_clips(gradients: list[tuple[Params, Params]]) -> dict[str, Any]:
    """Norm and cosine after each clip at each threshold, for the kept gradients.

    By value the bound is threshold/√P, so that the clipped gradient cannot be longer than the threshold; adaptive
    clipping takes a ratio λ = threshold/10.
    """
    clips = {
        "norm": lambda g, p, c: clip_by_norm(g, c)[0],
        "value": lambda g, p, c: clip_by_value(g, c / np.sqrt(flatten(g).size)),
        "adaptive": lambda g, p, c: clip_adaptive(g, p, c / 10),
    }
    out: dict[str, Any] = {"before": rounded([np.linalg.norm(flatten(g)) for _, g in gradients], 3)}
    for kind, clip in clips.items():
        for c in KEPT:
            pairs = [norm_and_cosine(flatten(g), flatten(clip(g, p, c))) for p, g in gradients]
            out[f"{kind}, {c:g}"] = [rounded(column, 3) for column in zip(*pairs, strict=True)]
    return out


VARIANTS: dict[str, dict[str, Any]] = {  # every threshold; smaller rates without clipping; 50 steps with clipping
    **{f"clip {c:g}": {"threshold": c} for c in THRESHOLDS},
    "no clip": {"threshold": None},
    "no clip, lr 0.03": {"threshold": None, "lr": 0.03},
    "no clip, lr 0.01": {"threshold": None, "lr": 0.01},
    "clip 1, L 50": {"threshold": 1.0, "length": 50},
}


def results(made: list[dict[str, Any]]) -> dict[str, Any]:
    runs = by(VARIANTS, made)
    for group in runs.values():
        for run in group[2:]:  # the histories of two seeds are enough to draw
            del run["loss"], run["norm"]
    return {"runs": runs, "clips": three_clips(kept_gradients()[::2])}


def again(saved: Saved) -> Pair:
    """The first seed at threshold 1: updates needed, norms and losses."""
    now, was = run_once(0, 1.0), saved(seed=0, threshold=1.0)
    keys = ("solved", "accuracy", "norm", "loss")
    return [now[key] for key in keys], [was[key] for key in keys]


EXPERIMENT = Experiment(
    name="clipping",
    run=run_once,
    grid=[{"seed": seed} | variant for variant in VARIANTS.values() for seed in SEEDS],
    settings=dict(L=L, n=N, batch=BATCH, std=STD, lr=LR, updates=UPDATES, thresholds=THRESHOLDS)
    | dict(seeds=list(SEEDS), test_every=TEST_EVERY, kept=KEPT),
    results=results,
    rows=lambda results: [run for group in results["runs"].values() for run in group],
    again=again,
)
