"""What readers take along of the built book, as far as it is made without a browser: see book/handouts."""

import sys
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

sys.path.append(str(Path(__file__).resolve().parents[2]))
import handouts

LESSONS = "book/lessons/"


def outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """On env-get-outdated: lessons quote numbers of their chapters, and so are read at each build. They run no code."""
    return [page for page in env.found_docs if page.startswith(LESSONS)]


def write(app: Sphinx, error: Exception | None) -> None:
    """On build-finished: slides, and what the front page says of the files to download."""
    if not error and app.builder.name == "html":
        handouts.write(Path(app.srcdir), Path(app.outdir))
