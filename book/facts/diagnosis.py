"""The numbers of the chapter on diagnosis, and checks of its statements."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.diagnosis import held_out, repairs, scores, tuning
from experiments.diagnosis.scores import BROKEN, SETS, Share
from experiments.record import load
from explorables.diagnosis import fault
from facts import percent, ran
from minirnn.diagnosis.findings import EXPLAINS, GATES, KEPT, UNITS

KINDS = ("broken", "healthy")
COLUMNS = {"tuning": ("now", "tuning"), "blind": ("now", "blind"), "second": ("before", "held out")}


def numbers() -> dict[str, str]:
    return (
        sizes()
        | stories()
        | watched()
        | {key: text for column in COLUMNS for key, text in rates(column, *COLUMNS[column]).items()}
    )


def sizes() -> dict[str, str]:
    """The number of runs, of pairs of a case and a kind of cell, and of cases in each set, as training has it."""
    texts = {"runs": f"{len(scores.said())}"}
    texts |= {f"{what}-pairs": f"{len(list(pairs(what)))}" for what in ("broken", "healthy", "neither")}
    texts |= {"moved": f"{len([name for name, _ in pairs('healthy') if name in BROKEN])}"}
    return texts | {f"{what}-{name}": f"{len(cases(what, name))}" for what in KINDS for name in SETS}


def rates(column: str, record: str, name: str) -> dict[str, str]:
    """First finding right, right among three, alarms at health and where health was meant."""
    texts: dict[str, str] = {}
    runs = scores.chosen(scores.said(record), name)
    broken, healthy = scores.of_broken(runs), scores.of_healthy(runs)
    shares = {
        "hits": scores.share(broken, lambda run: run.hit),
        "three": scores.share(broken, lambda run: run.among_three),
        "alarms": scores.share(healthy, lambda run: run.alarm),
        "meant-alarms": scores.share(scores.meant_so(healthy), lambda run: run.alarm),
    }
    for what, share in shares.items():
        texts |= {f"{what}-{column}": percent(share.value), f"{what}-{column}-interval": interval(share)}
    return texts


def watched() -> dict[str, str]:
    """What a watch adds to an update, at three sizes, from the record of `make bench`."""
    rows = load("watch")["results"]
    return {f"watch-{k}": f"{100 * (row['ratio'] - 1):.1f} %" for k, row in enumerate(rows)} | {
        f"watch-{k}-ms": f"{row['ms']:.0f} ms" for k, row in enumerate(rows)
    }


def interval(share: Share) -> str:
    return f"{100 * share.low:.0f} to {percent(share.high)}"


def pairs(what: str) -> list[tuple[str, str]]:
    """The cases and kinds of cells that training showed to be broken, healthy or neither."""
    return [pair for pair, standing in scores.standings().items() if standing == what]


def cases(what: str, name: str) -> set[str]:
    return {case for case, _ in pairs(what) if case in SETS[name]}


def check_the_halves_of_the_first_cases_are_those_of_the_hash() -> None:
    for module, name in ((tuning, "tuning"), (held_out, "held out")):
        assert {case.half for case in (*module.BROKEN, *module.HEALTHY)} == {name}


def check_each_set_is_large_enough() -> None:
    for name in SETS:
        assert len(cases("broken", name)) >= 40
        assert len(cases("healthy", name)) >= 20


def check_no_network_that_was_meant_to_be_healthy_is_broken() -> None:
    assert not [name for name, _ in pairs("broken") if name not in BROKEN]


def check_every_case_was_judged_with_every_seed() -> None:
    for name, record in (("tuning", load("confusion")), ("blind", load("blind_confusion"))):
        results = record["results"]
        assert results.keys() == SETS[name].keys()
        for case in SETS[name].values():
            assert list(results[case.name]) == list(case.kinds)
            assert {len(texts) for texts in results[case.name].values()} == {5}


def check_both_measurements_are_of_the_same_runs() -> None:
    now, first = scores.chosen(scores.said(), "tuning"), scores.said("before")
    assert [(run.case, run.kind) for run in now] == [(run.case, run.kind) for run in first]


def check_alarms_of_the_tuning_set_are_at_faults_that_did_no_harm_and_nearly_all_name_them() -> None:
    alarms = [run for run in scores.of_healthy(scores.chosen(scores.said(), "tuning")) if run.alarm]
    assert {run.case for run in alarms} <= BROKEN.keys()
    assert 0.95 < np.mean([run.first in BROKEN[run.case].causes for run in alarms]) < 1


def check_padding_that_is_as_long_for_all_is_a_gradient_that_vanishes() -> None:
    padded = [case for name, case in BROKEN.items() if "padding" in name or "zeros behind" in name]
    assert len(padded) >= 2
    assert all("gradient-vanishes" in case.causes for case in padded)
    assert not [case for case in BROKEN.values() if "reads-padding" in case.causes]


def check_shares_are_means_over_cases() -> None:
    runs = scores.of_broken(scores.chosen(scores.said(), "tuning"))
    means = [np.mean([run.hit for run in runs if run.case == name]) for name in {run.case for run in runs}]
    assert np.isclose(scores.share(runs, lambda run: run.hit).value, np.mean(means))


# --- the five stories -----------------------------------------------------------------------------------------------

STATES = {  # of the first figure, with their findings
    (fault.BIAS, 2): ["nothing-found"],
    (fault.BIAS, 7): ["forget-gate-closed", "gradient-vanishes"],
    (fault.MEAN, 5): ["inputs-shifted", "gradient-vanishes", "saturated-units"],
    (fault.GAIN, 5): ["nothing-found"],
    (fault.GAIN, 7): ["chaotic", "gradient-explodes"],
    (fault.SCALE, 1): ["inputs-too-small"],
    (fault.SCALE, 2): ["nothing-found"],
}
LAST = 5  # rows of a run, of which the mean is its loss at the end
SAYS = {
    "flat_loss": "inputs-shifted",
    "forgets": "gradient-vanishes",
    "reads_padding": "reads-padding",
    "small_clip": "clip-too-low",
}


def runs(story: str, repaired: bool) -> list[dict[str, Any]]:
    """What the record has of a story, for each seed."""
    return [repairs.EXPERIMENT.saved(story=story, repaired=repaired, seed=seed) for seed in repairs.SEEDS]


def ends(story: str, repaired: bool) -> list[float]:
    """The loss at the end, for each seed: nan where a number was lost."""
    return [np.nan if run["births"] else float(np.mean(run["losses"][-LAST:])) for run in runs(story, repaired)]


def listed(values: Sequence[str]) -> str:
    """
    >>> listed(["1", "2", "3"])
    '1, 2 and 3'
    """
    return f"{', '.join(values[:-1])} and {values[-1]}"


def digits(loss: float) -> str:
    """
    >>> digits(1.386), digits(0.7), digits(0.0067), digits(float("nan"))
    ('1.39', '0.70', '0.0067', 'nan')
    """
    return f"{loss:.2g}" if loss < 0.1 else f"{loss:.2f}"


def births(key: str) -> list[str]:
    """The first nan of each run of `one_window` with its fault."""
    return [run[key][0] for run in runs("one_window", False)]


def stories() -> dict[str, str]:
    """Losses at the end of all stories; when the nan comes with a clip; losses of padded messages by length."""
    states = {"before": False, "after": True}
    texts = {
        f"{story}-{when}": listed([digits(end) for end in ends(story, repaired)])
        for story in repairs.REPAIRS
        for when, repaired in states.items()
    }
    updates = [birth.split(":")[0].removeprefix("update ") for birth in births("in vain")]
    texts["in-vain"] = f"update {listed(updates)} of the three runs"
    for when, repaired in states.items():
        losses = [run["by length"] for run in runs("reads_padding", repaired)]
        texts |= {f"{what}-{when}": listed([digits(each[what]) for each in losses]) for what in ("short", "full")}
    return texts | {"short-share": percent(losses[0]["share"])}


def check_a_clip_does_not_move_the_nan_of_a_window() -> None:
    assert births("in vain") == births("births")
    assert all("inputs" in birth for birth in births("births"))


def check_each_story_says_what_the_page_tells() -> None:
    for story, name in SAYS.items():
        assert runs(story, False)[0]["answer"].startswith(name)


def check_each_repair_helps_with_each_seed() -> None:
    for story in repairs.REPAIRS:
        before = [np.log(3) if np.isnan(end) else end for end in ends(story, False)]  # of three classes
        assert all(b < 0.6 * a for a, b in zip(before, ends(story, True), strict=True)), story


def check_what_does_not_learn_stays_at_the_loss_of_a_constant() -> None:
    assert np.allclose(ends("flat_loss", False), np.log(4), atol=0.02)
    assert np.allclose(ends("forgets", False), np.log(2), atol=0.02)
    short = [run["by length"]["short"] for run in runs("reads_padding", False)]
    assert np.allclose(short, np.log(4), atol=0.1)


def check_at_least_eight_causes_explain_a_gradient_that_vanishes() -> None:
    named = {"inputs-shifted", "inputs-too-large", *UNITS, *GATES, "readout-dead"}
    assert len(named) == 8
    assert all("gradient-vanishes" in EXPLAINS[name] for name in named)


def check_what_is_explained_keeps_a_third() -> None:
    assert round(KEPT, 1) in (0.3, 0.4)


def check_inputs_a_thousand_times_too_small_are_a_possible_cause() -> None:
    assert fault.compute(fault.SCALE, 1).findings[0].words == "possible"


def check_the_figure_names_what_the_page_says() -> None:
    names = {state: [found.name for found in fault.compute(*state).findings] for state in STATES}
    assert names == STATES
    shut = fault.compute(fault.MEAN, 5)
    assert min(shut.shares.values()) > 0.9
    assert abs(shut.growth) < 0.1


def check_at_the_last_b_of_the_exercise_four_units_of_five_are_dead() -> None:
    """The loop of the page ends with b = 3."""
    names = ran("diagnosis", "diagnose_step", "largest difference", "for b in")
    report = names["report"]
    assert names["b"] == 3.0
    assert abs(report.top.units.dead - 0.8) < 0.05
    assert report.findings[0].name == "dead-units"
