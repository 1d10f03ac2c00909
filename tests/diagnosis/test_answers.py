"""Axes that are exchanged, and probabilities for scores, are found in models of PyTorch; sound ones are not accused."""

from functools import partial

import numpy as np
import pytest

from minirnn.diagnosis import diagnose_model, examine
from minirnn.diagnosis.causes import CAUSES

torch = pytest.importorskip("torch")
from minirnn.bridges import observe_torch  # noqa: E402

nn, F = torch.nn, torch.nn.functional
CELLS = {"LSTM": nn.LSTM, "GRU": nn.GRU, "tanh": nn.RNN}
every_cell = pytest.mark.parametrize("cell", CELLS)
SIZES = [(9, 14), (12, 12), (16, 6)]  # examples and steps of the data
every_size = pytest.mark.parametrize("size", SIZES)
EDGE = {
    "last": lambda o: o[:, -1],
    "first axis": lambda o: o[-1],
    "mean": lambda o: o.mean(1),
    "max": lambda o: o.amax(1),
}
SWAPPED, PROBABILITIES = "axes-swapped", "answers-are-probabilities"


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


class Reader(nn.Module):
    def __init__(self, cell, batch_first, read, norm=None, outputs=2, **options):
        super().__init__()
        self.rnn = CELLS[cell](3, 8, batch_first=batch_first, **options)
        width = 8 * (1 + self.rnn.bidirectional)
        self.read, self.norm, self.out = read, norm or nn.Identity(), nn.Linear(width, outputs)

    def forward(self, x):
        return self.out(self.norm(self.read(self.rnn(x)[0])))


def data(size, classes=2):
    B, T = size
    return torch.randn(B, T, 3), torch.arange(B) % classes


def names(*arguments, **options):
    return [found.name for found in diagnose_model(*arguments, **options).findings]


@every_cell
@every_size
@pytest.mark.parametrize("norm", [False, True])
@pytest.mark.parametrize("how", ["last", "mean", "max"])
def test_examples_that_were_taken_for_steps(cell, size, norm, how):
    x, y = data(size)
    norm = nn.BatchNorm1d(8) if norm else None
    report = diagnose_model(Reader(cell, False, EDGE[how], norm), x, y, F.cross_entropy)
    assert report.findings[0].name == SWAPPED
    assert report.measures.baseline == pytest.approx(np.log(2), abs=0.01)
    assert f"batch                      {size[1]} sequences of {size[0]} steps, 3 inputs; {size[0]} targets" in str(
        report
    )


@every_cell
@every_size
def test_steps_that_were_taken_for_examples(cell, size):
    x, y = data(size)
    model = Reader(cell, True, EDGE["first axis"])
    assert names(model, x.transpose(0, 1), y, F.cross_entropy)[0] == SWAPPED
    values = torch.randn(len(y), 1)
    assert names(Reader(cell, False, EDGE["last"], outputs=1), x, values, F.mse_loss)[0] == SWAPPED


@every_cell
@every_size
@pytest.mark.parametrize("norm", [False, True])
@pytest.mark.parametrize("options", [{}, {"bidirectional": True}, {"num_layers": 2}])
def test_axes_that_are_right(cell, size, norm, options):
    x, y = data(size)
    width = 16 if "bidirectional" in options else 8
    for batch_first, reads in ((True, ("last", "mean", "max")), (False, ("first axis",))):
        for how in reads:
            inputs = x if batch_first else x.transpose(0, 1)
            model = Reader(cell, batch_first, EDGE[how], nn.BatchNorm1d(width) if norm else None, **options)
            assert SWAPPED not in names(model, inputs, y, F.cross_entropy)
    mean = Reader(cell, False, lambda o: o.mean(0), nn.BatchNorm1d(width) if norm else None, **options)
    assert SWAPPED not in names(mean, x.transpose(0, 1), y, F.cross_entropy)
    front = Reader(cell, True, lambda o: o[:, 0], **options)
    assert SWAPPED not in names(front, x, y, F.cross_entropy)


@every_cell
@every_size
def test_the_last_states_and_attention_read_their_own_sequence(cell, size):
    class Attending(nn.Module):
        def __init__(self, attends):
            super().__init__()
            self.rnn, self.out, self.attends = CELLS[cell](3, 8, batch_first=True), nn.Linear(8, 2), attends

        def forward(self, x):
            states, h = self.rnn(x)
            h = h[0] if isinstance(h, tuple) else h
            if not self.attends:
                return self.out(h[-1])
            weights = torch.softmax((states * h[-1][:, None]).sum(-1), 1)
            return self.out((weights[..., None] * states).sum(1))

    x, y = data(size)
    for attends in (False, True):
        assert SWAPPED not in names(Attending(attends), x, y, F.cross_entropy)


@every_cell
@every_size
@pytest.mark.parametrize("flat", [False, True])
def test_answers_at_every_step(cell, size, flat):
    """Nothing tells steps from sequences where targets have both axes too: the report says what it took them for."""
    x, y = torch.randn(*size, 3), torch.randint(0, 2, size)

    def loss(answer, target):
        return F.cross_entropy(answer.flatten(0, 1), target.flatten())

    given = (lambda answer, target: loss(answer, target.view(size))) if flat else loss
    for batch_first in (True, False):
        report = diagnose_model(Reader(cell, batch_first, lambda o: o), x, y.flatten() if flat else y, given)
        assert SWAPPED not in [found.name for found in report.findings]
        T, B = size[::-1] if batch_first else size
        assert f"{B} sequences of {T} steps" in str(report)


def test_one_sequence_with_a_target_at_each_step():
    x = torch.randn(20, 3)
    assert SWAPPED not in names(Reader("LSTM", False, lambda o: o), x, torch.arange(20) % 2, F.cross_entropy)


class Translator(nn.Module):
    """An encoder, and a decoder that attends to its outputs."""

    def __init__(self, cell, encoder_first):
        super().__init__()
        self.encoder, self.decoder = (
            CELLS[cell](3, 8, batch_first=encoder_first),
            CELLS[cell](2, 8, batch_first=True),
        )
        self.out = nn.Linear(16, 4)

    def forward(self, x, before):
        states, asked = self.encoder(x)[0], self.decoder(before)[0]
        weights = torch.softmax(torch.einsum("bsn,btn->bst", asked, states), -1)
        return self.out(torch.cat([asked, torch.einsum("bst,btn->bsn", weights, states)], -1))


@every_cell
@every_size
@pytest.mark.parametrize("later", [5, 14, 12])
def test_from_sequence_to_sequence(cell, size, later):
    x, before, y = torch.randn(*size, 3), torch.randn(size[0], later, 2), torch.randint(0, 4, (size[0], later))

    def loss(answer, target):
        return F.cross_entropy(answer.transpose(1, 2), target)

    assert SWAPPED not in names(Translator(cell, True), (x, before), y, loss)
    assert names(Translator(cell, False), (x, before), y, loss)[0] == SWAPPED


@every_cell
def test_cells_called_step_by_step(cell):
    class Looped(nn.Module):
        def __init__(self, axis):
            super().__init__()
            kind = {"LSTM": nn.LSTMCell, "GRU": nn.GRUCell, "tanh": nn.RNNCell}[cell]
            self.cell, self.out, self.axis = kind(3, 8), nn.Linear(8, 2), axis

        def forward(self, x):
            state, shown = None, []
            for one in x.unbind(self.axis):
                state = self.cell(one, state)
                shown.append(state[0] if isinstance(state, tuple) else state)
            return self.out(torch.stack(shown, self.axis)[:, -1])

    x, y = data((10, 7))
    assert SWAPPED not in names(Looped(1), x, y, F.cross_entropy)
    assert names(Looped(0), x, y, F.cross_entropy)[0] == SWAPPED


# --- probabilities --------------------------------------------------------------------------------------------------


class Soft(Reader):
    def forward(self, x):
        return torch.softmax(super().forward(x), -1)


def entropy(answer, target):
    return F.cross_entropy(answer, target)


@every_cell
@pytest.mark.parametrize("classes", [2, 4, 30])
@pytest.mark.parametrize("loss", [F.cross_entropy, nn.CrossEntropyLoss(), entropy, partial(entropy)])
def test_probabilities_where_scores_are_asked_for(cell, classes, loss):
    x, y = data((12, 30), classes)
    report = diagnose_model(Soft(cell, True, EDGE["last"], outputs=classes), x, y, loss)
    assert report.findings[0].name == PROBABILITIES
    best = float(F.cross_entropy(torch.eye(classes, dtype=torch.float64), torch.arange(classes)))
    assert best == pytest.approx(np.log(np.e + classes - 1) - 1)
    assert f"can reach is {best:.3g}" in report.findings[0].evidence
    assert names(Reader(cell, True, EDGE["last"], outputs=classes), x, y, loss)[0] != PROBABILITIES


def test_probabilities_at_every_step_in_half_precision_and_without_a_batch():
    x, y = torch.randn(6, 20, 3), torch.randint(0, 5, (6, 20))
    every = Soft("GRU", True, lambda o: o, outputs=5)
    assert names(every, x, y, lambda a, t: F.cross_entropy(a.transpose(1, 2), t))[0] == PROBABILITIES
    found = examine(observe_torch(every, lambda: F.cross_entropy(every(x).flatten(0, 1), y.flatten())))
    assert found.findings[0].name == PROBABILITIES
    short = Soft("GRU", True, EDGE["last"], outputs=5).to(torch.bfloat16)
    with pytest.warns(UserWarning, match="observed in float32"):
        assert names(short, x.to(torch.bfloat16), y[:, 0], F.cross_entropy)[0] == PROBABILITIES


def test_losses_that_take_probabilities_or_their_logarithms():
    x, y = data((12, 30), 3)
    soft, scores = Soft("LSTM", True, EDGE["last"], outputs=3), Reader("LSTM", True, EDGE["last"], outputs=3)
    assert names(soft, x, y, F.nll_loss)[0] == PROBABILITIES
    assert PROBABILITIES not in names(scores, x, y, lambda a, t: F.nll_loss(a.log_softmax(-1), t))
    assert PROBABILITIES not in names(soft, x, y, lambda a, t: F.nll_loss(a.log(), t))
    one_hot = F.one_hot(y, 3).float()
    assert PROBABILITIES not in names(soft, x, one_hot, F.mse_loss)
    assert PROBABILITIES not in names(scores, x, one_hot, F.cross_entropy)  # targets may be probabilities


BINARY = [F.binary_cross_entropy_with_logits, nn.BCEWithLogitsLoss(), F.multilabel_soft_margin_loss]
MOVED = {
    "as it is": lambda p: p,
    "a column": lambda p: p[:, 0],
    "squeezed": lambda p: p.squeeze(-1),
    "turned and copied": lambda p: p.t().contiguous().view(-1),
    "in double": lambda p: p.double(),
    "two heads": lambda p: torch.cat([p[:6], p[6:]]),
    "chosen": lambda p: p[torch.arange(12) % 3 > 0],
}


@every_cell
@pytest.mark.parametrize("loss", BINARY)
@pytest.mark.parametrize("moved", MOVED)
def test_a_sigmoid_in_front_of_a_loss_that_has_its_own(cell, loss, moved):
    x, _ = data((12, 10))
    model = Reader(cell, True, EDGE["last"], outputs=1)
    y = torch.rand(12, 1).round()

    def of(answer, target):
        given, wanted = MOVED[moved](answer), MOVED[moved](target)
        return loss(given[None], wanted[None]) if given.dim() == 1 else loss(given, wanted)

    found = diagnose_model(model, x, y, lambda a, t: of(torch.sigmoid(a), t)).findings[0]
    assert found.name == PROBABILITIES
    assert "a target of 1 costs at least 0.313 so, one of 0 at least 0.693" in found.evidence
    for sound in (of, lambda a, t: of(4 * torch.sigmoid(a) - 2, t), lambda a, t: of(a.abs() / 9, t)):
        assert PROBABILITIES not in names(model, x, y, sound)


def test_a_sigmoid_where_probabilities_are_asked_for_and_one_head_of_two():
    x, _ = data((12, 10))
    model, y = Reader("GRU", True, EDGE["last"], outputs=2), torch.rand(12, 2).round()
    assert PROBABILITIES not in names(model, x, y, lambda a, t: F.binary_cross_entropy(a.sigmoid(), t))
    half = lambda a, t: F.binary_cross_entropy_with_logits(torch.stack([a[:, 0].sigmoid(), a[:, 1]], 1), t)  # noqa: E731
    assert PROBABILITIES not in names(model, x, y, half)
    chances = lambda a, t: F.binary_cross_entropy_with_logits(a.softmax(-1)[:, 1], t[:, 1])  # noqa: E731
    assert names(model, x, y, chances)[0] == PROBABILITIES


def test_our_cells_meet_neither_condition():
    """The benchmark asks about cells of ours: their records hold no answers, and so neither cause has evidence."""
    from minirnn.diagnosis.entry import network_of
    from minirnn.diagnosis.measures import measure
    from tests.diagnosis.networks import healthy

    for kind in ("tanh", "LSTM", "GRU", "LRU"):
        network = network_of(*healthy(kind))
        assert network.answers is None
        m = measure(network)
        assert [CAUSES[name].evidence(m) for name in (SWAPPED, PROBABILITIES)] == [None, None]
