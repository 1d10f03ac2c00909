"""PyTorch's models observed: the layers of their weights, the gradients that autograd gives, and nothing disturbed."""

import copy
import re
import warnings

import numpy as np
import pytest

from minirnn import unroll
from minirnn.bridges import from_torch, observe_torch
from minirnn.bridges.constant_answers import loss_of_constant
from minirnn.diagnosis import examine
from minirnn.diagnosis.measures import measure
from minirnn.gradients.backpropagation import gradient_and_carry
from tests.helpers import distance, refused

torch = pytest.importorskip("torch")
nn, rnn_utils, double = torch.nn, torch.nn.utils.rnn, torch.float64
m, n, T, B, q = 3, 4, 7, 5, 3
KINDS = {"tanh": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}
every_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def by_their_names(network):
    """The gradient of each layer from its own records, by backpropagation through time, and that of autograd."""
    mine, theirs = {}, {}
    for layer in network.layers:
        found = re.fullmatch(r"(.*?)(?:\[(?:layer (\d))?(, reverse)?(?:(?:, )?sequence \d)?\])?", layer.name)
        name, suffix = found[1], f"l{found[2] or 0}" + ("_reverse" if found[3] else "")
        names = [f"{name}.weight_hh", f"{name}.weight_ih"]
        if names[0] not in network.gradients:
            names = [f"{key}_{suffix}" for key in names]
        gradient, _ = gradient_and_carry(
            layer.cell, layer.params, layer.X, layer.H, layer.dE, np.zeros_like(layer.H[0])
        )
        for key, ours in zip(names, ("W", "U"), strict=True):
            mine[key] = mine.get(key, 0.0) + gradient[ours]
            theirs[key] = network.gradients[key]
    return mine, theirs


class Classifier(nn.Module):
    """An embedding, a recurrent module and a readout of its last step, answered as the test wants it."""

    def __init__(self, rnn, width=n):
        super().__init__()
        self.embedding = nn.Embedding(10, m, dtype=double)
        self.rnn = rnn
        self.readout = nn.Linear(width, 2, dtype=double)

    def forward(self, tokens):
        return self.readout(self.rnn(self.embedding(tokens))[0][:, -1])


@every_kind
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("layout", ["time first", "batch first", "single", "packed", "unsorted"])
@pytest.mark.parametrize("start", [False, True])
def test_records_give_the_gradient_of_autograd(kind, layers, bidirectional, layout, start):
    """For a loss that asks something of every output and of every last state, cell states too."""
    directions = 1 + bidirectional
    model = nn.ModuleDict(
        {
            "rnn": KINDS[kind](
                m, n, layers, bidirectional=bidirectional, batch_first=layout == "batch first", dtype=double
            )
        }
    )
    x = torch.randn(T, B, m, dtype=double)
    shape = (layers * directions, B, n)
    x = {"batch first": x.transpose(0, 1), "single": x[:, 0]}.get(layout, x)
    shape = (shape[0], n) if layout == "single" else shape
    lengths = {"packed": [7, 6, 6, 2, 1], "unsorted": [2, 7, 1, 6, 6]}.get(layout)
    if lengths:
        x = rnn_utils.pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=layout == "packed")
    h0 = [torch.randn(shape, dtype=double) for _ in range(1 + (kind == "LSTM"))]
    hx = None if not start else tuple(h0) if kind == "LSTM" else h0[0]

    def loss():
        output, states = model["rnn"](x, hx)
        output = output.data if lengths else output
        every = [output, *(states if isinstance(states, tuple) else [states])]
        generator = torch.Generator().manual_seed(1)
        return sum((part * torch.randn(part.shape, generator=generator, dtype=double)).sum() for part in every)

    network = observe_torch(model, loss)
    mine, theirs = by_their_names(network)
    assert distance(mine, theirs) < 1e-11
    loss().backward()
    assert distance(network.gradients, {key: p.grad.numpy() for key, p in model.named_parameters()}) < 1e-12
    assert loss().item() == network.E
    assert len(network.layers) == layers * directions
    assert network.layers[0].X.shape == (T, 1 if layout == "single" else B, m)
    assert (network.lengths is None) == (lengths is None)
    if lengths:
        assert network.lengths.tolist() == lengths


@every_kind
def test_layers_are_those_of_the_weights(kind):
    model = Classifier(KINDS[kind](m, n, 2, batch_first=True, dtype=double))
    tokens, classes = torch.randint(10, (B, T)), torch.randint(2, (B,))
    network = observe_torch(model, nn.functional.cross_entropy, (tokens, classes))
    cell, params = from_torch(model.rnn)
    X = model.embedding(tokens).detach().numpy().swapaxes(0, 1)
    H = cell.split(unroll(cell, params, X))
    lower, upper = network.layers
    assert (lower.name, upper.name) == ("rnn[layer 0]", "rnn[layer 1]")
    np.testing.assert_allclose(lower.H, H[1], rtol=0, atol=1e-13)
    np.testing.assert_allclose(upper.H, H[0], rtol=0, atol=1e-13)
    np.testing.assert_array_equal(upper.X, lower.H[1:, :, :n])
    np.testing.assert_array_equal(network.inputs, X)
    assert network.targets.tolist() == classes.tolist()
    assert network.params.keys() == network.gradients.keys() == dict(model.named_parameters()).keys()
    assert not upper.dE[:-1].any()
    assert upper.dE[-1].any()
    assert lower.dE[:-1].any()


# ---------------------------------------------------------------- modules that are called step by step


class Loop(nn.Module):
    """A recurrence in Python: two cells, one above the other, with something between them."""

    def __init__(self, make, readout=True):
        super().__init__()
        self.lower, self.upper = make(m, n, dtype=double), make(n, n, dtype=double)
        self.between = nn.Linear(n, n, dtype=double)
        self.readout = nn.Linear(n, 2, dtype=double)

    def forward(self, x, cut=0):
        low = high = None
        outputs = []
        for t, x_t in enumerate(x):
            if cut and t == cut:
                low, high = (None if s is None else _cut(s) for s in (low, high))
            low = self.lower(x_t, low)
            high = self.upper(torch.tanh(self.between(_h(low))), high)
            outputs.append(self.readout(_h(high)))
        return torch.stack(outputs)


def _h(state):
    return state[0] if isinstance(state, tuple) else state


def _cut(state):
    return tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()


every_cell = pytest.mark.parametrize("make", [nn.RNNCell, nn.LSTMCell, nn.GRUCell], ids=lambda make: make.__name__)


@every_cell
def test_the_calls_of_a_cell_are_one_sequence(make):
    model = Loop(make)
    x, y = torch.randn(T, B, m, dtype=double), torch.randn(T, B, 2, dtype=double)
    network = observe_torch(model, nn.functional.mse_loss, (x, y))
    assert [(layer.name, len(layer.X)) for layer in network.layers] == [("lower", T), ("upper", T)]
    mine, theirs = by_their_names(network)
    assert distance(mine, theirs) < 1e-12
    nn.functional.mse_loss(model(x), y).backward()
    assert distance(network.gradients, {key: p.grad.numpy() for key, p in model.named_parameters()}) < 1e-12
    cell, params = from_torch(model.lower)
    np.testing.assert_allclose(network.layers[0].H, unroll(cell, params, x.numpy()), rtol=0, atol=1e-13)
    np.testing.assert_array_equal(network.targets, y.numpy())


@every_cell
def test_the_errors_of_a_loop_do_not_come_through_its_own_later_steps(make):
    """With a loss on the last step, the upper layer's dE is 0 at all others."""
    model, x = Loop(make), torch.randn(T, B, m, dtype=double)
    _, upper = observe_torch(model, lambda: model(x)[-1].sum()).layers
    assert not upper.dE[:-1].any()
    expected = model.readout.weight.sum(0).detach().numpy()
    np.testing.assert_allclose(upper.dE[-1, :, :n], np.tile(expected, (B, 1)), rtol=0, atol=1e-15)


@every_cell
def test_states_that_are_cut_from_their_past_begin_a_sequence(make):
    model, x = Loop(make), torch.randn(T, B, m, dtype=double)
    network = observe_torch(model, lambda: model(x, cut=3).sum())
    names = [(layer.name, len(layer.X)) for layer in network.layers]
    assert names == [("lower", 3), ("lower[sequence 2]", 4), ("upper", 3), ("upper[sequence 2]", 4)]
    np.testing.assert_allclose(network.layers[1].H[0], network.layers[0].H[-1], rtol=0, atol=1e-14)
    mine, theirs = by_their_names(network)
    assert distance(mine, theirs) < 1e-12


@every_kind
@pytest.mark.parametrize("steps", [1, 3])
def test_a_module_that_is_called_in_pieces_is_one_sequence(kind, steps):
    rnn = KINDS[kind](m, n, 2, batch_first=True, dtype=double)
    model, x = nn.ModuleDict({"rnn": rnn}), torch.randn(B, T, m, dtype=double)

    def loss(pieces):
        hx, outputs = None, []
        for piece in pieces:
            output, hx = rnn(piece, hx)
            outputs.append(output)
        return (torch.cat(outputs, 1)[:, -1] ** 2).sum()

    whole, pieces = observe_torch(model, lambda: loss([x])), observe_torch(model, lambda: loss(x.split(steps, 1)))
    assert [layer.name for layer in pieces.layers] == ["rnn[layer 0]", "rnn[layer 1]"]
    for here, right in zip(pieces.layers, whole.layers, strict=True):
        for a, b in ((here.H, right.H), (here.dE, right.dE)):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-13)
    mine, theirs = by_their_names(pieces)
    assert distance(mine, theirs) < 1e-12


def test_one_module_for_two_sequences_step_by_step_by_turns():
    cell = nn.GRUCell(m, n, dtype=double)
    a, b = torch.randn(2, T, B, m, dtype=double)

    def loss():
        h = g = None
        for x, y in zip(a, b, strict=True):
            h, g = cell(x, h), cell(y, g)
        return (h * g).sum()

    network = observe_torch(cell, loss)
    assert [(layer.name, len(layer.X)) for layer in network.layers] == [("GRUCell", T), ("GRUCell[sequence 2]", T)]
    np.testing.assert_array_equal(network.layers[1].X, b.numpy())


def test_one_cell_that_reads_what_it_made_of_an_earlier_sequence():
    """The states of the second sequence depend on the last one of the first, and are its own all the same."""
    cell, x = nn.LSTMCell(n, n, dtype=double), torch.randn(T, B, n, dtype=double)

    def loss():
        read = written = None
        for x_t in x:
            read = cell(x_t, read)
        for _ in range(4):
            written = cell(read[0], written)
        return (written[0] ** 2).sum()

    network = observe_torch(cell, loss)
    assert [(layer.name, len(layer.X)) for layer in network.layers] == [
        ("LSTMCell", T),
        ("LSTMCell[sequence 2]", 4),
    ]
    mine, theirs = by_their_names(network)
    assert distance(mine, theirs) < 1e-12


@pytest.mark.parametrize(
    "change", [nn.Dropout(0.5), nn.LayerNorm(n, dtype=double), lambda h: torch.where(h > 0, h, 0 * h)]
)
def test_states_that_are_changed_between_the_calls_are_refused(change):
    cell, x = nn.GRUCell(m, n, dtype=double), torch.randn(T, B, m, dtype=double)

    def loss():
        h = None
        for x_t in x:
            h = cell(x_t, h)
            h = change(h)
        return h.sum()

    with refused(ValueError, "the states of GRUCell must go unchanged", "observe_step"):
        observe_torch(cell, loss)


def test_an_encoder_and_a_decoder():
    """The decoder starts from what the encoder knows, and its outputs come back as its inputs."""
    encoder, decoder = nn.GRU(m, n, dtype=double), nn.GRUCell(n, n, dtype=double)
    model = nn.ModuleDict({"encoder": encoder, "decoder": decoder, "bridge": nn.Linear(n, n, dtype=double)})
    x = torch.randn(T, B, m, dtype=double)

    def loss():
        h = model["bridge"](encoder(x)[1][0])
        y, outputs = torch.zeros(B, n, dtype=double), []
        for _ in range(4):
            h = decoder(y, h)
            y = 2 * h
            outputs.append(y)
        return (torch.stack(outputs) ** 2).sum()

    network = observe_torch(model, loss)
    assert [(layer.name, len(layer.X)) for layer in network.layers] == [("encoder", T), ("decoder", 4)]
    assert [layer.steps for layer in measure(network).layers] == [T, 4]
    mine, theirs = by_their_names(network)
    assert distance(mine, theirs) < 1e-12


# ---------------------------------------------------------------- nothing is disturbed


class Stateful(nn.Module):
    """Dropout, batch statistics, a counter, and a state that is carried from batch to batch."""

    def __init__(self):
        super().__init__()
        self.norm, self.drop = nn.BatchNorm1d(m, dtype=double), nn.Dropout(0.5)
        self.rnn = nn.LSTM(m, n, dtype=double)
        self.frozen = nn.LSTM(n, n, 2, dropout=0.3, dtype=double).requires_grad_(False)
        self.register_buffer("seen", torch.zeros(1))
        self.carried, self.count = None, 0

    def forward(self, x):
        x = self.drop(self.norm(x.transpose(1, 2)).transpose(1, 2))
        output, self.carried = self.rnn(x, self.carried)
        self.count += 1
        self.seen += 1
        self.last = output
        return self.frozen(output)[0]


def everything(model):
    held = {f"{name}.{key}": value for name, part in model.named_modules() for key, value in vars(part).items()}
    plain = {key: value for key, value in held.items() if not key.split(".")[-1].startswith("_")}
    hooks = {key: list(value) for key, value in held.items() if key.endswith("_hooks")}
    return plain, hooks, {key: value.clone() for key, value in model.state_dict().items()}


@pytest.mark.filterwarnings("ignore:frozen is observed without the dropout")
def test_the_model_is_left_as_it_was():
    model = Stateful().train()
    x = torch.randn(T, B, m, dtype=double)
    model(x).sum().backward(retain_graph=True)  # gradients are there, and a state with its past
    calls = []
    model.rnn.register_forward_hook(lambda *given: calls.append("user"))
    before, state = everything(model), torch.random.get_rng_state()
    grads = {key: None if p.grad is None else p.grad.clone() for key, p in model.named_parameters()}
    carried = tuple(s.clone() for s in model.carried)

    def loss():
        return model(x).sum()

    network = observe_torch(model, loss)
    after = everything(model)
    assert calls == ["user"]
    assert before[0].keys() == after[0].keys()
    assert all(before[0][key] is after[0][key] for key in before[0])
    assert before[1] == after[1]
    assert all(torch.equal(before[2][key], after[2][key]) for key in before[2])
    assert torch.equal(torch.random.get_rng_state(), state)
    for key, p in model.named_parameters():
        assert (p.grad is None) if grads[key] is None else torch.equal(p.grad, grads[key])
    assert all(torch.equal(s, c) for s, c in zip(model.carried, carried, strict=True))
    assert all(module.training for module in model.modules())
    assert not any(network.gradients[key].any() for key in network.gradients if key.startswith("frozen"))
    model(x).sum()  # and the graph of what it carries can still be followed
    np.testing.assert_array_equal(network.layers[0].H[0], np.concatenate([c.detach()[0] for c in carried], axis=-1))


def test_the_model_is_left_as_it_was_after_an_error_too():
    model = Stateful().eval()
    before = everything(model)

    def loss():
        model(torch.randn(T, B, m, dtype=double))
        raise KeyError("the user's own")

    state = torch.random.get_rng_state()
    with pytest.raises(KeyError, match="the user's own"):
        observe_torch(model, loss)
    after = everything(model)
    assert all(before[0][key] is after[0][key] for key in after[0])
    assert before[1] == after[1]
    assert all(torch.equal(before[2][key], after[2][key]) for key in before[2])
    assert torch.equal(torch.random.get_rng_state(), state)


def test_dropout_between_layers_is_left_out_and_said():
    rnn, x = nn.LSTM(m, n, 2, dropout=0.5, dtype=double), torch.randn(T, B, m, dtype=double)
    with pytest.warns(
        UserWarning, match=r"LSTM is observed without the dropout between its layers, as in model.eval"
    ):
        in_training = observe_torch(rnn, lambda: rnn(x)[0].sum())
    rnn.eval()
    in_evaluation = observe_torch(rnn, lambda: rnn(x)[0].sum())
    assert in_training.E == in_evaluation.E
    assert rnn.dropout == 0.5


def test_gradients_are_asked_for_also_where_they_are_switched_off():
    rnn, x = nn.GRU(m, n, dtype=double), torch.randn(T, B, m, dtype=double)
    right = observe_torch(rnn, lambda: rnn(x)[0].sum())
    with torch.no_grad():
        network = observe_torch(rnn, lambda: rnn(x)[0].sum())
        assert not torch.is_grad_enabled()
    assert distance(network.gradients, right.gradients) == 0


# ---------------------------------------------------------------- what may happen above a layer


def test_outputs_that_are_changed_in_place():
    rnn, x = nn.RNN(m, n, dtype=double), torch.randn(T, B, m, dtype=double)

    def loss(in_place):
        output = rnn(x)[0]
        output = output.mul_(3.0) if in_place else output * 3.0
        return (output**2).sum()

    here, right = (observe_torch(rnn, lambda k=k: loss(k)).layers[0].dE for k in (True, False))
    np.testing.assert_allclose(here, right, rtol=0, atol=1e-14)


def test_frozen_weights_have_no_gradient_but_errors_are_seen():
    rnn, x = nn.LSTM(m, n, dtype=double), torch.randn(T, B, m, dtype=double)
    right = observe_torch(rnn, lambda: (rnn(x)[0] ** 2).sum())
    rnn.requires_grad_(False)
    network = observe_torch(rnn, lambda: (rnn(x)[0] ** 2).sum())
    assert not any(g.any() for g in network.gradients.values())
    np.testing.assert_array_equal(network.layers[0].dE, right.layers[0].dE)


def test_a_loss_that_ignores_the_sequence():
    rnn, readout = nn.LSTM(m, n, dtype=double), nn.Linear(n, 1, dtype=double)
    model, x = nn.ModuleList([rnn, readout]), torch.randn(T, B, m, dtype=double)
    network = observe_torch(model, lambda: readout(rnn(x)[0][-1].detach()).sum())
    assert not network.layers[0].dE.any()
    assert network.gradients["1.weight"].any()
    assert not network.gradients["0.weight_hh_l0"].any()


def test_answers_and_inputs_of_all_kinds():
    class Answers(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.GRU(m, n, dtype=double)

        def forward(self, x, scale=1.0):
            output, last = self.rnn(scale * x)
            return {"output": output, "more": (last, [output])}

    model, x, y = Answers(), torch.randn(T, B, m, dtype=double), torch.randn(T, B, n, dtype=double)

    def loss(answer, target):
        return ((answer["output"] - target) ** 2).mean() + answer["more"][0].sum()

    networks = [observe_torch(model, loss, (inputs, y)) for inputs in (x, (x, 1.0), {"x": x, "scale": 1.0})]
    networks.append(observe_torch(model, lambda: loss(model(x), y), targets=y))
    for network in networks:
        np.testing.assert_array_equal(network.layers[0].dE, networks[0].layers[0].dE)
        np.testing.assert_array_equal(network.targets, y.numpy())
    packed = rnn_utils.pack_padded_sequence(x, torch.tensor([7, 7, 5, 3, 1]))
    rnn = nn.GRU(m, n, dtype=double)
    network = observe_torch(rnn, lambda answer, _: answer[0].data.sum(), (packed, None))
    assert network.lengths.tolist() == [7, 7, 5, 3, 1]
    assert network.targets is None


@pytest.mark.parametrize(
    ("given", "shape"),
    [
        (torch.zeros(B, dtype=torch.long), (B,)),
        (torch.zeros(B), (B, 1)),
        (torch.zeros(B, 2), (B, 2)),
        (torch.zeros(B, T, dtype=torch.long), (T, B)),
        (torch.zeros(B, T), (T, B, 1)),
        (torch.zeros(B, T, 2), (T, B, 2)),
        (torch.zeros(T, B, 2), (T, B, 2)),
        (np.zeros((T, B, 2)), (T, B, 2)),
        ({"labels": torch.zeros(B)}, None),
        (torch.zeros(B + T), None),
    ],
)
def test_targets_come_in_time_order(given, shape):
    rnn, x = nn.GRU(m, n, batch_first=True, dtype=double), torch.randn(B, T, m, dtype=double)
    targets = observe_torch(rnn, lambda: rnn(x)[0].sum(), targets=given).targets
    assert (targets if targets is None else targets.shape) == shape


def entropy(classes):
    p = torch.bincount(classes.flatten()) / classes.numel()
    return -(p[p > 0] * p[p > 0].log()).sum().item()


@pytest.mark.parametrize("shape", [(B, q), (T, B, q), (B, T, q), (B, q, T), (B * T, q)], ids=str)
def test_the_best_constant_answer(shape):
    """Under cross-entropy that of the shares of the classes, under the squared error the means."""
    lead = (shape[0], shape[2]) if shape == (B, q, T) else shape[:-1]
    classes = torch.randint(q - 1, lead)  # one class is never asked for
    answer = torch.randn(shape, dtype=double)
    if len(shape) < 3 or shape == (B, q, T):
        found = loss_of_constant(nn.functional.cross_entropy, answer, classes, T, B)
        assert found == pytest.approx(entropy(classes), rel=1e-3)
    if shape != (B, q, T):
        values = torch.randn(shape, dtype=double)
        right = values.reshape(-1, q).var(0, unbiased=False).mean().item()
        assert loss_of_constant(nn.functional.mse_loss, answer, values, T, B) == pytest.approx(right, rel=1e-6)
        assert loss_of_constant(nn.functional.mse_loss, answer, values * float("nan"), T, B) is None


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_best_constant_of_a_language_model_takes_few_losses(reduction):
    """Of 1000 tokens, most of which never occur: their frequencies. L-BFGS alone was allowed 250 evaluations."""
    tokens = torch.multinomial(1 / torch.arange(1.0, 1001), 320, True, generator=torch.Generator().manual_seed(0))
    evaluated = []

    def loss(scores, tokens):
        evaluated.append(1)
        return torch.nn.functional.cross_entropy(scores, tokens, reduction=reduction)

    shares = torch.bincount(tokens) / 320
    entropy = float(torch.special.entr(shares).sum()) * (320 if reduction == "sum" else 1)
    assert loss_of_constant(loss, torch.zeros(320, 1000), tokens, T=10, B=32) == pytest.approx(entropy, rel=1e-4)
    assert len(evaluated) < 15


def test_where_no_constant_answer_is_known():
    mse = nn.functional.mse_loss
    for answer in ({"output": torch.zeros(B, q)}, torch.zeros(B + 1, q), torch.zeros(B, 2, 2, 2), torch.arange(B)):
        assert loss_of_constant(mse, answer, answer, T, B) is None
    rnn, x = nn.GRU(m, n, dtype=double), torch.randn(T, B, m, dtype=double)
    assert observe_torch(rnn, lambda: rnn(x)[0].sum()).baseline is None
    assert observe_torch(rnn, lambda: rnn(x)[0].sum(), baseline=3.0).baseline == 3.0


# ---------------------------------------------------------------- dtypes, and what rounding explains


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_dtypes(dtype):
    rnn, x = nn.LSTM(m, n, 2, dtype=double), torch.randn(T, B, m, dtype=double)
    right = observe_torch(rnn, lambda: rnn(x)[0].sum())
    small = copy.deepcopy(rnn).to(dtype)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        network = observe_torch(small, lambda: small(x.to(dtype))[0].sum())
    half = dtype in (torch.float16, torch.bfloat16)
    assert [f"the model computes in {dtype} and is observed in float32" in str(w.message) for w in caught] == [
        True
    ] * half
    size = np.float64 if dtype is double else np.float32
    arrays = [*network.params.values(), *network.gradients.values()]
    arrays += [a for layer in network.layers for a in (layer.X, layer.H, layer.dE, *layer.params.values())]
    assert {a.dtype for a in arrays} == {np.dtype(size)}
    tolerance = 20 * torch.finfo(dtype).eps
    np.testing.assert_allclose(network.layers[1].H, right.layers[1].H, rtol=0, atol=tolerance)
    np.testing.assert_allclose(network.layers[0].dE, right.layers[0].dE, rtol=0, atol=20 * tolerance)


def test_states_that_overflow_in_half_precision_alone_are_a_finding():
    rnn, x = nn.RNN(m, n, nonlinearity="relu", dtype=torch.float16), torch.rand(20, B, m, dtype=torch.float16)
    with torch.no_grad():
        rnn.weight_hh_l0.copy_(3 * torch.eye(n))
        rnn.weight_ih_l0.abs_()
    with pytest.warns(UserWarning, match="observed in float32"):
        network = observe_torch(rnn, lambda: rnn(x)[0].float().sum())
    found = examine(network).findings[0]
    assert found.name == "states-overflow"
    assert 5 <= examine(network).state_overflow <= 14


def test_a_model_under_autocast():
    rnn, x = nn.GRU(m, n), torch.randn(T, B, m)

    def loss():
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return rnn(x)[0].float().sum()

    assert observe_torch(rnn, loss).layers[0].H.dtype == np.float32


@pytest.mark.parametrize("gain", [0.5, 3.0, 10.0])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_rounding_is_not_taken_for_a_fault(gain, seed):
    """Chaotic networks in float32, whose rounding grows to the size of the states within the sequence."""
    torch.manual_seed(seed)
    rnn, x = nn.RNN(2, 64, 2), torch.randn(200, 4, 2)
    with torch.no_grad():
        for name, p in rnn.named_parameters():
            if "weight_hh" in name:
                p.copy_(gain * torch.randn(64, 64) / 8)
    observe_torch(rnn, lambda: rnn(x)[0].sum())


@pytest.mark.parametrize("size", [1e30, float("nan"), float("inf")])
def test_states_and_weights_that_are_not_finite_are_results(size):
    rnn, x = nn.RNN(2, 8, 2, nonlinearity="relu"), torch.randn(50, 4, 2)
    with torch.no_grad():
        rnn.weight_hh_l0.fill_(size)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        network = observe_torch(rnn, lambda: rnn(x)[0].sum())
    assert not np.isfinite(network.layers[0].H[-1]).all()
    x[3] = float("nan")
    assert np.isnan(observe_torch(rnn, lambda: rnn(x)[0].sum()).inputs).any()


class Scaled(nn.GRU):
    def forward(self, x, hx=None):
        output, hx = super().forward(x, hx)
        return 1.001 * output, hx


def test_modules_that_compute_something_else_are_told():
    x = torch.randn(T, B, m, dtype=double)
    rnn = Scaled(m, n, dtype=double)
    with refused(
        ValueError, "Scaled must compute its states from its weights alone", "at step 1", "override forward"
    ):
        observe_torch(rnn, lambda: rnn(x)[0].sum())
    rnn = nn.GRU(m, n, dtype=double)
    rnn.register_forward_hook(lambda module, given, answer: (2 * answer[0], answer[1]))
    seen = observe_torch(rnn, lambda: rnn(x)[0].sum()).layers[0]  # after it was observed: a part of the loss
    np.testing.assert_array_equal(seen.dE, 2.0)


# ---------------------------------------------------------------- what cannot be observed


def test_bad_models_are_told():
    linear, x = nn.Linear(m, 1, dtype=double), torch.randn(T, B, m, dtype=double)
    with refused(ValueError, "model must use torch.nn.RNN, LSTM and GRU", "got Linear", "observe_step"):
        observe_torch(linear, lambda: linear(x).sum())
    unused = nn.ModuleDict({"rnn": nn.GRU(m, n, dtype=double), "linear": linear})
    with refused(ValueError, "got ModuleDict", "rnn did not run"):
        observe_torch(unused, lambda: linear(x).sum())
    with refused(TypeError, "model must be a torch.nn.Module", "got the class GRU"):
        observe_torch(nn.GRU, lambda: x.sum())
    rnn = nn.LSTM(m, n, proj_size=2, dtype=double)
    with refused(ValueError, "proj_size must be 0"):
        observe_torch(rnn, lambda: rnn(x)[0].sum())


def test_bad_losses_are_told():
    rnn, x = nn.GRU(m, n, dtype=double), torch.randn(T, B, m, dtype=double)
    with refused(TypeError, "loss must return a scalar tensor", "float"):
        observe_torch(rnn, lambda: rnn(x)[0].sum().item())
    with refused(ValueError, "loss must return a scalar tensor", "(7, 5, 4)", "mean"):
        observe_torch(rnn, lambda: rnn(x)[0])
    with refused(ValueError, "what autograd can follow", "detached"):
        observe_torch(rnn, lambda: rnn(x)[0].sum().detach())
    with refused(TypeError, "loss must be a function"):
        observe_torch(rnn, rnn(x)[0].sum())
    with refused(TypeError, "batch must be (inputs, targets)", "Tensor"):
        observe_torch(rnn, nn.functional.mse_loss, x)

    def trains():
        E = rnn(x)[0].sum()
        E.backward()
        return E

    with refused(ValueError, "loss must leave the backward pass", "backward"):
        observe_torch(rnn, trains)


class Elsewhere(nn.Module):
    """A model that fails as one on a graphics card does whose batch was left on the CPU."""

    def __init__(self, text):
        super().__init__()
        self.rnn, self.text = nn.GRU(m, n), text

    def forward(self, x):
        raise RuntimeError(self.text)


def test_a_batch_on_another_device_is_told():
    mse, x = nn.functional.mse_loss, torch.zeros(T, B, m)
    for text in (
        "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!",
        "Input and parameter tensors are not at the same device, found input tensor at cpu and parameter at cuda:0",
    ):
        with refused(ValueError, "model and batch must be on one device", "parameters on cpu", ".to(", text[:40]):
            observe_torch(Elsewhere(text), mse, (x, x))
    with pytest.raises(RuntimeError, match="out of memory"):  # what has another cause stays as it is
        observe_torch(Elsewhere("CUDA out of memory"), mse, (x, x))


def test_weights_without_numbers_are_told():
    rnn = nn.GRU(m, n, device="meta")
    with refused(ValueError, "tensors must hold numbers", "device meta"):
        observe_torch(rnn, lambda: rnn(torch.ones(T, B, m, device="meta"))[0].sum())


@pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")
def test_torchscript_is_told():
    scripted = torch.jit.script(nn.Sequential(nn.GRU(m, n)))
    with refused(TypeError, "TorchScript", "whose layers call no hooks"):
        observe_torch(scripted, lambda: scripted(torch.ones(T, B, m))[0].sum())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")
def test_compiled_models_run_as_they_were_written():
    model, x = Classifier(nn.GRU(m, n, batch_first=True, dtype=double)), torch.randint(10, (B, T))
    right, compiled = observe_torch(model, lambda: model(x).sum()), torch.compile(model)
    network = observe_torch(compiled, lambda: compiled(x).sum())
    assert [layer.name for layer in network.layers] == ["rnn"]
    assert distance(network.gradients, right.gradients) == 0


def test_sparse_gradients_are_those_of_dense_ones():
    networks = []
    for sparse in (False, True):
        torch.manual_seed(0)
        table, rnn = nn.Embedding(5, m, sparse=sparse), nn.GRU(m, n)
        model = nn.ModuleList([table, rnn])
        networks.append(observe_torch(model, lambda t=table, r=rnn: r(t(torch.ones(T, B, dtype=int)))[0].sum()))
    assert distance(networks[1].gradients, networks[0].gradients) == 0


@pytest.mark.parametrize("tied", [False, True])
def test_tables_of_embeddings_are_no_readout_unless_it_shares_them(tied):
    table, rnn, out = nn.Embedding(5, n), nn.GRU(n, n), nn.Linear(n, 5)
    with torch.no_grad():
        out.weight.zero_()
    if tied:
        out.weight = table.weight
    model = nn.ModuleList([table, rnn, out])
    network = observe_torch(model, lambda: out(rnn(table(torch.ones(T, B, dtype=int)))[0]).sum())
    assert network.tables == (() if tied else ("0.weight",))
    assert (measure(network).readout.size == 0) == (not tied)


@pytest.mark.parametrize("batch_first", [False, True])
def test_one_value_a_step_has_one_constant_and_not_one_for_each_step(batch_first):
    y = torch.randn((B, T) if batch_first else (T, B))
    constant = loss_of_constant(nn.functional.mse_loss, torch.zeros_like(y), y, T, B)
    assert constant == pytest.approx(float(y.var(correction=0)), rel=1e-5)


def test_targets_that_are_nan_have_no_best_constant_answer():
    for shape in ((B, T), (B, 1), (T, B, 2)):
        y = torch.randn(shape)
        y[(0,) * len(shape)] = float("nan")
        assert loss_of_constant(nn.functional.mse_loss, torch.zeros_like(y), y, T, B) is None


@pytest.mark.parametrize("kind", [tuple, list])
def test_the_best_constant_of_the_first_of_several_answers(kind):
    values, states = torch.randn(B, T, q, dtype=double), torch.randn(1, B, n, dtype=double, requires_grad=True)
    answer = kind([torch.zeros(B, T, q, dtype=double), states])
    found = loss_of_constant(lambda a, y: nn.functional.mse_loss(a[0], y), answer, values, T, B)
    assert found == pytest.approx(values.reshape(-1, q).var(0, unbiased=False).mean().item(), rel=1e-6)
    assert loss_of_constant(lambda a, y: (a[1] ** 2).sum(), answer, values, T, B) is None


def test_as_many_classes_as_steps_are_no_value_for_each_step():
    classes = torch.randint(T - 1, (B,))
    found = loss_of_constant(nn.functional.cross_entropy, torch.randn(B, T, dtype=double), classes, T, B)
    assert found == pytest.approx(entropy(classes), rel=1e-3)


def test_several_targets_of_which_one_is_nan():
    rnn, x = nn.GRU(m, n), torch.randn(T, B, m)
    values = {"classes": torch.zeros(B, dtype=int), "values": torch.zeros(T, B, n)}

    def loss(answer, targets):
        return nn.functional.mse_loss(answer[0], targets["values"])

    assert observe_torch(rnn, loss, (x, values)).targets is None
    values["values"][1, 0, 0] = float("nan")
    assert examine(observe_torch(rnn, loss, (x, values))).findings[0].name == "targets-not-finite"
