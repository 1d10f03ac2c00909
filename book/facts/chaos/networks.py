"""Contractive networks and their limits, and flossing."""

from functools import cache
from typing import Any

import numpy as np

from experiments.record import load
from explorables.chaos import sine, spectra


def amplitudes(kind: str) -> np.ndarray:
    """Of the output, 1000 steps after the start, mean over the frequencies: (seeds, checkpoints)."""
    return np.array([np.mean(run["amplitude"], axis=1) for run in sine.compute().runs[kind]])


def final_losses(kind: str) -> np.ndarray:
    return np.array([np.mean(run["loss"][-5:]) for run in sine.compute().runs[kind]])


def beginnings() -> tuple[list[int], list[float]]:
    """The updates at which the free networks begin to oscillate, and the losses then; every fifth loss is saved."""
    runs, checkpoints, _ = sine.compute()
    updates = [int(checkpoints[np.argmax(a > 0.1)]) for a in amplitudes("free")]
    losses = [run["loss"][max(0, b // 5 - 1)] for run, b in zip(runs["free"], updates, strict=True)]
    return updates, losses


def learned_symbols() -> dict[str, int]:
    """Of 5 LSTMs of each kind, how many learn which two symbols came."""
    r = load("two_symbols")["results"]
    return {kind: sum(run["accuracy"] > 0.95 for run in r[kind]) for kind in r}


@cache
def flossed() -> dict[str, Any]:
    return load("flossing")["results"]


def learned_after_flossing() -> np.ndarray:
    """Of 8 seeds, how many learn the task: (gain, flossed or not)."""
    return (np.array(flossed()["accuracy"]) > 0.95).sum(axis=2)


def numbers() -> dict[str, str]:
    updates, losses = beginnings()
    rates_at_the_end = np.array([run["exponent"][-1] for run in sine.compute().runs["free"]])
    symbols, learned = learned_symbols(), learned_after_flossing()
    return {
        "sine-free": f"{np.median(final_losses('free')):.4f}",
        "sine-contractive": f"{np.median(final_losses('contractive')):.3f}",
        "sine-begin": f"{min(updates)} and {max(updates)}",
        "sine-loss": f"{min(losses):.2f} to {max(losses):.2f}",
        "sine-exponent": f"{np.ceil(1000 * np.abs(rates_at_the_end).max()) / 1000:.3f}",
        "sine-oscillate": str(int((amplitudes("free")[:, -1] > 0.5).sum())),
        "symbols-free": str(symbols["free"]),
        "symbols-contractive": str(symbols["contractive"]),
        **{
            f"floss-{gain}-{kind}": str(learned[i, j])
            for i, gain in enumerate(("low", "middle", "high"))
            for j, kind in enumerate(("plain", "flossed"))
        },
        "floss-first": f"{np.array(flossed()['exponents'])[2, 1, :, 0].mean():.2f}",
    }


def check_contractive_networks_never_oscillate_and_free_ones_do() -> None:
    assert amplitudes("contractive").max() < 1e-3
    assert (final_losses("free") < 0.1 * final_losses("contractive")).all()
    assert (amplitudes("free")[:, -1] > 0.5).all()


def check_free_lstms_learn_the_two_symbols_and_contractive_ones_none() -> None:
    assert learned_symbols() == {"free": 5, "contractive": 0}


def check_flossing_cures_the_vanishing_and_not_the_chaos() -> None:
    learned = learned_after_flossing()
    assert (learned[0, 0], learned[0, 1]) == (0, 8)
    assert learned[2, 1] <= 3


def check_the_saved_exponents_are_in_descending_order() -> None:
    assert (np.diff(flossed()["exponents"], axis=-1) <= 0).all()
    for key, values in spectra.saved()["spectrum"].items():
        assert (np.diff(values) <= 0).all(), key
