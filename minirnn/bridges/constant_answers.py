"""The loss of the best constant answer: a network that does no better has learned nothing from its inputs.

>>> torch = import_torch()
>>> mse, targets = torch.nn.functional.mse_loss, torch.tensor([[1.0], [3.0]])
>>> round(loss_of_constant(mse, torch.zeros(2, 1), targets, T=5, B=2), 4)
1.0
"""

import math
from collections.abc import Callable
from typing import Any

from minirnn.bridges.tensors import import_torch

EVALUATIONS = 40  # of the loss; each costs as much as the loss of the model's own answers


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
    """The least E = loss(c, targets) over answers c that are the same for all sequences and steps, to a ten-thousandth:
    by L-BFGS from the mean of the answers, or from `log_frequencies` where these are better. Exact for convex losses,
    above the least one for others. Of a tuple or list, such as (scores, states), the first tensor of a fitting shape is
    the answer. None where there is no tensor of numbers (B, q) or of the like, or no such E is finite, or depends on
    it."""
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
    answer = whole[place]
    mean = answer.detach().float().mean(axes, keepdim=True)
    c = torch.nan_to_num(mean, 0.0, 0.0, 0.0).to(mean if answer.element_size() < 4 else answer).requires_grad_()

    def evaluate() -> Any:
        whole[place] = c.to(answer.dtype).expand(answer.shape)
        E = loss(kind(whole) if several else whole[0], targets)
        (c.grad,) = torch.autograd.grad(E, [c], allow_unused=True) if E.requires_grad else (None,)
        return E

    first, slope = evaluate(), c.grad
    if slope is None or not (first.isfinite() and slope.isfinite().all()):  # a nan is an error to L-BFGS
        return None
    least, start = float(first.detach()), c.detach().clone()
    for guess in log_frequencies(start, slope, answer.numel() // c.numel()):
        with torch.no_grad():
            c.copy_(guess)
            if (E := float(evaluate())) < least:
                least, start = E, guess
    with torch.no_grad():
        c.copy_(start)
    optimizer = torch.optim.LBFGS(
        [c], max_iter=200, max_eval=EVALUATIONS, tolerance_change=1e-6 * abs(least), line_search_fn="strong_wolfe"
    )
    optimizer.step(evaluate)
    E = float(evaluate().detach())
    return E if math.isfinite(E) else None


def log_frequencies(c: Any, slope: Any, rows: int) -> list[Any]:
    """Where the mean or the sum of `rows` cross-entropies is least, if its slope at c is `slope`: this is softmax(c)
    less the classes' frequencies, or `rows` times as much. Other losses are asked whether it is a good start."""
    p = c.flatten().softmax(0).view_as(c)
    return [(p - slope / times).clamp(min=1e-6 / rows).log() for times in (1, rows)]
