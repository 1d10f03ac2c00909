"""A flag at the first of 200 steps decides the class. An LSTM with PyTorch's biases does not learn it."""

import math

import torch
from torch import nn

from minirnn.diagnosis import watch

STEPS, UPDATES = 200, 200


class Flag(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(2, 16, num_layers=2, batch_first=True)
        self.readout = nn.Linear(16, 2)

    def forward(self, x):
        states, _ = self.lstm(x)
        return self.readout(states[:, -1])


def batch(generator, size=32):
    """Sequences (B, T, 2) of noise, and a flag that is +1 or -1 at the first step and 0 afterwards; the class."""
    flag = torch.randint(2, (size,), generator=generator)
    x = torch.zeros(size, STEPS, 2)
    x[..., 0] = 0.1 * torch.randn(size, STEPS, generator=generator)
    x[:, 0, 1] = 2.0 * flag - 1
    return x, flag


@torch.no_grad()
def remember(lstm, steps):
    """Forget biases of ln T in the first layer, all others 0. PyTorch has two biases for a gate, and adds them."""
    n = lstm.hidden_size
    for name, bias in lstm.named_parameters():
        if name.startswith("bias"):
            bias.zero_()
        if name == "bias_ih_l0":
            bias[n : 2 * n] = math.log(steps)


def train(seed, remembers=False, updates=UPDATES, rate=2e-3):
    torch.manual_seed(seed)
    generator, model = torch.Generator().manual_seed(seed), Flag()
    if remembers:
        remember(model.lstm, STEPS)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    with watch(model, halt=False) as watcher:
        for _ in range(updates):
            x, flag = batch(generator)
            loss = nn.functional.cross_entropy(model(x), flag)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            watcher.update(loss)
    return model, watcher
