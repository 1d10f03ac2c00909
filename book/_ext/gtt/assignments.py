"""An assignment's page shows the student's version, without solutions and hidden tests; none of its cells is run."""

import sys
from pathlib import Path

from sphinx.application import Sphinx

sys.path.append(str(Path(__file__).resolve().parents[2]))
from coursework import notebooks


def read(app: Sphinx, docname: str, text: list[str]) -> None:
    """On source-read."""
    if docname.startswith("book/assignments/"):
        text[0] = notebooks.stripped(text[0])


def release(app: Sphinx, error: Exception | None) -> None:
    """The zip of all assignments, to which their pages have a link."""
    if not error and app.builder.name == "html" and notebooks.names():
        notebooks.release(app.outdir)
