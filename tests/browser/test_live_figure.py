"""A live figure on a page: its script, its sliders between their steps, its handles, its address."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from minirnn.figures.assets import page_assets
from minirnn.figures.panels import readable, spoken
from tests.book.figures import figures_of
from tests.browser.conftest import check_every_control, wait_for_state
from tests.browser.explorable_demo import page
from tests.browser.live_demo import demo
from tests.browser.referee import LOOK, compare, differences, expected, random_points


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("page")
    for name, text in page_assets().items():
        (folder / name).write_text(text, encoding="utf-8")
    link = '<p><a href="#demo?slope=0.37&base=1.234">there</a></p>'
    (folder / "index.html").write_text(page(demo, prose=link), encoding="utf-8")
    return (folder / "index.html").as_uri()


def at(tab: Any, **values: Any) -> None:
    wait_for_state(tab, demo, demo.state(**values))


def test_the_script_shows_what_python_draws(open_page: Any, url: str) -> None:
    tab = open_page(url)
    points = [demo.point(state) for state in demo.all_states()] + random_points(demo)
    assert len(demo.all_states()) == 10  # the first, one with a name, and eight corners
    assert compare(tab, demo, points) == (pytest.approx(0, abs=0.01), 0)


def test_the_referee_sees_each_thing_that_is_wrong(open_page: Any, url: str) -> None:
    """Python at one point, the page at another: all that depends on the point differs, and nothing else."""
    tab, start = open_page(url), demo.point(demo.start)
    wrong = [
        ({"slope": 0.51}, {"line", "arrow", "tip", "note"}),
        ({"base": 1.2}, {"powers", "end", "title"}),
        ({"kind": "bare"}, {"note", "bare"}),
    ]
    for change, parts in wrong:
        seen = tab.evaluate(LOOK, ["demo", [start | change]])[0]
        found = differences(seen, expected(demo, start)).keys() - {"words", "distance"}
        assert found == parts, change
        assert differences(seen, expected(demo, start)).keys() >= {"words"} or change == {"slope": 0.51}


def test_the_first_drawing_of_the_script_is_the_frame_of_the_page(open_page: Any, url: str) -> None:
    """The script draws at once, and finds every part where it puts it."""
    boxes = """svg => {
        const element = document.querySelector("#demo .gtt-picture");
        if (svg) element.innerHTML = svg;
        return [...element.querySelectorAll("[id^=demo-live-]")].map((group) => {
            const { x, y, width, height } = group.getBBox();
            return [x, y, width, height];
        });
    }"""
    tab = open_page(url)
    redrawn = np.array(tab.evaluate(boxes))
    assert redrawn.shape == (len(demo.frame(demo.start).live["artists"]), 4)
    assert np.abs(redrawn - tab.evaluate(boxes, demo.frame(demo.start).svg)).max() < 0.05


def test_keys_step_as_in_every_figure_and_from_between_too(open_page: Any, url: str) -> None:
    tab = open_page(url)
    assert check_every_control(tab, demo) >= 8
    slider = tab.locator("#demo--slope")
    tab.evaluate("document.getElementById('demo').moveTo({ slope: 0.7 })")
    slider.press("ArrowRight")
    at(tab, slope=1.5, base=1.0, kind="named")
    tab.evaluate("document.getElementById('demo').moveTo({ slope: 0.7 })")
    slider.press("ArrowLeft")
    at(tab, slope=0.5, base=1.0, kind="named")


def test_addresses_and_links_hold_the_number_itself(open_page: Any, url: str) -> None:
    tab = open_page(url)
    tab.get_by_role("link", name="there").click()
    at(tab, slope=0.37, base=1.234)
    tab.locator("#demo--slope").press("Home")
    tab.wait_for_function("location.hash === '#demo?slope=-1.50&base=1.234&kind=named'")
    at(open_page(tab.url), slope=-1.5, base=1.234)
    at(open_page(url + demo.link(base=4.567)), base=4.567)
    at(open_page(url + "#demo?slope=99&base=-1"), slope=1.5, base=0.2)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_dot_is_dragged_and_its_slider_takes_over(open_page: Any, url: str, width: int) -> None:
    tab = open_page(url, width=width)
    canvas = ".gtt-columns" if width == 390 else ".gtt-scroll > .gtt-canvas"
    handle = tab.locator(f"#demo {canvas} .gtt-handle >> visible=true")
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert (box["width"], box["height"]) == (44, 44)
    x, y = box["x"] + 22, box["y"] + 22
    tab.mouse.move(x + 9, y + 9)  # not its middle: the dot stays where it is held
    tab.mouse.down()
    tab.wait_for_timeout(50)
    at(tab, slope=0.5)
    tab.mouse.move(x + 40, y + 29)
    tab.mouse.up()
    moved = handle.bounding_box()
    assert abs(moved["x"] + 22 - x) < 0.5
    assert abs(moved["y"] + 22 - (y + 20)) < 0.5
    slope = tab.evaluate("document.getElementById('demo').values().slope")
    assert -1.5 < slope < 0.5
    assert slope not in (-0.5, 0.5)
    assert tab.evaluate("document.activeElement.id") == "demo--slope"
    tab.keyboard.press("End")
    at(tab, slope=1.5)


def test_a_phone_shows_the_same_in_its_columns(open_page: Any, url: str) -> None:
    """The referee looks at every copy of a part; no id is there twice."""
    tab = open_page(url, width=390)
    assert tab.locator("#demo .gtt-columns svg >> visible=true").count() == 2
    compare(tab, demo, random_points(demo, 4))
    assert tab.evaluate("Object.values(document.getElementById('demo').live.artists).every((a) => a.length === 2)")
    ids = tab.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))


def test_a_drag_makes_no_nodes(open_page: Any, url: str) -> None:
    """A new node, were it a text, makes a browser ask for the whole page what it styles by an element's children."""
    script = """states => {
        const figure = document.getElementById("demo"), made = [];
        figure.moveTo(states[0]);
        const watch = new MutationObserver((changes) => made.push(...changes));
        watch.observe(document.body, { subtree: true, childList: true });
        states.slice(1).forEach((state) => figure.moveTo(state));
        made.push(...watch.takeRecords());
        return made.map((change) => change.target.outerHTML);
    }"""
    tab = open_page(url)
    states = [{"slope": slope, "base": base} for slope, base in ((0.4, 4.1), (-0.7, 4.9), (1.11, 3.03), (0.2, 4.4))]
    assert tab.evaluate(script, states) == []
    assert tab.locator("#demo output").all_inner_texts()[:2] == ["0.20\u00a0steps", "4.400"]


@pytest.mark.parametrize("width", [1280, 390])
def test_what_nobody_sees_follows_when_the_drag_rests(open_page: Any, url: str, width: int) -> None:
    script = """slope => {
        const figure = document.getElementById("demo"), line = figure.live.artists.line;
        const shown = () => line.map(({ svg, path }) => [Boolean(svg.closest(".gtt-columns")), path.getAttribute("d")]);
        const before = Object.fromEntries(shown());
        figure.moveTo({ slope });
        const moved = shown().filter(([column, d]) => d !== before[column]).map(([column]) => column);
        return new Promise((done) => setTimeout(() => done([moved, new Set(shown().map(([, d]) => d)).size]), 500));
    }"""
    tab = open_page(url, width=width)
    tab.wait_for_function("document.getElementById('demo').isPhone !== undefined")
    assert tab.evaluate(script, -1.1) == [[width == 390], 1]


def test_what_was_dragged_is_printed_at_once(open_page: Any, url: str) -> None:
    tab = open_page(url, width=390)
    tab.wait_for_function("document.getElementById('demo').isPhone")
    script = """slope => {
        document.getElementById("demo").moveTo({ slope });
        dispatchEvent(new Event("beforeprint"));
        return new Set(document.getElementById("demo").live.artists.line.map((a) => a.path.getAttribute("d"))).size;
    }"""
    assert tab.evaluate(script, -1.1) == 1


def test_its_picture_has_few_elements() -> None:
    """No <use>, no group that says nothing, and of transforms those of a title of two lines."""
    svg = demo.frame(demo.start).svg
    assert "<use" not in svg
    assert "<g>" not in svg
    assert svg.count("transform=") == 2


def test_what_changed_is_announced_and_nothing_else(open_page: Any, url: str) -> None:
    tab = open_page(url)
    tab.locator("#demo--base").press("End")
    said = "document.querySelector('#demo .gtt-said').textContent"
    tab.wait_for_function(f"{said} === 'The power is 9.8 times ten to the 6 at step 10;'")


@pytest.mark.parametrize("value", [0.125, 0.375, 2.5, 3.5, -0.5, 99.7, 1.5625, 12345.5, 2.5e-7, 1e-300, 0.0, 1e20])
def test_numbers_are_written_as_python_writes_them(open_page: Any, url: str, value: float) -> None:
    tab = open_page(url)
    call = "([f, ...x]) => gttTools()[f](...x)"
    assert tab.evaluate(call, ["fixed", value, 2]) == f"{value:.2f}"
    assert tab.evaluate(call, ["fixed", value, 0]) == f"{value:.0f}"
    assert tab.evaluate(call, ["spoken", value]) == spoken(value)
    assert tab.evaluate(call, ["readable", value]) == readable(value).replace("$", "").replace("{-", "{−")
    if 1e-4 < abs(value) < 1e4:
        assert tab.evaluate(call, ["general", value, 4]) == f"{value:.4g}"


def test_without_a_script_the_first_state_and_those_with_names_show(open_page: Any, url: str) -> None:
    tab = open_page(url, js=False)
    assert tab.locator("#demo .gtt-picture >> visible=true").count() == 2
    assert "past one" in tab.locator("#demo .gtt-small").inner_text()


def test_a_saved_live_figure_needs_nothing_else(open_page: Any, tmp_path: Path) -> None:
    demo.save_html(tmp_path / "alone.html")
    tab = open_page((tmp_path / "alone.html").as_uri())
    compare(tab, demo, random_points(demo, 3))


def test_a_figure_that_takes_long_leaves_the_page_free_and_shows_the_latest_state(
    open_page: Any, tmp_path: Path
) -> None:
    """The diagram of the chapter on chaos runs in a worker, in a page on the disk too. Of thirty states in a burst it
    draws a few, and the last."""
    slow = figures_of("chaos")["diagram"]
    slow.save_html(tmp_path / "alone.html")
    tab = open_page((tmp_path / "alone.html").as_uri())
    burst = """async (name) => {
        const figure = document.getElementById(name), show = figure.live.show;
        let drawn = 0;
        figure.live.show = function (values) { drawn += 1; show.call(this, values); };
        const start = performance.now();
        for (let k = 0; k < 30; k++) figure.moveTo({ zoom: 1 + k });
        const blocked = performance.now() - start;
        while (figure.querySelector("[aria-busy]")) await new Promise((ready) => setTimeout(ready, 5));
        return [drawn, blocked];
    }"""
    drawn, blocked = tab.evaluate(burst, "diagram")
    assert 1 <= drawn <= 4
    assert blocked < 200
    assert compare(tab, slow, [slow.point(slow.state(zoom=30.0))])[1] == 0


WATCH = """() => {
  const { createObjectURL, revokeObjectURL } = URL, Plain = Worker;
  Object.assign(globalThis, { hired: [], addresses: new Set() });
  URL.createObjectURL = (blob) => { const url = createObjectURL(blob); addresses.add(url); return url; };
  URL.revokeObjectURL = (url) => { addresses.delete(url); revokeObjectURL(url); };
  globalThis.Worker = class extends Plain {
    constructor(url) { super(url); hired.push(this); }
    terminate() { this.ended = true; super.terminate(); }
  };
}"""


@pytest.mark.parametrize(
    ("chapter", "name", "move"), [("chaos", "diagram", {"zoom": 3}), ("intro", "knob", {"update": 5})]
)
def test_a_worker_ends_with_its_figure(
    open_page: Any, tmp_path: Path, chapter: str, name: str, move: dict[str, int]
) -> None:
    """One that is idle and one that works. A figure that comes back goes on; one that is moved keeps its own."""
    slow = figures_of(chapter)[name]
    slow.save_html(tmp_path / "alone.html")
    tab = open_page((tmp_path / "alone.html").as_uri(), script=f"({WATCH})()")
    go = f"figure = document.getElementById('{name}'), figure.moveTo({move})"
    done = "!figure.hired.isBusy && !figure.live.runs?.isLate"
    ended = "hired.map((worker) => Boolean(worker.ended))"
    tab.evaluate(go)
    tab.wait_for_function(done)
    tab.evaluate("document.body.append(figure)")
    tab.wait_for_timeout(20)
    assert (tab.evaluate(ended), tab.evaluate("addresses.size")) == ([False], 0)
    tab.evaluate("figure.remove()")
    tab.wait_for_function(f"{ended}[0]")
    tab.evaluate("document.body.append(figure)")
    later = {"zoom": 4} if name == "diagram" else {"gain": 1.5, "update": 5}  # more than the first worker has made
    tab.evaluate(f"figure.moveTo({later})")
    tab.wait_for_function(done)
    compare(tab, slow, [slow.point(slow.state(**later))])
    assert tab.evaluate(ended) == [True, False]
    tab.evaluate(f"figure.moveTo({move}), figure.remove()")
    tab.wait_for_function(f"{ended}[1]")


def test_a_worker_that_fails_is_reported_and_the_next_state_hires_another(open_page: Any, tmp_path: Path) -> None:
    demo.save_html(
        tmp_path / "alone.html"
    )  # of a script in another file a browser tells no more than that it failed
    tab = open_page((tmp_path / "alone.html").as_uri())
    answer = tab.evaluate("""async () => {
        const failed = [], figure = document.getElementById("demo");
        addEventListener("error", (event) => { failed.push(event.message); event.preventDefault(); });
        const hired = await new Promise((ready) => {
            const text = "onmessage = ({ data }) => postMessage(1 / data.of)";
            const hired = new gttHired(figure, text, () => ready(hired));
            hired.ask(null);
            setTimeout(() => hired.ask({ of: 2 }), 500);
        });
        return [failed.length, failed[0], hired.isBusy];
    }""")
    assert answer[0] == 1
    assert "demo: its worker failed: " in answer[1]
    assert answer[2] is False


def test_a_mouse_that_points_at_a_term_shows_it(open_page: Any, tmp_path: Path) -> None:
    """Only over the map, whose corner at the right below has no terms."""
    terms = figures_of("bptt")["terms"]
    terms.save_html(tmp_path / "alone.html")
    tab = open_page((tmp_path / "alone.html").as_uri())
    values = "document.getElementById('terms').values()"
    tab.wait_for_function("!document.querySelector('#terms [aria-busy]')")
    box = tab.locator("#terms .gtt-pad >> visible=true").bounding_box()
    for k, t in ((3, 20), (28, 2)):
        tab.mouse.move(box["x"] + box["width"] * (k - 0.5) / 30, box["y"] + box["height"] * (30.5 - t) / 30)
        assert (tab.evaluate(values)["k"], tab.evaluate(values)["t"]) == (k, t)
        compare(tab, terms, [tab.evaluate(values)])
    tab.mouse.move(box["x"] - 60, box["y"] + 40)
    assert (tab.evaluate(values)["k"], tab.evaluate(values)["t"]) == (28, 2)
