"""Sine waves from a constant input: can a contractive LSTM draw them, and when does a free one begin to oscillate?

Input ω at every step, target sin(ωt), 8 frequencies from π/16 to π/8, 64 steps, 20 hidden units, 1000 updates of Adam
at 3e-3, clip 0.25, 5 seeds. In ribeiro2020: 200 units, 100 frequencies, 400 steps, Adam at 1e-3. At checkpoints the
network runs on for 1500 steps with its input kept: we record the amplitude of its output after 1000 of them (half of
maximum minus minimum), and λ₁ over the last 500. The contractive LSTM is projected after every update
(`contraction.contractive_lstm`).
"""

import itertools
from typing import Any

import numpy as np

from experiments.experiment import Claim, Experiment, Pair, Saved, Verdict, verdict
from experiments.intervals import above, of_shares
from experiments.record import by, rounded
from minirnn import LSTM, unroll
from minirnn.core.params import Params
from minirnn.dynamics.exponents import network, spectrum
from minirnn.dynamics.orbits import orbit
from minirnn.learning import losses, optimizers
from minirnn.learning.contraction import contractive_lstm, projected
from minirnn.learning.losses import readout
from minirnn.learning.training import train

UNITS, T, LR, CLIP, SEEDS = 20, 64, 3e-3, 0.25, range(5)
CHECKPOINTS = [0, *range(5, 101, 5), 150, 200, 300, 500, 750, 1000]
OMEGA = np.linspace(np.pi / 16, np.pi / 8, 8)
CELL = LSTM(m=1, n=UNITS)
X = np.broadcast_to(OMEGA[:, None], (T, 8, 1)).copy()
TARGET = np.sin(OMEGA * np.arange(1, T + 1)[:, None])[..., None]
KEEP = 0.64


def project(params: Params) -> Params:
    return contractive_lstm(params, KEEP, largest_input=float(OMEGA.max()))


def long_run(params: Params, steps: int = 1500, last: int = 500) -> tuple[np.ndarray, np.ndarray]:
    """Amplitude of the outputs (8,) over the last steps, and λ₁ (8,), with each ω kept as input."""
    system = network(CELL, [params] * 8, np.broadcast_to(OMEGA[:, None], (steps, 8, 1)).copy())
    h0 = np.zeros((8, CELL.n_state))
    Y = readout(params, orbit(system, h0, steps, steps - last))[..., 0]
    return 0.5 * np.ptp(Y, axis=0), spectrum(system, h0, steps, 1, steps - last).exponents[:, 0]


def run(kind: str, seed: int, checkpoints: list[int] = CHECKPOINTS) -> dict[str, Any]:
    """Loss over updates, and amplitude and λ₁ for each ω at every checkpoint."""
    rng = np.random.default_rng(seed)
    params = CELL.init(rng) | losses.init_readout(rng, CELL, outputs=1)
    optimizer, history, track = optimizers.adam(LR), [], []
    if kind == "contractive":
        params, optimizer = project(params), projected(optimizer, project)
    state = optimizer.init(params)
    track.append(long_run(params))

    def loss(target: np.ndarray) -> losses.Loss:
        return losses.at_every_step(losses.squared_error, target)

    keep = {"state": state}
    resumed = optimizers.Optimizer(lambda _: keep["state"], optimizer.update)
    for before, after in itertools.pairwise(checkpoints):
        part = train(
            CELL, params, lambda rng: (X, TARGET), loss, resumed, after - before, rng, clip=CLIP, progress=False
        )
        params, keep["state"] = part.params, part.state.optimizer
        history += part.history["loss"]
        track.append(long_run(params))
    on = np.broadcast_to(OMEGA[:, None], (3 * T, 8, 1)).copy()
    wave = readout(params, unroll(CELL, params, on)[1:])[:, 4, 0] if seed == 0 else []
    return {
        "loss": rounded(history[::5], 3),
        "wave": rounded(wave, 3),
        "amplitude": rounded([a for a, _ in track], 3),
        "exponent": rounded([e for _, e in track], 3),
    }


KINDS = ("free", "contractive")


def again(saved: Saved) -> Pair:
    """The beginning of the first contractive run."""
    now, was = run("contractive", 0, CHECKPOINTS[:3]), saved(kind="contractive", seed=0)
    return [now["loss"], now["exponent"]], [was["loss"][:2], was["exponent"][:3]]


def contractive_does_not_oscillate(r: dict[str, Any]) -> Verdict:
    sizes = [np.array([np.mean(run["amplitude"][-1]) for run in r[kind]]) for kind in KINDS]
    free, contractive = ((int((size > 0.5).sum()), len(size)) for size in sizes)
    ours = (
        f"half the amplitude or more: free {free[0]} of {free[1]}, contractive {contractive[0]} of {contractive[1]}, "
        f"whose largest is {sizes[1].max():.3f}"
    )
    return verdict(ours, above(of_shares(free, contractive)))


EXPERIMENT = Experiment(
    name="sine_waves",
    run=run,
    grid={"kind": KINDS, "seed": SEEDS},
    settings=dict(units=UNITS, T=T, checkpoints=CHECKPOINTS, lr=LR, clip=CLIP, keep=KEEP, seeds=list(SEEDS)),
    results=lambda runs: by(KINDS, runs),
    rows=lambda results: [run for kind in KINDS for run in results[kind]],
    again=again,
    claims=[
        Claim(
            paper="ribeiro2020",
            page="chaos",
            text="Contractive models cannot make a sine",
            theirs="200 units, 400 steps",
            deviation="20 units, 64 steps, 5 seeds",
            judge=contractive_does_not_oscillate,
        )
    ],
)
