"""The layers of one sequence of a PyTorch module, computed again by our cells from the records of the hooks.

Upwards the cells compute the states, which must be those of the module; downwards they compute ∂E/∂h_t of each layer
through the layers above it and the loss.

>>> forward, reverse = (TorchLayer(suffix, None, {}) for suffix in ("l0", "l0_reverse"))
>>> [as_read(np.array([[1.0], [2.0], [0.0]]), np.array([2]), layer).ravel().tolist() for layer in (forward, reverse)]
[[1.0, 2.0, 0.0], [2.0, 1.0, 0.0]]
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from minirnn.bridges.hooks import Call
from minirnn.bridges.tensors import to_array
from minirnn.bridges.torch_weights import TorchLayer, layers_of_module
from minirnn.core.params import Params, overflow_allowed
from minirnn.gradients.backpropagation import adjoints, forward_scan
from minirnn.layers.composed import reversed_in_time
from minirnn.learning.observed import Layer

DIGITS = (
    50  # two right ways to compute a state may differ by so many units in the last place, if nothing amplifies it
)


class OtherStates(ValueError):
    """Raised if a module's states do not follow from its weights: it does something else, or the weights changed."""


class SeenSequence(NamedTuple):
    """The calls of a sequence as one: inputs X (T, B, m) and outputs (T, B, ·); lengths (B,) or None; the first states
    (layers · directions, B, n_state) or None; ∂E/∂(outputs); and for each call the steps (B,) at which it ended and
    ∂E/∂(its last states) (layers · directions, B, n_state)."""

    X: np.ndarray
    outputs: np.ndarray
    lengths: np.ndarray | None
    start: np.ndarray | None
    d_outputs: np.ndarray
    ends: list[tuple[np.ndarray, np.ndarray]]


class Recomputed(NamedTuple):
    """X and H of each layer, in the order in which it reads, and the outputs of the highest."""

    X: list[np.ndarray]
    H: list[np.ndarray]
    outputs: np.ndarray


def sequence_of(calls: list[Call], answer: Callable[[Any], Any], dtype: Any) -> SeenSequence:
    """The calls one after the other; `answer` gives ∂E/∂(probe) of a probe, as a tensor."""

    def arrays(tensors: list[Any]) -> np.ndarray:
        return np.concatenate([to_array(tensor).astype(dtype) for tensor in tensors])

    def packed(states: list[Any]) -> np.ndarray:  # of an LSTM [h, c]
        return np.concatenate([to_array(state).astype(dtype) for state in states], axis=-1)

    X, outputs, first, T, ends, sent = [c.X for c in calls], [c.output for c in calls], calls[0], 0, [], []
    lengths = None if first.lengths is None else to_array(first.lengths)
    for call in calls:
        T += len(call.X)
        last = (np.full(call.X.shape[1], T) if lengths is None else lengths) - 1
        ends.append((last, packed([call.stacked(answer(probe)) for probe in call.probes])))
        sent.append(0 * call.output if call.probe is None else call.in_time(answer(call.probe)))
    start = None if first.start is None else packed(first.start)
    return SeenSequence(arrays(X), arrays(outputs), lengths, start, arrays(sent), ends)


def as_read(A: np.ndarray, lengths: np.ndarray | None, layer: TorchLayer) -> np.ndarray:
    """A (T, B, ·) in the order in which the layer reads; its own inverse."""
    return reversed_in_time(A, lengths) if layer.suffix.endswith("_reverse") else A


def upwards(layers: list[TorchLayer], directions: int, given: SeenSequence) -> Recomputed:
    """All layers on the inputs, the lowest first."""
    passed = Recomputed([], [], given.X)
    for k in range(0, len(layers), directions):
        shown = []
        for i, layer in enumerate(layers[k : k + directions], k):
            X = as_read(passed.outputs, given.lengths, layer)
            H = forward_scan(layer.cell, layer.params, X, None if given.start is None else given.start[i])
            passed.X.append(X)
            passed.H.append(H)
            shown.append(as_read(H[1:, :, : layer.cell.n_out], given.lengths, layer))
        passed = passed._replace(outputs=np.concatenate(shown, axis=-1))
    return passed


def downwards(
    layers: list[TorchLayer], directions: int, given: SeenSequence, passed: Recomputed
) -> list[np.ndarray]:
    """dE (T, B, n_state) of each layer: through the layers above it, and from outputs and last states."""
    dE, sent = [np.zeros_like(H[1:]) for H in passed.H], given.d_outputs
    for k in reversed(range(0, len(layers), directions)):
        through = np.zeros_like(passed.X[k])
        columns = np.split(sent, directions, axis=-1)
        for i, layer in enumerate(layers[k : k + directions], k):
            dE[i][..., : layer.cell.n_out] = as_read(columns[i - k], given.lengths, layer)
            for last, answer in given.ends:
                dE[i][last, np.arange(len(last))] += answer[i]
            zero = np.zeros_like(passed.H[i][0])
            _, D, _ = adjoints(layer.cell, layer.params, passed.X[i], passed.H[i], dE[i], zero)
            through += as_read(layer.cell.vjp_inputs(layer.params, D), given.lengths, layer)
        sent = through
    return dE


def layers_of_sequence(
    name: str, number: int, module: Any, calls: list[Call], answer: Callable[[Any], Any]
) -> list[Layer]:
    """The layers of the module on one of its sequences, the lowest first; raises OtherStates if the states of the
    module do not follow from its weights."""
    layers = layers_of_module(module)
    directions = 1 + getattr(module, "bidirectional", False)
    given = sequence_of(calls, answer, layers[0].params["W"].dtype)
    with overflow_allowed():
        passed = upwards(layers, directions, given)
        check_agreement(name, layers, directions, given, passed, calls[0].resolution)
        dE = downwards(layers, directions, given, passed)
    overflow_in_half(layers[-directions:], given, passed)
    names = layer_names(name, layers, number)
    return [
        Layer(title, layer.cell, layer.params, X, H, error)
        for title, layer, X, H, error in zip(names, layers, passed.X, passed.H, dE, strict=True)
    ]


def overflow_in_half(highest: list[TorchLayer], given: SeenSequence, passed: Recomputed) -> None:
    """States of the highest layers that the module answered as inf or nan are so in `passed`, where a wider dtype might
    have held them."""
    columns = np.split(given.outputs, len(highest), axis=-1)
    for layer, H, own in zip(highest, passed.H[-len(highest) :], columns, strict=True):
        seen, states = as_read(own, given.lengths, layer), H[1:, :, : layer.cell.n_out]
        np.copyto(states, seen, where=~np.isfinite(seen))


def layer_names(name: str, layers: list[TorchLayer], number: int) -> list[str]:
    """The module's name, with the layer, direction and sequence if it has several.

    >>> layer_names("rnn", [TorchLayer(suffix, None, {}) for suffix in ("l0", "l0_reverse")], number=2)
    ['rnn[layer 0, sequence 2]', 'rnn[layer 0, reverse, sequence 2]']
    """
    names = []
    for layer in layers:
        what = layer.suffix.replace("l", "layer ", 1).replace("_", ", ") if len(layers) > 1 else ""
        parts = [part for part in (what, f"sequence {number}" * (number > 1)) if part]
        names.append(f"{name}[{', '.join(parts)}]" if parts else name)
    return names


def check_agreement(
    name: str, layers: list[TorchLayer], directions: int, given: SeenSequence, passed: Recomputed, eps: float
) -> None:
    """Raises OtherStates unless the states computed again are the module's own, to rounding. A network can amplify
    rounding: a pass with weights that are changed in their last place measures how much."""
    rng = np.random.default_rng(0)

    def moved(params: Params) -> Params:
        return {key: p * (1 + eps * rng.choice([-1, 1], p.shape)).astype(p.dtype) for key, p in params.items()}

    again = upwards([layer._replace(params=moved(layer.params)) for layer in layers], directions, given).outputs
    T, B, _ = given.outputs.shape
    valid = np.arange(T)[:, None] < (np.full(B, T) if given.lengths is None else given.lengths)
    apart, amplified, size = (
        np.where(valid, np.abs(A).max(axis=-1), 0.0).max(axis=1)
        for A in (given.outputs - passed.outputs, again - passed.outputs, given.outputs)
    )
    allowed = np.maximum.accumulate(
        DIGITS * (amplified + eps * size)
    )  # nan from an overflow on, where any difference is allowed
    if (wrong := apart > allowed).any():
        t = int(wrong.argmax())
        raise OtherStates(
            f"{name} must compute its states from its weights alone, as {type(layers[0].cell).__name__} does, but "
            f"they differ by {apart[t]:.2g} at step {t + 1}, where rounding explains {allowed[t]:.2g}: does it "
            "override forward, or does a hook change what it is given? Give the whole step to observe_step"
        )
