"""What the modules of grading hand to each other and keep as JSON: the points of a part, and the result of a
submission."""

from typing import TypedDict

Pair = tuple[str, str]  # student, assignment
Part = tuple[str, int, int, str]  # its name, points, of how many, and what is wrong; JSON makes a list of it


class Arrived(TypedDict, total=False):
    """How a submission came; what is not known is not there, or empty."""

    time: str  # ISO, with its zone
    late: bool  # by the platform's mark
    platform: str
    stem: str  # the platform's part of the file's name, which feedback must have


class Result(TypedDict, total=False):
    """The result of one submission. The first three lines are there from the start; the others are added on the way."""

    points: int
    of: int
    parts: list[Part]
    notes: list[str]  # for a teacher
    written: str
    stopped_by: float | None  # the limit of seconds for a cell, where one was over
    page: str  # the feedback, which is kept in a file of its own
    broken: bool  # the grader or this machine may be at fault
    seconds: float
    arrived: Arrived
    file: str  # the page of it, below the student's folder, without its ending; not kept
    fingerprint: str | None  # of the submission and the course that this is the result of


Graded = tuple[str, str, Result]  # student, assignment, result
