"""The project of the term: solved, all milestones hold; blank, none; and what breaks an earlier one is seen."""

import subprocess
import sys
import types

import pytest

from tests.conftest import ROOT

sys.path.append(str(ROOT / "book"))
from coursework import notebooks

FOLDER = ROOT / "book/assignments/project"
SOURCE = (FOLDER / "mini.py").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def milestones():
    held = types.ModuleType("milestones")
    exec(compile((FOLDER / "milestones.py").read_text(encoding="utf-8"), "milestones.py", "exec"), held.__dict__)
    return held


def library(text: str) -> types.ModuleType:
    made = types.ModuleType("mini")
    exec(compile(text, "mini.py", "exec"), made.__dict__)
    return made


def test_solved_all_milestones_hold(milestones, capsys):
    assert milestones.run(library(SOURCE)) == 6
    said = capsys.readouterr().out
    assert said.count("✓") == 6
    assert "dh_100/dλ is 4.00 at λ = 0.5, 4950 at 1" in said


WRONG = {
    "one number": [("len(x) - t)", "len(x) - t - 1)"), ("* h)", "* x_t)")],
    "backpropagation through time": [("@ W\n", "@ W.T\n"), ("D, H[:-1]", "D, H[1:]"), ("1 - H[t + 1]", "1 - H[t]")],
    "clipping": [
        ("min(1.0, threshold / norm)", "threshold / norm"),
        ("losses.append(E)", ""),
        ("- rate", "+ rate"),
    ],
    "a gated cell": [("(1 - z[t + 1])", "(1 - z[t])"), ("new - H[:-1]", "new - H[1:]"), ("* z * (1 - z)", "* z")],
    "a scan": [
        ("step *= 2", "step += 1"),
        ("a[step:] * a[:-step]", "a[step:]"),
        ("b[:step], a", "0 * b[:step], a"),
    ],
    "digits": [
        (".argmax(axis=1)", ".argmin(axis=1)"),
        ("scan(np", "0 * scan(np"),
        ("argmax(axis=1)", "argmax(axis=0)"),
    ],
}


@pytest.mark.parametrize(("name", "change"), [(name, change) for name in WRONG for change in WRONG[name]])
def test_each_milestone_knows_what_is_wrong(milestones, capsys, name, change):
    """And the later ones are run all the same."""
    old, new = change
    assert old in SOURCE
    milestones.run(library(SOURCE.replace(old, new)))
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 6
    assert any(line.startswith("✗") and name in line for line in said)


def test_blank_nothing_is_written_and_no_solution_gets_out(milestones, capsys, tmp_path):
    notebooks.release(tmp_path)
    blank = (tmp_path / "assignments/mini.py").read_text(encoding="utf-8")
    assert "SOLUTION" not in blank
    assert "np.einsum" not in blank
    assert blank.count("raise NotImplementedError") == SOURCE.count("BEGIN SOLUTION")
    assert milestones.run(library(blank)) == 0
    assert capsys.readouterr().out == "  1. one number: not written yet\n"
    begun = SOURCE[: SOURCE.index("# Milestone 2")] + blank[blank.index("# Milestone 2") :]
    assert milestones.run(library(begun)) == 1
    run = subprocess.run(
        [sys.executable, "milestones.py"], cwd=tmp_path / "assignments", capture_output=True, text=True
    )
    assert run.returncode == 1
    assert "not written yet" in run.stdout
