"""A network learns the Lorenz system from a noisy orbit, with more or less of teacher forcing, and then runs free.

The orbit is that of the classical Runge–Kutta rule with h = 0.01; a datum is each fifth step, so λ₁ is 0.045 nats for
one of the data and ln 2/λ₁ is 15 of them. The network adds C tanh(A z + b) + c with 50 hidden units to its state. It
learns from windows of 40 data, 16 at a time, by Adam with a rate that falls from 3e-3 to 0 in 1500 updates. The
data have noise of 0.1 standard deviations; five seeds; measures of `pupils`, with 15³ bins between ±3. Deviation: as
for `henon_forcing`; hess2023 have h = 0.01 and noise of 0.05.
"""

from typing import Any

from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict
from experiments.forwards import pupils
from experiments.forwards.models import Shallow
from experiments.intervals import above, of_difference
from minirnn.dynamics.maps import lorenz

NOISES = [0.1]
MODES: dict[str, dict[str, Any]] = {
    "free, clipped": {"clip": 1.0},
    **{f"τ = {tau}": {"every": tau} for tau in (15, 3)},
    **{f"α = {alpha:g}": {"alpha": alpha} for alpha in (0.02, 0.2, 0.45, 0.7)},
    "full": {"alpha": 1.0},
}
LESSON = pupils.Lesson(
    *(lorenz(), (1.0, 1.0, 20.0), Shallow(m=1, n=3, hidden=50, residual=True), MODES),
    B=16,
    lr=3e-3,
    every=5,
    bins=15,
    reach=3.0,
)


def run(mode: str, noise: float) -> dict[str, Any]:
    """What five networks learned."""
    return pupils.judged(LESSON, mode, noise)


def results(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [point | run for point, run in zip(EXPERIMENT.points(), runs, strict=True)]


def again(saved: Saved) -> Pair:
    """The first updates of the networks with α = 0.45."""
    return pupils.again(LESSON, "α = 0.45", 0.1, saved)


def the_jacobians_set_the_strength(r: list[dict[str, Any]]) -> Verdict:
    """α = 0.45 is what the largest norm of the Jacobians of the data asks for; by Welch's interval against less, full
    forcing, and clipping."""
    kl = pupils.divergences(LESSON, r, 0.1)
    holds = [
        above(of_difference(kl[other], kl["α = 0.45"]))
        for other in ("α = 0.02", "α = 0.2", "full", "free, clipped")
    ]
    return pupils.compared(kl, ("α = 0.02", "α = 0.2", "α = 0.45", "full"), *holds)


EXPERIMENT = Experiment(
    name="lorenz_forcing",
    run=run,
    grid={"mode": list(MODES), "noise": NOISES},
    options=dict(jobs=1),
    settings=pupils.settings(LESSON),
    results=results,
    rows=list,
    again=again,
    claims=[
        Claim(
            paper="hess2023",
            page="forwards",
            text="On noisy data a strength that the Jacobians set learns the attractor better than full forcing",
            theirs="better than other methods on Lorenz and others",
            deviation="the largest norm in place of their mean; fixed α; a datum each 0.05; noise 0.1",
            judge=the_jacobians_set_the_strength,
        )
    ],
)
