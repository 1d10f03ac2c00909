"""Links to and from the reference: equations that its docstrings mention, and names of the library on other pages."""

import inspect
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any, cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains.math import MathDomain
from sphinx.domains.python import PythonDomain
from sphinx.environment import BuildEnvironment

from .api import EQUATION

PAGES = "book/api/"


def resolve(app: Sphinx, env: BuildEnvironment, node: Any, content: nodes.Element) -> nodes.Node | None:
    """On missing-reference: an equation of the book by its number and page; else one that a module's docstring sets,
    best that of the module which mentions it, by its name. What neither has is left to Sphinx, which warns of it."""
    if node["reftype"] != "gtt-equation":
        return None
    label, here = node["reftarget"], node["refdoc"]
    mathematics = cast(MathDomain, env.get_domain("math"))
    if found := mathematics.equations.get(f"eq-{label}"):
        link = mathematics.resolve_xref(env, here, app.builder, "eq", f"eq-{label}", node, content)
        title = env.titles[found[0]].astext()
        return nodes.inline("", "", nodes.Text("eq. "), link, nodes.Text(f" of “{title}”"))
    places = cast(PythonDomain, env.get_domain("py")).objects
    modules = [name for name, place in places.items() if place.objtype == "module" and label in equations_of(name)]
    if not modules:
        return None
    name = node["module"] if node["module"] in modules else modules[0]
    return link_to(app, here, places[name], content)


@cache
def equations_of(module: str) -> frozenset[str]:
    """The labels that stand beside an equation, apart from it, in the docstrings of a module, its classes and its
    functions."""
    found = import_module(module)  # not loaded yet where the page of its room is not built again
    own = [thing for thing in vars(found).values() if getattr(thing, "__module__", None) == module]
    texts = [thing.__doc__ or "" for thing in (found, *own)]
    return frozenset(re.findall(rf"\S {{3,}}\({EQUATION}", "\n".join(texts)))


def link_to(app: Sphinx, here: str, place: Any, content: nodes.Element) -> nodes.reference:
    address = "" if place.docname == here else app.builder.get_relative_uri(here, place.docname)
    return nodes.reference("", "", content, internal=True, refuri=f"{address}#{place.node_id}")


def link_names(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """On doctree-resolved: where a name of the library first stands on a page, it leads to the reference."""
    for block in doctree.findall(nodes.literal_block):
        if "gtt-formulas" in block["classes"]:
            block.rawsource = ""  # what equals its source would be coloured as code, and lose its links
    if docname.startswith(PAGES):
        return
    places, linked = cast(PythonDomain, app.env.get_domain("py")).objects, set()
    for literal in list(doctree.findall(nodes.literal)):
        name = full_names().get(literal.astext().partition("(")[0].removeprefix("minirnn."))
        if name in places and name not in linked and not inside(literal, (nodes.title, nodes.reference)):
            linked.add(name)
            literal.replace_self(link_to(app, docname, places[name], literal.deepcopy()))


def inside(node: nodes.Node, kinds: tuple[type, ...]) -> bool:
    return node.parent is not None and (isinstance(node.parent, kinds) or inside(node.parent, kinds))


@cache
def full_names() -> dict[str, str]:
    """{as it stands in a sentence: as the reference has it} of what the library and its rooms export. A single word
    in small letters, such as `forced`, may mean something else in a sentence, unless the library itself exports it, or
    its room stands before it."""
    import minirnn  # found once `assets` has prepared the path

    names: dict[str, set[str]] = {}
    for name, thing in exports(minirnn):
        if name in minirnn.__all__ or not re.fullmatch(r"[a-z]+", name):
            names.setdefault(name, set()).add(f"{thing.__module__}.{thing.__qualname__}")
    return {name: found.pop() for name, found in names.items() if len(found) == 1}


def exports(library: Any) -> Iterator[tuple[str, Any]]:
    """(name, object) of each class and function that the library or one of its rooms exports: `Loss` and
    `learning.Loss`."""
    rooms = [room for room in vars(library).values() if inspect.ismodule(room) and hasattr(room, "__all__")]
    for room in (library, *rooms):
        short = room.__name__.partition(".")[2]
        for name in room.__all__:
            thing = getattr(room, name)
            if inspect.isclass(thing) or inspect.isfunction(thing):
                yield name, thing
                if short:
                    yield f"{short}.{name}", thing
