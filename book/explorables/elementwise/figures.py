"""The figures of the chapter on element-wise recurrence: pure functions, a state -> a Figure and its words."""

from collections.abc import Callable
from functools import cache
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, NullLocator

from experiments.elementwise import hessians
from experiments.record import RESULTS, load
from minirnn.figures.explorables import Control, Prediction, explorable
from minirnn.figures.panels import figure, label_line, readable
from minirnn.figures.theme import PALETTE, color, styled
from minirnn.theory.parametrizations import EIGENVALUES, MULTIPLIERS
from minirnn.theory.population import (
    Scale,
    leaky,
    metric,
    normalized,
    participation,
    sensitivity,
    unit_loss,
    unscaled,
    variance,
)

DATA_FILES = tuple(RESULTS / f"{name}.json" for name in ("teachers", "starts", "angles"))


def decades(axis: Axis, low: int, high: int, step: int) -> None:
    """Ticks of a logarithmic axis at every `step`-th power of ten; no minor ones."""
    exponents = range(low, high + 1, step)
    axis.set_ticks([10.0**e for e in exponents], labels=[power(e) for e in exponents])
    axis.set_minor_locator(NullLocator())


def power(exponent: int) -> str:
    """A power of ten as a tick: 1, 10, 100, then with an exponent."""
    return str(10**exponent) if 0 <= exponent <= 2 else f"$10^{{{exponent}}}$"


def plain_ticks(axis: Axis, values: list[float]) -> None:
    """These ticks, as they are written, on a logarithmic axis."""
    axis.set_ticks(values, labels=[f"{v:g}" for v in values])
    axis.set_minor_formatter(NullFormatter())
    axis.set_minor_locator(NullLocator())


# --- one change of λ, at any memory ---------------------------------------------------------------------------

SHIFT, STEPS, BURN_IN = 0.01, 200, 3000
TIMES = [2, 3, 5, 10, 20, 50, 100, 200]
MEMORY = np.geomspace(1.5, 500, 40)


@cache
def twins(tau: int, rho: float) -> tuple[np.ndarray, np.ndarray]:
    """h over the last STEPS of a long run for λ = 1 - 1/τ and for λ - SHIFT, in units of the first one's
    standard deviation."""
    rng, x = np.random.default_rng(8), 1.0
    lam = np.array([1 - 1 / tau, 1 - 1 / tau - SHIFT])
    h, states = np.zeros(2), []
    for noise in np.sqrt(1 - rho**2) * rng.standard_normal(BURN_IN + STEPS):
        x = rho * x + noise
        h = lam * h + x
        states.append(h)
    shown = np.array(states[-STEPS:]) / np.sqrt(variance(lam[0], rho))
    return shown[:, 0], shown[:, 1]


def apart(tau: int, rho: float) -> float:
    """The relative distance of the two outputs, √(E(h - h')²/E h²)."""
    lam = 1 - 1 / tau
    return float(np.sqrt(2 * unit_loss(lam - SHIFT, lam, rho)[0] / variance(lam, rho)))


@styled
def draw_twins(tau: int, rho: float) -> Figure:
    """Two units whose λ differ by SHIFT, on one input; and variance and sensitivity over the memory."""
    first, second = twins(tau, rho)
    fig, (time, ax) = figure(7.2, 3.7, 1, 2, margins=(0.55, 0.5, 0.2, 0.4), gaps=(0.75, 0), width_ratios=[1.25, 1])
    time.plot(first.round(3), color=color("muted"), lw=1.3)
    time.plot(second.round(3), color=color("exploding"), lw=1.3)
    time.set(xlim=(0, STEPS), ylim=(-3.4, 3.4), xlabel="step t", ylabel="h, in standard deviations")
    time.set_yticks([-3, 0, 3])
    time.yaxis.labelpad = 0
    time.set_title(f"Same input, outputs {100 * apart(tau, rho):.2g} % apart", color=color("exploding"))
    label_line(time, 4, -3.05, f"λ = {1 - 1 / tau:g}", "muted")
    label_line(time, 0.32 * STEPS, -3.05, f"λ = {1 - 1 / tau - SHIFT:g}", "exploding")

    lam = 1 - 1 / MEMORY
    curves = (("E (dh/dλ)²", sensitivity, "exploding"), ("E h²", variance, "muted"))
    for row, (name, function, hue) in enumerate(curves):
        ax.loglog(MEMORY, function(lam, rho), color=color(hue))
        ax.plot(tau, function(1 - 1 / tau, rho), "o", ms=7, color=color(hue))
        label_line(ax, 1.7, 10.0 ** (10.9 - 1.4 * row), f"{name}: {readable(function(1 - 1 / tau, rho))}", hue)
    ax.axhline(1, color=color("critical"), lw=1.4)
    label_line(ax, 500, 0.18, r"$|∂h_t/∂h_0|$ is at most 1", "critical", ha="right")
    ax.set(xlim=(1.5, 500), ylim=(0.05, 1e12), xlabel="memory 1/(1-λ), steps")
    plain_ticks(ax.xaxis, [2, 10, 50, 200])
    decades(ax.yaxis, 0, 12, 4)
    ax.set_title("How both grow with the memory")
    return fig


def describe_twins(tau: int, rho: float) -> str:
    lam = 1 - 1 / tau
    kind = {0.0: "white noise", 0.9: "noise with correlation 0.9", 1.0: "a constant"}[rho]
    return (
        f"Two units with λ = {lam:g} and {lam - SHIFT:g} read the same input, {kind}. Their outputs are "
        f"{100 * apart(tau, rho):.2g} percent of a standard deviation apart. Right, over the memory: the variance "
        f"of h is {variance(lam, rho):.4g} here, the mean square of its derivative in λ "
        f"{sensitivity(lam, rho):.4g}; both rise without bound as λ goes to 1, while the derivative of h at any "
        "time in h at the start stays below 1."
    )


sensitive = explorable(
    draw_twins,
    words=describe_twins,
    name="sensitive",
    caption="Left: h_t = λh_{t−1} + x_t for two values of λ that differ by 0.01, long after the start, on the same "
    "input. Right: variance (grey) and mean squared derivative in λ (orange), exact; the dots are the λ of the "
    "left panel. Inputs have variance 1 and autocorrelation ρ^|lag|: white noise at ρ = 0, a constant at ρ = 1.",
    tau=Control(TIMES, label="memory 1/(1−λ)", unit="steps"),
    rho=Control([0.0, 0.9, 1.0], label="correlation ρ"),
    start={"tau": 100},
    states={"memory 2": {"tau": 2}, "memory 200": {"tau": 200}, "memory 20, ρ = 0.9": {"tau": 20, "rho": 0.9}},
)

# --- the remedies ---------------------------------------------------------------------------------------------

REMEDIES = ["polar", "normalised", "exponential", "optimal"]  # all but the first with γ


def remedy(name: str) -> tuple[Scale, Callable]:
    """The scale of the inputs, and a map (w₁, w₂) -> λ; "exponential" in the magnitude, w₂ is the angle itself."""
    if name == "exponential":
        return normalized, lambda w1, w2: MULTIPLIERS["exp"](w1) * np.exp(1j * w2)
    return (unscaled if name == "polar" else normalized), EIGENVALUES["optimal" if name == "optimal" else "polar"]


def coordinates(name: str, nu: np.ndarray, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The parameters of λ = νe^{iθ}; angles are not brought to (-π, π], for the map of a whole disc."""
    if name == "exponential":
        return MULTIPLIERS["exp"].inverse(nu), theta
    if name == "optimal":
        w1, unit = EIGENVALUES["optimal"].inverse(nu * np.exp(1j))
        return w1, unit * theta
    return nu, theta


def directions(name: str, nu: np.ndarray, theta: float) -> tuple[np.ndarray, np.ndarray]:
    """∂λ/∂w₁ and ∂λ/∂w₂ at νe^{iθ}, θ in (-π, π]."""
    phase = np.exp(1j * theta)
    if name == "exponential":
        return MULTIPLIERS["exp"].derivative(MULTIPLIERS["exp"].inverse(nu)) * phase, 1j * nu * phase
    one = EIGENVALUES["optimal" if name == "optimal" else "polar"]
    return one.derivatives(*one.inverse(nu * phase))


def entries(name: str, nu: np.ndarray, theta: float) -> tuple[np.ndarray, np.ndarray]:
    """The Hessian's entries in magnitude and angle, white inputs."""
    H = metric(nu * np.exp(1j * theta), directions(name, nu, theta), scale=remedy(name)[0])
    return H[0, 0], H[1, 1]


# --- the loss around a teacher --------------------------------------------------------------------------------

REACH = np.linspace(-0.5, 0.5, 101)


@cache
def cuts(tau: int, kind: str, rho: float) -> tuple[np.ndarray, np.ndarray]:
    """The loss relative to that of saying 0, as w₁ and as w₂ leave the teacher's by REACH; nan outside the disc."""
    (scale, one), target = remedy(kind), 1 - 1 / tau
    w1, w2 = coordinates(kind, np.array(target), 0.0)
    power = 0.5 * scale(target)[0] ** 2 * variance(target, rho)
    found = []
    for d1, d2 in ((REACH, 0 * REACH), (0 * REACH, REACH)):
        lam = one(w1 + d1, w2 + d2)
        inside = np.abs(lam) < 1
        L = unit_loss(np.where(inside, lam, 0.0), target, rho, scale)[0]
        found.append(np.where(inside, L / power, np.nan))
    return found[0], found[1]


def width(loss: np.ndarray, level: float = 0.1) -> float:
    """How far one may go from the minimum, on the narrower side, before the loss passes the level."""
    above = ~(loss <= level)  # nan, outside the disc, is above
    return float(np.abs(REACH[above]).min()) if above.any() else float("inf")


@styled
def draw_landscape(tau: int, kind: str, rho: float) -> Figure:
    """Two cuts through the loss at the teacher's λ*, for this memory and, faintly, for others."""
    fig, axes = figure(7.2, 3.4, 1, 2, sharey=True, margins=(0.65, 0.5, 0.2, 0.4), gaps=(0.35, 0))
    for ax, which, hue, label in zip(axes, (0, 1), ("vanishing", "exploding"), ("magnitude", "angle"), strict=True):
        for other in (2, 10, 100):
            ax.plot(REACH, cuts(other, kind, rho)[which].round(3), color=color("line"), lw=0.9)
        loss = cuts(tau, kind, rho)[which]
        ax.plot(REACH, loss.round(4), color=color(hue), lw=2.2)
        if np.isnan(loss).any():
            edge = REACH[~np.isnan(loss)].max()
            ax.axvspan(edge, REACH[-1], color=color("wash"), lw=0, zorder=0)
            ax.text(0.48, 0.08, "unstable", ha="right", color=color("muted"), fontsize=10)
        ax.plot(0, 0, "o", ms=6, color=color("ink"), zorder=5)
        ax.set(xlim=(-0.5, 0.5), ylim=(-0.08, 2.2), xlabel=f"change of the {label}'s parameter")
        ax.set_xticks([-0.5, 0, 0.5], labels=["-0.5", "0", "0.5"])
        far = width(loss)
        room = "±0.5" if np.isinf(far) else "less than ±0.01" if far <= 0.0101 else f"±{far - 0.01:.2f}"
        ax.set_title(f"Below 10 % within {room}", color=color(hue))
    axes[0].set_ylabel("loss, relative to saying 0")
    axes[0].set_yticks([0, 1, 2])
    return fig


def describe_landscape(tau: int, kind: str, rho: float) -> str:
    rooms = [width(loss) for loss in cuts(tau, kind, rho)]
    said = ["more than 0.5" if np.isinf(room) else f"less than {room:.2f}" for room in rooms]
    return (
        f"The loss around a teacher with λ* = {1 - 1 / tau:g}, under {kind}, inputs with correlation {rho:g}. It "
        f"stays below a tenth of the loss of saying 0 while the magnitude's parameter changes by {said[0]}, and "
        f"the angle's by {said[1]}. Grey curves show teachers with a memory of 2, 10 and 100 steps."
    )


landscape = explorable(
    draw_landscape,
    words=describe_landscape,
    name="landscape",
    caption="One unit learns from another one with λ* = 1 - 1/τ. Exact loss along the parameter of the magnitude "
    "(left) and of the angle (right), relative to the loss of the output 0; grey: τ = 2, 10 and 100. Inputs of "
    "variance 1 and autocorrelation ρ^|lag|.",
    tau=Control([2, 5, 10, 20, 50, 100], label="teacher's memory", unit="steps"),
    rho=Control([0.0, 0.9], label="correlation ρ"),
    kind=Control(REMEDIES, label="remedy"),
    start={"tau": 20},
    states={
        "polar": {"tau": 50},
        "normalised": {"tau": 50, "kind": "normalised"},
        "exponential": {"tau": 50, "kind": "exponential"},
        "optimal": {"tau": 50, "kind": "optimal"},
    },
)

# --- the disc --------------------------------------------------------------------------------------------------

NET = {  # lines of the coordinate net: equal steps of a parameter
    "polar": (np.arange(0.1, 1, 0.1), 24),
    "normalised": (np.arange(0.1, 1, 0.1), 24),
    "exponential": (np.exp(-np.exp(np.arange(-6, 1.1, 0.5))), 24),
    "optimal": (np.tanh(np.arange(0.25, 3.1, 0.25)), 0),
}


def net(ax: Axes, name: str) -> None:
    """Coordinate lines of a parametrisation on the unit disc."""
    circle = np.exp(1j * np.linspace(0, 2 * np.pi, 73))
    radii, spokes = NET[name]
    style = dict(color=color("line"), lw=0.6, zorder=1)
    for radius in radii:
        ax.plot((radius * circle).real.round(3), (radius * circle).imag.round(3), **style)
    for angle in 2 * np.pi * np.arange(spokes) / max(spokes, 1):
        ends = np.array([0.05, 1.0]) * np.exp(1j * angle)
        ax.plot(ends.real.round(3), ends.imag.round(3), **style)
    if name == "optimal":  # w₂ constant: these lines run towards the angle 0 as |λ| grows
        nu = np.tanh(np.linspace(0.3, 3.6, 60))
        scale = coordinates(name, nu, 1.0)[1]
        for w2 in (-16, -8, -4, -2, -1, 1, 2, 4, 8, 16):
            angle = w2 / scale
            line = nu * np.exp(1j * angle)
            line = line[np.abs(angle) <= np.pi]
            ax.plot(line.real.round(3), line.imag.round(3), **style)
    ax.plot(circle.real.round(3), circle.imag.round(3), color=color("muted"), lw=1.2, zorder=2)


def step_region(name: str, nu: float, theta: float, size: float = 0.1) -> np.ndarray:
    """The image in the λ-plane of a circle of radius `size` around the parameters of νe^{iθ}."""
    w1, w2 = coordinates(name, np.array(nu), theta)
    angle = np.linspace(0, 2 * np.pi, 61)
    one = remedy(name)[1]
    lam = one(w1 + size * np.cos(angle), w2 + size * np.sin(angle))
    return np.where(np.abs(lam) < 1.25, lam, np.nan)


@styled
def draw_disc(nu: float, theta: int, kind: str) -> Figure:
    """λ on the disc with the coordinate net and the reach of a step; and the Hessian's two entries over memory."""
    radians = np.deg2rad(theta)
    fig, (disc, ax) = figure(7.2, 3.9, 1, 2, margins=(0.15, 0.5, 0.2, 0.4), gaps=(0.75, 0), width_ratios=[1, 1.02])
    net(disc, kind)
    lam, region = nu * np.exp(1j * radians), step_region(kind, nu, radians)
    disc.fill(region.real.round(4), region.imag.round(4), color=color("exploding"), alpha=0.35, lw=0, zorder=3)
    disc.plot(region.real.round(4), region.imag.round(4), color=color("exploding"), lw=1, zorder=4)
    disc.plot(lam.real, lam.imag, "o", ms=5, color=color("ink"), zorder=5)
    disc.set(xlim=(-1.1, 1.12), ylim=(-1.1, 1.12), aspect="equal")
    disc.axis("off")
    disc.set_title("Orange: what a step of 0.1 reaches")
    along = 1 - 1 / MEMORY[MEMORY > 1.9]
    for which, hue, label in ((0, "vanishing", "magnitude"), (1, "exploding", "angle")):
        curve, here = entries(kind, along, radians)[which], entries(kind, np.array(nu), radians)[which]
        ax.loglog(1 / (1 - along), curve, color=color(hue), lw=2.2 - 0.7 * which)
        ax.plot(1 / (1 - nu), here, "o", ms=7, color=color(hue))
        label_line(ax, 2.2, 10.0 ** (10.9 - 1.5 * which), f"{label}: {readable(float(here))}", hue)
    ax.axhline(1, color=color("line"), lw=0.9)
    ax.set(xlim=(1.9, 500), ylim=(1e-2, 1e12), xlabel="memory 1/(1-|λ|), steps")
    plain_ticks(ax.xaxis, [2, 10, 50, 200])
    decades(ax.yaxis, 0, 12, 4)
    ax.set_title("Sensitivity to the two parameters")
    return fig


def describe_disc(nu: float, theta: int, kind: str) -> str:
    here = entries(kind, np.array(nu), np.deg2rad(theta))
    size = variance(nu) * (1 - nu**2 if kind != "polar" else 1)
    return (
        f"λ of magnitude {nu:g} and angle {theta} degrees on the unit disc, under the parametrisation {kind}, "
        f"whose coordinate lines are drawn. The output's variance is {size:.3g}. Its mean squared derivative is "
        f"{here[0]:.3g} in the parameter of the magnitude and {here[1]:.3g} in that of the angle. Curves show both "
        "over the memory."
    )


disc = explorable(
    draw_disc,
    words=describe_disc,
    name="disc",
    caption="Left: the unit disc, with lines on which one of the two parameters is constant, a fixed step apart "
    "(the bent lines of the optimal map: doubling), and the λ within a distance of 0.1 in the parameters (orange). "
    "Right: mean squared derivative of the output in each parameter, for white inputs and this angle: the diagonal "
    "of the Hessian at a perfect fit.",
    nu=Control([0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99], label="magnitude |λ|"),
    theta=Control([0, 10, 45, 90], label="angle", unit="°"),
    kind=Control(REMEDIES, label="remedy"),
    start={"nu": 0.9, "theta": 45},
    states={
        "polar": {"nu": 0.99},
        "exponential": {"nu": 0.99, "kind": "exponential"},
        "optimal": {"nu": 0.99, "kind": "optimal"},
    },
)

# --- far from the optimum: the journey over an angle ----------------------------------------------------------

JOURNEYS = {"polar": "vanishing", "exponential": "critical", "optimal": "exploding"}


@styled
def draw_journey(scale: str, rate: float) -> Figure:
    """Loss over updates for three parametrisations, and their paths over angle and memory."""
    record = load("angles")["results"]
    shown, at = np.array(record["shown"]) + 1, record["rate"].index(rate)
    fig, (ax, path) = figure(7.2, 3.6, 1, 2, margins=(0.7, 0.5, 0.2, 0.4), gaps=(0.8, 0), width_ratios=[1.2, 1])
    for row, (name, hue) in enumerate(JOURNEYS.items()):
        run = record[scale][name][at]
        loss = np.array(run["loss"])
        ax.loglog(shown[: len(loss)], np.maximum(loss, 1e-9), color=color(hue))
        label_line(ax, 1.3, 10.0 ** (-4.6 - 1.3 * row), f"{name}: {ending(run)}", hue)
        places = np.array(run["path"])
        angle, memory = np.rad2deg(places[:, 1]), 1 / (1 - places[:, 0])
        angle[1:][np.abs(np.diff(angle)) > 180] = np.nan  # past 180 degrees it comes back from the other side
        path.semilogy(angle.round(1), memory.round(2), color=color(hue), lw=1.4)
        path.plot(angle[-1], memory[-1], "o", ms=6, color=color(hue))
    ax.set(xlim=(1, 5e4), ylim=(1e-8, 1e3), xlabel="update", ylabel="loss")
    decades(ax.xaxis, 0, 4, 2)
    decades(ax.yaxis, -8, 0, 4)
    ax.set_title("The loss after 50 000 updates")
    path.plot([45, 1.8], [100, 100], "o", ms=9, mfc="none", mec=color("ink"), mew=1.2)
    path.annotate("start", (45, 100), (6, 8), textcoords="offset points", ha="left")
    path.annotate("goal", (1.8, 100), (0, 9), textcoords="offset points", ha="center")
    path.set(xlim=(-180, 180), ylim=(1, 3000), xlabel="angle of λ, degrees", ylabel="memory 1/(1-|λ|), steps")
    plain_ticks(path.yaxis, [1, 10, 100, 1000])
    path.set_xticks([-180, -90, 0, 90, 180])
    path.set_title("The ways there")
    return fig


def ending(run: dict) -> str:
    """The median loss of a run's last tenth."""
    end = run["last"][1]
    return "0 to rounding" if end < 1e-10 else readable(end)


def describe_journey(scale: str, rate: float) -> str:
    record = load("angles")["results"]
    runs = {name: record[scale][name][record["rate"].index(rate)] for name in JOURNEYS}
    ends = ", ".join(
        f"{name} {'0 to rounding' if run['last'][1] < 1e-10 else format(run['last'][1], '.2g')}"
        + (f" after it left the disc at update {run['updates']}" if run["updates"] < 50_000 else "")
        for name, run in runs.items()
    )
    return (
        f"Adam at rate {rate:g}, normalisation: {scale}, from λ = 0.99 at 45 degrees to 0.99 at 1.8 degrees. "
        f"Median loss of the last tenth of 50000 updates: {ends}. Right, the ways of the three over angle and "
        "memory."
    )


journey = explorable(
    draw_journey,
    words=describe_journey,
    name="journey",
    caption="One unit with |λ| = 0.99 at 45 degrees learns from one with 0.99 at 1.8 degrees: exact loss, white "
    "inputs, Adam at a constant rate, one run each (nothing is random). The numbers are medians of the last 5000 "
    "of 50 000 updates.",
    scale=Control(["none", "γ"], label="normalisation"),
    rate=Control([1e-4, 1e-3, 1e-2], label="rate", format="g"),
    start={"rate": 1e-3},
    states={"rate 0.001": {"rate": 1e-3}, "rate 0.01": {"rate": 1e-2}},
    predict=Prediction(
        question="Adam, a rate of 0.001, from an angle of 45 degrees to one of 1.8. One of the three maps is still "
        "far from the goal after 50 000 updates. Which?",
        choices={
            "polar": "Its valley is a needle near the goal. But on the way it may shorten the memory, "
            "where all is wide.",
            "exponential": "Its angle is e^θ_log: near a small angle the same step turns 30 times less. "
            "It finds the needle, and settles.",
            "optimal": "Yes. Each step of its magnitude turns the angle too, and at long memory by much.",
        },
        answer="optimal",
    ),
)

# --- Hessians of one function in two coordinate systems -------------------------------------------------------

INK = LinearSegmentedColormap.from_list("ink", [PALETTE["paper"][0], "#9cc4de", PALETTE["vanishing"][0], "#002b4d"])


@cache
def pieces(coordinates: str, nu0: float, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """|H| over its largest entry, the spectrum, and the sizes of the entries of the first five eigenvectors."""
    H = hessians.hessian(coordinates, nu0, seed)
    values, vectors = hessians.spectrum(H)
    return np.abs(H) / np.abs(H).max(), values[:9], vectors[:, :5]


@styled
def draw_hessian(coordinates: str, nu0: float, seed: int) -> Figure:
    """The Hessian as a map, its eigenvalues, and its first five eigenvectors."""
    H, values, vectors = pieces(coordinates, nu0, seed)
    fig, (heat, ax, leading) = figure(
        7.2, 3.5, 1, 3, margins=(0.3, 0.5, 0.15, 0.4), gaps=(0.7, 0), width_ratios=[1.3, 1, 0.75]
    )
    shown = np.clip(np.log10(np.maximum(H, 1e-5)), -4, 0).round(1)
    heat.imshow(shown, cmap=INK, vmin=-4, vmax=0, interpolation="none", aspect="auto")
    groups = {"W": 16, "u": 4, "v": 4, "D": 1} if coordinates == "dense" else {"λ": 8, "b": 8, "c": 8, "D": 1}
    middles = np.cumsum(list(groups.values())) - np.array(list(groups.values())) / 2 - 0.5
    for axis in (heat.xaxis, heat.yaxis):
        axis.set_ticks(middles, labels=list(groups))
        axis.set_tick_params(length=0)
    heat.set_title(f"Entries of H, {coordinates}")
    hue = color("exploding" if coordinates == "dense" else "vanishing")
    ax.semilogy(np.arange(1, 10), values, "o", ms=6, color=hue)
    ax.set(xlim=(0, 10), ylim=(1e-3, 1e7), xlabel="eigenvalue, by size")
    ax.set_xticks([1, 5, 9])
    decades(ax.yaxis, -2, 6, 4)
    ax.set_title(f"Largest: {readable(values[0])}")
    leading.imshow(np.abs(vectors).round(2), cmap=INK, vmin=0, vmax=0.8, interpolation="none", aspect="auto")
    leading.set_xticks(range(5), labels=[f"{p:.0f}" for p in participation(vectors)])
    leading.set_yticks([])
    leading.tick_params(length=0)
    leading.set_xlabel("spread over, entries")
    leading.set_title("Eigenvectors")
    return fig


def describe_hessian(coordinates: str, nu0: float, seed: int) -> str:
    _, values, vectors = pieces(coordinates, nu0, seed)
    spread = ", ".join(f"{p:.1f}" for p in participation(vectors))
    return (
        f"The Hessian of a network with eigenvalues of magnitude from {nu0:g} to {nu0 + 0.3 * (1 - nu0):.4g}, "
        f"network {seed}, in {coordinates} coordinates: 25 by 25 entries. Nine eigenvalues are not 0, from "
        f"{values[0]:.3g} down to {values[8]:.2g}. The first five eigenvectors spread over {spread} entries."
    )


hessian = explorable(
    draw_hessian,
    words=describe_hessian,
    name="hessian",
    caption="The Hessian of the loss at a perfect fit, for a random network of 4 units with one input, one output "
    "and a feed-through, in dense coordinates or diagonalised; the function is the same. Left: |H| relative to its "
    "largest entry, from 1e-4 (white) to 1. Right: the first five eigenvectors as columns, with their "
    "participation ratios.",
    coordinates=Control(["dense", "diagonal"], label="coordinates"),
    nu0=Control([0.5, 0.9, 0.99], label="magnitudes from"),
    seed=Control([0, 1], label="network"),
    start={"nu0": 0.99},
    states={"dense": {"nu0": 0.99}, "diagonal": {"nu0": 0.99, "coordinates": "diagonal"}},
)

# --- teachers and students ------------------------------------------------------------------------------------

STUDENTS = {"dense": "exploding", "2×2": "muted", "diagonal": "chaotic", "+ γ": "vanishing", "LRU": "critical"}


def student_losses() -> np.ndarray:
    """The share not explained, [architecture, ν₀, rate, seed]."""
    return np.array(load("teachers")["results"]["loss"])


def best_rate(losses: np.ndarray) -> np.ndarray:
    """Which rate has the least median over the seeds: losses (..., rate, seed) -> (...); nan is no least."""
    return np.median(np.nan_to_num(losses, nan=np.inf), axis=-1).argmin(-1)


@styled
def draw_students(nu0: float) -> Figure:
    """The share not explained over the rate at this memory, and at the best rate over all memories."""
    record, losses = load("teachers")["results"], student_losses()
    at, rates, memories = record["nu0"].index(nu0), np.array(record["rate"]), record["nu0"]
    fig, (over, ax) = figure(
        7.2, 3.9, 1, 2, sharey=True, margins=(0.65, 0.5, 0.85, 0.4), gaps=(0.3, 0), width_ratios=[1.25, 1]
    )
    x, places = np.arange(len(memories)), np.linspace(-0.16, 0.16, len(STUDENTS))
    ends = []
    for k, (hue, place) in enumerate(zip(STUDENTS.values(), places, strict=True)):
        medians = np.median(losses[k], axis=-1)
        best = best_rate(losses[k])
        chosen = losses[k][x, best]
        over.plot(x + place, np.median(chosen, axis=-1), color=color(hue), lw=1.8)
        dots = np.minimum(chosen, 1.5).ravel()  # a run that diverged stands at the upper edge
        over.plot(np.repeat(x + place, chosen.shape[1]), dots, "o", ms=2.6, color=color(hue), alpha=0.75, mew=0)
        stable = medians[at] < 10
        ax.loglog(rates[stable], medians[at][stable], color=color(hue), lw=1.4)
        ax.plot(rates[best[at]], medians[at, best[at]], "o", ms=7, color=color(hue))
        ends.append(np.log10(medians[at, best[at]]))
    over.axvspan(at - 0.35, at + 0.35, color=color("wash"), lw=0, zorder=0)
    over.set(
        yscale="log", ylim=(1e-8, 3), ylabel="share of the teacher not explained", xlabel="teacher's memory: ν₀"
    )
    over.set_xticks(x, labels=[f"{m:g}"[1:] for m in memories])
    over.set_title("At each one's best rate")
    ax.set(xlim=(2e-4, 0.5), xlabel="learning rate")
    decades(ax.xaxis, -3, -1, 1)
    decades(over.yaxis, -8, 0, 2)
    ax.tick_params(labelleft=False)
    ax.set_title(f"Over the rate, at ν₀ = {nu0:g}")
    for name, hue, y in zip(STUDENTS, STUDENTS.values(), spaced(np.array(ends), 0.62), strict=True):
        ax.annotate(name, (0.62, 10.0**y), color=color(hue), weight=600, va="center", annotation_clip=False)
    return fig


def spaced(values: np.ndarray, least: float) -> np.ndarray:
    """The values moved apart, upwards from the smallest, until any two differ by `least` or more."""
    order, moved = np.argsort(values), values.copy()
    for before, after in pairwise(order):
        moved[after] = max(moved[after], moved[before] + least)
    return moved


def describe_students(nu0: float) -> str:
    record, losses = load("teachers")["results"], student_losses()
    at = record["nu0"].index(nu0)
    said = []
    for k, name in enumerate(STUDENTS):
        best = best_rate(losses[k, at])
        chosen = losses[k, at, best]
        said.append(
            f"{name} {np.median(chosen):.1e} (from {chosen.min():.1e} to {chosen.max():.1e}, rate "
            f"{record['rate'][best]:g})"
        )
    return (
        f"Students of teachers with ν₀ = {nu0:g}. Share of the teacher's output not explained at the best rate, "
        f"median and range over {losses.shape[-1]} seeds: {'; '.join(said)}. Left the same for all memories."
    )


students = explorable(
    draw_students,
    words=describe_students,
    name="students",
    caption="What students do not explain of a random teacher with eigenvalues from ν_0 to 1, after 3000 updates "
    "of Adam on the exact loss, T = 300; lines are medians of 5 seeds, dots the seeds, at the upper edge if they "
    "diverged. All students of a seed start as the same function, up to γ; all have the same grid of seven rates. "
    "Right: medians below 10; the dot is the best rate.",
    nu0=Control([0.36, 0.68, 0.84, 0.92, 0.96, 0.98, 0.99], label="teacher's memory ν₀"),
    start={"nu0": 0.99},
    states={"ν₀ = 0.36": {"nu0": 0.36}, "ν₀ = 0.99": {"nu0": 0.99}},
)


def html_table(rows: list[list[str]]) -> str:
    """A table whose first row is its head."""
    head = "".join(f"<th>{cell}</th>" for cell in rows[0])
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows[1:])
    table = f'<table class="table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div style="overflow-x: auto">{table}</div>'


def small(value: float) -> str:
    """A small number as HTML: 2.0·10⁻⁶."""
    digits, exponent = f"{value:.1e}".split("e")
    return f"{digits}·10<sup>{int(exponent)}</sup>".replace("-", "\u2212")


PAPER = {"dense": 4e-1, "2×2": 1.8e-5, "diagonal": 4e-5, "+ γ": 2.3e-5, "LRU": 2.5e-5}  # fig. 3, read off, at 0.99


def student_table() -> str:
    """Medians of what is not explained at three memories, the range at the longest, and the paper's losses
    there."""
    record, losses = load("teachers")["results"], student_losses()
    rows = [["student", "ν₀ = 0.36", "ν₀ = 0.92", "ν₀ = 0.99", "range of 5 seeds", "paper, ν₀ = 0.99"]]
    for k, name in enumerate(STUDENTS):
        at = [record["nu0"].index(nu0) for nu0 in (0.36, 0.92, 0.99)]
        chosen = [losses[k, j, best_rate(losses[k, j])] for j in at]
        spread = f"{small(chosen[-1].min())} to {small(chosen[-1].max())}"
        rows.append([name, *(small(float(np.median(c))) for c in chosen), spread, small(PAPER[name])])
    return html_table(rows)


def start_table() -> str:
    """The same medians for students that start otherwise, with the number of seeds that diverged."""
    students, starts = load("teachers")["results"], load("starts")["results"]
    wanted, every = [students["nu0"].index(nu0) for nu0 in starts["nu0"]], student_losses()

    def cells(losses: list) -> list[str]:
        said = []
        for by_rate in map(np.array, losses):
            chosen = by_rate[best_rate(by_rate)]
            lost = int((chosen > 1).sum())
            said.append(small(float(np.median(chosen))) + (f", {lost} of 5 lost" if lost else ""))
        return said

    order = list(STUDENTS)
    return html_table(
        [
            ["student and its start", *(f"ν₀ = {nu0:g}" for nu0 in starts["nu0"])],
            ["dense, orthogonal basis", *cells(every[order.index("dense"), wanted])],
            ["dense, Gaussian basis", *cells(starts["skew"]["loss"])],
            ["diagonal", *cells(every[order.index("diagonal"), wanted])],
            ["dense, orthogonal, inputs scaled by γ", *cells(starts["dense, scaled"]["loss"])],
            ["2×2, inputs scaled by γ", *cells(starts["2×2, scaled"]["loss"])],
            ["diagonal, inputs scaled by γ", *cells(starts["diagonal, scaled"]["loss"])],
            ["diagonal, γ as parameters", *cells(every[order.index("+ γ"), wanted])],
        ]
    )


# --- the ring of the LRU --------------------------------------------------------------------------------------

UNITS = 64


@cache
def draws() -> tuple[np.ndarray, np.ndarray]:
    """64 uniform numbers for the areas and for the angles: the same ones for every ring."""
    rng = np.random.default_rng(1)
    return rng.uniform(size=UNITS), rng.uniform(size=UNITS)


def share_beyond(tau: np.ndarray, r_min: float, r_max: float) -> np.ndarray:
    """P(1/(1-|λ|) > τ) on the ring: one minus (r² - r_min²)/(r_max² - r_min²) at r = 1 - 1/τ."""
    r = np.clip(1 - 1 / tau, r_min, r_max)
    return 1 - (r**2 - r_min**2) / (r_max**2 - r_min**2)


def mean_variance(r_min: float, r_max: float) -> float:
    """The mean of 1/(1-|λ|²) over the ring."""
    return float(np.log((1 - r_min**2) / (1 - r_max**2)) / (r_max**2 - r_min**2))


@styled
def draw_ring(r_min: float, r_max: float) -> Figure:
    """64 eigenvalues on the ring, and the share of units that remember longer than τ."""
    area, turn = draws()
    radius = np.sqrt(area * (r_max**2 - r_min**2) + r_min**2)
    lam = (radius * np.exp(2j * np.pi * turn)).round(3)
    fig, (disc, ax) = figure(7.2, 3.6, 1, 2, margins=(0.15, 0.5, 0.2, 0.4), gaps=(0.85, 0), width_ratios=[1, 1.15])
    circle = np.exp(1j * np.linspace(0, 2 * np.pi, 73))
    for r, style in ((1.0, "-"), (r_min, ":"), (r_max, ":")):
        disc.plot((r * circle).real, (r * circle).imag, ls=style, lw=1, color=color("muted"))
    disc.plot(lam.real, lam.imag, "o", ms=3.5, color=color("critical"))
    disc.set(xlim=(-1.06, 1.06), ylim=(-1.06, 1.06), aspect="equal")
    disc.axis("off")
    disc.set_title(f"{UNITS} units on a ring")
    tau = np.geomspace(1, 1e4, 90)
    ax.semilogx(tau, 100 * share_beyond(tau, r_min, r_max), color=color("critical"), lw=2.2)
    for mark in (10, 100, 1000):
        share = 100 * float(share_beyond(np.array(mark), r_min, r_max))
        ax.plot(mark, share, "o", ms=6, color=color("critical"))
        ax.annotate(
            f"{share:.2g} %" if share < 99.5 else "100 %", (mark, share), (7, 4), textcoords="offset points"
        )
    ax.set(xlim=(1, 1e4), ylim=(0, 108), xlabel="memory 1/(1-|λ|) beyond τ steps", ylabel="share of units, %")
    plain_ticks(ax.xaxis, [1, 10, 100, 1000])
    ax.set_yticks([0, 50, 100])
    ax.set_title(f"Mean variance without γ: {mean_variance(r_min, r_max):.1f}")
    return fig


def describe_ring(r_min: float, r_max: float) -> str:
    shares = [100 * float(share_beyond(np.array(t), r_min, r_max)) for t in (10, 100, 1000)]
    return (
        f"64 eigenvalues on the ring from {r_min:g} to {r_max:g}. On average over the ring {shares[0]:.1f} percent "
        f"of the units have a memory beyond 10 steps, {shares[1]:.1f} beyond 100 and {shares[2]:.1f} beyond 1000. "
        f"The mean variance of a unit without normalisation is {mean_variance(r_min, r_max):.2f}."
    )


ring = explorable(
    draw_ring,
    words=describe_ring,
    name="ring",
    caption="The start of an LRU: eigenvalues uniform by area between two radii, at any angle. Left: 64 of them, "
    "the same draw for every ring. Right: the exact share of units with a memory beyond τ.",
    r_min=Control([0.0, 0.5, 0.8, 0.9, 0.98], label="inner radius"),
    r_max=Control([0.99, 0.999, 0.9999], label="outer radius"),
    start={"r_min": 0.9, "r_max": 0.999},
    states={"0 to 0.99": {"r_min": 0.0, "r_max": 0.99}, "0.9 to 0.999": {"r_min": 0.9, "r_max": 0.999}},
)

# --- gates ----------------------------------------------------------------------------------------------------

BIASES = np.linspace(-3, 8, 56)
GATES = {"plain": unscaled, "normalised": normalized, "leaky": leaky}
ENTERS = {"plain": "x", "normalised": "γx", "leaky": "(1-λ)x"}


def gate_sensitivity(b: np.ndarray, unit: str) -> np.ndarray:
    """E(∂y/∂b)² for λ = σ(b), white inputs."""
    gate = MULTIPLIERS["softplus"]  # σ(-w)
    return metric(gate(-b), [-gate.derivative(-b)], scale=GATES[unit])[0, 0]


@styled
def draw_gates(b: int, unit: str) -> Figure:
    """What is left of a state after t steps, and the sensitivity to the bias, for all three units and this one."""
    lam = float(MULTIPLIERS["softplus"](-float(b)))
    fig, (left, ax) = figure(7.2, 3.5, 1, 2, margins=(0.6, 0.5, 0.7, 0.4), gaps=(0.8, 0))
    t = np.unique(np.r_[0:20, 20:301:4])
    for other in (0, 2, 4, 6):
        left.plot(t, MULTIPLIERS["softplus"](-float(other)) ** t, color=color("line"), lw=0.9)
    left.plot(t, lam**t, color=color("critical"), lw=2.2)
    left.set(xlim=(0, 300), ylim=(0, 1.03), xlabel="steps t", ylabel="$λ^t$")
    left.set_yticks([0, 0.5, 1])
    left.set_title(f"λ = {lam:.4f}, 1/(1-λ) = {1 / (1 - lam):.3g} steps", color=color("critical"))
    for name in GATES:
        chosen = name == unit
        hue = color("exploding" if chosen else "line")
        ax.semilogy(BIASES, gate_sensitivity(BIASES, name), color=hue, lw=2.2 if chosen else 1.2)
        end = float(gate_sensitivity(BIASES[-1], name))
        ax.annotate(
            ENTERS[name], (8.2, end), color=hue if chosen else color("muted"), va="center", annotation_clip=False
        )
    here = float(gate_sensitivity(np.array(float(b)), unit))
    ax.plot(b, here, "o", ms=8, color=color("exploding"))
    ax.set(xlim=(-3, 8), ylim=(1e-5, 1e5), xlabel="bias b of the gate", ylabel="E (dy/db)²")
    ax.set_xticks([-2, 0, 2, 4, 6])
    decades(ax.yaxis, -4, 4, 4)
    ax.set_title(f"Sensitivity: {readable(here)}", color=color("exploding"))
    return fig


def describe_gates(b: int, unit: str) -> str:
    lam = float(MULTIPLIERS["softplus"](-float(b)))
    here = float(gate_sensitivity(np.array(float(b)), unit))
    return (
        f"A gate with bias {b}: λ = {lam:.4f}, a memory of {1 / (1 - lam):.3g} steps; after 100 steps "
        f"{lam**100:.2g} of a state is left. For a {unit} unit and white inputs the mean squared derivative of the "
        f"output in the bias is {here:.3g}; curves show it over the bias, with the two other ways in grey."
    )


gates = explorable(
    draw_gates,
    words=describe_gates,
    name="gates",
    caption="A gate that does not see its input is a constant λ = σ(b), the logistic function of its bias. Left: "
    "what is left of a state after t steps; grey: b = 0, 2, 4 and 6. Right: mean squared derivative of the output "
    "in b, white inputs, for h_t = λh_{t−1} + the input as it is, times γ, or times 1-λ: the chosen one orange, "
    "the others grey.",
    b=Control([-2, -1, 0, 1, 2, 3, 4, 5, 6, 7], label="bias b"),
    unit=Control(list(GATES), label="unit"),
    start={"b": 1},
    states={"b = 1": {"b": 1}, "b = 5": {"b": 5}, "b = 5, leaky": {"b": 5, "unit": "leaky"}},
)

# --- the scan, round by round ---------------------------------------------------------------------------------

WAYS = ["sequential", "doubling"]


def reach_after(T: int, rounds: int, way: str) -> tuple[np.ndarray, int, int]:
    """The first input that each entry has taken in after some rounds; the joins made so far; the rounds until all
    is done."""
    t = np.arange(1, T + 1)
    if way == "sequential":
        done = min(rounds, T - 1)
        return np.where(t <= done + 1, 1, t), done, T - 1
    needed = int(np.ceil(np.log2(T)))
    done = min(rounds, needed)
    joins = sum(T - 2**r for r in range(done))
    return np.maximum(1, t - 2**done + 1), joins, needed


@styled
def draw_scan(T: int, rounds: int, way: str) -> Figure:
    """What each entry has taken in so far, as bars; those that are done in green."""
    first, joins, needed = reach_after(T, rounds, way)
    fig, ax = figure(7.2, 3.5, margins=(0.75, 0.5, 0.2, 0.4))
    t = np.arange(1, T + 1)
    before = reach_after(T, rounds - 1, way)[0] if rounds else first
    for last, begin, earlier in zip(t, first, before, strict=True):
        hue, style = color("critical" if begin == 1 else "muted"), dict(lw=130 / T, solid_capstyle="butt")
        ax.plot([earlier - 0.42, last + 0.42], [last, last], color=hue, alpha=0.85, **style)
        if begin < earlier:
            ax.plot([begin - 0.42, earlier - 0.42], [last, last], color=hue, alpha=0.4, **style)
    ax.set(xlim=(0.3, T + 0.7), ylim=(T + 0.7, 0.3), xlabel="inputs that it has taken in", ylabel="entry t")
    marks = [k for k in (1, 4, 8, 12, 16) if k <= T]
    ax.set_xticks(marks)
    ax.set_yticks(marks)
    complete = int((first == 1).sum())
    left = max(needed - rounds, 0)
    ax.set_title(f"{complete} of {T} done, {joins} joins made, {left} rounds to go")
    return fig


def describe_scan(T: int, rounds: int, way: str) -> str:
    first, joins, needed = reach_after(T, rounds, way)
    return (
        f"A recurrence of {T} steps, {way}, after {min(rounds, needed)} of {needed} rounds: "
        f"{int((first == 1).sum())} entries have taken in all inputs up to their own, with {joins} joins of two "
        "maps. Each entry is a bar from the first to the last input that it has taken in."
    )


scan = explorable(
    draw_scan,
    words=describe_scan,
    name="scan",
    caption="h_t = a_t h_{t−1} + b_t for T steps. Each row is one h_t: the bar spans the inputs that have been "
    "joined into it so far, pale where this round joined them, and is green once they reach back to the first. All "
    "joins of a round could be made at the same time.",
    rounds=Control(range(16), label="round", play=True),
    way=Control(WAYS, label="way"),
    T=Control([8, 16], label="length T", unit="steps"),
    start={"T": 16, "rounds": 2, "way": "doubling"},
    states={"doubling, round 4": {"rounds": 4}, "sequential, round 4": {"way": "sequential", "rounds": 4}},
)
