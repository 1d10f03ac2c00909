"""The reference of the library, made of its docstrings: the directive {api} with a module's name.

Docstrings are plain text with the mathematics in Unicode, laid out to be read in an editor. Their paragraphs flow here;
what is indented, and examples, stand as written.
"""

import importlib
import inspect
import re
import textwrap
from types import FunctionType, ModuleType

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

Public = type | FunctionType


def public(module: ModuleType) -> dict[str, Public]:
    """Names and objects that the module itself defines and does not mark as its own by an underscore."""
    return {
        name: thing
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and (inspect.isclass(thing) or inspect.isfunction(thing))
        and thing.__module__ == module.__name__
    }


def methods(cls: type) -> dict[str, FunctionType]:
    """Public methods with a docstring that the class itself defines."""
    return {
        name: thing
        for name, thing in vars(cls).items()
        if not name.startswith("_") and inspect.isfunction(thing) and thing.__doc__
    }


def signature(name: str, thing: Public) -> str:
    """As it is written, with types; on one line if it fits."""
    try:
        written = inspect.signature(thing)
    except ValueError:  # a protocol, or a type that is built in
        return name
    line = f"{name}{written}"
    if len(line) <= 88:
        return line
    inside, after = line[len(name) + 1 :].rsplit(")", 1)
    return (
        f"{name}(\n    " + ",\n    ".join(map(str, written.parameters.values())) + f",\n){after}"
        if inside
        else line
    )


class Api(SphinxDirective):
    """{api} minirnn.learning.clipping: a section with the module's docstring and all public names."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        module = importlib.import_module(name)
        self.env.note_dependency(inspect.getfile(module))
        section = nodes.section(ids=[name.replace(".", "-")])
        section += nodes.title("", "", nodes.literal(text=name))
        section += self.text(module)
        for title, thing in public(module).items():
            entry = nodes.section(ids=[f"{name}.{title}".replace(".", "-")])
            entry += nodes.title("", "", nodes.literal(text=title))
            entry += nodes.literal_block("", signature(title, thing), language="python")
            entry += self.text(thing)
            if inspect.isclass(thing):
                for key, method in methods(thing).items():
                    entry += nodes.literal_block("", signature(key, method), language="python")
                    entry += self.text(method)
            section += entry
        return [section]

    def text(self, thing: Public | ModuleType) -> list[nodes.Node]:
        blocks = re.split(r"\n\s*\n", inspect.cleandoc(thing.__doc__ or ""))
        return [block(text) for text in blocks if text.strip()]


def block(text: str) -> nodes.Node:
    """A paragraph of a docstring; or, if it is indented or an example, a block of code."""
    if text.startswith((" ", ">>>")):
        return nodes.literal_block("", textwrap.dedent(text), language="pycon" if ">>>" in text else "text")
    paragraph = nodes.paragraph()
    for k, part in enumerate(text.split("`")):
        paragraph += nodes.literal(text=part) if k % 2 else nodes.Text(" ".join(part.split("\n")))
    return paragraph
