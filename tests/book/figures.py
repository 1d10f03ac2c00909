"""The figures of the book, found by walking `explorables`: a folder a chapter, a module a figure."""

import importlib
import pkgutil
import re
from typing import Any

import explorables
from minirnn.figures.explorables import Explorable

CHAPTERS = sorted(module.name for module in pkgutil.iter_modules(explorables.__path__))


def figures_of(chapter: str) -> dict[str, Explorable]:
    """{name: figure} of a chapter, in no order of the page."""
    package = importlib.import_module(f"explorables.{chapter}")
    names = [module.name for module in pkgutil.iter_modules(getattr(package, "__path__", []))]
    modules = [package, *(importlib.import_module(f"{package.__name__}.{name}") for name in names)]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Explorable)]
    return {figure.name: figure for figure in found}


def figures_on(page: str) -> set[str]:
    """The names of the figures that the cells of a page show, each by a line `parabola.FIGURE`."""
    imports = re.findall(r"^from explorables.* import .*$", page, re.MULTILINE)
    names: dict[str, Any] = {}
    exec("\n".join(imports), names)
    shown = [
        eval(line, names) for line in re.findall(r"^\w+\.\w+$", page, re.MULTILINE) if line.split(".")[0] in names
    ]
    return {figure.name for figure in shown if isinstance(figure, Explorable)}
