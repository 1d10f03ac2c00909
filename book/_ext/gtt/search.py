"""The index of the search: each section of each page, with its own address, as plain words.

book/_static/search.js ranks them.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import logging

from .formulas import Macros
from .plain import plain

TABLES = Path(__file__).resolve().parents[2] / "search.yml"
PARTS = {"Chapters": "chapter", "Assignments": "assignment", "To look things up": "look-up"}
ASIDE = {"Exercises": "exercise", "Check yourself": "exercise"}  # sections of a chapter
REFERENCE = "book/api"

log = logging.getLogger(__name__)


def write(app: Sphinx, error: Exception | None) -> None:
    """On build-finished: sections.js, a script and no JSON, since a page on the disk cannot fetch a file."""
    if error or app.builder.name != "html":
        return
    env, macros = app.env, app.config.mathjax3_config["tex"]["macros"]
    kinds = page_kinds(Path(app.srcdir))
    pages, sections = [], []
    for number, name in enumerate(page for page in kinds if page in env.found_docs):
        doctree = env.get_and_resolve_doctree(name, app.builder)
        pages.append([f"{name}.html", env.titles[name].astext(), kinds[name]])
        sections += [[number, *entry] for entry in entries(doctree, kinds[name], macros)]
    tables = yaml.safe_load(TABLES.read_text(encoding="utf-8"))
    data = {"pages": pages, "sections": sections, "same": tables["same"], "ignored": tables["ignored"].split()}
    data["absent"] = [entry | {"see": nearest(entry, pages, sections)} for entry in tables["absent"]]
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    Path(app.outdir, "sections.js").write_text(f"const book = {text};\n", encoding="utf-8")


def page_kinds(folder: Path) -> dict[str, str]:
    """{page: kind} of all pages, in the order of the contents."""
    contents = yaml.safe_load((folder / "_toc.yml").read_text(encoding="utf-8"))
    kinds = {contents["root"]: "look-up"}
    for part in contents.get("parts", [contents]):
        kind = PARTS.get(part.get("caption"), "chapter")
        for page in part.get("chapters", []):
            kinds |= {one["file"]: kind for one in (page, *page.get("sections", []))}
    return kinds | {page: "reference" for page in kinds if page.startswith(REFERENCE)}


def entries(doctree: nodes.document, kind: str, macros: Macros) -> list[list[str]]:
    """[anchor, title, kind, text, keys] of each section of a page, of each exercise and of each term of a glossary.
    Lists of references are left out: they explain nothing, and their titles hold raw TeX."""
    found = []
    for section in doctree.findall(nodes.section):
        if not isinstance(section[0], nodes.title):  # what a theorem or an exercise holds
            continue
        title = plain([section[0]], macros)
        own = ASIDE.get(title, kind)
        apart = [node for node in section[1:] if isinstance(node, nodes.section | addnodes.glossary)]
        exercises = [node for node in section[1:] if type(node).__name__.startswith("exercise_")]
        body = [node for node in section[1:] if node not in apart + exercises]
        anchor = "" if section.parent is doctree else section["ids"][0]
        found.append([anchor, title, own, plain(body, macros), keys(body)])
        for node in exercises:
            found.append([node["ids"][0], plain([node[0]], macros).strip("()"), own, plain(node[1:], macros), ""])
        for glossary in (node for node in apart if isinstance(node, addnodes.glossary)):
            for term, *meaning in glossary[0]:
                found.append([term["ids"][0], plain([term], macros), own, plain(meaning, macros), ""])
    return [entry for entry in found if entry[3] or not entry[0]]


def keys(body: Iterable[nodes.Node]) -> str:
    """The keywords of a section: the names of its equations and theorems, and the terms that it explains by a link."""
    inside = [node for part in body for node in part.findall()]
    names = [re.sub(r"^(eq|thm|def|lem|cor|prop)-", "", name) for node in inside for name in labels(node)]
    return " ".join(dict.fromkeys(" ".join(names).replace("-", " ").split()))


def labels(node: nodes.Node) -> list[str]:
    if isinstance(node, nodes.math_block):
        return [node.get("label") or ""]
    if type(node).__name__.endswith("theorem_node"):
        return [node.get("label") or ""]
    if isinstance(node, nodes.reference) and "#term-" in node.get("refuri", ""):
        return [node["refuri"].partition("#term-")[2]]
    return []


def nearest(entry: dict[str, Any], pages: list[list[str]], sections: list[list[Any]]) -> list[int]:
    """The sections to which a word that the book does not treat leads, as their numbers. Pages that are not part of
    this book are passed over."""
    numbers = {f"{pages[number][0].removesuffix('.html')}#{anchor}": i
               for i, (number, anchor, *_) in enumerate(sections)}  # fmt: skip
    known = {address.partition("#")[0] for address in numbers}
    places = [f"book/{place}" for place in entry["see"]]
    wrong = [place for place in places if place.partition("#")[0] in known and place not in numbers]
    if wrong:
        log.warning("%s: expected the address of a section, as in vanishing#what-helps, got %s", TABLES.name, wrong)
    return [numbers[place] for place in places if place in numbers]
