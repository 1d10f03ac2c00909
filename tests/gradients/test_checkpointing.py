"""Checkpointing over time: the gradient of plain backpropagation, in the memory of a few states."""

import tracemalloc

import numpy as np
import pytest

from minirnn import VanillaRNN, bptt
from minirnn.gradients.checkpointing import checkpointed_bptt
from minirnn.gradients.referee import autograd_gradient
from minirnn.learning import losses
from tests.helpers import all_cells, distance, random_case, refused


@all_cells
@pytest.mark.parametrize("T", [1, 2, 9, 20])
def test_it_is_plain_backpropagation(cell, T):
    params, X, h0, loss = random_case(np.random.default_rng(0), cell, T, 3, losses.at_end, losses.squared_error)
    E, gradient = bptt(cell, params, X, loss, h0)
    for segment in (None, 1, 3, T, T + 5):
        again = checkpointed_bptt(cell, params, X, loss, h0, segment)
        assert again[0] == pytest.approx(E, rel=1e-13)
        assert distance(again[1], gradient) < 1e-12
    assert (
        distance(checkpointed_bptt(cell, params, X, loss, h0)[1], autograd_gradient(cell, params, X, loss, h0)[1])
        < 1e-10
    )
    assert distance(checkpointed_bptt(cell, params, X, loss)[1], bptt(cell, params, X, loss)[1]) < 1e-12


def peak(f, *args):
    """Bytes that f had at most, beyond what was there before."""
    tracemalloc.start()
    f(*args)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


@pytest.mark.slow
def test_memory_is_that_of_the_kept_states():
    rng, cell, T, B = np.random.default_rng(0), VanillaRNN(m=1, n=16), 4096, 32
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    case = cell, params, rng.standard_normal((T, B, 1)), losses.at_end(losses.squared_error, np.ones((B, 1)))
    states = 8 * T * B * 16
    assert peak(bptt, *case) < 2.2 * states  # the states, and ∂E/∂h of the loss
    assert peak(checkpointed_bptt, *case) < 0.2 * states


@pytest.mark.parametrize("segment", [0, -1, 1.5, True])
def test_a_bad_segment_is_refused(segment):
    params, X, _, loss = random_case(
        np.random.default_rng(0), VanillaRNN(2, 3), 5, 2, losses.at_end, losses.squared_error
    )
    with pytest.raises((TypeError, ValueError), match="segment must be an integer"):
        checkpointed_bptt(VanillaRNN(2, 3), params, X, loss, segment=segment)


def test_a_loss_that_reads_all_states_is_refused():
    case = random_case(np.random.default_rng(0), VanillaRNN(2, 3), 5, 2, losses.at_every_step, losses.squared_error)
    params, X, _, loss = case
    with refused(TypeError, "loss must be made by at_end", "AtEveryStep"):
        checkpointed_bptt(VanillaRNN(2, 3), params, X, loss)
