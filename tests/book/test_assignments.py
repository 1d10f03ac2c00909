"""The assignments: what a blank one, a right one and common mistakes are told, and that no solution gets out."""

import functools
import itertools
import json
import os
import re
import subprocess
import sys
import zipfile

import nbformat
import numpy as np
import pytest

from tests.book import likely, submissions
from tests.conftest import ROOT

from coursework import answers, hidden, notebooks  # isort: skip

selfcheck = answers.selfcheck()
NAMES = notebooks.names()
PARTS = [(name, part) for name in NAMES for part in answers.module(name).CASES]
IDS = ("ada", "ben", "cleo")


def test_each_has_its_mistakes_and_no_mistakes_are_left_over():
    modules = {path.stem for path in (ROOT / "book/coursework/mistakes").glob("[!_]*.py")}
    assert modules == set(NAMES), (
        "each assignment of _toc.yml has a module in book/coursework/mistakes, and no other"
    )


@pytest.mark.parametrize("name", NAMES)
def test_text_cases_and_mistakes_have_the_same_parts(name):
    """So nothing is left over of a part that was dropped."""
    held, cells = answers.module(name), notebooks.notebook(notebooks.source(name)).cells
    tests = [
        key.removeprefix("test-") for c in cells if (key := notebooks.grader(c).get("grade_id", ""))[:5] == "test-"
    ]
    for where in (held.CASES, held.VARIES, held.mistake, likely.of(name)):
        assert sorted(where) == sorted(tests)
    needed = " ".join(held.VARIES.values()).split()
    assert sorted(held.TASK) == sorted(set(needed)), "each key of TASK is what some part of VARIES depends on"


@pytest.mark.parametrize("name", NAMES)
def test_parts_points_and_minutes_add_up(name):
    text = notebooks.source(name)
    parts = re.findall(r"^## Part (\d): .*\n\n\*(\d+) minutes, (\d+) points\*", text, re.MULTILINE)
    assert [int(number) for number, _, _ in parts] == list(range(1, len(parts) + 1))
    count = {4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight"}.get(len(parts))
    assert count, f"an assignment has four to eight parts, got {len(parts)}"
    minutes = sum(int(m) for _, m, _ in parts)
    assert 60 <= minutes <= 90
    card = f": {minutes} minutes in {count} parts, 100 points, of which 15 for the written part"
    assert card in text, f"the card must say what the parts add up to: {card}"
    graded = [notebooks.grader(cell).get("points", 0) for cell in notebooks.notebook(text).cells]
    assert [int(p) for _, _, p in parts] == [p for p in graded if p]
    assert sum(graded) == 100


@pytest.mark.parametrize("name", NAMES)
def test_each_part_has_a_hint_and_each_cell_an_id_of_its_own(name):
    text = notebooks.source(name)
    assert text.count("<summary>Hint</summary>") == len(answers.module(name).CASES)
    ids = [notebooks.grader(c)["grade_id"] for c in notebooks.notebook(text).cells if notebooks.grader(c)]
    assert len(ids) == len(set(ids))
    nbformat.validate(notebooks.notebook(notebooks.stripped(text)))


@pytest.mark.parametrize("name", NAMES)
def test_the_answers_are_those_of_the_solutions(name):
    """If this fails: python -m coursework answers, in the folder book."""
    file = notebooks.ASSIGNMENTS / f"answers/{name}.json"
    assert file.exists(), f"to make {file}: python -m coursework answers {name}, in the folder book"
    kept, made = json.loads(file.read_text()), json.loads(answers.shown(name))
    assert kept.pop("task") == made.pop("task")
    assert kept.keys() == made.keys()
    for part, of in made.items():
        assert kept[part]["of"].keys() == of["of"].keys()
        for key, block in of["of"].items():
            before = kept[part]["of"][key]
            assert [m for m, _ in before["mistakes"]] == [m for m, _ in block["mistakes"]]
            for what in ("cases", "right"):
                pairs = zip(before[what], block[what], strict=True)
                assert all(selfcheck.same(selfcheck.decode(a), selfcheck.decode(b)) for a, b in pairs)
            for (message, old), (_, new) in zip(before["mistakes"], block["mistakes"], strict=True):
                assert all(map(selfcheck.alike, old, new)), message


def test_the_numbers_of_a_case_depend_on_its_name_alone(monkeypatch):
    """On every machine; a part that is put before the others changes none of theirs."""
    assert [int(answers.generator("chaos", "push", size).integers(10**9)) for size in (0, 1)] == [
        553608996,
        147938316,
    ]
    before = answers.arguments("chaos", (0, 1))
    reordered = {"first": lambda rng, size: (rng.random(),)} | dict(reversed(answers.module("chaos").CASES.items()))
    monkeypatch.setattr(answers.module("chaos"), "CASES", reordered)
    after = answers.arguments("chaos", (0, 1))
    assert after.pop("first")
    assert after.keys() == before.keys()
    assert all(
        selfcheck.encode(after[part][k]) == selfcheck.encode(before[part][k]) for part in before for k in (0, 1)
    )


def cells(nb, namespace):
    """Runs a notebook's code, and yields (grade_id, the verdict or what was raised) of each test cell."""
    for cell in nb["cells"]:
        key = notebooks.grader(cell).get("grade_id", "")
        if cell["cell_type"] != "code":
            continue
        try:
            exec(cell["source"], namespace)
            said = ""
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        if key.startswith("test-"):
            yield key.removeprefix("test-"), said


@pytest.mark.parametrize("name", NAMES)
def test_every_check_fails_on_the_blank_scaffold(name):
    said = dict(cells(submissions.blank("ada", name), {}))
    *parts, own = answers.module(name).CASES
    assert said.keys() == {*parts, own}
    for part in (*parts, own):
        assert said[part] == f"Unwritten: {part}: {selfcheck.UNWRITTEN}"
    functions: dict = {}
    list(cells(submissions.blank("ada", name), functions))
    with pytest.raises(selfcheck.Wrong, match="not written yet"):
        functions["check"].own(own, functions[own], "ada", 0.0)


@pytest.mark.parametrize("name", NAMES)
def test_every_check_passes_on_the_solution_and_answers_differ(name):
    measured = []
    for student in IDS:
        namespace: dict = {}
        said = dict(cells(submissions.right(student, name), namespace))
        assert set(said.values()) == {""}
        measured.append(namespace["answer"])
    assert None not in measured, "one part measures something of each student's own, and calls it `answer`"
    assert all(np.abs(np.subtract(a, b)).max() > 1e-3 for i, a in enumerate(measured) for b in measured[:i])


@functools.cache
def checks(name):
    return selfcheck.Check(name)


def told(name, part, function, options):
    """What a check says of a function to a student with this task; nothing where it is right."""
    check = checks(name)
    check.options = options
    try:
        with answers.task(name, options), np.errstate(all="ignore"):
            check(part, function)
        return ""
    except selfcheck.Wrong as wrong:
        return str(wrong)


@functools.cache
def sentences(name):
    """All that is written for mistakes of an assignment; the empty text stands for no mistake."""
    mistakes = answers.module(name).mistake.items()
    return {"", *(f"{part}: {message}" for part, every in mistakes for message, _ in every)}


def generic(name, said):
    """Is a message none that was written for a mistake, but made of what differs?"""
    return said not in sentences(name) and "right for another task" not in said


@pytest.mark.parametrize(("name", "part"), PARTS)
def test_common_mistakes_get_the_message_meant_for_them(name, part):
    """In one task at least; in the others it may be right, or be another mistake at the same time."""
    mistakes = answers.module(name).mistake[part]
    assert len({message for message, _ in mistakes}) >= 8, f"{part} needs eight mistakes at least"
    for message, wrong in mistakes:
        said = [told(name, part, wrong, options) for options in answers.tasks(name, part).values()]
        assert f"{part}: {message}" in said
        assert not any(generic(name, each) for each in said)


@pytest.mark.parametrize(("name", "part"), PARTS)
def test_likely_mistakes_get_a_sentence_of_their_own(name, part):
    """Wrong solutions that were written down before the messages; none passes in every task."""
    assert len(likely.of(name)[part]) >= 6
    for changes in likely.of(name)[part]:
        wrong = answers.edited(name, part, *changes)
        said = [told(name, part, wrong, options) for options in answers.tasks(name, part).values()]
        assert any(said), changes
        assert not any(generic(name, each) for each in said), (changes, said)


@pytest.mark.parametrize(("name", "part"), PARTS)
def test_what_is_right_for_another_task_is_told_so(name, part):
    """So every part differs between students; and a solution does what is asked in each of its tasks."""
    tasks = answers.tasks(name, part)
    assert len(tasks) >= 2
    for key, options in tasks.items():
        for other, theirs in tasks.items():
            function = functools.partial(under, name, theirs, answers.solutions(name)[part])
            said = told(name, part, function, options)
            if other == key:
                assert said == ""
            else:
                assert said, f"{part} is the same in the tasks {key} and {other}"
                assert not generic(name, said)


@pytest.mark.parametrize(("name", "part"), PARTS)
def test_in_the_first_case_only_those_sizes_are_equal_that_always_are(name, part):
    """So no transposed matrix and no sum over the wrong axis fits it by accident."""
    first, other = (axes(case) for case in answers.cases(name, part, (0, 1)))
    pairs = list(itertools.combinations(range(len(first)), 2))
    assert [(i, j) for i, j in pairs if first[i] == first[j] and other[i] != other[j]] == []


def axes(value):
    """The lengths of all axes of all arrays in the arguments of a case."""
    if isinstance(value, dict | tuple):
        return [n for held in (value.values() if isinstance(value, dict) else value) for n in axes(held)]
    return list(np.shape(value))


def under(name, options, function, *args):
    with answers.task(name, options):
        return function(*args)


@pytest.mark.parametrize(("name", "part"), PARTS)
def test_hidden_cases_know_every_mistake_too(name, part):
    tasks = answers.tasks(name, part).values()
    for message, wrong in answers.module(name).mistake[part]:
        options = next(each for each in tasks if told(name, part, wrong, each))
        with answers.task(name, options), np.errstate(all="ignore"):
            given, right = (f(name, part, answers.HIDDEN_SIZES) for f in (answers.cases, answers.right))
            try:
                got = [wrong(*args) for args in given]
            except (LookupError, TypeError, ValueError):
                continue
        assert not all(map(selfcheck.same, got, right)), message


def points(nb, student, name):
    """What a notebook gets for its functions, by the check that students see and the hidden cases."""
    namespace: dict = {}
    said = dict(cells(nb, namespace))
    options, got = answers.of_student(name, student), 0
    for cell in notebooks.notebook(notebooks.source(name)).cells:
        part = notebooks.grader(cell).get("grade_id", "").removeprefix("test-")
        if part in said and notebooks.grader(cell).get("points") and said[part] == "":
            with answers.task(name, options):
                given, right = (f(name, part, answers.HIDDEN_SIZES) for f in (answers.cases, answers.right))
            results = [namespace[part](*args) for args in given]
            got += notebooks.grader(cell)["points"] * all(map(selfcheck.same, results, right))
    return got


@pytest.mark.parametrize("name", NAMES)
def test_what_is_compared_outside_is_right_for_what_is_asked_inside(name):
    """Whatever else of a student's task the arguments of a part are made with."""
    asked, solved = answers.of_tasks(name, answers.HIDDEN_SIZES, with_right=True), answers.Solved(name)
    for student in (f"student {i}" for i in range(6)):
        options = answers.of_student(name, student)
        for part, held in asked.items():
            block = held["of"][" ".join(options[what] for what in held["varies"])]
            assert all(map(selfcheck.same, map(selfcheck.decode, block["right"]), solved.right(part, student))), (
                part
            )


@pytest.mark.parametrize("name", NAMES)
def test_a_copy_with_the_id_changed_gets_little(name):
    """The work of one student, with the ids of twelve others put in: less than half of the points, on average."""
    nb = submissions.right("ada", name)
    assert points(nb, "ada", name) == 85
    copies = [points(submissions.copied(nb, "ada", f"student {i}"), f"student {i}", name) for i in range(12)]
    assert np.mean(copies) < 42


def test_other_mistakes_are_told_where_they_are(capsys):
    check = selfcheck.Check("clipping")
    check.options = answers.in_force("clipping").options
    solution = answers.solutions("clipping")["clip_norm"]
    cases = [
        (lambda g, c: None, "is None. Is there a `return`"),
        (lambda g, c: solution(g, c)[0], "must be 2 values; yours is dict"),
        (lambda g, c: ({"W": g["W"]}, 1.0), "must be a dict with W, b; yours is W"),
        (
            lambda g, c: ({**g, "b": g["b"][:1]}, 1.0),
            r"value 1 of the result\['W'\] is 3.11 times what is expected",
        ),
        (lambda g, c: ({**solution(g, c)[0], "b": g["b"][:1]}, 1.0), r"must have shape \(2,\); yours has \(1,\)"),
        (lambda g, c: (solution(g, c)[0], 7.0), "must be .*; yours is 7"),
        (lambda g, c: (g["W"].fill(0), 0), "changed one of its arguments"),
    ]
    for wrong, message in cases:
        with pytest.raises(selfcheck.Wrong, match=message):
            check("clip_norm", wrong)
    check("clip_norm", solution)
    assert capsys.readouterr().out == "✓ clip_norm: right.\n"
    with pytest.raises(selfcheck.Wrong, match="Put your student id"):
        check.own("bias", None, " ", 0)
    with pytest.raises(selfcheck.Wrong, match="is not what your function gives for 'ada'"):
        check.own("bias", answers.solutions("clipping")["bias"], "ada", (1.0, 1.0, 1.0))
    assert selfcheck.Wrong("no")._render_traceback_() == ["✗ no"]


PART = """
## Part 9: the largest

*1 minutes, 1 points*

```{code-cell} ipython3
---
nbgrader: {grade: false, grade_id: largest, locked: false, schema_version: 3, solution: true, task: false}
---
def largest(x):
    ### BEGIN SOLUTION
    return x.max() if check.options["side"] == "above" else x.min()
    ### END SOLUTION
```

```{code-cell} ipython3
---
nbgrader: {grade: true, grade_id: test-largest, locked: true, points: 1, schema_version: 3, solution: false}
---
check("largest", largest)
### BEGIN HIDDEN TESTS
_hidden("largest", largest, student)
### END HIDDEN TESTS
```
"""


def test_a_part_is_added_by_its_text_its_cases_and_its_mistakes(monkeypatch):
    """As the page on grading says: nothing counts the parts."""
    held, text = answers.module("bptt"), notebooks.source("bptt")
    before = json.loads(answers.shown("bptt"))
    monkeypatch.setattr(notebooks, "source", lambda name: text + PART)
    monkeypatch.setattr(held, "TASK", held.TASK | {"side": {"above": "the largest", "below": "the smallest"}})
    monkeypatch.setattr(held, "VARIES", held.VARIES | {"largest": "side"})
    monkeypatch.setattr(held, "CASES", held.CASES | {"largest": lambda rng, size: (rng.standard_normal(3 + size),)})
    monkeypatch.setitem(held.mistake, "largest", [])
    held.mistake.edits("largest", ("that is the sum.", "x.max()", "x.sum()"))
    answers.solutions.cache_clear()
    answers.source_cells.cache_clear()
    try:
        made = json.loads(answers.shown("bptt"))
        assert {part: made[part] for part in before if part != "task"} == {
            k: v for k, v in before.items() if k != "task"
        }
        check = selfcheck.Check.__new__(selfcheck.Check)
        check.assignment, check.words, check.parts = "bptt", made.pop("task"), made
        for side, right in (("above", np.max), ("below", np.min)):
            check.options = {"side": side}
            check("largest", right)
        with pytest.raises(
            selfcheck.Wrong, match=r"right for another task: the largest\. Yours is: the smallest\."
        ):
            check("largest", np.max)
        check.options = {"side": "above"}
        with pytest.raises(selfcheck.Wrong, match=r"that is the sum\."):
            check("largest", np.sum)
        assert "raise NotImplementedError" in notebooks.stripped(text + PART).rpartition("def largest")[2]
    finally:
        answers.solutions.cache_clear()
        answers.source_cells.cache_clear()


def test_the_chapter_does_not_treat_the_network_of_its_assignment():
    """Of a leaky network the chapter on backpropagation has no code: its gradient is what students are to write."""
    import jupytext

    code = [cell.source for cell in jupytext.read(ROOT / "book/bptt.md").cells if cell.cell_type == "code"]
    assert [source for source in code if re.search(r"1 - (self\.)?(alpha|leak)", source)] == []


# Solutions and hidden tests stay where they are


def secret_lines(name):
    """The lines of solutions that a scaffold does not have and that are long enough to be no accident."""
    text = notebooks.source(name)
    shown = notebooks.stripped(text)
    lines = {line.strip() for match in notebooks.SOLUTION.finditer(text) for line in match[2].splitlines()}
    return {line for line in lines if len(line) > 24 and line not in shown}


def leaks(texts):
    """(file, what) of solutions and hidden tests in {file: text}."""
    secrets = {line for name in NAMES for line in secret_lines(name)}
    secrets |= {"BEGIN SOLUTION", "BEGIN HIDDEN", "_hidden", "A full answer"}
    for name in NAMES:
        for held in answers.of_tasks(name, answers.HIDDEN_SIZES, with_right=False).values():
            for made in held["of"].values():
                secrets.update(re.findall(r"-?\d+\.\d{7,}", json.dumps(made["cases"]))[:4])
    return [(file, secret) for file, text in texts.items() for secret in secrets if secret in text]


def test_the_search_for_leaks_finds_them():
    assert all(len(secret_lines(name)) > 5 for name in NAMES)
    assert leaks({"a": notebooks.source("bptt"), "b": answers.hidden_code("chaos", with_right=False)})
    files = {f.name: f.read_text() for f in (ROOT / "book/coursework/mistakes").glob("[!_]*.py")}
    assert {file for file, _ in leaks(files)}


def test_the_release_has_no_solutions(tmp_path):
    notebooks.release(tmp_path)
    unpacked = {}
    with zipfile.ZipFile(tmp_path / "assignments.zip") as archive:
        for file in archive.namelist():
            text = archive.read(file).decode()
            unpacked[file] = text
            if file.endswith(".ipynb"):  # as JSON, and as it is read
                unpacked[f"{file}, read"] = "\n".join("".join(c["source"]) for c in json.loads(text)["cells"])
    assert sum(file.endswith(".ipynb") for file in unpacked) == len(NAMES)
    assert leaks(unpacked) == []
    folder = {f.relative_to(tmp_path).as_posix(): f.read_text() for f in (tmp_path / "assignments").rglob("*.*")}
    assert folder.keys() == {file for file in unpacked if "," not in file}
    assert leaks(folder) == []


def test_the_pages_have_no_solutions(built_book):
    from bs4 import BeautifulSoup

    pages = {f.name: f.read_text() for f in built_book.rglob("*.html")}
    pages |= {f"{name}, read": BeautifulSoup(text, "html.parser").text for name, text in pages.items()}
    pages |= {f.name: f.read_text() for f in built_book.rglob("searchindex.js")}
    own = [f"{name}.html" for name in NAMES]
    assert leaks({name: text for name, text in pages.items() if name.split(",")[0] in own}) == []
    others = {n: text for n, text in pages.items() if "grading" not in n and "search" not in n}
    words = ("BEGIN SOLUTION", "BEGIN HIDDEN", "_hidden(")
    assert [(n, word) for n, text in others.items() for word in words if word in text] == []
    assert (built_book / "assignments.zip").exists()


def test_the_release_works_where_only_numpy_is(tmp_path):
    """The unpacked zip, with the solutions written in: run in its folder, without this repository on the path."""
    notebooks.release(tmp_path)
    folder = tmp_path / "assignments"
    for name in NAMES:
        code = [c["source"] for c in submissions.right("ada", name)["cells"] if c["cell_type"] == "code"]
        (folder / f"{name}.py").write_text("\n".join(code))
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    for name in NAMES:
        run = subprocess.run([sys.executable, f"{name}.py"], cwd=folder, env=env, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr[-2000:]
        assert run.stdout.count("✓") == len(answers.module(name).CASES) + 1


def lines_to_type(system):
    """What the README of the zip tells students on a system to type."""
    text = notebooks.release_files()["README.txt"]
    return re.search(rf"^{system}.*:\n\n((?:    .*\n)+)", text, re.MULTILINE)[1].split("\n    ")


def test_the_lines_to_type_are_the_same_on_every_system():
    posix, windows = lines_to_type("Linux and macOS"), lines_to_type("Windows")
    assert [line.split()[1:] for line in posix] == [line.split()[1:] for line in windows]
    assert {line.split()[0] for line in posix} == {"python3", ".venv/bin/python"}
    assert {line.split()[0] for line in windows} == {"py", ".venv\\Scripts\\python"}


# What stands in the solutions is right: by other routes


def test_the_gradient_of_the_leaky_network_is_that_of_central_differences():
    from minirnn.gradients.referee import central_differences

    s, mistakes = answers.solutions("bptt"), answers.module("bptt")
    params, X, alpha = mistakes.draw(np.random.default_rng(3), 1)
    Y = np.random.default_rng(4).standard_normal((*X.shape[:2], len(params["V"])))
    H = s["forward"](params, X, alpha)
    _, dE = s["error"](params, H, Y)
    Delta = s["adjoints"](params, X, H, dE, alpha)
    by_hand = s["gradient"](params, X, H, Delta, alpha)
    judged = central_differences(lambda p: s["error"](p, s["forward"](p, X, alpha), Y)[0], params)
    for key in ("W", "U", "b"):
        np.testing.assert_allclose(by_hand[key], judged[key], atol=1e-7)


def test_the_other_solutions_by_other_routes():
    from minirnn.core.recurrences import linear_scan
    from minirnn.gradients.referee import central_differences
    from minirnn.learning import clipping

    s = answers.solutions("vanishing")
    h, _, margin = s["latch"](2.0)
    assert np.isclose(h, np.tanh(2 * h))
    states = [1.0, 1.0]
    for _ in range(5000):
        states = [np.tanh(2 * states[0] - margin + 1e-3), np.tanh(2 * states[1] - margin - 1e-3)]
    assert states[0] > 0 > states[1]

    s = answers.solutions("clipping")
    g = {"W": np.array([[3.0, 1.0]]), "b": np.array([4.0])}
    ours, (theirs, norm) = s["clip_norm"](g, 2.0), clipping.clip_by_norm(g, 2.0)
    assert all(np.allclose(ours[0][key], theirs[key]) for key in g)
    assert np.isclose(ours[1], norm)
    _, dw, db = s["cliff"](6.0, -2.7, 0.5, 12)
    judged = central_differences(
        lambda p: s["cliff"](p["w"][0], p["b"][0], 0.5, 12)[0], {"w": np.array([6.0]), "b": np.array([-2.7])}
    )
    assert np.allclose([dw, db], [judged["w"][0], judged["b"][0]], rtol=1e-5)

    grid = np.linspace(-4, 0, 401)
    values = np.array([s["cliff"](6.0, b, 0.5, 50) for b in grid])
    at = np.abs(np.diff(values[:, 0])).argmax()
    assert round(abs(np.diff(values[:, 0])[at]), 2) == 0.38
    assert np.abs(values[at : at + 2, 2]).max() < 0.1
    low, high, steepest = grid[at], grid[at + 1], 0.0
    for _ in range(20):
        middle = (low + high) / 2
        E, _, slope = s["cliff"](6.0, middle, 0.5, 50)
        steepest = max(steepest, abs(slope))
        before_it = E > 0.2  # the drop is from 0.42 to 0.04
        low, high = (middle, high) if before_it else (low, middle)
    assert steepest > 1e6

    s = answers.solutions("chaos")
    assert abs(s["exponent"](4.0, 0.3, 100_000, 10) - np.log(2)) < 0.01
    W, h0, X = answers.module("chaos").network(np.random.default_rng(0), 1)
    dets, h = [], h0
    for x in X:
        h = np.tanh(W @ h + x)
        dets.append(np.log(abs(np.linalg.det((1 - h**2)[:, None] * W))))
    assert np.isclose(s["spectrum"](W, h0, X).sum(), np.mean(dets))

    s = answers.solutions("elementwise")
    x = np.random.default_rng(0).standard_normal(400_000)
    measured = [np.mean(a**2) for a in s["sensitivity"](0.8, x)]
    assert np.allclose(measured, s["variances"](0.8), rtol=0.05)
    a, b = np.full(32, 0.9), x[:32]
    for step in (1, 2, 4, 8, 16):
        a, b = s["doubling_round"](a, b, step)
    assert np.allclose(b, linear_scan(np.array(0.9), x[:32]))
    g = np.array([0.7 - 0.4j])
    at = {"nu": np.array([0.2]), "theta": np.array([-0.3])}
    judged = central_differences(lambda p: float((g.conj() * s["polar"](p["nu"], p["theta"], g)[0]).real.sum()), at)
    _, dnu, dtheta = s["polar"](at["nu"], at["theta"], g)
    assert np.allclose([dnu, dtheta], [judged["nu"], judged["theta"]], atol=1e-8)


def test_the_solutions_of_the_later_chapters_by_other_routes():
    from minirnn import VanillaRNN, unroll
    from minirnn.gradients.referee import central_differences
    from minirnn.theory import memory

    rng = np.random.default_rng(0)
    s = answers.solutions("memory")
    W, u, c = rng.standard_normal((4, 4)) / 2, rng.standard_normal(4), rng.standard_normal(4)
    impulse = np.zeros((6, 1, 1))
    impulse[0] = 1.0
    states = unroll(VanillaRNN(m=1, n=4, activation="identity"), {"W": W, "U": u[:, None], "b": 0 * u}, impulse)
    assert np.allclose(s["kernel"](W, u, c, 6), states[1:, 0] @ c)
    K, x = rng.standard_normal(4), rng.standard_normal(9)
    assert np.allclose(s["convolve"](K, x), np.convolve(K, x)[:9])
    K = memory.bump(41, centre=15, width=3)
    made = memory.fit(K, np.array([0.5, 0.8, 0.95]))
    assert np.isclose(s["fit"](K, np.array([0.5, 0.8, 0.95]))[1], made.error)
    delay = np.zeros(21)
    delay[10] = 1.0
    assert np.isclose(s["bound"](delay, 4), 1 - 4 / 11)  # a delay costs a unit for each step

    s = answers.solutions("control")
    theta = rng.uniform(0.5, 0.9, 3)
    for options in answers.tasks("control", "reward").values():
        with answers.task("control", options):
            _, g = s["reward"](theta, 4, 0.9)
            judged = central_differences(lambda p: s["reward"](p["theta"], 4, 0.9)[0], {"theta": theta})["theta"]
            assert np.allclose(g, judged, atol=1e-8)
            scores = [central_differences(lambda p, k=k: np.log(chance(s, p["theta"])[k]), {"theta": theta})["theta"]
                      for k in (0, 1)]  # fmt: skip
            F = sum(p * np.outer(score, score) for p, score in zip(chance(s, theta), scores, strict=True))
            assert np.allclose(s["fisher"](theta, 4), F, atol=1e-8)
    S, g = rng.standard_normal((50, 3)), rng.standard_normal(3)
    assert np.allclose((S.T @ S / 50 + 0.3 * np.eye(3)) @ s["natural"](S, g, 0.3), g)

    s = answers.solutions("digits")
    X = s["spaced"](np.arange(12.0).reshape(1, 3, 4), 2)
    assert X[:, 0, 0].tolist() == [0, 1, 2, 3, 0, 0, 4, 5, 6, 7, 0, 0, 8, 9, 10, 11, 0, 0]
    lam = np.array([0.9, 0.5j])
    assert np.allclose(s["read"](lam, X)[0], X[:, 0, 0] @ lam ** np.arange(17, -1, -1)[:, None])
    H, Y = rng.standard_normal((30, 3)), rng.standard_normal((30, 2))
    V, c = s["readout"](H, Y, 0.7)
    at = {"V": V, "c": c}
    slope = central_differences(lambda p: ((H @ p["V"].T + p["c"] - Y) ** 2).sum() + 0.7 * (p["V"] ** 2).sum(), at)
    assert max(np.abs(each).max() for each in slope.values()) < 1e-6


def test_the_solutions_on_rounds_and_on_forward_gradients_by_other_routes():
    from minirnn import IndRNN, VanillaRNN, newton_unroll
    from minirnn.core.matrix_recurrences import matrix_scan
    from minirnn.dynamics import forced, orbit
    from minirnn.dynamics.maps import logistic
    from minirnn.gradients import along, elementwise_rtrl

    rng, s = np.random.default_rng(0), answers.solutions("parallel")
    W, X, guess = 1.5 * rng.standard_normal((3, 3)), rng.standard_normal((8, 3)), rng.standard_normal((8, 3))
    params, cell = {"W": W, "U": np.eye(3), "b": np.zeros(3)}, VanillaRNN(3, 3)
    for kind in ("full", "diagonal"):
        with answers.task("parallel", answers.in_force("parallel").options | {"stands": kind}):
            once = newton_unroll(cell, params, X[:, None], guess=guess[:, None], jacobian=kind, rounds=1).H[1:, 0]
            assert np.allclose(s["newton_round"](W, np.zeros(3), X, guess), once)
    A, b = rng.standard_normal((8, 3, 3)), rng.standard_normal((8, 3))
    joined = s["join"](*s["join"](*s["join"](A, b)))
    assert np.allclose(joined[1][0], matrix_scan(A[:, None], b[:, None])[-1, 0])
    J = np.full((5, 1, 1), 1.0)
    assert np.isclose(s["conditioning"](J), 2 * np.sin(np.pi / 22))

    s, x = answers.solutions("forwards"), X[:, None]
    P, h = np.zeros((3, 3, 3)), np.zeros(3)
    for step in X:
        h, P = s["influence"](W, h, step, P)
    *_, (_, theirs) = along(cell, params, x)
    assert np.allclose(P, theirs["W"][0])
    w, C = rng.uniform(0.3, 0.9, 3), rng.standard_normal((8, 3))
    own = {"w": w, "U": np.eye(3), "b": np.zeros(3)}
    loss = lambda params, H: (float((C[:, None] * H).sum()), C[:, None], {})  # noqa: E731
    gradient = elementwise_rtrl(IndRNN(3, 3, activation="tanh"), own, x, loss)[1]["w"]
    assert np.allclose(s["traces"](w, X, C)[0], gradient)
    J, immediate = rng.standard_normal((2, 2)), rng.standard_normal((2, 3))
    u, v = rng.standard_normal(2), rng.standard_normal(3)
    mean = np.mean([np.outer(*s["rank_one"](J, immediate, u, v, np.array(nu)))
                    for nu in itertools.product([-1.0, 1.0], repeat=2)], axis=0)  # fmt: skip
    assert np.allclose(mean, J @ np.outer(u, v) + immediate)
    d = rng.uniform(0.1, 0.9, 6)
    model = forced(logistic(3.8), d[:, None, None], 0.4)
    assert np.allclose(s["forced"](3.8, 0.2, d, 0.4)[0][-1], orbit(model, np.array([[0.2]]), 6)[-1])


@pytest.mark.parametrize("error", answers.module("clipping").TASK["error"])
def test_every_error_of_the_cliff_has_its_face_between_two_points_of_the_grid(error):
    s, grid = answers.solutions("clipping"), np.linspace(-4, 0, 401)
    with answers.task("clipping", answers.in_force("clipping").options | {"error": error}):
        values = np.array([s["cliff"](6.0, b, 0.5, 50) for b in grid])
        at = np.abs(np.diff(values[:, 0])).argmax()
        jump = abs(values[at + 1, 0] - values[at, 0])
        assert np.abs(values[at : at + 2, 2]).max() * 0.01 < jump / 50  # "far too small for that"
        (low, high), before, steepest = grid[at : at + 2], values[at, 0], 0.0
        for _ in range(20):
            E, _, slope = s["cliff"](6.0, (low + high) / 2, 0.5, 50)
            steepest = max(steepest, abs(slope))
            low, high = ((low + high) / 2, high) if abs(E - before) < jump / 2 else (low, (low + high) / 2)
    assert steepest > 1e6


@pytest.mark.parametrize(
    ("of", "chaotic", "regular"), [("logistic", 4.0, 3.5), ("quadratic", 2.0, 1.3), ("sine", 1.0, 0.86)]
)
def test_every_map_is_chaotic_where_the_page_says_so(of, chaotic, regular):
    with answers.task("chaos", answers.in_force("chaos").options | {"map": of}):
        exponent = answers.solutions("chaos")["exponent"]
        assert abs(exponent(chaotic, 0.3, 20_000, 10) - np.log(2)) < 0.01
        assert exponent(regular, 0.3, 5000, 1000) < -0.05


def chance(s, theta):
    """How often the agent of `control` chooses what it saw, and how often not, four steps later."""
    with answers.task("control", answers.in_force("control").options | {"earns": "none"}):
        P = s["reward"](theta, 4, 0.9)[0]
    seen = (P - 0.1) / 0.8
    return seen, 1 - seen


def test_the_cases_are_those_of_any_day():
    for name in NAMES:
        first, second = (json.dumps(answers.hidden_code(name, with_right=True)) for _ in range(2))
        assert first == second
    assert hidden.__doc__
