"""Networks that a page trains: its numbers are minirnn's, for every cell and task; a run is kept, stopped, shared."""

from itertools import islice, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments import draws, in_page
from experiments.draws import Stream
from experiments.in_page.descent import UNITS, descend, measure, network
from experiments.in_page.tasks import TASKS
from explorables.exploding import trainer
from minirnn.figures.assets import page_assets
from tests.browser.conftest import wait_for_state
from tests.browser.explorable_demo import page

FOLDER = Path(in_page.__file__).parent
FILES = [Path(draws.__file__).with_suffix(".js")] + [
    FOLDER / f"{name}.js" for name in ("tasks", "descent", "tanh_units", "gru_units", "lru_units")
]
CELLS = {"tanh": "tanhUnits", "GRU": "gruUnits", "LRU": "lruUnits"}
N, T, B = 5, 12, 4
CASES = [
    (cell, task, seed, 0.9 if cell == "LRU" else 1.3)
    for (cell, task), seed in zip(product(CELLS, TASKS), [1, 2, 3, 4] * 3, strict=True)
]


@pytest.fixture
def call(open_page: Any, tmp_path: Path) -> Any:
    """call(body, argument): what JavaScript returns that sees all of the scripts."""
    (tmp_path / "empty.html").write_text("<!doctype html><title>Empty</title>", encoding="utf-8")
    tab = open_page((tmp_path / "empty.html").as_uri())
    scripts = "\n".join(file.read_text(encoding="utf-8") for file in FILES)
    return lambda body, argument: tab.evaluate(f"(argument) => {{\n{scripts}\n{body}\n}}", argument)


def test_numbers_are_drawn_as_in_python(call: Any) -> None:
    body = """const draws = stream(argument);
        return [draws.uniform(50), gaussian(draws, 50, 2), integers(draws, 2, 6, 50)].map((a) => [...a]);"""
    for seed in (0, 1, 10, 2**31):
        here = Stream(seed)
        right = [here.uniform(50), 2 * here.normal(50), here.integers(2, 6, 50)]
        assert np.abs(np.array(call(body, seed)) - right).max() < 1e-12


def test_its_gradients_are_those_of_minirnn(call: Any) -> None:
    body = """return argument.map(([cell, task, seed, gain]) => {
        const units = { tanh: tanhUnits, GRU: gruUnits, LRU: lruUnits }[cell](TASKS[task].m, 5), draws = stream(seed);
        const params = network(units, TASKS[task], draws, gain), [X, target] = TASKS[task].draw(draws, 4, 12);
        for (const key of ["b", "c", "c_out"]) params[key]?.forEach((_, i, p) => (p[i] += Math.sin(i + 1)));
        const all = unroll(units, params, X, 4), report = measure(units, params, all, TASKS[task], target);
        const exponent = stretch(units, params, all, zeros(units.size).fill(units.size ** -0.5));
        const gradient = Object.fromEntries(Object.entries(report.gradient).map(([key, g]) => [key, [...g]]));
        return { ...report, exponent, gradient };
    });"""
    for (units, name, seed, gain), seen in zip(CASES, call(body, CASES), strict=True):
        numbers, task = Stream(seed), TASKS[name]
        cell, params = network(UNITS[units], N, task, numbers, gain)
        X, target = task.draw(numbers, B, T)
        for key in {"b", "c", "c_out"} & params.keys():  # biases of 0 would hide a missing term
            params[key] = params[key] + np.sin(1.0 + np.arange(params[key].size))
        v = np.full(cell.n_state, cell.n_state**-0.5)
        report, gradient, _ = measure(cell, params, task, X, target, v)
        assert seen["gradient"].keys() == gradient.keys()
        for key, g in gradient.items():
            assert np.abs(g.ravel() - seen["gradient"][key]).max() < 1e-9 * max(1.0, np.abs(g).max()), (
                units,
                name,
                key,
            )
            assert np.abs(g).max() > 0
        for key, value in report._asdict().items():
            assert np.allclose(seen[key], value, rtol=1e-9, atol=1e-12), (units, name, key)


def test_the_first_20_updates_are_those_of_minirnn(call: Any) -> None:
    body = """return argument.map(([cell, task, seed, gain]) => {
        const units = { tanh: tanhUnits, GRU: gruUnits, LRU: lruUnits }[cell](TASKS[task].m, 5);
        const run = descend(units, TASKS[task], { seed, gain, rate: 0.3, clip: 0.2, T: 12, B: 4 });
        return Array.from({ length: 20 }, () => run.next().value);
    });"""
    for (units, task, seed, gain), seen in zip(CASES, call(body, CASES), strict=True):
        reports = list(islice(descend(units, N, task, seed=seed, gain=gain, rate=0.3, clip=0.2, T=T, B=B), 20))
        assert any(r.norm > 0.2 for r in reports) or task == "adding"
        for key in ("loss", "right", "norm", "exponent"):
            there, here = [s[key] for s in seen], [getattr(r, key) for r in reports]
            assert np.allclose(there, here, rtol=1e-9, atol=1e-12), (units, task, key)


def test_runs_that_take_turns_are_those_that_run_alone(call: Any) -> None:
    """Arrays are used again within a run; its first report, which neither rate nor clip changes, within its figure."""
    pair = (FOLDER.parent / "exploding" / "two_runs.js").read_text(encoding="utf-8")
    body = f"""{pair}
        const settings = {{ task: "order", cell: "GRU", gain: 1.2, clip: 0.5, rate: 0.3, length: 10, seed: 1 }};
        const reports = (change) => {{
            const runs = both({{ ...settings, ...change }});
            return Array.from({{ length: 4 }}, () => runs.next().value);
        }};
        const own = (all) => all.map((r) => [r.own.loss, r.own.norm, ...r.own.lags]);
        const beside = "nothing", changes = [
            ...["nothing", "gain 1", "LRU", "tanh"].map((beside) => ({{ beside }})),
            {{ rate: 0.1, beside }}, {{ beside }}, {{ cell: "LRU", beside }}];
        const other = reports({{ beside: "LRU" }}).map((r) => r.other.loss);
        return [...changes.map((change) => own(reports(change))), other];"""
    alone, *others, slower, again, same, other = call(body, None)
    assert others == [alone] * 3
    assert again == alone
    assert slower[0] == alone[0]
    assert slower[3] != alone[3]
    assert other == [loss for loss, *_ in same]


# ---- the figure: its button, its slider, its address


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("page")
    for name, text in page_assets().items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "index.html").write_text(page(trainer.FIGURE), encoding="utf-8")
    return (folder / "index.html").as_uri()


SMALL = "#trainer?task=latch&cell=tanh&gain=1.00&clip=1.00&rate=0.10&length=10&seed=2&beside=nothing&update="
LARGE = SMALL.replace("tanh", "GRU").replace(
    "length=10", "length=60"
)  # takes seconds, so that it can be stopped midway
COUNT = "document.getElementById('trainer').values().update"


def reached(tab: Any, count: int) -> None:
    tab.wait_for_function(
        f"{COUNT} >= {count} && !document.getElementById('trainer').live.runs.isLate", timeout=60_000
    )


def test_the_button_trains_and_stops_and_goes_on(open_page: Any, url: str) -> None:
    tab = open_page(url + LARGE + "0")
    button = tab.get_by_role("button", name="Train")
    button.press("Enter")
    reached(tab, 5)
    tab.get_by_role("button", name="Stop").press("Enter")
    stopped = tab.evaluate(COUNT)
    tab.wait_for_timeout(300)
    assert tab.evaluate(COUNT) == stopped < 300
    assert f"update={stopped}" in tab.url
    assert f"After {stopped} updates the loss" in tab.locator("#trainer .gtt-picture").first.get_attribute(
        "aria-label"
    )
    button.click()
    reached(tab, stopped + 5)


def test_an_address_trains_as_far_as_it_says(open_page: Any, url: str) -> None:
    tab = open_page(url + SMALL + "23")
    reached(tab, 23)
    assert tab.evaluate("document.getElementById('trainer').live.runs.reports.length") >= 24
    figure = trainer.FIGURE
    settings = dict(task="latch", cell="tanh", gain=1.0, clip=1.0, rate=0.1, length=10, seed=2, beside="nothing")
    wait_for_state(tab, figure, figure.state(**settings, update=23))


def test_another_setting_begins_anew(open_page: Any, url: str) -> None:
    tab = open_page(url + SMALL + "0")
    tab.get_by_role("button", name="Train").click()
    reached(tab, 5)
    tab.locator("#trainer--seed").press("ArrowRight")
    tab.wait_for_timeout(200)
    assert tab.evaluate(COUNT) == 0
    assert tab.get_by_role("button", name="Train").is_visible()
    assert tab.evaluate("document.getElementById('trainer').live.runs.reports.length") == 1


def test_without_a_script_a_stored_run_shows(open_page: Any, url: str) -> None:
    tab = open_page(url, js=False)
    assert "after 300 updates" in tab.locator("#trainer .gtt-small").inner_text()
