"""The numbers of the page on speed, all of them from the record of `make bench`."""

from pathlib import Path
from typing import Any

import numpy as np

import minirnn
from experiments.record import load
from explorables.speed import checkpoints
from explorables.speed.measurements import CELLS, ratios, rows
from minirnn.core import recurrences

LOOPED = ["VanillaRNN", "LSTM", "GRU"]  # step by step; the LRU scans
GATED = ["LSTM", "GRU"]
BOUNDS = {"exponent/forward": 8, "exponent/gradient": 4, "diagnose/gradient": 10}


def numbers() -> dict[str, str]:
    record, facts = load("bench"), checkpoints.compute()
    every_row = record["results"]["rows"]
    return (
        {f"torch-{cell}": from_to(torch(cell), 2) for cell in CELLS}
        | {f"behind-{cell}": str(sum(ratio < 1 for ratio in torch(cell))) for cell in ("LSTM", "GRU", "LRU")}
        | {
            "products-tanh": from_to([1 / ratio for ratio in large("VanillaRNN", "minirnn")]),
            "products-ours": from_to([1 / ratio for ratio in large("LSTM", "minirnn")]),
            "products-LSTM": from_to([1 / ratio for ratio in large("LSTM", "PyTorch")]),
        }
        | {"sizes": str(len(torch("LRU")))}
        | {
            "small-jax": f"{one_sequence()['JAX'][0]:.2f}",
            "one-LRU": f"{with_one_sequence('LRU')[0]:.1f}",
            "compile": f"{np.median([row['compile_s'] for row in every_row]):.1f}",
            "date": record["date"],
            "date-elsewhere": load("bench_elsewhere")["date"],
            "kernel-elsewhere": from_to([ratio for T, ratio in kernel("bench_elsewhere") if T >= 784]),
            "turns": str(min(row["turns"] for row in every_row)),
            "memory-plain": f"{facts.plain.mb[-1]:.0f}",
            "memory-kept": f"{facts.checkpointed.mb[-1]:.1f}",
            "memory-time": f"{facts.more_time:.2f}",
        }
        | cost_numbers()
        | exponent_numbers()
        | {f"gain-{who}": f"{gain:.2f}" for who, gain in gains().items()}
        | {"equal-runs": str(load("cores")["settings"]["runs"])}
    )


def from_to(values: list[float], digits: int = 1) -> str:
    return f"{min(values):.{digits}f} to {max(values):.{digits}f}"


# --- the same work --------------------------------------------------------------------------------------------


def torch(cell: str) -> list[float]:
    """PyTorch's times as multiples of ours, one for each size."""
    return [ratios(row)["PyTorch"][0] for row in rows(cell)]


def one_sequence() -> dict[str, Any]:
    """The ratios of the tanh network with one sequence at a time."""
    return next(ratios(row) for row in rows("VanillaRNN") if row["B"] == 1)


def with_one_sequence(cell: str) -> list[float]:
    """PyTorch's times as multiples of ours, at the sizes with one sequence."""
    return [ratio for row, ratio in zip(rows(cell), torch(cell), strict=True) if row["B"] == 1]


def large(cell: str, library: str) -> list[float]:
    """The time of our matrix products as a share of the library's, where B·n >= 2048."""
    at = [{"minirnn": (1.0,)} | ratios(row) for row in rows(cell) if row["B"] * row["n"] >= 2048]
    return [ratio["matrix products"][0] / ratio[library][0] for ratio in at]


def check_with_one_sequence_calls_are_what_counts() -> None:
    """PyTorch's loops are furthest behind there, and that of the LRU much further; JAX is ahead with every cell."""
    assert all(max(with_one_sequence(cell)) == max(torch(cell)) for cell in CELLS)
    assert min(with_one_sequence("LRU")) > 1.5 * sorted(torch("LRU"))[-2]
    assert all(ratios(row)["JAX"][0] < 1 for cell in CELLS for row in rows(cell) if row["B"] == 1)


def check_gated_cells_are_further_from_their_products_than_the_tanh_network() -> None:
    assert max(large("LSTM", "minirnn")) < min(large("VanillaRNN", "minirnn"))


def kernel(record: str) -> list[tuple[int, float]]:
    """T and the ratio of PyTorch's LSTM in float32, for which it has a kernel of its own."""
    chosen = [row for row in load(record)["results"]["rows"] if (row["cell"], row["dtype"]) == ("LSTM", "float32")]
    return [(row["T"], row["ratio"]["PyTorch"][0]) for row in chosen]


def check_pytorchs_kernel_is_ahead_on_this_processor() -> None:
    assert all(ratio < 1 for _, ratio in kernel("bench"))


def check_elsewhere_it_is_ahead_until_the_gradient_vanishes() -> None:
    assert all(ratio > 1 if T >= 784 else ratio < 1 for T, ratio in kernel("bench_elsewhere"))


def check_jax_is_ahead_with_gated_cells_here_and_behind_elsewhere() -> None:
    def ahead(record: str) -> list[bool]:
        rows = load(record)["results"]["rows"]
        return [row["ratio"]["JAX"][0] < 1 for row in rows if row["cell"] == "LSTM" and row["B"] >= 32]

    assert all(ahead("bench"))
    assert not any(ahead("bench_elsewhere"))


def check_numpy_has_no_fast_exponential_of_float64_on_this_processor() -> None:
    assert "X86_V4" in load("bench")["settings"]["simd"]["not found"]  # AVX-512, as NumPy calls it


def check_the_library_is_a_thousand_lines_here() -> None:
    """Those of the cells, of backpropagation, of scans and products that are not blank."""
    library = Path(minirnn.__file__).parent
    files = [
        *library.glob("cells/*.py"),
        *(library / f"{m}.py" for m in ("gradients/backpropagation", "core/recurrences")),
    ]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert 700 < len(lines) < 1500


def check_one_timing_has_no_quartiles() -> None:
    assert any(
        low == high
        for cell in CELLS
        for _, low, high in (ratios(row).get("autograd", (0, 0, 1)) for row in rows(cell))
    )


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
        | {f"forward-{cell}": from_to(forward_shares(cell)) for cell in LOOPED}
        | {key.replace("/", "-"): from_to(values) for key, values in exponent_ratios(GATED).items()}
        | {"diagnose-gradient": from_to(exponent_ratios(LOOPED)["diagnose/gradient"])}
        | {"exponent-tanh": f"{max(exponent_ratios(['VanillaRNN'])['exponent/gradient']):.1f}"}
        | {"exponent-LRU": f"{max(exponent_ratios(['LRU'])['exponent/gradient']):.0f}"}
    )


def forward_shares(cell: str) -> list[float]:
    """A forward pass as a share of a gradient, at every size."""
    rows = [row for row in load("bench")["results"]["exponents"]["rows"] if row["cell"] == cell]
    return [row["ms"]["forward"] / row["ms"]["gradient"] for row in rows]


def check_a_forward_pass_is_a_third_to_three_fifths_of_a_gradient() -> None:
    shares = [share for cell in LOOPED for share in forward_shares(cell)]
    assert min(shares) >= 0.3
    assert max(shares) < 0.6


def check_exponents_take_as_long_as_was_aimed_at() -> None:
    assert all(value < 5 for value in load("bench")["results"]["exponents"]["seconds"].values())
    assert all(max(values) < BOUNDS[key] for key, values in exponent_ratios(GATED).items())
    assert max(exponent_ratios(CELLS)["diagnose/gradient"]) < BOUNDS["diagnose/gradient"]


def check_the_tanh_networks_exponent_is_slow_with_one_sequence_alone() -> None:
    """There its gradient, whose loops make no array at a step, is fast. With more it takes less than three."""
    measured = [row for row in load("bench")["results"]["exponents"]["rows"] if row["cell"] == "VanillaRNN"]
    by_batch = [(row["B"], row["ratio"]["exponent/gradient"][0]) for row in measured]
    assert all(ratio > 3 if B == 1 else ratio < 3 for B, ratio in by_batch)


def gains() -> dict[str, float]:
    """How many times as fast two processes are as one, by who starts them."""
    return {who: one / two for who, (one, two) in load("cores")["results"]["processes"].items()}


def check_a_sweep_gains_by_a_second_process_what_was_aimed_at() -> None:
    assert gains()["sweep"] > 1.8


def check_a_second_thread_brings_less_than_a_second_process() -> None:
    for row in load("cores")["results"]["threads"]:
        one, two = row["ms"]["minirnn"]
        assert one / two < gains()["sweep"]


def check_the_smallest_number_times_a_forget_gate_is_itself() -> None:
    smallest = np.float32(1e-45)
    assert 0 < smallest == smallest * np.float32(0.75)
