"""A model of PyTorch in training, as `watch` sees it from outside: its last forward pass through hooks, and its
parameters after each update.

The parameters are copied after each update that left them finite. Where they are not any more, or the loss is not, the
layers of the last forward pass are computed again from these copies (`bridges.recomputed`) and searched.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from minirnn.bridges.hooks import Call, Recorder
from minirnn.bridges.recomputed import OtherStates, layers_of_sequence
from minirnn.bridges.tensors import import_torch, to_array
from minirnn.bridges.torch_models import check_model
from minirnn.core import checks
from minirnn.diagnosis.births import Birth, Seen, first_bad, of_backward_pass, of_forward_pass
from minirnn.learning.observed import Layer

SEQUENCES = 4  # of a batch, of which a row looks at the states: all of them would cost a forward pass


class TorchSource:
    """A `torch.nn.Module` as a watcher reads it; raises TypeError for anything else."""

    def __init__(self, model: Any) -> None:
        check_model(model)
        self.torch = import_torch()
        self.parameters = {name: p for name, p in model.named_parameters() if p.is_floating_point()}
        self.copies = Copies(self.torch, self.parameters)
        self.recorder = Recorder(model, strict=False)
        self.dead, self.alive = False, True
        if bad := self.not_finite():
            raise ValueError(f"model must be finite when the watch begins, but {bad[0]} is not: load other weights")

    def open(self) -> None:
        """Hooks on."""
        self.recorder.__enter__()

    def close(self) -> None:
        """Removes the hooks and drops the last forward pass."""
        self.recorder.__exit__()
        self.recorder.clear()

    def last_finite(self) -> dict[str, Any]:
        """Copies of the parameters, as tensors: what the load_state_dict of the model takes."""
        return {name: copy.clone() for name, copy in self.copies.kept.items()}

    def seen(self, loss: Any, norm: float | None) -> Seen:
        """The update that was just made, with the loss before it."""
        if not self.recorder.is_open:
            raise ValueError("the watcher must be used within a with: with watch(model) as watcher: …")
        E, sizes, self.alive = number_of(loss), self.gradient_norm, self.copies.written_are_finite()
        return Seen(E, self.birth(E), (lambda: norm) if norm is not None else sizes, self.size, self.states)

    def keep(self) -> None:
        """Keeps the parameters as they were `seen`, if they were finite, and drops the forward pass."""
        self.dead = not self.alive
        if self.alive:
            self.copies.swap()
        self.recorder.clear()

    def birth(self, E: float) -> Birth | None:
        """The first number that was not finite, if the loss or a parameter is not; none if the parameters already were
        not finite before."""
        if self.dead or (self.alive and math.isfinite(E)):
            return None
        harmed = self.not_finite()
        gradients = [
            n for n, p in self.parameters.items() if p.grad is not None and not finite(self.torch, [p.grad])
        ]
        if np.isfinite(E) and not gradients:
            return Birth("update", harmed[0])
        for name, calls, call in self.recorder.in_order:
            if not finite(self.torch, [call.X, call.output, *call.states]):
                return self.birth_in(name, calls)
        if not np.isfinite(E):
            return Birth("loss" if self.recorder.in_order else "unseen")
        layers, (name, _, last) = (
            self.layers(),
            self.recorder.in_order[-1] if self.recorder.in_order else ("", [], None),
        )
        if last and not layers and not finite(self.torch, [*map(gradient_of, last.all_probes())]):
            return Birth("above", name)
        return of_backward_pass(layers, gradients)

    def birth_in(self, name: str, calls: list[Call]) -> Birth:
        """The birth in a sequence with a number that is not finite. If its layers cannot be computed again (because of
        dropout between them, or parameters that changed since), or overflow in the model's dtype alone, the outputs of
        the module decide."""
        number = next(i for i, each in enumerate(self.recorder.sequences[name], 1) if each is calls)
        with self.restored():
            layers = self.layers_of(name, number)
        found = of_forward_pass(layers) if layers else Birth("loss")
        if found.kind != "loss":
            return found
        X, H = (
            np.concatenate([to_array(a) for a in shown])
            for shown in zip(*[(c.X, c.output) for c in calls], strict=True)
        )
        kind = "inputs" if first_bad(X) else "forward"
        place = first_bad(X) or first_bad(H)
        return Birth(kind, name if number == 1 else f"{name}[sequence {number}]", *(place or ()))

    def layers(self) -> list[Layer]:
        """The recurrent layers of the last forward pass, with the parameters of the last copy."""
        found: list[Layer] = []
        with self.restored():
            for name, sequences in self.recorder.sequences.items():
                for number in range(1, len(sequences) + 1):
                    found += self.layers_of(name, number)
        return found

    def layers_of(self, name: str, number: int) -> list[Layer]:
        """The layers of one sequence; none if its states do not follow from the parameters."""
        recorder = self.recorder
        try:
            return layers_of_sequence(
                name, number, recorder.modules[name], recorder.sequences[name][number - 1], gradient_of
            )
        except OtherStates:
            return []

    @contextmanager
    def restored(self) -> Iterator[None]:
        """A context in which the model has the parameters of the last copy."""
        now = [p.detach().clone() for p in self.parameters.values()]
        with self.torch.no_grad():
            self.torch._foreach_copy_([*self.parameters.values()], [*self.copies.kept.values()])
            try:
                yield
            finally:
                self.torch._foreach_copy_([*self.parameters.values()], now)

    def not_finite(self) -> list[str]:
        """The names of the parameters that are not finite."""
        return [name for name, p in self.parameters.items() if not finite(self.torch, [p])]

    def gradient_norm(self) -> float:
        """The norm of the present gradients; nan if there are none."""
        there = [p.grad for p in self.parameters.values() if p.grad is not None]
        return norm_of(self.torch, there) if there else float("nan")

    def size(self) -> float:
        """‖θ now - θ copied‖/‖θ copied‖."""
        moved = self.torch._foreach_sub(
            [p.detach() for p in self.parameters.values()], [*self.copies.kept.values()]
        )
        before = norm_of(self.torch, [*self.copies.kept.values()])
        return norm_of(self.torch, moved) / before if before else float("inf")

    def states(self) -> list[np.ndarray]:
        """The outputs of the recurrent modules in the last forward pass: of each call (T, B, n), of a few sequences."""
        return [to_array(call.output[:, :SEQUENCES]) for call in self.recorder.calls()]


class Copies:
    """Two copies of parameters, of which one is `kept` and the other is written after the next update. Each lies in one
    piece for each dtype and device, so that one sum tells whether all of it is finite."""

    def __init__(self, torch: Any, parameters: dict[str, Any]) -> None:
        self.torch, self.parameters, self.now = torch, [*parameters.values()], 0
        kinds: dict[Any, list[str]] = {}
        for name, p in parameters.items():
            kinds.setdefault((p.dtype, p.device), []).append(name)
        self.pieces: list[list[Any]] = [[], []]
        self.views: list[dict[str, Any]] = [dict.fromkeys(parameters), dict.fromkeys(parameters)]
        for copy in (0, 1):
            for names in kinds.values():
                piece = torch.cat([parameters[name].detach().flatten() for name in names])
                parts = piece.split([parameters[name].numel() for name in names])
                self.pieces[copy].append(piece)
                shaped = zip(names, parts, strict=True)
                self.views[copy] |= {name: part.view(parameters[name].shape) for name, part in shaped}
        self.spare = [[*views.values()] for views in self.views]

    @property
    def kept(self) -> dict[str, Any]:
        """The copy that is not written, by the names of the parameters."""
        return self.views[self.now]

    def written_are_finite(self) -> bool:
        """Writes the parameters into the other copy. A sum can overflow where no entry does."""
        with self.torch.no_grad():
            self.torch._foreach_copy_(self.spare[1 - self.now], self.parameters)
            pieces = self.pieces[1 - self.now]
            return all(math.isfinite(piece.sum()) or bool(piece.isfinite().all()) for piece in pieces)

    def swap(self) -> None:
        """Keeps the copy that was written."""
        self.now = 1 - self.now


def number_of(loss: Any) -> float:
    """The loss as a number; raises TypeError or ValueError for anything else."""
    if hasattr(loss, "detach") and loss.numel() != 1:
        raise ValueError(
            f"loss must be a number or a scalar tensor, got one of shape {tuple(loss.shape)}; take its mean"
        )
    try:
        return float(loss.detach() if hasattr(loss, "detach") else loss)
    except (TypeError, ValueError) as error:
        raise TypeError(f"loss must be a number or a scalar tensor, got {checks.kind(loss)}") from error


def stored_entries(tensors: list[Any]) -> list[Any]:
    """The tensors; of sparse gradients, as those of embeddings can be, the entries that are there."""
    return [t.coalesce().values() if t.is_sparse else t for t in tensors]


def finite(torch: Any, tensors: list[Any]) -> bool:
    """Are all entries of all tensors finite? One sum of squares answers for most; but it may overflow by itself."""
    tensors = stored_entries(tensors)
    with torch.no_grad():
        norms = torch._foreach_norm(tensors)
        total = torch.stack(norms).sum() if len({norm.device for norm in norms}) == 1 else sum(map(float, norms))
        return math.isfinite(total) or all(bool(t.isfinite().all()) for t in tensors)


def norm_of(torch: Any, tensors: list[Any]) -> float:
    """The norm of all tensors as one vector, in double precision."""
    with torch.no_grad():
        sizes = torch._foreach_norm(stored_entries(tensors), 2, torch.float64)
        return float(torch.linalg.vector_norm(torch.stack([size.cpu() for size in sizes])))


def gradient_of(probe: Any) -> Any:
    """∂E/∂(probe) as the backward pass left it; 0 where E does not depend on it, or no backward pass was made."""
    return import_torch().zeros_like(probe.tensor) if probe.grad is None else probe.grad.detach()
