"""The dependencies of code: one walk over imports, for frames, pages, sweeps and their tests alike.

A module depends on the modules that it imports, also within functions, and on their imports, down to installed
packages. There are two walks. To *run* a module, Python first executes the text of every package above it, with all its
imports: `executed`. Fewer modules can change a *result* (`needed`): a package that only gathers names stands for the
modules that define them, so `from minirnn import bptt` needs the module in which bptt is written, and not those of
control. Comments and docstrings change no result, and `digest` leaves them out. The walks do not see an import whose
name is computed, nor a change that a call makes in another module.

>>> ["minirnn.control.td" in walk(["minirnn.theory.plateau"]) for walk in (executed, needed)]
[True, False]
"""

import hashlib
import importlib
import importlib.util
import itertools
import re
import sys
import sysconfig
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib.machinery import ModuleSpec
from pathlib import Path

from minirnn import statements
from minirnn.statements import Source

Sources = dict[str, Source]  # by the module's name
STDLIB = sysconfig.get_path("stdlib")  # asked once: sysconfig puts the answer together each time


def executed(modules: Iterable[str], always: str = "") -> Sources:
    """All modules that run when these are imported and their functions called. Installed packages are left out, except
    minirnn and the module `always`."""
    return _walk(modules, _run, always)


def needed(modules: Iterable[str] = (), code: str = "", without: Iterable[str] = (), always: str = "") -> Sources:
    """The modules that can change a result of these, and of `code`, a text with imports; installed packages as in
    `executed`. Modules `without` are left out, with the modules that only they import."""
    modules, left_out, cells = [*modules], set(without), Source("<code>", code)

    def imports(name: str, source: Source) -> list[str]:
        found = [definer for base, alias in _imports(name, source) for definer in _definers(base, alias)]
        return [definer for definer in found if definer not in left_out]

    run = _walk([*modules, *_run("", cells)], _run, always)
    givers = [name for name, source in run.items() if name not in left_out and statements.gives(source)]
    return _walk([*modules, *givers, *imports("", cells)], imports, always)


def digest(sources: Sources) -> str:
    """A hash of the names and the code of the modules. If one of them reads docstrings, all docstrings count."""
    documented = any(statements.reads_docstrings(source) for source in sources.values())
    parts = [f"{name}\n{statements.code(source, documented)}\n" for name, source in sorted(sources.items())]
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def data_files(sources: Sources, code: str = "") -> list[Path]:
    """The files of data that the modules and `code` read. A module that reads files for others has a function
    files_named(text), which finds the files that a text names. A script beside a module and of its name belongs to it:
    its twin in a page."""
    readers = [
        importlib.import_module(name)
        for name, source in sources.items()
        if re.search(r"^def files_named\(", source.text, re.MULTILINE)
    ]
    texts = [code, *(source.text for source in sources.values())]
    twins = {Path(source.file).with_suffix(".js") for source in sources.values()}
    named = {file for reader in readers for text in texts for file in reader.files_named(text)}
    return sorted(named | {twin for twin in twins if twin.exists()})


def packages(sources: Sources) -> list[str]:
    """The installed packages that the modules import, and the modules of Python itself."""
    tops = {base.partition(".")[0] for name, source in sources.items() for base, _ in _imports(name, source)}
    return sorted(top for top in tops if is_installed(top))


def is_installed(top: str) -> bool:
    """Is it a package whose text does not count? The text of minirnn always counts, wherever it is installed."""
    if top == "minirnn":
        return False
    spec = _spec(top)
    origin = (spec and (spec.origin or next(iter(spec.submodule_search_locations or []), None))) or "built-in"
    parts = Path(origin).parts
    return (
        len(parts) == 1  # built-in or frozen
        or "site-packages" in parts
        or "dist-packages" in parts
        or Path(origin).is_relative_to(STDLIB)
    )


def _run(name: str, source: Source) -> list[str]:
    """The modules that run because a module does: the package above it first, then what it imports."""
    parts = [(base, f"{base}.{alias}") for base, alias in _imports(name, source)]
    return [name.rpartition(".")[0], *itertools.chain(*parts)]


def _walk(modules: Iterable[str], imports: Callable[[str, Source], list[str]], always: str = "") -> Sources:
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
            todo += imports(name, source)
    return sources


def _spec(name: str) -> ModuleSpec | None:
    """Where Python finds a module. importlib.util.find_spec would run the packages above it."""
    above = name.rpartition(".")[0]
    # `from a import f` may look for a module a.f that does not exist; a folder within a folder raises KeyError
    with suppress(ImportError, ValueError, KeyError):
        if not above:
            return importlib.util.find_spec(name)
        folders = _folders(above)
        return next(filter(None, (finder.find_spec(name, folders) for finder in sys.meta_path)), None)
    return None


def _folders(package: str) -> list[str]:
    """Where the modules of a package lie; one without an __init__.py may lie in several folders."""
    spec = _spec(package)
    if spec and spec.origin:
        return list(spec.submodule_search_locations or [])
    above, _, last = package.rpartition(".")
    return [str(Path(folder, last)) for folder in (_folders(above) if above else sys.path)]


def _source(name: str) -> Source | None:
    spec = _spec(name)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):  # any loader will do, pytest's too
        return None
    try:
        return Source(spec.origin, importlib.util.decode_source(Path(spec.origin).read_bytes()))
    except (SyntaxError, UnicodeDecodeError) as error:  # their messages do not name the file
        raise SyntaxError(str(error), (spec.origin, None, None, None)) from None


def _imports(name: str, source: Source) -> list[tuple[str, str]]:
    """(module, name in it) for each name that a text imports; the name is "" for `import a.b`."""
    spec = _spec(name) if name else None
    package = name if spec is not None and spec.submodule_search_locations else name.rpartition(".")[0]
    return [
        (importlib.util.resolve_name(base, package) if base.startswith(".") else base, alias)
        for base, alias in statements.imports(source)
    ]


def _definers(base: str, alias: str, above: tuple[str, ...] = ()) -> list[str]:
    """The modules that define what `from base import alias` imports.

    The walk passes through a package's own text only if one import, and nothing else, binds the name there.
    """
    if not alias:  # `import a.b` binds a, of which any name may be used
        parts = base.split(".")
        return [".".join(parts[:k]) for k in range(1, len(parts) + 1)]
    submodule = [f"{base}.{alias}"] if _source(f"{base}.{alias}") else []
    source = _source(base)
    if source is None or not source.file.endswith("__init__.py"):
        return [base, *submodule]
    bound = [binding for binding in statements.bindings(base, source, alias) if binding != (base, alias)]
    if not bound:
        return submodule or [base]
    origin, name = bound[0]
    if submodule or len(bound) > 1 or name != alias or origin in above:
        return [base, *submodule]
    return _definers(origin, alias, (*above, base))
