"""The markup of an explorable, which a page shows before its script runs, and without it."""

import dataclasses
import itertools
import json
import re
from collections.abc import Sequence
from html import escape
from typing import Any

from minirnn.figures.controls import Control, Pad
from minirnn.figures.frames import Frame
from minirnn.figures.states import States


def element(figure: States, first: Frame, frames: dict[str, Any], small: list[Any]) -> str:
    """The custom element: first frame, controls, prediction, caption, and the data that its script reads."""
    data = frames | {"start": figure.start, "pad": figure.pad and dataclasses.asdict(figure.pad), "box": first.pad}
    data |= {"size": first.size}
    data |= {"live": first.live, "stored": figure.stored} if figure.scripts else {"panels": [first.panels]} | frames
    data |= {
        "controls": [
            {"name": k, "values": c.values}
            | ({"digits": c.digits, "suffix": c.suffix} if c.continuous else {"keys": c.keys, "texts": c.texts})
            | ({"work": c.work} if c.work else {})
            for k, c in figure.controls.items()
        ]
    }
    # in a script element only "</script" and "<!--" mean something to a parser of HTML
    text = (
        json.dumps(data, separators=(",", ":"), ensure_ascii=False).replace("</", "<\\/").replace("<!", "\\u003c!")
    )
    alt, columns = escape(first.alt), _columns(figure, first)
    whole = _pad(figure, first, 0, first.size[0], 0, first.size[1])
    caption = f"<span>{subscripts(escape(figure.caption))}</span> " if figure.caption else ""
    return (
        f'<gtt-explorable id="{figure.name}" class="gtt-explorable"'
        f"{' data-locked' if figure.predict else ''}{' data-columns' if columns else ''}"
        f' style="--gtt-w:{first.size[0]:g};--gtt-h:{first.size[1]:g}"><figure>'
        f'<div class="gtt-stage"><div class="gtt-scroll"><div class="gtt-canvas">'
        f'<div class="gtt-picture" role="img" aria-label="{alt}">{first.svg}</div>{whole}'
        f"</div>{columns}</div>{_form(figure)}{READ}</div>"
        f'<div class="gtt-form"><fieldset class="gtt-controls" disabled>'
        f'<legend class="gtt-hidden">Controls of the figure</legend>'
        f"{''.join(_row(figure, k) for k in figure.controls)}</fieldset></div>"
        f'<p class="gtt-verdict" role="status"></p>{"".join(_small(figure, *s) for s in small)}'
        f'<figcaption>{caption}<span class="gtt-words">{escape(_words(figure, figure.start))}</span></figcaption>'
        f'<div class="gtt-foot"><details class="gtt-describe"><summary>Describe this figure</summary><p>{alt}</p>'
        '</details><button type="button" class="gtt-reset" disabled>Back to the start</button></div>'
        f'<p class="gtt-hidden gtt-said" aria-live="polite"></p></figure>'
        f'<script type="application/json">{text}</script>{script(figure)}</gtt-explorable>'
    )


def script(figure: States) -> str:
    """The scripts of a live figure, which run when its element asks for them: see live.js."""
    return f"<script>{script_text(figure)}</script>" if figure.scripts else ""


def script_text(figure: States) -> str:
    """The scripts as one text of JavaScript. Raises ValueError if the text would end its own element in a page."""
    texts = "\n".join(path.read_text(encoding="utf-8") for path in figure.scripts)
    if re.search(r"</script|<!--", texts):
        raise ValueError(f"{figure.name}: expected scripts without </script and <!--, which end an element")
    return f'(globalThis.gttScripts ??= {{}})["{figure.name}"] = (live, tools) => {{\n{texts}}};'


def still(figure: States, first: Frame) -> str:
    """The first frame alone, for exports and previews of notebooks, which show no widgets."""
    caption = f"{subscripts(escape(figure.caption))} " if figure.caption else ""
    return (
        f'<figure data-first="{figure.name}" style="max-width:{1.6 * first.size[0]:g}px;margin:1em 0">'
        f'<div role="img" aria-label="{escape(first.alt)}" style="background:var(--gtt-paper,#fff)">'
        f"{_prefixed(first.svg, figure.name, 'first')}</div>"
        f"<figcaption>{caption}{escape(_words(figure, figure.start))}</figcaption></figure>"
    )


def _prefixed(svg: str, name: str, word: str) -> str:
    """A frame that stands on a page a second time, with ids of its own."""
    return re.sub(rf'((?:id=|href=)"#?|url\(#){name}-', rf"\g<1>{name}-{word}-", svg)


def subscripts(text: str) -> str:
    """A text with its TeX-like subscripts as markup; behind a digit there is none.

    >>> subscripts("h_t = λh_{t−1} on an x86_64")
    'h<sub>t</sub> = λh<sub>t−1</sub> on an x86_64'
    """
    return re.sub(r"(?<!\d)_(?:\{([^}]*)\}|(\w))", lambda m: f"<sub>{m[1] or m[2]}</sub>", text)


def _pad(figure: States, frame: Frame, left: float, right: float, high: float, low: float) -> str:
    """The place to drag in, if it is in the part of the picture from `left` to `right` and `high` to `low` (points)."""
    if not frame.pad:
        return ""
    x, top, width, height = (v * side for v, side in zip(frame.pad[:4], 2 * frame.size, strict=True))
    if not left <= x < right:
        return ""
    shares = (x - left) / (right - left), (top - high) / (low - high), width / (right - left), height / (low - high)
    box = zip(("left", "top", "width", "height"), shares, strict=True)
    pad = figure.pad or Pad("x")
    kind = " data-rows" if pad.rows else "" if pad.y else " data-along"
    handle = "" if pad.rows else "<i></i>"
    return f'<div class="gtt-pad"{kind} style="{";".join(f"{k}:{100 * v:.3f}%" for k, v in box)}">{handle}</div>'


READ = '<button type="button" class="gtt-values">Read values with the arrow keys</button>'
PHONE = 400  # points: one column of panels that is wider is drawn together on a phone (picture.js)
HOLE = 30  # points: where a column holds nothing over this height, its window ends


def _columns(figure: States, frame: Frame) -> str:
    """The columns of a wide figure below each other, for a phone: windows onto the one picture."""
    if not frame.cuts and (frame.size[0] <= PHONE or figure.scripts):
        return ""
    edges, height = (0.0, *frame.cuts, frame.size[0]), frame.size[1]
    widest = max(b - a for a, b in itertools.pairwise(edges))
    whole = "" if frame.cuts else " data-whole"
    columns = ""
    for (a, b), (high, low) in zip(itertools.pairwise(edges), frame.spans, strict=True):
        share = 1 if b - a > 0.8 * widest else max(0.6, (b - a) / widest)  # so letters have about one size
        top = max(0, high - 12) if high > HOLE else 0
        bottom = min(height, low + 12) if height - low > HOLE else height
        columns += (
            f'<div class="gtt-canvas" style="--gtt-w:{b - a:.2f};--gtt-h:{bottom - top:g};--gtt-share:{share:.2g}">'
            f'<svg viewBox="{a:.2f} {top:g} {b - a:.2f} {bottom - top:g}"{whole}>'
            f'<use href="#{figure.name}-figure_1"/></svg>'
            f"{_pad(figure, frame, a, b, top, bottom)}</div>"
        )
    return f'<div class="gtt-columns" aria-hidden="true">{columns}</div>'


def _words(figure: States, state: Sequence[float]) -> str:
    """A state in words, for print: "gain = 1.20, T = 30"."""
    return ", ".join(f"{c.label} = {c.text(i)}" for c, i in zip(figure.controls.values(), state, strict=True))


def _row(figure: States, key: str) -> str:
    """One control: its label, what moves it, its value, its help."""
    c, id = figure.controls[key], f"{figure.name}--{key}"
    start = figure.start[list(figure.controls).index(key)]
    described = f' aria-describedby="{id}-help"' if c.help else ""
    note = f'<small id="{id}-help">{escape(c.help)}</small>' if c.help else ""
    body = _BODIES[c.kind](c, id, start, described)
    return f'<div class="gtt-control" data-name="{escape(key)}" data-kind="{c.kind}">{body}{note}</div>'


def _slider(c: Control, id: str, start: float, described: str) -> str:
    label, text = escape(c.label), escape(c.text(start))
    any_step = ' step="any"' if c.continuous else ""
    play = f'<button type="button" class="gtt-play" aria-pressed="false" aria-label="Play {label}"></button>'
    if c.work:
        play = f'<button type="button" class="gtt-work">{escape(c.work)}</button>'
    return (
        f'<label for="{id}">{label}</label><input type="range" id="{id}" min="0" max="{len(c.values) - 1}"'
        f' value="{start}"{any_step} aria-valuetext="{text}" autocomplete="off"{described}>'
        f'<output for="{id}" aria-live="off" style="--gtt-ch:{max(map(len, c.texts))}">{text}</output>'
        f"{play if c.play or c.work else ''}"
    )


def _choice(c: Control, id: str, start: float, described: str) -> str:
    radios = "".join(
        f'<label><input type="radio" name="{id}" value="{i}"{" checked" * (i == start)} autocomplete="off">'
        f"<span>{escape(text)}</span></label>"
        for i, text in enumerate(c.texts)
    )
    return (
        f'<span id="{id}-label">{escape(c.label)}</span>'
        f'<div class="gtt-choice" role="radiogroup" aria-labelledby="{id}-label"{described}>{radios}</div>'
    )


def _menu(c: Control, id: str, start: float, described: str) -> str:
    options = "".join(
        f'<option value="{i}"{" selected" * (i == start)}>{escape(text)}</option>' for i, text in enumerate(c.texts)
    )
    return (
        f'<label for="{id}">{escape(c.label)}</label>'
        f'<select id="{id}" autocomplete="off"{described}>{options}</select>'
    )


_BODIES = {"slider": _slider, "choice": _choice, "menu": _menu}


def _form(figure: States) -> str:
    """The prediction, which covers the picture until the reader commits to a guess. Like the controls it is no <form>:
    Chrome's password manager asks whether each form is visible, and lays out all that is around it to know."""
    if not (guess := figure.predict):
        return ""
    choices = "".join(
        f'<label><input type="radio" name="{figure.name}--guess" required data-right="{int(c == guess.answer)}"'
        f' data-verdict="{escape(f"{verdict} {guess.reveal}".strip())}"><span>{escape(c)}</span></label>'
        for c, verdict in guess.choices.items()
    )
    return (
        f'<div class="gtt-guess" data-reveal="{escape(guess.reveal)}"><fieldset><legend>{escape(guess.question)}'
        f'</legend>{choices}</fieldset><p><button type="button">Commit to my guess</button>'
        f'<button type="button" class="gtt-skip">Just show me</button></p></div>'
    )


def _small(figure: States, label: str, state: Sequence[float], frame: Frame) -> str:
    """A named state, for print and for readers without JavaScript. Its ids are its own: pages have it twice."""
    svg = _prefixed(frame.svg, figure.name, re.sub("[^a-z0-9]+", "-", label.lower()))
    words = f"{label}: {_words(figure, state)}"
    return (
        f'<div class="gtt-small"><div class="gtt-picture" role="img" aria-label="{escape(frame.alt)}">{svg}</div>'
        f"<p>{escape(words)}</p></div>"
    )
