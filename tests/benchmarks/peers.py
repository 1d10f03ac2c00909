"""The same work by other libraries: E = ½‖V h_T + c - target‖² and its gradient in all parameters.

Each `prepare_…` takes a cell, our parameters, X and the target, and returns a function without arguments that does the
work once and returns our kind of answer, (E, gradients), as arrays of NumPy. What is not work (copies of parameters,
compiling) is done before, so that the functions can be timed.
"""

import numpy as np

from minirnn import GRU, LRU, LSTM, VanillaRNN, bptt
from minirnn.gradients.backpropagation import blocks
from minirnn.gradients.referee import autograd_gradient
from minirnn.learning import losses


def prepare_minirnn(cell, params, X, target):
    loss = losses.at_end(losses.squared_error, target)
    return lambda: bptt(cell, params, X, loss)


def prepare_autograd(cell, params, X, target):
    loss = losses.at_end(losses.squared_error, target)
    return lambda: autograd_gradient(cell, params, X, loss)


def prepare_products(cell, params, X, target):
    """The matrix products that no implementation can avoid, and nothing else; None where there are none.

    They are made a block of steps at a time, in arrays that are there already: those of a whole sequence, of 784 steps
    and 100 sequences, made the products of an LSTM take up to twice as long, for memory's sake alone.
    """
    if isinstance(cell, LRU):
        return None
    if (
        X.shape[-1] == 1
    ):  # NumPy makes a product with one column in a slow loop of its own: with a second, BLAS does
        X, params = np.pad(X, [(0, 0), (0, 0), (0, 1)]), params | {"U": np.pad(params["U"], [(0, 0), (0, 1)])}
    W, U, (T, B, _) = params["W"], params["U"], X.shape
    WT, UT = np.ascontiguousarray(W.T), np.ascontiguousarray(U.T)
    steps = blocks(T, B * cell.n_state)
    S = steps[0].stop
    h, d, drive = (np.ones((S, B, k), X.dtype) for k in (cell.n, len(W), len(W)))
    forward, back, dW, dU = np.empty((B, len(W)), X.dtype), np.empty((B, cell.n), X.dtype), 0 * W, 0 * U

    def flat(a):
        return a.reshape(-1, a.shape[-1])

    def work():
        dW[...], dU[...] = 0.0, 0.0
        for block in steps:
            x, n = X[block], block.stop - block.start
            np.matmul(flat(x), UT, out=flat(drive[:n]))
            for h_t in h[:n]:
                np.matmul(h_t, WT, out=forward)
            for d_t in d[:n]:
                np.matmul(d_t, W, out=back)
            np.add(dW, flat(d[:n]).T @ flat(h[:n]), out=dW)
            np.add(dU, flat(d[:n]).T @ flat(x), out=dU)
        return dW, dU

    return work


def prepare_torch(cell, params, X, target):
    import torch

    if isinstance(cell, LRU):
        return _torch_lru(cell, params, X, target)
    make = {VanillaRNN: torch.nn.RNN, LSTM: torch.nn.LSTM, GRU: torch.nn.GRU}[type(cell)]
    dtype = torch.from_numpy(X).dtype
    net, out = make(cell.m, cell.n).to(dtype), torch.nn.Linear(cell.n, len(params["V"])).to(dtype)
    second = np.zeros_like(params["b"])  # PyTorch has two biases, of which the GRU needs both
    if "c" in params:
        second[2 * cell.n :] = params["c"]
    with torch.no_grad():
        for weight, value in (
            (net.weight_hh_l0, params["W"]),
            (net.weight_ih_l0, params["U"]),
            (net.bias_ih_l0, params["b"]),
            (net.bias_hh_l0, second),
            (out.weight, params["V"]),
            (out.bias, params["c_out"]),
        ):
            weight.copy_(torch.from_numpy(value))
    x, y, leaves = torch.from_numpy(X), torch.from_numpy(target), [*net.parameters(), *out.parameters()]

    def work():
        states, _ = net(x)
        E = 0.5 * ((out(states[-1]) - y) ** 2).sum() / len(y)
        U, W, b, b2, V, c_out = (g.numpy() for g in torch.autograd.grad(E, leaves))
        gradient = {"W": W, "U": U, "b": b, "V": V, "c_out": c_out}
        return E.item(), gradient | ({"c": b2[2 * cell.n :]} if "c" in params else {})

    return work


def _torch_lru(cell, params, X, target):
    """A loop over steps on complex states, as one would write it."""
    import torch

    p = {key: torch.from_numpy(value).requires_grad_() for key, value in params.items()}
    x, y = torch.from_numpy(X), torch.from_numpy(target)

    def work():
        lam = torch.exp(torch.complex(-torch.exp(p["nu_log"]), torch.exp(p["theta_log"])))
        B = torch.complex(p["B_re"], p["B_im"]) * torch.exp(p["gamma_log"])[:, None]
        drive, h = x.to(B.dtype) @ B.T, torch.zeros(x.shape[1], cell.n, dtype=B.dtype)
        for u in drive.unbind():  # drive[t] would make a gradient of the whole sequence at every step
            h = lam * h + u
        output = torch.view_as_real(h).flatten(-2) @ p["V"].T + p["c_out"]
        E = 0.5 * ((output - y) ** 2).sum() / len(y)
        gradients = torch.autograd.grad(E, list(p.values()))
        return E.item(), {key: g.numpy() for key, g in zip(p, gradients, strict=True)}

    return work


def prepare_jax(cell, params, X, target):
    """Compiled: `lax.scan` over our own step, written in jax.numpy; `associative_scan` for the LRU."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    n = cell.n

    def vanilla(p, h, u):
        return jnp.tanh(h @ p["W"].T + u)

    def lstm(p, state, u):
        i, f, g, o = jnp.split(state[:, :n] @ p["W"].T + u, 4, axis=-1)
        c = jax.nn.sigmoid(f) * state[:, n:] + jax.nn.sigmoid(i) * jnp.tanh(g)
        return jnp.concatenate([jax.nn.sigmoid(o) * jnp.tanh(c), c], axis=-1)

    def gru(p, h, u):
        a = h @ p["W"].T
        r, z = jnp.split(jax.nn.sigmoid(a[:, : 2 * n] + u[:, : 2 * n]), 2, axis=-1)
        s = jnp.tanh(u[:, 2 * n :] + r * (a[:, 2 * n :] + p["c"]))
        return s + z * (h - s)

    def last(p, x):
        if isinstance(cell, LRU):
            lam = jnp.exp(-jnp.exp(p["nu_log"]) + 1j * jnp.exp(p["theta_log"]))
            b = x @ ((p["B_re"] + 1j * p["B_im"]) * jnp.exp(p["gamma_log"])[:, None]).T
            a = jnp.broadcast_to(lam, b.shape)

            def join(one, two):
                return two[0] * one[0], two[0] * one[1] + two[1]

            h = jax.lax.associative_scan(join, (a, b))[1][-1]
            return jnp.stack([h.real, h.imag], axis=-1).reshape(len(h), -1)
        step = {VanillaRNN: vanilla, LSTM: lstm, GRU: gru}[type(cell)]
        h0 = jnp.zeros((x.shape[1], cell.n_state), x.dtype)
        h, _ = jax.lax.scan(lambda h, u: (step(p, h, u), None), h0, x @ p["U"].T + p["b"])
        return h[:, : cell.n_out]

    def energy(p, x, y):
        return 0.5 * ((last(p, x) @ p["V"].T + p["c_out"] - y) ** 2).sum() / len(y)

    compiled = jax.jit(jax.value_and_grad(energy))
    p, x, y = jax.tree.map(jnp.asarray, (params, X, target))

    def work():
        E, gradient = jax.block_until_ready(compiled(p, x, y))
        return float(E), {key: np.asarray(g) for key, g in gradient.items()}

    return work


PEERS = {
    "minirnn": prepare_minirnn,
    "PyTorch": prepare_torch,
    "JAX": prepare_jax,
    "autograd": prepare_autograd,
    "matrix products": prepare_products,
}
