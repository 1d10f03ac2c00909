"""Trained networks: their accuracies, and small differences between these."""

import numpy as np

from experiments.digits import pixels
from experiments.digits.comparisons import SIX, bias_gain, clip_gain, interval, lead, ranked
from experiments.digits.measures import median, vanishes
from experiments.digits.readers import CELLS, TASKS, data
from experiments.digits.saved_runs import baseline_share, correct, peak, results, tested
from experiments.intervals import above, of_difference
from facts import percent


def numbers() -> dict[str, str]:
    return after_training() | small_differences()


def after_training() -> dict[str, str]:
    short = {"irnn": "IRNN", "tanh": "tanh", "lstm": "LSTM, bias 1", "lstm0": "LSTM, bias 0", "lru": "LRU"}
    peaks = {"peak-lru": "LRU", "peak-gru": "GRU", "peak-lstm": "LSTM, bias 1", "irnn-peak": "IRNN"}
    lengths = ("64", "208", "784")
    return {
        **{f"{key}-{T}": percent(correct(T, cell) / 100) for key, cell in short.items() for T in lengths},
        **{key: f"{peak(cell):.0f}" for key, cell in peaks.items()},
        "lstm-p": percent(correct("64 permuted", "LSTM, bias 1") / 100),
        "epochs": f"{pixels.UPDATES * pixels.BATCH / 1077:.1f}",
        "irnn-half": f"{interval(tested('784', 'IRNN'))[1]:.0f}",
        "commonest": percent(commonest()),
        "irnn-least": f"{min(lead(task) for task in TASKS):.0f}",
        "irnn-most": f"{max(lead(task) for task in TASKS):.0f}",
        "gru-208": percent(correct("208", "GRU") / 100),
        "orth-trained": percent(correct("784", "orthogonal") / 100),
    }


def small_differences() -> dict[str, str]:
    gain, half = bias_gain()
    return {
        "bias-gain": f"{gain:.0f}",
        "bias-half": f"{half:.0f}",
        "clip-loss": f"{clip_gain('IRNN', '208')[0]:.0f} points",
        "tanh-clipped": "{:.0f} ± {:.0f}\u00a0%".format(*interval(tested("208", "tanh"))),
        "tanh-free": percent(np.mean(results()["unclipped"]["tanh"]["208"]["test"])),
    }


def check_accuracies_at_64_steps() -> None:
    assert all(correct(task, cell) < 100 * baseline_share() for task in TASKS for cell in CELLS)
    assert min(correct("64", cell) for cell in SIX) >= 60
    assert correct("64", "IRNN") < 40
    order = [cell for cell in ranked("64") if cell != "IRNN"]
    assert (order[0], order[-1]) == ("tanh", "LRU")
    assert correct("64", "tanh") > correct("64", "IRNN")


def check_accuracies_at_208_steps() -> None:
    assert correct("208", "IRNN") > correct("64", "IRNN")
    assert correct("208", "IRNN") > 5 + max(correct("208", c) for c in ("tanh", "LSTM, bias 0", "LSTM, bias 1"))
    assert correct("208", "GRU") > 55 > 40 > correct("208", "LSTM, bias 1")
    assert vanishes("208", "GRU")
    assert not vanishes("208", "LSTM, bias 1")
    assert ranked("208")[-1] == "LRU"


def commonest() -> float:
    """The share of the test digits that are of the class most frequent there."""
    _, digits = data("test", "64")
    return float(np.bincount(digits).max() / len(digits))


def check_accuracies_at_784_steps() -> None:
    means = {cell: interval(tested("784", cell)) for cell in CELLS}
    guesses = 100 * commonest()
    assert sorted(tested("784", "IRNN") < guesses) == [False] * 4 + [True]
    assert all({cell for cell, (m, half) in means.items() if m - half > low} == {"LRU"} for low in (10, guesses))
    assert not above(of_difference(tested("784", "IRNN"), tested("784", "tanh")))
    assert means["IRNN"][0] > 20
    assert max(mean for cell, (mean, _) in means.items() if cell not in ("LRU", "IRNN")) < 12
    assert correct("784", "IRNN") < correct("64", "IRNN") - 10


def check_the_rates() -> None:
    rates = results()["rate"]
    assert rates["IRNN"] == min(pixels.RATES)
    assert all(rates[cell] > min(pixels.RATES) for cell in SIX)


def check_the_lru_reads_after_300_updates() -> None:
    run = pixels.trained("LRU", "64", results()["rate"]["LRU"], seed=0, updates=300)
    assert run["test"] > 0.7
    assert run["skipped"] == 0


def check_the_forget_bias() -> None:
    gain, half = bias_gain()
    assert 0 < gain < half
    pairs = [[tested(task, f"LSTM, bias {bias}") for bias in (1, 0)] for task in ("64", "208", "784")]
    assert not any(above(of_difference(*pair)) for pair in pairs)
    assert median("64", "far share", "LSTM, bias 1") > median("64", "far share", "LSTM, bias 0")
    assert results()["rate"]["LSTM, bias 0"] != results()["rate"]["LSTM, bias 1"]


def check_the_clip() -> None:
    gain, half = clip_gain("IRNN", "208")
    assert gain > half
    assert np.mean(results()["trained"]["208"]["IRNN"]["long"]) > 0.95
    for cell, task in (("tanh", "64"), ("IRNN", "64"), ("tanh", "208")):
        gain, half = clip_gain(cell, task)
        assert abs(gain) < half
