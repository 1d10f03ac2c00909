"""For which text the points of a written part were given: where a student hands in again, a teacher must look again."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from coursework import files
from coursework.records import Pair


def outdated(file: Path, points: dict[Pair, float], texts: dict[Pair, str]) -> list[Pair]:
    """The pairs whose text is another than when their points were given, which `file` remembers.

    Points that are new or others count as given for the text now.
    """
    before = read(file)
    held = {json.dumps(pair): [value, sha256(texts[pair].encode("utf-8", "replace")).hexdigest()]
            for pair, value in points.items()}  # fmt: skip
    stale = {key: before[key] for key in held if key in before and before[key] != held[key]
             and before[key][0] == held[key][0]}  # fmt: skip
    files.write_whole(file, json.dumps(held | stale, indent=1).encode("utf-8"))
    return [(student, name) for student, name in map(json.loads, stale)]


def read(file: Path) -> dict[str, list[Any]]:
    """{"[student, assignment]": [points, hash of the text]}; ValueError where it cannot be read."""
    try:
        return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    except ValueError as why:
        raise ValueError(
            f"{file} cannot be read: {why}. Delete it: points count for the texts as they are."
        ) from why
