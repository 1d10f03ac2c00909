"""The code that all composed cells share: a step through all parts, and its derivatives backwards.

In a chain each part reads the output of the one below at the same step:

    a_t = (own place in the drive) + drive(h_t of the part below),    h_t = step(h_{t-1}, a_t)              (eq. stack)

The drive of the whole has a place for each part, filled with 0 if the part reads another one: so d_t holds the adjoints
of all pre-activations. The Jacobian of a step is block-triangular, with those of the parts on its diagonal: the
exponents of a composed cell are those of its parts, each driven as it is here.

>>> from minirnn.cells import LSTM
>>> sizes(LSTM(m=2, n=3))
(12, 3)
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from typing import Any, ClassVar, NamedTuple

import autograd.numpy as anp
import numpy as np

from minirnn.cells.contract import Cell, Local, Sized
from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params, overflow_allowed
from minirnn.gradients.backpropagation import run_backward, run_forward


class Part(NamedTuple):
    """A cell within a composed one: the prefix of its parameters; the part below (None if it reads the inputs); its
    columns of the state, of X and of the drive; and the places of its local arrays. If there is a part below, the array
    after these is the output of that part."""

    prefix: str
    cell: Any
    below: int | None
    state: slice
    inputs: slice
    drive: slice
    local: slice

    def own(self, params: Params) -> Params:
        """The part's parameters under the cell's own names."""
        return {key: params[self.prefix + key] for key in self.cell.shapes()}

    def read(self, X: np.ndarray, local: Local) -> np.ndarray:
        """The part's columns of X: (..., m of its cell)."""
        return X[..., self.inputs] if self.below is None else local[self.local.stop]


@checked
def joined(parts: dict[str, Params]) -> Params:
    """The parameters of a composed cell from those of its parts, by their names; of a stack "0", "1", …

    >>> from minirnn.cells import LSTM
    >>> rng = np.random.default_rng(0)
    >>> layers = {"0": LSTM(m=1, n=2).init(rng, forget_bias=4.0), "1": LSTM(m=2, n=2).init(rng, forget_bias=4.0)}
    >>> list(joined(layers))
    ['0.W', '0.U', '0.b', '1.W', '1.U', '1.b']
    """
    return {f"{name}.{key}": value for name, params in parts.items() for key, value in params.items()}


def sizes(cell: Cell) -> tuple[int, int]:
    """k of the drive, and how many arrays `linearize` gives; both are the same for all parameters."""
    params = {key: np.zeros(shape) for key, shape in cell.shapes().items()}
    h = np.zeros((1, 1, cell.n_state))
    with np.errstate(all="ignore"):  # only the shapes count
        drive = cell.drive(params, np.zeros((1, 1, cell.m)))
        return drive.shape[-1], len(cell.linearize(params, drive, h, h))


def added(delta: np.ndarray, g: np.ndarray) -> np.ndarray:
    """delta (..., n_state) with g (..., n_out) added to its first entries, as a new array."""
    n_out = g.shape[-1]
    return (
        delta + g if n_out == delta.shape[-1] else np.concatenate([delta[..., :n_out] + g, delta[..., n_out:]], -1)
    )


class Composed:
    """The base of all compositions: a subclass names its cells, and decides whether each reads the one before.

    A composed cell has no `openness`, since gates depend on the drive of their own layer: see the cells of `layers`.
    """

    chained: ClassVar[bool]

    def named(self) -> dict[str, Any]:
        """The cells by name, in the order in which data pass them."""
        raise NotImplementedError(f"{type(self).__name__} must define named")

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The parts in the order of the state. In a chain the last comes first, since a readout sees its entries."""
        named, parts, n, m, k, count = [*self.named().items()], [], 0, 0, 0, 0
        for i, (name, cell) in enumerate(named[::-1] if self.chained else named):
            width, arrays = sizes(cell)
            below = i + 1 if self.chained and i + 1 < len(named) else None
            columns = 0 if below is not None else cell.m
            starts, counts = (n, m, k, count), (cell.n_state, columns, width, arrays)
            places = [slice(start, start + size) for start, size in zip(starts, counts, strict=True)]
            parts.append(Part(f"{name}.", cell, below, *places))
            n, m, k, count = (place.stop for place in places)
            count += below is not None
        return tuple(parts)

    @property
    def m(self) -> int:
        return sum(part.cell.m for part in self.parts if part.below is None)

    @property
    def n_state(self) -> int:
        return sum(part.cell.n_state for part in self.parts)

    @property
    def widest(self) -> int:
        """Entries of the largest part, since the parts run one after the other."""
        return max(getattr(part.cell, "widest", part.cell.n_state) for part in self.parts)

    def split(self, H: Any) -> list[Any]:
        """The states of the parts, from (..., n_state)."""
        return [H[..., part.state] for part in self.parts]

    def join(self, states: Sequence[Any]) -> Any:
        """The inverse of `split`."""
        return anp.concatenate(states, axis=-1)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {
            f"{name}.{key}": shape for name, cell in self.named().items() for key, shape in cell.shapes().items()
        }

    @checked
    def init(self, rng: np.random.Generator) -> Params:
        """The parameters that each cell's `init` draws. To pass options to `init`, call it per cell, then `joined`."""
        return joined({name: cell.init(checks.generator("rng", rng)) for name, cell in self.named().items()})

    # --- upwards: a part's drive is known once the part below has its state ----------------------------------------

    def drive(self, params: Params, X: np.ndarray) -> np.ndarray:
        return anp.concatenate([self._drive(part, params, X) for part in self.parts], axis=-1)

    def _drive(self, part: Part, params: Params, X: np.ndarray) -> np.ndarray:
        if part.below is None:
            return part.cell.drive(part.own(params), X[..., part.inputs])
        return anp.zeros((*X.shape[:-1], part.drive.stop - part.drive.start), X.dtype)

    def _below(self, part: Part, states: list[Any]) -> Any:
        """The n_out entries of the part below, which this part reads."""
        return states[part.below][..., : self.parts[part.below].cell.n_out]  # type: ignore[index]

    def _upwards(self, params: Params, drive: Any, states: list[Any]) -> Iterator[tuple[int, Part, Params, Any]]:
        """(i, part, its parameters, its drive), the lowest first; by then the caller has set the state below it."""
        for i, part in [*enumerate(self.parts)][::-1]:
            own, a = part.own(params), drive[..., part.drive]
            if part.below is not None:
                a = part.cell.drive(own, self._below(part, states)) + a
            yield i, part, own, a

    def step(self, params: Params, h_prev: np.ndarray, drive: np.ndarray) -> np.ndarray:
        states = self.split(h_prev)
        for i, part, own, a in self._upwards(params, drive, states):
            states[i] = part.cell.step(own, states[i], a)
        return self.join(states)

    def scan(self, params: Params, drive: np.ndarray, h0: np.ndarray) -> np.ndarray:
        """Part by part, all steps of one before the next: each by its own scan or loop."""
        states: list[np.ndarray] = self.split(h0)
        for i, part, own, a in self._upwards(params, drive, states):
            H = np.empty((len(drive) + 1, *states[i].shape), drive.dtype)
            H[0] = states[i]
            run_forward(part.cell, own, a, H)
            states[i] = H[1:]
        return self.join(states)

    def linearize(self, params: Params, drive: np.ndarray, H_prev: np.ndarray, H: np.ndarray) -> Local:
        before, after = self.split(H_prev), self.split(H)
        local: list[list[np.ndarray]] = [[] for _ in self.parts]
        for i, part, own, a in self._upwards(params, drive, after):
            local[i] += part.cell.linearize(own, a, before[i], after[i])
            if part.below is not None:
                local[i].append(self._below(part, after))
        return [array for arrays in local for array in arrays]

    def jvp_step(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        return self._moved(params, local, self.split(V), None)

    def jvp_inputs(self, params: Params, local: Local, V: np.ndarray) -> np.ndarray:
        return self._moved(params, local, [None] * len(self.parts), V)

    def _moved(self, params: Params, local: Local, moves: list[Any], X: np.ndarray | None) -> np.ndarray:
        """The effect on the state of small changes of the states before and of the inputs; None stands for 0."""
        for i, part in [*enumerate(self.parts)][::-1]:
            own, here, terms = part.own(params), local[part.local], []
            if moves[i] is not None:
                terms.append(rule(part.cell, "jvp_step")(own, here, moves[i]))
            if part.below is not None:
                terms.append(rule(part.cell, "jvp_inputs")(own, here, self._below(part, moves)))
            elif X is not None:
                terms.append(rule(part.cell, "jvp_inputs")(own, here, X[..., part.inputs]))
            moves[i] = sum(terms)
        return self.join(moves)

    # --- downwards: a part's error is known once the part above has sent its own -----------------------------------

    def _downwards(self, params: Params, local: Local, deltas: list[Any], send: Callable) -> tuple[Any, np.ndarray]:
        """The carry and d of the whole, by send(i, params, local, δ) -> (carry, d) of part i, the highest first.
        Each part adds the error that it sends down to the `deltas` (from `split`) of the part below."""
        carries, D = [], []
        for i, part in enumerate(self.parts):
            own = part.own(params)
            carry, d = send(i, own, local[part.local], deltas[i])
            if part.below is not None:
                deltas[part.below] = added(deltas[part.below], part.cell.vjp_inputs(own, d))
            carries.append(carry)
            D.append(d)
        return self.join(carries), np.concatenate(D, axis=-1)

    def vjp_step(self, params: Params, local: Local, delta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self._downwards(
            params, local, self.split(delta), lambda i, *given: self.parts[i].cell.vjp_step(*given)
        )

    def scan_adjoints(
        self, params: Params, local: Local, dE: np.ndarray, carry: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Part by part, as `scan`."""
        before, D = self._downwards(params, local, self.split(dE), self._send(carry))
        return D, before

    def _send(self, carry: np.ndarray) -> Callable:
        carries = self.split(carry)

        def send(i: int, own: Params, local: Local, dE: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            part = self.parts[i]
            D, before = run_backward(part.cell, own, local, dE, carries[i], part.drive.stop - part.drive.start)
            return before, D

        return send

    # --- maps ------------------------------------------------------------------------------------------------------

    def vjp_params(self, params: Params, X: np.ndarray, H_prev: np.ndarray, local: Local, D: np.ndarray) -> Params:
        gradients, before = {}, self.split(H_prev)
        for i, part in enumerate(self.parts):
            given = part.own(params), part.read(X, local), before[i], local[part.local], D[..., part.drive]
            gradients[part.prefix[:-1]] = part.cell.vjp_params(*given)
        return joined(gradients)

    def vjp_inputs(self, params: Params, D: np.ndarray) -> np.ndarray:
        reading = [part for part in self.parts if part.below is None]
        return np.concatenate([p.cell.vjp_inputs(p.own(params), D[..., p.drive]) for p in reading], axis=-1)

    def saturated(self, H: np.ndarray) -> np.ndarray:
        """Of all cells, in the order of the state."""
        states = zip(self.parts, self.split(H), strict=True)
        return np.concatenate([rule(part.cell, "saturated")(h) for part, h in states], axis=-1)

    def layers(
        self, params: Params, X: np.ndarray, H: np.ndarray, dE: np.ndarray
    ) -> list[tuple[str, Any, Params, np.ndarray, np.ndarray, np.ndarray]]:
        """Each cell by itself, the lowest first, as if it were the whole network: its name, the cell, its parameters,
        the inputs (T, B, m) that it reads, its states (T+1, B, n_state), and ∂E/∂h_t (T, B, n_state) through the layers
        above and the loss. A composed cell within is taken apart too.

        X (T, B, m), H (T+1, B, n_state) from `unroll`, dE (T, B, n_state) as `backward` takes them.
        """
        with overflow_allowed():
            local, deltas = self.linearize(params, self.drive(params, X), H[:-1], H[1:]), self.split(dE)
            self._downwards(params, local, deltas, self._send(np.zeros_like(H[0])))
        found = []
        for part, states, delta in zip(self.parts, self.split(H), deltas, strict=True):
            name, given = part.prefix[:-1], (part.own(params), part.read(X, local), states, delta)
            within = part.cell.layers(*given) if isinstance(part.cell, Composed) else [("", part.cell, *given)]
            found.append([(f"{name}.{inner}".rstrip("."), *rest) for inner, *rest in within])
        return [layer for layers in (found[::-1] if self.chained else found) for layer in layers]


def rule(cell: Any, method: str) -> Callable:
    """The cell's own method, or the default of `Sized` if it has none."""
    return getattr(cell, method, partial(getattr(Sized, method), cell))
