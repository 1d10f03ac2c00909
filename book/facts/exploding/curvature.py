"""Smoothness along a run, and descent on cosh."""

from functools import cache
from typing import Any

import numpy as np

from experiments.exploding.smoothness import best_fixed, measure, steps_needed
from experiments.record import load
from explorables.exploding import smooth
from facts import thousands


@cache
def smoothness() -> dict[str, Any]:
    """The saved runs of each task, and the counts of steps on cosh."""
    return load("smoothness")["results"]


def numbers() -> dict[str, str]:
    cosh, line = smoothness()["cosh"], smooth.compute("order", "all")
    slopes, correlations = (
        [run[key] for run in smoothness()["temporal order"]] for key in ("slope", "correlation")
    )
    steps = zip(cosh["start"], cosh["fixed"], cosh["clipped"], strict=True)
    x, y = line.chosen
    return {
        "cosh-fixed": f"{cosh['fixed'][-1]}",
        "cosh-least": f"{cosh['least'][-1]}",
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


def check_on_cosh_clipping_wins_where_the_slope_is_steep() -> None:
    """The steps that the page counts are those of the record."""
    cosh, starts = smoothness()["cosh"], (2.0, 4.0, 6.0, 8.0)
    fixed = [best_fixed(x0)[0] for x0 in starts]
    clipped = [steps_needed(x0, rate=1 / 6, threshold=1.0) or 0 for x0 in starts]
    assert (fixed, clipped) == (cosh["fixed"][1:8:2], cosh["clipped"][1:8:2])
    assert fixed[0] < clipped[0]
    assert fixed[3] > 5 * clipped[3]


def check_on_cosh_one_start_takes_one_step_at_the_rate_chosen_for_it() -> None:
    assert all(steps_needed(x0, x0 / np.sinh(x0)) == 1 for x0 in (2.0, 4.0, 6.0, 8.0, 10.0))


def check_on_cosh_the_best_rate_for_all_starts_is_nearly_what_no_rate_can_beat() -> None:
    """The slowest of 20 000 starts takes as many steps as are counted; three fewer are ruled out for every rate."""
    cosh = smoothness()["cosh"]
    found, least = (np.array(cosh[key][3:]) for key in ("fixed", "least"))  # from x_0 = 4 on
    assert (least <= found).all()
    assert (found <= least + 3).all()
    rate = best_fixed(6.0)[1]
    counts = [steps_needed(x0, rate) or 0 for x0 in np.linspace(3e-4, 6, 20_000)[-300:]]
    assert max(counts) == cosh["fixed"][5]


def check_on_cosh_the_bound_holds_and_the_count_grows_with_the_distance() -> None:
    cosh = smoothness()["cosh"]
    assert all(steps <= bound for steps, bound in zip(cosh["clipped"], cosh["bound"], strict=True))
    assert np.ptp(np.diff(cosh["clipped"])) == 0


def check_on_temporal_order_smoothness_rises_with_the_norm_and_on_adding_not() -> None:
    order = smooth.compute("order", "all")
    shown, *others = np.ptp(order.smoothness, axis=1)
    assert 2.9 < shown < 3 < min(others)
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
