"""The measurements of `make bench`: the library and its peers on the same work, in turn, on one thread."""

from typing import Any

from experiments.record import load

CELLS = ["VanillaRNN", "LSTM", "GRU", "LRU"]
PEERS = ["PyTorch", "JAX", "autograd", "matrix products"]
Spread = tuple[float, float, float]  # median, lower and upper quartile


def rows(cell: str, dtype: str = "float64") -> list[dict[str, Any]]:
    """The measurements of a cell, one for each size."""
    return [row for row in load("bench")["results"]["rows"] if (row["cell"], row["dtype"]) == (cell, dtype)]


def size(row: dict[str, Any]) -> str:
    return f"T {row['T']}, B {row['B']}, n {row['n']}, m {row['m']}"


def ratios(row: dict[str, Any]) -> dict[str, Spread]:
    """The times of the peers that took part, as multiples of ours."""
    return {peer: tuple(row["ratio"][peer]) for peer in PEERS if peer in row["ratio"]}


def machine() -> str:
    """When, on what and with which versions it was measured."""
    record = load("bench")
    peers = record["settings"]["peers"]
    again = f", {record['settings']['again']}" if "again" in record["settings"] else ""
    return (
        f"{record['date']}{again}, {record['machine']}, one thread; NumPy "
        f"{record['versions']['numpy']}, autograd {record['versions']['autograd']}, PyTorch {peers['torch']}, JAX "
        f"{peers['jax']}"
    )
