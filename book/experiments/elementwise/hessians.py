"""The Hessian at a perfect fit in two coordinate systems: of a dense network, and of the same one diagonalised.

A random dense network of 4 units with |λ| in [ν₀, ν₀ + 0.3(1 - ν₀)] (zucchet2024, fig. 4: [0.99, 0.993]), one input,
one output and a feed-through; the diagonal network has its 4 eigenvalues as complex units. Both compute the same
function and have 25 parameters. H = Jᵀ J with J the derivative of the impulse response, white inputs, no
sampling. The deviation from the paper: 50 random networks where it shows one; raw coordinates Re λ, Im λ. Nine
directions fix the function; all further eigenvalues are rounding errors, and differ between processors.
"""

from typing import Any

import numpy as np

from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.intervals import above, of_mean
from experiments.record import by, grouped, rounded
from minirnn.theory.parametrizations import EIGENVALUES
from minirnn.theory.population import dense_jacobian, diagonal_jacobian, participation

UNITS, TOP, MEMORIES, SEEDS = 4, 5, [0.5, 0.9, 0.99], range(50)


def network(nu0: float, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """W (4, 4), u, v (4,) of a random dense network whose eigenvalues are moved to these magnitudes, angles kept."""
    rng = np.random.default_rng(seed)
    lam, basis = np.linalg.eig(rng.standard_normal((UNITS, UNITS)))
    while np.abs(lam.imag).min() < 0.1:  # two pairs of complex eigenvalues, none near the real axis
        lam, basis = np.linalg.eig(rng.standard_normal((UNITS, UNITS)))
    pairs = np.repeat(rng.uniform(nu0, nu0 + 0.3 * (1 - nu0), UNITS // 2), 2)  # eig returns pairs side by side
    W = (basis * (pairs * lam / np.abs(lam)) @ np.linalg.inv(basis)).real
    u, v = rng.standard_normal((2, UNITS)) / np.sqrt(UNITS)
    return W, u, v


def horizon(nu0: float) -> int:
    """Steps after which λ^k is below 1e-9."""
    return int(np.log(1e-9) / np.log(nu0 + 0.3 * (1 - nu0))) + 1


def hessian(coordinates: str, nu0: float, seed: int) -> np.ndarray:
    """H (25, 25); "dense": W by rows, u, v, D; "diagonal": Re λ, Im λ, Re b, Im b, Re c, Im c, D."""
    (W, u, v), T = network(nu0, seed), horizon(nu0)
    if coordinates == "dense":
        J = dense_jacobian(W, u, v, T)
    else:
        lam, basis = np.linalg.eig(W)
        b, c = np.linalg.solve(basis, u + 0j), v @ basis
        size = np.sqrt(np.abs(b) / np.abs(c))  # only the product of b and c is given: |b| = |c|
        slopes = EIGENVALUES["raw"].derivatives(lam.real, lam.imag)
        J = diagonal_jacobian(lam, slopes, b / size, c * size, T)
    J = np.hstack([J, np.eye(T)[:, :1]])  # the feed-through adds to K[0] alone
    return J.T @ J


def spectrum(H: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues, largest first, and eigenvectors as columns."""
    values, vectors = np.linalg.eigh(H)
    return values[::-1], vectors[:, ::-1]


def rescaled(H: np.ndarray) -> np.ndarray:
    """The Hessian after each parameter is scaled by its own curvature: the best that rates per parameter can reach."""
    size = np.sqrt(np.diag(H))
    return H / np.outer(size, size)


def measure(coordinates: str, nu0: float, seed: int) -> dict[str, Any]:
    H = hessian(coordinates, nu0, seed)
    values, vectors = spectrum(H)
    after = spectrum(rescaled(H))[0]
    rank = int((values > 1e-9 * values[0]).sum())
    return {
        "spectrum": values[: 2 * TOP],
        "rank": rank,
        "participation": participation(vectors[:, :TOP]),
        "condition": [values[0] / values[8], after[0] / after[8]],
    }


COORDINATES = ("dense", "diagonal")
KEYS = ("spectrum", "rank", "participation", "condition")


def results(runs: list[dict[str, Any]]) -> dict[str, Any]:
    columns = [
        {key: rounded([run[key] for run in by_seed], 4) for key in KEYS} for by_seed in grouped(runs, len(SEEDS))
    ]
    return {"nu0": MEMORIES} | by(COORDINATES, columns)


def rows(results: dict[str, Any]) -> list[dict[str, Any]]:
    columns = [by_seed for coordinates in COORDINATES for by_seed in results[coordinates]]
    return [
        dict(zip(KEYS, entries, strict=True))
        for by_seed in columns
        for entries in zip(*(by_seed[key] for key in KEYS), strict=True)
    ]


def again(saved: Saved) -> Pair:
    """One network."""
    point: dict[str, Any] = dict(coordinates="diagonal", nu0=MEMORIES[2], seed=0)
    now, was = measure(**point), saved(**point)
    keys = ("participation", "condition")
    return [rounded(now[key], 4) for key in keys], [was[key] for key in keys]


def diagonal_is_local(r: dict[str, Any]) -> Verdict:
    top = {kind: np.array(r[kind][-1]["participation"])[:, 0] for kind in COORDINATES}
    ours = "parameters in the first eigenvector, medians: " + ", ".join(
        f"{kind} {np.median(values):.1f}" for kind, values in top.items()
    )
    return verdict(ours, above(of_mean(top["dense"] - top["diagonal"])))


EXPERIMENT = Experiment(
    name="hessians",
    run=measure,
    grid={"coordinates": COORDINATES, "nu0": MEMORIES, "seed": SEEDS},
    options=dict(jobs=1),
    settings=dict(units=UNITS, top=TOP, seeds=list(SEEDS)),
    results=results,
    rows=rows,
    again=again,
    claims=[
        Claim(
            paper="zucchet2024",
            page="elementwise",
            text="A diagonal network's Hessian has eigenvectors on fewer parameters",
            theirs="shown for one network",
            deviation="50 teachers of dimension 4",
            judge=diagonal_is_local,
        )
    ],
)
