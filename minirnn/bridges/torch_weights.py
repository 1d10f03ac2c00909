"""The weights of PyTorch's recurrent modules as those of our cells, and back.

PyTorch has two biases. Where only their sum matters, ours is the sum. In the GRU the last third of the second one is
multiplied by the reset gate: that third is our c.

    weight_ih = U,   weight_hh = W,   bias_ih + bias_hh = b        RNN, LSTM (rows i, f, g, o in both)
    bias_ih + bias_hh = b for r, z;   bias_ih = b for s;   bias_hh = c for s        GRU (rows r, z, s)

Layers are a `Stack`, two directions a `Parallel`. The cells compute as the module does in evaluation mode.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from minirnn.bridges.tensors import import_torch, to_array, to_tensor
from minirnn.cells.contract import Cell
from minirnn.cells.gated import GRU, LSTM
from minirnn.cells.plain import VanillaRNN
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params
from minirnn.gradients.backpropagation import check_params
from minirnn.layers.composed import Parallel, Stack
from minirnn.layers.composition import joined

BY_BLOCKS_OF_ROWS = {1: VanillaRNN, 3: GRU, 4: LSTM}  # rows of weight_hh over its columns
SUPPORTED = "torch.nn.RNN, LSTM and GRU, and RNNCell, LSTMCell and GRUCell"


class TorchLayer(NamedTuple):
    """One layer in one direction: its suffix in PyTorch's names ("l0", "l0_reverse", "" of a cell), our cell and its
    parameters."""

    suffix: str
    cell: Any
    params: Params


def one_layer(suffix: str, weights: Mapping[str, Any], nonlinearity: str) -> TorchLayer:
    """The cell with weight_ih, weight_hh, and bias_ih, bias_hh if there are any."""
    U, W = to_array(weights["weight_ih"]), to_array(weights["weight_hh"])
    rows, n = W.shape
    make = BY_BLOCKS_OF_ROWS.get(rows // n)
    if make is None or rows % n or U.shape[0] != rows:
        raise ValueError(
            f"weights must be those of {SUPPORTED}, got weight_ih {U.shape} and weight_hh {W.shape} of {suffix!r}"
        )
    b_ih, b_hh = (to_array(weights[key]) if key in weights else np.zeros(rows, W.dtype) for key in _BIASES)
    sizes: dict[str, Any] = {"m": U.shape[1], "n": n}
    if make is VanillaRNN:
        sizes["activation"] = checks.choice("nonlinearity", nonlinearity, ["tanh", "relu"])
    if make is not GRU:
        return TorchLayer(suffix, make(**sizes), {"W": W, "U": U, "b": b_ih + b_hh})
    c = b_hh[2 * n :].copy()
    b_hh[2 * n :] = 0.0
    return TorchLayer(suffix, make(**sizes), {"W": W, "U": U, "b": b_ih + b_hh, "c": c})


_BIASES = ("bias_ih", "bias_hh")


def layers_of_state(state: Mapping[str, Any], prefix: str = "", nonlinearity: str = "tanh") -> list[TorchLayer]:
    """The layers of a state dict below the prefix: the lowest first, of each the forward direction first."""
    pattern = re.compile(
        re.escape(prefix) + r"(weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)(?:_(l(\d+)(_reverse)?))?"
    )
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for key, value in state.items():
        if match := pattern.fullmatch(key):
            name, suffix, layer, _ = match.groups()
            found.setdefault((int(layer or 0), suffix or ""), {})[name] = value
    if not found:
        heads = sorted(
            {key.rpartition(".")[0] + "." for key in state if key.endswith(("weight_hh", "weight_hh_l0"))}
        )
        raise ValueError(
            f"state must hold weights of {SUPPORTED} below the prefix {prefix!r}, got "
            f"{', '.join(state) or 'nothing'}" + (f"; prefixes that have them: {', '.join(heads)}" if heads else "")
        )
    layers = []
    for (_, suffix), weights in sorted(found.items()):
        if "weight_hr" in weights:
            raise ValueError(f"proj_size must be 0, got weight_hr of {suffix!r}: our LSTM has no projection")
        if missing := {"weight_ih", "weight_hh"} - weights.keys():
            absent = f"{prefix}{missing.pop()}_{suffix}".rstrip("_")
            raise ValueError(f"state must hold {absent}, which is missing")
        layers.append(one_layer(suffix, weights, nonlinearity))
    return layers


def layers_of_module(module: Any) -> list[TorchLayer]:
    """The layers of a module; weights are read as attributes, so that parametrized ones have the values in use."""
    torch = import_torch()
    module = getattr(module, "_orig_mod", module)  # that of a compiled one
    if not isinstance(module, torch.nn.RNNBase | torch.nn.RNNCellBase):
        raise TypeError(f"module must be one of {SUPPORTED}, got {checks.kind(module)}")
    suffixes = [""]
    if isinstance(module, torch.nn.RNNBase):
        ends = ["", "_reverse"][: 1 + module.bidirectional]
        suffixes = [f"_l{layer}{end}" for layer in range(module.num_layers) for end in ends]
    names = [f"{name}{suffix}" for suffix in suffixes for name in ("weight_ih", "weight_hh", "weight_hr", *_BIASES)]
    state = {name: value for name in names if (value := getattr(module, name, None)) is not None}
    return layers_of_state(state, nonlinearity=getattr(module, "nonlinearity", "tanh"))  # GRU and LSTM have none


@checked
def from_torch(module: Any) -> tuple[Cell, Params]:
    """Our cell and its parameters for a recurrent module of PyTorch: a `Stack` for several layers, a `Parallel` for two
    directions, whose inputs `both_ways` makes.

    The weights are copied in the module's dtype (half precision as float32). Dropout is left out, as in evaluation.

    >>> torch = import_torch()
    >>> cell, params = from_torch(torch.nn.LSTM(2, 3, num_layers=2))
    >>> type(cell).__name__, list(params)
    ('Stack', ['0.W', '0.U', '0.b', '1.W', '1.U', '1.b'])

    Raises TypeError for other modules; ValueError for proj_size, and for two directions in more than one layer, which
    no step can express (`observe_torch` takes them); ModuleNotFoundError without PyTorch.
    """
    return composed_of(layers_of_module(module))


@checked
def from_state_dict(state: Mapping[str, Any], prefix: str = "", nonlinearity: str = "tanh") -> tuple[Cell, Params]:
    """The same from a state dict, whose names begin with the prefix and have no others between: "encoder.rnn.".

    It holds tensors or arrays. It does not contain the nonlinearity of torch.nn.RNN, which you pass.

    >>> cell, _ = from_state_dict({"rnn.weight_ih_l0": np.ones((6, 1)), "rnn.weight_hh_l0": np.ones((6, 2))}, "rnn.")
    >>> cell
    GRU(m=1, n=2)

    Raises ValueError where weights are missing below the prefix, and as `from_torch`.
    """
    return composed_of(layers_of_state(state, prefix, nonlinearity))


def composed_of(layers: list[TorchLayer]) -> tuple[Cell, Params]:
    """One cell of all layers, and its parameters."""
    if any(layer.suffix.endswith("_reverse") for layer in layers):
        if len(layers) > 2:
            raise ValueError(
                f"a bidirectional module must have one layer, got {len(layers) // 2}: the second one's reverse "
                "direction begins with what the first knows at the end, and no step of a cell can know that. "
                "observe_torch takes such modules"
            )
        forward, backward = layers
        cell: Any = Parallel(forward.cell, backward.cell)
        return cell, joined({"forward": forward.params, "backward": backward.params})
    if len(layers) == 1:
        return layers[0].cell, layers[0].params
    stack: Any = Stack([layer.cell for layer in layers])
    return stack, joined({str(k): layer.params for k, layer in enumerate(layers)})


@checked
def to_torch(cell: Cell, params: Params) -> Any:
    """torch.nn.RNN, LSTM or GRU with our parameters, in their dtype and time first; its two biases are b and 0.

    Other parameters, such as those of a readout, are left aside.

    >>> cell = LSTM(m=2, n=3)
    >>> isinstance(to_torch(cell, cell.init(np.random.default_rng(0))), import_torch().nn.LSTM)
    True

    Raises ValueError for a cell without a counterpart, or layers that no single module can hold; ModuleNotFoundError
    without PyTorch.
    """
    torch = import_torch()
    check_params(cell, params)
    cells, directions = parts_of(cell)
    first = cells[0][1]
    check_counterpart(cells, directions)
    options = {"nonlinearity": first.activation} if type(first) is VanillaRNN else {}
    kind = {VanillaRNN: torch.nn.RNN, LSTM: torch.nn.LSTM, GRU: torch.nn.GRU}[type(first)]
    dtype = getattr(torch, str(params[f"{cells[0][0]}W"].dtype))
    layers = len(cells) // directions
    module = kind(first.m, first.n, layers, bidirectional=directions == 2, dtype=dtype, **options)
    with torch.no_grad():
        for i, (prefix, part) in enumerate(cells):
            suffix = f"_l{i // directions}" + "_reverse" * (i % directions)
            own = {key: params[prefix + key] for key in part.shapes()}
            bias_hh = np.zeros_like(own["b"])
            if "c" in own:
                bias_hh[2 * part.n :] = own["c"]
            values = {"weight_ih": own["U"], "weight_hh": own["W"], "bias_ih": own["b"], "bias_hh": bias_hh}
            for name, value in values.items():
                getattr(module, name + suffix).copy_(to_tensor(value))
    return module


def parts_of(cell: Any) -> tuple[list[tuple[str, Any]], int]:
    """The cells with the prefixes of their parameters, the lowest first, and how many stand side by side."""
    if isinstance(cell, Parallel):
        return [(f"{name}.", part) for name, part in cell.named().items()], 2
    if isinstance(cell, Stack):
        return [(f"{name}.", part) for name, part in cell.named().items()], 1
    return [("", cell)], 1


def check_counterpart(cells: list[tuple[str, Any]], directions: int) -> None:
    """Raises ValueError unless one module of PyTorch can hold all of them."""
    for _, part in cells:
        activation = getattr(part, "activation", "tanh")
        if type(part) not in BY_BLOCKS_OF_ROWS.values() or activation not in ("tanh", "relu"):
            raise ValueError(f"cell must be a VanillaRNN (tanh or relu), LSTM or GRU, or made of them, got {part}")
    alike = {(type(part), part.n, getattr(part, "activation", "")) for _, part in cells}
    below = [cells[0][1].m] * directions + [directions * cells[0][1].n] * (len(cells) - directions)
    if len(alike) > 1 or [part.m for _, part in cells] != below:
        got = ", ".join(str(part) for _, part in cells)
        raise ValueError(
            f"cells of one module must be of one kind and size, each layer reading the last, got {got}"
        )
