"""Which of four regimes does a boiler run in? Temperatures of 200 ± 3 degrees; the loss stays at ln 4 = 1.386."""

import math

import torch
from torch import nn

from minirnn.diagnosis import watch

STEPS, CLASSES, UPDATES = 60, 4, 200


class Regime(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(2, 32, num_layers=2, batch_first=True)
        self.readout = nn.Linear(32, CLASSES)

    def forward(self, x):
        states, _ = self.lstm(x)
        return self.readout(states.mean(1))


def batch(generator, size=32):
    """Temperatures (B, T, 2) that swing with one of four periods, each with a phase of its own, and noise."""
    regime = torch.randint(CLASSES, (size,), generator=generator)
    phase = 2 * math.pi * torch.rand(size, 1, 2, generator=generator)
    t, period = torch.arange(STEPS)[:, None], torch.tensor([4.0, 6.0, 10.0, 20.0])[regime, None, None]
    noise = torch.randn(size, STEPS, 2, generator=generator)
    return 200 + 4 * torch.sin(2 * math.pi * t / period + phase) + noise, regime


def train(seed, scaled=False, updates=UPDATES):
    torch.manual_seed(seed)
    generator, model = torch.Generator().manual_seed(seed), Regime()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    with watch(model, halt=False) as watcher:
        for _ in range(updates):
            x, regime = batch(generator)
            if scaled:
                x = (x - 200) / 3
            loss = nn.functional.cross_entropy(model(x), regime)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            watcher.update(loss)
    return model, watcher
