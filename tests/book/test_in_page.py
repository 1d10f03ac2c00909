"""The networks that a page trains, in Python: the descent is the library's, and what is not finite is left out."""

from itertools import islice

import numpy as np
import pytest

from experiments.draws import Stream
from experiments.in_page.descent import UNITS, descend, network, percent_right, regime
from experiments.in_page.tasks import TASKS
from minirnn import train
from minirnn.learning import losses, tasks
from minirnn.learning.optimizers import sgd


@pytest.mark.parametrize("units", UNITS)
def test_the_descent_is_that_of_train(units: str) -> None:
    draws, task = Stream(3), TASKS["order"]
    cell, params = network(UNITS[units], 5, task, draws, 0.9)
    run = train(
        cell,
        params,
        lambda rng: task.draw(draws, 4, 12),
        lambda target: losses.at_end(task.error, target),
        sgd(0.3),
        updates=20,
        rng=np.random.default_rng(0),
        clip=0.2,
        progress=False,
    )
    reports = list(islice(descend(units, 5, "order", seed=3, gain=0.9, rate=0.3, clip=0.2, T=12, B=4), 20))
    assert np.allclose([r.loss for r in reports], run.history["loss"], rtol=1e-12)
    assert np.allclose([r.norm for r in reports], run.history["norm"], rtol=1e-12)


@pytest.mark.parametrize("name", ["latch", "order", "adding"])
def test_batches_have_the_law_of_the_librarys_tasks(name: str) -> None:
    """Means over steps and targets agree with those of `minirnn.learning.tasks`, as far as 4000 sequences say."""
    X, target = TASKS[name].draw(Stream(1), 4000, 30)
    other = {"latch": tasks.latch, "order": tasks.temporal_order, "adding": tasks.adding}[name]
    X_there, target_there = other(np.random.default_rng(0), 4000, 30)
    assert (X.shape, target.shape) == (X_there.shape, target_there.shape)
    for power in (1, 2):
        assert np.abs((X**power).mean(axis=1) - (X_there**power).mean(axis=1)).max() < 0.06
        assert abs(np.mean(target**power) - np.mean(target_there**power)) < 0.06 * max(
            1, np.max(target_there) ** power
        )


def test_guesses_lose_what_is_said() -> None:
    """The best answer that does not look: the mean of the targets, or equal chances."""
    for name, task in TASKS.items():
        _, target = task.draw(Stream(2), 4000, 20)
        Y = np.zeros((4000, task.outputs)) + (0.5 if name == "adding" else 0.0)
        assert task.error(Y, target)[0] == pytest.approx(task.guess, rel=0.05), name


def test_what_is_not_finite_is_left_out() -> None:
    """Without a clip and at a rate of 1e200 the weights leave the range of floats; reports go on."""
    settings = dict(seed=1, gain=1.0, rate=1e200, clip=np.inf, T=5, B=2)
    reports = list(islice(descend("LRU", 3, "adding", **settings), 4))
    assert np.isfinite(reports[0].loss)
    assert not np.isfinite(reports[-1].loss + reports[-1].norm ** 2)


def test_shares_and_hues() -> None:
    reports = list(islice(descend("tanh", 3, "latch", seed=1, gain=1.0, rate=0.1, clip=1.0, T=5, B=4), 12))
    assert percent_right(reports, 4) == 100 * sum(r.right for r in reports[2:]) / 40
    assert [regime(x) for x in (-0.2, -0.1, 0.0, 0.1)] == ["vanishing", "critical", "critical", "chaotic"]
