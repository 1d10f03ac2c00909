"""A report on which submissions of an assignment are alike: python -m coursework.similar FROM TO, in the folder `book`.

    TO/similar.html                     the pairs of each assignment, the most alike first
    TO/ASSIGNMENT-NUMBER.html           such a pair side by side, with what few others have marked

It is a hint where to look, and no verdict: two students who learned from the same page write alike.
"""

import argparse
import html
import itertools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from coursework import files, intake, markup, notebooks, structure, submitted

SHOWN = 20  # pairs that have a page of their own
MANY = 3  # marked is what at most so many of the class have
HINT = """A hint where to look, and no verdict. The figure is the share of the smaller program whose structure is in the
other one, whatever names, comments and order are; what many of the class have counts little. Alike are also pairs who
worked together as they may, or learned from the same page. Read both side by side, and ask. With few submissions the
figures say little: compare them with those further down the list."""
STYLE = """body{max-width:80rem}.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:1rem}
pre{background:var(--box);padding:.6rem;overflow-x:auto}mark{background:var(--mark);color:inherit}"""


class Program(NamedTuple):
    """What a student wrote: its text, and its subtrees by number of line."""

    student: str
    code: str
    marks: structure.Marks
    lines: dict[int, set[str]]


class Pair(NamedTuple):
    share: float
    a: Program
    b: Program


def written_code(data: bytes, name: str) -> str:
    """The code that a student wrote, without cells that were handed out; NotANotebook where there are no cells."""
    template = notebooks.notebook(notebooks.stripped(notebooks.source(name)))
    handed_out = {" ".join(cell.source.split()) for cell in template.cells if cell.cell_type == "code"}
    known = {notebooks.grader(cell)["grade_id"] for cell in template.cells if notebooks.grader(cell)}
    cells, _ = submitted.cells(data, known)
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    own = [text for text in code if " ".join(text.split()) not in handed_out and not text.startswith("student =")]
    return "\n\n".join(re.sub(r"^[ ]*[%!?].*$", "", text, flags=re.MULTILINE) for text in own if readable(text))


def readable(text: str) -> bool:
    """Has the cell any structure? One with an error in it is left out, so that it hides no other."""
    return bool(structure.marks(re.sub(r"^[ ]*[%!?].*$", "", text, flags=re.MULTILINE))[0])


def program(student: str, code: str) -> Program:
    return Program(student, code, *structure.marks(code))


def pairs(programs: Sequence[Program]) -> tuple[list[Pair], dict[str, float]]:
    """All pairs, the most alike first, and the weight of each subtree."""
    counts = structure.weights(each.marks for each in programs)
    made = [Pair(structure.alike(a.marks, b.marks, counts), a, b) for a, b in itertools.combinations(programs, 2)]
    return sorted(made, key=lambda pair: (-pair.share, pair.a.student, pair.b.student)), counts


def read(source: Path) -> tuple[dict[str, list[Program]], list[str]]:
    """{assignment: programs}, and sentences on what could not be read."""
    found, remarks = intake.look(source, notebooks.names())
    programs: dict[str, list[Program]] = {}
    said = [f"{remark.student} {remark.name}: {remark.text}" for remark in remarks]
    for submission in found:
        try:
            code = written_code(files.read(source, submission.path), submission.name)
        except (files.Refused, submitted.NotANotebook) as why:
            said.append(f"{submission.student} {submission.name}: {why}")
        else:
            programs.setdefault(submission.name, []).append(program(submission.student, code))
    return programs, said


def write(source: Path, target: Path) -> list[str]:
    """Writes the report, and returns sentences on what could not be read."""
    target.mkdir(parents=True, exist_ok=True)
    programs, said = read(source)
    body = []
    for name in sorted(programs):
        ranked, counts = pairs(programs[name])
        rows = []
        for i, pair in enumerate(ranked[:SHOWN], 1):
            file = f"{name}-{i}.html"
            files.write_whole(target / file, side_by_side(name, pair, counts, len(programs[name])).encode("utf-8"))
            who = html.escape(f"{pair.a.student} and {pair.b.student}")
            rows.append(f'<tr><td><a href="{file}">{who}</a></td><td>{pair.share:.0%}</td></tr>')
        body.append(f"<h2>{name}</h2><p>{len(programs[name])} submissions, {len(ranked)} pairs{middle(ranked)}</p>"
                    f"<table><tr><th>Pair</th><th>Alike</th></tr>{''.join(rows)}</table>")  # fmt: skip
    body += ["<h2>Not read</h2>", *(f"<p>{html.escape(each)}</p>" for each in said)] if said else []
    files.write_whole(target / "similar.html", page("Alike in structure", "".join(body)).encode("utf-8"))
    return said


def middle(ranked: Sequence[Pair]) -> str:
    """With what a pair must be compared: the figure of the one in the middle."""
    return f"; the pair in the middle is alike by {ranked[len(ranked) // 2].share:.0%}" if ranked else ""


def side_by_side(name: str, pair: Pair, counts: dict[str, float], many: int) -> str:
    """Both programs, with the lines marked that have structure in common which few others have."""
    rare = structure.rare(counts, many, MANY) & pair.a.marks.keys() & pair.b.marks.keys()
    columns = [
        f"<section><h2>{html.escape(each.student)}</h2><pre>"
        + "\n".join(
            f"<mark>{html.escape(line)}</mark>" if each.lines.get(i, set()) & rare else html.escape(line)
            for i, line in enumerate(each.code.splitlines(), 1)
        )
        + "</pre></section>"
        for each in (pair.a, pair.b)
    ]
    return page(f"{name}: alike by {pair.share:.0%}", f'<div class="pair">{"".join(columns)}</div>')


def page(title: str, body: str) -> str:
    return markup.document(title, f"<h1>{html.escape(title)}</h1><p>{HINT}</p>{body}", STYLE)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m coursework.similar", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("submissions", type=Path, help="holds STUDENT/ASSIGNMENT.ipynb")
    parser.add_argument("target", type=Path, help="where the report goes")
    args = parser.parse_args(argv)
    if not args.submissions.is_dir():
        parser.error(f"FROM must be a folder of submissions, got {args.submissions}")
    for sentence in write(args.submissions, args.target):
        print(f"not read: {sentence}")
    print(f"The report is in {args.target.resolve() / 'similar.html'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
