"""Rates against their closed forms, against PyTorch's schedulers, and in every optimizer."""

import math

import numpy as np
import pytest

from minirnn.learning.optimizers import adam, momentum, sgd
from minirnn.learning.schedules import as_schedule, cosine_decay, exponential_decay, step_decay, warm_up
from tests.helpers import refused

SCHEDULES = {
    "cosine": (lambda: cosine_decay(0.3, 20, end=0.02), lambda o, lr: lr.CosineAnnealingLR(o, 20, eta_min=0.02)),
    "step": (lambda: step_decay(0.3, 4, 0.5), lambda o, lr: lr.StepLR(o, 4, gamma=0.5)),
    "exponential": (lambda: exponential_decay(0.3, 0.9), lambda o, lr: lr.ExponentialLR(o, 0.9)),
    "warm-up": (lambda: warm_up(0.3, 4), lambda o, lr: lr.LinearLR(o, 1 / 5, total_iters=4)),
    "warm-up, cosine": (
        lambda: warm_up(cosine_decay(0.3, 16), 4),
        lambda o, lr: lr.SequentialLR(o, [lr.LinearLR(o, 1 / 5, total_iters=4), lr.CosineAnnealingLR(o, 16)], [4]),
    ),
}


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.filterwarnings("ignore:The epoch parameter in `scheduler.step")  # SequentialLR's own use of it
def test_the_same_rates_and_steps_as_pytorch(name):
    torch = pytest.importorskip("torch")
    ours, theirs = SCHEDULES[name]
    rate, rng = ours(), np.random.default_rng(0)
    start, gradients = rng.standard_normal((2, 3)), rng.standard_normal((21, 2, 3))
    pairs = (
        (sgd(rate), lambda p: torch.optim.SGD(p, lr=0.3)),
        (momentum(rate, 0.8), lambda p: torch.optim.SGD(p, lr=0.3, momentum=0.8)),
        (adam(rate), lambda p: torch.optim.Adam(p, lr=0.3)),
    )
    for optimizer, make in pairs:
        weight = torch.nn.Parameter(torch.from_numpy(start.copy()))
        other = make([weight])
        scheduler = theirs(other, torch.optim.lr_scheduler)
        params, state = {"w": start}, optimizer.init({"w": start})
        for t, g in enumerate(gradients):
            assert other.param_groups[0]["lr"] == pytest.approx(rate(t), rel=1e-12, abs=1e-16)
            weight.grad = torch.from_numpy(g.copy())
            other.step()
            scheduler.step()
            params, state = optimizer.update(params, {"w": g}, state)
            np.testing.assert_allclose(params["w"], weight.detach().numpy(), rtol=0, atol=1e-12)
        assert state["t"] == 21


def test_closed_forms():
    assert [step_decay(0.8, 3, 0.5)(t) for t in range(7)] == [0.8] * 3 + [0.4] * 3 + [0.2]
    assert exponential_decay(2.0, 0.5)(10) == 2 * 0.5**10
    assert exponential_decay(2.0, 0.5)(10**6) == 0.0
    cosine = cosine_decay(0.5, 8, end=0.1)
    assert (cosine(0), cosine(8), cosine(9), cosine(10**9)) == (0.5, 0.1, 0.1, 0.1)
    assert cosine(4) == pytest.approx(0.3)
    assert cosine(2) == pytest.approx(0.3 + 0.2 * math.sqrt(0.5))
    assert [warm_up(1.0, 3)(t) for t in range(5)] == [0.25, 0.5, 0.75, 1.0, 1.0]
    assert [warm_up(step_decay(1.0, 2, 0.5), 1)(t) for t in range(5)] == [0.5, 1.0, 1.0, 0.5, 0.5]
    assert step_decay(1.0, 2, factor=1.0)(7) == 1.0


@pytest.mark.parametrize("make", [sgd, momentum, adam], ids=["sgd", "momentum", "adam"])
def test_a_constant_function_is_its_number(make):
    gradients = np.random.default_rng(0).standard_normal((5, 3))

    def end(optimizer):
        params = {"w": np.ones(3)}
        state = optimizer.init(params)
        for g in gradients:
            params, state = optimizer.update(params, {"w": g}, state)
        return params["w"]

    assert (end(make(0.1)) == end(make(lambda t: 0.1))).all()
    assert (end(make(0.1)) != end(make(lambda t: 0.1 / (t + 1)))).all()


@pytest.mark.parametrize("make", [sgd, momentum, adam], ids=["sgd", "momentum", "adam"])
def test_an_optimizer_counts_only_where_its_rate_asks_for_it(make):
    params = {"w": np.ones(3, np.float32)}
    for lr, keys in ((0.1, {"t"} if make is adam else set()), (lambda t: np.float64(0.1), {"t"})):
        optimizer = make(lr)
        first = optimizer.init(params)
        assert first.keys() - {"m", "v"} == keys
        moved, state = optimizer.update(params, params, first)
        assert moved["w"].dtype == np.float32
        optimizer.update(moved, params, state)
        assert optimizer.init(params).get("t", 0) == first.get("t", 0) == 0
    scheduled = make(lambda t: 0.1)
    if make is not adam:
        with refused(ValueError, "state must hold t", "as init(params) returns it"):
            scheduled.update(params, params, make(0.1).init(params))


def test_bad_schedules():
    for lr, error, words in (
        (lambda t: -0.1, ValueError, ("lr(0) must be a finite number >= 0", "-0.1")),
        (lambda t: "0.1", TypeError, ("lr(0) must be a real number", "str")),
        (lambda t: 0.1 / t, ValueError, ("lr(0) divides by 0: t counts from 0", "0.1/(t + 1)")),
        (lambda t: np.nan, ValueError, ("lr(0) must be a finite number >= 0", "nan")),
        (float, TypeError, ("lr must be a function (t) -> rate", "the class float")),
        ([0.1, 0.2], TypeError, ("lr must be a real number", "list")),
    ):
        for make in (sgd, momentum, adam, as_schedule, lambda lr: warm_up(lr, 2)):
            with refused(error, *words):
                make(lr)
    late = sgd(lambda t: 1.0 - t)
    params = {"w": np.ones(1)}
    with refused(ValueError, "lr(2) must be a finite number >= 0, got -1.0"):
        late.update(params, params, {"t": 2})


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: warm_up(0.1, 0), "updates must be an integer >= 1, got 0"),
        (lambda: cosine_decay(0.1, 0), "updates must be an integer >= 1, got 0"),
        (lambda: cosine_decay(-0.1, 5), "lr must be a finite number >= 0, got -0.1"),
        (lambda: cosine_decay(0.1, 5, end=-1), "end must be a finite number >= 0, got -1"),
        (lambda: step_decay(0.1, 0), "every must be an integer >= 1, got 0"),
        (lambda: step_decay(0.1, 2, factor=1.5), "factor must be a finite number > 0 and <= 1, got 1.5"),
        (lambda: exponential_decay(0.1, 0.0), "factor must be a finite number > 0 and <= 1, got 0.0"),
    ],
)
def test_bad_arguments(make, words):
    with refused(ValueError, words):
        make()
