"""What an exception in a student's function most likely means, where it is that of no known mistake.

The first of HINTS whose kind and text fit counts. {0}, {1} in a sentence are the numbers or shapes that the text names.
"""

import re

LONGEST = 500  # characters of a text that are read: in a long one that is made for it a search takes hours
HINTS = (
    ("ValueError", r"matmul.*size (\d+) is different from (\d+)|not aligned: (\d+) .* != (\d+)",
     "In a matrix product the inner lengths are {0} and {1}, and must be equal. Vectors are rows here, so W h of a "
     "formula is `h @ W.T`. Print the shapes of both."),
    ("ValueError", r"broadcast.* shapes? (\([\d, ]*\)) (?:into shape )?(\([\d, ]*\))",
     "Shapes {0} and {1} do not fit entry by entry. Print both: which axis is missing, too many, or elsewhere?"),
    ("ValueError", r"values to unpack", "The names left of `=` are not as many as the values on its right."),
    ("ValueError", r"truth value of an array",
     "An `if` wants one True or False: take `.all()` or `.any()` of an array."),
    ("ValueError", r"array element with a sequence|inhomogeneous",
     "An array has parts of one shape. Here a number is wanted, and there is an array, or rows differ in length."),
    ("AxisError|ValueError", r"axis|axes|out of range for",
     "The array has fewer axes than the call names. Print its shape."),
    ("ValueError", r"read-only", "An array that may not be changed: work on a copy, `x = x.copy()`."),
    ("IndexError", r"index (-?\d+) is out of bounds for axis \d+ with size (\d+)",
     "There is no entry {0} among {1}, which count from 0. Look at the ends of the loop: `X[t - 1]` is the input of "
     "step t, `H[t]` the state after it."),
    ("IndexError", r"too many indices", "The array has fewer axes than there are indices. Print its shape."),
    ("IndexError", r"", "A list or tuple is shorter than the index wants. Look at the ends of the loop."),
    ("KeyError", r"", "A dict has no such key. Its keys are the names that the text of the part gives."),
    ("TypeError", r"NoneType", "Something is None. Does a function that is called end without `return`?"),
    ("TypeError", r"positional argument|unexpected keyword",
     "A function is called with other arguments than its first line names."),
    ("TypeError", r"not subscriptable|no len\(\)|not iterable",
     "A single number is used as an array. Print what it is."),
    ("TypeError", r"not callable",
     "A name that holds no function is called. Is a sign of multiplication missing before a bracket?"),
    ("TypeError", r"[Cc]annot cast|scalar|only (?:length|integer)",
     "A number is wanted, of the right kind, and an array is there, or the reverse."),
    ("UFuncTypeError|UFuncOutputCastingError|_UFuncOutputCastingError", r"",
     "An array of whole numbers cannot take fractions. Make it by `np.zeros`, or with `dtype=float`."),
    ("UnboundLocalError", r"",
     "On this way through the function the name has no value yet. Set it before the loop or the `if`."),
    ("AttributeError", r"", "An object has no such name. Is it misspelt, or is it no array?"),
    ("ZeroDivisionError", r"", "Something is divided by 0. Is a case left out, or a sum still empty?"),
    ("LinAlgError", r"", "The matrix has no inverse, or is not square. Is it the one that you mean?"),
    ("OverflowError|FloatingPointError", r"",
     "A number grew beyond all bounds. Look at what is multiplied in the loop."),
)  # fmt: skip


def hint(kind: str, text: str) -> str:
    """A sentence on an exception of this kind and text; empty where nothing more can be said.

    >>> hint("IndexError", "index 5 is out of bounds for axis 0 with size 5")[:37]
    'There is no entry 5 among 5, which co'
    >>> hint("KeyboardInterrupt", "")
    ''
    """
    start = text[:LONGEST]
    for kinds, form, sentence in HINTS:
        if kind in kinds.split("|") and (match := re.search(form, start, re.DOTALL)):
            return sentence.format(*filter(None, match.groups()))
    return ""
