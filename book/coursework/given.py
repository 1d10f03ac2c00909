"""For which text the points of a written part were given: where a student hands in again, a teacher must look again."""

import json
from hashlib import sha256

from coursework import files


def outdated(file, points, texts):
    """[(student, assignment)] whose text is another than when their points were given, which `file` remembers.

    `points` and `texts` are {(student, assignment): …}. Points that are new or others count as given for the text now.
    """
    before = read(file)
    held = {json.dumps(pair): [value, sha256(texts[pair].encode("utf-8", "replace")).hexdigest()]
            for pair, value in points.items()}  # fmt: skip
    stale = {key: before[key] for key in held if key in before and before[key] != held[key]
             and before[key][0] == held[key][0]}  # fmt: skip
    files.write_whole(file, json.dumps(held | stale, indent=1).encode("utf-8"))
    return [tuple(json.loads(key)) for key in stale]


def read(file):
    """{"[student, assignment]": [points, hash of the text]}; ValueError where it cannot be read."""
    try:
        return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    except ValueError as why:
        raise ValueError(
            f"{file} cannot be read: {why}. Delete it: points count for the texts as they are."
        ) from why
