"""Backpropagation through time, written once for every cell; checkpointing, which trades time for memory; gradients
that run forwards with the network, exact and approximate; Newton's method for all states of a sequence at once; and
the referees that judge every gradient.
"""

from minirnn.gradients import backpropagation, checkpointing, newton, rank_one, realtime, referee, traces
from minirnn.gradients.backpropagation import backward, bptt, temporal_terms, truncated_bptt, unroll
from minirnn.gradients.checkpointing import checkpointed_bptt
from minirnn.gradients.newton import Solved, newton_rounds, newton_unroll
from minirnn.gradients.objective import Objective
from minirnn.gradients.rank_one import uoro, uoro_estimates
from minirnn.gradients.realtime import along, rtrl
from minirnn.gradients.traces import elementwise_rtrl, eprop, snap1

__all__ = [
    "Objective",
    "Solved",
    "along",
    "backpropagation",
    "backward",
    "bptt",
    "checkpointed_bptt",
    "checkpointing",
    "elementwise_rtrl",
    "eprop",
    "newton",
    "newton_rounds",
    "newton_unroll",
    "rank_one",
    "realtime",
    "referee",
    "rtrl",
    "snap1",
    "temporal_terms",
    "traces",
    "truncated_bptt",
    "unroll",
    "uoro",
    "uoro_estimates",
]
