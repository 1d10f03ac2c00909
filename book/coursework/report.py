"""What a teacher and a student read: the table of grades, the written parts side by side, the feedback pages."""

import functools
import html
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from nbformat import NotebookNode

from coursework import files, markup, notebooks, tables, written
from coursework import given as points_for
from coursework.dates import NO_COURSE, Course, Verdict
from coursework.intake import Remark
from coursework.records import Graded, Pair, Result

HEAD = ["student", "assignment", "run", "run_of", "written", "written_of", "total", "handed_in", "late", "taken_off",
        "final", "parts", "notes", "seconds", "lost"]  # fmt: skip
CHANGED = """{student} {name}: the written part has changed since its {points:g} points were given; they count until you
change them. Read it again. To keep them for the new text, empty the cell, give the command, and type them again."""

UNDATED = """When these came is not known, so nothing is taken off: {which}. Write the times into course.toml, as
[submitted.ID] ASSIGNMENT = TIME, or add the platform's gradebook, if it has them."""

STYLE = """body{max-width:50rem}td:nth-child(2){white-space:nowrap}
pre{background:var(--box);padding:.6rem;overflow-x:auto;white-space:pre-wrap}
p.lines{white-space:pre-line}
pre.out{background:none;border-left:3px solid var(--line)}"""


def parts(name: str) -> tuple[list[tuple[str, int]], int]:
    """[(part, points)] that are graded by running, and the points of the written part."""
    return parts_of(notebooks.source(name))


@functools.cache  # for a class of 300 a source would be read as a notebook as many times
def parts_of(source: str) -> tuple[list[tuple[str, int]], int]:
    held = [notebooks.grader(cell) for cell in notebooks.notebook(source).cells]
    run = [
        (h["grade_id"].removeprefix("test-"), h["points"]) for h in held if h.get("points") and not h["solution"]
    ]
    return run, sum(h["points"] for h in held if h.get("points") and h["solution"])


def failed(name: str, why: str) -> Result:
    """The result of a submission that could not be run."""
    run, _ = parts(name)
    return {
        "points": 0,
        "of": sum(p for _, p in run),
        "parts": [(part, 0, points, "✗ not run" if why else "") for part, points in run],
        "notes": [why],
        "written": "",
    }


def page(name: str, student: str, result: Result, nb: NotebookNode | None) -> str:
    """The feedback on one submission, which loads nothing from anywhere and runs no script."""
    body = "".join(map(shown, nb.cells)) if nb else ""
    return f"{summary(name, student, result)}{body}</body></html>\n"


END_OF_SUMMARY = "</ul>"  # the first one of a page: all that comes from a submission is escaped


def summary(
    name: str, student: str, result: Result, by_hand: float | None = None, dated: str = "", comment: str = ""
) -> str:
    """The page down to the notebook, with the points for the written part, if they were given, a sentence on its date,
    and the teacher's comment."""
    most = parts(name)[1]
    last = ("written", "–" if by_hand is None else f"{by_hand:g}", most, "")
    lines: list[tuple[str, int | str, int, str]] = [*result["parts"], last]
    rows = "".join(
        f"<tr><td>{html.escape(part)}</td><td>{got} of {of}</td><td>{html.escape(message or mark(got))}</td></tr>"
        for part, got, of, message in lines
    )
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in result["notes"])
    return (
        f"{markup.opening(f'{name}: {student}', STYLE)}<h1>{name}: {html.escape(student)}</h1>"
        f"<p>{total(result, by_hand, most)}</p>{paragraph(dated)}{paragraph(comment)}"
        f"<table><tr><th>Part</th><th>Points</th><th></th></tr>{rows}</table><ul>{notes}{END_OF_SUMMARY}"
    )


def paragraph(text: str) -> str:
    """A text of several lines, if there is one."""
    return f'<p class="lines">{html.escape(text)}</p>' if text else ""


def mark(got: int | str) -> str:
    return "graded by hand" if got == "–" else "" if isinstance(got, str) else "✓"


def total(result: Result, by_hand: float | None, most: int) -> str:
    run = f"{result['points']} of {result['of']} points for what your functions return"
    if by_hand is None:
        return f"{run}. The written part, {most} points, is graded by hand and not counted yet."
    whole = f"{result['points'] + by_hand:g} of {result['of'] + most} points"
    return f"<strong>{whole}</strong>: {run}, and {by_hand:g} of {most} for the written part."


def renew_page(
    file: Path, name: str, student: str, result: Result, by_hand: float | None, dated: str = "", comment: str = ""
) -> None:
    """Puts the points as they are now above the notebook of a page, which stays as it is."""
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    notebook = before.partition(END_OF_SUMMARY)[2] or "</body></html>\n"
    after = summary(name, student, result, by_hand, dated, comment) + notebook
    if after != before:
        files.write_whole(file, after.encode("utf-8", "backslashreplace"))


def shown(cell: NotebookNode) -> str:
    if cell.cell_type == "markdown":
        return f"<pre>{html.escape(cell.source)}</pre>" if notebooks.grader(cell) else ""
    text = [out.get("text") or "\n".join(out.get("traceback", [])) or plain(out) for out in cell.outputs]
    outputs = "".join(f'<pre class="out">{html.escape(uncoloured(t))}</pre>' for t in text if t)
    return f"<pre><code>{html.escape(cell.source)}</code></pre>{outputs}"


def plain(out: NotebookNode) -> str:
    value = out.get("data", {}).get("text/plain", "")
    return value if isinstance(value, str) else ""


def uncoloured(text: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def dated(verdict: Verdict, left: float | None) -> str:
    """A sentence for the student on when the work came, and what that costs; empty if it was in time."""
    if not verdict.late or not verdict.time:
        return ""
    time = f"Handed in on {verdict.time:%d %B %Y at %H:%M} ({verdict.time:%Z}), {verdict.late}"
    if verdict.off is None:
        return f"{time}. What is taken off for this is known when the written part is graded."
    return f"{time}: {verdict.off:g} points are taken off" + ("." if left is None else f", and {left:g} are left.")


def write(
    target: Path, results: list[Graded], remarks: Iterable[Remark] = (), course: Course = NO_COURSE
) -> tuple[dict[Pair, float], list[str]]:
    """grades.csv, with `remarks` on what has no grade, the written parts, and the points of written.csv on each page;
    returns the final points, and what a teacher must read."""
    known = {(student, name): parts(name)[1] for student, name, _ in results}
    given, sentences = written.take(target / "written.csv", known)
    comments = written.comments(target / "written.csv", known)
    (target / "written").mkdir(exist_ok=True)
    texts = {(student, name): result["written"] for student, name, result in results}
    stale = points_for.outdated(target / "written/given.json", given, texts)
    sentences += [CHANGED.format(student=s, name=n, points=given[s, n]) for s, n in stale]
    table, undated = [], []
    finals: dict[Pair, float] = {}
    for student, name, result in results:
        if (student, name) in stale:
            result["notes"].append("the written part has changed since its points were given")
        by_hand, most = given.get((student, name)), known[student, name]
        whole = None if by_hand is None else result["points"] + by_hand
        verdict = course.verdict(student, name, result.get("arrived") or {}, whole)
        if verdict.late and not verdict.time:
            undated.append(f"{student} {name}{' (marked as late)' * verdict.late.startswith('marked')}")
        left = None if whole is None else whole - (verdict.off or 0)
        each = "; ".join(f"{part} {got}/{of}" for part, got, of, _ in result["parts"])
        lost = " ".join(
            f"{part}: {message.removeprefix('✗ ').removeprefix(f'{part}: ')}"
            for part, _, _, message in result["parts"]
            if message
        )
        if left is not None:
            finals[student, name] = left
        table.append([student, name, result["points"], result["of"], cell(by_hand), most, cell(whole),
                      verdict.time.isoformat(" ", "minutes") if verdict.time else "", verdict.late, cell(verdict.off),
                      cell(left), each, "; ".join(result["notes"]), result["seconds"], lost])  # fmt: skip
        page_of = target / student / f"{result.get('file', name)}.html"
        renew_page(page_of, name, student, result, by_hand, dated(verdict, left), comments.get((student, name), ""))
    table += [[student, name, *[""] * 10, f"not graded: {text}", "", ""] for student, name, text in remarks]
    save_csv(target / "grades.csv", [HEAD, *sorted(table, key=lambda row: row[:2])])
    for name in {name for _, name, _ in results}:
        excerpts = [f"# {s}\n\n{quoted(r['written'])}\n" for s, n, r in results if n == name]
        (target / f"written/{name}.md").write_text("\n".join(excerpts), encoding="utf-8", errors="backslashreplace")
    if undated:
        sentences.append(UNDATED.format(which=", ".join(undated)))
    return finals, sentences


def cell(number: float | None) -> str:
    return "" if number is None else f"{number:g}"


def quoted(text: str) -> str:
    """A student's text, so that no line of it can pass for another student's heading."""
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines()) or "(nothing)"


def save_csv(file: Path, rows: Iterable[Sequence[object]]) -> None:
    """In one step, for a spreadsheet or a register."""
    tables.save(file, tables.Table([list(map(tables.protected, row)) for row in rows]))
