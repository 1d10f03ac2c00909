"""Unpacks a zip by somebody else: its whole list is checked before a byte is written, and all files land in one folder.

A zip with a name that leads elsewhere, an encrypted one, a broken one, or one that would fill the disk is refused as a
whole. A link, a file that is too large, or one with too long a path is left out and reported.
"""

import errno
import re
import shutil
import stat
import zipfile
from contextlib import suppress
from pathlib import Path

from coursework import files
from coursework.files import Names

ENTRIES, TOTAL = 20_000, 2_000_000_000  # files of a zip, and bytes of them all
PATH = 2000  # bytes of a path below the folder; a system opens at most 4096
DRIVE = re.compile(r"[A-Za-z]:")
ENCRYPTED, UTF8 = 0x1, 0x800  # bits of an entry's flags


def unpack(file: Path, folder: Path, most: int = TOTAL) -> dict[Names, str]:
    """Unpacks `file` into the new folder `folder`; returns {path: why} of what is left out.

    Raises ValueError where the zip is refused or breaks off: then there is no folder.
    """
    folder.mkdir(parents=True)
    whole = False
    try:
        with zipfile.ZipFile(file) as archive:
            entries, refused = plan(archive, most)
            for names, info in entries.items():
                write(archive, info, folder.joinpath(*names))
        whole = True
    except Exception as why:
        raise ValueError(reason(why)) from why
    finally:
        if not whole:
            shutil.rmtree(folder, ignore_errors=True)
    return refused


def reason(why: Exception) -> str:
    """Why a zip was not unpacked. What is broken ends in an error of its own for each way of packing."""
    if isinstance(why, UnicodeError):
        return "a name in it is not in the encoding that it declares; zip the files again"
    of_data = (None, errno.EINVAL)  # broken data, or a broken place in the file
    if isinstance(why, OSError) and why.errno not in of_data:
        return f"its files cannot be written: {why.strerror}"
    if isinstance(why, ValueError):
        return str(why)
    return f"it is no zip, or a broken one ({why}); download it again"


def plan(archive: zipfile.ZipFile, most: int) -> tuple[dict[Names, zipfile.ZipInfo], dict[Names, str]]:
    """({path: what is written there}, {path: why it is left out}). Raises ValueError where all is refused."""
    infos = archive.infolist()
    if len(infos) > ENTRIES:
        raise ValueError(f"it has {len(infos)} entries; at most {ENTRIES} are unpacked")
    entries: dict[Names, zipfile.ZipInfo] = {}
    refused: dict[Names, str] = {}
    for info in infos:
        names = path_of(info)
        if info.flag_bits & ENCRYPTED:
            raise ValueError(f"{files.shown(names)} is encrypted; zip the files without a password")
        if names in entries and not info.is_dir():
            raise ValueError(f"{files.shown(names)} is in it twice; remove one of the two")
        if why := left_out(info, names):
            refused[names] = why
        elif names:
            entries[names] = info
    if inside := next((path for path in entries if beneath_a_file(path, entries)), None):
        raise ValueError(f"{files.shown(inside)} lies below a name that is also a file")
    if (total := sum(info.file_size for info in entries.values())) > most:
        raise ValueError(f"unpacked it has {total / 1e6:.0f} MB; at most {most / 1e6:.0f} MB are unpacked")
    return entries, refused


def path_of(info: zipfile.ZipInfo) -> Names:
    """The names on the way to an entry. Raises ValueError where they lead out of the folder.

    Many programs write UTF-8 and do not say so.
    """
    text = info.orig_filename
    if not info.flag_bits & UTF8:
        with suppress(UnicodeError):
            text = text.encode("cp437").decode("utf-8")
    names = text.replace("\\", "/").split("/")
    if not names[0] or DRIVE.fullmatch(names[0]) or ".." in names or "\0" in text:
        raise ValueError(f"{files.shown(names)} leads out of the folder it is unpacked into")
    return tuple(name for name in names if name not in ("", "."))


def left_out(info: zipfile.ZipInfo, names: Names) -> str:
    """The reason for which an entry is not written; empty if it is."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return f"is a {files.KINDS.get(kind, 'special file')}; only regular files are read"
    if info.file_size > files.MOST:
        return (
            f"has {info.file_size / 1e6:.0f} MB; at most {files.MOST / 1e6:.0f} MB are read, so clear its outputs"
        )
    lengths = [len(name.encode("utf-8", "replace")) for name in names]
    if max(lengths, default=0) > 255:
        return "has too long a name"
    return "lies too deep in folders: its path is too long" if sum(lengths) + len(lengths) > PATH else ""


def beneath_a_file(path: Names, entries: dict[Names, zipfile.ZipInfo]) -> bool:
    above = (path[:i] for i in range(1, len(path)))
    return any(each in entries and not entries[each].is_dir() for each in above)


def write(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    """Writes one entry; no more bytes than the list of the zip declares."""
    if info.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(info) as packed, target.open("xb") as out:
        shutil.copyfileobj(packed, out, 1_000_000)
