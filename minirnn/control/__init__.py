"""Networks that act: partially observed tasks, policy gradients and their exact counterparts, temporal
differences.
"""

from minirnn.control import policy_gradient, pomdp, td
from minirnn.control.pomdp import DelayedCue, Episodes, TMaze
from minirnn.control.td import TemporalDifference

__all__ = ["DelayedCue", "Episodes", "TMaze", "TemporalDifference", "policy_gradient", "pomdp", "td"]
