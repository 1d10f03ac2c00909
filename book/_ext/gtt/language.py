"""Pages in other languages. Their texts come from Sphinx's catalogues; those of figures and of this extension from the
catalogue `figures`. A translation lies in a folder of the English site, and leads there for what it does not have."""

import json
import os
from html import escape
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_id

LANGUAGES = {"en": "English", "de": "Deutsch"}  # by their own names


def catalogue(file: Path) -> dict[str, str]:
    """{message: its translation}, of those that are translated."""
    with file.open("rb") as lines:
        return {str(m.id): str(m.string) for m in read_po(lines) if m.id and m.string and not m.fuzzy}


def say(text: str) -> str:
    """A text of the extension in the language of the build."""
    from minirnn.figures import language  # found once `assets` has prepared the path

    return language.say(text)


def settle(app: Sphinx, config: Config) -> None:
    """On config-inited, after `assets`: gives the messages to kernels, pages and this extension."""
    os.environ.pop("MINIRNN_MESSAGES", None)
    if config.language == "en":
        return
    folder = Path(app.doctreedir).with_name(f".messages-{config.language}")
    folder.mkdir(parents=True, exist_ok=True)
    messages = catalogue(Path(app.srcdir, "book/locale", config.language, "LC_MESSAGES/figures.po"))
    text = json.dumps(messages, ensure_ascii=False, separators=(",", ":"))
    (folder / "messages.json").write_text(text, encoding="utf-8")
    (folder / "messages.js").write_text(f"globalThis.gttMessages = {text};\n", encoding="utf-8")
    os.environ["MINIRNN_MESSAGES"] = str(folder / "messages.json")
    config.html_static_path.append(str(folder))
    config.html_js_files.insert(0, ("messages.js", {"defer": "defer", "priority": 399}))
    config.html_theme_options["search_bar_text"] = say(config.html_theme_options["search_bar_text"])
    for name in ("togglebutton_hint", "togglebutton_hint_hide"):
        setattr(config, name, say(getattr(config, name)))


# ---- what is not translated ------------------------------------------------------------------------------------


def partial(app: Sphinx) -> bool:
    """Whether the build has some of the pages alone: those of another language, or their messages."""
    return app.config.language != "en" or app.builder.name == "gettext"


def english(page: str, target: str, anchor: str = "") -> str:
    """The address of an English page from a translated one, whose site is a folder of the English site.

    >>> english("book/intro", "book/glossary", "#term-gate")
    '../../book/glossary.html#term-gate'
    """
    return f"{'../' * (page.count('/') + 1)}{target}.html{anchor}"


def elsewhere(content: nodes.Node, page: str, target: str, anchor: str = "") -> nodes.reference:
    address = english(page, target, anchor)
    return nodes.reference("", "", content, internal=True, refuri=address, hreflang="en")


class ToEnglish(SphinxPostTransform):
    """A link to a page that is not translated leads to the English one. MyST-Parser, one step later, knows none."""

    default_priority = 8

    def run(self, **kwargs: Any) -> None:
        if not partial(self.app):
            return
        for node in list(self.document.findall(addnodes.pending_xref)):
            target = node["reftarget"]
            if node.get("refdomain") == "doc" and target not in self.env.all_docs:
                anchor = f"#{node['reftargetid']}" if node.get("reftargetid") else ""
                node.replace_self(elsewhere(node[0].deepcopy(), self.env.docname, target, anchor))


def term(app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, content: nodes.Node) -> nodes.Node | None:
    """On missing-reference: a term leads to the English glossary."""
    if not partial(app) or node["reftype"] != "term":
        return None
    nothing: Any = None
    anchor = make_id(
        env, nodes.document(nothing, nothing), "term", node["reftarget"]
    )  # which the glossary makes too
    return elsewhere(content, node["refdoc"], "book/glossary", f"#{anchor}")


def numbers(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """On doctree-resolved: the numbers that a page glues have the decimal sign of its language."""
    for node in doctree.findall(lambda n: isinstance(n, nodes.inline) and "pasted-text" in n["classes"]):
        node[:] = [nodes.Text(say(node.astext()))]


# ---- from one language to the other ----------------------------------------------------------------------------


def switch(page: str, language: str, address: str) -> str:
    """The link to a page in another language."""
    name = LANGUAGES[language]
    return (
        f'<nav class="gtt-languages" aria-label="{escape(say("Language"))}">'
        f'<a href="{address}" hreflang="{language}" lang="{language}" rel="alternate">{name}</a></nav>'
    )


def offer(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """On html-page-context: a translated page leads to the English one, and that to its translations. Templates can say
    their texts in the language of the page, and lead to a page where it is."""
    context["say"] = say
    context["place"] = lambda page: (
        context["pathto"](page) if page in app.env.found_docs else english(pagename, page)
    )
    if doctree is None:
        return
    up = "../" * pagename.count("/")
    if app.config.language != "en":
        context["languages"] = switch(pagename, "en", english(pagename, pagename))
        context |= {
            "elsewhere": chapters_elsewhere(app, pagename),
            "chapters_in_english": say("Chapters in English"),
        }
    else:
        here = [x for x in LANGUAGES if Path(app.outdir, x, f"{pagename}.html").exists()]
        context["languages"] = "".join(switch(pagename, x, f"{up}{x}/{pagename}.html") for x in here)


def chapters_elsewhere(app: Sphinx, page: str) -> list[tuple[str, str]]:
    """(address, title) of the chapters that are there in English alone."""
    from .paths import chapters

    by_name, order = chapters(Path(app.srcdir))
    missing = [name for name in order if f"book/{name}" not in app.env.found_docs]
    return [(english(page, f"book/{name}"), by_name[name].title) for name in missing]


def introduce(app: Sphinx, error: Exception | None) -> None:
    """On build-finished of a translation: the English pages, where they are there already, lead to it."""
    site, language = Path(app.outdir), app.config.language
    if error or app.builder.name != "html" or language == "en" or site.name != language:
        return
    for page in app.env.found_docs:
        original = site.parent / f"{page}.html"
        if original.exists() and f'hreflang="{language}"' not in (text := original.read_text(encoding="utf-8")):
            link = switch(page, language, f"{'../' * page.count('/')}{language}/{page}.html")
            link = link.replace(say("Language"), "Language")  # the page on which it stands is English
            original.write_text(text.replace("<!-- languages -->", link), encoding="utf-8")
