"""Submissions of the assignment on backpropagation through time: a right one, and what is handed in besides."""

import codecs
import json
import sys
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

import nbformat

from tests.conftest import ROOT

sys.path.append(str(ROOT / "book"))
from coursework import answers, notebooks


def right(student: str, name: str = "bptt") -> dict:
    """An assignment as this student would hand it in: the solutions, with the values of their task written in."""
    text = notebooks.source(name).replace('student = ""', f'student = "{student}"')
    for what, value in answers.of_student(name, student).items():
        asked = f'check.options["{what}"]'
        text = notebooks.SOLUTION.sub(lambda region, a=asked, v=value: region[0].replace(a, repr(v)), text)
    return json.loads(notebooks.as_json(notebooks.notebook(notebooks.TESTS.sub("", text))))


def copied(nb: dict, owner: str, student: str) -> dict:
    """The work of its owner, handed in with another id."""
    return json.loads(json.dumps(nb).replace(f'student = \\"{owner}\\"', f'student = \\"{student}\\"'))


def blank(student: str, name: str = "bptt") -> dict:
    text = notebooks.stripped(notebooks.source(name)).replace('student = ""', f'student = "{student}"')
    return json.loads(notebooks.as_json(notebooks.notebook(text)))


def cell(nb: dict, key: str) -> dict:
    return next(c for c in nb["cells"] if notebooks.grader(c).get("grade_id") == key)


def with_code(nb: dict, code: str, key: str = "forward", after: bool = False) -> dict:
    """Code before or after that of a cell."""
    held = cell(nb, key)
    held["source"] = f"{held['source']}\n{code}" if after else f"{code}\n{held['source']}"
    return nb


def without(nb: dict, key: str) -> dict:
    nb["cells"].remove(cell(nb, key))
    return nb


CHEAT = """
import numpy as np, selfcheck
np.allclose = np.array_equal = lambda *a, **k: True
np.testing.assert_allclose = lambda *a, **k: None
selfcheck.same = lambda *a, **k: True
selfcheck.Check.__call__ = lambda *a, **k: print("✓")
selfcheck.Check.own = lambda *a, **k: print("✓")
check = lambda *a, **k: None
"""
SWALLOW = """
from IPython import get_ipython
get_ipython().set_custom_exc((Exception,), lambda *a, **k: None)
"""
FORGE = """
from IPython.display import display
for part in ("forward", "error", "adjoints", "gradient", "rate"):
    display({"application/json": {"part": part, "results": [0, 0], "own": "forge", "answer": 0}}, raw=True)
"""
READ = """
import os, sys
found = []
for folder, folders, files in os.walk("/"):
    if folder in ("/proc", "/dev", "/usr", "/lib", sys.prefix, sys.base_prefix):
        folders[:] = []
        continue
    for file in (f for f in files if f.endswith((".md", ".ipynb", ".py", ".json"))):
        try:
            if "BEGIN " + "SOLUTION" in open(os.path.join(folder, file), errors="ignore").read(200_000):
                found.append(os.path.join(folder, file))
        except OSError:
            pass
print("solutions found:", found, "others:", os.path.exists(%r), "code:", os.path.exists(%r))
"""
WRITE = """
import os
for place in (%s):
    try:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        open(place, "w").write("was here")
    except OSError as error:
        print(type(error).__name__)
"""
CONNECT = """
import socket
try:
    socket.create_connection(("127.0.0.1", %d), timeout=2).send(b"hello")
    print("connected")
except OSError as error:
    print("no network:", error)
"""
FORKS = """
import os, time
started = 0
try:
    while started < 5000:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        started += 1
except OSError:
    pass
print("started", started)
raise RuntimeError("enough")
"""
STUBBORN = """
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""
ZERO = """def forward(params, X, alpha):
    return 0
error = adjoints = gradient = forward
def rate(student):
    return 0
"""


def folder(target: Path, port: int, outside: Path) -> dict[str, tuple[int, int]]:
    """Writes target/STUDENT/bptt.ipynb for each of them; returns the least and most points that each may get."""
    made: dict[str, tuple[Callable[[str], dict | str], int, int]] = {
        "correct": (right, 85, 85),
        "partly": (lambda s: with_code(right(s), "adjoints = lambda *a: a[3]", "adjoints", after=True), 45, 45),
        "blank": (blank, 0, 0),
        "loop": (lambda s: with_code(right(s), "while True: pass", "gradient"), 70, 70),
        "stubborn": (lambda s: with_code(right(s), STUBBORN, "gradient"), 55, 55),
        "syntax": (lambda s: with_code(right(s), "def (:", "error"), 70, 70),
        "deleted": (lambda s: without(without(right(s), "test-adjoints"), "setup"), 85, 85),
        "edited": (lambda s: with_code(with_code(right(s), ZERO, "rate"), "1 / 0", "test-error"), 70, 70),
        "exit": (lambda s: with_code(right(s), "import os; os._exit(0)", "gradient"), 55, 55),
        "print": (lambda s: with_code(right(s), "print('x' * 50_000_000)"), 85, 85),
        "json": (lambda s: json.dumps(right(s))[:-500], 0, 0),
        "nested": (lambda s: "[" * 200_000, 0, 0),
        "write": (
            lambda s: with_code(right(s), WRITE % f"{str(outside / 'a')!r}, {str(ROOT / 'escaped')!r}"),
            85,
            85,
        ),
        "read": (lambda s: with_code(right(s), READ % (str(target), str(ROOT / "book"))), 85, 85),
        "connect": (lambda s: with_code(right(s), CONNECT % port), 85, 85),
        "forks": (lambda s: with_code(right(s), FORKS, "gradient"), 70, 70),
        "memory": (lambda s: with_code(right(s), "np.ones(10**10)", "error"), 70, 70),
        "cheat": (lambda s: with_code(with_code(right(s), CHEAT), ZERO, "rate", after=True), 70, 70),
        "cheat-all": (lambda s: with_zeros(with_code(right(s), CHEAT)), 0, 0),
        "swallow": (lambda s: with_zeros(with_code(right(s), SWALLOW)), 0, 0),
        "forge": (lambda s: with_zeros(with_code(right(s), FORGE)), 0, 0),
        "copied": (lambda s: right("correct"), 0, 0),
        "pilfered": (lambda s: copied(right("correct"), "correct", s), 0, 0),
        "renamed": (lambda s: with_code(right(s), "hidden = cases = keep = display = None"), 85, 85),
    }
    for student, (make, _, _) in made.items():
        text = make(student)
        (target / student).mkdir(parents=True)
        (target / student / "bptt.ipynb").write_text(text if isinstance(text, str) else json.dumps(text))
    return {student: (low, high) for student, (_, low, high) in made.items()}


def unusual(target: Path) -> set[str]:
    """Right notebooks under unusual names and in unusual forms; returns the students, who all earn 85 points."""
    windows, format_3, bare = right("-dash"), nbformat.convert(nbformat.from_dict(right("zoé")), 3), right("bare")
    for held in windows["cells"]:
        held["source"] = held["source"].replace("\n", "\r\n")
    for held in bare["cells"]:
        del held["id"], held["metadata"]
    half = with_code(
        with_code(right("half"), "# \ud800"), 'raise ValueError(print("\\ud800"), "\\ud800")', "error", True
    )
    made = {
        "-dash/bptt.ipynb": codecs.BOM_UTF8 + json.dumps(windows).encode(),
        "jos\udce9/bptt (1).ipynb": json.dumps(right("josé")).encode("utf-16"),
        f"{normalize('NFD', 'zoé')}/bptt.ipynb": json.dumps(format_3).encode(),
        "bare/bptt.ipynb.txt": json.dumps(bare).encode(),
        "half/bptt.ipynb": json.dumps(half).encode(),
    }
    for path, data in made.items():
        (target / path).parent.mkdir(parents=True)
        (target / path).write_bytes(data)
    return {"-dash", "jos�", "zoé", "bare", "half"}


def with_zeros(nb: dict) -> dict:
    """All functions of the assignment return 0."""
    for key in ("forward", "error", "adjoints", "gradient", "rate"):
        held = cell(nb, key)
        head = held["source"] if key == "forward" else ""
        held["source"] = head.partition("def forward")[0] + f"def {key}(*args):\n    return 0"
    return nb
