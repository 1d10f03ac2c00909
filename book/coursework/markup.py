"""Pages for teachers and students: their look, tables and bars. They load nothing, run no script, escape all text."""

import html
from collections.abc import Iterable, Sequence
from pathlib import Path

from coursework import files

STYLE = """:root{color-scheme:light dark;--ink:#1a1a1a;--paper:#fff;--line:#ccc;--quiet:#5a5a5a;--bar:#0072b2;
--bad:#a33f00;--box:#f5f5f5;--mark:#ffe3a3}
@media(prefers-color-scheme:dark){
:root{--ink:#e8e8e8;--paper:#16181c;--line:#444;--quiet:#a8a8a8;--bar:#56b4e9;--bad:#ffa64d;--box:#24272d;
--mark:#5c4a12}}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:var(--ink);
background:var(--paper)}
h2{margin-top:2.5rem}.wide{overflow-x:auto}table{border-collapse:collapse;margin:1rem 0;min-width:20rem}
td,th{border-bottom:1px solid var(--line);padding:.3rem .8rem .3rem 0;text-align:left;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.quiet{color:var(--quiet)}.bad{color:var(--bad)}a{color:var(--bar)}
svg{max-width:100%;height:auto;display:block}td svg{min-width:100px;margin-top:.4rem}rect{fill:var(--bar)}
text{fill:var(--ink);font:12px system-ui,sans-serif}line{stroke:var(--line)}"""


def opening(title: str, style: str = "") -> str:
    """A page up to its body."""
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}{style}</style></head><body>"
    )


def document(title: str, body: str, style: str = "") -> str:
    """A whole page around a body."""
    return f"{opening(title, style)}{body}</body></html>\n"


def save(file: Path, title: str, body: str) -> None:
    files.write_whole(file, document(title, body).encode("utf-8", "backslashreplace"))


def histogram(points: Sequence[float], most: float, bins: int = 10) -> str:
    """How many students are in each tenth of the points; the last one has its upper end too."""
    counts = [0] * bins
    for each in points:
        counts[min(int(each / most * bins), bins - 1)] += 1
    wide, high, top = 60, 120, max([1, *counts])
    bars = ""
    for i, count in enumerate(counts):
        tall = high * count / top
        bars += f'<rect x="{i * wide + 4}" y="{high + 18 - tall:.1f}" width="{wide - 8}" height="{tall:.1f}"/>'
        bars += (
            f'<text x="{i * wide + wide / 2}" y="{high + 14 - tall:.1f}" text-anchor="middle">{count or ""}</text>'
        )
        bars += f'<text x="{i * wide + 2}" y="{high + 34}">{most * i / bins:g}</text>'
    said = ", ".join(f"{count} from {most * i / bins:g}" for i, count in enumerate(counts) if count)
    return (
        f'<svg viewBox="0 0 {bins * wide} {high + 40}" width="{bins * wide}" role="img" '
        f'aria-label="Students by points: {said}">'
        f'{bars}<line x1="0" x2="{bins * wide}" y1="{high + 18}" y2="{high + 18}"/></svg>'
        '<p class="quiet">How many students have how many points.</p>'
    )


def table(head: Sequence[str], rows: Iterable[Sequence[object]], numbers: Iterable[int] = ()) -> str:
    """A table in which the columns `numbers` are set as numbers. Cells that are str are escaped."""
    right = set(numbers)

    def text(cell: object) -> str:
        return cell.text if isinstance(cell, Markup) else html.escape(str(cell))

    def line(cells: Sequence[object], tag: str) -> str:
        inner = (f"<{tag}{' class=n' * (i in right)}>{text(cell)}</{tag}>" for i, cell in enumerate(cells))
        return f"<tr>{''.join(inner)}</tr>"

    return f"<div class=wide><table>{line(head, 'th')}{''.join(line(row, 'td') for row in rows)}</table></div>"


class Markup:
    """Text of HTML that is not escaped."""

    def __init__(self, text: str) -> None:
        self.text = text


def share(part: float) -> Markup:
    """A bar as long as a share of the points."""
    width = round(100 * part)
    return Markup(
        f'<svg width="100" height="12" role="img" aria-label="{width} per cent"><rect width="{width}" height="12"/>'
        '<line x1="0" x2="100" y1="11.5" y2="11.5"/></svg>'
    )
