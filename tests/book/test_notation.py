"""The table of symbols against the code: every name exists, every shape is what the library makes."""

import re

import numpy as np
import pytest

from minirnn import VanillaRNN, bptt
from minirnn.dynamics.exponents import jacobian
from minirnn.gradients.backpropagation import backward, unroll
from minirnn.learning import losses
from tests.conftest import ROOT

TEXT = re.sub(r"\{term\}`[^`]*`", "", (ROOT / "book/notation.md").read_text())
ROWS = [re.findall(r"`([^`]+)`", row) for row in re.findall(r"^\|.*\|$", TEXT, re.MULTILINE)]


@pytest.fixture(scope="module")
def names():
    sizes = {"T": 5, "B": 4, "m": 3, "n": 2, "outputs": 6}
    rng, cell = np.random.default_rng(0), VanillaRNN(m=3, n=2)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=6)
    X = rng.standard_normal((5, 4, 3))
    H = unroll(cell, params, X)
    loss = losses.at_end(losses.squared_error, np.ones((4, 6)))
    E, dE, _ = loss(params, H[1:])
    J = jacobian(cell, params, H[:-1], cell.drive(params, X))
    D, gradient = backward(cell, params, X, H, dE), bptt(cell, params, X, loss)[1]
    return sizes | dict(
        n_state=cell.n_state,
        k=D.shape[-1],
        cell=cell,
        params=params,
        X=X,
        H=H,
        E=E,
        dE=dE,
        D=D,
        J=J,
        gradient=gradient,
        t=3,
    )


@pytest.mark.parametrize(("code", "shape"), [row for row in ROWS if len(row) == 2])
def test_shapes(names, code, shape):
    assert np.shape(eval(code, {}, names)) == eval(shape, {}, names)


def test_names(names):
    found = [row[0] for row in ROWS if row]
    assert len(found) > 20
    for code in found:
        eval(code, {}, names)


@pytest.mark.parametrize(
    (
        "page",
        "once",
    ),  # letters that stand for something else there: r is the logistic map's rate, g a gain, s a scale
    [("chaos", r"\br_t\b|\bs_t\b|\bg\(x"), ("parallel", r"\br_t\b|\\norm\{r\}|\\lambda k\b|\\frac1[ab]\b")],
)
def test_a_letter_has_one_meaning_on_a_page(page, once):
    assert not re.findall(once, (ROOT / f"book/{page}.md").read_text())
