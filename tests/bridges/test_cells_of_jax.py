"""Cells of Flax and Equinox as step functions: the code on the page runs, and gradients are those of JAX's own scan."""

import re

import numpy as np
import pytest

from minirnn.bridges import observe_step
from tests.conftest import ROOT

jax = pytest.importorskip("jax")
X, h0 = np.random.default_rng(0).standard_normal((12, 4, 2), np.float32), np.zeros((4, 3), np.float32)


def of_flax(name, states):
    """A step function and parameters of a Flax cell, whose states are halves of one array if there are two."""
    cell, start = getattr(pytest.importorskip("flax.linen"), name)(features=3), np.tile(h0, states)

    def step(params, s, x):
        carry = s if states == 1 else jax.numpy.split(s, states, axis=-1)
        return jax.numpy.concatenate(jax.tree.leaves(cell.apply(params, carry, x)[0]), axis=-1)

    return (
        step,
        cell.init(jax.random.key(0), start if states == 1 else np.split(start, states, axis=-1), X[0]),
        start,
    )


def of_equinox():
    eqx = pytest.importorskip("equinox")
    params, rest = eqx.partition(eqx.nn.GRUCell(2, 3, key=jax.random.key(0)), eqx.is_array)
    return (lambda params, h, x: jax.vmap(eqx.combine(params, rest))(x, h)), params, h0


@pytest.mark.parametrize(
    "make",
    [lambda: of_flax("GRUCell", 1), lambda: of_flax("OptimizedLSTMCell", 2), of_equinox],
    ids=["Flax GRU", "Flax LSTM", "Equinox GRU"],
)
def test_the_gradient_is_that_of_jax(make):
    step, params, start = make()
    network = observe_step(step, X, start, lambda _, H: (H[-1] ** 2).sum(), "jax", params)

    def energy(params):
        h, _ = jax.lax.scan(lambda h, x: (step(params, h, x), None), start, X)
        return (h**2).sum()

    E, gradient = jax.value_and_grad(energy)(params)
    right = {
        jax.tree_util.keystr(path, simple=True, separator="."): g
        for path, g in jax.tree_util.tree_flatten_with_path(gradient)[0]
    }
    assert np.isclose(network.E, E, rtol=1e-5)
    assert network.gradients.keys() == right.keys()
    for key, g in right.items():
        assert np.allclose(network.gradients[key], g, rtol=1e-4, atol=1e-6), key


def test_the_code_on_the_page_runs(capsys):
    for package in ("flax", "equinox"):
        pytest.importorskip(package)
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "book/diagnosis.md").read_text(encoding="utf-8"), re.DOTALL)
    code = [block for block in blocks if "jax" in block]
    assert len(code) == 3
    names: dict = {}
    for block in code:
        exec(block, names)
        assert "loss" in capsys.readouterr().out
