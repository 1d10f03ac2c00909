"""The watch over a training loop: rows, where a nan was born, and that the model is left as it was."""

import copy
import io
import pickle

import numpy as np
import pytest

from minirnn import LSTM, VanillaRNN, train
from minirnn.diagnosis.births import Birth, first_bad
from minirnn.diagnosis.watcher import NotFinite, Watcher, watch
from minirnn.layers import Stack
from minirnn.learning import losses, optimizers, tasks
from tests.helpers import refused

torch = pytest.importorskip("torch")
T, B, N = 30, 4, 8


class Reader(torch.nn.Module):
    def __init__(self, kind="LSTM", **options):
        super().__init__()
        self.rnn = getattr(torch.nn, kind)(2, N, batch_first=True, **options)
        self.out = torch.nn.Linear(N, 2)

    def forward(self, x):
        return self.out(self.rnn(x)[0][:, -1])


def batch(seed=0):
    torch.manual_seed(seed)
    x = torch.randn(B, T, 2)
    return x, (x.sum((1, 2)) > 0).long()


def updates(model, watcher, rate=0.1, K=20, change=lambda k, x: x, norm=None):
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    for k in range(1, K + 1):
        x, y = batch(k)
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(change(k, x)), y)
        loss.backward()
        optimizer.step()
        watcher.update(loss, norm)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_a_row_every_few_updates():
    model = Reader()
    with watch(model, every=5) as watcher:
        updates(model, watcher)
    assert [row.update for row in watcher.rows] == [5, 10, 15, 20]
    last, state = watcher.rows[-1], {name: p.detach() for name, p in model.named_parameters()}
    grads = np.sqrt(sum(float((p.grad**2).sum()) for p in model.parameters()))
    sizes = np.sqrt(sum(float((p**2).sum()) for p in state.values()))
    assert last.norm == pytest.approx(grads, rel=1e-5)
    assert last.size == pytest.approx(0.1 * grads / sizes, rel=0.01)
    assert 0 < last.largest < 1
    assert all(torch.equal(watcher.last_finite[name], p) for name, p in state.items())
    assert watcher.log(clip=1.0).norm.shape == (4,)
    assert len(str(watcher).splitlines()) == 5


def test_the_model_is_left_as_it_was_and_learns_the_same():
    numbers = []
    for watched in (True, False):
        torch.manual_seed(3)
        model = Reader(num_layers=2)
        if watched:
            with watch(model) as watcher:
                updates(model, watcher)
        else:
            updates(model, Watcher.__new__(Silent))
        assert not model.rnn._forward_hooks
        assert not model.rnn._forward_pre_hooks
        numbers.append([p.detach().numpy() for p in model.parameters()])
    assert all(np.allclose(a, b, rtol=1e-6, atol=1e-7) for a, b in zip(*numbers, strict=True))


class Silent(Watcher):
    def update(self, loss, norm=None):
        pass


def birth_of(model, **options):
    with pytest.raises(NotFinite) as caught, watch(model) as watcher:
        updates(model, watcher, **options)
    assert not model.rnn._forward_hooks
    assert all(bool(p.isfinite().all()) for p in watcher.last_finite.values())
    assert watcher.rows[-1].update == caught.value.update
    return caught.value


def with_nan(step, feature, sequence, at):
    def change(k, x):
        if k == at:
            x[sequence, step - 1, feature] = float("nan")
        return x

    return change


def test_a_nan_among_the_inputs():
    found = birth_of(Reader(), change=with_nan(7, 1, 2, at=4))
    assert found.update == 4
    assert found.birth == Birth("inputs", "rnn", step=7, unit=1, sequence=2)
    assert "inputs of rnn" in str(found)


@pytest.mark.parametrize("layers", [1, 2])
def test_states_that_overflow_have_a_step_and_a_unit(layers):
    model = Reader("RNN", nonlinearity="relu", num_layers=layers)
    with torch.no_grad():
        getattr(model.rnn, f"weight_hh_l{layers - 1}")[3] = 1e4  # unit 3 grows by 1e4 a step: 1e38 after ten
        getattr(model.rnn, f"bias_ih_l{layers - 1}")[3] = 1.0
    found = birth_of(model)
    assert found.update == 1
    assert found.birth.kind == "forward"
    assert found.birth.name.startswith("rnn")
    assert ("layer 1" in found.birth.name) == (layers == 2)
    assert 8 <= found.birth.step <= 12
    assert found.birth.unit == 3


def test_a_gradient_that_overflows_on_its_way_back():
    model = Reader("RNN", nonlinearity="tanh")
    with torch.no_grad():
        model.rnn.weight_hh_l0[:] = 1e3 * torch.eye(N)
        model.rnn.weight_ih_l0[:] = 0
        model.rnn.bias_ih_l0[:] = 0
        model.rnn.bias_hh_l0[:] = 0
    found = birth_of(model)
    assert found.birth.kind == "gradient"
    assert found.birth.name == "rnn"
    assert 10 < found.birth.step < 20  # 1e3 to the power of 13 is too large for float32


def test_an_update_that_is_too_large():
    found = birth_of(Reader(), rate=float("inf"))
    assert found.birth.kind == "update"
    assert found.birth.name in dict(Reader().named_parameters())
    assert "a smaller rate" in str(found)


def test_a_loss_that_is_not_finite_though_all_states_are():
    class Log(Reader):
        def forward(self, x):
            return torch.log(super().forward(x) * 0)

    assert birth_of(Log()).birth == Birth("loss")


def test_what_a_scaler_skips_is_no_death():
    model = Reader()
    with watch(model, every=1) as watcher:
        x, y = batch()
        loss = torch.nn.functional.cross_entropy(model(x), y)
        loss.backward()
        model.out.weight.grad[:] = float("nan")  # and no step is made
        watcher.update(loss)
    assert not watcher.births


def test_it_can_go_on():
    model = Reader()
    with watch(model, halt=False, every=100) as watcher:
        updates(model, watcher, change=with_nan(7, 1, 2, at=4))
    assert [(update, birth.kind) for update, birth in watcher.births] == [(4, "inputs")]  # all else follows
    assert watcher.updates == 20
    assert all(bool(p.isfinite().all()) for p in watcher.last_finite.values())
    assert "update 4" in str(watcher)


def test_packed_sequences_and_a_norm_of_ones_own():
    model = torch.nn.Module()
    model.rnn = torch.nn.GRU(2, N)
    lengths = torch.tensor([5, 3])
    with watch(model, every=1) as watcher:
        packed = torch.nn.utils.rnn.pack_padded_sequence(torch.randn(5, 2, 2), lengths)
        loss = model.rnn(packed)[1].sum()
        loss.backward()
        watcher.update(loss, norm=7.0)
    assert watcher.rows[0].norm == 7


def test_our_own_loop():
    rng, cell = np.random.default_rng(0), LSTM(m=6, n=8)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=4)

    def run(cell, params, **options):
        return train(
            cell, params, lambda rng: tasks.temporal_order(rng, B=10, T=12),
            lambda target: losses.at_end(losses.softmax_cross_entropy, target),
            optimizers.sgd(0.1), updates=20, rng=np.random.default_rng(1), progress=False, **options,
        )  # fmt: skip

    watcher = Watcher(every=5)
    run_ = run(cell, params, each_update=watcher)
    assert [row.loss for row in watcher.rows] == run_.history["loss"][4::5]
    with refused(ValueError, "watch(model)"):
        watcher.update(1.0)
    grown = VanillaRNN(m=6, n=8, activation="relu")
    params = grown.init(rng) | losses.init_readout(rng, grown, outputs=4)
    params["W"] = 1e40 * np.ones((8, 8))
    with pytest.raises(NotFinite) as caught:
        run(grown, params, each_update=Watcher())
    assert caught.value.birth.kind in ("forward", "gradient")


def test_bad_input():
    with refused(TypeError, "torch.nn.Module"):
        watch(3)
    with refused(ValueError, "every"):
        watch(Reader(), every=0)
    dead = Reader()
    with torch.no_grad():
        dead.out.bias[0] = float("nan")
    with refused(ValueError, "out.bias"):
        watch(dead)
    with watch(Reader()) as watcher, refused(ValueError, "no row yet"):
        watcher.log()


def test_first_bad_looks_from_either_end():
    A = np.zeros((5, 2, 3))
    A[1, 1, 2] = A[3, 0, 1] = np.nan
    assert first_bad(A) == (2, 2, 1)
    assert first_bad(A, last=True) == (4, 1, 0)
    assert first_bad(A[:1]) is None


def test_a_validation_within_the_watch_is_no_part_of_the_training():
    model = Reader()
    with watch(model, every=1) as watcher:
        updates(model, watcher, K=1)
        with torch.no_grad():
            model(1000.0 * batch()[0])
        with torch.inference_mode():
            model(1000.0 * batch()[0])
        assert not [*watcher.source.recorder.calls()]
        updates(model, watcher, K=1, rate=0.0)
    assert watcher.rows[1].largest < 0.9  # of the validation's states it is nearly 1


def test_states_that_dropout_changed_between_layers_hide_no_birth():
    model = Reader(num_layers=2, dropout=0.5)
    for change, kind in ((lambda loss: torch.log(-loss), "loss"), (lambda loss: torch.sqrt(0.0 * loss), "above")):
        x, y = batch()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        with watch(model) as watcher:
            loss = change(torch.nn.functional.cross_entropy(model(x), y))
            loss.backward()
            optimizer.step()
            with pytest.raises(NotFinite) as caught:
                watcher.update(loss)
        assert caught.value.birth.kind == kind
        model.load_state_dict(watcher.last_finite, strict=False)


def test_parameters_that_moved_since_the_last_update_hide_no_birth():
    model, (x, y) = Reader(), batch()
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    with watch(model) as watcher:
        torch.nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
        with pytest.raises(NotFinite) as caught:
            watcher.update(torch.log(-torch.nn.functional.cross_entropy(model(x), y)))
    assert caught.value.birth.kind == "loss"


class Pair(torch.nn.Module):
    """Two modules side by side, or one after the other."""

    def __init__(self, chained):
        super().__init__()
        self.chained = chained
        self.first = torch.nn.RNN(2, N, batch_first=True, nonlinearity="relu")
        self.second, self.out = torch.nn.GRU(2, N, batch_first=True), torch.nn.Linear(N, 2)

    def forward(self, x, z):
        h = self.first(x)[1]
        return self.out(self.second(z, h if self.chained else None)[0][:, -1] + h[0])


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_bad_inputs_of_any_module(value):
    model, (x, y) = Pair(chained=False), batch()
    z = x.clone()
    z[2, 3, 1] = value
    with watch(model) as watcher:
        loss = torch.nn.functional.cross_entropy(model(x, z), y)
        loss.backward()
        torch.optim.SGD(model.parameters(), lr=0.1).step()
        with pytest.raises(NotFinite) as caught:
            watcher.update(loss)
    assert caught.value.birth == Birth("inputs", "second", 4, 1, 2)


def test_what_a_broken_state_is_handed_to_is_not_to_blame():
    model, (x, y) = Pair(chained=True), batch()
    with torch.no_grad():
        model.first.weight_hh_l0.copy_(1000.0 * torch.eye(N))
    with watch(model) as watcher, pytest.raises(NotFinite) as caught:
        watcher.update(torch.nn.functional.cross_entropy(model(x, x), y))
    assert (caught.value.birth.kind, caught.value.birth.name) == ("forward", "first")
    assert caught.value.birth.step > 5


def test_outputs_that_come_back_as_inputs_are_no_bad_inputs():
    class Speaker(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.cell = torch.nn.RNNCell(N, N, nonlinearity="relu")

        def forward(self, h):
            for _ in range(30):
                h = self.cell(h, h)
            return h

    model = Speaker()
    with torch.no_grad():
        model.cell.weight_ih.copy_(1000.0 * torch.eye(N))
    with watch(model) as watcher, pytest.raises(NotFinite) as caught:
        watcher.update(model(torch.ones(B, N)).mean())
    assert caught.value.birth[:2] == ("forward", "cell")


def test_accumulated_gradients_whose_last_loss_is_finite():
    model, (x, y) = Reader(), batch()
    bad = x.clone()
    bad[1, 4, 0] = float("nan")
    with watch(model) as watcher:
        for part in (x, bad, x):
            loss = torch.nn.functional.cross_entropy(model(part), y)
            loss.backward()
        torch.optim.SGD(model.parameters(), lr=0.1).step()
        with pytest.raises(NotFinite) as caught:
            watcher.update(loss)
    assert caught.value.birth == Birth("inputs", "rnn[sequence 2]", 5, 0, 1)


def test_a_loss_without_a_recurrent_module_says_nothing_of_states():
    model = torch.nn.Linear(2, 2)
    with watch(model) as watcher, pytest.raises(NotFinite, match="no recurrent module"):
        watcher.update(model(torch.full((1, 2), float("nan"))).sum())


def test_sparse_gradients():
    class Speller(Reader):
        def __init__(self):
            super().__init__()
            self.letters = torch.nn.Embedding(5, 2, sparse=True)

        def forward(self, x):
            return super().forward(self.letters(x))

    model = Speller()
    with watch(model, every=1) as watcher:
        updates(model, watcher, K=2, change=lambda k, x: (x[..., 0] > 0).long())
    grads = np.sqrt(sum(float((p.grad.to_dense() ** 2).sum()) for p in model.parameters()))
    assert watcher.rows[-1].norm == pytest.approx(grads, rel=1e-5)


def test_copies_and_files_of_a_watched_model():
    model, (x, _) = Reader(), batch()
    with watch(model) as watcher:
        model(x)
        twin = copy.deepcopy(model)
        torch.save(model, io.BytesIO())
        twin(x)
        assert len([*watcher.source.recorder.calls()]) == 1


def test_a_birth_passes_from_process_to_process():
    error = NotFinite(Birth("loss"), 3)
    again = pickle.loads(pickle.dumps(error))
    assert (again.birth, again.update, str(again)) == (error.birth, 3, str(error))


def test_the_layer_of_a_stack_that_overflows():
    rng, cell = np.random.default_rng(0), Stack([LSTM(m=2, n=4), VanillaRNN(m=4, n=3, activation="relu")])
    params = cell.init(rng) | losses.init_readout(rng, cell, 1)
    params["1.W"] = 1e30 * np.eye(3)

    def drawn(rng):
        return rng.standard_normal((40, 4, 2)), rng.standard_normal((4, 1))

    def loss(target):
        return losses.at_end(losses.squared_error, target)

    sgd = optimizers.sgd(0.1)
    with pytest.raises(NotFinite) as caught:
        train(cell, params, drawn, loss, sgd, updates=2, rng=rng, progress=False, each_update=Watcher())
    assert (caught.value.birth.kind, caught.value.birth.name) == ("forward", "Stack[1]")


@pytest.mark.parametrize("loss", [None, [1.0], "one", torch.ones(3)])
def test_a_loss_that_is_no_number(loss):
    with watch(Reader()) as watcher, refused((TypeError, ValueError), "loss must be a number or a scalar tensor"):
        watcher.update(loss)


def test_a_watch_that_was_not_begun():
    with refused(ValueError, "with watch(model) as watcher"):
        watch(Reader()).update(1.0)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision(dtype):
    model = Reader().to(dtype)
    with watch(model, every=2) as watcher:
        updates(model, watcher, rate=0.01, K=4, change=lambda k, x: x.to(dtype))
        assert all(np.isfinite(row[1:]).all() for row in watcher.rows)
        with pytest.raises(NotFinite) as error:
            updates(model, watcher, K=1, change=lambda k, x: torch.full_like(x, 1e30).to(dtype) / 0)
    assert error.value.birth.kind == "inputs"
    assert {p.dtype for p in watcher.last_finite.values()} == {dtype}


def test_states_that_overflow_in_half_precision_alone():
    """Computed again in float32 they do not: the module's own answer tells the step."""
    model = Reader("RNN", nonlinearity="relu").to(torch.float16)
    with torch.no_grad():
        model.rnn.weight_hh_l0.copy_(3 * torch.eye(N))
    with watch(model) as watcher, pytest.raises(NotFinite) as error:
        updates(model, watcher, K=1, change=lambda k, x: x.abs().half())
    birth = error.value.birth
    assert birth.kind == "forward"
    assert 5 <= birth.step <= 14
