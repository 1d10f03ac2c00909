"""A model of PyTorch on one batch, as the records that `diagnose` reads: its recurrent layers, its loss, its gradients.

The model runs as it is, with its own loss. Hooks record the inputs and outputs of its recurrent modules and the errors
that come back to them (`hooks`); the layers between, which PyTorch's kernels hide, are computed again by our cells and
compared with the model's outputs (`recomputed`).

    RNN, GRU, LSTM         any number of layers, both directions, packed sequences, batch first, h_0, single sequences
    RNNCell, GRUCell, …    and modules that are called step by step: their calls are one sequence as long as each begins
                           with the state with which one before ended

A direction that reads from the end is a layer of its own, whose X, H and dE are in the order in which it reads.
If a model feeds its outputs back as inputs, dE includes the errors that return on this path.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from minirnn.bridges.answers import answers_of, listening
from minirnn.bridges.constant_answers import loss_of_constant
from minirnn.bridges.hooks import Recorder, left_as_it_was
from minirnn.bridges.recomputed import layers_of_sequence
from minirnn.bridges.tensors import import_torch, to_array
from minirnn.bridges.usable_runs import check_pieces, check_run, on_one_device, tensors_wanted
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.learning.observed import Layer, Network


@checked
def observe_torch(
    model: Any,
    loss: Callable[..., Any],
    batch: Any = None,
    targets: Any = None,
    baseline: float | None = None,
) -> Network:
    """A `torch.nn.Module` on a batch, as the records that `diagnose` reads.

    Without `batch`, loss() runs the model and returns the scalar tensor E; with batch = (inputs, targets) E is
    loss(model(inputs), targets), where inputs may also be a tuple or a dict, and the `baseline`, E of the best constant
    answer, is computed where the answer is a tensor. `targets` may be given where the loss closes over them.

    Nothing of the model is changed: weights, `.grad`, mode, buffers, hooks and the random generator stay. The records
    are on the CPU, in float32 or float64; inputs and lengths are those of the module that ran first. Frozen parameters,
    and those that the loss does not need, have gradient 0.

    >>> torch = import_torch()
    >>> model = torch.nn.Sequential(torch.nn.LSTM(2, 3, batch_first=True))
    >>> network = observe_torch(model, lambda: model(torch.ones(4, 7, 2))[0][:, -1].sum())
    >>> [(layer.name, layer.X.shape, layer.H.shape) for layer in network.layers], len(network.gradients)
    ([('0', (7, 4, 2), (8, 4, 6))], 4)

    Raises TypeError unless the model is a Python module of PyTorch, or if it fails on NumPy arrays; ValueError if it
    has no recurrent module, if a module's states do not follow from its weights or carry no gradient from any step to
    the next, if the batch is empty, or if the loss is no scalar that autograd can follow; ModuleNotFoundError without
    PyTorch.
    """
    torch = import_torch()
    check_model(model)
    with left_as_it_was(model):
        without_dropout(model)
        with Recorder(model) as recorder, on_one_device(model), tensors_wanted(model, batch):
            answer, given = (None, None) if batch is None else answered(model, batch)
            with listening() as heard:
                E = loss() if batch is None else loss(answer, given)
        check_run(model, E, recorder)
        check_pieces(recorder)
        weights = named_weights(model, recorder)
        asked = [*recorder.probes(), *(p for p in weights.values() if p.requires_grad)]
        by_id = gradients_of(E, asked)
        if half := {p.dtype for p in weights.values() if p.element_size() < 4}:
            text = "and is observed in float32, where less overflows and vanishes"
            warnings.warn(f"the model computes in {', '.join(map(str, half))} {text}", stacklevel=3)
        gradients = {key: to_array(by_id.get(id(p), torch.zeros_like(p))) for key, p in weights.items()}
        params = {key: to_array(p) for key, p in weights.items()}
        layers = layers_of(recorder, by_id)
        T, B, _ = layers[0].X.shape
        answers = answers_of(answer, given, recorder, heard)
        if baseline is None and batch is not None:
            baseline = loss_of_constant(loss, answer, given, T, B)
    targets = targets_in_time(given if targets is None else targets, T, B)
    lengths = next(recorder.calls()).lengths
    return Network(
        layers,
        float(E.detach()),
        params,
        gradients,
        inputs=layers[0].X,
        targets=targets,
        baseline=baseline,
        lengths=None if lengths is None else to_array(lengths),
        tables=tables_of(model, weights),
        answers=answers,
    )


def tables_of(model: Any, weights: dict[str, Any]) -> tuple[str, ...]:
    """The names of weights that embeddings alone use: one that a readout shares is not among them."""
    embedding = import_torch().nn.Embedding
    elsewhere = {id(p) for m in model.modules() if not isinstance(m, embedding) for p in m._parameters.values()}
    within = {id(m.weight) for m in model.modules() if isinstance(m, embedding)} - elsewhere
    return tuple(name for name, p in weights.items() if id(p) in within)


def named_weights(model: Any, recorder: Recorder) -> dict[str, Any]:
    """All parameters by their full names, without the prefix of a compiled model. If the model itself is the recurrent
    module, its name stands before them, as before its layers."""
    whole = (model, getattr(model, "_orig_mod", None))
    prefix = next((f"{name}." for name, module in recorder.modules.items() if module in whole), "")
    named = ((prefix + name.replace("_orig_mod.", ""), p) for name, p in model.named_parameters())
    return {name: p for name, p in named if p.is_floating_point()}


def gradients_of(E: Any, tensors: list[Any]) -> dict[int, Any]:
    """∂E/∂(tensor), 0 where E does not depend on it, by the tensors' ids. The graph is kept for the caller."""
    try:
        answers = import_torch().autograd.grad(E, tensors, retain_graph=True, materialize_grads=True)
    except RuntimeError as error:
        if "backward through the graph a second time" not in str(error):
            raise
        raise ValueError(
            "loss must leave the backward pass to us: it called backward, or the model goes on from a state of an "
            "earlier batch whose backward pass is done (detach it)"
        ) from error
    return {id(tensor): answer for tensor, answer in zip(tensors, answers, strict=True)}


def layers_of(recorder: Recorder, by_id: dict[int, Any]) -> tuple[Layer, ...]:
    """The layers of all sequences, in the order in which these began."""
    layers: list[Layer] = []
    for name, sequences in recorder.sequences.items():
        for number, calls in enumerate(sequences, 1):
            layers += layers_of_sequence(name, number, recorder.modules[name], calls, lambda p: by_id[id(p)])
    return tuple(layers)


def targets_in_time(targets: Any, T: int, B: int) -> np.ndarray | None:
    """Class numbers (B,) or (T, B), values (B, q) or (T, B, q), if the targets can be read so; else None. If the batch
    comes first the axes are swapped, and single values get q = 1. Of several targets, in a dict or a tuple, the first
    that holds nan or inf.

    >>> targets_in_time(np.zeros((4, 7)), T=7, B=4).shape
    (7, 4, 1)
    """
    if isinstance(targets, dict | tuple | list):
        each = targets.values() if isinstance(targets, dict) else targets
        arrays = [to_array(target) for target in each if hasattr(target, "shape")]
        bad = [array for array in arrays if array.dtype.kind == "f" and not np.isfinite(array).all()]
        return targets_in_time(bad[0], T, B) if bad else None
    if not hasattr(targets, "shape"):
        return None
    array = to_array(targets)
    if array.ndim >= 2 and array.shape[:2] == (B, T) and T != B:
        array = array.swapaxes(0, 1)
    at_end, every = array.shape[:1] == (B,), array.shape[:2] == (T, B)
    if array.dtype.kind in "iu":
        return array if (at_end and array.ndim == 1) or (every and array.ndim == 2) else None
    if (at_end and array.ndim == 1) or (every and array.ndim == 2):
        array = array[..., None]
    return array if (at_end and array.ndim == 2) or (every and array.ndim == 3) else None


def answered(model: Any, batch: Any) -> tuple[Any, Any]:
    """The model's answer to the inputs, and the targets."""
    if not isinstance(batch, tuple | list) or len(batch) != 2:
        raise TypeError(f"batch must be (inputs, targets), got {checks.kind(batch)}")
    inputs, targets = batch
    if isinstance(inputs, import_torch().nn.utils.rnn.PackedSequence):  # it is a tuple, too
        return model(inputs), targets
    if isinstance(inputs, dict):
        return model(**inputs), targets
    return model(*inputs) if isinstance(inputs, tuple | list) else model(inputs), targets


def without_dropout(model: Any) -> None:
    """Turns off dropout between the layers of one module, which cannot be computed again, with a warning. Dropout
    modules stay on."""
    for name, module in model.named_modules():
        layers = isinstance(module, import_torch().nn.RNNBase) and module.training and module.num_layers > 1
        if layers and module.dropout:
            module.dropout = 0.0
            name = name or type(module).__name__
            text = f"{name} is observed without the dropout between its layers, as in model.eval()"
            warnings.warn(text, stacklevel=4)


def check_model(model: Any) -> None:
    """Raises TypeError unless it is a module of PyTorch written in Python."""
    torch = import_torch()
    if not isinstance(model, torch.nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, got {checks.kind(model)}")
    if scripted := [module for module in model.modules() if isinstance(module, torch.jit.ScriptModule)]:
        raise TypeError(
            f"model must be a module of Python, got TorchScript ({scripted[0].original_name}), whose layers call no "
            "hooks: give the module of which it was made"
        )
