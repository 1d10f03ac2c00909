"""Networks broken on purpose: the first finding names the cause, whatever the cell and the seed."""

from dataclasses import replace

import numpy as np
import pytest

from minirnn import GRU, IndRNN, LinearRNN, Parallel, Stack, VanillaRNN, diagnose
from minirnn.diagnosis.causes import CAUSES
from minirnn.diagnosis.entry import examine, network_of
from minirnn.diagnosis.findings import EXPLAINS
from minirnn.layers import both_ways
from minirnn.learning import TrainingLog, losses
from tests.conftest import ROOT
from tests.diagnosis.networks import (
    SEEDS,
    B,
    N,
    adam,
    healthy,
    rows,
    sgd,
    trained,
    with_inputs,
    with_params,
    with_targets,
)  # fmt: skip

every_seed = pytest.mark.parametrize("seed", SEEDS)
OF_MODELS = {"axes-swapped", "answers-are-probabilities"}  # seen in models of PyTorch: `test_answers`
ALL = ("tanh", "relu", "LSTM", "GRU", "LRU", "MinGRU", "IndRNN")


def one_nan(p):
    p = p.copy()
    p.flat[1] = np.nan
    return p


def alike(X):
    return np.repeat(X[:, :1], X.shape[1], axis=1)


def one_feature(X):
    return X * np.array([1.0, 1000.0])


def scaled(by):
    return lambda a: by * a


def moved(by):
    return lambda a: a + by


def recurrent(network, change):
    """The network with its W, or what stands for it, changed."""
    key = next(key for key in ("W", "w", "nu_log", "U") if key in network[1])
    return with_params(network, **{key: change})


def untrained(network):
    """The network, whose readout gets no gradient."""
    cell, params, X, loss = network

    def frozen(params, H):
        E, dE, gradients = loss(params, H)
        return E, dE, {key: np.zeros_like(g) for key, g in gradients.items()}

    return cell, params, X, frozen


def behind_a_sigmoid(network):
    """The network with one output in (0, 1), under a squared error against 0 or 1."""

    def error(Y, target):
        p = 1 / (1 + np.exp(-Y))
        return 0.5 * ((p - target) ** 2).sum() / len(Y), (p - target) * p * (1 - p) / len(Y)

    return (*network[:3], losses.at_end(error, np.arange(B)[:, None] % 2.0))


CASES = {  # what is broken: (the cause, the cells, how)
    "a nan in a weight": ("weights-not-finite", ALL, lambda n: recurrent(n, one_nan)),
    "an inf in the readout": ("weights-not-finite", ALL, lambda n: with_params(n, V=lambda V: V * np.inf)),
    "a nan in the inputs": ("inputs-not-finite", ALL, lambda n: with_inputs(n, one_nan)),
    "a nan in the targets": ("targets-not-finite", ALL, lambda n: with_targets(n, one_nan)),
    "a readout of zeros that nobody trains": ("readout-dead", ALL, lambda n: untrained(with_params(n, V=scaled(0.0)))),
    "a small readout that nobody trains": ("readout-dead", ALL, lambda n: untrained(with_params(n, V=scaled(1e-5)))),
    "zeros everywhere": ("readout-dead", ("tanh", "LSTM", "GRU"), lambda n: with_params(
        n, **dict.fromkeys(n[1], np.zeros_like)
    )),
    "a saturated output": ("readout-dead", ("tanh", "LSTM", "GRU"), lambda n: behind_a_sigmoid(
        with_params(n, c_out=moved(-30.0))
    )),
    "inputs of 1000": ("inputs-too-large", ALL, lambda n: with_inputs(n, scaled(1000.0))),
    "inputs of 50": ("inputs-too-large", ALL, lambda n: with_inputs(n, scaled(50.0))),
    "one feature of 1000": ("inputs-too-large", ALL, lambda n: with_inputs(n, one_feature)),
    "inputs of 1e-6": ("inputs-too-small", ALL, lambda n: with_inputs(n, scaled(1e-6))),
    "inputs of 20 ± 1": ("inputs-shifted", ALL, lambda n: with_inputs(n, moved(20.0))),
    "inputs of 1": ("inputs-constant", ALL, lambda n: with_inputs(n, np.ones_like)),
    "inputs of 0": ("inputs-constant", ALL, lambda n: with_inputs(n, np.zeros_like)),
    "one sequence many times": ("inputs-constant", ALL, lambda n: with_inputs(n, alike)),
    "one target": ("targets-constant", ALL, lambda n: with_targets(n, np.ones_like)),
    "targets of 3000": ("targets-off-scale", ALL, lambda n: with_targets(n, moved(3000.0))),
    "targets of 1e-4": ("targets-off-scale", ALL, lambda n: with_targets(n, scaled(1e-4))),
    "dead units": ("dead-units", ("relu", "IndRNN"), lambda n: with_params(n, b=moved(-20.0))),
    "biases of ±5": (
        "saturated-units", ("tanh",), lambda n: with_params(n, b=lambda b: 5 * (-1.0) ** np.arange(N)),
    ),
    "a candidate that is shut": ("saturated-units", ("LSTM", "GRU"), lambda n: with_params(n, b=rows(2, 3, 9.0))),
    "forget gates shut": ("forget-gate-closed", ("LSTM", "GRU"), lambda n: with_params(n, b=rows(1, 2, -20.0))),
    "input gates shut": ("input-gate-closed", ("LSTM", "MinGRU"), lambda n: with_params(n, b=rows(0, 1, -20.0))),
    "update gates open": ("input-gate-closed", ("GRU",), lambda n: with_params(n, b=rows(1, 2, 20.0))),
    "output gates shut": ("output-gate-closed", ("LSTM",), lambda n: with_params(n, b=rows(3, 4, -20.0))),
    "weights too small": ("gradient-vanishes", ("tanh", "linear"), lambda n: recurrent(n, scaled(0.5))),
    "fast units": ("gradient-vanishes", ("LRU",), lambda n: recurrent(n, lambda w: np.full(N, 0.0))),
    "weights too large": ("gradient-explodes", ("linear", "relu"), lambda n: recurrent(n, scaled(1.3))),
    "undamped units": ("curse-of-memory", ("LRU",), lambda n: with_params(
        n, nu_log=lambda w: np.full(N, np.log(1e-7)), theta_log=lambda w: np.full(N, np.log(3.0)),
    )),
}  # fmt: skip


@pytest.mark.parametrize(
    ("case", "kind"), [(case, kind) for case, (_, kinds, _) in CASES.items() for kind in kinds]
)
@every_seed
def test_the_first_finding_is_the_cause(case, kind, seed):
    cause, _, broken = CASES[case]
    findings = diagnose(*broken(healthy(kind, seed))).findings
    assert findings[0].name == cause, [(found.name, found.confidence) for found in findings]
    assert findings[0].page == CAUSES[cause].page
    assert 0.35 <= findings[0].confidence <= 1


@every_seed
def test_a_loss_that_ignores_the_sequence(seed):
    cell, params, X, _ = healthy("LSTM", seed)

    def loss(params, H):
        return 1.0, np.zeros_like(H), {"V": np.zeros_like(params["V"]), "c_out": np.ones(1)}

    assert diagnose(cell, params, X, loss).findings[0].name == "loss-ignores-sequence"


@pytest.mark.parametrize("E", [np.nan, np.inf])
@pytest.mark.parametrize("kind", ["tanh", "LSTM", "LRU"])
def test_a_loss_that_is_not_finite_though_all_else_is(kind, E):
    cell, params, X, loss = healthy(kind, 0)

    def broken(params, H):
        _, dE, readout = loss(params, H)
        return E, np.full_like(dE, np.nan), readout

    for told in (diagnose(cell, params, X, broken), diagnose(cell, params, X, broken, targets=loss.target)):
        assert told.findings[0].name == "loss-not-finite"


@every_seed
def test_chaos(seed):
    rng = np.random.default_rng(seed)
    cell = VanillaRNN(2, 60)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    params["W"] = 3 / np.sqrt(60) * rng.standard_normal((60, 60))
    loss = losses.at_end(losses.squared_error, rng.standard_normal((6, 1)))
    report = diagnose(cell, params, 0.1 * rng.standard_normal((80, 6, 2)), loss)
    assert report.findings[0].name == "chaotic"
    assert report.exponent > 0.1
    assert report.measures.layers[0].parting.later.low > 0


@every_seed
def test_a_gradient_that_peaks_at_a_middle_lag(seed):
    rng, cell = np.random.default_rng(seed), LinearRNN(2, 14)
    params = cell.init(rng) | {"V": np.eye(14)[12:13], "c_out": np.zeros(1)}
    params["W"] = np.diag(np.full(12, 10**0.75), -1)  # a chain of 12 units, each of which feeds the next
    params["W"] = np.pad(params["W"], (0, 1))
    report = diagnose(
        cell, params, rng.standard_normal((60, 4, 2)), losses.at_end(losses.squared_error, np.ones((4, 1)))
    )
    assert report.by_lag.argmax() == 12
    assert report.by_lag[12] == pytest.approx(1e9)
    assert report.by_lag[-1] == 0
    assert report.findings[0].name == "gradient-explodes"
    assert "lag 12" in report.findings[0].evidence


def test_states_that_overflow_are_told_with_their_step():
    report = diagnose(*recurrent(healthy("linear", T=80), scaled(1e5)))
    assert 55 < report.state_overflow < 70  # 1e5 to the power of 61.6 is the largest number
    assert report.findings[0].name == "states-overflow"
    assert f"step {report.state_overflow}" in str(report)


def test_a_gradient_that_overflows_while_states_do_not():
    rng, cell = np.random.default_rng(0), IndRNN(m=2, n=4, activation="tanh")
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1) | {"w": np.full(4, 1e6)}
    loss = losses.at_end(losses.squared_error, rng.standard_normal((6, 1)))
    report = diagnose(cell, params, np.zeros((80, 6, 2)), loss)
    assert report.state_overflow is None
    assert 48 < report.gradient_overflow < 55
    assert "gradient-explodes" in [found.name for found in report.findings]


def test_the_starts_of_the_book_that_no_measure_saw():
    """The IRNN of the digits: half of its units are dead, and the others hold the amount of ink alone."""
    from experiments.digits import readers

    for seed in SEEDS:
        cell, params, _ = readers.network("IRNN", seed)
        X, target = readers.data("fit", "64")
        report = diagnose(cell, params, X[:, :32], readers.loss(target[:32]))
        assert "dead-units" in [found.name for found in report.findings]
        assert report.top.units.directions == pytest.approx(1.0)


@every_seed
@pytest.mark.parametrize("kind", ["tanh", "relu", "LSTM", "GRU"])
def test_a_rate_too_high(kind, seed):
    for optimizer, clip in ((sgd(10.0), None), (sgd(10.0), 1.0)):
        network, log = trained(kind, optimizer, 30, seed, clip=clip)
        assert diagnose(*network, log=log).findings[0].name == "rate-too-high"


@every_seed
@pytest.mark.parametrize("kind", ["tanh", "LSTM", "LRU"])
def test_a_rate_or_a_clip_too_low(kind, seed):
    for optimizer, clip, cause in ((adam(1e-6), None, "rate-too-low"), (sgd(0.1), 1e-3, "clip-too-low")):
        network, log = trained(kind, optimizer, 30, seed, clip=clip)
        assert diagnose(*network, log=log).findings[0].name == cause


def test_the_advised_threshold_is_that_of_the_field_guide():
    """Not any number above the median: ten times the median clips nothing in the run that exploding.md measures."""
    guide = (ROOT / "book/field-guide.md").read_text()
    assert "clip by norm at about the median over the updates in which the loss falls" in guide
    for cause in ("gradient-explodes", "clip-too-low"):
        assert "at about the median norm while the loss falls" in CAUSES[cause].remedy


def test_a_run_that_ended_in_nan():
    """The fact comes first, and the log says what made it."""
    network = recurrent(healthy("tanh"), one_nan)
    log = TrainingLog(np.array([1.0, 2.0, 9.0, np.nan, np.nan]), np.array([1.0, 50.0, np.inf, np.nan, np.nan]))
    first, second, *_ = diagnose(*network, log=log).findings
    assert (first.name, second.name) == ("weights-not-finite", "rate-too-high")
    assert "load the last" in first.remedy
    assert "update 2" in second.evidence


def test_a_parameter_without_a_gradient():
    cell, params, X, loss = healthy("LSTM")

    def detached(params, H):
        E, dE, gradients = loss(params, H)
        return E, dE, gradients | {"V": np.zeros_like(params["V"])}

    report = diagnose(cell, params, X, detached, targets=loss.target)
    assert report.findings[0].name == "frozen-parameters"
    assert "V" in report.findings[0].evidence


def test_no_better_than_a_constant():
    cell, params, X, loss = healthy("LSTM")
    baseline = diagnose(cell, params, X, loss).measures.baseline
    log = TrainingLog(np.linspace(1.2, 1.0, 60) * baseline, np.ones(60))
    assert [found.name for found in diagnose(cell, params, X, loss, log=log).findings] == ["constant-answer"]


@every_seed
def test_inputs_that_end_long_before_the_error(seed):
    """Targets cannot need the steps at which all sequences are alike; the gradient must reach beyond these."""
    cell, params, X, loss = with_params(healthy("GRU", seed, T=20), b=rows(1, 2, 1.0))
    padded = np.concatenate([X, np.zeros((130, *X.shape[1:]))])
    report = diagnose(cell, params, padded, loss)
    assert report.measures.quiet == 130
    assert report.findings[0].name == "gradient-vanishes"
    assert "130" in report.findings[0].evidence


@every_seed
@pytest.mark.parametrize("kind", ["tanh", "LSTM"])
def test_a_loss_that_reads_behind_the_ends_of_packed_sequences(kind, seed):
    """Errors come from those alone that are as long as the longest: of the others a packed layer shows zeros there."""
    network = network_of(*healthy(kind, seed))
    lengths, layer = np.array([60, 60, 60, 60, 31, 20, 12, 12]), network.layers[0]
    reads = np.where(lengths == 60, 1.0, 0.0)[:, None]
    broken = replace(network, lengths=lengths, layers=(replace(layer, dE=layer.dE * reads),))
    assert examine(broken).findings[0].name == "reads-padding"
    right = np.where(np.arange(60)[:, None, None] == lengths[:, None] - 1, layer.dE[-1], 0.0)
    for layers, own in (((replace(layer, dE=right),), lengths), (network.layers, None)):
        found = examine(replace(network, lengths=own, layers=layers)).findings
        assert [each.name for each in found] == ["nothing-found"]


def test_sequences_that_are_not_packed_show_their_padding():
    rng, (cell, params, _, loss) = np.random.default_rng(0), with_params(healthy("GRU", T=20), b=rows(1, 2, 1.0))
    ends = rng.integers(40, 60, B)
    padded = np.zeros((100, B, 2))
    for b, end in enumerate(ends):
        padded[:end, b] = rng.standard_normal((end, 2))
    report = diagnose(cell, params, padded, loss)
    assert report.measures.padding.steps.tolist() == (100 - ends).tolist()
    assert {found.name for found in report.findings} == {"gradient-vanishes", "reads-padding"}
    assert "reads-padding" not in [found.name for found in diagnose(cell, params, padded, loss, lag=90).findings]


def test_large_updates_explain_what_they_did_to_the_units():
    network = with_params(healthy("tanh"), b=lambda b: 5 * (-1.0) ** np.arange(N))
    alone = diagnose(*network)
    log = TrainingLog(np.linspace(2.0, 2.1, 30), np.ones(30), np.full(30, 0.3))
    report = diagnose(*network, log=log)
    confidences = {found.name: found.confidence for found in report.findings}
    assert report.findings[0].name == "rate-too-high"
    assert alone.findings[0].name == "saturated-units"
    assert confidences["saturated-units"] < 0.5 * alone.findings[0].confidence


def test_a_clip_that_leaves_updates_of_a_usual_size_is_no_fault():
    """Adam divides by the size of gradients."""
    log = TrainingLog(np.linspace(2.0, 1.9, 30), np.full(30, 2.0), np.full(30, 0.01), clip=0.1)
    names = [found.name for found in diagnose(*healthy("LSTM"), log=log).findings]
    assert "clip-too-low" not in names


@every_seed
def test_the_layer_that_is_broken_is_named(seed):
    rng = np.random.default_rng(seed)
    cell = Stack([GRU(2, 8), GRU(8, 6)])
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    params["1.b"][6:12] = -20.0
    loss = losses.at_end(losses.squared_error, rng.standard_normal((6, 1)))
    report = diagnose(cell, params, rng.standard_normal((40, 6, 2)), loss)
    assert report.findings[0].name == "forget-gate-closed"
    assert report.findings[0].evidence.startswith("In 1:")
    assert [layer.name for layer in report.measures.layers] == ["0", "1"]


def test_every_cause_is_met():
    """Each name of the table is the answer of a case above, or of one in `test_answers`."""
    met = {cause for cause, _, _ in CASES.values()}
    met |= {
        "loss-not-finite",
        "loss-ignores-sequence",
        "chaotic",
        "states-overflow",
        "rate-too-high",
        "rate-too-low",
        "clip-too-low",
    }
    assert met | {"frozen-parameters", "constant-answer", "reads-padding"} | OF_MODELS == set(CAUSES)


def test_explanations_are_causes_and_run_in_no_circle():
    """But for two that are sides of one: a linear network whose states grow has a gradient that grows."""
    assert {*EXPLAINS, *set().union(*EXPLAINS.values())} <= set(CAUSES)
    both = [{a, b} for a in EXPLAINS for b in EXPLAINS[a] if a in EXPLAINS.get(b, ())]
    assert both == []


def test_padding_is_no_cause():
    """Neither nan nor large numbers behind the end of a sequence; within it they are."""
    rng, lengths = np.random.default_rng(0), np.array([40, 31, 20, 12])
    cell = Parallel(GRU(2, 6), GRU(2, 6))
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    X = np.where(np.arange(40)[:, None, None] < lengths[:, None], rng.standard_normal((40, 4, 2)), 1e3)
    target = np.where(X[..., :1] == 1e3, np.nan, X[..., :1])
    loss = losses.aligned(losses.at_every_step(losses.squared_error, target, lengths), cell)
    report = diagnose(cell, params, both_ways(X, lengths), loss)
    assert [found.name for found in report.findings] == ["nothing-found"]
    assert report.measures.baseline == pytest.approx(0.5, abs=0.1)
    target[5, 0] = np.nan
    assert diagnose(cell, params, both_ways(X, lengths), loss).findings[0].name == "targets-not-finite"


def test_a_row_may_stand_for_several_updates():
    """What lasts is counted in updates, and what needs numbers in rows."""
    cell, params, X, loss = healthy("LSTM")
    baseline = diagnose(cell, params, X, loss).measures.baseline
    rows = np.linspace(1.02, 1.0, 8) * baseline
    for every, stuck in ((1, False), (10, True)):
        report = diagnose(cell, params, X, loss, log=TrainingLog(rows, np.ones(8), every=every))
        assert f"in {8 * every} updates" in str(report)
        assert (CAUSES["constant-answer"].evidence(report.measures) is not None) == stuck
    course = diagnose(
        cell, params, X, loss, log=TrainingLog(rows, np.append(np.ones(7), np.inf), every=10)
    ).measures.course
    assert (course.rows, course.updates, course.overflow) == (8, 80, 70)
