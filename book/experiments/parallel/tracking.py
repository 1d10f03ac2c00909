"""Which recurrences learn to count? Parity and sums modulo 3, trained at lengths 2 to 40 and tested up to 256.

MinGRU has multipliers in [0, 1], its signed twin in [-1, 1], RotationRNN on the circle; GRU is not linear. 16 units
(8 complex ones), one-hot inputs, Adam at 1e-2, clip 1, 1500 updates of 64 sequences of one length, drawn anew, softmax;
the loss at every step or at the end alone; 5 seeds; accuracy on 1000 sequences. grazzi2025 trains larger networks of
several layers on 3 to 40 steps, tests on 40 to 256, and reports the best of 3 runs.
"""

from typing import Any

import numpy as np

from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.intervals import above, of_difference, of_mean
from experiments.record import grouped, rounded
from minirnn import GRU, MinGRU, RotationRNN, SignedMinGRU, unroll
from minirnn.cells.contract import Cell
from minirnn.core.params import Params
from minirnn.learning import losses, optimizers
from minirnn.learning.tasks import Batch, modular
from minirnn.learning.training import train

MAKES: dict[str, Any] = {"MinGRU": MinGRU, "signed": SignedMinGRU, "rotation": RotationRNN, "GRU": GRU}
MODULI, READ, SEEDS, UPDATES = [2, 3], ["every", "end"], range(5), 1500
LENGTHS = [5, 10, 20, 40, 80, 160, 256]  # at which the accuracy is taken


def cell_of(name: str, modulus: int) -> Cell:
    """16 real numbers of state."""
    return MAKES[name](modulus, 8 if name == "rotation" else 16)


def draw(modulus: int, B: int, T: int, rng: np.random.Generator) -> Batch:
    return modular(rng, B, T, modulus)


def run(modulus: int, read: str, name: str, seed: int, updates: int = UPDATES) -> dict[str, Any]:
    """Losses at the start and the end, multipliers, and accuracies at LENGTHS: as trained, and with exact signs."""
    rng, cell = np.random.default_rng(seed), cell_of(name, modulus)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=modulus)

    def batch(rng: np.random.Generator) -> Batch:
        X, target = draw(modulus, 64, int(rng.integers(2, 41)), rng)
        return X, target if read == "every" else target[-1]

    def loss(target: np.ndarray) -> losses.Loss:
        at = losses.at_every_step if read == "every" else losses.at_end
        return at(losses.softmax_cross_entropy, target)

    done = train(cell, params, batch, loss, optimizers.adam(1e-2), updates, rng, clip=1.0, progress=False)
    return {
        "start": rounded(done.history["loss"][:31:10], 3),
        "loss": rounded(np.mean(done.history["loss"][-20:]), 3),
        "accuracy": accuracies(cell, done.params, modulus),
        "exact": accuracies(cell, exact_signs(done.params), modulus) if name == "signed" else [],
        "multipliers": multipliers(name, cell, done.params, modulus),
    }


def accuracies(cell: Cell, params: Params, modulus: int) -> list[float]:
    X, target = draw(modulus, 1000, max(LENGTHS), np.random.default_rng(99))
    right = losses.readout(params, unroll(cell, params, X)[1:]).argmax(-1) == target
    return rounded(right.mean(axis=1)[np.array(LENGTHS) - 1], 3)


def exact_signs(params: Params) -> Params:
    """The signed cell with each multiplier at 1 or -1 to the last bit: what it would be, had it learned to keep."""
    U, b = params["U"].copy(), params["b"].copy()
    n = len(b) // 2
    U[:n], b[:n] = 800 * np.sign(U[:n] + b[:n, None]), 0  # for one-hot inputs
    return params | {"U": U, "b": b}


def multipliers(name: str, cell: Any, params: Params, modulus: int) -> Any:
    """λ (modulus, n) for each input, of the unit that weighs most in the readout first; angles in turns where it turns;
    none of a cell that is not linear."""
    if name == "GRU":
        return []
    lam, _ = cell.coefficients(params, cell.drive(params, np.eye(modulus)))
    weight = np.abs(params["V"]).sum(0)[: cell.n]
    order = np.argsort(-weight)
    values = np.angle(lam) / (2 * np.pi) if name == "rotation" else lam
    return rounded(values[:, order], 4)


def results(runs: list[dict[str, Any]]) -> dict[str, Any]:
    by = iter(grouped(runs, len(SEEDS)))
    return {str(m): {read: {name: next(by) for name in MAKES} for read in READ} for m in MODULI}


def rows(results: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        run for reads in results.values() for cells in reads.values() for seeds in cells.values() for run in seeds
    ]


def again(saved: Saved) -> Pair:
    """The beginning of the first turning run."""
    point: dict[str, Any] = dict(modulus=3, read="every", name="rotation", seed=0)
    return run(**point, updates=31)["start"], saved(**point)["start"]


def accuracy(r: dict[str, Any], modulus: int, read: str, name: str, T: int, key: str = "accuracy") -> np.ndarray:
    """(seeds,)."""
    return np.array([run[key][LENGTHS.index(T)] for run in r[str(modulus)][read][name]])


def parity_needs_a_sign(r: dict[str, Any]) -> Verdict:
    """At the length 256, six times those of training; the loss at every step."""
    plain, signed = (accuracy(r, 2, "every", name, 256) for name in ("MinGRU", "signed"))
    near = accuracy(r, 2, "every", "signed", 80)
    ours = f"at 256: {plain.mean():.2f} and {signed.mean():.2f}; at 80 the signed one has {near.mean():.2f}"
    return verdict(
        ours, above(of_mean(signed), 0.95), above(of_difference(near, accuracy(r, 2, "every", "MinGRU", 80)))
    )


def three_needs_a_turn(r: dict[str, Any]) -> Verdict:
    """The turning cell is better at 256 steps, and right."""
    signed, turning = (accuracy(r, 3, "every", name, 256) for name in ("signed", "rotation"))
    ours = f"at 256: signed {signed.mean():.2f}, turning {turning.mean():.2f}"
    return verdict(ours, above(of_mean(turning), 0.95), above(of_difference(turning, signed)))


EXPERIMENT = Experiment(
    name="tracking",
    run=run,
    grid={"modulus": MODULI, "read": READ, "name": list(MAKES), "seed": SEEDS},
    options=dict(jobs=1),
    settings=dict(
        updates=UPDATES, batch=64, lr=1e-2, clip=1.0, trained=[2, 40], lengths=LENGTHS, seeds=list(SEEDS)
    ),
    results=results,
    rows=rows,
    again=again,
    claims=[
        Claim(
            paper="grazzi2025",
            page="parallel",
            text="Multipliers in [-1, 1] learn parity at all lengths, where those in [0, 1] fail",
            theirs="0 and 1.00 of what chance leaves, 40 to 256 steps, best of 3",
            deviation="one layer of 16 units, mean of 5 seeds",
            judge=parity_needs_a_sign,
        ),
        Claim(
            paper="grazzi2025",
            page="parallel",
            text="Real diagonal layers fail to count modulo m, signs or not; other eigenvalues can learn it",
            theirs="modular arithmetic: Mamba 0.24, DeltaNet 0.97",
            deviation="sums modulo 3, complex units",
            judge=three_needs_a_turn,
        ),
    ],
)
