"""Does a recurrent critic learn the value of a cue that was seen L steps ago?

A cue z = ±1 at the first step, L blank steps, the reward z: the values are γ^{L-t} z, here with γ = 0.95. Recurrent
temporal differences (semi-gradient) on both cues, 1500 updates of Adam, or of plain gradient descent. The error is the
squared distance to the true values relative to their squared norm: 1 for a critic that says 0. Critics: IndRNNs of 64
tanh units whose recurrent weights start at 0.5 and at 0.95, and an LRU of 32 complex units. The rate is chosen for
each critic and length on three seeds that are not used again, by the median of the error; ten fresh seeds follow.
Deviation from cayci2025: Adam, no projection, exact expectations over the two cues.
"""

import time
from typing import Any

import numpy as np

from experiments.control.delayed_cue import start
from experiments.record import load, rounded, save, swept
from minirnn.control.pomdp import DelayedCue
from minirnn.control.td import TemporalDifference, critic_error, cue_rewards
from minirnn.core.params import overflow_allowed
from minirnn.gradients.backpropagation import bptt
from minirnn.learning import optimizers

LENGTHS, CRITICS, GAMMA = [4, 8, 16, 32], ["r = 0.5, plain", "r = 0.5", "r = 0.95", "LRU"], 0.95
UPDATES, EVERY, TUNING, SEEDS = 1500, 100, [0, 1, 2], list(range(100, 110))
RATES = {"plain": [0.03, 0.1, 0.3, 1.0, 3.0], "Adam": [3e-4, 1e-3, 3e-3, 1e-2, 3e-2]}


def run(critic: str, L: int, rate: float, seed: int) -> list[float]:
    """The error before training and after every 100 updates; inf where it is not finite."""
    rng = np.random.default_rng(seed)
    cell, params = start(critic.removesuffix(", plain"), rng, outputs=1, n=64)
    X, loss = DelayedCue(L).inputs(), TemporalDifference(cue_rewards(L), GAMMA)
    init, update = optimizers.sgd(rate) if "plain" in critic else optimizers.adam(rate)
    state, errors = init(params), []
    with overflow_allowed():
        for number in range(UPDATES + 1):
            if number % EVERY == 0:
                errors.append(critic_error(cell, params, L, GAMMA))
                if not np.isfinite(errors[-1]):
                    break
            params, state = update(params, bptt(cell, params, X, loss)[1], state)
    full = np.full(UPDATES // EVERY + 1, 1e9)
    full[: len(errors)] = np.nan_to_num(errors, nan=1e9, posinf=1e9)
    return rounded(np.minimum(full, 1e9), 4)


def main() -> None:
    started = time.time()
    results: dict[str, Any] = {}
    for critic in CRITICS:
        rates = RATES["plain" if "plain" in critic else "Adam"]
        results[critic] = {"rate": [], "curve": []}
        for L in LENGTHS:
            fixed = {"critic": [critic], "L": [L]}
            tried = [errors[-1] for errors in swept(run, fixed | {"rate": rates, "seed": TUNING}, jobs=1)]
            best = rates[int(np.median(np.reshape(tried, (len(rates), -1)), axis=1).argmin())]
            results[critic]["rate"].append(best)
            results[critic]["curve"].append(swept(run, fixed | {"rate": [best], "seed": SEEDS}, jobs=1))
    settings = dict(L=LENGTHS, gamma=GAMMA, updates=UPDATES, rates=RATES, tuning=TUNING, seeds=SEEDS)
    save("critic", started, settings, results)


def again() -> tuple[Any, Any]:
    """r = 0.95 over four steps, first seed: made now, and as saved, as powers of ten."""
    saved = load("critic")["results"]["r = 0.95"]
    now = run("r = 0.95", 4, saved["rate"][0], SEEDS[0])
    return [float(np.log10(e)) for e in now[:4]], [float(np.log10(e)) for e in saved["curve"][0][0][:4]]


if __name__ == "__main__":
    main()
