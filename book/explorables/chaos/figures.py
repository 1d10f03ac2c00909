"""The figures of the chapter on chaos and the Lipschitz constant: pure functions, a state -> a Figure and its words."""

from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from experiments.chaos import lstm_scales
from experiments.record import RESULTS, load
from minirnn.dynamics.maps import logistic_sensitivities, mean_field
from minirnn.dynamics.orbits import orbit
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import figure, readable
from minirnn.figures.pictures import Picture, show
from minirnn.figures.theme import color, styled

NAMES = ("lstm_scales", "memory_and_smoothness", "tanh_spectra", "sine_waves", "lipschitz_constants")
DATA_FILES = tuple(RESULTS / f"{name}.json" for name in NAMES)


def hue(exponent: float) -> str:
    """Chaotic above 0, vanishing below, critical within 0.01 of it (nats a step)."""
    return "critical" if abs(exponent) < 0.01 else "chaotic" if exponent > 0 else "vanishing"


def powers(ax: Axes, values: list[int], axis: str = "y") -> None:
    """Ticks at these powers of ten, and none between."""
    which = ax.yaxis if axis == "y" else ax.xaxis
    labels = ["1" if p == 0 else f"$10^{{{p}}}$" for p in values]
    which.set_ticks([10.0**p for p in values], labels=labels)
    which.set_minor_locator(NullLocator())


# --- two trajectories part ------------------------------------------------------------------------------------

STEPS, LIMITS = 120, {"LSTM": lstm_scales.lstm, "GRU": lstm_scales.gru}
SCALES = [0.5, 0.7, 0.8, 0.9, 1.0, 1.25, 1.5]


@cache
def exponents(cell: str) -> dict[float, float]:
    """λ₁ of the cell at each of SCALES, over 3000 steps after 1000."""
    from minirnn.dynamics.exponents import spectrum

    found = spectrum(*LIMITS[cell](np.array(SCALES)), 4000, 1, burn_in=1000).exponents[:, 0]
    return dict(zip(SCALES, found.tolist(), strict=True))


@cache
def pair(cell: str, s: float, power: int) -> tuple[np.ndarray, np.ndarray]:
    """h₁ of two trajectories (STEPS + 1, 2) on the attractor, and the distance of their states (STEPS + 1,)."""
    system, h0 = LIMITS[cell](np.array([s, s]))
    h = orbit(system, h0, 500, 499)[-1]
    h[1, 0] += 10.0**power
    H = np.concatenate([h[None], orbit(system, h, STEPS)])
    return H[:, :, 0], np.linalg.norm(H[:, 0] - H[:, 1], axis=1)


def parting(distance: np.ndarray, level: float = 0.1) -> int:
    """The first step at which the distance exceeds the level, or 0."""
    return int(np.argmax(distance > level))


@styled
def draw_part(s: float, power: int, cell: str) -> Figure:
    """h₁ of both trajectories over time; below, their distance on a logarithmic axis with the line e^{λ₁t}."""
    (h, distance), rate = pair(cell, s, power), exponents(cell)[s]
    name, t = hue(rate), np.arange(STEPS + 1)
    fig, (states, gap) = figure(7.2, 4.1, 2, 1, sharex=True, margins=(0.75, 0.5, 0.9, 0.35), gaps=(0, 0.55))
    states.plot(t, h[:, 0], color=color("muted"), lw=1.1)
    states.plot(t, h[:, 1], color=color(name), lw=1.1, ls=(0, (4, 1.5)))
    low, high = (-0.3, 0.7) if cell == "LSTM" else (-1.05, 1.05)
    states.set(ylabel="h₁", ylim=(low, high), xlim=(0, STEPS), yticks=[0, 0.5] if cell == "LSTM" else [-1, 0, 1])
    apart = parting(distance)
    states.set_title(f"Apart after {apart} steps" if apart else "They never part")
    shown = np.maximum(distance, 1e-17)
    gap.semilogy(t, shown, color=color(name), lw=1.6)
    line = distance[0] * np.exp(rate * t)
    inside = (line < 3) & (line > 1e-17)
    gap.semilogy(t[inside], line[inside], color=color("muted"), lw=1, ls=(0, (2, 2)))
    gap.text(1.02, 0.5, f"dotted:\nslope λ₁\n= {rate:+.2f}", transform=gap.transAxes, va="center", size=10)
    gap.set(xlabel="step t", ylabel="distance", ylim=(1e-17, 10))
    powers(gap, [-16, -12, -8, -4, 0])
    gap.set_title(f"Distance: from {readable(distance[0])} to {readable(distance[-1])} in {STEPS} steps")
    return fig


def describe_part(s: float, power: int, cell: str) -> str:
    (_, distance), rate = pair(cell, s, power), exponents(cell)[s]
    apart = parting(distance)
    end = f"exceeds 0.1 first at step {apart}" if apart else "never exceeds 0.1"
    return (
        f"Two trajectories of the {cell} with weights scaled by {s:g}, started 1e{power} apart on the attractor. "
        f"Their distance {end} and is {distance[-1]:.2g} after {STEPS} steps. The largest exponent is {rate:+.3f} "
        "nats a step."
    )


part = explorable(
    draw_part,
    words=describe_part,
    name="part",
    caption="Two trajectories of one network without input, started a little apart. Above: the first unit of both. "
    "Below: the distance of the states, and the line that λ₁ predicts. LSTM and GRU have two units each; "
    "their weights are from two papers that are named below, times s.",
    s=Control(SCALES, label="scale s"),
    power=Control([-9, -7, -5, -3, -2], label="perturbation 10^"),
    cell=Control(["LSTM", "GRU"], label="cell"),
    start={"s": 1.0, "power": -7},
    states={"s = 0.5: they meet": {"s": 0.5}, "s = 1: they part": {"s": 1.0}, "s = 1.5: they meet": {"s": 1.5}},
)

# --- spectra against mean field -------------------------------------------------------------------------------


@cache
def spectra_data() -> dict:
    return load("tanh_spectra")["results"]


@cache
def theory() -> tuple[np.ndarray, np.ndarray]:
    """Gains and the mean-field λ₁."""
    g = np.linspace(0.5, 3, 51)
    return g, np.array([mean_field(float(v))[1] for v in g])


@styled
def draw_spectra(gain: float, N: int) -> Figure:
    """The whole spectrum over its index, and λ₁ over the gain against mean field and against ln g."""
    r = spectra_data()
    key = f"{gain}, {N}"
    values, first = np.array(r["spectrum"][key]), np.mean(r["largest"][key])
    name = hue(first)
    fig, (whole, largest) = figure(7.2, 3.4, 1, 2, margins=(0.65, 0.5, 0.6, 0.4), gaps=(0.85, 0))
    share = (np.arange(N) + 0.5) / N
    whole.axhline(0, color=color("line"), lw=0.9)
    whole.plot(share, values, color=color(name), lw=1.6)
    positive = values > 0
    whole.fill_between(share[positive], 0, values[positive], color=color("chaotic"), alpha=0.35, lw=0)
    whole.set(xlabel="index i / N", ylabel="λ, nats/step", xlim=(0, 1), ylim=(-2.5, 0.4), yticks=[-2, -1, 0])
    whole.set_title(f"{positive.sum()} of {N} exponents are positive")
    g, limit = theory()
    largest.axhline(0, color=color("line"), lw=0.9)
    largest.plot(g, limit, color=color("ink"), lw=1.2)
    largest.annotate(
        "mean field", (3, limit[-1]), (-4, 10), textcoords="offset points", ha="right", size=10, weight=600
    )
    largest.plot(g, np.log(g), color=color("muted"), lw=1, ls=(0, (2, 2)))
    largest.annotate(
        "ln g", (1.6, np.log(1.6)), (-5, 0), textcoords="offset points", ha="right", size=10, color=color("muted")
    )
    for v in r["gain"]:
        e = np.array(r["largest"][f"{v}, {N}"])
        shade = color(hue(e.mean()))
        largest.plot([v, v], [e.min(), e.max()], color=shade, lw=1)
        largest.plot(v, e.mean(), "o", ms=8 if v == gain else 4, color=shade)
    largest.set(xlabel="gain g", ylabel="λ₁, nats/step", ylim=(-0.8, 0.6), xlim=(0.4, 3.1), yticks=[-0.5, 0, 0.5])
    largest.set_title(f"λ₁ = {first:+.3f}, mean field {mean_field(gain)[1]:+.3f}", color=color(name))
    return fig


def describe_spectra(gain: float, N: int) -> str:
    r = spectra_data()
    values, first = np.array(r["spectrum"][f"{gain}, {N}"]), np.mean(r["largest"][f"{gain}, {N}"])
    return (
        f"Random tanh networks of {N} units with gain {gain:g}: {int((values > 0).sum())} of {N} exponents are "
        f"positive, the largest is {first:+.3f} nats a step, mean of 4 networks, where mean field predicts "
        f"{mean_field(gain)[1]:+.3f}."
    )


spectra = explorable(
    draw_spectra,
    words=describe_spectra,
    name="spectra",
    caption="Random tanh networks without input, weights N(0, g²/N). Left: all N exponents in descending order, "
    "mean of 4 networks. Right: the largest, mean and range of 4 networks, against mean-field theory for N → ∞ and "
    "against ln g, which ignores saturation.",
    gain=Control(spectra_data()["gain"], label="gain g"),
    N=Control(spectra_data()["N"], label="units N"),
    start={"gain": 1.5, "N": 100},
    states={"g = 0.7": {"gain": 0.7}, "g = 1.5": {"gain": 1.5}, "g = 3": {"gain": 3.0}},
)

# --- the LSTM's diagram ---------------------------------------------------------------------------------------

MARKS = [0.5, 0.6, 0.7, 0.74, 0.8, 0.84, 0.88, 0.9, 0.95, 0.97]
MARKS += [1.0, 1.05, 1.08, 1.15, 1.22, 1.27, 1.3, 1.5, 1.75, 2.0]


@cache
def saved_scales() -> dict:
    return load("lstm_scales")["results"]


@cache
def diagram_image() -> np.ndarray:
    """The orbit diagram as an RGBA image: muted where a bin holds a state."""
    columns = saved_scales()["columns"]
    image = np.zeros((lstm_scales.BINS, len(columns), 4))
    image[..., :3] = to_rgb(color("muted"))
    for c, bins in enumerate(columns):
        for thick in (0, 1):  # a line one bin high would look dashed
            image[np.minimum(np.array(bins) + thick, lstm_scales.BINS - 1), c, 3] = 1.0
    return image


@cache
def marked() -> tuple[np.ndarray, list]:
    """Orbits (4000, marks, 2) of (h₁, h₂) at MARKS, and the attractors' kinds."""
    from minirnn.dynamics.orbits import attractors

    system, h0 = lstm_scales.lstm(np.array(MARKS))
    kinds = attractors(system, h0, T=4000, burn_in=2000)
    return orbit(system, h0, 6000, 2000)[:, :, :2], kinds


def kind_of(s: float) -> tuple[str, float]:
    """The attractor at a mark in words, and λ₁."""
    found = marked()[1][MARKS.index(s)]
    words = {"period": f"period {found.period}", "chaotic": "a strange attractor"}
    return words.get(found.kind, found.kind), found.exponent


@styled
def draw_diagram(s: float) -> Figure:
    """Orbit diagram over λ₁ on a shared axis, and beside them the attractor in the plane of h₁ and h₂."""
    words, rate = kind_of(s)
    name = hue(rate)
    fig = Figure(figsize=(7.2, 4.3))
    top = fig.add_axes((0.085, 0.5, 0.53, 0.42))
    low = fig.add_axes((0.085, 0.12, 0.53, 0.27), sharex=top)
    plane = fig.add_axes((0.695, 0.12, 0.29, 0.8))
    top.imshow(
        diagram_image(),
        extent=(0.5, 2, lstm_scales.LOW, lstm_scales.HIGH),
        origin="lower",
        aspect="auto",
        interpolation="none",
    )
    top.set(ylabel="h₁", yticks=[0, 0.5])
    top.tick_params(labelbottom=False)
    top.set_title("Where the state goes, over the scale")
    grid = np.linspace(0.5, 2, len(saved_scales()["exponent"]))[::8]
    values = np.array(saved_scales()["exponent"])[::8]
    low.axhline(0, color=color("line"), lw=0.9)
    low.plot(grid, values, color=color("muted"), lw=0.6)
    low.fill_between(grid, 0, values, where=values > 0, color=color("chaotic"), lw=0)
    low.set(xlabel="scale s of all weights", ylabel="λ₁, nats/step", ylim=(-1.1, 0.35), yticks=[-1, -0.5, 0])
    low.set_title(f"λ₁ = {rate:+.3f} at s = {s:g}", color=color(name))
    low.plot(s, rate, "o", ms=6, color=color(name))
    for ax in (top, low):
        ax.axvline(s, color=color(name), lw=1.1)
        ax.set_xlim(0.5, 2)
    states = marked()[0][:, MARKS.index(s)]
    small, large = -0.3, 0.65
    if words == "a strange attractor" or words == "quasi-periodic":
        counts, _, _ = np.histogram2d(states[:, 1], states[:, 0], bins=90, range=[[small, large], [small, large]])
        image = np.zeros((90, 90, 4))
        image[..., :3], image[..., 3] = to_rgb(color(name)), counts > 0
        plane.imshow(image, extent=(small, large, small, large), origin="lower", interpolation="none")
    else:
        points = np.unique(states[-200:].round(4), axis=0)
        plane.plot(*points.T, "o", ms=6, color=color(name))
    ticks = [0, 0.5]
    plane.set(xlabel="h₁", ylabel="h₂", xlim=(small, large), ylim=(small, large), xticks=ticks, yticks=ticks)
    plane.set_aspect("equal", adjustable="box", anchor="N")
    plane.set_title(words[0].upper() + words[1:], color=color(name))
    return fig


def describe_diagram(s: float) -> str:
    words, rate = kind_of(s)
    return (
        f"Weights times {s:g}: the LSTM ends on {words if words[0] == 'a' else 'an orbit of ' + words}. The "
        f"largest Lyapunov exponent is {rate:+.3f} nats a step. The orbit diagram shows single lines for small and "
        "large scales, and between 0.9 and 1.45 broad bands that windows of order interrupt."
    )


diagram = explorable(
    draw_diagram,
    words=describe_diagram,
    name="diagram",
    caption="An LSTM of two units without input, all weights times s. Above: 400 values of h₁ after 2000 steps, "
    "for 625 scales. Below: λ₁ at 5000 scales, over 4000 steps each; pink where it is positive. Right: the "
    "attractor at the marked scale. Start h₀ = c₀ = ½ throughout.",
    s=Control(MARKS, label="scale s"),
    start={"s": 1.0},
    states={"s = 0.8: period 3": {"s": 0.8}, "s = 1: strange": {"s": 1.0}, "s = 1.5: period 4": {"s": 1.5}},
)

# --- cost, slope and Lipschitz constants over N ----------------------------------------------------------------

LENGTHS, GRID = [5, 10, 20, 30, 50, 75, 100], 241
REGIMES = {"contracting": 0.9, "rotating": 1.0, "expanding": 1.1, "chaotic": 3.78}
BOUND = {
    "contracting": "no growth",
    "rotating": "N and N³",
    "expanding": "1.1 to the 2N and 3N",
    "chaotic": "L to the N and 2N",
}


@cache
def family(regime: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The parameter's offsets (GRID,), and V, V′, V″ (100, GRID) for N = 1 … 100.

    Linear families: z' = L e^{iθ} z + 1 around θ = 0.5 (contracting), else without input; chaotic: the logistic map,
    r around 3.78. V = (1/N) Σ |z_t - y_t|², y from a middle value of the parameter.
    """
    N, offsets = max(LENGTHS), np.linspace(-0.05, 0.05, GRID)
    if regime == "chaotic":
        x, d, c = logistic_sensitivities(3.78 + offsets, 0.3, N)
        target = x[:, GRID // 2 + 60][:, None]
    else:
        L, push = REGIMES[regime], float(regime == "contracting")
        turn = L * np.exp(1j * (0.5 + offsets))
        x, d, c = np.zeros((3, N + 1, GRID), complex)
        x[0] = 1
        for t in range(N):
            x[t + 1] = turn * x[t] + push
            d[t + 1] = turn * (d[t] + 1j * x[t])
            c[t + 1] = turn * (c[t] + 2j * d[t] - x[t])
        target = x[:, GRID // 2 + 60][:, None]
    residual, count = x - target, np.arange(1, N + 1)[:, None]
    V = np.abs(residual) ** 2
    slope = 2 * (residual.conj() * d).real
    curve = 2 * (np.abs(d) ** 2 + (residual.conj() * c).real)
    return offsets, *(np.cumsum(part[1:], axis=0) / count for part in (V, slope, curve))


@cache
def constants(regime: str) -> tuple[np.ndarray, np.ndarray]:
    """max |V′| and max |V″| on the interval for N = 1 … 100: there, the Lipschitz constants of V and V′."""
    _, _, slope, curve = family(regime)
    return np.abs(slope).max(1), np.abs(curve).max(1)


@cache
def bound_lines(regime: str) -> tuple[np.ndarray, np.ndarray]:
    """The bounds' growth over N = 1 … 100, for V and V′, up to a constant each."""
    N = np.arange(1, max(LENGTHS) + 1.0)
    if regime == "contracting":
        return np.ones_like(N), np.ones_like(N)
    if regime == "rotating":
        return N, N**3
    if regime == "expanding":
        return 1.1 ** (2 * N), 1.1 ** (3 * N)
    L = 3.83  # the largest |r (1 - 2x)| for x in [0, 1] and r up to 3.83; residuals are below 1
    return L**N, L ** (2 * N)


def rates(regime: str) -> tuple[float, float]:
    """Measured growth from N = 40 to 100, nats a step, of both constants; for the rotation the powers of N."""
    N = np.arange(40, 101)
    x = np.log(N) if regime == "rotating" else N
    return tuple(float(np.polyfit(x, np.log(m[39:100]), 1)[0]) for m in constants(regime))


def bound_rates(regime: str) -> tuple[float, float]:
    """What the bounds allow, in the same units."""
    ln = {"contracting": (0.0, 0.0), "rotating": (1.0, 3.0), "expanding": (2 * np.log(1.1), 3 * np.log(1.1))}
    return ln.get(regime, (np.log(3.83), 2 * np.log(3.83)))


@styled
def draw_cost(N: int, regime: str) -> Figure:
    """V over the parameter, its slope below, and right the measured constants over N with the bounds' slopes."""
    offsets, V, slope, _ = family(regime)
    name = {"contracting": "vanishing", "rotating": "critical", "expanding": "exploding", "chaotic": "chaotic"}[
        regime
    ]
    fig = Figure(figsize=(7.2, 4.2))
    cost_ax = fig.add_axes((0.09, 0.57, 0.37, 0.35))
    slope_ax = fig.add_axes((0.09, 0.12, 0.37, 0.32), sharex=cost_ax)
    right = fig.add_axes((0.575, 0.12, 0.29, 0.8))
    cost_ax.plot(offsets, V[N - 1], color=color(name), lw=1.2)
    cost_ax.set_title(f"The cost V for N = {N}")
    cost_ax.set(ylim=(0, 1.15 * V[N - 1].max()), xlim=(-0.05, 0.05))
    cost_ax.tick_params(labelbottom=False)
    slope_ax.axhline(0, color=color("line"), lw=0.8)
    slope_ax.plot(offsets, slope[N - 1], color=color(name), lw=1.2)
    slope_ax.set_title("Its slope")
    slope_ax.set(xlabel="parameter, from its middle", xticks=[-0.05, 0, 0.05])
    for ax in (cost_ax, slope_ax):
        ax.ticklabel_format(axis="y", style="sci", scilimits=(-2, 3), useMathText=True)
        ax.yaxis.get_offset_text().set_size(9)
        ax.yaxis.get_offset_text().set_x(-0.12)
        ax.locator_params(axis="y", nbins=4)
    n = np.arange(1, max(LENGTHS) + 1)
    wide = regime == "chaotic"
    for measured, bound, label, shade in zip(
        constants(regime), bound_lines(regime), ("slope V′", "curvature V″"), ("muted", name), strict=True
    ):
        right.semilogy(n, measured, color=color(shade), lw=1.8)
        touching = bound * (measured / bound)[4:].max()  # from N = 5 on
        right.semilogy(n, touching, color=color(shade), lw=1, ls=(0, (2, 2)))
        right.plot(N, measured[N - 1], "o", ms=6, color=color(shade))
        right.annotate(
            label.split()[0],
            (n[-1], measured[-1]),
            (4, 0),
            textcoords="offset points",
            color=color(shade),
            weight=600,
            va="center",
            annotation_clip=False,
            size=10,
        )
    right.set(xlabel="length N", xlim=(0, 100), ylim=(1e-2, 1e120 if wide else 1e13))
    if regime in ("contracting", "rotating"):
        right.set_ylim(1e-3, 1e9)
        powers(right, [-3, 0, 3, 6, 9])
    else:
        powers(right, [0, 30, 60, 90, 120] if wide else [0, 4, 8, 12])
    right.set_title("Largest on the interval")
    return fig


def describe_cost(N: int, regime: str) -> str:
    first, second = (m[N - 1] for m in constants(regime))
    unit = "as powers of N" if regime == "rotating" else "in nats a step"
    (a, b), (p, q) = rates(regime), bound_rates(regime)
    return (
        f"{regime.capitalize()}, N = {N}: on the interval the slope of the cost is at most {first:.3g} and its "
        f"curvature {second:.3g}. Between N = 40 and 100 they grow {unit} at {a:.2f} and {b:.2f}; the bounds, "
        f"shown as dashed lines, allow {p:.2f} and {q:.2f}."
    )


cost = explorable(
    draw_cost,
    words=describe_cost,
    name="cost",
    caption="Left: a cost over one parameter, and its slope. Right: the largest slope and the largest curvature on "
    "the interval, measured for every N (solid; lower bounds, from 241 points), and the growth that the theorem "
    "allows (dashed, moved down until it touches). Linear systems z′ = L exp(iθ) z with L = 0.9 (and an input of "
    "1), 1 and 1.1, θ around 0.5; chaotic is the logistic map with r around 3.78. Targets come from the parameter "
    "at +0.025.",
    N=Control(LENGTHS, label="length N", unit="steps"),
    regime=Control(list(REGIMES), label="regime"),
    start={"N": 30, "regime": "chaotic"},
    states={
        "contracting": {"regime": "contracting"},
        "rotating": {"regime": "rotating"},
        "chaotic": {"regime": "chaotic"},
    },
)

# --- the plane of memory and smoothness -----------------------------------------------------------------------


@cache
def plane_data() -> dict:
    """The saved measurements, as arrays (architecture, gain, seed)."""
    r = load("memory_and_smoothness")["results"]
    return {key: np.array(r[key]) for key in ("memory", "gradient", "exponent")} | {
        k: r[k] for k in ("architecture", "gain")
    }


def dot(architecture: str, gain: float) -> tuple[float, float, float]:
    """Memory in steps, Lipschitz constant of the gradient (geometric mean) and λ₁, over the seeds."""
    r = plane_data()
    at = r["architecture"].index(architecture), r["gain"].index(gain)
    return r["memory"][at].mean(), np.exp(np.log(r["gradient"][at]).mean()), r["exponent"][at].mean()


@styled
def draw_plane(architecture: str, gain: float) -> Figure:
    """Every network as a dot, memory over the gradient's Lipschitz constant; one architecture's path over its gain."""
    r = plane_data()
    fig, ax = figure(7.2, 4.0, margins=(0.65, 0.55, 0.2, 0.4))
    ax.loglog()
    ax.set_yscale("linear")
    for name in r["architecture"]:
        path = np.array([dot(name, g) for g in r["gain"]])
        chosen = name == architecture
        shade = [color(hue(e)) if chosen else color("line") for e in path[:, 2]]
        ax.plot(
            path[:, 1],
            path[:, 0],
            color=color("muted" if chosen else "line"),
            lw=1 if chosen else 0.7,
            zorder=2 + chosen,
        )
        ax.scatter(path[:, 1], path[:, 0], c=shade, s=30 if chosen else 14, zorder=3 + chosen, lw=0)
    memory, gradient, exponent = dot(architecture, gain)
    ax.plot(gradient, memory, "o", ms=12, mfc="none", mec=color("ink"), mew=1.4, zorder=6)
    ax.set(
        xlabel="Lipschitz constant of the gradient, 60 steps",
        ylabel="memory, steps",
        ylim=(0, 14),
        xlim=(3e-4, 1e16),
    )
    powers(ax, [-3, 0, 3, 6, 9, 12, 15], "x")
    ax.set_title(
        f"{architecture}, gain {gain:g}: {memory:.1f} steps, λ₁ = {exponent:+.2f}", color=color(hue(exponent))
    )
    for name, place in {"tanh": (1e2, 5.2), "orthogonal": (3e2, 9.3), "LSTM": (2e-3, 5.0)}.items():
        chosen = "ink" if name == architecture else "muted"
        ax.text(*place, name, size=10, color=color(chosen), weight=600 if chosen == "ink" else 400)
    ax.text(4e11, 2.0, "chaotic: forgets", size=10, color=color("chaotic"))
    ax.text(4e-4, 0.35, "contracts: forgets", size=10, color=color("vanishing"))
    return fig


def describe_plane(architecture: str, gain: float) -> str:
    memory, gradient, exponent = dot(architecture, gain)
    r = plane_data()
    best = max(r["gain"], key=lambda g: dot(architecture, g)[0])
    return (
        f"{architecture} with gain {gain:g}: memory of {memory:.1f} steps, gradient with a Lipschitz constant of "
        f"{gradient:.2g}, largest exponent {exponent:+.3f}. Over its gain this architecture remembers most, "
        f"{dot(architecture, best)[0]:.1f} steps, at gain {best:g}."
    )


plane = explorable(
    draw_plane,
    words=describe_plane,
    name="plane",
    caption="Networks of 32 units at initialisation, driven by white noise; each dot is the mean of 3 seeds. "
    "Memory: the sum over lags of the share of the past input's variance that a linear readout recovers. "
    "Smoothness: the measured Lipschitz constant of the gradient of a cost over 60 steps (a lower bound). "
    "Orthogonal is a tanh network with such a matrix, contractive the projected LSTM. Dots of the chosen "
    "architecture are blue where λ₁ < 0, pink where λ₁ > 0.",
    architecture=Control(plane_data()["architecture"], label="architecture"),
    gain=Control(plane_data()["gain"], label="gain"),
    start={"architecture": "tanh", "gain": 1.0},
    states={"tanh, gain 0.3": {"gain": 0.3}, "tanh, gain 1": {"gain": 1.0}, "tanh, gain 3": {"gain": 3.0}},
)

# --- stills ---------------------------------------------------------------------------------------------------


@styled
def draw_sine() -> Figure:
    """Loss and amplitude over updates for free and contractive LSTM, and what they draw at the end."""
    record = load("sine_waves")
    r, updates = record["results"], np.array(record["settings"]["checkpoints"])
    fig, (loss, size, wave) = figure(7.2, 3.2, 1, 3, margins=(0.6, 0.5, 0.1, 0.4), gaps=(0.65, 0))
    for kind, name in (("contractive", "vanishing"), ("free", "critical")):
        for run in r[kind]:
            loss.loglog(5 * np.arange(1, len(run["loss"]) + 1), run["loss"], color=color(name), lw=0.8)
            size.plot(np.maximum(updates, 4), np.mean(run["amplitude"], axis=1), color=color(name), lw=0.8)
        wave.plot(r[kind][0]["wave"], color=color(name), lw=1.2)
    loss.set(xlabel="update", ylabel="loss", title="Loss", ylim=(1e-5, 1))
    powers(loss, [-4, -2, 0])
    size.set_xscale("log")
    size.set(xlabel="update", title="Amplitude after 1000 steps", ylim=(-0.05, 1.3), yticks=[0, 0.5, 1])
    for ax in (loss, size):
        powers(ax, [1, 2, 3], "x")
    size.text(6, 1.12, "free", color=color("critical"), weight=600)
    size.text(60, 0.06, "contractive", color=color("vanishing"), weight=600)
    wave.axvline(64, color=color("line"), lw=0.9)
    wave.set(xlabel="step", title="What they draw", ylim=(-1.3, 1.3), yticks=[-1, 0, 1], xlim=(0, 192))
    wave.set_xticks([0, 64, 128, 192])
    return fig


def sine() -> Picture:
    r = load("sine_waves")["results"]
    last = {kind: np.mean([np.mean(run["amplitude"][-1]) for run in r[kind]]) for kind in r}
    return show(
        draw_sine(),
        "Three panels for 5 seeds each. The loss of the free LSTM falls far below that of the contractive one. The "
        "amplitude of its oscillation after 1000 steps jumps from 0 to about 1 early in training and ends at "
        f"{last['free']:.2f}; that of the contractive LSTM stays {last['contractive']:.2f}. The last panel: a wave "
        "that goes on, and one that dies out.",
    )


@styled
def draw_constants() -> Figure:
    """Measured constants of three kinds of tanh networks over N; band over 5 seeds."""
    r = load("lipschitz_constants")["results"]
    fig, axes = figure(7.2, 3.2, 1, 2, margins=(0.7, 0.5, 1.0, 0.4), gaps=(0.8, 0))
    hues = {"contractive": "vanishing", "orthogonal": "critical", "chaotic": "chaotic"}
    for ax, key, title in zip(axes, ("cost", "gradient"), ("of the cost V", "of its gradient"), strict=True):
        for regime, values in zip(r["regimes"], np.log10(r[key]), strict=True):
            ax.fill_between(
                r["N"], 10 ** values.min(0), 10 ** values.max(0), color=color(hues[regime]), alpha=0.25, lw=0
            )
            ax.semilogy(r["N"], 10 ** values.mean(0), color=color(hues[regime]), lw=1.4)
            if key == "gradient":
                end = (200, 10 ** values.mean(0)[-1])
                ax.annotate(
                    regime,
                    end,
                    (5, 0),
                    textcoords="offset points",
                    va="center",
                    color=color(hues[regime]),
                    weight=600,
                    annotation_clip=False,
                    size=10,
                )
        ax.set(xlabel="length N, steps", title=f"Lipschitz constant {title}", xlim=(0, 200), ylim=(1e-3, 1e32))
        powers(ax, [0, 10, 20, 30])
    return fig


def measured() -> Picture:
    r = load("lipschitz_constants")["results"]
    middle = {
        regime: np.exp(np.log(values).mean(0)) for regime, values in zip(r["regimes"], r["gradient"], strict=True)
    }
    text = "; ".join(f"{regime} from {v[0]:.2g} to {v[-1]:.2g}" for regime, v in middle.items())
    return show(
        draw_constants(),
        f"Measured Lipschitz constants over N = 5 to 200. Of the gradient, means of 5 seeds: {text}.",
    )
