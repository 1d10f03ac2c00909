"""One unit learns a teacher's λ* far away in angle: polar, exponential and "optimal" (zucchet2024, appendix).

λ₀ = 0.99 e^{iπ/4}, λ* = 0.99 e^{iπ/100}, white inputs, the exact loss ½E|y - y*|², Adam at a constant rate. Run without
normalisation, as in the paper's code, and with γ = sqrt(1 - |λ|²); at the paper's rate of 1e-3 and at a tenth and ten
times of it. In that code ν is tanh w in all three maps; "tanh" is its polar map. A step that leaves the unit disc ends
a run: there the loss of the stationary problem is infinite.
"""

from typing import Any

import numpy as np

from experiments.experiment import Experiment, Pair, Saved
from experiments.record import by, rounded
from minirnn.core.activations import tanh_slope
from minirnn.learning import optimizers
from minirnn.theory.parametrizations import EIGENVALUES, ComplexMap
from minirnn.theory.population import normalized, unit_loss, unscaled

START, TARGET = 0.99 * np.exp(0.25j * np.pi), 0.99 * np.exp(0.01j * np.pi)
TANH = ComplexMap(
    "tanh",
    ("w_ν", "θ"),
    lambda w, theta: np.tanh(w) * np.exp(1j * theta),
    lambda w, theta: (tanh_slope(w) * np.exp(1j * theta), 1j * np.tanh(w) * np.exp(1j * theta)),
    lambda lam: (np.arctanh(np.abs(lam)), np.angle(lam)),
    (0, 1),
)
MAPS = {name: EIGENVALUES[name] for name in ("polar", "exponential", "optimal")} | {"tanh": TANH}
SCALES, RATES, UPDATES = ["none", "γ"], [1e-4, 1e-3, 1e-2], 50_000
SHOWN = np.unique(np.geomspace(1, UPDATES, 90).astype(int)) - 1


def measure(name: str, scale: str, rate: float, updates: int = UPDATES) -> dict[str, Any]:
    """Loss, |λ| and angle at the SHOWN updates, the smallest and largest loss of the last tenth, and where it ended."""
    one, weigh = MAPS[name], {"none": unscaled, "γ": normalized}[scale]
    params = {"w": np.array(one.inverse(START))}
    init, update = optimizers.adam(rate)
    state, losses, path = init(params), [], []
    for _ in range(updates):
        lam = one(*params["w"])
        if not abs(lam) < 1:
            break
        L, g = unit_loss(lam, TARGET, scale=weigh)
        losses.append(max(float(L), 0.0))  # a rounding error below 0 is 0
        path.append([abs(lam), float(np.angle(lam))])
        gradient = np.array([(np.conj(g) * d).real for d in one.derivatives(*params["w"])])
        params, state = update(params, {"w": gradient}, state)
    shown_updates = [i for i in SHOWN if i < len(losses)]
    last = losses[-max(1, updates // 10) :]
    return {
        "updates": len(losses),
        "loss": [losses[i] for i in shown_updates],
        "path": [path[i] for i in shown_updates],
        "last": [min(last), float(np.median(last)), max(last)],
    }


def results(runs: list[dict[str, Any]]) -> dict[str, Any]:
    short = [run | {key: rounded(run[key], 4) for key in ("loss", "path", "last")} for run in runs]
    by_scale = {scale: by(MAPS, group) for scale, group in by(SCALES, short).items()}
    return by_scale | {"rate": RATES, "shown": SHOWN.tolist()}


def again(saved: Saved) -> Pair:
    """The first losses of one run."""
    point: dict[str, Any] = dict(scale="none", name="exponential", rate=1e-3)
    now = measure(**point, updates=2000)["loss"]
    return rounded(now, 4), saved(**point)["loss"][: len(now)]


EXPERIMENT = Experiment(
    name="angles",
    run=measure,
    grid={"scale": SCALES, "name": list(MAPS), "rate": RATES},
    options=dict(jobs=1),
    settings=dict(updates=UPDATES, optimizer="Adam, constant rate"),
    results=results,
    rows=lambda results: [run for s in SCALES for runs in results[s].values() for run in runs],
    again=again,
)
