"""The assignments: what a blank one, a right one and common mistakes are told, and that no solution gets out."""

import doctest
import json
import os
import re
import subprocess
import sys
import zipfile

import nbformat
import numpy as np
import pytest

from tests.book import submissions
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
def test_parts_points_and_minutes_add_up(name):
    text = notebooks.source(name)
    parts = re.findall(r"^## Part (\d): .*\n\n\*(\d+) minutes, (\d+) points\*", text, re.MULTILINE)
    assert [int(number) for number, _, _ in parts] == list(range(1, len(parts) + 1))
    count = {4: "four", 5: "five", 6: "six"}.get(len(parts))
    assert count, f"an assignment has four to six parts, got {len(parts)}"
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
    kept = json.loads(file.read_text())
    made = json.loads(answers.shown(name))
    assert kept.keys() == made.keys()
    for part in made:
        assert [m for m, _ in kept[part]["mistakes"]] == [m for m, _ in made[part]["mistakes"]]
        for key in ("cases", "right"):
            pairs = zip(kept[part][key], made[part][key], strict=True)
            assert all(selfcheck.same(selfcheck.decode(a), selfcheck.decode(b)) for a, b in pairs)


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


@pytest.mark.parametrize(("name", "part"), PARTS)
def test_common_mistakes_get_the_message_meant_for_them(name, part):
    check, mistakes = selfcheck.Check(name), answers.module(name).mistake[part]
    assert len(mistakes) >= 3, f"{part} needs three mistakes at least, got {len(mistakes)}"
    for message, wrong in mistakes:
        with pytest.raises(selfcheck.Wrong) as said:
            check(part, wrong)
        assert str(said.value) == f"{part}: {message}"


@pytest.mark.parametrize(("name", "part"), PARTS)
def test_hidden_cases_know_every_mistake_too(name, part):
    cases = answers.arguments(name, answers.HIDDEN_SIZES)
    right = answers.right(name, cases)[part]
    for message, wrong in answers.module(name).mistake[part]:
        with np.errstate(all="ignore"):
            got = [wrong(*args) for args in cases[part]]
        assert not all(map(selfcheck.same, got, right)), message


def test_other_mistakes_are_told_where_they_are(capsys):
    check = selfcheck.Check("clipping")
    solution = answers.solutions("clipping")["clip_norm"]
    cases = [
        (lambda g, c: None, "is None. Is there a `return`"),
        (lambda g, c: solution(g, c)[0], "must be 2 values; yours is dict"),
        (lambda g, c: ({"W": g["W"]}, 1.0), "must be a dict with W, b; yours is W"),
        (
            lambda g, c: ({**g, "b": g["b"][:1]}, 1.0),
            r"value 1 of the result\['W'\] has the right shape, but other",
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
        for made in answers.arguments(name, answers.HIDDEN_SIZES).values():
            for args in made:
                numbers = re.findall(r"-?\d+\.\d{8,}", json.dumps(selfcheck.encode(args)))
                secrets.update(numbers[:2])
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
                unpacked[f"{file}, read"] = "\n".join(c["source"] for c in json.loads(text)["cells"])
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


def test_what_the_mark_schemes_say_of_the_measurements():
    s, many = answers.solutions("bptt"), [str(i) for i in range(30)]
    ratios = [s["rate"](i) / np.log(1 - s["network"](i)[2]) for i in many]
    assert 0.4 < min(ratios) < max(ratios) < 1
    s = answers.solutions("vanishing")
    assert all(r < bound for r, bound in map(s["rates"], many))
    assert sum(r < 0 < bound for r, bound in map(s["rates"], many)) >= 25
    s = answers.solutions("clipping")
    assert all(cosine < 0.99 for _, cosine, _ in map(s["bias"], many))
    s = answers.solutions("chaos")
    for student in many[:10]:
        W, h0, X = s["network"](student)
        low, high, gain = s["crossing"](student)
        assert low < high < 0
        assert s["spectrum"](gain * W, h0, X).max() < 0


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


@pytest.mark.parametrize("module", [selfcheck, notebooks], ids=lambda m: m.__name__)
def test_examples_in_docstrings(module):
    assert doctest.testmod(module).failed == 0


def test_the_cases_are_those_of_any_day():
    for name in NAMES:
        first, second = (json.dumps(answers.hidden_code(name, with_right=True)) for _ in range(2))
        assert first == second
    assert hidden.__doc__
