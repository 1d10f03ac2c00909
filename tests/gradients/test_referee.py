"""The gradient by hand, by autograd, by central differences and by PyTorch: one answer, for every cell."""

import numpy as np
import pytest
from autograd import grad
from autograd.core import VJPNode
from autograd.tracer import trace
from hypothesis import given, settings
from hypothesis import strategies as st

import minirnn
from minirnn import GRU, LSTM, MinGRU, VanillaRNN, bptt, unroll
from minirnn.cells.linear import to_complex, to_real
from minirnn.core.params import norm
from minirnn.core.products import outer_sum
from minirnn.core.recurrences import linear_scan_adjoint
from minirnn.dynamics.systems import autonomous, check_jacobian
from minirnn.gradients.referee import autograd_gradient, central_differences, energy
from minirnn.learning import losses
from tests.helpers import all_cells, distance, every_cell, name, random_case, refused

READINGS = [losses.at_end, losses.at_every_step]
ERRORS = [losses.squared_error, losses.softmax_cross_entropy]
SIZES = [(1, 1), (1, 3), (2, 1), (2, 3), (7, 1), (7, 3)]  # T, B

every_loss = pytest.mark.parametrize(
    ("reading", "error"), [(r, e) for r in READINGS for e in ERRORS], ids=lambda f: f.__name__
)


def pre_activations(cell, params, X, h0):
    """What ReLU is applied to, (T, B, n)."""
    H = unroll(cell, params, X, h0)
    recurrent = H[:-1] @ params["W"].T if "W" in params else H[:-1] * params["w"]
    return recurrent + cell.drive(params, X)


def away_from_kinks(rng, cell, *rest):
    """A random case, drawn again while a ReLU is within 1e-3 of its kink, where differences are no derivative."""
    while True:
        params, X, h0, loss = random_case(rng, cell, *rest)
        if getattr(cell, "activation", "") != "relu" or np.abs(pre_activations(cell, params, X, h0)).min() > 1e-3:
            return params, X, h0, loss


@all_cells
@every_loss
@pytest.mark.parametrize("m", [1, 3])
def test_three_routes_give_one_gradient(cell, reading, error, m):
    """By autograd entry by entry; by differences along a random direction of each parameter, which no wrong entry
    survives and which takes two energies and not two an entry."""
    cell = next(other for other in every_cell(m) if name(other) == name(cell))
    for seed, (T, B) in enumerate(SIZES):
        rng = np.random.default_rng(seed)
        params, X, h0, loss = away_from_kinks(rng, cell, T, B, reading, error)
        E, by_hand = bptt(cell, params, X, loss, h0)
        E_auto, by_autograd = autograd_gradient(cell, params, X, loss, h0)
        assert pytest.approx(E_auto, rel=1e-13) == E
        assert norm(by_hand) > 1e-4
        assert distance(by_hand, by_autograd) < 1e-12
        V = {key: rng.standard_normal(value.shape) for key, value in params.items()}
        E_along = lambda s: energy(cell, {k: params[k] + s[k] * V[k] for k in V}, X, loss, h0)  # noqa: E731, B023
        by_differences = central_differences(E_along, {key: np.zeros(1) for key in V})
        assert distance({key: np.array([(by_hand[key] * V[key]).sum()]) for key in V}, by_differences) < 2e-6


@all_cells
def test_no_entry_of_the_test_gradient_is_zero_by_construction(cell):
    """A referee sees a missing term only where the term is not zero."""
    params, X, h0, loss = random_case(
        np.random.default_rng(1), cell, 7, 3, losses.at_every_step, losses.squared_error
    )
    gradient = bptt(cell, params, X, loss, h0)[1]
    assert all((value != 0).all() for value in gradient.values())


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(
    index=st.integers(0, len(list(every_cell())) - 1),
    m=st.integers(1, 4),
    n=st.integers(1, 5),
    T=st.integers(1, 6),
    B=st.integers(1, 4),
    seed=st.integers(0, 2**32 - 1),
)
def test_by_hand_equals_autograd_for_any_sizes(index, m, n, T, B, seed):
    cell = list(every_cell(m, n))[index]
    case = random_case(np.random.default_rng(seed), cell, T, B, losses.at_every_step, losses.squared_error)
    params, X, h0, loss = case
    assert distance(bptt(cell, params, X, loss, h0)[1], autograd_gradient(cell, params, X, loss, h0)[1]) < 1e-11


@pytest.mark.parametrize("make", [VanillaRNN, minirnn.IndRNN])
def test_relu_has_derivative_zero_at_zero_for_both(make):
    """The pre-activation is exactly 0: autograd of maximum(a, 0) would say 1/2."""
    cell = make(1, 1, activation="relu")
    params = {key: np.ones(shape) for key, shape in cell.shapes().items()}
    X, h0 = -np.ones((1, 1, 1)), np.zeros((1, 1))
    params |= {"b": np.array([1.0]), "V": np.ones((1, 1)), "c_out": np.zeros(1)}
    loss = losses.at_end(losses.squared_error, np.array([[5.0]]))
    assert pre_activations(cell, params, X, h0).item() == 0.0
    for gradient in (bptt(cell, params, X, loss, h0)[1], autograd_gradient(cell, params, X, loss, h0)[1]):
        assert gradient["b"].item() == 0.0
        assert gradient["U"].item() == 0.0
        assert gradient["c_out"].item() == -5.0


# ---------------------------------------------------------------- would the referee notice?


def broken(make, method, change):
    """`make` with one method's result changed."""

    def changed(self, *args):
        return change(self, getattr(make, method)(self, *args), args)

    return type(make.__name__, (make,), {method: changed})


def without(key):
    return lambda self, gradient, args: gradient | {key: np.zeros_like(gradient[key])}


def transposed_carry(self, result, args):
    params, _, _ = args
    return result[1] @ params["W"].T, result[1]


def no_cell_path(self, result, args):
    carry, d = result
    return np.concatenate([carry[..., : self.n], 0 * carry[..., self.n :]], axis=-1), d


def no_reset_gate(self, gradient, args):
    _, _, H_prev, _, D = args
    return gradient | {"W": outer_sum(D, H_prev)}


def no_conjugate(self, result, args):
    params, _, dE, carry = args
    q, before = linear_scan_adjoint(self.eigenvalues(params).conj(), to_complex(dE), to_complex(carry))
    return to_real(q), to_real(before)


MUTATIONS = {
    "vanilla without b": (VanillaRNN, "vjp_params", without("b")),
    "vanilla without U": (VanillaRNN, "vjp_params", without("U")),
    "vanilla with W transposed": (VanillaRNN, "vjp_step", transposed_carry),
    "vanilla without the recurrence": (VanillaRNN, "vjp_step", lambda self, r, args: (0 * r[0], r[1])),
    "vanilla with W off by 1e-6": (VanillaRNN, "vjp_params", lambda self, g, args: g | {"W": g["W"] * (1 + 1e-6)}),
    "LSTM without its cell path": (LSTM, "vjp_step", no_cell_path),
    "LSTM without b": (LSTM, "vjp_params", without("b")),
    "GRU without c": (GRU, "vjp_params", without("c")),
    "GRU with W not through the reset gate": (GRU, "vjp_params", no_reset_gate),
    "GRU without z h": (GRU, "vjp_step", lambda self, r, args: (r[0] - args[2] * args[1][2], r[1])),
    "MinGRU without b": (MinGRU, "vjp_params", without("b")),
    "diagonal without nu": (minirnn.DiagonalRNN, "vjp_params", without("nu")),
    "diagonal without the conjugate": (
        minirnn.DiagonalRNN,
        "scan_adjoints",
        no_conjugate,
    ),
    "LRU without gamma": (minirnn.LRU, "vjp_params", without("gamma_log")),
    "IndRNN without w": (minirnn.IndRNN, "vjp_params", without("w")),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_the_referee_catches_a_broken_gradient(mutation):
    make, method, change = MUTATIONS[mutation]
    distances = []
    for cell in (make(2, 3), broken(make, method, change)(2, 3)):
        case = random_case(np.random.default_rng(5), cell, 5, 2, losses.at_end, losses.squared_error)
        params, X, h0, loss = case
        by_hand, judge = bptt(cell, params, X, loss, h0)[1], autograd_gradient(cell, params, X, loss, h0)[1]
        distances.append(distance(by_hand, judge))
    assert distances[0] < 1e-12
    assert distances[1] > 1e-7


def test_zero_biases_and_states_would_hide_the_missing_term_of_the_gru():
    """Why all parameters of these tests are random: with c = 0 this wrong gradient of W passes."""
    wrong = broken(GRU, "linearize", lambda self, local, args: (self.wrong(local, args), *local[1:]))
    wrong.wrong = lambda self, local, args: (
        local[0]
        - np.concatenate(
            [(args[0]["c"] * (d := local[0][..., 2 * self.n :]) * local[1] * (1 - local[1])), 0 * d, 0 * d], axis=-1
        )
    )
    cell = wrong(2, 3)
    params, X, h0, loss = random_case(np.random.default_rng(6), cell, 4, 2, losses.at_end, losses.squared_error)
    judged = []
    for c in (params["c"], 0 * params["c"]):
        p = params | {"c": c}
        judged.append(distance(bptt(cell, p, X, loss, h0)[1], autograd_gradient(cell, p, X, loss, h0)[1]))
    assert judged[0] > 1e-3
    assert judged[1] < 1e-12


# ---------------------------------------------------------------- PyTorch

torch_cells = pytest.mark.parametrize(
    "cell",
    [VanillaRNN(2, 4), VanillaRNN(2, 4, activation="relu"), LSTM(2, 4), GRU(2, 4)],
    ids=name,
)


def torch_module(torch, cell, params):
    """PyTorch's module with our numbers; our b is split at random into its two biases, c is its b_hn."""
    if isinstance(cell, VanillaRNN):
        module = torch.nn.RNN(cell.m, cell.n, nonlinearity=cell.activation, dtype=torch.float64)
    else:
        module = getattr(torch.nn, type(cell).__name__)(cell.m, cell.n, dtype=torch.float64)
    b_hh = np.random.default_rng(9).standard_normal(params["b"].shape)
    if isinstance(cell, GRU):
        b_hh[2 * cell.n :] = 0.0
    b_ih = params["b"] - b_hh
    if isinstance(cell, GRU):
        b_hh[2 * cell.n :] = params["c"]
    values = {"weight_hh_l0": params["W"], "weight_ih_l0": params["U"], "bias_ih_l0": b_ih, "bias_hh_l0": b_hh}
    with torch.no_grad():
        for key, value in values.items():
            getattr(module, key).copy_(torch.from_numpy(value))
    return module


@torch_cells
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_states_and_gradients_equal_pytorch(cell, seed):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    T, B = 7, 3
    params, X, h0, loss = random_case(rng, cell, T, B, losses.at_every_step, losses.squared_error)
    module = torch_module(torch, cell, params)
    initial = torch.from_numpy(h0[None])
    if isinstance(cell, LSTM):
        initial = (initial[..., : cell.n].contiguous(), initial[..., cell.n :].contiguous())
    V, c_out = (torch.from_numpy(params[key].copy()).requires_grad_() for key in ("V", "c_out"))
    states, _ = module(torch.from_numpy(X), initial)
    E_torch = 0.5 * ((states @ V.T + c_out - torch.from_numpy(loss.target)) ** 2).sum() / (T * B)
    E_torch.backward()

    H = unroll(cell, params, X, h0)
    E, gradient = bptt(cell, params, X, loss, h0)
    np.testing.assert_allclose(H[1:, :, : cell.n], states.detach().numpy(), rtol=0, atol=1e-13)
    assert pytest.approx(E_torch.item(), rel=1e-13) == E
    theirs = {
        "W": module.weight_hh_l0.grad.numpy(),
        "U": module.weight_ih_l0.grad.numpy(),
        "b": module.bias_ih_l0.grad.numpy(),
        "V": V.grad.numpy(),
        "c_out": c_out.grad.numpy(),
    }
    if isinstance(cell, GRU):
        theirs["c"] = module.bias_hh_l0.grad.numpy()[2 * cell.n :]
    assert distance(gradient, theirs) < 1e-12


# ---------------------------------------------------------------- the entries of the module


def test_central_differences_are_exact_for_a_quadratic_up_to_rounding():
    params = {"a": np.array([[1.0, -2.0]]), "b": np.array([3.0])}
    gradient = central_differences(lambda p: (p["a"] ** 2).sum() * p["b"][0], params, step=1e-3)
    assert distance(gradient, {"a": np.array([[6.0, -12.0]]), "b": np.array([5.0])}) < 1e-11


def test_central_differences_leave_the_parameters_alone():
    params = {"b": np.array([3.0, 4.0])}
    central_differences(lambda p: p["b"].sum(), params)
    assert params["b"].tolist() == [3.0, 4.0]


def test_autograd_differentiates_the_energy_in_inputs_and_start_too():
    cell = LSTM(2, 3)
    params, X, h0, loss = random_case(np.random.default_rng(0), cell, 4, 2, losses.at_end, losses.squared_error)
    wanted = {"X": X, "h0": h0, **params}
    E = lambda p: energy(cell, {key: p[key] for key in params}, p["X"], loss, p["h0"])  # noqa: E731
    assert distance(grad(E)(wanted), central_differences(E, wanted)) < 1e-7
    for k in (2, 4):
        case = [cell, params, X, loss, h0]
        by_place = grad(lambda x, k=k, case=case: energy(*case[:k], x, *case[k + 1 :]))(case[k])
        np.testing.assert_allclose(by_place, grad(E)(wanted)[{2: "X", 4: "h0"}[k]], rtol=1e-12)


@pytest.mark.parametrize("size", [1e-12, 1e-8, 1.0, 1e9])
@pytest.mark.parametrize("place", [1e-3, 0.3, 1e9])
def test_a_jacobian_is_judged_by_its_own_size_and_at_its_own_place(size, place):
    x = place * np.array([[1.0, 0.5]])

    def square(share):
        return autonomous(
            2,
            lambda x: size * np.stack([x[:, 0] * x[:, 1], x[:, 1]], axis=1) / place,
            lambda x: share * size * np.array([[[y, x], [0.0, 1.0]] for x, y in x]) / place,
        )

    assert check_jacobian(square(1.0), x) < 1e-4
    if size >= 1e-8:  # below, differences see nothing but their rounding
        with refused(ValueError, "jacobian must hold", "central differences give"):
            check_jacobian(square(2.0), x)
    still = autonomous(1, lambda x: 0 * x, lambda x: 0 * x[..., None])
    assert check_jacobian(still, np.array([[place]])) == 0


def test_the_record_has_seven_entries_a_step():
    """As the chapter on backpropagation through time says, of the vanilla cell."""

    def entries(T):
        cell = VanillaRNN(2, 3)
        params, X, _, loss = random_case(np.random.default_rng(0), cell, T, 2, losses.at_end, losses.squared_error)
        _, node = trace(VJPNode.new_root(), lambda p: energy(cell, p, X, loss), params)
        seen, ahead = set(), [node]
        while ahead:
            seen.add(node := ahead.pop())
            ahead += set(node.parents) - seen
        return len(seen)

    assert entries(6) - entries(5) == entries(9) - entries(8) == 7


def test_bad_input_of_the_referee():
    with refused(ValueError, "step", "> 0", "got 0"):
        central_differences(lambda p: 0.0, {"b": np.zeros(1)}, step=0.0)
    with refused(TypeError, "params['b']", "float32 or float64", "int64"):
        central_differences(lambda p: 0.0, {"b": np.zeros(1, np.int64)})
    cell = VanillaRNN(2, 3)
    params, X, h0, loss = random_case(np.random.default_rng(0), cell, 3, 2, losses.at_end, losses.squared_error)
    with refused(ValueError, "X must be (T, B, 2)", "(3, 2, 1)"):
        autograd_gradient(cell, params, X[..., :1], loss, h0)
    with refused(ValueError, "h0 must be (2, 3)", "(1, 3)"):
        autograd_gradient(cell, params, X, loss, h0[:1])


def test_an_explosion_is_a_result_for_autograd_too():
    cell = VanillaRNN(1, 2, activation="identity")
    params, _, h0, _ = random_case(np.random.default_rng(0), cell, 1, 1, losses.at_end, losses.squared_error)
    params["W"] = 1e10 * np.eye(2)
    loss = losses.at_end(losses.squared_error, np.zeros((1, 3)))
    E, gradient = autograd_gradient(cell, params, np.ones((50, 1, 1)), loss, h0)
    assert not np.isfinite(E)
    assert not np.isfinite(gradient["W"]).all()
