"""What learning platforms hand over, in the form in which each gives it: {path: bytes}, and zips of them."""

import csv
import io
import zipfile
from pathlib import Path


def as_csv(*rows: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


ROSTER = """id,name,email,section
ada,Ada Lovelace,ada@uni.example,A
zoe,"Müller-Lüdenscheidt, Zoë",zoe@uni.example,A
obr,Seán O'Brien,sean@uni.example,B
0042,Li Wei,li.wei@uni.example,B
0043,Li Wei,li.wei2@uni.example,B
"""
MOODLE = {
    "Ada Lovelace_301_assignsubmission_file_/bptt.ipynb": b"ada",
    "Zoë Müller-Lüdenscheidt_302_assignsubmission_file_/abgabe/bptt (1).ipynb": b"zoe",
    "Seán OBrien_303_assignsubmission_file/bptt.ipynb": b"obr",  # since Moodle 4.1 without the last _
    "Li Wei_304_assignsubmission_file_bptt.ipynb": b"0042",  # not in folders
    "Grace Hopper_305_assignsubmission_file_/bptt.ipynb": b"grace",
    "Ada Lovelace_301_assignsubmission_onlinetext_/onlinetext.html": b"<p>See the file.",
}
CANVAS = {
    "lovelaceada_LATE_301_9001_bptt-1.ipynb": b"ada",
    "müllerlüdenscheidtzoë_302_9002_bptt.ipynb": b"zoe",
    "obrienseán_303_9003_12_34_bptt.ipynb": b"obr",
    "weili_304_9004_bptt.ipynb": b"0042",
    "hoppergrace_305_9005_bptt.ipynb": b"grace",
    "lovelaceada_LATE_301_text.html": b"<p>See the file.",
}
BLACKBOARD = {
    "Homework 1_ada_attempt_2026-11-20-15-30-10_bptt.ipynb": b"ada, late",
    "Homework 1_ada_attempt_2026-11-19-08-00-00_x_zoe_attempt_2026-11-20-15-30-10_bptt.ipynb": b"ada, soon",
    "Homework 1_ada_attempt_2026-11-20-15-30-10.txt": b"Name: Ada Lovelace (ada)",
    "Homework 1_0042_attempt_2026-11-20-15-30-10_bptt.ipynb": b"0042",
}
NBGRADER = {
    "ada+bptt+2026-11-19 08:00:00.000001 UTC/bptt.ipynb": b"ada, soon",
    "ada+bptt+2026-11-20 15:30:10.123456 UTC+K3z=/bptt.ipynb": b"ada, late",
    "ada+clipping+2026-11-10 10:00:00.5 UTC+K4z=/clipping.ipynb": b"ada, clipping",
    "zoe+bptt+2026-11-20 15:30:10.123456 UTC+K5z=/bptt.ipynb": b"zoe",
    "zoe+bptt+2026-11-20 15:30:10.123456 UTC+K5z=/timestamp.txt": b"2026-11-20 15:30:10.123456 UTC",
}
METADATA = """submission_1:
  :submitters:
  - :name: Ada Lovelace
    :sid: ada
    :email: ada@uni.example
  - :name: Zoe
    :sid: ''
    :email: zoe@uni.example
  :created_at: 2026-11-20 15:30:10.861687000 Z
  :results:
    output: 'It was a test
      :submitters:

'
submission_2:
  :submitters:
  - :sid: 0042
  :created_at: 2026-11-20 16:30:10.861687000 +0100
submission_3:
  :submitters: []
"""
GRADESCOPE = {
    "assignment_77_export/submission_metadata.yml": METADATA.encode(),
    "assignment_77_export/submission_1/bptt.ipynb": b"both",
    "assignment_77_export/submission_2/bptt.ipynb": b"0042",
    "assignment_77_export/submission_3/bptt.ipynb": b"nobody",
}


def zipped(file: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w") as archive:
        for path, data in entries.items():
            archive.writestr(path, data)
    return file


def folder(target: Path, entries: dict[str, bytes]) -> Path:
    for path, data in entries.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes(data)
    return target


HEAD = ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed",
        "Last modified (submission)", "Last modified (grade)", "Feedback comments"]  # fmt: skip
SUBMITTED = "Submitted for grading"
LATE, SOON = "Saturday, 21 November 2026, 8:00 AM", "Friday, 20 November 2026, 11:59 PM"
BEFORE, THEN = "Friday, 20 November 2026, 3:00 PM", "Friday, 20 November 2026, 4:00 PM"
NAME = "Zoë Müller-Lüdenscheidt"
WORKSHEET = as_csv(
    HEAD,
    ["Participant 301", "Ada Lovelace", "ada@uni.example", SUBMITTED, "", "100.00", "Yes", SOON, "-", ""],
    ["Participant 302", NAME, "zoe@uni.example", SUBMITTED, "", "100.00", "Yes", LATE, "-", 'Good, "very" good'],
    ["Participant 304", "Li Wei", "li.wei@uni.example", SUBMITTED, "50.00", "100.00", "Yes", BEFORE, THEN, ""],
    ["Participant 306", "Li Wei", "li.wei2@uni.example", "No submission", "", "100.00", "Yes", "-", "-", ""],
)
CANVAS_BOOK = """Student,ID,SIS User ID,SIS Login ID,Section,Essay (11),"Homework 1, bptt (12)",\
Current Score,Final Score
,,,,,,Manual Posting,(read only),(read only)
    Points Possible,,,,,10.00,100.00,(read only),(read only)
"Lovelace, Ada",301,S1,ada@uni.example,"Rnn, A",7.00,,70,7
"Müller-Lüdenscheidt, Zoë",302,S2,zoe@uni.example,"Rnn, A",,,0,0
"O'Brien, Seán",303,S3,sean@uni.example,B,,12.50,0,0
"Wei, Li",304,0042,li.wei@uni.example,B,,,0,0
"Wei, Li",305,0043,li.wei2@uni.example,B,,33.00,0,0
"Student, Test",399,,b94e5,B,,,0,0
"""
BLACKBOARD_BOOK = """Last Name\tFirst Name\tUsername\tStudent ID\tLast Access\t\
Total [Total Pts: up to 110 Score] |1\tbptt [Total Pts: 100 Score] |2\tEssay [Total Pts: 10 Score] |3
Lovelace\tAda\tada\t7\t2026-11-20 10:00:00\t7\t\t7
Müller-Lüdenscheidt\tZoë\tzoe\t8\t2026-11-20 10:00:00\t\t\t
O'Brien\tSeán\tobr\t9\t2026-11-20 10:00:00\t\t12.5\t
Wei\tLi\t0042\t10\t2026-11-20 10:00:00\t\t\t
"""
