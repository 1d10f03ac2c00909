"""What students hand in, before any of it runs: who, which file, its bytes, its cells. No kernel is started here."""

import _thread
import codecs
import contextlib
import csv
import io
import json
import os
import queue
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

import nbformat
import pytest

from tests.book import submissions
from tests.conftest import ROOT

sys.path.append(str(ROOT / "book"))
from coursework import children, command, files, grade, intake, notebooks, progress, rebuild, report, submitted

NAMES = ["bptt", "clipping"]
TEMPLATE = notebooks.notebook(notebooks.without_solutions(notebooks.source("bptt")))
KNOWN = {notebooks.grader(cell).get("grade_id") for cell in TEMPLATE.cells} - {None}


def put(path: Path, data: str = "{}") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(data, errors="replace")


def texts(*paths: str) -> Callable[[Path], None]:
    """Files at these paths, whose text is their own path; what follows a `=` is the text."""

    def write(folder: Path) -> None:
        for path in paths:
            name, _, text = path.partition("=")
            put(folder / name, text or path)

    return write


def link(folder: Path) -> None:
    put(folder.parent / "source/bptt.ipynb")
    (folder / "ada").symlink_to(folder.parent / "source")


def link_in_folder(folder: Path) -> None:
    put(folder.parent / "source/bptt.ipynb")
    (folder / "ada").mkdir()
    (folder / "ada/bptt.ipynb").symlink_to(folder.parent / "source/bptt.ipynb")


def link_on_the_way(folder: Path) -> None:
    put(folder.parent / "source/bptt.ipynb")
    (folder / "ada/work").mkdir(parents=True)
    (folder / "ada/work/bptt").symlink_to(folder.parent / "source")


def link_to_itself(folder: Path) -> None:
    (folder / "ada").mkdir()
    (folder / "ada/bptt.ipynb").symlink_to("bptt.ipynb")


def hard_link(folder: Path) -> None:
    put(folder.parent / "source/bptt.ipynb")
    (folder / "ada").mkdir()
    os.link(folder.parent / "source/bptt.ipynb", folder / "ada/bptt.ipynb")


def pipe(folder: Path) -> None:
    (folder / "ada").mkdir()
    os.mkfifo(folder / "ada/bptt.ipynb")


def bound_socket(folder: Path) -> None:
    (folder / "ada").mkdir()
    os.chdir(folder / "ada")  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("bptt.ipynb")


def sparse(folder: Path) -> None:
    (folder / "ada").mkdir()
    with (folder / "ada/bptt.ipynb").open("wb") as file:
        file.truncate(10**9)


def deep(folder: Path) -> None:
    put(folder / "ada" / "/".join("abcdefghijkl") / "bptt.ipynb")


ADA = [("ada", "bptt")]
# what is made: which submissions, and for (student, assignment) words of the remark
CASES: dict[str, tuple[Callable[[Path], object], list, dict]] = {
    "as asked": (texts("ada/bptt.ipynb", "ada/clipping.ipynb"), [*ADA, ("ada", "clipping")], {}),
    "as nbgrader has it": (
        texts(
            "ada/bptt/bptt.ipynb",
            "ada/bptt/timestamp.txt",
            "ada/bptt/submission_secret.txt",
            "ada/bptt/feedback/2026-11-20 15:30:10.123456 UTC/bptt.html",
        ),
        ADA,
        {},
    ),
    "the whole zip": (
        texts("ada/bptt.ipynb", "ada/selfcheck.py", "ada/hints.py", "ada/answers/bptt.json", "ada/README.txt"),
        ADA,
        {},
    ),
    "a student is a link": (link, [], {("ada", ""): "'ada' is a link"}),
    "a submission is a link": (link_in_folder, [], {("ada", "bptt"): "'bptt.ipynb' is a link"}),
    "a folder on the way is a link": (link_on_the_way, [], {("ada", ""): "'work/bptt' is a link"}),
    "a link to itself": (link_to_itself, [], {("ada", "bptt"): "'bptt.ipynb' is a link"}),
    "a hard link": (hard_link, [], {("ada", "bptt"): "hard links"}),
    "a pipe": (pipe, [], {("ada", "bptt"): "is a pipe"}),
    "a socket": (bound_socket, [], {("ada", "bptt"): "is a socket"}),
    "a gigabyte": (sparse, [], {("ada", "bptt"): "has 1000 MB; at most 50 MB"}),
    "a folder": (texts("ada/bptt.ipynb/x.txt"), [], {("ada", "bptt"): "is a folder", ("ada", ""): "x.txt"}),
    "a browser's second": (texts("ada/bptt (1).ipynb"), ADA, {}),
    "capitals": (texts("ada/BPTT.ipynb"), ADA, {}),
    "Jupyter's copy": (texts("ada/bptt-Copy1.ipynb"), ADA, {}),
    "a copy": (texts("ada/Copy of bptt.ipynb"), ADA, {}),
    "sent by mail": (texts("ada/bptt.ipynb.txt"), ADA, {}),
    "a subfolder": (texts("ada/my work/bptt.ipynb"), ADA, {}),
    "the same twice": (texts("ada/bptt (1).ipynb=x", "ada/bptt (2).ipynb=x"), ADA, {}),
    "two that differ": (
        texts("ada/bptt (1).ipynb", "ada/bptt (2).ipynb"),
        [],
        {("ada", "bptt"): "submission; leave one of: 'bptt (1).ipynb'; 'bptt (2).ipynb'"},
    ),
    "the exact name first": (texts("ada/bptt.ipynb", "ada/bptt (1).ipynb"), ADA, {}),
    "two layouts": (texts("ada/bptt.ipynb", "ada/bptt/bptt.ipynb"), [], {("ada", "bptt"): "leave one of"}),
    "two layouts, one file": (texts("ada/bptt.ipynb=x", "ada/bptt/bptt.ipynb=x"), ADA, {}),
    "two assignments in a name": (texts("ada/bptt-clipping.ipynb"), [], {("ada", ""): "does not say which one"}),
    "a name within a word": (texts("ada/subptt.ipynb"), [], {("ada", ""): "does not say which one"}),
    "an empty folder": (lambda folder: (folder / "ada").mkdir(), [], {("ada", ""): "holds no notebook"}),
    "what was handed out": (texts("ada/selfcheck.py", "ada/hints.py"), [], {("ada", ""): "holds no notebook"}),
    "the wrong folder": (
        texts(*(f"course/{i}/bptt.ipynb" for i in range(9))),
        [],
        {("course", "bptt"): "'4/bptt.ipynb'; and 4 more"},
    ),
    "a folder named answers": (
        texts("ada/answers/bptt.ipynb", "answers/bptt.ipynb"),
        [*ADA, ("answers", "bptt")],
        {},
    ),
    "a zip": (texts("ada/bptt.zip"), [], {("ada", ""): "'bptt.zip' is an archive; unpack it"}),
    "another name": (texts("ada/homework.ipynb"), [], {("ada", ""): "which one of bptt, clipping it is"}),
    "one and a zip": (texts("ada/bptt.ipynb", "ada/rest.zip"), ADA, {("ada", ""): "'rest.zip' is an archive"}),
    "many others": (texts(*(f"ada/{i}.png" for i in range(9))), [], {("ada", ""): "; and 4 more"}),
    "macOS's shadows": (texts("ada/bptt.ipynb", "ada/._bptt.ipynb", "ada/__MACOSX/bptt.ipynb"), ADA, {}),
    "what systems leave": (
        texts("ada/bptt.ipynb", "ada/.localized", "Icon\r", "ada/Icon\r", "ada/thumbs.DB", "Desktop.ini"),
        ADA,
        {},
    ),
    "a checkpoint": (texts("ada/.ipynb_checkpoints/bptt-checkpoint.ipynb"), [], {("ada", ""): "holds no notebook"}),
    "hidden": (texts("ada/.bptt.ipynb", ".ben/bptt.ipynb"), [], {("ada", ""): "hidden", (".ben", ""): "hidden"}),
    "too deep": (deep, [], {("ada", ""): "does not search"}),
    "beside the folders": (
        texts("bptt.ipynb", "ada.zip"),
        [],
        {("bptt.ipynb", ""): "beside the students' folders", ("ada.zip", ""): "what is in it"},
    ),
    "decomposed": (lambda f: put(f / normalize("NFD", "zoé") / "bptt.ipynb"), [("zoé", "bptt")], {}),
    "a dash": (texts("-dash/bptt.ipynb", "--/bptt.ipynb"), [("--", "bptt"), ("-dash", "bptt")], {}),
    "not UTF-8": (texts("jos\udce9/bptt.ipynb"), [("jos�", "bptt")], {}),
    "a new line": (texts("new\nline/bptt.ipynb"), [("new\\nline", "bptt")], {}),
    "a long name": (texts(f"{'x' * 255}/bptt.ipynb"), [("x" * 255, "bptt")], {}),
    "longer than a name may be": (texts("\udcff" * 250 + "/bptt.ipynb"), [], {("�" * 250, ""): "too long"}),
    "one id, two folders": (
        texts("Ada/bptt.ipynb", "ada/clipping.ipynb"),
        [],
        {("Ada", ""): "leave one of: 'Ada'; 'ada'", ("ada", ""): "several folders"},
    ),
    "one id, a blank": (texts("ada /bptt.ipynb", "ada/x.txt"), [], {("ada ", ""): "'ada '", ("ada", ""): "leave"}),
    "one id, two forms": (
        lambda f: [put(f / normalize(form, "zoé") / "bptt.ipynb") for form in ("NFC", "NFD")],
        [],
        {("zoé", ""): "several folders"},
    ),
    "grading's own names": (
        texts("grades.csv/bptt.ipynb", "Written/bptt.ipynb"),
        [],
        {("grades.csv", ""): "grading itself uses", ("Written", ""): "grading itself uses"},
    ),
}


@pytest.mark.parametrize(("make", "graded", "remarks"), CASES.values(), ids=CASES)
def test_what_is_graded_and_what_is_said_of_the_rest(make, graded, remarks, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    make(tmp_path / "in")
    found, said = intake.look(tmp_path / "in", NAMES)
    assert [(each.student, each.name) for each in found] == graded
    assert {each[:2] for each in said} == set(remarks)
    assert [each for each in said if remarks[each[:2]] not in each.text] == []
    for each in found:
        assert files.read(tmp_path / "in", each.path)
        exact = each.path[1:] in ((f"{each.name}.ipynb",), (each.name, f"{each.name}.ipynb"))
        assert exact == (not any("was taken for" in note for note in each.notes))


def test_a_notebook_under_another_name_is_known_by_its_test_cells(tmp_path):
    bptt, clipping = (json.dumps(submissions.right("ada", name)) for name in NAMES)
    texts(f"ada/homework 1.ipynb={bptt}", f"ben/hw.ipynb={bptt}", f"ben/bptt.ipynb={clipping}")(tmp_path)
    texts(f"cat/both.ipynb={bptt}{clipping}", "dan/hw.ipynb={}", f"eve/1.ipynb={bptt}", f"eve/2.ipynb={bptt} ")(
        tmp_path
    )
    found, said = intake.look(tmp_path, NAMES)
    assert [(each.student, each.name, each.notes) for each in found] == [
        ("ada", "bptt", ["'homework 1.ipynb' was taken for bptt.ipynb, for its test cells"]),
        ("ben", "bptt", ["not graded, since 'bptt.ipynb' is there: 'hw.ipynb'"]),
    ]
    assert [(each.student, each.name) for each in said] == [("cat", ""), ("dan", ""), ("eve", "bptt")]
    names = notebooks.names()
    assert sum(map(len, map(intake.test_cells, names))) == len(frozenset().union(*map(intake.test_cells, names)))


def test_what_was_passed_over_is_noted(tmp_path):
    texts("ada/bptt.ipynb", "ada/bptt (1).ipynb")(tmp_path)
    ((_, _, path, notes),), _ = intake.look(tmp_path, NAMES)
    assert path == ("ada", "bptt.ipynb")
    assert notes == ["not graded, since 'bptt.ipynb' is there: 'bptt (1).ipynb'"]


def test_a_device_is_not_read():
    assert "is a device" in files.refusal(os.stat("/dev/null"))


@pytest.mark.parametrize("other", ["link", "pipe", "hard link", "folder that is a link"])
def test_what_is_swapped_after_the_look_is_not_read(other, tmp_path, monkeypatch):
    """Between the look at a name and its opening, somebody puts the solutions there."""
    put(tmp_path / "in/ada/bptt.ipynb")
    put(tmp_path / "secret/bptt.ipynb", "secret")
    mine = tmp_path / "in/ada/bptt.ipynb"
    before, last = os.stat, "ada" if other == "folder that is a link" else "bptt.ipynb"

    def stat_and_swap(name, **more):
        held = before(name, **more)
        if name == last:
            mine.unlink()
            if other == "link":
                mine.symlink_to(tmp_path / "secret/bptt.ipynb")
            elif other == "pipe":
                os.mkfifo(mine)
            elif other == "hard link":
                os.link(tmp_path / "secret/bptt.ipynb", mine)
            else:
                mine.parent.rmdir()
                mine.parent.symlink_to(tmp_path / "secret")
        return held

    monkeypatch.setattr(files.os, "stat", stat_and_swap)
    with pytest.raises(files.Refused, match=r"'ada/bptt.ipynb' (is a pipe|has 2 names|cannot be read)"):
        files.read(tmp_path / "in", ("ada", "bptt.ipynb"))


@pytest.mark.parametrize(
    ("typed", "student", "same"),
    [
        ("ada", "ada", True), (" ADA ", "ada", True), ("ada", "ben", False), ("", "ada", False),
        (normalize("NFD", "zoé"), "zoé", True), ("ZOÉ", normalize("NFD", "zoé"), True), ("zoe", "zoé", False),
        ("josé", "jos�", True), ("jose", "jos�", False), ("jos\udce9", "jos�", False), ("josép", "jos�", False),
        ("a\u202eb", "a\\u202eb", True), ("a\tb", "a\\tb", True), ("ada\n", "ada", True), ("ab", "a\\tb", False),
        ("a.c", "abc", False), ("abc", "a.c", False), ("-dash", "-dash", True), (".*", ".*", True),
    ],
)  # fmt: skip
def test_an_id_is_compared_in_any_case_and_form_of_unicode(typed, student, same):
    assert intake.same_id(typed, student) is same


def each_cell(change: Callable[[dict], object]) -> dict:
    nb = submissions.right("ada")
    for cell in nb["cells"]:
        change(cell)
    return nb


def with_line_ends(end: str) -> dict:
    return each_cell(lambda c: c.update(source=c["source"].replace("\n", end)))


def as_format_3() -> dict:
    return nbformat.convert(nbformat.from_dict(submissions.right("ada")), 3)


def text() -> str:
    return json.dumps(submissions.right("ada"), ensure_ascii=False)


OWN = "known by their own ids"
FORMAT = "breaks the notebook format"
# a right notebook in another form, and words of the one note on it
FORMS: dict[str, tuple[Callable[[], object], str]] = {
    "as it is": (lambda: submissions.right("ada"), ""),
    "a byte order mark": (lambda: codecs.BOM_UTF8 + text().encode(), "utf-8-sig"),
    "UTF-16": (lambda: text().encode("utf-16"), "utf-16"),
    "UTF-16, no mark": (lambda: text().encode("utf-16-le"), "utf-16-le"),
    "UTF-32": (lambda: text().encode("utf-32"), "utf-32"),
    "minor version 4 with ids": (lambda: submissions.right("ada") | {"nbformat_minor": 4}, FORMAT),
    "no execution_count": (lambda: each_cell(lambda c: c.pop("execution_count", None)), FORMAT),
    "no outputs": (lambda: each_cell(lambda c: c.pop("outputs", None)), FORMAT),
    "outputs of nonsense": (lambda: each_cell(lambda c: c.update(outputs=[1])), FORMAT),
    "one property more": (lambda: each_cell(lambda c: c.update(mine=1)), FORMAT),
    "no ids": (lambda: each_cell(lambda c: c.pop("id")), FORMAT),
    "no metadata": (lambda: each_cell(lambda c: c.pop("metadata")), OWN),
    "metadata is a list": (lambda: each_cell(lambda c: c.update(metadata=[1])), OWN),
    "no grade ids": (lambda: each_cell(lambda c: c["metadata"].pop("nbgrader", None)), OWN),
    "one grade id everywhere": (
        lambda: each_cell(lambda c: c["metadata"].update(nbgrader={"grade_id": "forward"})),
        OWN,
    ),
    "ids in the metadata": (lambda: each_cell(lambda c: c.update(metadata={"id": c.pop("id")})), OWN),
    "lines": (lambda: each_cell(lambda c: c.update(source=c["source"].splitlines(True))), ""),
    "Windows line ends": (lambda: with_line_ends("\r\n"), ""),
    "old Mac line ends": (lambda: with_line_ends("\r"), ""),
    "blanks at line ends": (lambda: with_line_ends("  \n"), ""),
    "the format of 2014": (as_format_3, "nbformat is 3"),
    "a number of 6000 digits": (
        lambda: text().replace('"nbformat_minor"', f'"more": {"9" * 6000}, "nbformat_minor"').encode(),
        FORMAT,
    ),
    "a format to come": (lambda: submissions.right("ada") | {"nbformat": 5}, "nbformat is 5"),
    "no format": (lambda: {"cells": submissions.right("ada")["cells"]}, "nbformat is None"),
}


@pytest.mark.parametrize(("form", "note"), FORMS.values(), ids=FORMS)
def test_a_right_notebook_is_the_same_in_every_form(form, note):
    held = form()
    cells, notes = submitted.cells(held if isinstance(held, bytes) else json.dumps(held).encode(), KNOWN)
    built, changed = rebuild.rebuilt(cells, TEMPLATE)
    assert changed == []
    assert bool(notes) == bool(note)
    assert note in "; ".join(notes)
    plain, _ = submitted.cells(json.dumps(submissions.right("ada")).encode(), KNOWN)
    want, _ = rebuild.rebuilt(plain, TEMPLATE)
    assert [(c.cell_type, rebuild.lines(c.source), c.metadata) for c in built.cells] == [
        (c.cell_type, rebuild.lines(c.source), c.metadata) for c in want.cells
    ]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "the file is empty"), (b" \n", "nothing but blanks"), (b"\xff\xfe", "nothing but blanks"),
        (b"\0" * 9, "nothing but blanks"), (b"PK\3\4", "an archive, a document"), (b"%PDF-1.4", "a document"),
        (b"\n<!DOCTYPE html><p>Sign in", "this is a web page"), (b"Dear teacher,", "text or data: 'Dear teacher,'"),
        (b'{"cells": [', "its JSON cannot be read: Expecting value"),
        (b"[" * 100_000, "JSON cannot be read"), (b'{"cells": [' + b'{"a":' * 100_000, "JSON cannot be read"),
        (b"9" * 5000, "of type float"),
        (b"[]", "type list"), (b"null", "type NoneType"), (b"{}", "no list of cells"),
        (b'{"cells": {}}', "no list of cells"), (b'{"cells": []}', "has 0 cells"),
        (b'{"cells": [1, null, []]}', "has 0 cells"),
        (b'{"worksheets": [1, {"cells": 4}]}', "has 0 cells"),
        (b'{"cells": [' + b"{}," * 9999 + b"{}]}", "10000 cells"),
    ],
)  # fmt: skip
def test_what_is_no_notebook_is_said_to_be_none(data, why):
    with pytest.raises(submitted.NotANotebook, match=why):
        submitted.cells(data, KNOWN)


def test_half_a_surrogate_is_replaced_and_two_halves_are_one():
    nb = submissions.with_code(submissions.right("ada"), "# \ud800 \ud83d\ude00")
    cells, notes = submitted.cells(json.dumps(nb).encode(), KNOWN)
    assert submissions.cell({"cells": cells}, "forward").source.startswith("# � 😀\n")
    assert notes == ["cells with text that is not Unicode, which was replaced: 1"]


def test_a_copy_runs_after_its_original_and_a_deleted_answer_is_not_put_back():
    nb = submissions.right("ada")
    place = next(i for i, c in enumerate(nb["cells"]) if c["id"] == "forward")
    nb["cells"].insert(place, nb["cells"][place] | {"id": "a1b2", "source": "copied = 1"})
    nb["cells"][place + 1]["source"] = "mine = 1"
    cells, notes = submitted.cells(json.dumps(nb).encode(), KNOWN)
    built, changed = rebuild.rebuilt(cells, TEMPLATE)
    assert notes == changed == []
    sources = [c.source for c in built.cells]
    assert sources.index("copied = 1") < sources.index("mine = 1")

    nb["cells"][place + 1]["id"] = "c3d4"  # cut and pasted: it has neither id now
    nb["cells"][place + 1]["metadata"] = nb["cells"][place]["metadata"] = {}
    cells, notes = submitted.cells(json.dumps(nb).encode(), KNOWN)
    built, changed = rebuild.rebuilt(cells, TEMPLATE)
    assert changed == ["cell forward was deleted; what other cells define in its place is run"]
    assert not any("NotImplementedError" in c.source for c in built.cells)


def test_text_below_the_written_part_belongs_to_it():
    nb = submissions.right("ada")
    nb["cells"][-1]["source"] = "My answer."
    nb["cells"].append({"cell_type": "markdown", "id": "more", "metadata": {}, "source": "And more."})
    built, _ = rebuild.rebuilt(submitted.cells(json.dumps(nb).encode(), KNOWN)[0], TEMPLATE)
    assert rebuild.written(built, TEMPLATE) == "My answer.\n\n[added after `written`]\n\nAnd more."


def built_of(nb: dict, name: str = "bptt") -> tuple[list[str], str, list[str]]:
    """The code that is run of a notebook, its written part, and the notes on it."""
    template = notebooks.notebook(notebooks.without_solutions(notebooks.source(name)))
    known = {notebooks.grader(cell).get("grade_id") for cell in template.cells} - {None}
    built, changed = rebuild.rebuilt(submitted.cells(json.dumps(nb).encode(), known)[0], template)
    return [c.source for c in built.cells if c.cell_type == "code"], rebuild.written(built, template), changed


@pytest.mark.parametrize("name", notebooks.names())
def test_without_ids_the_setup_does_not_take_back_the_answer(name):
    nb = submissions.right("ada", name)
    for cell in nb["cells"]:
        cell.pop("id")
        cell["metadata"] = {}
    sources, text, changed = built_of(nb, name)
    assert changed == [rebuild.NO_IDS]
    last = max(i for i, source in enumerate(sources) if source.startswith("answer ="))
    assert max(i for i, source in enumerate(sources) if "_hidden = lambda" in source) < last
    assert sources[-1].startswith("check.own(")
    assert "A full answer" in text  # which stands in the source in the place of a student's text


def markdown(source: str, kind: str = "markdown") -> dict:
    return {"cell_type": kind, "id": f"new-{len(source)}", "metadata": {}, "source": source}


def test_text_of_a_student_is_found_wherever_it_stands():
    nb = submissions.blank("ada")
    assert built_of(nb)[1] == ""  # nothing of what was handed out is the student's
    nb["cells"].insert(-1, markdown("Above."))
    nb["cells"].insert(0, markdown("First of all."))
    nb["cells"].append(markdown("In a cell for code", "code"))
    submissions.cell(nb, "written")["source"] = "In its place."
    assert built_of(nb)[1] == (
        "[added after `setup`]\n\nFirst of all.\n\n[added after `test-rate`]\n\nAbove.\n\nIn its place."
        "\n\n[added after `written`]\n\nIn a cell for code"
    )
    nb = submissions.without(submissions.blank("ada"), "written")
    nb["cells"].append(markdown("Elsewhere."))
    _, text, changed = built_of(nb)
    assert text == "[added after `test-rate`]\n\nElsewhere."
    assert changed == ["cell written was deleted; text that stands elsewhere is in the folder `written`"]


def test_the_cells_of_another_assignment_are_named():
    for name in notebooks.names():
        data = json.dumps(submissions.right("ada", name)).encode()
        assert submitted.other_assignment(data, name) is None
        other = next(each for each in notebooks.names() if each != name)
        assert submitted.other_assignment(data, other) == name


JUNK = (
    None,
    [],
    {},
    "",
    "\ud800",
    "forward",
    -1,
    1e308,
    True,
    [[]],
    {"nbgrader": []},
    ["a", 1, None],
    "x\0\r\n" * 3,
)


def spoilt(value, rng: random.Random):
    """A copy of some JSON in which one place, somewhere, is replaced, lost or there twice."""
    if not isinstance(value, dict | list) or not value or rng.random() < 0.15:
        return rng.choice(JUNK)
    if isinstance(value, list):
        i = rng.randrange(len(value))
        return value[:i] + rng.choice([[], [spoilt(value[i], rng)], [value[i]] * 2]) + value[i + 1 :]
    key = rng.choice(list(value))
    rest = {k: v for k, v in value.items() if k != key}
    return rest if rng.random() < 0.2 else rest | {key: spoilt(value[key], rng)}


def test_whatever_is_wrong_with_a_notebook_it_is_read_or_refused():
    rng, read, right = random.Random(1), 0, submissions.right("ada")
    for _ in range(150):
        nb = right
        for _ in range(rng.randrange(1, 6)):
            nb = spoilt(nb, rng)
        data = bytearray(json.dumps(nb).encode())
        if rng.random() < 0.1:
            data[rng.randrange(len(data))] = rng.randrange(256)
        try:
            cells, notes = submitted.cells(bytes(data), KNOWN)
        except submitted.NotANotebook:
            continue
        built, changed = rebuild.rebuilt(cells, TEMPLATE)
        nbformat.validate(built)
        json.dumps([built, notes, changed], ensure_ascii=False).encode()
        tests = [c.source for c in built.cells if notebooks.grader(c).get("points")]
        assert sum("_hidden" in source for source in tests) == 5
        read += 1
    assert 50 < read < 150


def graded_in_name_only(monkeypatch, fails: str = "") -> list[tuple[str, bytes]]:
    """`grade` without kernels: each submission gets full points, except that of one student, whose disk is full."""
    graded = []

    def one(name, student, data, notes, folder, safe, seconds):
        if student == fails:
            raise OSError(28, "No space left on device")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.html").write_text("page</ul>")
        graded.append((student, data))
        return report.failed(name, "") | {"points": 85, "notes": list(notes), "seconds": 1.0}

    monkeypatch.setattr(children, "one", one)
    return graded


def rows(target: Path) -> list[dict[str, str]]:
    with (target / "grades.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_student_has_a_row_and_none_touches_another(tmp_path, monkeypatch, capsys):
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    link_in_folder(source)
    names = ["-dash", "full", "jos\udce9", normalize("NFD", "zoé"), "new\nline", "=1+1", "grades.csv", "ω" * 100]
    for name in names:
        put(source / name / "bptt.ipynb", name if name.isascii() else "text")
    texts("ben/bptt (1).ipynb", "ben/bptt (2).ipynb", "cat/notes.txt", "dan.zip")(source)
    (source / "eve").mkdir()
    graded = graded_in_name_only(monkeypatch, "full")
    assert grade.grade(source, target, safe=False, jobs=2) == 1
    said = {row["student"]: (row["run"], row["notes"]) for row in rows(target)}
    got = {"'-dash", "jos�", "zoé", "new\\nline", "'=1+1", "ω" * 100}
    refused = {"ada", "full", "grades.csv", "ben", "cat", "dan.zip", "eve"}
    assert {student for student, (points, _) in said.items() if points == "85"} == got
    assert {student for student, (_, notes) in said.items() if notes.startswith("not graded: ")} == refused
    assert "No space left" in said["full"][1]
    assert ("-dash", b"-dash") in graded
    printed = capsys.readouterr().out
    assert [student for student in refused if f"{student:<24}" not in printed] == []
    assert {p.name for p in target.iterdir() if p.is_dir()} == {name.removeprefix("'") for name in got} | {
        "written"
    }


def test_a_later_file_that_is_refused_is_noted_beside_the_earlier_grade(tmp_path, monkeypatch):
    source, target = tmp_path / "in", tmp_path / "in/out"  # the results may lie among the submissions
    texts("ada/bptt.ipynb", "ben/bptt.ipynb")(source)
    graded = graded_in_name_only(monkeypatch)
    assert grade.grade(source, target, safe=False) == 0
    (source / "ada/bptt.ipynb").rename(source / "ada/bptt (1).ipynb")
    put(source / "ada/bptt (2).ipynb", "another")
    (target / "ben/bptt.json").write_text('{"points": ')
    (source / "ben/bptt.ipynb").unlink()
    assert grade.grade(source, target, safe=False) == 1
    assert len(graded) == 2
    ada, *of_ben = rows(target)
    assert (ada["student"], ada["run"]) == ("ada", "85")
    assert "an earlier file's grade; now not graded: several files could be" in ada["notes"]
    assert [(row["student"], row["run"]) for row in of_ben] == [("ben", ""), ("ben", "")]
    assert "cannot be read; delete it" in of_ben[1]["notes"]


def test_what_is_said_may_go_to_a_text_in_memory(tmp_path):
    """As where the command is called from a program that keeps what is printed."""
    (tmp_path / "in").mkdir()
    with contextlib.redirect_stdout(io.StringIO()) as said:
        assert grade.grade(tmp_path / "in", tmp_path / "out", safe=False) == 1
    assert "Nothing to grade" in said.getvalue()


def test_one_command_at_a_time_grades_into_a_folder(tmp_path, monkeypatch, capsys):
    texts("in/ada/bptt.ipynb")(tmp_path)
    graded = graded_in_name_only(monkeypatch)
    (tmp_path / "out").mkdir()
    with children.alone(tmp_path / "out") as first:
        assert first
        assert grade.grade(tmp_path / "in", tmp_path / "out", safe=False) == 2
    assert "Another grading is running" in capsys.readouterr().err
    assert graded == []
    assert grade.grade(tmp_path / "in", tmp_path / "out", safe=False) == 0
    assert "\n1 grade in" in capsys.readouterr().out


def test_what_the_grader_could_not_do_is_tried_again(tmp_path, monkeypatch):
    texts("in/ada/bptt.ipynb")(tmp_path)
    tried = []

    def broken(name, student, data, notes, folder, safe, seconds):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.html").touch()
        tried.append(seconds)
        return report.failed(name, "no result") | {"broken": len(tried) < 4, "seconds": 1.0, "stopped_by": None}

    monkeypatch.setattr(children, "one", broken)
    for runs in (2, 4, 4):
        assert grade.grade(tmp_path / "in", tmp_path / "out", safe=False) == 0
        assert len(tried) == runs
    assert list((tmp_path / "out/ada").glob("*.before-*")) == []


def test_no_result_is_no_grade_and_leaves_no_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(children, "limit", lambda seconds: 0.01)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(children.tempfile, "tempdir", None)
    result = children.one("bptt", "ada", b"{}", [], tmp_path / "out", False, 1)
    assert result["broken"]
    assert "it did not end in 0.01 seconds" in result["notes"][0]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_end_of_the_command_ends_its_processes(tmp_path):
    for name in ("ada", "ben"):  # neither is done, and has its grade, before the command is ended
        endless = submissions.with_code(submissions.right(name), "import time\ntime.sleep(600)")
        put(tmp_path / f"in/{name}/bptt.ipynb", json.dumps(endless))
    words = [
        "-m",
        "coursework",
        "grade",
        str(tmp_path / "in"),
        "--out",
        str(tmp_path / "out"),
        "--unsafe",
        "--jobs=2",
    ]
    (tmp_path / "tmp").mkdir()
    run = subprocess.Popen([sys.executable, *words], cwd=ROOT / "book", stderr=subprocess.PIPE, text=True,
                           env={**os.environ, "TMPDIR": str(tmp_path / "tmp")})  # fmt: skip
    while len(list((tmp_path / "tmp").glob("gtt*"))) < 2:
        time.sleep(0.05)
        assert run.poll() is None
    run.terminate()
    assert run.communicate(timeout=30)[1] == (
        "Stopped. Finished grades are kept: run the command again to go on.\n"
    )
    assert run.returncode == 130
    assert list((tmp_path / "tmp").glob("gtt*")) == []
    assert [file.read_text() for file in (tmp_path / "out").glob("*/*.json")] == []


def test_a_signal_that_wakes_no_waiting_thread_ends_the_command(tmp_path, monkeypatch, capsys):
    """As one does that arrives just before the main thread begins to wait."""

    told = queue.Queue()  # the command may end before the thread that it woke has said so

    def endless(*job):
        _thread.interrupt_main(signal.SIGTERM)
        told.put(children.STOPPING.wait(timeout=20))
        raise children.Stopped

    monkeypatch.setattr(children, "one", endless)
    put(tmp_path / "in/ada/bptt.ipynb", json.dumps(submissions.right("ada")))
    assert grade.grade(tmp_path / "in", tmp_path / "out") == 130
    assert "Stopped." in capsys.readouterr().err
    assert told.get(timeout=20)


def test_a_folder_that_was_renamed_is_said(tmp_path, monkeypatch, capsys):
    texts("in/ada/bptt.ipynb")(tmp_path)
    graded_in_name_only(monkeypatch)
    assert grade.grade(tmp_path / "in", tmp_path / "out", safe=False) == 0
    (tmp_path / "in/ada").rename(tmp_path / "in/Ada")
    assert grade.grade(tmp_path / "in", tmp_path / "out", safe=False) == 0
    assert "bptt has grades of Ada, ada, which are one id" in capsys.readouterr().err
    assert ["one id under several names: Ada, ada" in row["notes"] for row in rows(tmp_path / "out")] == [
        True,
        True,
    ]


@pytest.mark.parametrize("words", ["--jobs=0", "--jobs=-1", "--jobs=x", "--seconds=-1", "--seconds=0", "--seconds=nan",
                                   "--seconds=inf", "--seconds=x"])  # fmt: skip
def test_numbers_that_mean_nothing_are_refused(words, tmp_path, capsys):
    with pytest.raises(SystemExit):
        command.main(["grade", str(tmp_path), "--out", str(tmp_path / "out"), words])
    assert "must be" in capsys.readouterr().err


def test_a_folder_that_is_none_and_results_upon_submissions_are_refused(tmp_path, capsys):
    put(tmp_path / "file")
    for source, target in ((tmp_path / "nowhere", tmp_path / "out"), (tmp_path / "file", tmp_path / "out"),
                           (tmp_path, tmp_path)):  # fmt: skip
        assert grade.grade(source, target) == 2
        assert "FROM must be a folder of submissions" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_long_command_says_how_far_it_is(monkeypatch, capsys):
    clock = iter([0.0, 10.0, 40.0, 50.0, 80.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    steps = progress.Progress(4)
    for _ in range(4):
        steps.step()
    assert capsys.readouterr().err == "2 of 4; about a minute to go\n"


def test_what_starts_for_each_submission_does_not_build_a_grammar_of_addresses():
    """It took a second of processor time, more than all the rest."""
    code = """
import runpy, sys
sys.argv[1:] = ["one"]
sys.stdin.close()
try:
    runpy.run_module("coursework", run_name="__main__")
except BaseException:
    pass
assert "coursework.command" in sys.modules
assert "lark" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "book", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("file", ["hidden.py", "answers.py", "mistakes/bptt.py"])
def test_a_changed_test_makes_another_fingerprint(file, tmp_path, monkeypatch):
    before = grade.fingerprint("bptt", b"{}", [])
    shutil.copytree(notebooks.BOOK / "coursework", tmp_path / "coursework")
    monkeypatch.setattr(notebooks, "BOOK", tmp_path)
    assert grade.fingerprint("bptt", b"{}", []) == before
    with (tmp_path / "coursework" / file).open("a") as text:
        text.write("# changed\n")
    assert grade.fingerprint("bptt", b"{}", []) != before
