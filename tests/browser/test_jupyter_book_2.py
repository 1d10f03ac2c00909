"""A figure as Jupyter Book 2 shows it by its directive {anywidget}: in a shadow tree, in which the figure's style sheet
is there before the figure, with a model that has no kernel. This repeats what its renderer does, which is
@myst-theme/anywidget 1.4."""

import json
from pathlib import Path
from typing import Any

from tests.browser.live_demo import demo
from tests.conftest import serve

PAGE = """\
<!doctype html><meta charset="utf-8"><div id="place"></div>
<script type="module">
  import widget from "./figure.mjs";
  const state = await (await fetch("./model.json")).json();
  const refuse = () => { throw Error("not implemented yet"); };
  const told = new EventTarget();
  const model = {
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; told.dispatchEvent(new CustomEvent(`change:${name}`)); },
    on: (name, answer) => told.addEventListener(name, answer),
    off: refuse, save_changes: refuse, send: refuse,
  };
  const root = document.querySelector("#place").attachShadow({ mode: "open" });
  root.innerHTML = '<div style="position: relative"><link rel="stylesheet" href="./figure.css"></div>';
  await widget.render({ model, el: root.firstElementChild });
  document.documentElement.dataset.done = "";
</script>
"""


def test_a_live_figure_answers_in_its_own_look(browser: Any, tmp_path: Path) -> None:
    widget = demo.widget
    for name, text in {
        "figure.mjs": widget._esm,
        "figure.css": widget._css,
        "model.json": json.dumps({"html": widget.html, "state": widget.state, "answer": widget.answer}),
        "index.html": PAGE,
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    server = serve(tmp_path)
    tab = browser.new_page()
    tab.goto(f"http://127.0.0.1:{server.server_port}/index.html")
    tab.locator("html[data-done]").wait_for()
    figure = tab.locator("gtt-explorable")
    slider = figure.locator("input[type=range]").first
    assert slider.evaluate("e => getComputedStyle(e).getPropertyValue('--gtt-ink')"), "the palette is there"
    assert slider.evaluate("e => getComputedStyle(e).appearance") == "none", "the style sheet is there"
    before = figure.locator(".gtt-picture").first.get_attribute("aria-label")
    slider.press("End")
    tab.wait_for_function(
        "before => document.querySelector('#place').shadowRoot.querySelector('.gtt-picture').ariaLabel !== before",
        arg=before,
    )
    tab.close()
    server.shutdown()
    server.server_close()
