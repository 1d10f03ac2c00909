"""What a teacher and a student read: the table of grades, the written parts side by side, the feedback pages."""

import csv
import html
import io

from coursework import notebooks

STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}
table{border-collapse:collapse;margin:1rem 0}td,th{border-bottom:1px solid #ccc;padding:.3rem .8rem;text-align:left}
td:nth-child(2){white-space:nowrap}
pre{background:#f5f5f5;padding:.6rem;overflow-x:auto;white-space:pre-wrap}
pre.out{background:none;border-left:3px solid #ccc}"""


def parts(name):
    """[(part, points)] that are graded by running, and the points of the written part."""
    held = [notebooks.grader(cell) for cell in notebooks.notebook(notebooks.source(name)).cells]
    run = [
        (h["grade_id"].removeprefix("test-"), h["points"]) for h in held if h.get("points") and not h["solution"]
    ]
    return run, sum(h["points"] for h in held if h.get("points") and h["solution"])


def failed(name, why):
    """The result of a submission that could not be run."""
    run, _ = parts(name)
    return {
        "points": 0,
        "of": sum(p for _, p in run),
        "parts": [[part, 0, points, why] for part, points in run],
        "notes": [why],
        "written": "",
    }


def page(name, student, result, nb):
    """The feedback on one submission, which loads nothing from anywhere and runs no script."""
    rows = "".join(
        f"<tr><td>{html.escape(part)}</td><td>{got} of {of}</td><td>{html.escape(message or '✓')}</td></tr>"
        for part, got, of, message in result["parts"]
    )
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in result["notes"])
    body = "".join(map(shown, nb.cells)) if nb else ""
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{name}: {html.escape(student)}</title>'
        f"<style>{STYLE}</style></head><body><h1>{name}: {html.escape(student)}</h1>"
        f"<p>{result['points']} of {result['of']} points; the written part is graded by hand.</p>"
        f"<table><tr><th>Part</th><th>Points</th><th></th></tr>{rows}</table><ul>{notes}</ul>{body}</body></html>\n"
    )


def shown(cell):
    if cell.cell_type == "markdown":
        return f"<pre>{html.escape(cell.source)}</pre>" if notebooks.grader(cell) else ""
    text = [out.get("text") or "\n".join(out.get("traceback", [])) or plain(out) for out in cell.outputs]
    outputs = "".join(f'<pre class="out">{html.escape(uncoloured(t))}</pre>' for t in text if t)
    return f"<pre><code>{html.escape(cell.source)}</code></pre>{outputs}"


def plain(out):
    value = out.get("data", {}).get("text/plain", "")
    return value if isinstance(value, str) else ""


def uncoloured(text):
    import re

    return re.sub(r"\x1b\[[\d;]*m", "", text)


def written_points(target):
    """{(student, assignment): points} from TO/written.csv, which the teacher fills in."""
    file = target / "written.csv"
    if not file.exists():
        return {}
    rows = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8")))
    return {(row["student"], row["assignment"]): row["points"] for row in rows if (row["points"] or "").strip()}


def write(target, results, remarks=()):
    """grades.csv, with remarks on what has no grade, written.csv and the written parts; its points are kept."""
    given = written_points(target)
    table, hand = [], []
    (target / "written").mkdir(exist_ok=True)
    for student, name, result in results:
        by_hand, most = given.get((student, name), ""), parts(name)[1]
        total = result["points"] + float(by_hand) if by_hand else ""
        each = "; ".join(f"{part} {got}/{of}" for part, got, of, _ in result["parts"])
        table.append([student, name, result["points"], result["of"], by_hand, most, total, each,
                      "; ".join(result["notes"]), result["seconds"]])  # fmt: skip
        hand.append([student, name, by_hand, most])
    table += [[student, name, *[""] * 6, f"not graded: {text}", ""] for student, name, text in remarks]
    table.sort(key=lambda row: row[:2])
    save_csv(target / "grades.csv", ["student", "assignment", "run", "run_of", "written", "written_of", "total",
                                     "parts", "notes", "seconds"], table)  # fmt: skip
    here = {(student, name) for student, name, _ in results}
    hand += [
        [student, name, points, ""] for (student, name), points in given.items() if (student, name) not in here
    ]
    save_csv(target / "written.csv", ["student", "assignment", "points", "of"], hand)
    for name in {name for _, name, _ in results}:
        texts = [f"# {s}\n\n{r['written'].strip() or '(nothing)'}\n" for s, n, r in results if n == name]
        (target / f"written/{name}.md").write_text("\n".join(texts), encoding="utf-8")


def save_csv(file, head, rows):
    """In one step; a cell that a spreadsheet would take for a formula is kept from being one."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([[f"'{v}" if str(v)[:1] in "=+@" and v != "" else v for v in row] for row in rows])
    partial = file.with_suffix(".new")
    partial.write_text(text.getvalue(), encoding="utf-8")
    partial.replace(file)
