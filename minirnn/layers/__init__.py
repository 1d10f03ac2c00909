"""Compositions of cells: layers one above the other, two cells side by side, and a layer of both directions upon
another one. A composed cell keeps the contract of a cell and runs the recursions of its parts, one after the other.
"""

from minirnn.layers import composed, composition, layered
from minirnn.layers.composed import Parallel, Stack, both_ways
from minirnn.layers.composition import joined
from minirnn.layers.layered import Upper

__all__ = ["Parallel", "Stack", "Upper", "both_ways", "composed", "composition", "joined", "layered"]
