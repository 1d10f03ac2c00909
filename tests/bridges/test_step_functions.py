"""Step functions of three frameworks as cells: the same states, gradients and exponents as our own cell has."""

from contextlib import contextmanager

import autograd.numpy as anp
import numpy as np
import pytest

from minirnn import VanillaRNN, bptt, unroll
from minirnn.bridges import StepCell, frameworks, from_step, observe_step
from minirnn.core.params import norm
from minirnn.dynamics.exponents import jacobian, lyapunov_exponents
from minirnn.gradients import checkpointed_bptt, referee, temporal_terms, truncated_bptt
from minirnn.learning import losses
from tests.helpers import distance, random_case, refused

FRAMEWORKS = list(frameworks.FRAMEWORKS)
every_framework = pytest.mark.parametrize("framework", FRAMEWORKS)
m, n, T, B = 2, 4, 7, 3


@contextmanager
def available(framework):
    """The framework's tanh, with JAX in float64 for as long."""
    if framework == "autograd":
        yield anp.tanh
    elif framework == "torch":
        yield pytest.importorskip("torch").tanh
    else:
        jax = pytest.importorskip("jax")
        before = jax.config.jax_enable_x64
        jax.config.update("jax_enable_x64", True)
        try:
            yield jax.numpy.tanh
        finally:
            jax.config.update("jax_enable_x64", before)


@pytest.fixture
def tanh(framework):
    with available(framework) as function:
        yield function


def rnn_step(tanh):
    return lambda params, h, x: tanh(h @ params["W"].T + x @ params["U"].T + params["b"])


def own_case(seed=0):
    cell = VanillaRNN(m, n)
    return cell, *random_case(np.random.default_rng(seed), cell, T, B, losses.at_every_step, losses.squared_error)


@every_framework
def test_states_and_gradients_are_those_of_our_cell(framework, tanh):
    own, params, X, h0, loss = own_case()
    cell, start = from_step(rnn_step(tanh), m, n, framework, {key: params[key] for key in own.shapes()})
    assert distance(start, {key: params[key] for key in own.shapes()}) == 0
    np.testing.assert_allclose(unroll(cell, params, X, h0), unroll(own, params, X, h0), rtol=0, atol=1e-14)
    for method, arguments in ((bptt, ()), (truncated_bptt, (3,))):
        E, gradient = method(cell, params, X, loss, *arguments, h0=h0)
        E_own, right = method(own, params, X, loss, *arguments, h0=h0)
        assert pytest.approx(E_own, rel=1e-13) == E
        assert distance(gradient, right) < 1e-12
    H = unroll(own, params, X, h0)
    dE = np.random.default_rng(1).standard_normal(H[1:].shape)
    assert distance(temporal_terms(cell, params, X, H, dE), temporal_terms(own, params, X, H, dE)) < 1e-12


@every_framework
def test_the_referee_of_cells_has_nothing_to_say(framework, tanh):
    """It asks all that the contract asks: leading axes, float32, arguments left alone; of PyTorch and JAX autograd
    cannot follow the step, which is the one thing that may be said."""
    rng = np.random.default_rng(2)
    params = {"W": rng.standard_normal((n, n)), "U": rng.standard_normal((n, m)), "b": rng.standard_normal(n)}
    cell, _ = from_step(rnn_step(tanh), m, n, framework, params)
    if framework == "autograd":
        referee.check(cell)
        return
    with pytest.raises(ValueError, match="autograd cannot follow drive and step") as caught:
        referee.check(cell)
    assert str(caught.value).count("\n- ") == 1


@every_framework
def test_exponents_and_jacobians_are_those_of_our_cell(framework, tanh):
    own, params, X, h0, _ = own_case()
    cell, _ = from_step(rnn_step(tanh), m, n, framework, {key: params[key] for key in own.shapes()})
    here, right = (jacobian(c, params, h0, c.drive(params, X[0])) for c in (cell, own))
    np.testing.assert_allclose(here, right, rtol=0, atol=1e-13)
    by_step, by_cell = (lyapunov_exponents(c, params, X, k=2, h0=h0) for c in (cell, own))
    np.testing.assert_allclose(by_step, by_cell, rtol=1e-10)


@every_framework
def test_what_is_closed_over_is_no_parameter(framework, tanh):
    own, params, X, h0, loss = own_case()
    fixed = params
    if framework == "torch":
        fixed = {key: pytest.importorskip("torch").tensor(p, requires_grad=True) for key, p in params.items()}
    cell, start = from_step(lambda h, x: rnn_step(tanh)(fixed, h, x), m, n, framework)
    assert start.keys() == cell.shapes().keys() == {"e"}
    readout = {key: params[key] for key in ("V", "c_out")}
    E, gradient = bptt(cell, start | readout, X, loss, h0)
    E_own, right = bptt(own, params, X, loss, h0)
    assert pytest.approx(E_own, rel=1e-13) == E
    H = unroll(own, params, X, h0)
    _, dE, _ = loss(params, H[1:])
    local, carry, deltas = own.linearize(params, own.drive(params, X), H[:-1], H[1:]), 0.0, []
    for t in reversed(range(T)):
        deltas.append(dE[t] + carry)
        carry, _ = own.vjp_step(params, [a[t] for a in local], deltas[-1])
    np.testing.assert_allclose(gradient["e"], np.sum(deltas, axis=(0, 1)), rtol=0, atol=1e-13)
    assert distance({key: gradient[key] for key in readout}, {key: right[key] for key in readout}) < 1e-12
    np.testing.assert_allclose(unroll(cell, start, X, h0), unroll(own, params, X, h0), rtol=0, atol=1e-14)


@every_framework
def test_the_adjoint_of_the_drive_is_that_of_input_and_state(framework, tanh):
    own, params, X, h0, _ = own_case()
    cell, _ = from_step(rnn_step(tanh), m, n, framework, {key: params[key] for key in own.shapes()})
    H = unroll(own, params, X, h0)
    delta = np.random.default_rng(3).standard_normal((T, B, n))
    local, mine = (c.linearize(params, c.drive(params, X), H[:-1], H[1:]) for c in (cell, own))
    (carry, d), (right, d_own) = cell.vjp_step(params, local, delta), own.vjp_step(params, mine, delta)
    np.testing.assert_allclose(carry, right, rtol=0, atol=1e-13)
    np.testing.assert_allclose(d[..., :m], d_own @ params["U"], rtol=0, atol=1e-13)
    np.testing.assert_array_equal(d[..., m:], delta)
    np.testing.assert_array_equal(cell.vjp_inputs(params, d), d[..., :m])


@every_framework
def test_an_observed_step_is_our_cell_observed(framework, tanh):
    own, params, X, h0, _ = own_case()
    weights = {key: params[key] for key in own.shapes()}

    def of_states(p, H):
        return ((H**2).sum() + p["b"].sum()) / 2

    network = observe_step(rnn_step(tanh), X, h0, of_states, framework, weights)
    H = unroll(own, params, X, h0)
    (layer,) = network.layers
    np.testing.assert_allclose(layer.H, H, rtol=0, atol=1e-14)
    np.testing.assert_allclose(layer.dE, H[1:], rtol=0, atol=1e-14)
    assert pytest.approx(0.5 * (H[1:] ** 2).sum() + 0.5 * params["b"].sum(), rel=1e-13) == network.E
    _, right = bptt(own, weights, X, lambda _, H: (0.5 * (H**2).sum(), H, {}), h0)
    right["b"] = right["b"] + 0.5
    assert distance(network.gradients, right) < 1e-12
    assert network.params.keys() == weights.keys()


def test_a_tree_of_jax_has_its_leaves_named_by_their_places():
    with available("jax") as tanh:
        own, params, X, h0, _ = own_case()
        tree = {"layers": [{"W": params["W"]}, (params["U"], params["b"])]}

        def step(tree, h, x):
            (first, (U, b)) = tree["layers"]
            return tanh(h @ first["W"].T + x @ U.T + b)

        network = observe_step(step, X, h0, lambda tree, H: (H**2).sum() / 2, "jax", tree)
        _, right = bptt(
            own, {key: params[key] for key in own.shapes()}, X, lambda _, H: (0.5 * (H**2).sum(), H, {}), h0
        )
        assert list(network.params) == ["layers.0.W", "layers.1.0", "layers.1.1"]
        named = dict(zip(network.params, (right[key] for key in ("W", "U", "b")), strict=True))
        assert distance(network.gradients, named) < 1e-12


def test_a_torch_cell_is_a_step_function_with_its_parameters():
    torch = pytest.importorskip("torch")
    module = torch.nn.GRUCell(m, n, dtype=torch.float64)
    weights = dict(module.named_parameters())
    rng = np.random.default_rng(0)
    X, h0 = rng.standard_normal((T, B, m)), rng.standard_normal((B, n))

    def step(params, h, x):
        return torch.func.functional_call(module, params, (x, h))

    network = observe_step(step, X, h0, lambda params, H: H[-1].sum(), "torch", weights)
    h = torch.tensor(h0)
    for x in torch.tensor(X):
        h = module(x, h)
    h.sum().backward()
    assert pytest.approx(h.sum().item(), rel=1e-13) == network.E
    assert distance(network.gradients, {key: p.grad.numpy() for key, p in weights.items()}) < 1e-12


def test_a_torch_step_leaves_gradients_and_modes_alone():
    torch = pytest.importorskip("torch")
    module = torch.nn.RNNCell(m, n, dtype=torch.float64)
    with torch.no_grad():
        observe_step(lambda h, x: module(x, h), np.ones((T, B, m)), np.zeros((B, n)), lambda H: H.sum(), "torch")
        assert not torch.is_grad_enabled()
    assert all(p.grad is None for p in module.parameters())


@every_framework
def test_float32_stays_float32(framework, tanh):
    own, params, X, h0, _ = own_case()
    small = {key: params[key].astype(np.float32) for key in own.shapes()}
    network = observe_step(
        rnn_step(tanh), X.astype(np.float32), h0.astype(np.float32), lambda p, H: H.sum(), framework, small
    )
    layer = network.layers[0]
    assert {a.dtype for a in (layer.X, layer.H, layer.dE, *network.gradients.values())} == {np.dtype(np.float32)}
    assert lyapunov_exponents(layer.cell, small, layer.X).shape == (B, 1)


def test_a_step_that_works_in_float32_alone_serves_arrays_of_float64():
    """Exponents are measured in float64, also those of a module whose weights are float32."""
    torch = pytest.importorskip("torch")
    module = torch.nn.GRUCell(m, n)
    cell, start = from_step(lambda h, x: module(x, h), m, n, "torch", dtype="float32")
    X, rng = np.random.default_rng(0).standard_normal((T, B, m)), np.random.default_rng(1)
    double = torch.nn.GRUCell(m, n, dtype=torch.float64)
    double.load_state_dict(module.state_dict())
    right, _ = from_step(lambda h, x: double(x, h), m, n, "torch")
    wide = {"e": start["e"].astype(float)}
    H, expected = (unroll(c, wide, X) for c in (cell, right))
    assert H.dtype == np.float64
    np.testing.assert_allclose(H, expected, rtol=0, atol=1e-5)
    local, delta = cell.linearize(wide, cell.drive(wide, X), H[:-1], H[1:]), rng.standard_normal((T, B, n))
    for method in ("vjp_step", "jvp_step"):
        here, there = (getattr(c, method)(wide, local, delta) for c in (cell, right))
        here, there = (pair[0] if isinstance(pair, tuple) else pair for pair in (here, there))
        assert here.dtype == np.float64
        np.testing.assert_allclose(here, there, rtol=0, atol=1e-4)


def test_jax_without_float64_is_told():
    jax = pytest.importorskip("jax")
    assert not jax.config.jax_enable_x64
    with refused(ValueError, "f must map rows", "float64", "float32", "jax_enable_x64"):
        observe_step(lambda h, x: 0.5 * h, np.zeros((T, B, m)), np.zeros((B, n)), lambda H: H.sum(), "jax")


def mean_of_rows(h, x):
    return 0 * h + h.mean(0)


chance = np.random.default_rng(0)
BAD_STEPS = {
    "one state": (
        lambda h, x: anp.dot(np.eye(n), h),
        ["f must map rows h (B, 4) and x (B, 2)", "raised ValueError"],
    ),
    "wrong width": (lambda h, x: h[:, :2], ["to (B, 4)", "it returned (3, 2)"]),
    "mixed rows": (mean_of_rows, ["each row by itself"]),
    "chance": (lambda h, x: h + chance.standard_normal(), ["the same each time", "chance"]),
    "other dtype": (lambda h, x: h.astype(np.float32), ["float64; it returned float32"]),
    "not traceable": (
        lambda h, x: np.interp(h, [0.0, 1.0], [0.0, 1.0]),
        ["f must be differentiable", "autograd.numpy"],
    ),
    "two values": (lambda h, x: (h, h, 1), ["f must map rows", "raised ValueError"]),
}


@pytest.mark.parametrize("bad", BAD_STEPS)
def test_bad_steps_are_told(bad):
    f, words = BAD_STEPS[bad]
    with refused(ValueError, *words):
        observe_step(f, np.ones((T, B, m)), np.ones((B, n)), lambda H: H.sum())


def test_bad_arguments_are_told():
    f, X, h0 = (lambda h, x: 0.5 * h), np.ones((T, B, m)), np.ones((B, n))
    with refused(ValueError, "X must be (T, B, m)", "(3, 2)"):
        observe_step(f, X[0], h0, lambda H: H.sum())
    with refused(ValueError, "h0 must be (3, n)", "(2, 4)"):
        observe_step(f, X, h0[:2], lambda H: H.sum())
    with refused(ValueError, "framework must be one of autograd, torch, jax", "'tf'"):
        observe_step(f, X, h0, lambda H: H.sum(), "tf")
    with refused(ValueError, "loss must map states (7, 3, 4) to a number", "autograd.numpy"):
        observe_step(f, X, h0, lambda H: H)
    with refused(TypeError, "f must be a function"):
        observe_step(3, X, h0, lambda H: H.sum())
    with refused(TypeError, "params must be a non-empty dict", "got list"):
        from_step(f, m, n, params=[np.ones(1)])
    with refused(TypeError, "params['k'] must be a float32 or float64 array", "int64"):
        from_step(f, m, n, params={"k": np.ones(1, np.int64)})
    with refused(ValueError, "m must be an integer >= 1"):
        StepCell(0, 1, f)


def test_states_that_overflow_are_a_result():
    network = observe_step(lambda h, x: 1e200 * h, np.ones((T, B, m)), np.ones((B, n)), lambda H: H[0].sum())
    assert np.isinf(network.layers[0].H[-1]).all()


def test_nothing_is_said_of_saturation():
    assert not hasattr(StepCell(m, n, lambda p, h, x: h), "saturated")


def test_checkpoints_serve_a_step_function():
    own, params, X, h0, _ = own_case()
    loss = losses.at_end(losses.squared_error, np.ones((B, 3)))
    cell, _ = from_step(rnn_step(anp.tanh), m, n, params={key: params[key] for key in own.shapes()})
    _, gradient = checkpointed_bptt(cell, params, X, loss, h0)
    assert norm(gradient) > 1e-3
    assert distance(gradient, bptt(own, params, X, loss, h0)[1]) < 1e-12
