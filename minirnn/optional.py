"""Optional packages, which come with an extra of minirnn, and a progress bar for every place.

    with extra("draw"):
        import matplotlib as mpl

>>> with extra("draw"):  # doctest: +ELLIPSIS
...     import matplotlib_that_nobody_has
Traceback (most recent call last):
ModuleNotFoundError: No module named 'matplotlib_that_nobody_has', which minirnn needs for figures. To install it: ...
"""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import TqdmWarning

EXTRAS = {
    "draw": "figures",
    "data": "tasks on real data",
    "sweeps": "grids of runs",
    "cluster": "runs on a cluster",
    "theory": "fits of kernels, and flows",
    "safetensors": "weights in files of safetensors",
    "torch": "networks of PyTorch",
    "jax": "step functions of JAX",
}


@contextmanager
def extra(name: str) -> Iterator[None]:
    """A context for imports of packages of the extra `name`: if one is missing, the error says how to install it."""
    purpose = EXTRAS[name]
    try:
        yield
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{error}, which minirnn needs for {purpose}. To install it: "
            f'pip install "minirnn[{name}]", or in a copy of the repository: pip install ".[{name}]"',
            name=error.name,
        ) from None


def progress_bar(iterable: Any = None, **options: Any) -> Any:
    """tqdm's bar: a widget in a notebook, text elsewhere and where the notebook has no ipywidgets.

    `options` are those of tqdm.

    >>> list(progress_bar(range(3), disable=True))
    [0, 1, 2]
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TqdmWarning)  # "IProgress not found": a line of text will do
        from tqdm.auto import tqdm
    if sys.platform == "emscripten":
        tqdm.monitor_interval = 0  # a browser's Python starts no thread, and tqdm would warn of it above the bar
    return tqdm(iterable, **options)
