"""The preview of a shared page: its title, its description, and one card for the book in the figures' style."""

import html
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

if TYPE_CHECKING:  # not imported for pages alone
    from matplotlib.figure import Figure

CARD = "_static/card.png"
SIZE = (1200, 630)  # pixels; what shows it cuts other shapes
FRONT = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8" /><title>{title}</title>{tags}
<meta http-equiv="refresh" content="0; url={page}" /></head>
<body><p><a href="{page}">{title}</a></p></body></html>
"""
ALT = "Curves that part from one point: some die away, one stays level, some grow beyond the picture."


def settle(app: Sphinx, config: Config) -> None:
    """On config-inited: the site's address, unless it is set, is where the workflow publishes the repository."""
    repository = urlsplit(config.html_theme_options.get("repository_url") or "")
    if repository.hostname == "github.com" and not config.html_baseurl:
        owner, name = repository.path.strip("/").split("/")
        config.html_baseurl = f"https://{owner}.github.io/{name}/"


def describe(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """On html-page-context. The picture and the page need an absolute address: without one there are no such tags."""
    if doctree is None:
        return
    descriptions = [node["content"] for node in doctree.findall(nodes.meta) if node.get("name") == "description"]
    tags = {
        "og:type": "website" if pagename == app.config.root_doc else "article",
        "og:site_name": app.config.html_title,
        "og:title": app.env.titles[pagename].astext(),
        "og:description": "".join(descriptions[:1]),
        "twitter:card": "summary",
    }
    if base := app.config.html_baseurl:
        image = {"": urljoin(base, CARD), ":width": SIZE[0], ":height": SIZE[1], ":alt": ALT}
        tags |= {"og:url": urljoin(base, f"{pagename}.html"), "twitter:card": "summary_large_image"}
        tags |= {f"og:image{key}": value for key, value in image.items()}
    for key, value in tags.items():
        kind = "name" if key.startswith("twitter") else "property"
        context["metatags"] += f'\n<meta {kind}="{key}" content="{html.escape(str(value))}" />'
    if pagename == app.config.root_doc:  # the site's own address leads there, and is what most will share
        front = FRONT.format(
            page=f"{pagename}.html", title=html.escape(app.config.html_title), tags=context["metatags"]
        )
        Path(app.outdir, "index.html").write_text(front, encoding="utf-8")


def draw(app: Sphinx, error: Exception | None) -> None:
    """On build-finished: the card, where pages name it."""
    if not error and app.builder.name == "html" and app.config.html_baseurl:
        drawn = card(app.config.html_title, "Why are recurrent networks hard to train?")
        drawn.savefig(Path(app.outdir) / CARD, dpi=100)


def card(title: str, question: str) -> "Figure":
    """λᵗ for λ around 1, as in the logo: the hue of each curve is its regime's."""
    import numpy as np
    from matplotlib.font_manager import FontProperties

    from minirnn.figures.panels import figure
    from minirnn.figures.theme import color, styled

    def font(package: str, name: str, size: float) -> FontProperties:
        return FontProperties(fname=str(resources.files(f"font_source_{package}") / f"files/{name}.ttf"), size=size)

    @styled
    def drawn() -> "Figure":
        fig, ax = figure(SIZE[0] / 100, SIZE[1] / 100, margins=(0, 0, 0, 0))
        fig.set_facecolor("white")
        ax.set(xlim=(0, 1), ylim=(-2.75, 2.9))
        ax.set_axis_off()
        t = np.linspace(0, 1, 200)
        for rate in np.linspace(-4, 4, 33):
            name = "vanishing" if rate < -0.1 else "exploding" if rate > 0.1 else "critical"
            width = 4 if name == "critical" else 2
            ax.plot(t, np.exp(rate * t) - 1, color=color(name), lw=width, alpha=1 - abs(rate) / 6)
        fig.text(0.05, 0.155, title, font=font("sans_pro", "SourceSansPro-Semibold", 56))
        fig.text(0.05, 0.06, question, font=font("serif_pro", "SourceSerifPro-It", 30), color=color("muted"))
        return fig

    return drawn()
