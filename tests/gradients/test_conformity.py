"""`referee.check` on cells that are right, and on cells that are wrong in one way each: the message names the way."""

from dataclasses import dataclass

import autograd.numpy as anp
import numpy as np
import pytest

from minirnn import LRU, LSTM, MinGRU, VanillaRNN
from minirnn.cells.contract import Affine
from minirnn.core import initializers
from minirnn.core.products import affine_vjp, outer_sum, times, times_many
from minirnn.gradients.referee import check
from tests.helpers import all_cells, refused


@dataclass(frozen=True)
class LeakyRNN(Affine):
    """h_t = (1 - α) h_{t-1} + α tanh(W h_{t-1} + U x_t + b), with a leak α that is not learned."""

    alpha: float = 0.3

    def shapes(self):
        return {"W": (self.n, self.n), "U": (self.n, self.m), "b": (self.n,)}

    def init(self, rng):
        return self.draw(rng, W=initializers.orthogonal, U=initializers.fan_in)

    def step(self, params, h_prev, drive):
        return (1 - self.alpha) * h_prev + self.alpha * anp.tanh(times(h_prev, params["W"]) + drive)

    def linearize(self, params, drive, H_prev, H):
        return (self.alpha * (1 - np.tanh(times(H_prev, params["W"]) + drive) ** 2),)

    def vjp_step(self, params, local, delta):
        d = delta * local[0]
        return (1 - self.alpha) * delta + d @ params["W"], d

    def jvp_step(self, params, local, V):
        return (1 - self.alpha) * V + local[0] * times_many(V, params["W"])

    def vjp_params(self, params, X, H_prev, local, D):
        return {"W": outer_sum(D, H_prev), **affine_vjp(X, D)}


def test_a_cell_that_is_right_passes_in_silence():
    assert check(LeakyRNN(2, 3)) is None


@all_cells
def test_every_cell_of_the_library_passes(cell):
    check(cell)


def changed(make, **methods):
    """`make` with other methods, or without those that are None."""
    absent = {key: property() for key, method in methods.items() if method is None}  # raises AttributeError
    return type("Changed", (make,), methods | absent)(2, 3)


def without(key):
    def vjp_params(self, *args):
        gradient = LeakyRNN.vjp_params(self, *args)
        return {name: value for name, value in gradient.items() if name != key}

    return vjp_params


def zero_bias(self, params, X, H_prev, local, D):
    return LeakyRNN.vjp_params(self, params, X, H_prev, local, D) | {"b": 0 * D.sum(-2)}


def transposed(self, params, local, delta):
    d = delta * local[0]
    return (1 - self.alpha) * delta + d @ params["W"].T, d


def no_leak(self, params, local, delta):
    d = delta * local[0]
    return d @ params["W"], d


def in_numpy(self, params, h_prev, drive):
    a = np.asarray(h_prev @ params["W"].T + drive, drive.dtype)
    return (1 - self.alpha) * h_prev + self.alpha * np.tanh(a)


def in_place(self, params, h_prev, drive):
    h_prev *= 1 - self.alpha
    return h_prev + self.alpha * anp.tanh(h_prev @ params["W"].T + drive)


def in_float64(self, params, h_prev, drive):
    return np.float64(1 - self.alpha) * h_prev + self.alpha * anp.tanh(times(h_prev, params["W"]) + drive)


def over_time_too(self, params, X, H_prev, local, D):
    sums = {key: outer_sum(*(a.reshape(-1, a.shape[-1]) for a in (D, Z))) for key, Z in (("W", H_prev), ("U", X))}
    return sums | {"b": D.reshape(-1, D.shape[-1]).sum(0)}


def unreal(self, params, local, dE, carry):
    D, before = LRU.scan_adjoints(self, params, [a.conj() for a in local], dE, carry)
    return D, before


BROKEN = {
    "no vjp_params": (
        LeakyRNN,
        {"vjp_params": None},
        ["Changed has no vjp_params: the gradients of all parameters"],
    ),
    "two parts missing": (LeakyRNN, {"linearize": None, "n_out": None}, ["has no n_out", "has no linearize"]),
    "scan alone": (LeakyRNN, {"scan": lambda self, *args: None}, ["has scan but no scan_adjoints"]),
    "no gradient for b": (LeakyRNN, {"vjp_params": without("b")}, ["vjp_params gives no gradient for b"]),
    "a gradient of b that is 0": (
        LeakyRNN,
        {"vjp_params": zero_bias},
        ["for b differs from that of autograd by 1 of", "for b differs from that of central differences by 1 of"],
    ),
    "W transposed": (LeakyRNN, {"vjp_step": transposed}, ["vjp_step differs from central differences of step"]),
    "the leak forgotten": (
        LeakyRNN,
        {"vjp_step": no_leak},
        ["vjp_step differs from", "the gradient for W differs"],
    ),
    "a wrong direction": (
        LeakyRNN,
        {"jvp_step": lambda self, params, local, V: local[0] * times_many(V, params["W"])},
        ["jvp_step differs from central differences of step"],
    ),
    "NumPy in a step": (
        LeakyRNN,
        {"step": in_numpy},
        ["autograd cannot follow drive and step", "use the functions of autograd.numpy"],
    ),
    "a state changed in place": (LeakyRNN, {"step": in_place}, ["step raised ValueError", "must not change"]),
    "float64 in a step": (LeakyRNN, {"step": in_float64}, ["with parameters of float32, step must give float32"]),
    "time summed too": (
        LeakyRNN,
        {"vjp_params": over_time_too},
        ["vjp_params, for W", "must give float64 (5, 3, 3)"],
    ),
    "init without b": (
        LeakyRNN,
        {"init": lambda self, rng: {"W": np.eye(3), "U": np.ones((3, 2))}},
        ["init gives no b, which shapes() has"],
    ),
    "init with another b": (
        LeakyRNN,
        {"init": lambda self, rng: LeakyRNN.init(self, rng) | {"b": np.zeros(2)}},
        ["init must give b as finite float64 (3,), as shapes() says, got float64 (2,)"],
    ),
    "a gradient for more": (
        LeakyRNN,
        {"vjp_params": lambda self, *args: LeakyRNN.vjp_params(self, *args) | {"q": np.ones(1)}},
        ["vjp_params gives a gradient for q, which shapes() has not"],
    ),
    "too many outputs": (
        LeakyRNN,
        {"n_out": property(lambda self: 4)},
        ["n_out must be from 1 to n_state = 3, got 4"],
    ),
    "an explosion": (
        LeakyRNN,
        {"step": lambda self, params, h, drive: h / 0.0},
        ["step gives states that are not finite"],
    ),
    "a drive of one row": (LeakyRNN, {"drive": lambda self, params, X: params["b"]}, ["drive must give"]),
    "a local of one row": (
        LeakyRNN,
        {"linearize": lambda self, params, drive, H_prev, H: (H[0, 0],)},
        ["linearize must give arrays (5, 3, ·)", "got (3,)"],
    ),
    "a scan that leaves h0 out": (
        MinGRU,
        {"scan": lambda self, params, drive, h0: MinGRU.scan(self, params, drive, 0 * h0)},
        ["scan differs from the loop over step"],
    ),
    "scans that forget what comes back": (
        LRU,
        {
            "scan_adjoints": lambda self, params, local, dE, carry: LRU.scan_adjoints(
                self, params, local, dE, 0 * carry
            )
        },
        ["scan_adjoints, in D, differs from the loop over vjp_step"],
    ),
    "a scan that uses up its drive": (
        MinGRU,
        {"scan": lambda self, params, drive, h0: MinGRU.scan(self, params, np.negative(drive, out=drive), h0)},
        ["scan raised", "it must not change its arguments"],
    ),
    "no conjugate": (LRU, {"scan_adjoints": unreal}, ["scan_adjoints, in D, differs from the loop over vjp_step"]),
}


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_is_named(name):
    make, methods, words = BROKEN[name]
    with refused(ValueError, "cell must keep the contract of minirnn.cells", "but of Changed:\n- ", *words):
        check(changed(make, **methods))


def test_a_class_is_no_cell():
    with refused(TypeError, "cell must be a cell", "got the class LSTM; write LSTM(m=2, n=3)"):
        check(LSTM)


def test_only_what_is_wrong_is_named():
    with pytest.raises(ValueError, match="has no step") as raised:
        check(changed(VanillaRNN, step=None))
    assert len(str(raised.value).splitlines()) == 2
