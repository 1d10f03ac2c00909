"""The mark scheme of a written part, what was asked, and the numbers that one student's own network has."""

import inspect
import re
from typing import Any

from coursework import answers, notebooks

LONGEST = 400  # characters of what is measured
WORD = re.compile(r"<<(\w+)>>")
OWN = re.compile(r'check\.own\("(\w+)"')


def scheme(name: str, student: str) -> str:
    """The mark scheme at the end of an assignment's source, with a line for each paragraph.

    Each <<word>> in it becomes what `measured` in the assignment's module of mistakes gives for the student. KeyError
    where it does not know the word.
    """
    match = list(notebooks.SOLUTION.finditer(notebooks.source(name)))[-1]
    with answers.task(name, answers.of_student(name, student)):
        own = answers.module(name).measured(student)
    return WORD.sub(lambda word: spoken(own[word[1]], 4), paragraphs(match[2]))


def asked(name: str) -> str:
    """The text of the written part."""
    text = notebooks.source(name)
    start = text.rindex("\n## Part ")
    return paragraphs(text[start : text.index("\n+++", start)])


def paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(each.split()) for each in text.strip().split("\n\n"))


def own_numbers(name: str, student: str) -> list[tuple[str, str]]:
    """What the solution measures for a student, with the words of its first line."""
    functions = [answers.solutions(name)[part] for part in OWN.findall(notebooks.source(name))]
    measured = [each for each in functions if len(inspect.signature(each).parameters) == 1]
    words = [(each.__doc__ or each.__name__).strip().splitlines()[0] for each in measured]
    with answers.task(name, answers.of_student(name, student)):
        values = [spoken(each(student))[:LONGEST] for each in measured]
    return list(zip(words, values, strict=True))


def spoken(value: Any, digits: int = 6) -> str:
    """Numbers with so many digits, and words as they are.

    >>> spoken({"r": (1 / 3, 2)}), spoken(2e-7), spoken(1 / 3, 2), spoken("above")
    ('r: 0.333333, 2', '2e-07', '0.33', 'above')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "; ".join(f"{key}: {spoken(each, digits)}" for key, each in value.items())
    if isinstance(value, tuple | list) or (hasattr(value, "tolist") and value.ndim):
        return ", ".join(spoken(each, digits) for each in value)
    return f"{value:.{digits}g}"
