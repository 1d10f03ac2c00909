"""The files to download, which commands of their own make: the front page names those that are made of its own pages,
and leaves out a file of an earlier build."""

import hashlib
import json
import re
from pathlib import Path

FOLDER = "_downloads"  # of the built site
PDF, EPUB, FIGURES, SITE = (f"gradients-through-time{end}" for end in (".pdf", ".epub", "-figures.zip", ".zip"))
FILES = {
    PDF: "The book as one PDF",
    EPUB: "The book as an EPUB",
    FIGURES: "All figures as SVG and PNG",
    SITE: "These pages, to read without a network",
}
PLACE = re.compile(r'(<div class="gtt-take-along[^>]*>).*?(</div>)', re.DOTALL)
MADE = "made.json"  # {name: the state of the site that a file is made of}


def state(site: Path) -> str:
    """A key of what pages say and how they look, which changes where a file to download must be made anew."""
    key = hashlib.sha256()
    for file in sorted([*site.glob("book/**/*.html"), *site.glob("_static/*.css")]):
        text = file.read_text(encoding="utf-8")
        told = re.search(r"<article\b.*</article>", text, re.DOTALL)
        key.update(f"{file.relative_to(site)}\0{PLACE.sub('', told[0] if told else text)}\0".encode())
    return key.hexdigest()


def states(site: Path) -> dict[str, str]:
    file = site / FOLDER / MADE
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def done(target: Path, site: Path) -> None:
    """After a file is written: the front page offers it."""
    text = json.dumps(states(site) | {target.name: state(site)}, indent=1)
    (site / FOLDER / MADE).write_text(text, encoding="utf-8")
    offer(site)


def lines(site: Path) -> str:
    """A list of links from the front page to the files that belong to it, with their sizes; empty if there are none."""
    made = states(site)
    now = state(site) if made else ""
    there = [(site / FOLDER / name, text) for name, text in FILES.items() if made.get(name) == now]
    items = [
        f'<li><a href="../{FOLDER}/{file.name}" download>{text}</a> ({file.stat().st_size / 1e6:.1f} MB)</li>'
        for file, text in there
        if file.exists()
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
