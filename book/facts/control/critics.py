"""Critics, whose reward comes at the end, and the exercises."""

from functools import partial

import numpy as np

from experiments.control.short_runs import ManySteps, evaluate
from experiments.record import load
from explorables.control import critic
from facts import power
from minirnn.control.td import TemporalDifference, cue_rewards, cue_values
from minirnn.learning import losses


def numbers() -> dict[str, str]:
    return {
        "stand-16": str(first_to_leave()),
        "critic-95": power(wrong("r = 0.95", 32), 2),
        "critic-half": f"{wrong('r = 0.5', 32):.2f}",
    }


def curves(who: str, L: int) -> np.ndarray:
    """Errors (seeds, times)."""
    return critic.compute(L, "r0.5").curves[who][critic.LENGTHS.index(L)]


def wrong(who: str, L: int) -> float:
    """The error at the end, the median of ten seeds."""
    return float(np.median(curves(who, L)[:, -1]))


def first_to_leave() -> int:
    """The last update before a seed's error at 16 steps is below a half, for the first that gets there."""
    return 100 * min(int(np.argmax(line[1:] < 0.5)) for line in curves("r = 0.5", 16))


def check_the_critics() -> None:
    """Things to notice: the plateau at r = 0.5, plain descent, r = 0.95 and the LRU."""
    assert first_to_leave() >= 100
    assert wrong("r = 0.5", 16) < 0.05
    assert curves("r = 0.5", 32)[:, -1].min() > 0.9
    assert wrong("r = 0.5, plain", 16) > 0.9
    assert (curves("r = 0.95", 32)[:, 3] < 0.5).all()
    assert (curves("LRU", 32)[:, -1] > 0.5).sum() == 1
    record = load("critic")
    assert record["results"]["LRU"]["rate"][-1] == max(record["settings"]["rates"]["Adam"])
    assert wrong("r = 0.95", 32) < wrong("LRU", 32) < wrong("r = 0.5", 32)


def check_returns_tell_at_once() -> None:
    """The same critic fails by differences and learns from returns."""
    for L in (16, 32):
        assert evaluate(L, cue_rewards(L), partial(TemporalDifference, gamma=0.95)) > 0.9
        returns = partial(losses.at_every_step, losses.squared_error)
        assert evaluate(L, cue_values(L, gamma=0.95), returns) < 0.01


def check_the_exercise_on_a_longer_look_ahead() -> None:
    error = {N: evaluate(16, cue_rewards(16), partial(ManySteps, gamma=0.95, N=N)) for N in (1, 4, 8, 16)}
    assert max(error[8], error[16]) < 0.05
    assert min(error[1], error[4]) > 0.5


def check_the_exercise_on_many_looks() -> None:
    """The multipliers from which the oldest looks outweigh the others: the sign of the sum is the majority."""
    for n, least in ((3, 0.62), (5, 0.85), (9, 0.95)):
        assert outweighs(least + 0.005, n)
        assert not outweighs(least - 0.01, n)


def outweighs(lam: float, n: int) -> bool:
    weights = lam ** np.arange(n)
    return bool(weights[n // 2 :].sum() > weights[: n // 2].sum())
