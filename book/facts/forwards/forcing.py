"""Forcing: what the strengths of the chapter on learning without going back decide, and what networks learn by them."""

from typing import Any

import numpy as np

from experiments.forwards import henon_forcing, hidden_forcing, lorenz_forcing, pulled, pupils, windows
from experiments.forwards.henon_forcing import MODES
from experiments.intervals import around, of_difference
from experiments.record import load
from explorables.forwards import dial
from facts import averaged, power

LORENZ_MODES = {"": "α = 0.45", "-07": "α = 0.7", "-full": "full", "-3": "τ = 3", "-15": "τ = 15"}


def numbers() -> dict[str, str]:
    strengths, of_data = pulled.strengths("Hénon"), pulled.strengths_of_data("Lorenz", lorenz_forcing.LESSON.every)
    exponents = on_lorenz("α = 0.45")["exponent"]
    return {
        "lorenz-time": f"{np.log(2) / pulled.SYSTEMS['Lorenz'].exponent:.0f}",
        "henon-exponent": f"{pulled.SYSTEMS['Hénon'].exponent:.2f}",
        "henon-threshold": f"{strengths['threshold']:.2f}",
        "henon-geometric": f"{strengths['geometric']:.2f}",
        "henon-largest": power(max(line("free, clipped", 0.0)["largest norm"])),
        "loss-free": f"{mean('free', 0.0, 'loss'):.1f}",
        "loss-06": f"{mean('α = 0.6', 0.0, 'loss'):.3f}",
        "kl-06": f"{mean('α = 0.6'):.2f}",
        "kl-035": f"{mean('α = 0.35'):.1f}",
        "kl-01": f"{mean('α = 0.1'):.0f}",
        "kl-full-noise": f"{mean('full', 0.1):.2f}",
        "kl-06-noise": f"{mean('α = 0.6', 0.1):.2f}",
        "rmse-full": f"{mean('full', 0.1, 'rmse'):.3f}",
        "rmse-06": f"{mean('α = 0.6', 0.1, 'rmse'):.3f}",
        "kl-tau2": f"{mean('τ = 2'):.2f}",
        "kl-clipped": f"{mean('free, clipped'):.0f}",
        "lorenz-threshold": f"{of_data['threshold']:.3f}",
        "lorenz-geometric": f"{of_data['geometric']:.2f}",
        "lorenz-max": f"{of_data['max']:.2f}",
        **{
            f"kl-lorenz{end}": f"{np.mean(on_lorenz(mode)['divergence']):.1f}" for end, mode in LORENZ_MODES.items()
        },
        "exponents-lorenz": f"{min(exponents):.3f} to {max(exponents):.3f}",
        "kl-hidden-06": "{:.2f} to {:.2f}".format(*sorted(hidden("α = 0.6"))[:4:3]),
        "kl-hidden-06-worst": f"{max(hidden('α = 0.6')):.1f}",
        "exponent-hidden-06": f"{min(hidden('α = 0.6', 'exponent')):.2f}",
        "kl-hidden-08": averaged(hidden("α = 0.8")),
        "kl-hidden-full": averaged(hidden("full")),
        "kl-hidden-clipped": f"{np.mean(hidden('free, clipped')):.0f}",
        "windows-free": f"{np.median(windows.cosines(0.0)):z.2f}",
        "windows-forced": f"{np.median(windows.cosines(0.6)):.2f}",
        "windows-networks": str(len(windows.cosines(0.0))),
        "lorenz-exponent": f"{5 * pulled.SYSTEMS['Lorenz'].exponent:.3f}",
    }


def check_one_strength_decides_both() -> None:
    for name, weak, strong in (("logistic", 0.4, 0.6), ("Hénon", 0.3, 0.4), ("Lorenz", 0.005, 0.02)):
        low, high = (dial.compute(name, alpha) for alpha in (weak, strong))
        half = len(low.distances) // 2
        assert weak < low.threshold < strong
        assert low.products[-1] > 2 > -2 > high.products[-1]
        assert low.distances[half:].max() > 1e-3 > 1e-6 > high.distances[half:].max()


def check_the_slope_of_the_product_is_the_sum_of_both_logarithms() -> None:
    for alpha in (0.4, 0.6):
        facts = dial.compute("logistic", alpha)
        assert np.isclose(facts.products[-1] / len(facts.products), facts.rate, atol=0.01)
    level = dial.compute("logistic", 0.5).products
    start = pulled.data("logistic")[0, 0, 0]
    assert level.max() < -np.log(2 * np.sqrt(start * (1 - start))) + 1e-6  # the exercise's bound


def check_the_table_of_strengths() -> None:
    logistic, henon, lorenz = (pulled.strengths(name) for name in pulled.SYSTEMS)
    assert np.isclose(logistic["threshold"], 0.5)
    assert np.isclose(logistic["geometric"], 0.5, atol=1e-3)
    assert np.isclose(logistic["max"], 0.75, atol=1e-4)
    assert logistic["arithmetic"] < 0.05
    assert henon["arithmetic"] < henon["threshold"] < henon["geometric"] < henon["max"]
    assert lorenz["threshold"] < lorenz["arithmetic"] < lorenz["geometric"] < lorenz["max"]


def line(mode: str, noise: float = 0.0) -> dict[str, Any]:
    """All seeds of one mode on the Hénon map."""
    return pupils.line(load("henon_forcing")["results"], mode, noise)


def mean(mode: str, noise: float = 0.0, what: str = "divergence") -> float:
    return float(np.mean(line(mode, noise)[what]))


def check_without_forcing_networks_give_up() -> None:
    for mode in ("free", "free, clipped"):
        for noise in henon_forcing.NOISES:
            row = line(mode, noise)
            assert max(row["exponent"]) < 0
            assert min(row["divergence"]) > 5
        assert 0.5 < mean(mode, what="loss") < 1
    assert max(line("α = 0.6")["loss"]) < 0.01
    assert max(line("free, clipped")["largest norm"]) > 1e5 > 10 > max(line("α = 0.6")["largest norm"])


def check_gradients_of_windows_agree_with_forcing_alone() -> None:
    free, forced = windows.cosines(0.0), windows.cosines(0.6)
    assert len(free) >= 5
    assert (forced > free).all()
    assert np.median(free) < 0.05 < 0.6 < forced.min()


def check_the_threshold_is_not_enough() -> None:
    assert pulled.strengths("Hénon")["threshold"] < 0.35 < pulled.strengths("Hénon")["geometric"] < 0.6
    assert mean("α = 0.1") > mean("α = 0.35") > 3 * mean("α = 0.6")
    for mode in ("α = 0.6", "τ = 2"):
        assert min(line(mode)["exponent"]) > 0.35
        assert max(line(mode)["divergence"]) < 1


def check_the_error_of_one_step_ranks_otherwise() -> None:
    assert min(MODES, key=lambda mode: mean(mode, 0.1, "rmse")) == "full"
    assert all(a < b for a, b in zip(line("full", 0.1)["rmse"], line("α = 0.6", 0.1)["rmse"], strict=True))
    assert min(line("full", 0.1)["divergence"]) > 0.9 > np.median(line("α = 0.6", 0.1)["divergence"])
    full = line("full")
    cycle = int(np.argmin(full["exponent"]))
    assert full["exponent"][cycle] < -0.01 < 0 < sorted(full["exponent"])[1]
    assert full["divergence"][cycle] > 8 > 2 > max(kl for s, kl in enumerate(full["divergence"]) if s != cycle)
    assert full["rmse"][cycle] < max(full["rmse"])


def on_lorenz(mode: str) -> dict[str, Any]:
    """All seeds of one mode on the Lorenz system."""
    return pupils.line(load("lorenz_forcing")["results"], mode, 0.1)


def check_on_lorenz_the_largest_norm_serves_best() -> None:
    strengths = pulled.strengths_of_data("Lorenz", lorenz_forcing.LESSON.every)
    assert 0.02 < strengths["threshold"] < 0.2
    assert np.isclose(strengths["geometric"], 0.2, atol=0.02)
    assert np.isclose(strengths["max"], 0.45, atol=0.02)
    divergences = {mode: np.mean(on_lorenz(mode)["divergence"]) for mode in lorenz_forcing.MODES}
    assert min(divergences, key=lambda mode: divergences[mode]) == "α = 0.45"
    assert divergences["α = 0.7"] < 1.5 * divergences["α = 0.45"] < divergences["full"]
    assert min(divergences[mode] for mode in ("α = 0.02", "α = 0.2", "free, clipped", "τ = 15")) > 5
    assert divergences["τ = 3"] < divergences["full"]
    true = lorenz_forcing.LESSON.every * pulled.SYSTEMS["Lorenz"].exponent
    assert np.isclose(np.log(2) / true, 15, atol=0.5)  # of τ = 15
    assert max(on_lorenz("full")["exponent"]) < true
    assert abs(np.mean(on_lorenz("α = 0.45")["exponent"]) - true) < 0.005


def hidden(mode: str, what: str = "divergence") -> list[float]:
    """Of all seeds that learned the Hénon map from one variable."""
    found: list[float] = pupils.line(load("hidden_forcing")["results"], mode, hidden_forcing.NOISE)[what]
    return found


def check_what_is_learned_from_one_variable() -> None:
    assert min(hidden("free, clipped")) > 10
    assert max(hidden("free, clipped", "exponent")) < 0
    *four, fifth = sorted(hidden("α = 0.6"))
    assert max(four) < 1 < 8 < fifth
    assert np.argmin(hidden("α = 0.6", "exponent")) == np.argmax(hidden("α = 0.6"))
    assert 0 < min(hidden("α = 0.6", "exponent")) < 0.1  # no cycle, of which it would not be above 0
    share, full = hidden("α = 0.8"), hidden("full")
    assert around(of_difference(np.array(share), np.array(full)), 0)
    assert max(full) < 1.5


def check_forcing_multiplies_the_columns_of_what_is_seen() -> None:
    """The Jacobian of a partly forced cell, by central differences."""
    cell, rng, alpha = hidden_forcing.LESSON.pupil, np.random.default_rng(0), 0.6
    params, z, e = cell.init(rng), rng.standard_normal((1, 3)), 1e-6
    drive = cell.drive(params, np.array([[0.3, alpha, 0.0]]))
    forced = [
        (cell.step(params, z + e * unit, drive) - cell.step(params, z - e * unit, drive))[0] for unit in np.eye(3)
    ]
    inner, pulled = cell.cell, z * [1 - alpha, 1, 1] + [alpha * 0.3, 0, 0]
    own = inner.drive(params, np.zeros((1, 1)))
    free = [
        (inner.step(params, pulled + e * u, own) - inner.step(params, pulled - e * u, own))[0] for u in np.eye(3)
    ]
    assert np.allclose(np.array(forced).T, np.array(free).T * [1 - alpha, 1, 1], atol=1e-12)
