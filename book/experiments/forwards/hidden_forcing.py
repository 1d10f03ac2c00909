"""A network learns the Hénon map from one of its two variables, with states that no datum forces.

As `henon_forcing`, but x alone is seen: its next value needs the one before, which a network must keep in a hidden
state. Three states, the first of them observed and forced; 24 hidden units within a step; windows of 40 steps, 32 at a
time, 1500 updates, data with noise N(0, 0.1²), five seeds. Judged after a hundred forced steps by the free
run: λ₁, the divergence of the places (x_t, x_{t+1}) that it visits, and the rmse of one step of the fully forced run.
Deviation: hess2023 force linear readouts of piecewise linear networks; here the first entry of the state is the datum.
"""

from typing import Any

import numpy as np

from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict
from experiments.forwards import pupils
from experiments.forwards.models import Shallow
from experiments.intervals import above, of_difference
from experiments.record import rounded
from minirnn import unroll
from minirnn.dynamics import network, orbit, spectrum
from minirnn.dynamics.maps import henon
from minirnn.learning import forced_inputs

NOISE, WARM = 0.1, 100
MODES: dict[str, dict[str, Any]] = {
    "free, clipped": {"clip": 1.0},
    **{f"τ = {tau}": {"every": tau} for tau in (5, 2)},
    **{f"α = {alpha:g}": {"alpha": alpha} for alpha in (0.35, 0.6, 0.8)},
    "full": {"alpha": 1.0},
}
LESSON = pupils.Lesson(henon(), (0.1, 0.1), Shallow(m=1, n=3, hidden=24), MODES, observed=1)


def run(mode: str, noise: float) -> dict[str, Any]:
    """What five networks learned."""
    params, history = pupils.learned(LESSON, mode, noise, LESSON.updates)
    alone, unseen = network(LESSON.cell, params), pupils.data(LESSON)[LESSON.known :, :1]
    inputs = forced_inputs(unseen[:, None], 1.0)
    ahead = np.stack([unroll(LESSON.pupil, p, inputs)[1:, 0] for p in params], axis=1)  # (·, seeds, states)
    start = ahead[WARM]
    x = orbit(alone, start, LESSON.free, 1000)[..., 0]
    numbers = {
        "exponent": spectrum(alone, start, LESSON.free, 1, burn_in=1000).exponents[:, 0],
        "divergence": [pupils.divergence(LESSON, pairs(x[:, s]), pairs(seen())) for s in range(len(params))],
        "rmse": np.sqrt(((ahead[WARM:, :, 0] - unseen[WARM + 1 :]) ** 2).mean(0)),
        "median norm": np.median(history["norm"], axis=0),
        "largest norm": history["norm"].max(0),
        "loss": history["loss"][-50:].mean(0),
        "early loss": history["loss"][: pupils.EARLY].mean(0),
    }
    return {key: rounded(value, 4) for key, value in numbers.items()}


def seen() -> np.ndarray:
    """All x of the data."""
    return pupils.data(LESSON)[:, 0]


def pairs(x: np.ndarray) -> np.ndarray:
    """(x_t, x_{t+1}) (·, 2)."""
    return np.stack([x[:-1], x[1:]], axis=1)


def results(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [point | run for point, run in zip(EXPERIMENT.points(), runs, strict=True)]


def again(saved: Saved) -> Pair:
    """The first updates of the networks with α = 0.6."""
    return pupils.again(LESSON, "α = 0.6", NOISE, saved)


def a_share_serves_where_states_are_hidden(r: list[dict[str, Any]]) -> Verdict:
    """α = 0.6 against training without forcing, clipped, and against full forcing."""
    kl = pupils.divergences(LESSON, r, NOISE)
    held = [above(of_difference(kl[other], kl["α = 0.6"])) for other in ("free, clipped", "full")]
    return pupils.compared(kl, ("free, clipped", "α = 0.6", "full"), *held)


EXPERIMENT = Experiment(
    name="hidden_forcing",
    run=run,
    grid={"mode": list(MODES), "noise": [NOISE]},
    options=dict(jobs=1),
    settings=pupils.settings(LESSON) | {"observed": 1, "states": 3},
    results=results,
    rows=list,
    again=again,
    claims=[
        Claim(
            paper="hess2023",
            page="forwards",
            text="Generalized forcing learns from noisy data where fewer variables are seen than there are",
            theirs="better than other methods on several systems",
            deviation="Hénon from x alone, fixed α = 0.6, noise 0.1; compared with clipping and with full forcing",
            judge=a_share_serves_where_states_are_hidden,
        )
    ],
)
