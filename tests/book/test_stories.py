"""The five stories of the chapter on diagnosis: a script each, told from the record where there is no PyTorch."""

import re

import pytest

from experiments.diagnosis import repairs
from experiments.record import load
from facts import diagnosis
from tests.conftest import ROOT

FOLDER = ROOT / "book/experiments/diagnosis/stories"
every_story = pytest.mark.parametrize("story", repairs.REPAIRS)


def test_each_script_is_a_story_and_stands_on_the_page():
    page = (ROOT / "book/diagnosis.md").read_text(encoding="utf-8")
    scripts = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    assert scripts == repairs.REPAIRS.keys()
    assert set(re.findall(r"literalinclude\} experiments/diagnosis/stories/(\w+)\.py", page)) == scripts
    assert set(re.findall(r'told_now\("(\w+)"\)', page)) == scripts


@every_story
def test_a_script_is_as_short_as_an_engineer_writes_it(story):
    assert 30 <= len((FOLDER / f"{story}.py").read_text(encoding="utf-8").splitlines()) <= 65


@every_story
def test_without_torch_the_page_tells_the_record(story, monkeypatch):
    monkeypatch.setattr(repairs, "find_spec", lambda name: None)
    text, source = repairs.told_now(story).rsplit("\n", 1)
    record = load("repairs")
    saved = next(r["answer"] for r in record["results"] if r["story"] == story and "answer" in r)
    assert text.split() == saved.split()
    assert max(map(len, text.splitlines())) <= 72
    assert record["date"] in source


@pytest.mark.parametrize("story", ["flat_loss", "forgets"])
def test_with_torch_the_page_tells_the_same_cause(story):
    pytest.importorskip("torch")
    text, source = repairs.told_now(story).rsplit("\n", 1)
    assert text.startswith(diagnosis.SAYS[story])
    assert source.endswith("just now)")


def test_the_first_nan_of_the_windows_is_in_the_inputs_and_a_least_deviation_keeps_it_out():
    pytest.importorskip("torch")
    _, watcher = repairs.train("one_window", False, 2, updates=5)
    assert "the inputs of lstm" in repairs.births(watcher)[0]
    _, watcher = repairs.train("one_window", True, 2, updates=5)
    assert repairs.births(watcher) == []
