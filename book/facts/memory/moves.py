"""The effect of small moves of the weights, and the memory of a nonlinear network."""

from functools import cache, partial

import numpy as np

from experiments.memory import perturbation
from experiments.memory.time_scales import scale_over_memory
from experiments.record import load
from explorables.memory import perturb, ratio
from facts import power
from minirnn import VanillaRNN
from minirnn.learning import losses, optimizers
from minirnn.learning.training import train
from minirnn.theory import memory
from minirnn.theory.parametrizations import RATES

STABLE = ("exp", "softplus", "best")


def numbers() -> dict[str, str]:
    largest = load("perturbation")["results"]["largest_weight"]["free"]
    texts = {
        "none": f"{worst('direct', 0.0):.3f}",
        "target-area": f"{perturbation.TARGET.sum():.1f}",
        "largest": f"{largest:.0f}",
        "direct-001": f"{worst('direct', 0.001):.2g}",
        "direct-01": f"{worst('direct', 0.01):.0f}",
        "direct-1": power(worst("direct", 0.1)),
    }
    for rate in STABLE:
        texts |= {f"{rate}-{b[2:]}": f"{worst(rate, float(b)):.2g}" for b in ("0.001", "0.01", "0.1")}
    return texts


def worst(rate: str, beta: float, weights: str = "positive") -> float:
    """The worst of 20 saved errors after moves of at most β."""
    return float(perturb.worst_errors(rate, weights)[perturbation.BETAS.index(beta)])


def check_moves_of_the_weights() -> None:
    assert 3e38 < worst("direct", 0.1) < 4e38
    assert worst("direct", 0.01) > 100
    assert worst("direct", 0.001) < 0.1 * perturbation.TARGET.sum()  # "not yet at 0.001"
    assert worst("best", 0.01) < worst("exp", 0.01) < 0.03
    assert worst("exp", 0.01, "free") > 5
    assert worst("best", 0.01, "free") > 5


def check_the_largest_change_that_the_theorem_allows() -> None:
    largest = {
        rate: max(
            memory.stability_integral(RATES[rate], w, w + s) for w in np.linspace(-9, 9, 1801) for s in (-0.1, 0.1)
        )
        for rate in STABLE
    }
    assert np.isclose(largest["exp"], np.expm1(0.1))
    assert largest["softplus"] < np.expm1(0.1)
    assert 0.1 < largest["best"] < 0.162


def check_positive_weights_change_by_no_more_than_the_theorem_says() -> None:
    norm = load("perturbation")["settings"]["norm"]
    for rate in STABLE:
        for b in perturbation.BETAS[1:]:
            limit = np.expm1(b) if rate != "best" else 2 * b**2 + b * np.sqrt(2)
            assert worst(rate, b) <= worst(rate, 0.0) + limit * norm * 1.01


def check_the_scale_of_the_gradient() -> None:
    scale = {rate: scale_over_memory(rate, "scale", np.array([1000.0]))[0] for rate in RATES}
    assert np.isclose(scale["direct"], 1e6)
    assert np.isclose(scale["exp"], 1e3)
    assert np.isclose(scale["best"], 2 * np.sqrt(999.5))
    assert np.allclose(scale_over_memory("best", "ratio", np.array([3.0, 30, 300])), 2)
    assert "diverges" in ratio.compute(100, "direct", "scale").change_words


# --- nonlinear networks ---------------------------------------------------------------------------------------


def check_tanh_networks_that_learn_a_delay_of_eight_steps() -> None:
    """Their memory functions have the peak at 8; the two small ones stay above what a linear network could reach."""
    share, peaks = {}, set()
    for n in (4, 8, 16):
        share[n], M = recalling(n)
        peaks.add(int(M.argmax()))
    assert peaks == {8}
    assert share[16] < 0.02 < 0.1 < share[8] < 0.5 < share[4]
    assert share[4] > 1 - 4 / 9
    assert share[8] > 1 - 8 / 9


@cache
def recalling(n: int, D: int = 8, T: int = 40) -> tuple[float, np.ndarray]:
    """A tanh network of n units, trained as on the page: its error as a share of the variance, its memory function."""

    def batch(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        x = 0.3 * rng.standard_normal((T, 32, 1))
        return x, np.concatenate([np.zeros((D, 32, 1)), x[:-D]])

    rng, cell = np.random.default_rng(0), VanillaRNN(m=1, n=n)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    loss, adam = partial(losses.at_every_step, losses.squared_error), optimizers.adam(1e-2)
    run = train(cell, params, batch, loss, adam, updates=800, rng=rng, clip=1.0, progress=False)
    share = np.mean(run.history["loss"][-20:]) / (0.5 * 0.3**2 * 32 / 40)
    return float(share), memory.memory_function(cell, run.params, T=60, size=0.3)
