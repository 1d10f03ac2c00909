"""The numbers that the first page quotes, and checks of its statements on the figure."""

from functools import cache

import numpy as np

from experiments.intro.gains import NOISE
from experiments.record import load
from explorables.intro.knob import compute
from explorables.intro.saved import newton, runs
from facts import power, thousands
from minirnn.dynamics.maps import mean_field


@cache
def learned() -> np.ndarray:
    """The gains at which all seeds end above 95 %."""
    r = runs()
    return r["gain"][r["accuracy"].min(axis=1) > 0.95]


def learned_in_page(gain: float) -> np.ndarray:
    """Percent right at the end of the runs that a page makes, over ten seeds."""
    return np.array([run["right"] for run in load("trained_in_page")["results"][f"knob, gain {gain}"]])


def best(gain: float) -> float:
    """The accuracy of the best seed at the gain."""
    return float(runs()["accuracy"][np.argmin(np.abs(runs()["gain"] - gain))].max())


def numbers() -> dict[str, str]:
    return {
        "shrunk": power(1 / compute(0.5).sizes[-1]),
        "grown": thousands(compute(2.5).sizes[-1]),
        "window-low": f"{learned().min():.1f}",
        "window-high": f"{learned().max():.1f}",
        "seeds": str(runs()["accuracy"].shape[1]),
        "few-rounds": f"{compute(0.5).rounds:.0f}",
        "many-rounds": f"{compute(2.5).rounds:.0f}",
        "page-learned": str(sum(learned_in_page(1.3) > 90)),
        "page-seeds": str(len(learned_in_page(1.3))),
    }


def check_at_low_gain_the_beginning_is_forgotten_and_nothing_is_learned() -> None:
    assert compute(0.5).sizes[-1] < 1e-15
    assert compute(0.5).exponent < -0.5
    assert best(0.5) < 0.6


def check_at_high_gain_the_gradient_has_grown() -> None:
    assert compute(2.5).sizes[-1] > 1e3
    assert compute(2.5).exponent > 0


def check_exponents_pass_0_where_mean_field_with_the_tasks_noise_says() -> None:
    """And not at 1, where chaos begins without input: what the chapter on chaos says of these networks."""
    gains, exponents = runs()["gain"], runs()["exponent"].mean(axis=1)
    assert exponents[np.isclose(gains, 1.4)].item() < 0 < exponents[np.isclose(gains, 1.5)].item()
    assert mean_field(1.39, NOISE)[1] < 0 < mean_field(1.41, NOISE)[1]
    assert NOISE == 0.3


def check_between_lies_one_window_in_which_all_seeds_learn() -> None:
    assert np.all(np.diff(learned()) < 0.11), "the window has gaps"


def check_a_network_in_the_page_learns_where_the_saved_ones_do() -> None:
    """In the middle, and at neither end."""
    assert (learned_in_page(1.3) > 90).sum() >= 9
    assert max(learned_in_page(0.5).max(), learned_in_page(2.5).max()) < 65


def check_rounds_are_few_where_states_meet_and_many_where_they_part() -> None:
    counts = dict(zip(newton()["gain"].tolist(), newton()["rounds"], strict=True))
    assert counts[0.5].max() <= 5
    assert counts[2.5].min() > 500
