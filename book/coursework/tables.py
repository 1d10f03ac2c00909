"""Tables that a teacher opens in a spreadsheet: written so that it takes no cell for a formula, and read as it, or an
editor, has saved them: in another encoding, with another delimiter, with a quote too many."""

import csv
import io
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from coursework import files

UNSEEN = (
    "\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"  # what web pages and directories put around a text
)
EDGES = re.compile(f"^[\\s{UNSEEN}]+|[\\s{UNSEEN}]+$")
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .ods; .xls


@dataclass
class Table:
    """Rows of cells as typed; `first` is the line `sep=…`, which some spreadsheets want."""

    rows: list[list[str]] = field(default_factory=list)
    delimiter: str = ","
    first: str = ""
    stray: list[int] = field(default_factory=list, repr=False)  # lines with a quote that has no partner


def read(file: Path) -> Table:
    """The table in `file`; empty if there is no such file. ValueError for a workbook, which is no text."""
    return parsed(decoded(file.read_bytes())) if file.exists() else Table()


def decoded(data: bytes) -> str:
    """The text of a file, with line ends of one kind.

    >>> decoded("ada;12,5".encode("utf-16")), decoded("Zoë".encode("cp1252")), decoded(b"\\xef\\xbb\\xbfada")
    ('ada;12,5', 'Zoë', 'ada')
    """
    if data.startswith(WORKBOOKS):
        raise ValueError("it is a workbook. Open it in the spreadsheet, and save it as CSV under the same name.")
    wide = (
        "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
    )
    for encoding in [*([wide] if b"\0" in data else []), "utf-8-sig", "cp1252"]:
        with suppress(UnicodeDecodeError):
            return re.sub("\r\n?", "\n", data.decode(encoding))
    return re.sub("\r\n?", "\n", data.decode("latin-1"))  # which has a character for every byte


def parsed(text: str) -> Table:
    """The table that a text holds.

    >>> parsed('sep=;\\nada;"12,5"\\n')
    Table(rows=[['ada', '12,5']], delimiter=';', first='sep=;\\n')
    """
    named = re.match(r'"?sep=(.)"?[,;]*(?:\n|$)', text, re.IGNORECASE)
    text = text[named.end() :] if named else text
    line = next((line for line in text.split("\n") if line.strip()), "")
    delimiter = named[1] if named else max(",;\t", key=line.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
        stray = []
    except csv.Error:  # a quote too many would swallow the rows up to the next one
        lines = text.split("\n")
        rows = [alone(line, delimiter) for line in lines]
        stray = [i for i, line in enumerate(lines, 2 if named else 1) if line.count('"') % 2]
    return Table(rows, delimiter, f"sep={delimiter}\n" if named else "", stray)


def alone(line: str, delimiter: str) -> list[str]:
    """The cells of one line; where its quotes do not match they mean nothing."""
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return line.split(delimiter)


def save(file: Path, table: Table, encoding: str = "utf-8") -> None:
    """In one step, and only if it changes. By "utf-8-sig" spreadsheets know UTF-8; some programs stumble over it."""
    text = io.StringIO()
    csv.writer(text, delimiter=table.delimiter, lineterminator="\n").writerows(table.rows)
    data = (table.first + text.getvalue()).encode(encoding, "backslashreplace")
    if not file.exists() or file.read_bytes() != data:
        files.write_whole(file, data)


def protected(value: object) -> str:
    """A cell that no spreadsheet takes for a formula, and that can be written in UTF-8.

    >>> protected("=1+1"), protected("-dash"), protected(-1), protected("ada")
    ("'=1+1", "'-dash", '-1', 'ada')
    """
    if not isinstance(value, str):
        return str(value)
    text = value.encode("utf-8", "backslashreplace").decode()  # the name of a folder may hold any bytes
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def bare(cell: str) -> str:
    """What a cell says, without what keeps a spreadsheet from taking it for something else.

    >>> bare(" '=ada\\xa0"), bare('="0042"'), bare("\\u200bada\\u202c "), bare("Zoe\\u0308") == "Zoë"
    ('=ada', '0042', 'ada', True)
    """
    cell = EDGES.sub("", unicodedata.normalize("NFC", cell))
    return re.sub(r'^="(.*)"$', r"\1", cell).removeprefix("'")
