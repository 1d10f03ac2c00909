"""Where a book's time goes: an import, a chapter, a frame of a figure, a gradient in an assignment; in seconds.

Processor time of this process and of those that it starts, as in `make bench`, which shows it beside the last record's.
"""

import importlib
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from minirnn import VanillaRNN, bptt
from minirnn.learning import losses

BOOK = Path(__file__).parents[2] / "book"
CHAPTER = """
import sys, jupytext, nbclient
nbclient.NotebookClient(jupytext.read(sys.argv[1]), kernel_name="python3").execute()
"""


def of_a_book() -> dict[str, float]:
    """Seconds of each."""
    return {
        "import minirnn": median(lambda: run("-c", "import minirnn")),
        "the chapter bptt, top to bottom": median(lambda: run("-c", CHAPTER, "bptt.md"), times=1),
        "a frame, mean over the starts of all figures": a_frame(),
        "a gradient in an assignment": median(a_gradient(), times=50),
    }


def run(*arguments: str) -> None:
    """Python in the folder of the book."""
    subprocess.run([sys.executable, *arguments], cwd=BOOK, check=True, capture_output=True)


def used() -> float:
    """Processor seconds of this process and of its children that have ended."""
    return sum(
        part for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN) for part in resource.getrusage(who)[:2]
    )


def median(work: Callable[[], Any], times: int = 3) -> float:
    """Its median time."""
    taken = []
    for _ in range(times):
        start = used()
        work()
        taken.append(used() - start)
    return statistics.median(taken)


def a_frame() -> float:
    """Computing, drawing and describing one state, in figures whose fonts and formulas have been read once."""
    modules = [
        importlib.import_module(f"explorables.{f.parent.name}.{f.stem}")
        for f in sorted(BOOK.glob("explorables/*/*.py"))
    ]
    figures = [module.FIGURE for module in modules if hasattr(getattr(module, "FIGURE", None), "frame")]
    taken = []
    for figure in figures:
        figure.frame(figure.start)
        other = figure.all_states()[-1]
        taken.append(median(lambda figure=figure, other=other: figure.frame(other), times=1))
    return statistics.mean(taken)


def a_gradient() -> Callable[[], Any]:
    """20 tanh units over 50 steps of 16 sequences."""
    rng, cell = np.random.default_rng(0), VanillaRNN(m=2, n=20)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    X, loss = rng.standard_normal((50, 16, 2)), losses.at_end(losses.squared_error, np.ones((16, 1)))
    return lambda: bptt(cell, params, X, loss)
