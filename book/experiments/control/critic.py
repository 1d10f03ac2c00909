"""Does a recurrent critic learn the value of a cue that was seen L steps ago?

A cue z = ±1 at the first step, L blank steps, the reward z: the values are γ^{L-t} z, here with γ = 0.95. Recurrent
temporal differences (semi-gradient) on both cues, 1500 updates of Adam, or of plain gradient descent. The error is the
squared distance to the true values relative to their squared norm: 1 for a critic that says 0. Critics: IndRNNs of 64
tanh units whose recurrent weights start at 0.5 and at 0.95, and an LRU of 32 complex units. The rate is chosen for
each critic and length on three seeds that are not used again, by the median of the error; ten fresh seeds follow.
Deviation from cayci2025: Adam, no projection, exact expectations over the two cues.
"""

from functools import cache
from typing import Any

import numpy as np

from experiments.control.delayed_cue import start
from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.intervals import above, of_difference
from experiments.record import grouped, rounded, swept
from minirnn.control.pomdp import DelayedCue
from minirnn.control.td import TemporalDifference, critic_error, cue_rewards
from minirnn.core.params import overflow_allowed
from minirnn.figures.panels import readable
from minirnn.gradients.backpropagation import bptt
from minirnn.learning import optimizers

LENGTHS, CRITICS, GAMMA = [4, 8, 16, 32], ["r = 0.5, plain", "r = 0.5", "r = 0.95", "LRU"], 0.95
UPDATES, EVERY, TUNING, SEEDS = 1500, 100, [0, 1, 2], list(range(100, 110))
RATES = {"plain": [0.03, 0.1, 0.3, 1.0, 3.0], "Adam": [3e-4, 1e-3, 3e-3, 1e-2, 3e-2]}


def run(critic: str, L: int, rate: float, seed: int, updates: int = UPDATES) -> list[float]:
    """The error before training and after every 100 updates; inf where it is not finite."""
    rng = np.random.default_rng(seed)
    cell, params = start(critic.removesuffix(", plain"), rng, outputs=1, n=64)
    X, loss = DelayedCue(L).inputs(), TemporalDifference(cue_rewards(L), GAMMA)
    init, update = optimizers.sgd(rate) if "plain" in critic else optimizers.adam(rate)
    state, errors = init(params), []
    with overflow_allowed():
        for number in range(updates + 1):
            if number % EVERY == 0:
                errors.append(critic_error(cell, params, L, GAMMA))
                if not np.isfinite(errors[-1]):
                    break
            params, state = update(params, bptt(cell, params, X, loss)[1], state)
    full = np.full(updates // EVERY + 1, 1e9)
    full[: len(errors)] = np.nan_to_num(errors, nan=1e9, posinf=1e9)
    return rounded(np.minimum(full, 1e9), 4)


@cache
def rate(critic: str, L: int) -> float:
    """The rate with the smallest median of the last error."""
    rates = RATES["plain" if "plain" in critic else "Adam"]
    tried = swept(run, {"critic": [critic], "L": [L], "rate": rates, "seed": TUNING}, jobs=1)
    last = np.reshape([errors[-1] for errors in tried], (len(rates), -1))
    return rates[int(np.median(last, axis=1).argmin())]


def arguments(critic: str, L: int, seed: int) -> dict[str, Any]:
    return dict(critic=critic, L=L, rate=rate(critic, L), seed=seed)


def results(runs: list[list[float]]) -> dict[str, Any]:
    curves = grouped(grouped(runs, len(SEEDS)), len(LENGTHS))
    return {
        critic: {"rate": [rate(critic, L) for L in LENGTHS], "curve": by_length}
        for critic, by_length in zip(CRITICS, curves, strict=True)
    }


def rows(results: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"rate": rate, "curve": curve}
        for saved in results.values()
        for rate, curves in zip(saved["rate"], saved["curve"], strict=True)
        for curve in curves
    ]


def again(saved: Saved) -> Pair:
    """r = 0.95 over four steps, first seed: the first errors, as powers of ten."""
    was = saved(critic="r = 0.95", L=4, seed=SEEDS[0])
    now = run("r = 0.95", 4, was["rate"], SEEDS[0], updates=3 * EVERY)
    return [float(np.log10(e)) for e in now], [float(np.log10(e)) for e in was["curve"][: len(now)]]


def long_memory_is_harder(r: dict[str, Any]) -> Verdict:
    """Larger errors, as powers of ten, at r = 0.95 than at r = ½, where the critic's memory is shorter."""
    short, long = (np.array(r[name]["curve"])[-1, :, -1] for name in ("r = 0.5", "r = 0.95"))
    medians = f"{readable(np.median(short))} at r = ½, {readable(np.median(long))} at r = 0.95"
    ours = f"at 32 steps: median error {medians}"
    return verdict(ours, above(of_difference(np.log10(long), np.log10(short))))


EXPERIMENT = Experiment(
    name="critic",
    run=run,
    grid={"critic": CRITICS, "L": LENGTHS, "seed": SEEDS},
    arguments=arguments,
    options=dict(jobs=1),
    settings=dict(L=LENGTHS, gamma=GAMMA, updates=UPDATES, rates=RATES, tuning=TUNING, seeds=SEEDS),
    results=results,
    rows=rows,
    again=again,
    claims=[
        Claim(
            paper="cayci2025",
            page="control",
            text="The longer the memory of a critic, the larger is its error",
            theirs="bounds that grow with it; an upper bound does not say that the error grows",
            deviation="temporal differences by Adam, no projection, 10 seeds",
            judge=long_memory_is_harder,
        )
    ],
)
