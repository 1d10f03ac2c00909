"""Many units: Hessians in two coordinate systems, students and what they owe to their start, Adam and descent."""

from functools import cache

import numpy as np

from experiments.elementwise.best_rates import at_best_rate, best_rate, student_losses
from experiments.elementwise.students import dense_gradient, start, teacher_kernel
from experiments.record import load
from facts import thousands
from minirnn import LRU, bptt, unroll
from minirnn.core import initializers
from minirnn.core.params import Params
from minirnn.learning import losses, optimizers
from minirnn.theory.population import impulse, kernel_loss

MEMORIES = [0.36, 0.68, 0.84, 0.92, 0.96, 0.98, 0.99]  # ν₀ of the teachers
KEYS = {"dense": "dense", "2×2": "2x2", "diagonal": "diagonal", "+ γ": "gamma", "LRU": "lru"}
PLAIN = ["dense", "2×2", "diagonal"]  # without γ


def numbers() -> dict[str, str]:
    return hessian_numbers() | student_numbers() | start_numbers() | optimizer_numbers()


# --- Hessians -------------------------------------------------------------------------------------------------


def longest_memory(coordinates: str, key: str) -> np.ndarray:
    """What is saved of the Hessians with |λ| from 0.99 on, a row for each network."""
    return np.array(load("hessians")["results"][coordinates][2][key])


def hessian_numbers() -> dict[str, str]:
    return {
        "cond-dense": f"{np.median(longest_memory('dense', 'condition'), axis=0)[1]:.0f}",
        "cond-diagonal": f"{np.median(longest_memory('diagonal', 'condition'), axis=0)[1]:.0f}",
        "hessian-networks": str(len(longest_memory("dense", "rank"))),
    }


def check_steep_directions_are_spread_in_dense_and_aligned_in_diagonal_coordinates() -> None:
    dense, diagonal = (
        np.median(longest_memory(name, "participation"), axis=0)[:4] for name in ("dense", "diagonal")
    )
    assert (dense > diagonal + 1).all()
    assert (diagonal < 4).all()
    assert (dense > 4).all()


def check_nine_directions_matter_and_rescaling_helps_the_diagonal_network_more() -> None:
    saved = load("hessians")["results"]
    assert all(set(of_memory["rank"]) == {9} for name in ("dense", "diagonal") for of_memory in saved[name])
    dense, diagonal = (np.median(longest_memory(name, "condition"), axis=0)[1] for name in ("dense", "diagonal"))
    assert diagonal < 0.5 * dense


def check_dense_eigenvalues_are_larger_by_small_factors() -> None:
    ratio = np.median(longest_memory("dense", "spectrum") / longest_memory("diagonal", "spectrum"), axis=0)
    assert (ratio[:5] > 1).all()
    assert ratio[:5].max() < 5.5
    assert 4.5 < ratio[0] < 5.5


# --- teachers and students ------------------------------------------------------------------------------------


@cache
def ends(name: str, nu0: float) -> np.ndarray:
    """The share that each seed leaves unexplained, at the student's best rate."""
    return at_best_rate(student_losses(name)[MEMORIES.index(nu0)])


def median(name: str, nu0: float) -> float:
    return float(np.median(ends(name, nu0)))


def student_numbers() -> dict[str, str]:
    record, plain = load("teachers"), [median(name, 0.99) for name in PLAIN]
    dense = at_best_rate(student_losses("dense"))
    return {f"worse-{key}": thousands(median(name, 0.99) / median(name, 0.36)) for name, key in KEYS.items()} | {
        "plain-factor": f"{np.ceil(max(plain) / min(plain)):.0f}",
        "cliffs": str(sum(beside_the_best() > 1)),
        "runs": thousands(np.size(record["results"]["loss"])),
        "minutes": f"{record['seconds'] / 60:.0f}",
        "dense-lost-all": str(int((dense > 0.1).sum())),
        "dense-all": str(dense.size),
    }


def beside_the_best() -> np.ndarray:
    """The dense student's median at the rate next above its best, for each memory."""
    by_rate = np.median(student_losses("dense"), axis=-1)
    return by_rate[np.arange(len(by_rate)), best_rate(student_losses("dense")) + 1]


def check_all_best_rates_lie_inside_the_grid() -> None:
    results = load("teachers")["results"]
    assert results["architecture"] == list(KEYS)
    assert results["nu0"] == MEMORIES
    best = np.array([best_rate(student_losses(name)) for name in KEYS])
    assert best.min() > 0
    assert best.max() < len(results["rate"]) - 1


def check_dense_leads_at_short_memory_and_gamma_at_long() -> None:
    assert all(median("dense", 0.36) < median(name, 0.36) for name in KEYS if name != "dense")
    assert ends("dense", 0.36).max() < min(ends(name, 0.36).min() for name in ("2×2", "diagonal", "+ γ"))
    assert ends("+ γ", 0.99).max() < min(ends(name, 0.99).min() for name in PLAIN)


def check_seeds_overlap_where_the_page_ranks_nothing() -> None:
    for one, other in (("+ γ", "LRU"), ("2×2", "diagonal")):
        for nu0 in MEMORIES:
            a, b = ends(one, nu0), ends(other, nu0)
            assert max(a.min(), b.min()) < min(a.max(), b.max())


# --- what students owe to their start -------------------------------------------------------------------------


def from_start(name: str, nu0: float = 0.99) -> np.ndarray:
    """The same as `ends` for a student of `starts`."""
    results = load("starts")["results"]
    return at_best_rate(np.array(results[name]["loss"][results["nu0"].index(nu0)]))


def medians_of_starts() -> tuple[float, float, float, float]:
    """At the longest memory: dense, 2×2 and diagonal with scaled inputs; dense in a skew basis."""
    names = ("dense, scaled", "2×2, scaled", "diagonal, scaled", "skew")
    wide, blocks, aligned, skew = (float(np.median(from_start(name))) for name in names)
    return wide, blocks, aligned, skew


def start_numbers() -> dict[str, str]:
    wide, blocks, aligned, skew = medians_of_starts()
    results = load("starts")["results"]["skew"]
    return {
        "blocks-factor": f"{blocks / aligned:.1f}",
        "aligned-factor": f"{wide / aligned:.0f}",
        "skew-end": f"{skew:.2f}",
        "skew-behind": f"{skew / median('dense', 0.99):.0f}",
        "skew-lru": thousands(skew / median("LRU", 0.99)),
        "skew-rate": f"{results['rate'][best_rate(np.array(results['loss'][2]))]:.5f}",
    }


def check_the_basis_costs_the_dense_student_two_orders() -> None:
    *_, skew = medians_of_starts()
    assert 100 < skew / median("dense", 0.99) < 1000


def check_the_size_is_what_gamma_gives_and_leaves_dense_as_it_was() -> None:
    wide, blocks, aligned, _ = medians_of_starts()
    assert 0.2 < aligned / median("+ γ", 0.99) < 5
    assert 10 < median("diagonal", 0.99) / aligned < 100
    assert 10 < median("2×2", 0.99) / blocks < 100
    assert 0.5 < wide / median("dense", 0.99) < 2


def check_near_diagonal_coordinates_are_most_of_the_gain() -> None:
    wide, blocks, aligned, _ = medians_of_starts()
    assert from_start("2×2, scaled").max() < wide
    assert wide > 10 * blocks
    assert from_start("dense, scaled").min() > from_start("diagonal, scaled").max()
    assert 100 < wide / aligned < 1000
    assert np.median(from_start("dense, scaled", 0.36)) < np.median(from_start("diagonal, scaled", 0.36))


# --- sampled inputs, and descent ------------------------------------------------------------------------------


def drawn_over_exact() -> np.ndarray:
    """At the end, for each of two rates."""
    results = load("sampled_inputs")["results"]
    return np.array(results["drawn"])[:, -1] / np.array(results["exact"])[:, -1]


def descent_medians() -> dict[str, float]:
    """What plain descent leaves unexplained at its best rate."""
    results = load("adam_and_descent")["results"]
    by_student = zip(results["architecture"], np.array(results["loss"]), strict=True)
    return {name: float(np.median(of_student, axis=-1).min()) for name, of_student in by_student}


def optimizer_numbers() -> dict[str, str]:
    return {
        "drawn-end": " and ".join(f"{100 * (a - 1):+.0f}".replace("-", "−") for a in drawn_over_exact()),
        "descent-best": f"{100 * min(descent_medians().values()):.0f}",
    }


def check_drawing_inputs_changes_little() -> None:
    assert all(0.8 < ratio < 1.25 for ratio in drawn_over_exact())


def check_descent_is_far_behind_adam_at_rates_inside_its_grid() -> None:
    results, medians = load("adam_and_descent")["results"], descent_medians()
    assert min(medians.values()) > 0.03
    assert all(medians[name] > 100 * median(name, 0.99) for name in medians)
    assert all(0 < best_rate(np.array(l)) < len(results["rate"]) - 1 for l in results["loss"])


# --- exercises ------------------------------------------------------------------------------------------------


def check_one_impulse_stands_for_all_noises() -> None:
    rng, T = np.random.default_rng(0), 40
    student = LRU(m=1, n=4)
    readout = losses.init_readout(rng, student, outputs=1)
    params = student.init(rng, r_max=0.9) | readout
    K = 0.8 ** np.arange(T) * rng.standard_normal(T)
    exact, _ = bptt(student, params, impulse(T), kernel_loss(K[:, None, None]))
    X = rng.standard_normal((T, 5000, 1))
    target = np.array([K[t::-1] @ X[: t + 1, :, 0] for t in range(T)])[:, :, None]
    drawn = losses.at_every_step(losses.squared_error, target).value(params, unroll(student, params, X)[1:])
    assert abs(drawn / exact - 1) < 0.05


def check_adam_sees_that_a_network_was_turned() -> None:
    K, params = teacher_kernel(0.84, 0), start("dense", 0.84, 0)
    Q = initializers.orthogonal(np.random.default_rng(5), (64, 64))
    turned = {"W": Q @ params["W"] @ Q.T, "U": Q @ params["U"], "V": params["V"] @ Q.T}
    assert abs(loss_after_adam(params, K) / loss_after_adam(turned, K) - 1) > 1e-3


def loss_after_adam(params: Params, K: np.ndarray) -> float:
    adam = optimizers.adam(1e-3)
    state = adam.init(params)
    for _ in range(200):
        params, state = adam.update(params, dense_gradient(params, K)[1], state)
    return dense_gradient(params, K)[0]
