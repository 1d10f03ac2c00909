"""No alarm at health: starts that the book recommends, networks that learned, tasks that need one step."""

from functools import partial

import numpy as np
import pytest

from minirnn import GRU, LSTM, VanillaRNN, diagnose
from minirnn.core import initializers
from minirnn.learning import TrainingLog, losses, tasks
from tests.diagnosis.networks import SEEDS, B, N, adam, healthy, trained

every_seed = pytest.mark.parametrize("seed", SEEDS)


def names(report):
    return [found.name for found in report.findings]


@every_seed
@pytest.mark.parametrize(
    ("kind", "T"),
    [*((kind, T) for kind in ("relu", "LSTM", "GRU", "LRU") for T in (20, 60, 200)), ("tanh", 20), ("tanh", 60),
     ("LSTM", 400), ("MinGRU", 60), ("IndRNN", 60)],
)  # fmt: skip
def test_starts_with_the_remedies_of_the_book(kind, T, seed):
    assert names(diagnose(*healthy(kind, seed, T))) == ["nothing-found"]


@pytest.mark.parametrize("T", [20, 50, 100, 200, 400])
@pytest.mark.parametrize("seed", range(8))
def test_a_forget_bias_of_the_logarithm_of_the_length_is_not_chaos(T, seed):
    cell, params, X, loss = healthy("LSTM", seed, T)
    assert "chaotic" not in names(diagnose(cell, params, X, loss))


def test_nor_is_a_forget_gate_at_1():
    for seed in SEEDS:
        cell, params, X, loss = healthy("LSTM", seed, T=100)
        params["b"][N : 2 * N] = 20.0
        assert "chaotic" not in names(diagnose(cell, params, X, loss))


@pytest.mark.slow
@every_seed
@pytest.mark.parametrize("kind", ["tanh", "LSTM", "GRU", "LRU"])
def test_networks_that_learned_their_task(kind, seed):
    start = {"r_min": 0.8, "r_max": 0.999} if kind == "LRU" else {}
    network, log = trained(kind, adam(0.02), 400, seed, clip=1.0, **start)
    report = diagnose(*network, log=log)
    assert report.loss < 0.2 * report.measures.baseline
    assert names(report) == ["nothing-found"]
    assert names(diagnose(*network)) == ["nothing-found"]


@pytest.mark.slow
@every_seed
def test_a_tanh_network_at_gain_2_that_learned_its_task(seed):
    gain = partial(initializers.fan_in, gain=2.0)
    network, _ = trained("tanh", adam(0.01), 700, seed, T=12, clip=1.0, recurrent=gain)
    report = diagnose(*network)
    assert report.loss < 0.2 * report.measures.baseline
    assert names(report) == ["nothing-found"]


def one_step(cell, seed, target_of, T=60, every=True):
    """An untrained network whose targets are known from the inputs of the last step or the last few."""
    rng = np.random.default_rng(seed)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    X = rng.standard_normal((T, B if every else 64, cell.m))
    target = target_of(X)
    if every:
        return cell, params, X, losses.at_every_step(losses.squared_error, target)
    return cell, params, X, losses.at_end(losses.squared_error, target[-1])


@every_seed
@pytest.mark.parametrize("make", [VanillaRNN, GRU, LSTM])
def test_a_gradient_that_need_not_reach_far_is_no_fault(make, seed):
    def last(X):
        return X[..., :1]

    def product(X):
        return X[..., :1] * X[..., 1:]

    def third_last(X):
        return np.roll(X[..., :1], 2, axis=0)

    cell = make(2, N)
    for every, target_of in ((True, last), (True, product), (True, third_last), (False, last), (False, product)):
        broken = one_step(cell, seed, target_of, every=every)
        for key in ("W", "b"):
            broken[1][key] = 0.5 * broken[1][key]
        report = diagnose(*broken)
        assert report.far_share < 1e-3
        assert report.measures.near.share > 0.6
        assert names(report) == ["nothing-found"]


@every_seed
def test_and_is_one_where_the_targets_lie_far_back(seed):
    cell = VanillaRNN(2, N)
    far = one_step(cell, seed, lambda X: np.roll(X[..., :1], 40, axis=0), T=80)
    far[1]["W"] *= 0.5
    assert names(diagnose(*far)) == ["gradient-vanishes"]
    assert names(diagnose(*far, lag=0)) == ["nothing-found"]
    near = one_step(cell, seed, lambda X: X[..., :1], T=80)
    near[1]["W"] *= 0.5
    assert names(diagnose(*near, lag=60)) == ["gradient-vanishes"]  # who says so knows better than the probe


@every_seed
def test_copies_sums_and_digits_at_their_start(seed):
    rng = np.random.default_rng(seed)
    for cell, (X, target), loss in (
        (GRU(10, 32), tasks.copy(rng, 16, 20), partial(losses.at_every_step, losses.softmax_cross_entropy)),
        (LSTM(8, 32), tasks.digits("fit", 8), partial(losses.at_end, losses.softmax_cross_entropy)),
    ):
        params = cell.init(rng) | losses.init_readout(rng, cell, outputs=10)
        X, target = X[:, :32], target[..., :32]
        assert names(diagnose(cell, params, X, loss(target))) == ["nothing-found"]


@every_seed
@pytest.mark.parametrize("kind", ["tanh", "LSTM", "GRU", "LRU", "relu"])
@pytest.mark.parametrize("size", [0.0, 1e-5])
def test_a_readout_that_starts_at_zero_is_awake_after_one_update(kind, size, seed):
    cell, params, X, loss = healthy(kind, seed)
    params["V"] = size * params["V"]
    report = diagnose(cell, params, X, loss)
    assert names(report) == ["nothing-found"]
    assert ("the gradient through" in report.findings[0].evidence) == (size == 0)


def language(rng, symbols, T, B):
    """A chain of symbols, each of which has three likely successors: X (T, B, symbols) and the next ones (T, B)."""
    successors, now = rng.integers(0, symbols, (symbols, 3)), rng.integers(0, symbols, B)
    text = [now]
    for _ in range(T):
        now = np.where(rng.random(B) < 0.7, successors[now, rng.integers(0, 3, B)], rng.integers(0, symbols, B))
        text.append(now)
    text = np.array(text)
    return tasks.one_hot(text[:-1], symbols), text[1:]


@pytest.mark.parametrize("symbols", [27, 300])
@pytest.mark.parametrize("kind", [LSTM, GRU])
def test_a_language_model_before_training(kind, symbols):
    """Its gradient vanishes, and what it learns first is near by."""
    rng, cell = np.random.default_rng(0), kind(symbols, 32)
    start = {"forget_bias": 0.0} if kind is LSTM else {"update_bias": 0.0}
    params = cell.init(rng, **start) | losses.init_readout(rng, cell, outputs=symbols)
    X, target = language(rng, symbols, 80, 16)
    loss = losses.at_every_step(losses.softmax_cross_entropy, target)
    report = diagnose(cell, params, X, loss)
    assert report.far_share < 1e-3
    assert names(report) == ["nothing-found"]
    unknown = diagnose(cell, params, X, lambda params, H: loss(params, H))
    assert names(unknown) == ["cannot-tell"]
    assert "lag=" in unknown.findings[0].remedy
    assert names(diagnose(cell, params, X, loss, lag=60)) == ["gradient-vanishes"]


def test_what_is_asked_at_every_step_and_lies_far_back_is_missed():
    """To be silent until a cue comes is learned from near inputs; what to say then is not."""
    rng, cell = np.random.default_rng(0), LSTM(10, 32)
    params = cell.init(rng, forget_bias=-1.0) | losses.init_readout(rng, cell, outputs=10)
    X, target = tasks.copy(rng, 32, 60)
    report = diagnose(cell, params, X, losses.at_every_step(losses.softmax_cross_entropy, target))
    assert names(report)[0] == "gradient-vanishes"


@every_seed
@pytest.mark.parametrize("kind", ["LSTM", "GRU", "LRU", "tanh"])
def test_float32(kind, seed):
    cell, params, X, loss = healthy(kind, seed)
    params = {key: p.astype(np.float32) for key, p in params.items()}
    loss = losses.at_end(loss.error, loss.target.astype(np.float32))
    assert names(diagnose(cell, params, X.astype(np.float32), loss)) == ["nothing-found"]


def test_an_interval_that_holds_calm_and_chaos_is_called_undecided():
    """Gain 2 under inputs of deviation 1 is at the edge: short batches cannot tell."""
    verdicts = set()
    for seed in range(8):
        rng, cell = np.random.default_rng(seed), VanillaRNN(2, 64)
        gain = partial(initializers.fan_in, gain=2.0)
        params = cell.init(rng, recurrent=gain) | losses.init_readout(rng, cell, outputs=1)
        loss = losses.at_end(losses.squared_error, rng.standard_normal((3, 1)))
        report = diagnose(cell, params, rng.standard_normal((100, 3, 2)), loss)
        verdicts |= {*names(report)}
        if names(report) == ["cannot-tell"]:
            parting = report.top.parting
            assert 100 * parting.low < 1
            assert 100 * parting.high > 6
    assert "cannot-tell" in verdicts


def test_a_loss_that_stands_still_for_no_reason_that_is_measured_is_no_clean_bill():
    cell, params, X, loss = healthy("LSTM")
    constant = diagnose(cell, params, X, loss).measures.baseline
    sizes = np.full(20, 0.01)
    for end, name in ((1.0, "cannot-tell"), (0.7, "nothing-found")):
        log = TrainingLog(np.linspace(1.0, end, 20) * constant, sizes, sizes)
        assert names(diagnose(cell, params, X, loss, log=log)) == [name]
