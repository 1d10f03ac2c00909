"""The numbers of the chapter on exploding gradients and clipping, and what must hold of them."""

from functools import cache
from typing import Any

import numpy as np

from experiments.exploding.basins import at_the_border, past_the_fold, peak, slopes_at_folds, training
from experiments.exploding.cliff import X0, T, b_star
from experiments.exploding.outcomes import arrived, descents, outcomes, thrown
from experiments.exploding.smoothness import best_fixed, measure, steps_needed
from experiments.record import load
from explorables.exploding import clips, smooth
from explorables.exploding.cliff import descent
from facts import thousands
from minirnn import VanillaRNN, bptt
from minirnn.core.activations import sigmoid
from minirnn.core.params import Params
from minirnn.learning.clipping import clip_by_norm


def numbers() -> dict[str, str]:
    return numbers_of_the_cliff() | numbers_of_the_clips() | numbers_of_smoothness() | numbers_of_the_runs()


# --- the cliff ------------------------------------------------------------------------------------------------


def numbers_of_the_cliff() -> dict[str, str]:
    r, start = load("cliff")["results"], float(sigmoid(X0))
    return {
        "thrown-step": f"{descent(5.8, -2.4, 0.2).longest:.0f}",
        "slope-at": f"{abs(at_the_border(X0, T)[2]):.0f}",
        "largest": f"{r['largest']:.0f}",
        "largest-at": f"{abs(r['largest_at']) * 1e5:.1f}",
        "median": f"{r['median']:.3f}",
        "share": f"{100 * r['share_above_1']:.2f}",
        "below": f"{r['across'][0]:.3f}",
        "above": f"{r['across'][1]:.3f}",
        "repels-from": f"{1 / (start * (1 - start)):.4f}",
        "factor": thousands(r["largest"] / r["median"]),
        **{f"thrown-{rate}": str(thrown(rate, None)) for rate in (0.2, 0.5)},
        **{
            f"arrived-{rate}-{c}": str(arrived(rate, c))
            for rate, c in ((0.5, None), (0.5, 0.1), (0.5, 1.0), (0.2, 0.1))
        },
        "at-fold": f"{slopes_at_folds(X0, T)[1]:.2f}",
        "past-50": f"{past_the_fold(50)[1]:.0f}",
        "past-100": f"{past_the_fold(100)[1]:.0f}",
        "cliff-50": thousands(peak(X0, 50)),
        "cliff-100": f"{peak(X0, 100) / 1e6:.0f}",
    }


def check_one_step_throws_the_unclipped_path() -> None:
    """Its longest step has a length of hundreds, and where it ends no later step comes back."""
    free = descent(5.8, -2.4, 0.2)
    assert free.longest > 100
    assert free.error > 0.08
    assert np.hypot(*(free.path[-1] - free.path[-20])[:2]) < 1e-6, "the thrown path comes back"


def check_the_clipped_path_gets_down() -> None:
    """Clipped at 1, no step is longer than 0.2, the rate times the threshold."""
    clipped = descent(5.8, -2.4, 0.2, 1.0)
    assert clipped.longest <= 0.2 + 1e-12
    assert clipped.error < 0.01


def check_a_low_threshold_is_safe_and_slow() -> None:
    careful = descent(5.3, -2.4, 0.2, 0.1)
    assert careful.error > 0.05
    assert careful.longest <= 0.02 + 1e-12


def check_from_the_high_side_the_path_is_thrown_all_the_same() -> None:
    free, clipped = descent(5.3, -3.0, 0.2), descent(5.3, -3.0, 0.2, 1.0)
    assert free.longest > 4
    assert free.error > 0.08
    assert clipped.error < 0.01


def check_bptt_finds_the_slope_of_the_closed_form() -> None:
    """The library runs backwards through 50 steps of the unit, as the page shows."""
    cell, (b, _, slope) = VanillaRNN(m=1, n=1, activation="sigmoid"), at_the_border(X0, T)

    def miss(params: Params, H: np.ndarray) -> tuple[float, np.ndarray, Params]:
        dE = np.zeros_like(H)
        dE[-1] = 2 * (H[-1] - 0.7)
        return ((H[-1] - 0.7) ** 2).item(), dE, {}

    params = {"W": np.array([[5.0]]), "U": np.zeros((1, 1)), "b": np.array([b])}
    E, g = bptt(cell, params, np.zeros((T, 1, 1)), miss, np.array([[sigmoid(X0)]]))
    assert np.isclose(g["b"][0], slope, rtol=1e-9)
    assert np.isclose(slope, -661.683, atol=1e-3)
    assert np.isclose(b, -2.612297, atol=1e-6)
    assert np.isclose(b, b_star(5.0), atol=1e-12)
    assert np.isclose(E, 0.0060126, atol=1e-7)


def check_steep_places_are_rare_and_clipped_descents_never_thrown() -> None:
    assert load("cliff")["results"]["share_above_1"] < 1e-3
    assert max(thrown(*key) for key in descents() if key[1]) == 0


def check_nothing_happens_at_the_folds() -> None:
    """Training lowers b past the right fold with an ordinary slope."""
    assert slopes_at_folds(X0, T).max() < 0.3


def check_the_start_changes_basins_between_updates_18_and_19() -> None:
    b, x = training(0.5, 50)
    assert x[18] > 0 > x[19]
    assert b[18] > -2.612297 > b[19]


def check_the_peak_at_the_boundary_grows_thousandfold_and_the_one_past_the_fold_slowly() -> None:
    assert peak(X0, 100) / peak(X0, 50) > 1000
    assert all(past_the_fold(steps)[0] < -2.65561 for steps in (50, 100))
    assert past_the_fold(100)[1] < 10 * past_the_fold(50)[1]


# --- three ways to clip ---------------------------------------------------------------------------------------

THRESHOLDS = (0.3, 1.0, 3.0, 10.0)


def cosines(kind: str, threshold: float) -> np.ndarray:
    """Of a real run's gradients before and after the clip."""
    return clips.compute(20, threshold).cosines[kind]


@cache
def norms_before() -> np.ndarray:
    """Norms of every second of 400 gradients of that run. The network begins to learn at about the 45th."""
    return clips.compute(20, 1.0).before


def early_and_late() -> tuple[float, float]:
    """The mean norm before the network begins to learn, and afterwards."""
    before = norms_before()
    return float(before[:45].mean()), float(before[100:].mean())


def numbers_of_the_clips() -> dict[str, str]:
    early, late = early_and_late()
    return {
        "cos-value": f"{cosines('value', 0.3).mean():.2f}",
        "cos-value-1": f"{cosines('value', 1.0).mean():.2f}",
        "cos-adaptive-1": f"{cosines('adaptive', 1.0).mean():.2f}",
        "early": f"{early:.1f}",
        "late": f"{late:.1f}",
    }


def check_by_value_the_arrow_turns_by_25_degrees_and_at_45_not_at_all() -> None:
    assert round(clips.compute(20, 1.0).turns["value"]) == 25
    assert clips.compute(45, 1.0).turns["value"] < 1e-5


def check_only_the_clip_by_norm_keeps_the_direction() -> None:
    """Its cosine stays at 1; every other is positive, so that each clipped step still descends."""
    assert all(cosines("norm", c).min() > 0.999 for c in THRESHOLDS)
    assert all(cosines(kind, c).min() > 0 for kind in ("value", "adaptive") for c in THRESHOLDS)


def check_the_adaptive_clip_turns_the_gradient_before_a_clip_at_3_does_anything() -> None:
    assert norms_before()[:45].max() < 3
    assert cosines("adaptive", 3.0)[:45].mean() < 0.9


def check_ten_times_the_late_norm_would_do_nothing() -> None:
    early, late = early_and_late()
    assert early < 1 < 3 < late
    assert norms_before().max() < 10 * late


def check_the_mean_of_clipped_gradients_has_the_other_sign() -> None:
    """Ten equally likely batches, as on the page."""
    g = np.array([10.0] + 9 * [-1.0])
    clipped = [clip_by_norm({"g": g[i : i + 1]}, 1.0)[0]["g"] for i in range(10)]
    assert g.mean() > 0 > np.mean(clipped)


# --- smoothness -----------------------------------------------------------------------------------------------


@cache
def smoothness() -> dict[str, Any]:
    """The saved runs of each task, and the counts of steps on cosh."""
    return load("smoothness")["results"]


def numbers_of_smoothness() -> dict[str, str]:
    cosh, line = smoothness()["cosh"], smooth.compute("order", "all")
    slopes, correlations = (
        [run[key] for run in smoothness()["temporal order"]] for key in ("slope", "correlation")
    )
    steps = zip(cosh["start"], cosh["fixed"], cosh["clipped"], strict=True)
    x, y = line.chosen
    return {
        "cosh-fixed": f"{cosh['fixed'][-1]}",
        "cosh-clipped": f"{cosh['clipped'][-1]}",
        "cosh-M": thousands(cosh["M"][-1]),
        "cosh-from": f"{next(x0 for x0, fixed, clipped in steps if fixed > clipped):.0f}",
        "fit-slope": f"{line.slope:.2f}",
        "fit-r": f"{line.correlation:.2f}",
        "adding-r": f"{smooth.compute('adding', 'all').correlation:.2f}",
        "slopes": f"{min(slopes):.2f} to {max(slopes):.2f}",
        "rs": f"{min(correlations):.2f} to {max(correlations):.2f}",
        "L1": f"{np.median(10 ** (y - x)[x > 0]):.0f}",
    }


def check_on_cosh_clipping_wins_where_the_start_is_steep() -> None:
    """The steps that the page counts are those of the record."""
    cosh, starts = smoothness()["cosh"], (2.0, 4.0, 6.0, 8.0)
    fixed = [best_fixed(x0)[0] for x0 in starts]
    clipped = [steps_needed(x0, rate=1 / 6, threshold=1.0) or 0 for x0 in starts]
    assert (fixed, clipped) == (cosh["fixed"][1:8:2], cosh["clipped"][1:8:2])
    assert fixed[0] < clipped[0]
    assert fixed[3] > 5 * clipped[3]


def check_on_cosh_the_bound_holds_and_the_count_grows_with_the_distance() -> None:
    cosh = smoothness()["cosh"]
    assert all(steps <= bound for steps, bound in zip(cosh["clipped"], cosh["bound"], strict=True))
    assert np.ptp(np.diff(cosh["clipped"])) == 0


def check_on_temporal_order_smoothness_rises_with_the_norm_and_on_adding_not() -> None:
    order = smooth.compute("order", "all")
    assert np.ptp(order.smoothness) > 3
    assert order.correlation > 0.75
    assert abs(smooth.compute("adding", "all").correlation) < 0.2
    assert smooth.compute("order", "first").correlation > 0.6


def check_the_runs_on_adding_never_leave_their_plateau() -> None:
    assert all(loss > 0.01 for run in smoothness()["adding"] for loss in run["loss"])


def check_the_norm_of_the_first_run_rises_and_falls_again() -> None:
    norms = smoothness()["temporal order"][0]["norm"]
    assert norms[:12] < [1.0] * 12
    assert max(norms[30:60]) > 5
    assert max(norms[-10:]) < 0.2


def check_the_measurement_run_anew_is_the_saved_one() -> None:
    again = measure("temporal order", seed=0, updates=180)
    assert np.allclose(again["norm"], smoothness()["temporal order"][0]["norm"][:30], rtol=1e-2)
    assert again["correlation"] > 0.8


# --- clipping decides -----------------------------------------------------------------------------------------


def successes(name: str) -> int:
    return len(outcomes()[name].needed)


def numbers_of_the_runs() -> dict[str, str]:
    groups = {"none": "no clip", "10": "clip 10", "1": "clip 1", "50": "clip 1, L 50"}
    groups |= {"slow": "no clip, lr 0.01", "slower": "no clip, lr 0.03"}
    return {
        **{f"ok-{key}": str(successes(name)) for key, name in groups.items()},
        **{f"fail-{c}": str(10 - successes(f"clip {c}")) for c in ("0.1", "0.3")},
        **{f"share-{c}": f"{outcomes()[f'clip {c}'].clipped:.0f}" for c in (1, 3)},
        **{f"wilson-{key}": "{:.0f} to {:.0f}".format(*outcomes()[groups[key]].interval) for key in ("1", "none")},
        "median-1": f"{np.median(outcomes()['clip 1'].needed):.0f}",
        "norm-50": f"{outcomes()['clip 1, L 50'].largest_norm:.2f}",
    }


def check_at_1_and_3_all_seeds_succeed_and_without_a_clip_one() -> None:
    assert successes("clip 1") == successes("clip 3") == 10
    assert successes("no clip") == 1
    assert successes("clip 10") <= 3
    assert successes("clip 1, L 50") == 0


def check_at_10_hardly_a_gradient_is_clipped_and_at_0_1_nearly_every_one() -> None:
    assert outcomes()["clip 10"].clipped < 1
    assert outcomes()["clip 0.1"].clipped > 99


def check_at_50_steps_the_clip_was_never_active() -> None:
    assert outcomes()["clip 1, L 50"].largest_norm < 1
