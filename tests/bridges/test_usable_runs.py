"""Runs of PyTorch's models that show nothing of their learning, and what is said of them."""

import numpy as np
import pytest

from minirnn.bridges import observe_torch
from minirnn.diagnosis import diagnose_model
from tests.helpers import refused

torch = pytest.importorskip("torch")
nn, losses = torch.nn, torch.nn.functional
m, n, T, B = 2, 4, 12, 5
x, y = torch.randn(B, T, m, generator=torch.Generator().manual_seed(0)), torch.arange(B) % 2
NO_CARRY = ("goes on with the state of the", "carries no gradient back", "Hand on the state as it came")


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


class Reader(nn.Module):
    """A module called for `steps` at a time, whose state goes through `between` after each call but the last."""

    def __init__(self, rnn, between, steps=1):
        super().__init__()
        self.rnn, self.readout, self.between, self.steps = rnn, nn.Linear(n, 2), between, steps

    def forward(self, x):
        state, pieces = None, x.split(self.steps, 1)
        for k, piece in enumerate(pieces):
            if isinstance(self.rnn, nn.RNNCellBase):
                state = self.rnn(piece[:, 0], state)
                h = state
            else:
                h, state = self.rnn(piece, state)
            h = h[0] if isinstance(h, tuple) else h
            if k + 1 < len(pieces):
                state = self.between(state, k)
        return self.readout(h if h.dim() == 2 else h[:, -1])


def of_each(change, every=1):
    """`change` of h, or of h and c, after each so many calls."""

    def between(state, k):
        if (k + 1) % every:
            return state
        return tuple(map(change, state)) if isinstance(state, tuple) else change(state)

    return between


CHANGES = {
    "detach": of_each(lambda h: h.detach()),
    "data": of_each(lambda h: h.data),
    "forgotten": lambda state, k: None,
    "kept": of_each(lambda h: h),
}
KINDS = {
    "RNNCell": nn.RNNCell,
    "LSTMCell": nn.LSTMCell,
    "GRUCell": nn.GRUCell,
    "LSTM": lambda *sizes: nn.LSTM(*sizes, batch_first=True),
    "GRU": lambda *sizes: nn.GRU(*sizes, batch_first=True),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("kind", KINDS)
def test_states_that_carry_no_gradient_from_any_step_to_the_next(kind, change):
    model = Reader(KINDS[kind](m, n), CHANGES[change])
    if change == "kept":
        diagnose_model(model, x, y, losses.cross_entropy)
        return
    with refused(ValueError, f"rnn was called {T} times for one step each, and no call", *NO_CARRY):
        diagnose_model(model, x, y, losses.cross_entropy)


def test_pieces_too_short_for_a_report():
    by_steps = Reader(nn.GRUCell(m, n), of_each(lambda h: h.detach(), every=3))
    by_pieces = Reader(nn.LSTM(m, n, batch_first=True), of_each(lambda h: h.detach()), steps=3)
    for model in (by_steps, by_pieces):
        with refused(ValueError, "rnn read 4 pieces of 3 steps at most, and no piece", *NO_CARRY):
            diagnose_model(model, x, y, losses.cross_entropy)


def test_a_bidirectional_module_cannot_be_called_step_by_step():
    rnn = nn.GRU(m, n, batch_first=True, bidirectional=True)
    with refused(ValueError, f"GRU was called {T} times for one step each", "bidirectional", "in one call"):
        observe_torch(rnn, lambda: sum(rnn(x_t)[0].sum() for x_t in x.split(1, 1)))


def test_an_upper_cell_whose_state_is_detached():
    lower, upper = nn.GRU(m, n, batch_first=True), nn.GRUCell(n, n)
    model = nn.ModuleDict({"lower": lower, "upper": upper})

    def loss():
        h = None
        for h_t in lower(x)[0].unbind(1):
            h = upper(h_t, None if h is None else h.detach())
        return (h**2).sum()

    with refused(ValueError, f"upper was called {T} times for one step each", *NO_CARRY):
        observe_torch(model, loss)


class Beside(nn.Module):
    """A cell that is called once for each of a few steps, with the state of another module."""

    def __init__(self, calls):
        super().__init__()
        self.lower, self.cell, self.readout = nn.GRU(m, n, batch_first=True), nn.GRUCell(n, n), nn.Linear(n, 2)
        self.calls = calls

    def forward(self, x):
        H = self.lower(x)[0]
        return self.readout(sum(self.cell(H[:, -1], H[:, t]) for t in range(self.calls)))


@pytest.mark.parametrize("calls", [1, 3])
def test_a_cell_beside_the_recurrence_is_no_loop(calls):
    """Nor does a layer of one step have a second quarter, against which its states could grow."""
    report = diagnose_model(Beside(calls), x, y, losses.cross_entropy)
    assert [layer.steps for layer in report.measures.layers] == [T] + calls * [1]


def test_a_last_piece_of_one_step():
    model = Reader(nn.LSTM(m, n, batch_first=True), of_each(lambda h: h.detach()), steps=11)
    report = diagnose_model(model, x, y, losses.cross_entropy)
    assert [layer.steps for layer in report.measures.layers] == [11, 1]


def test_a_batch_of_one_step():
    model = Reader(nn.GRU(m, n, batch_first=True), None)
    with refused(
        ValueError, f"T of X must be an integer >= 4, got 1, where X (T, B, m), time first, is (1, {B}, {m})"
    ):
        diagnose_model(model, x[:, :1], y, losses.cross_entropy)


def test_a_lag_longer_than_what_a_layer_reads():
    whole = Reader(nn.GRU(m, n, batch_first=True), None, steps=T)
    with refused(ValueError, f"lag must be at most {T}, the number of steps that rnn read, got 500"):
        diagnose_model(whole, x, y, losses.cross_entropy, lag=500)
    diagnose_model(whole, x, y, losses.cross_entropy, lag=T)
    pieces = Reader(nn.GRU(m, n, batch_first=True), of_each(lambda h: h.detach()), steps=6)
    with refused(
        ValueError, "lag must be at most 6, as rnn read so many steps in one piece, got 12", "without detach"
    ):
        diagnose_model(pieces, x, y, losses.cross_entropy, lag=T)
    diagnose_model(pieces, x, y, losses.cross_entropy, lag=6)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_an_empty_batch(bidirectional):
    rnn = nn.GRU(m, n, batch_first=True, bidirectional=bidirectional)
    with refused(ValueError, f"the batch must hold one sequence or more, got 0 sequences of {T} steps at GRU"):
        diagnose_model(rnn, x[:0], y[:0], lambda answer, y: answer[0].sum())


def test_arrays_of_numpy_are_told():
    model, X = Reader(nn.GRU(m, n, batch_first=True), None, steps=T), x.numpy().astype(float)
    with refused(TypeError, "inputs must be a tensor, got NumPy", "torch.as_tensor(inputs, dtype=torch.float32)"):
        diagnose_model(model, X, y, losses.cross_entropy)
    with refused(TypeError, "inputs and targets must be tensors, got NumPy; write", "and torch.as_tensor(targets)"):
        diagnose_model(model, X, y.numpy(), losses.cross_entropy)
    with refused(TypeError, "targets must be a tensor, got NumPy; write torch.as_tensor(targets)"):
        diagnose_model(model, x, y.numpy(), losses.cross_entropy)
    with refused(TypeError, "targets must be a tensor", "torch.as_tensor(targets, dtype=torch.float32)"):
        diagnose_model(model, x, np.zeros((B, 2)), losses.mse_loss)
    with refused(TypeError, "inputs must be a tensor"):
        diagnose_model(model, {"x": X}, y, losses.cross_entropy)


def test_a_model_may_take_arrays_of_numpy():
    class Converting(Reader):
        def forward(self, x):
            return super().forward(torch.as_tensor(x))

    model = Converting(nn.GRU(m, n, batch_first=True), None, steps=T)
    diagnose_model(model, x.numpy(), y.numpy(), lambda a, y: losses.cross_entropy(a, torch.as_tensor(y)))


def test_what_a_model_raises_by_itself_is_left_as_it_is():
    model = Reader(nn.GRU(m, n, batch_first=True), None, steps=T)
    with refused(AttributeError, "no attribute 'nothing'"):
        diagnose_model(model, x, y, lambda answer, y: answer.nothing)
