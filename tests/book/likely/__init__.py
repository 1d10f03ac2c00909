"""What students are likely to write: for each part at least six wrong solutions, as (text of the solution, wrong text).

A module for each assignment. They were written down before the messages of book/coursework/mistakes: each must get a
sentence of its own, and none that only says where numbers differ.
"""

import importlib

Likely = dict[str, list[tuple[str, ...]]]


def of(name: str) -> Likely:
    """{part: wrong solutions} of an assignment."""
    made: Likely = importlib.import_module(f"tests.book.likely.{name}").LIKELY
    return made
