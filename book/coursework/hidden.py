"""Hidden tests. This text is put into a notebook's first cell, before any code of a student's (`answers.py`).

`ask` is for the sandbox. It calls a student's function on arguments that the student has not seen, and shows what it
returns; the grader, outside, compares. No answer is ever in the reach of the student's code, so changing `np.allclose`
or the checks, or reading every file and frame, gains nothing.

`keep` is for nbgrader, which decides inside the kernel. It holds the answers, and looks up all that it uses at the
start, so that what a student changes later changes nothing here.

Annotations are quoted: a notebook does not import their names.
"""

from collections.abc import Callable
from typing import Any


def ask(cases: object) -> "Callable[..., None]":
    from copy import deepcopy

    from IPython.display import display

    from selfcheck import decode, encode

    arguments = decode(cases)

    def hidden(part: str, function: "Callable[..., object]", own: object = None, answer: object = None) -> None:
        results = [encode(function(*deepcopy(args))) for args in arguments[part]]
        display(
            {"application/json": {"part": part, "results": results, "own": own, "answer": encode(answer)}}, raw=True
        )

    return hidden


def keep(cases: object, right: object) -> "Callable[..., None]":
    import copy

    import numpy as np

    from selfcheck import decode

    arguments, results = decode(cases), decode(right)
    asarray, ravel, deepcopy, fail = np.asarray, np.ndarray.ravel, copy.deepcopy, AssertionError
    sizes, most, pairs, kind, number, length, inf = abs, max, zip, isinstance, complex, len, float("inf")

    def near(got: "Any", want: "Any") -> bool:
        if kind(want, dict):
            return (
                kind(got, dict) and got.keys() == want.keys() and False not in [near(got[k], want[k]) for k in want]
            )
        if kind(want, tuple):
            return length(got) == length(want) and False not in [near(g, w) for g, w in pairs(got, want)]
        got, want = asarray(got), asarray(want)
        if got.shape != want.shape:
            return False
        got, want = ([number(x) for x in ravel(a).tolist()] for a in (got, want))
        scale = most([sizes(w) for w in want if sizes(w) < inf] or [1.0])
        wrong = [
            g
            for g, w in pairs(got, want)
            if g != w and not (g != g and w != w) and not sizes(g - w) <= 1e-6 * scale
        ]
        return not wrong

    def hidden(part: str, function: "Callable[..., object]", *measured: object) -> None:
        for args, want in pairs(arguments[part], results[part]):
            if not near(function(*deepcopy(args)), want):
                raise fail(
                    "Right on the example you could see, wrong on others. Does your code use a size or a number of "
                    "the example?"
                )
        if measured and not near(measured[1], function(measured[0])):
            raise fail(f"`answer` is not what the function gives for {measured[0]!r}. Run its cell again.")

    return hidden
