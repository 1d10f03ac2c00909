"""Helpers for tests in a real browser. Other tests of pages use them too: `open_page` and `check_every_control`."""

import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from minirnn.figures.explorables import Explorable
from minirnn.figures.frames import Frame
from tests.browser.referee import compare

LOCAL = {"file", "data", "blob", "about"}
FIGURES_ANSWER = "[...document.querySelectorAll('gtt-explorable:defined')].every(figure => figure.data)"
THEME_ANSWERS = "![...document.scripts].some(({ text }) => text.includes('_static/late.js')) || window.bootstrap"
A_FIRST_MOVE = "dispatchEvent(new Event('scroll'))"  # of the reader: figures far below begin after it


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if os.path.dirname(__file__) in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """open_page(url, width=1280, theme="light", js=True, reduced_motion="no-preference", touch=False,
    forced_colors="none", script="") -> page; `script` runs before the page's own.

    Nothing reaches the network: a request to another host is stopped, and the test that caused it fails when it
    ends, as it does for an error in a script or in the console (a file that is not there, say).
    """
    contexts, problems = [], []

    def guard(route: Any) -> None:
        url = urlsplit(route.request.url)
        if url.scheme in LOCAL or url.hostname in ("localhost", "127.0.0.1"):
            return route.continue_()
        problems.append(f"request to another host: {route.request.url}")
        return route.abort()

    def open_(
        url: str,
        width: int = 1280,
        theme: str = "light",
        js: bool = True,
        reduced_motion: str = "no-preference",
        touch: bool = False,
        forced_colors: str = "none",
        script: str = "",
    ) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=theme,
            java_script_enabled=js,
            reduced_motion=reduced_motion,
            has_touch=touch,
            forced_colors=forced_colors,
        )
        contexts.append(context)
        context.route("**/*", guard)
        page = context.new_page()
        if script:
            page.add_init_script(script)
        page.on("pageerror", lambda error: problems.append(f"error in a script: {error}"))
        page.on("console", lambda m: problems.append(f"{m.location}: {m.text}") if m.type == "error" else None)
        page.goto(url)
        if js:
            page.evaluate(A_FIRST_MOVE)
            page.wait_for_function(FIGURES_ANSWER)
            page.wait_for_function(THEME_ANSWERS)
            page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not problems


# ---- explorable figures --------------------------------------------------------------------------------------

SAME = """([name, svg]) => {
  const drawn = document.createElement("div");
  drawn.innerHTML = svg;
  return drawn.innerHTML === document.querySelector(`#${name} .gtt-picture`).innerHTML;
}"""
# The text alternative, and what the sliders say.
TOLD = """name => {
  const element = document.getElementById(name);
  const rows = [...element.querySelectorAll(".gtt-control")].map(row => row.querySelector("output") &&
    [row.querySelector("output").textContent, row.querySelector("input").getAttribute("aria-valuetext")]);
  return [element.querySelector(".gtt-picture").getAttribute("aria-label"), rows];
}"""


DRAWN: dict[int, dict[tuple[int, ...], Frame]] = {}


def frame_of(figure: Explorable, state: tuple[int, ...], text: str) -> Frame:
    """What Python draws for `state`: for a page the frame on disk, which the build drew too; else drawn now."""
    if text == "path":
        return figure.frame(state, text)
    if id(figure) not in DRAWN:
        DRAWN[id(figure)] = dict(zip(figure.all_states(), figure.frames(), strict=True))
    return DRAWN[id(figure)][tuple(state)]


def wait_for_state(page: Any, figure: Explorable, state: tuple[int, ...], text: str = "none") -> None:
    """Waits until the picture and its text are those that Python draws for `state`; fails if they do not come.

    `figure` is the Explorable; `text` is "path" under a kernel, "none" on a page. A live figure draws itself at once.
    """
    if figure.scripts:
        arrived = (
            "([name, point]) => JSON.stringify(document.getElementById(name).values()) === JSON.stringify(point)"
        )
        page.wait_for_function(arrived, arg=[figure.name, figure.point(state)], timeout=15_000)
        compare(page, figure, [figure.point(state)])
        words = figure.describe(state)
    else:
        frame = frame_of(figure, state, text)
        page.wait_for_function(SAME, arg=[figure.name, frame.svg], timeout=15_000)
        words = frame.alt
    words = page.evaluate("([name, text]) => document.getElementById(name).placed(text)", [figure.name, words])
    told = [
        [control.text(index)] * 2 if control.kind == "slider" else None
        for control, index in zip(figure.controls.values(), state, strict=True)
    ]
    assert page.evaluate(TOLD, figure.name) == [words, told]


FOCUS = {"slider": "input", "choice": "input:checked", "menu": "select"}  # what takes the keys, by kind of control


def check_every_control(page: Any, figure: Explorable, text: str = "none") -> int:
    """Moves each control of an explorable with the keyboard alone and compares what shows with what Python draws.

    Returns the number of states that were compared.
    """
    element = page.locator(f"#{figure.name}")
    if element.get_attribute("data-locked") is not None:
        element.locator(".gtt-skip").press("Enter")
    state, seen = list(figure.start), 0
    runs_first = sorted(enumerate(figure.controls.items()), key=lambda item: not item[1][1].work)
    for i, (name, control) in runs_first:  # at the start: elsewhere a run may be chaotic, and rounding decide
        last = len(control.values) - 1
        row = element.locator(f'[data-name="{name}"]')
        for key, index in _keys(control, state[i]):
            row.locator(FOCUS[control.kind]).press(key)
            state[i] = min(index, last)
            if not control.work:  # a run begins anew
                state = [0 if c.work else s for c, s in zip(figure.controls.values(), state, strict=True)]
            wait_for_state(page, figure, tuple(state), text)
            seen += 1
    return seen


def _keys(control: Any, index: int) -> list[tuple[str, int]]:
    """Keys and the indices they lead to: the ends and a step for a slider, each choice once for a choice."""
    last = len(control.values) - 1
    if last == 0:
        return []
    if control.work:  # at its end there are hundreds of updates
        return [("ArrowRight", 1)]
    if control.kind == "slider":
        return [("Home", 0), ("ArrowRight", 1), ("End", last), ("ArrowLeft", last - 1)]
    return [("ArrowDown", k) for k in range(index + 1, last + 1)] + [
        ("ArrowUp", k) for k in range(last - 1, -1, -1)
    ]
