"""The same measurements as a table: our times, and the peers' as multiples of them."""

from itertools import product
from typing import Any

from experiments.record import load
from explorables.speed.measurements import CELLS, PEERS, Spread, ratios, rows


def table() -> str:
    """For float64, in Markdown; in brackets the quartiles, or that it is one timing."""
    lines = [f"| cell | T, B, n, m | ours, ms | {' | '.join(PEERS)} |", "|---|---|--:|" + "--:|" * len(PEERS)]
    for cell in CELLS:
        for row in rows(cell):
            spreads = ratios(row)
            texts = [written(spreads[p]) if p in spreads else "–" for p in PEERS]
            shape = ", ".join(str(row[key]) for key in "TBnm")
            lines.append(f"| {cell} | {shape} | {milliseconds(row['ms']['minirnn'][0])} | {' | '.join(texts)} |")
    return "\n".join(lines)


def milliseconds(value: float) -> str:
    """
    >>> milliseconds(4331.0), milliseconds(96.06), milliseconds(2.69)
    ('4331', '96.1', '2.69')
    """
    return f"{value:.0f}" if value >= 1000 else f"{value:.3g}"


def written(spread: Spread) -> str:
    """A ratio and its quartiles, which are the ratio itself where there is one timing.

    >>> written((4.46, 4.42, 4.55)), written((3.97, 3.97, 3.97))
    ('4.46× (4.42–4.55)', '3.97× (once)')
    """
    middle, low, high = spread
    return f"{middle:.2f}× ({f'{low:.2f}–{high:.2f}' if low < high else 'once'})"


def fits() -> str:
    """What a step costs by the fit of each library, in Markdown: a, b and c of (eq-cost)."""
    lines = ["| cell | library | a, µs | b, ns | c, ns |", "|---|---|--:|--:|--:|"]
    for cell in CELLS:
        cost = load("bench")["results"]["cost"][cell]
        by_library: dict[str, Any] = {"ours": cost, **cost["peers"]}
        for library, of_library in by_library.items():
            a, b, c = of_library["fit"].values()
            lines.append(f"| {cell} | {library} | {a:.1f} | {b:.1f} | {c:.2f} |")
    again = load("bench")["settings"].get("again")
    return "\n".join([*lines, *(["", f"The record was {again}."] if again else [])])


def elsewhere() -> str:
    """The least and the largest ratio of two peers on both processors, in Markdown."""
    lines = ["| cell | numbers | PyTorch, here | elsewhere | JAX, here | elsewhere |", "|---|---|--:|--:|--:|--:|"]
    records = load("bench")["results"]["rows"], load("bench_elsewhere")["results"]["rows"]
    for cell, dtype in product(CELLS, ("float64", "float32")):
        spans = []
        for peer, measured in product(("PyTorch", "JAX"), records):
            values = [row["ratio"][peer][0] for row in measured if (row["cell"], row["dtype"]) == (cell, dtype)]
            spans.append(f"{min(values):.2f} to {max(values):.2f}")
        lines.append(f"| {cell} | {dtype} | {' | '.join(spans)} |")
    return "\n".join(lines)


def second_core() -> str:
    """Milliseconds of one gradient with one thread and with two, in Markdown."""
    record = load("cores")["results"]["threads"]
    lines = [f"| cell | {' | '.join(record[0]['ms'])} |".replace("minirnn", "ours"), "|---|--:|--:|--:|"]
    for row in record:
        times = (f"{milliseconds(one)} → {milliseconds(two)}" for one, two in row["ms"].values())
        lines.append(f"| {row['cell']} | {' | '.join(times)} |")
    return "\n".join(lines)


def of_a_book() -> str:
    """Seconds of the processor, in Markdown."""
    lines = ["| what | seconds |", "|---|--:|"]
    return "\n".join([*lines, *(f"| {k} | {v:.2g} |" for k, v in load("bench")["results"]["book"].items())])
