"""Three ways to clip, and the effect of clipping: its thresholds, and the runs that succeed."""

from functools import cache

import numpy as np

from experiments.exploding.one_vector import kept_run, towards, turns
from experiments.exploding.outcomes import outcomes
from minirnn.learning.clipping import clip_by_norm

THRESHOLDS = (0.3, 1.0, 3.0, 10.0)


def cosines(kind: str, threshold: float) -> np.ndarray:
    """Of a real run's gradients before and after the clip."""
    return kept_run(threshold).cosines[kind]


def turn_by_value(angle: float) -> float:
    """In degrees, at a threshold of 1, of a vector of length 5."""
    return turns(towards(angle, 5.0), 1.0)["value"]


@cache
def norms_before() -> np.ndarray:
    """Norms of every second of 400 gradients of that run. The network begins to learn at about the 45th."""
    return kept_run(1.0).before


def numbers() -> dict[str, str]:
    return numbers_of_the_clips() | numbers_of_the_runs()


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
    assert round(turn_by_value(20)) == 25
    assert turn_by_value(45) < 1e-5


def check_the_turn_by_value_repeats_itself_every_quarter_and_not_at_all_where_no_entry_is_cut() -> None:
    assert np.allclose([turn_by_value(angle) for angle in (110, 200, 290)], turn_by_value(20))
    assert turns(towards(20, 5.0), 10.0)["value"] < 1e-5


def check_only_the_clip_by_norm_keeps_the_direction() -> None:
    """Its cosine stays at 1; every other is positive, so that each clipped step still descends."""
    assert all(cosines("norm", c).min() > 0.999 for c in THRESHOLDS)
    assert all(cosines(kind, c).min() > 0 for kind in ("value", "adaptive") for c in THRESHOLDS)


def check_the_adaptive_clip_turns_the_gradient_before_a_clip_at_3_does_anything() -> None:
    assert norms_before()[:45].max() < 3
    assert cosines("adaptive", 3.0)[:45].mean() < 0.9


def check_ten_times_the_late_norm_would_do_nothing() -> None:
    """Nor would ten times the median. At about the median, as the field guide advises, all seeds succeed."""
    early, late = early_and_late()
    assert early < 1 < 3 < late
    assert norms_before().max() < 5 * np.median(norms_before()) < 10 * late
    assert np.isclose(np.median(norms_before()), 3.7, atol=0.1)
    assert successes("clip 3") == 10


def check_the_mean_of_clipped_gradients_has_the_other_sign() -> None:
    """Ten equally likely batches, as on the page."""
    g = np.array([10.0] + 9 * [-1.0])
    clipped = [clip_by_norm({"g": g[i : i + 1]}, 1.0)[0]["g"] for i in range(10)]
    assert g.mean() > 0 > np.mean(clipped)


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
