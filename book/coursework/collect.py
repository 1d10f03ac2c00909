"""Turns a platform's export, a zip or a folder, into folders of students as `intake` reads them.

FROM in the book's own layout, or nbgrader's, is read where it is. What Moodle, Canvas, Blackboard, Gradescope or
nbgrader's exchange named is copied to work/0/STUDENT/FILE, where STUDENT is the id that the roster has; of several
attempts the last one lies in work/0, the one before it in work/1. A zip that a student handed in is unpacked. All that
is not copied has a remark with its name.
"""

import os
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from coursework import archives, files, intake, platforms, roster
from coursework.files import Names
from coursework.intake import Remark
from coursework.platforms import Arrival
from coursework.records import Arrived
from coursework.roster import Roster

UNPACKED = 50_000_000  # bytes of all zips that one student handed in at a time, so that none fills the disk of all
STAMP = "timestamp.txt"  # nbgrader's, beside a submission


@dataclass
class Collected:
    """Folders of students, those of the last attempts first, and what is known of how a file came."""

    folders: list[Path]
    remarks: list[Remark] = field(default_factory=list)
    # by attempt and student; the first path that fits is the nearest
    arrived: dict[tuple[int, str], list[tuple[Names, Arrived]]] = field(default_factory=dict)
    platform: str = ""

    def of(self, attempt: int, path: Names) -> Arrived:
        """How the file at `path` below a folder came; empty where nothing is known."""
        known = self.arrived.get((attempt, path[0]), [])
        return next((held for inner, held in known if path[1 : len(inner) + 1] == inner), Arrived())


def collect(
    source: Path,
    work: Path,
    names: Sequence[str],
    people: Roster | None,
    zone: tzinfo | None,
    times: Mapping[str, datetime],
) -> Collected:
    """The students' folders in FROM; `times` are those of platforms' keys, where a gradebook says them.

    Raises ValueError, before anything is graded, where FROM cannot be understood.
    """
    remarks: list[Remark] = []
    if not source.is_dir():
        source, remarks = unpacked(source, work / "unpacked", names, people)
    found = everything(source)
    platform = platforms.recognised(found)
    if not platform:
        return own(source, remarks, found, zone)
    if platform in platforms.NUMBERS and people is None:
        raise ValueError(
            f"{source.name} comes from {platform}, whose file names have a number in the place of the id that students "
            "type into their notebooks. Give a roster with the columns id, name: ROSTER=roster.csv"
        )
    readable = [path for path, why in found.items() if not why]
    arrivals, strange = platforms.arrivals(platform, source, readable)
    arrivals = [each if each.time else each._replace(time=times.get(each.key)) for each in arrivals]
    unread = {path: why for path, why in found.items() if why}
    remarks += [remark(path, why) for path, why in (unread | strange).items()]
    collected = Collected([work / "0"], remarks, platform=platform)
    for student, theirs in by_person(arrivals, platform, people, remarks).items():
        for attempt, same in enumerate(series(theirs, zone)):
            if attempt == len(collected.folders):
                collected.folders.append(work / str(attempt))
            copy(source, student, same, collected, attempt, zone)
    (work / "0").mkdir(parents=True, exist_ok=True)
    return collected


def unpacked(file: Path, folder: Path, names: Sequence[str], people: Roster | None) -> tuple[Path, list[Remark]]:
    """Where the files of a zip lie, and remarks on those that were left out. Raises ValueError."""
    try:
        refused = archives.unpack(file, folder)
    except (ValueError, OSError) as why:
        raise ValueError(f"{file} cannot be unpacked: {why}") from why
    return without_wrapper(folder, names, people), [remark(path, why) for path, why in refused.items()]


def remark(path: Names, why: str) -> Remark:
    return Remark(files.printable(path[0]), "", f"{files.shown(path)} {why}")


def everything(source: Path) -> dict[Names, str]:
    """{path: why it is not read, or empty} of all files below FROM."""
    found: dict[Names, str] = {}
    for name, status in files.listing(source):
        if is_folder(status):
            found |= files.below(source, name)
        else:
            found[name,] = files.refusal(status)
    return found


def without_wrapper(folder: Path, names: Sequence[str], people: Roster | None) -> Path:
    """The one folder in which all files of a zip lie, perhaps within another, unless it is that of a student."""
    entries, outer = files.listing(folder), folder
    while len(entries) == 1 and is_folder(entries[0][1]) and not platforms.recognised(everything(folder)):
        inner = folder / entries[0][0]
        below = files.listing(inner)
        student = people is not None and intake.folded(inner.name) in people.ids()
        wraps = below and not student and all(is_folder(status) and name not in names for name, status in below)
        wraps = wraps and (folder == outer or len(below) > 1)  # within a wrapper one folder is rather a student's
        if not wraps and not platforms.recognised(everything(inner)):
            break
        folder, entries = inner, below
    return folder


def is_folder(status: os.stat_result) -> bool:
    return stat.S_ISDIR(status.st_mode)


def own(source: Path, remarks: list[Remark], found: dict[Names, str], zone: tzinfo | None) -> Collected:
    """Folders of students; nbgrader puts the time of a submission beside it."""
    collected = Collected([source], remarks)
    for path, why in found.items():
        if path[-1] == STAMP and len(path) > 1 and not why:
            text = files.read(source, path)[:100].decode("utf-8", "replace")
            known: Arrived = {"time": iso(platforms.moment(text), zone), "platform": "nbgrader"}
            collected.arrived.setdefault((0, path[0]), []).append((path[1:-1], known))
    for each in collected.arrived.values():
        each.sort(key=lambda item: -len(item[0]))  # the nearest one first
    return collected


def iso(time: datetime | None, zone: tzinfo | None) -> str:
    """A time with its zone; without one, and without the course's, it is not known."""
    if time is None or (time.tzinfo is None and zone is None):
        return ""
    return (time if time.tzinfo else time.replace(tzinfo=zone)).isoformat()


def by_person(
    arrivals: list[Arrival], platform: str, people: Roster | None, remarks: list[Remark]
) -> dict[str, list[Arrival]]:
    """{id: the files of this student}; a file whose student is not certain has a remark."""
    found: dict[str, list[Arrival]] = {}
    for each in arrivals:
        who = f"{each.name} ({each.key})" if each.name and each.key else each.name or each.key
        try:
            student = people.find(platform, each.key, each.name, each.email).id if people else each.key
            if wrong := roster.unfit(student):
                raise ValueError(f"the id {student!r} {wrong}")
            found.setdefault(intake.student_id(student), []).append(each)
        except ValueError as why:
            remarks.append(Remark(files.on_one_line(who), "", f"{files.shown(each.path)}: {why}"))
    for student, theirs in list(found.items()):
        keys = sorted({each.key for each in theirs})
        if len(keys) > 1:
            del found[student]
            both = f"{' and '.join(keys)} are both {student}; say in the roster who is who"
            remarks += [Remark(student, "", f"{files.shown(each.path)}: {both}") for each in theirs]
    return found


def series(theirs: list[Arrival], zone: tzinfo | None) -> list[list[Arrival]]:
    """What came together, the last first. Attempts at one assignment do not displace those at another."""

    def when(same: list[Arrival]) -> datetime:
        time = same[0].time or datetime.min
        return time if time.tzinfo else time.replace(tzinfo=zone or UTC)

    together: dict[tuple[str, datetime | None], list[Arrival]] = {}
    for each in theirs:
        together.setdefault((work_of(each), each.time), []).append(each)
    by_work: dict[str, list[list[Arrival]]] = {}
    for (work, _), same in together.items():
        by_work.setdefault(work, []).append(same)
    ordered = [sorted(each, key=when, reverse=True) for each in by_work.values()]
    most = max(map(len, ordered))
    return [[one for each in ordered if i < len(each) for one in each[i]] for i in range(most)]


def work_of(arrival: Arrival) -> str:
    """What an attempt is at: nbgrader's assignment or Blackboard's column."""
    column, attempt, _ = arrival.stem.partition(f"_{arrival.key}_attempt_")
    return column if attempt else arrival.inner[0] if "+" in arrival.stem else ""


def copy(
    source: Path, student: str, arrivals: list[Arrival], collected: Collected, attempt: int, zone: tzinfo | None
) -> None:
    """Copies the files of one attempt of a student to collected.folders[attempt]/STUDENT."""
    folder = collected.folders[attempt] / student
    taken: set[Names] = set()
    room = UNPACKED
    for each in arrivals:
        known: Arrived = {"time": iso(each.time, zone), "late": each.late, "platform": collected.platform,
                          "stem": each.stem}  # fmt: skip
        inner, again = each.inner, 1
        while inner in taken:  # two of one name: which is meant `intake` does not guess
            again += 1
            inner = (f"again {again}", *each.inner)
        taken.add(inner)
        try:
            where, refused = put(source, each.path, folder, inner, room)
            room -= size(folder.joinpath(*where)) if where != inner else 0
            collected.arrived.setdefault((attempt, student), []).append((where, known))
        except (files.Refused, ValueError, OSError) as why:
            refused = {each.path: str(why)}
            with suppress(OSError):  # an empty folder would be named once more
                folder.rmdir()
        collected.remarks += [Remark(student, "", f"{files.shown(path)} {text}") for path, text in refused.items()]


def size(folder: Path) -> int:
    """The bytes of all files below a folder that we filled ourselves."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def put(source: Path, path: Names, folder: Path, inner: Names, room: int) -> tuple[Names, dict[Names, str]]:
    """Copies a file to folder/inner; of a zip, what is in it, up to so many bytes. Returns where it lies, and what of a
    zip was left out."""
    if not all(inner) or {".", ".."} & set(inner):
        raise ValueError("has no file name after the platform's prefix")
    target = folder.joinpath(*inner)
    target.parent.mkdir(parents=True, exist_ok=True)
    data = files.read(source, path)
    target.write_bytes(data)
    if target.suffix.lower() != ".zip":
        return inner, {}
    unpacked = target.with_suffix(files.INSIDE)
    try:
        refused = archives.unpack(target, unpacked, room)
        return (*inner[:-1], unpacked.name), refused
    except ValueError as why:
        raise ValueError(f"is a zip that was not unpacked: {why}") from why
    finally:
        target.unlink()
