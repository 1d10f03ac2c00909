"""The inputs and outputs of PyTorch's recurrent modules while a loss is computed, recorded by hooks.

A *probe* is a tensor of zeros that is added to a module's output: ∂E/∂(probe) is ∂E/∂(output), even if the output is
changed in place afterwards or all weights are frozen. A watch, which must cost nothing, hands on a view of the output
instead, and listens for its gradient. Where a module is called step by step, its next call gets the state without the
probe. So the gradient of a probe comes from the layers above and the loss, and not from later steps of the same layer.
A call whose state is not the last one of an earlier call begins a new sequence.

>>> class Model:  # of PyTorch it has a module and nothing recurrent
...     def named_modules(self): return [("", self)]
>>> recurrent_modules(Model(), (int, float))
{}
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property, partial
from itertools import chain
from typing import Any

from minirnn.bridges.tensors import import_torch


class Call:
    """One call of a module: its inputs X (T, B, m), and where they were packed, the lengths (B,); the start, states h_0
    and, of an LSTM, c_0 (layers · directions, B, n) or None; its outputs (T, B, n or 2n).

    `states` are those that it answered, in its own layout; `probes` those of the outputs (None of a cell, which has no
    others than its state) and of each state. `in_time` and `stacked` bring gradients of these into the forms above.
    `resolution` is the relative distance of neighbouring numbers in the dtype in which the module computed. What is
    not asked for is not computed.
    """

    def __init__(self, module: Any, args: tuple, kwargs: dict, answer: Any, mark: Callable[[Any], Any]) -> None:
        torch = import_torch()
        self.is_cell = isinstance(module, torch.nn.RNNCellBase)
        self.batch_first, self.given = getattr(module, "batch_first", False), (args, kwargs)
        self.states: list[Any] = _states(answer if self.is_cell else answer[1])
        self._packed = None if self.is_cell or not hasattr(answer[0], "batch_sizes") else answer[0]
        self._data = self.states[0] if self.is_cell else answer[0] if self._packed is None else self._packed.data
        device = self._data.device.type
        lowered = torch.amp.is_autocast_available(device) and torch.is_autocast_enabled(device)
        self._inner = torch.get_autocast_dtype(device) if lowered else self._data.dtype
        self.handed = [mark(state) for state in self.states]  # each with its probe: (what goes on, probe)
        self.probes = [probe for _, probe in self.handed]
        self._out = None if self.is_cell else mark(self._data)
        self.probe = None if self._out is None else self._out[1]

    def answer(self) -> Any:
        """What the model goes on with."""
        states = [shown for shown, _ in self.handed]
        last = states[0] if len(states) == 1 else tuple(states)
        if self._out is None:
            return last
        if self._packed is None:
            return self._out[0], last
        return type(self._packed)(self._out[0], *self._packed[1:]), last

    def goes_on_with(self, given: list[Any]) -> bool:
        """Are these states those that the call answered, all sequences having ended together?"""
        same = all(a is b for a, (b, _) in zip(given, self.handed, strict=False))
        return self._packed is None and (same or all(map(_equal, given, self.states)))

    def all_probes(self) -> list[Any]:
        """The probes of the outputs, if there are any, and of the states."""
        return [*self.probes, *([] if self.probe is None else [self.probe])]

    @cached_property
    def X(self) -> Any:
        x = _given(*self.given, "input", 0)
        return self.in_time((x if self._packed is None else x.data).detach())

    @cached_property
    def output(self) -> Any:
        return self.in_time(self._data.detach())

    @cached_property
    def lengths(self) -> Any:
        return None if self._packed is None else import_torch().nn.utils.rnn.pad_packed_sequence(self._packed)[1]

    @cached_property
    def start(self) -> list[Any] | None:
        given = _states(_given(*self.given, "hx", 1))
        return None if given is None else [self.stacked(state.detach()) for state in given]

    @property
    def resolution(self) -> float:
        return max(float(import_torch().finfo(dtype).eps) for dtype in (self._data.dtype, self._inner))

    def in_time(self, a: Any) -> Any:
        if self.is_cell:
            return self.stacked(a)
        if self._packed is not None:
            rnn = import_torch().nn.utils.rnn
            return rnn.pad_packed_sequence(rnn.PackedSequence(a, *self._packed[1:]))[0]
        return a.transpose(0, 1) if self.batch_first and a.dim() == 3 else a if a.dim() == 3 else a[:, None]

    def stacked(self, a: Any) -> Any:
        if self.is_cell:
            return a[None] if self.states[0].dim() == 2 else a[None, None]
        return a if self.states[0].dim() == 3 else a[:, None]


class Recorder:
    """A context that records the calls of the recurrent modules: `sequences` by the modules' names, lists of calls that
    continue each other; and all calls in their order, each with its name and sequence.

    If it is not `strict`, a model may change states between two calls, and calls without gradients, as in a validation,
    are not recorded. In a copy of the model, or in a file of it, the hooks record nothing.
    """

    def __init__(self, model: Any, strict: bool = True) -> None:
        torch = import_torch()
        self.modules = recurrent_modules(model, (torch.nn.RNNBase, torch.nn.RNNCellBase))
        self.sequences: dict[str, list[list[Call]]] = {}
        self.in_order: list[tuple[str, list[Call], Call]] = []
        self.strict, self.is_open = strict, False
        self._goes_on: list[Call] | None = None
        self._hooks = ExitStack()

    def __reduce__(self) -> Any:
        return _of_copies, ()  # deepcopy and pickle take a module's hooks along

    def __enter__(self) -> "Recorder":
        self.is_open = True
        for name, module in self.modules.items():
            before = module.register_forward_pre_hook(partial(self._before, name), with_kwargs=True)
            after = module.register_forward_hook(partial(self._after, name), with_kwargs=True, prepend=True)
            self._hooks.callback(before.remove)
            self._hooks.callback(after.remove)
        return self

    def __exit__(self, *error: Any) -> None:
        self._hooks.close()
        self.is_open = False

    def clear(self) -> None:
        """Forgets all calls."""
        self.sequences.clear()
        self.in_order.clear()

    def calls(self) -> Iterator[Call]:
        """All sequences."""
        yield from chain(*chain(*self.sequences.values()))

    def probes(self) -> Iterator[Any]:
        """The probes of all calls."""
        yield from (probe for call in self.calls() for probe in call.all_probes())

    def _records(self) -> bool:
        return self.is_open and (self.strict or import_torch().is_grad_enabled())

    def _before(self, name: str, module: Any, args: tuple, kwargs: dict) -> tuple[tuple, dict] | None:
        """The sequence that this call continues, found by its state before the probe; None if it begins a new one."""
        self._goes_on, given = None, _states(_given(args, kwargs, "hx", 1))
        if given is None or not self._records() or getattr(module, "bidirectional", False):
            return None  # a direction that reads from the end has no call before this one
        if isinstance(_given(args, kwargs, "input", 0), tuple):
            return None  # packed: its sequences end at different steps
        sequences = self.sequences.get(name, [])
        for calls in sequences:
            last = calls[-1]
            if last.goes_on_with(given):
                self._goes_on = calls
                hx = tuple(last.states) if len(given) > 1 else last.states[0]
                return ((args[0], hx), kwargs) if len(args) > 1 else (args, kwargs | {"hx": hx})
        if self.strict and any(len(calls[-1].X) == 1 and _depends(given, calls[-1]) for calls in sequences):
            raise ValueError(
                f"the states of {name} must go unchanged from one call to the next, but something changes them between "
                "two calls (a mask, dropout, a normalization): the recurrence is more than this module. Give the whole "
                "step as a function to observe_step"
            )
        return None

    def _after(self, name: str, module: Any, args: tuple, kwargs: dict, answer: Any) -> Any:
        if not self._records():
            return answer
        call = Call(module, args, kwargs, answer, _probed if self.strict else _heard)
        if self._goes_on is None:
            self._goes_on = []
            self.sequences.setdefault(name, []).append(self._goes_on)
        self._goes_on.append(call)
        self.in_order.append((name, self._goes_on, call))
        return call.answer()


def _of_copies() -> Recorder:
    """A recorder that is never opened: its hooks record nothing."""
    return Recorder(import_torch().nn.Module(), strict=False)


def recurrent_modules(model: Any, kinds: tuple[type, ...]) -> dict[str, Any]:
    """The modules of these kinds by their names; the model itself, if it is one, by the name of its class. The prefix
    that a compiled model puts before its names is left out."""
    named = ((name.replace("_orig_mod.", ""), module) for name, module in model.named_modules())
    return {name or type(module).__name__: module for name, module in named if isinstance(module, kinds)}


def _given(args: tuple, kwargs: dict, name: str, place: int) -> Any:
    return args[place] if len(args) > place else kwargs.get(name)


def _states(hx: Any) -> Any:
    """h, or h and c, as a list."""
    return None if hx is None else list(hx) if isinstance(hx, tuple | list) else [hx]


def _probed(tensor: Any) -> tuple[Any, Any]:
    """The tensor with a probe added, and the probe, in which autograd can differentiate."""
    probe = import_torch().zeros_like(tensor).requires_grad_()
    return tensor + probe, probe


class Listener:
    """What came back to a tensor in the backward pass, as `grad`: the tensor itself, of which no copy is made."""

    def __init__(self, tensor: Any) -> None:
        self.tensor, self.grad = tensor, None

    def hear(self, gradient: Any) -> None:
        self.grad = gradient


def _heard(tensor: Any) -> tuple[Any, Any]:
    """Another view of the tensor, and who listens for its gradient: no pass over it, as zeros and a sum would be."""
    listener = Listener(tensor.detach())
    if not tensor.requires_grad:
        return tensor, listener
    view = tensor.view_as(tensor)
    view.register_hook(listener.hear)
    return view, listener


def _equal(given: Any, last: Any) -> bool:
    """Are the two states the same? Not if one was detached from its past; nan equals nan."""
    if given.shape != last.shape or given.dtype != last.dtype or not given.requires_grad:
        return False
    return bool(((given == last) | ((given != given) & (last != last))).all())


def _depends(given: list[Any], call: Call) -> bool:
    """Was the state computed from the call's outputs or states?"""
    total = sum(state.sum() for state in given)
    if not total.requires_grad:
        return False
    answers = import_torch().autograd.grad(total, call.all_probes(), allow_unused=True, retain_graph=True)
    return any(answer is not None for answer in answers)


@contextmanager
def left_as_it_was(model: Any) -> Iterator[None]:
    """A context after which the model's attributes and buffers, the random generator and the settings are as before.

    Gradients are asked for by `torch.autograd.grad`, which writes none to `.grad`. A list or dict that the model itself
    changes in place is not brought back.
    """
    torch = import_torch()
    modules = [*model.modules()]
    attributes = [dict(vars(module)) for module in modules]
    buffers = [dict(module._buffers) for module in modules]
    tensors = [t for held in (*attributes, *buffers) for t in held.values() if isinstance(t, torch.Tensor)]
    copies = [tensor.detach().clone() for tensor in tensors]
    gpus = {p.device for p in model.parameters() if p.device.type == "cuda"}
    try:
        with ExitStack() as settings:
            settings.enter_context(torch.random.fork_rng(devices=[*gpus]))
            settings.enter_context(torch.inference_mode(False))  # gradients are on within it, too
            settings.enter_context(
                torch.backends.cudnn.flags(enabled=False)
            )  # it has no backward pass in eval mode
            if "torch._dynamo" in sys.modules:  # compiled code calls no hooks; the import alone would take a second
                settings.enter_context(torch.compiler.set_stance("force_eager"))
            yield
    finally:
        for module, attribute, buffer in zip(modules, attributes, buffers, strict=True):
            vars(module).clear()
            vars(module).update(attribute)
            module._buffers.clear()
            module._buffers.update(buffer)
        with torch.no_grad():
            for tensor, copy in zip(tensors, copies, strict=True):
                if not same_values(tensor, copy):
                    tensor.copy_(copy)


def same_values(a: Any, b: Any) -> bool:
    """Are the two tensors equal? nan equals nan."""
    return a.shape == b.shape and bool(((a == b) | ((a != a) & (b != b))).all())
