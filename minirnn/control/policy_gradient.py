"""Policy gradients of recurrent policies: exact and sampled, plain and natural.

    ∇J = E Σ_t A_t ∇log π(a_t | h_t)                                                        (eq. policy-gradient)
    F  = E s sᵀ,  s = Σ_t ∇log π(a_t | h_t)                                                           (eq. fisher)
    natural direction  (F + κI)⁻¹ ∇J                                                                 (eq. natural)

A_t is the reward that is still to come, less a baseline (williams1992); F is the Fisher matrix of the policy
(kakade2001). Every gradient through time is `bptt`'s: a policy gradient is a gradient of a loss of the readout.

No matrix of the size of F is ever made. Let the rows of S be scores, F = SᵀS, and ∇J = Sᵀr; then

    (SᵀS + κI)⁻¹ Sᵀr = Sᵀ (SSᵀ + κI)⁻¹ r                                                             (eq. push)

in which SSᵀ has as many rows as there are scores: four for a delayed cue. It is also the least-squares fit of r by
the scores, the compatible function approximation.
"""

from typing import Any

import autograd.numpy as anp
import numpy as np

from minirnn.cells.contract import Cell
from minirnn.control.pomdp import DelayedCue, Episodes, check_policy, policy
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params, overflow_allowed
from minirnn.gradients.backpropagation import adjoints, bptt, unroll
from minirnn.learning import losses
from minirnn.learning.losses import _two_dimensional


def expected_reward(Y: Any, R: np.ndarray) -> tuple[Any, Any]:
    """-Σ_a π_a R_a with π = softmax(y), mean over the N rows of Y (N, actions); rewards R (N, actions).

    >>> expected_reward(np.zeros((1, 2)), np.array([[1.0, 0.0]]))[0].item()
    -0.5
    """
    checks.float_array("R", R, _two_dimensional(Y))
    pi = anp.exp(losses.log_softmax(Y))
    gain = (pi[:, None] * (R[:, :, None] - R[:, None])).sum(axis=2)  # R_a - Σ πR: no difference where π is near 1
    return -(pi * R).sum() / len(Y), -pi * gain / len(Y)


def log_likelihood(Y: Any, G: np.ndarray) -> tuple[Any, Any]:
    """-Σ_a G_a log π_a with π = softmax(y), mean over the N rows of Y (N, actions); weights G (N, actions).

    If G is the advantage at the chosen action and 0 elsewhere, the gradient is minus the sampled policy gradient.
    """
    checks.float_array("G", G, _two_dimensional(Y), finite=False)
    log_pi = losses.log_softmax(Y)
    pi, others = anp.exp(log_pi), _others(G.shape[1], G.dtype)
    E = -(G * anp.where(G == 0, 0.0, log_pi)).sum()  # 0 · log 0 is 0: other actions may have probability 0
    return E / len(Y), (pi * (G @ others) - G * (pi @ others)) / len(Y)


def _others(actions: int, dtype: Any) -> np.ndarray:
    """The matrix that sums all entries but one: π @ others is 1 - π, without 1 - 1 where π is near 1."""
    return 1 - np.eye(actions, dtype=dtype)


def _noiseless(task: DelayedCue) -> DelayedCue:
    checks.number("task.noise", task.noise, 0.0, 0.0)
    return task


@checked
def exact_gradient(cell: Cell, params: Params, task: DelayedCue) -> tuple[float, Params]:
    """J and ∇J of a delayed cue, without sampling, from one run for each cue (eq. cue-objective).

    >>> from minirnn import IndRNN
    >>> rng, cell = np.random.default_rng(0), IndRNN(m=1, n=4, activation="tanh")
    >>> params = cell.init(rng) | losses.init_readout(rng, cell, outputs=2)
    >>> params["V"] = np.zeros((2, 4))  # no memory is read
    >>> exact_gradient(cell, params, DelayedCue(L=3))[0]
    0.5

    Raises TypeError or ValueError unless the policy fits the task, and this has no noise.
    """
    X = _noiseless(task).inputs()
    check_policy(cell, params, X, task.actions)
    E, gradient = bptt(cell, params, X, losses.at_end(expected_reward, task.rewards()))
    return -E, {key: -g for key, g in gradient.items()}


@checked
def scores(cell: Cell, params: Params, X: np.ndarray, dY: np.ndarray) -> np.ndarray:
    """Σ_t of dY_t · ∂y_t/∂θ for each sequence apart: (B, P) from dY (T, B, actions), one backward pass.

    `vjp_params` sums over the batch; here time takes the place of the batch, so one row for each sequence remains.
    Columns are in the order of `flatten(params)`; a parameter that is not the cell's has zeros.
    """
    check_policy(cell, params, X, dY.shape[-1])
    with overflow_allowed():
        H = unroll(cell, params, X)
        dE, n_out = np.zeros_like(H[1:]), params["V"].shape[1]
        dE[..., :n_out] = dY @ params["V"]
        local, D, _ = adjoints(cell, params, X, H, dE, np.zeros_like(H[0]))
        X, H_prev, D = (a.swapaxes(0, 1) for a in (X, H[:-1], D))
        rows = cell.vjp_params(params, X, H_prev, [a.swapaxes(0, 1) for a in local], D)
        dY = dY.swapaxes(0, 1)
        rows |= {"V": dY.swapaxes(1, 2) @ H[1:, :, :n_out].swapaxes(0, 1), "c_out": dY.sum(axis=1)}
    columns = [rows.get(key, np.zeros((len(D), *value.shape), value.dtype)) for key, value in params.items()]
    return np.concatenate([row.reshape(len(D), -1) for row in columns], axis=1)


@checked
def exact_scores(cell: Cell, params: Params, task: DelayedCue) -> tuple[float, np.ndarray, np.ndarray]:
    """J, S (4, P) and r (4,) with F = SᵀS and ∇J = Sᵀr: a row sqrt(½π) ∇log π for each cue and each action."""
    X, pairs = _noiseless(task).inputs()[:, [0, 0, 1, 1]], task.rewards().ravel()
    check_policy(cell, params, X, task.actions)
    pi, actions = policy(params, unroll(cell, params, X[:, [0, 2]])[-1]), np.array([0, 1, 0, 1])
    dY = np.zeros((len(X), 4, 2))
    dY[-1] = _score(np.eye(2)[actions], pi[[0, 0, 1, 1]])
    weight = np.sqrt(0.5 * pi.ravel())
    with overflow_allowed():
        return float(weight**2 @ pairs), weight[:, None] * scores(cell, params, X, dY), weight * pairs


def _score(chosen: np.ndarray, pi: np.ndarray) -> np.ndarray:
    """∂ log π(a)/∂y = choice - π (..., actions), with a one-hot choice."""
    return np.where(chosen > 0, pi @ _others(pi.shape[-1], pi.dtype), -pi)


def natural(S: np.ndarray, r: np.ndarray, damping: float) -> np.ndarray:
    """(SᵀS + κI)⁻¹ Sᵀr (P,) from S (N, P) and r (N,), by a system of size N (eq. push).

    >>> natural(np.array([[2.0, 0.0]]), np.array([1.0]), damping=0.0)
    array([0.5, 0. ])

    With κ = 0 it is the shortest vector that solves the least squares. Raises ValueError if N = 0 or κ < 0.
    """
    checks.float_array("S", S, ("N", "P"), finite=False)
    checks.float_array("r", r, (len(S),), finite=False)
    damping = checks.number("damping", damping, 0.0)
    with overflow_allowed():
        kernel = S @ S.T + damping * np.eye(len(S), dtype=S.dtype)
    if not np.isfinite(kernel).all():
        return np.full(S.shape[1], np.nan)
    return S.T @ (np.linalg.pinv(kernel, rcond=1e-14, hermitian=True) @ r)


@checked
def advantages(episodes: Episodes, baseline: bool = True) -> np.ndarray:
    """A (T, B): the rewards still to come, less their mean over the *other* episodes that act at the same step.

    The estimate has no bias because an episode's own rewards are not in its mean. 0 where no action was chosen.
    """
    to_come = episodes.rewards[::-1].cumsum(axis=0)[::-1] * episodes.acted
    others = np.maximum(episodes.acted.sum(axis=1, keepdims=True) - 1, 1)
    mean = (to_come.sum(axis=1, keepdims=True) - to_come) / others
    return (to_come - baseline * mean) * episodes.acted


def _chosen(episodes: Episodes, actions: int) -> np.ndarray:
    """One-hot (T, B, actions), 0 where no action was chosen."""
    checks.integers("actions", episodes.actions, episodes.X.shape[:2])
    if episodes.actions.min() < 0 or episodes.actions.max() >= actions:
        got = f"{episodes.actions.min()} to {episodes.actions.max()}"
        raise ValueError(f"actions must be from 0 to {actions - 1}, got {got}")
    return np.eye(actions)[episodes.actions] * episodes.acted[..., None]


@checked
def sampled_gradient(cell: Cell, params: Params, episodes: Episodes, baseline: bool = True) -> Params:
    """The estimate of ∇J by the likelihood ratio (eq. policy-gradient), mean over the episodes: REINFORCE.

    Raises TypeError or ValueError unless the policy fits the episodes.
    """
    T, actions = len(episodes.X), len(params.get("V", ()))
    check_policy(cell, params, episodes.X, actions)
    G = (
        T * advantages(episodes, baseline)[..., None] * _chosen(episodes, actions)
    )  # T: the loss is a mean over time
    _, gradient = bptt(cell, params, episodes.X, losses.at_every_step(log_likelihood, G))
    return {key: -g for key, g in gradient.items()}


@checked
def episode_scores(cell: Cell, params: Params, episodes: Episodes, weights: np.ndarray | None = None) -> np.ndarray:
    """Σ_t w_t ∇log π(a_t | h_t) (B, P): the scores s of (eq. fisher), or with w the advantages each gradient.

    Raises TypeError or ValueError unless the policy fits the episodes.
    """
    actions = len(params.get("V", ()))
    check_policy(cell, params, episodes.X, actions)
    pi = policy(params, unroll(cell, params, episodes.X)[1:])
    dY = _score(_chosen(episodes, actions), pi) * episodes.acted[..., None]
    return scores(cell, params, episodes.X, dY if weights is None else dY * weights[..., None])
