"""Backpropagation through time, written once for every cell; checkpointing, which trades time for memory; and the
referees that judge every gradient.
"""

from minirnn.gradients import backpropagation, checkpointing, referee
from minirnn.gradients.backpropagation import backward, bptt, temporal_terms, truncated_bptt, unroll
from minirnn.gradients.checkpointing import checkpointed_bptt
from minirnn.gradients.objective import Objective

__all__ = [
    "Objective",
    "backpropagation",
    "backward",
    "bptt",
    "checkpointed_bptt",
    "checkpointing",
    "referee",
    "temporal_terms",
    "truncated_bptt",
    "unroll",
]
