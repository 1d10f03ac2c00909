"""What learning platforms call the files that they hand over: of whom, under which name, when.

    Moodle       Full Name_1234_assignsubmission_file_/bptt.ipynb, where 1234 is the participant's number
    Canvas       doejane_LATE_1234_5678_bptt-1.ipynb: the user's number, then the file's; LATE if it was
    Blackboard   Homework 1_jdoe_attempt_2026-11-20-15-30-10_bptt.ipynb: the user's name, and the server's time
    nbgrader     jdoe+bptt+2026-11-20 15:30:10.123456 UTC+random/bptt.ipynb, as in the exchange's folder `inbound`
    Gradescope   submission_1234/bptt.ipynb, and submission_metadata.yml, which says of whom each is

A pattern begins at the first name on the way, which the platform makes, so that none that a student chose decides.
Sources: Moodle's mod/assign/feedback/file/importziplib.php, Canvas's app/models/content_zipper.rb, nbgrader's
exchange/collect.py. In all other forms a folder is a student.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from coursework import files
from coursework.files import Names

MOODLE = re.compile(
    r"(?P<stem>(?P<name>[^/_]*)_(?P<key>\d+)_assignsubmission_[a-z]+_?)(?P<slash>/?)(?P<inner>.+)", re.DOTALL
)
CANVAS = re.compile(
    r"(?P<stem>(?P<name>[^/]+?)(?P<late>_late)?_(?P<key>\d+)(?:_\d+)?)_(?P<inner>[^/]+)", re.IGNORECASE | re.DOTALL
)
BLACKBOARD = re.compile(
    r"(?P<stem>[^/]+?_(?P<key>[^/_]+)_attempt_(?P<time>\d{4}(?:-\d\d){5}))(?P<inner>_[^/]+|\.txt)", re.DOTALL
)
NBGRADER = re.compile(
    r"(?P<stem>(?P<key>[^/]+?)\+(?P<name>[^/+]+)\+(?P<time>[\d-]+[ T][\d:.]+[^/+]*)(?:\+[^/]*)?)/(?P<inner>.+)",
    re.DOTALL,
)
PATTERNS = {"Moodle": MOODLE, "Canvas": CANVAS, "Blackboard": BLACKBOARD, "nbgrader": NBGRADER}
GRADESCOPE, METADATA = "Gradescope", ("submission_metadata.yml",)
NUMBERS = ("Moodle", "Canvas")  # whose keys are numbers that no student knows
TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T-](\d\d)[:-](\d\d)[:-](\d\d)(?:\.(\d{1,6})\d*)?\s*(Z|UTC|[+-]\d\d:?\d\d)?")


class Arrival(NamedTuple):
    """A file as a platform hands it over."""

    path: Names  # below FROM
    key: str  # what the platform calls the student
    name: str  # the student's name where the platform says it
    inner: Names  # the path that the student gave it
    stem: str  # the platform's part of the path
    time: datetime | None = None  # without a zone where the platform says none
    late: bool = False  # by the platform's mark
    email: str = ""


def recognised(paths: Iterable[Names]) -> str:
    """The platform that named these files; empty for folders of students.

    >>> recognised([("Zoë Li_12_assignsubmission_file_", "bptt.ipynb")]), recognised([("ada", "bptt.ipynb")])
    ('Moodle', '')
    """
    texts = ["/".join(path) for path in paths]
    if "/".join(METADATA) in texts:
        return GRADESCOPE
    counts = {name: sum(bool(pattern.fullmatch(text)) for text in texts) for name, pattern in PATTERNS.items()}
    # of two that fit, Blackboard's and Canvas's, the one that says more
    platform = max(counts, key=lambda name: (counts[name], name != "Canvas"))
    return platform if 2 * counts[platform] > len(texts) else ""


def arrivals(platform: str, source: Path, paths: Iterable[Names]) -> tuple[list[Arrival], dict[Names, str]]:
    """The files of a platform, and {path: why} of those that are not named as it names them.

    Raises ValueError where the list that came with them cannot be read.
    """
    if platform == GRADESCOPE:
        return of_gradescope(metadata(files.read(source, METADATA)), paths)
    found, strange = [], {}
    for path in paths:
        if match := PATTERNS[platform].fullmatch("/".join(path)):
            found.append(arrival(path, match))
        else:
            strange[path] = f"has no name as {platform} gives it, which says whose it is"
    return found, strange


def arrival(path: Names, match: re.Match[str]) -> Arrival:
    """The match of a pattern. nbgrader's holds the assignment where the others hold a student's name."""
    held = match.groupdict()
    inner = tuple(held["inner"].removeprefix("_").split("/")) if held["inner"] != ".txt" else ("timestamp.txt",)
    if match.re is NBGRADER:
        return Arrival(path, held["key"], "", (held["name"], *inner), held["stem"], moment(held["time"]))
    late = bool(held.get("late"))
    return Arrival(
        path, held["key"], held.get("name", ""), inner, held["stem"], moment(held.get("time") or ""), late
    )


def moment(text: str) -> datetime | None:
    """A time as platforms write it, in a zone where one is said; None for another text.

    >>> str(moment("2026-11-20 15:30:10.861687000 Z")), str(moment("2026-11-20-15-30-10")), moment("yesterday")
    ('2026-11-20 15:30:10.861687+00:00', '2026-11-20 15:30:10', None)
    """
    match = TIME.fullmatch(text.strip())
    if not match:
        return None
    day, hour, minute, second, fraction, zone = match.groups()
    try:
        time = datetime.fromisoformat(f"{day}T{hour}:{minute}:{second}.{(fraction or '0').ljust(6, '0')}")
        offset = datetime.strptime(zone, "%z").tzinfo if zone and zone not in ("Z", "UTC") else UTC
    except ValueError:
        return None
    return time.replace(tzinfo=offset) if zone else time


LOADER = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader  # all values are texts, as an id of 0042 is


def metadata(data: bytes) -> dict[str, Any]:
    """What submission_metadata.yml says of each folder. ValueError where it is none."""
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(data, Loader=LOADER)):
            raise ValueError("it has an alias (*), which Gradescope does not write, and by which texts can explode")
        held = yaml.load(data, Loader=LOADER)
        if not isinstance(held, dict):
            raise ValueError(f"it must say of whom each folder is, and holds {held!s:.40}")
    except (yaml.YAMLError, ValueError, RecursionError) as why:
        raise ValueError(f"{METADATA[0]} cannot be read: {why!s:.200}") from why
    return held


def of_gradescope(held: dict[str, Any], paths: Iterable[Names]) -> tuple[list[Arrival], dict[Names, str]]:
    """`arrivals`: what a group handed in is an arrival of each of them."""
    found: list[Arrival] = []
    strange: dict[Names, str] = {}
    for path in paths:
        entry = held.get(path[0])
        entry = entry if isinstance(entry, dict) else {}
        people = [person for person in entry.get(":submitters") or [] if isinstance(person, dict)]
        for person in people:
            sid, name, email = (str(person.get(key) or "") for key in (":sid", ":name", ":email"))
            time = moment(str(entry.get(":created_at") or ""))
            found.append(Arrival(path, sid or email, name, path[1:], path[0], time, email=email))
        if not people and path != METADATA:
            strange[path] = f"is of nobody in {METADATA[0]}"
    return found, strange
