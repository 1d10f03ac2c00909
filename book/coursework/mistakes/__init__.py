"""Common mistakes, one module for each assignment: what students most often write, and what they are told."""

from typing import Any

import numpy as np

Array = np.ndarray
Number = float | np.floating[Any]  # which NumPy's functions return
Params = dict[str, Array]
Rng = np.random.Generator
