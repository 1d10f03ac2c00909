"""PyTorch, where it is installed, and its tensors as arrays of the dtypes that our cells work with.

>>> to_array([1.0, 2.0])
array([1., 2.])
"""

from functools import cache
from typing import Any

import numpy as np

from minirnn.core.checks import is_real
from minirnn.optional import extra


@cache  # a watch asks at each call of a module
def import_torch() -> Any:
    """The package torch; raises ModuleNotFoundError, which names the extra, where it is missing."""
    with extra("torch"):
        import torch
    return torch


def to_array(value: Any) -> np.ndarray:
    """A dense copy of a tensor of any device, or of anything that NumPy reads as an array. float32, float64 and whole
    numbers keep their dtype, half precision becomes float32. Raises ValueError for a tensor of the device meta, which
    holds no numbers."""
    if hasattr(value, "detach"):
        if value.device.type == "meta":
            raise ValueError("tensors must hold numbers, got one on the device meta; load the weights first")
        value = value.detach().cpu().to_dense().resolve_conj()
        value = (value if value.element_size() >= 4 or not value.is_floating_point() else value.float()).numpy()
    array = np.array(value)
    return array if is_real(array) or array.dtype.kind not in "fV" else array.astype(np.float32)


def to_tensor(array: np.ndarray) -> Any:
    """A tensor that shares nothing with the array, which may be read-only."""
    return import_torch().tensor(np.ascontiguousarray(array))
