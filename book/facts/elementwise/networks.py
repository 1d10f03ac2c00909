"""Many units: Hessians in two coordinate systems, students and the effect of their start, Adam and descent."""

from functools import cache

import numpy as np

from experiments.elementwise import roundings
from experiments.elementwise.best_rates import at_chosen_rates, chosen_rates, student_losses
from experiments.elementwise.students import dense_gradient, start, teacher_kernel
from experiments.elementwise.teachers import DIVERGED, RATES
from experiments.experiment import only
from experiments.intervals import above, of_mean
from experiments.record import load
from explorables.elementwise.tables import LOST
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
    return hessian_numbers() | student_numbers() | rounding_numbers() | start_numbers() | optimizer_numbers()


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
    """The share that each seed leaves unexplained, at the rate that the others choose."""
    return at_chosen_rates(student_losses(name)[MEMORIES.index(nu0)])


def median(name: str, nu0: float) -> float:
    return float(np.median(ends(name, nu0)))


def student_numbers() -> dict[str, str]:
    record, plain = load("teachers"), [median(name, 0.99) for name in PLAIN]
    dense = at_chosen_rates(student_losses("dense"))
    return {f"worse-{key}": thousands(median(name, 0.99) / median(name, 0.36)) for name, key in KEYS.items()} | {
        "plain-factor": f"{np.ceil(max(plain) / min(plain)):.0f}",
        "cliffs": str(sum(beside_the_best() > 1)),
        "runs": thousands(np.size(record["results"]["loss"])),
        "minutes": f"{record['seconds'] / 60:.0f}",
        "dense-lost-all": str(int((dense > LOST).sum())),
        "dense-all": str(dense.size),
    }


def by_rounding(architecture: str) -> tuple[np.ndarray, np.ndarray]:
    """At ν₀ = 0.99 and the rate with the best median: the saved losses (seeds,), and those from moved starts (seeds,
    moves)."""
    saved = student_losses(architecture)[-1, RATES.index(roundings.RATES[architecture])]
    return saved, np.array(load("roundings")["results"][architecture])


def elsewhere(architecture: str) -> int:
    """Of 5 runs, how many end more than 1 % away from a moved start."""
    saved, moved = by_rounding(architecture)
    return int((np.abs(moved / saved[:, None] - 1) > 0.01).any(axis=1).sum())


def rounding_numbers() -> dict[str, str]:
    saved, moved = by_rounding("LRU")
    medians = np.median(moved, axis=0) / np.median(saved)
    return {
        "round-dense": str(elsewhere("dense")),
        "round-lru": str(elsewhere("LRU")),
        "round-most": f"{(moved / saved[:, None]).max():.0f}",
        "round-median": f"{100 * np.abs(medians - 1).max():.0f}",
    }


def check_rounding_decides_single_runs_and_no_median() -> None:
    saved, moved = by_rounding("dense")
    assert np.allclose(np.median(moved, axis=0), np.median(saved), rtol=0.01)
    assert (moved >= DIVERGED).any(axis=1).tolist() == [True, False, False, False, False]
    assert saved[0] < LOST < moved[0].max()  # the run of which rounding decides whether it is lost
    saved, moved = by_rounding("LRU")
    assert np.allclose(np.median(moved, axis=0), np.median(saved), rtol=0.15)


def check_the_moved_starts_had_the_best_rates() -> None:
    best = {name: RATES[int(np.median(student_losses(name)[-1], axis=-1).argmin())] for name in roundings.RATES}
    assert best == roundings.RATES


def beside_the_best() -> np.ndarray:
    """The dense student's median at the rate next above those that are chosen, for each memory."""
    by_rate = np.median(student_losses("dense"), axis=-1)
    return by_rate[np.arange(len(by_rate)), chosen_rates(student_losses("dense")).max(-1) + 1]


def check_all_chosen_rates_lie_inside_the_grid() -> None:
    results = load("teachers")["results"]
    assert results["architecture"] == list(KEYS)
    assert results["nu0"] == MEMORIES
    chosen = np.array([chosen_rates(student_losses(name)) for name in KEYS])
    assert chosen.min() > 0
    assert chosen.max() < len(results["rate"]) - 1


def check_dense_leads_at_short_memory_and_gamma_at_long() -> None:
    assert all(median("dense", 0.36) < median(name, 0.36) for name in KEYS if name != "dense")
    assert ends("dense", 0.36).max() < min(ends(name, 0.36).min() for name in ("2×2", "diagonal", "+ γ"))
    assert ends("+ γ", 0.99).max() < min(ends(name, 0.99).min() for name in PLAIN)


def check_seeds_overlap_where_the_page_ranks_nothing() -> None:
    for one, other in (("+ γ", "LRU"), ("2×2", "diagonal")):
        for nu0 in MEMORIES:
            a, b = ends(one, nu0), ends(other, nu0)
            assert max(a.min(), b.min()) < min(a.max(), b.max())


# --- the effect of the students' start ------------------------------------------------------------------------


def from_start(name: str, nu0: float = 0.99) -> np.ndarray:
    """The same as `ends` for a student of `starts`."""
    results = load("starts")["results"]
    return at_chosen_rates(np.array(results[name]["loss"][results["nu0"].index(nu0)]))


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
        "paper-end": f"{np.median(from_start('paper')):.4f}",
        "paper-lru": thousands(np.median(from_start("paper")) / median("LRU", 0.99)),
        "paper-least": f"{papers_gap().min():.0f}",
        "paper-most": thousands(papers_gap().max()),
        "skew-end": f"{skew:.2f}",
        "skew-behind": f"{skew / median('dense', 0.99):.0f}",
        "skew-rate": f"{only(np.array(results['rate'])[np.unique(chosen_rates(np.array(results['loss'][2])))]):.5f}",
    }


def papers_gap() -> np.ndarray:
    """How far the dense student that starts as the paper's is behind the LRU, seed by seed, at the longest memory."""
    return from_start("paper") / ends("LRU", 0.99)


def check_from_the_papers_start_dense_is_behind_the_lru_and_not_for_sure_behind_the_others() -> None:
    behind = {name: np.log10(from_start("paper") / ends(name, 0.99)) for name in ("LRU", "2×2", "diagonal")}
    assert {name for name, powers in behind.items() if above(of_mean(powers))} == {"LRU"}
    assert 2.5 < np.log10(np.median(from_start("paper")) / median("LRU", 0.99)) < 3.5
    short = np.log10(from_start("paper", 0.36) / ends("LRU", 0.36))
    assert of_mean(short)[1] < 0  # it leads at short memory


def check_the_basis_costs_the_dense_student_nearly_two_orders() -> None:
    *_, skew = medians_of_starts()
    assert 30 < skew / median("dense", 0.99) < 100


def check_the_size_is_what_gamma_gives_and_leaves_dense_as_it_was() -> None:
    wide, blocks, aligned, _ = medians_of_starts()
    assert 0.2 < aligned / median("+ γ", 0.99) < 5
    assert 10 < median("diagonal", 0.99) / aligned < 100
    assert 10 < median("2×2", 0.99) / blocks < 100
    assert 0.5 < wide / median("dense", 0.99) < 2


def check_rates_of_other_starts_lie_inside_their_grids_at_the_longest_memory() -> None:
    for name, of_start in load("starts")["results"].items():
        if name != "nu0":
            chosen = chosen_rates(np.array(of_start["loss"])[-1])
            assert 0 < chosen.min() <= chosen.max() < len(of_start["rate"]) - 1


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
    """What plain descent leaves unexplained, each seed at the rate that the others choose."""
    results = load("adam_and_descent")["results"]
    by_student = zip(results["architecture"], np.array(results["loss"]), strict=True)
    return {name: float(np.median(at_chosen_rates(of_student))) for name, of_student in by_student}


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
    chosen = np.array([chosen_rates(np.array(losses)) for losses in results["loss"]])
    assert 0 < chosen.min() <= chosen.max() < len(results["rate"]) - 1


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
