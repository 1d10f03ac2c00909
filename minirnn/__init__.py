"""Readable, fast recurrent networks in NumPy: the library of the book *Gradients Through Time*.

The names a reader meets first; everything else is in the modules. Nothing that draws is imported here.
"""

from minirnn.bptt import backward, bptt, temporal_terms, truncated_bptt, unroll
from minirnn.cells import IndRNN, VanillaRNN
from minirnn.gated import GRU, LSTM, MinGRU, ResetFirstGRU
from minirnn.linear import LRU, BlockRNN, DiagonalRNN, LinearRNN, NormalizedRNN
from minirnn.stable import ChaosFreeRNN

__version__ = "0.1.0"

CELLS = (
    *(VanillaRNN, IndRNN, LSTM, GRU, ResetFirstGRU, MinGRU, ChaosFreeRNN),
    *(LinearRNN, BlockRNN, DiagonalRNN, NormalizedRNN, LRU),
)

__all__ = [
    "CELLS",
    "GRU",
    "LRU",
    "LSTM",
    "BlockRNN",
    "ChaosFreeRNN",
    "DiagonalRNN",
    "IndRNN",
    "LinearRNN",
    "MinGRU",
    "NormalizedRNN",
    "ResetFirstGRU",
    "VanillaRNN",
    "backward",
    "bptt",
    "temporal_terms",
    "truncated_bptt",
    "unroll",
]
