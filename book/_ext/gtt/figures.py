"""Figures with controls have numbers, can be referred to, and each has a page of its own, for slides and projectors."""

import re
from base64 import b64encode
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import ReferenceRole

from .assets import FACES, face_file
from .checks import FIGURE
from .language import say

FOLDER = "figures"  # of the built site
OPENING = re.compile(r'<gtt-explorable id="([\w-]+)"')
LINK = re.compile(r' *<a class="gtt-alone".*?</a>')
PAGE = """\
<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<link rel="icon" href="../_static/favicon.svg">
<link rel="stylesheet" href="../_static/tokens.css"><link rel="stylesheet" href="../_static/explorable.css">
<link rel="stylesheet" href="../_static/alone.css">
<script>
  const theme = () => {{ try {{ return localStorage.getItem("mode"); }} catch {{ return null; }} }};
  const dark = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.documentElement.dataset.theme = ["light", "dark"].includes(theme()) ? theme() : dark;
</script>
{messages}<script defer src="../_static/explorable.js"></script><script defer src="../_static/alone.js"></script></head>
<body><main><h1 class="gtt-hidden">{title}</h1>
{figure}
<nav class="gtt-take" aria-label="{take}">
<a class="gtt-home" href="../{page}.html#{name}">{chapter}</a></nav>
</main></body></html>
"""

STATES = """\
<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title><meta name="robots" content="noindex">
<link rel="stylesheet" href="../_static/tokens.css"><link rel="stylesheet" href="../_static/explorable.css"></head>
<body><main class="gtt-explorable">{pictures}</main></body></html>
"""


def numbers(env: BuildEnvironment) -> dict[str, list[str]]:
    """{page: names} of the figures of a page in its order; what has a number of Sphinx's has "" for a name."""
    vars(env).setdefault("gtt_figures", {})
    return vars(env)["gtt_figures"]


def file_of(page: str, name: str) -> str:
    """Two chapters may have a figure of one name.

    >>> file_of("book/chaos", "cost")
    'figures/chaos-cost.html'
    """
    return f"{FOLDER}/{page.rpartition('/')[2]}-{name}.html"


def number(app: Sphinx, doctree: nodes.document) -> None:
    """On doctree-read: a figure gets its number, and a link to its own page."""
    page = app.env.docname
    found: list[str] = []
    for node in doctree.findall(lambda n: isinstance(n, nodes.raw | nodes.figure)):
        if isinstance(node, nodes.figure):
            found += [""] if any(isinstance(child, nodes.caption) for child in node) else []
        elif opening := OPENING.search(node.astext()):
            found.append(opening[1])
            node.children = [nodes.Text(marked(node.astext(), opening[1], len(found), page))]
    numbers(app.env)[page] = found


def marked(html: str, name: str, number: int, page: str) -> str:
    """The markup of a figure with its number before the caption and, below, a link."""
    address = f"{'../' * page.count('/')}{file_of(page, name)}"
    place = f"{say('Fig.')} {number}"
    html = html.replace(
        "<figure>", f'<figure aria-label="{place}">', 1
    )  # a screen reader comes to Fig. 3, not to a figure
    html = html.replace("<figcaption>", f'<figcaption><span class="caption-number">{place}</span> ', 1)
    link = f'<a class="gtt-alone" href="{address}">{say("This figure alone")}</a>'
    return html.replace("</button></div><p", f"</button>{link}</div><p", 1)


def forget(app: Sphinx, env: BuildEnvironment, page: str) -> None:
    numbers(env).pop(page, None)


def join(app: Sphinx, env: BuildEnvironment, pages: set[str], other: BuildEnvironment) -> None:
    numbers(env).update({page: found for page, found in numbers(other).items() if page in pages})


def remember(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """On env-get-updated, before Sphinx numbers its own figures: the last numbers that it gave, since it writes a page
    anew whose numbers differ."""
    for page, given in vars(env).get("gtt_fignumbers", {}).items():
        env.toc_fignumbers.get(page, {}).get("figure", {}).update(given)
    return []


def renumber(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """And after it: Sphinx's figures, which it numbers through the book, are counted with those of a page."""
    vars(env)["gtt_fignumbers"] = {}
    for page, found in numbers(env).items():
        own = env.toc_fignumbers.get(page, {}).get("figure", {})
        vars(env)["gtt_fignumbers"][page] = dict(own)
        places = [place for place, name in enumerate(found, 1) if not name]
        own.update({key: (place,) for key, place in zip(own, places, strict=False)})
    return []


class Fig(ReferenceRole):
    """{fig}`cliff`: a link to the figure `cliff`, by its number and, from another page, that page's title. Where
    several pages have a figure of this name, {fig}`chaos/cost`."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        node = addnodes.pending_xref("", reftype="gtt-figure", reftarget=self.target, refdomain="", refwarn=True)
        node["titled"] = self.has_explicit_title
        node += nodes.inline("", self.title)
        return [node], []


def resolve(app: Sphinx, env: BuildEnvironment, node: Any, content: nodes.Element) -> nodes.Node | None:
    """On missing-reference. What names no figure, or several, is left to Sphinx, which warns of it."""
    if node["reftype"] != "gtt-figure":
        return None
    (folder, _, name), here = node["reftarget"].rpartition("/"), node["refdoc"]
    pages = [page for page, found in numbers(env).items() if name in found and page.endswith(folder)]
    if here in pages and not folder:
        pages = [here]
    if len(pages) != 1:
        return None
    (page,) = pages
    place = f"{say('Fig.')} {numbers(env)[page].index(name) + 1}"
    text = place if page == here else f"{place} of {env.titles[page].astext()}"
    address = "" if page == here else app.builder.get_relative_uri(here, page)
    shown = content if node["titled"] else nodes.inline("", text)
    return nodes.reference("", "", shown, internal=True, refuri=f"{address}#{name}")


def write(app: Sphinx, error: Exception | None) -> None:
    """On build-finished: the pages of figures, and the faces of their letters for pictures that are taken along.
    What is large of a figure moves out of its chapter's page."""
    if error or app.builder.name != "html":
        return
    from minirnn.figures import beside  # found once `assets` has prepared the path

    site = Path(app.outdir)
    (site / FOLDER).mkdir(exist_ok=True)
    written = set()
    for page in sorted(app.env.found_docs):
        file = site / f"{page}.html"
        before = after = file.read_text(encoding="utf-8")
        for figure in FIGURE.finditer(before):
            name, own = figure[1], file_of(page, figure[1])
            html = beside.whole(site, figure[0])
            title, stem = app.env.titles[page].astext(), own.removesuffix(".html")
            (site / own).write_text(alone(page, name, html, title, app.config.language), encoding="utf-8")
            pictures = STATES.format(
                language=app.config.language, title=escape(title), pictures=beside.named_states(html)
            )
            (site / f"{stem}.states.html").write_text(pictures, encoding="utf-8")
            written |= {own, f"{stem}.js", f"{stem}.states.html"}
            after = after.replace(figure[0], beside.separate(site, stem, html, "../" * page.count("/")))
        if after != before:
            file.write_text(after, encoding="utf-8")
    for file in (site / FOLDER).glob("*.*"):
        if f"{FOLDER}/{file.name}" not in written:  # of a figure that is no more
            file.unlink()
    (site / "_static/faces.js").write_text(f"gttFaces(`{faces(site / '_static/fonts')}`);\n", encoding="utf-8")


def alone(page: str, name: str, html: str, chapter: str, language: str) -> str:
    """The page of one figure."""
    title = escape(f"{name.replace('-', ' ').capitalize()} · {chapter}")
    words = {"language": language, "take": say("Take this figure along"), "chapter": escape(chapter)}
    messages = '<script defer src="../_static/messages.js"></script>' if language != "en" else ""
    return PAGE.format(title=title, figure=LINK.sub("", html), page=page, name=name, messages=messages, **words)


def faces(folder: Path) -> str:
    """Style sheet with the faces of figures in it: an SVG that is taken along finds no files."""
    rules = []
    for source, (family, weight, style) in FACES.items():
        file = folder / face_file(source)
        if family.startswith("Source Sans") and file.exists():
            data = b64encode(file.read_bytes()).decode()
            rules.append(
                f'@font-face{{font-family:"{family}";font-weight:{weight};font-style:{style};'
                f'src:url("data:font/woff2;base64,{data}") format("woff2")}}'
            )
    return "".join(rules)
