"""Common mistakes, one module for each assignment: what students most often write, and what they are told."""

from typing import Any

import numpy as np

Array = np.ndarray
Number = float | np.floating[Any]  # which NumPy's functions return
Params = dict[str, Array]
Measured = dict[str, Number | int | str]  # {word between << and >> of a mark scheme: what it is for a student}
Rng = np.random.Generator

EXAMPLES = ["example", "second example", "third example", "fourth example"]  # ids that measurements are tried on
