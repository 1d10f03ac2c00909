"""What platforms hand over: whose each file is, when it came, and what is said of the rest. No kernel is started."""

import random
import shutil
import stat
import sys
import zipfile
from datetime import UTC

import pytest

from tests.book import handed_over
from tests.book.test_intake import graded_in_name_only, put, rows
from tests.conftest import ROOT

sys.path.append(str(ROOT / "book"))
from coursework import archives, collect, files, grade, intake, platforms, roster

NAMES = ["bptt", "clipping"]
NOBODY, TWO = "nobody in roster.csv is this", "may be any of 0042, 0043"
# the bytes of each attempt at each assignment, and words of the remarks on the rest
EXPECTED: dict[str, tuple[list[str], dict[str, str]]] = {
    "MOODLE": (
        ["0 ada ada", "0 obr obr", "0 zoe zoe"],
        {"Li Wei (304)": TWO, "Grace Hopper (305)": NOBODY, "ada": "'onlinetext.html' is no notebook"},
    ),
    "CANVAS": (
        ["0 ada ada", "0 obr obr", "0 zoe zoe"],
        {"weili (304)": TWO, "hoppergrace (305)": NOBODY, "ada": "'text.html' is no notebook"},
    ),
    "BLACKBOARD": (["0 0042 0042", "0 ada ada, late", "1 ada ada, soon"], {}),
    "NBGRADER": (["0 ada ada, late", "0 ada ada, clipping", "0 zoe zoe", "1 ada ada, soon"], {}),
    "GRADESCOPE": (
        ["0 0042 0042", "0 ada both", "0 zoe both"],
        {"submission_3": "is of nobody in submission_metadata.yml"},
    ),
}


@pytest.fixture
def people(tmp_path):
    return class_of(tmp_path)


def class_of(folder, text: str = handed_over.ROSTER) -> roster.Roster:
    put(folder / "roster.csv", text)
    return roster.read(folder / "roster.csv")


def found_in(collected: collect.Collected) -> tuple[list[str], dict[str, str]]:
    graded, said = [], {each.student: each.text for each in collected.remarks}
    for attempt, folder in enumerate(collected.folders):
        found, remarks = intake.look(folder, NAMES)
        graded += [f"{attempt} {each.student} {folder.joinpath(*each.path).read_text()}" for each in found]
        said |= {each.student: each.text for each in remarks}
    return graded, said


@pytest.mark.parametrize("platform", EXPECTED)
@pytest.mark.parametrize("form", ["zip", "folder"])
def test_each_file_of_a_platform_is_a_students_or_is_named(platform, form, tmp_path, people):
    entries, (expected, words) = getattr(handed_over, platform), EXPECTED[platform]
    if form == "zip":
        source = handed_over.zipped(tmp_path / "in.zip", entries)
    else:
        source = handed_over.folder(
            tmp_path / "in", {k.removeprefix("assignment_77_export/"): v for k, v in entries.items()}
        )
    graded, said = found_in(collect.collect(source, tmp_path / "work", NAMES, people, UTC, {}))
    assert graded == expected
    assert set(said) == set(words)
    assert {who: text for who, text in said.items() if words[who] not in text} == {}


def test_the_time_is_the_platforms(tmp_path, people):
    times = {"BLACKBOARD": "2026-11-20T15:30:10+00:00", "NBGRADER": "2026-11-20T15:30:10.123456+00:00",
             "GRADESCOPE": "2026-11-20T15:30:10.861687+00:00"}  # fmt: skip
    for platform, time in times.items():
        source = handed_over.zipped(tmp_path / f"{platform}.zip", getattr(handed_over, platform))
        collected = collect.collect(source, tmp_path / platform, NAMES, people, UTC, {})
        found, _ = intake.look(collected.folders[0], NAMES)
        ada = next(each for each in found if each.student == "ada")
        assert collected.of(0, ada.path)["time"] == time
    source = handed_over.zipped(tmp_path / "canvas.zip", handed_over.CANVAS)
    collected = collect.collect(source, tmp_path / "canvas", NAMES, people, None, {})
    assert [collected.of(0, (s, f))["late"] for s, f in (("ada", "bptt-1.ipynb"), ("zoe", "bptt.ipynb"))] == [
        True,
        False,
    ]


def test_folders_of_students_in_a_zip_keep_nbgraders_times(tmp_path):
    entries = {"submitted/ada/bptt/bptt.ipynb": b"{}", "submitted/ada/bptt/timestamp.txt": b"2026-11-20 15:30:10.5 UTC",
               "submitted/ben/bptt.ipynb": b"{}", "submitted/notes.txt": b""}  # fmt: skip
    for wrapped in (entries, {path.removeprefix("submitted/"): data for path, data in entries.items()}):
        work = tmp_path / str(len(next(iter(wrapped))))
        source = handed_over.zipped(tmp_path / "in.zip", {k: v for k, v in wrapped.items() if "notes" not in k})
        collected = collect.collect(source, work, NAMES, None, UTC, {})
        found, _ = intake.look(collected.folders[0], NAMES)
        assert [each.student for each in found] == ["ada", "ben"]
        assert [collected.of(0, each.path).get("time") for each in found] == [
            "2026-11-20T15:30:10.500000+00:00",
            None,
        ]


def test_one_students_zip_is_a_student(tmp_path, people):
    for entries, known in (({"ada/bptt/bptt.ipynb": b""}, None), ({"ada/my work/bptt.ipynb": b""}, people)):
        source = handed_over.zipped(tmp_path / "in.zip", entries)
        collected = collect.collect(source, tmp_path / str(known is None), NAMES, known, UTC, {})
        assert [each.student for each in intake.look(collected.folders[0], NAMES)[0]] == ["ada"]


def test_a_zip_that_a_student_handed_in_is_unpacked_or_named(tmp_path, people):
    inner = handed_over.zipped(tmp_path / "inner.zip", {"mine/bptt.ipynb": b"mine"}).read_bytes()
    out = handed_over.zipped(tmp_path / "out.zip", {"../bptt.ipynb": b"out"}).read_bytes()
    entries = {"Ada Lovelace_301_assignsubmission_file_/work.zip": inner,
               "Zoë Müller-Lüdenscheidt_302_assignsubmission_file_/bptt.ZIP": out}  # fmt: skip
    collected = collect.collect(
        handed_over.zipped(tmp_path / "in.zip", entries), tmp_path / "work", NAMES, people, UTC, {}
    )
    graded, said = found_in(collected)
    assert graded == ["0 ada mine"]
    assert "is a zip that was not unpacked: '../bptt.ipynb' leads out" in said["zoe"]
    path = ("ada", "work.unpacked", "mine", "bptt.ipynb")
    assert collected.of(0, path)["stem"].startswith("Ada")
    assert files.shown(path) == "'ada/work.zip/mine/bptt.ipynb'"  # as the student named it


def test_the_zips_of_one_student_cannot_fill_the_disk(tmp_path, people, monkeypatch):
    monkeypatch.setattr(collect, "UNPACKED", 1500)
    inner = handed_over.zipped(tmp_path / "inner.zip", {"x.ipynb": bytes(1000)}).read_bytes()
    who = "Ada Lovelace_301_assignsubmission_file_"
    source = handed_over.folder(tmp_path / "in", {f"{who}/{i}.zip": inner for i in (1, 2)})
    collected = collect.collect(source, tmp_path / "work", NAMES, people, UTC, {})
    assert [remark.text for remark in collected.remarks] == [
        f"'{who}/2.zip' is a zip that was not unpacked: unpacked it has 0 MB; at most 0 MB are unpacked"
    ]


@pytest.mark.parametrize("name", ["Ada Lovelace_301_assignsubmission_file_..", "lovelaceada_301_9001_.."])
def test_a_name_that_leads_out_of_a_students_folder_is_no_path(name, tmp_path, people):
    source = handed_over.folder(tmp_path / "in", {name: b"{}"})
    _, said = found_in(collect.collect(source, tmp_path / "work", NAMES, people, UTC, {}))
    assert "has no file name after the platform" in said["ada"]


@pytest.mark.parametrize("sid", ["../../escaped", "/tmp/escaped", ".hidden", "grades.csv", "x" * 300])
def test_without_a_roster_an_id_that_is_no_folders_name_is_refused(sid, tmp_path):
    text = f"submission_1:\n  :submitters:\n  - :sid: '{sid}'\n"
    source = handed_over.folder(
        tmp_path / "in", {"submission_metadata.yml": text.encode(), "submission_1/bptt.ipynb": b""}
    )
    graded, said = found_in(collect.collect(source, tmp_path / "work", NAMES, None, UTC, {}))
    assert graded == []
    assert [text for text in said.values() if f"the id {sid!r}"[:40] in text] != []
    assert {path.name for path in tmp_path.iterdir()} == {"in", "work"}


def test_two_of_one_name_are_not_guessed_and_two_keys_of_one_student_are_refused(tmp_path, people):
    entries = {"lovelaceada_301_9001_bptt.ipynb": b"1", "lovelaceada_301_9002_bptt.ipynb": b"2",
               "obrienseán_303_1_bptt.ipynb": b"", "seánobrien_304_1_bptt.ipynb": b""}  # fmt: skip
    source = handed_over.zipped(tmp_path / "in.zip", entries)
    graded, said = found_in(collect.collect(source, tmp_path / "work", NAMES, people, UTC, {}))
    assert graded == ["0 ada 1"]  # the exact name first; the other is noted on it
    assert "303 and 304 are both obr" in said["obr"]


def bomb(file) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(60):
            archive.writestr(f"ada/{i}.ipynb", bytes(45_000_000) if i == 0 else b"")
    data = bytearray(file.read_bytes())
    start = data.index(b"PK\x01\x02")
    for _ in range(60):  # each entry's list says that it has 45 MB
        data[start + 24 : start + 28] = (45_000_000).to_bytes(4, "little")
        start = data.find(b"PK\x01\x02", start + 4)
    file.write_bytes(data)


def twice(file) -> None:
    handed_over.zipped(file, {"ada/bptt.ipynb": b"1", "ada/bptu.ipynb": b"2"})
    file.write_bytes(file.read_bytes().replace(b"bptu", b"bptt"))


def encrypted(file) -> None:
    handed_over.zipped(file, {"ada/bptt.ipynb": b"{}"})
    data = bytearray(file.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    file.write_bytes(data)


def cut(file) -> None:
    handed_over.zipped(file, {"ada/bptt.ipynb": b"{}", "ben/bptt.ipynb": b"x" * 2000})
    data = file.read_bytes()
    file.write_bytes(data.replace(b"x" * 2000, b"y" * 2000))


def entries(*paths: str):
    return lambda file: handed_over.zipped(file, dict.fromkeys(paths, b"{}"))


HOSTILE = {
    "dots": (entries("ada/bptt.ipynb", "ada/../../x"), "'ada/../../x' leads out"),
    "dots of Windows": (entries("ada\\..\\..\\x"), "leads out"),
    "absolute": (entries("/etc/x"), "leads out"),
    "a drive": (entries("C:\\x"), "leads out"),
    "a bomb": (bomb, "unpacked it has 2700 MB; at most 2000 MB"),
    "many": (entries(*map(str, range(30))), "it has 30 entries; at most 20"),
    "twice": (twice, "is in it twice"),
    "a file and a folder": (entries("ada", "ada/bptt.ipynb"), "lies below a name that is also a file"),
    "encrypted": (encrypted, "is encrypted"),
    "broken": (cut, "it is no zip, or a broken one"),
    "none": (lambda file: file.write_text("<!DOCTYPE html>"), "it is no zip"),
}


@pytest.mark.parametrize(("make", "words"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_zip_is_refused_and_nothing_is_written(make, words, tmp_path, monkeypatch, capsys):
    if "entries" in words:
        monkeypatch.setattr(archives, "ENTRIES", 20)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(grade.tempfile, "tempdir", None)
    make(tmp_path / "in.zip")
    assert grade.grade(tmp_path / "in.zip", tmp_path / "out", safe=False) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "So nothing was graded" in said
    assert [path.name for path in tmp_path.iterdir()] == ["in.zip"]


def test_a_link_or_a_large_file_in_a_zip_is_left_out_and_named(tmp_path, monkeypatch):
    monkeypatch.setattr(archives.files, "MOST", 1000)
    link = zipfile.ZipInfo("ada/clipping.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr("ada/bptt.ipynb", "{}")
        archive.writestr("ben/bptt.ipynb", "x" * 1001)
        archive.writestr("c/" + 100 * "ω" + ".ipynb", "{}")
        archive.writestr("c/" + 128 * "ω", "{}")
        archive.writestr("/".join(["d", *20 * [100 * "x"], "bptt.ipynb"]), "{}")
        archive.writestr(link, "/etc/passwd")
    refused = archives.unpack(tmp_path / "in.zip", tmp_path / "out")
    assert {path[0]: why.split(";")[0] for path, why in refused.items()} == {
        "ada": "is a link", "ben": "has 0 MB", "c": "has too long a name",
        "d": "lies too deep in folders: its path is too long",
    }  # fmt: skip
    assert sorted(path.name for path in (tmp_path / "out").rglob("*.ipynb")) == ["bptt.ipynb", 100 * "ω" + ".ipynb"]


def test_a_zip_of_any_packing_that_is_broken_stops_nobody_else(tmp_path, people):
    """LZMA has an error of its own, as has a name that is not in the encoding it declares."""
    files = {"Zoë Müller-Lüdenscheidt_302_assignsubmission_file_/bptt.ipynb": b"{}"}
    for i, packing in enumerate((zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)):
        with zipfile.ZipFile(tmp_path / "inner.zip", "w", packing) as archive:
            archive.writestr("bptt.ipynb", "".join(map(str, range(3000))))
        data = bytearray((tmp_path / "inner.zip").read_bytes())
        data[len(data) // 2 : len(data) // 2 + 50] = bytes(50)
        files[f"Ada Lovelace_301_assignsubmission_file_/{i}.zip"] = bytes(data)
    named = handed_over.zipped(tmp_path / "inner.zip", {"é.ipynb": b"{}"}).read_bytes()
    files["Ada Lovelace_301_assignsubmission_file_/3.zip"] = named.replace("é".encode(), b"\xff\xfe")
    source = handed_over.zipped(tmp_path / "in.zip", files)
    collected = collect.collect(source, tmp_path / "work", NAMES, people, UTC, {})
    assert [found.student for found in intake.look(collected.folders[0], NAMES)[0]] == ["zoe"]
    said = [each.text for each in collected.remarks if each.student == "ada"]
    assert ["a broken one (" in text for text in said] == [True] * 3 + [False]
    assert "not in the encoding that it declares" in said[3]


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_with_changed_bytes_is_unpacked_or_refused_and_leaves_nothing(packing, tmp_path):
    file, rng = tmp_path / "in.zip", random.Random(1)
    with zipfile.ZipFile(file, "w", packing) as archive:
        archive.writestr("ada/bptt.ipynb", b"{} hello hello" * 20)
        with archive.open("zoé/bptt.ipynb", "w", force_zip64=True) as large:
            large.write(b"1" * 99)
    whole, refused = file.read_bytes(), 0
    for _ in range(200):
        data = bytearray(whole)
        for _ in range(rng.randrange(1, 5)):
            data[rng.randrange(len(data))] = rng.choice([0, 1, 127, 255, rng.randrange(256)])
        file.write_bytes(data)
        try:
            archives.unpack(file, tmp_path / "out")
        except ValueError:
            refused += 1
            assert not (tmp_path / "out").exists()
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
    assert 50 < refused < 200


@pytest.mark.parametrize(
    ("paths", "students"),
    [
        (["Week 1/Submissions/ada/bptt.ipynb", "Week 1/Submissions/ben/bptt.ipynb"], ["ada", "ben"]),
        (["Submissions/ada/work/bptt.ipynb"], ["ada"]),
        (["bptt/ada/bptt.ipynb", "bptt/ben/bptt.ipynb"], ["ada", "ben"]),
    ],
)
def test_folders_around_the_students_are_none(paths, students, tmp_path):
    source = handed_over.zipped(tmp_path / "in.zip", {path: path.encode() for path in paths})
    graded, _ = found_in(collect.collect(source, tmp_path / "work", NAMES, None, UTC, {}))
    assert [line.split()[1] for line in graded] == students


def test_a_place_that_cannot_be_written_or_read_is_named(tmp_path, monkeypatch, capsys):
    graded_in_name_only(monkeypatch)
    put(tmp_path / "in/ada/bptt.ipynb")
    put(tmp_path / "file")
    (tmp_path / "out/grades.csv").mkdir(parents=True)
    for target, people, words in (
        ("file", None, "file: File exists. Finished grades are kept"),
        ("file/out", None, "file/out: Not a directory"),
        ("out", None, "grades.csv: Is a directory"),
        ("new", tmp_path / "in", "in cannot be read: Is a directory. So nothing was graded"),
    ):
        assert grade.grade(tmp_path / "in", tmp_path / target, safe=False, roster=people) == 2
        assert words in capsys.readouterr().err


def test_names_in_utf_8_that_a_zip_does_not_say_are_read(tmp_path):
    file = handed_over.zipped(tmp_path / "in.zip", {"Zoë/bptt.ipynb": b"{}"})
    data = bytearray(file.read_bytes())
    for mark, place in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        data[data.index(mark) + place] &= ~8
    file.write_bytes(data)
    archives.unpack(file, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["Zoë"]


def test_a_list_of_gradescope_that_explodes_is_refused():
    text = b"a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n"
    for data, words in ((text, "alias"), (b"- 1", "of whom each folder is"), (b"a: [", "cannot be read"),
                        (b"[" * 5000, "cannot be read"), (b"\xff\xff", "cannot be read")):  # fmt: skip
        with pytest.raises(ValueError, match=words):
            platforms.metadata(data)


SAVED = {
    "as it is": handed_over.ROSTER,
    "by a spreadsheet": handed_over.ROSTER.replace(",", ";").replace("Lüdenscheidt; Zoë", "Lüdenscheidt, Zoë"),
    "with columns that differ": (
        '\n Section ,NAME,Id,login\nA,Ada Lovelace,ada,al\nA,"Müller-Lüdenscheidt, Zoë",zoe,\n'
        "B,Seán O'Brien,'obr,\nB,Li Wei,=\"0042\",\nB,Li Wei,0043,\n"
    ),
}


@pytest.mark.parametrize("text", SAVED.values(), ids=SAVED)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_roster_is_read_in_every_shape(text, encoding, tmp_path):
    (tmp_path / "roster.csv").write_bytes(text.encode(encoding))
    people = roster.read(tmp_path / "roster.csv")
    assert [person.id for person in people.people] == ["ada", "zoe", "obr", "0042", "0043"]
    assert people.find("Moodle", "1", "Zoë Müller-Lüdenscheidt").id == "zoe"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "must have one column id and one name in its first row, and has nothing"),
        ("id,name\n\n,,\n", "has no student below"),
        ("Nummer,Vorname\n1,Ada\n", "has nummer, vorname"),
        ("id,id,name\n1,2,Ada\n", "one column id"),
        ("id,name\nada,Ada\nben,Ben\nADA,Ada\n", "rows 2 and 4 have one id, 'ADA'"),
        ("id,name\nada,Ada\n,Ben\n", r"row 3 \(Ben\): there is no id"),
        ("id,name\n1.23E+05,Ada\n", "row 2: a spreadsheet has rounded the id"),
        ("id,name\n1E+11,Ada\n", "row 2: a spreadsheet has rounded the id"),
        ("id;name\n4-Mar;Ada\n03.04.2026;Ben\n", "'4-Mar' of the id; write the id as text; row 3: .* '03.04.2026'"),
        ("id,name\n#NAME?,Ada\n", "has made '#NAME\\?' of the id"),
        ('id,name\n"a\nda",Ada\n', "has a character that cannot be seen"),
        ("id,name\n../x,Ada\n", "cannot be the name of a folder"),
        ('id,name\nada,"Ada\n', "a quotation mark has no partner"),
        ("PK\3\4", "it is a workbook"),
    ],
)  # fmt: skip
def test_a_roster_that_does_not_say_who_is_who_is_refused(text, words, tmp_path):
    with pytest.raises(ValueError, match=words):
        class_of(tmp_path, text)


def test_ids_are_read_without_what_cannot_be_seen_around_them_and_may_hold_a_backslash(tmp_path):
    people = class_of(
        tmp_path, "id,name\n\u200bada\u202c,\u2068Ada Lovelace\u2069\nUNI\\0042,Li Wei\n3e5,Al\nmay-23,May\n"
    )
    assert [person.id for person in people.people] == ["ada", "UNI\\0042", "3e5", "may-23"]
    assert people.people[0].name == "Ada Lovelace"


def test_numbers_of_a_platform_are_no_ids(tmp_path):
    people = class_of(tmp_path, "id,name,moodle\n301,Ada Lovelace,77\n302,Grace Hopper,301\n")
    assert people.find("Moodle", "301", "Somebody").id == "302"
    with pytest.raises(ValueError, match="nobody"):
        people.find("Moodle", "302", "Somebody")
    with pytest.raises(ValueError, match="nobody"):
        people.find("Moodle", "", "")


def test_who_is_not_graded_has_a_row_and_who_is_not_in_the_roster_a_note(tmp_path, monkeypatch, capsys):
    graded_in_name_only(monkeypatch)
    put(tmp_path / "roster.csv", handed_over.ROSTER)
    source = handed_over.zipped(tmp_path / "moodle.zip", handed_over.MOODLE)
    assert grade.grade(source, tmp_path / "out", safe=False) == 2
    assert "Give a roster with the columns id, name" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()

    assert grade.grade(source, tmp_path / "out", safe=False, roster=tmp_path / "roster.csv") == 0
    said = {(row["student"], row["assignment"]): (row["run"], row["notes"]) for row in rows(tmp_path / "out")}
    assert [pair for pair, (points, _) in said.items() if points == "85"] == [
        (s, "bptt") for s in ("ada", "obr", "zoe")
    ]
    assert said["0042", "bptt"] == said["0043", "bptt"] == (
        "", "not graded: in roster.csv, and nothing was handed in"
    )  # fmt: skip
    assert "nobody in roster.csv" in said["Grace Hopper (305)", ""][1]

    put(tmp_path / "roster.csv", "id,name\nada,Ada Lovelace\nobr,Seán O'Brien\n")
    assert grade.grade(source, tmp_path / "out", safe=False, roster=tmp_path / "roster.csv") == 0
    assert "Graded, but not in the roster: zoe" in capsys.readouterr().err
    assert "not in the roster" in next(row["notes"] for row in rows(tmp_path / "out") if row["student"] == "zoe")
