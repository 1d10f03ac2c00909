"""Layers and directions beside what they are made of, and beside PyTorch."""

import pickle
from functools import partial
from itertools import pairwise

import autograd
import numpy as np
import pytest

from minirnn import (
    GRU,
    LRU,
    LSTM,
    ChaosFreeRNN,
    MinGRU,
    Parallel,
    Stack,
    VanillaRNN,
    backward,
    bptt,
    temporal_terms,
    train,
    unroll,
)
from minirnn.cells.contract import Sized
from minirnn.core.params import map_params
from minirnn.dynamics.exponents import lyapunov_exponents
from minirnn.gradients.referee import autograd_gradient, central_differences, check
from minirnn.layers import both_ways, joined
from minirnn.layers.composed import reversed_in_time
from minirnn.layers.layered import PREFIX, Upper
from minirnn.learning import losses, optimizers
from tests.helpers import Leaky, all_cells, compositions, distance, name, random_case, random_params, refused

every_composition = pytest.mark.parametrize("cell", list(compositions()), ids=name)
DEEP = Stack([GRU(2, 3), Stack([LSTM(3, 2), Parallel(MinGRU(1, 2), LSTM(1, 1))]), ChaosFreeRNN(3, 2)])


def rng(seed=0):
    return np.random.default_rng(seed)


def own(params, prefix):
    return {key.removeprefix(prefix): value for key, value in params.items() if key.startswith(prefix)}


# ---------------------------------------------------------------- errors and directions of the inputs


@all_cells
def test_errors_of_the_inputs_by_autograd_and_by_central_differences(cell):
    """∂E/∂x_t from d_t, through all of time."""
    params, X, h0, loss = random_case(rng(4), cell, 4, 2, losses.at_every_step, losses.squared_error)
    H = unroll(cell, params, X, h0)
    dX = cell.vjp_inputs(params, backward(cell, params, X, H, loss(params, H[1:])[1]))

    def energy(x):
        h, states, drive = h0, [], cell.drive(params, x)
        for drive_t in drive:
            h = cell.step(params, h, drive_t)
            states.append(h)
        return loss.value(params, autograd.numpy.array(states))

    np.testing.assert_allclose(dX, autograd.grad(energy)(X), atol=1e-13)
    np.testing.assert_allclose(dX, central_differences(lambda p: energy(p["X"]), {"X": X})["X"], atol=1e-8)
    assert (dX != 0).all() or getattr(cell, "activation", "") == "relu"


@all_cells
def test_a_change_of_the_inputs_goes_where_the_adjoint_says_that_it_came_from(cell):
    """⟨δ, J_x v⟩ = ⟨J_xᵀ δ, v⟩, for directions as leading axes and as rows; and the rule that cells have by default."""
    params, (B, k, N) = random_params(rng(1), cell), (3, 4, cell.n_state)
    h, V, delta = (
        rng(2).standard_normal((B, N)),
        rng(3).standard_normal((k, B, cell.m)),
        rng(4).standard_normal((B, N)),
    )
    drive = cell.drive(params, rng(5).standard_normal((B, cell.m)))
    local = cell.linearize(params, drive, h, cell.step(params, h, drive))
    moves, d = cell.jvp_inputs(params, local, V), cell.vjp_step(params, local, delta)[1]
    np.testing.assert_allclose((moves * delta).sum(-1), (V * cell.vjp_inputs(params, d)).sum(-1), atol=1e-13)
    rows = cell.jvp_inputs(params, [a[:, None] for a in local], V.swapaxes(0, 1))
    np.testing.assert_allclose(rows.swapaxes(0, 1), moves, atol=1e-14)
    np.testing.assert_allclose(Sized.jvp_inputs(cell, params, local, V), moves, atol=1e-13)
    np.testing.assert_allclose(Sized.vjp_inputs(cell, params, d), cell.vjp_inputs(params, d), atol=1e-13)


def test_a_class_with_another_drive_or_step_does_not_inherit_the_rules_for_inputs():
    class Halved(LSTM):
        def drive(self, params, X):
            return super().drive(params, 0.5 * X)

        def vjp_params(self, params, X, H_prev, local, D):
            return super().vjp_params(params, 0.5 * X, H_prev, local, D)

    class Fast(Leaky):
        def jvp_inputs(self, params, local, V):
            return local[0] * (V @ params["U"].T)

    for cell in (Halved(2, 3), Leaky(2, 3), Fast(2, 3)):
        assert (type(cell).jvp_inputs is Sized.jvp_inputs) == (type(cell) is not Fast)
        single = {key: value.astype(np.float32) for key, value in random_params(rng(), cell).items()}
        assert cell.vjp_inputs(single, cell.drive(single, np.ones((3, 2), np.float32))).dtype == np.float32
        check(Stack([LRU(2, 1), cell]))


# ---------------------------------------------------------------- a stack is its layers one after the other


@every_composition
def test_a_composed_cell_is_its_parts_one_after_the_other(cell):
    params, X, h0, loss = random_case(rng(1), cell, 6, 3, losses.at_every_step, losses.squared_error)
    H = unroll(cell, params, X, h0)
    dE, gradient = loss(params, H[1:])[1], bptt(cell, params, X, loss, h0)[1]
    layers = cell.layers(params, X, H, dE)
    alone = {}
    for key, part, parameters, inputs, states, error in layers:
        np.testing.assert_allclose(unroll(part, parameters, inputs, states[0]), states, atol=1e-14)
        terms = map_params(lambda term: term.sum(0), temporal_terms(part, parameters, inputs, states, error))
        alone |= joined({key: terms})
    assert distance(alone, {key: gradient[key] for key in cell.shapes()}) < 1e-13
    assert alone.keys() == cell.shapes().keys()


def test_layers_are_named_from_the_lowest_upwards_and_say_what_they_read():
    params = random_params(rng(), DEEP)
    X, H = rng().standard_normal((5, 2, 2)), None
    H = unroll(DEEP, params, X)
    layers = DEEP.layers(params, X, H, np.ones_like(H[1:]))
    assert [key for key, *_ in layers] == ["0", "1.0", "1.1.forward", "1.1.backward", "2"]
    assert [type(cell).__name__ for _, cell, *_ in layers] == ["GRU", "LSTM", "MinGRU", "LSTM", "ChaosFreeRNN"]
    read = {key: inputs for key, _, _, inputs, _, _ in layers}
    states = {key: states for key, _, _, _, states, _ in layers}
    assert (read["0"] == X).all()
    assert (read["1.0"] == states["0"][1:]).all()
    assert (read["1.1.backward"] == states["1.0"][1:, :, 1:2]).all()
    assert (read["2"] == np.concatenate([states["1.1.forward"], states["1.1.backward"][..., :1]], -1)[1:]).all()
    assert list(own(params, "1.1.")) == ["forward.U", "forward.b", "backward.W", "backward.U", "backward.b"]


@pytest.mark.slow
def test_any_depth_passes_the_check():
    check(DEEP)
    check(Parallel(DEEP, Stack([LSTM(1, 2)])))


def test_the_state_begins_with_what_a_readout_sees():
    stack, pair = Stack([GRU(2, 3), LSTM(3, 2)]), Parallel(LSTM(2, 3), LSTM(1, 2))
    assert (stack.m, stack.n_out, stack.n_state) == (2, 2, 7)
    assert (pair.m, pair.n_out, pair.n_state) == (3, 5, 10)
    f, b = pair.split(np.arange(10))
    assert (f.tolist(), b.tolist()) == ([0, 1, 2, 5, 6, 7], [3, 4, 8, 9])
    params = random_params(rng(), pair)
    H = unroll(pair, params, np.ones((4, 2, 3)))
    alone = [
        unroll(LSTM(m, n), own(params, key), np.ones((4, 2, m)))[..., :n]
        for m, n, key in ((2, 3, "forward."), (1, 2, "backward."))
    ]
    np.testing.assert_allclose(H[..., :5], np.concatenate(alone, -1), atol=1e-15)
    assert pair.saturated(H).shape == (5, 2, 5)
    assert stack.saturated(np.ones(7)).shape == (5,)  # of both layers


@pytest.mark.parametrize(
    "cell",
    [Stack([LSTM(2, 2), LSTM(2, 3)]), Stack([LRU(2, 2), VanillaRNN(4, 3)]), Parallel(GRU(1, 3), LSTM(1, 2))],
    ids=name,
)
@pytest.mark.slow
def test_the_exponents_of_a_composed_cell_are_those_of_its_parts(cell):
    params = random_params(rng(3), cell)
    X = rng(4).standard_normal((3000, 1, cell.m))
    H = unroll(cell, params, X)
    together = lyapunov_exponents(cell, params, X, k=cell.n_state, burn_in=500)[0]
    layers = cell.layers(params, X, H, np.zeros_like(H[1:]))
    alone = [lyapunov_exponents(c, p, x, k=c.n_state, burn_in=500)[0] for _, c, p, x, _, _ in layers]
    np.testing.assert_allclose(together.sum(), np.concatenate(alone).sum(), atol=1e-9)  # both are mean ln |det|
    np.testing.assert_allclose(together, np.sort(np.concatenate(alone))[::-1], atol=3e-2)
    assert np.ptp(together) > 0.3


def test_directions_need_no_rule_of_the_parts():
    """Of a cell that has none, through the Jacobian."""
    silent = type("Silent", (GRU,), {"jvp_step": property(), "jvp_inputs": property(), "saturated": property()})
    params, V = random_params(rng(), DEEP), rng().standard_normal((2, DEEP.n_state))
    plain, other = (Stack([LSTM(2, 2), make(2, 3)]) for make in (GRU, silent))
    params, V = random_params(rng(), plain), rng().standard_normal((2, plain.n_state))
    drive, h = plain.drive(params, np.ones((2, 2))), 0.3 * V
    moved = [
        cell.jvp_step(params, cell.linearize(params, drive, h, cell.step(params, h, drive)), V)
        for cell in (plain, other)
    ]
    np.testing.assert_allclose(*moved, atol=1e-14)
    assert not other.saturated(np.ones(other.n_state))[:3].any()


@pytest.mark.slow
def test_a_composed_cell_is_a_value_that_trains_and_goes_on(tmp_path):
    cell = Stack([LSTM(1, 3), GRU(3, 2)])
    assert cell == Stack((LSTM(1, 3), GRU(3, 2))) != Stack([LSTM(1, 3), GRU(3, 3)])
    assert len({cell, Stack([LSTM(1, 3), GRU(3, 2)])}) == 1
    assert pickle.loads(pickle.dumps(cell)).parts == cell.parts
    params = cell.init(rng()) | losses.init_readout(rng(1), cell, outputs=1)
    batch = lambda rng: ((X := rng.standard_normal((6, 8, 1))), X[-2])  # noqa: E731
    loss = partial(losses.at_end, losses.squared_error)
    run = partial(train, cell, params, batch, loss, optimizers.adam(0.05), progress=False)
    whole = run(updates=150, rng=rng(2))
    run(updates=60, rng=rng(2), save_to=tmp_path / "run")
    resumed = run(updates=150, rng=rng(2), save_to=tmp_path / "run")
    assert distance(resumed.params, whole.params) == 0
    assert np.mean(whole.history["loss"][-20:]) < 0.5 * np.mean(whole.history["loss"][:20])


def test_parts_that_do_not_fit_are_named():
    with refused(ValueError, "cells[1] must have m = 3, the n_out of cells[0], LSTM, got m = 2"):
        Stack([LSTM(2, 3), GRU(2, 3)])
    for bad in ([], (), None, LSTM(2, 3), "LSTM"):
        with refused((TypeError, ValueError), "cells", "must be"):
            Stack(bad)
    with refused(TypeError, "cells[0] must be a cell", "the class LSTM; write LSTM(m=2, n=3)"):
        Stack([LSTM])
    with refused(TypeError, "backward must be a cell", "NoneType"):
        Parallel(LSTM(2, 3), None)
    silent = type("Silent", (GRU,), {"vjp_inputs": property()})
    assert Stack([silent(2, 3), GRU(3, 2)]).m == 2
    with refused(TypeError, "cells[1] must have vjp_inputs", "Silent"):
        Stack([GRU(2, 2), silent(2, 3)])
    with refused(TypeError, "rng must be a numpy.random.Generator", "int"):
        Stack([GRU(2, 2)]).init(0)
    cell = Stack([LSTM(2, 2), LSTM(2, 2)])
    params = cell.init(rng())
    with refused(ValueError, "params must hold 0.W, 0.U, 0.b, 1.W, 1.U, 1.b; 1.b is missing"):
        unroll(cell, {key: params[key] for key in list(params)[:-1]}, np.zeros((3, 1, 2)))
    with refused(ValueError, "params['1.U'] must be (8, 2), got (8, 1)"):
        unroll(cell, params | {"1.U": np.zeros((8, 1))}, np.zeros((3, 1, 2)))


# ---------------------------------------------------------------- both directions


def test_reversed_in_time_is_its_own_inverse_and_leaves_padding():
    X, lengths = rng().standard_normal((5, 3, 2)), np.array([5, 1, 3])
    back = reversed_in_time(X, lengths)
    for b, n in enumerate(lengths):
        assert (back[:n, b] == X[:n, b][::-1]).all()
        assert (back[n:, b] == X[n:, b]).all()
    assert (reversed_in_time(back, lengths) == X).all()
    assert (reversed_in_time(X) == reversed_in_time(X, np.full(3, 5))).all()
    assert (both_ways(X, lengths)[..., 2:] == back).all()


@pytest.mark.parametrize(
    ("lengths", "error", "words"),
    [
        (np.array([5, 6, 1]), ValueError, ("lengths must be from 1 to T = 5, got 1 to 6",)),
        (np.array([5, 0, 1]), ValueError, ("lengths must be from 1 to T = 5, got 0 to 5",)),
        (np.array([5, 1]), ValueError, ("lengths must be (3,)", "(2,)")),
        (np.ones((3, 1), int), ValueError, ("lengths must be (3,)", "(3, 1)")),
        (np.ones(3), TypeError, ("lengths must be an array of integers", "float64")),
        ([5, 1, 3], TypeError, ("lengths must be an array of integers", "list")),
    ],
)
def test_lengths_that_do_not_fit_are_refused(lengths, error, words):
    with refused(error, *words):
        both_ways(np.zeros((5, 3, 2)), lengths)


def pairs_loss(cell, targets, lengths=None):
    return losses.aligned(losses.at_every_step(losses.squared_error, targets, lengths), cell)


@pytest.mark.parametrize("lengths", [None, np.array([6, 2, 4])], ids=["whole", "lengths"])
@pytest.mark.slow
def test_an_aligned_loss_has_the_gradient_that_the_referees_give_it(lengths):
    cell = Parallel(LSTM(2, 2), GRU(2, 3))
    params = random_params(rng(), cell, 3)
    X = both_ways(rng(1).standard_normal((6, 3, 2)), lengths)
    loss = pairs_loss(cell, rng(2).standard_normal((6, 3, 3)), lengths)
    _, by_hand = bptt(cell, params, X, loss)
    assert distance(by_hand, autograd_gradient(cell, params, X, loss)[1]) < 1e-12
    numeric = central_differences(lambda p: bptt(cell, p, X, loss)[0], params)
    assert distance(by_hand, numeric) < 1e-7


def test_only_a_pair_can_be_aligned():
    targets = np.zeros((5, 3, 1))
    for cell in (GRU(2, 3), Stack([Parallel(GRU(2, 2), GRU(2, 2)), GRU(4, 2)])):
        with refused(TypeError, "cell must be a Parallel of two cells", type(cell).__name__):
            pairs_loss(cell, targets)
        with refused(TypeError, "must be a Parallel", type(cell).__name__):
            Upper(cell, cell, None)
    with refused(ValueError, "cell must have m = 8, twice the n_out of the pair below, got m = 4"):
        Upper(Parallel(GRU(2, 2), GRU(2, 2)), Parallel(GRU(2, 2), GRU(2, 2)), None)


# ---------------------------------------------------------------- PyTorch


def torch_network(torch, kind, m, n, layers, two_ways, params):
    """PyTorch's module with our numbers: parameters by the prefixes of `params_of`."""
    module = getattr(torch.nn, kind)(m, n, num_layers=layers, bidirectional=two_ways, dtype=torch.float64)
    with torch.no_grad():
        for key in dict(module.named_parameters()):
            weight, end = key.split("_l")
            ours = params[end]
            place = getattr(module, key)
            place.zero_()
            if weight == "weight_hh":
                place.copy_(torch.from_numpy(ours["W"]))
            elif weight == "weight_ih":
                place.copy_(torch.from_numpy(ours["U"]))
            elif weight == "bias_ih":
                place.copy_(torch.from_numpy(ours["b"]))
            elif kind == "GRU":
                place[2 * n :] = torch.from_numpy(ours["c"])
    return module


def torch_gradients(module, kind, n):
    found = {}
    for key, value in module.named_parameters():
        weight, end = key.split("_l")
        name = {"weight_hh": "W", "weight_ih": "U", "bias_ih": "b", "bias_hh": "c"}[weight]
        if name != "c" or kind == "GRU":
            found[f"{end}.{name}"] = value.grad.numpy()[2 * n if name == "c" else 0 :]
    return found


@pytest.mark.parametrize("make", [LSTM, GRU])
@pytest.mark.parametrize("layers", [2, 3])
def test_a_stack_is_that_of_pytorch(make, layers):
    torch = pytest.importorskip("torch")
    m, n, T, B = 2, 4, 7, 3
    cell = Stack([make(m, n), *[make(n, n)] * (layers - 1)])
    params, X, _, loss = random_case(rng(1), cell, T, B, losses.at_every_step, losses.squared_error)
    module = torch_network(
        torch, make.__name__, m, n, layers, False, {str(i): own(params, f"{i}.") for i in range(layers)}
    )
    states, _ = module(torch.from_numpy(X))
    H = unroll(cell, params, X)
    np.testing.assert_allclose(H[1:, :, :n], states.detach().numpy(), atol=1e-13)
    y = states @ torch.from_numpy(params["V"]).T + torch.from_numpy(params["c_out"])
    (0.5 * ((y - torch.from_numpy(loss.target)) ** 2).sum() / (T * B)).backward()
    _, gradient = bptt(cell, params, X, loss)
    assert (
        distance({key: gradient[key] for key in cell.shapes()}, torch_gradients(module, make.__name__, n)) < 1e-12
    )


@pytest.mark.parametrize("make", [LSTM, GRU])
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("lengths", [None, np.array([7, 3, 5])], ids=["whole", "lengths"])
@pytest.mark.parametrize("reading", ["end", "every step"])
def test_both_directions_are_those_of_pytorch(make, layers, lengths, reading):
    """One pair, and pairs upon pairs; of sequences of different lengths, as packed by PyTorch."""
    torch = pytest.importorskip("torch")
    m, n, T, B = 2, 3, 7, 3
    pairs = [Parallel(make(m, n), make(m, n))] + [Parallel(make(2 * n, n), make(2 * n, n))] * (layers - 1)
    each = [random_params(rng(i), pair) for i, pair in enumerate(pairs)]
    readout = {"V": rng(7).standard_normal((2, 2 * n)), "c_out": rng(8).standard_normal(2)}
    X, target = rng(9).standard_normal((T, B, m)), rng(10).standard_normal((T, B, 2))
    if reading == "end":
        loss = losses.at_end(losses.squared_error, target[0], lengths)
    else:
        loss = pairs_loss(pairs[-1], target, lengths)
    for below, cell in reversed([*pairwise(pairs)]):
        loss = Upper(below, cell, loss, lengths)
    params = {PREFIX * i + key: value for i, own_ in enumerate(each) for key, value in own_.items()}
    params |= {PREFIX * (layers - 1) + key: value for key, value in readout.items()}
    E, gradient = bptt(pairs[0], params, both_ways(X, lengths), loss)
    E_auto, by_autograd = autograd_gradient(pairs[0], params, both_ways(X, lengths), loss)
    assert pytest.approx(E_auto, rel=1e-13) == E
    assert distance(gradient, by_autograd) < 1e-12

    ends = {
        f"{i}{way}": own(own_, key)
        for i, own_ in enumerate(each)
        for way, key in (("", "forward."), ("_reverse", "backward."))
    }
    module = torch_network(torch, make.__name__, m, n, layers, True, ends)
    theirs, counts = torch.from_numpy(X), torch.full((B,), T) if lengths is None else torch.from_numpy(lengths)
    packed = torch.nn.utils.rnn.pack_padded_sequence(theirs, counts, enforce_sorted=False)
    states, last = module(packed)
    states, _ = torch.nn.utils.rnn.pad_packed_sequence(states)
    V, c_out = (torch.from_numpy(readout[key]) for key in ("V", "c_out"))
    if reading == "end":
        h = last[0] if make is LSTM else last
        error = torch.cat([h[-2], h[-1]], -1) @ V.T + c_out - torch.from_numpy(target[0])
    else:
        valid = torch.arange(T)[:, None] < counts
        error = (states @ V.T + c_out - torch.from_numpy(target))[valid]
    E_torch = 0.5 * (error**2).sum() / len(error)
    E_torch.backward()
    assert pytest.approx(E_torch.item(), rel=1e-13) == E
    found = torch_gradients(module, make.__name__, n)
    keys = {
        f"{PREFIX * i}{key}.": f"{i}{way}."
        for i in range(layers)
        for way, key in (("", "forward"), ("_reverse", "backward"))
    }
    right = {
        ours + key.removeprefix(end): value
        for ours, end in keys.items()
        for key, value in found.items()
        if key.startswith(end)
    }
    assert (
        distance({key: value for key, value in gradient.items() if not key.endswith(("V", "c_out"))}, right) < 1e-12
    )


def test_parameters_of_a_pair_above_are_checked():
    first, second = Parallel(GRU(1, 2), GRU(1, 2)), Parallel(GRU(4, 2), GRU(4, 2))
    loss = Upper(first, second, losses.at_end(losses.squared_error, np.ones((3, 1))))
    above = second.init(rng()) | losses.init_readout(rng(), second, 1)
    params = first.init(rng()) | {PREFIX + key: value for key, value in above.items()}
    X = both_ways(np.ones((4, 3, 1)))
    assert bptt(first, params, X, loss)[1].keys() == params.keys()
    with refused(ValueError, "params must hold", "forward.W is missing"):
        bptt(first, {key: params[key] for key in params if key != PREFIX + "forward.W"}, X, loss)
    with refused(ValueError, "params must hold", "got also W"):
        bptt(first, params | {"upper.W": np.ones(3)}, X, loss)
