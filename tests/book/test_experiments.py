"""Saved results are what the code says: one run of each experiment is made again and compared with its record."""

import importlib
import sys

import pytest

from experiments.__main__ import names
from tests.conftest import ROOT

RESULTS = ROOT / "book" / "experiments" / "results"


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


MODULES = {name.rpartition(".")[2]: importlib.import_module(f"experiments.{name}") for name in names()}


@pytest.mark.parametrize("name", RECORDS)
def test_one_run_made_again_is_the_saved_one(name):
    now, saved = MODULES[name].again()
    assert close(now, saved)


def test_every_experiment_has_its_record():
    assert sorted(MODULES) == RECORDS


def test_the_runner_names_what_there_is(monkeypatch):
    from experiments.__main__ import main

    with pytest.raises(SystemExit, match=r"cost.*there is no nonsense"):
        main(["nonsense"])


def test_the_runner_goes_on_after_a_failure(monkeypatch, capsys):
    from experiments import __main__
    from experiments.bptt import cost
    from experiments.intro import gains

    ran = []

    def broken():
        raise ArithmeticError("broken")

    monkeypatch.setattr(cost, "main", broken)
    monkeypatch.setattr(gains, "main", lambda: ran.append("gains"))
    assert __main__.main(["bptt.cost", "intro.gains"]) == 1
    assert ran == ["gains"]
    assert "ArithmeticError: broken" in capsys.readouterr().err
    assert "experiments.intro.gains" in sys.modules
