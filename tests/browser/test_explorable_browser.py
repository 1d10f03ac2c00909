"""The explorable figure on a page without Python, in a real browser."""

import io
import statistics
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from minirnn.figures.assets import page_assets
from minirnn.figures.explorables import Control, Pad, explorable
from minirnn.figures.marks import BLUES, heat_map
from minirnn.figures.panels import figure, single
from minirnn.figures.theme import PALETTE, styled
from tests.browser.conftest import check_every_control, wait_for_state
from tests.browser.explorable_demo import FIGURES, choose, guess, page, place, unrolled

LINKS = '<p><a href="#unrolled?gain=1.2&T=40">past one</a></p><div style="height: 3000px"></div>'


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page from file:// with three figures far below a link."""
    folder = tmp_path_factory.mktemp("page")
    for name, text in page_assets().items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "index.html").write_text(page(*FIGURES.values(), prose=LINKS), encoding="utf-8")
    return (folder / "index.html").as_uri()


def fragment(tab: Any, text: str) -> None:
    tab.wait_for_function("text => decodeURIComponent(location.hash) === text", arg=text)


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("width", [1280, 390])
def test_each_control_shows_what_python_draws(open_page: Any, url: str, name: str, width: int) -> None:
    tab = open_page(url, width=width)
    assert check_every_control(tab, FIGURES[name]) >= 4


def test_the_text_alternative_is_shown_and_announced(open_page: Any, url: str) -> None:
    tab = open_page(url)
    tab.locator("#unrolled--gain").press("End")
    text = unrolled.describe(unrolled.state(gain=1.2))
    tab.locator("#unrolled .gtt-describe summary").press("Enter")
    assert tab.locator("#unrolled .gtt-describe p").inner_text() == text
    tab.wait_for_function("t => document.querySelector('#unrolled .gtt-said').textContent === t", arg=text)


def test_the_address_holds_the_figures_that_were_moved(open_page: Any, url: str) -> None:
    tab = open_page(url)
    assert tab.evaluate("location.hash") == ""
    tab.locator("#unrolled--gain").press("End")
    fragment(tab, "#unrolled?gain=1.2&T=10&kind=linear")
    tab.locator("#place--re").press("Home")
    fragment(tab, "#unrolled?gain=1.2&T=10&kind=linear;place?re=-1.0&im=-1&color_of=vanishing")
    again = open_page(tab.url)
    wait_for_state(again, unrolled, unrolled.state(gain=1.2))
    wait_for_state(again, place, place.state(re=-1.0))
    assert again.evaluate("document.activeElement.localName") == "body"
    assert again.evaluate("scrollY") > 1000


def test_a_broken_address_changes_nothing(open_page: Any, url: str) -> None:
    for hash_ in ("#unrolled?gain=&T=x&what=1", "#nobody?x=1;;?", "#%E0%A4%A?x=1", "#unrolled?"):
        wait_for_state(open_page(url + hash_), unrolled, unrolled.start)


def test_a_link_moves_the_figure_and_shows_it_again_after_other_moves(open_page: Any, url: str) -> None:
    tab = open_page(url, reduced_motion="reduce")
    for key in ("Home", "ArrowRight"):
        tab.evaluate("scrollTo(0, 0)")
        tab.get_by_role("link", name="past one").click()
        wait_for_state(tab, unrolled, unrolled.state(gain=1.2, T=40))
        assert tab.evaluate("document.activeElement.id") == "unrolled--gain"
        box = tab.locator("#unrolled").bounding_box()
        assert 0 <= box["y"] < 800
        tab.locator("#unrolled--gain").press(key)
        tab.wait_for_timeout(250)
    assert tab.get_by_role("link", name="past one").get_attribute("href") == "#unrolled"
    tab.evaluate("document.activeElement.blur()")
    tab.go_back()
    wait_for_state(tab, unrolled, unrolled.state(gain=0.8, T=40))
    assert tab.locator(".gtt-asked").count() == 0, "no link asked"


def test_links_from_python_lead_where_they_say(open_page: Any, url: str) -> None:
    wait_for_state(
        open_page(url + unrolled.link(gain=1.0, kind="tanh")), unrolled, unrolled.state(gain=1, kind="tanh")
    )


def test_no_id_is_there_twice(open_page: Any, url: str) -> None:
    ids = open_page(url).evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pad_is_dragged(open_page: Any, url: str, width: int) -> None:
    tab = open_page(url, width=width)
    pad = tab.locator("#place .gtt-pad >> visible=true")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()

    def at(x: float, y: float) -> tuple[float, float]:
        return box["x"] + (x + 1.5) / 3 * box["width"], box["y"] + (1.5 - y) / 3 * box["height"]

    tab.mouse.move(*at(-0.55, 0.1))
    tab.mouse.down()
    wait_for_state(tab, place, place.state(re=-0.5, im=0.0))
    tab.mouse.move(*at(1.9, 0.8), steps=4)
    tab.mouse.up()
    wait_for_state(tab, place, place.state(re=1.0, im=1.0))
    tab.mouse.move(*at(0, 0))
    wait_for_state(tab, place, place.state(re=1.0, im=1.0))
    tab.keyboard.press("Home")
    wait_for_state(tab, place, place.state(re=-1.0, im=1.0))


@styled
def mark(T: int) -> Figure:
    fig, ax = single(2.4)
    ax.loglog(T, 1, "o")
    ax.set(xlim=(1, 10_000), ylim=(0.1, 10))
    return fig


along = explorable(
    mark, words=lambda T: f"A dot at {T}.", name="along", T=Control([10, 100, 1000]), pad=Pad("T"), start={"T": 10}
)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_state_is_dragged_along_a_logarithmic_axis(open_page: Any, tmp_path: Path, width: int) -> None:
    along.save_html(tmp_path / "along.html")
    tab = open_page((tmp_path / "along.html").as_uri(), width=width)
    pad = tab.locator("#along .gtt-pad >> visible=true").last  # on a phone, that of the column below the picture
    box, ring = pad.bounding_box(), pad.locator("i").bounding_box()
    assert (ring["width"], ring["height"]) == (44, 44)
    assert abs(ring["x"] + 22 - box["x"] - box["width"] / 4) < 1.5
    tab.mouse.move(box["x"] + box["width"] / 4, box["y"] + 5)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 0.55 * box["width"], box["y"] + 30, steps=3)
    wait_for_state(tab, along, along.state(T=100), "path")
    tab.mouse.move(box["x"] + 2 * box["width"], box["y"] + 30)
    tab.mouse.up()
    wait_for_state(tab, along, along.state(T=1000), "path")
    assert tab.evaluate("document.activeElement.id") == "along--T"


def test_a_figure_that_stands_twice_keeps_its_choices_apart(open_page: Any, tmp_path: Path) -> None:
    """As a notebook may show it. Its choices stand in no form, which would keep them apart by itself."""
    for name, text in page_assets().items():
        (tmp_path / name).write_text(text)
    (tmp_path / "index.html").write_text(page(unrolled, unrolled))
    assert "<form" not in unrolled.html() + guess.html(), (
        "Chrome lays out what is around a form, to see if it shows"
    )
    tab = open_page((tmp_path / "index.html").as_uri())
    tab.wait_for_function("document.querySelectorAll('.gtt-controls:disabled').length === 0")
    tab.locator(".gtt-choice input").last.check(force=True)
    checked = tab.evaluate("[...document.querySelectorAll('.gtt-choice :checked')].map((radio) => radio.value)")
    assert checked == ["0", "0", "0", "1"]


@pytest.mark.parametrize(("choice", "right"), [("It falls", "true"), ("It grows", "false")])
def test_a_guess_by_keyboard_opens_the_figure(open_page: Any, url: str, choice: str, right: str) -> None:
    tab = open_page(url)
    figure = tab.locator("#guess")
    assert tab.locator("#guess--gain").is_disabled()
    assert figure.locator(".gtt-picture").get_attribute("aria-label") == "Hidden until you have made your guess"
    tab.get_by_label(choice).press("Space")
    tab.keyboard.press("Enter")
    verdict = figure.locator(".gtt-verdict")
    assert verdict.inner_text() == f"{guess.predict.choices[choice]} {guess.predict.reveal}"
    assert verdict.get_attribute("data-right") == right
    assert tab.evaluate("document.activeElement.id") == "guess--gain"
    wait_for_state(tab, guess, guess.start)
    tab.reload()
    assert figure.get_attribute("data-locked") is not None


def test_an_address_that_names_a_state_shows_it_without_a_guess(open_page: Any, url: str) -> None:
    tab = open_page(url + guess.link(gain=1.1))
    assert not tab.locator("#guess .gtt-guess").count()
    wait_for_state(tab, guess, guess.state(gain=1.1))
    tab = open_page(url)
    tab.evaluate("hash => { location.hash = hash }", guess.link(gain=0.9))
    wait_for_state(tab, guess, guess.state(gain=0.9))


def test_a_link_within_the_page_leaves_the_guess_to_be_made(open_page: Any, tmp_path: Path) -> None:
    for name, text in page_assets().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    link = f'<p><a href="{guess.link(gain=1.1)}">At 1.1</a></p>'
    (tmp_path / "index.html").write_text(page(guess, prose=link), encoding="utf-8")
    tab = open_page((tmp_path / "index.html").as_uri())
    tab.get_by_role("link", name="At 1.1").click()
    assert tab.locator("#guess .gtt-guess").is_visible()
    assert tab.locator("#guess--gain").is_disabled()


def test_no_guess_without_a_choice(open_page: Any, url: str) -> None:
    tab = open_page(url)
    tab.get_by_role("button", name="Commit to my guess").click()
    assert tab.locator("#guess").get_attribute("data-locked") is not None


def test_play_runs_to_the_end_and_stops(open_page: Any, url: str) -> None:
    tab = open_page(url)
    tab.get_by_role("button", name="Play gain").press("Enter")
    button = tab.get_by_role("button", name="Pause gain")
    assert button.get_attribute("aria-pressed") == "true"
    wait_for_state(tab, unrolled, unrolled.state(gain=1.2))
    tab.get_by_role("button", name="Play gain").wait_for()
    tab.get_by_role("button", name="Play gain").click()
    wait_for_state(tab, unrolled, unrolled.state(gain=0.8))
    tab.locator('#unrolled [data-name="T"] input:checked').press("ArrowDown")
    tab.locator("#unrolled--gain").press("Home")
    assert tab.get_by_role("button", name="Play gain").get_attribute("aria-pressed") == "false"


def test_play_steps_where_motion_is_unwelcome(open_page: Any, url: str) -> None:
    tab = open_page(url, reduced_motion="reduce")
    button = tab.get_by_role("button", name="Play gain")
    for gain in (1.0, 1.1):
        button.press("Enter")
        tab.wait_for_timeout(500)
        wait_for_state(tab, unrolled, unrolled.state(gain=gain))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_picture_follows_the_theme(open_page: Any, url: str, theme: str) -> None:
    tab = open_page(url, theme=theme)
    strokes = tab.evaluate(
        "[...document.querySelectorAll('#unrolled .gtt-picture path')].map(p => getComputedStyle(p).stroke)"
    )
    hue = PALETTE["vanishing"][theme == "dark"].lstrip("#")
    assert f"rgb({', '.join(str(int(hue[k : k + 2], 16)) for k in (0, 2, 4))})" in strokes


def test_a_phone_shows_columns_with_text_that_can_be_read(open_page: Any, url: str) -> None:
    tab = open_page(url, width=390)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    columns = tab.locator("#unrolled .gtt-columns svg >> visible=true")
    assert columns.count() == 2
    for svg in columns.all():
        width, units = svg.bounding_box()["width"], float(svg.get_attribute("viewBox").split()[2])
        assert 10 * width / units >= 9.5
    small = tab.evaluate(
        """[...document.querySelectorAll(
            "button:not(.gtt-values), select, .gtt-control input, .gtt-choice span, .gtt-guess label")]
        .map(e => e.getBoundingClientRect()).filter(r => r.width && r.height < 38)"""
    )
    assert not small


def test_nothing_moves_while_the_page_loads(open_page: Any, url: str) -> None:
    tab = open_page(url)
    shift = """() => new Promise(done => new PerformanceObserver(list =>
        done(list.getEntries().reduce((s, e) => s + e.value, 0))).observe({ type: "layout-shift", buffered: true })
        || setTimeout(() => done(0), 300))"""
    assert tab.evaluate(shift) == 0


def test_without_a_script_the_figure_and_its_named_states_show(open_page: Any, url: str) -> None:
    tab = open_page(url, js=False)
    assert tab.locator("#unrolled .gtt-picture >> visible=true").count() == 2
    assert tab.locator("#unrolled .gtt-form, #guess .gtt-guess").locator("visible=true").count() == 0
    assert "gain = 0.9, T = 10\u00a0steps, kind = linear" in tab.locator("#unrolled figcaption").inner_text()
    assert "past one: gain = 1.1" in tab.locator("#unrolled .gtt-small").inner_text()


def test_print_shows_the_state_in_words(open_page: Any, url: str) -> None:
    tab = open_page(url)
    tab.locator("#unrolled--gain").press("End")
    tab.emulate_media(media="print")
    assert tab.locator(".gtt-form >> visible=true").count() == 0
    assert "gain = 1.2" in tab.locator("#unrolled .gtt-words").inner_text()
    assert tab.locator("#unrolled .gtt-small").is_visible()


def test_a_saved_figure_needs_nothing_else(open_page: Any, tmp_path: Path) -> None:
    path = tmp_path / "alone.html"
    unrolled.save_html(path)
    assert check_every_control(open_page(path.as_uri()), unrolled, text="path") >= 4


def test_a_key_changes_the_frame_at_once(open_page: Any, url: str, record_property: Any) -> None:
    tab = open_page(url)
    tab.evaluate("""() => {
        window.times = [];
        let pressed;
        addEventListener("keydown", event => { pressed = event.timeStamp; }, true);
        const changed = () => requestAnimationFrame(() => times.push(performance.now() - pressed));
        new MutationObserver(changed).observe(document.querySelector("#place .gtt-picture"), { childList: true });
    }""")
    for key in ["ArrowRight", "ArrowLeft"] * 10:
        tab.locator("#place--re").press(key)
        tab.wait_for_timeout(20)
    median = statistics.median(tab.evaluate("times"))
    record_property("median_ms", median)
    print(f"key to frame: median {median:.1f} ms")
    assert median < 100


def test_columns_hold_the_picture_where_they_are_seen(open_page: Any, url: str) -> None:
    tab = open_page(url, width=1280)
    columns = "[...document.querySelectorAll('#unrolled .gtt-columns svg')]"
    for width, filled, least in ((1280, "false", 0), (390, "true", 50), (1280, "false", 0)):
        tab.set_viewport_size({"width": width, "height": 800})
        tab.wait_for_function(
            f"{columns}.length === 2 && {columns}.every(c => Boolean(c.firstElementChild) === {filled})"
        )
        assert tab.evaluate(f"Math.min(...{columns}.map(w => w.getBoundingClientRect().width))") >= least


def test_columns_change_as_the_picture_does(open_page: Any, url: str) -> None:
    """Only what differs is made anew; what comes of it is what all of the frame would be, but for the panels of other
    columns."""
    tab = open_page(url, width=390)
    marked = "document.querySelector('#unrolled .gtt-columns svg use').dataset.mine = 1"
    tab.evaluate(marked)
    check_every_control(tab, unrolled)
    shown, whole = tab.evaluate("""() => {
        const figure = document.getElementById("unrolled");
        const columns = [...figure.querySelectorAll(".gtt-columns svg")]
            .map(c => c.innerHTML.replace(' data-mine="1"', ""));
        const wholes = [1, 0].map((other) => {
            const plain = document.createElement("div");
            plain.innerHTML = figure.querySelector(".gtt-picture").innerHTML;
            plain.querySelector(`[id$="panel-${other}"]`).remove();
            plain.querySelectorAll("[id]").forEach(e => e.removeAttribute("id"));
            return plain.firstElementChild.innerHTML;
        });
        return [columns, wholes];
    }""")
    assert shown == whole
    assert shown[0] != shown[1]
    assert tab.evaluate("document.querySelectorAll('#unrolled .gtt-columns [data-mine]').length") == 1


def test_the_reset_leads_back_to_the_start(open_page: Any, url: str) -> None:
    tab = open_page(url)
    button = tab.locator("#unrolled .gtt-reset")
    assert button.is_disabled()
    tab.locator("#unrolled--gain").press("End")
    button.click()
    wait_for_state(tab, unrolled, unrolled.start)
    assert tab.locator("#unrolled .gtt-reset").is_disabled()
    assert tab.locator("#unrolled .gtt-controls :focus").count() == 1, "the button went, and the focus stays"


@pytest.mark.parametrize(("height", "comes_along"), [(1200, False), (500, True)])
def test_the_sentence_that_asked_is_in_view(open_page: Any, tmp_path: Path, height: int, comes_along: bool) -> None:
    """A link far from its figure brings its sentence along, without those before and after it."""
    for name, text in page_assets().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    link = '<a href="#place?re=-1.0" class="gtt-goto">at minus 1</a>'
    notes = f'<div style="height:150px"></div><ul><li>Not this. Look {link}, where it turns. Nor this.</li></ul>'
    text = page(place).replace("</main>", f'{notes}<div style="height:3000px"></div></main>')
    (tmp_path / "index.html").write_text(text, encoding="utf-8")
    tab = open_page((tmp_path / "index.html").as_uri(), reduced_motion="reduce")
    tab.set_viewport_size({"width": 600, "height": height})
    link = tab.get_by_role("link", name="at minus 1")
    link.click()
    wait_for_state(tab, place, place.state(re=-1.0))
    asked = tab.locator("#place .gtt-asked")
    assert asked.count() == comes_along
    inside = "e => { const r = e.getBoundingClientRect(); return r.top >= -1 && r.bottom <= innerHeight + 1; }"
    assert tab.locator("#place .gtt-form").evaluate(inside)
    if not comes_along:
        assert link.evaluate(inside)
        return
    assert asked.inner_text() == "Look at minus 1, where it turns. Back to the text"
    assert asked.evaluate(inside)
    tab.get_by_role("button", name="Back to the text").click()
    assert link.evaluate(inside)
    assert link.evaluate("e => e === document.activeElement")
    assert asked.count() == 0


def test_values_show_at_the_pointer(open_page: Any, url: str) -> None:
    """In the middle of a panel from 0 to 40 and from 0 to 4; beside the panels there is nothing to read."""
    tab = open_page(url)
    canvas = tab.locator("#unrolled .gtt-scroll > .gtt-canvas")
    canvas.scroll_into_view_if_needed()
    box, panel = canvas.bounding_box(), unrolled.frame(unrolled.start).panels[0]["box"]
    scale = box["width"] / unrolled.frame(unrolled.start).size[0]
    x, y = box["x"] + scale * (panel[0] + panel[2] / 2), box["y"] + scale * (panel[1] + panel[3] / 4)
    tab.mouse.move(x, y)
    values = [float(part.split()[1]) for part in tab.locator("#unrolled .gtt-read").inner_text().split(", ")]
    assert values == pytest.approx([20, 3], abs=0.1)
    tab.mouse.move(box["x"] + 2, y)
    assert not tab.locator("#unrolled .gtt-read").is_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_values_show_at_the_focus_and_arrow_keys_move_the_place(open_page: Any, url: str, width: int) -> None:
    """From the middle of the first panel; beyond its border is the next one, in another column on a phone. The button
    shows only while it has the focus, and what is read is announced."""
    tab = open_page(url, width=width)
    button, label = tab.locator("#unrolled .gtt-values"), tab.locator("#unrolled .gtt-read")
    assert button.bounding_box()["width"] <= 1
    button.focus()
    assert button.bounding_box()["width"] > 100

    def values() -> list[float]:
        assert label.is_visible()
        assert tab.locator("#unrolled .gtt-said").text_content() == label.inner_text()
        return [float(part.split()[1]) for part in label.inner_text().split(", ")]

    assert values() == pytest.approx([20, 2], abs=0.05)
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowUp")
    assert values() == pytest.approx([21, 2.1], abs=0.05)
    for _ in range(20):
        tab.keyboard.press("ArrowRight")
    assert values() == pytest.approx([20, 20], abs=0.5)
    tab.keyboard.press("Home")
    assert tab.evaluate("document.getElementById('unrolled').values().gain") == 0.9
    button.blur()
    assert not label.is_visible()


def test_a_guess_hides_the_values(open_page: Any, url: str) -> None:
    assert not open_page(url).locator("#guess .gtt-values").is_visible()


@pytest.fixture(scope="module")
def choosing(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("choose") / "choose.html"
    choose.save_html(file)
    return file.as_uri()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_click_on_a_row_or_its_name_chooses_it(open_page: Any, choosing: str, width: int) -> None:
    tab = open_page(choosing, width=width)
    pad = tab.locator("#choose .gtt-pad >> visible=true").last
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    for x, y, name in ((0.9, 0.81, "third"), (-0.1, 0.19, "first"), (0.1, 0.5, "second")):
        tab.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        wait_for_state(tab, choose, choose.state(chosen=name), "path")
    assert tab.evaluate("document.activeElement.closest('[data-name]').dataset.name") == "chosen"
    tab.keyboard.press("ArrowDown")
    wait_for_state(tab, choose, choose.state(chosen="third"), "path")


def test_marks_have_names_at_the_pointer_and_from_key_to_key(open_page: Any, choosing: str) -> None:
    tab = open_page(choosing)
    label = tab.locator("#choose .gtt-read")
    canvas = tab.locator("#choose .gtt-scroll > .gtt-canvas")
    box, frame = canvas.bounding_box(), choose.frame(choose.start)
    scale, (x, y, name) = box["width"] / frame.size[0], frame.panels[0]["marks"][2]
    assert name == "third mark"
    tab.mouse.move(box["x"] + scale * (x + 4), box["y"] + scale * (y - 3))
    assert label.inner_text() == "third mark: x 2, y 2"
    tab.mouse.move(box["x"] + scale * (x + 20), box["y"] + scale * y)
    assert label.inner_text().startswith("x 2.")
    tab.mouse.move(0, 0)
    tab.locator("#choose .gtt-values").focus()
    read = [label.inner_text()]
    for key in ("ArrowLeft", "ArrowRight", "ArrowRight", "ArrowRight"):
        tab.keyboard.press(key)
        read.append(label.inner_text())
    assert read[:4] == [
        f"{n} mark: x {k}, y {h}"
        for n, k, h in (("second", 1, 1), ("first", 0, 3), ("second", 1, 1), ("third", 2, 2))
    ]
    assert read[4].startswith("x 2"), "the middle of the panel on the right, whose rows have no numbers"


def test_notes_that_give_the_answer_wait_for_the_guess(open_page: Any, tmp_path: Path) -> None:
    """Where no script can ask, they show."""
    style = Path(__file__).parents[2] / "book/_static/book.css"
    files = page_assets() | {"book.css": style.read_text()}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    cell = (
        f'<div class="cell">{guess.html()}</div><div class="notice"><p>Notes</p><ul><li>It falls.</li></ul></div>'
    )
    text = page(prose=f'<link rel="stylesheet" href="book.css">{cell}')
    (tmp_path / "index.html").write_text(text, encoding="utf-8")
    url = (tmp_path / "index.html").as_uri()
    tab, notes = open_page(url), ".notice li"
    assert not tab.locator(notes).is_visible()
    assert tab.locator(".notice p").is_visible()
    tab.get_by_label("It grows").check()
    tab.get_by_role("button", name="Commit to my guess").click()
    assert tab.locator(notes).is_visible()
    assert open_page(url, js=False).locator(notes).is_visible()


@styled
def heat(side: float) -> Figure:
    fig, ax = figure(4.0, 2.0)
    heat_map(ax, np.array([[0.0, side]]), 0, 1, colors=BLUES)
    ax.set_axis_off()
    return fig


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_least_of_a_heat_map_is_next_to_the_page(open_page: Any, tmp_path: Path, theme: str) -> None:
    """In the dark a pale patch would be the brightest."""
    e = explorable(heat, words=lambda side: "Two patches.", name="heat", side=[1.0])
    e.save_html(tmp_path / "new folder" / "heat.html")
    tab = open_page((tmp_path / "new folder" / "heat.html").as_uri(), theme=theme)
    box = tab.locator("#heat .gtt-scroll image").bounding_box()
    picture = Image.open(io.BytesIO(tab.screenshot())).convert("RGB")
    y = int(box["y"] + box["height"] / 2)
    low, high = (picture.getpixel((int(box["x"] + part * box["width"]), y)) for part in (0.25, 0.75))
    ground = picture.getpixel((3, 3))
    distance = [sum(abs(a - b) for a, b in zip(color, ground, strict=True)) for color in (low, high)]
    assert distance[0] < 80 < distance[1]
    assert high[2] > high[0], "blue stays blue"


def test_columns_show_what_a_kernel_draws(open_page: Any, url: str) -> None:
    tab = open_page(url, width=390)
    frame = unrolled.frame(unrolled.state(gain=1.2))
    tab.evaluate(
        """svg => {
        const figure = document.getElementById("unrolled");
        figure.ask = (state) => figure.receive({ state, svg, alt: "Drawn.", panels: figure.panels });
        figure.control("gain").input.focus();
    }""",
        frame.svg,
    )
    tab.keyboard.press("End")
    shown = "[...document.querySelectorAll('#unrolled .gtt-columns svg')].map(c => c.textContent)"
    panels = "[...document.querySelectorAll('[id^=unrolled-panel-]')].map(g => g.textContent)"
    assert tab.evaluate(shown) == tab.evaluate(panels)
    assert "1.20" in tab.evaluate(shown)[0]
    ids = tab.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
