"""Which submissions are alike: copies that were disguised are found before any honest pair."""

import ast
import json
import sys

import numpy as np
import pytest

from tests.book import submissions
from tests.book.honest import HONEST
from tests.conftest import ROOT

sys.path.append(str(ROOT / "book"))
from coursework import answers, similar, structure

OPTIONS = {"unit": "tanh", "mean": "sequences", "span": "40"}


def renamed(code: str) -> str:
    """The same program with other names, other comments and docstrings, and another order of functions."""
    tree = ast.parse(code)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    names |= {arg.arg for node in ast.walk(tree) if isinstance(node, ast.arguments) for arg in node.args}
    new = {name: f"my_{i}_value" for i, name in enumerate(sorted(names))}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = new.get(node.id, node.id)
        if isinstance(node, ast.arg):
            node.arg = new[node.arg]
        if isinstance(node, ast.FunctionDef):
            node.body.insert(0, ast.Expr(ast.Constant("I wrote this.")))
    return ast.unparse(ast.Module(tree.body[::-1], []))


def swapped(code: str) -> str:
    """The operands of sums and products the other way round, and `x += y` written out."""

    class Swap(ast.NodeTransformer):
        def visit_BinOp(self, node):
            self.generic_visit(node)
            if isinstance(node.op, ast.Add | ast.Mult):
                node.left, node.right = node.right, node.left
            return node

        def visit_AugAssign(self, node):
            self.generic_visit(node)
            target = ast.parse(ast.unparse(node.target), mode="eval").body
            return ast.Assign([node.target], ast.BinOp(target, node.op, node.value), lineno=0)

    return ast.unparse(ast.fix_missing_locations(Swap().visit(ast.parse(code))))


@pytest.mark.parametrize("way", HONEST)
def test_the_honest_solutions_are_right(way):
    names: dict = {"np": np}
    exec(HONEST[way], names)
    with answers.task("bptt", OPTIONS):
        for part in ("forward", "error", "adjoints"):
            for args in answers.cases("bptt", part, (0, 1)):
                want = answers.solutions("bptt")[part](*args)
                assert answers.selfcheck().same(names[part](*args), want), part


@pytest.mark.parametrize("disguise", [renamed, swapped, lambda code: swapped(renamed(code))])
def test_disguised_copies_come_before_all_honest_pairs(disguise):
    solved = similar.written_code(json.dumps(submissions.right("ada")).encode(), "bptt")
    programs = [similar.program(way, code) for way, code in {**HONEST, "solved": solved}.items()]
    copies = [similar.program(f"copy of {way}", disguise(code)) for way, code in HONEST.items()]
    ranked, _ = similar.pairs([*programs, *copies])
    assert {frozenset((p.a.student, p.b.student)) for p in ranked[: len(HONEST)]} == {
        frozenset((way, f"copy of {way}")) for way in HONEST
    }
    assert ranked[len(HONEST) - 1].share > 0.9
    assert ranked[len(HONEST)].share < 0.25


def test_a_copy_of_one_function_is_seen():
    """The rest is another student's own."""
    ways = list(HONEST)
    mixed = (
        HONEST[ways[0]].partition("def adjoints")[0] + "def adjoints" + HONEST[ways[1]].partition("def adjoints")[2]
    )
    programs = [similar.program(way, HONEST[way]) for way in ways[1:]] + [similar.program("mixed", renamed(mixed))]
    ranked, _ = similar.pairs(programs)
    assert {ranked[0].a.student, ranked[0].b.student} == {ways[1], "mixed"}
    assert ranked[0].share > 2 * ranked[1].share


def test_odd_programs_have_no_marks_and_hide_no_other():
    for code in ("", "def (:", "\0", "x" * 10, "(" * 3000):
        assert structure.marks(code) == ({}, {})
    (empty, _), (sum_, _) = structure.marks(""), structure.marks("y = 2 * x + 1")
    assert structure.alike(empty, sum_, structure.weights([empty, sum_])) == 0.0
    for deep in ("x = " + "-" * 3000 + "1", "x = " + "1 + " * 3000 + "1"):
        assert isinstance(structure.marks(deep)[1], dict)
    nb = submissions.with_code(submissions.right("ada"), "%matplotlib inline\ndef (:", "forward")
    code = similar.written_code(json.dumps(nb).encode(), "bptt")
    assert "def forward" not in code
    assert "def adjoints" in code
    assert "Check(" not in code
    assert "def network" not in code


def test_the_report_shows_pairs_side_by_side(tmp_path, capsys):
    made = {"ada": submissions.right("ada"), "<ben>": submissions.copied(submissions.right("ada"), "ada", "<ben>"),
            "cleo": submissions.blank("cleo")}  # fmt: skip
    for student, nb in made.items():
        (tmp_path / "in" / student).mkdir(parents=True)
        (tmp_path / f"in/{student}/bptt.ipynb").write_text(json.dumps(nb))
    (tmp_path / "in/dan").mkdir()
    (tmp_path / "in/dan/bptt.ipynb").write_text("no notebook")
    assert similar.main([str(tmp_path / "in"), str(tmp_path / "out")]) == 0
    report = (tmp_path / "out/similar.html").read_text()
    assert "no verdict" in report
    assert '<a href="bptt-1.html">&lt;ben&gt; and ada</a></td><td>100%' in report
    assert "dan bptt" in report
    assert "not read: dan bptt" in capsys.readouterr().out
    pair = (tmp_path / "out/bptt-1.html").read_text()
    assert pair.count("<mark>") > 20
    assert "<ben>" not in pair
    with pytest.raises(SystemExit):
        similar.main([str(tmp_path / "none"), str(tmp_path / "out")])
