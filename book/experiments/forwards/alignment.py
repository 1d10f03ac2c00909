"""How well do approximate gradients point where the exact one does? Over the cell, its gain, and the lag of the task.

A network of 24 units with W ~ N(0, gain²/24) is to say what its first input was `lag` steps ago, by a fixed random
readout, with a squared error at each of 200 steps; inputs 0.5 N(0, 1), two of them. Cells: tanh, leaky tanh with
a = 0.2, and a GRU whose three W have that gain. Of each method the cosine with the exact gradient, and the ratio of
the norms, for five seeds; of UORO the mean of the cosines of 100 single draws, and the cosine of their mean. The
exponent is that of the network along its inputs. Deviation: menick2021 train networks and compare what they learn;
marschall2020 found that alignment does not say which method learns.
"""

from functools import partial
from typing import Any

import numpy as np

from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.forwards.models import Leaky
from experiments.intervals import above, of_difference
from experiments.record import rounded
from minirnn import GRU, VanillaRNN, bptt, truncated_bptt
from minirnn.core.params import Params, flatten
from minirnn.dynamics import lyapunov_exponents
from minirnn.gradients import eprop, snap1, uoro_estimates
from minirnn.learning import losses

N, M, T, SEEDS, DRAWS, SIZE = 24, 2, 200, 5, 100, 0.5
GAINS, LAGS, KEPT = [0.5, 0.9, 1.2, 1.5, 2.0], [1, 10, 30], [1, 3, 10, 30, 100]
CELLS: dict[str, Any] = {"tanh": VanillaRNN(M, N), "leaky": Leaky(M, N, a=0.2), "GRU": GRU(M, N)}
METHODS = [*(f"K = {K}" for K in KEPT), "SnAp-1", "e-prop", "one draw", "100 draws"]


def network(cell: str, gain: float, lag: int, seed: int) -> tuple[Any, Params, np.ndarray, losses.Loss]:
    """The cell, its parameters with a readout, inputs (T, 1, 2) and the loss."""
    rng, made = np.random.default_rng(seed), CELLS[cell]
    params = made.init(rng) | losses.init_readout(rng, made, outputs=1)
    params["W"] = gain * rng.standard_normal(params["W"].shape) / np.sqrt(N)
    X = SIZE * rng.standard_normal((T, 1, M))
    target = np.concatenate([np.zeros((lag, 1, 1)), X[:-lag, :, :1]])
    return made, params, X, losses.at_every_step(losses.squared_error, target)


def recurrent(gradient: Params, cell: Any) -> np.ndarray:
    """The gradient of the cell's own parameters, as one vector."""
    return flatten({key: gradient[key] for key in cell.shapes()})


def compared(estimate: np.ndarray, exact: np.ndarray) -> tuple[float, float]:
    """Their cosine, and the norm of the estimate in units of the other's."""
    size, norm = np.linalg.norm(estimate), np.linalg.norm(exact)
    return float(estimate @ exact / size / norm), float(size / norm)


def run(cell: str, gain: float, lag: int, seeds: int = SEEDS) -> dict[str, Any]:
    """For each method the cosines and the ratios of all seeds; and the exponents."""
    found: dict[str, Any] = {name: ([], []) for name in METHODS} | {"exponent": []}
    for seed in range(seeds):
        made, params, X, loss = network(cell, gain, lag, seed)
        exact = recurrent(bptt(made, params, X, loss)[1], made)
        ways = {f"K = {K}": partial(truncated_bptt, K=K) for K in KEPT} | {"SnAp-1": snap1, "e-prop": eprop}
        pairs = {name: compared(recurrent(g(made, params, X, loss)[1], made), exact) for name, g in ways.items()}
        draws = uoro_estimates(made, params, X, loss, rng=np.random.default_rng(seed), draws=DRAWS)[1]
        rows = np.concatenate([draws[key].reshape(DRAWS, -1) for key in made.shapes()], axis=1)
        single = np.array([compared(row, exact) for row in rows])
        pairs |= {"one draw": tuple(single.mean(0)), "100 draws": compared(rows.mean(0), exact)}
        for name, (cosine, ratio) in pairs.items():
            found[name][0].append(cosine)
            found[name][1].append(ratio)
        found["exponent"].append(float(lyapunov_exponents(made, params, X, k=1).item()))
    return found


def results(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        point | {key: rounded(value, 4) for key, value in r.items()}
        for point, r in zip(EXPERIMENT.points(), runs, strict=True)
    ]


def again(saved: Saved) -> Pair:
    """The first seed of the tanh network with gain 0.9 and a lag of 10."""
    was = saved(cell="tanh", gain=0.9, lag=10)
    now = {key: rounded(value, 4) for key, value in run("tanh", 0.9, 10, seeds=1).items()}
    first = {key: [was["exponent"][0]] if key == "exponent" else [v[:1] for v in was[key]] for key in now}
    return now, first


def cosines(r: list[dict[str, Any]], cell: str, gain: float, lag: int, method: str) -> np.ndarray:
    """The cosines of all seeds."""
    (row,) = (p for p in r if (p["cell"], p["gain"], p["lag"]) == (cell, gain, lag))
    return np.array(row[method][0])


def snap_points_better(r: list[dict[str, Any]]) -> Verdict:
    """By Welch's interval for the difference of the cosines with that of one draw, for tanh at a lag of 10."""
    held, told = [], []
    for gain in (0.5, 0.9, 1.2, 2.0):
        snap, draw = (cosines(r, "tanh", gain, 10, method) for method in ("SnAp-1", "one draw"))
        held.append(above(of_difference(snap, draw)))
        told.append(f"{snap.mean():.2f} and {draw.mean():.2f} at gain {gain:g}")
    return verdict(f"cosine with the exact gradient, mean of {SEEDS}: {'; '.join(told)}", *held)


EXPERIMENT = Experiment(
    name="alignment",
    run=run,
    grid={"cell": list(CELLS), "gain": GAINS, "lag": LAGS},
    options=dict(jobs=1),
    settings=dict(n=N, m=M, T=T, seeds=SEEDS, draws=DRAWS, size=SIZE, kept=KEPT),
    results=results,
    rows=list,
    again=again,
    claims=[
        Claim(
            paper="menick2021",
            page="forwards",
            text="SnAp-1 beats UORO at comparable cost",
            theirs="in what trained networks reach",
            deviation="alignment of one gradient instead of training; tanh, 24 units, lag 10",
            judge=snap_points_better,
        )
    ],
)
