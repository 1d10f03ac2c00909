"""The explorable figure without a browser: arguments, frames, markup, the cache, and the switch of two lives."""

import dataclasses
import gc
import gzip
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import nbconvert
import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.mathtext import MathTextParser

from minirnn.figures import frames
from minirnn.figures.assets import page_assets
from minirnn.figures.explorables import Control, Explorable, Pad, Prediction, explorable
from minirnn.figures.frames import draw_frames
from minirnn.figures.panels import figure
from minirnn.figures.pictures import show
from minirnn.figures.svg import compact, drawn, pack, steps
from minirnn.figures.theme import STYLE, styled
from tests.browser import live_demo
from tests.browser.live_demo import demo


@styled
def draw(gain: float, T: int = 3) -> Figure:
    fig, (left, right) = figure(7, 2, 1, 2)
    left.plot(gain ** np.arange(T))
    right.plot(np.tanh(np.arange(T)), clip_on=True)
    right.set_title("a $x^2$ & <b>")
    return fig


def say(gain: float, T: int = 3) -> str:
    return f"gain {gain:.1f} for {T} steps"


def make(**kwargs: Any) -> Explorable:
    return explorable(**{"draw": draw, "words": say, "name": "demo", "gain": [0.5, 1.0, 1.5], "T": [3, 9]} | kwargs)


# ---- arguments


@pytest.mark.parametrize(
    ("kwargs", "error", "words"),
    [
        ({"name": "Demo 1"}, ValueError, "name: .*'Demo 1'"),
        ({"start": {"gain": 0.7}}, ValueError, "gain.*0.5, 1.0, 1.5.*0.7"),
        ({"start": {"rate": 1}}, ValueError, "controls.*rate"),
        ({"states": {"past": {"gain": 2}}}, ValueError, "0.5, 1.0, 1.5.*2"),
        ({"gain": []}, ValueError, "gain: .*at least one"),
        ({"gain": [1.0, 1.0]}, ValueError, "gain: .*told apart"),
        ({"gain": Control([1.01, 1.02])} | {"gain": [1, "a"]}, TypeError, "gain: .*numbers only or strings only"),
        ({"rate": [1, 2]}, TypeError, "draw: .*rate"),
        ({"words": lambda gain: ""}, TypeError, "words: .*T"),
        ({"words": None}, TypeError, "words: .*None"),
        ({"pad": Pad("gain", "T2")}, ValueError, "pad: .*T2"),
        ({"pad": Pad(rows="gain")}, ValueError, "pad: expected rows to be a control with words, got 'gain'"),
        ({"pad": Pad(rows="cell")}, ValueError, "pad: expected rows .*'cell'"),
        ({"pad": "gain"}, TypeError, r"pad: expected Pad\(.*'gain'"),
        ({"start": 1}, TypeError, "start: expected .*1"),
        ({"start": [0.5]}, TypeError, "start: expected .*0.5"),
        ({"states": ["past"]}, TypeError, "states: expected .*past"),
        ({"states": {"past": 1.5}}, TypeError, r"states\['past'\]: expected .*1.5"),
        ({"predict": "yes"}, TypeError, "predict: expected a Prediction, got 'yes'"),
        ({"name": 3}, TypeError, "name: expected a text.*3"),
        ({"caption": None}, TypeError, "caption: expected a text, got None"),
        ({"gain": "abc"}, TypeError, r"gain: expected a sequence of values.*'abc'"),
        ({"gain": 5}, TypeError, r"gain: expected a sequence of values.*5"),
        ({"gain": {0.5, 1.0}}, TypeError, r"gain: expected a sequence of values.*\{"),
        ({"gain": [0.5, np.nan]}, ValueError, "gain: expected finite numbers.*nan"),
        ({"gain": [0.5, -np.inf]}, ValueError, "gain: expected finite numbers.*inf"),
        ({"T": Control([0, 9], work="Train")}, ValueError, "work: expected .* live, got .*T"),
        ({"stored": [1]}, TypeError, r"stored: expected numbers by name.*\[1\]"),
    ],
)
def test_a_wrong_argument_is_named(kwargs: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        make(**kwargs)


@pytest.mark.parametrize(
    ("kwargs", "error", "words"),
    [
        ({"draw": lambda gain, T: None}, TypeError, "draw: .*Figure.*NoneType"),
        ({"draw": lambda gain, T: 1 / 0}, ZeroDivisionError, "division"),
        ({"compute": lambda gain, T: {}["x"], "draw": id, "words": id}, KeyError, "x"),
        ({"words": lambda gain, T: " "}, ValueError, "words: .*empty"),
        ({"words": lambda gain, T: 3}, TypeError, "words: .*int"),
        ({"pad": Pad("gain", "T", axes=2)}, ValueError, "pad: .*0 to 1.*2"),
    ],
)
def test_a_wrong_drawing_is_named(kwargs: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words) as caught:
        make(**kwargs).frame((0, 1))
    assert caught.value.__notes__ == ["This is the figure 'demo' at gain=0.5, T=9."]


def fails_past_one(gain: float, T: int) -> Figure:
    if gain > 1:
        raise ArithmeticError("too much")
    return draw(gain, T)


@pytest.mark.parametrize("part", ["words", "compute"])
def test_an_error_of_what_is_only_described_names_the_figure_and_its_state(part: str) -> None:
    e = make(**{"compute": lambda gain, T: gain, "draw": id, "words": str} | {part: lambda *facts, **point: 1 / 0})
    with pytest.raises(ZeroDivisionError) as caught:
        e.describe((1, 0))
    assert caught.value.__notes__ == ["This is the figure 'demo' at gain=1.0, T=3."]


@pytest.mark.slow
def test_an_error_in_another_process_names_the_figure_and_its_state(cache: Path) -> None:
    with pytest.raises(ArithmeticError) as caught:
        make(draw=fails_past_one, gain=[0.5, 1.5], T=range(3, 19)).frames()
    assert re.fullmatch(r"This is the figure 'demo' at gain=1.5, T=\d+\.", caught.value.__notes__[0])


def test_values_that_a_format_cannot_tell_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="told apart"):
        Control([1.01, 1.02], format=".1f")
    with pytest.raises(ValueError, match="answer: "):
        Prediction("?", {"yes": "", "no": ""}, "maybe")


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: Pad("gain", rows="cell"), ValueError, "pad: expected rows='cell' alone, or x and y, got both"),
        (lambda: Pad(), ValueError, "pad: expected two controls"),
        (lambda: Pad("gain", "gain"), ValueError, "pad: expected two controls, got 'gain' twice"),
        (lambda: Pad("gain", "T", axes="1"), TypeError, "pad: expected the number of its axes.*'1'"),
        (lambda: Control(["tanh", "relu"], play=True), ValueError, "play.*for numbers.*tanh"),
        (lambda: Control(["tanh", "relu"], format=".1f"), ValueError, "format.*for numbers.*tanh"),
        (lambda: Control([1, 2], label=3), TypeError, "label: expected a text, got 3"),
        (lambda: Control([1, 2], play="yes"), TypeError, "play: expected True or False, got 'yes'"),
        (lambda: Control([1, 2], work="Train"), ValueError, r"work is for counts that begin with 0, got \[1, 2\]"),
        (lambda: Control([0.0, 2.0], work="Train"), ValueError, "work is for counts"),
        (lambda: Control([0, 2], work=True), TypeError, "work: expected a text, got True"),
        (lambda: Prediction("?", ["yes", "no"], "yes"), TypeError, "choices: expected a dict.*yes"),
    ],
)
def test_what_would_be_passed_over_is_refused(make: Callable[[], Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        make()


def test_values_are_written_with_the_decimals_they_need() -> None:
    assert Control(np.linspace(0.5, 2, 4)).keys == ["0.5", "1.0", "1.5", "2.0"]
    assert Control(np.array([10, 30])).values == (10, 30)
    assert Control(np.logspace(-6, 0, 3)).keys == ["1e-06", "0.001", "1"]
    assert Control([-1, 1], unit="steps").texts == ["−1\u00a0step", "1\u00a0step"]
    assert Control([0, 1], unit="s").texts == ["0\u00a0s", "1\u00a0s"]


@given(st.lists(st.floats(-1e6, 1e6).map(lambda v: round(v, 3) + 0.0), min_size=1, max_size=30, unique=True))
def test_a_value_is_found_by_its_own_writing(values: list[float]) -> None:
    control = Control(values, format=".3f")
    assert [control.index(float(key)) for key in control.keys] == list(range(len(values)))


def test_states_and_points_are_in_the_same_order() -> None:
    e = make(start={"T": 9})
    assert e.start == (0, 1)
    assert [e.point(s) for s in e.all_states()] == e.points()
    assert e.points()[1] == {"gain": 0.5, "T": 9}
    assert e.link(gain=1.5) == "#demo?gain=1.5"


def test_of_many_corners_those_of_each_control_alone_are_states() -> None:
    """Of a run's length the first; the start is one of them, once."""
    assert len(demo.all_states()) == 2 + 8
    many = {f"more{k}": Control([0, 1, 2]) for k in range(7)} | {"count": Control([0, 10], work="Train")}
    e = explorable(lambda facts: None, words=str, compute=dict, name="demo", live=[live_demo.__file__], **many)
    assert e.all_states()[1:] == [tuple(2 * (i == k) for i in range(8)) for k in range(7)]


# ---- frames


def read_path(path: str) -> list[tuple[float, float]]:
    """The end points of relative path data."""
    points, x, y = [], 0.0, 0.0
    for command, rest in re.findall("([Mmlcq])([^Mmlcqz]*)", path):
        numbers = [float(n) for n in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", rest)]
        x, y = (numbers[-2], numbers[-1]) if command == "M" else (x + numbers[-2], y + numbers[-1])
        points.append((x, y))
    return points


@given(st.lists(st.tuples(st.floats(-999, 999), st.floats(-999, 999), st.booleans()), min_size=1, max_size=40))
def test_steps_do_not_drift(points: list[tuple[float, float, bool]]) -> None:
    path = "\n".join(f"{'L' if k and drawn else 'M'} {x:.6f} {y:.6f} " for k, (x, y, drawn) in enumerate(points))
    assert steps(path).count("M") == 1, "what begins anew is a step, too"
    assert np.allclose(read_path(steps(path)), [place[:2] for place in points], atol=0.0051)


def test_a_step_after_a_closed_line_begins_where_that_line_began() -> None:
    assert steps("M 10 20 L 15 20 L 15 25 z M 11 21 L 12 21 z") == "M10 20l5 0l0 5zm1 1l1 0z"


@given(st.lists(st.lists(st.sampled_from(["<a>", "<b/>text ", "</a>", "<c x='1'/>"]), min_size=1), min_size=1))
def test_packed_frames_come_back(tags: list[list[str]]) -> None:
    svgs = ["".join(t) for t in tags]
    table, numbers = pack(svgs)
    assert ["".join(table[n] for n in frame) for frame in numbers] == svgs
    assert len(set(table)) == len(table)


def test_markup_is_fit_for_a_page() -> None:
    svg = make().frame((1, 1)).svg
    assert svg.startswith('<svg aria-hidden="true" viewBox="0 0 504 144">')
    assert not re.search(r"<\?xml|<metadata|<style|<!--|xmlns|#1d2530(?!\))", svg)
    assert all(i.startswith("demo-") for i in re.findall(r' id="([^"]*)"', svg))
    assert {*re.findall(r'(?:href="|url\()#([^")]+)', svg)} <= {*re.findall(r' id="([^"]*)"', svg)}
    assert "&amp;" in svg
    assert ">\u00a0<" in svg, "a space of a formula is text"
    assert svg == make().frame((1, 1)).svg


@styled
def with_formulas(places: list[int]) -> Figure:
    fig, ax = figure(3, 2)
    ax.plot(places, places)
    ax.set_xticks(places, labels=[f"$10^{{{k}}}$" for k in places])
    ax.imshow([[0, 1]], extent=(0, 1, 0, 1))
    ax.pcolormesh([[0.0, 1.0]], rasterized=True)  # pixels between what is drawn as lines
    return fig


@pytest.mark.parametrize("text", ["none", "path"])
def test_a_drawing_is_what_matplotlib_writes(text: str) -> None:
    fig = with_formulas([2, 3, 5])
    fig.set_facecolor("white")
    dpi, written = fig.dpi, io.StringIO()
    with mpl.rc_context(STYLE | {"svg.fonttype": text, "svg.hashsalt": "demo"}):
        fig.savefig(written, format="svg")
        assert compact(drawn(fig), "demo") == compact(written.getvalue(), "demo")
    assert fig.dpi == dpi


def test_a_formula_is_read_once() -> None:
    reads = MathTextParser._parse_cached.cache_info
    drawn(with_formulas([7, 8, 9]))
    before = reads().misses
    drawn(with_formulas([7, 8, 9]))
    assert reads().misses == before


@pytest.mark.parametrize("wanted", [True, False])
def test_no_search_for_garbage_holds_up_a_drawing_and_it_goes_on_afterwards(wanted: bool) -> None:
    searches: list[Any] = []
    e, was = make(draw=fails_past_one), gc.isenabled()
    gc.callbacks.append(lambda phase, info: searches.append(info) if drawing else None)
    drawing = False
    try:
        (gc.enable if wanted else gc.disable)()
        with frames.no_collection():
            drawing = True
            draw(1.0)
            drawing = False
        with pytest.raises(ArithmeticError):
            e.frame((2, 0))
        assert gc.isenabled() == wanted
    finally:
        gc.callbacks.pop()
        (gc.enable if was else gc.disable)()
    assert not searches


def test_scale_is_not_rounded() -> None:
    svg = '<svg width="1pt" height="1pt"><g transform="scale(0.015625 0.015625)"/><use x="1.23456" y="0"/></svg>'
    assert (
        compact(svg, "n")
        == '<svg aria-hidden="true"><g transform="scale(0.015625 0.015625)"/><use x="1.23" y="0"/></svg>'
    )


def test_a_figure_with_two_panels_can_be_cut_between_them() -> None:
    e = make()
    assert len(e.frame(e.start).cuts) == 1
    assert 230 < e.frame(e.start).cuts[0] < 300
    assert e.frame((1, 1)).cuts == ()


# ---- the cache


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MINIRNN_CACHE", str(tmp_path / "frames"))
    return tmp_path / "frames"


@pytest.mark.slow
def test_frames_are_drawn_once(cache: Path) -> None:
    e = make()
    first = e.frames()
    assert len(list(cache.rglob("*.json"))) == len(first) == 6
    file = next(cache.rglob("*.json"))
    file.write_text(file.read_text().replace("gain", "cached"))
    assert sum("cached" in f.alt for f in e.frames()) == 1
    assert first == [e.frame(s) for s in e.all_states()]


@pytest.mark.slow
def test_many_frames_are_drawn_on_every_core(cache: Path) -> None:
    e = make(gain=np.linspace(0.5, 1.5, 16))  # more than thirty
    drawn = dict(zip(e.all_states(), e.frames(), strict=True))
    assert len(drawn) == 32
    assert all(drawn[s] == e.frame(s) for s in (e.start, (2, 1), (4, 0)))


@pytest.mark.slow
def test_a_change_of_code_data_or_versions_draws_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    texts = {
        "demo_figures/main.py": "from demo_runs.first import load\ndef draw():\n    load('data')\n",
        "demo_figures/__init__.py": "",
        "demo_runs/first.py": "from pathlib import Path\nfrom .second import load\n",
        "demo_runs/second.py": "from pathlib import Path\ndef load(name): pass\n"
        "def files_named(text):\n"
        "    return [Path(__file__).with_name('data.json')] if \"load('data')\" in text else []\n",
        "demo_runs/data.json": "1",
        "demo_runs/__init__.py": "",
        "demo_runs/nobody.py": "",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    from demo_figures import main  # type: ignore[import-not-found]

    job = frames.Job(main.draw, main.draw, "demo")
    keys = [frames.fingerprint(job), frames.fingerprint(dataclasses.replace(job, text="path"))]
    for name in ("demo_figures/main.py", "demo_runs/first.py", "demo_runs/second.py", "demo_runs/data.json"):
        (tmp_path / name).write_text(texts[name] + "2\n")
        keys.append(frames.fingerprint(job))
    monkeypatch.setattr(np, "__version__", "of tomorrow")
    keys.append(frames.fingerprint(job))
    assert len({*keys, None}) == 8
    (tmp_path / "demo_runs/nobody.py").write_text("1")
    (tmp_path / "demo_figures/main.py").write_text('"""Said."""\n' + texts["demo_figures/main.py"] + "2  # why\n")
    assert frames.fingerprint(job) == keys[-1]


def test_a_function_of_a_notebook_is_never_cached(cache: Path) -> None:
    space: dict[str, Any] = {"__name__": "__main__"}
    exec("def say(gain, T): return 'x'", space)
    e = make(words=space["say"])
    assert frames.fingerprint(e.job()) is None or not cache.exists()
    assert len(draw_frames(e.job(), e.points()[:2])) == 2


@pytest.mark.slow
def test_progress_goes_where_it_is_asked_to(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MINIRNN_PROGRESS", str(tmp_path / "progress"))
    make().frames()
    assert "demo" in (tmp_path / "progress").read_text()
    assert capsys.readouterr() == ("", "")


# ---- the page


@pytest.mark.slow
def test_the_page_holds_every_frame(cache: Path) -> None:
    e = make(states={"past one": {"gain": 1.5}})
    html, drawn = e.html(), e.frames()
    data = json.loads(re.findall(r'<script type="application/json">(.*)</script>', html)[0])
    svgs = ["".join(data["tags"][n] for n in frame) for frame in data["frames"]]
    assert svgs == [f.svg for f in drawn]
    assert data["alts"] == [f.alt for f in drawn]
    ids = re.findall(r'\sid="([^"]*)"', html.split("<script")[0])
    assert len(ids) == len(set(ids))
    assert e.gzip_bytes == len(gzip.compress(html.encode(), 9, mtime=0))


@pytest.mark.slow
def test_text_cannot_break_out(cache: Path) -> None:
    evil = '</script><img src=x onerror="alert(1)"><!--'
    html = explorable(
        draw, words=lambda gain: evil, name="demo", caption=evil, gain=Control([1, 2], label=evil)
    ).html()
    assert "<img" not in html.split("<script")[0]
    assert html.count("<!--") == 0
    assert html.count("</script>") == 1


def outputs(monkeypatch: pytest.MonkeyPatch, shown: Any) -> list[dict[str, Any]]:
    """What a cell that shows this stores in its notebook."""
    stored: list[dict[str, Any]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, **kwargs: stored.append(data))
    shown._ipython_display_()
    return stored


@pytest.mark.slow
def test_a_build_gets_html_only_and_a_kernel_a_widget(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINIRNN_STATIC", "1")
    e = make(gain=[1.0])
    assert outputs(monkeypatch, e) == [{"text/html": e.html()}]
    monkeypatch.delenv("MINIRNN_STATIC")
    widget, first = outputs(monkeypatch, e)
    assert widget.keys() == {"application/vnd.jupyter.widget-view+json", "text/plain"}
    assert first["text/plain"] == "gain 1.0 for 3 steps"
    assert not re.search(r'(?:id="|#)demo-(?!first-)', first["text/html"]), "ids that the widget has too"
    assert "[data-first=demo]{display:none}" in e.widget.html, "where the widget lives, the first frame is hidden"


@pytest.mark.parametrize("kind", ["html", "markdown", "latex"])
@pytest.mark.slow
def test_an_export_shows_the_first_frame_and_no_repr(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    made = [nbformat.v4.new_output("display_data", data) for data in outputs(monkeypatch, make())]
    still = show(draw(gain=1.0), "a still picture")
    assert show(draw(gain=1.0), "of 2.5e+07").alt == "of 2.5 times ten to the 7"
    shown = {"text/html": still._repr_html_(), "text/plain": repr(still)}
    made.append(nbformat.v4.new_output("execute_result", shown))
    cell = nbformat.v4.new_code_cell("figure", outputs=made)
    text, _ = nbconvert.get_exporter(kind)().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    assert "object at 0x" not in text
    assert text.count("gain 0.5 for 3 steps") == 1
    assert text.count("a still picture") == 1
    assert text.lower().count('viewbox="0 0 504 144') == (0 if kind == "latex" else 2)


@pytest.mark.slow
def test_a_build_needs_no_widgets() -> None:
    code = (
        "import sys, minirnn.figures.explorables\n"
        "print({'anywidget', 'ipywidgets', 'matplotlib.pyplot'} & {*sys.modules})"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"


@pytest.mark.slow
def test_the_widget_draws_what_is_asked_and_shows_errors() -> None:
    widget = make(draw=fails_past_one).widget
    widget.state = [1, 1]
    drawn = make().frame((1, 1), "path")
    assert widget.answer == {
        "state": [1, 1],
        "svg": drawn.svg,
        "alt": "gain 1.0 for 9 steps",
        "panels": drawn.panels,
    }
    widget.state = [2, 1]
    assert "ArithmeticError: too much\nThis is the figure 'demo' at gain=1.5, T=9." in widget.answer["error"]


def test_assets_name_no_other_host() -> None:
    assert set(page_assets()) == {"explorable.js", "explorable.css"}
    assert not re.search(r"https?://|@import|url\(", "".join(page_assets().values()))
    colours = re.findall(
        r"#[0-9a-f]{3,8}\b|\brgba?\(", page_assets()["explorable.css"].split("gtt-explorable", 1)[1]
    )
    assert set(colours) <= {"#000"}, "a mask's black; every colour is a variable of the palette"


def test_facts_are_computed_once_for_the_picture_and_its_words():
    asked = []

    def compute(gain, T):
        asked.append((gain, T))
        return {"gain": gain, "T": T}

    e = make(compute=compute, draw=lambda facts: draw(**facts), words=lambda facts: say(**facts))
    assert e.frame(e.start) == make().frame(e.start)
    assert asked == [(0.5, 3)]
    assert (
        make(compute=dict, draw=lambda facts: draw(**facts), words=str).describe((2, 1)) == "{'gain': 1.5, 'T': 9}"
    )
    assert e.describe((2, 1)) == make().describe((2, 1))
    with pytest.raises(TypeError, match=r"draw: .*one argument, the facts of compute"):
        make(compute=compute, draw=lambda gain, T: None)
    with pytest.raises(TypeError, match=r"compute: .*\['gain', 'T'\]"):
        make(compute=lambda gain: gain, draw=lambda facts: None, words=lambda facts: "")
