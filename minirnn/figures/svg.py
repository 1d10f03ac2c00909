"""Pictures as small as a page needs them: a figure with a hundred states is as light as a photograph.

`compact` strips what a page does not need and writes paths as steps from point to point: a curve over an even grid then
repeats itself, which is half the bytes after gzip. `pack` stores each tag that frames share once.
"""

import hashlib
import io
import re
from collections.abc import Collection, Iterable
from functools import cache, lru_cache
from typing import Any

from minirnn.figures import theme
from minirnn.figures.artists import LIVE, is_live
from minirnn.figures.flattening import flat
from minirnn.optional import extra

with extra("draw"):
    import matplotlib as mpl
    from matplotlib.backends.backend_mixed import MixedModeRenderer
    from matplotlib.backends.backend_svg import RendererSVG
    from matplotlib.figure import Figure
    from matplotlib.path import Path
    from matplotlib.textpath import TextToPath

WEIGHTS = {400: "normal", 600: "semibold"}  # matplotlib before 3.11 fails at a text whose weight is a number

# The parser of formulas, which stores the formulas that it has read.
FORMULAS = TextToPath()

# matplotlib's <style> must go: its rule for * would hold for the whole page (explorable.css has it, in scope)
_NOISE = re.compile(
    r"<metadata>.*?</metadata>|<!--.*?-->|<defs>\s*<style.*?</style>\s*</defs>"
    r"|\s(?:xmlns|xmlns:xlink|version)=\"[^\"]*\"|\stransform=\"rotate\(-0 [^\"]*\"",
    re.DOTALL,
)


class Renderer(RendererSVG):
    """matplotlib's renderer, except for artists that the script of a live figure moves. Their lines keep every point;
    their texts stay one text, with braces around superscripts, which `compact` turns into markup. An artist that is
    `hidden` is in the picture and not visible."""

    live = False
    hidden: Collection[str] = ()

    def open_group(self, s: str, gid: str | None = None) -> None:
        self.live = str(gid or "").startswith(LIVE)
        if gid in self.hidden:
            self.writer.start("g", id=gid, style="display: none")
        else:
            super().open_group(s, gid)

    def close_group(self, s: str) -> None:
        self.live = False
        super().close_group(s)

    def draw_path(self, gc: Any, path: Path, transform: Any, rgbFace: Any = None) -> None:
        if self.live:
            path = Path(path.vertices, path.codes)
            path.should_simplify = False
        super().draw_path(gc, path, transform, rgbFace)

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float, ismath: Any = False, mtext: Any = None
    ) -> None:
        if prop.get_weight() in WEIGHTS:
            prop = prop.copy()
            prop.set_weight(WEIGHTS[prop.get_weight()])
        if not self.live:
            s = bold(s) if ismath and prop.get_weight() == "semibold" else s
            return super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
        with mpl.rc_context({"svg.fonttype": "none"}):
            super().draw_text(gc, x, y, s.replace("$", ""), prop, angle, False, mtext)


def drawn(figure: Figure) -> str:
    """The SVG that savefig would write, without a background, in as little as a third of the time: matplotlib parses
    the formulas at the ticks anew for each file, and this function parses each of them once."""
    file, dpi = io.StringIO(), figure.dpi
    width, height = figure.get_size_inches()
    figure.set_facecolor("none")
    figure.set_dpi(
        72
    )  # an SVG's unit is a point; before the renderers, which go back to it from what they draw as pixels
    svg = Renderer(72 * width, 72 * height, file, image_dpi=dpi)
    svg._text2path = FORMULAS  # a name of matplotlib's own: where it goes, frames take longer and stay as they are
    renderer: Any = MixedModeRenderer(figure, width, height, dpi, svg)
    hidden = [a for a in figure.findobj(is_live) if not a.get_visible()]
    svg.hidden = [str(a.get_gid()) for a in hidden]
    for artist in hidden:
        artist.set_visible(True)
    figure.draw(renderer)
    for artist in hidden:
        artist.set_visible(False)
    figure.set_dpi(dpi)
    renderer.finalize()
    return file.getvalue()


def bold(text: str) -> str:
    """A text whose formulas are as heavy as the words of a title: matplotlib leaves them light.

    >>> bold("At lag 40: $2.6·10^{-5}$; errors 75 %")
    'At lag 40: $\\\\mathbf{2.6·10^{-5}}$; errors 75 %'
    """
    return re.sub(r"\$([^$]*)\$", r"$\\mathbf{\1}$", text)


def compact(svg: str, name: str) -> str:
    """An SVG file of matplotlib as markup for a page: scaled by CSS, themed, its ids prefixed with `name`."""
    svg = named_by_shape(_NOISE.sub("", svg[svg.index("<svg") :]).strip())
    svg = re.sub(r">\s*\n\s*<", "><", svg)  # a space inside <tspan> </tspan> is text: it has no line break
    # its letters are for the eye: a screen reader has the text alternative, and else would read each tick
    svg = re.sub(r'<svg([^>]*?) width="[^"]*" height="[^"]*"', r'<svg aria-hidden="true"\1', svg)
    used = {"figure_1", *re.findall(r'(?:href="|url\()#([^")]+)', svg)}  # a phone's columns refer to figure_1
    used |= {*re.findall(rf' id="({LIVE}[^"]*|panel-\d+)"', svg)}  # what a script of the page moves, or leaves out
    svg = re.sub(r' id="([^"]*)"', lambda m: f' id="{name}-{m[1]}"' if m[1] in used else "", svg)
    svg = re.sub(r'(?:xlink:)?href="#', f'href="#{name}-', svg).replace("url(#", f"url(#{name}-")
    svg = re.sub(r' d="([^"]*)"', lambda m: f' d="{steps(m[1])}"', svg)
    # positions only: a rounded scale(...) would spread the letters of a text
    svg = re.sub(r' (x|y)="([^"]*)"', lambda m: f' {m[1]}="{_rounded(m[2])}"', svg)
    svg = re.sub(r"(font-family: '[^']*')", r"\1, sans-serif", svg)
    svg = theme.themed(raised(svg))
    return flat(svg) if f' id="{name}-{LIVE}' in svg else svg


def raised(text: str) -> str:
    """A text in which the part in braces after ^ is set higher and smaller.

    >>> raised("3.7·10^{-5} <b>")
    '3.7·10<tspan dy="-.5em" font-size="70%">−5</tspan><tspan dy=".35em"> </tspan><b>'
    """

    def markup(found: re.Match[str]) -> str:
        above, after = found[1].replace("-", "−"), found[2]
        return f'<tspan dy="-.5em" font-size="70%">{above}</tspan><tspan dy=".35em">{after}</tspan>'

    return re.sub(r"\^\{([^}]*)\}([^^<]*)", markup, text)


def named_by_shape(svg: str) -> str:
    """Clips with ids made of their shapes as they are written. matplotlib makes them of all digits, of which the last
    depend on where in memory the numbers lie, so that the same picture would have other ids in another process.

    >>> one, other = (f'<clipPath id="{key}"><rect x="1"/></clipPath><path clip-path="url(#{key})"/>' for key in "ab")
    >>> named_by_shape(one) == named_by_shape(other) != one
    True
    """
    shapes = dict(re.findall(r'<clipPath id="([^"]*)">(.*?)</clipPath>', svg, re.DOTALL))
    names = {key: f"p{hashlib.sha256(shape.encode()).hexdigest()[:10]}" for key, shape in shapes.items()}
    svg = re.sub(r'(<clipPath id="|url\(#)(\w+)', lambda m: m[1] + names.get(m[2], m[2]), svg)
    for name, shape in {names[key]: shape for key, shape in shapes.items()}.items():
        first, clip = svg.find(f'<clipPath id="{name}">'), f'<clipPath id="{name}">{shape}</clipPath>'
        svg = svg[: first + len(clip)] + svg[first + len(clip) :].replace(clip, "")  # an id stands once
    return svg


@lru_cache(1000)  # axes, ticks and contours are the same in every frame
def steps(path: str) -> str:
    """Path data with each point as a step from the last, in hundredths: rounding errors do not add up.

    >>> steps("M 10 20.004 L 11.5 19 L 13 18 z M 10 21 L 11 21")
    'M10 20l1.5-1l1.5-1zm0 1l1 0'
    """
    out, x, y, start = "", 0, 0, (0, 0)
    for command, numbers in re.findall(r"([MLCQz])([^MLCQz]*)", path):
        values = [round(100 * float(v)) for v in numbers.split()]
        points = list(zip(values[::2], values[1::2], strict=True))
        text = " ".join(_hundredths(v - o) for p in points for v, o in zip(p, (x, y), strict=True))
        out += (command.lower() if out else command) + text.replace(" -", "-")
        x, y = points[-1] if points else start
        start = (x, y) if command == "M" else start
    return out


def _rounded(numbers: str) -> str:
    return " ".join(_hundredths(round(100 * float(v))) for v in numbers.split())


@cache
def _hundredths(value: int) -> str:
    """The shortest decimal of value / 100: "-.5" for -50."""
    text = f"{abs(value) / 100:.2f}".rstrip("0").rstrip(".")
    text = text[1:] if text.startswith("0.") else text
    return ("-" if value < 0 else "") + text


def pack(svgs: Iterable[str]) -> tuple[list[str], list[list[int]]]:
    """Frames as (tags, numbers): frame k is the tags numbers[k], joined. A tag comes with the text after it.

    Each tag is stored once. gzip alone does not do this: its window of 32 KB is shorter than a frame.

    >>> pack(["<g><a/></g>", "<g><b/></g>"])
    (['<g>', '<a/>', '</g>', '<b/>'], [[0, 1, 2], [0, 3, 2]])
    """
    table: dict[str, int] = {}
    numbers = [[table.setdefault(tag, len(table)) for tag in re.findall("<[^<]*", svg)] for svg in svgs]
    return list(table), numbers
