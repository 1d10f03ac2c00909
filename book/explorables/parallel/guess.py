"""The guess decides: the logistic map's states at once, for a fixed point, a cycle of four and chaos."""

from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from experiments.parallel.networks import logistic_rounds, logistic_states
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.panels import counted, stacked
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import decades

T = 64
HUES = {2.8: "vanishing", 3.5: "critical", 4.0: "chaotic"}
KINDS = {2.8: "a fixed point", 3.5: "a cycle of four", 4.0: "chaos"}
EXPONENTS = {2.8: np.log(0.8), 3.5: -0.8725, 4.0: np.log(2)}  # that at 3.5 is measured; the others are exact
GUESSES = ["0.5", "fixed point", "shifted", "near"]


class Facts(NamedTuple):
    r: float
    guess: str
    made: int
    states: np.ndarray  # (T,)
    found: np.ndarray
    error: np.ndarray
    needed: int


def first(r: float, guess: str) -> np.ndarray:
    """Where the rounds start: ½, the fixed point 1 - 1/r, each state a step late, or moved by up to a thousandth."""
    states = logistic_states(r, T)
    if guess == "shifted":
        return np.concatenate([[0.3], states[:-1]])
    if guess == "near":
        return np.clip(states + 1e-3 * np.random.default_rng(0).uniform(-1, 1, T), 0, 1)
    return np.full(T, 0.5 if guess == "0.5" else 1 - 1 / r)


def compute(r: float, guess: str, made: int) -> Facts:
    states, start = logistic_states(r, T), first(r, guess)
    found = logistic_rounds(r, start, clipped=True, rounds=made).H[1:, 0, 0]
    needed = logistic_rounds(r, start, clipped=True).rounds
    return Facts(r, guess, made, states, found, np.abs(found - states), needed)


@styled
def draw(facts: Facts) -> Figure:
    t = np.arange(1, T + 1)
    fig, (states, error) = stacked(4.3, heights=(1.2, 1))
    states.plot(t, facts.states, "o", ms=5, color=color("line"))
    states.plot(t, facts.found, "o", ms=2.6, color=color(HUES[facts.r]))
    states.set(ylim=(-0.08, 1.08), yticks=[0, 0.5, 1], ylabel="x")
    states.set_title(f"r = {facts.r:g}, {KINDS[facts.r]}: after {facts.made} of {facts.needed} rounds")
    error.semilogy(t, facts.error.clip(1e-17, 1), "o-", ms=2.6, lw=0.9, color=color(HUES[facts.r]))
    error.set(ylim=(1e-17, 10), xlim=(0, T + 1), xlabel="step t", ylabel="error")
    decades(error.yaxis, -16, 0, 8)
    error.set_title(f"{int((facts.error < 1e-8).sum())} of {T} states are right to eight digits")
    return fig


def words(facts: Facts) -> str:
    right = int((facts.error < 1e-8).sum())
    return (
        f"The logistic map at r = {facts.r:g}, {KINDS[facts.r]}, with an exponent of {EXPONENTS[facts.r]:+.2f}. "
        f"The guess: {facts.guess}. After {counted(facts.made, 'round')} {right} of {T} states are "
        f"right to eight digits; all are after {facts.needed}."
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="guess",
    caption=f"The {T} states of x' = r x (1 - x) from 0.3, all at once, by Newton's method with iterates clipped "
    "to [0, 1]: states (grey), iterates (coloured), and the error of each. The guess is ½ or the fixed point 1 - "
    "1/r at every step, or the states themselves: shifted, each a step late, or near, moved by up to a thousandth.",
    r=Control([2.8, 3.5, 4.0], label="rate r"),
    guess=Control(GUESSES, label="guess"),
    made=Control([1, 2, 4, 8, 16, 32], label="rounds", play=True),
    start={"r": 3.5, "guess": "0.5", "made": 8},
    states={
        "r = 3.5, from 0.5": {},
        "r = 2.8, from 0.5": {"r": 2.8},
        "r = 2.8, from its fixed point": {"r": 2.8, "guess": "fixed point"},
    },
)
