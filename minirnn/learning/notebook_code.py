"""A function of a notebook, to be sent to another process: pickled by value, and hashed by its parts.

Its pickle goes to the standard input of a process that we start, and is never read from a file.

>>> sorted(global_names(compile("a.b(c)", "<cell>", "eval")))
['a', 'c']
"""

import dis
import functools
import io
import pickle
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from operator import attrgetter
from types import CodeType, FunctionType, ModuleType
from typing import Any, TypeVar

from minirnn.optional import extra

PLAIN = (type(None), bool, int, float, complex, str, bytes, type(...))  # these types, and not their subclasses
NOT_OF_A_CLASS = ("__firstlineno__", "__slotnames__", "_abc_impl")  # its place, and Python's notes on its use
CODE = "code names varnames freevars cellvars flags argcount posonlyargcount kwonlyargcount exceptiontable consts"


def is_held(value: Any) -> bool:
    """Is `value` found under its own name in its own module?"""
    with suppress(AttributeError, KeyError):
        return attrgetter(value.__qualname__)(sys.modules[value.__module__]) is value
    return False


def sent_by_value(run: Callable[..., Any], modules: set[str]) -> tuple[bytes, bytes]:
    """The function pickled by value, and the values to hash: two pickles of one function may differ.

    The pickle contains the notebook's classes, to which a result may refer, and the submodules that its code names.
    """
    file = io.BytesIO()
    pickler, parts = _pickler(file), _Parts(_pickler(io.BytesIO()), modules)
    try:
        hashed = b"".join(parts.of(run))
        submodules = parts.submodules()
        modules.update(submodules)
        pickler.dump((run, parts.held, [sys.modules[name] for name in submodules]))
    except Exception as error:  # an object may raise anything on being pickled
        raise TypeError(
            f"run must use only what pickle can send to a process, but {parts.failed or 'it'} does not: "
            f"{error}; put {parts.failed or run.__qualname__} into a module, which each process imports"
        ) from error
    return file.getvalue(), hashed


def _pickler(file: io.BytesIO) -> Any:
    """cloudpickle's pickler, which sends the values of __main__; caches of functools are sent empty."""
    with extra("sweeps"):
        import cloudpickle

    class Pickler(cloudpickle.Pickler):  # type: ignore[misc]
        dispatch_table = cloudpickle.Pickler.dispatch_table.new_child(
            {functools._lru_cache_wrapper: _cached, functools.cached_property: _cached_property}
        )

    return Pickler(file)


def _cached(f: Any) -> Any:
    if f.__module__ != "__main__" and is_held(f):
        return f.__qualname__
    return type(f), (f.__wrapped__, *f.cache_parameters().values(), functools._CacheInfo), vars(f)


def _cached_property(value: Any) -> Any:
    return type(value), (value.func,), {key: part for key, part in vars(value).items() if key != "lock"}


class _Parts:
    """The parts of values, down to plain ones and to values of modules, whose names go to `modules`.

    The parts are those that the pickler sends, so that every value that reaches a run is hashed. The line numbers of
    code are left out: a cell that is run again unchanged is the same code.
    """

    def __init__(self, pickler: Any, modules: set[str]) -> None:
        self.pickler, self.modules = pickler, modules
        self.seen: list[Any] = []
        self.held: dict[str, Any] = {}  # functions and classes of the notebook
        self.names: set[str] = set()  # the names that the code looks up
        self.within: list[str] = []
        self.failed = ""  # the function of the notebook that uses a value which cannot be pickled

    def of(self, *values: Any) -> Iterator[bytes]:
        for value in values:
            yield f"\n{type(value).__qualname__} ".encode()
            if type(value) in PLAIN:
                yield repr(value).encode()
            elif isinstance(value, ModuleType) and value.__name__ in sys.modules:
                self.modules.add(value.__name__)
                yield value.__name__.encode()
            elif type(value) is tuple:
                yield from self.of(len(value), *value)
            elif type(value) is frozenset:
                yield from self._unordered(value)
            elif isinstance(value, CodeType):
                self.names.update(value.co_names)
                yield from self.of(*(getattr(value, f"co_{name}") for name in CODE.split()))
            elif any(value is each for each in self.seen):  # it may refer to itself
                yield str([value is each for each in self.seen].index(True)).encode()
            else:
                self.seen.append(value)
                yield from self._members(value)

    def _members(self, value: Any) -> Iterator[bytes]:
        if type(value) is list:
            yield from self.of(len(value), *value)
        elif type(value) is dict:
            yield from self.of(len(value), *value.items())
        elif type(value) is set:
            yield from self._unordered(value)
        else:
            in_notebook = getattr(value, "__module__", None) == "__main__" and hasattr(value, "__qualname__")
            self.within += [value.__qualname__] if in_notebook else []
            if in_notebook and "." not in value.__qualname__ and is_held(value):
                self.held[value.__qualname__] = value
            try:
                recipe = self._reduced(value)
            except Exception:
                self.failed = self.within[-1]
                raise
            yield from self.of(recipe) if isinstance(recipe, str) else self.of(*recipe)
            self.within = self.within[:-1] if in_notebook else self.within

    def _unordered(self, values: set[Any] | frozenset[Any]) -> Iterator[bytes]:
        seen, parts = self.seen, []
        for value in values:
            self.seen = [*seen]
            parts.append(b"".join(self.of(value)))
        self.seen = seen
        yield from sorted(parts)

    def _reduced(self, value: Any) -> Any:
        """The call by which pickle would make the value, with its arguments; or its name, if a module holds it."""
        recipe = self.pickler.reducer_override(value)
        if recipe is NotImplemented and isinstance(value, FunctionType | type):
            recipe = value.__qualname__
        elif recipe is NotImplemented:
            reduce = self.pickler.dispatch_table.get(type(value))
            recipe = reduce(value) if reduce else value.__reduce_ex__(4)
        if isinstance(recipe, str):
            module = pickle.whichmodule(value, recipe)  # type: ignore[attr-defined]
            if module == "__main__":
                raise TypeError(f"pickle stores a {type(value).__name__} as its name, {recipe}")
            self.modules.add(module)
            return f"{module}.{recipe}"
        call, args, state = (*recipe, None)[:3]
        if isinstance(value, FunctionType):
            state[1].pop("_cloudpickle_submodules")  # they depend on the modules that happen to be loaded
            return value.__code__, state
        if isinstance(value, type | TypeVar):  # cloudpickle numbers them at random
            args = tuple(arg for arg in args if not (isinstance(arg, str) and re.fullmatch("[0-9a-f]{32}", arg)))
        if isinstance(value, type) and state:
            state = {key: part for key, part in state[0].items() if key not in NOT_OF_A_CLASS}
            state["__annotations__"] = state.pop("__annotations__", {})  # made when it is first looked at
            state["registered"] = frozenset(recipe[2][0].get("_abc_impl", ()))
        return call, args, state, *(list(each) if isinstance(each, Iterator) else each for each in recipe[3:])

    def submodules(self) -> list[str]:
        """The loaded modules of packages that the code uses, if it names them: `import a.b` defines only `a`."""
        return [
            name
            for name in sorted(sys.modules)
            for package in self.modules
            if name.startswith(f"{package}.") and self.names.issuperset(name.removeprefix(f"{package}.").split("."))
        ]


def global_names(code: CodeType) -> set[str]:
    """The names that code looks up outside of itself; `co_names` has those of attributes too."""
    names = {step.argval for step in dis.get_instructions(code) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    return names.union(*(global_names(const) for const in code.co_consts if isinstance(const, CodeType)))
