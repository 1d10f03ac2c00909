"""The figures of the page on speed, drawn from the record of `make bench`."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, NullLocator

from experiments.record import RESULTS, load
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import figure
from minirnn.figures.theme import color, styled

DATA_FILES = (RESULTS / "bench.json",)
CELLS = ["VanillaRNN", "LSTM", "GRU", "LRU"]
HUES = {"PyTorch": "exploding", "JAX": "chaotic", "autograd": "critical", "matrix products": "muted"}
MARKS = {"PyTorch": "o", "JAX": "s", "autograd": "D", "matrix products": "|"}


def rows(cell: str, dtype: str = "float64") -> list[dict]:
    """The measurements of a cell, one for each size."""
    return [row for row in load("bench")["results"]["rows"] if (row["cell"], row["dtype"]) == (cell, dtype)]


def size(row: dict) -> str:
    return f"T {row['T']}, B {row['B']}, n {row['n']}, m {row['m']}"


def machine() -> str:
    """When, on what and with which versions it was measured."""
    record = load("bench")
    peers = record["settings"]["peers"]
    return (
        f"{record['date']}, {record['machine'].replace('_', '-')}, one thread; NumPy {record['versions']['numpy']}, "
        f"autograd {record['versions']['autograd']}, PyTorch {peers['torch']}, JAX {peers['jax']}"
    )


def table(dtype: str = "float64") -> str:
    """Our times and the peers' as multiples of them, in Markdown; in brackets the quartiles."""
    peers = list(HUES)
    lines = [f"| cell | T, B, n, m | ours, ms | {' | '.join(peers)} |", "|---|---|--:|" + "--:|" * len(peers)]
    for cell in CELLS:
        for row in rows(cell, dtype):
            shape = ", ".join(str(row[key]) for key in "TBnm")
            ratios = [
                "{:.2f}× ({:.2f}–{:.2f})".format(*row["ratio"][peer]) if peer in row["ratio"] else "–"
                for peer in peers
            ]
            lines.append(f"| {cell} | {shape} | {row['ms']['minirnn'][0]:.3g} | {' | '.join(ratios)} |")
    return "\n".join(lines)


# --- ratios ---------------------------------------------------------------------------------------------------


@styled
def draw_ratios(cell: str, dtype: str) -> Figure:
    """Each peer's time as a multiple of ours, a row for each size."""
    found = rows(cell, dtype)
    fig, ax = figure(7.2, 3.7, margins=(1.75, 0.5, 0.2, 0.75))
    ax.axvline(1, color=color("ink"), lw=1)
    for y, row in enumerate(found):
        ax.axhline(y, color=color("line"), lw=0.5, zorder=0)
        for peer, (middle, low, high) in row["ratio"].items():
            if peer in HUES:
                ax.plot([low, high], [y, y], color=color(HUES[peer]), lw=1.2)
                ax.plot(middle, y, MARKS[peer], ms=6 if peer != "matrix products" else 11, color=color(HUES[peer]))
    for i, (peer, hue) in enumerate(HUES.items()):
        x = 0.27 * i
        ax.plot(x, 1.075, MARKS[peer], ms=6, color=color(hue), transform=ax.transAxes, clip_on=False)
        ax.text(x + 0.02, 1.075, peer, color=color(hue), weight=600, va="center", transform=ax.transAxes)
    ax.set(xscale="log", xlim=(0.15, 60), ylim=(5.5, -0.5), xlabel="time, as a multiple of ours")
    ax.set_yticks(range(len(found)), labels=[size(row) for row in found])
    ax.set_xticks([0.2, 0.5, 1, 2, 5, 10, 20, 50], labels=["0.2", "0.5", "1", "2", "5", "10", "20", "50"])
    ax.xaxis.set_minor_locator(NullLocator())
    fig.text(0.012, 0.945, f"{cell}, {dtype}: to the right of 1, ours is faster", weight=600)
    return fig


def describe_ratios(cell: str, dtype: str) -> str:
    told = []
    for row in rows(cell, dtype):
        ratios = ", ".join(f"{peer} {row['ratio'][peer][0]:.2g}" for peer in HUES if peer in row["ratio"])
        told.append(f"{size(row)}: {ratios}")
    return f"{cell} in {dtype}. Time as a multiple of the library's, for each size. " + "; ".join(told) + "."


ratios = explorable(
    draw_ratios,
    words=describe_ratios,
    name="ratios",
    caption="Medians of one gradient's time by turns, divided by ours; the lines are the quartiles. “Matrix products” "
    f"are those that no implementation can avoid. {machine()}.",
    cell=Control(CELLS, label="cell"),
    dtype=Control(["float64", "float32"], label="numbers"),
)

# --- how the cost grows ---------------------------------------------------------------------------------------


def model(cell: str, T: np.ndarray, B: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Milliseconds by the fit: T·(a + b·B·n + c·B·n²)."""
    a, b, c = load("bench")["results"]["cost"][cell]["fit"].values()
    return T * (a * 1e-3 + b * 1e-6 * B * n + c * 1e-6 * B * n**2)


@styled
def draw_growth(cell: str, along: str) -> Figure:
    """Measured times along one of T, B and n, for three values of another, and the fit as lines."""
    cost = load("bench")["results"]["cost"][cell]
    grid, ms = np.array(cost["grid"]), np.array(cost["ms"])
    axis = "TBn".index(along)
    other = 2 if axis < 2 else 1  # lines for three n; along n, for three B
    fixed = 3 - axis - other
    middle = np.unique(grid[:, fixed])[1]
    fig, ax = figure(7.2, 3.4, margins=(0.8, 0.5, 1.1, 0.4))
    for value, hue in zip(np.unique(grid[:, other]), ("vanishing", "critical", "exploding"), strict=True):
        chosen = (grid[:, other] == value) & (grid[:, fixed] == middle)
        x = grid[chosen, axis]
        fine = np.geomspace(x[0], x[-1], 50)
        at = {along: fine, "TBn"[other]: np.full(50, value), "TBn"[fixed]: np.full(50, middle)}
        fitted = model(cell, at["T"], at["B"], at["n"])
        ax.loglog(fine, fitted, color=color(hue), lw=1.2)
        ax.plot(x, ms[chosen], "o", ms=5, color=color(hue))
        text = f"{'TBn'[other]} = {value}"
        ax.annotate(text, (fine[-1], fitted[-1]), (8, -3), textcoords="offset points", color=color(hue), weight=600)
    words = {"T": "length T, steps", "B": "batch B, sequences", "n": "units n"}
    ax.set(xlabel=words[along], ylabel="time of one gradient, ms", ylim=(0.05, 5000))
    ax.set_title(f"{cell}: measured (points) and fitted (lines), {'TBn'[fixed]} = {middle}")
    ax.set_xticks(x, labels=[str(v) for v in x])
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_yticks([0.1, 1, 10, 100, 1000], labels=["0.1", "1", "10", "100", "1000"])
    ax.yaxis.set_minor_locator(NullLocator())
    return fig


def describe_growth(cell: str, along: str) -> str:
    cost = load("bench")["results"]["cost"][cell]
    fit = ", ".join(f"{value:g} {unit}" for unit, value in cost["fit"].items())
    return (
        f"Time of one gradient of {cell} along {along}, measured as points on lines of the fitted cost, on logarithmic "
        f"axes. The fit: {fit}. Its largest error over the grid is a factor of {cost['worst']:g}."
    )


growth = explorable(
    draw_growth,
    words=describe_growth,
    name="growth",
    caption="Time of one gradient in float64, one thread, m = 4. The lines are one fit for each cell, "
    "T·(a + b·B·n + c·B·n²): what a step costs by itself, by the entries of the state, by the entries of W.",
    cell=Control(CELLS, label="cell"),
    along=Control(["T", "B", "n"], label="along"),
)

# --- memory ---------------------------------------------------------------------------------------------------


@styled
def draw_memory() -> Figure:
    """Memory and time over T, of plain backpropagation and with checkpoints."""
    found = load("bench")["results"]["checkpointing"]
    T = found["T"]
    fig, axes = figure(7.2, 3.2, 1, 2, margins=(0.75, 0.5, 0.25, 0.4), gaps=(0.9, 0))
    routes = {"bptt": ("all states", "exploding"), "checkpointed_bptt": ("checkpoints", "vanishing")}
    for ax, key, label in zip(axes, ("mb", "ms"), ("memory, MB", "time of one gradient, ms"), strict=True):
        for route, (name, hue) in routes.items():
            ax.loglog(T, found[route][key], "-o", ms=4, color=color(hue))
            above = (route == "bptt") == (key == "mb")
            place = (T[2], found[route][key][2])
            offset, side = ((-10, 8), "right") if above else ((8, -14), "left")
            ax.annotate(name, place, offset, textcoords="offset points", ha=side, color=color(hue), weight=600)
        ax.set(xlabel="length T, steps", ylabel=label)
        ax.xaxis.set_minor_locator(NullLocator())
        ax.yaxis.set_minor_locator(NullLocator())
        ax.set_xticks(T, labels=["100", "1000", "10 000", "100 000"])
    less = found["bptt"]["mb"][-1] / found["checkpointed_bptt"]["mb"][-1]
    more = found["checkpointed_bptt"]["ms"][-1] / found["bptt"]["ms"][-1]
    axes[0].set_title(f"At {T[-1]:,} steps: 1/{less:.0f}".replace(",", " "))
    axes[1].set_title(f"for {more:.2f} times the time")
    return fig


def describe_memory() -> str:
    found = load("bench")["results"]["checkpointing"]
    plain, kept = found["bptt"], found["checkpointed_bptt"]
    return (
        f"Two panels over the length T, to {found['T'][-1]} steps, on logarithmic axes. There, memory is "
        f"{plain['mb'][-1]:.0f} MB with all states and {kept['mb'][-1]:.1f} MB with checkpoints; time is "
        f"{plain['ms'][-1]:.0f} ms and {kept['ms'][-1]:.0f} ms."
    )
