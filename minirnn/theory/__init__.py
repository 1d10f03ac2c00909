"""Linear recurrences without training: memory kernels, model reduction, parametrizations of eigenvalues, and the
population loss of random inputs.
"""

from minirnn.theory import memory, parametrizations, plateau, population, reduction
from minirnn.theory.parametrizations import EIGENVALUES, MULTIPLIERS, RATES
from minirnn.theory.reduction import hankel

__all__ = [
    "EIGENVALUES",
    "MULTIPLIERS",
    "RATES",
    "hankel",
    "memory",
    "parametrizations",
    "plateau",
    "population",
    "reduction",
]
