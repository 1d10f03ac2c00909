"""Gradients that run forwards: exact ones against BPTT, approximations against what they are known to keep."""

import tracemalloc
from dataclasses import dataclass
from functools import partial
from itertools import islice, product, repeat

import numpy as np
import pytest

from minirnn import (
    GRU,
    LSTM,
    BlockRNN,
    ChaosFreeRNN,
    DiagonalRNN,
    IndRNN,
    MinGRU,
    ResetFirstGRU,
    RotationRNN,
    VanillaRNN,
    bptt,
    train,
    truncated_bptt,
    unroll,
)
from minirnn.cells.contract import Affine
from minirnn.core.products import affine_vjp
from minirnn.gradients import along, elementwise_rtrl, eprop, rtrl, snap1, uoro, uoro_estimates
from minirnn.gradients.rank_one import RankOne
from minirnn.gradients.realtime import FULL, Full, advance
from minirnn.gradients.traces import OWN_PAST, layout
from minirnn.learning import losses, optimizers
from tests.helpers import Leaky, all_cells, distance, every_cell, name, random_case, random_params

OWN = (IndRNN, MinGRU, DiagonalRNN, BlockRNN, RotationRNN)  # units that see only their own past
elementwise = pytest.mark.parametrize("cell", [c for c in every_cell() if isinstance(c, OWN)], ids=name)


def case(cell, T=12, B=3, seed=0):
    return random_case(np.random.default_rng(seed), cell, T, B, losses.at_every_step, losses.squared_error)


@all_cells
def test_rtrl_is_bptt(cell):
    params, X, h0, loss = case(cell)
    (E, gradient), (again, forwards) = bptt(cell, params, X, loss, h0), rtrl(cell, params, X, loss, h0)
    assert again == E
    assert distance(forwards, gradient) < 1e-12


def test_rtrl_of_a_cell_without_rules_for_directions_and_in_float32():
    cell = Leaky(2, 3)
    params, X, h0, loss = case(cell)
    assert distance(rtrl(cell, params, X, loss, h0)[1], bptt(cell, params, X, loss, h0)[1]) < 1e-12
    single = losses.at_every_step(losses.squared_error, loss.target.astype(np.float32))
    args = cell, {k: p.astype(np.float32) for k, p in params.items()}, X.astype(np.float32), single
    for gradient in (rtrl, snap1, eprop, partial(uoro, rng=np.random.default_rng(0), draws=2)):
        assert {g.dtype for g in gradient(*args)[1].values()} == {np.dtype(np.float32)}


@elementwise
@pytest.mark.slow
def test_traces_are_bptt_where_units_see_their_own_past(cell):
    params, X, h0, loss = case(cell, T=200)
    gradient = bptt(cell, params, X, loss, h0)[1]
    assert distance(elementwise_rtrl(cell, params, X, loss, h0)[1], gradient) < 1e-11
    assert distance(snap1(cell, params, X, loss, h0)[1], gradient) < 1e-11


@dataclass(frozen=True)
class SideBySide(Affine):
    """(h_t)_j = W_j (h_{t-1})_j + U x_t + b with 2×2 matrices W_j, and the two numbers of a unit side by side."""

    @property
    def n_state(self):
        return 2 * self.n

    @property
    def n_out(self):
        return 2 * self.n

    def shapes(self):
        return {"W": (self.n, 2, 2), "U": (2 * self.n, self.m), "b": (2 * self.n,)}

    def init(self, rng):
        return self.draw(rng)

    def step(self, params, h_prev, drive):
        h = h_prev.reshape(*h_prev.shape[:-1], self.n, 2)
        return (params["W"] @ h[..., None])[..., 0].reshape(h_prev.shape) + drive

    def linearize(self, params, drive, H_prev, H):
        return (H,)

    def vjp_step(self, params, local, delta):
        return self.step({"W": params["W"].swapaxes(-1, -2)}, delta, 0.0), delta

    def vjp_params(self, params, X, H_prev, local, D):
        d, h = (z.reshape(*z.shape[:-1], self.n, 2) for z in (D, H_prev))
        return {"W": np.einsum("...bni,...bnj->...nij", d, h), **affine_vjp(X, D)}


def test_units_may_have_their_entries_side_by_side():
    cell = SideBySide(2, 3)
    params, X, h0, loss = case(cell)
    gradient = bptt(cell, params, X, loss, h0)[1]
    assert distance(elementwise_rtrl(cell, params, X, loss, h0)[1], gradient) < 1e-12
    assert distance(eprop(cell, params, X, loss, h0)[1], gradient) < 1e-12


@pytest.mark.parametrize("cell", [VanillaRNN(2, 3), LSTM(2, 3), GRU(2, 3)], ids=name)
def test_traces_alone_are_refused_where_units_see_others(cell):
    params, X, _, loss = case(cell)
    with pytest.raises(ValueError, match="units that see only their own past"):
        elementwise_rtrl(cell, params, X, loss)
    assert distance(snap1(cell, params, X, loss)[1], bptt(cell, params, X, loss)[1]) > 0.01


def test_traces_alone_are_refused_where_units_see_others_only_for_large_inputs():
    """Rectifiers with a bias of -10: at moderate inputs no unit is alive, and none sees another."""
    cell = VanillaRNN(2, 3, activation="relu")
    params, X, _, loss = case(cell)
    with pytest.raises(ValueError, match="units that see only their own past"):
        elementwise_rtrl(cell, params | {"b": np.full(3, -10.0)}, 50 * X, loss)


def test_the_rows_of_a_unit_may_stand_anywhere():
    """The angles of this cell come first, then both numbers of each unit; and an LSTM has four groups of rows."""
    assert layout(RotationRNN(2, 3)).owner["U"].tolist() == [0, 1, 2, 0, 0, 1, 1, 2, 2]
    assert layout(LSTM(2, 3)).owner["W"].tolist() == 4 * [0, 1, 2]
    assert layout(SideBySide(2, 3)).owner["b"].tolist() == [0, 0, 1, 1, 2, 2]
    for cell in (VanillaRNN(1, 200, activation="relu"), IndRNN(1, 200, activation="relu")):  # some dead at first
        assert layout(cell).owner["b"].tolist() == list(range(200))


@pytest.mark.parametrize("way", [Full, RankOne])
def test_a_class_in_place_of_a_way_is_named(way):
    cell = VanillaRNN(2, 3)
    params, X, _, _ = case(cell)
    with pytest.raises(TypeError, match=rf"FULL, got the class {way.__name__}; write {way.__name__}\("):
        along(cell, params, X, way)


@pytest.mark.parametrize("gradient", [snap1, eprop, elementwise_rtrl])
def test_a_parameter_that_acts_on_several_units_is_refused(gradient):
    params, X, _, loss = case(ResetFirstGRU(2, 3))
    with pytest.raises(ValueError, match="each acts on the unit of its row"):
        gradient(ResetFirstGRU(2, 3), params, X, loss)


def influence(cell, params, X, h0):
    """All of P_t for t = 1 … T, of one sequence: (T, n_state, p)."""
    return np.array(
        [
            np.concatenate([P[k][0].reshape(cell.n_state, -1) for k in P], 1)
            for _, P in along(cell, params, X, FULL, h0)
        ]
    )


@pytest.mark.parametrize("cell", [VanillaRNN(2, 3), LSTM(2, 3), GRU(2, 3)], ids=name)
def test_snap1_keeps_the_influence_of_a_parameter_on_its_own_unit(cell):
    """A second way to it: the whole influence, of which after each step only the entries of that unit are kept."""
    params, X, h0, loss = case(cell, B=1)
    dE, H = loss(params, unroll(cell, params, X, h0)[1:])[1], unroll(cell, params, X, h0)
    P, total = None, 0
    same = np.arange(cell.n_state)[:, None, None] % 3 == np.arange(len(params["W"]))[:, None] % 3
    for t in range(len(X)):
        _, P = advance(FULL, cell, params, X[t], H[t], P)
        P = {"W": np.where(same, P["W"], 0), **{k: 0 * v for k, v in P.items() if k != "W"}}
        total = total + FULL.gradient(P, dE[t])["W"]
    assert np.allclose(snap1(cell, params, X, loss, h0)[1]["W"], total, rtol=1e-11)


def test_eprop_of_a_plain_network_has_no_past_and_of_a_leaky_one_the_leak():
    params, X, h0, loss = case(VanillaRNN(2, 3))
    without = truncated_bptt(VanillaRNN(2, 3), params, X, loss, 1, h0)[1]
    assert distance(eprop(VanillaRNN(2, 3), params, X, loss, h0)[1], without) < 1e-12
    cell = Leaky(2, 3)
    params, X, h0, loss = case(cell, B=1)
    H = unroll(cell, params, X, h0)
    dE, trace, total = loss(params, H[1:])[1], 0, 0
    for t in range(len(X)):
        slope = 0.2 * (1 - ((H[t + 1] - 0.8 * H[t]) / 0.2) ** 2)
        trace = 0.8 * trace + slope.T * H[t]
        total = total + dE[t].T * trace
    assert np.allclose(eprop(cell, params, X, loss, h0)[1]["W"], total, rtol=1e-11)


@pytest.mark.parametrize("cell", [LSTM(2, 3), GRU(2, 3), ChaosFreeRNN(2, 3)], ids=name)
def test_eprop_is_exact_where_synapses_are_silent(cell):
    """With W = 0 but in its own gradient there is no path but through the gate or the cell."""
    params, X, h0, loss = case(cell)
    silent = params | {"W": 0 * params["W"]}
    assert distance(eprop(cell, silent, X, loss, h0)[1], bptt(cell, silent, X, loss, h0)[1]) < 1e-11
    kept, none = eprop(cell, params, X, loss, h0)[1], truncated_bptt(cell, params, X, loss, 1, h0)[1]
    exact = bptt(cell, params, X, loss, h0)[1]
    assert distance(kept, exact) < distance(none, exact)


@pytest.mark.parametrize("cell", [VanillaRNN(2, 3), LSTM(2, 2), DiagonalRNN(2, 2)], ids=name)
@pytest.mark.slow
def test_uoro_is_unbiased(cell):
    """The squared error of the mean is the variance, divided by the number of draws."""
    params, X, h0, loss = case(cell, T=8, B=2)
    draws = 20_000
    estimates = uoro_estimates(cell, params, X, loss, h0, rng=np.random.default_rng(1), draws=draws)[1]
    exact = bptt(cell, params, X, loss, h0)[1]
    variance = sum(((estimates[k] - exact[k]) ** 2).sum() for k in cell.shapes()) / draws
    bias = sum(((estimates[k].mean(0) - exact[k]) ** 2).sum() for k in cell.shapes())
    assert 0.1 < bias / (variance / draws) < 3
    mean = uoro(cell, params, X, loss, h0, rng=np.random.default_rng(1), draws=draws)[1]
    assert all(np.allclose(mean[k], estimates[k].mean(0)) for k in cell.shapes())


@pytest.mark.parametrize("cell", [VanillaRNN(1, 2), LSTM(1, 1), DiagonalRNN(1, 1)], ids=name)
def test_the_mean_of_uoro_over_all_patterns_of_signs_is_the_influence(cell):
    """Without chance: each of the 4^4 patterns of two signs at four steps, once."""
    T, n = 4, cell.n_state
    signs = np.array(list(product([-1.0, 1.0], repeat=T * n))).reshape(-1, T, n)

    class EachPattern(np.random.Generator):
        def choice(self, values, size):
            return np.ascontiguousarray(next(steps)[:, None])

    steps = iter(signs.swapaxes(0, 1))
    params, X, h0, _ = case(cell, T=T, B=1)
    ways = RankOne(EachPattern(np.random.PCG64(0)), len(signs)), FULL
    random, exact = (along(cell, params, X, way, h0) for way in ways)
    for (_, (u, v)), (_, P) in zip(random, exact, strict=True):
        for key in P:
            assert np.allclose(np.einsum("dbi,db...->bi...", u, v[key]) / len(signs), P[key], rtol=1e-11)


def test_the_variance_of_uoro_after_one_step_is_that_of_the_formula():
    """E|ĝ - g|²/|g|² = |c|²|s|²/Σ c_i² s_i² - 1 for a plain network, with c = ∂E/∂h and s = σ'(a)."""
    rng, cell = np.random.default_rng(0), VanillaRNN(2, 16)
    params, X, _, loss = case(cell, T=1, B=1)
    H = unroll(cell, params, X)
    c, s = loss(params, H[1:])[1].ravel(), 1 - H[1].ravel() ** 2
    formula = (c**2).sum() * (s**2).sum() / (c**2 * s**2).sum() - 1
    estimates = uoro_estimates(cell, params, X, loss, rng=rng, draws=20_000)[1]
    exact = bptt(cell, params, X, loss)[1]
    variance = sum(((estimates[k] - exact[k]) ** 2).sum() for k in cell.shapes()) / 20_000
    assert variance / sum((exact[k] ** 2).sum() for k in cell.shapes()) == pytest.approx(formula, rel=0.04)


@pytest.mark.slow
def test_a_stream_is_followed_in_constant_memory():
    cell = IndRNN(1, 8, activation="tanh")
    params = cell.init(np.random.default_rng(0))

    def follow(T):
        for h, P in islice(along(cell, params, repeat(np.ones((1, 1))), OWN_PAST), T):
            OWN_PAST.gradient(P, h)

    peaks = []
    for T in (50, 500):
        tracemalloc.start()
        follow(T)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 2000  # bytes; 450 states have 28 800


def test_the_influence_is_the_derivative_of_the_state():
    """By central differences."""
    cell = GRU(2, 3)
    params, X, h0, _ = case(cell, T=6, B=1)
    P, e = influence(cell, params, X, h0), 1e-6
    for j in (0, 4):
        up, down = ({**params, "W": params["W"].copy()} for _ in range(2))
        up["W"].flat[j] += e
        down["W"].flat[j] -= e
        slope = (unroll(cell, up, X, h0)[1:] - unroll(cell, down, X, h0)[1:])[:, 0] / (2 * e)
        assert np.allclose(P[:, :, j], slope, atol=1e-8)


def test_with_moving_weights_the_influence_is_the_derivative_in_a_shift_of_all_of_them():
    cell, rng, e = VanillaRNN(2, 3), np.random.default_rng(0), 1e-6
    path = [random_params(rng, cell) for _ in range(6)]
    X, h0 = rng.standard_normal((6, 1, 2)), rng.standard_normal((1, 3))

    def end(shift):
        h, P = h0, None
        for params, x in zip(path, X, strict=True):
            h, P = advance(FULL, cell, {**params, "W": params["W"] + shift}, x, h, P)
        return h, P["W"][0]

    for j in range(9):
        unit = np.eye(9)[j].reshape(3, 3)
        slope = (end(e * unit)[0] - end(-e * unit)[0]) / (2 * e)
        assert np.allclose(end(0.0)[1].reshape(3, 9)[:, j], slope, atol=1e-8)


def test_all_of_them_can_train():
    rng, cell = np.random.default_rng(0), IndRNN(1, 4, activation="tanh")
    params = cell.init(rng) | losses.init_readout(rng, cell, 1)

    def batch(rng):
        X = rng.standard_normal((6, 4, 1))
        return X, X[0]

    def run(gradient):
        loss, sgd = partial(losses.at_end, losses.squared_error), optimizers.sgd(0.1)
        made = train(
            cell,
            params,
            batch,
            loss,
            sgd,
            updates=3,
            rng=np.random.default_rng(0),
            gradient=gradient,
            progress=False,
        )
        return made.params

    assert distance(run(elementwise_rtrl), run(bptt)) < 1e-12
    assert run(partial(uoro, rng=np.random.default_rng(0)))["U"].shape == (4, 1)


def test_wrong_arguments_are_named():
    cell = VanillaRNN(2, 3)
    params, X, _, loss = case(cell)
    with pytest.raises(ValueError, match="X must be"):
        rtrl(cell, params, X[:, :, :1], loss)
    with pytest.raises(ValueError, match="x must be"):
        next(along(cell, params, [X[0, :, :1]]))
    with pytest.raises(ValueError, match="draws must be an integer >= 1"):
        uoro(cell, params, X, loss, rng=np.random.default_rng(0), draws=0)
    with pytest.raises(TypeError, match="rng must be"):
        uoro(cell, params, X, loss, rng=0)
    with pytest.raises(ValueError, match="draws must be an integer >= 1"):
        RankOne(np.random.default_rng(0), 0)
    with pytest.raises(TypeError, match="rng must be"):
        RankOne(0)


def test_a_stream_of_another_dtype_is_refused():
    """As `rtrl` refuses it: mixed dtypes would be promoted in silence."""
    cell = VanillaRNN(2, 3)
    params, X, h0, _ = case(cell)
    with pytest.raises(TypeError, match="must have one dtype"):
        next(along(cell, params, X.astype(np.float32)))
    with pytest.raises(TypeError, match="must have one dtype"):
        along(cell, params, X, h0=h0.astype(np.float32))


@pytest.mark.parametrize("way", [FULL, OWN_PAST, RankOne(np.random.default_rng(0))], ids=name)
def test_an_error_of_another_batch_is_refused(way):
    """One row of errors would be taken for those of all sequences."""
    cell = IndRNN(2, 3)
    params, X, _, _ = case(cell, B=2)
    _, P = next(along(cell, params, X, way))
    with pytest.raises(ValueError, match="dE must be"):
        way.gradient(P, np.ones((1, 3)))
