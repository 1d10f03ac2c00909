"""One look for every figure: palette, type and line weights, in light and dark.

The four meanings of the book have four hues, the same in figures, callouts, controls and logo. They come from
the set of Okabe and Ito, which colour-blind readers can tell apart, darkened (lightened) until text set in
them has a contrast of 4.5:1 on the light (dark) page. Figures are drawn in the light hues; `themed` turns each
into a CSS variable with the light hue as its default, so that one picture follows the theme of its page.

Importing this module changes no setting of matplotlib: a function that draws is decorated with `styled`.
"""

import functools
import html
import io
import re
from collections.abc import Callable
from importlib import resources
from typing import Any, TypeVar

from minirnn.optional import extra

with extra("draw"):
    import matplotlib as mpl
    from matplotlib import font_manager
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

R = TypeVar("R")

# name: (on the light page, on the dark page)
PALETTE = {
    "vanishing": ("#0072b2", "#56b4e9"),
    "critical": ("#007a5a", "#3ccb9f"),
    "exploding": ("#c04f00", "#ff9a4d"),
    "chaotic": ("#a63f7f", "#e79bc6"),
    "ink": ("#1d2530", "#e6e9ee"),
    "muted": ("#5a6472", "#a3acb9"),
    "line": ("#c8ced6", "#424b58"),
    "wash": ("#f1f3f6", "#1f252e"),
    "paper": ("#ffffff", "#14181e"),
}
SYSTEM = {  # where the reader's system sets the colours
    "ink": "CanvasText",
    "muted": "CanvasText",
    "line": "color-mix(in srgb, CanvasText 40%, Canvas)",
    "wash": "Canvas",
    "paper": "Canvas",
}
FONT = "Source Sans Pro"

STYLE: Any = {
    "font.family": FONT,
    "font.size": 11,
    "axes.titlesize": 11.5,
    "axes.titleweight": 600,
    "axes.titlelocation": "left",
    "axes.titlepad": 9,
    "axes.labelsize": 11,
    "axes.labelcolor": PALETTE["muted"][0],
    "axes.edgecolor": PALETTE["line"][0],
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "text.color": PALETTE["ink"][0],
    "xtick.color": PALETTE["line"][0],
    "ytick.color": PALETTE["line"][0],
    "xtick.labelcolor": PALETTE["muted"][0],
    "ytick.labelcolor": PALETTE["muted"][0],
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "xtick.minor.visible": False,
    "ytick.minor.visible": False,
    "grid.color": PALETTE["line"][0],
    "grid.linewidth": 0.5,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "mathtext.fontset": "custom",
    "mathtext.rm": FONT,
    "mathtext.it": f"{FONT}:italic",
    "mathtext.bf": f"{FONT}:semibold",
    **{f"mathtext.{kind}": FONT for kind in ("cal", "sf", "tt")},
}


def color(name: str) -> str:
    """The light-theme hex of a name of the palette; `themed` makes it follow the page.

    >>> color("vanishing")
    '#0072b2'
    """
    return PALETTE[name][0]


def palette_css() -> str:
    """The palette as CSS variables `--gtt-NAME`, for pages that mark their theme with `data-theme`; paper is light.

    Where the reader's system sets the colours, neutrals are its own, and the four hues those for its background.
    """

    def block(selector: str, colors: dict[str, str]) -> str:
        return selector + "{" + "".join(f"--gtt-{k}:{v};" for k, v in colors.items()) + "}"

    light, dark = ({name: pair[which] for name, pair in PALETTE.items()} for which in (0, 1))
    dark_page, any_page = 'html[data-theme="dark"]', "html:root,html:root body"
    return (
        f"{block(':root', light)}\n@media not print{{{block(dark_page, dark)}}}\n"
        f"@media (forced-colors:active){{{block(any_page, light | SYSTEM)}}}\n"
        f"@media (forced-colors:active) and (prefers-color-scheme:dark){{{block(any_page, dark | SYSTEM)}}}\n"
    )


def themed(svg: str) -> str:
    """The same SVG with each hue of the palette as `var(--gtt-NAME, hue)`.

    >>> themed('<path style="stroke: #0072b2"/>')
    '<path style="stroke: var(--gtt-vanishing, #0072b2)"/>'
    """
    for name, (light, _) in PALETTE.items():
        svg = svg.replace(light, f"var(--gtt-{name}, {light})")
    return svg


@functools.cache
def use_book_font() -> None:
    """Makes the book's font known to matplotlib, so that widths of text are those of the page.

    Its package comes with the extra `draw`. It lacks a few glyphs (ᵀ, ∇, ∈, superscript minus), for which
    matplotlib warns: write these in words, or as mathtext.
    """
    with extra("draw"):
        files = resources.files("font_source_sans_pro") / "files"
    for weight in ("Regular", "Semibold", "It"):
        font_manager.fontManager.addfont(str(files / f"SourceSansPro-{weight}.ttf"))


def styled(draw: Callable[..., R]) -> Callable[..., R]:
    """Decorator: all that `draw` makes has the book's style; settings outside the call stay as they are."""

    @functools.wraps(draw)
    def wrapper(*args: Any, **kwargs: Any) -> R:
        use_book_font()
        with mpl.rc_context(rc=STYLE):
            return draw(*args, **kwargs)

    return wrapper


@styled
def figure(
    width: float = 7.2,
    height: float = 3.0,
    nrows: int = 1,
    ncols: int = 1,
    *,
    margins: tuple[float, float, float, float] = (0.6, 0.5, 0.15, 0.35),
    gaps: tuple[float, float] = (0.6, 0.7),
    **gridspec: Any,
) -> tuple[Figure, Any]:
    """A Figure of width × height inches and its Axes (one, or an array), belonging to no window or pyplot state.

    `margins` (left, bottom, right, top) and `gaps` (between columns, between rows) are in inches and fixed, so
    that panels stay where they are from frame to frame; `gridspec` goes to `Figure.subplots`. Call it from a
    `styled` function: artists take their style when they are made.
    """
    left, bottom, right, top = margins
    fig = Figure(figsize=(width, height))
    panel_width = (width - left - right - gaps[0] * (ncols - 1)) / ncols
    panel_height = (height - bottom - top - gaps[1] * (nrows - 1)) / nrows
    grid = {
        "left": left / width,
        "right": 1 - right / width,
        "bottom": bottom / height,
        "top": 1 - top / height,
        "wspace": gaps[0] / panel_width,
        "hspace": gaps[1] / panel_height,
    }
    return fig, fig.subplots(nrows, ncols, gridspec_kw=grid | gridspec.pop("gridspec_kw", {}), **gridspec)


def readable(value: float) -> str:
    """A number for a title or a label: two digits, with a power of ten (mathtext) where it is far from 1.

    >>> readable(0.12), readable(3.7e-05)
    ('0.12', '$3.7·10^{-5}$')
    """
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.2g}" if abs(value) < 100 else f"{value:.0f}"
    digits, exponent = f"{value:.1e}".split("e")
    return f"${digits}·10^{{{int(exponent)}}}$"


def label_line(ax: Axes, x: float, y: float, text: str, name: str = "ink", **kwargs: Any) -> None:
    """Writes a direct label in a hue of the palette at (x, y) of the data, instead of a legend."""
    ax.annotate(text, (x, y), color=color(name), fontsize=10.5, fontweight=600, **kwargs)


class Picture:
    """A figure as SVG that follows the theme of its page and says in words what it shows; made by `show`."""

    def __init__(self, svg: str, alt: str) -> None:
        self.svg, self.alt = svg, alt

    def __repr__(self) -> str:
        return self.alt

    def _repr_html_(self) -> str:
        opening = f'<svg class="gtt-still" role="img" aria-label="{html.escape(self.alt)}"'
        return themed(self.svg.replace("<svg", opening, 1))


@styled
def show(fig: Figure, alt: str) -> Picture:
    """The figure as a notebook or page shows it: text as text, ids that no other picture of the page has.

    >>> fig, ax = figure(2, 1)
    >>> "aria-label=\\"nothing\\"" in show(fig, "nothing")._repr_html_()
    True
    """
    if not alt.strip():
        raise ValueError("alt must say what the figure shows, got an empty string")
    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": alt}):  # the salt makes the ids differ
        fig.savefig(buffer, format="svg", metadata={"Date": None})
    svg = buffer.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.S)
    used = set(re.findall(r'#([^")]+)[")]', svg))
    svg = re.sub(r' id="([^"]*)"', lambda m: m[0] if m[1] in used else "", svg)  # "axes_1" is in every picture
    return Picture(svg, alt)
