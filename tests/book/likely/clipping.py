"""Likely wrong solutions of the assignment `clipping`."""

from tests.book.likely import Likely

LIKELY: Likely = {
    "clip_norm": [
        ("scale * value for key", "value * min(1.0, threshold / size(value.ravel())) for key"),
        ("min(1.0, threshold / norm)", "threshold / norm"),
        ("min(1.0, threshold / norm)", "max(1.0, threshold / norm)"),
        ("}, norm\n", "}, scale * norm\n"),
        ("min(1.0, threshold / norm)", "min(1.0, norm / threshold)"),
        ("scale * value for key", "np.clip(value, -threshold, threshold) for key"),
        ("min(1.0, threshold / norm)", "min(1.0, 1 / norm)"),
        (
            "size(np.concatenate([value.ravel() for value in g.values()]))",
            "sum(size(v.ravel()) for v in g.values())",
        ),
    ],
    "clip_value": [
        ("np.clip(value, low, high)", "np.clip(value, -c, c)"),
        ("np.clip(value, low, high)", "np.minimum(value, high)"),
        ("before @ after / (np.linalg.norm(before) * np.linalg.norm(after))", "before @ after"),
        ("before @ after / (np.linalg.norm(before)", "before @ after / (np.linalg.norm(before) ** 2"),
        ("(np.linalg.norm(before) * np.linalg.norm(after))", "np.linalg.norm(before) * np.linalg.norm(after)"),
        ("clipped, before @ after", "clipped, after @ after"),
        ("np.clip(value, low, high)", "np.maximum(value, low)"),
    ],
    "update": [
        (
            "if not all(np.isfinite(value).all() for value in g.values()):\n        return params, velocity\n    ",
            "",
        ),
        ("g, _ = clip_norm(g, threshold)\n    ", ""),
        ("+ moves", "- moves"),
        ("mu * velocity[key] + enters", "velocity[key] + enters"),
        ("params[key] + moves * velocity[key] for", "params[key] + moves * g[key] for"),
        (
            "velocity = {key: mu",
            "velocity, old = {key: mu",
            "for key in g}\n    moves",
            "for key in g}, velocity\n    moves",
            "moves * velocity[key]",
            "moves * old[key]",
        ),
        (
            "g, _ = clip_norm(g, threshold)\n    ",
            "",
            "    moves =",
            "    velocity, _ = clip_norm(velocity, threshold)\n    moves =",
        ),
    ],
    "cliff": [
        ("s + slope * dw, 1 + slope * db", "s, 1.0"),
        ("s + slope * dw, 1 + slope * db", "slope * dw, slope * db"),
        ("w * s * (1 - s)\n", "w * s\n"),
        ("w * s * (1 - s)\n", "s * (1 - s)\n"),
        ("dE * s * (1 - s)", "dE"),
        ("    s = 1 / (1 + np.exp(-x))\n    E,", "    s = x\n    E,"),
        ("range(T)", "range(T - 1)"),
        ("s + slope * dw", "x + slope * dw"),
    ],
    "bias": [
        ("np.median(norms)", "np.mean(norms)"),
        ("np.minimum(1, threshold / norms)", "(threshold / norms)"),
        ("lengths[1] / lengths[0]\n", "lengths[0] / lengths[1]\n"),
        ("np.array([size(row) for row in g])[:, None]", "np.array([size(row) for row in g.T])"),
        (
            "(g * np.minimum(1, threshold / norms)).mean(axis=0)",
            "np.clip(g, -threshold, threshold).mean(axis=0)",
        ),
        ("np.median(norms)\n", "size(g.mean(axis=0))\n"),
        (
            "clipped = g.mean(axis=0), (g * np.minimum(1, threshold / norms)).mean(axis=0)",
            "clipped = g.mean(axis=0), g.mean(axis=0) * min(1, threshold / size(g.mean(axis=0)))",
        ),
    ],
}
