"""The files to download, which commands of their own make: the front page names those that are there."""

import re
from pathlib import Path

FOLDER = "_downloads"  # of the built site
PDF, EPUB, FIGURES = "gradients-through-time.pdf", "gradients-through-time.epub", "figures.zip"
FILES = {
    PDF: "The book as one PDF",
    EPUB: "The book as an EPUB",
    FIGURES: "All figures as SVG and PNG",
}
PLACE = re.compile(r'(<div class="gtt-take-along[^>]*>).*?(</div>)', re.DOTALL)


def lines(site: Path) -> str:
    """A list of links from the front page to the files that are there, with their sizes; empty if there are none."""
    there = [(site / FOLDER / name, text) for name, text in FILES.items() if (site / FOLDER / name).exists()]
    items = [
        f'<li><a href="../{FOLDER}/{file.name}" download>{text}</a> ({file.stat().st_size / 1e6:.1f} MB)</li>'
        for file, text in there
    ]
    return f"<p><strong>To take along</strong></p><ul>{''.join(items)}</ul>" if items else ""


def offer(site: Path) -> None:
    """Writes this list into the front page, at the place that it keeps for it."""
    page = site / "book/intro.html"
    if page.exists():
        text = page.read_text(encoding="utf-8")
        page.write_text(PLACE.sub(rf"\g<1>{lines(site)}\g<2>", text), encoding="utf-8")


def folder(site: Path) -> Path:
    """Where the files belong. Raises FileNotFoundError if there is no built book."""
    if not (site / "objects.inv").exists():
        raise FileNotFoundError(f"expected the built book in {site}: run `make book` first")
    (site / FOLDER).mkdir(exist_ok=True)
    return site / FOLDER
