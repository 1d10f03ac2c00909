"""The figures of the chapter on backpropagation through time: pure functions, a state -> a Figure and its words."""

from functools import cache, partial

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from matplotlib.ticker import NullFormatter, NullLocator

from experiments.record import RESULTS, load
from minirnn import GRU, LSTM, LinearRNN, VanillaRNN, temporal_terms, unroll
from minirnn.core import initializers
from minirnn.core.params import Params, norm
from minirnn.figures.explorables import Control, Prediction, explorable
from minirnn.figures.panels import figure, readable
from minirnn.figures.theme import PALETTE, color, styled

DATA_FILES = (RESULTS / "cost.json",)

# --- the unrolled scalar network: h_t = λ h_{t-1} + x_t, x = 1, E = h_T ---------------------------------------


def scalar_terms(lam: float, X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """States h_0 … h_T, adjoints δ_1 … δ_T and the T terms δ_k h_{k-1} of dh_T/dλ, by the library."""
    cell, one = LinearRNN(m=1, n=1), np.ones((1, 1))
    params = {"W": lam * one, "U": one, "b": np.zeros(1)}
    X = X.reshape(-1, 1, 1)
    H = unroll(cell, params, X)
    dE = np.zeros_like(H[1:])
    dE[-1] = 1.0
    terms = temporal_terms(cell, params, X, H, dE)
    return H.ravel(), terms["b"].ravel(), terms["W"].ravel()


def below(number: int) -> str:
    """A number as subscript characters."""
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def regime(lam: float) -> str:
    """The hue of a multiplier: vanishing below 1, critical at 1, exploding above."""
    return "critical" if abs(lam) == 1 else "vanishing" if abs(lam) < 1 else "exploding"


@styled
def draw_unrolled(lam: float, T: int) -> Figure:
    """The chain of states with the adjoint as a ribbon that runs back above it, over the T terms of the sum."""
    _, delta, terms = scalar_terms(lam, np.ones(T))
    hue = color(regime(lam))
    fig, (graph, bars) = figure(
        7.2, 3.9, 2, 1, sharex=True, margins=(0.75, 0.5, 0.15, 0.3), gaps=(0, 0.6), height_ratios=[1.15, 1]
    )
    steps, size = np.arange(1, T + 1), 0.5 * np.abs(delta) / np.abs(delta).max()
    graph.set(ylim=(-0.85, 1.25), xlim=(-0.09 * T, 1.09 * T + 0.3))
    graph.axis("off")
    graph.set_title("How much of the error at the end reaches each step")
    graph.fill_between(steps, 0.78 - size / 2, 0.78 + size / 2, color=hue, alpha=0.8, lw=0.6)
    graph.text(T + 0.12, 0.78, f"δ{below(T)} = 1", va="center", color=hue, weight=600)
    graph.text(0.88, 0.78, f"δ₁ = {readable(delta[0])}", va="center", ha="right", color=hue, weight=600)
    for t in range(T + 1):
        graph.plot(t, 0, "o", ms=20, mfc=color("paper"), mec=color("muted"), mew=1)
        graph.text(t, -0.03, f"h{below(t)}", ha="center", va="center", size=9.5)
    for t in steps:
        for start, end in (((t - 1, 0), (t, 0)), ((t, -0.7), (t, 0))):
            arrow = FancyArrowPatch(start, end, shrinkA=11, shrinkB=11, arrowstyle="-|>", mutation_scale=7)
            graph.add_patch(arrow)
            arrow.set(color=color("muted"), lw=0.7)
        graph.text(t, -0.78, f"x{below(t)}", ha="center", size=9.5, color=color("muted"))

    bars.bar(steps, terms, width=0.62, color=hue)
    bars.set(ylabel="term k", xlabel="step k at which λ is used")
    bars.set_title(f"The gradient is the sum of {T} terms:  dE/dλ = {terms.sum():.4g}")
    bars.axhline(0, color=color("line"), lw=0.8)
    bars.set_xticks(steps)
    bars.margins(y=0.12)
    return fig


def describe_unrolled(lam: float, T: int) -> str:
    _, delta, terms = scalar_terms(lam, np.ones(T))
    change = {"vanishing": "narrows", "critical": "keeps its width", "exploding": "widens"}[regime(lam)]
    return (
        f"A chain of {T} steps with multiplier {lam:g}. Going back from the error at step {T}, the ribbon {change}: "
        f"the adjoint is 1 at step {T} and {delta[0]:.3g} at step 1. Bars below show the {T} terms of the gradient; "
        f"the largest is {np.abs(terms).max():.3g}, their sum is {terms.sum():.4g}."
    )


unrolled = explorable(
    draw_unrolled,
    words=describe_unrolled,
    name="unrolled",
    caption="A network of one number, h_t = λ h_{t−1} + x_t, with x_t = 1 and E = h_T. The ribbon is the adjoint δ_t, "
    "as wide as |δ_t| in units of its largest; the bars are the terms of dE/dλ.",
    lam=Control([0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3], label="multiplier λ"),
    T=Control([3, 5, 8, 10, 12], label="length T", unit="steps"),
    start={"lam": 0.8, "T": 8},
    states={"λ = 0.5 forgets": {"lam": 0.5}, "λ = 1 keeps": {"lam": 1.0}, "λ = 1.2 explodes": {"lam": 1.2}},
)

# --- the (t, k) map of the temporal terms -------------------------------------------------------------------

CELLS = {"tanh": VanillaRNN(m=4, n=24), "LSTM": LSTM(m=4, n=24), "GRU": GRU(m=4, n=24)}
LENGTH = 30
HEAT = LinearSegmentedColormap.from_list(
    "heat", [PALETTE["vanishing"][0], "#9cc4de", "#eceff2", "#f0b48a", PALETTE["exploding"][0]]
)


def network_states(cell: str, gain: float, seed: int) -> tuple[Params, np.ndarray, np.ndarray]:
    """A network at initialisation, inputs (LENGTH, 1, 4), and its states on them, from a state that it reaches."""
    rng, network = np.random.default_rng(seed), CELLS[cell]
    params = network.init(rng, recurrent=partial(initializers.fan_in, gain=gain))
    before, X = rng.standard_normal((2, LENGTH, 1, 4))
    return params, X, unroll(network, params, X, h0=unroll(network, params, before)[-1])


@cache
def term_map(cell: str, gain: float) -> np.ndarray:
    """log10 of the norm of term k of ∂E_t/∂W, [t-1, k-1], nan for k > t; mean of 4 seeds, 0 on average at k = t."""
    logs = np.full((4, LENGTH, LENGTH), np.nan)
    for seed in range(4):
        network, (params, X, H) = CELLS[cell], network_states(cell, gain, seed)
        direction = np.random.default_rng([seed, 1]).standard_normal((1, network.n_out))
        for t in range(1, LENGTH + 1):
            dE = np.zeros_like(H[1:])
            dE[t - 1, :, : network.n_out] = direction  # E_t depends on h_t alone
            terms = temporal_terms(network, params, X, H, dE)["W"]
            logs[seed, t - 1, :t] = [np.log10(norm({"W": term})) for term in terms[:t]]
    mean = logs.mean(axis=0)
    return mean - np.diagonal(mean).mean()


def by_lag(logs: np.ndarray) -> np.ndarray:
    """Mean over t of the norms (10^mean log) at each lag t - k = 0 … LENGTH - 1."""
    return np.array([10.0 ** np.diagonal(logs, -lag).mean() for lag in range(LENGTH)])


@styled
def draw_terms(gain: float, cell: str) -> Figure:
    """The norms of all terms as a map over (k, t), and their mean over t by lag."""
    logs = term_map(cell, gain)
    fig, (heat, curve) = figure(
        7.2, 3.5, 1, 2, margins=(0.6, 0.5, 0.2, 0.4), gaps=(0.85, 0), width_ratios=[1, 1.15]
    )
    extent = (0.5, LENGTH + 0.5, 0.5, LENGTH + 0.5)
    image = heat.imshow(logs, cmap=HEAT, vmin=-4, vmax=4, origin="lower", extent=extent, interpolation="none")
    heat.set(xlabel="step k of the use", ylabel="step t of the error", aspect="auto")
    heat.set_title("The norm of every term")
    bar = fig.colorbar(image, cax=heat.inset_axes((0.52, 0.2, 0.42, 0.035)), orientation="horizontal")
    bar.set_ticks([-4, 0, 4], labels=["$10^{-4}$", "1", "$10^4$"])
    bar.ax.tick_params(labelsize=9, length=2)
    bar.outline.set_visible(False)
    sizes = by_lag(logs)
    hue = color("vanishing" if sizes[20] < 0.1 else "exploding" if sizes[20] > 10 else "critical")
    curve.axhline(1, color=color("line"), lw=0.9)
    curve.semilogy(np.arange(LENGTH), sizes, color=hue)
    curve.set(ylim=(1e-9, 1e5), xlim=(0, LENGTH), xlabel="lag t - k, steps", ylabel="norm, relative to lag 0")
    curve.set_title(f"At lag 20: {readable(sizes[20])}", color=hue)
    curve.set_yticks([1e-8, 1e-4, 1, 1e4], labels=["$10^{-8}$", "$10^{-4}$", "1", "$10^4$"])
    curve.yaxis.set_minor_locator(NullLocator())
    return fig


def describe_terms(gain: float, cell: str) -> str:
    sizes = by_lag(term_map(cell, gain))
    return (
        f"A {cell} network with recurrent gain {gain:g}. Left, a triangle of the norms of all terms of the gradient, "
        f"by the step t of the error and the step k of the use. Right, their mean by lag: relative to lag 0 it is "
        f"{sizes[10]:.2g} at lag 10, {sizes[20]:.2g} at lag 20 and {sizes[-1]:.2g} at lag {LENGTH - 1}."
    )


terms = explorable(
    draw_terms,
    words=describe_terms,
    name="terms",
    caption="Norms of the terms of the double sum, for the weights W. Left: each pair (t, k). Right: their mean over "
    "t, by lag. Means of the logarithm over 4 random networks at initialisation, relative to lag 0; inputs N(0, 1), "
    "recurrent weights N(0, gain²/24), LSTM and GRU with a bias of 1 towards keeping.",
    gain=Control([0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.5, 3.0], label="gain"),
    cell=Control(["tanh", "LSTM", "GRU"], label="cell"),
    start={"gain": 1.0},
    states={"tanh, gain 1": {"gain": 1.0}, "LSTM, gain 1": {"gain": 1.0, "cell": "LSTM"}},
)

# --- what truncation loses ------------------------------------------------------------------------------------

HORIZON = 60


@cache
def inputs(kind: str) -> np.ndarray:
    """60 inputs: ones; white noise; or a single one, 30 steps before the end."""
    if kind == "constant":
        return np.ones(HORIZON)
    if kind == "noise":
        return np.random.default_rng(4).standard_normal(HORIZON)
    return (np.arange(1, HORIZON + 1) == HORIZON - 30).astype(float)


@styled
def draw_truncation(lam: float, K: int, kind: str) -> Figure:
    """The terms of dh_T/dλ by lag, those within K kept; and the share of the gradient that is kept, over K."""
    terms = scalar_terms(lam, inputs(kind))[2][::-1]
    kept = np.cumsum(terms) / terms.sum()
    fig, (bars, share) = figure(7.2, 3.1, 1, 2, margins=(0.65, 0.5, 0.2, 0.4), gaps=(0.75, 0))
    lags = np.arange(HORIZON)
    bars.bar(lags[:K], terms[:K], width=0.8, color=color("critical"))
    bars.bar(lags[K:], terms[K:], width=0.8, color=color("line"))
    bars.axhline(0, color=color("line"), lw=0.8)
    bars.set(xlabel="lag T - k, steps", ylabel="term k", xlim=(-1, HORIZON))
    bars.margins(y=0.15)
    bars.set_title(f"Terms: {K} kept, {HORIZON - K} dropped")
    share.axhline(1, color=color("line"), lw=0.8)
    share.plot(lags + 1, kept, color=color("muted"), lw=1.3)
    share.plot(K, kept[K - 1], "o", ms=8, color=color("critical"))
    share.set(xlabel="window K, steps", ylabel="truncated / full gradient", xlim=(0, HORIZON + 1))
    low, high = min(-0.1, kept.min() - 0.1), max(1.15, kept.max() + 0.1)
    share.set_ylim(low, high)
    share.set_title(f"Kept: {100 * kept[K - 1]:.1f} %", color=color("critical"))
    return fig


def describe_truncation(lam: float, K: int, kind: str) -> str:
    terms = scalar_terms(lam, inputs(kind))[2][::-1]
    share = terms[:K].sum() / terms.sum()
    return (
        f"Multiplier {lam:g}, {kind} input, {HORIZON} steps. Of the {HORIZON} terms of the gradient, by lag, the first "
        f"{K} are kept. They make {100 * share:.1f} percent of the full gradient {terms.sum():.4g}."
    )


truncation = explorable(
    draw_truncation,
    words=describe_truncation,
    name="truncation",
    caption="The terms of dh_T/dλ for h_t = λh_{t−1} + x_t and T = 60: kept are the last K (green). Constant input "
    "is 1, noise is one sample of N(0, 1), the impulse comes 30 steps before the end.",
    K=Control([1, 2, 3, 5, 8, 12, 20, 30, 31, 40, 60], label="window K", unit="steps"),
    lam=Control([0.5, 0.7, 0.9, 0.95, 1.0], label="multiplier λ"),
    kind=Control(["constant", "noise", "impulse"], label="input"),
    start={"K": 12, "lam": 1.0},
    states={"λ = 0.9, K = 20": {"lam": 0.9, "K": 20}, "impulse, K = 12": {"kind": "impulse", "K": 12, "lam": 1.0}},
    predict=Prediction(
        question="λ = 1, constant input, T = 60 steps. A window of K = 12 steps is a fifth of the sequence. "
        "How much of the gradient does it keep?",
        choices={
            "a fifth, 20 %": "That would be so if all terms were equal. They are not: term k holds the state of step "
            "k - 1, and later states are larger.",
            "more than a third, 36 %": "Yes: late terms are larger, because the state has grown until then. For T much "
            "longer than K the share is about 2K/T.",
            "nearly all, 95 %": "That holds for λ well below 1, where old terms vanish. At λ = 1 nothing fades.",
        },
        answer="more than a third, 36 %",
    ),
)

# --- the cost of the two routes -------------------------------------------------------------------------------


@styled
def draw_cost(B: int, n: int) -> Figure:
    """Measured time of one gradient over T: by hand, by autograd, and by autograd with the states stacked."""
    record = load("cost")["results"]
    T = np.array(record["T"])
    routes = {"by hand": "vanishing", "autograd": "chaotic", "autograd, stack": "exploding"}
    fig, ax = figure(7.2, 3.4, margins=(0.8, 0.5, 1.5, 0.4))
    for route, hue in routes.items():
        ms = np.array(record["ms"][f"{route}, B={B}, n={n}"])
        ax.loglog(T[: len(ms)], ms, "-o", ms=4, color=color(hue))
        lift = 2 if hue == "exploding" else -4  # the two lines of autograd may end close to each other
        end = (T[len(ms) - 1], ms[-1])
        ax.annotate(route, end, (8, lift), textcoords="offset points", color=color(hue), weight=600)
    hand, auto = (np.array(record["ms"][f"{route}, B={B}, n={n}"]) for route in ("by hand", "autograd"))
    ax.set(xlabel="sequence length T, steps", ylabel="time of one gradient, ms", ylim=(0.05, 3000))
    ax.set_title(f"At T = {T[-1]} the recording costs {auto[-1] / hand[-1]:.1f} times the work")
    ax.set_xticks(T, labels=[str(t) for t in T])
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.xaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_minor_locator(NullLocator())
    ax.set_yticks([0.1, 1, 10, 100, 1000], labels=["0.1", "1", "10", "100", "1000"])
    return fig


def cost_caption() -> str:
    """What was measured, when and on what."""
    record = load("cost")
    return (
        f"Median time of one gradient of a tanh network, float64, measured on {record['date']} ({record['machine']}, "
        f"{record['settings']['cores']} cores, NumPy {record['versions']['numpy']}, "
        f"autograd {record['versions']['autograd']}). Other machines give other times, but similar ratios."
    )


def describe_cost(B: int, n: int) -> str:
    record = load("cost")["results"]
    T = record["T"]
    hand, auto = (record["ms"][f"{route}, B={B}, n={n}"] for route in ("by hand", "autograd"))
    stack = record["ms"][f"autograd, stack, B={B}, n={n}"]
    last = len(stack) - 1
    return (
        f"Batch {B}, {n} units. Time of one gradient over the sequence length, on logarithmic axes. At {T[-1]} steps: "
        f"by hand {hand[-1]:.3g} ms, by autograd {auto[-1]:.3g} ms, {auto[-1] / hand[-1]:.1f} times as long. "
        f"A third line, autograd with the states stacked instead of joined, ends at {T[last]} steps with "
        f"{stack[last]:.3g} ms, {stack[last] / auto[last]:.1f} times autograd."
    )


cost = explorable(
    draw_cost,
    words=describe_cost,
    name="cost",
    caption=cost_caption(),
    B=Control([1, 8, 32], label="batch B", unit="sequences"),
    n=Control([16, 64], label="units n"),
    start={"B": 8},
)
