"""`referee.check` on cells that are right, and on cells that are wrong in one way each: the message names the way."""

from dataclasses import dataclass

import autograd.numpy as anp
import numpy as np
import pytest

from minirnn import LRU, LSTM, MinGRU, VanillaRNN
from minirnn.cells.contract import Affine, Sized
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


def first_of_four(z):
    """Wrong only for more axes than a sequence has."""
    return z if z.ndim < 4 else np.broadcast_to(z[:1, :1, :1], z.shape)


def rounded(self, params, h_prev, drive):
    h = LeakyRNN.step(self, params, h_prev, drive)
    return h if h.dtype != np.float32 else h.astype(np.float16).astype(np.float32)


def exponentials(self, params, h_prev, drive):
    e = anp.exp(2 * (times(h_prev, params["W"]) + drive))
    return (1 - self.alpha) * h_prev + self.alpha * (e - 1) / (e + 1)


def slope_by_exponentials(self, params, drive, H_prev, H):
    e = np.exp(2 * (times(H_prev, params["W"]) + drive))
    return 4 * self.alpha * e / (e + 1) ** 2


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
    "the time axis alone in a step": (
        LeakyRNN,
        {"step": lambda self, params, h, drive: LeakyRNN.step(self, params, h, drive).reshape(h.shape[-3:])},
        ["step raised ValueError: cannot reshape"],
    ),
    "a further axis of δ summed away": (
        LeakyRNN,
        {
            "vjp_step": lambda self, *args: tuple(
                z.reshape(args[1][0].shape) for z in LeakyRNN.vjp_step(self, *args)
            )
        },
        ["vjp_step raised ValueError: cannot reshape"],
    ),
    "further axes mixed up": (
        LeakyRNN,
        {"step": lambda self, params, h, drive: first_of_four(LeakyRNN.step(self, params, h, drive))},
        ["step of a further axis differs from that of each by itself"],
    ),
    "directions as rows mixed up": (
        LeakyRNN,
        {"jvp_step": lambda self, *args: first_of_four(LeakyRNN.jvp_step(self, *args))},
        ["jvp_step of a further axis of directions differs", "jvp_step of directions as rows differs"],
    ),
    "parameters of others": (
        LeakyRNN,
        {
            "step": lambda self, params, h, drive: LeakyRNN.step(
                self, dict(zip("WUb", params.values(), strict=True)), h, drive
            )
        },
        ["step raised ValueError: zip() argument 2 is longer"],
    ),
    "a gradient of all that is there": (
        LeakyRNN,
        {"vjp_params": lambda self, params, *args: params | LeakyRNN.vjp_params(self, params, *args)},
        ["vjp_params gives a gradient for V, c_out, which shapes() has not"],
    ),
    "few digits in float32": (
        LeakyRNN,
        {"step": rounded},
        ["the states in float32 differs from those in float64 by"],
    ),
    "nan for large inputs": (
        LeakyRNN,
        {"step": exponentials},
        ["step makes nan of inputs of size 10⁴, with parameters of float64"],
    ),
    "nan for large inputs on the way back": (
        LeakyRNN,
        {"linearize": lambda self, *args: (slope_by_exponentials(self, *args),)},
        ["derivatives of a step are not finite for inputs of size 10⁴"],
    ),
    "chance in a step": (
        LeakyRNN,
        {"step": lambda self, *args: LeakyRNN.step(self, *args) + 1e-9 * np.random.default_rng().standard_normal()},
        ["step gives two answers to the same arguments"],
    ),
    "no local": (LeakyRNN, {"linearize": lambda self, *args: None}, ["linearize must give arrays", "got None"]),
    "a local alone": (
        LeakyRNN,
        {"linearize": lambda self, *args: LeakyRNN.linearize(self, *args)[0]},
        ["linearize must give arrays (5, 3, ·)", "got float64 (5, 3, 3)"],
    ),
    "a step that gives a tuple": (
        LeakyRNN,
        {"step": lambda self, *args: (LeakyRNN.step(self, *args),)},
        ["step must give float64 (3, 3), got (array("],
    ),
    "a step that gives nothing": (
        LeakyRNN,
        {"step": lambda self, *args: None},
        ["step must give float64 (3, 3), got None"],
    ),
    "no d": (
        LeakyRNN,
        {"vjp_step": lambda self, *args: LeakyRNN.vjp_step(self, *args)[0]},
        ["vjp_step must give a tuple of two arrays, got float64 (3, 3)"],
    ),
    "no gradient": (
        LeakyRNN,
        {"vjp_params": lambda self, *args: None},
        ["vjp_params must give a dict of gradients, got None"],
    ),
    "no adjoints": (
        MinGRU,
        {"scan_adjoints": lambda self, *args: None},
        ["scan_adjoints must give a tuple of two arrays, got None"],
    ),
    "no parameters drawn": (
        LeakyRNN,
        {"init": lambda self, rng: None},
        ["init must give a dict of arrays, got None"],
    ),
    "parameters as lists": (
        LeakyRNN,
        {
            "init": lambda self, rng: (
                {key: value.tolist() for key, value in LeakyRNN.init(self, rng).items()} | {"b": None}
            )
        },
        ["init must give b as finite float64 (3,)", "got object ()"],
    ),
    "an init that raises": (
        LeakyRNN,
        {"init": lambda self, rng: rng.normals(3)},
        ["init raised AttributeError"],
    ),
    "shapes as a list": (
        LeakyRNN,
        {"shapes": lambda self: [(3, 3), (3, 2), (3,)]},
        ["shapes must give a dict of names and shapes, got [(3, 3)"],
    ),
    "a size that is none": (LeakyRNN, {"n_out": None, "n_state": 2.5}, ["has no n_out"]),
    "half a state": (LeakyRNN, {"n_state": 2.5}, ["n_state must be an integer >= 1, got 2.5"]),
    "an adjoint of other inputs": (
        LeakyRNN,
        {"vjp_inputs": lambda self, params, D: 2 * D @ params["U"]},
        ["vjp_inputs differs from central differences of step by"],
    ),
    "an adjoint of too many inputs": (
        LeakyRNN,
        {"vjp_inputs": lambda self, params, D: D @ params["W"]},
        ["vjp_inputs must give float64 (2, 5, 3, 2), got float64 (2, 5, 3, 3)"],
    ),
    "a wrong direction of inputs": (
        LeakyRNN,
        {"jvp_inputs": lambda self, params, local, V: times_many(V, params["U"])},
        ["jvp_inputs differs from central differences of step by"],
    ),
    "no conjugate": (LRU, {"scan_adjoints": unreal}, ["scan_adjoints, in D, differs from the loop over vjp_step"]),
}


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_is_named(name):
    make, methods, words = BROKEN[name]
    with refused(ValueError, "cell must keep the contract of minirnn.cells", "but of Changed:\n- ", *words):
        check(changed(make, **methods))


def test_a_cell_without_parameters_passes():
    @dataclass(frozen=True)
    class Fixed(Sized):
        """h_t = tanh(½ h_{t-1} + x_t)"""

        def shapes(self):
            return {}

        def init(self, rng):
            return {}

        def drive(self, params, X):
            return X

        def step(self, params, h_prev, drive):
            return anp.tanh(0.5 * h_prev + drive)

        def linearize(self, params, drive, H_prev, H):
            return (1 - H**2,)

        def vjp_step(self, params, local, delta):
            return 0.5 * delta * local[0], delta * local[0]

        def vjp_params(self, params, X, H_prev, local, D):
            return {}

    class Doubled(Fixed):
        def vjp_step(self, params, local, delta):
            return delta * local[0], delta * local[0]

    check(Fixed(3, 3))
    with refused(ValueError, "vjp_step differs from central differences of step"):
        check(Doubled(3, 3))


def test_a_cell_need_not_say_what_it_may_leave_out():
    check(changed(LeakyRNN, vjp_inputs=None, jvp_inputs=None, jvp_step=None))


def test_a_class_is_no_cell():
    with refused(TypeError, "cell must be a cell", "got the class LSTM; write LSTM(m=2, n=3)"):
        check(LSTM)


def test_only_what_is_wrong_is_named():
    with pytest.raises(ValueError, match="has no step") as raised:
        check(changed(VanillaRNN, step=None))
    assert len(str(raised.value).splitlines()) == 2
