"""The book's macros in a formula, written out: what opens a notebook knows none of them."""

import re

from .formulas import Macros

TOKEN = re.compile(r" *(\\[A-Za-z]+|\\.|[^ ])", re.DOTALL)


def expand(tex: str, macros: Macros) -> str:
    r"""`tex` without macros.

    >>> print(expand(r"\norm{W_{ij}} \le \norm\lambda + \normal", {"norm": [r"|#1|", 1]}))
    |{W_{ij}}| \le |\lambda | + \normal
    """
    name = re.compile(rf"\\({'|'.join(macros)})(?![A-Za-z])")
    while found := name.search(tex):
        text, count = macros[found[1]] if isinstance(macros[found[1]], list) else (macros[found[1]], 0)
        end = found.end()
        for k in range(1, count + 1):
            argument, end = take(tex, end)
            text = text.replace(f"#{k}", argument)
        tex = tex[: found.start()] + text + tex[end:]
    return tex


def take(tex: str, start: int) -> tuple[str, int]:
    """The token or the group in braces that begins at `start`, and where it ends. Raises ValueError where none does."""
    end, depth = start, 0
    while end == start or depth:
        step = TOKEN.match(tex, end)
        if not step:
            raise ValueError(f"expected an argument, and each brace closed, got the end after {tex[start:]!r}")
        depth += {"{": 1, "}": -1}.get(step[1], 0)
        end = step.end()
    argument = tex[start:end].lstrip(" ")
    return argument + " " * argument[-1].isalpha(), end  # \lambda, and then perhaps a letter
