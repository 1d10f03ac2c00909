"""The figures of the chapter on exploding gradients: pure functions, a state -> a Figure and its words."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Circle, PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.ticker import NullLocator

from experiments.exploding.cliff import (
    B_RANGE,
    LAST,
    RATES,
    STARTS_B,
    STARTS_W,
    UPDATES,
    W_RANGE,
    T,
    b_star,
    descend,
    end_error,
    longest_step,
)
from experiments.exploding.cliff import THRESHOLDS as CLIFF_THRESHOLDS
from experiments.exploding.cliff import cliff as surface
from experiments.record import RESULTS, load
from minirnn.core.activations import sigmoid
from minirnn.dynamics.bifurcations import sigmoid_folds
from minirnn.dynamics.smoothness import fit_line
from minirnn.figures.explorables import Control, Pad, Prediction, explorable
from minirnn.figures.panels import figure, readable
from minirnn.figures.theme import color, styled

DATA_FILES = tuple(RESULTS / f"{name}.json" for name in ("cliff", "clipping", "smoothness"))

# --- the cliff, with descents over it ---------------------------------------------------------------------------

path = cache(descend)
LEVELS = [0.0, 0.02, 0.06, 0.1, 0.2, 0.3, 0.36, 0.43]
SHADES = [to_rgba(color("muted"), a) for a in (0.0, 0.07, 0.14, 0.22, 0.34, 0.46, 0.58)]


@cache
def landscape() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """w, b and E over the plane of the figure."""
    w, b = np.meshgrid(np.linspace(*W_RANGE, 131), np.linspace(*B_RANGE, 131))
    return w, b, surface(w, b)[0]


def thinned(points: np.ndarray, gap: float = 0.045) -> np.ndarray:
    """The points of a path (K, 2) that lie at least `gap` from the last one kept, and its two ends."""
    kept = [0]
    for k, point in enumerate(points):
        if np.hypot(*(point - points[kept[-1]])) > gap:
            kept.append(k)
    return points[[*kept, len(points) - 1]]


def outcome(run: np.ndarray) -> str:
    """What became of a descent, in a title's few words."""
    return f"longest step {readable(longest_step(run))}, at the end E = {end_error(run):.3f}"


def draw_descent(ax: Axes, run: np.ndarray, hue: str) -> None:
    """The plane with the cliff's line and one path; a step that leaves the plane is cut at its border."""
    ax.contourf(*landscape(), levels=LEVELS, colors=SHADES)
    w = np.linspace(*W_RANGE, 30)
    ax.plot(w, b_star(w), color=color("ink"), lw=1, ls=(0, (4, 3)))
    points = thinned(run[:, :2])
    ax.plot(*points.T, color=color(hue), lw=1.2)
    ax.plot(*run[0, :2], "o", ms=8, mfc=color("paper"), mec=color(hue), mew=2)
    ax.set(xlim=W_RANGE, ylim=B_RANGE, xlabel="weight w", xticks=[5, 6, 7], yticks=[-3, -2.5, -2])


@styled
def draw_cliff(w: float, b: float, rate: float, threshold: float) -> Figure:
    """Descents from one start side by side: as the gradient says, and clipped by norm."""
    fig, (free, clipped) = figure(7.2, 3.9, 1, 2, sharey=True, margins=(0.7, 0.55, 0.2, 0.55), gaps=(0.3, 0))
    runs = path(w, b, rate), path(w, b, rate, threshold)
    for ax, run, hue, name in zip(
        (free, clipped), runs, ("exploding", "critical"), ("No clipping", f"Clipped at {threshold:g}"), strict=True
    ):
        draw_descent(ax, run, hue)
        ax.set_title(f"{name}:\n{outcome(run)}", color=color(hue), fontsize=11, linespacing=1.35)
    free.set_ylabel("bias b")
    free.text(6.95, -1.92, "E ≈ 0.08", ha="right", color=color("muted"), fontsize=9.5)
    free.text(5.22, -2.42, "E ≈ 0", ha="center", color=color("muted"), fontsize=9.5)
    for ax in (free, clipped):
        ax.text(5.98, -3.12, "b*(w)", color=color("ink"), fontsize=9.5, style="italic")
    free.text(4.56, -3.14, "E ≈ 0.4", ha="left", color=color("ink"), fontsize=9.5)
    return fig


def describe_cliff(w: float, b: float, rate: float, threshold: float) -> str:
    free, clipped = path(w, b, rate), path(w, b, rate, threshold)
    return (
        "Two panels of the loss over w and b with a sharp edge along a falling line. Both descents start at w = "
        f"{w:g}, b = {b:g} with rate {rate:g} and make {UPDATES} updates. Without clipping: {said(free)}. Clipped "
        f"at {threshold:g}: {said(clipped)}."
    )


def said(run: np.ndarray) -> str:
    """What became of a descent, in words."""
    w, b, _ = run[-1]
    return (
        f"the longest step has length {longest_step(run):.2g}, the end is w = {w:.2f}, b = {b:.2f} with a mean "
        f"error of {end_error(run):.3f} over the last {LAST} updates"
    )


cliff = explorable(
    draw_cliff,
    words=describe_cliff,
    name="cliff",
    caption=f"The error E = (σ(x_{{50}}) − 0.7)² of one sigmoid unit after {T} steps from x_0 = 0.5; the stronger "
    f"the shade, the larger. Dashed: b*(w), where the start is a fixed point. Ring: start; drag it. {UPDATES} "
    "updates of gradient descent; some points of a path are left out where they lie close. A line that leaves the "
    "picture is a step that does.",
    w=Control(STARTS_W, label="start, weight w"),
    b=Control(STARTS_B, label="start, bias b"),
    rate=Control(RATES, label="learning rate"),
    threshold=Control(CLIFF_THRESHOLDS, label="threshold"),
    start={"w": 5.8, "b": -2.4, "rate": 0.2, "threshold": 1.0},
    pad=Pad("w", "b"),
    states={"from the valley": {"w": 5.3, "b": -2.4}, "from the high side": {"w": 5.3, "b": -3.0}},
)

# --- the basin boundary and the folds -----------------------------------------------------------------------------

WEIGHT, WINDOW = 5.0, (-2.9, -2.1)
TRAINED_FROM, TRAINED_RATE = -2.3, 0.2


@cache
def branches() -> list[tuple[np.ndarray, np.ndarray]]:
    """(b, x*) along the lower stable, the unstable and the upper stable branch at w = 5."""
    low, high = sigmoid_folds(WEIGHT)[0]
    pieces = np.linspace(-5, low, 80), np.linspace(low, high, 60), np.linspace(high, 5, 80)
    return [(x - WEIGHT * sigmoid(x), x) for x in pieces]


@cache
def slope_over_b(x0: float, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """b, and |∂E/∂b| there; more points around the basin boundary, where it changes within 1e-6."""
    near = np.geomspace(1e-8, 3e-2, 60)
    b = np.linspace(*WINDOW, 401)
    if abs(x0) < sigmoid_folds(WEIGHT)[0][1]:
        border = x0 - WEIGHT * float(sigmoid(x0))
        b = np.sort(np.concatenate([b, [border], border - near, border + near]))
    return b, np.abs(surface(WEIGHT, b, steps, x0)[2])


@cache
def training_in_b(x0: float, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """(b_k, x_T) over 40 updates of descent in b alone, clipped at 0.1, from b = -2.3."""
    b = [TRAINED_FROM]
    for _ in range(40):
        g = float(surface(WEIGHT, b[-1], steps, x0)[2])
        b.append(b[-1] - TRAINED_RATE * np.clip(g, -0.1, 0.1))
    return np.array(b), surface(WEIGHT, np.array(b), steps, x0)[3]


@styled
def draw_boundary(x0: float, steps: int, k: int) -> Figure:
    """Fixed points over b with the folds and a training path; below it the slope of the loss over the same b."""
    fig, (top, below) = figure(
        7.2, 4.5, 2, 1, sharex=True, margins=(0.75, 0.5, 0.2, 0.35), gaps=(0, 0.45), height_ratios=[1.25, 1]
    )
    for i, (b, x) in enumerate(branches()):
        top.plot(b, x, color=color("muted"), lw=1.6, ls=(0, (4, 3)) if i == 1 else "-")
    top.axhline(x0, color=color("exploding"), lw=1)
    top.text(WINDOW[0] + 0.006, x0 + 0.15, f"start x₀ = {x0:g}", color=color("exploding"), fontsize=10.5)
    b, x = (values[: k + 1] for values in training_in_b(x0, steps))
    top.plot(b, x, "o", ms=3.5, color=color("critical"))
    top.plot(b[-1], x[-1], "o", ms=9, color=color("critical"))
    top.set(ylabel="state x", ylim=(-3.2, 3.2), yticks=[-2, 0, 2], xlim=WINDOW)
    grid, slope = slope_over_b(x0, steps)
    peak, at = slope.max(), grid[slope.argmax()]
    top.set_title(
        f"After {k} updates: b = −{-b[-1]:.3f}, x = {x[-1]:.2f} after {steps} steps".replace("-", "−"),
        color=color("critical"),
    )
    below.semilogy(grid, slope, color=color("exploding"), lw=1.4)
    below.set(ylabel="|∂E/∂b|", xlabel="bias b", ylim=(1e-4, 1e8), yticks=[1e-2, 1, 1e2, 1e4, 1e6])
    below.yaxis.set_minor_locator(NullLocator())
    below.set_title(f"Steepest: {readable(peak)} at b = −{-at:.3f}", color=color("exploding"))
    for name, fold in zip(("fold", "fold"), sigmoid_folds(WEIGHT)[1], strict=True):
        for ax in (top, below):
            ax.axvline(fold, color=color("line"), lw=1, zorder=0)
        below.text(fold + 0.008, 1e7, name, color=color("muted"), fontsize=10)
    return fig


def describe_boundary(x0: float, steps: int, k: int) -> str:
    grid, slope = slope_over_b(x0, steps)
    at_folds = np.interp(np.sort(sigmoid_folds(WEIGHT)[1]), grid, slope)
    b, x = training_in_b(x0, steps)
    inside = abs(x0) < sigmoid_folds(WEIGHT)[0][1]
    border = f"at b = {x0 - WEIGHT * float(sigmoid(x0)):.3f}" if inside else "nowhere"
    return (
        "Fixed points over b for w = 5: an S of two stable branches and an unstable one between folds at b = "
        f"-2.656 and -2.344. The start x0 = {x0:g} meets the unstable branch {border}. Below, the slope of the "
        f"loss after {steps} steps: at most {slope.max():.2g}, at b = {grid[slope.argmax()]:.3f}; at the folds "
        f"{at_folds[0]:.2g} and {at_folds[1]:.2g}. After {k} updates training is at b = {b[k]:.3f} and x = "
        f"{x[k]:.2f}."
    )


boundary = explorable(
    draw_boundary,
    words=describe_boundary,
    name="boundary",
    caption="Above: fixed points of x ← 5σ(x) + b (solid stable, dashed unstable), the start (orange line) and the "
    "state that it reaches (green) while b is trained for the target 0.7 by descent at rate 0.2, clipped at 0.1. "
    "Below: the slope of the error over the same b. Grey lines: the folds.",
    x0=Control([-2.0, -0.5, 0.5, 2.0], label="start x₀"),
    steps=Control([25, 50, 100], label="steps T"),
    k=Control([0, 3, 10, 16, 18, 19, 20, 40], label="update", play=True),
    start={"x0": 0.5, "steps": 50, "k": 10},
    states={"before the cliff": {"k": 16}, "over it": {"k": 20}},
    predict=Prediction(
        question="w = 5, x₀ = 0.5. Training lowers b from -2.3. At b = -2.344 a second stable state is born, at "
        "-2.656 the first one dies: two bifurcations. Where is the gradient largest?",
        choices={
            "at b = -2.344, where a state is born": "The new state is far from where the network is, which does "
            "not notice: the slope there is ordinary.",
            "at b = -2.656, where a state dies": "By then the start has long been on the other side, on its way to "
            "the lower state.",
            "somewhere between, where nothing bifurcates": "Yes: where the start lies on the unstable state, the "
            "border between the two basins.",
        },
        answer="somewhere between, where nothing bifurcates",
    ),
)

# --- three clips -----------------------------------------------------------------------------------------------------

CLIPS = {"norm": "critical", "value": "exploding", "adaptive": "vanishing"}
LENGTH, ROWS = 5.0, np.array([2.0, 0.5])  # of the drawn vector; norms of its two weights


def clipped_vector(g: np.ndarray, threshold: float) -> dict[str, np.ndarray]:
    """The vector g (2,) after each clip: bound threshold/√2 by value, λ = threshold/2 for the adaptive one."""
    limits = threshold / 2 * ROWS
    return {
        "norm": g * min(1.0, threshold / float(np.linalg.norm(g))),
        "value": np.clip(g, -threshold / np.sqrt(2), threshold / np.sqrt(2)),
        "adaptive": np.clip(g, -limits, limits),
    }


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def history(kind: str, threshold: float) -> tuple[np.ndarray, np.ndarray]:
    """Norms and cosines of the kept gradients of a real run after a clip."""
    size, cos = load_once("clipping")["results"]["clips"][f"{kind}, {threshold:g}"]
    return np.array(size), np.array(cos)


@cache
def load_once(name: str) -> dict[str, Any]:
    return load(name)


@styled
def draw_clips(angle: int, threshold: float) -> Figure:
    """One vector after three clips, and what each makes of the gradients of a run: norm and direction."""
    fig, grid = figure(
        7.2, 3.4, 2, 2, margins=(0.55, 0.5, 0.9, 0.4), gaps=(0.75, 0.35), width_ratios=[1, 1.25], sharex="col"
    )
    for ax in grid[:, 0]:
        ax.remove()
    plane = fig.add_subplot(grid[0, 0].get_gridspec()[:, 0])
    g = LENGTH * np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    plane.add_patch(Circle((0, 0), threshold, fc="none", ec=color("critical"), lw=0.9, ls=(0, (3, 3))))
    side = threshold / np.sqrt(2)
    plane.add_patch(
        Rectangle((-side, -side), 2 * side, 2 * side, fc="none", ec=color("exploding"), lw=0.9, ls=(0, (3, 3)))
    )
    arrow(plane, g, "line", 2.4)
    for kind, v in clipped_vector(g, threshold).items():
        arrow(plane, v, CLIPS[kind], 1.8)
    plane.set(
        xlim=(-0.4, 5.4), ylim=(-0.4, 5.4), xlabel="entry 1", ylabel="entry 2", xticks=[0, 2, 4], yticks=[0, 2, 4]
    )
    plane.set_aspect("equal", anchor="NW")
    plane.set_title("One vector of length 5")
    size, direction = grid[:, 1]
    before = np.array(load_once("clipping")["results"]["clips"]["before"])
    updates = 2 * np.arange(len(before))
    size.semilogy(updates, before, color=color("line"), lw=1)
    ends = {}
    for kind, hue in CLIPS.items():
        norms, cosines = history(kind, threshold)
        size.semilogy(updates, norms, color=color(hue), lw=1.2)
        direction.plot(updates, cosines, color=color(hue), lw=1.2)
        ends[kind] = norms[-20:].mean()
    size.set(ylabel="norm", ylim=(0.04, 40), yticks=[0.1, 1, 10], yticklabels=["0.1", "1", "10"])
    size.yaxis.set_minor_locator(NullLocator())
    size.set_title("The gradients of a run")
    direction.set(ylabel="cosine to before", ylim=(0.45, 1.04), yticks=[0.5, 1], xlabel="update", xlim=(0, 400))
    for (kind, hue), y in zip(CLIPS.items(), (0.95, 0.75, 0.55), strict=True):
        word = {"norm": "by norm", "value": "by value", "adaptive": "adaptive"}[kind]
        size.text(1.03, y, word, transform=size.transAxes, color=color(hue), weight=600, fontsize=10.5)
    size.text(1.03, 0.35, "before", transform=size.transAxes, color=color("muted"), fontsize=10.5)
    return fig


def arrow(ax: Axes, v: np.ndarray, hue: str, width: float) -> None:
    """An arrow from the origin."""
    ax.annotate(
        "",
        v,
        (0, 0),
        arrowprops={"arrowstyle": "-|>", "color": color(hue), "lw": width, "shrinkA": 0, "shrinkB": 0},
    )


def describe_clips(angle: int, threshold: float) -> str:
    g = LENGTH * np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    parts = [
        f"{name} to length {np.linalg.norm(v):.2f}, turned by "
        f"{np.degrees(np.arccos(min(1.0, cosine(g, v)))):.0f} degrees"
        for name, v in clipped_vector(g, threshold).items()
    ]
    means = [f"{kind} {history(kind, threshold)[1].mean():.2f}" for kind in CLIPS]
    return (
        f"Threshold {threshold:g}. A vector of length 5 at {angle} degrees is clipped by {'; '.join(parts)}. "
        f"On the gradients of a run the mean cosine between before and after is: {', '.join(means)}."
    )


clips = explorable(
    draw_clips,
    words=describe_clips,
    name="clips",
    caption="Left: a vector (grey) after three clips. By value with bound threshold/√2, so that its box (dashed) "
    "lies in the disc of the clip by norm; adaptive with λ = threshold/2 and two rows of weights of norms 2 and "
    "0.5. Right: every second gradient of 400 updates of a tanh network on temporal order (seed 0, the experiment "
    "“clipping”): bound threshold/√P for P parameters; λ = threshold/10.",
    angle=Control([0, 10, 20, 30, 45, 60, 80], label="direction", unit="°"),
    threshold=Control([0.3, 1.0, 3.0, 10.0], label="threshold"),
    start={"angle": 20, "threshold": 3.0},
    states={"threshold 1": {"threshold": 1.0}, "threshold 10": {"threshold": 10.0}},
)

# --- local smoothness against gradient norm ------------------------------------------------------------------------

STAGES = {
    "all": slice(None),
    "first": slice(0, 33),
    "middle": slice(33, 67),
    "last": slice(67, None),
}

TASKS = {"order": "temporal order", "adding": "adding"}  # links hold the keys, which have no blanks


def points(task: str) -> tuple[np.ndarray, np.ndarray]:
    """log10 of norm and of local smoothness, (seeds, measurements)."""
    runs = load_once("smoothness")["results"][TASKS[task]]
    return np.log10([run["norm"] for run in runs]), np.log10([run["smoothness"] for run in runs])


def fit(task: str, stage: str) -> tuple[float, float, float]:
    """Slope, intercept and correlation over all seeds within a stage of training."""
    x, y = (values[:, STAGES[stage]].ravel() for values in points(task))
    return fit_line(x, y)


def dots(ax: Axes, x: np.ndarray, y: np.ndarray, hue: str, size: float) -> None:
    """Points as one path of strokes too short to see, with round ends: markers weigh ten times as much."""
    strokes = np.stack([np.stack([x, y], 1), np.stack([x + 0.01, y], 1)], 1).reshape(-1, 2)
    path = Path(strokes, np.tile([Path.MOVETO, Path.LINETO], len(x)))
    path.should_simplify = False
    ax.add_patch(PathPatch(path, ec=color(hue), fc="none", lw=size, capstyle="round"))


@styled
def draw_smooth(task: str, stage: str) -> Figure:
    """The scatter of local smoothness over norm with its line, and both over the updates of one run."""
    x, y = points(task)
    slope, intercept, r = fit(task, stage)
    fig, (scatter, time) = figure(7.2, 3.6, 1, 2, margins=(0.65, 0.5, 0.95, 0.4), gaps=(0.75, 0))
    dots(scatter, x.ravel(), y.ravel(), "line", 2.5)
    chosen = x[:, STAGES[stage]].ravel(), y[:, STAGES[stage]].ravel()
    dots(scatter, *chosen, "vanishing", 3.0)
    ends = np.array([chosen[0].min(), chosen[0].max()])
    scatter.plot(ends, intercept + slope * ends, color=color("ink"), lw=1.5)
    powers = {"xticks": [-2, -1, 0, 1], "xticklabels": ["0.01", "0.1", "1", "10"]}
    scatter.set(xlabel="gradient norm", ylabel="local smoothness L̂", xlim=(-2.3, 2.05), ylim=(-1.4, 3.6), **powers)
    scatter.set_yticks([-1, 0, 1, 2, 3], labels=["0.1", "1", "10", "100", "1000"])
    scatter.set_title(f"slope {slope:.2f}, correlation {r:.2f}", color=color("vanishing"))
    updates = load_once("smoothness")["settings"]["every"] * np.arange(x.shape[1])
    time.plot(updates, y[0], color=color("vanishing"), lw=1.3)
    time.plot(updates, x[0], color=color("exploding"), lw=1.3)
    span = updates[STAGES[stage]]
    time.axvspan(span[0], span[-1], color=color("line"), alpha=0.3, lw=0)
    for values, text, hue in ((y, "L̂", "vanishing"), (x, "norm", "exploding")):
        time.annotate(text, (updates[-1], values[0, -8:].mean()), (6, 0), textcoords="offset points", va="center",
                      color=color(hue), weight=600, annotation_clip=False)  # fmt: skip
    time.set(xlabel="update", xlim=(0, updates[-1]), ylim=(-2.3, 3.6))
    time.set_yticks([-2, -1, 0, 1, 2, 3], labels=["0.01", "0.1", "1", "10", "100", "1000"])
    time.set_title("One run")
    return fig


def describe_smooth(task: str, stage: str) -> str:
    x, y = (values[:, STAGES[stage]] for values in points(task))
    slope, _, r = fit(task, stage)
    return (
        f"Task {TASKS[task]}, third of training: {stage}. On logarithmic axes {x.size} points of {len(x)} runs; "
        f"norms from {10 ** x.min():.2g} to {10 ** x.max():.2g}, local smoothness from {10 ** y.min():.2g} to "
        f"{10 ** y.max():.2g}. The fitted line has slope {slope:.2f}; the correlation is {r:.2f}."
    )


def smooth_caption() -> str:
    s = load_once("smoothness")["settings"]
    return (
        "Local smoothness along the update against the gradient's norm, both on one fixed batch of "
        f"{s['measured_on']} sequences, every {s['every']} updates of {s['updates']}; {len(s['seeds'])} seeds of a "
        f"tanh network of {s['n']} units at T = 20 (SGD, rate {s['lr']}, clipped at {s['clip']:g}). Right: the run "
        "of seed 0. Zhang et al. measured LSTM language models; this is a small RNN."
    )


smooth = explorable(
    draw_smooth,
    words=describe_smooth,
    name="smooth",
    caption=smooth_caption(),
    task=Control(list(TASKS), label="task"),
    stage=Control(list(STAGES), label="third of training"),
    states={"temporal order": {}, "adding": {"task": "adding"}},
)

# --- threshold against success -------------------------------------------------------------------------------------

SETTINGS = {c: f"clip {c}" for c in ("0.1", "0.3", "1", "3", "10")} | {"none": "no clip"}


def wilson(successes: int, runs: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % Wilson interval of a proportion."""
    p, scale = successes / runs, 1 + z**2 / runs
    half = z * np.sqrt(p * (1 - p) / runs + z**2 / (4 * runs**2)) / scale
    return float((p + z**2 / (2 * runs)) / scale - half), float((p + z**2 / (2 * runs)) / scale + half)


def runs_of(name: str) -> list[dict[str, Any]]:
    return load_once("clipping")["results"]["runs"][name]


def solved(name: str) -> list[int]:
    """Updates that the successful runs of a setting needed."""
    return [run["solved"] for run in runs_of(name) if run["solved"] is not None]


@styled
def draw_threshold(threshold: str) -> Figure:
    """Share of runs that succeed, over the threshold; and the norms of two runs at the chosen one."""
    fig, (share, norms) = figure(7.2, 3.5, 1, 2, margins=(0.65, 0.5, 0.3, 0.4), gaps=(0.8, 0))
    chosen = SETTINGS[threshold]
    for i, name in enumerate(SETTINGS.values()):
        runs, good = len(runs_of(name)), len(solved(name))
        hue = color("critical" if name == chosen else "muted")
        share.plot([i, i], [100 * v for v in wilson(good, runs)], color=hue, lw=1.3)
        share.plot(i, 100 * good / runs, "o", ms=9 if name == chosen else 6, color=hue)
    share.set(
        xlabel="threshold", ylabel="runs that succeed, %", ylim=(-4, 104), xlim=(-0.5, 5.5), yticks=[0, 50, 100]
    )
    share.set_xticks(range(6), labels=list(SETTINGS))
    good = solved(chosen)
    needed = f", median {np.median(good):.0f} updates" if good else ""
    share.set_title(f"{len(good)} of {len(runs_of(chosen))}{needed}", color=color("critical"))
    for run, hue in zip(runs_of(chosen)[:2], ("muted", "critical"), strict=True):
        norms.semilogy(1 + 10 * np.arange(len(run["norm"])), run["norm"], color=color(hue), lw=0.9)
    if threshold != "none":
        norms.axhline(float(threshold), color=color("ink"), lw=1, ls=(0, (4, 3)))
    norms.set(
        xlabel="update", ylabel="gradient norm before the clip", ylim=(0.02, 200), xlim=(1, 4000), xscale="log"
    )
    norms.set_xticks([1, 10, 100, 1000], labels=["1", "10", "100", "1000"])
    norms.set_yticks([0.1, 1, 10, 100], labels=["0.1", "1", "10", "100"])
    for axis in (norms.xaxis, norms.yaxis):
        axis.set_minor_locator(NullLocator())
    norms.set_title("Two of the runs")
    return fig


def describe_threshold(threshold: str) -> str:
    chosen = SETTINGS[threshold]
    good, runs = solved(chosen), runs_of(chosen)
    low, high = wilson(len(good), len(runs))
    needed = f" They needed {np.median(good):.0f} updates in the median." if good else ""
    clipped = [run["clipped"] for run in runs]
    often = "" if clipped[0] is None else f" {100 * np.mean(clipped):.0f} percent of the gradients were clipped."
    return (
        f"Setting: {chosen}. {len(good)} of {len(runs)} runs succeed (95 percent interval {100 * low:.0f} to "
        f"{100 * high:.0f} percent).{needed}{often} The largest gradient norm of all runs was "
        f"{max(run['largest_norm'] for run in runs):.0f}."
    )


def threshold_caption() -> str:
    s = load_once("clipping")["settings"]
    return (
        f"Temporal order, {s['L']} steps, tanh network of {s['n']} units, SGD with rate {s['lr']}, batch "
        f"{s['batch']}, at most {s['updates']} updates, {len(s['seeds'])} seeds. Success: below 1 % error on 10 "
        f"000 fresh sequences, asked every {s['test_every']} updates. Bars: 95 % Wilson intervals. Right: norms "
        "every 10 updates of seeds 0 and 1; dashed, the threshold. The paper's rate is 0.01, its budget 5 million "
        "updates."
    )


threshold = explorable(
    draw_threshold,
    words=describe_threshold,
    name="threshold",
    caption=threshold_caption(),
    threshold=Control(list(SETTINGS), label="threshold"),
    start={"threshold": "1"},
    states={"threshold 1": {}, "no clip": {"threshold": "none"}},
)
