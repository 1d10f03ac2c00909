"""A still figure as a page shows it."""

import html
import re

from minirnn.figures.frames import said
from minirnn.figures.svg import drawn
from minirnn.figures.theme import styled, themed
from minirnn.optional import extra

with extra("draw"):
    import matplotlib as mpl
    from matplotlib.figure import Figure


class Picture:
    """A figure as SVG that follows the theme of its page and says in words what it shows; made by `show`. `figure` is
    the drawing itself."""

    def __init__(self, svg: str, alt: str, figure: Figure) -> None:
        self.svg, self.alt, self.figure = svg, alt, figure

    def __repr__(self) -> str:
        return self.alt

    def _repr_html_(self) -> str:
        opening = f'<svg class="gtt-still" role="img" aria-label="{html.escape(self.alt)}"'
        return themed(self.svg.replace("<svg", opening, 1).replace("<g", '<g aria-hidden="true"', 1))


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
    return Picture(svg, alt, fig)
