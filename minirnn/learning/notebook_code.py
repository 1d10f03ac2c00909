"""A function of a notebook, to be sent to another process: pickled by value, and hashed by what it consists of.

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

PLAIN = (type(None), bool, int, float, complex, str, bytes, type(...))  # not what is derived from these
NOT_OF_A_CLASS = ("__firstlineno__", "__slotnames__", "_abc_impl")  # its place, and what Python notes on its use
CODE = "code names varnames freevars cellvars flags argcount posonlyargcount kwonlyargcount exceptiontable consts"


def is_held(value: Any) -> bool:
    """Is `value` found under its own name in its own module?"""
    with suppress(AttributeError, KeyError):
        return attrgetter(value.__qualname__)(sys.modules[value.__module__]) is value
    return False


def sent_by_value(run: Callable[..., Any], modules: set[str]) -> tuple[bytes, bytes]:
    """The function pickled by value, and what of it is hashed: two pickles of one function may differ.

    Sent with it: what a result may refer to by a name of the notebook, and the submodules that its code names.
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
            f"run must use only what can be pickled, to be sent to a process, but {parts.failed or 'it'} does not: "
            f"{error}; put {parts.failed or run.__qualname__} into a module, which each process imports"
        ) from error
    return file.getvalue(), hashed


def _pickler(file: io.BytesIO) -> Any:
    """That of cloudpickle, which sends what __main__ holds by value; here the caches of functools too, empty."""
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
    """What values consist of, down to plain ones and to what modules hold; the names of these go to `modules`.

    The parts are those that the pickler sends, so that nothing reaches a run that is not hashed. Left out is what
    does not change what code does: where it stands, for a cell that is run again unchanged is the same code.
    """

    def __init__(self, pickler: Any, modules: set[str]) -> None:
        self.pickler, self.modules = pickler, modules
        self.seen: list[Any] = []
        self.held: dict[str, Any] = {}  # functions and classes of the notebook
        self.names: set[str] = set()  # that the code looks up
        self.within: list[str] = []
        self.failed = ""  # what of the notebook uses what cannot be pickled

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
            named = getattr(value, "__module__", None) == "__main__" and hasattr(value, "__qualname__")
            self.within += [value.__qualname__] if named else []
            if named and "." not in value.__qualname__ and is_held(value):
                self.held[value.__qualname__] = value
            try:
                made = self._reduced(value)
            except Exception:
                self.failed = self.within[-1]
                raise
            yield from self.of(made) if isinstance(made, str) else self.of(*made)
            self.within = self.within[:-1] if named else self.within

    def _unordered(self, values: set[Any] | frozenset[Any]) -> Iterator[bytes]:
        seen, parts = self.seen, []
        for value in values:
            self.seen = [*seen]
            parts.append(b"".join(self.of(value)))
        self.seen = seen
        yield from sorted(parts)

    def _reduced(self, value: Any) -> Any:
        """What pickle would call and set to make the value; or its name, if a module holds it."""
        made = self.pickler.reducer_override(value)
        if made is NotImplemented and isinstance(value, FunctionType | type):
            made = value.__qualname__
        elif made is NotImplemented:
            reduce = self.pickler.dispatch_table.get(type(value))
            made = reduce(value) if reduce else value.__reduce_ex__(4)
        if isinstance(made, str):
            module = pickle.whichmodule(value, made)  # type: ignore[attr-defined]
            if module == "__main__":
                raise TypeError(f"pickle stores a {type(value).__name__} as its name, {made}")
            self.modules.add(module)
            return f"{module}.{made}"
        call, args, state = (*made, None)[:3]
        if isinstance(value, FunctionType):
            state[1].pop("_cloudpickle_submodules")  # those that happen to be loaded
            return value.__code__, state
        if isinstance(value, type | TypeVar):  # cloudpickle numbers them at random
            args = tuple(arg for arg in args if not (isinstance(arg, str) and re.fullmatch("[0-9a-f]{32}", arg)))
        if isinstance(value, type) and state:
            state = {key: part for key, part in state[0].items() if key not in NOT_OF_A_CLASS}
            state["__annotations__"] = state.pop("__annotations__", {})  # made when it is first looked at
            state["registered"] = frozenset(made[2][0].get("_abc_impl", ()))
        return call, args, state, *(list(each) if isinstance(each, Iterator) else each for each in made[3:])

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
