"""The kinds of arguments, checked once at the public entries against what their annotations say.

>>> @checked
... def repeat(f: Callable[[float], float], x: float, times: int) -> float:
...     return x if times == 0 else repeat(f, f(x), times - 1)
>>> repeat("cos", 1.0, 3)
Traceback (most recent call last):
TypeError: f must be a function (number) -> number, got the string 'cos'

Only kinds are checked here: an array or a list, a function or its name, a cell or its class. Numbers, shapes, ranges
and entries are checked by `core.checks`, in the function itself. An argument annotated with Any is not checked, and a
value that autograd traces counts as the array for which it stands. Functions called in loops are not decorated.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial, wraps
from itertools import chain
from types import UnionType
from typing import Any, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
from autograd.tracer import getval

from minirnn.core.checks import kind

_P = ParamSpec("_P")
_R = TypeVar("_R")

KINDS = {  # an argument must be an instance of these; their descriptions, by name, since upper rooms define them
    "ndarray": "an array",
    "Generator": "a numpy.random.Generator",
    "Cell": "a cell such as LSTM(m=2, n=3)",
    "DelayedCue": "a task such as DelayedCue(L=20)",
    "Loss": "a loss such as at_end(squared_error, target)",
    "TraceableLoss": "a loss such as at_end(squared_error, target)",
    "Parallel": "a Parallel of two cells",
    "Path": "a path",
    "Run": "a Run, which train returns",
    "Update": "an Update, which train gives to each_update",
    "Way": "a way to carry the influence such as FULL",
    "Network": "a Network that was observed on a batch",
    "TrainingLog": "a TrainingLog(loss, norm)",
    "bool": "True or False",
    "str": "a string",
    "Episodes": "Episodes such as task.sample(rng, cell, params, B)",
    "Optimizer": "an Optimizer such as sgd(lr=0.1)",
    "RealMap": 'a RealMap such as RATES["exp"]',
    "System": "a System such as network(cell, params)",
    "NoneType": "None",
}
LIKE = {np.ndarray: np.ndarray | np.generic, bool: bool | np.bool_}
SHORT = {"ndarray": "array", "Mapping": "dict", "int": "integer", "float": "number", "NoneType": "None"}


def checked(f: Callable[_P, _R]) -> Callable[_P, _R]:
    """Decorator: raises TypeError, which names the argument, for one that is not of the kind of its annotation."""
    parameters = inspect.signature(f).parameters
    hints = cache(lambda: get_type_hints(f))  # once the module is complete
    exact = cache(
        lambda: {name: classes(hint) for name, hint in hints().items()}
    )  # most values: no need to ask more

    @wraps(f)
    def entry(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        ready = exact()
        for name, value in chain(zip(parameters, args, strict=False), kwargs.items()):
            if name not in ready or type(value) in ready[name] or fits(hint := hints()[name], value):
                continue
            default = parameters[name].default
            example = f" such as {default.__name__}" if inspect.isfunction(default) else ""
            raise TypeError(f"{name} must be {expected(hint)}{example}, got {came(hint, value)}")
        return f(*args, **kwargs)

    return entry


def fits(hint: Any, value: Any) -> bool:
    """Is the value of the kind that the annotation says?"""
    origin, parts, value = get_origin(hint), get_args(hint), getval(value)
    if origin in (Union, UnionType):
        return any(fits(part, value) for part in parts)
    if origin is Callable:
        return callable(value) and (not isinstance(value, type) or makes(parts[1])) and takes(value, parts[0])
    if origin is Sequence:
        several = isinstance(value, Sequence) or np.ndim(value) > 0
        return several and not isinstance(value, str | bytes)
    if origin in (dict, Mapping):
        return isinstance(value, origin)
    if name_of(hint) not in KINDS:
        return True
    if getattr(hint, "_is_protocol", False):
        return not isinstance(value, type) and not lacking(hint, value)
    return isinstance(value, LIKE.get(hint, hint))


def classes(hint: Any) -> set[Any]:
    """The classes whose own instances are of the kind that the annotation says."""
    either = get_args(hint) if get_origin(hint) in (Union, UnionType) else [hint]
    return {get_origin(part) or part for part in either if get_origin(part) in (None, dict)}


def takes(function: Any, arguments: Any) -> bool:
    """Can the function be called with so many arguments? True for built-in functions without a signature, and for
    other callable objects."""
    asked = inspect.isroutine(function) or isinstance(function, type | partial)
    if not asked or not isinstance(arguments, list):  # Callable[..., R]
        return True
    try:  # the caller calls the decorator's function, not the one that it wraps
        signature = inspect.signature(function, follow_wrapped=False)
    except ValueError:
        return True
    try:
        signature.bind(*arguments)
    except TypeError:
        return False
    return True


def makes(returned: Any) -> bool:
    """May a class stand for a function that returns this? It may where the function makes objects, not arrays."""
    return isinstance(returned, type) and returned.__module__.startswith("minirnn.")


def lacking(protocol: type, value: Any) -> list[str]:
    """The members of the protocol that the value lacks."""
    return [name for name in vars(protocol) if not name.startswith("_") and not hasattr(value, name)]


def name_of(hint: Any) -> str:
    """The name of a class, or what an annotation without one looks like."""
    return getattr(hint, "__name__", str(hint))


def expected(hint: Any) -> str:
    """The kind that an annotation says, in words."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return " or ".join(expected(part) for part in parts)
    if origin is Callable:
        takes = ", ".join(map(short, parts[0])) if isinstance(parts[0], list) else "…"
        return f"a function ({takes}) -> {short(parts[1])}"
    if origin in (dict, Mapping):
        return "a non-empty dict of arrays" if np.ndarray in parts else "a dict"
    return "a sequence" if origin is Sequence else KINDS.get(name_of(hint), name_of(hint))


def short(hint: Any) -> str:
    """The same within a function's signature."""
    if get_origin(hint) is tuple and Ellipsis not in get_args(hint):
        return f"({', '.join(map(short, get_args(hint)))})"
    if get_origin(hint) in (Union, UnionType):
        return f"({' or '.join(map(short, get_args(hint)))})"
    return SHORT.get(name_of(get_origin(hint) or hint), name_of(get_origin(hint) or hint))


def came(hint: Any, value: Any) -> str:
    """The value that came instead; if possible, what is wrong with it or what to write."""
    if get_origin(hint) in (Union, UnionType):  # a function or None
        hint = next((part for part in get_args(hint) if get_origin(part) is Callable), hint)
    if getattr(hint, "_is_protocol", False):
        if name_of(hint) == "Cell" and any(base.__module__.startswith("torch.") for base in type(value).__mro__):
            return f"{kind(value)} of PyTorch, which minirnn.diagnosis.diagnose_model takes"
        without = lacking(hint, value)
        if isinstance(value, type) and "step" not in without:
            return f"{kind(value)}; write {value.__name__}({'m=2, n=3' if name_of(hint) == 'Cell' else '…'})"
        return kind(value) + (f", without {', '.join(without)}" if len(without) < 4 else "")
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Callable and callable(value) and (not isinstance(value, type) or makes(parts[1])):
        count = len(parts[0])
        return f"{kind(value)}, which does not take {count} argument{'s' * (count != 1)}"
    if isinstance(value, Mapping):
        return f"{kind(value)}; write dict(…)"
    return kind(value)
