"""What `make bench` times is the same work: every library gives the gradient of ours."""

import numpy as np
import pytest

from minirnn import GRU, LRU, LSTM, VanillaRNN
from tests.benchmarks.peers import PEERS
from tests.helpers import distance, random_params

# JAX's import and its compiler warn of what is no concern here
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("make", [VanillaRNN, LSTM, GRU, LRU])
@pytest.mark.parametrize(("peer", "needs"), [("PyTorch", "torch"), ("JAX", "jax"), ("autograd", "autograd")])
def test_the_same_work(peer, needs, make, dtype):
    pytest.importorskip(needs)
    rng, cell = np.random.default_rng(0), make(m=2, n=3)
    params = random_params(rng, cell, outputs=2, dtype=dtype)
    case = cell, params, rng.standard_normal((7, 4, 2)).astype(dtype), rng.standard_normal((4, 2)).astype(dtype)
    (E, ours), (E_peer, theirs) = (PEERS[name](*case)() for name in ("minirnn", peer))
    tol = 1e-12 if dtype == np.float64 else 1e-4
    assert E_peer == pytest.approx(E, rel=tol)
    assert distance({key: theirs[key] for key in ours}, ours) < tol
    assert {value.dtype for value in theirs.values()} == {np.dtype(dtype)}


@pytest.mark.parametrize("make", [VanillaRNN, LSTM, GRU])
def test_the_products_have_the_right_shapes(make):
    cell, rng = make(m=2, n=3), np.random.default_rng(0)
    params = cell.init(rng)
    W, U = PEERS["matrix products"](cell, params, rng.standard_normal((5, 4, 2)), None)()
    assert (W.shape, U.shape) == (params["W"].shape, params["U"].shape)
