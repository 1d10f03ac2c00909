import numpy as np
import pytest

from minirnn.learning.optimizers import adam, momentum, sgd
from tests.helpers import refused

MAKERS = {"sgd": sgd, "momentum": momentum, "adam": adam}
each = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def quadratic(scale):
    """E = ½ Σ scale_i θ_i², whose gradient is scale ⊙ θ."""
    return lambda params: {"w": scale * params["w"]}


def run(optimizer, gradient, params, updates):
    state = optimizer.init(params)
    for _ in range(updates):
        params, state = optimizer.update(params, gradient(params), state)
    return params


def test_sgd_on_a_quadratic_is_a_power():
    scale, start = np.array([1.0, 0.3, 2.5]), np.array([1.0, -2.0, 3.0])
    end = run(sgd(0.4), quadratic(scale), {"w": start}, 7)["w"]
    np.testing.assert_allclose(end, start * (1 - 0.4 * scale) ** 7, rtol=1e-13)


def test_momentum_on_a_quadratic_is_a_matrix_power():
    """(θ, v) -> (θ - lr(βv + sθ), βv + sθ) is linear."""
    s, lr, beta = 0.7, 0.2, 0.8
    step = np.array([[1 - lr * s, -lr * beta], [s, beta]])
    end = run(momentum(lr, beta), quadratic(np.array([s])), {"w": np.array([2.0])}, 9)["w"]
    np.testing.assert_allclose(end, np.linalg.matrix_power(step, 9)[0, 0] * 2.0, rtol=1e-12)


def test_momentum_without_memory_is_sgd():
    scale, start = np.array([1.0, 0.3]), {"w": np.array([1.0, -2.0])}
    a, b = (run(o, quadratic(scale), start, 5)["w"] for o in (sgd(0.1), momentum(0.1, beta=0.0)))
    assert (a == b).all()


def test_adams_first_step_is_lr_for_any_gradient():
    g = np.array([1e-3, -5.0, 1e6])
    end = run(adam(lr=0.01), lambda params: {"w": g}, {"w": np.zeros(3)}, 1)["w"]
    np.testing.assert_allclose(end, -0.01 * np.sign(g), rtol=2e-5)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (lambda: sgd(0.1), lambda torch, p: torch.optim.SGD(p, lr=0.1)),
        (lambda: momentum(0.1, 0.8), lambda torch, p: torch.optim.SGD(p, lr=0.1, momentum=0.8)),
        (
            lambda: adam(0.02, 0.8, 0.95, 1e-6),
            lambda torch, p: torch.optim.Adam(p, lr=0.02, betas=(0.8, 0.95), eps=1e-6),
        ),
        (lambda: adam(), lambda torch, p: torch.optim.Adam(p)),
    ],
    ids=["sgd", "momentum", "adam", "adam by default"],
)
def test_the_same_steps_as_pytorch(ours, theirs):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    start, gradients = rng.standard_normal((2, 3)), rng.standard_normal((20, 2, 3))
    weight = torch.nn.Parameter(torch.from_numpy(start.copy()))
    optimizer = theirs(torch, [weight])
    for g in gradients:
        weight.grad = torch.from_numpy(g.copy())
        optimizer.step()
    drawn = iter(gradients)
    end = run(ours(), lambda params: {"w": next(drawn)}, {"w": start}, 20)["w"]
    np.testing.assert_allclose(end, weight.detach().numpy(), rtol=0, atol=1e-14)


@each
def test_nothing_is_changed_in_place(make):
    optimizer = make(0.1)
    params, g = {"w": np.ones(3)}, {"w": np.ones(3)}
    state = optimizer.init(params)
    first = optimizer.update(params, g, state)
    second = optimizer.update(params, g, state)
    assert (params["w"] == 1).all()
    assert (g["w"] == 1).all()
    assert (first[0]["w"] == second[0]["w"]).all()
    assert (first[0]["w"] < 1).all()


@each
def test_float32_stays_float32(make):
    optimizer = make(0.1)
    params = {"w": np.ones(3, np.float32)}
    state = optimizer.init(params)
    for _ in range(2):
        params, state = optimizer.update(params, {"w": np.ones(3, np.float32)}, state)
    assert params["w"].dtype == np.float32
    assert all(array.dtype == np.float32 for d in state.values() if isinstance(d, dict) for array in d.values())


@each
def test_a_rate_of_zero_stays(make):
    assert run(make(0.0), quadratic(np.ones(2)), {"w": np.ones(2)}, 3)["w"].tolist() == [1.0, 1.0]


@each
@pytest.mark.parametrize("lr", [-0.1, np.nan, np.inf])
def test_bad_rates(make, lr):
    with refused(ValueError, "lr must be a finite number >= 0", str(lr)):
        make(lr)


@each
@pytest.mark.parametrize("lr", ["0.1", None, True, np.ones(1)], ids=repr)
def test_rates_are_numbers(make, lr):
    with refused(TypeError, "lr must be a real number"):
        make(lr)


@pytest.mark.parametrize(
    ("make", "name"), [(momentum, "beta"), (adam, "beta1"), (adam, "beta2")], ids=["beta", "beta1", "beta2"]
)
@pytest.mark.parametrize("bad", [-0.1, 1.0, 1.5, np.nan])
def test_bad_decays(make, name, bad):
    with refused(ValueError, f"{name} must be a finite number >= 0 and < 1", str(bad)):
        make(0.1, **{name: bad})


@pytest.mark.parametrize("bad", [0.0, -1e-8, np.nan])
def test_bad_eps(bad):
    with refused(ValueError, "eps must be a finite number > 0", str(bad)):
        adam(0.1, eps=bad)


@each
def test_gradients_must_be_like_the_parameters(make):
    optimizer = make(0.1)
    params = {"W": np.ones((2, 3)), "b": np.ones(2)}
    state = optimizer.init(params)
    with refused(ValueError, "gradient must hold W, b", "got W"):
        optimizer.update(params, {"W": np.ones((2, 3))}, state)
    with refused(ValueError, "gradient must hold W, b", "got W, b, V"):
        optimizer.update(params, params | {"V": np.ones(1)}, state)
    with refused(ValueError, "gradient['b'] must be (2,)", "(1,)"):  # which would broadcast
        optimizer.update(params, params | {"b": np.ones(1)}, state)
    with refused(TypeError, "gradient['b'] must be", "float"):
        optimizer.update(params, params | {"b": 1.0}, state)
    with refused(TypeError, "gradient must be a non-empty dict", "ndarray"):
        optimizer.update(params, np.ones(8), state)
