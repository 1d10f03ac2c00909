"""The figures of the chapter on vanishing gradients: pure functions, a state -> a Figure and its words."""

from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, NullLocator

from experiments.bptt.scalar import regime, scalar_terms
from experiments.intervals import wilson
from experiments.record import RESULTS, load
from minirnn.figures.explorables import Control, Prediction, explorable
from minirnn.figures.marks import HEAT
from minirnn.figures.panels import figure, label_line, readable
from minirnn.figures.theme import color, styled

DATA_FILES = tuple(RESULTS / f"{name}.json" for name in ("latch", "temporal_order", "flow_of_errors"))

# --- powers of a matrix: spectral radius against largest singular value ---------------------------------------

HORIZON = 100


def two_by_two(rho: float, c: float) -> np.ndarray:
    """[[ρ, c], [0, ρ]]: both eigenvalues are ρ, and c says how far it is from normal."""
    return np.array([[rho, c], [0.0, rho]])


def power_norms(W: np.ndarray, steps: int = HORIZON) -> np.ndarray:
    """‖W^t‖ for t = 0 … steps."""
    powers = [np.eye(len(W))]
    for _ in range(steps):
        powers.append(W @ powers[-1])
    return np.array([np.linalg.norm(power, 2) for power in powers])


def decades(ax: Axes, low: int, high: int, step: int) -> None:
    """A logarithmic axis with a tick every `step` powers of ten."""
    ax.set_yscale("log")
    ax.set_ylim(10.0**low, 10.0**high)
    ticks = range(-(-low // step) * step, high + 1, step)
    ax.set_yticks([10.0**e for e in ticks], labels=["1" if e == 0 else f"$10^{{{e}}}$" for e in ticks])
    ax.yaxis.set_minor_locator(NullLocator())


def thinned(t: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A smooth curve with all of its first 20 points and every fifth of the others: what the eye needs."""
    keep = (t <= 20) | (t % 5 == 0)
    return t[keep], values[keep]


def columns(ax: Axes, heights: np.ndarray, hue: str) -> None:
    """Bars as one path, which weighs a tenth of as many rectangles."""
    k, gap = np.arange(1, len(heights) + 1), np.full(len(heights), np.nan)
    x, y = np.stack([k, k, gap], axis=1), np.stack([0 * heights, heights, gap], axis=1)
    ax.plot(x.ravel(), y.ravel(), color=hue, lw=150 / len(heights), solid_capstyle="butt")


@styled
def draw_powers(rho: float, c: float) -> Figure:
    """‖W^t‖ between its bounds ρ^t and σ^t; and what one step does to the unit circle."""
    W = two_by_two(rho, c)
    norms, sigma, t = power_norms(W), np.linalg.norm(W, 2), np.arange(HORIZON + 1)
    hue = regime(rho)
    fig, (ax, circle) = figure(
        7.2, 3.6, 1, 2, margins=(0.65, 0.5, 0.2, 0.4), gaps=(0.75, 0), width_ratios=[1.75, 1]
    )
    decades(ax, -12, 6, 6)
    ax.axhline(1, color=color("line"), lw=0.9)
    ends = np.array([0, HORIZON])  # on this axis the bounds are straight
    ax.plot(ends, sigma**ends, color=color("muted"), lw=1.2, ls=(0, (4, 3)))
    ax.plot(ends, rho**ends, color=color("muted"), lw=1.2, ls=(0, (1, 2)))
    ax.plot(*thinned(t, norms), color=color(hue), lw=2.2)
    ax.set(xlim=(0, HORIZON), xlabel="steps t", ylabel=r"size of $W^t$")
    peak = int(norms.argmax())
    if peak < HORIZON:
        ax.set_title(f"Largest at t = {peak}: {readable(norms[peak])}; at t = 100: {readable(norms[-1])}")
    else:
        ax.set_title(f"Still growing at t = 100: {readable(norms[-1])}")
    ax.plot([0.04, 0.12], [0.17, 0.17], transform=ax.transAxes, color=color("muted"), lw=1.2, ls=(0, (4, 3)))
    ax.text(0.14, 0.17, "above: $σ^t$", transform=ax.transAxes, va="center", color=color("muted"))
    ax.plot([0.04, 0.12], [0.07, 0.07], transform=ax.transAxes, color=color("muted"), lw=1.2, ls=(0, (1, 2)))
    ax.text(0.14, 0.07, "below: $ρ^t$", transform=ax.transAxes, va="center", color=color("muted"))

    angle = np.linspace(0, 2 * np.pi, 73)
    unit = np.array([np.cos(angle), np.sin(angle)])
    image, reach = W @ unit, 1.15 * max(1.0, sigma)
    circle.plot(*unit, color=color("muted"), lw=1.2)
    circle.fill(*image, color=color(hue), alpha=0.15, lw=0)
    circle.plot(*image, color=color(hue), lw=2)
    circle.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    circle.axis("off")
    circle.set_title(f"One step: ρ = {rho:g}, σ = {sigma:.2f}", loc="center")
    return fig


def describe_powers(rho: float, c: float) -> str:
    W = two_by_two(rho, c)
    norms, sigma = power_norms(W), np.linalg.norm(W, 2)
    peak = int(norms.argmax())
    course = (
        f"grows to {norms[peak]:.4g} at t = {peak} and ends at {norms[-1]:.3g}"
        if 0 < peak < HORIZON
        else f"{'grows to' if norms[-1] > 1 else 'falls to' if norms[-1] < 1 else 'stays at'} {norms[-1]:.4g}"
    )
    return (
        f"A 2 by 2 matrix with both eigenvalues {rho:g} and {c:g} above the diagonal: spectral radius {rho:g}, "
        f"largest singular value {sigma:.3g}. Over 100 steps the size of its power {course}. The lower bound, the "
        f"spectral radius to the power t, ends at {rho**HORIZON:.2g}; the upper one at {sigma**HORIZON:.2g}. "
        f"Beside it, the unit circle and the ellipse one step makes of it, {sigma:.2f} long at most."
    )


powers = explorable(
    draw_powers,
    words=describe_powers,
    name="powers",
    caption="How much t steps stretch a vector at most: the largest singular value of W multiplied by itself t "
    "times, for W = [[ρ, c], [0, ρ]]; σ is that of W itself. Blue: the spectral radius ρ is below 1; green: it is "
    "1; orange: above. Right: the unit circle and what one step makes of it.",
    rho=Control([0.5, 0.7, 0.8, 0.9, 0.95, 1.0, 1.02, 1.1], label="spectral radius ρ"),
    c=Control([0, 0.1, 0.3, 1, 3, 10], label="non-normality c"),
    start={"rho": 0.9, "c": 3},
    states={"ρ = 0.9, c = 0": {"c": 0}, "ρ = 0.9, c = 10": {"c": 10}, "ρ = 1, c = 1": {"rho": 1.0, "c": 1}},
)

# --- the three cases of a sum whose terms do not vanish -------------------------------------------------------

LONGEST = 100


@cache
def stream(kind: str) -> np.ndarray:
    """100 inputs: a single 1 at step 1; ones; or one sample of white noise."""
    if kind == "impulse":
        return (np.arange(LONGEST) == 0).astype(float)
    return np.ones(LONGEST) if kind == "constant" else np.random.default_rng(3).standard_normal(LONGEST)


def typical_gradient(lam: float, kind: str, T: np.ndarray) -> np.ndarray:
    """|dh_T/dλ| in closed form; for white noise its standard deviation over noises."""
    if kind == "impulse":
        return (T - 1) * np.abs(lam) ** (T - 2.0)
    squares = kind == "noise"
    values = []
    for length in T:
        j = np.arange(1, length)
        sizes = j * lam ** (j - 1.0)
        values.append(np.sqrt((sizes**2).sum()) if squares else abs(sizes.sum()))
    return np.array(values)


def verdict(lam: float, kind: str) -> str:
    """What the sum does as T grows."""
    if abs(lam) < 1:
        return "dies out" if kind == "impulse" else "converges"
    if abs(lam) > 1:
        return "grows exponentially"
    power = {"impulse": "T", "constant": "T²" if lam > 0 else "T", "noise": "$T^{3/2}$"}[kind]
    return f"grows like {power}"


@styled
def draw_cases(lam: float, T: int, kind: str) -> Figure:
    """The terms of dh_T/dλ over k, a row of the array; and the size of the sum over all T."""
    terms = scalar_terms(lam, stream(kind)[:T])[2]
    hue = color(regime(lam))
    fig, (bars, sums) = figure(7.2, 3.4, 1, 2, margins=(0.7, 0.5, 0.2, 0.4), gaps=(0.85, 0))
    columns(bars, terms, hue)
    bars.axhline(0, color=color("line"), lw=0.8)
    bars.set(xlabel="step k", ylabel="term k", xlim=(0, T + 1))
    bars.margins(y=0.12)
    bars.set_title(f"The {T} terms: sum {readable(terms.sum())}")
    lengths = np.r_[2:20, 20 : LONGEST + 1 : 5]
    sizes = typical_gradient(lam, kind, lengths)
    sums.loglog(lengths, sizes, color=hue)
    sums.plot(T, sizes[lengths == T], "o", ms=8, color=hue)
    decades(sums, -6, 8, 2)
    sums.set(xlabel="length T, steps", xlim=(2, 120))
    sums.set_ylabel("typical size of the sum" if kind == "noise" else "size of the sum")
    sums.set_xticks([2, 5, 10, 20, 50, 100], labels=["2", "5", "10", "20", "50", "100"])
    sums.xaxis.set_minor_formatter(NullFormatter())
    sums.xaxis.set_minor_locator(NullLocator())
    sums.set_title(f"The sum {verdict(lam, kind)}", color=hue)
    return fig


def describe_cases(lam: float, T: int, kind: str) -> str:
    terms = scalar_terms(lam, stream(kind)[:T])[2]
    size = typical_gradient(lam, kind, np.array([10, 100]))
    growth = verdict(lam, kind).replace("$T^{3/2}$", "T to the power 3/2")
    what = "its standard deviation" if kind == "noise" else "its size"
    return (
        f"Multiplier {lam:g}, input: {kind}. Bars show the {T} terms of the derivative at T = {T}: the first that "
        f"is not zero is {terms[np.flatnonzero(terms)[0]]:.3g}, the last {terms[-1]:.3g}, their sum "
        f"{terms.sum():.6g}. Over T the sum {growth}: {what} is {size[0]:.4g} at T = 10 and {size[1]:.4g} at T = "
        "100."
    )


cases = explorable(
    draw_cases,
    words=describe_cases,
    name="cases",
    caption="The derivative of h_T in λ, for h_t = λh_{t−1} + x_t. Left: its terms for one length T, a row of the "
    "array. Right: the size of the whole sum over T, exact; for noise N(0, 1), the standard deviation of the sum. "
    "The impulse is a single 1 at step 1.",
    lam=Control([-1.0, 0.5, 0.8, 0.9, 1.0, 1.02, 1.1], label="multiplier λ"),
    T=Control([10, 20, 50, 100], label="length T", unit="steps"),
    kind=Control(["impulse", "constant", "noise"], label="input"),
    start={"lam": 1.0, "T": 20},
    states={
        "λ = 1, impulse": {},
        "λ = 1, constant": {"kind": "constant"},
        "λ = 0.9, noise": {"lam": 0.9, "kind": "noise"},
    },
    predict=Prediction(
        question="At λ = 1, with a single input at step 1, every term of the derivative but the first is 1, "
        "however long ago it was. Does the derivative diverge as T grows?",
        choices={
            "Yes, exponentially": "That needs |λ| > 1. Here each further step adds one term of size 1.",
            "Yes, but only in proportion to T": "Yes: T - 1 terms of 1. It grows without bound and nothing "
            "explodes.",
            "No, it converges": "A convergent series needs terms that go to 0, and these do not.",
        },
        answer="Yes, but only in proportion to T",
        reveal="For the derivative in the input weight, which is used once, not even that: it is 1 for every T.",
    ),
)

# --- the latch: one unit that keeps a bit ---------------------------------------------------------------------

STEPS, SAMPLES, SHOWN = 100, 1000, 5


def edge(w: float) -> float:
    """artanh f, f = √(1 - 1/w): where the slope of w tanh is 1, the border of Γ; 0 for w <= 1."""
    return float(np.arctanh(np.sqrt(1 - 1 / w))) if w > 1 else 0.0


def margin(w: float) -> float:
    """h* = w f - artanh f: the largest steady push that cannot erase the bit; 0 for w <= 1."""
    return w * np.tanh(edge(w)) - edge(w)


def attractor(w: float) -> float:
    """a⁺ = w tanh a⁺ > 0, by iteration from above; 0 for w <= 1."""
    a = w
    for _ in range(2000 if w > 1 else 0):
        a = w * np.tanh(a)
    return a if w > 1 else 0.0


def slope(w: float, a: float) -> float:
    """w sech² a: the factor by which one step changes a small difference."""
    return w / np.cosh(a) ** 2


@cache
def noisy_runs(w: float, s: float) -> tuple[np.ndarray, float, float]:
    """States (100 + 1, 1000) from a⁺ under noise N(0, s²); the share still positive at the end, and the mean over the
    samples of ln |∂a_100/∂a_0|."""
    noise = s * np.random.default_rng(0).standard_normal((STEPS, SAMPLES))
    a = np.empty((STEPS + 1, SAMPLES))
    a[0] = attractor(w)
    for t in range(STEPS):
        a[t + 1] = w * np.tanh(a[t]) + noise[t]
    return a, float((a[-1] > 0).mean()), float(np.log(slope(w, a[:-1])).sum(axis=0).mean())


def percent(share: float) -> str:
    """A share in percent; between 99 and 100 with a decimal, and never rounded up to 100."""
    return "100" if share == 1 else f"{100 * share:.1f}" if share > 0.985 else f"{100 * share:.0f}"


@styled
def draw_latch(w: float, s: float) -> Figure:
    """The map with its fixed points, basins and margin; and 5 noisy runs from the positive state."""
    a_plus, a, reach = attractor(w), np.linspace(-4.2, 4.2, 181), 4.2
    runs, kept, log_slope = noisy_runs(w, s)
    hue = color("vanishing" if w > 1 else "muted")
    fig, (ax, time) = figure(7.2, 3.7, 1, 2, margins=(0.5, 0.5, 0.2, 0.4), gaps=(0.65, 0), width_ratios=[1, 1.25])
    if w > 1:
        ax.axvspan(edge(w), reach, color=color("vanishing"), alpha=0.1, lw=0)
        ax.axvspan(-reach, -edge(w), color=color("vanishing"), alpha=0.1, lw=0)
    ax.plot(a, a, color=color("line"), lw=1)
    ax.plot(a, w * np.tanh(a), color=color("ink"), lw=1.8)
    ax.plot([a_plus, -a_plus], [a_plus, -a_plus], "o", ms=7, color=hue)
    if w > 1:
        ax.plot(0, 0, "o", ms=7, mfc=color("paper"), mec=color("exploding"), mew=1.6)
        x = edge(w)
        ax.plot([x, x], [x, w * np.tanh(x)], color=color("critical"), lw=3, solid_capstyle="butt")
        label_line(ax, x + 0.15, x - 0.35, f"h* = {margin(w):.2f}", "critical", va="top")
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), xlabel="$a_{t-1}$", ylabel="$a_t$")
    ax.set_xticks([-3, 0, 3])
    ax.set_yticks([-3, 0, 3])
    ax.yaxis.labelpad = 0
    ax.set_title(f"Slope at rest: {slope(w, a_plus):.3f}", color=hue)
    time.axhline(0, color=color("line"), lw=0.9)
    for k in range(SHOWN):
        lost = runs[-1, k] <= 0
        time.plot(runs[:, k].round(2), color=color("exploding" if lost else "vanishing"), lw=0.9, alpha=0.75)
    time.set(xlim=(0, STEPS), ylim=(-reach, reach), xlabel="steps t", ylabel="$a_t$")
    time.set_yticks([-3, 0, 3])
    time.yaxis.labelpad = 0
    time.set_title(f"Sign kept for 100 steps: {percent(kept)} %")
    label_line(time, 3, -3.8, f"derivative over 100 steps: {readable(np.exp(log_slope))}", "muted")
    return fig


def describe_latch(w: float, s: float) -> str:
    a_plus, (_, kept, log_slope) = attractor(w), noisy_runs(w, s)
    rest = (
        f"two stable fixed points at plus and minus {a_plus:.3f} with slope {slope(w, a_plus):.3f}, an unstable "
        f"one at 0 between their basins, and a margin h* of {margin(w):.3f}"
        if w > 1
        else f"one fixed point, at 0, with slope {w:g}, and no margin"
    )
    return (
        f"The map w tanh(a) with w = {w:g}: {rest}. Beside it, five runs from the positive state under noise of "
        f"standard deviation {s:g}. Of 1000 runs {percent(kept)} percent are still positive after 100 steps; the "
        f"derivative of the last state in the first is {np.exp(log_slope):.2g} (geometric mean)."
    )


latch = explorable(
    draw_latch,
    words=describe_latch,
    name="latch",
    caption="One unit, a_t = w tanh(a_{t−1}) + h_t. Left: the map without input; full dots are stable, the open "
    "one is the border between the basins, and blue marks Γ, where the slope is below 1. Right: 5 of 1000 runs "
    "that start at the positive fixed point, with noise N(0, s²); orange ones end with the wrong sign. The "
    "derivative is that of a_{100} in a_0, geometric mean over the runs.",
    w=Control([0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 2.5, 3.0], label="weight w"),
    s=Control([0.05, 0.1, 0.2, 0.3, 0.5, 0.8], label="noise s"),
    start={"w": 1.5, "s": 0.2},
    states={"w = 1.1": {"w": 1.1}, "w = 1.5": {}, "w = 3": {"w": 3.0}},
)

# --- how often the latch is learned ---------------------------------------------------------------------------


@cache
def latch_results() -> tuple[dict, dict[tuple[float, float, int], dict]]:
    """Settings, and the saved results by (s, w0, T)."""
    record = load("latch")
    return record["settings"], {(r["s"], r["w0"], r["T"]): r for r in record["results"]}


def latch_successes(w0: float, s: float) -> np.ndarray:
    settings, runs = latch_results()
    return np.array([runs[s, w0, T]["success"] for T in settings["T"]])


@styled
def draw_success(w0: float, s: float) -> Figure:
    """Success over T for one initial weight, with intervals; and all initial weights as a map."""
    settings, _ = latch_results()
    T, starts, seeds = settings["T"], settings["w0"], settings["seeds"]
    wins = latch_successes(w0, s)
    low, high = wilson(wins, seeds)
    fig, (ax, heat) = figure(7.2, 3.3, 1, 2, margins=(0.65, 0.5, 0.2, 0.4), gaps=(0.8, 0), width_ratios=[1.25, 1])
    place = np.arange(len(T))
    ax.fill_between(place, 100 * low, 100 * high, color=color("vanishing"), alpha=0.18, lw=0)
    ax.plot(place, 100 * wins / seeds, "-o", ms=5, color=color("vanishing"))
    ax.set(ylim=(-4, 104), xlabel="length T, steps", ylabel="runs that learn it, %")
    ax.set_xticks(place, labels=[str(t) for t in T])
    ax.set_yticks([0, 50, 100])
    ax.set_title(f"Start at w = {w0:g}, noise {s:g}")
    shares = np.array([latch_successes(w, s) for w in starts]) / seeds
    heat.imshow(shares, cmap=HEAT_BLUE, vmin=0, vmax=1, aspect="auto", origin="lower", interpolation="none")
    row = starts.index(w0)
    frame = np.array([[-0.5, -0.5], [1, -0.5], [1, 0.5], [-0.5, 0.5], [-0.5, -0.5]])
    frame[1:3, 0] = len(T) - 0.5
    heat.plot(frame[:, 0], row + frame[:, 1], color=color("ink"), lw=1.4, clip_on=False)
    heat.set(xlabel="length T, steps", ylabel="initial weight")
    heat.set_xticks(place[::2], labels=[str(t) for t in T[::2]])
    heat.set_yticks(range(len(starts)), labels=[f"{w:g}" for w in starts])
    heat.tick_params(length=0)
    for side in heat.spines.values():
        side.set_visible(False)
    heat.set_title("All starts: dark = learned")
    return fig


def describe_success(w0: float, s: float) -> str:
    settings, _ = latch_results()
    seeds, wins = settings["seeds"], latch_successes(w0, s)
    low, high = wilson(wins, seeds)
    listed = ", ".join(f"{100 * k / seeds:.0f} at T = {T}" for k, T in zip(wins, settings["T"], strict=True))
    return (
        f"Initial weight {w0:g}, noise {s:g}. Percent of {seeds} runs that learn to keep the bit: {listed}. The 95 "
        f"percent interval at T = 20 is {100 * low[settings['T'].index(20)]:.0f} to "
        f"{100 * high[settings['T'].index(20)]:.0f}. A map beside it shows the same for all initial weights."
    )


HEAT_BLUE = HEAT.__class__.from_list("blues", ["#eceff2", "#9cc4de", color("vanishing")])

success = explorable(
    draw_success,
    words=describe_success,
    name="success",
    caption="How often one unit learns to keep a bit for T steps: 40 seeds a point, 600 updates of 20 sequences, "
    "rate 0.1; the band is the 95 % interval of Wilson. Right: the same for every initial weight; the frame marks "
    "the row shown on the left.",
    w0=Control([0.5, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0], label="initial weight"),
    s=Control([0.1, 0.2, 0.4], label="noise s"),
    start={"w0": 1.25, "s": 0.2},
    states={"start 0.5": {"w0": 0.5}, "start 1.25": {}, "start 3": {"w0": 3.0}},
)

# --- the flow of errors, with Ω and without -------------------------------------------------------------------


@cache
def maps(method: str) -> tuple[list[int], list[float], np.ndarray]:
    """Updates, errors, and the maps log10 ‖(∂h_t/∂h_k)ᵀ v‖ [snapshot, t, k], nan for k > t."""
    run = load("flow_of_errors")["results"][method]
    size = len(run["map"][0])
    filled = np.full((len(run["map"]), size, size), np.nan)
    for snapshot, rows in enumerate(run["map"]):
        for i, row in enumerate(rows):
            filled[snapshot, i, : len(row)] = row
    return run["updates"], run["error"], filled


def lag_profile(logs: np.ndarray) -> np.ndarray:
    """Mean of the lengths (10^mean log) at each lag of a map."""
    return np.array([10.0 ** np.diagonal(logs, -lag).mean() for lag in range(len(logs))])


@styled
def draw_flow(updates: int, method: str) -> Figure:
    """The map over (k, t) at one time in training, and its mean by lag with that before training."""
    done, errors, logs = maps(method)
    now = done.index(updates)
    stride, size = load("flow_of_errors")["settings"]["stride"], len(logs[0])
    fig, (heat, curve) = figure(
        7.2, 3.5, 1, 2, margins=(0.6, 0.5, 0.2, 0.4), gaps=(0.85, 0), width_ratios=[1, 1.15]
    )
    extent = (stride / 2, stride * (size + 0.5), stride / 2, stride * (size + 0.5))
    image = heat.imshow(logs[now], cmap=HEAT, vmin=-6, vmax=6, origin="lower", extent=extent, interpolation="none")
    heat.set(xlabel="step k", ylabel="step t of the error", aspect="auto")
    heat.set_title("How much of an error arrives")
    bar = fig.colorbar(image, cax=heat.inset_axes((0.52, 0.2, 0.42, 0.035)), orientation="horizontal")
    bar.set_ticks([-6, 0, 6], labels=["$10^{-6}$", "1", "$10^6$"])
    bar.ax.tick_params(labelsize=9, length=2)
    bar.outline.set_visible(False)
    lags, profile = stride * np.arange(size), lag_profile(logs[now])
    hue = "vanishing" if profile[20] < 0.1 else "exploding" if profile[20] > 10 else "critical"
    curve.axhline(1, color=color("line"), lw=0.9)
    curve.plot(lags, lag_profile(logs[0]), color=color("muted"), lw=1.2, ls=(0, (4, 3)))
    curve.plot(lags, profile, color=color(hue), lw=2.2)
    decades(curve, -9, 3, 3)
    curve.set(xlim=(0, lags[-1]), xlabel="lag t - k, steps", ylabel="length, relative to lag 0")
    label_line(curve, 1, 3e-9, "dashed: before training", "muted")
    curve.set_title(f"At lag 40: {readable(profile[20])}; errors {100 * errors[now]:.0f} %", color=color(hue))
    return fig


def describe_flow(updates: int, method: str) -> str:
    done, errors, logs = maps(method)
    now = done.index(updates)
    profile = lag_profile(logs[now])
    return (
        f"{method} after {updates} updates on the temporal-order task with T = 50. Left, a triangle: the length "
        f"that a unit error at step t has at step k. Right, its mean by lag: {profile[5]:.2g} at lag 10, "
        f"{profile[10]:.2g} at lag 20 and {profile[20]:.2g} at lag 40; before training it was "
        f"{lag_profile(logs[0])[20]:.2g} at lag 40. The network is wrong for {100 * errors[now]:.1f} percent of "
        "the sequences."
    )


SNAPSHOTS = [0, 100, 200, 400, 800, 1500, 2000, 2500, 3000]

flow = explorable(
    draw_flow,
    words=describe_flow,
    name="flow",
    caption="The length that an error of length 1 at step t has when it arrives at step k, geometric mean over "
    "random errors and 20 sequences: a network of 50 units (basic tanh, one seed, rate 0.1) as it learns the "
    "temporal order of T = 50 steps, with clipping (SGD-C), or with clipping and Ω (SGD-CR).",
    updates=Control(SNAPSHOTS, label="updates", play=True),
    method=Control(["SGD-C", "SGD-CR"], label="method"),
    start={"updates": 0, "method": "SGD-CR"},
    states={"start": {}, "SGD-C, 3000": {"updates": 3000, "method": "SGD-C"}, "SGD-CR, 3000": {"updates": 3000}},
)

# --- temporal order: what clipping and Ω buy ------------------------------------------------------------------

METHODS = {"SGD": "muted", "SGD-C": "exploding", "SGD-CR": "critical"}


def order_runs(init: str, lr: float = 0.1) -> dict[tuple[str, int], list[dict]]:
    """The saved runs of an initialisation, by method and length."""
    found: dict[tuple[str, int], list[dict]] = {}
    for run in load("temporal_order")["results"]["run"]:
        if run.get("init", "basic tanh") == init and run.get("lr", 0.1) == lr:
            found.setdefault((run["method"], run["L"]), []).append(run)
    return found


@styled
def draw_order(init: str) -> Figure:
    """Successes over length for the three methods, with intervals; and the updates that successes took."""
    runs = order_runs(init)
    lengths = sorted({L for _, L in runs})
    fig, (ax, cost) = figure(7.2, 3.3, 1, 2, margins=(0.65, 0.5, 0.75, 0.4), gaps=(0.8, 0), width_ratios=[1.3, 1])
    for shift, (method, hue) in zip((-0.12, 0.0, 0.12), METHODS.items(), strict=True):
        for place, L in enumerate(lengths):
            group = runs.get((method, L), [])
            if not group:
                continue
            wins = sum(run["solved"] for run in group)
            low, high = wilson(wins, len(group))
            ax.plot([place + shift] * 2, [100 * low, 100 * high], color=color(hue), lw=1.4, alpha=0.6)
            ax.plot(place + shift, 100 * wins / len(group), "o", ms=7, color=color(hue))
            took = [run["updates"] for run in group if run["solved"]]
            cost.plot(
                place + shift + np.linspace(-0.04, 0.04, len(took)), took, "o", ms=4.5, color=color(hue), alpha=0.7
            )
    ax.set(ylim=(-4, 104), ylabel="runs that learn it, %")
    ax.set_yticks([0, 50, 100])
    ax.set_title(f"{init[0].upper()}{init[1:]}: success over length")
    cost.set(ylim=(0, 8200), ylabel="updates to success")
    cost.set_yticks([0, 4000, 8000])
    cost.set_title("What it took")
    for panel in (ax, cost):
        panel.set(xlim=(-0.4, len(lengths) - 0.6), xlabel="length L, steps")
        panel.set_xticks(range(len(lengths)), labels=[str(L) for L in lengths])
    for y, (method, hue) in zip((0.2, 0.5, 0.8), METHODS.items(), strict=True):
        cost.text(1.04, y, method, transform=cost.transAxes, color=color(hue), weight=600, va="center")
    return fig


def describe_order(init: str) -> str:
    runs = order_runs(init)
    rows = []
    for L in sorted({L for _, L in runs}):
        shares = [
            f"{method} {sum(r['solved'] for r in runs[method, L])} of {len(runs[method, L])}"
            for method in METHODS
            if (method, L) in runs
        ]
        rows.append(f"L = {L}: " + ", ".join(shares))
    return (
        f"Initialisation {init}. Runs that learn the temporal order within 8000 updates. " + "; ".join(rows) + "."
    )


order = explorable(
    draw_order,
    words=describe_order,
    name="order",
    caption="Temporal order over length: plain SGD, with clipping at norm 1 (SGD-C), and with Ω besides (SGD-CR, α "
    "= 4). 50 units, 5 seeds a point, bars are 95 % intervals of Wilson; at most 8000 updates at rate 0.1 (the "
    "paper: 5 million at 0.01). Right: the updates that each successful run took.",
    init=Control(["basic tanh", "smart tanh", "sigmoid"], label="initialisation"),
    states={"basic tanh": {}, "smart tanh": {"init": "smart tanh"}, "sigmoid": {"init": "sigmoid"}},
)
