"""Blocks of steps, and what is not kept or computed for them: the gradient is the same, and memory stays small."""

import os
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

from minirnn import LRU, LSTM, VanillaRNN, bptt
from minirnn.gradients import backpropagation
from minirnn.learning import losses
from tests.helpers import all_cells, distance, random_case


@all_cells
@pytest.mark.parametrize("reading", [losses.at_end, losses.at_every_step], ids=lambda f: f.__name__)
def test_the_length_of_a_block_changes_no_gradient(cell, reading, monkeypatch):
    """Of 13 steps in blocks of four the last block is cut, and all but one have no error at the end."""
    case = random_case(np.random.default_rng(0), cell, 13, 3, reading, losses.squared_error)
    params, X, h0, loss = case
    E, whole = bptt(cell, params, X, loss, h0)
    monkeypatch.setattr(backpropagation, "BLOCK", 1)
    E_blocks, by_blocks = bptt(cell, params, X, loss, h0)
    assert E_blocks == pytest.approx(E, rel=1e-13)
    assert distance(by_blocks, whole) < 1e-12


@pytest.mark.parametrize("cell", [VanillaRNN(1, 64), LSTM(1, 32), LRU(1, 32)], ids=repr)
@pytest.mark.slow
def test_a_loss_of_the_last_state_needs_little_more_memory_than_the_states(cell):
    rng, (T, B) = np.random.default_rng(0), (4000, 8)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    X, loss = rng.standard_normal((T, B, 1)), losses.at_end(losses.squared_error, np.ones((B, 1)))
    tracemalloc.start()
    bptt(cell, params, X, loss)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.5 * (T + 1) * B * cell.n_state * 8


def test_a_gradient_that_has_vanished_is_zero_and_no_subnormal_number(monkeypatch):
    """Subnormal numbers stay where a forget gate is above ½, and with them a pass took up to six times as long."""
    monkeypatch.setattr(backpropagation, "BLOCK", 1024)
    rng, (T, B), cell = np.random.default_rng(0), (600, 8), LSTM(2, 8)
    params = {key: p.astype(np.float32) for key, p in cell.init(rng).items()}
    X, dE = rng.standard_normal((T, B, 2)).astype(np.float32), np.ones((1, B, cell.n_state), np.float32)
    H = backpropagation.forward_scan(cell, params, X, None)
    gradient, carry = backpropagation.gradient_and_carry(cell, params, X, H, dE, np.zeros_like(H[0]))
    zeros = carry == 0
    assert zeros.any()
    assert (abs(carry[~zeros]) >= np.finfo(np.float32).tiny).all()
    params, X, H, dE = {key: p.astype(float) for key, p in params.items()}, *(a.astype(float) for a in (X, H, dE))
    exact, far = backpropagation.gradient_and_carry(cell, params, X, H, dE, np.zeros_like(H[0]))
    assert (abs(far[zeros]) < 1e-30).all()
    assert distance(gradient, exact) < 1e-4


def test_a_linearization_of_its_own_is_given_the_drive():
    class Leaning(VanillaRNN):
        """`VanillaRNN`, whose slope is taken from the pre-activation."""

        def linearize(self, params, drive, H_prev, H):
            return (1 / np.cosh(H_prev @ params["W"].T + drive) ** 2,)

    assert (VanillaRNN.reads_drive, Leaning.reads_drive) == (False, True)
    params, X, h0, loss = random_case(
        np.random.default_rng(0), Leaning(2, 3), 7, 3, losses.at_end, losses.squared_error
    )
    own, plain = (bptt(cell, params, X, loss, h0)[1] for cell in (Leaning(2, 3), VanillaRNN(2, 3)))
    assert distance(own, plain) < 1e-12


FAULTS = """
import resource
import numpy as np
from minirnn import LRU, bptt
from minirnn.learning import losses
rng, cell = np.random.default_rng(0), LRU(1, 128)
params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
X, loss = rng.standard_normal((100, 100, 1)), losses.at_end(losses.squared_error, np.ones((100, 1)))

def faults_of_a_pass():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    bptt(cell, params, X, loss)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

faults_of_a_pass()
print(min(faults_of_a_pass() for _ in range(5)))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="about the C library of Linux")
@pytest.mark.slow
def test_blocks_take_no_new_memory_from_the_system():
    """A later pass faults on no page; of the 1400 for its blocks and states it would do so, each time.

    The fewest of five passes counts, since Python's own objects take a hundred pages now and then.
    """
    own = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    done = subprocess.run([sys.executable, "-c", FAULTS], env=own, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 100
