"""Gradients that run forwards: their order, their cost, their bias and their variance."""

from itertools import pairwise
from typing import Any

import numpy as np

from experiments.forwards import moving_weights, one_sum, online_cost, over_length, spread
from experiments.forwards.alignment import CELLS, GAINS, LAGS, METHODS
from experiments.forwards.spread import CALM, DRAWS, LENGTHS, WILD
from experiments.intervals import student
from experiments.record import load
from explorables.forwards import align, draws, keep
from facts import thousands
from minirnn import bptt
from minirnn.core.params import flatten
from minirnn.figures.panels import signed
from minirnn.gradients import rtrl


def numbers() -> dict[str, str]:
    at_32, p = online_cost.numbers(32, keep.M, 1000), 32 * (32 + keep.M + 1)
    rows = {row["n"]: row["time"] for row in load("online_cost")["results"]}
    traces = [row["traces"] for row in rows.values()]
    return {
        "rtrl-32": thousands(at_32["RTRL"]),
        "bptt-1000": thousands(at_32["BPTT"]),
        "rtrl-128-million": f"{online_cost.numbers(128, keep.M, 1000)['RTRL'] / 1e6:.0f}",
        "crossing": str(p),
        "checkpoint-crossing": thousands((p / 2) ** 2),
        "time-factor": f"{rows[128]['RTRL'] / rows[64]['RTRL']:.0f}",
        "time-ratio": thousands(round(rows[128]["RTRL"] / rows[128]["BPTT"], -2)),
        "traces-time": f"{min(traces):.0f} to {max(traces):.0f}",
        "bytes-bptt": f"{asked('BPTT')[-1] / asked('BPTT')[0]:.0f}",
        "bytes-checkpoints": f"{asked('checkpoints')[-1] / asked('checkpoints')[0]:.0f}",
        **approximate(),
    }


def approximate() -> dict[str, str]:
    """Of the sections on bias and variance."""
    layers = load("two_layers")["results"]
    return {
        "k1-tanh": f"{cosine('tanh', 0.9, 10, 'K = 1'):.2f}",
        "k10-tanh": f"{cosine('tanh', 0.9, 10, 'K = 10'):.2f}",
        "snap-tanh": f"{cosine('tanh', 0.9, 10, 'SnAp-1'):.2f}",
        "uoro-tanh": f"{cosine('tanh', 0.9, 10, 'one draw'):.2f}",
        "uoro-tanh-hundred": f"{cosine('tanh', 0.9, 10, '100 draws'):.2f}",
        "spread-hundred": f"{measured(0.9, 100, '100'):.2f}",
        "draws-one": f"{draws.compute(1, 0.9, 100).cosine:.2f}",
        "draws-hundred": f"{draws.compute(100, 0.9, 100).cosine:.2f}",
        "miss-hundred": f"{np.sqrt(variance(0.9, 100) / 100):.2f}",
        "k1-leaky": f"{cosine('leaky', 0.9, 10, 'K = 1'):.2f}",
        "eprop-leaky": f"{cosine('leaky', 0.9, 10, 'e-prop'):.2f}",
        "k1-leaky-short": f"{cosine('leaky', 0.5, 1, 'K = 1'):.2f}",
        "eprop-leaky-short": f"{cosine('leaky', 0.5, 1, 'e-prop'):.2f}",
        "uoro-half": f"{cosine('tanh', 0.5, 10, 'one draw'):.2f}",
        "uoro-hundred": f"{cosine('tanh', 0.5, 10, '100 draws'):.2f}",
        "length-k1": f"{length('tanh', 0.9, 10, 'K = 1'):.2f}",
        "length-k1-leaky": f"{length('leaky', 0.9, 10, 'K = 1'):.2f}",
        "length-draw": f"{length('tanh', 0.9, 10, 'one draw'):.1f}",
        "variance-1": f"{variance(0.9, 1):.0f}",
        "variance-30": f"{variance(0.9, 30):.0f}",
        "variance-300": f"{variance(0.9, 300):.0f}",
        "variance-high": f"{round(variance(1.5, 300), -1):.0f}",
        "variance-2": f"{round(variance(2.0, 300), -1):.0f}",
        "variance-wild-10": of_networks(WILD, 10),
        "variance-wild-100": of_networks(WILD, 100),
        "wild-exponent": signed(measured(WILD, 100, "exponent")),
        "layers-99": f"{np.mean([row['cosine'] for row in layers if row['upper'] == 0.99]):.2f}",
        "unbiased-ratio": f"{errors_of_means().mean():.2f}",
    }


# --- one sum --------------------------------------------------------------------------------------------------


def check_both_orders_end_at_the_sum_of_all_terms() -> None:
    for lam, T in ((0.5, 10), (0.9, 2), (1.1, one_sum.MOST)):
        terms, (_, rows), (_, columns) = (
            way(lam, T) for way in (one_sum.terms, one_sum.forwards, one_sum.backwards)
        )
        assert np.isclose(rows[-1], np.nansum(terms))
        assert np.isclose(columns[-1], np.nansum(terms))
        assert np.allclose(rows[1:], np.cumsum(np.nansum(terms, axis=1)))  # after t steps, the rows up to t
        assert np.allclose(columns[1:], np.cumsum(np.nansum(terms, axis=0)[::-1]))
    for lam in (0.5, 1.1):  # one step more adds a row, and no column of before stays as it was
        (_, few), (_, more) = (one_sum.forwards(lam, T) for T in (10, 11))
        assert np.array_equal(few, more[:-1])
        assert not np.isclose(one_sum.backwards(lam, 10)[1][1:], one_sum.backwards(lam, 11)[1][1:-1]).any()


def check_the_error_of_moving_weights_is_of_first_order_in_the_rate() -> None:
    off = {lr: [moving_weights.compared(lr, seed)[0] for seed in range(5)] for lr in (0.0, 1e-4, 1e-3, 1e-2)}
    assert max(off[0.0]) < 1e-14
    for small, large in ((1e-4, 1e-3), (1e-3, 1e-2)):
        assert 8 < np.median(off[large]) / np.median(off[small]) < 14
    halves = [moving_weights.compared(lr, 0)[0] for lr in (1e-4, 5e-5)]
    assert np.isclose(halves[0] / halves[1], 2, rtol=0.02)
    assert max(off[1e-2]) > 1  # the seed of which the last error is near 0
    assert moving_weights.compared(1e-2, int(np.argmax(off[1e-2])))[1] < 0  # and its sign is another


# --- cost -----------------------------------------------------------------------------------------------------


def check_rtrl_keeps_less_from_as_many_steps_as_parameters_on() -> None:
    for n in (8, 32, 128):
        p = n * (n + keep.M + 1)
        for T in (p - 1, p, p + 1):
            kept = online_cost.numbers(n, keep.M, T)
            assert (kept["RTRL"] < kept["BPTT"]) == (p < T)
        for factor in (0.95, 1.05):
            kept = online_cost.numbers(n, keep.M, round(factor * (p / 2) ** 2))
            assert (kept["checkpoints"] < kept["RTRL"]) == (factor < 1)


def check_the_formulas_count_the_arrays() -> None:
    for row in load("online_cost")["results"]:
        formula = online_cost.numbers(row["n"], online_cost.M, 1000)
        assert row["kept"] == {name: formula[name] for name in row["kept"]}


def asked(way: str) -> np.ndarray:
    """The most bytes in use at one moment, over the length of the sequence."""
    return np.array([row["bytes"][way] for row in load("over_length")["results"]])


def check_what_goes_forwards_asks_for_the_same_at_every_length() -> None:
    times = {way: [row["time"][way] for row in load("over_length")["results"]] for way in over_length.WAYS}
    for way in ("RTRL", "traces"):
        assert asked(way).max() < 1.2 * asked(way).min()
        assert max(times[way]) < 2 * min(times[way])
        assert min(times[way]) > max(times["BPTT"][1:])
    states = 8 * over_length.N * np.array(over_length.LENGTHS)
    assert (
        1 < asked("BPTT")[-1] / states[-1] < 1.2 < 3 < asked("BPTT")[0] / states[0]
    )  # blocks of steps weigh first
    p = over_length.N * (over_length.N + over_length.M + 1)
    assert p == 304
    for way, crossing in (("BPTT", p), ("checkpoints", (p / 2) ** 2)):
        assert np.array_equal(asked("RTRL") < asked(way), np.array(over_length.LENGTHS) > crossing)


def check_all_ways_over_the_length_have_the_gradient_of_backpropagation() -> None:
    for name, gradient in over_length.WAYS.items():
        given = over_length.case(name, 60)
        exact, found = over_length.WAYS["BPTT"](*given), gradient(*given)
        assert all(np.allclose(found[key], exact[key], rtol=1e-9, atol=1e-12) for key in exact)


def check_what_is_said_of_times() -> None:
    rows = {row["n"]: row["time"] for row in load("online_cost")["results"]}
    assert 7 < rows[128]["RTRL"] / rows[64]["RTRL"] < 16
    assert rows[128]["RTRL"] > 500 * rows[128]["BPTT"]
    assert rows[128]["traces"] < 1.5 * rows[8]["traces"]
    assert rows[64]["SnAp-1"] < 1.5 * rows[8]["SnAp-1"] < 0.5 * rows[128]["SnAp-1"]


# --- bias and variance ------------------------------------------------------------------------------------------


def cosine(cell: str, gain: float, lag: int, method: str) -> float:
    """The mean over five seeds."""
    return float(align.compute(cell, gain, lag).cosines[method].mean())


def length(cell: str, gain: float, lag: int, method: str) -> float:
    """That of the estimate, in units of the exact gradient's: the mean over five seeds."""
    (row,) = (row for row in align.lines(cell, lag) if row["gain"] == gain)
    return float(np.mean(row[method][1]))


def check_two_regimes() -> None:
    online = ("SnAp-1", "e-prop", "one draw", "100 draws")
    for cell in CELLS:
        for gain in GAINS:
            for lag in LAGS:
                facts = align.compute(cell, gain, lag)
                if facts.exponent < -0.08:  # a window of a few 1/|λ₁| gets nearly all, and no other does better
                    window = "K = 30" if facts.exponent > -0.3 else "K = 10"
                    assert facts.cosines[window].mean() > 0.99
                    assert all(facts.cosines[name].mean() <= facts.cosines[window].mean() + 1e-3 for name in online)
                if facts.exponent > 0:
                    assert all(facts.cosines[name].mean() < 0.3 for name in METHODS if name != "K = 100")


def check_eprop_is_one_step_for_tanh_and_more_with_a_leak_or_a_gate() -> None:
    for gain in GAINS:
        one, eprop = (align.compute("tanh", gain, 10).cosines[name] for name in ("K = 1", "e-prop"))
        assert np.allclose(one, eprop)
    assert abs(cosine("tanh", 0.9, 10, "SnAp-1") - cosine("tanh", 0.9, 10, "K = 1")) < 0.01  # so the lesson says
    assert cosine("leaky", 0.5, 1, "e-prop") > cosine("leaky", 0.5, 1, "K = 1") + 0.2
    assert cosine("leaky", 0.9, 10, "K = 1") + 0.03 < cosine("leaky", 0.9, 10, "e-prop") < 0.8
    assert cosine("GRU", 0.9, 10, "e-prop") > cosine("GRU", 0.9, 10, "K = 1") + 0.05
    assert cosine("tanh", 0.5, 10, "K = 3") > 0.995


def spreads() -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = load("spread")["results"]
    return results


def spread_of(gain: float, T: int) -> dict[str, Any]:
    """The row of the record, with a number for each of five networks."""
    return next(row for row in spreads() if (row["gain"], row["T"]) == (gain, T))


def variance(gain: float, T: int) -> float:
    """Of one draw, in units of the squared gradient: the geometric mean of the networks, as in the figure."""
    return float(np.exp(np.mean(np.log(spread_of(gain, T)["variance"]))))


def measured(gain: float, T: int, what: str) -> float:
    """Another measure of the record: its mean."""
    return float(np.mean(spread_of(gain, T)[what]))


def of_networks(gain: float, T: int) -> str:
    """The variance and its interval, that of the logarithms."""
    mean, half = student(np.log(spread_of(gain, T)["variance"]))
    return "{:.0f} ({:.0f} to {:.0f})".format(*np.exp([mean, mean - half, mean + half]))


def errors_of_means() -> np.ndarray:
    """The squared errors of the means of all draws, a network each, as multiples of what an estimate without bias
    leaves on average."""
    pairs = [pair for row in spreads() for pair in zip(row["bias"], row["variance"], strict=True)]
    return np.array([error * DRAWS / variance for error, variance in pairs])


def check_draws_have_no_bias() -> None:
    errors = errors_of_means()
    assert abs(errors.mean() - 1) < 4 * errors.std(ddof=1) / np.sqrt(len(errors))


def check_the_variance_grows_over_tens_of_steps_and_levels_off() -> None:
    for gain in CALM:
        assert variance(gain, 30) > 1.8 * variance(gain, 1)
        assert 0.8 < variance(gain, 300) / variance(gain, 100) < 1.25
    assert all(variance(low, 300) < variance(high, 300) for low, high in pairwise(CALM))
    assert 0.75 < measured(0.9, 100, "100") < 0.9 < cosine("tanh", 0.9, 10, "100 draws")


def check_the_figure_shows_the_means_of_the_text() -> None:
    for gain in (*CALM, WILD):
        shown = draws.compute(1, gain, 100).variance[gain]
        assert np.isclose(shown[LENGTHS.index(100)], variance(gain, 100))


def check_where_it_is_chaotic_the_variance_grows_on() -> None:
    """And at 300 steps two exact algorithms have different gradients: there is nothing around which to measure it."""
    assert measured(WILD, 100, "exponent") > 0.03 > -0.03 > measured(CALM[-1], 100, "exponent")
    assert variance(WILD, 10) < variance(WILD, 30) < variance(WILD, 100)
    for T, differ in ((100, False), (300, True)):
        apart = []
        for seed in range(5):
            params, X, loss = spread.draw(WILD, T, seed)
            back, forth = (flatten(way(spread.CELL, params, X, loss)[1]) for way in (bptt, rtrl))
            apart.append(np.linalg.norm(forth - back) / np.linalg.norm(back))
        assert np.median(apart) > 1 if differ else max(apart) < 1e-6


def check_the_variance_of_one_step() -> None:
    """n - 1 for errors or slopes of one size; less where large ones meet, more where they miss each other."""

    def formula(c: np.ndarray, s: np.ndarray) -> float:
        return float((c @ c) * (s @ s) / ((c * s) @ (c * s)) - 1)

    sizes, ones = np.linspace(0.2, 1, 16), np.ones(16)
    assert np.allclose([formula(ones, sizes), formula(sizes, ones)], 15)
    assert formula(sizes, sizes) < 15 < formula(sizes, sizes[::-1])
