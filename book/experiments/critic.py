"""Does a recurrent critic learn the value of a cue that was seen L steps ago?

A cue z = ±1 at the first step, L blank steps, the reward z: the values are γ^{L-t} z, here with γ = 0.95. Recurrent
temporal differences (semi-gradient) on both cues, 1500 updates of Adam. The error is the squared distance to the true
values relative to their squared norm: 1 for a critic that says 0. Critics: IndRNNs of 64 tanh units whose recurrent
weights start at 0.5 and at 0.95, and an LRU of 32 complex units. The rate is chosen for each critic and length on three
seeds that are not used again; ten fresh seeds follow. Deviation from cayci2025: Adam, no projection, exact expectations
over the two cues.
"""

import time
from typing import Any

import numpy as np

from experiments.delayed_cue import constant
from experiments.record import load, rounded, save, swept
from minirnn import LRU, IndRNN, losses, optimizers
from minirnn.bptt import bptt, unroll
from minirnn.params import overflow_allowed
from minirnn.pomdp import DelayedCue
from minirnn.td import TemporalDifference, critic_error, cue_rewards

LENGTHS, CRITICS, GAMMA, UPDATES = [4, 8, 16], ["r = 0.5", "r = 0.95", "LRU"], 0.95, 1500
RATES, TUNING, SEEDS = [3e-4, 1e-3, 3e-3, 1e-2, 3e-2], [0, 1, 2], list(range(100, 110))


def run(critic: str, L: int, rate: float, seed: int, updates: int = UPDATES) -> dict[str, Any]:
    """The error at the end, and the values for the cue 1."""
    rng = np.random.default_rng(seed)
    cell: Any = LRU(1, 32) if critic == "LRU" else IndRNN(1, 64, activation="tanh")
    if critic == "LRU":
        params = cell.init(rng, r_min=0.9, r_max=0.999)
    else:
        r = float(critic.removeprefix("r = "))
        params = cell.init(rng, recurrent=lambda rng, shape: constant(rng, shape, r))
    params |= losses.init_readout(rng, cell, outputs=1)
    X, loss = DelayedCue(L).inputs(), TemporalDifference(cue_rewards(L), GAMMA)
    init, update = optimizers.adam(rate)
    state = init(params)
    with overflow_allowed():
        for _ in range(updates):
            params, state = update(params, bptt(cell, params, X, loss)[1], state)
        values = losses.readout(params, unroll(cell, params, X))[1:, 1, 0]
        return {"error": critic_error(cell, params, L, GAMMA), "values": rounded(values, 4)}


def main() -> None:
    started = time.time()
    results: dict[str, Any] = {}
    for critic in CRITICS:
        results[critic] = {"rate": [], "error": [], "values": []}
        for L in LENGTHS:
            fixed = {"critic": [critic], "L": [L]}
            tried = [r["error"] for r in swept(run, fixed | {"rate": RATES, "seed": TUNING}, jobs=1)]
            scores = np.nan_to_num(np.reshape(tried, (len(RATES), -1)), nan=np.inf)
            best = RATES[int(np.median(scores, axis=1).argmin())]
            final = swept(run, fixed | {"rate": [best], "seed": SEEDS}, jobs=1)
            results[critic]["rate"].append(best)
            results[critic]["error"].append(rounded([r["error"] for r in final], 4))
            results[critic]["values"].append(final[0]["values"])
    settings = dict(L=LENGTHS, gamma=GAMMA, updates=UPDATES, rates=RATES, tuning=TUNING, seeds=SEEDS)
    save("critic", started, settings, results)


def again() -> tuple[Any, Any]:
    """r = 0.95 over eight steps, first seed: made now, and as saved."""
    saved = load("critic")["results"]["r = 0.95"]
    at = LENGTHS.index(8)
    return rounded(run("r = 0.95", 8, saved["rate"][at], SEEDS[0])["error"], 4), saved["error"][at][0]


if __name__ == "__main__":
    main()
