"""What students and teachers read of a part without points, and how written points come to a page."""

import contextlib
import re
import sys
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest

from tests.conftest import ROOT

sys.path.append(str(ROOT / "book"))
from coursework import answers, execute, grade, messages, notebooks, report, sandbox
from coursework.command import main

selfcheck = answers.selfcheck()


def raised(name: str, text: str = ""):
    return nbformat.v4.new_output("error", ename=name, evalue=text, traceback=["secret lines"])


def cell(source: str, *outputs):
    return nbformat.v4.new_code_cell(source, outputs=list(outputs))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("NotImplementedError", "", "not written yet. Put your code in the place of"),
        ("AssertionError", "", "Your code stopped with AssertionError."),
        ("ValueError", "too few values.", "Your code stopped with ValueError: too few values."),
        ("_ArrayMemoryError", "Unable to allocate 9 GiB", "stopped with MemoryError: Unable to allocate 9 GiB. It"),
        ("MemoryError", "", "stopped with MemoryError. It needs more than the 4 GB"),
        ("ModuleNotFoundError", "No module named 'tensorflow'", "The assignment needs NumPy alone."),
        ("FileNotFoundError", "[Errno 2] No such file: 'data.csv'", "files beside it are not there."),
        ("OSError", "[Errno 30] Read-only file system: '/usr/x'", "in the notebook's own folder only."),
        ("PermissionError", "[Errno 13] Permission denied: '/x'", "in the notebook's own folder only."),
        ("SystemExit", "0", "A function ends with `return`"),
        ("IndentationError", "unexpected indent (123.py, line 2)", "SyntaxError: unexpected indent (line 2). Python"),
        ("NameError", "name 'npp' is not defined", "`npp` is not defined. Is it misspelt, or was the cell"),
        ("Wrong", "forward: off by one.", "✗ forward: off by one."),
        ("Unwritten", "forward: not written yet.", "✗ forward: not written yet."),
    ],
)  # fmt: skip
def test_an_error_is_told_with_what_to_do(name, text, said):
    message = messages.of_error(raised(name, text), [])
    assert said in message
    assert message.startswith("✗ ")
    assert not re.search(r": *$|: \.|\.\.", message)


def test_an_error_after_the_shown_example_says_so():
    message = messages.of_error(raised("AssertionError", "odd"), [], passed=True)
    assert (
        message
        == "✗ Right on the examples you could see; on another one your code stopped with AssertionError: odd."
    )


WHOLE = np.zeros(2, int)
STOPS = {  # what students write: a piece of what they are told
    "np.ones((2, 3)) @ np.ones((2, 3))": "the inner lengths are 2 and 3",
    "np.dot(np.ones((2, 3)), np.ones((2, 3)))": "the inner lengths are 3 and 2",
    "np.ones((2, 3)) + np.ones((2, 4))": "Shapes (2,3) and (2,4) do not fit",
    "np.zeros(3).__setitem__(slice(None), np.ones(4))": "Shapes (4,) and (3,) do not fit",
    "(lambda a, b: 0)(*np.ones(3))": "other arguments than its first line names",
    "[0 for a, b in [(1, 2, 3)]]": "not as many as the values",
    "1 if np.ones(2) else 0": "`.all()` or `.any()`",
    "np.array([[1.0], [1.0, 2.0]])": "rows differ in length",
    "np.ones(3).sum(axis=1)": "fewer axes than the call names",
    "np.ones(3)[3]": "no entry 3 among 3",
    "np.ones(3)[0, 0]": "fewer axes than there are indices",
    "[1][1]": "shorter than the index wants",
    "{'W': 1}['w']": "no such key",
    "None + 1": "end without `return`",
    "len(1.0)": "A single number is used as an array",
    "1.0(2)": "sign of multiplication",
    "np.add(WHOLE, 0.5, out=WHOLE)": "cannot take fractions",
    "np.ones(2).transposed": "Is it misspelt",
    "1 / 0": "divided by 0",
    "np.linalg.inv(np.ones((2, 2)))": "no inverse",
}


def test_of_a_long_text_the_beginning_is_read():
    """A student's exception may say anything, and its text is searched outside the sandbox."""
    assert "fewer axes" in selfcheck.hint("IndexError", "too many indices" + "x" * 10**6)
    assert "A list or tuple" in selfcheck.hint("IndexError", "x" * 1000 + "too many indices")


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize("code", STOPS)
def test_an_exception_that_no_known_mistake_raises_gets_a_sentence_that_helps(code, capsys):
    """In the student's notebook, above the traceback, and on the page of feedback."""
    check = selfcheck.Check("clipping")
    check.options = answers.in_force("clipping").options
    with pytest.raises(Exception) as caught:  # noqa: PT011
        check("clip_norm", lambda *args: eval(code))
    assert not isinstance(caught.value, selfcheck.Wrong)
    assert STOPS[code] in capsys.readouterr().out
    assert STOPS[code] in messages.of_error(raised(type(caught.value).__name__, str(caught.value)), [])


def test_a_name_that_is_missing_is_traced_to_the_cell_that_failed():
    stopped = messages.error(messages.stopped(30))
    before = [
        cell("def rate(student):\n    ...", raised("SyntaxError", "invalid syntax (12.py, line 1)")),
        cell("rate == 1"),
        cell("while True: pass\ndef gradient():\n    ...", stopped),
        cell("answer = rate(student)", raised("NotImplementedError")),
    ]
    said = {
        name: messages.of_error(raised("NameError", f"name '{name}' is not defined"), before)
        for name in ("rate", "gradient", "answer")
    }
    assert "because its cell failed: Your code stopped with SyntaxError: invalid syntax (line 1)" in said["rate"]
    assert "because its cell failed: Stopped after 30 seconds. Look for a loop" in said["gradient"]
    assert "because its cell failed: not written yet" in said["answer"]


def test_the_end_of_python_names_the_cell_in_which_it_was():
    ended = cell("import os; os._exit(0)")
    assert "Python ended while this cell ran" in messages.ended("Kernel died", ended, 0)
    assert "a cell that was added above" in messages.ended("Kernel died", ended, 2)
    ended.metadata["nbgrader"] = {"grade_id": "gradient"}
    assert messages.ended("Kernel died", ended, 1) == "✗ Not run: Python had ended in the cell `gradient` above."
    stubborn = messages.ended("Stopped after 20 seconds, as it took no notice of an interrupt", ended, 0)
    assert "an `except:` that names no exception" in stubborn


def verdict(**shown):
    function = lambda student: float(len(student))  # noqa: E731
    return execute.verdict(shown, lambda own: [1.0], function, "ada", selfcheck.same)


def test_a_measurement_must_be_of_ones_own_id():
    assert verdict(results=[1.0], own=" Ada", answer=4.0) == ""
    assert "`student` is 'ben', but this was handed in by 'ada'" in verdict(results=[1.0], own="ben", answer=3.0)
    assert verdict(results=[1.0], own="ada", answer=9.0) == messages.NOT_YOURS
    assert verdict(results=[2.0], own="ada", answer=3.0) == messages.WRONG
    assert "Your function calls minirnn." in verdict(results=[1.0], own="ada", answer=3.0, borrowed=["minirnn"])
    assert verdict(results=[{"set": 1}], own="ada", answer=3.0) == messages.UNREADABLE
    assert verdict() == messages.UNREADABLE
    # without an id there is no measurement
    assert "`student` is None" in verdict(results=[1.0], own=None, answer=None)
    assert "`student` is None" in verdict(results=[1.0])


@pytest.mark.parametrize(
    "odd",
    [{}, {"array": []}, {"dict": 3}, {"complex": [1]}, {"tuple": None}, {"array": [[1], [2, 3]]}, "x", 10**400, [[]],
     {"array": "x"}, {"complex": ["a", "b"]}, {"dict": {"a": {}}}],
)  # fmt: skip
def test_odd_values_lose_their_part_alone(odd):
    for shown in ({"results": [odd]}, {"results": odd}, {"results": [1.0], "own": "ada", "answer": odd},
                  {"results": [1.0], "own": odd}):  # fmt: skip
        assert verdict(**shown).startswith("✗ ")


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("stream", {"text": 5, "name": "stdout"}), ("stream", {}), ("display_data", {"data": 3, "metadata": {}}),
        ("display_data", {"data": {}, "transient": 1}), ("error", {"ename": 1, "evalue": "", "traceback": []}),
        ("error", {"ename": "", "evalue": "", "traceback": [1]}), ("status", {}), ("stream", []),
    ],
)  # fmt: skip
def test_a_forged_message_is_an_error_of_its_cell(kind, content):
    nb = nbformat.v4.new_notebook(cells=[cell("1")])
    client, mine = execute.Client(nb), nb.cells[0]
    client.reset_execution_trackers()
    client.process_message({"msg_type": kind, "content": content, "parent_header": {"msg_id": "1"}}, mine, 0)
    assert [out.evalue for out in mine.outputs] == [messages.FORGED]


def test_the_page_shows_of_a_test_the_verdict_alone():
    hidden = nbformat.v4.new_output("stream", text="hidden args\n✓ forward: right.\nhidden args\n")
    raw = nbformat.v4.new_output(
        "display_data", {"application/json": {"part": "forward", "results": [1.0], "own": "ada"}}
    )
    test = cell("check('forward', forward)", hidden, raw, nbformat.v4.new_output("stream", text="hidden args"))
    test.metadata["nbgrader"] = {"grade_id": "test-forward", "points": 15}
    asks = cell("_hidden.__closure__", nbformat.v4.new_output("stream", text="hidden args"))
    shows = cell("print(In[1])", nbformat.v4.new_output("stream", text="_hidden = ask(hidden args)"))
    plain = cell("print(1)", nbformat.v4.new_output("stream", text="1"))
    nb = nbformat.v4.new_notebook(cells=[asks, shows, plain, test])
    solved = SimpleNamespace(right=lambda part, student: [1.0])
    assert execute.marks(nb, "bptt", "ada", solved) == [("forward", 15, 15, "")]
    page = report.page("bptt", "ada", result(), nb)
    assert "hidden args" not in page
    assert "✓ forward: right." in page
    assert '<pre class="out">1</pre>' in page


def test_the_time_of_a_submission_ends_its_cells_not_its_grade(monkeypatch):
    """Each cell takes 30 seconds of a clock that is not this machine's; the time for 10 cells is over after 11."""
    clock = SimpleNamespace(now=0.0)
    client = SimpleNamespace(setup_kernel=lambda **_: contextlib.nullcontext())
    client.execute_cell = lambda *_: setattr(clock, "now", clock.now + 30)
    monkeypatch.setattr(execute, "Client", lambda *_, **__: client)
    monkeypatch.setattr(execute, "manager", lambda *_: None)
    monkeypatch.setattr(execute.time, "monotonic", lambda: clock.now)
    nb = nbformat.v4.new_notebook(cells=[cell(str(i)) for i in range(13)])
    assert execute.run(nb, "course", "sockets", seconds=30)
    stopped = [messages.error_of(each) for each in nb.cells]
    assert stopped[:11] == [None] * 11
    assert [each.evalue.partition(".")[0] for each in stopped[11:]] == [
        "✗ Not run: the 300 seconds that a submission may take were over"
    ] * 2


def test_the_check_of_a_measurement_knows_whose_it_is(capsys):
    check, rate = selfcheck.Check("bptt"), answers.solutions("bptt")["rate"]
    check.options = answers.in_force("bptt").options
    cases = [("", None, "Put your student id"), ("ada", None, "`answer` is None. Run the cell above, `answer = rate"),
             ("ada", 0.0, "not what your function gives for 'ada'")]  # fmt: skip
    for student, answer, said in cases:
        with pytest.raises(selfcheck.Wrong, match=re.escape(said)):
            check.own("rate", rate, student, answer)


@pytest.mark.parametrize("student", ["\u200bada", " ada\ufeff", "\u202aada\u202c"])
def test_an_id_with_what_cannot_be_seen_around_it_is_refused_while_one_works(student):
    """When it is graded, it would be somebody else's."""
    with pytest.raises(selfcheck.Wrong, match=r"cannot be seen: '.*\\u"):
        selfcheck.generator("bptt", student)


def test_a_function_that_calls_one_not_written_yet_is_told_which():
    def forward(*args):
        raise NotImplementedError

    def error(*args):
        return forward(*args)

    check = selfcheck.Check("bptt")
    with pytest.raises(selfcheck.Wrong, match="Put your student id"):
        check("error", error)
    check.task("ada")
    for function, said in (
        (forward, "error: not written"),
        (error, "error: it calls `forward`, which is not written"),
    ):
        with pytest.raises(selfcheck.Unwritten, match=f"^{said} yet"):
            check("error", function)


@pytest.mark.parametrize(
    ("got", "said"),
    [
        ({1, 2}, "must be numbers of shape (2, 2); yours holds set."),
        ([[1], [2, 3]], "must have shape (2, 2); yours is a list of parts of different lengths."),
        ("x", "yours holds str."),
        (np.array([None]), "yours holds NoneType."),
        ([], "must have shape (2, 2); yours has (0,)."),
    ],
)
def test_what_holds_no_numbers_is_told_so(got, said):
    assert selfcheck.difference(got, np.zeros((2, 2))).endswith(said)
    assert "must be a number; yours holds str." in selfcheck.difference("x", np.float64(1))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda a: -a, "has the wrong sign."),
        (lambda a: a / 3, "is 0.3333 times what is expected."),
        (lambda a: a * 1j, "is 0+1j times what is expected."),
        (lambda a: a.T, "is the transpose of what is expected."),
        (lambda a: a[::-1], "has the right entries in the reverse order."),
        (lambda a: np.roll(a, 1, axis=0), "is off by one along its first axis."),
        (lambda a: np.concatenate([a[:1], a[1:] ** 2]), "is right up to entry 0, and wrong from entry 1 on."),
        (lambda a: np.concatenate([a[:2] ** 2, a[2:]]), "is wrong up to entry 1, and right from entry 2 on."),
        (lambda a: np.concatenate([a[:1], a[1:2] ** 2, a[2:]]), "is wrong in entry 1 alone."),
        (lambda a: a**2, "has the right shape, but other numbers: furthest off at"),
        (lambda a: a * np.nan, "has the right shape, but other numbers: furthest off at"),
        (lambda a: 0 * a, "has the right shape, but other numbers: furthest off at"),
    ],
)
def test_what_a_wrong_result_has_to_do_with_the_right_one_is_said(change, said):
    """Of mistakes that nobody foresaw."""
    want = np.random.default_rng(0).standard_normal((3, 3))
    with np.errstate(all="ignore"):
        assert selfcheck.difference(change(want), want).startswith(f"the result {said}")
    assert selfcheck.difference(-2.0, np.float64(2)) == "the result has the wrong sign."
    assert selfcheck.difference(1.0, np.float64(2)) == "the result is 0.5 times what is expected."
    assert selfcheck.difference(1.7, np.float64(2)) == "the result must be 2; yours is 1.7."


@pytest.mark.parametrize("name", notebooks.names())
def test_hidden_tests_of_nbgrader_want_a_measurement(name):
    """Also where `student` was replaced by None, so that nothing would be compared."""
    *_, part = answers.module(name).CASES
    names: dict = {}
    exec(answers.hidden_code(name, with_right=True), names)
    with answers.task(name, answers.of_student(name, "ada")):
        right = answers.solution(name)(part)
        names["_hidden"](part, right, "ada", right("ada"))
        with pytest.raises(selfcheck.Wrong, match="Put your student id"):
            names["_hidden"](part, right, None, None)


def test_hidden_tests_know_whose_code_a_function_calls(monkeypatch):
    """In the sandbox, where results are compared outside, and in nbgrader's kernel, whatever it was imported as."""
    from minirnn.core import checks as innocent

    def borrowing(*args):
        innocent.number("x", 1.0)
        return answers.solutions("clipping")["clip_norm"](*args)

    shown: list = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data["application/json"]))
    options = answers.of_student("clipping", "ada")
    for with_right in (False, True):
        names: dict = {}
        exec(answers.hidden_code("clipping", with_right=with_right), names)
        with answers.task("clipping", options):
            names["_hidden"]("clip_norm", answers.solutions("clipping")["clip_norm"], "ada")
            with pytest.raises(AssertionError, match="calls minirnn") if with_right else contextlib.nullcontext():
                names["_hidden"]("clip_norm", borrowing, "ada")
    assert [held["borrowed"] for held in shown] == [[], ["minirnn"]]


# Pages and tables


def result(points=70, message="✗ rate: not written yet.", **more):
    parts = [["forward", 15, 15, ""], ["rate", 0, 15, message]]
    return {
        "points": points,
        "of": 85,
        "parts": parts,
        "notes": ["</ul> note"],
        "written": "w",
        "seconds": 1.0,
    } | more


def folder_of_grades(target, results):
    for student, held in results.items():
        (target / student).mkdir(parents=True)
        notebook = SimpleNamespace(cells=[cell("answer = 1")])
        (target / f"{student}/bptt.html").write_text(report.page("bptt", student, held, notebook), encoding="utf-8")
    return [(student, "bptt", held) for student, held in results.items()]


def test_written_points_come_to_the_page_and_go_again(tmp_path):
    grades = folder_of_grades(tmp_path, {"ada": result(), "ben": result()})
    page = tmp_path / "ada/bptt.html"
    before = page.read_text()
    assert "The written part, 15 points, is graded by hand and not counted yet" in before
    assert report.write(tmp_path, grades) == ({}, [])
    assert page.read_text() == before

    table = tmp_path / "written.csv"
    table.write_text(table.read_text().replace("ada,bptt,,", "ada,bptt,12.5,"))
    report.write(tmp_path, grades)
    after = page.read_text()
    assert "<strong>82.5 of 100 points</strong>: 70 of 85" in after
    assert "<td>written</td><td>12.5 of 15</td>" in after
    assert "by hand" not in after
    assert after.count("<code>answer = 1</code>") == 1
    assert after.endswith("</body></html>\n")
    assert "not counted yet" in (tmp_path / "ben/bptt.html").read_text()

    table.write_text(table.read_text().replace("ada,bptt,12.5,", "ada,bptt,,"))
    report.write(tmp_path, grades)
    assert page.read_text() == before


def test_a_written_part_that_changed_is_noted_beside_its_points(tmp_path):
    report.write(tmp_path, folder_of_grades(tmp_path, {"ada": result()}))
    table = tmp_path / "written.csv"
    table.write_text(table.read_text().replace("ada,bptt,,", "ada,bptt,12,"))
    assert report.write(tmp_path, [("ada", "bptt", result())]) == ({("ada", "bptt"): 82.0}, [])
    _, (sentence,) = report.write(tmp_path, [("ada", "bptt", result(written="another"))])
    assert sentence.startswith("ada bptt: the written part has changed since its 12 points were given")
    assert "the written part has changed since its points were given" in (tmp_path / "grades.csv").read_text()
    assert "82 of 100 points" in (tmp_path / "ada/bptt.html").read_text()


def test_a_written_part_cannot_pass_for_that_of_another_student(tmp_path):
    texts = {"ada": "mine\n# ben\n\n<!-- hidden", "ben": "his\r# cat"}
    report.write(tmp_path, folder_of_grades(tmp_path, {s: result(written=text) for s, text in texts.items()}))
    lines = (tmp_path / "written/bptt.md").read_text().splitlines()
    assert [line for line in lines if line[:1] not in ("", ">")] == ["# ada", "# ben"]
    assert "> # ben" in lines


def test_a_page_of_an_earlier_version_keeps_its_notebook(tmp_path):
    (tmp_path / "bptt.html").write_text(
        "<html><p>70 of 85</p><ul><li>note</li></ul><pre>code</pre></body></html>\n"
    )
    report.renew_page(tmp_path / "bptt.html", "bptt", "ada", result(), 15.0)
    assert (tmp_path / "bptt.html").read_text().endswith("</ul><pre>code</pre></body></html>\n")


def test_the_table_says_why_points_were_lost(tmp_path):
    report.write(tmp_path, folder_of_grades(tmp_path, {"ada": result()}))
    assert "rate: not written yet." in (tmp_path / "grades.csv").read_text(encoding="utf-8").splitlines()[-1]


def test_a_page_that_is_gone_is_made_again(tmp_path):
    kept, before = tmp_path / "bptt.json", {"fingerprint": "a"}
    assert not grade.current(kept, before, "a", 30)
    kept.with_suffix(".html").touch()
    assert grade.current(kept, before, "a", 30)
    assert not grade.current(kept, before, "b", 30)
    late = before | {"stopped_by": 30}  # is graded anew with another limit
    assert grade.current(kept, late, "a", 30)
    assert not grade.current(kept, late, "a", 60)


# What this machine must have


def test_a_copy_of_the_library_is_noticed(tmp_path):
    ours, other = tmp_path / "checkout", tmp_path / "site-packages"
    for folder in (ours, other):
        (folder / "minirnn").mkdir(parents=True)
        (folder / "minirnn/__init__.py").touch()
    assert sandbox.copy_of_library([str(tmp_path), str(ours)], ours) is None
    assert sandbox.copy_of_library([str(ours), str(other)], ours) == other / "minirnn"


def test_nothing_is_graded_with_a_copy_of_the_library(tmp_path, capsys, monkeypatch):
    (tmp_path / "minirnn").mkdir()
    (tmp_path / "minirnn/__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    assert main(["grade", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert f"{tmp_path / 'minirnn'} is a copy of the library" in said
    assert "-m pip install --no-deps -e ." in said
    assert not (tmp_path / "out").exists()


def test_grading_says_that_it_needs_linux(tmp_path, capsys, monkeypatch):
    for platform in ("win32", "darwin"):
        monkeypatch.setattr(sys, "platform", platform)
        assert main(["grade", str(tmp_path), "--out", str(tmp_path / "out"), "--unsafe"]) == 2
        assert "Grading needs Linux" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
