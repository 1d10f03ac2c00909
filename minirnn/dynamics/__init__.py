"""Networks and maps as dynamical systems: Jacobians, Lyapunov exponents, orbits and their attractors,
bifurcations, known maps, systems that data pull along, and how smooth a loss is.
"""

from minirnn.dynamics import (
    bifurcations,
    exponents,
    lipschitz,
    maps,
    orbits,
    smoothness,
    straightening,
    synchrony,
    systems,
)
from minirnn.dynamics.exponents import Spectrum, jacobian, lyapunov_exponents, network, spectrum
from minirnn.dynamics.orbits import attractors, orbit
from minirnn.dynamics.straightening import flossing
from minirnn.dynamics.synchrony import forced
from minirnn.dynamics.systems import System, autonomous, check_jacobian

__all__ = [
    "Spectrum",
    "System",
    "attractors",
    "autonomous",
    "bifurcations",
    "check_jacobian",
    "exponents",
    "flossing",
    "forced",
    "jacobian",
    "lipschitz",
    "lyapunov_exponents",
    "maps",
    "network",
    "orbit",
    "orbits",
    "smoothness",
    "spectrum",
    "straightening",
    "synchrony",
    "systems",
]
