"""What mini.py can do by now: python milestones.py

Each milestone replays a result of the book with your code, and all earlier ones are run again. It prints one line for
each, and stops at the first that is not written yet.
"""

import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

Params = dict[str, np.ndarray]
rng = np.random.default_rng


class Failed(AssertionError):
    """A milestone does not hold; the text says what was expected."""


def expect(holds: Any, text: str) -> None:
    if not holds:
        raise Failed(text)


def differences(error: Callable[[Params], float], params: Params, step: float = 1e-6) -> Params:
    """Central differences of an error in every entry."""
    result = {}
    for key, value in params.items():
        result[key] = np.zeros_like(value)
        for at in np.ndindex(value.shape):
            moved = [params | {key: value.copy()} for _ in range(2)]
            moved[0][key][at] += step
            moved[1][key][at] -= step
            result[key][at] = (error(moved[0]) - error(moved[1])) / (2 * step)
    return result


def compare(got: Params, want: Params, what: str) -> None:
    expect(isinstance(got, dict) and got.keys() == want.keys(), f"{what} must be a dict with {', '.join(want)}")
    for key in want:
        same = np.shape(got[key]) == want[key].shape and np.allclose(got[key], want[key], atol=1e-6)
        expect(same, f"{what}: the part of {key} is not that of central differences")


def one_number(mini: ModuleType) -> str:
    terms = mini.scalar_terms(0.5, np.ones(10))
    expect(np.shape(terms) == (10,), f"scalar_terms must give 10 terms for 10 steps, got shape {np.shape(terms)}")
    expect(np.isclose(sum(terms), 3.957031, atol=1e-6), "at λ = 0.5 the terms of 10 steps must sum to 3.957031")
    expect(terms[0] == 0, "the first term is that of h_0 = 0")
    sizes = [sum(mini.scalar_terms(lam, np.ones(100))) for lam in (0.5, 1.0, 1.1)]
    expect(np.isclose(sizes[1], 4950), "at λ = 1 the terms of 100 steps must sum to 4950")
    return f"dh_100/dλ is {sizes[0]:.2f} at λ = 0.5, {sizes[1]:.0f} at 1, {sizes[2]:.0f} at 1.1"


def network(seed: int, n: int = 4, m: int = 2) -> Params:
    draw = rng(seed)
    return {"W": draw.standard_normal((n, n)) / 2, "U": draw.standard_normal((n, m)), "b": draw.standard_normal(n)}


def through_time(mini: ModuleType) -> str:
    params, X = network(0), rng(1).standard_normal((7, 3, 2))
    weigh = rng(2).standard_normal((7, 3, 4))
    H = mini.forward(params, X)
    expect(np.shape(H) == (8, 3, 4), f"forward must give (T + 1, B, n) = (8, 3, 4), got {np.shape(H)}")
    expect(np.allclose(H[1], np.tanh(X[0] @ params["U"].T + params["b"])), "H[1] must be tanh(U x_1 + b)")
    want = differences(lambda p: (weigh * mini.forward(p, X)[1:]).sum(), params)
    compare(mini.gradient(params, X, weigh), want, "gradient")
    reach = []
    for gain in (0.5, 1.0):
        slow = {"W": gain * np.linalg.qr(params["W"])[0], "U": params["U"], "b": 0 * params["b"]}
        inputs, dE = 1e-3 * rng(3).standard_normal((31, 1, 2)), np.zeros((31, 1, 4))
        dE[-1] = 1.0
        early = {k: v[:1] for k, v in (("X", inputs), ("dE", dE))}  # U acts on the first input alone
        only_first = np.concatenate([early["X"], np.zeros((30, 1, 2))])
        reach.append(np.linalg.norm(mini.gradient(slow, only_first, dE)["U"]) / np.linalg.norm(only_first))
    expect(reach[0] < 1e-8 < 0.1 < reach[1], "a gradient must vanish over 30 steps at gain 0.5, and not at gain 1")
    return f"30 steps back a gradient is {reach[0]:.0e} at gain 0.5, {reach[1]:.1f} at gain 1"


def clip_and_train(mini: ModuleType) -> str:
    g = {"a": np.array([3.0]), "b": np.array([[4.0]])}
    compare(mini.clipped(g, 1.0), {"a": np.array([0.6]), "b": np.array([[0.8]])}, "clipped, with threshold 1")
    compare(mini.clipped(g, 10.0), g, "clipped, with threshold 10")
    # E falls off a cliff at w = 1: one step from its face lands far away, unless it is clipped
    cliff = lambda p: (float(np.tanh(50 * (p["w"][0] - 1)) + 0.01 * p["w"][0] ** 2),  # noqa: E731
                       {"w": 50 / np.cosh(np.clip(50 * (p["w"] - 1), -300, 300)) ** 2 + 0.02 * p["w"]})  # fmt: skip
    start = {"w": np.array([1.01])}
    far, _ = mini.train(cliff, start, 1.0, np.inf, 1)
    near, losses = mini.train(cliff, start, 1.0, 0.1, 5)
    expect(
        len(losses) == 5 and np.isclose(losses[0], cliff(start)[0]), "losses must hold E before each of the steps"
    )
    expect(start["w"][0] == 1.01, "train must leave the params that it was given as they are")
    expect(
        abs(far["w"][0]) > 10 > 1 > near["w"][0] > 0, "without a clip one step must go far, with it over the edge"
    )
    return f"one step from a cliff's face leads to {far['w'][0]:.0f}, five clipped ones to {near['w'][0]:.2f}"


def gates(mini: ModuleType) -> str:
    draw, X = rng(4), rng(5).standard_normal((6, 3, 2))
    params = {key: draw.standard_normal(shape) for key, shape in
              {"U": (4, 2), "V": (4, 2), "b": (4,), "c": (4,)}.items()}  # fmt: skip
    weigh = draw.standard_normal((6, 3, 4))
    want = differences(lambda p: (weigh * mini.gated(p, X)[1:]).sum(), params)
    compare(mini.gated_gradient(params, X, weigh), want, "gated_gradient")
    kept = []
    for bias in (0.0, -4.0):
        still = params | {"U": 0 * params["U"], "V": np.ones((4, 2)), "b": np.full(4, bias), "c": np.zeros(4)}
        inputs = np.zeros((101, 1, 2))
        inputs[0] = 1.0
        H = mini.gated(still, inputs)
        kept.append(H[-1, 0, 0] / H[1, 0, 0])
    expect(np.allclose(kept, [0.5**100, (1 - 1 / (1 + np.exp(4))) ** 100]), "100 steps must leave (1 - z)^100")
    return f"100 steps leave {kept[0]:.0e} with a bias of 0, {kept[1]:.2f} with -4"


class Counted(np.ndarray):
    """An array that counts what is done with it."""

    done = 0

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **more: Any) -> Any:
        Counted.done += 1
        plain = [np.asarray(x) for x in inputs]
        return np.asarray(getattr(ufunc, method)(*plain, **{k: v for k, v in more.items() if k != "out"})).view(
            Counted
        )


def scans(mini: ModuleType) -> str:
    a, b = rng(6).uniform(0.5, 1.0, (1000, 3)), rng(7).standard_normal((1000, 3))
    h, want = np.zeros(3), []
    for a_t, b_t in zip(a, b, strict=True):
        h = a_t * h + b_t
        want.append(h)
    kept = a.copy(), b.copy()
    expect(np.allclose(mini.scan(a, b), want), "scan must give what a loop gives")
    expect(np.array_equal(a, kept[0]) and np.array_equal(b, kept[1]), "scan must leave its arguments as they are")
    Counted.done = 0
    mini.scan(a.view(Counted), b.view(Counted))
    expect(
        Counted.done <= 60,
        f"scan must take about log₂ 1000 = 10 rounds, and did {Counted.done} operations on arrays",
    )
    return f"1000 steps in {Counted.done} operations on arrays"


FONT = [
    "6999996",
    "6222227",
    "e11e88f",
    "e11611e",
    "99f1111",
    "f8e111e",
    "688e99e",
    "f112244",
    "e99699e",
    "e99711e",
]


def digits(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Images (300, 7, 4) of sloppy digits, and their classes."""
    draw = rng(seed)
    glyphs = np.array(
        [[[int(row, 16) >> bit & 1 for bit in (3, 2, 1, 0)] for row in glyph] for glyph in FONT], float
    )
    classes = draw.permutation(np.repeat(np.arange(10), 30))
    ink, smear = draw.uniform(0.6, 1.0, (300, 7, 4)), 0.3 * draw.random((300, 7, 4))
    return np.clip(glyphs[classes] * ink + smear, 0, 1), classes


def reads(mini: ModuleType) -> str:
    (images, classes), (new, truth) = digits(8), digits(9)
    guess = np.asarray(mini.classify(images, classes, new))
    expect(guess.shape == (300,), f"classify must give one class for each of 300 images, got shape {guess.shape}")
    right = np.mean(guess == truth)
    expect(right > 0.9, f"nine of ten new digits must be right, got {100 * right:.0f} %; by chance one of ten is")
    return f"{100 * right:.0f} % of new digits are right"


MILESTONES = {
    "one number": one_number,
    "backpropagation through time": through_time,
    "clipping": clip_and_train,
    "a gated cell": gates,
    "a scan": scans,
    "digits": reads,
}


def run(mini: ModuleType) -> int:
    """Prints a line for each milestone up to the first that is not written; how many hold."""
    held = 0
    for number, (name, milestone) in enumerate(MILESTONES.items(), 1):
        try:
            print(f"✓ {number}. {name}: {milestone(mini)}")
            held += 1
        except NotImplementedError:
            print(f"  {number}. {name}: not written yet")
            break
        except Failed as why:
            print(f"✗ {number}. {name}: {why}")
        except (
            Exception
        ) as error:  # whatever is wrong with the code of this milestone: the others are run all the same
            print(f"✗ {number}. {name}: it stopped with {type(error).__name__}: {error}")
    return held


if __name__ == "__main__":
    sys.exit(0 if run(importlib.import_module("mini")) else 1)
