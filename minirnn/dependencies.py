"""What code depends on: one walk over imports, for frames, pages, sweeps and their tests alike.

A module depends on those that it imports, also within functions, and on what these import, down to installed packages.
Two walks differ in what a package is. To *run* a module, the text of every package above it is executed first, with all
that it imports: `executed`. What can change a *result* is less (`needed`): a package that only gathers names stands for
the modules that define them, so that `from minirnn import bptt` needs the module in which bptt is written and not those
of control. Comments and docstrings change no result, and `digest` leaves them out.

>>> ["minirnn.control.td" in walk(["minirnn.theory.plateau"]) for walk in (executed, needed)]
[True, False]
"""

import ast
import hashlib
import importlib
import importlib.util
import itertools
import re
import sysconfig
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import NamedTuple


class Source(NamedTuple):
    """A module's file and its text."""

    file: str
    text: str


Sources = dict[str, Source]  # by the module's name


def executed(modules: Iterable[str], always: str = "") -> Sources:
    """All that runs when the modules are imported and their functions called. Packages that were installed are left
    out, but for minirnn, and for the module `always`."""

    def imports(name: str, text: str) -> list[str]:
        parts = [(base, f"{base}.{alias}") for base, alias in _imports(name, text)]
        return [name.rpartition(".")[0], *itertools.chain(*parts)]  # the text of the package above runs first

    return _walk(modules, imports, always)


def needed(modules: Iterable[str] = (), code: str = "", without: Iterable[str] = (), always: str = "") -> Sources:
    """What can change a result of the modules, and of `code`, a text that imports; installed packages as in `executed`.
    Modules `without` are left out, and what only these import."""
    left_out = set(without)

    def imports(name: str, text: str) -> list[str]:
        found = [definer for base, alias in _imports(name, text) for definer in _definers(base, alias)]
        return [definer for definer in found if definer not in left_out]

    return _walk([*modules, *imports("", code)], imports, always)


def digest(sources: Sources) -> str:
    """A hash of the names and the code of the modules. One whose text says __doc__ may read its docstrings: there they
    count."""
    parts = [f"{name}\n{_code(source.text)}\n" for name, source in sorted(sources.items())]
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def data_files(sources: Sources, code: str = "") -> list[Path]:
    """The files of data that the modules and `code` read. Who reads them for others knows which: a module among these
    that has a function files_named(text) is asked for the files that each text names."""
    readers = [
        importlib.import_module(name)
        for name, source in sources.items()
        if re.search(r"^def files_named\(", source.text, re.MULTILINE)
    ]
    texts = [code, *(source.text for source in sources.values())]
    return sorted({file for reader in readers for text in texts for file in reader.files_named(text)})


def packages(sources: Sources) -> list[str]:
    """The installed packages that the modules import, and those of Python itself."""
    tops = {base.partition(".")[0] for name, (_, text) in sources.items() for base, _ in _imports(name, text)}
    return sorted(top for top in tops if is_installed(top))


def is_installed(top: str) -> bool:
    """Is it a package whose text does not count? That of minirnn counts wherever it lies."""
    if top == "minirnn":
        return False
    spec = _spec(top)
    origin = (spec and (spec.origin or next(iter(spec.submodule_search_locations or []), None))) or "built-in"
    parts = Path(origin).parts
    return (
        len(parts) == 1  # built-in or frozen
        or "site-packages" in parts
        or "dist-packages" in parts
        or Path(origin).is_relative_to(sysconfig.get_path("stdlib"))
    )


def _walk(modules: Iterable[str], imports: Callable[[str, str], list[str]], always: str = "") -> Sources:
    sources: Sources = {}
    seen, todo = set(), sorted(modules)
    while todo:
        name = todo.pop()
        if name in seen or (name != always and is_installed(name.partition(".")[0])):
            continue
        seen.add(name)
        source = _source(name)
        if source:
            sources[name] = source
            todo += imports(name, source.text)
    return sources


def _spec(name: str) -> ModuleSpec | None:
    with suppress(ImportError, ValueError):  # `from a import f` may ask for a module a.f that there is not
        return importlib.util.find_spec(name)
    return None


def _source(name: str) -> Source | None:
    spec = _spec(name)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):  # whatever loads it: pytest, say
        return None
    return Source(spec.origin, importlib.util.decode_source(Path(spec.origin).read_bytes()))


def _imports(name: str, text: str) -> list[tuple[str, str]]:
    """(module, name in it) for each name that a text imports; the name is "" for `import a.b`."""
    spec = _spec(name) if name else None
    package = name if spec is not None and spec.submodule_search_locations else name.rpartition(".")[0]
    return [
        (importlib.util.resolve_name(base, package) if base.startswith(".") else base, alias)
        for base, alias in _import_statements(text)
    ]


@cache
def _import_statements(text: str) -> list[tuple[str, str]]:
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [("." * node.level + (node.module or ""), alias.name) for alias in node.names]
    return found


def _definers(base: str, alias: str, above: tuple[str, ...] = ()) -> list[str]:
    """The modules that decide what `from base import alias` gives.

    A package's own text is seen through only where one import, and nothing else, binds the name there.
    """
    if not alias:  # `import a.b` binds a, of which any name may be used
        parts = base.split(".")
        return [".".join(parts[:k]) for k in range(1, len(parts) + 1)]
    submodule = [f"{base}.{alias}"] if _source(f"{base}.{alias}") else []
    source = _source(base)
    if source is None or not source.file.endswith("__init__.py"):
        return [base, *submodule]
    bound = [binding for binding in _bindings(base, source.text, alias) if binding != (base, alias)]
    if not bound:
        return submodule or [base]
    origin, name = bound[0]
    if submodule or len(bound) > 1 or name != alias or origin in above:
        return [base, *submodule]
    return _definers(origin, alias, (*above, base))


@cache
def _bindings(package: str, text: str, name: str) -> list[tuple[str, str]]:
    """What binds a name in a package's text: (module, name there) of an import, ("", "") of what is made here. An
    import of everything may bind any name."""
    found = []
    for node in ast.walk(ast.parse(text)):
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
def _code(text: str) -> str:
    """A text without what Python does not run: comments, blank lines, docstrings."""
    tree, documented = ast.parse(text), ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    for node in ast.walk(tree) if "__doc__" not in text else ():
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.dump(tree)
