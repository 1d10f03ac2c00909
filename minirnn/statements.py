"""The text of a module, read without running it: its imports, the names that it defines, its code."""

import ast
import importlib.util
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple


class Source(NamedTuple):
    """A module's file and its text."""

    file: str
    text: str


@cache
def tree(source: Source) -> ast.Module:
    """The text as Python reads it, not to be changed. Raises SyntaxError, which names the file and the line."""
    return ast.parse(source.text, source.file)


@cache
def imports(source: Source) -> list[tuple[str, str]]:
    """(module, name in it) for each name that a text imports, also within functions; the name is "" for `import a.b`
    and `import_module("a.b")`. A module begins with the dots that the text has.

    >>> imports(Source("m.py", "from . import f, g as h"))
    [('.', 'f'), ('.', 'g')]
    """
    names = []
    for node in ast.walk(tree(source)):
        match node:
            case ast.Import():
                names += [(part.name, "") for part in node.names]
            case ast.ImportFrom():
                names += [("." * node.level + (node.module or ""), part.name) for part in node.names]
            case ast.Call(ast.Name(called) | ast.Attribute(_, called), [ast.Constant(str(module)), *_]):
                names += [(module, "")] * (called in ("import_module", "__import__"))
    return names


@cache
def bindings(package: str, source: Source, name: str) -> list[tuple[str, str]]:
    """The statements that bind a name in a package's text: (module, name there) for an import, ("", "") for a
    definition here. `from a import *` may bind any name."""
    found = []
    for node in ast.walk(tree(source)):
        if isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            origin = importlib.util.resolve_name(origin, package) if node.level else origin
            found += [(origin, part.name) for part in node.names if (part.asname or part.name) in (name, "*")]
        elif (isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name) or (
            isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
        ):
            found.append(("", ""))
    return found


@cache
def gives(source: Source) -> bool:
    """Does a module, when it is imported, change another: `a.RATE = 5`, `a.RATES["exp"] = 5`, `setattr(a, "RATE", 5)`?

    >>> gives(Source("m.py", "from p import a\\na.RATE = 5")), gives(Source("m.py", "rates = {}\\nrates['exp'] = 5"))
    (True, False)
    """
    nodes = [*_run_by_import(tree(source))]
    statements = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    imported = {(part.asname or part.name).partition(".")[0] for node in statements for part in node.names}
    return any(_owner(node) in imported for node in nodes)


def _run_by_import(module: ast.Module) -> Iterator[ast.AST]:
    """The statements of a module outside of functions, which run only when they are called."""
    todo: list[ast.AST] = [module]
    for node in todo:  # the loop itself adds to the list
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            todo += ast.iter_child_nodes(node)


def _owner(node: ast.AST) -> str | None:
    """The name a of a statement that sets a part of a; None for any other."""
    match node:
        case ast.Call(ast.Name("setattr" | "delattr"), [part, *_]):
            pass
        case ast.Attribute(part, ctx=ast.Store() | ast.Del()) | ast.Subscript(part, ctx=ast.Store() | ast.Del()):
            pass
        case _:
            return None
    while isinstance(part, ast.Attribute | ast.Subscript):
        part = part.value
    return part.id if isinstance(part, ast.Name) else None


@cache
def reads_docstrings(source: Source) -> bool:
    """Does the code read a docstring, its own or another's?"""
    nodes = [*ast.walk(tree(source))]
    names = {getattr(node, field, None) for node in nodes for field in ("id", "attr", "name")}
    return not names.isdisjoint({"__doc__", "getdoc"})


@cache
def code(source: Source, documented: bool) -> str:
    """The text that Python runs: without comments, blank lines, and docstrings unless they count (documented)."""
    changed = ast.parse(source.text, source.file)
    for node in ast.walk(changed) if not documented else ():
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node, clean=False)
            node.body = node.body if docstring is None else node.body[1:] or [ast.Pass()]
    return ast.dump(changed)
