"""Readable, fast recurrent networks in NumPy: the library of the book *Gradients Through Time*.

The names a reader meets first; everything else is in the modules. Nothing that draws is imported here.
"""

from minirnn.bptt import backward, bptt, temporal_terms, truncated_bptt, unroll
from minirnn.cells import IndRNN, VanillaRNN
from minirnn.gated import GRU, LSTM, MinGRU, ResetFirstGRU
from minirnn.linear import LRU, DiagonalRNN, LinearRNN
from minirnn.stable import ChaosFreeRNN

CELLS = (VanillaRNN, IndRNN, LSTM, GRU, ResetFirstGRU, MinGRU, ChaosFreeRNN, LinearRNN, DiagonalRNN, LRU)

__all__ = [
    "CELLS",
    "GRU",
    "LRU",
    "LSTM",
    "ChaosFreeRNN",
    "DiagonalRNN",
    "IndRNN",
    "LinearRNN",
    "MinGRU",
    "ResetFirstGRU",
    "VanillaRNN",
    "backward",
    "bptt",
    "temporal_terms",
    "truncated_bptt",
    "unroll",
]
