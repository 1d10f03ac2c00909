"""The influence as one random product of two vectors: an estimate without bias, and with much variance.

    P ≈ u vᵀ,   u <- ρ₀ J_t u + ρ₁ ν,   v <- v/ρ₀ + (∂⁺h_t/∂θ)ᵀ ν / ρ₁,   ν_i = ±1                 (eq. rank-one)

The signs ν of a step are independent of the past and of each other, so E[ν νᵀ] = I, E[ν] = 0, and E[u vᵀ] obeys
(eq. influence). This holds for any positive ρ₀ and ρ₁ that do not depend on the signs of their step; the following
make its variance smallest: ρ₀² = ‖v‖/‖J_t u‖, ρ₁² = ‖νᵀ∂⁺h_t/∂θ‖/‖ν‖. UORO of tallec2018uoro, after ollivier2015.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from minirnn.cells.contract import Cell, Sized
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params
from minirnn.gradients.objective import Objective
from minirnn.gradients.realtime import Moment, summed_online

Factors = tuple[np.ndarray, Params]


def balance(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """√(above/below), and 1 where that is not a positive number: every ρ > 0 leaves the estimate without bias."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = np.sqrt(above / below)
    return np.where(np.isfinite(rho) & (rho > 0), rho, 1)


def norms_of(v: Params) -> np.ndarray:
    """Euclidean norms (draws, B) of all entries together, from arrays (draws, B, *shape)."""
    return np.sqrt(sum((a**2).reshape(*a.shape[:2], -1).sum(-1) for a in v.values()))


def over(rho: np.ndarray, a: np.ndarray) -> np.ndarray:
    """a (draws, B, *shape) divided by rho (draws, B)."""
    return a / rho.reshape(*rho.shape, *[1] * (a.ndim - 2))


@dataclass(frozen=True)
class RankOne:
    """`draws` independent pairs: u (draws, B, n_state), v arrays (draws, B, *shape); gradients (draws, *shape).

    Raises TypeError or ValueError unless rng is a generator and draws >= 1.
    """

    rng: np.random.Generator
    draws: int = 1

    def __post_init__(self) -> None:
        checks.generator("rng", self.rng)
        checks.integer("draws", self.draws, 1)

    def check(self, cell: Cell, params: Params) -> None:
        """Every cell has an influence."""

    def step(self, moment: Moment, P: Factors | None) -> Factors:
        """(eq. rank-one)."""
        B, _, n = moment.H_prev.shape
        nu = self.rng.choice(np.array([-1, 1], moment.H_prev.dtype), (self.draws, B, n))
        _, immediate = moment.send(nu)
        rho = balance(norms_of(immediate), np.sqrt(np.full((), n, nu.dtype)))
        u, v = rho[..., None] * nu, {key: over(rho, a) for key, a in immediate.items()}
        if P is None:
            return u, v
        jvp_step = getattr(moment.cell, "jvp_step", partial(Sized.jvp_step, moment.cell))
        Ju = np.asarray(jvp_step(moment.params, moment.local, P[0][..., None, :]))[..., 0, :]
        rho = balance(norms_of(P[1]), np.sqrt((Ju**2).sum(-1)))
        return u + rho[..., None] * Ju, {key: v[key] + over(rho, a) for key, a in P[1].items()}

    def gradient(self, P: Factors, dE: np.ndarray) -> Params:
        """(∂E_t/∂h_t u) v of each draw, summed over the batch, from ∂E_t/∂h_t (B, n_state)."""
        checks.float_array("dE", dE, P[0].shape[1:], finite=False)
        along_u = (P[0] * dE).sum(-1)
        return {key: np.einsum("nb,nb...->n...", along_u, a) for key, a in P[1].items()}


@checked
def uoro(
    cell: Cell,
    params: Params,
    X: np.ndarray,
    loss: Objective,
    h0: np.ndarray | None = None,
    *,
    rng: np.random.Generator,
    draws: int = 1,
) -> tuple[float, Params]:
    """E, and the mean of `draws` independent estimates of its gradient, each without bias, by (eq. rank-one).

    X (T, B, m), h0 (B, n_state) and the loss are as for `bptt`. Memory: n_state numbers and one for each parameter, for
    each draw and sequence, whatever T is. Once estimates have moved the weights, these depend on the signs, and the
    mean is no longer the gradient.

    >>> from minirnn import VanillaRNN, bptt
    >>> from minirnn.learning import losses
    >>> rng, cell = np.random.default_rng(0), VanillaRNN(m=1, n=2)
    >>> params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    >>> X, loss = rng.standard_normal((5, 1, 1)), losses.at_end(losses.squared_error, np.ones((1, 1)))
    >>> mean = uoro(cell, params, X, loss, rng=rng, draws=20_000)[1]["W"]
    >>> bool(np.allclose(mean, bptt(cell, params, X, loss)[1]["W"], atol=0.02))
    True

    Raises TypeError or ValueError if X, h0 or params do not fit the cell, ValueError if draws < 1.
    """
    E, estimates = uoro_estimates(cell, params, X, loss, h0, rng=rng, draws=draws)
    return E, {key: a.mean(0) if key in cell.shapes() else a for key, a in estimates.items()}


@checked
def uoro_estimates(
    cell: Cell,
    params: Params,
    X: np.ndarray,
    loss: Objective,
    h0: np.ndarray | None = None,
    *,
    rng: np.random.Generator,
    draws: int = 1,
) -> tuple[float, Params]:
    """The estimates whose mean is that of `uoro`, one by one: for each of the cell's parameters (draws, *shape)."""
    return summed_online(RankOne(rng, draws), cell, params, X, loss, h0)
