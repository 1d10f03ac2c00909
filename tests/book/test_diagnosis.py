"""The benchmark of diagnosis: its sets are kept apart, its cases say what they do, and its counting is right."""

from types import SimpleNamespace

import numpy as np
import pytest

from experiments.diagnosis import blind_learns, confusion, held_out, learns, scores, tuning
from experiments.diagnosis.cases import SEEDS, Case, as_it_was, broken, brought, generator, sound, trained
from experiments.diagnosis.edits import adam, inputs, sgd, targets, weights
from experiments.diagnosis.learns import BROKEN, CASES, HEALTHY
from minirnn import unroll
from minirnn.diagnosis.entry import network_of

LISTS = {"tuning": tuning, "held out": held_out}
EVERY_BROKEN = BROKEN | blind_learns.BROKEN
each_pair = pytest.mark.parametrize(
    ("name", "kind"), [(name, kind) for name, case in CASES.items() for kind in case.kinds]
)


def test_a_hash_of_the_name_draws_the_halves():
    for name, module in LISTS.items():
        assert {case.half for case in (*module.BROKEN, *module.HEALTHY)} == {name}
        assert len(module.BROKEN) >= 20
        assert len(module.HEALTHY) >= 10
    assert len(CASES) == sum(len(module.BROKEN) + len(module.HEALTHY) for module in LISTS.values())


def test_broken_cases_have_causes_and_healthy_ones_none():
    assert all(case.causes for case in BROKEN.values())
    assert not any(case.causes for case in HEALTHY.values())


def test_the_blind_set_has_no_case_of_the_halves_and_a_reason_for_each_answer():
    assert not blind_learns.CASES.keys() & CASES.keys()
    assert all(case.causes and case.why for case in blind_learns.BROKEN.values())
    assert not any(case.causes for case in blind_learns.HEALTHY.values())
    assert len(blind_learns.CASES) == len(blind_learns.blind.BROKEN) + len(blind_learns.blind.HEALTHY)


def test_training_has_shown_the_blind_set_to_be_what_it_was_meant_to_be():
    shown = {pair: what for pair, what in scores.standings().items() if pair[0] in blind_learns.CASES}
    meant = {name: "broken" if name in blind_learns.BROKEN else "healthy" for name in blind_learns.CASES}
    assert shown == {(name, kind): meant[name] for name, c in blind_learns.CASES.items() for kind in c.kinds}
    assert len(blind_learns.BROKEN) >= 40
    assert len(blind_learns.HEALTHY) >= 25


def test_a_cause_that_nobody_knows_is_refused():
    options = dict(name="a", words="b", fault=as_it_was, on="rows", kinds=("tanh",))
    with pytest.raises(ValueError, match=r"names of diagnosis\.CAUSES, got evil-spirits"):
        Case(**options, causes=("evil-spirits",))
    with pytest.raises(ValueError, match="why must say why"):
        Case(**options, causes=("chaotic", "saturated-units"))


def seen(setup, seed=0):
    """All that a setup shows of itself: parameters, a batch, its loss and gradients, one update."""
    X, target = setup.draw(np.random.default_rng(seed), setup.B)
    H = np.random.default_rng(seed).standard_normal((len(X), X.shape[1], setup.cell.n_state)).astype(X.dtype)
    answers = setup.loss(target)(setup.params, H)
    ones = {key: np.ones_like(value) for key, value in setup.params.items()}
    state = setup.optimizer.init(setup.params)
    for _ in range(3):
        after, state = setup.optimizer.update(setup.params, ones, state)
    return [setup.cell, type(setup.cell), setup.clip, setup.params, X, target, answers, after]


def same(a, b):
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


@pytest.mark.filterwarnings("ignore:.*encountered")
@pytest.mark.parametrize("name", EVERY_BROKEN)
def test_a_fault_changes_something(name):
    case = EVERY_BROKEN[name]
    for kind in case.kinds:
        before, after = (make(case, kind, generator(case, kind, 0)) for make in (sound, broken))
        assert not same(seen(before), seen(after)), kind


NOT_FINITE = {
    "inputs-not-finite": lambda b: b.X,
    "targets-not-finite": lambda b: b.loss.target,
    "loss-not-finite": lambda b: b.loss(b.params, unroll(b.cell, b.params, b.X)[1:])[0],
}


@pytest.mark.parametrize("name", [name for name, case in EVERY_BROKEN.items() if case.causes[0] in NOT_FINITE])
def test_what_is_not_finite_is_so_in_every_batch_that_is_brought(name):
    case = EVERY_BROKEN[name]
    for kind in case.kinds:
        for seed in SEEDS:
            assert not np.isfinite(NOT_FINITE[case.causes[0]](brought(case, kind, seed))).all()


@pytest.mark.parametrize("name", ["one nan in a recurrent weight", "a rate of 10", "levels in decibels, -60 ± 10"])
def test_a_case_is_the_same_each_time(name):
    for kind in CASES[name].kinds:
        first, second = (brought(CASES[name], kind, 1) for _ in range(2))
        assert same([first.params, first.X], [second.params, second.X])
        assert (first.log is None) == (second.log is None)
        assert not same(first.X, brought(CASES[name], kind, 2).X)


def small(**options):
    plain = dict(name="case", words="w", fault=as_it_was, on="last symbol", kinds=("tanh",), T=6, n=4)
    return Case(**plain | options)


def test_the_log_is_of_the_last_updates_and_has_their_sizes():
    case = small(fault=sgd(0.5, clip=0.1), updates=40, log=True)
    log = brought(case, "tanh", 0).log
    assert len(log.loss) == len(log.norm) == len(log.update) == 30
    assert (log.clip, log.rate) == (0.1, 0.5)
    setup = broken(case, "tanh", generator(case, "tanh", 0))
    params, whole = trained(setup, 1, np.random.default_rng(3))
    change = np.sqrt(sum(((params[key] - setup.params[key]) ** 2).sum() for key in params))
    size = np.sqrt(sum((value**2).sum() for value in setup.params.values()))
    assert whole.update[0] == pytest.approx(change / size)
    assert change == pytest.approx(0.5 * min(0.1, whole.norm[0]))


def test_of_skipped_steps_the_log_has_updates_of_zero():
    setup = broken(small(fault=weights(V=lambda V: np.full_like(V, np.nan))), "tanh", np.random.default_rng(0))
    log = trained(setup, 3, np.random.default_rng(0)).log
    assert np.isnan(log.loss).all()
    assert log.update.tolist() == [0, 0, 0]


def test_wrong_targets_are_not_what_is_asked_for_and_wrong_inputs_are():
    rng = np.random.default_rng(0)
    setup = broken(small(fault=targets(lambda y, rng: 0 * y)), "tanh", rng)
    assert set(setup.draw(rng, 50)[1]) == {0}
    assert set(setup.exam(rng, 50)[1]) == {0, 1, 2, 3}
    setup = broken(small(fault=inputs(lambda X: 0 * X)), "tanh", rng)
    assert not setup.exam(rng, 50)[0].any()


def test_progress_is_zero_for_a_constant_answer_and_grows_by_learning():
    case = small(fault=adam(0.03))
    assert learns.learned(case, "tanh", 0, faulty=True) > 0.9
    frozen = small(fault=sgd(0.0))
    assert learns.learned(frozen, "tanh", 0, faulty=True) == 0


def test_what_cannot_be_trained_has_made_no_progress_and_other_errors_are_not_hidden():
    assert learns.learned(small(fault=inputs(lambda X: X / np.nan)), "tanh", 0, faulty=True) == 0
    with pytest.raises(ValueError, match="X must be"):
        learns.learned(small(fault=inputs(lambda X: X[..., :2])), "tanh", 0, faulty=True)


# --- counting ------------------------------------------------------------------------------------------------------


def report(*names):
    return SimpleNamespace(findings=[SimpleNamespace(name=name, confidence=0.5) for name in names])


def counted(judge):
    """The runs of a benchmark in which `judge(case, kind)` gives the names."""
    every = scores.CASES
    pairs = [(name, kind) for name, case in every.items() for kind in case.kinds]
    return tuple(
        scores.Said(name, kind, every[name].causes, judge(name, kind)) for name, kind in pairs for _ in range(2)
    )


def test_a_perfect_judge_and_a_silent_one():
    def perfect(name, kind):
        return scores.CASES[name].causes[-1:] or ("nothing-found",)

    for name in (*scores.SETS, "held out"):
        runs = scores.chosen(counted(perfect), name)
        assert scores.share(scores.of_broken(runs), lambda run: run.hit).value == 1
        assert scores.share(scores.of_healthy(runs), lambda run: run.alarm).value == 0
        said = scores.confusions(runs)  # that nothing can be told is right for some cases of a cause
        assert all(finding in (*scores.right_for(truth), "cannot-tell") for truth, finding in said)
        assert scores.misses(runs) == {}
    runs = counted(lambda name, kind: ())
    assert not any(run.hit for run in runs)
    assert all(run.alarm for run in runs)


def test_a_judge_who_never_finds_anything_has_no_hits_and_no_alarms():
    runs = counted(lambda name, kind: ("nothing-found",))
    assert scores.share(scores.of_broken(runs), lambda run: run.hit).value == 0
    assert scores.share(scores.of_healthy(runs), lambda run: run.alarm).value == 0


def test_a_case_counts_once():
    one, two = list(BROKEN)[:2]
    runs = [scores.Said(one, "tanh", ("chaotic",), ("chaotic",))] * 99
    runs += [scores.Said(two, "tanh", ("chaotic",), ("dead-units",))]
    share = scores.share(runs, lambda run: run.hit)
    assert (share.value, share.cases) == (0.5, 2)
    assert share.low < 0.1 < 0.9 < share.high


def test_each_set_and_each_half_of_the_first_has_its_own_cases():
    runs = counted(lambda name, kind: ("chaotic",))
    chosen = {name: {run.case for run in scores.chosen(runs, name)} for name in ("tuning", "blind", "held out")}
    assert chosen["tuning"] == CASES.keys()
    assert chosen["blind"] == blind_learns.CASES.keys()
    assert chosen["held out"] == {case.name for case in (*held_out.BROKEN, *held_out.HEALTHY)}


def test_the_right_one_may_come_third_and_not_fourth():
    assert scores.Said("case", "tanh", ("right", "too"), ("a", "b", "too")).among_three
    assert not scores.Said("case", "tanh", ("right", "too"), ("a", "b", "c", "right")).among_three


def test_no_share_is_made_of_nothing():
    with pytest.raises(ValueError, match="a run at least, got none"):
        scores.share([], lambda run: True)


def test_training_says_what_a_case_is(monkeypatch):
    """What was meant to be broken and learns as well as before counts as healthy; what is neither, not at all."""
    states = {
        "broken": {"after": [0.0, 0.1, 0.0], "before": [0.9, 0.9, 0.9]},
        "healthy": {"after": [0.9, 0.9, 0.85], "before": [0.9, 0.9, 0.9]},
        "neither": {"after": [0.6, 0.7, 0.7], "before": [0.9, 0.9, 0.9]},
    }
    name = "a stuck sensor"
    texts = {kind: ["inputs-constant 0.90"] for kind in states}
    records = {"learns": {name: states}, "confusion": {name: texts}}
    monkeypatch.setattr(scores, "load", lambda record: {"results": records.get(record, {})})
    for cached in (scores.standings, scores.said):
        cached.cache_clear()
    runs = scores.said()
    for cached in (scores.standings, scores.said):
        cached.cache_clear()
    assert [(run.kind, run.causes, run.wrong) for run in runs] == [
        ("broken", ("inputs-constant",), False),
        ("healthy", (), True),
    ]


def test_findings_are_kept_in_their_order(monkeypatch):
    monkeypatch.setattr(confusion, "diagnose", lambda *args, log: report("chaotic", "dead-units"))
    said = confusion.findings("a stuck sensor", "tanh", 0)
    assert said == "chaotic 0.50, dead-units 0.50"
    assert scores.names_of(said) == ("chaotic", "dead-units")


def test_an_error_of_diagnose_is_a_miss(monkeypatch):
    def fails(*args, log):
        raise ZeroDivisionError("0/0")

    monkeypatch.setattr(confusion, "diagnose", fails)
    said = confusion.findings("a stuck sensor", "tanh", 0)
    run = scores.Said("a stuck sensor", "tanh", ("inputs-constant",), scores.names_of(said))
    assert run.first == "raised ZeroDivisionError"
    assert not run.hit
    assert run.alarm


def test_the_lines_name_each_miss_with_what_was_found(monkeypatch):
    name = next(iter(blind_learns.HEALTHY))
    right = {case: scores.CASES[case].causes or ("nothing-found",) for case in scores.CASES}
    runs = counted(lambda case, kind: ("chaotic",) if case == name else right[case])
    monkeypatch.setattr(scores, "said", lambda: runs)
    text = list(scores.lines())
    blind = text[text.index(f"blind: {len(scores.chosen(runs, 'blind'))} runs") :]
    assert "right        100.0 %" in blind[1]
    assert f"n = {len(blind_learns.BROKEN)} cases" in blind[1]
    assert f"health     {100 / len(blind_learns.HEALTHY):.1f} %" in blind[3]
    alarms = [f"    {name}, {kind}: chaotic 2" for kind in blind_learns.HEALTHY[name].kinds]
    assert blind[5:] == ["  healthy by training, an alarm first", *alarms]


def test_the_lines_keep_misses_apart_from_alarms():
    """A network may be healthy with a fault that was put into it: the finding is then right, and counts as an alarm."""
    heads = ("tuning: ", "  broken", "  healthy", "blind: ", "  broken", "  healthy")
    text = [line for line in scores.lines() if not line.startswith("    ") and "%" not in line]
    assert all(line.startswith(head) for line, head in zip(text, heads, strict=True))
    standing = ""
    for line in scores.lines():
        if line.startswith("    "):
            case, kind = line.strip().split(": ")[0].rsplit(", ", 1)
            assert scores.standings()[case, kind] == standing
        elif "%" not in line:
            standing = line.split()[0].strip(",:")


@pytest.mark.parametrize("set_of", [learns.CASES, blind_learns.CASES], ids=["tuning", "blind"])
def test_no_case_shows_answers_and_so_none_meets_what_is_found_in_models_of_pytorch(set_of):
    """What such causes say came after the blind set was frozen: they must change no answer there."""
    untrained = [case for case in set_of.values() if not case.updates]
    assert len(untrained) > 50
    for case in untrained[::2]:
        cell, params, X, loss, _ = brought(case, case.kinds[0], 0)
        with np.errstate(all="ignore"):
            assert network_of(cell, params, X, loss).answers is None
