"""Slides, one deck a lesson: the chapter's question, figures, theorems, misconceptions and summary in its order, as the
built page has them, and before each figure the votes that the lesson has for it. A figure is the live one, in a frame.

A slide is told in steps, which the keys go through: what is for later has the class `later`, and `data-state` names the
state of the slide's figure that belongs to it.
"""

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from .pages import Element, article

FOLDER = "slides"  # of the built site
SKIPPED = ("Exercises", "Check yourself", "References", "What goes wrong in practice", "Summary")
STATEMENT = 'div.proof:not([class="proof admonition"])'
PAGE = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Slides: {title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<link rel="icon" href="../_static/favicon.svg">
<link rel="stylesheet" href="../_static/tokens.css"><link rel="stylesheet" href="../_static/slides.css">
<script>
  const theme = () => {{ try {{ return localStorage.getItem("mode"); }} catch {{ return null; }} }};
  const dark = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.documentElement.dataset.theme = ["light", "dark"].includes(theme()) ? theme() : dark;
</script>
<script defer src="../_static/slides.js"></script></head>
<body><main>
{slides}
</main>
<nav aria-label="Slides"><a href="../book/lessons/{name}.html">Lesson</a>
<button type="button" data-go="-1" aria-label="Back">‹</button><output aria-live="polite">1 of {count}</output>
<button type="button" data-go="1" aria-label="On">›</button></nav>
</body></html>
"""


def write(book: Path, site: Path) -> None:
    """The decks of all lessons of a built book; those of lessons that are no more are removed."""
    names = sorted(path.stem for path in (site / "book/lessons").glob("*.html"))
    (site / FOLDER).mkdir(exist_ok=True)
    for stale in {path for path in (site / FOLDER).glob("*.html") if path.stem not in names}:
        stale.unlink()
    for name in names:
        (site / FOLDER / f"{name}.html").write_text(deck(site, name), encoding="utf-8")


def deck(site: Path, name: str) -> str:
    """The page with the slides of a chapter. Raises ValueError if a vote shows a figure that the chapter has not."""
    chapter, lesson = read(site, f"book/{name}"), read(site, f"book/lessons/{name}")
    title = chapter.find("h1").get_text().strip()
    slides = [*made(chapter, lesson, name)]
    sections = "\n".join(
        f'<section class="slide" id="{number}" aria-label="Slide {number}" tabindex="-1">{slide}</section>'
        for number, slide in enumerate(slides, 1)
    )
    return PAGE.format(title=escape(title), slides=sections, name=name, count=len(slides))


def read(site: Path, page: str) -> Element:
    """The article of a page, its links as seen from the slides."""
    text = article(site, page)
    for link in text.select("a[href]"):
        if not urlsplit(link["href"]).scheme and not link["href"].startswith("#"):
            link["href"] = f"../{page.rpartition('/')[0]}/{link['href']}"
    return text


def made(chapter: Element, lesson: Element, name: str) -> Iterator[str]:
    """The slides, each as the HTML of its inside."""
    cards = {
        dt.get_text(): inner(dt.find_next_sibling("dd"))
        for dt in [*chapter.select(".needs dt"), *lesson.select(".needs dt")]
    }
    lead = chapter.select_one(".lead")
    yield f'<h1>{chapter.find("h1").get_text().strip()}</h1><div class="lead">{inner(lead) if lead else ""}</div>'
    yield f'<h2>You will be able to</h2><div class="lead">{cards.get("You will be able to", "")}</div>'
    votes = [*lesson.select("div.vote")]
    heading = ""
    for part in chapter.select(f"h2, gtt-explorable, {STATEMENT}, div.misconception"):
        if part.name == "h2":
            heading = part.get_text().strip()
        elif heading in SKIPPED or part.find_parent(class_=["solution", "exercise"]):
            continue
        elif part.name == "gtt-explorable":
            own = [vote for vote in votes if shown(vote)[0] == part["id"]]
            votes = [vote for vote in votes if vote not in own]
            yield from figure_slides(part, own, heading, name)
        elif "misconception" in part["class"]:
            claim, *answer = part.find_all(True, recursive=False)
            yield f'<h2>True?</h2><div class="text claim">{inner(claim)}</div>{later(answer)}'
        else:
            yield f"<h2>{inner(part.select_one('.admonition-title'))}</h2><div class='text'>{statement(part)}</div>"
    for vote in votes:
        if figure := shown(vote)[0]:
            raise ValueError(f"lessons/{name}.md: expected a figure of book/{name}.md, got {figure!r}")
        yield f'<h2>{inner(vote.find("strong"))}</h2><div class="text">{choices(vote)}{answer_to(vote)}</div>'
    if last := chapter.find("h2", string=re.compile("Summary")):
        items = "".join(f"<li>{inner(item)}</li>" for item in last.find_next("ul").find_all("li", recursive=False))
        yield f'<h2>What to take home</h2><ul class="text">{items}</ul>'
    yield f'<h2>In one breath</h2><div class="lead">{cards.get("Take home", "")}</div>'


def inner(tag: Element) -> str:
    """The HTML within an element, without ids, which a deck may have twice."""
    return re.sub(r'(<[a-z][^>]*?) id="[^"]*"', r"\1", tag.decode_contents())


def statement(box: Element) -> str:
    """A theorem or definition without its title."""
    return "".join(
        re.sub(r' id="[^"]*"', "", str(part))
        for part in box.find_all(True, recursive=False)
        if "admonition-title" not in part.get("class", [])
    )


def later(parts: list[Element], state: str = "") -> str:
    """Parts as one step."""
    held = "".join(re.sub(r' id="[^"]*"', "", str(part)) for part in parts)
    return f'<div class="text later"{state_of(state)}>{held}</div>'


def state_of(address: str) -> str:
    return f' data-state="{escape(address)}"' if address else ""


def shown(vote: Element) -> tuple[str, str]:
    """(figure, its address with the state) of a vote: those of its first link to a figure; empty if it has none."""
    link = vote.select_one("p > a.gtt-goto[href*='figures/']")
    state = link["href"].partition("#")[2] if link else ""
    return state.partition("?")[0], state


def choices(vote: Element) -> str:
    return str(vote.find("ol") or "")


def answer_to(vote: Element) -> str:
    """What follows the choices, as one step, without what is said to the lecturer; its links set the figure, as on the
    chapter's page."""
    parts = [part for part in vote.find("ol").find_next_siblings() if not part.get_text().startswith("For you.")]
    for link in (link for part in parts for link in part.select("a.gtt-goto[href*='figures/']")):
        link["href"] = f"#{link['href'].partition('#')[2]}"
    return later(parts)


def figure_slides(figure: Element, votes: list[Element], heading: str, chapter: str) -> Iterator[str]:
    """A slide for each vote on a figure, which shows once all have voted, or a slide without a vote; the last has the
    things to notice, each a step."""
    cell = figure.find_parent(class_="cell") or figure
    notice = cell.find_next_sibling()
    items = notice.select("li") if notice and "notice" in notice.get("class", []) else []
    notes = "".join(note(item) for item in items)
    for k, vote in enumerate(votes or [None]):
        said = f"<h2>{inner(vote.find('strong'))}</h2>" if vote else f"<h2>{escape(heading) or 'The question'}</h2>"
        asked = choices(vote) + answer_to(vote) if vote else ""
        told = notes if k == max(0, len(votes) - 1) else ""
        state = shown(vote)[1] if vote else figure["id"]
        live = frame(figure, chapter, state, k, "figure later" if vote else "figure")
        yield f'{said}<div class="beside">{live}<div class="text">{asked}{told}</div></div>'


def note(item: Element) -> str:
    """One thing to notice, with the first state that it names."""
    link = item.select_one("a.gtt-goto")
    return f'<div class="later note"{state_of(link["href"].lstrip("#") if link else "")}>{inner(item)}</div>'


def frame(figure: Element, chapter: str, state: str, copy: int, classes: str) -> str:
    """The live figure, and the picture of its state for paper."""
    name = figure["id"]
    picture = drawn(chapter, state) if "?" in state else str(figure.select_one(".gtt-picture"))
    still = re.sub(rf'((?:id=|href=)"#?|url\(#){name}-', rf"\g<1>{name}-{copy}-", picture)
    return (
        f'<div class="{classes}"><iframe data-src="../figures/{chapter}-{name}.html?bare" data-state="{escape(state)}"'
        f' title="Figure: {escape(name)}"></iframe><div class="still">{still}</div></div>'
    )


def drawn(chapter: str, address: str) -> str:
    """The picture of a figure in the state that an address names. The page holds that of the first alone, and paper,
    which a browser may print before any slide was shown, can wait for no script."""
    from minirnn.figures.frames import draw_frames  # found once a build has prepared the path

    from .pictures import figures_of

    name, _, query = address.partition("?")
    figure = figures_of(chapter)[name]
    values = {k: float(v) if figure.controls[k].numeric else v for k, v in parse_qsl(query)}
    (frame,) = draw_frames(figure.job(), [figure.point(figure.state(**values))])
    return f'<div class="gtt-picture" role="img" aria-label="{escape(frame.alt)}">{frame.svg}</div>'
