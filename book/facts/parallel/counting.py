"""Counting by linear recurrences: the limits of their multipliers, and the results of training."""

from typing import Any

import numpy as np

from experiments.intervals import of_shares
from experiments.parallel import tracking
from experiments.parallel.counting import alternating_weights, expected_accuracy
from experiments.record import load
from explorables.parallel import parity
from facts import averaged, ran

CAN = ["signed", "rotation", "GRU"]  # cells with a multiplier below 0, or none


def numbers() -> dict[str, str]:
    flips = [abs(run["multipliers"][1][0]) for run in signed_runs()]
    factor = float(np.median(flips))
    return {
        "reach-98": f"{parity.compute(0.98, -0.98).reach:.0f}",
        "signed-256": mean(2, "every", "signed", 256),
        "end-found": str(int(found_parity("end", "signed").sum())),
        "end-all": str(sum(int(found_parity("end", name).sum()) for name in CAN)),
        "end-256": f"{reached().min():.2f}",
        "gru-two-256": mean(2, "every", "GRU", 256),
        "angle-off": f"{angle_error():.4f}",
        "angle-256": f"{256 * angle_error():.2f}",
        "signed-three": mean(3, "every", "signed", 40),
        "turning-three": mean(3, "every", "rotation", 40),
        "turning-three-256": mean(3, "every", "rotation", 256),
        "gru-three-256": mean(3, "every", "GRU", 256),
        "signed-lambda": f"{factor:.3f}",
        "signed-power": f"{factor**256:.3f}",
        "exact-right": str(sum(run["exact"][-1] > 0.99 for run in signed_runs())),
    }


def record() -> dict[str, Any]:
    return load("tracking")["results"]


def signed_runs() -> list[dict[str, Any]]:
    """Those of the signed cell on parity, the loss at every step."""
    return record()["2"]["every"]["signed"]


def reached() -> np.ndarray:
    """Accuracies at 256 of the signed cells that found parity with the loss at the end."""
    return accuracy(2, "end", "signed", 256)[found_parity("end", "signed")]


def found_parity(read: str, name: str) -> np.ndarray:
    """Which seeds are right at all lengths of training."""
    return accuracy(2, read, name, 40) > 0.95


def angle_error() -> float:
    """The largest error of an angle, in turns, of the turning units with the largest weight, sums modulo 3."""
    angles = np.array([[row[0] for row in run["multipliers"]] for run in record()["3"]["every"]["rotation"]])
    return float(np.abs(3 * angles - np.round(3 * angles)).max() / 3)


def accuracy(modulus: int, read: str, name: str, T: int) -> np.ndarray:
    return tracking.accuracy(record(), modulus, read, name, T)


def mean(modulus: int, read: str, name: str, T: int) -> str:
    """With its interval, which has no meaning above 1."""
    return averaged(accuracy(modulus, read, name, T))


def check_hand_made_weights_count_without_an_error() -> None:
    bits = ran("parallel", "linear_scan(0.9", "GRU(m=2", "SignedMinGRU(m=1")
    assert (bits["H"][1:, 0, 0] == bits["bits"].cumsum() % 2).all()
    turns = ran("parallel", "linear_scan(0.9", "GRU(m=2", "RotationRNN(m=1")
    assert (turns["angle"].round() % 3 == turns["digits"].cumsum() % 3).all()


def check_positive_multipliers_change_sign_n_times_at_most() -> None:
    """The bound is reached by weights that are solved for, and not passed by the best of many other draws."""
    rng = np.random.default_rng(0)
    for n in (1, 2, 4, 6):
        lam = np.linspace(0.2, 0.9, n)
        c, constant = alternating_weights(lam)
        y = np.array([c @ lam**k + constant for k in range(n + 1)])
        assert np.allclose(y, (-1.0) ** np.arange(n + 1), atol=1e-5)
        k = np.arange(n + 3)
        for _ in range(300):
            rates = rng.uniform(0.01, 1.0, n)
            rates[0] = 1.0 if rng.random() < 0.3 else rates[0]
            terms = np.column_stack([rates ** k[:, None], np.ones(len(k)), np.where(rates[0] == 1, k, 0)])
            y = terms @ rng.standard_normal(n + 2)
            assert np.count_nonzero(np.diff(np.sign(y))) <= n


def check_adding_up_fails_in_float32() -> None:
    full = np.float32(2**24)
    assert full + np.float32(1) == full
    assert np.float32(2**24 - 1) + np.float32(1) == full


def check_two_maps_that_do_not_commute_act_as_permutations_of_three() -> None:
    """h -> h + 1 and h -> -h modulo 3: six different maps of {0, 1, 2} are made, all permutations."""
    add, flip = (1, 2, 0), (0, 2, 1)
    found: set[tuple[int, ...]] = {(0, 1, 2)}
    for _ in range(6):
        found |= {tuple(g[i] for i in p) for p in found for g in (add, flip)}
    assert len(found) == 6


def check_parity_by_one_unit() -> None:
    assert expected_accuracy(1.0, -1.0, 1000, 0.01) == 1
    assert max(parity.compute(0.98, 0.5).accuracy) < 0.57
    assert np.isclose(parity.compute(0.98, 0.5).accuracy[-1], 0.5)
    assert parity.compute(0.98, -0.98).accuracy[-1] == 0.5
    places = [place for place in parity.PLACES if abs(place) != 0.3]  # whose fourth power is not seen
    for keep in places:
        for flip in places:
            accuracy = parity.compute(keep, flip).accuracy
            if keep < 0 < flip:  # (-1) to the number of zeros; the first lengths are 1, 2, 3, 4
                assert accuracy[:4].tolist() == [0, 1, 0, 1]
            elif not keep > 0 > flip:
                assert accuracy[parity.LENGTHS >= 4].max() < 0.57
    for keep, flip in ((0.9, -0.5), (-0.9, -0.9), (0.5, 0.98)):  # a second way: sequences are drawn
        rng, T = np.random.default_rng(1), 6
        bits = rng.integers(0, 2, (T, 40_000))
        g = np.where(bits == 1, flip, keep).prod(axis=0)
        right = np.where(np.abs(g) < 0.01, 0.5, (g > 0) == (bits.sum(axis=0) % 2 == 0))
        assert np.isclose(right.mean(), expected_accuracy(keep, flip, T, 0.01), atol=0.01)


def check_words_name_the_accuracy_at_the_length_that_they_name() -> None:
    """At length 16, which is even, and none of LENGTHS."""
    assert "1.00 at length 16" in parity.words(parity.compute(-0.98, 0.98))


def check_what_is_learned() -> None:
    """Parity: chance without a sign; all lengths of training with one, and not 256."""
    for read in tracking.READ:
        assert np.allclose(accuracy(2, read, "MinGRU", 40), 0.5, atol=0.08)
    assert accuracy(2, "every", "signed", 40).min() > 0.99
    assert accuracy(2, "every", "signed", 256).mean() < 0.75
    assert np.allclose(accuracy(3, "every", "signed", 40), 1 / 3, atol=0.05)
    assert accuracy(3, "every", "rotation", 40).min() > 0.99
    for modulus in (2, 3):
        assert accuracy(modulus, "every", "GRU", 256).min() > 0.99
    assert accuracy(2, "every", "signed", 80).min() > 0.99
    assert reached().min() > 0.9 > accuracy(2, "every", "signed", 256).max()
    assert all(found_parity("every", name).all() for name in CAN)
    assert (
        of_shares((15, 15), (sum(found_parity("end", name).sum() for name in CAN), 15))[0] > 0
    )  # fewer by the interval
    for name in tracking.MAKES:
        assert np.allclose(accuracy(3, "end", name, 40), 1 / 3, atol=0.06)


def check_exact_signs_make_the_learned_solutions_better() -> None:
    found = [(run["accuracy"][-1], run["exact"][-1]) for run in signed_runs()]
    assert all(0.5 < trained < exact - 0.1 for trained, exact in found)
    assert sum(exact > 0.99 for _, exact in found) >= 2
    for run in signed_runs():
        zero, one = (row[0] for row in run["multipliers"])
        assert 0.9 < abs(zero) < 1
        assert 0.9 < abs(one) < 1


def check_bits_of_phase() -> None:
    """The last exercise: with one bit less the sum of the errors reaches half of the distance of two corners."""
    T, m = 1_000_000, 3
    bits = np.log2(2 * m * T)
    assert np.isclose(T * 2 * np.pi * 2**-bits, np.pi / m)
