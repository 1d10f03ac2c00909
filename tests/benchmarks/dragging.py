"""How long a page works for each step of a drag: `make drag-bench`, or `make drag-bench ONLY="intro.knob …"`.

Each live figure, or each that is named, is dragged with a mouse over 60 places: by its first dot that can be dragged,
else on its pad, else by its first slider. Counted is the processor time of the page's main thread from one place to the
next, and of its workers, times four for a phone's processor. So a loaded machine changes the numbers less than a clock
would, and what other processes paint is not in them. The aims: median 16 ms, 95th percentile 33 ms.
"""

import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from minirnn.figures.explorables import Explorable
from tests.book.figures import CHAPTERS, figures_of

SLOWER, STEPS, WIDTHS = 4, 60, (1280, 390)
KINDS = {  # of what the main thread does, by the names of a trace
    "script": ("EventDispatch", "FunctionCall", "FireAnimationFrame", "TimerFire"),
    "layout": ("UpdateLayoutTree", "Layout"),
    "paint": ("PrePaint", "Paint", "Layerize", "Commit"),
}
GRIPS = (".gtt-handle", ".gtt-pad", "input[type=range]")
FRAME = (
    "k => new Promise(next => requestAnimationFrame(() => setTimeout(() => next(performance.mark(`gtt-${k}`)))))"
)


def steps(events: list[dict[str, Any]]) -> list[dict[str, float]]:
    """Milliseconds of each step by kind, with "main" and "worker" for all of their threads, of a trace's events."""
    marks = sorted((e["ts"], e["pid"], e["tid"]) for e in events if str(e.get("name", "")).startswith("gtt-"))
    edges, (_, page, main) = [mark[0] for mark in marks], marks[0]
    workers = {
        e["tid"]
        for e in events
        if e.get("name") == "thread_name" and e["pid"] == page and "Worker" in e["args"]["name"]
    }
    found: list[dict[str, float]] = [defaultdict(float) for _ in edges[1:]]
    kinds = {name: kind for kind, names in KINDS.items() for name in names}
    for event in events:
        step = int(np.searchsorted(edges, event.get("ts", 0), side="right")) - 1
        if event.get("pid") != page or "tdur" not in event or not 0 <= step < len(found):
            continue
        if event["name"] == "RunTask" and event["tid"] in {main, *workers}:
            found[step]["main" if event["tid"] == main else "worker"] += event["tdur"] / 1000
        elif event["tid"] == main and event["name"] in kinds:
            found[step][kinds[event["name"]]] += event["tdur"] / 1000
    return found


def grip(page: Any, name: str) -> tuple[dict[str, float], dict[str, float]]:
    """Where a figure is taken hold of, and where it may be dragged to."""
    for kind in GRIPS:
        places = page.locator(f"#{name} {kind} >> visible=true")
        if not places.count():
            continue
        places.first.scroll_into_view_if_needed()
        box = places.first.bounding_box()
        canvas = (
            page.locator(f"#{name} .gtt-canvas:has({kind}) >> visible=true").first
            if kind != GRIPS[-1]
            else places.first
        )
        return box, canvas.bounding_box()
    raise ValueError(f"{name}: expected a handle, a pad or a slider, found none")


def dragged(browser: Any, figure: Explorable, folder: Path, width: int) -> list[dict[str, float]]:
    """A figure on a page of its own, dragged to and fro over most of the width and some of the height."""
    file = folder / f"{figure.name}.html"
    figure.save_html(file)
    page = browser.new_page(viewport={"width": width, "height": 844 if width < 500 else 800})
    page.goto(file.as_uri())
    if figure.predict:
        page.locator(".gtt-skip").click()
    page.wait_for_function("!document.querySelector('[aria-busy]')")
    start, area = grip(page, figure.name)
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    browser.start_tracing(
        page=page,
        categories=[
            "devtools.timeline",
            "disabled-by-default-devtools.timeline",
            "blink.user_timing",
            "__metadata",
        ],
    )
    page.evaluate(FRAME, 0)
    for k in range(1, STEPS + 1):
        turn = 2 * np.pi * k / STEPS
        left, right = x - area["x"], area["x"] + area["width"] - x
        across = 0.8 * (right if np.sin(turn) > 0 else left) * np.sin(turn)
        page.mouse.move(x + across, y + 0.15 * area["height"] * np.sin(2 * turn))
        page.evaluate(FRAME, k)
    trace = json.loads(browser.stop_tracing())
    page.close()
    return steps(trace["traceEvents"])


def table(figures: dict[str, Explorable]) -> None:
    columns = ("main", "95 %", "script", "layout", "paint", "worker")
    print(
        f"{'figure':24} {'width':>5} "
        + " ".join(f"{c:>7}" for c in columns)
        + "   ms, times 4; medians but for 95 %"
    )
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium-headless-shell", args=["--no-sandbox"])
        for name, figure in figures.items():
            for width in WIDTHS:
                found = dragged(browser, figure, Path(folder), width)
                by = {
                    kind: SLOWER * np.array([step.get(kind, 0.0) for step in found])
                    for kind in ("main", *columns[2:])
                }
                shown = [
                    np.median(by["main"]),
                    np.percentile(by["main"], 95),
                    *(np.median(by[c]) for c in columns[2:]),
                ]
                print(f"{name:24} {width:5} " + " ".join(f"{v:7.1f}" for v in shown), flush=True)
        browser.close()


if __name__ == "__main__":
    every = {f"{chapter}.{name}": f for chapter in CHAPTERS for name, f in figures_of(chapter).items()}
    asked = sys.argv[1:] or [name for name, figure in every.items() if figure.scripts]
    if unknown := [name for name in asked if name not in every]:
        sys.exit(f"dragging: expected names such as {next(iter(every))}, got {', '.join(unknown)}")
    table({name: every[name] for name in asked})
