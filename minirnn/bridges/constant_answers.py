"""The loss of the best constant answer: a network that does no better has learned nothing from its inputs.

>>> torch = import_torch()
>>> mse, targets = torch.nn.functional.mse_loss, torch.tensor([[1.0], [3.0]])
>>> round(loss_of_constant(mse, torch.zeros(2, 1), targets, T=5, B=2), 4)
1.0
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from minirnn.bridges.answers import are_probabilities
from minirnn.bridges.tensors import import_torch

EVALUATIONS = 40  # of the loss; each costs as much as the loss of the model's own answers
ENDLESS = 1e3  # a loss that falls so far below 0 has no least value, as nll_loss of scores


def shared_axes(shape: tuple[int, ...], T: int, B: int, targets: tuple[int, ...] = ()) -> tuple[int, ...]:
    """The axes of sequences and steps of an answer: (T, B) or (B, T), as its targets, whose shape tells it from (B, q)
    with q = T; (B, q), (B,), (B·T, q), or (T, q) and as many targets, where a layer took examples for steps; (T, B, q),
    (B, T, q), or (B, q, T); none where it is not of such a shape.

    >>> [shared_axes(shape, T=5, B=2) for shape in ((2, 5), (2, 3), (2, 5, 3), (2, 3, 5), (3, 3))]
    [(0,), (0,), (0, 1), (0, 2), ()]
    >>> shared_axes((2, 5), T=5, B=2, targets=(2, 5))
    (0, 1)
    >>> shared_axes((5, 3), T=5, B=2, targets=(5,))
    (0,)
    """
    if len(shape) == 2 and {*shape} == {T, B} and targets == shape:
        return (0, 1)
    exchanged = targets[:1] == shape[:1] == (T,)
    if len(shape) in (1, 2) and (shape[0] in (B, B * T) or exchanged):
        return (0,)
    if len(shape) == 3 and {*shape[:2]} == {T, B}:
        return (0, 1)
    return (0, 2) if len(shape) == 3 and (shape[0], shape[2]) == (B, T) else ()


def loss_of_constant(loss: Callable[..., Any], answer: Any, targets: Any, T: int, B: int) -> float | None:
    """The least E = loss(c, targets) over answers c that are the same for all sequences and steps, to a ten-thousandth.
    Exact for convex losses, above the least one for others. Of a tuple or list, such as (scores, states), the first
    tensor of a fitting shape is the answer. Where all answers are probabilities or their logarithms, so is c. None
    where there is no tensor of numbers (B, q) or of the like, or E is not finite, has no least value, does not depend
    on c, or where the loss refuses c."""
    torch, given = import_torch(), tuple(getattr(targets, "shape", ()))
    several, kind = type(answer) in (tuple, list), type(answer)
    whole = [*answer] if several else [answer]
    fitting = [
        (i, axes) for i, a in enumerate(whole) if isinstance(a, torch.Tensor) and a.is_floating_point()
        and (axes := shared_axes(tuple(a.shape), T, B, given))
    ]  # fmt: skip
    if not fitting:
        return None
    place, axes = fitting[0]
    answer = whole[place].detach()

    def of(constant: Callable[[Any], Any], c: Any) -> Any:
        whole[place] = constant(c).to(answer.dtype).expand(answer.shape)
        return loss(kind(whole) if several else whole[0], targets)

    for free, constant in forms(answer, axes):
        mean = free(answer.float()).mean(axes, keepdim=True)
        start = torch.nan_to_num(mean, 0.0, 0.0, 0.0).to(mean if answer.element_size() < 4 else answer)
        try:
            return least(partial(of, constant), start, answer.numel() // start.numel())
        except RuntimeError:  # the loss takes no such numbers, as one of probabilities takes none above 1
            continue
    return None


def forms(answer: Any, axes: tuple[int, ...]) -> list[tuple[Callable[[Any], Any], Callable[[Any], Any]]]:
    """What constant answers may be, in the order in which to try: from answers to free numbers, and back. Rows of
    log-probabilities or of probabilities along the axis that is not shared stay such; else any number may be an answer,
    or, where all are within [0, 1], one of these."""
    row = answer[tuple(0 if k in axes else slice(None) for k in range(answer.dim()))]
    if row.dim() == 1:  # most answers are none of these, which one row tells
        (k,) = (k for k in range(answer.dim()) if k not in axes)
        if are_probabilities(row.exp(), 0) and are_probabilities(answer.exp(), k):
            return [(lambda a: a, lambda c: c.log_softmax(k))]
        if are_probabilities(row, 0) and are_probabilities(answer, k):
            return [(lambda a: a.clamp(min=1e-6).log(), lambda c: c.softmax(k))]
    within = bool((answer.min() >= 0) and (answer.max() <= 1))
    anything, chance = (
        (lambda a: a, lambda c: c),
        (lambda a: a.clamp(1e-6, 1 - 1e-6).logit(), import_torch().sigmoid),
    )
    return [anything, chance] if within else [anything]


def least(loss: Callable[[Any], Any], start: Any, rows: int) -> float | None:
    """The least loss(c): by L-BFGS from `start`, or from `log_frequencies` where these are better."""
    torch, c = import_torch(), start.clone().requires_grad_()

    def evaluate() -> Any:
        E = loss(c)
        (c.grad,) = torch.autograd.grad(E, [c], allow_unused=True) if E.requires_grad else (None,)
        return E

    first, slope = evaluate(), c.grad
    if slope is None or not (first.isfinite() and slope.isfinite().all()):  # a nan is an error to L-BFGS
        return None
    low = float(first.detach())
    for guess in log_frequencies(start, slope, rows):
        with torch.no_grad():
            c.copy_(guess)
        try:
            E = float(evaluate().detach())
        except RuntimeError:  # no such number for this loss
            continue
        if low > E:
            low, start = E, guess
    with torch.no_grad():
        c.copy_(start)
    optimizer = torch.optim.LBFGS(
        [c], max_iter=200, max_eval=EVALUATIONS, tolerance_change=1e-6 * abs(low), line_search_fn="strong_wolfe"
    )
    optimizer.step(evaluate)
    E = float(evaluate().detach())
    endless = -ENDLESS * (1 + abs(float(first.detach()))) > E
    return E if math.isfinite(E) and not endless else None


def log_frequencies(c: Any, slope: Any, rows: int) -> list[Any]:
    """Where the mean or the sum of `rows` cross-entropies is least, if its slope at c is `slope`: this is softmax(c)
    less the classes' frequencies, or `rows` times as much. Other losses are asked whether it is a good start."""
    p = c.flatten().softmax(0).view_as(c)
    return [(p - slope / times).clamp(min=1e-6 / rows).log() for times in (1, rows)]
