"""Which of three speeds does a motor have? Windows of two sensors are standardised. Soon the loss is nan."""

import math

import torch
from torch import nn

from minirnn.diagnosis import watch

STEPS, UPDATES = 40, 200
PERIODS = torch.tensor([4.0, 7.0, 12.0])


class Speed(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(2, 24, num_layers=2, batch_first=True)
        self.readout = nn.Linear(24, len(PERIODS))

    def forward(self, x):
        states, _ = self.lstm(x)
        return self.readout(states[:, -1])


def batch(generator, size=32, least=0.0):
    """Windows (B, T, 2), each sensor over its own deviation, and classes; one window in 500 has a dead sensor."""
    speed = torch.randint(len(PERIODS), (size,), generator=generator)
    phase, volume, dead = torch.rand(3, size, 1, 2, generator=generator)
    t = torch.arange(STEPS)[:, None] / PERIODS[speed, None, None]
    x = 5 * volume * torch.sin(2 * math.pi * (t + phase)) + 0.1 * torch.randn(size, STEPS, 2, generator=generator)
    x = torch.where(dead < 0.001, 0.0, x)
    return (x - x.mean(1, keepdim=True)) / x.std(1, keepdim=True).clamp(min=least), speed


def train(seed, least=0.0, clip=None, updates=UPDATES):
    torch.manual_seed(seed)
    generator, model = torch.Generator().manual_seed(seed), Speed()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    with watch(model, halt=False) as watcher:
        for _ in range(updates):
            x, speed = batch(generator, least=least)
            loss = nn.functional.cross_entropy(model(x), speed)
            optimizer.zero_grad()
            loss.backward()
            if clip:
                nn.utils.clip_grad_norm_(model.parameters(), clip)
            optimizer.step()
            watcher.update(loss)
    return model, watcher
