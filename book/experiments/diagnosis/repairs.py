"""Five training scripts of PyTorch, each with one fault: what `diagnose` or `watch` says, and what a repair does.

The scripts stand in `stories`. Each is trained with its fault and repaired, with three seeds. The record has the loss
of every tenth update as long as it is finite, the birth of the first nan, and of seed 0 the answer that somebody gets
who asks. PyTorch is not among the pins: where it is missing, pages show what the record has.
"""

import textwrap
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import numpy as np

from experiments.experiment import Experiment, Pair, Saved
from experiments.record import load, rounded
from minirnn.diagnosis import Report, diagnose_model
from minirnn.diagnosis.report import told
from minirnn.optional import extra

SEEDS, ASKED = range(3), 99  # the last is the seed of the batch on which somebody asks
REPAIRS: dict[str, dict[str, Any]] = {  # arguments of `train`
    "one_window": {"least": 1e-3},
    "flat_loss": {"scaled": True},
    "forgets": {"remembers": True},
    "reads_padding": {"last": "own"},
    "small_clip": {"clip": 1.0},
}
IN_VAIN: dict[str, dict[str, Any]] = {"one_window": {"clip": 1.0}}  # what is tried first, and does not help
AFTER = {"one_window": 60, "flat_loss": 0, "forgets": 0, "reads_padding": 200, "small_clip": 50}  # updates made
EXAM = 500  # messages of which the loss is told by their length


def script(story: str) -> ModuleType:
    """The module of this name; raises ModuleNotFoundError without PyTorch."""
    with extra("torch"):
        import torch

        from experiments.diagnosis.stories import flat_loss, forgets, one_window, reads_padding, small_clip
    torch.set_num_threads(1)
    every = (one_window, flat_loss, forgets, reads_padding, small_clip)
    return {module.__name__.rpartition(".")[2]: module for module in every}[story]


def train(story: str, repaired: bool, seed: int, **options: Any) -> Any:
    """The model and its watcher."""
    return script(story).train(seed, **(REPAIRS[story] if repaired else {}), **options)


def fresh(story: str, size: int = 32) -> tuple[tuple[Any, ...], Any]:
    """Inputs and targets of a batch that no training saw."""
    import torch

    *inputs, target = script(story).batch(torch.Generator().manual_seed(ASKED), size)
    return tuple(inputs), target


def ask(story: str) -> Report:
    """What `diagnose_model` says after some updates, or none, on a fresh batch; of `small_clip` with its log."""
    from torch.nn import functional

    model, watcher = train(story, False, 0, updates=AFTER[story])
    inputs, target = fresh(story)
    loss = functional.mse_loss if target.is_floating_point() else functional.cross_entropy
    log = watcher.log(clip=script(story).CLIP, rate=0.1) if story == "small_clip" else None
    return diagnose_model(model, inputs, target, loss, log=log)


def answer(story: str) -> str:
    """The first finding on a script with its fault, or of `one_window` what its watcher says of the first nan."""
    if story == "one_window":
        return births(train(story, False, 0, updates=AFTER[story])[1])[0]
    return told(ask(story).findings[0])


def births(watcher: Any) -> list[str]:
    return [f"update {update}: {birth}" for update, birth in watcher.births]


def by_length(model: Any) -> dict[str, float]:
    """The loss of `reads_padding` on fresh messages shorter than the longest, and on those of full length."""
    import torch

    (x, lengths), kind = fresh("reads_padding", EXAM)
    with torch.no_grad():
        losses = torch.nn.functional.cross_entropy(model(x, lengths), kind, reduction="none").numpy()
    short = (lengths < lengths.max()).numpy()
    means = {"short": losses[short].mean(), "full": losses[~short].mean(), "share": short.mean()}
    return {key: rounded(value, 3) for key, value in means.items()}


def run(story: str, repaired: bool, seed: int) -> dict[str, Any]:
    """Trains a script to its end."""
    import torch

    model, watcher = train(story, repaired, seed)
    losses = [row.loss for row in watcher.rows if row.update % 10 == 0 and np.isfinite(row.loss)]
    made = {"losses": rounded(losses, 4), "births": births(watcher), "torch": torch.__version__}
    if story in IN_VAIN and not repaired:
        made["in vain"] = births(script(story).train(seed, **IN_VAIN[story])[1])
    if story == "reads_padding":
        made["by length"] = by_length(model)
    return made | ({"answer": answer(story)} if seed == 0 and not repaired else {})


def results(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [point | made for point, made in zip(EXPERIMENT.points(), runs, strict=True)]


def again(saved: Saved) -> Pair:
    """The first thirty updates of the small clip, without and with its repair."""
    states = (False, True)
    now = [[row.loss for row in train("small_clip", each, 0, updates=30)[1].rows] for each in states]
    return now, [saved(story="small_clip", repaired=each, seed=0)["losses"][:3] for each in states]


def told_now(story: str) -> str:
    """What a page prints of a story: the answer, made now where PyTorch is there, else that of the record."""
    if find_spec("torch") is not None:
        import torch

        return wrapped(f"{answer(story)}\n(PyTorch {torch.__version__}, just now)")
    record = load("repairs")
    saved = EXPERIMENT.saved(story=story, repaired=False, seed=0)
    return wrapped(f"{saved['answer']}\n(PyTorch {saved['torch']}, from the record of {record['date']})")


def wrapped(text: str) -> str:
    """Lines no longer than a page is wide.

    >>> wrapped("First: " + 12 * "a bounded activation ").splitlines()[1]
    '      bounded activation a bounded activation a bounded activation a'
    """
    lines = (textwrap.wrap(line, 72, subsequent_indent=6 * " ") for line in text.splitlines())
    return "\n".join(line for each in lines for line in each)


EXPERIMENT = Experiment(
    name="repairs",
    run=run,
    grid={"story": list(REPAIRS), "repaired": [False, True], "seed": list(SEEDS)},
    settings=dict(repairs=REPAIRS, in_vain=IN_VAIN, after=AFTER, seeds=list(SEEDS), asked=ASKED, exam=EXAM),
    results=results,
    rows=list,
    again=again,
)
