"""What a chapter asks of its reader: not too many words, long proofs folded below their idea, terms linked to the
glossary where they first stand, and no number or letter that must be read twice."""

import re

import pytest
import yaml
from bs4 import BeautifulSoup

from facts import cells
from tests.conftest import ROOT

BOOK = ROOT / "book"
CHAPTERS = [
    c["file"].removeprefix("book/") for c in yaml.safe_load((ROOT / "_toc.yml").read_text())["parts"][0]["chapters"]
]
TEXTS = {chapter: (BOOK / f"{chapter}.md").read_text() for chapter in CHAPTERS}
each_chapter = pytest.mark.parametrize("chapter", CHAPTERS)

WORDS = 4000  # of a chapter up to its exercises: an hour, with the figures
FEW = 75  # words of a proof that stands open
FENCES = r"^( *)```\{?(code-cell|literalinclude|bibliography|python|text|sh)\b.*\n(.*\n)*?\1```$"  # no prose
FOLDED = r"^(:{3,})\{dropdown\}(.*\n)*?\1$"
SOLUTIONS = r"^```\{solution-start\}(.*\n)*?```\{solution-end\}\n```$"
FORMULAS = r"\$\$[^$]*\$\$( *\(.*?\))?|\$[^$]+\$"


def without(text: str, *patterns: str) -> str:
    """The text with blanks in place of what the patterns match, so that places and lines stay."""
    for pattern in patterns:
        text = re.sub(pattern, lambda match: re.sub(r"\S", " ", match[0]), text, flags=re.MULTILINE)
    return text


def prose(text: str) -> str:
    """What is read through: no code, no formulas, nothing that is folded, no solutions."""
    return without(text, r"\A---\n(.*\n)*?---$", SOLUTIONS, FENCES, FOLDED, FORMULAS, r"^% .*$", r"^:[\w-]+:.*$")


def words(text: str) -> int:
    """Of the prose. A number that the build inserts is one word, a link its text, a citation in brackets none.

    >>> words("Drag {goto}`the ring <ring?r=1>`, and $x$ grows {cite:p}`bengio1994` to {glue:text}`size-2`, or 3.5.")
    9
    """
    text = re.sub(r"\{glue:text\}`[^`]*`", "1", prose(text))
    text = re.sub(r"\{cite:p\}`[^`]*`|\]\([^)]*\)|\{[\w:-]+\}|<[^<>`]*>(?=`)", "", text)
    return len(re.findall(r"\w[\w’'.,·-]*", text))


@each_chapter
def test_a_chapter_is_read_in_an_hour(chapter: str) -> None:
    read = words(TEXTS[chapter].split("\n## Exercises")[0])
    assert read <= WORDS, (
        f"{chapter}.md has {read} words up to its exercises, want {WORDS} or fewer: cut it, or fold side matters"
    )


def proofs(text: str) -> list[str]:
    return [match[1] for match in re.finditer(r"^```\{prf:proof\}\n((?:.*\n)*?)```$", text, re.MULTILINE)]


def open_words(proof: str) -> int:
    """How long is what a reader sees before a click? A formula counts as a word, a displayed one as twenty."""
    shown = without(proof, FOLDED)
    return words(shown) + sum(20 if "$$" in f[0] else 1 for f in re.finditer(FORMULAS, shown))


@each_chapter
def test_a_long_proof_is_folded_below_its_idea(chapter: str) -> None:
    lengths = {proof[:50]: open_words(proof) for proof in proofs(TEXTS[chapter])}
    long = {start: count for start, count in lengths.items() if count > FEW}
    assert not long, (
        f"{chapter}.md: fold the steps of these proofs into a dropdown, below a sentence with the idea: {long}"
    )
    bare = [start for start, count in lengths.items() if count < 6]
    assert not bare, f"{chapter}.md: these proofs begin with no sentence that tells the idea: {bare}"


# --- terms -------------------------------------------------------------------------------------------------------

GLOSSARY = (BOOK / "glossary.md").read_text().split("```{glossary}")[1].split("\n```")[0]
TERMS = re.findall(r"^[a-zA-Z].*$", GLOSSARY, re.MULTILINE)
CAPITALS = {"LSTM", "GRU", "IRNN"}
NO_PLACE_FOR_A_LINK = (
    r"^#+ .*$",  # headings, and what is a link already
    r"^(:{3,}|`{3,})\{[\w:-]+\}.*$",
    r"\{(goto|ref|fig|numref|eq|prf:ref|cite:\w|glue:text)\}`[^`]*`",
    r"\[[^\]]*\]\([^)]*\)",
    r"^\|.*$",
    r"\*\*“.*?”\*\*",
    r"^- \[[x ]\].*$",
    r"(?<![}\w])`[^`]*`",
)
OTHERWISE = {("chaos", "residual"), ("elementwise", "policy gradient")}  # of a regression; in a title


def mention(term: str) -> re.Pattern[str]:
    """The term, or its plural."""
    *first, last = term.split()
    last = re.sub("x$", "(x|ces)", re.sub("y$", "(y|ies)", last)) if last[-1] in "xy" else f"{last}s?"
    name = "[- \n]".join([*first, last])
    return re.compile(rf"(?<![\w-]){name}(?![\w-])", 0 if term in CAPITALS else re.IGNORECASE)


def unexplained(chapter: str, text: str) -> list[str]:
    """Terms that stand in the chapter's prose before a link to the glossary."""
    shown = without(prose(text), *NO_PLACE_FOR_A_LINK)
    bare, found = without(shown, r"\{term\}`[^`]*`"), []
    for term in TERMS:
        link = re.search(rf"\{{term\}}`([^`]*<)?{term}>?`", text, re.IGNORECASE)
        first = mention(term).search(bare)
        if first and (link is None or link.start() > first.start()) and (chapter, term) not in OTHERWISE:
            found.append(f"{text.count(chr(10), 0, first.start()) + 1}: {term}")
    return found


@each_chapter
def test_a_term_is_linked_where_it_first_stands(chapter: str) -> None:
    found = unexplained(chapter, TEXTS[chapter])
    assert not found, f"book/{chapter}.md, want {{term}}`…` at the first mention: {found}"


def test_a_term_without_a_link_is_found() -> None:
    text = "# LSTM\n\n{goto}`The LSTM <x?y=1>` is\nan LSTM, with two\nJacobians. The {term}`LSTM` is linked too late.\n"
    assert unexplained("made-up", text) == ["5: Jacobian", "4: LSTM"]


# --- letters and numbers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", sorted(path.stem for path in BOOK.glob("*.md")))
def test_a_mean_has_no_letter(page: str) -> None:
    r"""E is the error; a mean is \mean{…}."""
    found = re.findall(r"\\(?:mathrm|mathbb|operatorname) *\{?E\b.{0,20}", (BOOK / f"{page}.md").read_text())
    assert not found, f"book/{page}.md: write \\mean{{…}} for the mean, E is the error: {found}"


@pytest.mark.parametrize("page", sorted(path.stem for path in BOOK.glob("*.md")))
def test_no_cell_writes_an_exponent_as_a_machine_does(page: str) -> None:
    """What a format says surely; the next test reads what the cells have written."""
    code = "\n".join(cell.code for cell in cells((BOOK / f"{page}.md").read_text()))
    found = re.findall(r"\{[^{}\n]*:[^{}\n:]*\.?\d*[eE]\}", code)
    assert not found, (
        f"book/{page}.md: want short(number), of `facts`, for a power of ten that people write: {found}"
    )


@pytest.mark.parametrize("page", [*CHAPTERS, "field-guide"])
def test_no_number_on_a_page_has_a_machine_exponent(page: str, built_book) -> None:
    article = BeautifulSoup((built_book / f"book/{page}.html").read_text(), "html.parser").select_one("article")
    for code in article.select(".cell_input, .highlight-python, .highlight-default, script, code"):
        code.decompose()
    found = re.findall(r".{0,30}\d[eE][-+]?\d+.{0,10}", article.get_text(" "))
    assert not found, f"{page}.html: {found}"
