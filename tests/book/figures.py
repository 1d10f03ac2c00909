"""The figures of the book, and those that a page shows."""

import re
from typing import Any

from handouts.pictures import CHAPTERS, figures_of
from minirnn.figures.explorables import Explorable

__all__ = ["CHAPTERS", "figures_of", "figures_on"]


def figures_on(page: str) -> set[str]:
    """The names of the figures that the cells of a page show, each by a line `parabola.FIGURE`."""
    imports = re.findall(r"^from explorables.* import .*$", page, re.MULTILINE)
    names: dict[str, Any] = {}
    exec("\n".join(imports), names)
    shown = [
        eval(line, names) for line in re.findall(r"^\w+\.\w+$", page, re.MULTILINE) if line.split(".")[0] in names
    ]
    return {figure.name for figure in shown if isinstance(figure, Explorable)}
