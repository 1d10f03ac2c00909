"""Numbers as this chapter writes them."""


def nats(rate: float, digits: int = 3) -> str:
    """A rate with its sign, which 0 does not have.

    >>> nats(0.1696), nats(-0.0003)
    ('+0.170', '0.000')
    """
    text = f"{rate:+.{digits}f}"
    return text if float(text) else text[1:]
