"""The error surface of one unit: the cliff, the folds, and descents over them."""

import numpy as np

from experiments.exploding.basins import at_the_border, past_the_fold, peak, slopes_at_folds, training
from experiments.exploding.cliff import X0, T, b_star, cliff, descend, end_error, longest_step, outcomes
from experiments.exploding.outcomes import descents, share
from experiments.record import load
from explorables.exploding.cliff import descent
from facts import thousands
from minirnn import VanillaRNN, bptt
from minirnn.core.activations import sigmoid
from minirnn.core.params import Params


def numbers() -> dict[str, str]:
    r, start = load("cliff")["results"], float(sigmoid(X0))
    return {
        "thrown-step": f"{descent(5.8, -2.4, 0.2).longest:.0f}",
        "slope-at": f"{abs(at_the_border(X0, T)[2]):.0f}",
        "norm-at": f"{np.hypot(*cliff(5.0, b_star(5.0))[1:3]):.0f}",
        "largest": f"{r['largest']:.0f}",
        "largest-at": f"{abs(r['largest_at']) * 1e5:.1f}",
        "median": f"{r['median']:.3f}",
        "share": f"{100 * r['share_above_1']:.2f}",
        "below": f"{r['across'][0]:.3f}",
        "above": f"{r['across'][1]:.3f}",
        "repels-from": f"{1 / (start * (1 - start)):.4f}",
        "factor": thousands(r["largest"] / r["median"]),
        **{f"thrown-{rate}": f"{100 * share(rate, None, 'thrown'):.0f}" for rate in (0.2, 0.5)},
        "changed-0.5": f"{100 * share(0.5, None, 'changed'):.0f}",
        **{
            f"arrived-{rate}-{c}": f"{100 * share(rate, c, 'arrived'):.0f}"
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
    assert np.isclose(free.longest, longest_step(descend(5.8 + 1e-13, -2.4, 0.2)), rtol=1e-4)
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
    """Also where the start is moved by a few roundings, as another machine may do."""
    clipped, moves = descent(4.8, -3.0, 0.2, 1.0), 1e-13 * np.random.default_rng(0).uniform(-1, 1, (2, 50))
    free = descend(4.8 + moves[0], -3.0 + moves[1], 0.2)
    assert np.allclose(longest_step(free), 75.61, atol=0.1)
    assert end_error(free).min() > 0.08
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
    assert np.isclose(np.hypot(g["W"].item(), slope), 779.398, atol=1e-3)  # ∂x_t/∂w has σ(x) where ∂x_t/∂b has 1
    assert np.isclose(b, -2.612297, atol=1e-6)
    assert np.isclose(b, b_star(5.0), atol=1e-12)
    assert np.isclose(E, 0.0060126, atol=1e-7)


def check_steep_places_are_rare_and_clipped_descents_never_thrown() -> None:
    assert load("cliff")["results"]["share_above_1"] < 1e-3
    assert max(share(*key, "thrown") for key in descents() if key[1]) == 0


def check_the_shares_of_descents_repeat_though_single_descents_do_not() -> None:
    """Counted anew, from the same starts and from moved ones: within 3 % of them."""
    for rate, threshold in ((0.5, None), (0.2, None), (0.5, 1.0)):
        for moved in (0.0, 1e-12):
            now = outcomes(rate, np.inf if threshold is None else threshold, moved).mean(axis=1)
            saved = [share(rate, threshold, what) for what in ("thrown", "arrived")]
            assert np.abs(now - saved).max() < 0.03
    assert share(0.5, None, "changed") > 0.05 > share(0.5, 1.0, "changed")


def check_nothing_happens_at_the_folds() -> None:
    """Training lowers b past the right fold with an ordinary slope."""
    assert slopes_at_folds(X0, T).max() < 0.3


def check_the_start_changes_basins_between_updates_18_and_19() -> None:
    b, x = training(0.5, 50)
    assert x[18] > 0 > x[19]
    assert b[18] > -2.612297 > b[19]


def check_no_slope_near_the_boundary_is_above_the_peak() -> None:
    """200 000 biases around it, in units of the width m^-T of the cliff's face."""
    for steps, known in ((50, 5751.0988), (100, 18372886.86)):
        b, m, _ = at_the_border(X0, steps)
        dense = np.abs(cliff(5.0, b + np.linspace(-10, 10, 200_000) * m**-steps, steps)[2]).max()
        assert peak(X0, steps) >= dense > 0.9999 * peak(X0, steps)
        assert np.isclose(peak(X0, steps), known, rtol=1e-6)


def check_the_peak_at_the_boundary_grows_thousandfold_and_the_one_past_the_fold_slowly() -> None:
    assert peak(X0, 100) / peak(X0, 50) > 1000
    assert all(past_the_fold(steps)[0] < -2.65561 for steps in (50, 100))
    assert past_the_fold(100)[1] < 10 * past_the_fold(50)[1]
