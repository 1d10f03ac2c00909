"""A number given by the caller never changes the dtype of an array, nor does its type change a value.

Every public function with a parameter that is a float has its case here, by name. It is called with numbers that all
types hold exactly, so results must be the same to the last bit.
"""

import importlib
import inspect
import pkgutil
from dataclasses import fields, is_dataclass
from functools import partial

import numpy as np
import pytest

import minirnn
from minirnn import GRU, LSTM, VanillaRNN, bptt
from minirnn.control import policy_gradient, pomdp, td
from minirnn.core import initializers
from minirnn.diagnosis import entry, units, updates
from minirnn.dynamics import bifurcations, lipschitz, maps, orbits, smoothness, synchrony, systems
from minirnn.dynamics.exponents import spectrum
from minirnn.gradients import newton_rounds, newton_unroll, referee
from minirnn.learning import (
    clipping,
    contraction,
    forcing,
    losses,
    optimizers,
    regularizers,
    schedules,
    tasks,
    training,
)
from minirnn.theory import memory, plateau, population
from minirnn.theory.parametrizations import EIGENVALUES, MULTIPLIERS, RATES
from tests.helpers import random_params

KINDS = {"int": int, "float32": np.float32, "float64": np.float64, "int64": np.int64}


def rng():
    return np.random.default_rng(0)


def gradient(dtype):
    return {"W": rng().standard_normal((3, 3)).astype(dtype), "b": rng().standard_normal(3).astype(dtype)}


def network(dtype, outputs=1):
    """A cell, its parameters with a readout, inputs and a loss."""
    cell = VanillaRNN(2, 3)
    params = random_params(rng(), cell, outputs, dtype)
    X = rng().standard_normal((6, 4, 2)).astype(dtype)
    return cell, params, X, losses.at_end(losses.squared_error, np.zeros((4, outputs), dtype))


def trained(dtype, optimizer, **options):
    """Three updates: a state that has changed its dtype stops the second."""
    cell, params, X, _ = network(dtype)
    loss = lambda target: losses.at_end(losses.squared_error, target)  # noqa: E731
    batch = lambda rng: (X, np.zeros((4, 1), dtype))  # noqa: E731
    run = training.train(cell, params, batch, loss, optimizer, 3, rng(), progress=False, **options)
    return run.params, run.state.optimizer, run.history


def value_and_gradient(dtype):
    cell, params, X, loss = network(dtype)
    return (lambda p: bptt(cell, p, X, loss)), params


def adjoints(dtype):
    W = rng().standard_normal((3, 3)).astype(dtype)
    return (W, *rng().standard_normal((2, 5, 4, 3)).astype(dtype))


def last_state(dtype):
    cell, params, X, _ = network(dtype)
    return cell, params, X, minirnn.unroll(cell, params, X)[-1]


def states(system, dtype, n):
    found = spectrum(system, np.full((2, n), 0.25, dtype), 20, 1)
    h = np.full((2, n), 0.25, dtype)
    (product,) = system.products(0, np.stack([h, system.step(0, h)]))
    return system.step(0, h), product(np.ones((2, n, 1), dtype)), found.exponents.astype(dtype)


def scores(dtype):
    cell, params, X, _ = network(dtype, outputs=2)
    return policy_gradient.scores(cell, params, X, np.ones((6, 4, 2), dtype))


def episodes(p=1, noise=0, **options):
    task = pomdp.DelayedCue(2, p=p, noise=noise)
    cell = VanillaRNN(1, 3)
    return cell, random_params(rng(), cell, 2), task.sample(rng(), cell, random_params(rng(), cell, 2), 4)


def temporal_difference(dtype, gamma):
    cell, params, X, _ = network(dtype)
    loss = td.TemporalDifference(np.ones((6, 4, 1), dtype), gamma)
    return loss.gamma, bptt(cell, params, X, loss)


def maze(**options):
    task, cell = pomdp.TMaze(2, **options), VanillaRNN(3, 3)
    return task.optimum, task.memoryless, tuple(task.sample(rng(), cell, random_params(rng(), cell, 3), 4))


def real_maps(dtype, w):
    return [(f(w), f.derivative(w)) for table in (RATES, MULTIPLIERS) for f in table.values()]


vector = partial(np.linspace, 0.25, 0.75, 5)
ARRAYS = {  # (dtype of the arrays, a function that makes the number) -> what comes out, all of it of that dtype
    "orbits.attractors": lambda d, n: orbits.attractors(
        maps.logistic(np.full(2, 3.2, d)), np.full((2, 1), 0.25, d), 300, 100, 8, tol=n(1), threshold=n(1)
    ),
    "bifurcations.orbit_diagram": lambda d, n: bifurcations.orbit_diagram(
        lambda x, p: p * x * (1 - x), vector(dtype=d), n(1), 2, 2
    ),
    "clipping.clip_by_norm": lambda d, n: clipping.clip_by_norm(gradient(d), n(1)),
    "clipping.clip_by_value": lambda d, n: clipping.clip_by_value(gradient(d), n(1)),
    "clipping.clip_adaptive": lambda d, n: clipping.clip_adaptive(gradient(d), gradient(d), n(1), n(2)),
    "entry.diagnose": lambda d, n: str(entry.diagnose(*network(d), norms=[n(1), n(3)], clip=n(2))),
    "units.weight_sensitivity": lambda d, n: units.weight_sensitivity(*last_state(d), size=n(1)),
    "forcing.forced_inputs": lambda d, n: forcing.forced_inputs(np.ones((5, 2, 3), d), n(1)),
    "lipschitz.measured_constants": lambda d, n: lipschitz.measured_constants(
        *value_and_gradient(d), n(2), rng(), 3, (n(1),)
    ),
    "maps.logistic": lambda d, n: states(maps.logistic(n(3)), d, 1),
    "maps.henon": lambda d, n: states(maps.henon(n(1), n(1)), d, 2),
    "maps.lorenz": lambda d, n: states(maps.lorenz(n(10), n(28), n(2), n(1)), d, 3),
    "memory.memory_function": lambda d, n: memory.memory_function(
        VanillaRNN(2, 3), network(d)[1], 4, size=n(2), settle=3
    ),
    "tasks.padded": lambda d, n: tasks.padded([np.ones((3, 1), d), np.ones((1, 1), d)], n(2))[0],
    "newton.newton_unroll": lambda d, n: newton_unroll(*network(d)[:3], tol=n(0), rounds=2, within=(n(-1), n(1))).H,
    "newton.newton_rounds": lambda d, n: (
        newton_rounds(np.cos, None, np.zeros((4, 1, 1), d), np.zeros((1, 1), d), tol=n(0), within=(n(-1), n(1))).H
    ),
    "optimizers.sgd": lambda d, n: trained(d, optimizers.sgd(n(1))),
    "optimizers.momentum": lambda d, n: trained(d, optimizers.momentum(n(1), n(0))),
    "optimizers.adam": lambda d, n: trained(d, optimizers.adam(n(1), n(0), n(0), n(1))),
    "parametrizations.RealMap": lambda d, n: real_maps(d, vector(dtype=d)),
    "parametrizations.ComplexMap": lambda d, n: [
        (f(vector(dtype=d), n(1)), f(n(1), vector(dtype=d)), f.derivatives(vector(dtype=d), n(1)))
        for f in EIGENVALUES.values()
    ],
    "plateau.loss": lambda d, n: (
        plateau.loss(vector(dtype=d), n(1), n(2)),
        plateau.loss(n(1), vector(dtype=d), n(2)),
    ),
    "plateau.loss_gradient": lambda d, n: plateau.loss_gradient(vector(dtype=d), vector(dtype=d), n(2)),
    "policy_gradient.natural": lambda d, n: policy_gradient.natural(scores(d), np.ones(4, d), n(1)),
    "population.kernel": lambda d, n: (population.kernel(vector(dtype=d), n(0), n(1)),),
    "population.variance": lambda d, n: population.variance(vector(dtype=d), n(1)),
    "population.sensitivity": lambda d, n: population.sensitivity(vector(dtype=d), n(1)),
    "population.metric": lambda d, n: population.metric(vector(dtype=d), [n(1), 1j * n(2)], n(0)),
    "population.unit_loss": lambda d, n: population.unit_loss(
        vector(dtype=d), n(0), n(0), scale=population.normalized
    ),
    "referee.central_differences": lambda d, n: (
        referee.central_differences(
            lambda p: value_and_gradient(d)[0](p)[0] if p["W"].dtype == d else None, network(np.float64)[1], n(1)
        )
        if d is np.float64
        else None
    ),
    "regularizers.omega": lambda d, n: regularizers.omega(*adjoints(d), bound=n(1)),
    "regularizers.omega_immediate": lambda d, n: regularizers.omega_immediate(*adjoints(d), bound=n(1)),
    "regularizers.regularized_bptt": lambda d, n: (
        regularizers.regularized_bptt(*network(d), alpha=n(2), bound=n(1)),
        trained(d, optimizers.sgd(0.5), gradient=partial(regularizers.regularized_bptt, alpha=n(2))),
    ),
    "regularizers.omega_of": lambda d, n: regularizers.omega_of(*network(d), bound=n(1)),
    "regularizers.omega_full": lambda d, n: regularizers.omega_full(*network(d), bound=n(1)),
    "smoothness.moved": lambda d, n: smoothness.moved(gradient(d), gradient(d), n(2)),
    "synchrony.forced": lambda d, n: states(
        synchrony.forced(maps.henon(), np.full((20, 2, 2), 0.25, d), n(1)), d, 2
    ),
    "systems.check_jacobian": lambda d, n: float(
        systems.check_jacobian(maps.logistic(3.5), np.full((2, 1), 0.25, d), n(1), n(1))
    ),
    "smoothness.local_lipschitz": lambda d, n: smoothness.local_lipschitz(
        lambda p: {key: w**3 for key, w in p.items()}, gradient(d), gradient(d), [n(1), n(2)]
    ),
    "contraction.limit_rows": lambda d, n: (
        contraction.limit_rows(gradient(d)["W"], n(1)),
        contraction.limit_rows(np.zeros((2, 2), d), n(1)),
    ),
    "contraction.contractive_lstm": lambda d, n: contraction.contractive_lstm(
        random_params(rng(), LSTM(2, 3), 1, d), largest_input=n(1)
    ),
    "td.TemporalDifference": lambda d, n: temporal_difference(d, n(1)),
    "training.train": lambda d, n: trained(d, optimizers.sgd(0.5), clip=n(1)),
}

NUMBERS = {  # a function that makes the number -> what comes out: Python's numbers and float64
    "bifurcations.roots": lambda n: bifurcations.roots(np.sin, n(1), n(7), 9),
    "bifurcations.fixed_points": lambda n: bifurcations.fixed_points(np.cos, np.sin, n(0), n(3), 9),
    "bifurcations.folds": lambda n: bifurcations.folds(np.cos, np.sin, n(-2), n(3), 9),
    "bifurcations.sigmoid_folds": lambda n: bifurcations.sigmoid_folds(n(5)),
    "initializers.gaussian": lambda n: initializers.gaussian(rng(), (2, 2), n(3)),
    "initializers.fan_in": lambda n: initializers.fan_in(rng(), (3, 3), n(3)),
    "initializers.orthogonal": lambda n: initializers.orthogonal(rng(), (2, 2), n(3)),
    "initializers.identity": lambda n: initializers.identity(rng(), (2, 2), n(3)),
    "initializers.sparse": lambda n: initializers.sparse(rng(), (3, 3), n(3), 2),
    "initializers.chrono": lambda n: initializers.chrono(rng(), 3, n(7)),
    "initializers.uniform": lambda n: initializers.uniform(rng(), (2, 2), n(1), n(3)),
    "initializers.ring": lambda n: initializers.ring(rng(), 3, n(0), n(1)),
    "forcing.synchronizing": lambda n: forcing.synchronizing(n(3)),
    "gated.LSTM.init": lambda n: LSTM(1, 2).init(rng(), forget_bias=n(3)),
    "gated.UpdateGated.init": lambda n: [
        make(1, 2).init(rng(), update_bias=n(3)) for make in (GRU, minirnn.ResetFirstGRU)
    ],
    "linear.DiagonalRNN.init": lambda n: minirnn.DiagonalRNN(1, 2).init(rng(), r_min=n(0), r_max=n(1)),
    "linear.NormalizedRNN.init": lambda n: minirnn.NormalizedRNN(1, 2).init(rng(), r_min=n(0), r_max=0.5),
    "linear.LRU.init": lambda n: minirnn.LRU(1, 2).init(rng(), r_min=n(0), r_max=0.5),
    "linear.BlockRNN.init": lambda n: minirnn.BlockRNN(1, 2).init(rng(), r_min=n(0), r_max=n(1)),
    "updates.clip_rate": lambda n: updates.clip_rate([n(1), n(3)], n(2)),
    "lipschitz.in_ball": lambda n: lipschitz.in_ball(rng(), 3, n(3)),
    "lipschitz.rate": lambda n: lipschitz.rate([n(1), n(3)], [n(2), n(7)]),
    "lipschitz.bounds": lambda n: lipschitz.bounds(n(3), 5),
    "maps.mean_field": lambda n: maps.mean_field(n(3)),
    "maps.logistic_sensitivities": lambda n: maps.logistic_sensitivities(n(3), n(1), 4),
    "memory.power_law": lambda n: memory.power_law(9, n(3)),
    "memory.bump": lambda n: memory.bump(9, n(3), n(7)),
    "memory.stability_integral": lambda n: memory.stability_integral(RATES["exp"], n(1), n(3)),
    "plateau.time_bound": lambda n: plateau.time_bound(n(3), n(1), n(7)),
    "plateau.flow": lambda n: plateau.flow(n(1), n(3), n(2), n(1)),
    "pomdp.DelayedCue": lambda n: (
        pomdp.DelayedCue(2, p=n(1), noise=n(3)).rewards(),
        tuple(episodes(p=n(1), noise=n(3))[2]),
        pomdp.DelayedCue(2, p=n(1)).optimum,
    ),
    "pomdp.TMaze": lambda n: maze(p=n(1), gamma=n(1), bump=n(3)),
    "tasks.latch": lambda n: tasks.latch(rng(), 3, 9, signal=n(3), std=n(7)),
    "schedules.cosine_decay": lambda n: [schedules.cosine_decay(n(3), 4, end=n(1))(t) for t in range(6)],
    "schedules.step_decay": lambda n: [schedules.step_decay(n(3), 2, factor=n(1))(t) for t in range(6)],
    "schedules.exponential_decay": lambda n: [schedules.exponential_decay(n(3), n(1))(t) for t in range(6)],
    "schedules.warm_up": lambda n: [schedules.warm_up(n(3), 2)(t) for t in range(6)],
    "schedules.as_schedule": lambda n: [schedules.as_schedule(lambda t: n(3))(0), schedules.as_schedule(n(3))(0)],
    "td.cue_values": lambda n: td.cue_values(3, n(1)),
    "td.critic_error": lambda n: td.critic_error(
        VanillaRNN(1, 3), random_params(rng(), VanillaRNN(1, 3), 1), 3, n(1)
    ),
}

NO_CASE = {  # what holds results, and what does nothing with the number but compare it
    *("orbits.Attractor", "lipschitz.Constants", "memory.Fit", "sweeps.Outcome"),
    *("runs.Run", "runs.Run.record", "processes.store", "checks.number", "agreement.Pair"),
    *(
        "answers.Look",
        "observed.Answers",
        "observed.Network",
        "observed.TrainingLog",
        "measures.Measures",
        "measures.OfLayer",
        "measures.Weights",
    ),
    *(
        "batches.Near",
        "batches.Padding",
        "batches.Targets",
        "measures.Readout",
        "logged.of_the_loss",
        "logged.of_the_updates",
    ),
    *("parting.Exponent", "units.Drive", "units.Units", "updates.Course"),
    *("strengths.Evidence", "strengths.ramp", "strengths.log_ramp", "strengths.percent", "inside.closed"),
    *(
        "births.Seen",
        "births.grown",
        "births.of_update",
        "hooks.Call",
        "recomputed.check_agreement",
        "step_functions.observe_step",
    ),
    *("torch_models.observe_torch", "watched_models.TorchSource.birth", "watched_models.TorchSource.seen"),
    *("watcher.Row", "watcher.Watcher.log", "watcher.Watcher.update"),
    *("findings.Finding", "findings.finding", "findings.beside_facts", "findings.explained"),
}


def with_float_parameters():
    for info in pkgutil.walk_packages(minirnn.__path__, "minirnn."):
        if info.name.startswith("minirnn.figures."):  # it draws, and gives no arrays
            continue
        module = importlib.import_module(info.name)
        for name, value in vars(module).items():
            if name.startswith("_") or getattr(value, "__module__", None) != module.__name__ or not callable(value):
                continue
            members = [] if inspect.isclass(value) and issubclass(value, BaseException) else [(name, value)]
            if inspect.isclass(value):
                methods = {key: f for key, f in vars(value).items() if inspect.isfunction(f) and key[0] != "_"}
                members += [(f"{name}.{key}", f) for key, f in methods.items()]
            for full, function in members:
                annotations = [str(p.annotation) for p in inspect.signature(function).parameters.values()]
                if any("float" in text and "Callable" not in text for text in annotations):
                    yield f"{info.name.rpartition('.')[2]}.{full}"


def test_every_function_with_a_number_has_a_case():
    absent = set(with_float_parameters()) - ARRAYS.keys() - NUMBERS.keys() - NO_CASE
    assert not absent, f"write a case in ARRAYS or NUMBERS of this file for {', '.join(sorted(absent))}"


def leaves(value):
    if is_dataclass(value) and not isinstance(value, type):
        value = [getattr(value, field.name) for field in fields(value)]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, tuple | list):
        for item in value:
            yield from leaves(item)
    else:
        yield value


def same(result, expected):
    result, expected = list(leaves(result)), list(leaves(expected))
    assert len(result) == len(expected)
    for one, other in zip(result, expected, strict=True):
        alike = np.array_equal(one, other, equal_nan=not isinstance(one, str | bool | None))
        assert alike, f"{one} of another type of number is {other}: make it a float, as checks.number does"


def real_dtypes(value):
    kept = [leaf for leaf in leaves(value) if isinstance(leaf, np.ndarray | np.inexact)]
    return {leaf.real.dtype for leaf in kept if leaf.dtype.kind in "fc"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ARRAYS)
def test_a_number_never_changes_the_dtype_of_an_array(name, dtype, kind):
    expected, result = ARRAYS[name](dtype, float), ARRAYS[name](dtype, KINDS[kind])
    same(result, expected)
    assert real_dtypes(expected) <= {np.dtype(dtype)}
    assert real_dtypes(result) <= {np.dtype(dtype)}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_counts_in_full_whatever_its_type(name, kind):
    expected, result = NUMBERS[name](float), NUMBERS[name](KINDS[kind])
    same(result, expected)
    assert real_dtypes(result) <= {np.dtype(float)}
