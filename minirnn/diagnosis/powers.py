"""Numbers in the texts of a report, as readers write them."""

import re

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def without_e(text: str) -> str:
    """A text with powers of ten in place of the exponents that Python's formats have written, below ten thousand with
    plain numbers.

    >>> without_e("1e-21 of the gradient at 3.8e+02 times 1.2e-05, in 40 steps")
    '10⁻²¹ of the gradient at 380 times 1.2·10⁻⁵, in 40 steps'
    """
    return re.sub(r"(?<![\w.])(\d(?:\.\d+)?)e([-+]\d+)\b", _power, text)


def _power(found: re.Match[str]) -> str:
    digits, exponent = found[1], int(found[2])
    if 0 <= exponent < 4:
        return f"{float(found[0]):g}"
    power = f"10{str(exponent).translate(RAISED)}"
    return power if digits == "1" else f"{digits}·{power}"
