"""The explorable under a kernel: the element of the page, which asks Python for the frame of each state."""

import traceback
from typing import Any

from minirnn.explorable import Explorable, assets
from minirnn.optional import extra
from minirnn.plots import palette_css

with extra("draw"):
    import anywidget
    import traitlets


def _dark_palette() -> str:
    """The dark hues for the notebooks that mark their theme in other ways than a page of the book."""
    return palette_css().replace(
        'html[data-theme="dark"]', ':is(body[data-jp-theme-light="false"],body.vscode-dark)'
    )


class LiveExplorable(anywidget.AnyWidget):
    """`state`: one index for each control, moved by the reader or set from Python. `answer`: the frame of a state.

    `answer` is {"state", "svg", "alt"} or, where drawing failed, {"state", "error"}: the traceback is shown.
    """

    _esm = assets()["explorable.js"] + "\nexport default { render: globalThis.gttExplorable.render };\n"
    _css = _dark_palette() + assets()["explorable.css"]
    html = traitlets.Unicode().tag(sync=True)
    state = traitlets.List(traitlets.Int()).tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)

    def __init__(self, figure: Explorable) -> None:
        self._figure = figure
        super().__init__(html=figure.live_html(), state=list(figure.start))

    @traitlets.observe("state")
    def _draw(self, change: Any) -> None:
        if change["old"]:  # the first state is in `html`
            self.answer = {"state": change["new"]} | self._drawn(change["new"])

    def _drawn(self, state: list[int]) -> dict[str, str]:
        try:
            frame = self._figure.frame(state, "path")
        except Exception:  # whatever goes wrong in `draw` is for the reader who changed it to see
            return {"error": traceback.format_exc(limit=-3)}
        return {"svg": frame.svg, "alt": frame.alt}
