"""Teacher forcing: before each step the data pull the state back, and with it the product of the Jacobians.

    h̃ = (1 - α) h_{t-1} + α d_{t-1},   h_t = f(h̃, x_t; θ)                                      (eq. forcing)
    ∂h_t/∂h_{t-1} = (1 - α) ∂f/∂h̃                                                              (eq. forced)

α weights the data d: 0 runs free, 1 is full forcing, a number between them generalized forcing (doya1992, hess2023),
and α = 1 at every τ-th step alone sparse forcing (mikhaeil2022). The loss compares h_t with d_t *before* that state is
forced. A forced cell is a cell: α and d are among its inputs, so that gradients, exponents and training serve it.

>>> alpha = 1 - np.exp(-np.log(2))  # the logistic map at r = 4, λ₁ = ln 2
>>> alpha.item() == synchronizing(np.log(2))
True
"""

from dataclasses import dataclass
from typing import Any

import autograd.numpy as anp
import numpy as np

from minirnn.cells.contract import Cell, Local
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params
from minirnn.layers.composed import checked_cell


@dataclass(frozen=True)
class Forced:
    """The cell, forced in the first `d` entries of its state, all of them by default. Its inputs (T, B, d + 1 + m) are
    the data, α and the cell's own inputs, as `forced_inputs` makes them.

    >>> from minirnn import VanillaRNN
    >>> cell = Forced(VanillaRNN(m=1, n=3))
    >>> cell.m, cell.n_state
    (5, 3)

    Raises ValueError unless 1 <= d <= n_state.
    """

    cell: Cell
    d: int | None = None

    def __post_init__(self) -> None:
        checked_cell("cell", self.cell)
        if self.d is not None:
            checks.integer("d", self.d, 1, self.cell.n_state)

    @property
    def observed(self) -> int:
        """How many entries of the state are forced."""
        return self.cell.n_state if self.d is None else self.d

    @property
    def m(self) -> int:
        return self.observed + 1 + self.cell.m

    @property
    def n_state(self) -> int:
        return self.cell.n_state

    @property
    def n_out(self) -> int:
        return self.cell.n_out

    def init(self, rng: np.random.Generator) -> Params:
        """That of the cell."""
        return self.cell.init(rng)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return self.cell.shapes()

    def drive(self, params: Params, X: np.ndarray) -> Any:
        """[d, α, the drive of the cell]."""
        k = self.observed + 1
        return anp.concatenate([X[..., :k], self.cell.drive(params, X[..., k:])], axis=-1)

    def pulled(self, h: Any, X: Any) -> Any:
        """h̃ of (eq. forcing) from h (..., n_state) and inputs or drives X: where α = 1 it is d, even if h is inf."""
        d, alpha = X[..., : self.observed], X[..., self.observed : self.observed + 1]
        ours = anp.where(alpha == 1, 0.0, h[..., : self.observed])
        forced = (1 - alpha) * ours + alpha * d
        return anp.concatenate([forced, h[..., self.observed :]], axis=-1)

    def step(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
        return self.cell.step(params, self.pulled(h_prev, drive), drive[..., self.observed + 1 :])

    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local:
        k = self.observed
        inner = self.cell.linearize(params, drive[..., k + 1 :], self.pulled(H_prev, drive), H)
        return (1 - drive[..., k : k + 1], drive[..., :k] - H_prev[..., :k], *inner)

    def vjp_step(self, params: Params, local: Local, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rest, apart, *inner = local
        k = self.observed
        carry, d = self.cell.vjp_step(params, inner, delta)
        pull = carry[..., :k]
        carry = np.concatenate([rest * pull, carry[..., k:]], axis=-1)
        return carry, np.concatenate([(1 - rest) * pull, (pull * apart).sum(-1, keepdims=True), d], axis=-1)

    def vjp_params(self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray) -> Params:
        k = self.observed + 1
        return self.cell.vjp_params(params, X[..., k:], self.pulled(H_prev, X), local[2:], D[..., k:])

    def vjp_inputs(self, params: Params, D: np.ndarray) -> np.ndarray:
        k, own = self.observed + 1, self.cell
        return np.concatenate([D[..., :k], own.vjp_inputs(params, D[..., k:])], axis=-1)  # type: ignore[attr-defined]


@checked
def forced_inputs(
    data: np.ndarray,
    alpha: float = 0.0,
    every: int | None = None,
    X: np.ndarray | None = None,
    m: int | None = None,
) -> np.ndarray:
    """The inputs (T, B, d + 1 + m) of a `Forced` cell from data (T + 1, B, d), so that h_t is to be data[t].

    α is the same at every step; with `every` = τ, steps 1, 1 + τ, 1 + 2τ, … start from the data (α = 1) and the others
    from the state. The first step starts from the data in any case, whatever h_0 is. X (T, B, m) are the cell's own
    inputs; without X they are 0, of m numbers, 1 by default.

    >>> forced_inputs(np.arange(5.0).reshape(5, 1, 1), every=2)[:, 0, :2].T
    array([[0., 1., 2., 3.],
           [1., 0., 1., 0.]])

    Raises TypeError or ValueError unless 0 <= alpha <= 1, every >= 1 and the arrays fit, and m with X, or if both
    alpha and every are given.
    """
    checks.float_array("data", data, ("T + 1", "B", "d"))
    alpha = checks.number("alpha", alpha, 0.0, 1.0)
    T, B, _ = data[1:].shape
    if T < 1:
        raise ValueError(f"data must have two steps at least, got {data.shape}")
    if every is not None and alpha:
        raise ValueError(f"every must be None where alpha is given, got alpha = {alpha}, every = {every}")
    m = None if m is None else checks.integer("m", m, 1)
    own = np.zeros((T, B, m or 1), data.dtype) if X is None else X
    checks.float_array("X", own, (T, B, m or "m"))
    checks.one_dtype(data=data, X=own)
    strength = np.full((T, B, 1), alpha, data.dtype)
    strength[:: T if every is None else checks.integer("every", every, 1)] = 1
    return np.concatenate([data[:-1], strength, own], axis=-1)


@dataclass(frozen=True)
class StateError:
    """The loss E = ½‖h_t - d_t‖², mean over time and batch: of the first entries of the state, without a readout.

    `target` (T, B, d), the data from h_1 on. An `Objective`: (params, H) -> (E, ∂E/∂H, {}).

    >>> StateError(np.ones((1, 1, 2)))({}, np.zeros((1, 1, 3)))[0]
    1.0
    """

    target: np.ndarray

    def __post_init__(self) -> None:
        checks.float_array("target", self.target, ("T", "B", "d"))

    def residual(self, H: Any) -> Any:
        """h_t - d_t (T, B, d)."""
        T, B, d = self.target.shape
        if H.shape[:2] != (T, B) or H.shape[-1] < d:
            raise ValueError(f"target must be (T, B, d) of the states {H.shape}, got {self.target.shape}")
        return H[..., :d] - self.target

    def value(self, params: Params, H: Any) -> Any:
        """E alone: what autograd differentiates."""
        return 0.5 * (self.residual(H) ** 2).sum() / (H.shape[0] * H.shape[1])

    def __call__(self, params: Params, H: np.ndarray) -> tuple[float, np.ndarray, Params]:
        residual, dE = self.residual(H), np.zeros_like(H)
        dE[..., : residual.shape[-1]] = residual / (H.shape[0] * H.shape[1])
        return float(self.value(params, H)), dE, {}


# --- the strength α ------------------------------------------------------------------------------------------------


def synchronizing(exponent: float) -> float:
    """α* = 1 - e^{-λ₁}, and 0 for λ₁ <= 0. Along noise-free data of the map itself, products with α > α* shrink.

    >>> round(synchronizing(np.log(2)), 12), synchronizing(-0.3)
    (0.5, 0.0)

    The exponent of a product of (1 - α) J_t is λ₁ + ln(1 - α). Raises TypeError or ValueError unless it is a number.
    """
    return float(max(0.0, -np.expm1(-checks.number("exponent", exponent))))


@checked
def bounding(J: np.ndarray, mean: str = "max") -> float:
    """α = 1 - 1/σ, and 0 for σ <= 1, from Jacobians J (T, n, n) along the data: σ is the largest of their norms
    ("max"), or their geometric mean ("geometric").

    With "max" each factor (1 - α) J_t has a norm of at most 1, so every product has; with "geometric" the norms
    multiply to 1, which bounds the product over all T steps and none of its parts. Both are of hess2023.

    >>> J = np.array([2.0, 4.0, 0.5]).reshape(3, 1, 1)
    >>> bounding(J), round(bounding(J, "geometric"), 4)
    (0.75, 0.37)

    Raises TypeError or ValueError unless J is (T, n, n) and `mean` one of the two.
    """
    checks.float_array("J", J, ("T", "n", "n"))
    if J.shape[1] != J.shape[2]:
        raise ValueError(f"J must be (T, n, n), got {J.shape}")
    checks.choice("mean", mean, ["max", "geometric"])
    norms = np.linalg.norm(J, 2, axis=(1, 2))
    with np.errstate(divide="ignore"):
        sigma = norms.max() if mean == "max" else np.exp(np.log(norms).mean())
        return float(max(0.0, 1 - 1 / sigma))
