"""The figures of the chapter on the curse of memory: pure functions, a state -> a Figure and its words."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, NullLocator

from experiments.memory import perturbation as moved
from experiments.memory import plateau as training
from experiments.record import RESULTS, load
from minirnn.figures.explorables import Control, Prediction, explorable
from minirnn.figures.panels import figure, label_line, readable
from minirnn.figures.theme import color, styled
from minirnn.theory import memory, reduction
from minirnn.theory import plateau as delay
from minirnn.theory.memory import KERNELS, Fit
from minirnn.theory.parametrizations import RATES

DATA_FILES = tuple(RESULTS / f"{name}.json" for name in ("approximation", "perturbation", "plateau"))


def powers_of_ten(ax: Axes, which: str, exponents: range) -> None:
    """A logarithmic axis with these ticks, and no others."""
    axis = ax.xaxis if which == "x" else ax.yaxis
    labels = [{0: "1", 1: "10", 2: "100", -1: "0.1"}.get(e, f"$10^{{{e}}}$") for e in exponents]
    axis.set_ticks([10.0**e for e in exponents], labels=labels)
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())


def percent(error: float) -> str:
    """An error in percent, with two digits that count."""
    if error < 1e-4:
        return "below 0.01\u00a0%"
    return f"{100 * error:.2g}\u00a0%" if error < 0.995 else "100\u00a0%"


# --- a kernel and its fit by m units --------------------------------------------------------------------------

UNITS = [1, 2, 3, 4, 6, 8, 12, 16, 24]
KIND_WORDS = {"real": "real and positive", "any": "any, complex ones too"}
KINDS = {"real": ("real", "vanishing"), "any": ("any", "critical")}


@cache
def approximation() -> dict[str, Any]:
    return load("approximation")["results"]


@cache
def target(kernel: str) -> np.ndarray:
    return KERNELS[kernel](1000)


@cache
def saved_fit(kernel: str, m: int, kind: str) -> Fit:
    """The best that was found, its weights solved for again."""
    one = approximation()[kernel][KINDS[kind][0]][UNITS.index(m)]
    lam = np.array(one["re"]) + 1j * np.array(one["im"])
    return memory.fit(target(kernel), lam if lam.imag.any() else lam.real)


def errors(kernel: str, kind: str) -> np.ndarray:
    return np.array([one["error"] for one in approximation()[kernel][KINDS[kind][0]]])


@styled
def draw_fit(m: int, kernel: str, kind: str) -> Figure:
    """The kernel and the fit; the error over m for both classes, above the bound."""
    K, found, hue = target(kernel), saved_fit(kernel, m, kind), KINDS[kind][1]
    fig, (ax, over) = figure(7.2, 3.5, 1, 2, margins=(0.6, 0.5, 0.2, 0.4), gaps=(0.8, 0), width_ratios=[1.25, 1])
    if kernel in ("delay", "Airy"):
        k = np.arange(0, 121, 2)
        ax.axhline(0, color=color("line"), lw=0.8)
        ax.set(xlim=(0, 120), ylim=(-0.65, 0.8) if kernel == "Airy" else (-0.3, 1.35), xlabel="lag k, steps")
        ax.set_yticks([-0.5, 0, 0.5] if kernel == "Airy" else [0, 0.5, 1])
    else:
        k = np.unique(np.geomspace(1, 1000, 60).astype(int)) - 1
        ax.set(xscale="log", yscale="log", xlim=(1, 1000), ylim=(1e-4, 2), xlabel="lag k + 1, steps")
        powers_of_ten(ax, "x", range(0, 4))
        powers_of_ten(ax, "y", range(-4, 1))
    x = k + (ax.get_xscale() == "log")
    ax.plot(x, K[k], color=color("ink"), lw=4, alpha=0.25)
    ax.plot(x, found.kernel[k], color=color(hue), lw=1.8)
    ax.set_ylabel("weight of the input k steps ago")
    units = "unit" if m == 1 else "units"
    ax.set_title(f"Kernel (grey) and {m} {units}: error {percent(found.error)}", color=color(hue))

    floor = np.maximum(approximation()[kernel]["bound"], 1e-7)
    over.fill_between(UNITS, 1e-7, floor, color=color("line"), alpha=0.55, lw=0)
    for name, (_, shade) in KINDS.items():
        line = np.maximum(errors(kernel, name), 1e-7)
        over.loglog(UNITS, line, color=color(shade), lw=2.2 if name == kind else 1.1)
    over.plot(m, max(found.error, 1e-7), "o", ms=8, color=color(hue))
    over.set(xlim=(0.9, 28), ylim=(1e-6, 2), xlabel="units m", ylabel="relative error")
    powers_of_ten(over, "y", range(-6, 1, 2))
    over.set_xticks([1, 2, 4, 8, 16, 24], labels=["1", "2", "4", "8", "16", "24"])
    over.xaxis.set_minor_locator(NullLocator())
    over.set_title("Grey: no network can be here", color=color("muted"))
    return fig


def describe_fit(m: int, kernel: str, kind: str) -> str:
    at = UNITS.index(m)
    values = {name: errors(kernel, name)[at] for name in KINDS}
    bound = approximation()[kernel]["bound"][at]
    return (
        f"The kernel {kernel} over 1000 steps, fitted by {m} units whose multipliers are {KIND_WORDS[kind]}: "
        f"relative error {percent(values[kind])}. Beside it, the error over the number of units from 1 to 24. At {m}: "
        f"real multipliers {percent(values['real'])}, any network {percent(values['any'])}, and no linear "
        f"network can be below {percent(bound)}."
    )


fit = explorable(
    draw_fit,
    words=describe_fit,
    name="fit",
    caption="Left: a memory kernel (grey) and the best fit found by m units. Right: the error relative to the "
    "kernel, in the sense of least squares over 1000 steps. Blue: real positive multipliers, m decaying "
    "exponentials. Green: any linear network of m units, complex eigenvalues too. Grey: below the bound that is "
    "proved in the text. Optimised are all multipliers and weights, from several starts.",
    m=Control(UNITS, label="units m"),
    kernel=Control(list(KERNELS), label="kernel"),
    kind=Control(list(KINDS), label="multipliers"),
    start={"kernel": "delay", "m": 8, "kind": "real"},
    states={
        "power law, 4 units": {"kernel": "power-law", "m": 4},
        "delay, 4 units": {"m": 4},
        "delay, 16 units": {"m": 16, "kind": "any"},
    },
)

# --- the units that a delay needs -----------------------------------------------------------------------------

DELAYS, WIDTHS, WANTED = [5, 10, 20, 30, 40, 50, 60, 80], [0, 1, 2, 3, 5], 0.1


@cache
def spread(D: int, s: int) -> np.ndarray:
    """What came D steps ago: exactly, or with a Gaussian of width s."""
    T = D + 6 * max(s, 1) + 1
    return np.eye(1, T, D).ravel() if s == 0 else memory.bump(T, D, s)


@cache
def sigmas(D: int, s: int) -> np.ndarray:
    return reduction.singular_values(spread(D, s), len(spread(D, s)))


@cache
def at_least(D: int, s: int) -> int:
    """The fewest units that the bound allows for an error of WANTED."""
    K, fewest = spread(D, s), 1
    for n in sorted({max(2, D - s), D + 1, D + s, D + 2 * s + 1}):
        tails = np.cumsum(reduction.singular_values(K, n)[::-1] ** 2)[::-1] / n / (K @ K)
        fewest = max(fewest, int((tails > WANTED**2 * (1 + 1e-12)).sum()))
    return fewest


@cache
def enough(D: int, s: int) -> int:
    """The fewest units with which the network made from the singular values has that error."""
    K = spread(D, s)
    long = np.concatenate([K, np.zeros(200)])
    for m in range(at_least(D, s), len(K) + 1):
        made = reduction.realize(K, m, len(K))
        if np.linalg.norm(memory.network_kernel(*made, len(long)) - long) <= WANTED * np.linalg.norm(K):
            return m
    raise AssertionError("the full rank is exact")


@styled
def draw_units(D: int, s: int) -> Figure:
    """The singular values with a small picture of the Hankel matrix; and units needed over the delay."""
    sigma = sigmas(D, s)
    fig, (ax, over) = figure(7.2, 3.5, 1, 2, margins=(0.6, 0.5, 0.2, 0.4), gaps=(0.75, 0))
    i = np.arange(1, len(sigma) + 1)
    ax.axvspan(0, at_least(D, s) + 0.5, color=color("exploding"), alpha=0.1, lw=0)
    ax.plot(i, sigma / sigma[0], ".", ms=5, color=color("exploding"))
    ax.set(xlim=(0, 100), ylim=(-0.03, 1.12), xlabel="number i", ylabel="singular value i, relative to the first")
    ax.set_yticks([0, 0.5, 1], labels=["0", "½", "1"])
    ax.set_title(f"At least {at_least(D, s)} units for 10 %", color=color("exploding"))
    small = ax.inset_axes((0.6, 0.33, 0.37, 0.55))
    small.set(xlim=(0, 100), ylim=(100, 0), aspect="equal")
    for half, alpha in ((2.0, 0.3), (1.0, 0.5)):
        low, high = D - half * max(s, 0.7), D + half * max(s, 0.7)
        small.fill([low, high, 0, 0], [0, 0, high, low], color=color("ink"), alpha=alpha, lw=0)
    small.set_xticks([])
    small.set_yticks([])
    small.spines[:].set_visible(True)
    small.set_title("its Hankel matrix", size=9.5, loc="center", pad=4, weight=400, color=color("muted"))

    lower, upper = ([f(d, s) for d in DELAYS] for f in (at_least, enough))
    over.plot([0, 90], [1, 91], color=color("line"), lw=1)
    over.fill_between(DELAYS, lower, upper, color=color("exploding"), alpha=0.2, lw=0)
    over.plot(DELAYS, lower, color=color("exploding"), lw=1.2)
    over.plot(DELAYS, upper, color=color("critical"), lw=1.2)
    over.plot(D, at_least(D, s), "o", ms=7, color=color("exploding"))
    over.plot(D, enough(D, s), "o", ms=7, color=color("critical"))
    over.set(xlim=(0, 84), ylim=(0, 90), xlabel="delay D, steps", ylabel="units", yticks=range(0, 81, 20))
    over.set_title(f"{enough(D, s)} are enough", color=color("critical"))
    label_line(over, 3, 82, "grey: one unit a step", "muted")
    return fig


def describe_units(D: int, s: int) -> str:
    sigma = sigmas(D, s)
    half = int((sigma > 0.5 * sigma[0]).sum())
    kind = "exactly" if s == 0 else f"with a spread of {s} steps"
    return (
        f"A kernel that recalls what came {D} steps ago, {kind}. {half} of its Hankel matrix's singular values are "
        f"above half of the largest. A linear network needs at least {at_least(D, s)} units for an error of 10 "
        f"percent, and {enough(D, s)} are enough. Over the delay from 5 to 80 steps the least number grows from "
        f"{at_least(5, s)} to {at_least(80, s)}, and the number that is enough from {enough(5, s)} to "
        f"{enough(80, s)}."
    )


units = explorable(
    draw_units,
    words=describe_units,
    name="units",
    caption="How many units recall what came D steps ago, give or take s steps, with an error of at most 10 %? Left: "
    "the singular values of the Hankel matrix, and the matrix as a picture. Right: the least number that the bound "
    "allows (orange) and a number with which a network was made (green).",
    D=Control(DELAYS, label="delay D", unit="steps"),
    s=Control(WIDTHS, label="spread s", unit="steps"),
    start={"D": 50, "s": 3},
    states={"exactly 50 steps": {"s": 0}, "50 ± 3 steps": {}, "20 ± 3 steps": {"D": 20}},
)

# --- one exponential learns a delay: the plateau ---------------------------------------------------------------

STARTS, LATER = [0.25, 0.5, 0.75, 1.0], [4, 6, 8, 10, 12, 14]


@cache
def learned(w0: float, D: int) -> delay.Flow:
    """Gradient flow until w has reached 1/(2D) within a thousandth."""
    return delay.flow(w0, D, until=1.001)


@cache
def share_gained(w0: float, D: int) -> tuple[np.ndarray, np.ndarray]:
    """What is gained of the best possible 1/(2eD), at 90 times from 0.01 to the end, evenly on a logarithmic
    axis."""
    found = learned(w0, D)
    gained = -delay.loss(found.c, found.w, D) * 2 * np.e * D
    t = np.geomspace(0.01, found.t[-1], 90)
    return t, np.interp(t, found.t, gained)


def escape_time(w0: float, D: int, share: float = 0.5) -> float:
    found = learned(w0, D)
    gained = -delay.loss(found.c, found.w, D) * 2 * np.e * D
    return float(found.t[np.argmax(gained > share)])


HALF = 1.3392  # at w = HALF/D the best c gains half of 1/(2eD): the root x > 1 of x e^(1 - x) = ½ is 2 HALF


def proved(w0: float, D: int) -> float:
    """The time before which, as is proved, less than half is gained; 0 if w starts too low for the proof."""
    return delay.time_bound(w0, HALF / D, D) if w0 * D > HALF else 0.0


@styled
def draw_plateau(D: int, w0: float) -> Figure:
    """What is gained over time, with the time that is proved; and the kernel at three times."""
    t, gained = share_gained(w0, D)
    out, least = escape_time(w0, D), proved(w0, D)
    fig, (ax, kernel) = figure(7.2, 3.4, 1, 2, margins=(0.65, 0.5, 0.2, 0.4), gaps=(0.75, 0))
    if least > 0.01:
        ax.axvspan(0.01, least, color=color("exploding"), alpha=0.12, lw=0)
    ax.axvline(out, color=color("line"), lw=1)
    ax.semilogx(np.append(t, 1e11), np.append(gained, gained[-1]), color=color("vanishing"), lw=2.2)
    ax.set(xlim=(0.01, 1e11), ylim=(-0.04, 1.12), xlabel="time t of gradient flow", ylabel="share gained")
    powers_of_ten(ax, "x", range(-1, 11, 2))
    ax.set_yticks([0, 0.5, 1], labels=["0", "½", "1"])
    ax.set_title(f"Half is gained at t = {readable(out)}")
    if least > 1:
        label_line(ax, 0.015, 1.06, f"proved: not before {readable(least)}", "exploding", va="center")

    lag, found = np.linspace(0, 16, 81), learned(w0, D)
    kernel.axvline(D, color=color("ink"), lw=4, alpha=0.25)
    kernel.axhline(0, color=color("line"), lw=0.8)
    times = [0.3 * out, 0.99 * out, found.t[-1]]
    labels = {"early": "muted", "just before": "vanishing", "at the end": "critical"}
    for time, hue in zip(times, labels.values(), strict=True):
        c, w = (np.interp(time, found.t, values) for values in (found.c, found.w))
        kernel.plot(lag, D * c * np.exp(-w * lag), color=color(hue), lw=2 if hue == "critical" else 1.3)
    for y, (words, hue) in zip((0.79, 0.72, 0.65), labels.items(), strict=True):
        label_line(kernel, 15.7, y, words, hue, va="center", ha="right")
    kernel.set(xlim=(0, 16), ylim=(-0.03, 0.85), xlabel="lag, in units of time", ylabel="kernel times D")
    kernel.set_yticks([0, 0.5], labels=["0", "½"])
    kernel.set_title(f"Wanted: a bump at {D}", color=color("muted"))
    return fig


def describe_plateau(D: int, w0: float) -> str:
    out, least = escape_time(w0, D), proved(w0, D)
    sure = f"It is proved that this cannot be before {least:.3g}. " if least > 0 else ""
    return (
        f"A single exponential with rate {w0:g} at the start learns a bump at a delay of {D}. Over the time of "
        "gradient flow, from a hundredth to ten to the 11 on a logarithmic axis, the share of what can be gained "
        f"stays near 0 and then rises: half is gained at {out:.3g}. {sure}Beside it the kernel, early, late and at "
        f"the end, when its rate is {learned(w0, D).w[-1]:.3g}."
    )


plateau = explorable(
    draw_plateau,
    words=describe_plateau,
    name="plateau",
    caption="Gradient flow for the kernel c exp(−wt) and a narrow bump at D, from c = 0. Left: the share of what "
    "can be gained, on a logarithmic axis of time; orange: the times at which the theorem rules out that half is "
    "gained. Right: the kernel at 0.3 and 0.99 of the time at which half is gained (grey, blue), and at the end "
    "(green).",
    D=Control(LATER, label="delay D"),
    w0=Control(STARTS, label="rate at the start"),
    start={"D": 8, "w0": 1.0},
    states={"D = 4": {"D": 4}, "D = 12": {"D": 12}, "D = 12, slow start": {"D": 12, "w0": 0.25}},
    predict=Prediction(
        question="A unit that starts with rate 1 learns a bump at a delay of 4 in a time of 67. How long does it take "
        "for a delay of 8?",
        choices={
            "Twice as long": "That would be a time in proportion to the delay.",
            "About 16 times": "That would be the fourth power of the delay.",
            "About 600 times": "Four more units of delay multiply the time by nearly 600, and four more "
            "by twice that.",
        },
        answer="About 600 times",
        reveal="At a delay of 14 it takes 2·10⁹.",
    ),
)

# --- escape over the delay, measured --------------------------------------------------------------------------

ROUTES = {"flow": "direct", "flow-exp": "exp", "flow-best": "best", "Adam": "Adam"}
ROUTE_WORDS = {
    "flow": "gradient flow",
    "flow-exp": "gradient flow in the exponential map",
    "flow-best": "gradient flow in the best map",
    "Adam": "Adam",
}
GAINED = {"hundredth": (0, "a hundredth gained"), "nine-tenths": (1, "nine tenths gained")}


@cache
def escapes(route: str, gained: str) -> np.ndarray:
    """Times (delays, seeds), inf where a run did not escape."""
    times = np.array(load("plateau")["results"]["time"][ROUTES[route]], float)[:, :, GAINED[gained][0]]
    return np.where(np.isnan(times), np.inf, times)


def slope(route: str, gained: str) -> float:
    """Least-squares slope of ln (median escape time) over D, over the delays with a finite median."""
    medians, D = np.median(escapes(route, gained), axis=1), np.array(training.DELAYS)
    finite = np.isfinite(medians)
    return float(np.polyfit(D[finite], np.log(np.maximum(medians[finite], 1e-2)), 1)[0])


@styled
def draw_escape(route: str) -> Figure:
    """Every run's escape time over the delay, and the median, by both definitions."""
    D, adam = np.array(training.DELAYS), route == "Adam"
    hue, top = (color("chaotic"), 2e5) if adam else (color("vanishing"), 1e10)
    fig, panels = figure(7.2, 3.5, 1, 2, sharey=True, margins=(0.7, 0.5, 0.15, 0.4), gaps=(0.55, 0))
    for ax, gained in zip(panels, GAINED, strict=True):
        times = escapes(route, gained)
        ax.set_yscale("log")
        for d, row in zip(D, times, strict=True):
            ended = row[np.isfinite(row)]
            ax.plot(np.full(len(ended), d), np.maximum(ended, 0.3), "o", ms=3.5, color=hue, alpha=0.45, mew=0)
            if len(ended) < len(row):
                never = str(len(row) - len(ended))
                ax.text(d, top, never, ha="center", va="center", size=9.5, color=color("exploding"), weight=600)
        medians = np.median(times, axis=1)
        finite = np.isfinite(medians)
        ax.plot(D[finite], medians[finite], color=hue, lw=2.2)
        ax.text(D[0] - 0.4, top * (2.2 if adam else 5), "never", size=9.5, color=color("exploding"))
        ax.set(xlim=(D[0] - 0.6, D[-1] + 0.5), ylim=(0.2, 12 * top), xlabel="delay D")
        ax.set_xticks(D[::3])
        ax.tick_params(labelleft=True)
        words = "" if adam else f": times {np.exp(slope(route, gained)):.1f} a unit of D"
        ax.set_title(GAINED[gained][1].capitalize() + words, color=hue)
    panels[0].set_ylabel("updates" if adam else "time of gradient flow")
    powers_of_ten(panels[0], "y", range(0, 5 if adam else 9, 1 if adam else 2))
    return fig


def describe_escape(route: str) -> str:
    unit = "updates" if route == "Adam" else "units of time"
    said = []
    for gained, (_, words) in GAINED.items():
        rows = []
        for d, row in zip(training.DELAYS, escapes(route, gained), strict=True):
            middle, never = np.median(row), int(np.isinf(row).sum())
            rows.append(f"D = {d}: " + (f"{middle:.3g}" if np.isfinite(middle) else "none") + f", {never} never")
        said.append(f"{words}: " + "; ".join(rows))
    return (
        f"Two exponentials learn a bump after a delay D, by {ROUTE_WORDS[route]}. Median of ten runs in {unit}, and "
        f"how many never escaped. Until {said[0]}. Until {said[1]}."
    )


escape = explorable(
    draw_escape,
    words=describe_escape,
    name="escape",
    caption="Two exponentials learn exp(−t) and a bump of width ½ at D. A dot is one of 10 seeds, the line their "
    "median; orange numbers count those that had not escaped at t = 10 to the 13, or after 4000 updates of Adam "
    "with rate 0.01. Two definitions of escape: a hundredth (left), or nine tenths (right), of what two units can "
    "gain below the plateau.",
    route=Control(list(ROUTES), label="trained by"),
    states={"gradient flow": {}, "best map": {"route": "flow-best"}, "Adam": {"route": "Adam"}},
)

# --- what a change of the weights does ------------------------------------------------------------------------

MAPS = {"direct": "exploding", "exp": "vanishing", "softplus": "chaotic", "best": "critical"}


@styled
def draw_perturb(beta: float, rate: str, weights: str) -> Figure:
    """The target with the kernels after 20 moves; the worst error over β for all maps."""
    with np.errstate(over="ignore", invalid="ignore"):
        made = moved.kernels(weights, rate, beta)
    k = np.unique(np.geomspace(1, 1001, 45).astype(int)) - 1
    fig, (ax, over) = figure(7.2, 3.5, 1, 2, margins=(0.65, 0.5, 0.85, 0.4), gaps=(0.8, 0), width_ratios=[1.15, 1])
    ax.set(xscale="log", yscale="log", xlim=(1, 1000), ylim=(1e-4, 20), xlabel="t + 1", ylabel="kernel")
    powers_of_ten(ax, "x", range(0, 4))
    powers_of_ten(ax, "y", range(-4, 2))
    band = np.clip(made[:, k], 1e-5, 1e3)
    ax.fill_between(k + 1, band.min(0), band.max(0), color=color(MAPS[rate]), alpha=0.25, lw=0)
    for one in band[:3]:
        ax.plot(k + 1, one, color=color(MAPS[rate]), lw=0.9)
    ax.plot(k + 1, moved.TARGET[k], color=color("ink"), lw=4, alpha=0.25)
    worst = worst_errors(rate, weights)[moved.BETAS.index(beta)]
    ax.set_title(f"{rate}, moved by β = {beta:g}: worst {readable(worst)}", color=color(MAPS[rate]))
    betas = np.array(moved.BETAS[1:])
    for name, hue in MAPS.items():
        line = worst_errors(name, weights)[1:]
        over.loglog(betas, np.minimum(line, 1e6), color=color(hue), lw=2.2 if name == rate else 1.1)
    height = {"direct": 0.93, "exp": 0.62, "softplus": 0.53, "best": 0.44}
    for name, hue in MAPS.items():
        over.text(1.03, height[name], name, transform=over.transAxes, color=color(hue), weight=600, va="center")
    if beta:
        over.plot(beta, min(worst, 1e3), "o", ms=8, color=color(MAPS[rate]))
    over.set(ylim=(1e-3, 1e3), xlim=(8e-4, 0.125), xlabel="β", ylabel="worst error of 20")
    powers_of_ten(over, "y", range(-3, 4))
    over.set_xticks([0.001, 0.01, 0.1], labels=["0.001", "0.01", "0.1"])
    over.xaxis.set_minor_locator(NullLocator())
    over.set_title(f"Without any move: {readable(worst_errors(rate, weights)[0])}")
    return fig


def worst_errors(rate: str, weights: str) -> np.ndarray:
    """For each β the largest of the 20 saved errors."""
    return np.array([errors[-1] for errors in load("perturbation")["results"][weights][rate]])


def describe_perturb(beta: float, rate: str, weights: str) -> str:
    at = moved.BETAS.index(beta)
    rows = ", ".join(f"{name} {worst_errors(name, weights)[at]:.3g}" for name in MAPS)
    return (
        f"A power law on 0 to 1000, fitted by 16 exponentials with {weights} weights, whose rates are written by "
        f"the map {rate}. All 16 parameters are moved at random by at most {beta:g}, in 20 draws. The area between "
        f"the kernel and the target, worst of 20: {rows}."
    )


perturb = explorable(
    draw_perturb,
    words=describe_perturb,
    name="perturb",
    caption="The kernel (1 + t) to the −1.1, fitted by 16 exponentials and then disturbed: each rate's parameter "
    "is moved by a number uniform in (−β, β). Left: the target (grey), three of 20 draws, and the range of all. "
    "Right: the area between kernel and target, worst of 20, for four maps.",
    beta=Control(moved.BETAS, label="move β"),
    rate=Control(list(MAPS), label="map"),
    weights=Control(list(moved.SLOWEST), label="weights"),
    start={"beta": 0.01},
    states={
        "direct, β = 0.01": {},
        "exp, β = 0.01": {"rate": "exp"},
        "exp, weights that cancel": {"rate": "exp", "weights": "free"},
    },
)

# --- time scale, stability and gradient scale of a map --------------------------------------------------------

SCALES, WHAT = [3, 10, 30, 100, 300, 1000], {"scale": "|dτ/dw|", "ratio": "|dτ/dw| / |w|"}


def scale_over_memory(rate: str, what: str, tau: np.ndarray) -> np.ndarray:
    """|dτ/dw|, or that divided by |w|, where the time scale is tau."""
    w = RATES[rate].inverse(-1 / tau)
    size = memory.gradient_scale(RATES[rate], w)
    return size if what == "scale" else size / np.abs(w)


@styled
def draw_ratio(tau: int, rate: str, what: str) -> Figure:
    """The time scale as a function of the parameter; and how fast it moves, over the time scale."""
    one, hue = RATES[rate], color(MAPS[rate])
    w0 = float(one.inverse(-1 / tau))
    fig, (ax, over) = figure(7.2, 3.5, 1, 2, margins=(0.65, 0.5, 0.85, 0.4), gaps=(0.85, 0))
    low, high = {"direct": (-1.0, 0.0), "exp": (-7.5, 1.0), "softplus": (-7.5, 1.0), "best": (0.0, 34.0)}[rate]
    w = np.linspace(low, high, 160)[:-1]
    ax.semilogy(w, np.minimum(-1 / one(w), 3e3), color=hue, lw=2.2)
    ax.plot(w0, tau, "o", ms=8, color=hue)
    for side in (-0.1, 0.1):
        after = float(one(w0 + side))
        if after < 0:
            ax.plot([w0, w0 + side], [tau, -1 / after], color=color("ink"), lw=2.5)
    ax.set(xlim=(low, high), ylim=(0.4, 2e3), xlabel="parameter w", ylabel="time scale τ = 1/|f(w)|")
    powers_of_ten(ax, "y", range(0, 4))
    ax.set_title(f"{rate}: moved by 0.1, {move_words(rate, w0)}", color=hue)
    taus = np.geomspace(2.2, 1000, 60)
    for name, shade in MAPS.items():
        line = scale_over_memory(name, what, taus)
        over.loglog(taus, np.clip(line, 0.1, 1e9), color=color(shade), lw=2.2 if name == rate else 1.1)
    now = scale_over_memory(rate, what, np.array([float(tau)]))[0]
    over.plot(tau, now, "o", ms=8, color=hue)
    over.set(xlim=(2, 1000), ylim=(0.2, 1e7), xlabel="time scale τ", ylabel=WHAT[what])
    powers_of_ten(over, "x", range(1, 4))
    powers_of_ten(over, "y", range(0, 8, 2))
    over.set_title(f"At τ = {tau}: {readable(now)}", color=hue)
    height = {"direct": 0.95, "exp": 0.5, "softplus": 0.41, "best": 0.2}
    for name, shade in MAPS.items():
        over.text(1.03, height[name], name, transform=over.transAxes, color=color(shade), weight=600, va="center")
    return fig


def move_words(rate: str, w: float) -> str:
    """The worse of the two moves by 0.1, as a change of the time scale."""
    worst = max(memory.stability_integral(RATES[rate], w, w + side) for side in (-0.1, 0.1))
    return f"τ changes by {percent(worst)}" if np.isfinite(worst) else "it diverges"


def describe_ratio(tau: int, rate: str, what: str) -> str:
    values = {name: scale_over_memory(name, what, np.array([float(tau)]))[0] for name in MAPS}
    w0 = float(RATES[rate].inverse(-1 / tau))
    return (
        f"The map {rate}, at a time scale of {tau}: its parameter is {w0:.3g}. Moved by 0.1, "
        f"{move_words(rate, w0).replace('τ', 'the time scale')} at worst. Beside it, over the time scale, "
        f"the {'gradient scale' if what == 'scale' else 'gradient scale divided by the weight'}: "
        + ", ".join(f"{name} {value:.3g}" for name, value in values.items())
        + "."
    )


ratio = explorable(
    draw_ratio,
    words=describe_ratio,
    name="ratio",
    caption="Left: the time scale τ = 1/|f(w)| as a function of its parameter, for dh/dt = f(w)h + x; the black "
    "piece is what a move by 0.1 does. Right: how fast τ follows its parameter, which sets the scale of the "
    "gradient, over τ. Best: a = 1, b = ½.",
    tau=Control(SCALES, label="time scale τ"),
    rate=Control(list(MAPS), label="map"),
    what=Control(list(WHAT), label="shown"),
    start={"tau": 30, "rate": "direct"},
    states={"direct, τ = 30": {}, "exp, τ = 30": {"rate": "exp"}, "best, τ = 30": {"rate": "best"}},
)
