"""Hidden tests. This text is put into a notebook's first cell, before any code of a student's (`answers.py`).

`ask` is for the sandbox. It calls a student's function on arguments that the student has not seen, and shows what it
returns; the grader, outside, compares. No answer is ever in the reach of the student's code, so changing `np.allclose`
or the checks, or reading every file and frame, gains nothing.

Both choose the cases by the task of the student whose id the notebook has; that it is the id of whoever handed it in is
compared outside. And both watch which modules a function calls: what is graded is code of the student's own.

`keep` is for nbgrader, which decides inside the kernel. It holds the answers, and looks up all that it uses at the
start, so that what a student changes later changes nothing here.

Annotations are quoted: a notebook does not import their names.
"""

from collections.abc import Callable
from typing import Any


def ask(held: "dict[str, Any]") -> "Callable[..., None]":
    import sys
    from copy import deepcopy

    from IPython.display import display

    from selfcheck import choose, decode, encode

    def hidden(part: str, function: "Callable[..., object]", own: str, answer: object = None) -> None:
        options, cases = choose(held["task"], held["name"], own), held["parts"][part]
        results, borrowed = [], set()

        def watch(frame: "Any", event: str, _: object) -> None:
            module = str(frame.f_globals.get("__name__", "")).partition(".")[0]
            if module in ("minirnn", "autograd", "torch", "jax"):
                borrowed.add(module)

        sys.setprofile(watch)
        try:
            for args in decode(cases["of"][" ".join(options[what] for what in cases["varies"])]["cases"]):
                results.append(encode(function(*deepcopy(args))))
        finally:
            sys.setprofile(None)
        shown = {
            "part": part,
            "results": results,
            "own": own,
            "answer": encode(answer),
            "borrowed": sorted(borrowed),
        }
        display({"application/json": shown}, raw=True)

    return hidden


def keep(held: "dict[str, Any]") -> "Callable[..., None]":
    import copy
    import sys

    import numpy as np

    from selfcheck import choose, decode

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

    profile = sys.setprofile

    def hidden(part: str, function: "Callable[..., object]", own: str, *answer: object) -> None:
        options, kept = choose(held["task"], held["name"], own), held["parts"][part]
        block = kept["of"][" ".join([options[what] for what in kept["varies"]])]
        borrowed = []

        def watch(frame: "Any", event: str, _: object) -> None:
            if frame.f_globals.get("__name__", "").partition(".")[0] in ("minirnn", "autograd", "torch", "jax"):
                borrowed.append(frame.f_globals["__name__"])

        for args, want in pairs(decode(block["cases"]), decode(block["right"])):
            profile(watch)
            try:
                got = function(*deepcopy(args))
            finally:
                profile(None)
            if borrowed:
                raise fail(f"Your function calls {borrowed[0]}. Write the code yourself, with NumPy.")
            if not near(got, want):
                raise fail(
                    "Right on the examples you could see, wrong on others. Does your code use a size or a number of "
                    "the examples?"
                )
        if answer and not near(answer[0], function(own)):
            raise fail(f"`answer` is not what the function gives for {own!r}. Run its cell again.")

    return hidden
