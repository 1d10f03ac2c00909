"""A run that is stopped, in any way, goes on to the same numbers; what is not finite is skipped and counted."""

import os
import signal
import subprocess
import sys
import time
from functools import cache, partial

import numpy as np
import pytest
from scipy import stats

from minirnn import GRU, LinearRNN, VanillaRNN, bptt, truncated_bptt
from minirnn.core.archives import read_archive, write_archive
from minirnn.core.params import norm
from minirnn.learning import losses, tasks
from minirnn.learning.optimizers import Optimizer, adam, momentum, sgd
from minirnn.learning.runs import Run, TrainingState, Update, update_size
from minirnn.learning.saving import load, save
from minirnn.learning.schedules import cosine_decay, exponential_decay, step_decay, warm_up
from minirnn.learning.training import accuracy, train
from tests.helpers import refused

CELL = VanillaRNN(2, 5)


def draw(rng):
    return tasks.adding(rng, B=4, T=6)


def squared(target):
    return losses.at_end(losses.squared_error, target)


def start(cell=CELL, seed=0):
    rng = np.random.default_rng(seed)
    return cell.init(rng) | losses.init_readout(rng, cell, outputs=1)


def go(updates, *, cell=CELL, optimizer=None, seed=1, **options):
    options = {"batch": draw, "loss": squared, "progress": False} | options
    optimizer = optimizer or adam(0.01)
    rng = options.pop("rng", None) or np.random.default_rng(seed)
    params = options.pop("params", None) or start(cell)
    batch, loss = options.pop("batch"), options.pop("loss")
    return train(cell, params, batch, loss, optimizer, updates, rng, **options)


def same(a, b):
    return (
        repr(a.history) == repr(b.history)  # nan, too
        and a.params.keys() == b.params.keys()
        and all((a.params[key] == b.params[key]).all() for key in a.params)
        and repr(a.state.rng) == repr(b.state.rng)  # some hold arrays
        and a.state.seeds == b.state.seeds
        and (a.updates, a.skipped) == (b.updates, b.skipped)
    )


# ---------------------------------------------------------------- the loop


def test_a_run_is_the_loop_one_would_write():
    run = go(5, optimizer=sgd(0.1))
    params, rng, history = start(), np.random.default_rng(1), {"loss": [], "norm": []}
    for _ in range(5):
        X, target = draw(rng)
        E, g = bptt(CELL, params, X, squared(target))
        history["loss"].append(E)
        history["norm"].append(norm(g))
        params = {key: params[key] - 0.1 * g[key] for key in params}
    assert run.history == history
    assert all((run.params[key] == params[key]).all() for key in params)
    assert run.state.rng == rng.bit_generator.state
    assert (run.updates, run.skipped) == (5, 0)


def test_the_initial_parameters_are_not_touched():
    params = start()
    go(5, params=params)
    assert all((params[key] == value).all() for key, value in start().items())


def test_clip_changes_the_steps_and_records_the_norm_before():
    run = go(5, optimizer=sgd(1.0), clip=1e-3)
    assert max(run.history["norm"]) > 0.01
    moved = {key: run.params[key] - value for key, value in start().items()}
    assert 0 < norm(moved) <= 5e-3 * (1 + 1e-12)


def test_a_run_notes_its_clip_and_its_last_rate_and_a_file_keeps_them(tmp_path):
    schedule = exponential_decay(0.1, 0.5)
    run = go(3, optimizer=momentum(schedule), clip=0.7, save_to=tmp_path / "run")
    assert (run.clip, run.rate) == (0.7, schedule(2))
    assert (load(tmp_path / "run").clip, load(tmp_path / "run").rate) == (run.clip, run.rate)
    resumed = go(5, optimizer=momentum(schedule), clip=0.2, save_to=tmp_path / "run")
    assert (resumed.clip, resumed.rate) == (0.2, schedule(4))
    own = Optimizer(adam(0.1).init, adam(0.1).update)
    assert (go(1, optimizer=own).clip, go(1, optimizer=own).rate) == (None, None)
    arrays, header = read_archive("path", tmp_path / "run", "a run")
    del header["training"]  # a file of an earlier version
    write_archive(tmp_path / "old", arrays, header)
    old = load(tmp_path / "old")
    assert same(old, resumed)
    assert (old.clip, old.rate) == (None, None)


def test_a_skipped_update_does_not_count_for_the_rate():
    def batch(rng):
        X, target = draw(rng)
        return (X * np.where(rng.random() < 0.5, 1.0, 1e300)), target

    run = go(8, optimizer=sgd(cosine_decay(0.1, updates=9)), batch=batch, seed=0, cell=LinearRNN(2, 5))
    assert 0 < run.skipped < 8
    assert run.rate == cosine_decay(0.1, updates=9)(7 - run.skipped + (not np.isfinite(run.history["norm"][-1])))


def test_the_log_of_a_run_is_what_diagnose_reads():
    run = go(12, optimizer=sgd(0.1), clip=0.5, each_update=update_size)
    log = run.log(last=5)
    assert [log.loss.tolist(), log.norm.tolist()] == [run.history[key][-5:] for key in ("loss", "norm")]
    assert log.update.tolist() == run.history["update"][-5:]
    assert (log.clip, log.rate) == (0.5, 0.1)
    assert len(go(2).log().loss) == 2
    assert go(2).log().update is None
    with refused(ValueError, "run must have made an update"):
        Run(CELL, run.state._replace(updates=0)).log()
    with refused(ValueError, "last must be"):
        run.log(last=0)


def test_another_gradient_through_partial():
    exact, truncated = go(5), go(5, gradient=partial(truncated_bptt, K=6))
    np.testing.assert_allclose(truncated.history["loss"], exact.history["loss"], rtol=1e-12)
    assert go(5, gradient=partial(truncated_bptt, K=1)).history["norm"] != exact.history["norm"]


def test_stop_is_asked_after_each_update():
    asked = []

    def stop(run):
        asked.append(run.updates)
        return run.updates == 3

    assert go(10, stop=stop).updates == 3
    assert asked == [1, 2, 3]


def test_a_stopped_run_that_is_asked_again_stays_stopped(tmp_path):
    stop = lambda run: run.updates >= 3  # noqa: E731
    first = go(10, stop=stop, save_to=tmp_path / "run")
    assert same(first, go(10, stop=stop, save_to=tmp_path / "run"))
    assert first.updates == 3


def test_progress_off_is_silent_and_on_is_not(capfd):
    go(3)
    assert capfd.readouterr() == ("", "")
    go(3, progress=True)
    assert "3" in capfd.readouterr().err


def test_float32_runs_stay_float32():
    params = {key: value.astype(np.float32) for key, value in start().items()}
    single = lambda rng: tuple(a.astype(np.float32) for a in draw(rng))  # noqa: E731
    for optimizer in (sgd(0.1), momentum(0.1), adam(0.01)):
        run = go(5, params=params, batch=single, clip=0.1, optimizer=optimizer)
        assert {value.dtype for value in run.params.values()} == {np.dtype(np.float32)}
        np.testing.assert_allclose(
            run.history["loss"], go(5, clip=0.1, optimizer=optimizer).history["loss"], rtol=1e-4
        )


# ---------------------------------------------------------------- observers


def test_an_observer_sees_each_update_and_what_it_returns_is_recorded():
    clip, seen = 0.5, []

    def see(update):
        seen.append(update)
        assert update.run.history["loss"][-1] == bptt(CELL, update.before, update.X, squared(update.target))[0]
        return {"size": update.size, "twice": 2 * update.run.updates} if update.run.updates % 2 else None

    run = go(5, optimizer=sgd(0.1), clip=clip, each_update=see)
    plain = go(5, optimizer=sgd(0.1), clip=clip)
    assert same_but(run, plain, "size", "twice")
    assert [update.run.updates for update in seen] == [1, 2, 3, 4, 5]
    assert seen[-1].run.params is run.params
    before = start()
    for update, size in zip(seen, run.history["norm"], strict=True):
        assert all((update.before[key] == before[key]).all() for key in before)
        assert norm(update.gradient) == size  # before the clip
        moved = norm(update.change)
        assert moved == pytest.approx(0.1 * min(size, clip), rel=1e-12)
        assert update.size == moved / norm(before)
        before = update.run.params
    sizes = run.history["size"]
    assert [np.isnan(size) for size in sizes] == [False, True, False, True, False]
    assert sizes[::2] == [update.size for update in seen[::2]]
    assert run.history["twice"][::2] == [2.0, 6.0, 10.0]


def same_but(a, b, *columns):
    """The runs without these columns of the history."""
    left = {key: values for key, values in a.history.items() if key not in columns}
    return same(Run(a.cell, a.state, left), b)


def test_the_sizes_of_updates_are_recorded_where_asked():
    run = go(3, optimizer=sgd(0.1), each_update=update_size)
    sizes = [0.1 * size for size in run.history["norm"]]
    assert run.history["update"][0] == pytest.approx(sizes[0] / norm(start()), rel=1e-12)
    assert len(run.history["update"]) == 3
    assert "update" not in go(3).history


def test_sizes_of_updates_at_their_ends():
    def update(before, after):
        state = TrainingState({"w": np.array(after)}, {}, {})
        return Update(Run(CELL, state), {"w": np.array(before)}, {}, np.zeros((1, 1, 2)), np.zeros(1))

    assert update([3.0, 4.0], [3.0, 4.5]).size == 0.1
    assert update([1.0], [1.0]).size == 0.0
    assert update([0.0], [0.0]).size == 0.0
    assert update([0.0], [1.0]).size == np.inf
    assert update([1e-300], [1e300]).size == np.inf
    assert update([-1e308], [1e308]).size == np.inf
    assert update([1e-200], [2e-200]).size == pytest.approx(1.0)
    assert np.isnan(update([1.0], [np.nan]).size)


def test_a_skipped_update_is_seen_as_none():
    batch = lambda rng: (1e308 * draw(rng)[0], draw(rng)[1])  # noqa: E731
    seen = []
    run = go(2, cell=LinearRNN(2, 5), batch=batch, each_update=lambda update: seen.append(update))
    assert run.skipped == 2
    assert [update.size for update in seen] == [0.0, 0.0]
    assert [update.run.skipped for update in seen] == [1, 2]


def noisy(update):
    return {"noise": update.run.history["loss"][-1] * 2, "validation": bptt(CELL, update.run.params, *HELD_OUT)[0]}


HELD_OUT = draw(np.random.default_rng(7))
HELD_OUT = HELD_OUT[0], squared(HELD_OUT[1])


@pytest.mark.parametrize("first", [1, 4, 5])
def test_a_resumed_run_with_an_observer_gives_the_same_numbers(tmp_path, first):
    """Also where the observer draws from the rng of the run itself."""
    rng = np.random.default_rng(1)
    drawing = lambda update: noisy(update) | {"drawn": rng.random()}  # noqa: E731
    whole = go(9, rng=rng, each_update=drawing)
    rng = np.random.default_rng(1)
    go(first, rng=rng, each_update=drawing, save_to=tmp_path / "run", save_every=2)
    rng = np.random.default_rng(99)
    resumed = go(9, rng=rng, each_update=drawing, save_to=tmp_path / "run")
    assert same(resumed, whole)
    assert same(load(tmp_path / "run"), whole)
    assert len(set(whole.history["drawn"])) == 9


def test_what_an_observer_raises_leaves_the_run_before_that_update(tmp_path):
    """So that one who finds nan in the parameters leaves the last finite ones on the disk."""

    def fails(update):
        if update.run.updates == 4:
            raise FloatingPointError("nan")
        return noisy(update)

    with pytest.raises(FloatingPointError):
        go(9, each_update=fails, save_to=tmp_path / "run")
    assert load(tmp_path / "run").updates == 3
    assert same(go(9, each_update=noisy, save_to=tmp_path / "run"), go(9, each_update=noisy))


def test_an_observer_may_keep_rows_and_save_the_best(tmp_path):
    watcher, best = Watcher(), []

    def see(update):
        watcher(update)
        if not best or noisy(update)["validation"] < best[-1]:
            best.append(noisy(update)["validation"])
            save(update.run, tmp_path / "best")

    go(6, each_update=see, save_to=tmp_path / "run")
    assert len(watcher.rows) == 6
    kept = load(tmp_path / "best")
    assert bptt(CELL, kept.params, *HELD_OUT)[0] == best[-1]
    assert same(go(9, save_to=tmp_path / "best"), go(9))


def test_an_observer_that_comes_later_or_leaves_has_nan_before_and_nothing_after(tmp_path):
    go(2, save_to=tmp_path / "run")
    run = go(4, save_to=tmp_path / "run", each_update=update_size)
    assert np.isnan(run.history["update"]).tolist() == [True, True, False, False]
    assert len(go(6, save_to=tmp_path / "run").history["update"]) == 4
    assert np.isnan(go(7, save_to=tmp_path / "run", each_update=update_size).history["update"]).tolist() == [
        *(True, True, False, False, True, True, False)
    ]


# ---------------------------------------------------------------- explosions


def test_steps_that_are_not_finite_are_skipped_and_counted():
    """Every third batch explodes; the others are trained on as if it had not been there."""
    calls = []

    def batch(rng):
        X, target = draw(rng)
        calls.append(X)
        return (1e308 * X if len(calls) % 3 == 0 else X), target

    cell = LinearRNN(2, 5)
    run = go(9, cell=cell, batch=batch)
    assert (run.updates, run.skipped) == (9, 3)
    assert len(run.history["loss"]) == 9
    finite = np.isfinite(run.history["loss"])
    assert finite.tolist() == [True, True, False] * 3
    assert all(np.isfinite(value).all() for value in run.params.values())
    drawn = iter([X for i, X in enumerate(calls) if i % 3 != 2])
    targets = iter([draw_target for i, draw_target in enumerate(_targets(9)) if i % 3 != 2])
    alone = go(6, cell=cell, batch=lambda rng: (next(drawn), next(targets)))
    assert all((alone.params[key] == run.params[key]).all() for key in run.params)


def _targets(count):
    rng = np.random.default_rng(1)
    return [draw(rng)[1] for _ in range(count)]


@pytest.mark.parametrize("activation", ["relu", "identity"])
def test_an_exploding_network_leaves_its_parameters_alone(activation):
    cell = VanillaRNN(2, 20, activation=activation)
    params = start(cell)
    params["W"] = 5 * params["W"]
    run = go(3, cell=cell, params=params, batch=lambda rng: tasks.adding(rng, B=2, T=2000))
    assert run.skipped == run.updates == 3
    assert all((run.params[key] == params[key]).all() for key in params)
    assert not np.isfinite(run.history["loss"]).any()
    assert accuracy(cell, params, tasks.adding(np.random.default_rng(0), 2, 2000)[0], np.zeros(2, int)) <= 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_gradient_longer_than_floats_reach_is_clipped(dtype):
    largest = np.finfo(dtype).max

    def huge(cell, params, X, loss):
        return 1.0, {key: np.full(value.shape, largest, dtype) for key, value in params.items()}

    params = {key: value.astype(dtype) for key, value in start().items()}
    run = go(2, gradient=huge, clip=1.0, params=params, optimizer=sgd(1.0))
    assert run.skipped == 0
    size = norm({key: value - params[key] for key, value in run.params.items()})
    assert size == pytest.approx(2.0, rel=1e-6)


def test_gradients_whose_squares_overflow_are_skipped_unless_clipped():
    """Adam would keep v = inf for ever, and stand still without a word."""

    def huge(cell, params, X, loss):
        return 1.0, {key: np.full(value.shape, 1e200) for key, value in params.items()}

    skipped = go(2, gradient=huge)
    assert skipped.skipped == 2
    assert skipped.history["norm"][0] > 1e200
    clipped = go(2, gradient=huge, clip=1.0)
    assert clipped.skipped == 0
    assert all((clipped.params[key] < value).all() for key, value in start().items())


# ---------------------------------------------------------------- saved and resumed


OPTIMIZERS = {"sgd": sgd(0.1), "momentum": momentum(0.1), "adam": adam(0.01)}
OPTIMIZERS |= {"sgd, cosine": sgd(cosine_decay(0.1, 20)), "momentum, steps": momentum(step_decay(0.1, 4, 0.5))}
OPTIMIZERS |= {"adam, warm-up": adam(warm_up(exponential_decay(0.01, 0.9), 8))}


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
@pytest.mark.parametrize("first", [1, 7, 10])
def test_a_resumed_run_gives_the_same_numbers_to_the_last_bit(tmp_path, optimizer, first):
    whole = go(20, optimizer=optimizer)
    go(first, optimizer=optimizer, save_to=tmp_path / "run", save_every=3)
    assert same(go(20, optimizer=optimizer, seed=99, save_to=tmp_path / "run"), whole)
    assert same(load(tmp_path / "run"), whole)


def spawned(rng):
    return draw(rng.spawn(1)[0])


DRAWS = {  # ways to draw that leave something behind: half a word, a buffer, a counter
    "integers": lambda rng: (draw(rng)[0], rng.integers(0, 9, (4, 1), dtype=np.int32) / 9),
    "a bool": lambda rng: (draw(rng)[0] + rng.integers(0, 2, dtype=np.uint8), draw(rng)[1]),
    "float32": lambda rng: (draw(rng)[0] + rng.random(dtype=np.float32), draw(rng)[1]),
    "spawn": spawned,
    "seed sequence": lambda rng: draw(np.random.default_rng(rng.bit_generator.seed_seq.spawn(2)[1])),
    "spawn and draw": lambda rng: tuple(a + b for a, b in zip(draw(rng), spawned(rng), strict=True)),
    "spawned twice": lambda rng: spawned(rng.spawn(3)[2]),
    "permuted": lambda rng: (rng.permuted(draw(rng)[0], axis=0), draw(rng)[1]),
    "binomial": lambda rng: (draw(rng)[0] * rng.binomial(5, 0.3), draw(rng)[1] + rng.poisson(2.0)),
}


@pytest.mark.slow
@pytest.mark.parametrize("how", DRAWS)
@pytest.mark.parametrize("kind", [np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64])
def test_however_a_batch_draws_a_run_goes_on_to_the_same_numbers(tmp_path, how, kind):
    """Ended after each count of updates, also between two saves, and gone on with from a generator of another seed."""
    batch, generator = DRAWS[how], lambda seed: np.random.Generator(kind(seed))
    whole = go(6, batch=batch, rng=generator(1))
    for first in range(1, 6):
        go(first, batch=batch, rng=generator(1), save_to=tmp_path / f"{first}", save_every=2)
        go(first, batch=batch, rng=generator(5), save_to=tmp_path / f"{first}")
        assert same(go(6, batch=batch, rng=generator(99), save_to=tmp_path / f"{first}"), whole)

    calls = []

    def fails(rng):
        drawn = batch(rng)
        calls.append(0)
        return drawn if len(calls) < 4 else pytest.fail("drawn, and not used")

    with pytest.raises(pytest.fail.Exception):
        go(6, batch=fails, rng=generator(1), save_to=tmp_path / "failed")
    assert same(go(6, batch=batch, rng=generator(99), save_to=tmp_path / "failed"), whole)


def test_a_generator_that_spawned_before_the_run_goes_on_there(tmp_path):
    def generator():
        rng = np.random.default_rng(3)
        rng.spawn(4)
        return rng

    whole = go(4, batch=spawned, rng=generator())
    go(2, batch=spawned, rng=generator(), save_to=tmp_path / "run")
    assert same(go(4, batch=spawned, rng=np.random.default_rng(3), save_to=tmp_path / "run"), whole)


def test_a_file_without_the_count_of_spawned_generators_is_resumed(tmp_path):
    run = go(3)
    run.state = run.state._replace(seeds=None)
    save(run, tmp_path / "run")
    assert same(go(6, save_to=tmp_path / "run"), go(6))


OWN, COUNTER = np.random.default_rng(5), iter(range(100))
NORMAL = stats.norm  # holds NumPy's global generator, from which the density does not draw


class Drawing:
    def __init__(self):
        self.rng = np.random.default_rng(5)

    def __call__(self, rng):
        return draw(self.rng)

    def batch(self, rng):
        return draw(self.rng)


class Called:
    def __call__(self, rng):
        return draw(OWN)

    def batch(self, rng):
        return draw(OWN)


class Watcher:
    """Sees updates, and keeps rows of what it saw."""

    def __init__(self, rng=None):
        self.rng, self.rows = rng, []

    def __call__(self, update):
        self.see(update)

    def see(self, update):
        self.rows.append(update)


def drawn_from_own(rng, scale=1.0):
    return scale * draw(OWN)[0], draw(OWN)[1]


def through_a_decorator():
    @cache
    def own(scale):
        return OWN.random()

    return lambda rng: (own(1) * draw(rng)[0], draw(rng)[1])


def from_a_closure():
    own = np.random.RandomState(5)
    return lambda rng: (draw(rng)[0] + own.rand(), draw(rng)[1])


@pytest.mark.parametrize(
    ("name", "f", "holds"),
    [
        ("batch", from_a_closure(), "RandomState"),
        ("batch", lambda rng: draw(OWN), "Generator"),
        ("batch", lambda rng, own=OWN: draw(own), "Generator"),
        ("batch", partial(lambda own, rng: draw(own), OWN), "Generator"),
        ("batch", partial(drawn_from_own, scale=2.0), "Generator"),
        ("batch", partial(partial(from_a_closure()), **{}), "RandomState"),
        ("batch", lambda rng: drawn_from_own(rng), "Generator"),
        ("batch", Called(), "Generator"),
        ("batch", Called().batch, "Generator"),
        ("batch", partial(Called()), "Generator"),
        ("batch", through_a_decorator(), "Generator"),
        ("batch", Drawing(), "Generator"),
        ("batch", Drawing().batch, "Generator"),
        ("batch", lambda rng: draw(np.random.default_rng(next(COUNTER))), "range_iterator"),
        ("stop", lambda run: next(COUNTER) > 5, "range_iterator"),
        ("loss", lambda target: squared(target + OWN.random()), "Generator"),
        ("gradient", lambda *args: (OWN.random(), bptt(*args)[1]), "Generator"),
        ("each_update", lambda update: {"noise": OWN.random()}, "Generator"),
        ("each_update", Watcher(OWN), "Generator"),
        ("each_update", Watcher(OWN).see, "Generator"),
        ("optimizer", sgd(lambda t: 0.1 * OWN.random()), "Generator"),
        ("optimizer", adam(lambda t: 1 / (2 + next(COUNTER))), "range_iterator"),
        ("optimizer", momentum(warm_up(lambda t: OWN.random(), 2)), "Generator"),
    ],
)
def test_what_a_file_would_miss_is_refused_where_it_can_be_seen(tmp_path, name, f, holds):
    with refused(
        ValueError, f"{name} must remember nothing", holds, "not saved", "the rng that batch is given", "delete"
    ):
        go(3, save_to=tmp_path / "run", **{name: f})
    assert not (tmp_path / "run").exists()


def test_what_a_run_may_hold(tmp_path):
    """The generator of the run itself, which is restored in place; a file to write to; a name that is an attribute."""
    rng = np.random.default_rng(1)
    whole = go(6)
    holds = lambda given: draw(rng)  # noqa: E731
    go(3, rng=rng, batch=holds, save_to=tmp_path / "run")
    rng = np.random.default_rng(2)
    scaled = lambda given: draw(rng) if NORMAL.cdf(0.0) else Drawing()  # noqa: E731
    with (tmp_path / "log").open("w") as log:
        stop = lambda run: bool(log.write("update\n")) and run.updates == 9  # noqa: E731
        assert same(go(6, rng=rng, batch=scaled, stop=stop, save_to=tmp_path / "run"), whole)


def test_a_finished_run_is_returned_as_it_is(tmp_path):
    run = go(5, save_to=tmp_path / "run")
    fail = lambda rng: pytest.fail("no batch is needed")  # noqa: E731
    assert same(go(5, save_to=tmp_path / "run", batch=fail), run)
    assert same(go(3, save_to=tmp_path / "run", batch=fail), run)


def test_folders_are_made(tmp_path):
    go(2, save_to=tmp_path / "a" / "b" / "run")
    assert os.listdir(tmp_path / "a" / "b") == ["run"]


@pytest.mark.parametrize("place", ["batch", "gradient", "optimizer"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_interrupt_saves_all_updates_that_were_finished(tmp_path, place, error):
    calls = []

    def interrupting(f):
        def wrapped(*args):
            calls.append(0)
            if len(calls) == 8:
                raise error
            return f(*args)

        return wrapped

    optimizer = adam(0.01)
    options = {
        "batch": {"batch": interrupting(draw)},
        "gradient": {"gradient": interrupting(bptt)},
        "optimizer": {"optimizer": Optimizer(optimizer.init, interrupting(optimizer.update))},
    }[place]
    with pytest.raises(error):
        go(20, save_to=tmp_path / "run", save_every=100, **options)
    assert load(tmp_path / "run").updates == 7
    assert same(go(20, save_to=tmp_path / "run"), go(20))


SCRIPT = """
import sys, numpy as np
from minirnn import VanillaRNN
from minirnn.learning import losses, optimizers, tasks, training
rng = np.random.default_rng(0)
cell = VanillaRNN(2, 5)
params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
training.train(cell, params, lambda rng: tasks.adding(rng, B=4, T=6),
               lambda target: losses.at_end(losses.squared_error, target), optimizers.adam(0.01),
               10**7, np.random.default_rng(1), save_to=sys.argv[1], save_every=2, progress=False)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.slow
def test_a_killed_process_loses_nothing_that_was_saved(tmp_path):
    path = tmp_path / "run"
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, str(path)])
    seen, deadline = 0, time.monotonic() + 30
    try:
        while seen < 20:
            assert process.poll() is None
            assert time.monotonic() < deadline
            seen = load(path).updates if path.exists() else 0
    finally:
        process.kill()
        process.wait()
    assert process.returncode == -signal.SIGKILL
    killed = load(path)
    assert killed.updates >= seen
    total = killed.updates + 5
    assert same(go(total, save_to=path), go(total))


@pytest.mark.parametrize("broken", ["replace", "write_array", "fsync"])
def test_a_failure_while_saving_leaves_the_old_file(tmp_path, monkeypatch, broken):
    path = tmp_path / "run"
    old = go(4, save_to=path)

    def fail(*args, **options):
        if broken == "write_array":
            args[0].write(b"half an array")
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(np.lib.format if broken == "write_array" else os, broken, fail)
        with pytest.raises(OSError, match="disk full"):
            go(8, save_to=path)
    assert same(load(path), old)
    assert same(go(8, save_to=path), go(8))


# ---------------------------------------------------------------- a result


@pytest.mark.slow
def test_a_plain_network_reads_handwritten_digits():
    pytest.importorskip("sklearn")
    rng = np.random.default_rng(0)
    cell = VanillaRNN(8, 64)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=10)
    X, target = tasks.digits("train")

    def batch(rng):
        chosen = rng.integers(0, len(target), 50)
        return X[:, chosen], target[chosen]

    loss = partial(losses.at_end, losses.softmax_cross_entropy)
    begin = time.perf_counter()
    run = train(cell, params, batch, loss, adam(3e-3), 1500, rng, clip=1.0, progress=False)
    print(f"digits: {time.perf_counter() - begin:.1f} s")
    assert accuracy(cell, params, *tasks.digits("test")) < 0.3
    assert accuracy(cell, run.params, *tasks.digits("test")) > 0.95


def test_accuracy_by_hand():
    cell = LinearRNN(1, 1)
    params = {"W": np.zeros((1, 1)), "U": np.ones((1, 1)), "b": np.zeros(1)}
    params |= {"V": np.array([[1.0], [-1.0]]), "c_out": np.zeros(2)}
    X = np.array([[9.0, -9.0, -9.0, 9.0], [1.0, 2.0, -1.0, -2.0]])[..., None]  # only the last input counts
    assert accuracy(cell, params, X, np.array([0, 0, 1, 0])) == 0.75


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_network_that_says_nothing_is_right_nowhere(dtype):
    """Outputs that are nan, infinite together or all the same name no class; argmax would name the first."""
    cell = LinearRNN(1, 1)
    params = {"W": np.zeros((1, 1)), "U": np.ones((1, 1)), "b": np.zeros(1)}
    params |= {"V": np.array([[1.0], [-1.0], [0.0]]), "c_out": np.zeros(3)}
    params = {key: value.astype(dtype) for key, value in params.items()}
    X, target = np.full((2, 4, 1), 1.0, dtype), np.array([0, 0, 1, 2])
    assert accuracy(cell, params, X, target) == 0.5
    for broken in ({"V": np.full((3, 1), np.nan)}, {"c_out": np.full(3, np.nan)}, {"V": np.zeros((3, 1))}):
        broken = {key: value.astype(dtype) for key, value in broken.items()}
        assert accuracy(cell, params | broken, X, target) == 0.0
    assert accuracy(cell, params | {"c_out": np.array([np.inf, -np.inf, 0], dtype)}, X, target) == 0.5
    assert accuracy(cell, params | {"c_out": np.array([np.inf, np.inf, 0], dtype)}, X, target) == 0.0
    assert accuracy(cell, params | {"c_out": np.array([0, np.nan, 0], dtype)}, X, target) == 0.0


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"updates": 0}, ValueError, ("updates must be an integer >= 1", "0")),
        ({"updates": 2.5}, TypeError, ("updates must be an integer", "float")),
        ({"updates": True}, TypeError, ("updates must be an integer", "bool")),
        ({"save_every": 0}, ValueError, ("save_every must be an integer >= 1", "0")),
        ({"clip": 0.0}, ValueError, ("clip must be a finite number > 0", "0.0")),
        ({"clip": -1}, ValueError, ("clip must be a finite number > 0", "-1")),
        ({"clip": np.nan}, ValueError, ("clip must be a finite number > 0", "nan")),
        ({"clip": "1"}, TypeError, ("clip must be a real number", "str")),
        ({"rng": 1}, TypeError, ("rng must be a numpy.random.Generator", "int")),
        ({"optimizer": sgd}, TypeError, ("optimizer must be an Optimizer", "sgd(lr=0.1)", "function")),
        ({"params": [1.0]}, TypeError, ("params must be a non-empty dict", "list")),
        ({"params": start(GRU(2, 5))}, ValueError, ("params['W'] must be (5, 5)", "(15, 5)")),
        ({"batch": lambda rng: None}, TypeError, ("batch must return (X, target)", "NoneType")),
        ({"batch": lambda rng: np.zeros((2, 3, 2))}, TypeError, ("batch must return (X, target)", "ndarray")),
        ({"batch": lambda rng: (1, 2, 3)}, TypeError, ("batch must return (X, target)", "tuple")),
        (
            {"each_update": lambda: None},
            TypeError,
            ("(Update) -> (dict or None) or None, got", "which does not take 1 argument"),
        ),
        ({"each_update": lambda update: 1.0}, TypeError, ("each_update must return a dict of numbers", "float")),
        (
            {"each_update": lambda update: {1: 1.0}},
            TypeError,
            ("each_update must return a dict of numbers", "dict"),
        ),
        (
            {"each_update": lambda update: {"x": "1"}},
            TypeError,
            ("each_update(…)['x'] must be a real number", "str"),
        ),
        (
            {"each_update": lambda update: {"loss": 1.0}},
            ValueError,
            ("each_update must leave loss and norm", "loss"),
        ),
        (
            {"batch": lambda rng: (np.zeros((3, 2)), np.zeros((2, 1)))},
            ValueError,
            ("X must be (T, B, 2)", "(3, 2)"),
        ),
        ({"batch": lambda rng: (np.zeros((3, 4, 2)), np.zeros(4))}, ValueError, ("target must be (4, 1)", "(4,)")),
    ],
)
def test_bad_arguments_of_train(options, error, words):
    with refused(error, *words):
        go(**({"updates": 3} | options))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"cell": GRU(2, 5)}, ("GRU(m=2, n=5)", "VanillaRNN(m=2, n=5")),
        ({"cell": VanillaRNN(2, 5, activation="relu")}, ("activation='relu'", "activation='tanh'")),
        ({"cell": VanillaRNN(2, 6)}, ("n=6", "n=5")),
        ({"optimizer": sgd(0.1)}, ("remembers nothing", "remembers t, m, v")),
        ({"rng": np.random.Generator(np.random.MT19937(0))}, ("MT19937", "PCG64")),
        ({"params": {key: value.astype(np.float32) for key, value in start().items()}}, ("float32", "float64")),
    ],
    ids=["cell", "activation", "size", "optimizer", "rng", "dtype"],
)
def test_a_file_of_another_run_is_refused(tmp_path, options, words):
    go(3, save_to=tmp_path / "run")
    before = (tmp_path / "run").read_bytes()
    with refused(ValueError, "save_to must hold a run of", words[0], str(tmp_path / "run"), words[1]):
        go(6, save_to=tmp_path / "run", **options)
    assert (tmp_path / "run").read_bytes() == before


def test_bad_arguments_of_accuracy():
    params, X = start(), np.zeros((3, 4, 2))
    for bad in (np.zeros((4, 1), int), np.zeros(1, int), np.zeros(5, int)):  # the first two would broadcast
        with refused(ValueError, "target must be (4,)", str(bad.shape)):
            accuracy(CELL, params, X, bad)
    for bad in (-1, 1):
        with refused(ValueError, "target must be from 0 to 0", str(bad)):
            accuracy(CELL, params, X, np.full(4, bad))
    with refused(TypeError, "target must be an array of integers", "float64"):
        accuracy(CELL, params, X, np.zeros(4))
    with refused(ValueError, "X must be (T, B, 2)", "(4, 2)"):
        accuracy(CELL, params, X[0], np.zeros(4, int))


def test_a_history_cut_off_in_the_middle_of_an_update_is_repaired():
    run = go(3)
    run.history["loss"].append(123.0)  # written, but the update did not follow
    run.record(loss=1.0, norm=2.0)
    assert run.history["loss"][3:] == [1.0]
    assert run.history["norm"][3:] == [2.0]


def test_training_draws_nothing_from_the_global_generator():
    np.random.seed(0)  # noqa: NPY002
    go(3)
    after = np.random.random()  # noqa: NPY002
    assert after == np.random.RandomState(0).random()
