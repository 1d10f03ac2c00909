"""The explorable figure: one call makes a live widget under a kernel and a working figure on a page without Python.

    explorable(draw, words=words, name="unrolled", caption="What to see", gain=np.linspace(0.5, 2, 31), T=[10, 30])

`draw(**point) -> Figure` and `words(**point) -> str` are pure functions; each further keyword is a control. With
`compute(**point) -> facts`, called once for both, they are `draw(facts)` and `words(facts)`. Under a kernel
the figure asks Python for each state (`live`). Where MINIRNN_STATIC is set, as while the book is built, all frames
are in the page. The element, its controls and its script are the same in both lives.

A figure is *live* where `live` names modules: each has its twin in JavaScript beside it (cliff.js for cliff.py),
and together these compute in the page what the artists with names show (`artists`, live.js). Its sliders take any
number between their ends, in a kernel too, and a page holds the frames of the first state and of `states` alone.
"""

import dataclasses
import gzip
import inspect
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from html import escape
from pathlib import Path
from typing import Any

from minirnn.figures.assets import page_assets
from minirnn.figures.controls import Control, Pad, Prediction, expect
from minirnn.figures.frames import Frame, Job, draw_frames
from minirnn.figures.language import say_markup
from minirnn.figures.markup import element
from minirnn.figures.states import States
from minirnn.figures.svg import pack
from minirnn.figures.theme import STYLE, use_book_font
from minirnn.optional import extra

with extra("draw"):
    import matplotlib as mpl
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Explorable(States):
    """What `explorable` returns; a notebook shows it."""

    draw: Callable[..., Figure]
    words: Callable[..., str]
    compute: Callable[..., Any] | None = None

    def job(self, text: str = "none") -> Job:
        axes, start = self.pad.axes if self.pad else None, self.point(self.start)
        return Job(self.draw, self.words, self.name, self.compute, text, axes, start)

    def describe(self, state: Sequence[float]) -> str:
        """The text alternative of a state."""
        return self.job().describe(self.point(state))

    def frame(self, state: Sequence[float], text: str = "none") -> Frame:
        """One frame, drawn now."""
        return self.job(text).frame(self.point(state))

    def at(self, **values: Any) -> Figure:
        """The drawing itself at these values, and the start's for the rest. Raises ValueError for values that the
        controls do not have.

        >>> from minirnn.figures import single
        >>> curve = explorable(lambda gain: single()[0], words=lambda gain: "A curve.", name="curve", gain=[0.5, 2.0])
        >>> curve.at(gain=2.0).get_size_inches()
        array([7.2, 3.4])
        """
        use_book_font()
        with mpl.rc_context(STYLE):
            return self.job().asked(self.point(self.state(**values)))(self.draw)

    def frames(self, text: str = "none") -> list[Frame]:
        """The frames of all states, kept on disk."""
        return draw_frames(self.job(text), self.points())

    @cached_property
    def gzip_bytes(self) -> int:
        """The weight of the figure on a page."""
        return len(gzip.compress(self.html().encode(), 9, mtime=0))

    def html(self, text: str = "none") -> str:
        """The figure with all its frames: markup for a page that has `page_assets`."""
        states = [self.start, *self.states.values()] if self.scripts else self.all_states()
        drawn = draw_frames(self.job(text), [self.point(s) for s in states])
        frames = {s: dataclasses.replace(f, svg=say_markup(f.svg)) for s, f in zip(states, drawn, strict=True)}
        small, module = (
            [(label, s, frames[s]) for label, s in self.states.items()],
            {"module": self.draw.__module__},
        )
        if self.scripts:
            return say_markup(element(self, frames[self.start], module, small))
        tags, numbers = pack(f.svg for f in frames.values())
        panels = [f.panels for f in frames.values()]
        kinds = [p for k, p in enumerate(panels) if p not in panels[:k]]
        data = {"tags": tags, "frames": numbers, "alts": [f.alt for f in frames.values()]}
        data |= module | {"panels": kinds, "axes": [kinds.index(p) for p in panels]}
        return say_markup(element(self, frames[self.start], data, small))

    def save_html(self, path: str | Path, text: str = "path") -> None:
        """Writes a complete page and makes its folder. It needs no kernel, no network, with text="path" no font."""
        files = page_assets()
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(self.name)}</title>'
            '<meta name="viewport" content="width=device-width"><style>body{max-width:46rem;margin:1rem auto;'
            "padding:0 1rem;font-family:sans-serif;background:var(--gtt-paper)}"
            f"{files['explorable.css']}</style><body>{self.html(text)}"
            f"<script>{files['explorable.js']}</script></body></html>",
            encoding="utf-8",
        )

    @cached_property
    def widget(self) -> Any:
        """The figure under a kernel, an ipywidget: its traits are `state` and `answer`."""
        from minirnn.figures.live import LiveExplorable  # a page that is built needs no widgets

        return LiveExplorable(self, partial(self.frame, text="path"))

    def _ipython_display_(self) -> None:
        with extra("draw"):
            from IPython.display import display  # type: ignore[attr-defined]

        if os.environ.get("MINIRNN_STATIC"):
            return display({"text/html": self.html()}, raw=True)
        for data, metadata in self.widget.outputs():
            display(data, metadata=metadata, raw=True)


def explorable(
    draw: Callable[..., Figure],
    *,
    words: Callable[..., str],
    compute: Callable[..., Any] | None = None,
    name: str,
    caption: str = "",
    start: Mapping[str, Any] | None = None,
    live: Sequence[str] = (),
    stored: Mapping[str, Any] | None = None,
    states: Mapping[str, Mapping[str, Any]] | None = None,
    pad: Pad | None = None,
    predict: Prediction | None = None,
    **controls: Any,
) -> Explorable:
    """A figure whose parameters the reader moves; see the top of this module.

    `controls` are Control objects or plain sequences; `start` gives the first state (by default the first value
    of each), `states` names states for print and for readers without JavaScript; `caption` may write h_t, h_{t-1};
    `live` are files of modules (`__file__`), each with a script beside it: those that others use come first; `stored`
    are numbers by name, such as parts of a record, which these have as `tools.stored`.
    Raises ValueError or TypeError that name the argument, what was expected and what came.
    """
    expect("name", name, str, 'a text such as "unrolled"')
    expect("caption", caption, str, "a text")
    expect("start", start or {}, Mapping, 'values by the names of controls such as {"gain": 1.0}')
    expect("states", states or {}, Mapping, 'values by the names of states such as {"past one": {"gain": 1.5}}')
    for label, values in (states or {}).items():
        expect(f"states[{label!r}]", values, Mapping, 'values by the names of controls such as {"gain": 1.5}')
    expect("live", live, list | tuple, "files of modules such as [__file__]")
    scripts = tuple(Path(file).with_suffix(".js") for file in live)
    expect("stored", stored or {}, Mapping, "numbers by name, for the script")
    if missing := [str(path) for path in scripts if not path.exists()]:
        raise ValueError(f"live: expected a script beside each module, found no {', '.join(missing)}")
    expect("pad", pad, Pad | None, 'Pad("x", "y")')
    expect("predict", predict, Prediction | None, "a Prediction")
    if not re.fullmatch("[a-z][a-z0-9-]*", name):
        raise ValueError(f"name: expected lower-case letters, digits and hyphens, a letter first, got {name!r}")
    if not controls:
        raise ValueError(f"{name}: expected at least one control, got none")
    made = {key: _control(key, values, bool(scripts)) for key, values in controls.items()}
    for role, function in (("draw", draw), ("words", words), ("compute", compute)):
        if role == "compute" and compute is None:
            continue
        if not callable(function):
            raise TypeError(f"{role}: expected a function, got {function!r}")
        takes_facts = compute is not None and role != "compute"
        try:
            inspect.signature(function).bind(*[made] * takes_facts, **{} if takes_facts else made)
        except TypeError as error:
            parameters = "one argument, the facts of compute" if takes_facts else f"the controls {list(made)}"
            raise TypeError(f"{role}: its parameters do not match {parameters}: {error}") from None
        except ValueError:  # a built-in function that does not say what it takes
            continue
    if (works := [key for key, c in made.items() if c.work]) and (len(works) > 1 or not scripts):
        raise ValueError(f"work: expected one control at most, of a figure that is live, got {works}")
    for key in filter(None, (pad.x, pad.y) if pad else ()):
        if key not in made or not made[key].numeric:
            raise ValueError(f"pad: expected two controls with numbers, got {key!r}")
    if pad and pad.rows and (pad.rows not in made or made[pad.rows].numeric):
        raise ValueError(f"pad: expected rows to be a control with words, got {pad.rows!r}")
    first = Explorable(
        name, caption, made, (0,) * len(made), {}, pad, predict, scripts, dict(stored or {}), draw, words, compute
    )
    figure = dataclasses.replace(first, start=first.state(**dict(start or {})))
    return dataclasses.replace(figure, states={k: figure.state(**dict(v)) for k, v in (states or {}).items()})


def _control(key: str, values: Any, live: bool) -> Control:
    try:
        made = values if isinstance(values, Control) else Control(values)
        made = dataclasses.replace(made, continuous=live and made.numeric, label=made.label or key)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{key}: {error}") from None
    return made
