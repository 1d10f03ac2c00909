"""Each measure by a second route, and none of them a nan where the network is finite."""

import tracemalloc

import numpy as np
import pytest

from minirnn import (
    GRU,
    LRU,
    LSTM,
    IndRNN,
    LinearRNN,
    MinGRU,
    VanillaRNN,
    backward,
    diagnose,
    temporal_terms,
    unroll,
)
from minirnn.core.params import norm
from minirnn.diagnosis import batches, lags
from minirnn.diagnosis.entry import examine, network_of
from minirnn.diagnosis.parting import parting_of
from minirnn.diagnosis.units import directions, drive_of, growing, saturation, units_of, weight_sensitivity
from minirnn.diagnosis.updates import course
from minirnn.dynamics import network, spectrum
from minirnn.learning import Layer, TrainingLog, losses
from tests.diagnosis.networks import B, N, healthy
from tests.helpers import all_cells, only, random_params, refused

T = 80


def layer_of(network):
    return network_of(*network).layers[0]


# --- the gradient by lag ---------------------------------------------------------------------------------------------


def test_of_an_error_at_the_end_they_are_those_of_the_temporal_terms():
    cell, params, X, loss = healthy("LSTM", T=T)
    H = unroll(cell, params, X)
    _, dE, _ = loss(params, H[1:])
    sizes = np.array([np.linalg.norm(d) for d in backward(cell, params, X, H, dE)[::-1]])
    terms = temporal_terms(cell, params, X, H, dE)
    each = np.array([norm({key: term[t] for key, term in terms.items()}) for t in range(T)])
    report = diagnose(cell, params, X, loss)
    np.testing.assert_allclose(report.by_lag, sizes / sizes[0], rtol=1e-12)
    assert report.far_share == pytest.approx(each[: T // 2].sum() / each.sum(), rel=1e-12)


@all_cells
def test_errors_at_many_steps_are_sent_back_one_by_one(cell):
    """Against a backward pass for each error, sequence by sequence."""
    rng, T = np.random.default_rng(0), 9
    params, X = random_params(rng, cell), rng.standard_normal((T, 2, cell.m))
    H, dE = unroll(cell, params, X), np.zeros((T, 2, cell.n_state))
    dE[8, 0], dE[::2, 1] = rng.standard_normal(cell.n_state), rng.standard_normal((5, cell.n_state))
    found = lags.by_lag(Layer("cell", cell, params, X, H, dE))
    steps, rows = lags.errors_of(dE)
    sizes = np.full((len(steps), T), np.nan)
    for i, (s, b) in enumerate(zip(steps, rows, strict=True)):
        alone = np.zeros_like(dE)
        alone[s, b] = dE[s, b]
        sizes[i, : s + 1] = np.linalg.norm(backward(cell, params, X, H, alone)[s::-1, b], axis=1)
    there = ~np.isnan(sizes)
    squares = np.where(there, sizes, 0.0) ** 2
    expected = np.sqrt(squares.sum(axis=0) / (squares[:, :1] * there).sum(axis=0))
    np.testing.assert_allclose(found.sizes, expected, rtol=1e-9, atol=1e-300)
    assert (found.errors, found.sequences) == (4, 2)


def test_each_sequence_has_its_own_last_error():
    cell, params, X, _ = healthy("tanh", T=30)
    H, dE = unroll(cell, params, X), np.zeros((30, B, N))
    lengths = np.array([30, 30, 20, 20, 10, 10, 5, 5])
    dE[lengths - 1, np.arange(B)] = 1.0
    assert len(lags.by_lag(Layer("rnn", cell, params, X, H, dE)).sizes) == 30
    assert lags.errors_of(dE)[0].tolist() == (lengths - 1).tolist()


def test_an_error_in_the_middle_is_where_lag_0_is():
    cell, params, X, _ = healthy("tanh")
    cell_params = {key: params[key] for key in cell.shapes()}
    assert len(diagnose(cell, cell_params, X, only(39)).by_lag) == 40


def test_a_gradient_of_nothing_is_0_at_every_lag():
    cell, params, X, loss = healthy("relu")
    report = diagnose(cell, params | {"b": params["b"] - 50.0}, X, loss)
    assert report.by_lag.tolist() == [0.0] * len(X)
    assert report.far_share == 0
    assert np.isfinite(report.sensitivity)


def test_a_gradient_that_arrives_nowhere_but_far_back():
    """A ReLU unit that is off at the last step passes nothing there: the largest size is 1, not the first."""
    assert lags.relative(np.array([0.0, 0.0, 4.0, 2.0])).tolist() == [0.0, 0.0, 1.0, 0.5]


@pytest.mark.parametrize("size", [1e-250, 1.0, 1e250])
def test_sizes_at_the_ends_of_the_floats(size):
    cell, params, X, _ = healthy("tanh")
    H, dE = unroll(cell, params, X), np.zeros((len(X), B, N))
    dE[-1] = size
    found = lags.by_lag(Layer("rnn", cell, params, X, H, dE))
    assert found.sizes[0] == 1
    dE[-1] = 1.0
    np.testing.assert_allclose(found.sizes, lags.by_lag(Layer("rnn", cell, params, X, H, dE)).sizes, rtol=1e-9)


def test_memory_does_not_grow_with_steps_times_parameters():
    rng, cell = np.random.default_rng(0), VanillaRNN(m=2, n=100)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    X, loss = rng.standard_normal((400, 2, 2)), losses.at_end(losses.squared_error, np.ones((2, 1)))
    tracemalloc.start()
    diagnose(cell, params, X, loss)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.3 * len(X) * params["W"].nbytes


# --- exponents -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["tanh", "LSTM", "GRU", "LRU", "MinGRU"])
def test_exponents_are_those_of_the_directions_forwards(kind):
    cell, params, X, loss = healthy(kind, T=400)
    found = parting_of(layer_of((cell, params, X, loss))).along
    h0 = np.zeros((B, cell.n_state))
    forwards = spectrum(network(cell, params, X), h0, 400, k=1, burn_in=100).exponents.mean()
    assert found.value == pytest.approx(forwards, abs=0.01)
    assert abs(found.value - forwards) < 5 * found.error + 1e-3


def test_a_run_that_seems_to_part_is_followed_further():
    rng, cell = np.random.default_rng(0), LinearRNN(2, 4)
    params = cell.init(rng) | {"W": 1.1 * np.eye(4)}
    X = np.zeros((60, 3, 2))
    found = parting_of(Layer("rnn", cell, params, X, unroll(cell, params, X), np.zeros((60, 3, 4))))
    for exponent in (found.along, found.later):
        assert exponent.value == pytest.approx(np.log(1.1), rel=1e-9)
        assert exponent.error == pytest.approx(0, abs=1e-9)


def test_directions_that_are_annihilated_have_no_exponent_and_no_nan():
    cell, params, X, loss = healthy("relu")
    report = diagnose(cell, params | {"b": params["b"] - 50.0}, X, loss)
    assert np.isneginf(report.exponent)
    assert not np.isnan(report.measures.layers[0].parting.low)


# --- units -----------------------------------------------------------------------------------------------------------


def test_units_are_saturated_where_their_slope_is_small_or_their_gates_leave_them_near_their_bound():
    h = np.array([0.0, 0.97, 0.974, 0.975, -0.98, 0.999])
    assert VanillaRNN(1, 6).saturated(h).tolist() == [False, False, False, True, True, True]  # 1 - h² < 1/20
    assert LSTM(1, 3).saturated(h).tolist() == [False, False, True]  # of [h, c] the h
    assert GRU(1, 6).saturated(h).tolist() == [False, False, True, True, True, True]
    low = np.array([0.5, 0.02, 0.012, 0.99])
    assert IndRNN(1, 4, activation="sigmoid").saturated(low).tolist() == [False, False, True, True]
    for cell in (LinearRNN(1, 6), VanillaRNN(1, 6, activation="relu"), MinGRU(1, 6), LRU(1, 3)):
        found = cell.saturated(1e9 * h)
        assert found.shape == h.shape
        assert not found.any()


def test_of_a_cell_that_shows_nothing_nothing_is_said():
    class Silent(VanillaRNN):
        saturated = property()  # type: ignore[assignment]  # to have it raises AttributeError
        slopes = property()  # type: ignore[assignment]

    _, params, X, loss = healthy("tanh")
    report = diagnose(Silent(2, N), params, X, loss)
    assert report.saturated is None
    assert "saturated units            not visible" in str(report)
    assert "slopes of units" in report.findings[0].evidence
    assert saturation(VanillaRNN(1, 2), np.ones((3, 1, 2))) == 1


@all_cells
def test_gates_and_slopes_are_those_of_the_step(cell):
    """A gate that is open to 0 or 1 for every input is so in `openness`; a slope is the derivative of the unit."""
    rng = np.random.default_rng(0)
    params, X = random_params(rng, cell), rng.standard_normal((6, 3, cell.m))
    H, drive = unroll(cell, params, X), cell.drive(params, X)
    if hasattr(cell, "openness"):
        for gate in cell.openness(params, drive, H[:-1]).values():
            assert gate.shape == (6, 3, cell.n)
            assert ((gate > 0) & (gate < 1)).all()
    if hasattr(cell, "slopes"):
        slopes = cell.slopes(params, drive, H[:-1], H[1:])
        assert slopes.shape == (6, 3, cell.n)
        assert ((slopes >= 0) & (slopes <= 1)).all()
        if isinstance(cell, VanillaRNN | IndRNN):  # the step is σ(a) alone
            moved = [cell.step(params, H[:-1], drive + by) for by in (1e-6, -1e-6)]
            largest = 4 if cell.activation == "sigmoid" else 1
            np.testing.assert_allclose(slopes, largest * (moved[0] - moved[1]) / 2e-6, atol=1e-6)


def test_the_gates_of_an_lstm_and_a_gru():
    """c = f c_{-1} + i g and h = o tanh c; h = z h_{-1} + (1 - z) s: what comes of a step from known states."""
    rng = np.random.default_rng(0)
    cell = LSTM(2, 3)
    params, X, h = random_params(rng, cell), rng.standard_normal((1, 2)), rng.standard_normal((1, 6))
    gates = cell.openness(params, cell.drive(params, X), h)
    _, _, g, _, _ = cell.gates(params, h, cell.drive(params, X))
    after = cell.step(params, h, cell.drive(params, X))
    np.testing.assert_allclose(after[:, 3:], gates["forget"] * h[:, 3:] + gates["input"] * g)
    np.testing.assert_allclose(after[:, :3], gates["output"] * np.tanh(after[:, 3:]))
    cell = GRU(2, 3)
    params, h = random_params(rng, cell), h[:, :3]
    gates = cell.openness(params, cell.drive(params, X), h)
    s = np.tanh(cell.gates(params, h, cell.drive(params, X))[2])
    np.testing.assert_allclose(
        cell.step(params, h, cell.drive(params, X)), gates["forget"] * h + gates["input"] * s
    )


def test_dead_units_are_counted():
    cell, params, X, loss = healthy("relu")
    params["b"] = np.where(np.arange(N) < 5, -100.0, 5.0)
    found = units_of(layer_of((cell, params, X, loss)))
    assert found.dead == 5 / N
    assert found.saturated == 0


def test_a_unit_that_wakes_late_does_not_grow_without_end():
    H = np.zeros((40, 2, 3))
    H[35:, 0, 1] = 7.0
    assert not growing(H)
    assert growing(1.3 ** np.arange(80)[:, None, None] * np.ones((80, 2, 3)))
    assert directions(np.zeros((4, 3))) == 0
    assert directions(1e200 * np.eye(3)) == pytest.approx(2)


def test_what_the_inputs_do_to_the_pre_activations_leaves_biases_out():
    cell, params, X, loss = healthy("LSTM")
    everywhere = np.ones(X.shape[:2], bool)
    found = drive_of(layer_of((cell, params, X, loss)), everywhere)
    biased = drive_of(layer_of((cell, params | {"b": params["b"] + 9.0}, X, loss)), everywhere)
    np.testing.assert_allclose(biased, found, rtol=1e-9)
    twice = drive_of(layer_of((cell, params, 2 * X, loss)), everywhere)
    np.testing.assert_allclose(twice, 2 * np.array(found), rtol=1e-9)


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_sensitivity_does_not_depend_on_the_size_of_the_states(size):
    cell = LinearRNN(1, 1)
    params = {"W": np.full((1, 1), 0.5), "U": np.ones((1, 1)), "b": np.zeros(1)}
    values = []
    for scale in (1.0, size):
        X = np.full((8, 2, 1), scale)
        values.append(weight_sensitivity(cell, params, X, unroll(cell, params, X)[-1]))
    assert values[1] == pytest.approx(values[0])


# --- the batch -------------------------------------------------------------------------------------------------------


def test_the_best_constant_is_that_of_the_losses():
    """Against the loss itself, at the constant and at its neighbours."""
    rng = np.random.default_rng(0)
    everywhere = np.ones((9, 50), bool)
    values, classes = rng.standard_normal((50, 2)), rng.integers(0, 3, 50)
    best = values.mean(axis=0)
    for answer in (best, best + 0.1, best - 0.1):
        E, _ = losses.squared_error(np.tile(answer, (50, 1)), values)
        assert batches.best_constant(values, everywhere) - 1e-12 <= E
    shares = np.log(np.bincount(classes) / 50)
    E, _ = losses.softmax_cross_entropy(np.tile(shares, (50, 1)), classes)
    assert pytest.approx(batches.best_constant(classes, everywhere)) == E


def test_padding_counts_for_nothing():
    rng = np.random.default_rng(0)
    lengths = rng.integers(5, 40, B)
    exists = np.arange(40)[:, None] < lengths
    X = np.where(exists[..., None], rng.standard_normal((40, B, 2)), 1e6)
    found = batches.inputs_of(X, exists)
    assert found.deviation.max() < 2
    target = np.where(exists[..., None], X[..., :1], -1e6)
    assert batches.targets_of(target, exists).rows == lengths.sum()
    assert batches.near(X, target, exists).share > 0.99


# --- the log ---------------------------------------------------------------------------------------------------------


def test_the_course_of_a_log():
    loss = np.array([2.0, 8.0, 2.0, 2.0, 1.0, 0.9, 0.8, np.nan, 0.7, 0.6])
    found = course(TrainingLog(loss, np.linspace(1, 10, 10), np.full(10, 0.02), clip=5.5))
    assert (found.first, found.highest, found.overflow) == (2.0, 8.0, 7)
    assert found.last == 0.6
    assert found.jumps == 1 / 8
    assert found.clipped == 0.5
    assert found.excess == pytest.approx(1.0)
    assert found.step == found.largest == 0.02


def test_norms_and_a_clip_are_a_log_of_norms():
    few = diagnose(*healthy("LSTM"), norms=[0.5, 2.0, 0.7, 0.9], clip=1.0)
    many = diagnose(*healthy("LSTM"), norms=[5.0] * 20, clip=1.0)
    assert few.clip_rate == 0.25
    assert few.findings[0].name == "nothing-found"
    assert many.findings[0].name == "clip-too-low"
    assert "100 % of the updates are clipped" in many.findings[0].evidence


def test_measures_of_what_is_not_finite():
    norms = [np.nan, np.nan, 3.0, np.inf, 0.5]
    assert diagnose(*healthy("LSTM"), norms=norms, clip=1.0).clip_rate == pytest.approx(2 / 3)
    assert np.isnan(diagnose(*healthy("LSTM"), norms=[np.nan], clip=1.0).clip_rate)
    cell, params, X, loss = healthy("tanh")
    params["b"] = np.full(N, np.nan)
    report = diagnose(cell, params, X, loss)
    assert np.isnan(report.saturated)
    assert report.state_overflow == 1


def test_no_measure_makes_a_nan_where_the_network_is_finite():
    for kind in ("tanh", "relu", "LSTM", "GRU", "LRU", "MinGRU", "IndRNN", "linear"):
        cell, params, X, loss = healthy(kind)
        for changed in (params | {"V": 0 * params["V"]}, {key: 0 * p for key, p in params.items()}, params):
            for inputs in (X, 0 * X, np.ones_like(X), X[:, :1], X[:4]):
                rows = inputs.shape[1]
                report = diagnose(cell, changed, inputs, losses.at_end(loss.error, loss.target[:rows]))
                assert not np.isnan(report.by_lag).any()
                top = report.top
                shares = [report.far_share, report.exponent, top.sensitivity, top.units.directions, *top.drive]
                assert not np.isnan([*shares, report.findings[0].confidence]).any()
                assert " nan" not in str(report).replace("inf or nan", "")


# --- refusals --------------------------------------------------------------------------------------------------------


def test_bad_input():
    cell, params, X, loss = healthy("tanh")
    with refused(ValueError, "norms and clip must be given together"):
        diagnose(cell, params, X, loss, clip=1.0)
    with refused(ValueError, "T of X must be an integer >= 4, got 2", "bring a batch of longer sequences"):
        diagnose(cell, params, X[:2], loss)
    with refused(ValueError, f"lag must be at most {len(X)}", "that VanillaRNN read, got 500", "longer sequences"):
        diagnose(cell, params, X, loss, lag=500)
    diagnose(cell, params, X, loss, lag=len(X))
    with refused(ValueError, "lag must be an integer >= 0"):
        diagnose(cell, params, X, loss, lag=-1)
    with refused(ValueError, "give the log alone"):
        diagnose(cell, params, X, loss, [1.0], 1.0, log=TrainingLog(np.ones(3), np.ones(3)))
    with refused(ValueError, "norm must be (3,)"):
        TrainingLog(np.ones(3), np.ones(2))
    with refused(TypeError, "network must be"):
        examine(cell)


@pytest.mark.parametrize("norms", [[1j], np.array(1.0), np.ones((2, 2)), [], ["a"]])
def test_norms_that_are_no_list_of_numbers(norms):
    with refused((TypeError, ValueError), "norms must be"):
        diagnose(*healthy("tanh"), norms=norms, clip=1.0)


def test_class_numbers_below_0_ask_for_nothing():
    exists, Y = np.ones((6, 8), bool), np.full((6, 8), -100)
    Y[3:5] = 1
    assert batches.targets_of(Y, exists).rows == 16
    assert batches.targets_of(Y, exists).constant
    assert batches.targets_of(np.full((6, 8), -100), exists).rows == 0
    assert batches.near(np.random.default_rng(0).standard_normal((6, 8, 1)), Y, exists) is None
    at_end = np.array([0, -100, 2])
    assert batches.rows_of(at_end, np.ones((5, 3), bool)).tolist() == [0, 2]
    assert [a.tolist() for a in batches.examples(at_end, np.ones((5, 3), bool))[:2]] == [[4, 4], [0, 2]]


def test_a_log_is_read_as_it_was_written(tmp_path):
    whole = TrainingLog(np.array([1.0, np.nan]), np.ones(2), np.full(2, 0.1), clip=0.5, rate=1e-3, every=10)
    for log in (whole, TrainingLog(np.ones(3), np.ones(3)), TrainingLog(np.ones(3, np.float32), np.ones(3))):
        log.save(tmp_path / "log.npz")
        again = TrainingLog.load(tmp_path / "log.npz")
        for key, value in vars(log).items():
            np.testing.assert_array_equal(getattr(again, key), value)
    np.savez(tmp_path / "own.npz", loss=[2.0, 1.0], norm=[1, 1], clip=1.0)
    assert TrainingLog.load(tmp_path / "own.npz").clip == 1.0
    for wrong in (
        {"loss": [1.0]},
        {"loss": [1.0], "norm": [1.0], "rates": [1.0]},
        {"loss": [1.0], "norm": [1.0, 2.0]},
    ):
        np.savez(tmp_path / "own.npz", **wrong)
        with pytest.raises(ValueError, match="must"):
            TrainingLog.load(tmp_path / "own.npz")
