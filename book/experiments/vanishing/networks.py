"""The networks of Pascanu, Mikolov and Bengio (2013), their settings, and when temporal order counts as solved."""

from collections.abc import Callable
from functools import partial

import numpy as np

from minirnn import VanillaRNN
from minirnn.core import initializers
from minirnn.core.params import Params
from minirnn.learning import losses, tasks
from minirnn.learning.training import Run, accuracy

N, BATCH, ALPHA, CLIP, LR = 50, 20, 4.0, 1.0, 0.1
INITS = {  # activation, recurrent weights, and the standard deviation of the other weights
    "basic tanh": ("tanh", partial(initializers.gaussian, std=0.1), 0.1),
    "smart tanh": ("tanh", partial(initializers.sparse, radius=0.95, nonzeros=15), 0.01),
    "sigmoid": ("sigmoid", partial(initializers.gaussian, std=0.01), 0.01),
}


def network(init: str, rng: np.random.Generator, m: int = 6, outputs: int = 4) -> tuple[VanillaRNN, Params]:
    activation, recurrent, std = INITS[init]
    cell, small = VanillaRNN(m=m, n=N, activation=activation), partial(initializers.gaussian, std=std)
    return cell, cell.init(rng, recurrent, small) | losses.init_readout(rng, cell, outputs, weights=small)


def error(cell: VanillaRNN, params: Params, rng: np.random.Generator, L: int, count: int) -> float:
    """Share of wrong answers on `count` fresh sequences, a thousand at a time."""
    shares = [accuracy(cell, params, *tasks.temporal_order(rng, 1000, L)) for _ in range(count // 1000)]
    return 1 - float(np.mean(shares))


def solved(cell: VanillaRNN, test: np.random.Generator, L: int) -> Callable[[Run], bool]:
    """A rule for `train`: below 1 % of errors on 1000 sequences and then on 10 000, asked where it may be so."""

    def stop(run: Run) -> bool:
        if run.updates % 200 or np.mean(run.history["loss"][-50:]) > 0.2:
            return False
        return all(error(cell, run.params, test, L, count) < 0.01 for count in (1000, 10_000))

    return stop
