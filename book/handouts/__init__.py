"""What a reader or a lecturer takes along of the built book: all of it as one PDF, its figures as files, slides.

Everything is made from the pages of the built site, so nothing is told twice. `write`, which each build calls, needs
Python alone; `python -m handouts pdf` prints with Chromium, and `python -m handouts figures` draws.
"""

from pathlib import Path

from . import downloads, slides


def write(book: Path, site: Path) -> None:
    """After a build: the slides of each lesson, and on the front page the list of what there is to download."""
    slides.write(book, site)
    downloads.offer(site)
