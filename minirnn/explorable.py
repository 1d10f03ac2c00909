"""The explorable figure: one call, a live widget under a kernel and a working figure on a page without Python.

    explorable(draw, alt=describe, name="unrolled", caption="What to see", gain=np.linspace(0.5, 2, 31), T=[10, 30])

`draw(**point) -> Figure` and `alt(**point) -> str` are pure functions; each further keyword is a control. Under
a kernel the figure asks Python for each state (`minirnn.live`). Where MINIRNN_STATIC is set, as it is while the
book is built, all frames are in the page. The element, its controls and its script are the same in both lives.
"""

import dataclasses
import gzip
import inspect
import itertools
import json
import os
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
from matplotlib.figure import Figure

from minirnn import plots
from minirnn.frames import Frame, Job, Point, draw_frames, pack

BUDGET = 150_000  # bytes of one figure on a page, after gzip


@dataclass(frozen=True)
class Control:
    """A parameter of `draw` that the reader moves.

    Numbers become a slider over `values` (which need not be evenly spaced), strings a choice. `format` is a
    format specification such as ".2f"; `play=True` adds a button, for a parameter that is like time; `help` is
    one short sentence. Raises ValueError or TypeError for values that cannot be shown or told apart.
    """

    values: Sequence[Any]
    label: str = ""
    unit: str = ""
    format: str = ""
    play: bool = False
    help: str = ""

    def __post_init__(self) -> None:
        values = tuple(v.item() if isinstance(v, np.generic) else v for v in self.values)
        object.__setattr__(self, "values", values)
        if not values:
            raise ValueError("expected at least one value, got none")
        words = all(isinstance(v, str) for v in values)
        if not words and not all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
            raise TypeError(f"expected numbers only or strings only, got {list(values)!r}")
        if len(set(self.keys)) < len(values):
            raise ValueError(f"expected values that can be told apart, got {', '.join(self.keys)}")

    @property
    def slides(self) -> bool:
        return not isinstance(self.values[0], str)

    @cached_property
    def keys(self) -> list[str]:
        """The values as they are written in a link: with as many decimals as the longest of them needs."""
        if not self.slides:
            return list(self.values)
        fixed = [d for d in range(5) if all(np.isclose(round(v, d), v, rtol=1e-9, atol=0) for v in self.values)]
        spec = self.format or (f".{fixed[0]}f" if fixed else ".4g")
        return [format(v, spec) for v in self.values]

    @property
    def texts(self) -> list[str]:
        """The values as they are shown: with a minus sign and the unit."""
        space = "" if self.unit in ("", "%", "°") else "\u00a0"
        return [re.sub(r"^-", "−", k) + space + self.unit for k in self.keys]

    def index(self, value: Any) -> int:
        """Where `value` is among the values. Raises ValueError if it is not."""
        for k, v in enumerate(self.values):
            if v == value or (self.slides and isinstance(value, int | float) and np.isclose(v, value, rtol=1e-9)):
                return k
        raise ValueError(f"expected one of {', '.join(self.keys)}, got {value!r}")


@dataclass(frozen=True)
class Pad:
    """Two sliders `x` and `y` that are a place in axes number `axes` of the figure, and can be dragged there."""

    x: str
    y: str
    axes: int = 0


@dataclass(frozen=True)
class Prediction:
    """A guess that the reader makes before the figure opens.

    `choices` maps each choice to the verdict that speaks to it, `answer` is the right one, and `reveal` is said
    to everyone afterwards.
    """

    question: str
    choices: Mapping[str, str]
    answer: str
    reveal: str = ""

    def __post_init__(self) -> None:
        if self.answer not in self.choices:
            raise ValueError(f"answer: expected one of {', '.join(self.choices)}, got {self.answer!r}")


@dataclass(frozen=True)
class Explorable:
    """What `explorable` returns; a notebook shows it. States are tuples of indices, one for each control."""

    draw: Callable[..., Figure]
    alt: Callable[..., str]
    name: str
    caption: str
    controls: dict[str, Control]
    start: tuple[int, ...]
    states: dict[str, tuple[int, ...]]
    pad: Pad | None = None
    predict: Prediction | None = None

    def point(self, state: Sequence[int]) -> Point:
        """The arguments of `draw` at a state."""
        return {k: c.values[i] for (k, c), i in zip(self.controls.items(), state, strict=True)}

    def state(self, **values: Any) -> tuple[int, ...]:
        """The state with these values, and the start's for the rest. Raises ValueError for an unknown one."""
        if unknown := values.keys() - self.controls:
            raise ValueError(f"{self.name}: expected controls {list(self.controls)}, got {sorted(unknown)}")
        try:
            return tuple(
                c.index(values[k]) if k in values else i
                for (k, c), i in zip(self.controls.items(), self.start, strict=True)
            )
        except ValueError as error:
            raise ValueError(f"{self.name}: {values}: {error}") from None

    def link(self, **values: Any) -> str:
        """The link that moves the figure to these values: "#unrolled?gain=1.20". Raises as `state` does."""
        state = dict(zip(self.controls, self.state(**values), strict=True))
        return f"#{self.name}?" + urlencode({k: self.controls[k].keys[state[k]] for k in values})

    def all_states(self) -> list[tuple[int, ...]]:
        """Every state, the last control moving fastest."""
        return list(itertools.product(*(range(len(c.values)) for c in self.controls.values())))

    def points(self) -> list[Point]:
        """The arguments of `draw` at every state."""
        return [self.point(s) for s in self.all_states()]

    def job(self, text: str = "none") -> Job:
        return Job(self.draw, self.alt, self.name, text, self.pad.axes if self.pad else None)

    def frame(self, state: Sequence[int], text: str = "none") -> Frame:
        """One frame, drawn now."""
        return self.job(text).frame(self.point(state))

    def frames(self, text: str = "none") -> list[Frame]:
        """The frames of all states, kept on disk."""
        return draw_frames(self.job(text), self.points())

    @cached_property
    def gzip_bytes(self) -> int:
        """The weight of the figure on a page."""
        return len(gzip.compress(self.html().encode(), 9, mtime=0))

    def html(self, text: str = "none") -> str:
        """The figure with all its frames: markup for a page that has `assets`."""
        frames = dict(zip(self.all_states(), self.frames(text), strict=True))
        tags, numbers = pack(f.svg for f in frames.values())
        small = [(label, s, frames[s]) for label, s in self.states.items()]
        data = {"tags": tags, "frames": numbers, "alts": [f.alt for f in frames.values()]}
        return _element(self, frames[self.start], data, small)

    def live_html(self) -> str:
        """The figure at its start, for a page where Python is asked for every other frame."""
        return _element(self, self.frame(self.start, "path"), {}, [])

    def save_html(self, path: str | Path, text: str = "path") -> None:
        """Writes one page that needs nothing else: no kernel, no network, and with text="path" no font."""
        files = assets()
        Path(path).write_text(
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(self.caption or self.name)}</title>'
            '<meta name="viewport" content="width=device-width"><style>body{max-width:46rem;margin:1rem auto;'
            "padding:0 1rem;font-family:sans-serif;background:var(--gtt-paper)}"
            f"{files['explorable.css']}</style><body>{self.html(text)}"
            f"<script>{files['explorable.js']}</script></body></html>",
            encoding="utf-8",
        )

    @cached_property
    def widget(self) -> Any:
        """The figure under a kernel, an ipywidget: its traits are `state` and `answer`."""
        from minirnn.live import LiveExplorable  # a page that is built needs no widgets

        return LiveExplorable(self)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        if not os.environ.get("MINIRNN_STATIC"):
            return self.widget._repr_mimebundle_(**kwargs)
        if self.gzip_bytes > BUDGET:
            warnings.warn(
                f"{self.name}: {self.gzip_bytes} bytes after gzip, expected at most {BUDGET}", stacklevel=2
            )
        return {"text/html": self.html()}


def explorable(
    draw: Callable[..., Figure],
    *,
    alt: Callable[..., str],
    name: str,
    caption: str = "",
    start: Mapping[str, Any] | None = None,
    states: Mapping[str, Mapping[str, Any]] | None = None,
    pad: Pad | None = None,
    predict: Prediction | None = None,
    **controls: Any,
) -> Explorable:
    """A figure whose parameters the reader moves; see the top of this module.

    `controls` are Control objects or plain sequences; `start` gives the first state (by default the first value
    of each), `states` names states for print and for readers without JavaScript. Raises ValueError or TypeError
    that name the argument, what was expected and what came.
    """
    if not re.fullmatch("[a-z][a-z0-9-]*", name):
        raise ValueError(f"name: expected lower-case letters, digits and hyphens, a letter first, got {name!r}")
    if not controls:
        raise ValueError(f"{name}: expected at least one control, got none")
    made = {key: _control(key, values) for key, values in controls.items()}
    for role, function in (("draw", draw), ("alt", alt)):
        if not callable(function):
            raise TypeError(f"{role}: expected a function, got {function!r}")
        try:
            inspect.signature(function).bind(**made)
        except TypeError as error:
            raise TypeError(f"{role}: its parameters do not match the controls {list(made)}: {error}") from None
    for key in (pad.x, pad.y) if pad else ():
        if key not in made or not made[key].slides:
            raise ValueError(f"pad: expected two controls with numbers, got {key!r}")
    first = Explorable(draw, alt, name, caption, made, (0,) * len(made), {}, pad, predict)
    figure = dataclasses.replace(first, start=first.state(**dict(start or {})))
    return dataclasses.replace(figure, states={k: figure.state(**dict(v)) for k, v in (states or {}).items()})


def _control(key: str, values: Any) -> Control:
    try:
        made = values if isinstance(values, Control) else Control(values)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{key}: {error}") from None
    return dataclasses.replace(made, label=made.label or key)


def assets() -> dict[str, str]:
    """The files a page needs once, by name: "explorable.js", loaded with `defer`, and "explorable.css"."""
    files = {n: (resources.files("minirnn") / n).read_text("utf-8") for n in ("explorable.js", "explorable.css")}
    return files | {"explorable.css": plots.palette_css() + files["explorable.css"]}


# ---- markup --------------------------------------------------------------------------------------------------


def _element(figure: Explorable, first: Frame, frames: dict[str, Any], small: list[Any]) -> str:
    """The custom element: first frame, controls, prediction, caption, and the data that its script reads."""
    data = frames | {"start": figure.start, "pad": figure.pad and dataclasses.asdict(figure.pad), "box": first.pad}
    data |= {
        "controls": [
            {"name": k, "values": c.values, "keys": c.keys, "texts": c.texts} for k, c in figure.controls.items()
        ]
    }
    # in a script element only "</script" and "<!--" mean something to a parser of HTML
    text = (
        json.dumps(data, separators=(",", ":"), ensure_ascii=False).replace("</", "<\\/").replace("<!", "\\u003c!")
    )
    left, top, width, height = (f"{100 * f:.3f}%" for f in first.pad[:4] or (0, 0, 0, 0))
    pad = f'<div class="gtt-pad" style="left:{left};top:{top};width:{width};height:{height}"><i></i></div>'
    alt = escape(first.alt)
    caption = f"<span>{escape(figure.caption)}</span> " if figure.caption else ""
    return (
        f'<gtt-explorable id="{figure.name}" class="gtt-explorable"{" data-locked" if figure.predict else ""}'
        f' style="--gtt-w:{first.size[0]:g};--gtt-h:{first.size[1]:g}"><figure>'
        f'<div class="gtt-stage"><div class="gtt-scroll"><div class="gtt-canvas">'
        f'<div class="gtt-picture" role="img" aria-label="{alt}">{first.svg}</div>{pad if figure.pad else ""}'
        f"</div></div>{_form(figure)}</div>"
        f'<form class="gtt-form"><fieldset class="gtt-controls" disabled>'
        f'<legend class="gtt-hidden">Controls of the figure</legend>'
        f"{''.join(_row(figure, k) for k in figure.controls)}</fieldset></form>"
        f'<p class="gtt-verdict" role="status"></p>{"".join(_small(figure, *s) for s in small)}'
        f'<figcaption>{caption}<span class="gtt-words">{escape(_words(figure, figure.start))}</span></figcaption>'
        f'<details class="gtt-describe"><summary>Describe this figure</summary><p>{alt}</p></details>'
        f'<p class="gtt-hidden gtt-said" aria-live="polite"></p></figure>'
        f'<script type="application/json">{text}</script></gtt-explorable>'
    )


def _words(figure: Explorable, state: Sequence[int]) -> str:
    """A state in words, for print: "gain = 1.20, T = 30"."""
    return ", ".join(f"{c.label} = {c.texts[i]}" for c, i in zip(figure.controls.values(), state, strict=True))


def _row(figure: Explorable, key: str) -> str:
    """One control: its label, what moves it, its value."""
    c, id = figure.controls[key], f"{figure.name}--{key}"
    k, label, last = figure.state()[list(figure.controls).index(key)], escape(c.label), len(c.values) - 1
    described = f' aria-describedby="{id}-help"' if c.help else ""
    note = f'<small id="{id}-help">{escape(c.help)}</small>' if c.help else ""
    play = f'<button type="button" class="gtt-play" aria-pressed="false" aria-label="Play {label}"></button>'
    texts = [escape(t) for t in c.texts]
    if c.slides:
        body = (
            f'<label for="{id}">{label}</label><input type="range" id="{id}" min="0" max="{last}" step="1" value="{k}"'
            f' aria-valuetext="{texts[k]}" autocomplete="off"{described}>'
            f'<output for="{id}" aria-live="off" style="--gtt-ch:{max(map(len, c.texts))}">{texts[k]}</output>'
            f"{play if c.play else ''}"
        )
    elif last < 4:
        radios = "".join(
            f'<label><input type="radio" name="{id}" value="{i}"{" checked" if i == k else ""} autocomplete="off">'
            f"<span>{t}</span></label>"
            for i, t in enumerate(texts)
        )
        body = (
            f'<span id="{id}-label">{label}</span>'
            f'<div class="gtt-choice" role="radiogroup" aria-labelledby="{id}-label"{described}>{radios}</div>'
        )
    else:
        options = "".join(f'<option value="{i}"{" selected" * (i == k)}>{t}</option>' for i, t in enumerate(texts))
        body = (
            f'<label for="{id}">{label}</label><select id="{id}" autocomplete="off"{described}>{options}</select>'
        )
    return f'<div class="gtt-control" data-name="{escape(key)}">{body}{note}</div>'


def _form(figure: Explorable) -> str:
    """The prediction, which covers the picture until the reader commits to a guess."""
    if not (guess := figure.predict):
        return ""
    choices = "".join(
        f'<label><input type="radio" name="{figure.name}--guess" required data-right="{int(c == guess.answer)}"'
        f' data-verdict="{escape(f"{verdict} {guess.reveal}".strip())}"><span>{escape(c)}</span></label>'
        for c, verdict in guess.choices.items()
    )
    return (
        f'<form class="gtt-guess" data-reveal="{escape(guess.reveal)}"><fieldset><legend>{escape(guess.question)}'
        f"</legend>{choices}</fieldset><p><button>Commit to my guess</button>"
        f'<button type="button" class="gtt-skip">Just show me</button></p></form>'
    )


def _small(figure: Explorable, label: str, state: Sequence[int], frame: Frame) -> str:
    """A named state, for print and for readers without JavaScript; ids of its own, as it is there twice."""
    prefix = f"{figure.name}-{re.sub('[^a-z0-9]+', '-', label.lower())}-"
    svg = re.sub(rf'((?:id=|href=)"#?|url\(#){figure.name}-', rf"\g<1>{prefix}", frame.svg)
    words = f"{label}: {_words(figure, state)}"
    return (
        f'<div class="gtt-small"><div class="gtt-picture" role="img" aria-label="{escape(frame.alt)}">{svg}</div>'
        f"<p>{escape(words)}</p></div>"
    )
