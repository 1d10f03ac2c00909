"""What a watch adds to an update of a model of PyTorch, over the time of the update; part of `make bench`.

The difference of two long times would be lost in what else a machine does. So the time within the watch is taken by
itself: in its hooks, and in `update`, in which one of ten writes a row. What else a machine does makes times longer and
none shorter: the shortest of each kind count. Saves book/experiments/results/watch.json, of which the page on diagnosis
tells.
"""

import os

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # before NumPy and PyTorch are imported

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch

from minirnn.bridges.hooks import Recorder
from minirnn.diagnosis import Watcher, watch
from tests.benchmarks.turns import seconds

sys.path.append(str(Path(__file__).parents[2] / "book"))
from experiments.record import rounded, save

SIZES = [(50, 16, 32, 200), (100, 32, 64, 50), (200, 32, 128, 16)]  # T, B, n, and updates
EVERY, NEVER = 10, 10**9


class Classifier(torch.nn.Module):
    """An LSTM of two layers, and a readout of its last step."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.lstm = torch.nn.LSTM(8, n, num_layers=2, batch_first=True)
        self.readout = torch.nn.Linear(n, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.readout(self.lstm(x)[0][:, -1])


def training(T: int, B: int, n: int) -> tuple[Classifier, Callable[[Watcher | None], None]]:
    """A model, and a function that makes an update of it by Adam."""
    torch.manual_seed(0)
    model, x, y = Classifier(n), torch.randn(B, T, 8), torch.randint(2, (B,))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

    def update(watcher: Watcher | None) -> None:
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        if watcher is not None:
            watcher.update(loss)

    return model, update


def within(spent: list[float], f: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which adds its seconds to the last of those that were spent."""

    def timed(*args: Any, **options: Any) -> Any:
        begun = time.perf_counter()
        try:
            return f(*args, **options)
        finally:
            spent[-1] += time.perf_counter() - begun

    return timed


def own_time(model: Classifier, update: Callable[[Watcher | None], None], every: int, updates: int) -> float:
    """The least seconds that a watch takes of an update."""
    spent: list[float] = []
    places = [(Recorder, "_before"), (Recorder, "_after"), (Watcher, "update")]
    with ExitStack() as stack:
        for owner, name in places:
            stack.enter_context(patch.object(owner, name, within(spent, getattr(owner, name))))
        watcher = stack.enter_context(watch(model, every))
        for _ in range(updates):
            spent.append(0.0)
            update(watcher)
    return min(spent)


def measure(T: int, B: int, n: int, updates: int) -> dict[str, Any]:
    """Milliseconds of an update, and the ratio of the times with a watch and without."""
    model, update = training(T, B, n)
    alone = [seconds(lambda: update(None)) for _ in range(updates)]
    plain, with_row = (own_time(model, update, every, updates) for every in (NEVER, 1))
    own = ((EVERY - 1) * plain + with_row) / EVERY
    return {"T": T, "B": B, "n": n, "ms": rounded(1e3 * min(alone), 3), "ratio": rounded(1 + own / min(alone), 5)}


def main() -> None:
    torch.set_num_threads(1)
    started, rows = time.time(), [measure(*size) for size in SIZES]
    for row in rows:
        print(
            f"watch, T = {row['T']}, B = {row['B']}, n = {row['n']}: {row['ms']} ms an update, × {row['ratio']:.4f}"
        )
    settings = {"every": EVERY, "threads": 1, "clock": "processor time", "torch": torch.__version__}
    save("watch", started, settings, rows, command="make bench")


if __name__ == "__main__":
    main()
