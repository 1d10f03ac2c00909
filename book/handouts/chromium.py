"""The browser that prints: a Chromium of the system, driven by Playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
ARGUMENTS += ["--disable-sync"]
FOR_PAPER = "--font-render-hinting=none"  # else letters stand where those of a screen would: RT RL, BPT T


def find() -> str | None:
    """The path of the first Chromium there is."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def running(*more: str) -> Iterator[Any]:
    """A browser without windows, with `more` arguments. Raises FileNotFoundError if there is no Chromium."""
    from playwright.sync_api import sync_playwright

    path = find()
    if path is None:
        raise FileNotFoundError("no Chromium on the PATH: install one with the system's packages (chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *more])
        yield browser
        browser.close()
