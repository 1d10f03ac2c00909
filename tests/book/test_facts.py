"""What the prose says of its numbers holds, and each number that a page quotes is told to it, and no other."""

import importlib
import inspect
import pkgutil
import re

import pytest

import facts
from tests.conftest import ROOT

CHAPTERS = {m.name: importlib.import_module(f"facts.{m.name}") for m in pkgutil.iter_modules(facts.__path__)}
MODULES = [importlib.import_module(m.name) for m in pkgutil.walk_packages(facts.__path__, "facts.")]
CHECKS = [
    pytest.param(check, id=f"{module.__name__.removeprefix('facts.')}: {name.removeprefix('check_')}")
    for module in MODULES  # of a chapter, or of a part of it
    for name, check in inspect.getmembers(module, inspect.isfunction)
    if name.startswith("check_") and check.__module__ == module.__name__
]


@pytest.mark.parametrize("check", CHECKS)
def test_what_the_prose_says_holds(check):
    check()


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_page_quotes_the_numbers_that_it_is_told(chapter):
    page = (ROOT / f"book/{chapter}.md").read_text()
    told = CHAPTERS[chapter].numbers()
    assert all(isinstance(text, str) and text for text in told.values())
    quoted = set(re.findall(r"\{glue:text\}`([^`]+)`", page))
    assert quoted - told.keys() == set(), f"numbers() of facts/{chapter} must tell what book/{chapter}.md quotes"
    assert told.keys() - quoted == set(), f"book/{chapter}.md must quote what numbers() of facts/{chapter} tells"
