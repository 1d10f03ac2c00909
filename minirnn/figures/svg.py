"""Pictures as small as a page needs them: a figure with a hundred states is as light as a photograph.

`compact` strips what a page does not need and writes paths as steps from point to point: a curve over an even grid then
repeats itself, which is half the bytes after gzip. `pack` stores each tag that frames share once.
"""

import re
from collections.abc import Iterable

from minirnn.figures import theme

# matplotlib's <style> must go: its rule for * would hold for the whole page (explorable.css has it, in scope)
_NOISE = re.compile(
    r"<metadata>.*?</metadata>|<!--.*?-->|<defs>\s*<style.*?</style>\s*</defs>"
    r"|\s(?:xmlns|xmlns:xlink|version)=\"[^\"]*\"|\stransform=\"rotate\(-0 [^\"]*\"",
    re.DOTALL,
)


def compact(svg: str, name: str) -> str:
    """An SVG file of matplotlib as markup for a page: scaled by CSS, themed, its ids prefixed with `name`."""
    svg = _NOISE.sub("", svg[svg.index("<svg") :]).strip()
    svg = re.sub(r">\s*\n\s*<", "><", svg)  # a space inside <tspan> </tspan> is text: it has no line break
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"', r"\1", svg)
    used = {"figure_1", *re.findall(r'(?:href="|url\()#([^")]+)', svg)}  # a phone's columns refer to figure_1
    svg = re.sub(r' id="([^"]*)"', lambda m: f' id="{name}-{m[1]}"' if m[1] in used else "", svg)
    svg = re.sub(r'(?:xlink:)?href="#', f'href="#{name}-', svg).replace("url(#", f"url(#{name}-")
    svg = re.sub(r' d="([^"]*)"', lambda m: f' d="{steps(m[1])}"', svg)
    # positions only: a rounded scale(...) would spread the letters of a text
    svg = re.sub(r' (x|y)="([^"]*)"', lambda m: f' {m[1]}="{_rounded(m[2])}"', svg)
    svg = re.sub(r"(font-family: '[^']*')", r"\1, sans-serif", svg)
    return theme.themed(svg)


def steps(path: str) -> str:
    """Path data with each point as a step from the last, in hundredths: rounding errors do not add up.

    >>> steps("M 10 20.004 L 11.5 19 L 13 18 z")
    'M10 20l1.5-1l1.5-1z'
    """
    out, x, y = [], 0, 0
    for command, numbers in re.findall(r"([MLCQz])([^MLCQz]*)", path):
        values = [round(100 * float(v)) for v in numbers.split()]
        points = list(zip(values[::2], values[1::2], strict=True))
        origin = (0, 0) if command == "M" else (x, y)
        text = " ".join(_hundredths(v - o) for p in points for v, o in zip(p, origin, strict=True))
        out.append((command if command == "M" else command.lower()) + text.replace(" -", "-"))
        x, y = points[-1] if points else (x, y)
    return "".join(out)


def _rounded(numbers: str) -> str:
    return " ".join(_hundredths(round(100 * float(v))) for v in numbers.split())


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
