"""Results from the records of the chapter, in the order in which its figures and its page use them."""

from functools import cache
from typing import Any

import numpy as np

from experiments.record import load

Run = dict[str, Any]


@cache
def latch_results() -> tuple[dict[str, Any], dict[tuple[float, float, int], Run]]:
    """Settings of the latch's runs, and the saved results by (s, w0, T)."""
    record = load("latch")
    return record["settings"], {(r["s"], r["w0"], r["T"]): r for r in record["results"]}


def latch_successes(w0: float, s: float) -> np.ndarray:
    """How many runs learned the latch, by length."""
    settings, runs = latch_results()
    return np.array([runs[s, w0, T]["success"] for T in settings["T"]])


@cache
def flow_maps(method: str) -> tuple[list[int], list[float], np.ndarray]:
    """Updates, errors, and the maps log10 ‖(∂h_t/∂h_k)ᵀ v‖ [snapshot, t, k], nan for k > t."""
    run = load("flow_of_errors")["results"][method]
    size = len(run["map"][0])
    filled = np.full((len(run["map"]), size, size), np.nan)
    for snapshot, rows in enumerate(run["map"]):
        for i, row in enumerate(rows):
            filled[snapshot, i, : len(row)] = row
    return run["updates"], run["error"], filled


def order_runs(init: str, lr: float = 0.1) -> dict[tuple[str, int], list[Run]]:
    """The saved runs of temporal order from an initialisation, by method and length."""
    groups: dict[tuple[str, int], list[Run]] = {}
    for run in load("temporal_order")["results"]["run"]:
        if run.get("init", "basic tanh") == init and run.get("lr", 0.1) == lr:
            groups.setdefault((run["method"], run["L"]), []).append(run)
    return groups


def patient_runs(init: str, L: int) -> list[Run]:
    """Those of an initialisation at length L that had 40 000 updates."""
    return [run for run in load("temporal_order")["results"]["patient"] if (run["init"], run["L"]) == (init, L)]


def longer_runs() -> list[Run]:
    """Networks trained on 20 to 50 steps and tested up to ten times that."""
    runs: list[Run] = load("temporal_order")["results"]["generalization"]
    return runs


def all_order_runs() -> list[Run]:
    """Every run of temporal order."""
    results = load("temporal_order")["results"]
    return [run for kind in ("run", "patient", "generalization") for run in results[kind]]
