"""How alike two students' programs are in structure, whatever they call their variables and in which order they write.

A program is read as a tree, and taken apart into all its subtrees of some size. Names become one name, numbers stay,
comments and docstrings go, the operands of + and * and the branches of a program have no order. A subtree counts the
more, the fewer of a class have it: what the task forces upon all says nothing.
"""

import ast
import math
from collections import Counter
from collections.abc import Iterable

SMALLEST = 5  # nodes of a subtree that counts
Marks = Counter[str]  # how often each subtree is there
COMMUTE = (ast.Add, ast.Mult)
KEPT = ("T", "shape", "sum", "mean", "copy", "dot", "max", "min", "abs", "norm", "einsum", "diag", "eye", "qr")


def marks(code: str) -> tuple[Marks, dict[int, set[str]]]:
    """The subtrees of a program, and {line: those that begin there}; empty where it cannot be read.

    >>> one, two = "def f(x):\\n    y = 2 * x + 1", "def g(a):\\n    b = 1 + a * 2  # so"
    >>> marks(one)[0] == marks(two)[0]
    True
    """
    found: Marks = Counter()
    lines: dict[int, set[str]] = {}
    try:
        form(ast.parse(code), found, lines)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Counter(), {}
    return found, lines


def form(node: ast.AST, found: Marks, lines: dict[int, set[str]]) -> tuple[str, int]:
    """The normal form of a subtree, and its nodes; those that are large enough are added to `found` and `lines`."""
    if isinstance(node, ast.Name):
        return "name", 1
    if isinstance(node, ast.Constant):
        return repr(node.value) if isinstance(node.value, int | float | complex) else "text", 1
    parts = [form(child, found, lines) for child in children(node)]
    if isinstance(node, ast.Module | ast.FunctionDef) or isinstance(getattr(node, "op", None), COMMUTE):
        parts.sort()
    label = "Assign" if isinstance(node, ast.AugAssign | ast.AnnAssign) else type(node).__name__
    label += f".{node.attr}" if isinstance(node, ast.Attribute) and node.attr in KEPT else ""
    text, size = f"{label}({' '.join(part for part, _ in parts)})", 1 + sum(n for _, n in parts)
    if size >= SMALLEST and not isinstance(node, ast.Module | ast.FunctionDef):
        found[text] += 1
        lines.setdefault(getattr(node, "lineno", 0), set()).add(text)
    return text, size


def children(node: ast.AST) -> list[ast.AST]:
    """Without what may differ and means the same: docstrings, annotations, contexts, names of arguments."""
    skipped = (ast.expr_context, ast.arguments, ast.keyword, ast.alias)
    if isinstance(node, ast.AugAssign):  # x += y is x = x + y
        return [node.target, ast.BinOp(node.target, node.op, node.value)]
    if isinstance(node, ast.AnnAssign):
        return [node.target, *([node.value] if node.value else [])]
    held = [child for child in ast.iter_child_nodes(node) if not isinstance(child, skipped)]
    held += [keyword.value for keyword in getattr(node, "keywords", [])]
    return [c for c in held if not (isinstance(c, ast.Expr) and isinstance(c.value, ast.Constant))]


def weights(programs: Iterable[Marks]) -> dict[str, float]:
    """{subtree: weight}: ln of (class size + 1) over the number of students who have it."""
    programs = list(programs)
    having = Counter(text for program in programs for text in program)
    return {text: math.log((1 + len(programs)) / n) for text, n in having.items()}


def alike(a: Marks, b: Marks, counts: dict[str, float]) -> float:
    """The share of the smaller of two programs that is in the other, from 0 to 1."""
    both = sum(n * counts[text] for text, n in (a & b).items())
    smaller = min(sum(n * counts[text] for text, n in each.items()) for each in (a, b))
    return both / smaller if smaller else 0.0


def rare(counts: dict[str, float], programs: int, many: int) -> set[str]:
    """The subtrees that at most so `many` of the programs have."""
    return {text for text, count in counts.items() if count >= math.log((1 + programs) / many) - 1e-9}
