"""Messages of 5 to 40 steps are sorted by their most frequent symbol. The loss falls, and stops halfway."""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from minirnn.diagnosis import watch

LONGEST, KINDS, UPDATES = 40, 4, 200


class Sorter(nn.Module):
    def __init__(self, last="padded"):
        super().__init__()
        self.lstm = nn.LSTM(KINDS, 32, num_layers=2, batch_first=True)
        self.readout = nn.Linear(32, KINDS)
        self.last = last

    def forward(self, x, lengths):
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        if self.last == "padded":
            return self.readout(states[:, -1])
        return self.readout(states[torch.arange(len(x)), lengths - 1])


def batch(generator, size=32):
    """Symbols (B, T, 4), their lengths, and the most frequent symbol; half of the messages are cut at the longest."""
    lengths = torch.randint(5, 2 * LONGEST, (size,), generator=generator).clamp(max=LONGEST)
    kind = torch.randint(KINDS, (size,), generator=generator)
    symbols = torch.randint(KINDS, (size, LONGEST), generator=generator)
    often = torch.rand(size, LONGEST, generator=generator) < 0.4
    return nn.functional.one_hot(torch.where(often, kind[:, None], symbols), KINDS).float(), lengths, kind


def train(seed, last="padded", updates=UPDATES):
    torch.manual_seed(seed)
    generator, model = torch.Generator().manual_seed(seed), Sorter(last)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    with watch(model, halt=False) as watcher:
        for _ in range(updates):
            x, lengths, kind = batch(generator)
            loss = nn.functional.cross_entropy(model(x, lengths), kind)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            watcher.update(loss)
    return model, watcher
