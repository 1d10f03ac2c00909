"""How far a long command is, for whoever waits for it."""

import sys
import threading
import time

EVERY = 30.0  # seconds


class Progress:
    """Counts steps, and says now and then on the terminal how many there are yet and how long they will take."""

    def __init__(self, total: int) -> None:
        self.total, self.count = total, 0
        self.start = self.last = time.monotonic()
        self.lock = threading.Lock()

    def step(self) -> None:
        with self.lock:
            self.count += 1
            now = time.monotonic()
            if now - self.last >= EVERY and self.count < self.total:
                self.last = now
                left = (now - self.start) / self.count * (self.total - self.count)
                print(f"{self.count} of {self.total}; about {spoken(left)} to go", file=sys.stderr, flush=True)


def spoken(seconds: float) -> str:
    """
    >>> spoken(20), spoken(100), spoken(8000)
    ('a minute', '2 minutes', '133 minutes')
    """
    minutes = max(1, round(seconds / 60))
    return "a minute" if minutes == 1 else f"{minutes} minutes"
