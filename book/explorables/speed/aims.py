"""The speeds that the library should reach beside its peers and its own matrix products, and those that it misses."""

from collections.abc import Iterator
from typing import Any

import numpy as np

LARGE = 2048  # B·n from which on the matrix products bind everybody
LEAST = {  # the least ratio of a peer's time to ours
    **{(cell, peer): 1.0 for cell in ("VanillaRNN", "LSTM", "GRU", "LRU") for peer in ("PyTorch", "JAX")},
    ("LRU", "PyTorch"): 1.5,
    ("VanillaRNN", "matrix products"): 1 / 1.25,  # these where B·n >= LARGE
    ("LSTM", "matrix products"): 1 / 1.4,
    ("GRU", "matrix products"): 1 / 1.4,
}
A_STEP = 4.0  # microseconds at most beyond the products, for one sequence with the tanh network's 64 units
MEMORY = 1.5  # times the states at most, where these are more than
MUCH = 16.0  # megabytes


def missed(rows: list[dict[str, Any]]) -> list[str]:
    """A line for each aim that a cell missed: what was aimed at, and what was measured where it was missed. Times of a
    peer and of the products are in units of ours."""
    misses: dict[str, list[str]] = {}
    for row in rows:
        for aim, value, reached in aims(row):
            if not reached:
                misses.setdefault(f"{row['cell']:<10} {row['dtype']}: {aim}", []).append(f"{value:.2f}")
    return [f"{aim}: {', '.join(values)}" for aim, values in misses.items()]


def aims(row: dict[str, Any]) -> Iterator[tuple[str, float, bool]]:
    """Each aim for this cell and size, what was measured, and whether it is reached."""
    for (cell, peer), least in LEAST.items():
        if row["cell"] == cell and (peer != "matrix products" or row["B"] * row["n"] >= LARGE):
            ratio = row["ratio"][peer][0]
            yield f"{peer} at least {least:.2f}", ratio, ratio >= least
    if (step := beyond_products(row)) is not None:
        yield f"at most {A_STEP:g} µs a step beyond the products", step, step <= A_STEP
    if megabytes(row) > MUCH:
        yield f"memory at most {MEMORY:g} times the states", row["memory"], row["memory"] <= MEMORY


def beyond_products(row: dict[str, Any]) -> float | None:
    """Microseconds of a step that are not matrix products, for one sequence at a time."""
    if row["B"] > 1 or "matrix products" not in row["ms"]:
        return None
    return float(1e3 * (row["ms"]["minirnn"][0] - row["ms"]["matrix products"][0]) / row["T"])


def megabytes(row: dict[str, Any]) -> float:
    """Of the states that have to be kept; a unit of an LSTM or an LRU has two numbers."""
    numbers = (row["T"] + 1) * row["B"] * row["n"] * (2 if row["cell"] in ("LSTM", "LRU") else 1)
    return numbers * np.dtype(row["dtype"]).itemsize / 1e6
