"""One look for every figure: palette, type and line weights, in light and dark.

The four meanings of the book have four hues, the same in figures, callouts, controls and logo. They come from
the set of Okabe and Ito, which colour-blind readers can tell apart, darkened (lightened) until text set in
them has a contrast of 4.5:1 on the light (dark) page. Figures are drawn in the light hues; `themed` turns each
into a CSS variable with the light hue as its default, so that one picture follows the theme of its page.

Importing this module changes no setting of matplotlib: a function that draws is decorated with `styled`.
"""

import functools
from collections.abc import Callable
from importlib import resources
from typing import Any, TypeVar

from minirnn.optional import extra

with extra("draw"):
    import matplotlib as mpl
    from matplotlib import font_manager

_R = TypeVar("_R")

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
    "axes.titley": 1.0,  # where it is; else matplotlib looks at every tick for one in its way
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


def styled(draw: Callable[..., _R]) -> Callable[..., _R]:
    """Decorator: all that `draw` makes has the book's style; settings outside the call stay as they are."""

    @functools.wraps(draw)
    def wrapper(*args: Any, **kwargs: Any) -> _R:
        use_book_font()
        with mpl.rc_context(rc=STYLE):
            return draw(*args, **kwargs)

    return wrapper
