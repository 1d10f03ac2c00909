"""Every public function, with a wrong value for each of its arguments: the message names the argument.

Complete by construction: functions are found by inspection. One whose arguments have other names than those below, or
mean something else by them, is listed in OTHERS; one that is not meant for callers, in INNER.
"""

import importlib
import inspect
import os
import pkgutil
import shutil
import tempfile
from functools import partial, wraps
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

import minirnn
from minirnn import LSTM, VanillaRNN, bptt
from minirnn.control import pomdp, td
from minirnn.core.archives import save_params
from minirnn.diagnosis import entry
from minirnn.dynamics import lipschitz, maps, orbits
from minirnn.dynamics.exponents import network, spectrum
from minirnn.dynamics.systems import autonomous, check_jacobian
from minirnn.learning import losses, optimizers, training
from minirnn.theory.parametrizations import RATES
from tests.helpers import random_params, refused

# their messages are in test_explorable
DRAWING = {path.stem for path in (Path(minirnn.__file__).parent / "figures").glob("*.py")}
# called by `diagnose` and `examine` alone
MEASURING = {path.stem for path in (Path(minirnn.__file__).parent / "diagnosis").glob("*.py")} - {"entry"}
INNER = {  # called by public functions, in loops or under autograd, with arguments that these have checked
    "backpropagation": "keep_freed_memory forward_loop backward_loop sum_over_time run_forward run_backward entries "
    "blocks forward_scan adjoints gradient_and_carry check_inputs check_params",
    "archives": "write_archive check_arrays check_names reading read_archive",
    "objective": "evaluate",
    "activations": "sigmoid sigmoid_in_place sigmoids sigmoid_slope tanh_slope",
    "in_place": "lstm_states lstm_adjoints gru_states gru_adjoints",
    "products": "affine outer_sum row_sum affine_vjp times times_many parts",
    "contract": "step_jacobian input_jacobian",
    "entry": "network_of diagnose_model check_lag",
    "exponents": "growth orthonormalize",
    "systems": "check_start check_rows stretch",
    "straightening": "qr_adjoint",
    "traces": "layout column_sums own_blocks inside_blocks",
    "losses": "log_softmax",
    "linear": "to_complex to_real interleaved paired log_normalizer",
    "params": "map_params row_norms scaled overflow_allowed",
    "parametrizations": "angle_scale",
    "plateau": "loss loss_gradient",
    "pomdp": "check_policy softmax",
    "recurrences": "scan_states scan_adjoints",
    "matrix_recurrences": "apply",
    "population": "unscaled normalized leaky",
    "rank_one": "balance norms_of over",
    "realtime": "advance summed_online",
    "referee": "energy check",
    "cell_records": "cell_record cell_of cell_text needs_code class_of",
    "pickled_runs": "is_pickle unpickled",
    "resuming": "resumed spawned_seeds check_remembers_nothing",
    "saving": "read_run packed",
    "conformity": "case missing misshapen failing",
    "agreement": "one_pass apart of_a_step of_further_axes of_float32 of_the_scans differing",
    "composed": "checked_cell reversed_in_time",
    "composition": "sizes added rule",
    "regularizers": "omega omega_immediate traced_adjoints omega_of",
}
# tested by themselves
ELSEWHERE = {"arguments", "checks", "dependencies", "optional", "statements"}
ELSEWHERE |= {"notebook_code", "processes", "snapshots", "sweeps"}
# models of other packages, in tests/bridges
ELSEWHERE |= {path.stem for path in (Path(minirnn.__file__).parent / "bridges").glob("*.py")}


FOLDER = Path(tempfile.gettempdir()) / f"minirnn-arguments-{os.getpid()}"


@pytest.fixture(scope="module", autouse=True)
def files_on_disk():
    """A run and weights in FOLDER."""
    names = given()
    training.save(others(names)["saving.save"]["run"], FOLDER / "saved")
    save_params(names["params"], FOLDER / "saved.npz")
    yield
    shutil.rmtree(FOLDER)


MODULES = [m.name for m in pkgutil.walk_packages(minirnn.__path__, "minirnn.") if not m.ispkg]


def given(seed=0):
    """Good arguments by their names."""
    rng = np.random.default_rng(seed)
    cell = VanillaRNN(m=1, n=3)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=2)
    X, T, B = rng.standard_normal((6, 4, 1)), 6, 4
    H = minirnn.unroll(cell, params, X)
    task, loss = pomdp.DelayedCue(L=3), losses.at_end(losses.squared_error, np.ones((B, 2)))
    W = 0.5 * np.eye(3)
    names = dict(
        cell=cell,
        params=params,
        X=X,
        h0=H[0] + 0.1,
        H=H,
        dE=np.ones_like(H[1:]),
        loss=loss,
        T=T,
        B=B,
        K=2,
        k=1,
        n=2,
        m=2,
        L=3,
        rng=rng,
        shape=(3, 3),
        outputs=2,
        W=W,
        M=W,
        u=np.ones(3),
        v=np.ones(3),
        c=np.ones(3),
        gradient=params,
        radius=1.0,
        system=maps.henon(),
        target=np.ones(10),
        lam=np.array([0.9, 0.5]),
        error=losses.squared_error,
        task=task,
        gamma=0.9,
        lr=0.1,
        rate=RATES["exp"],
        a=0.5 * np.ones(3),
        b=np.ones((5, 3)),
        low=-1.0,
        high=1.0,
        w0=1.0,
        w1=0.5,
        D=2.0,
        damping=0.1,
        episodes=task.sample(rng, cell, params, 8),
        S=np.ones((2, 3)),
        f=np.tanh,
        slope=lambda x: 1 - np.tanh(x) ** 2,
        direction=params,
        rho=0.0,
    )
    return names


def others(names):
    """What some functions take under the same or another name."""
    cell, params, X, rng, B = (names[key] for key in ("cell", "params", "X", "rng", "B"))
    quadratic = lambda p: (1.0, p)  # noqa: E731
    value, gradient = (lambda p: 1.0), (lambda p: p)
    tiny = {"h0": np.full((2, 2), 0.1)}
    run = training.Run(cell, training.TrainingState(params, {}, rng.bit_generator.state))
    kernel = 0.5 ** np.arange(10.0)
    return {
        "orbits.orbit": tiny,
        "orbits.attractors": tiny | {"T": 200, "burn_in": 1, "longest": 4},
        "bifurcations.roots": {"g": np.sin},
        "bifurcations.sigmoid_folds": {"w": 5.0},
        "bifurcations.orbit_diagram": {
            "f": lambda x, p: p * x,
            "parameters": np.ones(2),
            "x0": 0.1,
            "burn_in": 1,
            "keep": 2,
        },
        "checkpointing.checkpointed_bptt": {"segment": 2},
        "clipping.clip_by_norm": {"threshold": 1.0},
        "clipping.clip_by_value": {"bound": 1.0},
        "entry.diagnose": {"norms": [1.0], "clip": 1.0, "targets": np.ones((4, 2)), "lag": 1},
        "entry.diagnose_step": {
            "f": lambda h, x: h + x.sum(-1, keepdims=True),
            "h0": names["h0"],
            "loss": lambda H: H.sum(),
        },
        "entry.examine": {"network": entry.network_of(cell, params, X, names["loss"]), "lag": 1},
        "exponents.jacobian": {"h_prev": np.zeros((4, 3)), "drive": np.zeros((4, 3))},
        "systems.autonomous": {"f": lambda x: x, "jacobian": lambda x: np.ones((len(x), 2, 2))},
        "exponents.spectrum": tiny,
        "realtime.along": {"stream": X},
        "reduction.hankel": {"K": kernel, "n": 3},
        "reduction.singular_values": {"K": kernel, "n": 3},
        "reduction.error_bound": {"K": kernel, "n": 3, "m": 1},
        "reduction.realize": {"K": kernel, "n": 3, "m": 1},
        "forcing.bounding": {"J": np.ones((2, 1, 1)), "mean": "max"},
        "forcing.forced_inputs": {"data": np.ones((5, 4, 3)), "alpha": 0.5},
        "forcing.synchronizing": {"exponent": 0.5},
        "initializers.chrono": {"longest": 10.0},
        "initializers.sparse": {"nonzeros": 2},
        "lipschitz.in_ball": {"size": 3},
        "lipschitz.measured_constants": {"value_and_gradient": quadratic, "points": 2, "distances": (0.1,)},
        "lipschitz.bounds": {"L": 1.0, "N": 3},
        "lipschitz.rate": {"x": np.arange(3.0), "constants": np.ones(3)},
        "losses.aligned": {"cell": minirnn.Parallel(cell, cell)},
        "losses.init_readout": {"weights": minirnn.core.initializers.fan_in},
        "losses.squared_error": {"Y": np.ones((4, 2)), "target": np.ones((4, 2))},
        "losses.softmax_cross_entropy": {"Y": np.ones((4, 2)), "target": np.ones(4, int)},
        "maps.logistic": {"r": 4.0},
        "maps.mean_field": {"g": 2.0},
        "maps.logistic_sensitivities": {"r": 3.0, "x0": 0.1},
        "memory.fit": {"positive": False},
        "memory.optimise": {"steps": 2},
        "memory.stability_integral": {"w": 0.3, "moved": 0.2},
        "memory.gradient_scale": {"w": np.ones(3)},
        "memory.perturbed_kernels": {
            "rates": -np.ones(2),
            "weights": np.ones(2),
            "moves": np.zeros((3, 2)),
            "t": np.arange(4.0),
        },
        "params.unflatten": {"vector": np.ones(3), "like": {"b": np.ones(3)}},
        "policy_gradient.expected_reward": {"Y": np.ones((4, 2)), "R": np.ones((4, 2))},
        "policy_gradient.log_likelihood": {"Y": np.ones((4, 2)), "G": np.ones((4, 2))},
        "policy_gradient.scores": {"dY": np.ones((6, 4, 2))},
        "policy_gradient.natural": {"r": np.ones(2)},
        "policy_gradient.episode_scores": {"weights": np.ones((4, 8))},
        "pomdp.check_policy": {"actions": 2},
        "pomdp.choose": {"pi": np.full((4, 2), 0.5)},
        "population.kernel": {"alpha": 0.5, "beta": 0.5},
        "population.variance": {"lam": 0.5},
        "population.sensitivity": {"lam": 0.5},
        "population.metric": {"lam": 0.5, "directions": [1.0], "scale": minirnn.theory.population.normalized},
        "population.unit_loss": {"lam": 0.5, "target": 0.5, "scale": minirnn.theory.population.normalized},
        "population.kernel_loss": {"K": np.ones((6, 1, 2))},
        "population.diagonal_jacobian": {"slopes": (np.ones(2), np.ones(2)), "b": np.ones(2), "c": np.ones(2)},
        "population.participation": {"vectors": np.ones((3, 2))},
        "referee.central_differences": {"f": value, "step": 1e-3},
        "synchrony.forced": {"data": np.ones((5, 2, 2)), "alpha": 0.5},
        "systems.check_jacobian": {"system": maps.henon(), "x": np.full((2, 2), 0.1), "step": 1e-6},
        "regularizers.regularized_bptt": {"alpha": 1.0},
        "newton.newton_unroll": {"guess": names["H"][1:], "tol": 1e-8, "rounds": 3, "within": (-1.0, 1.0)},
        "newton.newton_rounds": {
            "slopes": lambda before, after: 1 - after**2,
            "guess": names["H"][1:],
            "tol": 1e-8,
            "rounds": 3,
            "within": (-1.0, 1.0),
        },
        "tasks.modular": {"modulus": 3},
        "matrix_recurrences.matrix_scan_adjoint": {
            "A": np.ones((5, 3, 3)),
            "g": np.ones((5, 3)),
            "carry": np.ones(3),
        },
        **{
            f"matrix_recurrences.{name}": {"A": np.ones((5, 3, 3)), "h0": np.ones(3)}
            for name in ("matrix_scan", "matrix_sequential", "matrix_doubling", "matrix_blocked")
        },
        "recurrences.linear_scan_adjoint": {"g": np.ones((5, 3)), "carry": np.ones(3)},
        "saving.save": {"run": run, "path": FOLDER / "run"},
        "saving.load": {"path": FOLDER / "saved"},
        "runs.update_size": {"update": training.Update(run, params, params, X, names["target"])},
        "schedules.warm_up": {"updates": 2},
        "schedules.cosine_decay": {"updates": 2, "end": 0.01},
        "schedules.step_decay": {"every": 2},
        "schedules.exponential_decay": {"factor": 0.9},
        "archives.save_params": {"path": FOLDER / "w.npz"},
        "archives.load_params": {"path": FOLDER / "saved.npz"},
        "smoothness.moved": {"step": 0.1},
        "smoothness.local_lipschitz": {"gradient": gradient, "fractions": [0.5]},
        "smoothness.fit_line": {"x": np.arange(3.0), "y": np.ones(3)},
        "composition.joined": {"parts": {"0": params}},
        "contraction.limit_rows": {"limit": 1.0},
        "contraction.contractive_lstm": {"params": LSTM(1, 3).init(rng)},
        "contraction.projected": {"optimizer": optimizers.sgd(0.1), "project": gradient},
        "tasks.digits": {"part": "fit"},
        "tasks.spaced_digits": {"part": "fit", "T": 64, "order": np.arange(64)},
        "tasks.drawn_from": {"target": np.ones((4, 1)), "B": 2},
        "tasks.padded": {"sequences": [X[:, 0]], "fill": 0.0},
        "tasks.one_hot": {"symbols": np.arange(3), "classes": 3},
        "td.critic_error": {"params": params | {"V": np.ones((1, 3)), "c_out": np.zeros(1)}},
        "training.train": {
            "batch": lambda rng: (X, np.ones((B, 2))),
            "loss": partial(losses.at_end, losses.squared_error),
            "optimizer": optimizers.sgd(0.1),
            "updates": 1,
            "gradient": bptt,
            "progress": False,
            "clip": 1.0,
            "stop": lambda run: True,
            "each_update": lambda update: None,
            "save_every": 1,
        },
        "traces.elementwise_rtrl": {
            "cell": (own := minirnn.IndRNN(1, 3)),
            "params": own.init(rng) | losses.init_readout(rng, own, outputs=2),
        },
        "training.accuracy": {"target": np.zeros(B, int)},
        "training.named": {"Y": np.ones((B, 2)), "target": np.zeros(B, int)},
    } | {f"tasks.{name}": {"T": 20} for name in ("latch", "temporal_order", "copy")}


def public():
    """module.name -> function, of all that are not inner ones."""
    found = {}
    for module in map(importlib.import_module, MODULES):
        short = module.__name__.rpartition(".")[2]
        if short in DRAWING | MEASURING | ELSEWHERE:
            continue
        for name, f in vars(module).items():
            own = inspect.isfunction(f) and f.__module__ == module.__name__ and not name.startswith("_")
            if own and name not in INNER.get(short, "").split():
                found[f"{short}.{name}"] = f
    return found


FUNCTIONS = public()


def arguments(name):
    """Good arguments of a function, those with a default only where they are listed."""
    names = given()
    listed = others(names).get(name, {})
    names |= listed
    parameters = inspect.signature(FUNCTIONS[name]).parameters.values()
    return {p.name: names[p.name] for p in parameters if p.default is p.empty or p.name in listed}


class Wrong:
    """What no argument may be."""

    __name__ = "Wrong"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_wrong_kind_of_argument_is_named(name):
    f, missed = FUNCTIONS[name], []
    for argument in inspect.signature(f).parameters:
        try:
            result = f(**arguments(name) | {argument: Wrong()})
            missed.append(f"{argument}: taken, {result!r:.60}")
        except (TypeError, ValueError) as error:
            if not str(error).startswith((f"{argument} must", f"{argument}[", f"{argument}.")):
                missed.append(f"{argument}: {type(error).__name__}: {error}")
        except Exception as error:
            missed.append(f"{argument}: {type(error).__name__}: {error}")
    assert not missed, "\n".join(missed)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if not name.startswith("training.")])
def test_the_arguments_of_these_tests_are_good_but_for_the_wrong_one(name):
    with np.errstate(all="ignore"):
        FUNCTIONS[name](**arguments(name))


def bound():
    """Constructors and methods that take what a caller made, with good arguments."""
    names, B = given(), np.ones((2, 1))
    for make in minirnn.CELLS:
        yield make.__name__, make, {"m": 2, "n": 3}
        yield f"{make.__name__}.init", make(2, 3).init, {"rng": names["rng"]}
    for make in (pomdp.DelayedCue, pomdp.TMaze):
        cell = VanillaRNN(make.m, 3)
        params = cell.init(names["rng"]) | losses.init_readout(names["rng"], cell, make.actions)
        yield make.__name__, make, {"L": 3}
        yield (
            f"{make.__name__}.sample",
            make(3).sample,
            {"rng": names["rng"], "cell": cell, "params": params, "B": 2},
        )
    yield "TemporalDifference", td.TemporalDifference, {"rewards": np.ones((4, 2, 1)), "gamma": 0.9}
    for make in (losses.AtEnd, losses.AtEveryStep):
        yield make.__name__, make, {"error": losses.squared_error, "target": B}


@pytest.mark.parametrize(("f", "good"), [pytest.param(f, good, id=name) for name, f, good in bound()])
def test_a_wrong_kind_of_argument_of_a_class_is_named(f, good):
    f(**good)
    for argument in inspect.signature(f).parameters:
        with pytest.raises((TypeError, ValueError), match=f"^{argument} must"):
            f(**good | {argument: Wrong()})


# ---------------------------------------------------------------- what is said


def test_a_name_in_the_place_of_a_function():
    names = given()
    with refused(
        TypeError, "recurrent must be a function (Generator, tuple) -> array such as orthogonal", "'orthogonal'"
    ):
        names["cell"].init(names["rng"], recurrent="orthogonal")
    with refused(
        TypeError, "error must be a function (Y, target) -> (E, dE/dY) such as squared_error", "the string 'mse'"
    ):
        losses.at_end("mse", np.ones((4, 2)))
    with refused(TypeError, "f must be a function (dict) -> number", "the class Wrong"):
        minirnn.gradients.referee.central_differences(Wrong, names["params"])


def test_a_class_in_the_place_of_a_cell():
    names = given()
    with refused(TypeError, "cell must be a cell such as LSTM(m=2, n=3), got the class LSTM; write LSTM(m=2, n=3)"):
        bptt(LSTM, names["params"], names["X"], names["loss"])
    with refused(TypeError, "cell must be a cell", "got the string 'LSTM'"):
        bptt("LSTM", names["params"], names["X"], names["loss"])

    class Half(Wrong):
        m, n_state, n_out = 1, 3, 3
        init = shapes = drive = step = linearize = vjp_params = jvp_step = None

    with refused(TypeError, "cell must be a cell", "got Half, without vjp_step"):
        minirnn.unroll(Half(), names["params"], names["X"])


def test_a_model_of_pytorch_in_the_place_of_a_cell():
    names, torch = given(), pytest.importorskip("torch")
    with refused(TypeError, "got Linear of PyTorch, which minirnn.diagnosis.diagnose_model takes"):
        minirnn.diagnosis.diagnose(torch.nn.Linear(2, 2), names["params"], names["X"], names["loss"])


ROUTES = [bptt, partial(minirnn.truncated_bptt, K=2), minirnn.diagnosis.entry.diagnose]


@pytest.mark.parametrize("route", ROUTES)
def test_an_error_in_the_place_of_a_loss(route):
    names = given()
    case = names["cell"], names["params"], names["X"]
    with refused(TypeError, "loss must be a function", "squared_error; write at_end(squared_error, target)"):
        route(*case, loss=losses.squared_error)
    with refused(TypeError, "loss must be a function", "which does not take 2 arguments"):
        route(*case, loss=lambda target: names["loss"])
    with refused(TypeError, "loss must be a function", "it returned float"):
        route(*case, loss=lambda params, H: 1.0)
    with refused(TypeError, "loss must be a function (dict, array) -> (number, array, dict)", "NoneType"):
        route(*case, loss=None)

    def own(params, H):
        target = 0.0  # a name of its own, and no argument
        return float(H.sum()) + target, np.ones_like(H), {}

    route(*case, loss=own)
    wrong = names["target"]

    def with_default(params, H, target=wrong):
        return own(params, H)

    route(*case, loss=with_default)
    with refused(TypeError, "loss must be a function", "it returned a tuple of float, NoneType, list"):
        route(*case, loss=lambda params, H: (0.0, None, []))


@pytest.mark.parametrize("route", ROUTES)
def test_a_readout_of_ones_own(route):
    names = given()
    params = {key: names["params"][key] for key in "WUb"} | {"gain": np.array([2.0])}

    def own(params, H):
        return (
            float(params["gain"][0] * H.sum()),
            params["gain"][0] * np.ones_like(H),
            {"gain": np.array([H.sum()])},
        )

    answer = route(names["cell"], params, names["X"], loss=own)
    if route is bptt:
        judge = minirnn.gradients.referee.central_differences(
            lambda p: own(p, minirnn.unroll(names["cell"], p, names["X"])[1:])[0], params
        )
        for key, value in judge.items():
            np.testing.assert_allclose(answer[1][key], value, rtol=1e-6, atol=1e-7)
    run = training.train(
        names["cell"], params, lambda rng: (names["X"], names["target"]), lambda target: own,
        optimizers.sgd(0.01), updates=2, rng=names["rng"], progress=False,
    )  # fmt: skip
    assert run.params["gain"][0] != 2.0


def test_what_is_called_counts_and_not_what_it_wraps():
    names = given()

    @wraps(losses.squared_error)
    def mean(params, H, *, scale=1.0):
        return names["loss"](params, H)

    @wraps(names["loss"].__call__)
    def neither(target):
        return 0.0

    case = names["cell"], names["params"], names["X"]
    assert bptt(*case, mean)[0] == bptt(*case, names["loss"])[0]
    for loss, came in ((neither, "which does not take 2"), (len, "the function len, which does not take 2")):
        with refused(TypeError, "loss must be a function", came):
            bptt(*case, loss)
    with refused(TypeError, "recurrent must be a function", "the function len, which does not take 2"):
        names["cell"].init(names["rng"], recurrent=len)


class Squared:
    """A loss of one's own, as a class."""

    def __init__(self, target):
        self.loss = losses.at_end(losses.squared_error, target)

    def __call__(self, params, H):
        return self.loss(params, H)


def test_a_class_makes_the_losses_of_train():
    names = given()
    case = {"batch": lambda rng: (names["X"], np.ones((4, 2))), "optimizer": optimizers.sgd(0.1), "updates": 1}
    case |= {key: names[key] for key in ("cell", "params", "rng")} | {"progress": False}
    assert training.train(**case, loss=Squared).updates == 1
    with refused(TypeError, "loss must be", "the class AtEnd, which does not take 1 argument"):
        training.train(**case, loss=losses.AtEnd)
    with refused(TypeError, "batch must be", "the class Wrong"):
        training.train(**case | {"batch": Wrong}, loss=Squared)


def test_parameters_that_are_no_dict():
    names = given()
    frozen = MappingProxyType(names["params"])
    for f in (minirnn.unroll, network):
        with refused(TypeError, "params must be a non-empty dict of arrays", "got mappingproxy; write dict(…)"):
            f(names["cell"], frozen, names["X"])
        with refused(TypeError, "params must be a non-empty dict of arrays", "an array of float64"):
            f(names["cell"], np.array(0.0), names["X"])
    with refused(TypeError, "params must be a non-empty dict of arrays, got mappingproxy; write dict(params)"):
        minirnn.core.checks.float_arrays("params", frozen)
    with refused(TypeError, "params must be a non-empty dict of arrays"):
        network(names["cell"], np.ones(3))


def test_what_train_is_given():
    names = given()
    good = {"cell": names["cell"], "params": names["params"], "rng": names["rng"], "updates": 1, "progress": False}
    good |= {
        "batch": lambda rng: (names["X"], np.ones((4, 2))),
        "loss": lambda y: losses.at_end(losses.squared_error, y),
    }
    good["optimizer"] = optimizers.sgd(0.1)
    for argument, value, came in (
        ("gradient", "bptt", "the string 'bptt'"),
        ("batch", (names["X"], np.ones((4, 2))), "tuple"),
        ("loss", None, "NoneType"),
        ("loss", losses.at_end, "the function at_end, which does not take 1 argument"),
        ("cell", VanillaRNN, "the class VanillaRNN"),
        ("optimizer", optimizers.sgd, "the function sgd"),
    ):
        with refused(TypeError, f"{argument} must be", came):
            training.train(**good | {argument: value})
    with refused(ValueError, "save_to must be a file", "directory"):
        training.train(**good, save_to="/")


def test_keys_that_nothing_reads():
    names = given()
    case = names["cell"], names["params"] | {"w": np.ones(3)}, names["X"]
    for route in ROUTES:
        with refused(
            ValueError,
            "params must hold W, U, b and the loss's own (V, c_out), got also w: remove it, or mend its name",
        ):
            route(*case, loss=names["loss"])
    minirnn.unroll(*case)  # a loss may read it
    network(names["cell"], [names["params"], case[1]])
    with refused(ValueError, "gradient must hold W, got W, b"):
        minirnn.learning.clipping.clip_adaptive({"W": np.ones(3), "b": np.ones(3)}, {"W": np.ones(3)})


def test_an_optimizer_wants_its_own_state():
    params = {"b": np.ones(2)}
    for make, keys in ((optimizers.sgd, "nothing"), (optimizers.momentum, "v"), (optimizers.adam, "t, m, v")):
        optimizer = make(0.1)
        with refused(TypeError, "state must be the dict that init(params) returns, got NoneType"):
            optimizer.update(params, params, None)
        with refused(ValueError, f"state must hold {keys}, as init(params) returns it, got x"):
            optimizer.update(params, params, {"x": 1})
        optimizer.update(params, params, optimizer.init(params))


def test_states_that_do_not_fit():
    names = given()
    cell, params = names["cell"], names["params"]
    driven = network(cell, params, names["X"])
    with refused(ValueError, "h_prev must be (..., B, 3), got (4, 5)"):
        minirnn.dynamics.exponents.jacobian(cell, params, np.zeros((4, 5)), np.zeros((4, 3)))
    with refused(ValueError, "drive must be (4, 3), as cell.drive gives it, got (4, 1)"):
        minirnn.dynamics.exponents.jacobian(cell, params, np.zeros((4, 3)), np.zeros((4, 1)))
    with refused(ValueError, "h0 must be finite"):
        minirnn.dynamics.exponents.spectrum(driven, np.full((4, 3), np.nan), 3)
    for f in (minirnn.dynamics.exponents.spectrum, orbits.orbit):
        with refused(ValueError, "T must be at most 6", "got 7"):
            f(driven, np.zeros((4, 3)), 7)
        with refused(ValueError, "h0 must be (4, 3), got (2, 3)"):
            f(driven, np.zeros((2, 3)), 5)
    with refused(ValueError, "x must be (4, 3), got (2, 3)"):
        check_jacobian(driven, np.zeros((2, 3)))
    with refused(ValueError, "h0 must be (2, 3), got (5, 3)"):
        minirnn.dynamics.exponents.spectrum(network(cell, [params] * 2), np.zeros((5, 3)), 5)


def test_numbers_of_which_there_is_no_logarithm():
    with refused(ValueError, "constants must be > 0", "got 0"):
        lipschitz.rate(np.arange(3.0), np.zeros(3))
    with refused(ValueError, "size must be an integer >= 1, got 0"):
        lipschitz.in_ball(np.random.default_rng(0), 0, 1.0)
    with refused(TypeError, "b must be an array, got list"):
        minirnn.core.recurrences.linear_scan(np.array(0.5), [1.0, 2.0])
    with refused(ValueError, "target must be (T, B, ...) = (5, 4, ...), got (3, 4, 2)"):
        losses.at_every_step(losses.squared_error, np.ones((3, 4, 2))).places(np.ones((5, 4, 3)))


# ---------------------------------------------------------------- maps of one's own


def henon(x):
    return np.stack([1 - 1.4 * x[:, 0] ** 2 + x[:, 1], 0.3 * x[:, 0]], axis=1)


def henon_jacobian(x):
    return np.array([[[-2.8 * x, 1.0], [0.3, 0.0]] for x in x[:, 0]])


@pytest.mark.parametrize("B", [1, 2, 3])
def test_a_map_of_one_state_is_told(B):
    one = lambda x: np.array([1 - 1.4 * x[0] ** 2 + x[1], 0.3 * x[0]])  # noqa: E731
    x0 = 0.1 * np.ones((B, 2))
    rule = "f must map states x (B, n), one a row, to (B, n)"
    with refused(ValueError, rule, {1: "it raised IndexError", 2: "each by itself", 3: "it returned (2, 2)"}[B]):
        spectrum(autonomous(2, one, henon_jacobian), x0, 10)
    flat = lambda x: np.array([[-2.8 * x[0, 0], 1.0], [0.3, 0.0]])  # noqa: E731
    with refused(ValueError, "jacobian must map states x (B, n), one a row, to (B, n, n)", "it returned (2, 2)"):
        spectrum(autonomous(2, henon, flat), x0, 10)


def test_check_jacobian_tells_a_transposed_one_and_where_another_is_wrong():
    x = np.random.default_rng(0).standard_normal((3, 2))
    assert check_jacobian(autonomous(2, henon, henon_jacobian), x) < 1e-8
    with refused(ValueError, "jacobian", "transpose"):
        check_jacobian(autonomous(2, henon, lambda x: henon_jacobian(x).swapaxes(1, 2)), x)
    wrong = lambda x: henon_jacobian(x) + np.array([[0, 0], [0, 0.5]])  # noqa: E731
    with refused(ValueError, "at [0, 1, 1] it is 0.5, where central differences give 0"):
        check_jacobian(autonomous(2, henon, wrong), x)
    cell = LSTM(2, 3)
    params = random_params(np.random.default_rng(1), cell)
    assert check_jacobian(network(cell, params), np.full((2, 6), 0.3)) < 1e-8
    assert check_jacobian(maps.lorenz(), np.ones((1, 3))) < 1e-7
