"""What somebody who knew neither the rules nor the tests tried, and was told something wrong."""

import math

import numpy as np
import pytest

from minirnn.diagnosis import diagnose_model, watch
from minirnn.learning import TrainingLog

torch = pytest.importorskip("torch")
from minirnn.bridges.constant_answers import loss_of_constant  # noqa: E402

nn, F = torch.nn, torch.nn.functional
CELLS = {"LSTM": nn.LSTM, "GRU": nn.GRU, "tanh": nn.RNN}
every_cell = pytest.mark.parametrize("cell", CELLS)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


class Reader(nn.Module):
    """Answers from the states at one step: (B, outputs)."""

    def __init__(self, cell="LSTM", outputs=1, read=-1, end=None, **options):
        super().__init__()
        self.rnn, self.read, self.end = CELLS[cell](2, 16, batch_first=True, **options), read, end or nn.Identity()
        self.out = nn.Linear(16 * (1 + self.rnn.bidirectional), outputs)

    def forward(self, x):
        return self.end(self.out(self.rnn(x)[0][:, self.read]))


def names(*arguments, **options):
    return [found.name for found in diagnose_model(*arguments, **options).findings]


# --- the best constant answer of losses that take probabilities or their logarithms -------------------------------


@pytest.mark.parametrize("ones", [2, 5, 8])
@every_cell
def test_a_sigmoid_and_the_loss_of_probabilities(cell, ones):
    x, y = torch.randn(16, 30, 2), (torch.arange(16) < ones).float()[:, None]
    p = ones / 16
    report = diagnose_model(Reader(cell, end=nn.Sigmoid()), x, y, nn.BCELoss())
    assert report.measures.baseline == pytest.approx(-p * math.log(p) - (1 - p) * math.log(1 - p), rel=1e-4)


LOG_PROBABILITIES = {
    "nll": (F.nll_loss, lambda k: k),
    "kl": (lambda a, t: F.kl_div(a, t, reduction="batchmean"), lambda k: F.one_hot(k, 3).float()),
    "cross entropy": (F.cross_entropy, lambda k: k),
}


@pytest.mark.parametrize("loss", LOG_PROBABILITIES)
def test_log_probabilities_stay_such(loss):
    k = torch.tensor([0, 0, 0, 1, 1, 2, 2, 2])
    function, targets = LOG_PROBABILITIES[loss]
    right = -sum(p * math.log(p) for p in (3 / 8, 2 / 8, 3 / 8))
    found = loss_of_constant(function, torch.randn(8, 3).log_softmax(-1), targets(k), T=5, B=8)
    assert found == pytest.approx(right, rel=1e-4)


def test_a_loss_without_a_least_value_has_no_best_constant():
    k = torch.arange(8) % 3
    assert loss_of_constant(F.nll_loss, torch.randn(8, 3), k, T=5, B=8) is None  # scores, of which one may grow
    spaces = torch.randn(30, 8, 6).log_softmax(-1)
    ends = torch.full((8,), 30), torch.full((8,), 5)
    found = loss_of_constant(lambda a, t: F.ctc_loss(a, t, *ends), spaces, torch.randint(1, 6, (8, 5)), T=30, B=8)
    assert found is not None
    assert found > 0


# --- logs ------------------------------------------------------------------------------------------------------------


def train(model, updates, rate, adding_up=1, cleared=True):
    """Which sign had the first input; the watcher of the training, with a gradient at each `adding_up`-th update."""
    optimizer = torch.optim.Adam(model.parameters(), rate)
    with watch(model, every=5) as watcher:
        for update in range(1, updates + 1):
            x = torch.randn(32, 8, 2)
            loss = F.mse_loss(model(x), x[:, :1, 0].sign())
            (loss / adding_up).backward()
            if update % adding_up == 0:
                optimizer.step()
                if cleared:
                    optimizer.zero_grad()
            watcher.update(loss)
            if not cleared and update % adding_up == 0:
                optimizer.zero_grad()
    return watcher


def test_gradients_that_add_up_over_batches_are_no_nan():
    model = Reader()
    watcher = train(model, 60, 1e-2, adding_up=4)
    log = watcher.log()
    assert 0 < len(log.loss) < len(watcher.rows)
    assert np.isfinite(log.norm).all()
    x = torch.randn(32, 8, 2)
    assert "rate-too-high" not in names(model, x, x[:, :1, 0].sign(), F.mse_loss, log=log)


def test_a_watcher_that_comes_after_zero_grad_says_so():
    watcher = train(Reader(), 10, 1e-3)
    with pytest.warns(UserWarning, match="call update before zero_grad"):
        assert np.isnan(watcher.log().norm).all()


@every_cell
def test_a_log_that_begins_when_the_task_is_learned_scatters_without_a_finding(cell):
    model = Reader(cell)
    x = torch.randn(64, 8, 2)
    for low, high in ((0.05, 0.165), (0.02, 0.2)):  # of a constant's loss of 1
        noise = np.array([low, low, 0.15, 0.06, 0.19, 0.05, 0.14, 0.05, high, high])
        log = TrainingLog(noise, np.ones(10), np.full(10, 0.005))
        assert "rate-too-high" not in names(model, x, x[:, :1, 0].sign(), F.mse_loss, log=log)
    log = TrainingLog(np.array([0.5, 0.6, 1.0, 0.9, 1.4, 1.5, 1.6, 1.4]), np.ones(8), np.full(8, 0.05))
    assert names(model, x, x[:, :1, 0].sign(), F.mse_loss, log=log)[0] == "rate-too-high"


@pytest.mark.parametrize("mean", [30.0, 1000.0, 1e6])
@pytest.mark.parametrize("rate", [1e-3, 1e-2])
def test_targets_off_scale_come_before_the_rate_that_they_make_look_high(mean, rate):
    model, x = Reader(), torch.randn(32, 8, 2)
    y = mean * (1 + 0.13 * x[:, :1, 0])
    optimizer = torch.optim.Adam(model.parameters(), rate)
    with watch(model) as watcher:
        for _ in range(60):
            optimizer.zero_grad()
            loss = F.mse_loss(model(x), y)
            loss.backward()
            optimizer.step()
            watcher.update(loss)
    assert names(model, x, y, F.mse_loss, log=watcher.log(rate=rate))[0] == "targets-off-scale"


def test_a_loss_that_grew_out_of_the_floats_was_made_by_no_logarithm():
    model, x = Reader(), torch.randn(16, 10, 2)
    optimizer = torch.optim.SGD(model.parameters(), 50.0)
    with watch(model, halt=False) as watcher:
        for _ in range(60):
            optimizer.zero_grad()
            loss = (model(x) ** 2).mean()
            loss.backward()
            optimizer.step()
            watcher.update(loss)
            if watcher.births:
                break
    assert watcher.births[0][1].kind in ("growth", "update")
    if watcher.births[0][1].kind == "growth":
        assert "smaller rate" in str(watcher.births[0][1])


# --- no gradient -----------------------------------------------------------------------------------------------------


@every_cell
def test_all_parameters_frozen(cell):
    model = Reader(cell).requires_grad_(False)
    x = torch.randn(16, 12, 2)
    report = diagnose_model(model, x, x[:, :1, 0].sign(), F.mse_loss)
    found = next(found for found in report.findings if found.name == "frozen-parameters")
    assert "all are frozen" in found.evidence


@every_cell
def test_a_loss_that_is_0_for_every_answer(cell):
    x = torch.randn(16, 12, 2)
    assert names(Reader(cell), x, x[:, :1, 0].sign(), lambda a, t: a.sum() * 0)[0] == "loss-ignores-sequence"


@every_cell
def test_a_loss_of_0_that_was_reached(cell):
    model, x = Reader(cell), torch.randn(16, 12, 2)
    assert "loss-ignores-sequence" not in names(model, x, model(x).detach(), F.mse_loss)


@every_cell
def test_the_first_step_has_no_past(cell):
    x = torch.randn(16, 12, 2)
    for model in (
        Reader(cell, read=0),
        Reader(cell, bidirectional=True),
    ):  # of two directions one ends at the start
        report = diagnose_model(model, x, x[:, :1, 0].sign(), F.mse_loss)
        found = next(found for found in report.findings if found.name == "frozen-parameters")
        assert "at the first step alone, whose state has no past" in found.evidence
        assert "a step that has a past in each direction" in found.remedy


@every_cell
def test_a_dead_unit_at_the_output(cell):
    model = Reader(cell, end=nn.ReLU())
    with torch.no_grad():
        model.out.bias -= 50
    x = torch.randn(16, 12, 2)
    found = diagnose_model(model, x, x[:, :1, 0].sign(), F.mse_loss).findings[0]
    assert found.name == "loss-ignores-sequence"
    assert "lost above both" in found.evidence
