"""The figures of the chapter on memory and control: pure functions, a state -> a Figure and its words."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import NullFormatter, NullLocator
from scipy.integrate import solve_ivp

from experiments.record import RESULTS, load
from minirnn.core.activations import sigmoid
from minirnn.figures.explorables import Control, Prediction, explorable
from minirnn.figures.panels import figure, label_line, readable
from minirnn.figures.theme import color, styled

RECORDS = ("delayed_cue", "small_steps", "gradient_noise", "sampled_cue", "critic")
DATA_FILES = tuple(RESULTS / f"{n}.json" for n in RECORDS)

POLICIES = {
    "r0.5": "r = 0.5",
    "r0.9": "r = 0.9",
    "r1": "r = 1",
    "GRU": "GRU",
    "LRU": "LRU",
}
METHODS = {"PG": "vanishing", "NPG, damped": "critical", "NPG": "exploding"}
LABELS = {"PG": "PG", "NPG, damped": "NPG 1e-4", "NPG": "NPG 1e-8"}
LENGTHS = [5, 10, 20, 40, 80]
P = 0.9


def decades(axis: Axis, low: int, high: int, step: int = 1) -> None:
    """Ticks of a logarithmic axis at every `step`-th power of ten; no minor ones."""
    exponents = range(low, high + 1, step)
    labels = [str(10**e) if 0 <= e <= 3 else f"$10^{{{e}}}$" for e in exponents]
    axis.set_ticks([10.0**e for e in exponents], labels=labels)
    axis.set_minor_locator(NullLocator())


def plain_ticks(axis: Axis, values: list[int]) -> None:
    """These ticks, as they are written, on a logarithmic axis."""
    axis.set_ticks(values, labels=[f"{v:g}" for v in values])
    axis.set_minor_formatter(NullFormatter())
    axis.set_minor_locator(NullLocator())


# --- the corridor, and what is left of the cue along it --------------------------------------------------------

STAGES = {"before": "start", "PG": "PG", "NPG": "NPG, damped"}
STAGE_WORDS = {
    "before": "before training",
    "PG": "trained by the gradient",
    "NPG": "trained by the natural gradient",
}


@cache
def small() -> dict[str, Any]:
    return load("small_steps")["results"]


def trace(policy: str, L: int, trained: str) -> tuple[np.ndarray, float] | None:
    """How far apart the states of both cues are, relative to the first step; the chance of the turn that was seen.
    None if the run diverged."""
    one = small()["trace"][POLICIES[policy]][STAGES[trained]][LENGTHS.index(L)]
    return None if one["right"] is None else (np.array(one["apart"]), one["right"])


def draw_maze(ax: Axes, kept: np.ndarray, right: float, hue: str) -> None:
    """Cells as dark as what is left of the cue, a junction, and a share of each turn."""
    cells = len(kept)
    width = 88 / cells
    for i, value in enumerate(kept):
        shade = np.clip(1 + np.log10(max(value, 1e-12)) / 4, 0.03, 1)
        ax.add_patch(Rectangle((i * width, 4), width, 4, fc=color(hue), alpha=shade, lw=0))
    ax.plot([0, 88, 88], [4, 4, 0.5], color=color("muted"), lw=1.2)
    ax.plot([0, 0, 88, 88], [4, 8, 8, 11.5], color=color("muted"), lw=1.2)
    ax.plot([94, 94], [0.5, 11.5], color=color("muted"), lw=1.2)
    for end, share, hue_ in ((11.0, right, "critical"), (1.0, 1 - right, "exploding")):
        tip = 6 + (end - 6) * 0.9
        ax.annotate(
            "",
            (91, tip),
            (91, 6),
            arrowprops=dict(arrowstyle="-|>", color=color(hue_), lw=0.6 + 3.4 * share, shrinkA=0, shrinkB=0),
        )
        ax.text(96, tip, f"{100 * share:.0f} %", va="center", color=color(hue_), weight=600)
    ax.text(-1, 6, "cue", ha="right", va="center", color=color("ink"), weight=600)
    ax.set(xlim=(-10, 108), ylim=(0, 12))
    ax.axis("off")


@styled
def draw_corridor(L: int, policy: str, trained: str) -> Figure:
    """The corridor, shaded by what is left of the cue; and the same on a logarithmic axis."""
    found, t = trace(policy, L, trained), np.arange(L + 1)
    fig, (top, ax) = figure(4.9, 3.6, 2, 1, margins=(0.7, 0.5, 0.1, 0.35), gaps=(0, 0.4), height_ratios=[1, 2.3])
    for other in POLICIES:
        if line := trace(other, L, trained):
            ax.semilogy(t, np.maximum(line[0], 1e-9), color=color("line"), lw=1)
    if found is None:
        draw_maze(top, np.zeros(L + 1), 0.5, "vanishing")
        top.set_title("This run diverged", color=color("exploding"))
    else:
        kept, right = found
        draw_maze(top, kept, right, "vanishing")
        top.set_title(f"The turn that was seen: {100 * right:.1f} %")
        ax.semilogy(t, np.maximum(kept, 1e-9), color=color("vanishing"), lw=2.4)
        ax.plot(L, max(kept[-1], 1e-9), "o", color=color("vanishing"), ms=7)
        text = POLICIES[policy] + ("" if kept[-1] > 1e-8 else " ↓")
        label_line(ax, 1.035 * L, max(kept[-1], 3e-8), text, "vanishing", va="center")
    ax.set(xlim=(-0.02 * L, 1.17 * L), ylim=(1e-8, 1e2), yscale="log", xlabel="steps since the cue")
    ax.set_ylabel("what is left of it")
    decades(ax.yaxis, -8, 2, 2)
    ax.set_xticks([0, L // 5, 2 * L // 5, 3 * L // 5, 4 * L // 5, L])
    return fig


def describe_corridor(L: int, policy: str, trained: str) -> str:
    found = trace(policy, L, trained)
    what = f"A corridor of {L} cells between a cue and a junction, walked by {POLICIES[policy]}, {STAGE_WORDS[trained]}"
    if found is None:
        return f"{what}: the run diverged."
    kept, right = found
    return (
        f"{what}. The cells are as dark as the states of the two cues are far apart. After {L} steps {kept[-1]:.2g} "
        f"of the distance at the first step is left. The turn that was seen is chosen with probability {right:.3f}, "
        f"the other with {1 - right:.3f}."
    )


corridor = explorable(
    draw_corridor,
    words=describe_corridor,
    name="corridor",
    caption="A cue at the start of a corridor says which turn will pay, and is wrong once in ten times. Above: each "
    "cell as dark as what is left of the cue in the policy's state, and how often it takes the turn that was seen "
    "(green). Below: the distance between the states of the two cues, relative to the first step (grey: the other "
    "policies). r0.5, r0.9, r1: IndRNNs of tanh units whose recurrent weights start at r. One seed; NPG is the "
    "natural gradient with κ = 1e-4; step sizes are at most 1.",
    L=Control(LENGTHS, label="corridor L", unit="cells"),
    policy=Control(list(POLICIES), label="policy"),
    trained=Control(list(STAGES), label="trained"),
    start={"L": 20, "policy": "r0.5", "trained": "before"},
    states={
        "r = 0.5, before": {},
        "r = 0.5, natural gradient": {"trained": "NPG"},
        "r = 1, gradient": {"policy": "r1", "trained": "PG"},
    },
)

# --- one unit, solved exactly ---------------------------------------------------------------------------------

STEPS, DAMPINGS, LAMBDAS, SIZE = (
    [1, 5, 10, 20, 30, 40, 60, 80],
    [1e-2, 1e-4, 1e-8, 1e-12],
    [0.5, 0.7, 0.9, 1.0],
    0.3,
)


def log_odds(theta: np.ndarray, L: int) -> tuple[float, np.ndarray]:
    """s = v u λ^L and its gradient in θ = (v, u, λ)."""
    v, u, lam = theta
    kept = lam**L
    return v * u * kept, np.array([u * kept, v * kept, L * v * u * lam ** (L - 1)])


def information(theta: np.ndarray, L: int) -> float:
    """q = σ'(s)‖∇s‖², the one eigenvalue of the Fisher matrix that is not 0."""
    s, gradient = log_odds(theta, L)
    return float(sigmoid(s) * sigmoid(-s) * gradient @ gradient)


def speed(theta: np.ndarray, L: int, damping: float | None) -> float:
    """ds/dt of the gradient flow, or with a damping of the natural one."""
    q = information(theta, L)
    return (2 * P - 1) * (q if damping is None else q / (damping + q))


@cache
def learning(lam: float, L: int, damping: float | None) -> tuple[np.ndarray, np.ndarray]:
    """J along the flow from v = u = SIZE at 80 times from 0.1 to 1e8, until J is 0.89."""

    def slope(t: float, theta: np.ndarray) -> np.ndarray:
        s, gradient = log_odds(theta, L)
        q = sigmoid(s) * sigmoid(-s)
        size = 1.0 if damping is None else 1 / (damping + q * gradient @ gradient)
        return (2 * P - 1) * q * size * gradient

    def far(t: float, theta: np.ndarray) -> float:
        return log_odds(theta, L)[0] - 4.5

    far.terminal = True  # type: ignore[attr-defined]
    t = np.geomspace(0.1, 1e8, 80)
    found = solve_ivp(
        slope, (0, 1e8), [SIZE, SIZE, lam], method="LSODA", rtol=1e-6, atol=1e-12, events=far, dense_output=True
    )
    end = found.t[-1]
    s = np.array([log_odds(found.sol(min(time, end)), L)[0] for time in t])
    return t, 1 - P + (2 * P - 1) * sigmoid(s)


@styled
def draw_scalar(L: int, lam: float, damping: float) -> Figure:
    """How fast the log-odds move at the start, over L; and J over the time of both flows."""
    fig, (ax, over) = figure(7.2, 3.5, 1, 2, margins=(0.7, 0.5, 0.2, 0.4), gaps=(0.8, 0))
    start, lengths = np.array([SIZE, SIZE, lam]), np.arange(1, 81)
    for kappa, hue in ((None, "vanishing"), (damping, "critical")):
        rate = np.array([speed(start, n, kappa) for n in lengths])
        ax.semilogy(lengths, np.maximum(rate, 1e-30), color=color(hue))
        ax.plot(L, max(speed(start, L, kappa), 1e-30), "o", ms=7, color=color(hue))
        t, J = learning(lam, L, kappa)
        over.semilogx(t, J, color=color(hue), lw=2.2)
    wall = reach(lam, damping)
    if wall < 80:
        ax.axvline(wall, color=color("exploding"), lw=1.2)
        label_line(ax, wall + 1.5, 4e1, f"q = κ at L = {wall:.0f}", "exploding", va="center")
    ax.set(xlim=(0, 82), ylim=(1e-12, 3e2), xlabel="blank steps L", ylabel="speed of the log-odds")
    decades(ax.yaxis, -12, 0, 3)
    ax.set_xticks([0, 20, 40, 60, 80])
    slow, fast = speed(start, L, None), speed(start, L, damping)
    ax.set_title(f"At the start: {readable(slow)} and {readable(fast)}")
    over.axhline(P, color=color("line"), lw=1)
    over.set(xlim=(0.1, 1e8), ylim=(0.47, 0.93), xlabel="time of the flow", ylabel="expected reward J")
    decades(over.xaxis, 0, 8, 2)
    over.set_yticks([0.5, 0.7, 0.9])
    over.set_title("Blue: gradient. Green: natural")
    return fig


def reach(lam: float, damping: float) -> float:
    """The length at which q = κ at the start; inf if it stays above."""
    start = np.array([SIZE, SIZE, lam])
    lengths = np.arange(1, 400)
    q = np.array([information(start, L) for L in lengths])
    below = np.flatnonzero(q < damping)
    return float(lengths[below[0]]) if len(below) else np.inf


def time_to(lam: float, L: int, damping: float | None, wanted: float = 0.86) -> float:
    """When J first exceeds `wanted`; inf if not by 1e8."""
    t, J = learning(lam, L, damping)
    if not (wanted < J).any():
        return np.inf
    after = int(np.argmax(wanted < J))
    return float(np.interp(wanted, J[after - 1 : after + 1], t[after - 1 : after + 1])) if after else float(t[0])


def describe_scalar(L: int, lam: float, damping: float) -> str:
    start = np.array([SIZE, SIZE, lam])
    times = [time_to(lam, L, kappa) for kappa in (None, damping)]
    said = [f"at {t:.2g}" if np.isfinite(t) else "not by ten to the 8" for t in times]
    wall = reach(lam, damping)
    where = f"at L = {wall:.0f}" if wall < 80 else "beyond 80 steps"
    return (
        f"One linear unit with multiplier {lam:g} and a cue {L} steps ago. The log-odds move with speed "
        f"{speed(start, L, None):.2g} along the gradient and {speed(start, L, damping):.2g} along the natural "
        f"gradient with damping {damping:g}; its Fisher information falls below the damping {where}. The expected "
        f"reward exceeds 0.86 {said[0]} along the gradient, {said[1]} along the natural one."
    )


scalar = explorable(
    draw_scalar,
    words=describe_scalar,
    name="scalar",
    caption="One linear unit with the log-odds v·u·λ to the power L for what was seen, all three learned from v = "
    "u = 0.3. Left: how fast the log-odds move at the start, over L (blue: gradient, green: natural gradient with "
    "damping κ; orange: where the Fisher information q falls below κ). Right: the expected reward along both "
    "flows.",
    L=Control(STEPS, label="blank steps L", unit="steps"),
    lam=Control(LAMBDAS, label="multiplier λ"),
    damping=Control(DAMPINGS, label="damping κ", format=".0e"),
    start={"L": 10, "lam": 0.7, "damping": 1e-4},
    states={
        "10 steps": {},
        "40 steps": {"L": 40},
        "40 steps, κ = 1e-12": {"L": 40, "damping": 1e-12},
    },
    predict=Prediction(
        question="λ = 0.7 and a damping of 1e-4. The cue moves from 10 to 40 steps ago. What becomes of the "
        "natural gradient's speed?",
        choices={
            "It stays the same": "It would without damping, for then it does not depend on L at all.",
            "It falls by a factor of about 4": "That would be in proportion to the length. The memory falls "
            "geometrically.",
            "It falls by a factor of a million or more": "Beyond the wall the damping wins, and what is left is "
            "the gradient, divided by κ.",
        },
        answer="It falls by a factor of a million or more",
        reveal="The wall stands where the Fisher information, which holds λ to the 2L, falls below κ.",
    ),
)

# --- success over length, measured ----------------------------------------------------------------------------

SIZES = {
    "up-to-1": "one step size of at most 1 for all lengths",
    "any": "one step size of any size for all lengths",
    "each": "a step size of any size for each length",
}
CAP = 600


@cache
def cue() -> dict[str, Any]:
    return load("delayed_cue")["results"]


def runs(policy: str, method: str, sizes: str) -> dict[str, Any]:
    """Step sizes and iterations of one policy and method."""
    table = small()["runs"] if sizes == "up-to-1" else cue()["one" if sizes == "any" else "own"]
    return table[POLICIES[policy]][method]


def iterations(policy: str, method: str, sizes: str) -> np.ndarray:
    """(lengths, seeds), inf for a failure."""
    times = np.array(runs(policy, method, sizes)["iterations"], float)
    return np.where(np.isnan(times), np.inf, times)


def solved(policy: str, method: str, sizes: str) -> np.ndarray:
    """How many of ten seeds, for each length."""
    return np.isfinite(iterations(policy, method, sizes)).sum(axis=1)


def draw_counts(ax: Axes, sizes: str, policy: str) -> None:
    """For each method a field for each policy and length: how many of ten seeds were solved."""
    for block, (method, hue) in enumerate(METHODS.items()):
        left = 5.7 * block
        for row, name in enumerate(POLICIES):
            weight = 600 if name == policy else 400
            for column, count in enumerate(solved(name, method, sizes)):
                corner, share = (left + column + 0.03, row + 0.05), 0.03 + 0.037 * count
                ax.add_patch(Rectangle(corner, 0.94, 0.9, fc=color(hue), alpha=share, lw=0))
                x = left + column + 0.5
                ax.text(x, row + 0.5, str(count), ha="center", va="center", size=9.5, weight=weight)
        for column, L in enumerate(LENGTHS):
            ax.text(left + column + 0.5, 5.3, str(L), ha="center", va="center", size=9, color=color("muted"))
        ax.text(left, -0.25, LABELS[method], color=color(hue), weight=600, size=10.5)
    for row, (name, words) in enumerate(POLICIES.items()):
        look = dict(weight=600) if name == policy else dict(color=color("muted"))
        ax.text(-0.25, row + 0.5, words, ha="right", va="center", size=10, **look)
    ax.text(8.2, 5.95, "solved of 10, by L", ha="center", va="center", size=10, color=color("muted"))
    ax.set(xlim=(-2.7, 16.5), ylim=(6.1, -0.45))
    ax.axis("off")


@styled
def draw_success(policy: str, sizes: str) -> Figure:
    """Iterations over the length for the methods; how many seeds each policy solves."""
    fig, (ax, counts) = figure(7.2, 3.7, 1, 2, margins=(0.6, 0.5, 0.05, 0.4), gaps=(0.2, 0), width_ratios=[1, 1.65])
    for place, (method, hue) in enumerate(METHODS.items()):
        times = iterations(policy, method, sizes)
        x = np.array(LENGTHS) * 1.12 ** (place - 1)
        low, middle, high = (np.quantile(times, q, axis=1, method="inverted_cdf") for q in (0.25, 0.5, 0.75))
        shown = np.isfinite(middle)
        ax.plot(x[shown], np.maximum(middle[shown], 1), color=color(hue), marker="o", ms=5)
        ax.vlines(x, np.maximum(low, 0.9), np.minimum(high, 900), color=color(hue), lw=1.4, alpha=0.7)
        for at, row in zip(x, times, strict=True):
            if failed := int(np.isinf(row).sum()):
                y = 1050 * 1.85**place
                ax.text(at, y, str(failed), ha="center", va="center", color=color(hue), weight=600, size=9.5)
    draw_counts(counts, sizes, policy)
    ax.axhline(CAP, color=color("line"), lw=1)
    ax.set(xscale="log", yscale="log", xlim=(3.8, 105), ylim=(0.8, 6500), xlabel="blank steps L")
    ax.set_ylabel("iterations; failed")
    plain_ticks(ax.xaxis, LENGTHS)
    decades(ax.yaxis, 0, 2)
    ax.set_title(f"{POLICIES[policy]}: iterations to J > 0.86")
    return fig


def median_words(row: np.ndarray) -> str:
    """The median of one length and how many failed."""
    middle, failed = np.quantile(row, 0.5, method="inverted_cdf"), int(np.isinf(row).sum())
    return (f"{middle:.0f}" if np.isfinite(middle) else "none") + (f" ({failed} failed)" if failed else "")


def describe_success(policy: str, sizes: str) -> str:
    said, counts = [], []
    for method in METHODS:
        rows = zip(LENGTHS, iterations(policy, method, sizes), strict=True)
        said.append(f"{LABELS[method]}: " + ", ".join(f"{median_words(row)} at {L}" for L, row in rows))
        each = "; ".join(
            f"{POLICIES[name]} {', '.join(map(str, solved(name, method, sizes)))}" for name in POLICIES
        )
        counts.append(f"{LABELS[method]} solves of ten seeds: {each}")
    return (
        f"Median iterations until J exceeds 0.86, of ten seeds, for the policy {POLICIES[policy]} with {SIZES[sizes]}. "
        f"{'. '.join(said)}. At 5, 10, 20, 40, 80 steps {'. '.join(counts)}."
    )


success = explorable(
    draw_success,
    words=describe_success,
    name="success",
    caption="Left: iterations until the expected reward exceeds 0.86, median and quartiles of 10 seeds; above the "
    "line, how many of them failed within 600. Right: solved of 10, for every policy and length. Blue: gradient (PG). "
    "Green and orange: natural gradient (NPG) with κ = 1e-4 and 1e-8. Exact gradients; step sizes are tuned on three "
    "other seeds.",
    policy=Control(list(POLICIES), label="policy"),
    sizes=Control(list(SIZES), label="step size"),
    states={
        "r = 0.5, steps up to 1": {},
        "r = 0.5, any step": {"sizes": "any"},
        "GRU, steps up to 1": {"policy": "GRU"},
    },
)

# --- the noise of sampled gradients ---------------------------------------------------------------------------

GROUPS = {"cell": ("the cell's weights", "exploding"), "V": ("V", "vanishing"), "c_out": ("c", "chaotic")}


@cache
def noise_record() -> tuple[np.ndarray, np.ndarray]:
    """Signal and noise (policies, lengths, seeds, groups)."""
    results = load("gradient_noise")["results"]
    return np.array(results["signal"]), np.array(results["noise"])


def episodes_needed(policy: str) -> np.ndarray:
    """(lengths, seeds): noise over signal, the number of episodes whose mean has a signal as large as its noise."""
    signal, noise = (table[list(POLICIES).index(policy)].sum(axis=-1) for table in noise_record())
    return noise / signal


@styled
def draw_noise(L: int, policy: str) -> Figure:
    """Signal and noise by group at one length; the episodes that are needed, over the length."""
    row, column = list(POLICIES).index(policy), LENGTHS.index(L)
    signal, noise = (np.median(table[row, column], axis=0) for table in noise_record())
    fig, (ax, over) = figure(7.2, 3.5, 1, 2, margins=(0.7, 0.5, 0.2, 0.4), gaps=(0.85, 0))
    for i, (_words, hue) in enumerate(GROUPS.values()):
        for value, shift, alpha in ((noise[i], -0.19, 0.3), (signal[i], 0.19, 1.0)):
            ax.bar(i + shift, max(value, 1e-14) - 1e-14, 0.34, bottom=1e-14, color=color(hue), alpha=alpha, lw=0)
    ax.set_yscale("log")
    ax.set(xlim=(-0.6, 2.6), ylim=(1e-12, 1e3), ylabel="squared size")
    ax.set_xticks(range(3), labels=[words for words, _ in GROUPS.values()])
    ax.tick_params(axis="x", length=0)
    decades(ax.yaxis, -12, 3, 3)
    label_line(ax, 2.19, 2e-12, "0", "chaotic", ha="center")
    ax.set_title("Noise (pale) and signal (full)")
    for name in POLICIES:
        line = np.median(episodes_needed(name), axis=1)
        shown = np.minimum(line, 1e12)
        over.loglog(
            LENGTHS, shown, color=color("critical" if name == policy else "line"), lw=2.4 if name == policy else 1
        )
    needed = episodes_needed(policy)
    over.vlines(LENGTHS, *(np.quantile(needed, q, axis=1) for q in (0.25, 0.75)), color=color("critical"), lw=1.4)
    middle = np.median(needed[column])
    over.plot(L, min(middle, 1e12), "o", ms=8, color=color("critical"))
    over.set(xlim=(4.3, 95), ylim=(0.3, 1e12), xlabel="blank steps L", ylabel="episodes for signal = noise")
    plain_ticks(over.xaxis, LENGTHS)
    decades(over.yaxis, 0, 12, 3)
    over.set_title(f"{POLICIES[policy]}, {L} steps: {readable(middle)}", color=color("critical"))
    return fig


def describe_noise(L: int, policy: str) -> str:
    row, column = list(POLICIES).index(policy), LENGTHS.index(L)
    signal, noise = (np.median(table[row, column], axis=0) for table in noise_record())
    parts = "; ".join(
        f"{words} {s:.2g} and {n:.2g}" for (words, _), s, n in zip(GROUPS.values(), signal, noise, strict=True)
    )
    rows = ", ".join(
        f"{np.median(needed):.2g} at {n}" for n, needed in zip(LENGTHS, episodes_needed(policy), strict=True)
    )
    return (
        f"One episode's policy gradient before training, policy {POLICIES[policy]}, {L} blank steps. Squared signal "
        f"and noise, medians of ten seeds: {parts}. Episodes that must be averaged until the whole "
        f"signal is as large as the noise: {rows}."
    )


noise = explorable(
    draw_noise,
    words=describe_noise,
    name="noise",
    caption="The gradient that one episode gives before training, with a baseline. Left: the squared norm of the "
    "true gradient (full) and the total variance (pale), for three groups of parameters. Right: their ratio for "
    "all together, the number of episodes whose mean has a signal as large as its noise; median and quartiles of "
    "10 seeds (grey: the other policies).",
    L=Control(LENGTHS, label="blank steps L", unit="steps"),
    policy=Control(list(POLICIES), label="policy"),
    start={"L": 10, "policy": "r0.5"},
    states={
        "r = 0.5, 10 steps": {},
        "r = 0.9, 40 steps": {"policy": "r0.9", "L": 40},
        "GRU, 80 steps": {"policy": "GRU", "L": 80},
    },
)

# --- learning from episodes -----------------------------------------------------------------------------------

SAMPLED = [5, 10, 20, 40]


def from_episodes(policy: str, method: str, noisy: float) -> np.ndarray:
    """Iterations (lengths, seeds), inf for a failure."""
    for row in load_sampled():
        if (row["policy"], row["method"], row["noise"]) == (POLICIES[policy], method, noisy):
            times = np.array(row["iterations"], float)
            return np.where(np.isnan(times), np.inf, times)
    raise KeyError(policy, method, noisy)


@cache
def load_sampled() -> list[dict[str, Any]]:
    return load("sampled_cue")["results"]


@styled
def draw_sampled(policy: str, noisy: float) -> Figure:
    """Seeds solved over the length, for both methods; and the iterations of those that were."""
    fig, (ax, over) = figure(7.2, 3.3, 1, 2, margins=(0.6, 0.5, 0.2, 0.4), gaps=(0.8, 0))
    for place, (method, name) in enumerate({"PG": "vanishing", "NPG": "critical"}.items()):
        hue, times = color(name), from_episodes(policy, method, noisy)
        count = np.isfinite(times).sum(axis=1)
        x = np.arange(4) + 0.4 * place - 0.2
        ax.bar(x, count, 0.36, color=hue, alpha=0.85, lw=0)
        for at, value in zip(x, count, strict=True):
            ax.text(at, value + 0.25, str(value), ha="center", color=hue, weight=600, size=10)
        for at, row in zip(x, times, strict=True):
            ended = np.sort(row[np.isfinite(row)])
            spread = at + np.linspace(-0.12, 0.12, len(ended)) if len(ended) > 1 else np.array([at] * len(ended))
            over.plot(spread, ended, "o", ms=4, color=hue, alpha=0.6, mew=0)
        label_line(ax, -0.45 + 0.75 * place, 11.3, method, name, va="center")
    ax.set(xlim=(-0.6, 3.6), ylim=(0, 12), xlabel="blank steps L", ylabel="solved of 10")
    over.set(xlim=(-0.6, 3.6), ylim=(0, 104), xlabel="blank steps L", ylabel="iterations of 50 episodes")
    for one in (ax, over):
        one.set_xticks(range(4), labels=[str(L) for L in SAMPLED])
        one.tick_params(axis="x", length=0)
    ax.set_yticks([0, 5, 10])
    over.set_yticks([0, 50, 100])
    words = "without noise" if noisy == 0 else f"noise {noisy:g} in the blank steps"
    ax.set_title(f"{POLICIES[policy]}, {words}")
    over.set_title("Those that were solved")
    return fig


def describe_sampled(policy: str, noisy: float) -> str:
    said = []
    for method in ("PG", "NPG"):
        rows = from_episodes(policy, method, noisy)
        counts = ", ".join(f"{int(np.isfinite(row).sum())} at {L}" for L, row in zip(SAMPLED, rows, strict=True))
        said.append(f"{'Gradient' if method == 'PG' else 'Natural gradient'}: {counts}")
    words = "no noise" if noisy == 0 else f"noise of {noisy:g}"
    return (
        f"Learning from episodes, policy {POLICIES[policy]}, {words} in the blank steps. Seeds of ten that were "
        f"solved within 100 iterations of 50 episodes, by the number of blank steps. {'. '.join(said)}. Beside it "
        "a dot for each solved seed."
    )


sampled = explorable(
    draw_sampled,
    words=describe_sampled,
    name="sampled",
    caption="Policies that learn from 50 episodes an iteration, for 100 iterations, with a mean reward above 0.85 "
    "as the aim. Blue: gradient. Green: natural gradient with κ = 1e-3, from the same episodes. 10 seeds; one step "
    "size for all lengths, tuned on two other seeds.",
    policy=Control(["r0.5", "r0.9"], label="policy"),
    noisy=Control([0.0, 0.1], label="noise", format=".1f"),
    states={"no noise": {"policy": "r0.5"}, "noise 0.1": {"policy": "r0.5", "noisy": 0.1}},
)

# --- a recurrent critic ---------------------------------------------------------------------------------------

CRITICS = {
    "r0.5-plain": ("r = 0.5, plain", "exploding"),
    "r0.5": ("r = 0.5", "vanishing"),
    "r0.95": ("r = 0.95", "critical"),
    "LRU": ("LRU", "chaotic"),
}
CRITIC_LENGTHS, GAMMA = [4, 8, 16, 32], 0.95


@cache
def critic_curves(who: str) -> np.ndarray:
    """Errors (lengths, seeds, times), before training and after every 100 updates."""
    return np.array(load("critic")["results"][CRITICS[who][0]]["curve"])


def critic_errors(who: str) -> np.ndarray:
    """At the end, (lengths, seeds)."""
    return critic_curves(who)[:, :, -1]


@styled
def draw_critic(L: int, who: str) -> Figure:
    """Errors during training, at one length; at the end, over the length, for all critics."""
    at, hue = CRITIC_LENGTHS.index(L), CRITICS[who][1]
    fig, (ax, over) = figure(7.2, 3.5, 1, 2, sharey=True, margins=(0.75, 0.5, 1.1, 0.4), gaps=(0.4, 0))
    updates = 100 * np.arange(critic_curves(who).shape[-1])
    for line in critic_curves(who)[at]:
        ax.semilogy(updates, np.clip(line, 1e-12, 20), color=color(hue), lw=1.1, alpha=0.65)
    ax.set(xlim=(0, 1550), ylim=(1e-11, 30), xlabel="updates", ylabel="relative squared error")
    ax.set_xticks([0, 500, 1000, 1500])
    ax.axhline(1, color=color("line"), lw=1)
    ax.set_title(f"{CRITICS[who][0]}, {L} steps, ten seeds", color=color(hue))
    ends = {}
    for place, (one, (_, shade)) in enumerate(CRITICS.items()):
        values = np.clip(critic_errors(one), 1e-12, 20)
        middle = np.median(values, axis=1)
        over.plot(CRITIC_LENGTHS, middle, color=color(shade), lw=2.4 if one == who else 1.2)
        for n, row in zip(CRITIC_LENGTHS, values, strict=True):
            x = np.full(len(row), n * 1.06 ** (place - 1.5))
            over.plot(x, row, "o", ms=3.5, color=color(shade), alpha=0.5, mew=0)
        ends[one] = np.log10(middle[-1])
    over.set(xscale="log", xlim=(3.4, 38), xlabel="blank steps L")
    plain_ticks(over.xaxis, CRITIC_LENGTHS)
    decades(over.yaxis, -10, 0, 2)
    over.tick_params(labelleft=False)
    over.axhline(1, color=color("line"), lw=1)
    over.set_title(f"At the end: median {readable(np.median(critic_errors(who)[at]))}", color=color(hue))
    height = -np.inf
    for one in sorted(ends, key=ends.__getitem__):
        height = max(height + 0.9, ends[one])
        words = dict(color=color(CRITICS[one][1]), weight=600, va="center", size=10.5)
        over.annotate(CRITICS[one][0], (40, 10.0**height), annotation_clip=False, **words)
    return fig


def describe_critic(L: int, who: str) -> str:
    at, said = CRITIC_LENGTHS.index(L), []
    for one in CRITICS:
        rows = zip(CRITIC_LENGTHS, critic_errors(one), strict=True)
        said.append(f"{CRITICS[one][0]}: " + ", ".join(f"{np.median(row):.2g} at {n}" for n, row in rows))
    halfway = np.median(critic_curves(who)[at, :, 5])
    return (
        f"The critic {CRITICS[who][0]} and a reward {L} blank steps after its cue. Its relative squared error, median "
        f"of ten seeds, is {halfway:.2g} after 500 updates and {np.median(critic_errors(who)[at]):.2g} after 1500. "
        f"At the end, by the number of blank steps: {'; '.join(said)}."
    )


critic = explorable(
    draw_critic,
    words=describe_critic,
    name="critic",
    caption="Recurrent temporal differences. Left: the squared error of the values, relative to that of saying 0 "
    "(grey line), for ten seeds. Right: at the end; dots are seeds, lines medians. Orange: plain gradient descent, r = "
    "0.5. The others: Adam. γ = 0.95; rates are chosen on three other seeds for each critic and length.",
    L=Control(CRITIC_LENGTHS, label="blank steps L", unit="steps"),
    who=Control(list(CRITICS), label="critic"),
    start={"L": 16, "who": "r0.5"},
    states={
        "r = 0.5, 16 steps": {},
        "r = 0.5, 32 steps": {"L": 32},
        "r = 0.95, 32 steps": {"L": 32, "who": "r0.95"},
    },
)
