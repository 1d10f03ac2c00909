"""Saved results are what the code says: one run of each experiment is made again and compared with its record."""

import importlib
import sys

import pytest

from tests.conftest import ROOT

RESULTS = ROOT / "book" / "experiments" / "results"


@pytest.fixture(autouse=True)
def book_on_path(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book"))


def close(now, saved):
    """Equal to the digits that are saved, nested as they are."""
    if isinstance(saved, dict):
        return now.keys() == saved.keys() and all(close(now[key], saved[key]) for key in saved)
    if isinstance(saved, str):
        return now == saved
    if isinstance(saved, list):
        return len(now) == len(saved) and all(map(close, now, saved))
    return now == pytest.approx(saved, rel=1e-3, abs=1e-9)


# bench.json is made by `make bench`, which compares the results of all libraries before it times them
RECORDS = sorted(path.stem for path in RESULTS.glob("*.json") if path.stem != "bench")


@pytest.mark.parametrize("name", RECORDS)
def test_one_run_made_again_is_the_saved_one(name):
    now, saved = importlib.import_module(f"experiments.{name}").again()
    assert close(now, saved)


def test_every_experiment_has_its_record():
    from experiments.__main__ import names

    assert names() == RECORDS


def test_the_runner_names_what_there_is(monkeypatch):
    from experiments.__main__ import main

    with pytest.raises(SystemExit, match=r"cost.*there is no nonsense"):
        main(["nonsense"])


def test_the_runner_goes_on_after_a_failure(monkeypatch, capsys):
    from experiments import __main__, cost, one_knob

    ran = []

    def broken():
        raise ArithmeticError("broken")

    monkeypatch.setattr(cost, "main", broken)
    monkeypatch.setattr(one_knob, "main", lambda: ran.append("one_knob"))
    assert __main__.main(["cost", "one_knob"]) == 1
    assert ran == ["one_knob"]
    assert "ArithmeticError: broken" in capsys.readouterr().err
    assert "experiments.one_knob" in sys.modules
