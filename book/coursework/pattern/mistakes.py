"""Mistakes in NAME."""

from coursework.answers import Mistakes, solutions
from coursework.mistakes import EXAMPLES, Array, Measured, Rng

mistake = Mistakes("NAME")

TASK = {
    "unit": {
        "plain": "unit: h_t = a h_{t-1} + x_t",
        "mean": "unit: h_t = a h_{t-1} + (1 - a) x_t",
        "late": "unit: h_t = a (h_{t-1} + x_t)",
    },
    "error": {
        "last": "E = (h_T - 1)²/2",
        "size": "E = h_T²/2",
        "mean": "E is half the mean of the squares of h_1, …, h_T",
    },
}
VARIES = {"leaky": "unit", "leaky_slope": "unit error", "descent": "unit error"}


def draw(rng: Rng, size: int) -> tuple[float, Array]:
    return [0.8, 0.6, -0.5, 0.9][size], rng.standard_normal([5, 8, 1, 4][size])


CASES = {"leaky": draw, "leaky_slope": draw, "descent": lambda rng, size: (EXAMPLES[size],)}

# fmt: off
mistake.edits(
    "leaky",
    ("the state before is lost: h_t keeps a times h_{t-1}.", "keep * H[t - 1] + ", ""),
    ("the inputs are lost: nothing is added to what is kept.", " + add * x[t - 1]", ""),
    ("all of h_{t-1} is kept: its factor a is missing.", "keep * H", "H"),
    ("a and 1 - a are the wrong way round: a goes with h_{t-1}.", "keep * H", "(1 - a) * H"),
    ("the inputs are one step late: the step to H[t] uses x[t - 1].", "x[t - 1]", "x[t]"),
    ("one step too few: T of them lead from h_0 to h_T.", "range(1, len(H))", "range(1, len(H) - 1)"),
    ("h_0 is missing. All states are asked for, from h_0 on.", "return H", "return H[1:]"),
    ("the last state alone. All of them are asked for.", "return H", "return H[-1]"),
    ("h_0 is 1 here. The recurrence begins at 0.", "np.zeros", "np.ones"),
    ("the inputs are subtracted.", "+ add", "- add"),
    ("the inputs are used from the last one backwards.", "x[t - 1]", "x[-t]"),
)
CARRY = "H[t - 1] + own * x[t - 1] + a * dH[t - 1]"
mistake.edits(
    "leaky_slope",
    ("only the last use of a counts: what it did to h_{t-1} is missing, a times dh_{t-1}/da.", " + a * dH[t - 1]", ""),
    ("only what came from before is carried on: each step uses a itself too.", CARRY, "a * dH[t - 1]"),
    ("what was carried lost its factor a.", "a * dH", "dH"),
    ("a acts on h_{t-1}, the state before the step, and not on h_t.", CARRY, "H[t] + own * x[t - 1] + a * dH[t - 1]"),
    ("a acts on the input too, in the recurrence of your task. That use is missing.", " + own * x[t - 1]", ""),
    ("the use of a by the input has the wrong sign.", "own * x", "-own * x"),
    ("the slope has the wrong sign.", "return E, dE", "return E, -dE"),
    ("the two results are the wrong way round: first E.", "return E, dE", "return dE, E"),
    ("E is twice what it should be: the half is missing.", "return E, dE", "return 2 * E, dE"),
    ("dE/da is twice what it should be: the half of E cancels the 2 of its derivative.", "return E, dE",
     "return E, 2 * dE"),
    ("one step too few: T of them lead from h_0 to h_T.", "range(1, len(H))", "range(1, len(H) - 1)"),
    ("that is dh_T/da. The derivative of E has the one of the error by the states in it too.", "return E, dE",
     "return E, dH[-1]"),
)
mistake.edits(
    "descent",
    ("the steps go uphill: the error falls against the slope.", "a - 0.02", "a + 0.02"),
    ("the rate is missing.", "0.02 * ", ""),
    ("the rate is 0.2; your steps should be of 0.02.", "0.02", "0.2"),
    ("one step too few: 20 are asked for.", "range(20)", "range(19)"),
    ("one step too many: 20 are asked for.", "range(20)", "range(21)"),
    ("one step alone. 20 are asked for.", "range(20)", "range(1)"),
    ("the descent begins at 0. It begins at 0.5.", ", 0.5", ", 0.0"),
    ("you followed E in place of its slope: `leaky_slope` returns (E, dE/da).", "leaky_slope(a, x)[1]",
     "leaky_slope(a, x)[0]"),
    ("the second number is the slope. E is asked for.", "return a, leaky_slope(a, x)[0]",
     "return a, leaky_slope(a, x)[1]"),
    ("E is that of the start. That of the last a is asked for.", "return a, leaky_slope(a, x)[0]",
     "return a, leaky_slope(0.5, x)[0]"),
    ("the two results are the wrong way round: first a.", "return a, leaky_slope(a, x)[0]",
     "return leaky_slope(a, x)[0], a"),
)
# fmt: on


def measured(student: str) -> Measured:
    """What the mark scheme says of a student's descent."""
    s = solutions("NAME")
    a, E = s["descent"](student)
    return {
        "a": a,
        "error": E,
        "way": "up" if a > 0.5 else "down",
        "slope": s["leaky_slope"](0.5, s["inputs"](student))[1],
    }
