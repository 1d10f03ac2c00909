"""The exact gradient in the memory of 2√T states: some states are stored, the others computed again when needed.

Plain backpropagation stores all T states. Here the forward pass stores each S-th one, a checkpoint. The backward pass
takes one segment of S steps at a time, the last first, computes its states again from the checkpoint, and drops them
afterwards. With S = √T this needs √T + √T states and one more forward pass: a third to three fifths of a gradient.
The idea is that of chen2016; with more than two levels memory can fall to log T (griewank2008).
"""

from math import isqrt

import numpy as np

from minirnn.cells.contract import Cell
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params, overflow_allowed
from minirnn.gradients.backpropagation import check_inputs, forward_scan, gradient_and_carry
from minirnn.gradients.objective import LastStateLoss


@checked
def checkpointed_bptt(
    cell: Cell,
    params: Params,
    X: np.ndarray,
    loss: LastStateLoss,
    h0: np.ndarray | None = None,
    segment: int | None = None,
) -> tuple[float, Params]:
    """E and its gradient as `bptt` gives them, to rounding, for a loss `at_end`, in segments of √T steps by default.

    X (T, B, m) and h0 (B, n_state) as there. Memory: (T/segment + segment) states instead of T.

    >>> from minirnn import VanillaRNN, bptt
    >>> from minirnn.learning import losses
    >>> rng = np.random.default_rng(0)
    >>> cell = VanillaRNN(m=1, n=3)
    >>> params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    >>> X, loss = rng.standard_normal((50, 2, 1)), losses.at_end(losses.squared_error, np.ones((2, 1)))
    >>> here, plain = checkpointed_bptt(cell, params, X, loss), bptt(cell, params, X, loss)
    >>> here[0] == plain[0], bool(np.allclose(here[1]["W"], plain[1]["W"], rtol=1e-12))
    (True, True)

    Raises TypeError for another loss, ValueError if segment < 1, and as `bptt`.
    """
    check_inputs(cell, params, X, h0)
    if not getattr(loss, "last_state_only", False):
        suffix = " with lengths" * (getattr(loss, "lengths", None) is not None)
        raise TypeError(
            f"loss must be made by at_end, which needs no earlier state, got {type(loss).__name__}{suffix}"
        )
    S = isqrt(len(X) - 1) + 1 if segment is None else checks.integer("segment", segment, 1)
    segments = [slice(start, start + S) for start in range(0, len(X), S)]
    with overflow_allowed():
        checkpoints = [np.zeros((X.shape[1], cell.n_state), X.dtype) if h0 is None else h0]
        for steps in segments[:-1]:
            checkpoints.append(forward_scan(cell, params, X[steps], checkpoints[-1])[-1].copy())  # no view of all
        H = forward_scan(cell, params, X[segments[-1]], checkpoints.pop())
        E, dE, readout = loss(params, H[-1:])
        total, carry = gradient_and_carry(cell, params, X[segments[-1]], H, dE, np.zeros_like(H[0]))
        for steps in reversed(segments[:-1]):
            H = forward_scan(cell, params, X[steps], checkpoints.pop())
            part, carry = gradient_and_carry(cell, params, X[steps], H, dE[:0], carry)
            total = {key: total[key] + part[key] for key in total}
        return E, total | readout
