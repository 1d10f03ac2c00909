"""What the page on speed says in numbers, all of them from the record of `make bench`."""

from typing import Any

import numpy as np

from experiments.record import load
from explorables.speed import checkpoints
from explorables.speed.measurements import CELLS, ratios, rows
from minirnn.core import recurrences

LOOPED = ["VanillaRNN", "LSTM", "GRU"]  # step by step; the LRU scans
BOUNDS = {"exponent/forward": 8, "exponent/gradient": 4, "diagnose/gradient": 10}


def numbers() -> dict[str, str]:
    record, facts = load("bench"), checkpoints.compute()
    every_row = record["results"]["rows"]
    return (
        {f"torch-{cell}": from_to(torch(cell)) for cell in CELLS}
        | {
            "small-jax": f"{one_sequence()['JAX'][0]:.2f}",
            "compile": f"{np.median([row['compile_s'] for row in every_row]):.1f}",
            "date": record["date"],
            "turns": str(min(row["turns"] for row in every_row)),
            "memory-plain": f"{facts.plain.mb[-1]:.0f}",
            "memory-kept": f"{facts.checkpointed.mb[-1]:.1f}",
            "memory-time": f"{facts.more_time:.2f}",
        }
        | cost_numbers()
        | exponent_numbers()
    )


def from_to(values: list[float]) -> str:
    return f"{min(values):.1f} to {max(values):.1f}"


# --- the same work --------------------------------------------------------------------------------------------


def torch(cell: str) -> list[float]:
    """PyTorch's times as multiples of ours, one for each size."""
    return [ratios(row)["PyTorch"][0] for row in rows(cell)]


def one_sequence() -> dict[str, Any]:
    """The ratios of the tanh network with one sequence at a time."""
    return next(ratios(row) for row in rows("VanillaRNN") if row["B"] == 1)


def check_the_tanh_network_is_ahead_at_every_size_and_the_lru_is_not() -> None:
    assert min(torch("VanillaRNN")) > 1
    assert min(torch("LRU")) < 1


# --- where the time goes --------------------------------------------------------------------------------------


def cost_numbers() -> dict[str, str]:
    fits = load("bench")["results"]["cost"]
    call, entry, product = fits["VanillaRNN"]["fit"].values()  # µs, ns, ns
    return {
        "call-VanillaRNN": f"{call:.0f}",
        "entry-VanillaRNN": f"{entry:.0f}",
        "product-VanillaRNN": f"{product:.2f}",
        "break-even": f"{1e3 * call / (entry * 64 + product * 64**2):.0f}",
        "worst-fit": f"{max(fits[cell]['worst'] for cell in LOOPED):.1f}",
        "worst-lru": f"{fits['LRU']['worst']:.1f}",
    }


# --- scans and memory -----------------------------------------------------------------------------------------


def check_all_ways_to_scan_agree() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.uniform(0.5, 1, 64), rng.standard_normal((10_000, 64))
    for way in (recurrences.doubling, recurrences.blocked):
        assert abs(way(a, b) - recurrences.sequential(a, b)).max() < 1e-12


def check_checkpoints_save_memory() -> None:
    facts = checkpoints.compute()
    assert facts.checkpointed.mb[-1] < 0.1 * facts.plain.mb[-1]


# --- exponents ------------------------------------------------------------------------------------------------


def exponent_ratios(cells: list[str]) -> dict[str, list[float]]:
    """What exponents and diagnosis cost, in forward passes or gradients, at every size."""
    measured = [row["ratio"] for row in load("bench")["results"]["exponents"]["rows"] if row["cell"] in cells]
    return {key: [ratio[key][0] for ratio in measured] for key in BOUNDS}


def exponent_numbers() -> dict[str, str]:
    seconds = load("bench")["results"]["exponents"]["seconds"]
    return (
        {f"seconds-{name}": f"{value:.1f}" for name, value in seconds.items()}
        | {key.replace("/", "-"): from_to(values) for key, values in exponent_ratios(LOOPED).items()}
        | {"exponent-LRU": f"{max(exponent_ratios(['LRU'])['exponent/gradient']):.0f}"}
    )


def check_exponents_take_as_long_as_was_aimed_at() -> None:
    assert all(value < 5 for value in load("bench")["results"]["exponents"]["seconds"].values())
    assert all(max(values) < BOUNDS[key] for key, values in exponent_ratios(LOOPED).items())
