"""What a model's answers read, and what its loss is given: which axis of the answers runs over steps, and whether they
are probabilities where scores are asked for.

An answer is followed back to the outputs of the recurrent modules, and no further: its gradient by these outputs shows
at which step of which sequence it looks, and goes through the readout alone. If the answer to example k looks at step k
of a sequence that is the same for all k, the module took the examples for steps.

>>> torch = import_torch()
>>> with listening() as given:
...     _ = torch.nn.functional.cross_entropy(torch.tensor([[0.2, 0.8], [0.5, 0.5]]), torch.tensor([0, 1]))
>>> given.of_probabilities
('cross_entropy', 2)
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from minirnn.bridges.hooks import Call, Recorder
from minirnn.bridges.tensors import import_torch, to_array
from minirnn.learning.observed import Answers

EXAMPLES = 4  # so many answers are followed back
NONE = 0.1  # an answer that reads less than this at its own step, in other sequences, has its axes in order
OF_CLASSES = ("cross_entropy", "nll_loss")  # losses of a row of scores, which softmax makes probabilities
OF_ONE = (
    "binary_cross_entropy_with_logits",
    "multilabel_soft_margin_loss",
)  # and of single ones, which sigmoid does
# the operations of autograd's graph that move numbers, and change none
MOVES = re.compile(
    "(View|UnsafeView|ReshapeAlias|Squeeze|Unsqueeze|Select|Slice|Index|IndexSelect|Gather|MaskedSelect|Transpose|T|"
    "Permute|Expand|Clone|ToCopy|Cat|Stack|Split|Unbind)Backward"
)
Place = tuple[tuple[int, ...], int, int | None]  # an answer, the step and the sequence that its number may mean


class Look(NamedTuple):
    """Where answers look, as in `Answers`."""

    own_step: float
    own_sequence: float
    sequences: float


class Given:
    """What losses were given that take scores (or their log_softmax): the first name and number of classes of those
    that were given probabilities, else None. A loss of one score an answer has 1 class."""

    def __init__(self) -> None:
        self.of_probabilities: tuple[str, int] | None = None

    def hear(self, name: str, scores: Any) -> None:
        if self.of_probabilities is None and scores.numel():
            axis = min(scores.dim() - 1, 1)
            if name in OF_ONE and made_by_sigmoid(scores.grad_fn):
                self.of_probabilities = name, 1
            elif name in OF_CLASSES and are_probabilities(scores.detach(), axis):
                self.of_probabilities = name, int(scores.shape[axis])


@contextmanager
def listening() -> Iterator[Given]:
    """A context in which PyTorch's losses of scores tell what they are given, whoever calls them."""
    torch, given = import_torch(), Given()
    names = {getattr(torch.nn.functional, name): name for name in OF_CLASSES + OF_ONE}

    class Ear(torch.overrides.TorchFunctionMode):  # type: ignore[misc,name-defined]
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            kwargs = kwargs or {}
            if func in names:
                given.hear(names[func], args[0] if args else kwargs["input"])
            return func(*args, **kwargs)

    with Ear():
        yield given


def are_probabilities(rows: Any, axis: int) -> bool:
    """Are all numbers within [0, 1], and all their sums along the axis, of two or more, 1 to rounding?"""
    if not rows.is_floating_point() or rows.shape[axis] < 2:
        return False
    rounding = max(1e-5, 8 * float(import_torch().finfo(rows.dtype).eps))
    wide = rows.double()
    inside = (wide >= 0) & (wide <= 1 + rounding)
    return bool(inside.all() and ((wide.sum(axis) - 1).abs() <= rounding).all())


def made_by_sigmoid(node: Any) -> bool:
    """Are all numbers of a tensor with this node in autograd's graph a sigmoid's or a softmax's, at most moved since?
    Their values cannot tell: scores of a fresh readout may lie within [0, 1] too."""
    while node is not None and MOVES.match(node.name()):
        first, *others = (below for below, _ in node.next_functions if below is not None)
        if not all(made_by_sigmoid(other) for other in others):
            return False
        node = first
    return node is not None and node.name().startswith(("SigmoidBackward", "SoftmaxBackward"))


def answers_of(answer: Any, targets: Any, recorder: Recorder, given: Given) -> Answers:
    """The record of a model's answers, (N, q), (N,) or (T, B, …), to targets of the same first axes; of the sequence
    that most looks as if its axes were exchanged."""
    shape = tuple(getattr(targets, "shape", ()))
    found, looks = answering(answer, shape), [Look(0.0, 0.0, 0.0)]
    for calls in (calls for sequences in recorder.sequences.values() for calls in sequences):
        T, B = sum(len(call.X) for call in calls), calls[0].X.shape[1]
        for places in () if found is None or B == 1 else places_of(tuple(found.shape), shape, T, B):
            looks += look(found, places, calls, T, B)
    worst = max(looks, key=lambda each: each.own_step * (1 - each.own_sequence))
    return Answers(shape, *worst, given.of_probabilities)


def look(answer: Any, places: list[Place], calls: list[Call], T: int, B: int) -> list[Look]:
    """Where these answers look; none if the first of them does not look at its own step of another sequence, which
    saves the others."""
    looks: list[Look] = []
    for place, t, b in places:
        M = read(answer[place], calls, T, B)
        step, sequence = float(M[t].sum()), 0.0 if b is None else float(M[:, b].sum())
        if not looks and step * (1 - sequence) < NONE:
            return []
        looks.append(Look(step, sequence, float(1 / (M.sum(axis=0) ** 2).sum()) if M.any() else 0.0))
    return [Look(*np.mean(looks, axis=0).tolist())] if looks else []


def answering(answer: Any, targets: tuple[int, ...]) -> Any:
    """The tensor of the answer whose first axis is that of the targets; None if autograd follows none of this kind."""
    several = (
        answer.values() if isinstance(answer, dict) else answer if isinstance(answer, tuple | list) else [answer]
    )
    tensors = [a for a in several if hasattr(a, "is_floating_point") and a.is_floating_point() and a.requires_grad]
    fitting = (a for a in tensors if targets and a.shape[:1] == targets[:1] and 1 <= a.dim() <= 3)
    return next(fitting, None)


def places_of(answer: tuple[int, ...], targets: tuple[int, ...], T: int, B: int) -> Iterator[list[Place]]:
    """Answers to follow, each with the step and the sequence that its number would mean: of one answer an example the
    same number, of answers (T, B, q) or (B, T, q) the one and the other.

    >>> next(places_of((7, 3), (7,), T=7, B=5))
    [((1,), 1, None), ((2,), 2, None), ((3,), 3, None), ((5,), 5, None)]
    """
    if len(answer) < 3 or len(targets) < 2:
        if answer[0] == T and len(answer) < 3:  # not the first and the last: there all may look
            some = np.unique(np.linspace(min(1, T - 1), max(T - 2, 0), EXAMPLES).astype(int)).tolist()
            yield [((k,), k, k if B == T else None) for k in some]
        return
    rows, columns = answer[:2]
    if (rows, columns) != targets[:2]:
        return
    pairs = [(k * (rows - 1) // EXAMPLES, (EXAMPLES - k) * (columns - 1) // EXAMPLES) for k in range(1, EXAMPLES)]
    pairs = [(i, j) for i, j in pairs if i != j]
    if rows == T:
        yield [((i, j), i, j if columns == B else None) for i, j in pairs]
    if columns == T:
        yield [((i, j), j, i if rows == B else None) for i, j in pairs]


def read(answer: Any, calls: list[Call], T: int, B: int) -> np.ndarray:
    """How much an answer depends on each output of the calls: shares (T, B), by squares of gradients; zeros if it
    depends on none, or not finitely."""
    torch = import_torch()
    probes = [probe for call in calls for probe in call.all_probes()]
    row = answer.flatten()
    weights = torch.as_tensor(np.random.default_rng(0).standard_normal(len(row))).to(row)
    slopes = torch.autograd.grad((weights * row).sum(), probes, retain_graph=True, allow_unused=True)
    by_id = {id(probe): slope for probe, slope in zip(probes, slopes, strict=True) if slope is not None}
    M, t = np.zeros((T, B)), 0
    for call in calls:
        if id(call.probe) in by_id:
            M[t : t + len(call.X)] += squares(call.in_time(by_id[id(call.probe)]), (2,))
        t += len(call.X)
        ends = t - 1 if call.lengths is None else to_array(call.lengths) - 1
        for probe in call.probes:
            if id(probe) in by_id:
                M[ends, np.arange(B)] += squares(call.stacked(by_id[id(probe)]), (0, 2))
    return M / M.sum() if np.isfinite(M).all() and M.any() else np.zeros((T, B))


def squares(slopes: Any, axes: tuple[int, ...]) -> np.ndarray:
    """The sums of squares over the axes."""
    return to_array((slopes.double() ** 2).sum(axes))
