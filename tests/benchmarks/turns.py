"""One process for each library: what it does to memory, caches of allocations and threads is nobody else's time.

JAX's large temporaries, freed in one process with ours, made ours take twice as long. The processes share a core, and
one works at a time.
"""

import multiprocessing
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

from tests.benchmarks.peers import PEERS


def seconds(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def peak(work: Callable[[], Any]) -> int:
    """Bytes at most in arrays of NumPy, beyond what was there before."""
    tracemalloc.start()
    work()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def first(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds by the clock, compiling included, and the answer."""
    start = time.perf_counter()
    answer = work()
    return time.perf_counter() - start, answer


class Player:
    """A peer's work on a case, in a process of its own: `ask` runs one of the functions above on it, and `take` gives
    it another case."""

    def __init__(self, peer: str, case: tuple) -> None:
        self.connection, there = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=play, args=(there, peer))
        self.process.start()
        there.close()
        self.take(case)

    def take(self, case: tuple) -> None:
        self.connection.send(case)

    def ask(self, of: Callable[[Callable[[], Any]], Any]) -> Any:
        self.connection.send(of)
        return self.connection.recv()

    def end(self) -> None:
        self.connection.send(None)
        self.process.join()


def play(connection: Any, peer: str) -> None:
    """A case prepares the work, a function is answered with what it makes of it, None ends."""
    if peer == "PyTorch":
        import torch

        torch.set_num_threads(1)
    while task := connection.recv():
        if isinstance(task, tuple):
            work = PEERS[peer](*task)
        else:
            connection.send(task(work))
