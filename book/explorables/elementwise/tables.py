"""Two tables: what students leave unexplained at the end, and what other starts would have left."""

import numpy as np

from experiments.elementwise.best_rates import at_chosen_rates, student_losses
from experiments.record import load

PAPER = {"dense": 4e-1, "2×2": 1.8e-5, "diagonal": 4e-5, "+ γ": 2.3e-5, "LRU": 2.5e-5}  # fig. 3, read off, at 0.99
MEMORIES = [0.36, 0.92, 0.99]
LOST = 0.1  # a run that ends with a larger share unexplained


def students() -> str:
    """Medians of what is not explained at three memories, the range at the longest, and the paper's losses there."""
    rows = [["student", *memory_heads(), "range of 5 seeds", "paper, ν₀ = 0.99"]]
    for name, paper in PAPER.items():
        losses = at_chosen_rates(at_three_memories(name))
        medians = [small(float(np.median(of_seeds))) for of_seeds in losses]
        rows.append([name, *medians, f"{small(losses[-1].min())} to {small(losses[-1].max())}", small(paper)])
    return html(rows)


def starts() -> str:
    """The same medians for students that start otherwise, with the number of seeds that are lost."""
    others = load("starts")["results"]
    losses_by_start = {
        "dense, the paper's start": others["paper"]["loss"],
        "dense, orthogonal basis": at_three_memories("dense"),
        "dense, Gaussian basis": others["skew"]["loss"],
        "diagonal": at_three_memories("diagonal"),
        "dense, orthogonal, inputs scaled by γ": others["dense, scaled"]["loss"],
        "2×2, inputs scaled by γ": others["2×2, scaled"]["loss"],
        "diagonal, inputs scaled by γ": others["diagonal, scaled"]["loss"],
        "diagonal, γ as parameters": at_three_memories("+ γ"),
    }
    rows = [["student and its start", *memory_heads()]]
    rows += [[name, *map(median_and_lost, np.array(losses))] for name, losses in losses_by_start.items()]
    return html(rows)


def memory_heads() -> list[str]:
    return [f"ν₀ = {nu0:g}" for nu0 in MEMORIES]


def at_three_memories(name: str) -> np.ndarray:
    """A student's share not explained, [ν₀, rate, seed]."""
    memories = load("teachers")["results"]["nu0"]
    return student_losses(name)[[memories.index(nu0) for nu0 in MEMORIES]]


def median_and_lost(losses: np.ndarray) -> str:
    """Of losses (rate, seed), at the chosen rates."""
    ends = at_chosen_rates(losses)
    lost = int((ends > LOST).sum())
    return small(float(np.median(ends))) + (f", {lost} of 5 lost" if lost else "")


def small(value: float) -> str:
    """A small number as HTML.

    >>> small(2e-6)
    '2.0·10<sup>−6</sup>'
    """
    digits, exponent = f"{value:.1e}".split("e")
    return f"{digits}·10<sup>{int(exponent)}</sup>".replace("-", "\u2212")


def html(rows: list[list[str]]) -> str:
    """A table whose first row is its head."""
    head = "".join(f"<th>{cell}</th>" for cell in rows[0])
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows[1:])
    table = f'<table class="table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div style="overflow-x: auto">{table}</div>'
