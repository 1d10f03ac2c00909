"""The Fisher matrix of a policy of the delayed cue before training."""

from functools import cache

import numpy as np

from experiments.control.delayed_cue import start
from minirnn.control.policy_gradient import exact_scores
from minirnn.control.pomdp import DelayedCue


@cache
def eigenvalues(policy: str, L: int) -> tuple[float, float]:
    """The two that are not 0: what the memory has, and what moves both choices alike."""
    S = exact_scores(*start(policy, np.random.default_rng(0)), DelayedCue(L))[1]
    largest, memory = np.linalg.svd(S, compute_uv=False)[:2] ** 2
    return float(memory), float(largest)
