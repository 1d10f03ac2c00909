"""The code of a function as it stands now: hashed, and given to a new process, which runs this and no other.

A function of a module is the text of that module and of all that it imports, down to installed packages; the new
process compiles these texts and not what the disk holds by then. A function of a notebook has no module that could
be imported, so it is sent itself, with the functions, classes and values that it uses.

>>> from minirnn import plateau
>>> code = snapshot(plateau.loss)
>>> code.name, "minirnn.checks" in code.sources, "numpy" in code.sources
('minirnn.plateau.loss', True, False)
"""

import ast
import copyreg
import dis
import hashlib
import importlib
import importlib.util
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from operator import attrgetter
from pathlib import Path
from types import CodeType, FunctionType, MappingProxyType, ModuleType
from typing import Any

from minirnn.optional import extra

Sources = dict[str, tuple[str, str]]  # module: its file and its text


@dataclass(frozen=True)
class Snapshot:
    """Plain values, which any process can unpickle; `sent` is the function itself where no module holds it."""

    module: str
    qualname: str
    sources: Sources
    sent: bytes | None
    digest: str

    @property
    def name(self) -> str:
        return f"{self.module}.{self.qualname}"


def snapshot(run: Callable[..., Any]) -> Snapshot:
    """The code of `run`, a function at the top level of a module or of a notebook.

    Raises TypeError if `run` is not what its module holds under its name, or uses what cannot be pickled.
    """
    importlib.invalidate_caches()
    module = sys.modules[run.__module__]
    spec = getattr(module, "__spec__", None)  # a module started by `python -m` has one, a notebook or script none
    if spec is None:
        name, modules = run.__module__, set[str]()
        sent, parts = _sent(run, modules)
    else:
        if not _is_held(run):
            raise TypeError(
                f"run must be the function that {run.__module__}.{run.__qualname__} is now, got another of this "
                f"name; after a reload, take it from the module again"
            )
        name, modules, sent, parts = spec.name, {spec.name}, None, b""
    sources = _closure(modules, always=name)
    text = [f"{key}\n{text}\n".encode() for key, (_, text) in sorted(sources.items())]
    digest = hashlib.sha256(b"".join([*text, parts])).hexdigest()
    return Snapshot(name, run.__qualname__, sources, sent, digest)


def _is_held(value: Any) -> bool:
    """Is `value` found under its own name in its own module?"""
    with suppress(AttributeError, KeyError):
        return attrgetter(value.__qualname__)(sys.modules[value.__module__]) is value
    return False


# ---------------------------------------------------------------- modules


def _closure(modules: set[str], always: str) -> Sources:
    """The texts of modules and of what they import, also within functions. Installed packages are left out."""
    sources: Sources = {}
    seen, todo = set(), sorted(modules)
    while todo:
        name = todo.pop()
        if name in seen or (name != always and _is_installed(name.partition(".")[0])):
            continue
        seen.add(name)
        spec = _spec(name)
        if spec is None or spec.origin is None or not spec.origin.endswith(".py"):  # whatever loads it: pytest, say
            continue
        text = Path(spec.origin).read_bytes()
        sources[name] = (spec.origin, importlib.util.decode_source(text))
        todo += _imports(text, name if spec.submodule_search_locations else name.rpartition(".")[0])
        todo += [name.rpartition(".")[0]] if "." in name else []  # a package's own text runs before its modules'
    return sources


def _spec(name: str) -> ModuleSpec | None:
    with suppress(ImportError, ValueError):  # `from a import f` may ask for a module a.f that there is not
        return importlib.util.find_spec(name)
    return None


def _is_installed(top: str) -> bool:
    """Is it a package whose text does not count? minirnn's counts wherever it lies."""
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


def _imports(text: bytes, package: str) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            base = importlib.util.resolve_name(base, package) if node.level else base
            names += [base] + [f"{base}.{alias.name}" for alias in node.names]
    return names


# ---------------------------------------------------------------- functions of a notebook


def _sent(run: Callable[..., Any], modules: set[str]) -> tuple[bytes, bytes]:
    """The function pickled by value, and what of it is hashed: two pickles of one function may differ."""
    with extra("sweeps"):
        import cloudpickle

    try:
        return cloudpickle.dumps(run), b"".join(_parts(run, modules, []))
    except Exception as error:  # an object may raise anything on being pickled
        raise TypeError(f"run must use only what can be pickled, to be sent to a process: {error}") from error


def _parts(value: Any, modules: set[str], seen: list[Any]) -> Iterator[bytes]:
    """What a value consists of, down to plain values and to what modules hold; their names go to `modules`.

    Code counts by what it does, not by where it stands: a cell that is run again unchanged is the same code.
    """

    def of(*values: Any) -> Iterator[bytes]:
        for each in values:
            yield from _parts(each, modules, seen)

    yield f"\n{type(value).__qualname__} ".encode()
    if value is None or isinstance(value, bool | int | float | complex | str | bytes | type(...)):
        yield repr(value).encode()
    elif isinstance(value, ModuleType):
        modules.add(value.__name__)
        yield value.__name__.encode()
    elif isinstance(value, CodeType):
        yield from of(value.co_code, value.co_names, value.co_varnames, value.co_flags, value.co_argcount)
        yield from of(value.co_kwonlyargcount, value.co_exceptiontable, value.co_consts)
    elif type(value) in (tuple, list):
        yield from of(len(value), *value)
    elif type(value) in (dict, MappingProxyType):
        yield from of(len(value), *value.items())
    elif type(value) in (set, frozenset):
        yield from sorted(b"".join(_parts(item, modules, [])) for item in value)
    elif isinstance(value, property | classmethod | staticmethod):
        yield from of(*(getattr(value, name, None) for name in ("fget", "fset", "fdel", "__func__")))
    elif getattr(value, "__module__", None) != "__main__" and hasattr(value, "__qualname__") and _is_held(value):
        modules.add(value.__module__)
        yield f"{value.__module__}.{value.__qualname__}".encode()
    elif any(value is each for each in seen):  # it may refer to itself
        yield str([value is each for each in seen].index(True)).encode()
    else:
        seen.append(value)
        yield from of(*_members(value))


def _members(value: Any) -> tuple[Any, ...]:
    if isinstance(value, FunctionType):
        cells = [cell.cell_contents for cell in value.__closure__ or ()]
        names = sorted(global_names(value.__code__) & value.__globals__.keys())
        used = [(name, value.__globals__[name]) for name in names]
        return value.__code__, value.__defaults__, value.__kwdefaults__, cells, used
    if isinstance(value, type):
        skipped = ("__dict__", "__weakref__", "__module__", "__firstlineno__", "_abc_impl")
        return value.__qualname__, value.__bases__, [m for m in vars(value).items() if m[0] not in skipped]
    reduce = copyreg.dispatch_table.get(type(value))
    made = reduce(value) if reduce else value.__reduce_ex__(4)
    return (made,) if isinstance(made, str) else (*made[:3], *map(list, (part or () for part in made[3:5])))


def global_names(code: CodeType) -> set[str]:
    """The names that code looks up outside of itself; `co_names` has those of attributes too."""
    names = {step.argval for step in dis.get_instructions(code) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    return names.union(*(global_names(const) for const in code.co_consts if isinstance(const, CodeType)))
