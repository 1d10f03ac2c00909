"""Runs on disk: what is saved comes back, with any memory, rng and cell; what somebody else wrote runs nothing."""

import json
import os
import pickle
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from minirnn import CELLS, GRU, LRU, LSTM, BlockRNN, DiagonalRNN, VanillaRNN
from minirnn.cells.plain import Activated
from minirnn.core.archives import load_params, read_archive, write_archive
from minirnn.layers import Parallel, Stack
from minirnn.learning import losses, tasks
from minirnn.learning.cell_records import cell_of, cell_record, cell_text
from minirnn.learning.optimizers import Optimizer, adam, sgd
from minirnn.learning.runs import Run, TrainingState
from minirnn.learning.saving import load, save
from minirnn.learning.training import train
from tests.helpers import all_cells, refused
from tests.learning.test_training import CELL, go, same, start

OLD = Path(__file__).with_name("run_of_0_1.pickle")  # 3 updates of adam, written by `train` of version 0.1.0


def test_save_and_load_are_inverse(tmp_path):
    run = go(3)
    save(run, tmp_path / "run")
    back = load(tmp_path / "run")
    assert same(back, run)
    assert isinstance(back, Run)
    assert back.cell == CELL
    assert list(back.params) == list(run.params)
    assert list(back.history) == list(run.history)


@all_cells
def test_every_cell_is_restored(tmp_path, cell):
    rng = np.random.default_rng(0)
    run = Run(cell, TrainingState(cell.init(rng), {}, rng.bit_generator.state))
    save(run, tmp_path / "run")
    assert load(tmp_path / "run").cell == cell
    assert load(tmp_path / "run", cell).cell is cell
    assert same(load(tmp_path / "run"), run)


@pytest.mark.parametrize("make", [LRU, DiagonalRNN, BlockRNN])
def test_weights_of_paired_units_that_were_saved_in_halves_are_read_as_pairs(tmp_path, make):
    """A run of format 1 is the same network: its readout's columns are in the order of the state, as Adam's memory."""
    rng, cell = np.random.default_rng(0), make(2, 3)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=4)
    memory = {"m": {key: rng.standard_normal(value.shape) for key, value in params.items()}, "t": 2}
    now = Run(cell, TrainingState(params, memory, rng.bit_generator.state))
    rows = ["U", "b"] if make is BlockRNN else []

    def in_halves(arrays):
        halves = {"V": np.concatenate([arrays["V"][:, ::2], arrays["V"][:, 1::2]], axis=1)}
        return arrays | halves | {key: np.concatenate([arrays[key][::2], arrays[key][1::2]]) for key in rows}

    old = TrainingState(in_halves(params), {"m": in_halves(memory["m"]), "t": 2}, rng.bit_generator.state)
    save(Run(cell, old), tmp_path / "run")
    arrays, header = read_archive("path", tmp_path / "run", "a run")
    write_archive(tmp_path / "old", arrays, header | {"minirnn run": 1})
    assert same(load(tmp_path / "old"), now)
    assert not same(load(tmp_path / "run"), now)


def test_layers_of_paired_units_that_were_saved_in_halves_are_refused(tmp_path):
    rng, cell = np.random.default_rng(0), Stack([LRU(2, 3), VanillaRNN(6, 2)])
    save(Run(cell, TrainingState(cell.init(rng), {}, rng.bit_generator.state)), tmp_path / "run")
    arrays, header = read_archive("path", tmp_path / "run", "a run")
    write_archive(tmp_path / "run", arrays, header | {"minirnn run": 1})
    with refused(ValueError, "an earlier version", "layers with a LRU"):
        load(tmp_path / "run")


@pytest.mark.parametrize(
    "cell", [Stack([LSTM(2, 3), GRU(3, 2)]), Parallel(GRU(2, 3), Stack([LSTM(2, 3), VanillaRNN(3, 2, "relu")]))]
)
def test_layers_are_restored(tmp_path, cell):
    rng = np.random.default_rng(0)
    run = Run(cell, TrainingState(cell.init(rng), {}, rng.bit_generator.state))
    save(run, tmp_path / "run")
    assert load(tmp_path / "run").cell == cell
    assert same(load(tmp_path / "run"), run)


def test_a_layer_of_ones_own_has_to_be_given(tmp_path):
    cell = Stack([LSTM(2, 3), type("Own", (GRU,), {})(3, 2)])
    rng = np.random.default_rng(0)
    save(Run(cell, TrainingState(cell.init(rng), {}, rng.bit_generator.state)), tmp_path / "run")
    with refused(ValueError, "cell must be given", "Stack(cells=(LSTM(m=2, n=3), Own("):
        load(tmp_path / "run")
    assert load(tmp_path / "run", cell).cell is cell


def test_sizes_of_numpy_become_plain_ones():
    for make in CELLS:
        assert cell_record(make(np.int64(2), np.int32(3))) == cell_record(make(2, 3))
        assert cell_text(cell_record(make(2, 3))) == repr(make(2, 3))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_any_memory_of_an_optimizer(tmp_path, dtype):
    memory = {
        "arrays": {"W": np.arange(6, dtype=dtype).reshape(2, 3), "mask": np.array([True, False])},
        "scalars": [np.float32(0.1), np.int64(3), np.bool_(True), 0.1, 2**200, -1, True, None, "text"],
        "nan": [float("nan"), float("inf"), -0.0],
        "pair": (1, (2.0, np.zeros(0))),
        "nothing": {},
    }
    run = Run(CELL, TrainingState(start(), memory, np.random.default_rng(0).bit_generator.state))
    save(run, tmp_path / "run")
    back = load(tmp_path / "run").state.optimizer
    assert repr(back) == repr(memory)
    assert [type(value) for value in back["scalars"]] == [type(value) for value in memory["scalars"]]
    assert back["arrays"]["W"].dtype == dtype


@pytest.mark.parametrize(
    ("memory", "error", "words"),
    [
        ({"f": print}, TypeError, ("run must hold arrays, numbers", "builtin_function_or_method at optimizer/f")),
        ({"x": [set()]}, TypeError, ("set at optimizer/x/0",)),
        ({"x": np.array([None])}, TypeError, ("run['optimizer/x'] must hold numbers, got object",)),
        ({1: 2.0}, ValueError, ("strings for keys", "1 at optimizer")),
        ({"$array": 2.0}, ValueError, ("strings for keys", "'$array' at optimizer")),
        ({"../x": np.zeros(1)}, ValueError, ("run must have names such as", "'optimizer/../x'")),
        ({"a/b": np.zeros(1), "a": {"b": np.zeros(1)}}, ValueError, ("two of 'optimizer/a/b'",)),
    ],
)
def test_memory_that_cannot_be_saved_is_refused_before_the_first_update(tmp_path, memory, error, words):
    optimizer = Optimizer(lambda params: memory, sgd(0.1).update)
    batches: list[int] = []
    with refused(error, *words):
        go(3, optimizer=optimizer, save_to=tmp_path / "run", batch=lambda rng: batches.append(1))
    assert not batches
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------- cells of one's own


@dataclass(frozen=True)
class Leaky(VanillaRNN):
    """A cell of one's own, with a number and a function among its fields."""

    leak: float = 0.5
    form: Any = np.tanh


class Bare:
    """A cell that is no dataclass: one that passes everything on."""

    def __init__(self, cell):
        self.cell = cell

    def __getattr__(self, name):
        return getattr(self.__dict__["cell"], name)


@pytest.mark.parametrize("make", [lambda: Leaky(2, 5), lambda: Bare(CELL)], ids=["dataclass", "object"])
def test_a_cell_of_ones_own_is_given(tmp_path, make):
    go(3, cell=make(), save_to=tmp_path / "run")
    assert same(load(tmp_path / "run", make()), go(3, cell=make()))
    assert same(go(6, cell=make(), save_to=tmp_path / "run"), go(6, cell=make()))
    with refused(ValueError, "cell must be given, as it is of a class of your own: load(path, cell="):
        load(tmp_path / "run")
    with refused(ValueError, "path must hold a run of GRU(m=2, n=5);", "holds one of", type(make()).__name__):
        load(tmp_path / "run", GRU(2, 5))


def test_cells_of_one_class_differ_by_their_fields(tmp_path):
    go(3, cell=Leaky(2, 5), save_to=tmp_path / "run")
    for other, words in (
        (Leaky(2, 5, leak=0.1), "leak=0.1"),
        (Leaky(2, 5, form=np.cos), "cos"),
        (Leaky(2, 5, "relu"), "activation='relu'"),
    ):
        with refused(ValueError, "save_to must hold a run of Leaky(", words, "holds one of Leaky(", "leak=0.5"):
            go(6, cell=other, save_to=tmp_path / "run")


def test_a_cell_of_ones_own_that_has_a_name_of_ours(tmp_path):
    own = type("LSTM", (LSTM,), {})(2, 5)
    assert cell_record(own)["own class"] == "LSTM"
    save(
        Run(own, TrainingState(own.init(np.random.default_rng(0)), {}, {"bit_generator": "PCG64"})),
        tmp_path / "run",
    )
    with refused(ValueError, "cell must be given"):
        load(tmp_path / "run")


@pytest.mark.parametrize(
    "record",
    [
        {"class": "Cell", "m": 2},
        {"class": "contract"},
        {"class": "__class__"},
        {"class": "os.system"},
        {"class": ["LSTM"]},
        {"class": "LSTM", "m": 2},
        {"class": "LSTM", "m": 2, "n": 3, "k": 4},
        {"class": "LSTM", "m": "2", "n": 3},
        {"class": "VanillaRNN", "m": 2, "n": 3, "activation": {"class": "LSTM", "m": 2, "n": 3}},
        ["LSTM"],
        {},
    ],
)
def test_records_of_no_cell(record):
    with pytest.raises((ValueError, TypeError)):
        cell_of(record)


# ---------------------------------------------------------------- pickles of earlier versions


def old_run(updates, **options):
    """The run that is in the file, as it would have gone on."""
    rng = np.random.default_rng(0)
    cell = VanillaRNN(2, 3)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    batch = lambda rng: tasks.adding(rng.spawn(1)[0], B=2, T=4)  # noqa: E731
    loss = partial(losses.at_end, losses.squared_error)
    rng = options.pop("rng", None) or np.random.default_rng(1)
    return train(cell, params, batch, loss, adam(0.01), updates, rng, progress=False, **options)


def warned():
    return pytest.warns(
        UserWarning, match=r"earlier version.*its numbers alone were read.*save\(load\(path\), path\)"
    )


def close(a, b):
    """To rounding, since the file is of another machine; where the rng is, exactly."""
    assert a.state.rng == b.state.rng
    assert a.state.seeds == b.state.seeds
    for key, value in b.params.items():
        np.testing.assert_allclose(a.params[key], value, rtol=1e-9)
    np.testing.assert_allclose(a.history["loss"], b.history["loss"], rtol=1e-9)


def test_a_pickle_of_an_earlier_version_goes_on_and_is_converted(tmp_path):
    shutil.copy(OLD, tmp_path / "run")
    with warned():
        back = load(tmp_path / "run")
    close(back, old_run(3))
    assert (back.cell, back.updates, back.state.optimizer["t"]) == (VanillaRNN(2, 3), 3, 3)
    with warned():
        run = old_run(6, save_to=tmp_path / "run", rng=np.random.default_rng(99))
    close(run, old_run(6))
    assert same(load(tmp_path / "run"), run)  # without a warning: it is of the new form


@pytest.mark.parametrize("protocol", [4, 5])
@pytest.mark.parametrize("cell", [CELL, Leaky(2, 5)], ids=["ours", "own"])
def test_pickles_as_other_pythons_write_them(tmp_path, protocol, cell):
    run = go(3, cell=cell, rng=np.random.Generator(np.random.MT19937(1)))
    run.state = run.state._replace(optimizer=run.state.optimizer | {"scale": np.float32(2.0)})
    (tmp_path / "run").write_bytes(pickle.dumps(run, protocol))
    with warned():
        assert same(load(tmp_path / "run", cell), run)


class Evil:
    def __init__(self, *call):
        self.call = call

    def __reduce__(self):
        return self.call[0], self.call[1:]


class Poison:
    """Asks to set attributes of what the pickle names."""

    def __reduce__(self):
        return Run, (), (None, {"record": 1})


@pytest.mark.parametrize(
    "value",
    [
        Evil(os.system, "touch executed"),
        Evil(eval, "open('executed', 'w')"),
        Evil(Run, CELL, Evil(os.system, "touch executed")),
        Run(CELL, TrainingState(start(), {"x": Evil(os.mkdir, "executed")}, {"bit_generator": "PCG64"})),
        {"a": Evil(os.mkdir, "executed")},
        Run(Evil(os.mkdir, "executed"), TrainingState(start(), {}, {"bit_generator": "PCG64"})),  # type: ignore[arg-type]
        Run(CELL, TrainingState(Evil(os.mkdir, "executed"), {}, {"bit_generator": "PCG64"})),  # type: ignore[arg-type]
        Run(CELL, TrainingState({"W": np.array([Evil(os.mkdir, "executed")])}, {}, {"bit_generator": "PCG64"})),
        Poison(),
        {"a": 1},
        [],
        None,
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.filterwarnings("ignore:.*is a pickle of an earlier version")
def test_a_pickle_runs_nothing(tmp_path, monkeypatch, value):
    monkeypatch.chdir(tmp_path)
    record = Run.record
    (tmp_path / "run").write_bytes(pickle.dumps(value))
    for f in (load, lambda path: go(3, save_to=path)):
        with pytest.raises(ValueError, match=r"a file written by save, got|cell must be given|must hold a run of"):
            f(tmp_path / "run")
    assert os.listdir(tmp_path) == ["run"]
    assert Run.record is record


def test_stand_ins_do_not_reach_a_run(tmp_path):
    """An object of a foreign class in the optimizer's memory is one that cannot be saved again."""
    run = go(2)
    run.state = run.state._replace(optimizer=run.state.optimizer | {"own": Evil(dict)})
    (tmp_path / "run").write_bytes(pickle.dumps(run))
    with warned(), refused(ValueError, "must be a file written by save, got", "got dict at optimizer/own"):
        load(tmp_path / "run")


# ---------------------------------------------------------------- files that are no run


def test_files_that_are_not_a_run(tmp_path):
    with refused(ValueError, "must be a file", "directory", str(tmp_path)):
        go(3, save_to=tmp_path)
    with refused(ValueError, "must be a file", "directory", str(tmp_path)):
        load(tmp_path)
    path = tmp_path / "file"
    save(go(3), path)
    whole = path.read_bytes()
    np.savez(tmp_path / "weights.npz", W=np.ones(2))
    for content in (
        b"",
        b"not a run",
        pickle.dumps(go(3))[:-20],
        whole[:-20],
        (tmp_path / "weights.npz").read_bytes(),
    ):
        path.write_bytes(content)
        with refused(ValueError, "path must be a file written by save", str(path)):
            load(path)
        with refused(ValueError, "save_to must be a file written by save", str(path)):
            go(3, save_to=path)
        assert path.read_bytes() == content
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "nowhere")


def changed(path, **changes):
    """The file at `path` with its header's state changed: "updates", "rng/state/pos" and so on; None takes it out."""
    arrays, header = read_archive("path", path)
    for place, value in changes.items():
        *way, last = place.split("/")
        inner = header if way[:1] == [""] else header["state"]
        for key in way:
            inner = inner[key] if key else inner
        inner[last] = value
        if value is None:
            del inner[last]
    write_archive(path, arrays, header)


LACKS = "which is not one: "
HEADERS = {
    "format": ({"/minirnn run": 3}, "its format is 3, and this version reads 1 and 2"),
    "no format": ({"/minirnn run": None}, "it has no header of a run"),
    "no state": ({"/state": None}, LACKS),
    "a list": ({"/state": []}, LACKS),
    "no cell": ({"/cell": None}, LACKS),
    "a cell that is none": ({"/cell": "LSTM"}, LACKS),
    "an unknown cell": (
        {"/cell": {"class": "NewRNN", "m": 2}},
        "no cell 'NewRNN': is the file of a later version?",
    ),
    "no parameters": ({"params": None}, LACKS),
    "a missing parameter": ({"params/W": None}, "W is missing"),
    "a missing array": ({"params/W": {"$array": "params/Q"}}, "'params/Q'"),
    "another array": ({"params/W": {"$array": "params/b"}}, "params['W'] must be (5, 5), got (5,)"),
    "a list of numbers": ({"params/W": [1.0]}, "params['W'] must be a float32 or float64 array, got list"),
    "updates": ({"updates": -1}, "updates must be an integer >= 0"),
    "half updates": ({"updates": 1.5}, "updates must be an integer"),
    "skipped": ({"skipped": 4}, "skipped must be an integer from 0 to 3"),
    "what nobody knows": ({"more": 1}, "more"),
    "no rng": ({"rng": 3}, "no state of a rng"),
    "memory": ({"optimizer": [1]}, "no optimizer's memory"),
    "history": ({"history": [1]}, LACKS),
    "history of tables": ({"history/loss": {"$array": "params/W"}}, "a column of its history is (5, 5)"),
    "history of texts": ({"history/loss": "abc"}, LACKS),
}


@pytest.mark.parametrize("kind", HEADERS)
def test_headers_of_somebody_elses(tmp_path, kind):
    path, (changes, words) = tmp_path / "run", HEADERS[kind]
    save(go(3), path)
    changed(path, **changes)
    for f in (load, lambda path: go(6, save_to=path)):
        if kind not in ("a cell that is none", "an unknown cell", "no cell") or f is load:
            with refused(ValueError, "must be a file written by save, got", words):
                f(path)
        else:
            with pytest.raises(ValueError, match="save_to must "):
                f(path)


RNGS = {
    "another state": (np.random.PCG64, {"rng/state/state": "x"}),
    "no state": (np.random.PCG64, {"rng/state": None}),
    "too large": (np.random.PCG64, {"rng/state/state": -1}),
    "no seeds": (np.random.PCG64, {"seeds": {}}),
    "a large pool": (np.random.PCG64, {"seeds/pool_size": 2000}),
    "foreign seeds": (np.random.PCG64, {"seeds/path": "x"}),
    "beyond its table": (np.random.MT19937, {"rng/state/pos": 10**8}),
    "before its table": (np.random.MT19937, {"rng/state/pos": -1}),
    "beyond its buffer": (np.random.Philox, {"rng/buffer_pos": 10**8}),
    "a short key": (np.random.MT19937, {"rng/state/key": {"$array": "history/loss"}}),
}


@pytest.mark.parametrize("kind", RNGS)
def test_states_of_a_rng_that_are_none(tmp_path, kind):
    make, changes = RNGS[kind]
    generator = lambda: np.random.Generator(make(1))  # noqa: E731
    go(3, rng=generator(), save_to=tmp_path / "run")
    changed(tmp_path / "run", **changes)
    with refused(ValueError, "save_to must hold the state of its rng, got", "with another"):
        go(6, rng=generator(), save_to=tmp_path / "run")


def test_weights_are_not_read_from_a_run(tmp_path):
    save(go(3), tmp_path / "run.npz")
    with refused(ValueError, "path must hold weights alone, got", "with a run, which minirnn.learning.load reads"):
        load_params(tmp_path / "run.npz")


def test_a_header_is_for_people_too(tmp_path):
    save(go(3), tmp_path / "run")
    with np.load(tmp_path / "run", allow_pickle=False) as file:
        header = json.loads(file["header.json"])
        assert file["history/loss"].tolist() == go(3).history["loss"]
    assert header["cell"] == {"class": "VanillaRNN", "m": 2, "n": 5, "activation": "tanh"}
    assert header["state"]["updates"] == 3


def test_the_class_that_every_own_cell_may_stand_on_is_no_cell():
    assert cell_record(Activated(2, 3))["own class"] == "Activated"  # type: ignore[abstract]
