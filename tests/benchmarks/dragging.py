"""How long a page works for each step of a drag: `make drag-bench`, or `make drag-bench ONLY="intro.knob …"`.

Each live figure, or each that is named, is dragged with a mouse over 60 places: by its first dot that can be dragged,
else on its pad, else by its first slider. Counted is the processor time of the page's main thread from one place to the
next, and of its workers, times four for a phone's processor. So a loaded machine changes the numbers less than a clock
would, and what other processes paint is not in them. The aims: median 16 ms, 95th percentile 33 ms.
"""

import itertools
import json
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from minirnn.figures.explorables import Explorable
from tests.conftest import ROOT

sys.path.append(str(ROOT / "book"))
from tests.book.figures import CHAPTERS, figures_of  # its figures lie in the folder of the book

SLOWER, STEPS, IDLE, WIDTHS = 4, 60, 12, (1280, 390)
COLUMNS = ("main", "script", "layout", "paint", "worker")
KINDS = {  # of what the main thread does, by the names of a trace
    "script": ("EventDispatch", "FireAnimationFrame", "TimerFire"),
    "layout": ("UpdateLayoutTree", "Layout"),
    "paint": ("PrePaint", "Paint", "Layerize", "Commit"),
}
CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "blink.user_timing", "__metadata"]
GRIPS = (".gtt-handle", ".gtt-pad:not([data-rows])", "input[type=range]")
# A frame, then a mark in the trace; the answer is the figure's state.
FRAME = """([name, k]) => new Promise((next) => requestAnimationFrame(() => setTimeout(() => {
    performance.mark(`gtt-${k}`);
    next(String(document.getElementById(name).state));
})))"""


# Counts the frames of the second that begins now.
COUNT = """() => { globalThis.gttFrames = new Promise((done) => {
    const end = performance.now() + 1000;
    let frames = 0;
    requestAnimationFrame(function next(now) {
        if (now > end) return done(frames);
        frames++;
        requestAnimationFrame(next);
    });
}); }"""


def steps(events: list[dict[str, Any]]) -> list[dict[str, float]]:
    """Milliseconds between one mark and the next, by kind, of a trace's events; "main" and "worker" are threads."""
    marks = sorted((e["ts"], e["pid"], e["tid"]) for e in events if str(e.get("name", "")).startswith("gtt-"))
    edges, (_, page, main) = [mark[0] for mark in marks], marks[0]
    names = [e for e in events if e.get("name") == "thread_name" and e["pid"] == page]
    threads = {main: "main"} | {e["tid"]: "worker" for e in names if "Worker" in e["args"]["name"]}
    kinds = {name: kind for kind, names in KINDS.items() for name in names}
    found: list[dict[str, float]] = [defaultdict(float) for _ in edges[1:]]
    for event in events:
        step = int(np.searchsorted(edges, event.get("ts", 0), side="right")) - 1
        if event.get("pid") != page or "tdur" not in event or not 0 <= step < len(found):
            continue
        if event["name"] == "RunTask" and event["tid"] in threads:
            found[step][threads[event["tid"]]] += event["tdur"] / 1000
        elif event["tid"] == main and event["name"] in kinds:
            found[step][kinds[event["name"]]] += event["tdur"] / 1000
    return found


def grip(page: Any, name: str) -> tuple[dict[str, float], dict[str, float]]:
    """Where a figure is taken hold of, and where it may be dragged to."""
    stage = ".gtt-columns" if page.locator(f"#{name} .gtt-columns >> visible=true").count() else ".gtt-scroll"
    for kind in GRIPS:
        scope = f"#{name} {'.gtt-form' if kind == GRIPS[-1] else stage}"
        places = page.locator(f"{scope} {kind} >> visible=true")
        if places.count():
            places.first.scroll_into_view_if_needed()
            canvas = page.locator(f"{scope} .gtt-canvas:has({kind}) >> visible=true")
            return places.first.bounding_box(), (canvas if canvas.count() else places).first.bounding_box()
    raise ValueError(f"{name}: expected a handle, a pad or a slider, found none")


def frame_rate(page: Any, way: list[tuple[float, float]]) -> int:
    """Frames in a second in which the mouse goes along a way, on a processor made slower."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.evaluate(COUNT)
    end = time.perf_counter() + 1.1
    for place in itertools.takewhile(lambda _: time.perf_counter() < end, itertools.cycle(way)):
        page.mouse.move(*place)
    return page.evaluate("gttFrames")


def dragged(browser: Any, figure: Explorable, folder: Path, width: int) -> tuple[dict[str, np.ndarray], int]:
    """A figure on a page of its own, dragged to and fro over most of the width and some of the height: milliseconds of
    the steps that changed its state, less what a frame without a drag takes, which is mostly this measurement; and the
    frames of a second."""
    file = folder / f"{figure.name}.html"
    figure.save_html(file)
    page = browser.new_page(viewport={"width": width, "height": 844 if width < 500 else 800})
    page.goto(file.as_uri())
    if figure.predict:
        page.locator(".gtt-skip").click()
    page.wait_for_function("!document.querySelector('[aria-busy]')")
    start, area = grip(page, figure.name)
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    left, right = x - area["x"], area["x"] + area["width"] - x
    page.mouse.move(x, y)
    page.mouse.down()
    browser.start_tracing(page=page, categories=CATEGORIES)
    states = [page.evaluate(FRAME, [figure.name, k]) for k in range(IDLE + 1)][-1:]
    turns = 2 * np.pi * np.arange(1, STEPS + 1) / STEPS
    across = 0.8 * np.where(np.sin(turns) > 0, right, left) * np.sin(turns)
    way = list(zip(x + across, y + 0.15 * area["height"] * np.sin(2 * turns), strict=True))
    for k, place in enumerate(way, 1):
        page.mouse.move(*place)
        states.append(page.evaluate(FRAME, [figure.name, IDLE + k]))
    found = steps(json.loads(browser.stop_tracing())["traceEvents"])
    rate = frame_rate(page, way)
    page.close()
    if len({*states}) < 3:
        raise ValueError(f"{figure.name} at {width} px: expected a drag through many states, got {len({*states})}")
    moved = [found[IDLE + k] for k in range(STEPS) if states[k] != states[k + 1]]
    own = {kind: np.median([step.get(kind, 0.0) for step in found[:IDLE]]) for kind in COLUMNS}
    return {kind: SLOWER * np.array([step.get(kind, 0.0) - own[kind] for step in moved]) for kind in COLUMNS}, rate


def table(figures: dict[str, Explorable]) -> None:
    heads = " ".join(f"{kind:>7}" for kind in ("main", "95 %", *COLUMNS[1:], "frames"))
    print(f"{'figure':24} {'width':>5} {heads}   ms, medians but for 95 %; frames a second")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium-headless-shell", args=["--no-sandbox"])
        for name, figure in figures.items():
            for width in WIDTHS:
                found, rate = dragged(browser, figure, Path(folder), width)
                shown = [np.median(found["main"]), np.percentile(found["main"], 95)]
                shown += [np.median(found[kind]) for kind in COLUMNS[1:]]
                print(f"{name:24} {width:5} " + " ".join(f"{v:7.1f}" for v in [*shown, rate]), flush=True)
        browser.close()


if __name__ == "__main__":
    every = {f"{chapter}.{name}": f for chapter in CHAPTERS for name, f in figures_of(chapter).items()}
    asked = sys.argv[1:] or [name for name, figure in every.items() if figure.scripts]
    if unknown := [name for name in asked if name not in every]:
        sys.exit(f"dragging: expected names such as {next(iter(every))}, got {', '.join(unknown)}")
    table({name: every[name] for name in asked})
