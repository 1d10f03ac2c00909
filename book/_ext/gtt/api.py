"""The reference of the library, made of its docstrings: the directive {api} with a module's name.

Docstrings are plain text with the mathematics in Unicode, laid out to be read in an editor. Their paragraphs flow here;
what is indented, and examples, stand as written. Papers, which they name by their keys, are cited, and `mentions` links
their equations, and names of the library on other pages, to where they stand.
"""

import importlib
import inspect
import re
import textwrap
from types import FunctionType, ModuleType
from typing import cast

from docutils import nodes
from sphinx import addnodes
from sphinx.domains.python import PythonDomain
from sphinx.util.docutils import SphinxDirective

Public = type | FunctionType
EQUATION = r"\beq\. ([a-z][a-z0-9-]*)"
# of a signature as Python prints it, what a reader of the sources sees in its place; a place in memory says nothing
SHORTER = (
    (re.compile(r"<function (?:[\w.]+\.)?(\w+) at 0x[0-9a-f]+>"), r"\1"),
    (re.compile(r"\bnumpy\.random\._generator\."), "np.random."),
    (re.compile(r"\bnumpy\."), "np."),
    (re.compile(r"(?<![\w.])(?!np\.)[a-z]\w*\.(?:\w+\.)*(?=[A-Z])"), ""),
)
EMPHASIS = re.compile(r"(?<![\w*])\*(\w(?:[^*]*\w)?)\*(?![\w*])")
MENTION = re.compile(EQUATION + r"|\b([a-z]+(?:19|20)\d\d[a-z]*)\b")


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
    line, *parts = map(shorter, (f"{name}{written}", *parts_of(written)))
    if len(line) <= 88 or not parts:
        return line
    return f"{name}(\n    " + ",\n    ".join(parts) + f",\n){line.rpartition(')')[2]}"


def shorter(text: str) -> str:
    """Types as they are called in the sources, without the modules in which Python finds them.

    >>> shorter("(f: collections.abc.Callable[[numpy.ndarray], ~T], rng: numpy.random._generator.Generator, a=0.5)")
    '(f: Callable[[np.ndarray], ~T], rng: np.random.Generator, a=0.5)'
    """
    for long, short in SHORTER:
        text = long.sub(short, text)
    return text


def parts_of(written: inspect.Signature) -> list[str]:
    """The parameters, with the / and the * between those that are given by place and those that are given by name.

    >>> parts_of(inspect.signature(lambda a, /, b, *, c=1: 0)), parts_of(inspect.signature(lambda a, *b, c: 0))
    (['a', '/', 'b', '*', 'c=1'], ['a', '*b', 'c'])
    """
    parts, before = list[str](), None
    for parameter in written.parameters.values():
        kind = parameter.kind
        if before is parameter.POSITIONAL_ONLY is not kind:
            parts.append("/")
        if kind is parameter.KEYWORD_ONLY and before not in (parameter.VAR_POSITIONAL, kind):
            parts.append("*")
        parts.append(str(parameter))
        before = kind
    return [*parts, "/"] if before is inspect.Parameter.POSITIONAL_ONLY else parts


class Api(SphinxDirective):
    """{api} minirnn.learning.clipping: a section with the module's docstring and all public names."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        module = importlib.import_module(name)
        self.env.note_dependency(inspect.getfile(module))
        section = self.section(name, "module")
        section += nodes.title("", "", nodes.literal(text=name))
        section += self.text(module)
        for title, thing in public(module).items():
            entry = self.section(f"{name}.{title}", "class" if inspect.isclass(thing) else "function")
            entry += nodes.title("", "", nodes.literal(text=title))
            entry += nodes.literal_block("", signature(title, thing), language="python")
            entry += self.text(thing)
            if inspect.isclass(thing):
                for key, method in methods(thing).items():
                    entry += nodes.literal_block("", signature(key, method), language="python")
                    entry += self.text(method)
            section += entry
        return [section]

    def section(self, name: str, kind: str) -> nodes.section:
        """An empty section, known to Sphinx as the place of this Python object."""
        anchor = name.replace(".", "-")
        cast(PythonDomain, self.env.get_domain("py")).note_object(name, kind, anchor, location=self.get_location())
        return nodes.section(ids=[anchor])

    def text(self, thing: Public | ModuleType) -> list[nodes.Node]:
        blocks = re.split(r"\n\s*\n", inspect.cleandoc(thing.__doc__ or ""))
        return [self.block(text) for text in blocks if text.strip()]

    def block(self, text: str) -> nodes.Node:
        """A paragraph of a docstring; or, if it is indented or an example, a block of code."""
        if ">>>" in text or (text.startswith(" ") and not MENTION.search(text)):
            return nodes.literal_block("", textwrap.dedent(text), language="pycon" if ">>>" in text else "text")
        if text.startswith(" "):
            return nodes.literal_block("", "", *self.linked(textwrap.dedent(text)), classes=["gtt-formulas"])
        paragraph = nodes.paragraph()
        for k, part in enumerate(text.split("`")):
            paragraph += [nodes.literal(text=part)] if k % 2 else self.words(" ".join(part.split("\n")))
        return paragraph

    def words(self, text: str) -> list[nodes.Node]:
        """The text, with what stands between asterisks emphasised."""
        parts = enumerate(EMPHASIS.split(text))
        return [node for k, part in parts for node in ([nodes.emphasis(text=part)] if k % 2 else self.linked(part))]

    def linked(self, text: str) -> list[nodes.Node]:
        """The text with its papers cited and its equations linked."""
        out: list[nodes.Node] = []
        end = 0
        for mention in MENTION.finditer(text):
            out.append(nodes.Text(text[end : mention.start()]))
            end = mention.end()
            if mention[1]:
                out.append(equation(mention[1], self.arguments[0]))
            else:
                bracketed = text.count("(", 0, end) > text.count(")", 0, end)
                roles = "{cite:author}`%s`, {cite:year}`%s`" if bracketed else "{cite:t}`%s`"
                cited, _ = self.state.inline_text(roles.replace("%s", mention[2]), self.lineno)
                out += cited
        return [*out, nodes.Text(text[end:])]


def equation(label: str, module: str) -> addnodes.pending_xref:
    """What `mentions.resolve` makes a link to an equation of the book or, where the book has none, of the reference."""
    text = f"eq. {label}"
    node = addnodes.pending_xref("", reftype="gtt-equation", reftarget=label, refdomain="", refwarn=True)
    node["module"] = module
    node += nodes.inline("", text)
    return node
