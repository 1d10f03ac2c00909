"""Weights of PyTorch in and out: there and back without a change, and with them the same outputs and gradients."""

import re

import numpy as np
import pytest

from minirnn import GRU, LSTM, LinearRNN, VanillaRNN, bptt, unroll
from minirnn.bridges import from_state_dict, from_torch, to_torch
from minirnn.core.params import Params
from minirnn.layers.composed import Parallel, Stack, both_ways
from tests.helpers import distance, refused

torch = pytest.importorskip("torch")
m, n, T, B = 3, 4, 7, 5
KINDS = {
    "tanh": (torch.nn.RNN, {"nonlinearity": "tanh"}),
    "relu": (torch.nn.RNN, {"nonlinearity": "relu"}),
    "LSTM": (torch.nn.LSTM, {}),
    "GRU": (torch.nn.GRU, {}),
}
every_kind = pytest.mark.parametrize("kind", KINDS)
layouts = pytest.mark.parametrize(
    "layout",
    [{}, {"num_layers": 2}, {"num_layers": 3}, {"bidirectional": True}, {"bias": False}],
    ids=lambda layout: "-".join(layout) + str(layout.get("num_layers", "")) or "plain",
)


def module_of(kind, seed=0, dtype=torch.float64, **layout):
    make, options = KINDS[kind]
    torch.manual_seed(seed)
    return make(m, n, dtype=dtype, **options, **layout)


def reading(cell, X):
    """What the cell reads, and what it shows, in the order of PyTorch's outputs."""
    return both_ways(X) if isinstance(cell, Parallel) else X


def shown(cell, H):
    H = cell.aligned(H) if isinstance(cell, Parallel) else H
    return H[..., : cell.n_out]


def gradient_of(module, ours):
    """The gradient of the module's weights by our names: of the sum b, PyTorch has the gradient twice."""
    by_torch: dict[str, Params] = {}
    for key, p in module.named_parameters():
        name, suffix = re.fullmatch(r"(weight_ih|weight_hh|bias_ih|bias_hh)_(l\d(?:_reverse)?)", key).groups()
        by_torch.setdefault(suffix, {})[name] = p.grad.numpy()
    prefixes = {"l0": "0.", "l1": "1.", "l2": "2."} if "1.W" in ours else {"l0": ""}
    prefixes = {"l0": "forward.", "l0_reverse": "backward."} if "forward.W" in ours else prefixes
    found = {}
    for suffix, gradient in by_torch.items():
        prefix = prefixes[suffix]
        found |= {prefix + "W": gradient["weight_hh"], prefix + "U": gradient["weight_ih"]}
        if "bias_ih" in gradient:
            found[prefix + "b"] = gradient["bias_ih"]
            if prefix + "c" in ours:
                found[prefix + "c"] = gradient["bias_hh"][2 * n :]
    return found


@every_kind
@layouts
def test_outputs_and_gradients_are_those_of_pytorch(kind, layout):
    module = module_of(kind, **layout)
    cell, params = from_torch(module)
    rng = np.random.default_rng(0)
    X, C = rng.standard_normal((T, B, m)), rng.standard_normal((T, B, n * (1 + layout.get("bidirectional", False))))
    outputs, _ = module(torch.tensor(X))
    (outputs * torch.tensor(C)).sum().backward()

    H = unroll(cell, params, reading(cell, X))
    np.testing.assert_allclose(shown(cell, H[1:]), outputs.detach().numpy(), rtol=0, atol=1e-12)
    dE = np.zeros_like(H[1:])
    dE[..., : cell.n_out] = C
    dE = cell.aligned(dE) if isinstance(cell, Parallel) else dE
    _, ours = bptt(cell, params, reading(cell, X), lambda _, H: (0.0, dE, {}))
    theirs = gradient_of(module, ours)
    assert distance({key: ours[key] for key in theirs}, theirs) < 1e-12
    assert theirs.keys() == ours.keys() or layout == {"bias": False}


@every_kind
@layouts
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_there_and_back_nothing_changes(kind, layout, dtype):
    cell, params = from_torch(module_of(kind, dtype=dtype, **layout))
    assert {p.dtype for p in params.values()} == {np.dtype(str(dtype).removeprefix("torch."))}
    back = to_torch(
        cell,
        params
        | {"V": np.ones((1, cell.n_out), params[next(iter(params))].dtype)}
        | {"c_out": np.zeros(1, params[next(iter(params))].dtype)},
    )
    again, same = from_torch(back)
    assert again == cell
    assert distance(same, params) == 0
    x = torch.randn(T, B, m, dtype=dtype)
    close = {"rtol": 0, "atol": 1e-12 if dtype is torch.float64 else 1e-5}
    torch.testing.assert_close(back(x)[0], module_of(kind, dtype=dtype, **layout)(x)[0], **close)


@pytest.mark.parametrize(
    "module",
    [
        torch.nn.RNNCell(m, n, dtype=torch.float64),
        torch.nn.RNNCell(m, n, nonlinearity="relu", dtype=torch.float64),
        torch.nn.LSTMCell(m, n, dtype=torch.float64),
        torch.nn.GRUCell(m, n, dtype=torch.float64),
        torch.nn.GRUCell(m, n, bias=False, dtype=torch.float64),
    ],
    ids=str,
)
def test_cells_of_pytorch_make_the_same_step(module):
    cell, params = from_torch(module)
    rng = np.random.default_rng(0)
    x, h = rng.standard_normal((B, m)), rng.standard_normal((B, cell.n_state))
    parts = torch.tensor(h).split(n, dim=1)
    answer = module(torch.tensor(x), parts if len(parts) > 1 else parts[0])
    answer = torch.cat(answer, dim=1) if isinstance(answer, tuple) else answer
    step = cell.step(params, h, cell.drive(params, x))
    np.testing.assert_allclose(step, answer.detach().numpy(), rtol=0, atol=1e-14)


def test_a_state_dict_is_read_below_its_prefix():
    model = torch.nn.ModuleDict({"encoder": torch.nn.ModuleDict({"rnn": module_of("LSTM", num_layers=2)})})
    model["head"] = torch.nn.Linear(n, 2)
    cell, params = from_state_dict(model.state_dict(), "encoder.rnn.")
    right, weights = from_torch(model["encoder"]["rnn"])
    assert cell == right
    assert distance(params, weights) == 0
    arrays = {key: value.numpy() for key, value in model.state_dict().items()}
    assert distance(from_state_dict(arrays, "encoder.rnn.")[1], weights) == 0


def test_a_state_dict_does_not_know_its_nonlinearity():
    state = module_of("relu").state_dict()
    assert from_state_dict(state)[0] == VanillaRNN(m, n)
    assert from_state_dict(state, nonlinearity="relu")[0] == from_torch(module_of("relu"))[0]
    with refused(ValueError, "nonlinearity must be one of tanh, relu", "'gelu'"):
        from_state_dict(state, nonlinearity="gelu")


def test_copies_share_nothing():
    module = module_of("GRU")
    _, params = from_torch(module)
    before = {key: p.copy() for key, p in params.items()}
    with torch.no_grad():
        for p in module.parameters():
            p.add_(1.0)
    assert distance(params, before) == 0
    params["W"][:] = 7.0
    assert not (module.weight_hh_l0 == 7.0).any()


def test_half_precision_becomes_float32():
    for dtype in (torch.float16, torch.bfloat16):
        module = module_of("LSTM", dtype=torch.float32).to(dtype)
        _, params = from_torch(module)
        assert {p.dtype for p in params.values()} == {np.dtype(np.float32)}
        np.testing.assert_array_equal(params["W"], module.weight_hh_l0.float().detach().numpy())


def test_parametrized_weights_are_those_that_the_module_uses():
    module = module_of("tanh")
    torch.nn.utils.parametrizations.weight_norm(module, "weight_hh_l0")
    with torch.no_grad():
        module.parametrizations.weight_hh_l0.original0.mul_(2.0)
    cell, params = from_torch(module)
    X = np.random.default_rng(0).standard_normal((T, B, m))
    np.testing.assert_allclose(unroll(cell, params, X)[1:], module(torch.tensor(X))[0].detach(), rtol=0, atol=1e-12)


@pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")
@pytest.mark.slow
def test_a_compiled_module_is_the_one_within():
    module = torch.nn.GRU(2, 3)
    (cell, params), (right, others) = from_torch(torch.compile(module)), from_torch(module)
    assert cell == right
    assert all((params[key] == others[key]).all() for key in right.shapes())


def test_what_has_no_counterpart_is_refused():
    with refused(ValueError, "proj_size must be 0", "'l0'"):
        from_torch(torch.nn.LSTM(m, n, proj_size=2))
    with refused(ValueError, "bidirectional module must have one layer, got 2", "observe_torch"):
        from_torch(module_of("GRU", num_layers=2, bidirectional=True))
    for other in (torch.nn.Linear(m, n), 3, torch.nn.LSTM):
        with refused(TypeError, "module must be one of torch.nn.RNN, LSTM and GRU"):
            from_torch(other)
    with refused(ValueError, "meta"):
        from_torch(torch.nn.LSTM(m, n, device="meta"))


def test_wrong_prefixes_are_told_the_right_ones():
    state = torch.nn.ModuleDict({"a": module_of("GRU"), "b": torch.nn.GRUCell(m, n)}).state_dict()
    with refused(ValueError, "below the prefix 'c.'", "prefixes that have them: a., b."):
        from_state_dict(state, "c.")
    with refused(ValueError, "weight_hh_l0, which is missing"):
        from_state_dict({key: value for key, value in state.items() if "weight_hh" not in key}, "a.")
    with refused(ValueError, "weight_ih (10, 3) and weight_hh (10, 5)"):
        from_state_dict({"weight_ih_l0": torch.zeros(10, 3), "weight_hh_l0": torch.zeros(10, 5)})
    with refused(ValueError, "got nothing"):
        from_state_dict({})


BAD_CELLS = [
    (LinearRNN(m, n), "cell must be a VanillaRNN (tanh or relu), LSTM or GRU"),
    (VanillaRNN(m, n, activation="sigmoid"), "cell must be a VanillaRNN (tanh or relu)"),
    (Stack([LSTM(m, n), GRU(n, n)]), "of one kind and size"),
    (Stack([GRU(m, n), GRU(n, 2)]), "of one kind and size"),
    (Stack([Parallel(GRU(m, n), GRU(m, n)), GRU(2 * n, n)]), "cell must be a VanillaRNN (tanh or relu)"),
    (Parallel(GRU(m, n), GRU(2, n)), "of one kind and size"),
]


@pytest.mark.parametrize(
    ("cell", "words"), BAD_CELLS, ids=[f"{type(c).__name__}-{i}" for i, (c, _) in enumerate(BAD_CELLS)]
)
def test_cells_that_no_module_holds_are_refused(cell, words):
    with refused(ValueError, words):
        to_torch(cell, cell.init(np.random.default_rng(0)))


def test_parameters_are_checked_on_the_way_out():
    cell = LSTM(m, n)
    with refused(ValueError, "params must hold W, U, b", "is missing"):
        to_torch(cell, {"W": np.zeros((4 * n, n))})
