"""A clip of 1e-3 came with a script from elsewhere. The loss falls, so slowly that one takes it for converged."""

import torch
from torch import nn

from minirnn.diagnosis import watch

STEPS, CLIP, UPDATES = 40, 1e-3, 200


class Forecast(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(1, 32, num_layers=2, batch_first=True)
        self.readout = nn.Linear(32, 1)

    def forward(self, x):
        states, _ = self.lstm(x)
        return self.readout(states)


def batch(generator, size=32):
    """Sines (B, T, 1) of any frequency and phase, and the same one step later."""
    frequency, phase = (
        0.2 + 0.8 * torch.rand(size, 1, generator=generator),
        6.28 * torch.rand(size, 1, generator=generator),
    )
    x = 1.4 * torch.sin(frequency * torch.arange(STEPS + 1) + phase)[..., None]
    return x[:, :-1], x[:, 1:]


def train(seed, clip=CLIP, rate=0.1, updates=UPDATES):
    torch.manual_seed(seed)
    generator, model = torch.Generator().manual_seed(seed), Forecast()
    optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9)
    with watch(model) as watcher:
        for _ in range(updates):
            x, target = batch(generator)
            loss = nn.functional.mse_loss(model(x), target)
            optimizer.zero_grad()
            loss.backward()
            norm = nn.utils.clip_grad_norm_(model.parameters(), clip)
            optimizer.step()
            watcher.update(loss, float(norm))
    return model, watcher
