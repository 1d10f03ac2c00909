"""What a full answer says of a student's own measurement holds for 500 ids; the shares that it names are those here."""

import numpy as np
import pytest

from coursework import answers, notebooks

IDS = [f"student {i}" for i in range(500)]


def own(name, function):
    """What the assignment gives to each student, stacked: a tuple of arrays whose first axis is that of the ids."""
    drawn = [answers.solutions(name)[function](i) for i in IDS]
    return tuple(np.array(values) for values in zip(*drawn, strict=True))


def measured_by(name, function, student):
    """What the solution gives for a student, in their task."""
    with answers.task(name, answers.of_student(name, student)):
        return answers.solutions(name)[function](student)


def agree(name, function, measured):
    """All ids are measured at once here; three of them by the solution, which takes its time."""
    for k in (0, 7, 499):
        np.testing.assert_allclose(measured_by(name, function, IDS[k]), [m[k] for m in measured], rtol=1e-9)


def chosen(name, what):
    """The value of an option for each id."""
    return np.array([answers.of_student(name, i)[what] for i in IDS])


def by_task(values, of, a):
    """of[v](a), with the v of each id: `a` has the ids first."""
    made = {value: function(a) for value, function in of.items()}
    at = values.reshape(-1, *[1] * (a.ndim - 1))
    return np.select([at == value for value in made], list(made.values()))


def full_answer(name):
    return " ".join(notebooks.source(name).rpartition("*A full answer*")[2].split())


def leaky_rates():
    """r and ln(1 - α) of `bptt`, and the largest share that the path through W can have of the leak."""
    s = answers.solutions("bptt")
    params, X, alpha = zip(*map(s["network"], IDS), strict=True)
    W, U, b = (np.array([p[key] for p in params]) for key in "WUb")
    leak, unit, K = np.array(alpha)[:, None, None], chosen("bptt", "unit"), chosen("bptt", "span").astype(int)
    f = {"tanh": np.tanh, "sin": np.sin, "root": lambda a: a / np.sqrt(1 + a**2)}
    df = {"tanh": lambda a: 1 - np.tanh(a) ** 2, "sin": np.cos, "root": lambda a: (1 + a**2) ** -1.5}
    h, slopes = np.zeros((len(IDS), X[0].shape[1], len(b[0]))), []
    for x in np.array(X).swapaxes(0, 1):
        a = h @ W.swapaxes(1, 2) + x @ U.swapaxes(1, 2) + b[:, None]
        h = (1 - leak) * h + leak * by_task(unit, f, a)
        slopes.append(leak * by_task(unit, df, a))
    deltas = [np.ones_like(h)]
    for slope in slopes[:-51:-1]:
        deltas.append((1 - leak) * deltas[-1] + (slope * deltas[-1]) @ W)
    sizes = np.linalg.norm(deltas, axis=(2, 3))
    r = np.log(sizes[K, np.arange(len(IDS))] / sizes[0]) / K
    leak = leak[:, 0, 0]
    return r, np.log(1 - leak), leak * np.linalg.norm(W, 2, axis=(1, 2)) / (1 - leak)


def test_a_leaky_networks_gradient_is_carried_by_the_leak():
    r, leak, share = leaky_rates()
    for k in (0, 7, 499):
        assert measured_by("bptt", "rate", IDS[k]) == pytest.approx(r[k], rel=1e-9)
    above, ratio = r > leak, r / leak
    assert 0.4 < ratio.min() < ratio.max() < 1.1
    assert np.quantile(ratio, 0.05) > 0.5
    assert 0.01 < np.mean(~above) < 0.05
    assert share.max() < 1  # "the leak is the larger part"
    assert "below it for a few in a hundred" in full_answer("bptt")


def test_a_bound_above_0_decides_nothing():
    r, bound = np.array([measured_by("vanishing", "rates", i) for i in IDS]).T
    assert (r < bound).all()
    assert (bound > 0).all()
    assert (r < 0).all()  # "this gradient does vanish"
    for i in IDS:
        W, _ = measured_by("vanishing", "network", i)
        with answers.task("vanishing", answers.of_student("vanishing", i)):
            assert answers.solutions("vanishing")["norm"](W) > 1  # what somebody says of it


def test_clipping_changes_the_direction_of_every_mean():
    s = answers.solutions("clipping")
    threshold, cosine = np.array([measured_by("clipping", "bias", i)[:2] for i in IDS]).T
    assert cosine.max() < 0.995
    assert np.mean(cosine < 0) > 0.02  # "for some students even below 0"
    parts = []
    for i in IDS:
        g = s["samples"](i)
        norms = np.linalg.norm(g, axis=1)
        long = norms > 15
        assert 0.005 < long.mean() < 0.1  # "a few per cent"
        assert np.median(norms[long]) > 8 * np.median(norms[~long])  # "some tens of times as long"
        parts.append(np.linalg.norm(g[long].sum(0)) / np.linalg.norm(g.sum(0)))
    assert np.quantile(parts, 0.1) > 0.5  # "as a rule more than half of its length"
    assert (threshold < 15).all()


def leading_exponents(gains):
    """λ₁ of every network of `chaos` at a gain of its own: the largest of the first four that QR gives, of which the
    others do not depend."""
    W, h, X = own("chaos", "network")
    W = W * np.reshape(gains, (-1, 1, 1))
    Q, total = np.broadcast_to(np.eye(W.shape[1], 4), (len(IDS), W.shape[1], 4)), 0.0
    unit = chosen("chaos", "unit")
    f = {"tanh": np.tanh, "root": lambda a: a / np.sqrt(1 + a**2), "soft": lambda a: a / (1 + np.abs(a))}
    df = {
        "tanh": lambda a: 1 - np.tanh(a) ** 2,
        "root": lambda a: (1 + a**2) ** -1.5,
        "soft": lambda a: (1 + np.abs(a)) ** -2.0,
    }
    for x in X.swapaxes(0, 1):
        a = np.einsum("bij,bj->bi", W, h) + x
        h = by_task(unit, f, a)
        Q, R = np.linalg.qr(by_task(unit, df, a)[:, :, None] * (W @ Q))
        total = total + np.log(np.abs(np.einsum("bii->bi", R)))
    return (total / X.shape[1]).max(axis=1)


def test_a_network_turns_chaotic_beyond_the_predicted_gain_or_not_at_all():
    low, high = leading_exponents(0.3), leading_exponents(0.6)
    slope = (high - low) / np.log(2)
    gain = 0.6 * np.exp(-high / slope)
    agree("chaos", "crossing", (low, high, gain))
    assert ((slope > 0.75) & (slope < 1.01)).all()
    assert (leading_exponents(gain) < 0).all()
    twice = leading_exponents(2 * gain)
    assert 0.66 < np.mean(twice > 0) < 0.76  # "about seven in ten"
    largest = np.max([twice, *(leading_exponents(f * gain) for f in (1.5, 3, 4, 6, 8))], axis=0)
    assert 0.01 < np.mean(largest < 0) < 0.08
    assert "about seven in ten students" in full_answer("chaos")
    assert "a few in a hundred of these networks" in full_answer("chaos")


def test_measured_slopes_are_near_those_for_white_inputs():
    lams, x = own("elementwise", "inputs")
    h, s, squares = np.zeros_like(lams), np.zeros_like(lams), np.zeros((2, *lams.shape))
    unit = chosen("elementwise", "unit")[:, None]
    m, dm = np.where(unit == "square", lams**2, lams), np.where(unit == "square", 2 * lams, 1.0)
    c, dc = np.where(unit == "inner", lams, 1.0), np.where(unit == "inner", 1.0, 0.0)
    for x_t in x.T[:, :, None]:
        h, s = m * h + c * x_t, dm * h + m * s + dc * x_t
        squares += h**2, s**2
    logs, at = np.log(squares), np.log(1 - lams)
    at = at - at.mean(1, keepdims=True)
    measured = (logs * at).sum(-1) / (at**2).sum(-1)
    agree("elementwise", "slopes", measured)
    assert (np.abs(measured - np.array([[-1], [-3]])) < [[0.4], [0.5]]).all()


def test_a_long_memory_is_cheap_and_a_late_one_is_dear():
    smooth, late, least = np.array([measured_by("memory", "limits", i) for i in IDS]).T
    assert smooth.max() < 0.06
    assert late.min() > 0.55
    assert late[chosen("memory", "units") == "6"].min() > 0.75
    assert (least < late).all()
    assert least.min() > 0.01  # below it none can go


def test_the_natural_gradient_is_fast_up_to_its_wall(monkeypatch):
    s = answers.solutions("control")
    for i in IDS:
        v, u, lam, p, kappa = s["agent"](i)
        wall, plain, natural = measured_by("control", "wall", i)
        assert 4e3 < natural / plain < 1e6  # "some thousands to nearly a million"
        L = wall // 2
        sigma = 1 / (1 + np.exp(-v * u * lam**L))
        q = sigma * (1 - sigma) * ((u * lam**L) ** 2 + (v * lam**L) ** 2 + (L * v * u * lam ** (L - 1)) ** 2)
        assert 1 / (kappa + q) < 4e3  # "at most a few thousand"
        assert q / (kappa + q) > 0.97  # "nearly its full speed"
        monkeypatch.setitem(s, "agent", lambda _, a=(v, u, lam, p, kappa / 100): a)
        moved = measured_by("control", "wall", i)[0] - wall
        monkeypatch.undo()
        assert -0.5 < moved - np.log(100) / (2 * np.log(1 / lam)) < 2  # "or by one or two steps more"


def test_complex_multipliers_tell_more_of_an_image_than_real_ones():
    real, turning = np.array([measured_by("digits", "compare", i) for i in IDS]).T
    assert (turning < real).all()
    assert real.max() < 0.9  # of one tenth for each class
    age = np.arange(27, -1, -1)[:, None]
    real_powers = np.exp(-1 / np.geomspace(1, 28, 8)) ** age
    powers = (0.94 * np.exp(1j * np.pi * (np.arange(4) + 0.5) / 4)) ** age
    conditions = [np.linalg.cond(A) for A in (real_powers, np.column_stack([powers.real, powers.imag]))]
    assert conditions[0] > 1e4 > 1e2 > conditions[1]  # "nearly the same function"


def rounds_at_once(W, X, unit, whole):
    """Rounds of `parallel` until no residual is above 1e-8, and the states, of all networks: (ids,), (ids, T, n)."""
    f = {"tanh": np.tanh, "root": lambda a: a / np.hypot(1, a), "soft": lambda a: a / (1 + np.abs(a))}
    A, s, count = np.where(whole[:, None, None], W, W * np.eye(W.shape[1])), np.zeros_like(X), np.full(len(X), -1)
    for made in range(X.shape[1] + 1):
        a = np.concatenate([np.zeros_like(s[:, :1]), s[:, :-1]], axis=1) @ W.swapaxes(1, 2) + X
        after, d = by_task(unit, f, a), by_task(unit, SLOPES, a)
        count = np.where((count < 0) & (np.abs(s - after).max((1, 2)) <= 1e-8), made, count)
        e = np.zeros_like(s[:, 0])
        for t in range(X.shape[1]):
            after[:, t] += d[:, t] * np.einsum("bij,bj->bi", A, e)
            e = after[:, t] - s[:, t]
        s = after
    return count, s


SLOPES = {
    "tanh": lambda a: 1 - np.tanh(a) ** 2,
    "root": lambda a: np.hypot(1, a) ** -3,
    "soft": lambda a: (1 + np.abs(a)) ** -2.0,
}


def smallest_singular_values(J):
    """Of K for J (ids, T, n, n), by power iteration with K⁻¹ and its transpose, which are recurrences."""
    v = np.random.default_rng(0).standard_normal(J.shape[:3])
    for _ in range(40):
        v /= np.linalg.norm(v, axis=(1, 2), keepdims=True)
        for t in range(1, J.shape[1]):
            v[:, t] += np.einsum("bij,bj->bi", J[:, t], v[:, t - 1])
        size = np.linalg.norm(v, axis=(1, 2))
        for t in range(J.shape[1] - 1, 0, -1):
            v[:, t - 1] += np.einsum("bji,bj->bi", J[:, t], v[:, t])
    return 1 / size


def test_more_rounds_for_larger_weights():
    W, X = own("parallel", "network")
    unit, whole = chosen("parallel", "unit"), chosen("parallel", "stands") == "full"
    (calm, _), (wild, s) = (rounds_at_once(gain * W, X, unit, whole) for gain in (0.4, 3.0))
    a = 3 * np.concatenate([np.zeros_like(s[:, :1]), s[:, :-1]], axis=1) @ W.swapaxes(1, 2) + X
    sizes = smallest_singular_values(3 * by_task(unit, SLOPES, a)[..., None] * W[:, None])
    for k in (0, 7, 499):
        np.testing.assert_allclose(
            measured_by("parallel", "rounds", IDS[k]), [calm[k], wild[k], sizes[k]], rtol=1e-2
        )
    assert (wild[whole] > calm[whole]).all()
    assert np.mean(wild > calm) > 0.95  # "all but a few in a hundred"
    assert {3, 4} == set(calm[whole])
    assert (calm[~whole].min(), calm[~whole].max()) == (10, 28)
    assert np.median(wild[~whole]) > 30
    assert np.median(sizes) > 1e-2  # errors "below 1e-6 in order"
    assert 0.01 < np.mean(sizes < 1e-3) < 0.08
    long, few = 0.3 * np.random.default_rng(0).standard_normal((30, 160, 6)), slice(30)
    longer = [rounds_at_once(gain * W[few], long, unit[few], whole[few])[0] for gain in (0.4, 3.0)]
    assert (np.abs(longer[0] - calm[few]) <= 6).all()  # it "does not depend on the length"
    assert np.median(longer[1] / wild[few]) > 4  # as the length, which is five times that of a student


def test_forced_orbits_meet_chaotic_data_above_the_threshold():
    least, safe, weak, strong = np.array([measured_by("forwards", "strengths", i) for i in IDS]).T
    rate = -np.log(1 - least)
    assert np.abs(weak - rate - np.log(0.8)).max() < 0.04
    assert np.abs(strong - rate - np.log(0.2)).max() < 0.04
    assert weak.min() > 0 > strong.max()
    assert 0.29 < least.min() < least.max() < 0.51 < safe.min()
