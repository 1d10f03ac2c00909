"""Likely wrong solutions of the assignment `NAME`."""

from tests.book.likely import Likely

LIKELY: Likely = {
    "leaky": [
        ("x[t - 1]", "x[t]"),
        ("keep * H[t - 1] + ", ""),
        ("keep * H", "(1 - a) * H"),
        ("return H", "return H[1:]"),
        ("return H", "return H[-1]"),
        ("range(1, len(H))", "range(1, len(H) - 1)"),
        ("keep * H", "H"),
    ],
    "leaky_slope": [
        (" + a * dH[t - 1]", ""),
        (" + own * x[t - 1]", ""),
        ("H[t - 1] + own * x[t - 1] + ", ""),
        ("a * dH", "dH"),
        ("return E, dE", "return E, -dE"),
        ("return E, dE", "return E, 2 * dE"),
        ("return E, dE", "return E, dH[-1]"),
    ],
    "descent": [
        ("a - 0.02", "a + 0.02"),
        ("0.02", "0.2"),
        ("range(20)", "range(19)"),
        ("leaky_slope(a, x)[1]", "leaky_slope(a, x)[0]"),
        ("return a, leaky_slope(a, x)[0]", "return a, leaky_slope(a, x)[1]"),
        ("return a, leaky_slope(a, x)[0]", "return leaky_slope(a, x)[0], a"),
        ("return a, leaky_slope(a, x)[0]", "return a, leaky_slope(0.5, x)[0]"),
    ],
}
