"""How long does training sit on the plateau? Two exponentials learn e^-t and a bump at D; escape time over D.

    target e^-t + exp(-½((t - D)/½)²), model c_1 e^{-w_1 t} + c_2 e^{-w_2 t}, L = ½∫(model - target)² dt, exact

by gradient flow from c ~ N(0, ½²) and w uniform in (½, 1½), ten seeds. The plateau is the loss ¼√π at which only
the bump is missing; the possible gain below it is that of the best fit of two units. Escape is defined twice: the
first time at which a hundredth, and at which nine tenths, of this gain is reached. A run that has not escaped at
t = 1e13 counts as one that never does. The flow is in c and in the parameter v of each rate, -w = f(v), for the maps
direct, exp and best;
besides, Adam with rate 0.01 on c and w, in updates, with its ε of 1e-8 and one of 1e-16. Deviation: li2021
treat a similar target; their numbers are not compared.
"""

from typing import Any

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import minimize
from scipy.special import log_ndtr

from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.intervals import mostly
from experiments.record import by, grouped, rounded
from minirnn.core.params import Params
from minirnn.learning import optimizers
from minirnn.theory.parametrizations import RATES

WIDTH, PLATEAU, SEEDS, END, LR, UPDATES = 0.5, 0.25 * np.sqrt(np.pi), range(10), 1e13, 0.01, 4000
DELAYS, SHARES, ROUTES = list(range(6, 16)), (0.01, 0.9), ("direct", "exp", "best", "Adam", "Adam, small")

EPSILONS = {"Adam": 1e-8, "Adam, small": 1e-16}


def reach(w: np.ndarray, D: float) -> tuple[np.ndarray, np.ndarray]:
    """∫ e^{-wt} bump dt over t >= 0, and its derivative in w."""
    s, area = WIDTH, WIDTH * np.sqrt(2 * np.pi)
    value = area * np.exp(0.5 * (w * s) ** 2 - w * D + log_ndtr(D / s - w * s))
    edge = s**2 * np.exp(-0.5 * (D / s) ** 2)
    return value, value * (w * s**2 - D) - edge


def loss(c: np.ndarray, w: np.ndarray, D: float) -> tuple[float, np.ndarray, np.ndarray]:
    """L, ∂L/∂c and ∂L/∂w; the integrals are closed forms."""
    overlap, (bump, dbump) = 1 / (w[:, None] + w), reach(w, D)
    wanted, dwanted = 1 / (w + 1) + bump, dbump - 1 / (w + 1) ** 2
    square = 0.5 + WIDTH * np.sqrt(np.pi) + 2 * reach(np.ones(1), D)[0][0]
    L = 0.5 * c @ overlap @ c - c @ wanted + 0.5 * square
    return L, overlap @ c - wanted, -c * (overlap**2 @ c) - c * dwanted


def gain(D: float) -> float:
    """The possible gain of two units below the plateau: the best fit, from a start where the first unit has converged
    and the second is slow."""

    def objective(y: np.ndarray) -> tuple[float, np.ndarray]:
        w = np.exp(y[2:])
        L, dc, dw = loss(y[:2], w, D)
        return L, np.concatenate([dc, w * dw])

    start = np.array([1.0, 0.08, 0.0, np.log(0.6 / D)])
    return PLATEAU - minimize(objective, start, jac=True, method="BFGS", options={"gtol": 1e-10}).fun


def start(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(0, 0.5, 2), rng.uniform(0.5, 1.5, 2)


def by_flow(route: str, D: float, seed: int, end: float = END) -> Any:
    """The solution of the gradient flow in (c, v), its events the two escapes."""
    rate, (c, w), total = RATES[route], start(seed), gain(D)

    def slope(t: float, y: np.ndarray) -> np.ndarray:
        v = y[2:]
        _, dc, dw = loss(y[:2], -rate(v), D)
        return -np.concatenate([dc, -rate.derivative(v) * dw])

    def escape(share: float) -> Any:
        def missing(t: float, y: np.ndarray) -> float:
            return loss(y[:2], -rate(y[2:]), D)[0] - PLATEAU + share * total

        return missing

    events = [escape(share) for share in SHARES]
    events[-1].terminal = True
    first = np.concatenate([c, rate.inverse(-w)])
    return solve_ivp(slope, (0, end), first, method="LSODA", rtol=1e-7, atol=1e-12, events=events)


def by_adam(D: float, seed: int, eps: float) -> list[float | None]:
    """Updates until the two escapes."""
    (c, w), total = start(seed), gain(D)
    init, update = optimizers.adam(LR, eps=eps)
    params: Params = {"c": c, "w": w}
    found: list[float | None] = [None] * len(SHARES)
    state = init(params)
    for number in range(UPDATES):
        L, dc, dw = loss(params["c"], params["w"], D)
        passed = [share * total < PLATEAU - L for share in SHARES]
        found = [number if f is None and p else f for f, p in zip(found, passed, strict=True)]
        params, state = update(params, {"c": dc, "w": dw}, state)
        params["w"] = np.maximum(params["w"], 1e-3)  # outside, the integrals do not exist
    return found


def run(route: str, D: float, seed: int) -> list[float | None]:
    """The times of the two escapes, None where there was none."""
    if route in EPSILONS:
        return by_adam(D, seed, EPSILONS[route])
    return [float(f"{t[0]:.4g}") if len(t) else None for t in by_flow(route, D, seed).t_events]


def results(runs: list[list[float | None]]) -> dict[str, Any]:
    times = by(ROUTES, grouped(runs, len(SEEDS)))
    return {"time": times, "gain": rounded([gain(D) for D in DELAYS])}


def again(saved: Saved) -> Pair:
    """Gradient flow at D = 8 from the first start."""
    return run("direct", 8, 0), saved(route="direct", D=8, seed=0)


def exponential(times: np.ndarray) -> bool:
    """Does a line through ln t over the delay leave less than one over its logarithm, which would be a power law?"""
    if not np.isfinite(times).all():
        return False
    line, power = (np.polyfit(x, np.log(times), 1, full=True)[1] for x in (DELAYS, np.log(DELAYS)))
    return bool(line < power)


def time_grows(r: dict[str, Any]) -> Verdict:
    times = np.array(r["time"]["direct"], float)[:, :, 1].T  # nan: no escape within the run
    wins = sum(map(exponential, times))
    slopes = np.diff(np.log(np.median(np.nan_to_num(times, nan=np.inf), axis=0)))[
        -3:
    ]  # the growth settles only there
    found = (
        f"ln t follows the delay more nearly than its logarithm from {wins} of {len(times)} starts; it grows by "
        f"{slopes.min():.2f} to {slopes.max():.2f} a unit of delay from D = {DELAYS[-4]} on"
    )
    return verdict(found, mostly(wins, len(times)))


EXPERIMENT = Experiment(
    name="plateau",
    run=run,
    grid={"route": ROUTES, "D": DELAYS, "seed": SEEDS},
    options=dict(jobs=1),
    settings=dict(D=DELAYS, seeds=list(SEEDS), shares=SHARES, end=END, lr=LR, updates=UPDATES, width=WIDTH),
    results=results,
    rows=lambda results: [run for route in results["time"].values() for runs in route for run in runs],
    again=again,
    claims=[
        Claim(
            paper="li2021",
            page="memory",
            text="Training sits on a plateau whose length grows exponentially with the delay",
            theirs="shown",
            deviation="gradient flow, two units, ten starts",
            judge=time_grows,
        )
    ],
)
