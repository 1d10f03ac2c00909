"""Slides."""

from pathlib import Path


def write(book: Path, site: Path) -> None:
    """To be written."""
