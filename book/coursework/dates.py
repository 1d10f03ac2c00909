"""The rules in course.toml: when work is due, the points taken off late work, and which attempt counts.

timezone = "Europe/Zurich"             # of the times to which a platform gives no zone
attempts = "last"                      # or "best"

[late]                                 # for all assignments
grace = "15 minutes"                   # what comes so much later is in time
per_day = "10 percent"                 # of the points reached, for each day that has begun; or "5 points"
floor = "50 percent"                   # so much is left of the points reached; or "40 points"
cutoff = "7 days"                      # what comes later than this gets nothing

[assignments.bptt]
due = 2026-11-20T23:59:00+01:00        # and what else stands in [late], where it differs

[extensions.ada]                       # another due date for a student
bptt = 2026-11-25T23:59:00+01:00

[submitted.ben]                        # when it came, where the platform does not say it, or says it wrongly
bptt = 2026-11-20T20:00:00+01:00
"""

import difflib
import math
import re
import tomllib
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from coursework import intake
from coursework.records import Arrived, Pair

DAY = timedelta(days=1)
TOP = ("timezone", "attempts", "late", "assignments", "extensions", "submitted")
POLICY = ("grace", "per_day", "floor", "cutoff")
TIMES = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": DAY}


class Amount(NamedTuple):
    """A number of points, or of percent of the points that were reached."""

    number: float
    percent: bool

    def of(self, points: float) -> float:
        return points * self.number / 100 if self.percent else self.number


NOTHING = Amount(0, False)


@dataclass(frozen=True)
class Policy:
    """The rule for the points taken off late work."""

    grace: timedelta = timedelta(0)
    per_day: Amount = NOTHING
    floor: Amount = NOTHING
    cutoff: timedelta = timedelta.max


@dataclass(frozen=True)
class Course:
    """course.toml; without one nothing is due."""

    zone: ZoneInfo | None = None
    best: bool = False
    due: Mapping[str, datetime] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)  # of a gradebook, by assignment
    extensions: Mapping[Pair, datetime] = field(default_factory=dict)  # by the folded id
    submitted: Mapping[Pair, datetime] = field(default_factory=dict)

    def verdict(self, student: str, name: str, arrived: Arrived, points: float | None) -> "Verdict":
        """When a submission came, how late that is, and what is taken off its `points`, if these are known yet."""
        pair = intake.folded(student), name
        time = self.submitted.get(pair) or (
            datetime.fromisoformat(arrived["time"]) if arrived.get("time") else None
        )
        if time and self.zone:  # whoever reads it lives there
            with suppress(OverflowError):  # a made-up time in the year 1
                time = time.astimezone(self.zone)
        due = self.extensions.get(pair) or self.due.get(name)
        if due is None:
            return Verdict(time, "", None)
        if time is None:
            mark = (
                "marked as late; when it came is not known" if arrived.get("late") else "when it came is not known"
            )
            return Verdict(None, mark, 0.0)
        late, policy = time - due, self.policies[name]
        if late <= policy.grace:
            return Verdict(time, "", 0.0)
        if late > policy.cutoff:
            return Verdict(time, f"{spoken(late)} late, after the cut-off", points)
        return Verdict(time, f"{spoken(late)} late", None if points is None else taken_off(policy, late, points))


class Verdict(NamedTuple):
    """When work came, how late that is, in words, and the points taken off; None if unknown."""

    time: datetime | None
    late: str
    off: float | None


NO_COURSE = Course()


def taken_off(policy: Policy, late: timedelta, points: float) -> float:
    """What is taken off `points`: for each day that has begun, down to the floor.

    >>> taken_off(Policy(per_day=Amount(10, True), floor=Amount(75, True)), timedelta(days=1, hours=1), 80)
    16.0
    >>> taken_off(Policy(per_day=Amount(10, True), floor=Amount(75, True)), timedelta(days=9), 80)
    20.0
    """
    least = min(policy.floor.of(points), points)
    return round(min(policy.per_day.of(points) * math.ceil(late / DAY), points - least), 2)


def spoken(time: timedelta) -> str:
    """A time in its two largest units.

    >>> spoken(timedelta(days=1, hours=2, minutes=59)), spoken(timedelta(minutes=16)), spoken(timedelta(seconds=1))
    ('1 day 2 hours', '16 minutes', 'less than a minute')
    """
    minutes = int(time.total_seconds() // 60)
    counts = {"day": minutes // 1440, "hour": minutes // 60 % 24, "minute": minutes % 60}
    words = [f"{n} {unit}{'s' * (n != 1)}" for unit, n in counts.items() if n]
    return " ".join(words[: 1 if not counts["day"] and not counts["hour"] else 2]) or "less than a minute"


def read(file: Path, names: Collection[str]) -> Course:
    """The course in `file`, for the assignments `names`. ValueError, with what was expected, where it is not clear."""
    try:
        held = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as why:
        raise ValueError(f"{file} cannot be read: {why.strerror}") from why
    except (tomllib.TOMLDecodeError, UnicodeError) as why:
        raise ValueError(f"{file.name} is no TOML in UTF-8: {why}") from why
    try:
        return course(held, names)
    except ValueError as why:
        raise ValueError(f"{file.name}: {why}") from why


def course(held: dict[str, Any], names: Collection[str]) -> Course:
    known("", held, TOP)
    common = table(held, "late")
    known("[late] ", common, POLICY)
    policy("[late] ", common)
    due, policies, columns = {}, {}, {}
    for name, own in table(held, "assignments").items():
        known("[assignments] ", {name: own}, names)
        where = f"[assignments.{name}] "
        known(where, own := table(held["assignments"], name), ("due", "column", *POLICY))
        if "due" in own:
            due[name] = with_zone(f"{where}due", own["due"])
        policies[name] = policy(where, common | {key: own[key] for key in POLICY if key in own})
        if "column" in own:
            columns[name] = text(f"{where}column", own["column"])
    if common and not due:
        raise ValueError("[late] needs a due date: write one into [assignments.NAME] due")
    extensions = by_student(held, "extensions", names)
    if useless := next((name for _, name in extensions if name not in due), None):
        raise ValueError(f"[extensions] has a date for {useless}, which has no due date in [assignments.{useless}]")
    attempts = held.get("attempts", "last")
    if attempts not in ("last", "best"):
        raise ValueError(f'attempts must be "last" or "best", got {attempts!r}')
    return Course(
        zone(held), attempts == "best", due, policies, columns, extensions, by_student(held, "submitted", names)
    )


def known(where: str, held: object, keys: Collection[str]) -> None:
    """ValueError for a key that means nothing."""
    if not isinstance(held, dict):
        raise ValueError(f"{where.strip()} must be a table, got {held!r}")
    for key in held:
        if key not in keys:
            close = difflib.get_close_matches(key, keys, 1)
            more = f"; did you mean {close[0]}?" if close else f"; known are {', '.join(keys)}"
            raise ValueError(f"{where}{key} is not known{more}")


def table(held: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = held.get(key, {})
    if not isinstance(value, dict):
        raise ValueError(f"{key} must be a table, [{key}], got {value!r}")
    return value


def text(where: str, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{where} must be a text in quotes, got {value!r}")
    return value


def zone(held: Mapping[str, Any]) -> ZoneInfo | None:
    if "timezone" not in held:
        return None
    name = text("timezone", held["timezone"])
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError) as why:
        missing = (
            ""
            if available_timezones()
            else ". This machine has no list of zones; on Debian and Ubuntu: apt-get install tzdata"
        )
        raise ValueError(f'timezone must be a name such as "Europe/Zurich", got {name!r}{missing}') from why


def with_zone(where: str, value: object) -> datetime:
    """A date with its time of day and its zone: without these a deadline is an hour, or a day, off for somebody."""
    example = "2026-11-20T23:59:00+01:00, without quotes"
    if not isinstance(value, datetime):
        raise ValueError(f"{where} must be a date with a time and a zone, {example}; got {value!s}")
    if value.tzinfo is None:
        raise ValueError(f"{where} has no zone: write {value.isoformat()}+01:00, or Z for UTC, or which one it is")
    return value


def by_student(held: Mapping[str, Any], key: str, names: Collection[str]) -> dict[Pair, datetime]:
    found = {}
    for student, dates in table(held, key).items():
        known(f"[{key}.{student}] ", dates, names)
        for name, value in dates.items():
            found[intake.folded(student), name] = with_zone(f"[{key}.{student}] {name}", value)
    return found


def policy(where: str, held: Mapping[str, Any]) -> Policy:
    words: dict[str, Any] = {key: (amount if key in ("per_day", "floor") else duration)(f"{where}{key}", value)
                             for key, value in held.items()}  # fmt: skip
    return Policy(**words)


def duration(where: str, value: object) -> timedelta:
    match = re.fullmatch(r"(\d+(?:\.\d+)?) *(minute|hour|day)s?", str(value))
    if not isinstance(value, str) or not match:
        raise ValueError(f'{where} must be like "15 minutes", "2 hours" or "7 days", got {value!r}')
    return float(match[1]) * TIMES[match[2]]


def amount(where: str, value: object) -> Amount:
    match = re.fullmatch(r"(\d+(?:\.\d+)?) *(percent|%|points?)", str(value))
    if not isinstance(value, str) or not match or float(match[1]) > 100:
        raise ValueError(f'{where} must be like "10 percent" or "5 points", at most 100, got {value!r}')
    return Amount(float(match[1]), not match[2].startswith("point"))
