"""Mistakes in clipping."""

import numpy as np

from coursework.answers import Mistakes, solutions
from coursework.mistakes import EXAMPLES, Measured, Params, Rng

mistake = Mistakes("clipping")

TASK = {
    "norm": {
        "length": "‖v‖ is the Euclidean length of v",
        "sum": "‖v‖ is the sum of the sizes of the entries of v",
        "largest": "‖v‖ is the largest size of an entry of v",
    },
    "interval": {
        "even": "entries are limited to [-c, c]",
        "up": "entries are limited to [-c, 2 c]",
        "down": "entries are limited to [-2 c, c]",
    },
    "momentum": {
        "sum": "momentum: v ← μ v + g, then θ ← θ - η v",
        "mean": "momentum: v ← μ v + (1 - μ) g, then θ ← θ - η v",
        "step": "momentum: v ← μ v - η g, then θ ← θ + v",
    },
    "error": {
        "square": "E = (s - 0.7)²",
        "fourth": "E = (s - 0.3)⁴",
        "log": "E = -ln(1 - s)",
    },
}
VARIES = {
    "clip_norm": "norm",
    "clip_value": "interval",
    "update": "norm momentum",
    "cliff": "error",
    "bias": "norm",
}


def gradient(rng: Rng, size: int) -> Params:
    n, m = [(2, 3), (3, 4), (4, 1), (3, 3)][size]
    return {"W": 3 * rng.standard_normal((n, m)), "b": rng.standard_normal(n)}


def optimizer(rng: Rng, size: int) -> tuple[Params, Params, Params, float, float, float]:
    """params, velocity, g, rate, mu, threshold; with an entry that is not finite in the last two cases."""
    params, velocity, g = (gradient(rng, size) for _ in range(3))
    if size >= 2:
        g["b"][0 if size == 3 else 1] = [np.inf, np.nan][size == 3]
    return params, velocity, g, [0.1, 0.2, 0.1, 0.3][size], [0.9, 0.8, 0.9, 0.7][size], 1.5


CASES = {
    "clip_norm": lambda rng, size: (gradient(rng, size), [2.0, 1.3, 1e3, 30.0][size]),
    "clip_value": lambda rng, size: (gradient(rng, size), [0.8, 1.3, 1e3, 0.5][size]),
    "update": optimizer,
    "cliff": lambda rng, size: (
        [5.0, 6.0, -2.0, 3.0][size], [-2.0, -2.7, 0.4, -1.0][size], [0.5, 0.5, 0.5, 0.2][size], [6, 12, 1, 3][size]
    ),
    "bias": lambda rng, size: (EXAMPLES[size],),
}  # fmt: skip

# fmt: off
WHOLE = "size(np.concatenate([value.ravel() for value in g.values()]))"
mistake.edits(
    "clip_norm",
    ("you clipped each array on its own; the norm of the whole gradient was asked for.", "scale * value for",
     "value * min(1.0, threshold / size(value.ravel())) for"),
    ("you clipped each entry; the norm of the whole gradient was asked for.", "scale * value for",
     "np.clip(value, -threshold, threshold) for"),
    ("the gradient has norm 1 now, whatever the threshold: multiply by the threshold too.",
     "min(1.0, threshold / norm)", "1 / norm"),
    ("the factor is upside down: it is threshold/‖g‖, and never above 1.", "min(1.0, threshold / norm)",
     "norm / threshold"),
    ("the factor is upside down: it is threshold/‖g‖.", "threshold / norm", "norm / threshold"),
    ("a short gradient was made longer, up to the threshold. The factor is never above 1.",
     "min(1.0, threshold / norm)", "threshold / norm"),
    ("the larger of 1 and threshold/‖g‖ is taken. So long ones stay and short ones grow: take the smaller, `min`.",
     "min(1.0", "max(1.0"),
    ("the gradient is right, but the norm is that after the clip. That before is what you log.", "}, norm",
     "}, scale * norm"),
    ("nothing is clipped: the gradient is as it was.", "scale * value", "1.0 * value"),
    ("the square of the length: a square root is missing.", WHOLE,
     WHOLE + ' ** (2 if check.options["norm"] == "length" else 1)'),
    ("the norms of the arrays are added. The arrays are one vector, and it has one norm.", WHOLE,
     "sum(size(v.ravel()) for v in g.values())"),
    ("the norm is that of W alone. All arrays together are the gradient.", WHOLE, 'size(g["W"].ravel())'),
    ("the Euclidean length of all entries: your task has another norm.", WHOLE,
     WHOLE.replace("size(", "np.linalg.norm(")),
)
COSINE = "before @ after / (np.linalg.norm(before) * np.linalg.norm(after))"
mistake.edits(
    "clip_value",
    ("entries below 0 are not limited: the interval has two ends.", "np.clip(value, low, high)",
     "np.minimum(value, high)"),
    ("entries above 0 are not limited: the interval has two ends.", "np.clip(value, low, high)",
     "np.maximum(value, low)"),
    ("every entry became an end of the interval. Those that lie within stay as they are.",
     "np.clip(value, low, high)", "np.where(value > 0, high, low)"),
    ("negative entries became 0: the interval reaches below 0.", "np.clip(value, low, high)",
     "np.clip(value, 0, high)"),
    ("the interval is that of -1 to 1, whatever c is.", "np.clip(value, low, high)",
     "np.clip(value, low / c, high / c)"),
    ("entries that are too large became 0. They become the end of the interval.", "np.clip(value, low, high)",
     "value * ((value >= low) & (value <= high))"),
    ("the second number is the scalar product. Divide it by both lengths.", COSINE, "before @ after"),
    ("the second number is divided by the square of the first length. Divide by one length of each.",
     "(np.linalg.norm(before) * np.linalg.norm(after))", "(np.linalg.norm(before) ** 2 * np.linalg.norm(after))"),
    ("the second number is divided by |g|². Divide by one length of each.",
     "(np.linalg.norm(before) * np.linalg.norm(after))", "np.linalg.norm(before) ** 2"),
    ("a bracket is missing: `a / b * c` multiplies by c. Divide by the product of both lengths.",
     "(np.linalg.norm(before) * np.linalg.norm(after))", "np.linalg.norm(before) * np.linalg.norm(after)"),
    ("the second number is the angle. Its cosine is asked for.", COSINE, f"np.arccos({COSINE})"),
    ("that is the ratio of the lengths, or the scalar product of g' with itself. The cosine is asked for.",
     COSINE, "np.linalg.norm(after) / np.linalg.norm(before)"),
)
FINITE = "    if not all(np.isfinite(value).all() for value in g.values()):\n        return params, velocity\n"
mistake.edits(
    "update",
    ("nothing is clipped.", "g, _ = clip_norm(g, threshold)", ""),
    ("with an entry that is not finite nothing may change: return the parameters and the velocity as they were.",
     FINITE, ""),
    ("of a gradient that is not finite the sound entries are used. There is no direction to follow: change nothing.",
     FINITE, "    g = {key: np.nan_to_num(value, posinf=0, neginf=0) for key, value in g.items()}\n"),
    ("you clipped the velocity. It is the gradient that is clipped, before it enters the velocity.",
     "g, _ = clip_norm(g, threshold)", "", "    moves =",
     "    velocity, _ = clip_norm(velocity, threshold)\n    moves ="),
    ("the step goes uphill: the error falls against the gradient.", "+ moves", "- moves"),
    ("the old velocity has lost its factor mu.", "mu * velocity[key]", "velocity[key]"),
    ("mu and 1 - mu are the wrong way round: mu goes with the old velocity.", "mu * velocity[key] + enters",
     "(1 - mu) * velocity[key] + enters"),
    ("the parameters moved by the old velocity. Renew the velocity first, then move.", "velocity = {key: mu",
     "old, velocity = velocity, {key: mu", "moves * velocity[key]", "moves * old[key]"),
    ("the parameters moved by the gradient alone. They move by the velocity.", "moves * velocity[key]",
     "moves * g[key]"),
    ("the velocity is the gradient alone: mu times the old one is missing.", "mu * velocity[key] + ", ""),
    ("the learning rate is missing.", "-rate", "-1.0"),
    ("the learning rate is there twice.", "-rate", "-(rate**2)"),
    ("the velocity that you return is the old one.", "in g}, velocity", "in g}, old", "velocity = {key: mu",
     "old, velocity = velocity, {key: mu"),
    ("the parameters that you return are the old ones.", "params[key] + moves * velocity[key]", "params[key]"),
)
mistake.edits(
    "cliff",
    ("only the last use of w and b counts: what they did to x_{t-1} is missing.",
     "s + slope * dw, 1 + slope * db", "s, 1.0"),
    ("only what came from before is carried on: each step also uses w and b itself, by σ(x_{t-1}) and by 1.",
     "s + slope * dw, 1 + slope * db", "slope * dw, slope * db"),
    ("in the step the slope of σ is missing: ∂x_t/∂x_{t-1} is w·σ(1 - σ).", "w * s * (1 - s)", "w"),
    ("in the step the factor 1 - σ is missing: ∂x_t/∂x_{t-1} is w·σ(1 - σ).", "w * s * (1 - s)", "w * s"),
    ("in the step the factor w is missing: ∂x_t/∂x_{t-1} is w·σ(1 - σ).", "w * s * (1 - s)", "s * (1 - s)"),
    ("the error is of σ(x_T), so its derivative has σ'(x_T) in it. That factor is missing.", "dE * s * (1 - s)",
     "dE"),
    ("∂E/∂s has lost a factor: differentiate E of your task once more.", "outer = dE",
     'outer = dE / {"square": 2, "fourth": 4, "log": -1}[check.options["error"]]'),
    ("both derivatives have the wrong sign.", "outer = dE", "outer = -dE"),
    ("the slope is taken at x_t. The step from x_{t-1} has the slope of σ at x_{t-1}.",
     "        x, dw, db = w * s + b, s + slope * dw, 1 + slope * db",
     "        x = w * s + b\n        z = 1 / (1 + np.exp(-x))\n"
     "        slope = w * z * (1 - z)\n        dw, db = s + slope * dw, 1 + slope * db"),
    ("the last σ is missing: E is of σ(x_T), not of x_T.", "s = 1 / (1 + np.exp(-x))\n    E", "s = x\n    E"),
    ("one step too few: T of them lead from x_0 to x_T.", "range(T)", "range(T - 1)"),
    ("one step too many: T of them lead from x_0 to x_T.", "range(T)", "range(T + 1)"),
    ("w acts on σ(x_{t-1}), so its own use adds σ(x_{t-1}), not x_{t-1}.", "s + slope * dw", "x + slope * dw"),
    ("b acts by itself, so its own use adds 1.", "1 + slope * db", "s + slope * db"),
    ("the derivatives are the wrong way round: first that in w.", "outer * dw, outer * db",
     "outer * db, outer * dw"),
)
mistake.edits(
    "bias",
    ("the threshold is the mean of the norms, which the few long ones pull up. The median is asked for.",
     "np.median", "np.mean"),
    ("you clipped the mean. Clip each sample, and take the mean then.",
     "(g * np.minimum(1, threshold / norms)).mean(axis=0)",
     "g.mean(axis=0) * min(1, threshold / size(g.mean(axis=0)))"),
    ("you normalised every sample to the threshold. Short ones stay as they are.",
     "np.minimum(1, threshold / norms)", "(threshold / norms)"),
    ("the ratio is upside down: clipped over plain.", "lengths[1] / lengths[0]", "lengths[0] / lengths[1]"),
    ("the samples are clipped entry by entry. By norm is asked for.", "(g * np.minimum(1, threshold / norms))",
     "np.clip(g, -threshold, threshold)"),
    ("the norms are those of columns. A sample is a row.", "np.array([size(row) for row in g])[:, None]",
     "np.array([size(column) for column in g.T])"),
    ("the threshold is the norm of the mean. The median of the norms is asked for.", "np.median(norms)",
     "size(g.mean(axis=0))"),
    ("the threshold is the median of all entries. That of the norms is asked for.", "np.median(norms)",
     "np.median(g)"),
    ("the norms are Euclidean lengths. Your task has another norm.", "size(row)", "np.linalg.norm(row)"),
    ("the second number is the scalar product of the means. Divide it by both lengths.",
     "mean @ clipped / (lengths[0] * lengths[1])", "mean @ clipped"),
    ("the ratio is of norms of your task. Of the two means their Euclidean lengths are compared.",
     "lengths[1] / lengths[0]", "size(clipped) / size(mean)"),
    ("the sums are compared, not the means: your lengths have a factor N.", "lengths[1] / lengths[0]",
     "len(g) * lengths[1] / lengths[0]"),
)
# fmt: on


def measured(student: str) -> Measured:
    """What the mark scheme says of a student's samples."""
    s = solutions("clipping")
    lengths, (threshold, cosine, ratio) = np.linalg.norm(s["samples"](student), axis=1), s["bias"](student)
    long = lengths > 10 * np.median(lengths)
    return {
        "threshold": threshold, "cosine": cosine, "ratio": ratio, "number": int(long.sum()), "samples": len(long),
        "times": lengths[long].mean() / np.median(lengths),
    }  # fmt: skip
