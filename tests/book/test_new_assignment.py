"""A new assignment, a part more, other points, a part less: done as the page on grading says, in a copy."""

import re
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT

from coursework import new, notebooks  # isort: skip

PART = """## Part 4: the extreme

*10 minutes, 10 points*

Return the largest or the smallest entry, as your task says.

<details><summary>Hint</summary>

`max`, or `min`.

</details>

```{code-cell} ipython3
---
nbgrader: {grade: false, grade_id: extreme, locked: false, schema_version: 3, solution: true, task: false}
---
def extreme(x):
    ### BEGIN SOLUTION
    return x.max() if check.options["side"] == "above" else x.min()
    ### END SOLUTION
```

```{code-cell} ipython3
---
nbgrader: {grade: true, grade_id: test-extreme, locked: true, points: 10, schema_version: 3, solution: false}
---
check("extreme", extreme)
### BEGIN HIDDEN TESTS
_hidden("extreme", extreme, student)
### END HIDDEN TESTS
```

## Part 5:"""
WRONG = ("x.sum()", "x.mean()", "x.std()", "np.median(x)", "len(x)", "-x.max()", "x", "x.max() + 1", "2 * x.max()")
MISTAKES = """
mistake.edits("extreme", *((f"that is {wrong}.", "x.max()", wrong) for wrong in WRONG))
"""


@pytest.fixture
def copy(tmp_path):
    """What the command and the tests of assignments need of this repository."""
    for path in ("book/coursework", "book/assignments", "tests/book/likely"):
        shutil.copytree(ROOT / path, tmp_path / path, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ("_toc.yml", "pyproject.toml", "tests/__init__.py", "tests/conftest.py", "tests/book/__init__.py",
                 "tests/book/submissions.py", "tests/book/test_assignments.py"):  # fmt: skip
        shutil.copy(ROOT / path, tmp_path / path)
    return tmp_path


def begin(copy, name):
    return subprocess.run([sys.executable, "-m", "coursework", "new", name], cwd=copy / "book", capture_output=True,
                          text=True, check=False)  # fmt: skip


def edit(file, *changes):
    """Replaces texts of a file, each of which it must have, old by new."""
    text = file.read_text()
    for old, now in zip(changes[::2], changes[1::2], strict=True):
        assert old in text, f"{file.name} has no text {old!r}"
        text = text.replace(old, now, 1)
    file.write_text(text)


def without_part(file, number, points):
    """Takes part `number` out of a source, counts the later ones one less, and gives part `number` these points."""
    before, section, *after = re.split(
        rf"(?=^## Part {number}: )|(?=^## Part {number + 1}: )", file.read_text(), flags=re.M
    )
    rest = re.sub(r"(?<=^## Part )\d", lambda n: str(int(n[0]) - 1), "".join(after), flags=re.M)
    rest = re.sub(r"(?<=minutes, )\d+(?= points)", str(points), rest, count=1)
    file.write_text(before + re.sub(r"(?<=points: )\d+", str(points), rest, count=1))
    return section


@pytest.mark.slow
def test_a_new_assignment_passes_and_so_do_a_part_more_and_a_part_less(copy):
    for name in ("mine", "longer", "broken"):
        made = begin(copy, name)
        assert made.returncode == 0, made.stderr
    source, module = copy / "book/assignments/longer.md", copy / "book/coursework/mistakes/longer.py"
    edit(source, "## Part 4:", PART, "60 minutes in four parts", "70 minutes in five parts",
         "*15 minutes, 25 points*", "*15 minutes, 15 points*", "points: 25", "points: 15")  # fmt: skip
    edit(module, "TASK = {\n", 'TASK = {\n    "side": {"above": "the largest", "below": "the smallest"},\n',
         "VARIES = {", 'VARIES = {"extreme": "side", ', "CASES = {",
         'CASES = {"extreme": lambda rng, size: (rng.standard_normal(3 + size),), ',
         "# fmt: on", f"WRONG = {WRONG}{MISTAKES}# fmt: on")  # fmt: skip
    edit(
        copy / "tests/book/likely/longer.py", "= {\n", f'= {{\n    "extreme": [("x.max()", w) for w in {WRONG}],\n'
    )
    clipping = copy / "book/assignments/clipping.md"
    assert "clip_value" in without_part(clipping, 2, points=35)
    edit(clipping, "75 minutes in six parts", "60 minutes in five parts")
    module = copy / "book/coursework/mistakes/clipping.py"
    edit(module, '    "clip_value": "interval",\n', "")
    module.write_text(
        re.sub(r'    "clip_value": lambda .*\n|^COSINE(.*\n)*?\)\n(?=FINITE)', "", module.read_text(), flags=re.M)
    )
    module.write_text(re.sub(r'    "interval": \{\n(.*\n)*?    \},\n', "", module.read_text()))
    file = copy / "tests/book/likely/clipping.py"
    file.write_text(re.sub(r'    "clip_value": \[\n(.*\n)*?    \],\n', "", file.read_text()))
    edit(copy / "book/coursework/mistakes/broken.py", '"unit error", "descent"', '"unit", "descent"')
    subprocess.run(
        [sys.executable, "-m", "coursework", "answers", "longer", "clipping", "broken"],
        cwd=copy / "book",
        check=True,
    )
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/book/test_assignments.py"]
    chosen = (
        "[mine or [longer-extreme or (([longer or [clipping) and (add_up or same_parts or answers_are or fails_on))"
    )
    chosen += " or (passes_on and ([longer or [clipping or [broken))"
    run = subprocess.run([*tests, "-k", chosen], cwd=copy, capture_output=True, text=True)
    failed = re.findall(r"^FAILED \S*\[([\w-]+)\]", run.stdout, re.MULTILINE)
    assert failed == ["broken"], run.stdout[-3000:]  # it says that a part depends on less than it does
    assert int(re.search(r"(\d+) passed", run.stdout)[1]) > 30


@pytest.mark.parametrize(
    ("name", "why"),
    [("", "must begin with a letter"), ("Two Words", "must begin with a letter"), ("../x", "must begin with a letter"),
     ("class", "must begin with a letter"), ("bptt", "is taken: there is book/assignments/bptt.md")],
)  # fmt: skip
def test_a_name_that_is_none_writes_nothing(name, why, tmp_path, monkeypatch):
    for path in ("book/assignments", "book/coursework/mistakes", "tests/book/likely"):
        (tmp_path / path).mkdir(parents=True)
    (tmp_path / "_toc.yml").write_text("- file: book/assignments/taken\n")
    (tmp_path / "book/assignments/bptt.md").touch()
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.setattr(notebooks, "BOOK", tmp_path / "book")
    with pytest.raises(ValueError, match=why):
        new.write(name)
    assert sorted(tmp_path.rglob("*")) == before
    assert "taken" in (tmp_path / "_toc.yml").read_text()
