"""The explorable under a kernel: the element of the page, which asks Python for the frame of each state."""

import traceback
from collections.abc import Callable, Sequence
from typing import Any

from minirnn.figures.assets import page_assets
from minirnn.figures.frames import Frame
from minirnn.figures.markup import element, script_text, still
from minirnn.figures.states import States
from minirnn.figures.theme import palette_css
from minirnn.optional import extra

with extra("draw"):
    import anywidget
    import traitlets


def _palette() -> str:
    """The hues for the notebooks that mark a dark theme in other ways than a page of the book, and for Jupyter Book 2,
    which shows a widget in a shadow tree, where nothing is :root."""
    dark = ':is(body[data-jp-theme-light="false"],body.vscode-dark)'
    return palette_css().replace(":root{", ":root,:host{", 1).replace('html[data-theme="dark"]', dark)


class LiveExplorable(anywidget.AnyWidget):
    """`state`: one index for each control, moved by the reader or set from Python. `answer`: the frame of a state.

    `answer` is {"state", "svg", "alt", "panels"} or, where drawing failed, {"state", "error"}: the traceback is
    shown. A figure with scripts draws itself and asks for nothing; of a state that is set from Python its answer
    is {"state"}.
    """

    _css = _palette() + page_assets()["explorable.css"]
    html = traitlets.Unicode().tag(sync=True)
    state = traitlets.List(traitlets.Float()).tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)

    def __init__(self, figure: States, frame: Callable[[Sequence[float]], Frame]) -> None:
        self._figure, self._frame, self._first = figure, frame, frame(figure.start)
        script = f"{page_assets()['explorable.js']}\n{script_text(figure) if figure.scripts else ''}"
        self._esm = f"{script}\nexport default {{ render: globalThis.gttExplorable.render }};\n"
        hide = f"<style>[data-first={figure.name}]{{display:none}}</style>"
        super().__init__(html=element(figure, self._first, {}, []) + hide, state=list(figure.start))

    def outputs(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Two outputs for a notebook, each with its metadata: the widget, and the first frame for other viewers.

        One output with both would not do: nbconvert would take the widget and show nothing. Where the widget works, a
        style in it hides the frame.
        """
        widget, metadata = self._repr_mimebundle_()  # type: ignore[misc]  # None only of what has no view
        words = {"text/plain": self._first.alt, "text/html": still(self._figure, self._first)}
        return [(widget | {"text/plain": ""}, metadata), (words, {})]

    @traitlets.observe("state")
    def _draw(self, change: Any) -> None:
        if change["old"]:  # the first state is in `html`
            drawn = {} if self._figure.scripts else self._drawn(change["new"])  # a live figure draws itself
            self.answer = {"state": change["new"]} | drawn

    def _drawn(self, state: list[float]) -> dict[str, Any]:
        try:
            frame = self._frame(state)
        except Exception:  # the reader, who may have changed `draw`, sees every error in it
            return {"error": traceback.format_exc(limit=-3)}
        return {"svg": frame.svg, "alt": frame.alt, "panels": frame.panels}
