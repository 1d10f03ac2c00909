"""Recurrent cells: the contract that backpropagation through time asks of them, and the cells: plain, gated,
linear in their state, stable by their form, and able to count.
"""

from minirnn.cells import contract
from minirnn.cells.contract import Cell
from minirnn.cells.elementwise import MinGRU
from minirnn.cells.gated import GRU, LSTM, ResetFirstGRU
from minirnn.cells.linear import LRU, BlockRNN, DiagonalRNN, NormalizedRNN
from minirnn.cells.plain import IndRNN, LinearRNN, VanillaRNN
from minirnn.cells.stable import ChaosFreeRNN
from minirnn.cells.tracking import RotationRNN, SignedMinGRU

CELLS = (
    *(VanillaRNN, IndRNN, LSTM, GRU, ResetFirstGRU, MinGRU, ChaosFreeRNN),
    *(LinearRNN, BlockRNN, DiagonalRNN, NormalizedRNN, LRU),
    *(SignedMinGRU, RotationRNN),
)

__all__ = [
    "CELLS",
    "GRU",
    "LRU",
    "LSTM",
    "BlockRNN",
    "Cell",
    "ChaosFreeRNN",
    "DiagonalRNN",
    "IndRNN",
    "LinearRNN",
    "MinGRU",
    "NormalizedRNN",
    "ResetFirstGRU",
    "RotationRNN",
    "SignedMinGRU",
    "VanillaRNN",
    "contract",
]
