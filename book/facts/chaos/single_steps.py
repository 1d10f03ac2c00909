"""What single steps do: to a difference along a path of the logistic map, and to two directions in a GRU."""

import numpy as np

from experiments.chaos.gru_directions import STEPS, angles, directions
from experiments.chaos.logistic_paths import START, exponent, path
from explorables.chaos import cobweb
from explorables.chaos import directions as directions_figure
from facts import power
from facts.chaos.states import long_spectrum
from minirnn.dynamics import maps
from minirnn.dynamics.orbits import attractors


def numbers() -> dict[str, str]:
    low, high = sorted(path(3.2)[1][-2:])
    return {
        "web-steep": f"{low:.2f}".replace("-", "−"),
        "web-flat": f"{high:.2f}".replace("-", "−"),
        "web-growth": power(cobweb.compute(4.0, 40).growth[-1]),
        "web-settled": str(10 * round(settled(3.832, 3) / 10)),
        "parallel-1": f"{angles()[0]:.0f}",
        "parallel-10": f"{angles()[9]:.2g}",
    }


def settled(r: float, period: int) -> int:
    """The step from which on each state is back after a period, within a thousandth."""
    x = path(r)[0]
    return int(np.flatnonzero(np.abs(x[period:] - x[:-period]) > 1e-3)[-1]) + 1


def check_the_figure_shows_the_cycle_of_three_and_a_difference_that_shrinks() -> None:
    """Its path is on the cycle in the steps that stand out."""
    facts = cobweb.compute(3.832, 40)
    assert 20 <= settled(3.832, 3) < 25 < STEPS - cobweb.LATE
    assert np.abs(facts.slopes[-3:]).prod() < 0.1
    assert facts.growth[-1] < 1e-5


def check_the_path_ends_where_the_page_says() -> None:
    ends = attractors(maps.logistic(np.array([2.8, 3.2, 3.832, 4.0])), np.full((4, 1), START), T=6000, burn_in=4000)
    assert [(a.kind, a.period) for a in ends] == [("fixed point", 1), ("period", 2), ("period", 3), ("chaotic", 0)]


def check_slopes_at_the_ends_are_those_of_closed_forms() -> None:
    """2 - r at the fixed point; on the cycle of two points their product is 4 + 2r - r²."""
    assert np.isclose(path(2.8)[1][-1], -0.8, atol=1e-3)
    assert np.isclose(path(3.2)[1][-2:].prod(), 4 + 6.4 - 3.2**2, atol=1e-6)
    assert np.isclose(2 * exponent(3.2), np.log(4 + 6.4 - 3.2**2), atol=1e-6)


def check_the_growth_at_4_is_that_of_the_closed_form() -> None:
    """x_t = sin²(2^t θ) with x_0 = sin² θ, so dx_t/dx_0 = 2^t sin(2^{t+1} θ)/sin(2θ); rounding grows like 2^t, too."""
    t, angle = np.arange(21), np.arcsin(np.sqrt(START))
    growth = np.abs(2.0**t * np.sin(2 ** (t + 1) * angle) / np.sin(2 * angle))
    assert np.allclose(cobweb.compute(4.0, 20).growth, growth, rtol=1e-6)
    assert 1e10 < cobweb.compute(4.0, 40).growth[-1] < 1e14
    assert abs(exponent(4.0) - np.log(2)) < 0.01


def check_at_4_most_slopes_stretch_and_some_shrink() -> None:
    slopes = np.abs(path(4.0)[1])
    assert 0.7 < np.mean(slopes > 1) < 1


def check_qr_keeps_the_area_and_of_each_image_its_part_along_the_new_direction() -> None:
    steps = directions()
    assert np.allclose(np.swapaxes(steps.after, 1, 2) @ steps.after, np.eye(2), atol=1e-12)
    assert np.allclose(steps.lengths.prod(axis=1), np.abs(np.linalg.det(steps.image)), rtol=1e-9)
    assert np.allclose(np.einsum("tij,tij->tj", steps.image, steps.after), steps.lengths, rtol=1e-12)
    assert np.allclose(steps.before[1:], steps.after[:-1])


def check_the_means_are_the_growth_of_the_product_and_near_the_exponents() -> None:
    """The first column of the plain product is as long as the product of all R_11."""
    growth = np.log(np.linalg.norm(directions().product[:, :, 0], axis=1)) / np.arange(1, STEPS + 1)
    means = directions_figure.compute(STEPS).means
    assert np.allclose(means[:, 0], growth, atol=1e-12)
    assert np.allclose(means[-1], long_spectrum("GRU"), atol=0.05)
    assert directions().lengths[3, 0] < 1 < directions().lengths[2, 0]


def check_the_figure_shows_the_columns_before_its_step() -> None:
    """So those after one step and after ten stand at steps 2 and 11."""
    assert [directions_figure.compute(t).apart for t in (2, 11)] == [angles()[0], angles()[9]]


def check_columns_of_the_plain_product_become_parallel() -> None:
    """The angle by the determinant is that between the columns, as long as these can be told apart."""
    columns = directions().product[:20] / np.linalg.norm(directions().product[:20], axis=1, keepdims=True)
    assert np.allclose(np.sin(np.radians(angles()[:20])), np.abs(np.linalg.det(columns)), rtol=1e-6)
    assert angles()[0] > 30
    assert angles()[-1] < np.degrees(np.finfo(float).eps)
