"""Numbers as this chapter writes them."""

from minirnn.figures.panels import signed


def nats(rate: float, digits: int = 3) -> str:
    """A rate with its sign, which 0 does not have, for a text alternative.

    >>> nats(0.1696), nats(-0.0003)
    ('+0.170', '0.000')
    """
    return signed(rate, digits).replace("−", "-")
