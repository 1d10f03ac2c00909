"""One knob, five consequences: the error that comes back, whether neighbours part, how many rounds find all states at
once, the loss, the accuracy; and a network at this gain that the reader trains.

Random tanh networks with recurrent weights N(0, gain²/n). What stands still is from the records `gains` and `rounds`;
between gains that were measured it is interpolated, but for the slice of the loss, which is that of the nearest.
"""

from itertools import islice
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments import draws
from experiments.in_page import descent, tanh_units, tasks
from experiments.in_page.descent import Report, descend, percent_right, recent, regime
from experiments.record import load
from explorables.intro.saved import LONG, SMALL, at, newton, runs, stored
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.marks import band
from minirnn.figures.panels import counted, figure, readable, spoken
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades, plain_ticks

SENSE = {"vanishing": "forgets", "critical": "is near the edge", "chaotic": "is chaotic"}
TASK, UNITS, BATCH, SEED, UPDATES = "first sign", 32, 16, 1, 200  # of the network in the page


class Facts(NamedTuple):
    gain: float
    regime: str
    sizes: np.ndarray  # of the adjoint at lags 0 … 59, relative to lag 0
    exponent: float  # the largest, mean of the seeds, nats a step
    rounds: float  # of Newton's method, median of the seeds
    loss: np.ndarray  # along a random direction, at the nearest gain
    right: float  # percent of new sequences after training, mean of the seeds
    reports: list[Report]  # of the network in the page, one an update

    @property
    def own_loss(self) -> np.ndarray:
        return recent([r.loss for r in self.reports])

    @property
    def own_right(self) -> float:
        """Percent, of the last ten batches."""
        return percent_right(self.reports, BATCH) if self.reports else 50.0


def compute(gain: float, update: int = 0) -> Facts:
    """What was measured at the gain; the exponent decides the regime."""
    exponent, nearest = float(at(gain, "exponent")), int(np.argmin(np.abs(np.array(stored()["gain"]) - gain)))
    s = load("gains")["settings"]
    own = descend("tanh", UNITS, TASK, seed=SEED, gain=gain, rate=s["lr"], clip=s["clip"], T=s["T"], B=BATCH)
    return Facts(
        gain,
        regime(exponent),
        np.exp(at(gain, "lag")),
        exponent,
        float(np.exp(at(gain, "rounds", "few"))),
        np.array(stored()["slice"][nearest]),
        float(at(gain, "accuracy")),
        list(islice(own, update)),
    )


@styled
def draw(facts: Facts) -> Figure:
    """Columns: the gradient and the loss; over the gain exponent and rounds; the run in the page and accuracy."""
    fig, ((lag, lyapunov, run), (loss, rounds, learned)) = figure(
        9.8, 4.5, 2, 3, margins=(0.65, 0.5, 0.2, 0.35), gaps=(0.75, 0.85)
    )
    hue = color(facts.regime)
    lag.axhline(1, color=color("line"), lw=0.9)
    lag.semilogy(facts.sizes, color=hue, gid="live-sizes")
    lag.set(ylim=(1e-13, 1e13), xlim=(0, 60), xlabel="lag, steps back", ylabel="gradient, relative")
    decades(lag.yaxis, -12, 12, 6)
    lag.set_title(f"At lag 59: ×{readable(facts.sizes[-1])}").set_gid("live-title-sizes")

    loss.plot(runs()["step"], facts.loss, color=hue, lw=1.3, gid="live-slice")
    loss.set(xlabel="step in a random direction", ylabel="loss, nats", ylim=(0.4, 1.6), xlim=(-0.5, 0.5))
    loss.set_title("The loss around the start")

    draw_over_gain(lyapunov, facts, runs()["exponent"], 0, "exponent", facts.exponent)
    lyapunov.plot(newton()["gain"], newton()["exponent"].mean(axis=1), color=color("muted"), lw=1, ls=(0, (1, 2)))
    lyapunov.set(ylabel="exponent λ₁, nats/step", ylim=(-1.0, 0.45))
    lyapunov.set_title(f"Nearby states {'meet' if facts.exponent < 0 else 'part'}").set_gid("live-title-exponent")
    draw_rounds(rounds, facts)

    run.axhline(np.log(2), color=color("line"), lw=0.9)
    trained = bool(facts.reports)
    path = np.array([*enumerate(facts.own_loss, 1)]) if trained else np.array([[0, 1]])  # unseen, but in its place
    run.plot(*path.T, color=hue, gid="live-loss")[0].set_visible(trained)
    run.plot(*path[-1], "o", ms=6, color=hue, gid="live-now")[0].set_visible(trained)
    run.set(xlim=(0, UPDATES), ylim=(0, 1.2), xlabel="update", ylabel="loss, nats")
    run.set_title(progress(facts)).set_gid("live-title-loss")
    draw_over_gain(learned, facts, 100 * runs()["accuracy"], 50, "accuracy", facts.right)
    ring = dict(ms=9, mfc=color("paper"), mec=color("ink"), mew=2, gid="live-yours")
    learned.plot(facts.gain, facts.own_right, "o", **ring)[0].set_visible(trained)
    learned.set(ylabel="accuracy, %", ylim=(30, 104))
    learned.set_title(f"Saved runs: {facts.right:.0f} % right").set_gid("live-title-accuracy")
    return fig


def progress(facts: Facts) -> str:
    """What became of the network in the page."""
    if not facts.reports:
        return "Yours: press Train"
    return f"Yours: {facts.own_right:.0f} % right"


def draw_over_gain(ax: Axes, facts: Facts, values: np.ndarray, level: float, name: str, now: float) -> None:
    """Mean over the seeds of values (gains, seeds), from worst to best as a band, a level to compare, and now."""
    band(ax, runs()["gain"], values.min(axis=1), values.max(axis=1), "line", alpha=0.45)
    ax.plot(runs()["gain"], values.mean(axis=1), color=color("muted"), lw=1.3)
    ax.axhline(level, color=color("line"), lw=0.9)
    ax.plot(facts.gain, now, "o", ms=8, color=color(facts.regime), gid=f"live-{name}")
    ax.set(xlabel="gain", xlim=(0.4, 3.1))


def draw_rounds(ax: Axes, facts: Facts) -> None:
    """Rounds of Newton's method over the gain: the median of the seeds, and from the fewest to the most."""
    counts = newton()["rounds"]
    band(ax, newton()["gain"], counts.min(axis=1), counts.max(axis=1), "line", alpha=0.45)
    ax.semilogy(newton()["gain"], np.median(counts, axis=1), color=color("muted"), lw=1.3)
    ax.plot(facts.gain, facts.rounds, "o", ms=8, color=color(facts.regime), gid="live-rounds")
    ax.set(xlabel="gain", ylabel="rounds", xlim=(0.4, 3.1), ylim=(2.5, 1500))
    plain_ticks(ax.yaxis, [3, 10, 30, 100, 300, 1000])
    ax.set_title(f"Newton: {facts.rounds:.0f} rounds").set_gid("live-title-rounds")


def words(facts: Facts) -> str:
    updates = len(facts.reports)
    own = "Yours is not trained yet."
    if updates:
        own = (
            f"After {counted(updates, 'update')} yours loses {facts.own_loss[-1]:.2f} nats and "
            f"classifies {facts.own_right:.0f} percent correctly."
        )
    return (
        f"Gain {facts.gain:.2f}: the network {SENSE[facts.regime]}. Over 59 steps back the gradient is multiplied by "
        f"{spoken(facts.sizes[-1])}. The largest Lyapunov exponent is {facts.exponent:+.2f} nats a step. Newton's "
        f"method finds {LONG} steps in {facts.rounds:.0f} rounds. Around the start the loss lies between "
        f"{facts.loss.min():.2f} and {facts.loss.max():.2f}. After training the saved networks classify "
        f"{facts.right:.0f} percent of new sequences correctly, mean of {runs()['accuracy'].shape[1]} seeds. " + own
    )


def caption() -> str:
    """What was run, and what the panels show."""
    s = load("gains")["settings"]
    return (
        f"Random tanh networks of {s['n']} units, with recurrent weights N(0, gain²/{s['n']}), on this task: after "
        f"{s['T']} steps of noise, which sign had the first input? At the start of training, on the task's inputs: a "
        f"random error sent back (geometric mean over {len(s['seeds'])} seeds), the mean of their exponents, and the "
        f"loss of one of them. Accuracy: after {s['updates']} updates of SGD (rate {s['lr']}, batch {s['batch']}, "
        f"clipped at norm 1). Bands reach from the worst seed to the best. Rounds: how many Newton's method takes to "
        f"find all {LONG} steps of {SMALL} units at once, under stronger noise; their exponent is dotted. Yours is a "
        f"network of {UNITS} units that your browser trains in the same way, with batches of {BATCH}; the ring is its "
        "accuracy, mean of ten batches. Between the gains that were measured values are interpolated; the loss "
        "around the start is that of the nearest one."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="knob",
    caption=caption(),
    gain=Control([float(g) for g in runs()["gain"]], label="gain", format=".2f"),
    update=Control(list(range(0, UPDATES + 1, 10)), label="updates", work="Train"),
    start={"gain": 1.3},
    live=[str(m.__file__) for m in (draws, tasks, descent, tanh_units)] + [__file__],
    stored=stored(),
    states={
        "gain 0.5: it forgets": {"gain": 0.5},
        "gain 1.3: it learns": {"gain": 1.3},
        "gain 2.5: it is chaotic": {"gain": 2.5},
    },
)
