"""Reads the files below one folder, and follows no link, pipe or device.

What students hand in may hold anything: a link to the solutions, a pipe that never ends, a device, a file of a
terabyte. So each name on the way is opened at the folder before it, never as a link, and what was opened is looked at
again before a byte is read: nothing can be swapped in between.
"""

import contextlib
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

Names = tuple[str, ...]  # a path below a folder
MOST = 50_000_000  # bytes of a file
DEPTH, FOLDERS = 6, 200  # below a student's folder
INSIDE = ".unpacked"  # what the name of a folder ends with that holds what a student's zip held
KINDS = {stat.S_IFLNK: "link", stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket",
         stat.S_IFCHR: "device", stat.S_IFBLK: "device"}  # fmt: skip
# what systems and tools leave in a folder
LEFT = {"__macosx", "__pycache__", ".ds_store", ".git", ".ipynb_checkpoints", ".localized", "icon\r", "thumbs.db",
        "desktop.ini"}  # fmt: skip


class Refused(Exception):
    """What is not read, and why, in words for a teacher."""


def printable(name: str) -> str:
    r"""A name as a table may hold it: in Unicode, on one line.

    >>> printable("jos\udce9\n")
    'jos�\\n'
    """
    return on_one_line(os.fsencode(name).decode("utf-8", "replace"))


def on_one_line(text: str) -> str:
    """A text whose characters that cannot be seen are spelled out."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def shown(path: Sequence[str]) -> str:
    """A path for a message; of a long one its ends. A folder made of a zip has the name of the zip."""
    text = "/".join(printable(name.removesuffix(INSIDE) + ".zip" * name.endswith(INSIDE)) for name in path)
    return f"'{text}'" if len(text) <= 400 else f"'{text[:200]} … {text[-100:]}'"


def refusal(status: os.stat_result) -> str:
    """Why a file of this `os.stat_result` is not read; empty for a folder, and for a regular file that can be."""
    kind = stat.S_IFMT(status.st_mode)
    if kind == stat.S_IFDIR:
        return ""
    if kind != stat.S_IFREG:
        return f"is a {KINDS.get(kind, 'special file')}; only regular files are read"
    if status.st_nlink > 1:  # the other name may be anywhere, in the course's sources too
        return (
            f"has {status.st_nlink} names on this disk (hard links), so it may be somebody else's file; if the links "
            "are your own, copy the submissions with `cp -r` and grade the copy"
        )
    if status.st_size > MOST:
        return f"has {status.st_size / 1e6:.0f} MB; at most {MOST / 1e6:.0f} MB are read, so clear its outputs"
    return ""


@contextlib.contextmanager
def opened(source: Path, path: Names) -> Iterator[int]:
    """A descriptor of the file or folder at `path` below the folder `source`. Raises Refused."""

    def check(status: os.stat_result) -> None:
        if why := refusal(status):
            raise Refused(f"{shown(path)} {why}")

    at = os.open(source, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for name in path:
            check(os.stat(name, dir_fd=at, follow_symlinks=False))  # before: to open a device may set it going
            inner = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at)
            os.close(at)
            at = inner
            check(os.fstat(at))
        yield at
    except OSError as error:
        raise Refused(f"{shown(path)} cannot be read: {error.strerror}") from error
    finally:
        os.close(at)


def read(source: Path, path: Names) -> bytes:
    """The bytes of a regular file. Raises Refused."""
    with opened(source, path) as at:
        if stat.S_ISDIR(os.fstat(at).st_mode):
            raise Refused(f"{shown(path)} is a folder, not a file")
        with open(at, "rb", closefd=False) as file:
            data = file.read(MOST + 1)
    if len(data) > MOST:  # it grew meanwhile
        raise Refused(f"{shown(path)} has more than {MOST / 1e6:.0f} MB")
    return data


def listing(source: Path, path: Names = ()) -> list[tuple[str, os.stat_result]]:
    """[(name, os.stat_result)] of a folder, sorted, without what systems leave in one. Raises Refused."""
    entries = []
    with opened(source, path) as at:
        for name in sorted(
            name for name in os.listdir(at) if name.lower() not in LEFT and not name.startswith("._")
        ):
            with contextlib.suppress(FileNotFoundError):  # gone meanwhile
                entries.append((name, os.stat(name, dir_fd=at, follow_symlinks=False)))
    return entries


def below(source: Path, top: str) -> dict[Names, str]:
    """{path: why it is not read, or empty} of all files below source/top, those of outer folders first."""
    found: dict[Names, str] = {}
    folders: list[Names] = [(top,)]
    for path in folders:  # which grows meanwhile
        try:
            entries = listing(source, path)
        except Refused as why:
            found[path] = str(why).removeprefix(f"{shown(path)} ")
            continue
        for name, status in entries:
            inner, folder = (*path, name), stat.S_ISDIR(status.st_mode)
            if not folder or name.lower().endswith(".ipynb"):
                found[inner] = "is a folder, not a file" if folder else refusal(status)
            if folder and (name.startswith(".") or len(inner) > DEPTH or len(folders) == FOLDERS):
                found[inner] = (
                    "is a folder that grading does not search: it is hidden, too deep, or one of too many"
                )
            elif folder:
                folders.append(inner)
    return found


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Waits until no other program of ours holds this file, and holds it."""
    import fcntl  # not on Windows, where nothing is graded

    with file.with_name(f".{file.name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def write_whole(file: Path, data: bytes) -> None:
    """Whole, or not at all: an interrupt leaves the file as it was."""
    partial = file.with_suffix(".new")
    partial.write_bytes(data)
    partial.replace(file)
