"""The figures of the chapter on digits, pixel by pixel: pure functions, a state -> a Figure and its words."""

from functools import cache
from itertools import pairwise, permutations
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from scipy.stats import rankdata, t

from experiments.digits import pixels
from experiments.record import RESULTS, load
from explorables.memory.axes import powers_of_ten
from minirnn.figures.explorables import Control, Prediction, explorable
from minirnn.figures.panels import figure, readable
from minirnn.figures.theme import color, styled

DATA_FILES = (RESULTS / "pixels.json",)
TASKS, CELLS = list(pixels.TASKS), list(pixels.CELLS)
TASK_WORDS = {
    "64": "64 steps, row by row",
    "64 permuted": "64 steps, in a fixed random order",
    "208": "208 steps: 18 blanks after each row",
    "784": "784 steps: 90 blanks after each row",
}


@cache
def results() -> dict[str, Any]:
    return load("pixels")["results"]


def saved(part: str, task: str, key: str) -> np.ndarray:
    """Values (cells, seeds, ...) of a task; of the seeds that were run."""
    return np.array([results()[part][task][cell][key] for cell in CELLS], float)


def accuracies(task: str) -> np.ndarray:
    """Accuracy (cells, seeds) on the test part."""
    return saved("trained", task, "test")


def interval(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean over the last axis, and half the width of its 95 % interval by Student's t."""
    k = values.shape[-1]
    return values.mean(-1), t.ppf(0.975, k - 1) * values.std(-1, ddof=1) / np.sqrt(k)


# --- the digit as the network sees it -------------------------------------------------------------------------

DIGITS, SCALE = [0, 3, 4, 8], 64
CORNERS = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])


@cache
def example(digit: int) -> np.ndarray:
    """The first digit of this class in the training part, 64 pixels."""
    X, target = pixels.data("fit", "64")
    return X[:, int((target == digit).argmax()), 0]


def steps_of_pixels(task: str) -> np.ndarray:
    """At which step, from 1, each of the 64 pixels is seen."""
    T, order = pixels.TASKS[task]["T"], pixels.TASKS[task].get("order", np.arange(64))
    at = np.empty(64, int)
    at[order] = np.arange(64) // 8 * (T // 8) + np.arange(64) % 8 + 1
    return at


def left_over(task: str, rows: int) -> np.ndarray:
    """λ^(steps since) for each pixel after `rows` eighths of the sequence, λ = exp(-1/SCALE); 0 for what is to come."""
    since = rows * (pixels.TASKS[task]["T"] // 8) - steps_of_pixels(task)
    return np.where(since >= 0, np.exp(-np.maximum(since, 0) / SCALE), 0.0)


def squares(ax: Axes, values: np.ndarray, hue: str) -> None:
    """64 values from 0 to 1 as squares of one hue."""
    inked = [(k, round(float(v), 2)) for k, v in enumerate(values) if v >= 0.005]
    places = [CORNERS + np.array([k % 8, k // 8]) for k, _ in inked]
    ax.add_collection(PolyCollection(places, facecolors=[(color(hue), v) for _, v in inked], linewidths=0))


def image(ax: Axes, values: np.ndarray, title: str, hue: str) -> None:
    """An 8×8 image in a frame."""
    squares(ax, values, hue)
    ax.set(xlim=(0, 8), ylim=(8, 0), aspect="equal", anchor="W", xticks=[], yticks=[])
    ax.spines[:].set_visible(True)
    ax.set_title(title, color=color("critical" if hue == "critical" else "vanishing"))


def slow_unit(task: str, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Steps and h_t = λ h_{t-1} + x_t, at the steps with a pixel and at the end of each row with its blanks."""
    T, at = pixels.TASKS[task]["T"], steps_of_pixels(task)
    steps = np.unique([0, *at, *range(T // 8, T + 1, T // 8)])
    since = steps[:, None] - at
    return steps, np.where(since >= 0, np.exp(-np.maximum(since, 0) / SCALE), 0.0) @ x


@styled
def draw_sequence(digit: int, task: str, rows: int) -> Figure:
    """Left: the sequence, and what has been read of the digit. Right: a slow unit, and what it keeps of the digit."""
    T, x = pixels.TASKS[task]["T"], example(digit)
    at, now, kept = steps_of_pixels(task), rows * (T // 8), left_over(task, rows)
    fig, panels = figure(7.2, 4.3, 2, 2, margins=(0.6, 0.15, 0.15, 0.4), gaps=(0.8, 0.95), height_ratios=[1, 2])
    (ax, unit), (read, left) = panels
    seen = at <= now
    for mask, hue in ((seen, "vanishing"), (~seen, "line")):
        ax.vlines(at[mask], 0, x[mask], color=color(hue), lw=2 if T == 64 else 1)
    ax.plot([now + 0.5] * 2, [0, 1.1], color=color("exploding"), lw=1.6)
    ax.set(ylim=(0, 1.15), yticks=[0, 1], ylabel="pixel")
    ax.set_title(f"After step {now} of {T}", color=color("exploding"))
    steps, h = slow_unit(task, x)
    until = steps <= now
    unit.plot(steps[until], h[until].round(2), color=color("critical"), lw=1.6)
    unit.plot(now, h[until][-1], "o", ms=5, color=color("critical"))
    unit.set(ylim=(0, 20), yticks=[0, 20], ylabel="state h")
    unit.set_title(f"A slow unit: h = {h[until][-1]:.1f}", color=color("critical"))
    for panel in (ax, unit):
        panel.set(xlim=(0, T + 1), xlabel=f"step, from 1 to {T}")
        panel.set_xticks([1, T // 2, T])
    image(read, x, "What has been read", "line")
    squares(read, np.where(seen, x, 0.0), "vanishing")
    share = float((kept * x).sum() / x.sum())
    image(left, kept * x, f"What the slow unit holds: {100 * share:.0f} %", "critical")
    return fig


def describe_sequence(digit: int, task: str, rows: int) -> str:
    T, x, kept = pixels.TASKS[task]["T"], example(digit), left_over(task, rows)
    now, at = rows * (T // 8), steps_of_pixels(task)
    first = readable(float(kept[at.argmin()])).replace("$", "")
    return (
        f"A {digit}, in {TASK_WORDS[task]}. After step {now} of {T}, {int((at <= now).sum())} of its 64 pixels have "
        f"been read. Of all ink, {100 * (kept * x).sum() / x.sum():.0f} % are left in a unit that forgets over {SCALE} "
        f"steps; the first pixel that was read counts {first} times as much as one that is read now."
    )


sequence = explorable(
    draw_sequence,
    words=describe_sequence,
    name="sequence",
    caption="A digit as a recurrent network sees it. Left: one pixel at a step, the orange line is now; and what has "
    "been read. Right: the state of a linear unit h_t = λ h_{t-1} + x_t with a time scale of 64 steps, λ = exp(−1/64); "
    "and what that number still holds of each pixel, with the share of all ink.",
    rows=Control(list(range(1, 9)), label="rows read", play=True),
    digit=Control(DIGITS, label="digit"),
    task=Control(TASKS, label="steps"),
    start={"digit": 3, "task": "64", "rows": 5},
    states={
        "64 steps, at the end": {"rows": 8},
        "permuted, half way": {"task": "64 permuted", "rows": 4},
        "784 steps, at the end": {"task": "784", "rows": 8},
    },
)

# --- what the measures say at the start -----------------------------------------------------------------------

MEASURES = {
    "gradient at T/2": "gradient at lag T/2, lag 0 being 1",
    "far share": "far share of the gradient",
    "exponent": "|λ₁|·T, e-folds over the sequence",
    "radius": "|ln ρ| of the Jacobian",
    "sensitivity": "sensitivity to the weights",
    "readout": "correct by a fitted readout, untrained cell, %",
}
FORETOLD = [name for name in MEASURES if name != "readout"]  # the measures that were chosen beforehand
HIGHER_IS_BETTER = {name: name in ("gradient at T/2", "far share", "readout") for name in MEASURES}
LOWEST = dict(zip(MEASURES, (1e-12, 1e-12, 0.1, 1e-3, 0.1, 0.0), strict=True))
HIGHEST = dict(zip(MEASURES, (1.0, 1.0, 1e3, 1.0, 1e3, 100.0), strict=True))


@cache
def measure(task: str, name: str) -> np.ndarray:
    """Values (cells, seeds) of a measure at the start."""
    if name == "gradient at T/2":
        by_lag = saved("measured", task, "by_lag")
        return np.where(by_lag[..., 16] <= 1, by_lag[..., 16], 1 / by_lag[..., 16])
    if name == "readout":
        return np.array([results()["decoded"][task][cell] for cell in CELLS]) * 100
    if name == "exponent":
        return np.abs(saved("measured", task, "exponent")) * pixels.TASKS[task]["T"]
    if name == "radius":
        return np.abs(np.log(saved("measured", task, "radius")))
    return saved("measured", task, name.replace(" ", "_"))


@cache
def hue_of(task: str, cell: str) -> str:
    """What a cell's gradient does on a task: it vanishes where its far share is below a thousandth."""
    at = CELLS.index(cell)
    return "vanishing" if np.median(measure(task, "far share")[at]) < 1e-3 else "critical"


def apart(heights: np.ndarray, gap: float) -> np.ndarray:
    """Heights for labels, in the same order, at least `gap` from each other."""
    order, out = np.argsort(heights)[::-1], np.array(heights, float)
    for above, below in pairwise(order):
        out[below] = min(out[below], out[above] - gap)
    return out


@styled
def draw_start(task: str, by: str) -> Figure:
    """Gradient by lag for the seven cells; and the chosen measure of each, a dot a seed."""
    T, values = pixels.TASKS[task]["T"], measure(task, by)
    fig, (ax, over) = figure(7.2, 3.7, 1, 2, margins=(0.8, 0.5, 0.2, 0.4), gaps=(2.1, 0), width_ratios=[1, 1])
    by_lag, lags = saved("measured", task, "by_lag").mean(1), pixels.lags(T)
    low = 1e-12
    for cell, line in zip(CELLS, by_lag, strict=True):
        shown = np.where(line > low, line, np.nan)
        ax.semilogy(lags / T, shown, color=color(hue_of(task, cell)), lw=1.6)
    ax.set(xlim=(0, 1), ylim=(low, 30), xlabel="lag, as a share of T", ylabel="gradient, lag 0 being 1")
    powers_of_ten(ax, "y", range(-12, 1, 3))
    ax.set_xticks([0, 0.5, 1], labels=["0", "T/2", "T"])
    ends = [np.flatnonzero(line > low)[-1] for line in by_lag]
    below = [k for k, end in enumerate(ends) if end < 30]  # these leave the picture at the bottom
    places = -apart(np.array([-lags[ends[k]] / T for k in below]), 0.075) + 0.012
    for k, x in zip(below, places, strict=True):
        place = {"x": x, "y": 1.6 * low, "rotation": 90, "va": "bottom"}
        ax.text(s=CELLS[k], size=9, color=color(hue_of(task, CELLS[k])), **place)
    inside = [k for k, end in enumerate(ends) if end >= 30]
    heights = apart(np.log10([by_lag[k][ends[k]] for k in inside]), 0.95)
    for k, y in zip(inside, heights, strict=True):
        ax.text(1.03, 10**y, CELLS[k], color=color(hue_of(task, CELLS[k])), va="center", size=10)
    ax.set_title(f"Before training, T = {T}")

    rows = np.arange(len(CELLS))[::-1]
    shown = np.clip(values, LOWEST[by], HIGHEST[by])
    for row, cell, dots in zip(rows, CELLS, shown, strict=True):
        hue = color(hue_of(task, cell))
        over.plot(dots, np.full(len(dots), row), "o", ms=5, color=hue, alpha=0.55, mew=0)
        over.plot(np.median(dots), row, "|", ms=13, mew=2, color=hue)
    over.set_xscale("log")
    over.set(xlim=(LOWEST[by] / 1.6, HIGHEST[by] * 1.2), ylim=(-0.6, len(CELLS) - 0.4), xlabel=MEASURES[by])
    exponents = range(int(np.log10(LOWEST[by])), int(np.log10(HIGHEST[by])) + 1)
    powers_of_ten(over, "x", exponents[:: 4 if len(exponents) > 8 else 1])
    over.set_yticks(rows, labels=CELLS)
    over.tick_params(axis="y", length=0, labelcolor=color("ink"))
    over.grid(axis="y", color=color("line"), lw=0.5, alpha=0.6)
    over.set_title("better →" if HIGHER_IS_BETTER[by] else "← better", color=color("critical"))
    return fig


def describe_start(task: str, by: str) -> str:
    values = np.median(measure(task, by), axis=1)
    better = "larger" if HIGHER_IS_BETTER[by] else "smaller"
    rows = ", ".join(f"{cell} {value:.2g}" for cell, value in zip(CELLS, values, strict=True))
    blue = [cell for cell in CELLS if hue_of(task, cell) == "vanishing"]
    return (
        f"Before training, {TASK_WORDS[task]}. The gradient over the lag for seven cells. It vanishes, drawn in blue, "
        f"for {', '.join(blue) if blue else 'none'}. Beside it, {MEASURES[by]}, where {better} is better; "
        f"medians of the seeds: {rows}."
    )


start = explorable(
    draw_start,
    words=describe_start,
    name="start",
    caption="Before the first update. Left: the gradient of the loss in the pre-activation at each lag from the end, "
    "mean of five starts. Blue: the half of the steps that lies further back gives less than a thousandth of the "
    "gradient. Right: a measure, one dot for each of five starts, with their median; values beyond the axis are drawn "
    "at its end. 32 units, 16 digits of the training part.",
    task=Control(TASKS, label="steps"),
    by=Control(FORETOLD, label="measure"),
    start={"task": "64", "by": "far share"},
    states={
        "64 steps": {},
        "784 steps": {"task": "784"},
        "784 steps, exponent": {"task": "784", "by": "exponent"},
    },
)

# --- what they learned ----------------------------------------------------------------------------------------


@styled
def draw_learned(task: str, cell: str) -> Figure:
    """Validation accuracy over updates, and test accuracy at the end with intervals; one cell picked out."""
    at, curves = CELLS.index(cell), saved("trained", task, "validation")
    fig, (ax, over) = figure(7.2, 3.7, 1, 2, margins=(0.65, 0.5, 0.2, 0.4), gaps=(1.35, 0), width_ratios=[1, 1])
    updates = np.arange(curves.shape[2]) * pixels.CHECK
    for k, runs in enumerate(curves):
        if k != at:
            ax.plot(updates, 100 * runs.mean(0), color=color("line"), lw=1.4)
    for run in curves[at]:
        ax.plot(updates, 100 * run, color=color("critical"), lw=0.8, alpha=0.6)
    ax.plot(updates, 100 * curves[at].mean(0), color=color("critical"), lw=2.4)
    ax.set(xlim=(0, updates[-1]), ylim=(0, 100), xlabel="updates", ylabel="correct, validation, %")
    ax.set_xticks(updates[::1])
    ax.set_yticks([0, 10, 50, 100])
    ax.set_title(f"{cell}, T = {pixels.TASKS[task]['T']}", color=color("critical"))
    mean, half = interval(100 * accuracies(task))
    base = 100 * results()["baseline"]["test"]
    over.axvline(base, color=color("exploding"), lw=1.4)
    over.axvline(10, color=color("line"), lw=1)
    for k, row in enumerate(np.arange(len(CELLS))[::-1]):
        hue = color("critical" if k == at else "muted")
        over.plot([mean[k] - half[k], mean[k] + half[k]], [row, row], color=hue, lw=2)
        over.plot(mean[k], row, "o", ms=7 if k == at else 5, color=hue)
    over.set(xlim=(0, 100), ylim=(-0.6, len(CELLS) - 0.4), xlabel="correct, test, %")
    over.set_xticks([0, 10, 50, 100])
    over.set_yticks(np.arange(len(CELLS))[::-1], labels=CELLS)
    over.tick_params(axis="y", length=0, labelcolor=color("ink"))
    over.set_title(f"{mean[at]:.0f} ± {half[at]:.0f} %", color=color("critical"))
    over.text(
        base,
        len(CELLS) - 0.35,
        f"pixels, linear: {base:.0f}",
        ha="right",
        va="bottom",
        size=9.5,
        color=color("exploding"),
    )
    return fig


def describe_learned(task: str, cell: str) -> str:
    mean, half = interval(100 * accuracies(task))
    rows = ", ".join(f"{name} {m:.0f} ± {h:.0f}" for name, m, h in zip(CELLS, mean, half, strict=True))
    curve = 100 * saved("trained", task, "validation")[CELLS.index(cell)].mean(0)
    return (
        f"Accuracy in per cent, {TASK_WORDS[task]}. {cell} on the validation part every {pixels.CHECK} updates: "
        + ", ".join(f"{value:.0f}" for value in curve)
        + f". On the test part after {pixels.UPDATES} updates, mean of {accuracies(task).shape[1]} seeds with a 95 % "
        f"interval: {rows}. A linear classifier of the pixels has {100 * results()['baseline']['test']:.0f}."
    )


# --- did the measures know? -----------------------------------------------------------------------------------


def table(name: str, tasks: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Medians of a measure and mean accuracies, (tasks, cells) each."""
    return (
        np.array([np.median(measure(task, name), axis=1) for task in tasks]),
        np.array([accuracies(task).mean(axis=1) for task in tasks]),
    )


def correlation(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Spearman's rank correlation along the last axis; 0 where all values of one are equal."""
    x, y = (rankdata(a, axis=-1) - (a.shape[-1] + 1) / 2 for a in (x, y))
    size = np.sqrt((x * x).sum(-1) * (y * y).sum(-1))
    return np.where(size > 0, (x * y).sum(-1) / np.where(size > 0, size, 1.0), 0.0)


@cache
def exchanged(name: str, tasks: tuple[str, ...]) -> np.ndarray:
    """The rank correlations of all 5040 exchanges of the cells' accuracies, alike in all tasks."""
    x, y = table(name, tasks)
    x = x if HIGHER_IS_BETTER[name] else -x
    every = np.array(list(permutations(range(len(CELLS)))))
    accuracy = np.moveaxis(y[:, every], 1, 0).reshape(len(every), -1)
    return correlation(np.broadcast_to(x.ravel(), accuracy.shape), accuracy)


@cache
def rank_correlation(name: str, tasks: tuple[str, ...]) -> tuple[float, float, float, float]:
    """Spearman's ρ, positive if the order is the one that is promised; a 95 % interval by drawing whole cells anew; and
    the share of all 5040 exchanges of the cells' accuracies that do as well."""
    x, y = table(name, tasks)
    x = x if HIGHER_IS_BETTER[name] else -x
    found = float(correlation(x.ravel(), y.ravel()))
    drawn = np.random.default_rng(0).integers(0, len(CELLS), (2000, len(CELLS)))
    draws = correlation(*(np.moveaxis(a[:, drawn], 1, 0).reshape(len(drawn), -1) for a in (x, y)))
    low, high = np.percentile(draws, [2.5, 97.5])
    return found, float(low), float(high), float(np.mean(exchanged(name, tasks) >= found - 1e-9))


CHOICES = {"all": tuple(TASKS), **{task: (task,) for task in TASKS}}
TASK_HUES = dict(zip(TASKS, ("vanishing", "chaotic", "critical", "exploding"), strict=True))
MARKS = dict(zip(TASKS, "os^D", strict=True))


@styled
def draw_foretold(by: str, shown: str) -> Figure:
    """Accuracy over a measure, one dot for each cell and task; and the rank correlation of each measure."""
    tasks = CHOICES[shown]
    fig, (ax, over) = figure(7.2, 4.1, 1, 2, margins=(0.65, 0.85, 0.2, 0.4), gaps=(1.6, 0), width_ratios=[1.35, 1])
    for task in TASKS:
        x = np.clip(np.median(measure(task, by), axis=1), LOWEST[by], HIGHEST[by])
        y, half = interval(100 * accuracies(task))
        hue, faint = color(TASK_HUES[task]), task not in tasks
        ax.plot(x, y, MARKS[task], ms=6, color=hue, alpha=0.15 if faint else 0.9, mew=0)
        if faint:
            continue
        ax.vlines(x, y - half, y + half, color=hue, lw=1.2)
        if len(tasks) == 1:
            middle = (
                np.mean(np.array([LOWEST[by], HIGHEST[by]]))
                if by == "readout"
                else np.sqrt(LOWEST[by] * HIGHEST[by])
            )
            right = x > middle
            for cell, a, b, flip in zip(CELLS, x, -apart(-y, 5.5), right, strict=True):
                ax.annotate(
                    cell,
                    (a, b),
                    xytext=(-7 if flip else 7, 0),
                    textcoords="offset points",
                    size=9,
                    ha="right" if flip else "left",
                    va="center",
                    color=color("ink"),
                )
    ax.set(ylim=(0, 100), xlabel=MEASURES[by], ylabel="correct, test, %")
    if by == "readout":
        ax.set(xlim=(0, 100), xticks=[0, 10, 50, 100])
    else:
        ax.set(xscale="log", xlim=(LOWEST[by] / 2, HIGHEST[by] * 1.5))
        exponents = range(int(np.log10(LOWEST[by])), int(np.log10(HIGHEST[by])) + 1)
        powers_of_ten(ax, "x", exponents[:: 4 if len(exponents) > 8 else 1])
    ax.set_yticks([0, 10, 50, 100])
    ax.set_title("better promised →" if HIGHER_IS_BETTER[by] else "← better promised", color=color("critical"))
    for task, x0 in zip(TASKS, (0.0, 0.14, 0.55, 0.77), strict=True):
        hue, alpha = color(TASK_HUES[task]), 0.9 if task in tasks else 0.3
        ax.plot(x0, -0.245, MARKS[task], ms=5, color=hue, alpha=alpha, transform=ax.transAxes, clip_on=False)
        ax.text(x0 + 0.03, -0.245, task, va="center_baseline", color=hue, alpha=alpha, transform=ax.transAxes)

    over.axvline(0, color=color("line"), lw=1)
    for row, other in zip(range(len(MEASURES))[::-1], MEASURES, strict=True):
        found, low, high, _ = rank_correlation(other, tasks)
        hue = color("ink" if other == by else "muted")
        over.plot([low, high], [row, row], color=hue, lw=2.4 if other == by else 1.2)
        over.plot(found, row, "o", ms=8 if other == by else 5, color=hue)
    found = rank_correlation(by, tasks)[0]
    over.set(xlim=(-1.05, 1.05), ylim=(-0.6, len(MEASURES) - 0.4), xlabel="rank correlation, promised to found")
    over.set_xticks([-1, 0, 1], labels=["−1", "0", "1"])
    over.set_yticks(range(len(MEASURES))[::-1], labels=list(MEASURES))
    over.tick_params(axis="y", length=0, labelcolor=color("ink"))
    over.set_title(f"{found:+.2f} over {len(tasks) * len(CELLS)} points".replace("-", "−"))
    return fig


def describe_foretold(by: str, shown: str) -> str:
    tasks = CHOICES[shown]
    found, low, high, chance = rank_correlation(by, tasks)
    others = ", ".join(f"{other} {rank_correlation(other, tasks)[0]:+.2f}" for other in MEASURES if other != by)
    where = "all four tasks" if shown == "all" else TASK_WORDS[shown]
    return (
        f"Accuracy over {MEASURES[by]} at the start, {where}: {len(tasks) * len(CELLS)} points. The rank correlation "
        f"of what the measure promises with what was found is {found:+.2f}, its interval {low:+.2f} to {high:+.2f}; "
        f"{100 * chance:.1f} % of all exchanges of the cells do as well. The other measures: {others}."
    )


learned = explorable(
    draw_learned,
    words=describe_learned,
    name="learned",
    caption="Left: accuracy on 270 validation digits over the updates; green the chosen cell, thin lines its seeds; "
    "grey the means of the others. Right: accuracy on 450 test digits after 500 updates, mean of five seeds with a 95 "
    "% interval (Student's t); orange: logistic regression on the 64 pixels; the grey line is guessing. All cells: 32 "
    "units, 16 digits an update, Adam, clipped at norm 1, a rate chosen at 64 steps.",
    task=Control(TASKS, label="steps"),
    cell=Control(CELLS, label="cell"),
    start={"task": "64", "cell": "IRNN"},
    states={
        "64 steps, IRNN": {},
        "784 steps, LRU": {"task": "784", "cell": "LRU"},
        "784 steps, LSTM": {"task": "784", "cell": "LSTM, bias 1"},
    },
    predict=Prediction(
        question="Gradients of the IRNN reach back without loss, those of the tanh network vanish. Which of the two "
        "reads more digits after 500 updates?",
        choices={
            "The IRNN at 64 steps and at 208": "At 64 steps the tanh network is well ahead. A gradient that arrives is "
            "no use where the state distinguishes nothing.",
            "The tanh network at both": "At 64 steps it is, at 208 it is not: over the blanks it forgets, and the "
            "IRNN does not notice them.",
            "The tanh network at 64 steps, the IRNN at 208": "At 64 steps the last rows suffice for more than the "
            "amount of ink. The blanks take the rows from one and nothing from the other.",
        },
        answer="The tanh network at 64 steps, the IRNN at 208",
        reveal="Compare both cells at both lengths.",
    ),
)

foretold = explorable(
    draw_foretold,
    words=describe_foretold,
    name="foretold",
    caption="Left: accuracy after training over a measure before it, one mark for each cell and task, with 95 % "
    "intervals over five seeds. Right: Spearman's rank correlation between what a measure promises and what was found, "
    "1 if it orders them rightly; lines: 95 % intervals, by drawing the seven cells anew with all their tasks, 2000 "
    "times. Over all tasks 0 is not what chance gives; the text counts that. “readout” was added afterwards.",
    by=Control(list(MEASURES), label="measure"),
    shown=Control(list(CHOICES), label="tasks"),
    start={"by": "far share", "shown": "all"},
    states={
        "far share": {},
        "exponent, 64 steps": {"by": "exponent", "shown": "64"},
        "readout": {"by": "readout"},
    },
)
