"""Readable, fast recurrent networks in NumPy: the library of the book *Gradients Through Time*.

The names a reader meets first; everything else is in the modules. Nothing that draws is imported here.
"""

from minirnn.bptt import backward, bptt, temporal_terms, truncated_bptt, unroll
from minirnn.cells import IndRNN, VanillaRNN
from minirnn.gated import GRU, LSTM, MinGRU
from minirnn.linear import LRU, DiagonalRNN, LinearRNN

CELLS = (VanillaRNN, IndRNN, LSTM, GRU, MinGRU, LinearRNN, DiagonalRNN, LRU)

__all__ = [
    "CELLS",
    "GRU",
    "LRU",
    "LSTM",
    "DiagonalRNN",
    "IndRNN",
    "LinearRNN",
    "MinGRU",
    "VanillaRNN",
    "backward",
    "bptt",
    "temporal_terms",
    "truncated_bptt",
    "unroll",
]
