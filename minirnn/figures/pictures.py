"""A still figure as a page shows it."""

import hashlib
import html
import itertools
import re

from minirnn.figures.frames import columns_of, said
from minirnn.figures.svg import drawn
from minirnn.figures.theme import styled, themed
from minirnn.optional import extra

with extra("draw"):
    import matplotlib as mpl
    from matplotlib.figure import Figure


class Picture:
    """A figure as SVG that follows the theme of its page and says in words what it shows; made by `show`. `figure` is
    the drawing itself; `columns` are windows onto it, which a page of the book shows below each other on a phone."""

    def __init__(self, svg: str, alt: str, figure: Figure, columns: str = "") -> None:
        self.svg, self.alt, self.figure, self.columns = svg, alt, figure, columns

    def __repr__(self) -> str:
        return self.alt

    def _repr_html_(self) -> str:
        opening = f'<svg class="gtt-still" role="img" aria-label="{html.escape(self.alt)}"'
        return themed(self.svg.replace("<svg", opening, 1).replace("<g", '<g aria-hidden="true"', 1)) + self.columns


@styled
def show(fig: Figure, alt: str) -> Picture:
    """The figure as a notebook or page shows it: text as text, ids that no other picture of the page has.
    Numbers such as 1e-07 in `alt` become words.

    >>> from minirnn.figures import figure
    >>> fig, ax = figure(2, 1)
    >>> "aria-label=\\"nothing\\"" in show(fig, "nothing")._repr_html_()
    True
    """
    if not alt.strip():
        raise ValueError("alt must say what the figure shows, got an empty string")
    alt = said(alt)
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": alt}):  # the salt makes the ids differ
        svg = drawn(fig)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.S)
    used = set(re.findall(r'#([^")]+)[")]', svg))
    svg = re.sub(r' id="([^"]*)"', lambda m: m[0] if m[1] in used else "", svg)  # "axes_1" is in every picture
    name = f"still-{hashlib.sha256(alt.encode()).hexdigest()[:10]}"
    return Picture(svg.replace("<g", f'<g id="{name}"', 1), alt, fig, windows(fig, name))


def windows(fig: Figure, name: str) -> str:
    """The columns of panels as windows onto the drawing with the id `name`, hidden but where a style shows them; ""
    where a drawing cannot be cut."""
    cuts, spans = columns_of(fig)
    width, height = (72 * float(side) for side in fig.get_size_inches())
    views = ""
    for (a, b), (high, low) in zip(itertools.pairwise((0.0, *cuts, width)), spans, strict=True):
        top, bottom = max(0, high - 6), min(height, low + 6)
        views += (
            f'<svg viewBox="{a:g} {top:g} {b - a:g} {bottom - top:g}" style="max-width:{1.6 * (b - a):g}px">'
            f'<use href="#{name}"/></svg>'
        )
    return f'<div class="gtt-still-columns" aria-hidden="true" style="display:none">{views}</div>' if cuts else ""
