"""Saved results are what the code says: one run of each experiment is made again and compared with its record."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from experiments import claims, experiment, record
from experiments.__main__ import every, main
from experiments.experiment import YES, Claim, Experiment, verdict
from tests.conftest import ROOT

BOOK = ROOT / "book"
EXPERIMENTS = every()
SLOW = ("vanishing.marked_numbers",)  # nine seconds for the quickest of its runs
each = pytest.mark.parametrize("name", EXPERIMENTS)


def close(now, saved):
    """Equal to the digits that are saved, nested as they are."""
    if isinstance(saved, dict):
        return now.keys() == saved.keys() and all(close(now[key], saved[key]) for key in saved)
    if isinstance(saved, str):
        return now == saved
    if isinstance(saved, list):
        return len(now) == len(saved) and all(map(close, now, saved))
    return now == pytest.approx(saved, rel=1e-3, abs=1e-9)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in EXPERIMENTS]
)
def test_one_run_made_again_is_the_saved_one(name):
    if name == "diagnosis.repairs":
        pytest.importorskip("torch")
    now, saved = EXPERIMENTS[name].rerun()
    assert close(now, saved)


def test_every_experiment_has_its_record():
    # bench.json, cores.json and watch.json are made by `make bench`, which compares the results of all libraries before
    # it times them, as was bench_elsewhere.json; before_tuning.json is what an earlier version of diagnosis said, which
    # is no more
    records = {path.stem for path in record.RESULTS.glob("*.json")} - {
        "bench", "bench_elsewhere", "cores", "watch", "before_tuning"
    }  # fmt: skip
    assert {name.rpartition(".")[2] for name in EXPERIMENTS} == records


@each
def test_the_record_is_of_this_experiment(name):
    made, saved = EXPERIMENTS[name], record.load(name.rpartition(".")[2])
    assert made.name == name.rpartition(".")[2]
    assert saved["command"] == f"python -m experiments {name}  (in book/)"
    settings = json.loads(json.dumps(made.settings)) | {"cores": saved["settings"].get("cores")}
    assert settings == {"cores": None} | saved["settings"]


@each
def test_the_record_has_a_row_for_each_point_of_the_grid(name):
    made = EXPERIMENTS[name]
    assert len(made.rows(record.load(made.name)["results"])) == len(made.points())


def test_claims_name_pages_papers_and_fields_that_exist():
    papers = (BOOK / "references.bib").read_text()
    for made in EXPERIMENTS.values():
        for claim in made.claims:
            assert (BOOK / f"{claim.page}.md").exists()
            assert f"{{{claim.paper}," in papers
            assert all(isinstance(text, str) and text for text in (claim.text, claim.theirs, claim.deviation))


def test_the_scoreboard_has_every_experiment_with_claims_once():
    assert sorted(made.name for made in claims.EXPERIMENTS) == sorted(
        m.name for m in EXPERIMENTS.values() if m.claims
    )


ROUNDING = Experiment(  # its run is a function of a module that imports little: each run has a process of its own
    name="rounding",
    run=record.rounded,
    grid={"values": [1.234, 2.345]},
    settings={"digits": 2},
    arguments=lambda values: {"values": values, "digits": 2},
    results=lambda runs: {"value": runs},
    rows=lambda results: results["value"],
    again=lambda saved: (record.rounded(2.345, 2), saved(values=2.345)),
    claims=[
        Claim(
            paper="a",
            page="b",
            text="c",
            theirs="d",
            deviation="e",
            judge=lambda r: verdict("2", len(r["value"]) == 2),
        )
    ],
)


@pytest.fixture
def folders(tmp_path, monkeypatch):
    monkeypatch.setattr(record, "RESULTS", tmp_path)
    monkeypatch.setattr(record, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(experiment, "CACHE", tmp_path / "cache")
    return tmp_path


def test_an_experiment_makes_its_record_and_judges_it(folders):
    ROUNDING.make("make rounding")
    saved = record.load("rounding")
    assert (saved["command"], saved["settings"]) == ("make rounding", {"digits": 2})
    assert saved["results"] == {"value": [1.2, 2.3]}
    assert ROUNDING.rerun() == (2.3, 2.3)
    assert ROUNDING.claims[0].judge(saved["results"]) == ("2", YES)


def test_points_that_come_to_the_same_arguments_are_one_run(folders):
    grid = {"choice": ["a", "b"], "values": [2.345]}
    replace(ROUNDING, grid=grid, arguments=lambda choice, values: {"values": values}).make("make rounding")
    assert record.load("rounding")["results"] == {"value": [2.345, 2.345]}
    assert len(list((folders / "cache").glob("*.pickle"))) == 1


def test_without_a_grid_there_is_one_run(folders):
    once = replace(
        ROUNDING, grid={}, arguments=lambda: {"values": 4.0}, results=experiment.only, rows=experiment.one
    )
    once.make("make rounding")
    assert once.saved() == record.load("rounding")["results"] == 4.0


def test_the_runner_names_what_there_is():
    with pytest.raises(SystemExit, match=r"cost.*there is no nonsense"):
        main(["nonsense"])


def test_the_runner_goes_on_after_a_failure(monkeypatch, capsys):
    from experiments.bptt import cost
    from experiments.intro import gains

    commands = []

    def broken(command):
        raise ArithmeticError("broken")

    monkeypatch.setattr(cost, "EXPERIMENT", SimpleNamespace(make=broken))
    monkeypatch.setattr(gains, "EXPERIMENT", SimpleNamespace(make=commands.append))
    assert main(["bptt.cost", "intro.gains"]) == 1
    assert commands == ["python -m experiments intro.gains  (in book/)"]
    assert "ArithmeticError: broken" in capsys.readouterr().err
