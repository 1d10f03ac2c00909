"""The same measurements as a table: our times, and the peers' as multiples of them."""

from explorables.speed.measurements import CELLS, PEERS, ratios, rows


def table() -> str:
    """For float64, in Markdown; in brackets the quartiles."""
    lines = [f"| cell | T, B, n, m | ours, ms | {' | '.join(PEERS)} |", "|---|---|--:|" + "--:|" * len(PEERS)]
    for cell in CELLS:
        for row in rows(cell):
            spreads = ratios(row)
            texts = ["{:.2f}× ({:.2f}–{:.2f})".format(*spreads[p]) if p in spreads else "–" for p in PEERS]
            shape = ", ".join(str(row[key]) for key in "TBnm")
            lines.append(f"| {cell} | {shape} | {row['ms']['minirnn'][0]:.3g} | {' | '.join(texts)} |")
    return "\n".join(lines)
