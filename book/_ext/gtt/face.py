"""The faces, cut to the signs that stand in pages: 24 KB for formulas, of 1500 that there are, and 10 to 17 KB for each
face of texts. A phone waits for them."""

import re
import unicodedata
from collections.abc import Iterable
from html import unescape
from importlib import resources
from pathlib import Path

from sphinx.application import Sphinx

from .assets import folder_of, ingredients, kept, make_fonts, replace, subset

FORMULA = re.compile(r"<math.*?</math>", re.DOTALL)
# a letter alone is drawn in italics, which are signs of their own: h, Latin, Greek
ITALICS = [chr(code) for code in (0x210E, *range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C))]


def cut(app: Sphinx, error: Exception | None) -> None:
    """On build-finished: the face of formulas has what stands in formulas, those of texts what stands in pages and
    scripts."""
    if error or app.builder.name != "html":
        return
    site, assets = Path(app.outdir), folder_of(app)
    pages = [page.read_text(encoding="utf-8") for page in site.rglob("*.html")]
    signs = "".join(sorted(signs_of(pages)))
    scripts = (script.read_text(encoding="utf-8") for script in (site / "_static").glob("*.js"))
    letters = "".join(sorted(letters_of([*pages, *scripts])))

    def make(folder: Path) -> None:
        folder.mkdir(parents=True)
        source = resources.files("ziamath") / "fonts/STIXTwoMath-Regular.ttf"
        subset(source, folder / "stix-two-math.woff2", map(ord, signs))

    kept(assets / "formulas", f"{ingredients()} {signs}", make)
    kept(assets / "fonts", f"{ingredients()} {letters}", lambda folder: make_fonts(folder, letters))
    for name in ("formulas", "fonts"):
        replace(assets / name, site / "_static" / name)


def letters_of(texts: Iterable[str]) -> set[str]:
    """All that texts may show, and what a reader may type.

    >>> sorted(letters_of(["<p>h&eacute;</p>"]) - {chr(code) for code in range(0x20, 0x7F)})
    ['é']
    """
    return {chr(code) for code in range(0x20, 0x7F)}.union(*map(unescape, texts))


def signs_of(pages: Iterable[str]) -> set[str]:
    """All signs that browsers draw for the formulas of pages.

    >>> sorted(signs_of(["<p>a <math><mi>h</mi><mo>&lt;</mo><mn>1</mn></math>"]))
    ['1', '<', 'h', 'ℎ', '√']
    """
    formulas = (formula for page in pages for formula in FORMULA.findall(page))
    signs = set("√").union(*(unescape(re.sub("<.*?>", "", formula)) for formula in formulas))
    return signs | {letter for letter in ITALICS if upright(letter) in signs}


def upright(letter: str) -> str:
    """The letter whose italic form in mathematics this is; "" for the few places of ITALICS that have none."""
    code = unicodedata.decomposition(letter).rpartition(" ")[2]
    return chr(int(code, 16)) if code else ""
