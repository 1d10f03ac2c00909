"""The figures of the book, found by walking `explorables`: a folder a chapter, a module a figure."""

import importlib
import pkgutil

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
