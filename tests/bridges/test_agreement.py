"""One network as PyTorch's module, as a step function and as our cell: a diagnosis measures the same of all."""

from dataclasses import fields, is_dataclass, replace

import autograd.numpy as anp
import numpy as np
import pytest

from minirnn import VanillaRNN
from minirnn.bridges import from_torch, observe_step, observe_torch
from minirnn.diagnosis.entry import examine, network_of
from minirnn.diagnosis.measures import measure
from minirnn.learning import losses

torch = pytest.importorskip("torch")
m, n, T, B, q = 2, 6, 40, 8, 3
KINDS = {"tanh": torch.nn.RNN, "LSTM": torch.nn.LSTM, "GRU": torch.nn.GRU}


def numbers(value, name=""):
    """(name, number) of all that a record holds, but for the names of layers and parameters."""
    if is_dataclass(value):
        pairs = [(field.name, getattr(value, field.name)) for field in fields(value)]
    elif hasattr(value, "_asdict"):
        pairs = [*value._asdict().items()]
    elif isinstance(value, dict):
        pairs = [*value.items()]
    elif isinstance(value, tuple):
        pairs = [*enumerate(value)]
    else:
        if value is not None and not isinstance(value, str):
            yield name, np.asarray(value, float)
        return
    for key, part in pairs:
        if key not in ("weights", "outside"):  # of these PyTorch has others: a second bias
            yield from numbers(part, f"{name}.{key}")


def same(one, other):
    """Asserts that all numbers of two records agree to 1e-6."""
    first, second = dict(numbers(one)), dict(numbers(other))
    assert first.keys() == second.keys()
    assert len(first) > 30
    for name, value in first.items():
        np.testing.assert_allclose(value, second[name], rtol=1e-6, atol=1e-9, err_msg=name)


class Model(torch.nn.Module):
    def __init__(self, kind, layers, every, batch_first):
        super().__init__()
        self.rnn = KINDS[kind](m, n, layers, batch_first=batch_first, dtype=torch.float64)
        self.readout = torch.nn.Linear(n, q, dtype=torch.float64)
        self.every = every

    def forward(self, x):
        output, _ = self.rnn(x)
        return self.readout(output if self.every else output[:, -1] if self.rnn.batch_first else output[-1])


def squared(Y, target):
    """Half the sum over outputs, mean over the rest, as ours."""
    return 0.5 * ((Y - target) ** 2).sum(-1).mean()


def entropy(Y, target):
    return torch.nn.functional.cross_entropy(Y.reshape(-1, q), target.reshape(-1))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("every", [False, True], ids=["end", "every"])
@pytest.mark.parametrize("classes", [False, True], ids=["values", "classes"])
@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_a_module_is_measured_as_our_cell(kind, layers, every, classes, scale):
    torch.manual_seed(0)
    model = Model(kind, layers, every, batch_first=classes)
    with torch.no_grad():
        for p in model.parameters():
            p.mul_(scale)
    rng = np.random.default_rng(0)
    X = rng.standard_normal((T, B, m))
    lead = (T, B) if every else (B,)
    target = rng.integers(0, q, lead) if classes else rng.standard_normal((*lead, q))
    x, y = (torch.tensor(a if not classes or a.ndim == 1 else a.swapaxes(0, 1).copy()) for a in (X, target))
    observed = observe_torch(model, entropy if classes else squared, (x, y))

    cell, params = from_torch(model.rnn)
    params |= {
        "V": model.readout.weight.detach().numpy().copy(),
        "c_out": model.readout.bias.detach().numpy().copy(),
    }
    reading, error = losses.at_every_step if every else losses.at_end, losses.squared_error
    network = network_of(cell, params, X, reading(losses.softmax_cross_entropy if classes else error, target))
    same(replace(measure(observed), answers=None), measure(network))  # of our cells answers are not asked
    assert examine(observed).findings[0].name == examine(network).findings[0].name


@pytest.mark.parametrize("gain", [0.3, 1.0, 3.0])
def test_a_step_function_parts_as_our_cell(gain):
    """What depends on the step alone is the same; gates and slopes are not seen, which is said by None."""
    rng, cell = np.random.default_rng(0), VanillaRNN(m, n)
    params, X, h0 = cell.init(rng), rng.standard_normal((T, B, m)), np.zeros((B, n))
    params["W"] *= gain
    target = rng.standard_normal((B, n))

    def step(p, h, x):
        return anp.tanh(h @ p["W"].T + x @ p["U"].T + p["b"])

    def error(p, H):
        return 0.5 * ((H[-1] - target) ** 2).sum() / B

    observed = observe_step(step, X, h0, error, params=params, targets=target)
    own = params | {"V": np.eye(n), "c_out": np.zeros(n)}
    network = network_of(cell, own, X, losses.at_end(losses.squared_error, target))
    here, right = measure(observed), measure(network)
    assert np.isclose(here.loss, right.loss, rtol=1e-12)
    same_layer, layer = here.layers[0], right.layers[0]
    for part in ("parting", "sensitivity", "error"):
        for (name, value), (_, other) in zip(
            numbers(getattr(same_layer, part)), numbers(getattr(layer, part)), strict=True
        ):
            np.testing.assert_allclose(value, other, rtol=1e-6, err_msg=f"{part} {name}")
    np.testing.assert_allclose(same_layer.by_lag.terms, layer.by_lag.terms, rtol=1e-6, atol=1e-300)
    assert (same_layer.units.saturated, same_layer.units.dead, same_layer.units.gates) == (None, None, {})
    assert str(examine(observed))
