"""The search, as a student uses it: what is typed, which sections come first, and where their links lead."""

import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

ANSWERS = {  # the sections of which one must be among the first three
    "gradient clipping": ("exploding", "exploding#three-ways-to-clip", "exploding#what-clipping-cannot-do"),
    "lyapunov": ("chaos#the-rate-for-any-network",),
    "LSTM forget gate": ("elementwise#gates-a-that-looks-at-its-input",),
    "exploding gradient NaN": (
        "exploding#what-goes-wrong-in-practice",
        "field-guide#states-overflow",
        "field-guide#gradient-explodes",
    ),
    "truncated": ("bptt#what-truncation-loses",),
    "orthogonal initialization": ("vanishing#what-helps", "digits#seven-cells"),
    "state space model": ("elementwise#the-linear-recurrent-unit",),
    "why does my loss spike": ("exploding#what-goes-wrong-in-practice",),
}
MORE = {
    "forget bias": ("vanishing#what-goes-wrong-in-practice",),
    "how do I choose the clipping threshold": ("exploding#choosing-the-threshold",),
    "condition number": (
        "elementwise#why-the-angle-resists",
        "elementwise#many-units-one-function-two-coordinate-systems",
    ),
    "edge of chaos": ("chaos#random-networks",),
    "spectral radius": ("glossary#term-spectral-radius", "vanishing#a-dense-matrix-has-two-sizes"),
    "singular value": ("glossary#term-singular-value",),  # many sections use the word; this one says what it means
    "adjoint": ("glossary#term-adjoint",),
    "curse of memory": ("memory#three-curses", "memory"),
    "chrono initialisation": ("vanishing#what-helps",),
    "lyapunow": ("chaos#the-rate-for-any-network",),
    "vanishing gradiants": ("vanishing#what-vanishes",),
    "temporal order task": ("exploding#clipping-decides-temporal-order",),
    "out of memory": ("speed#when-memory-ends-first",),
    "clip_by_norm": ("api/learning#minirnn-learning-clipping-clip_by_norm",),
    "teacher forcing": ("forwards#when-the-data-are-chaotic-themselves", "forwards"),
    "real-time recurrent learning": (
        "forwards",
        "forwards#one-sum-added-up-in-two-orders",
        "forwards#what-it-costs",
    ),
    "newton method": ("parallel", "parallel#a-sequence-is-one-equation-solved-by-newtons-method"),
    "loss is nan": (
        "exploding#what-goes-wrong-in-practice",
        "field-guide",
        "field-guide#loss-not-finite",
        "diagnosis#who-made-the-nan",
    ),
}
UNTREATED = {  # the word that the answer names, and a section that it leads to
    "S4": ("S4", "elementwise#the-linear-recurrent-unit"),
    "mamba": ("Mamba", "elementwise#gates-a-that-looks-at-its-input"),
    "Dropout": ("dropout", "vanishing#a-penalty-on-forgetting"),
    "transformers": ("transformers", "speed#not-one-step-after-another"),
    "what is attention": ("attention", "elementwise#the-scan"),
    "batch normalisation": ("normalisation", "vanishing#what-helps"),
    "echo state network": ("echo state", "chaos#random-networks"),
}
RESULTS = ".gtt-search ol > li"


@pytest.fixture(params=["http", "file"])
def search(request: Any, open_page: Any, built_book: Path) -> Any:
    """search(query, width=…, theme=…) -> the page of the search, from a server or from the disk."""
    root = request.getfixturevalue("site") if request.param == "http" else built_book.as_uri()
    return lambda query, **how: open_page(f"{root}/search.html?q={quote(query)}", **how)


def places(page: Any) -> list[str]:
    """Where the results lead, in order, as in ANSWERS."""
    links = page.locator(f"{RESULTS} h2 a").evaluate_all("links => links.map(a => a.getAttribute('href'))")
    return [link.removeprefix("book/").replace(".html", "") for link in links]


def said(page: Any) -> str:
    return page.locator("[role=status]").inner_text()


@cache
def words_of(page: Path) -> set[str]:
    """The words that a page shows, in small letters."""
    return set(re.findall(r"[a-z]+", re.sub(r"<[^>]*>", " ", page.read_text(encoding="utf-8").lower())))


def test_the_section_that_answers_is_among_the_first_three_and_quoted_in_plain_words(
    search: Any, built_book: Path
) -> None:
    page = search("")
    for query, answers in ANSWERS.items():
        page.evaluate("query => show(query)", query)
        assert set(places(page)[:3]) & set(answers), (query, places(page)[:3])
        assert said(page)
        kinds = []
        for result, place in zip(page.locator(RESULTS).all(), places(page), strict=True):
            name, _, anchor = place.partition("#")
            title, where, quoted = (
                result.locator(part).inner_text() for part in ("h2", ".gtt-place", ".gtt-excerpt")
            )
            kinds.append(where.rpartition(" · ")[2])
            assert title
            assert not anchor or " · " in where  # the page's title, and what kind of page it is
            assert not re.search(r"\\[a-zA-Z]+|\$|[_^]\{|(?:[-−]?\d[\d.]*\s+){5}", quoted), quoted
            assert not re.search(r"(?<!\w\w)[^\W\d_][_^](\(|\w\b)", title + quoted), (
                "an index is set lower: " + quoted
            )
            glued = set(re.findall(r"\b[a-z]{4,}\b", quoted.lower())) - words_of(built_book / f"book/{name}.html")
            assert not glued, (place, glued)
        assert not {"Exercise", "Assignment", "Reference"} & set(kinds[: kinds.index("Chapter")]), query


def test_more_of_what_a_student_types(search: Any) -> None:
    page = search("")
    missed = {}
    for query, answers in MORE.items():
        page.evaluate("query => show(query)", query)
        if not set(places(page)[:3]) & set(answers):
            missed[query] = places(page)[:3]
    assert missed == {}


def test_what_the_book_does_not_treat_is_said_and_leads_to_the_nearest(search: Any) -> None:
    page = search("")
    for query, (name, nearest) in UNTREATED.items():
        page.evaluate("query => show(query)", query)
        assert said(page).startswith("The book does not treat"), query
        assert name in said(page), query
        assert nearest in places(page)[:3], query
    page.evaluate("show('gradient spikes')")  # which are no spiking networks
    assert "does not treat" not in said(page)


@pytest.mark.parametrize("query", ["lyapunov", "forget gate", "clipping"])
def test_what_was_typed_is_marked_where_it_stands(open_page: Any, site: str, query: str) -> None:
    """Also where another word for it, in the section's title, has brought the section up."""
    page = open_page(f"{site}/search.html?q={query}")
    for excerpt in page.locator(".gtt-excerpt").all():
        marked = " ".join(excerpt.locator("mark").all_inner_texts()).lower()
        for word in query.split():
            assert word in marked or word not in excerpt.inner_text().lower(), excerpt.inner_text()


@pytest.mark.parametrize("query", ["<img src=x onerror=alert(1)>", '"><script>alert(1)</script>', ""])
def test_a_query_is_text_and_nothing_else(search: Any, query: str) -> None:
    page = search(query)
    assert page.locator("main img, .gtt-search script").count() == 0
    assert page.locator(".gtt-search input").input_value() == query


def test_a_query_without_hits_gets_a_word_and_links_that_lead_somewhere(search: Any, built_book: Path) -> None:
    page = search("xyzzyq")
    assert said(page).startswith("No section has “xyzzyq”.")
    links = page.locator(".gtt-help a:visible").evaluate_all("links => links.map(a => a.getAttribute('href'))")
    assert all(link.startswith("?q=") or (built_book / link).exists() for link in links)
    assert len(links) > 5
    for query in ("", "  ", "?!"):
        page.evaluate("query => show(query)", query)
        assert page.locator(".gtt-help").is_visible()
        assert (places(page), said(page)) == ([], "")


def test_a_misspelt_word_is_named(search: Any) -> None:
    assert said(search("lyapunow")).startswith("No section has “lyapunow”; this is for “lyapunov”.")


def test_results_follow_the_typing(search: Any) -> None:
    page = search("")
    page.keyboard.type("plateau")  # the field has the focus
    page.locator(RESULTS).first.wait_for()
    assert "memory#the-plateau" in places(page)[:3]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.gtt-search ol') !== null")


@pytest.mark.parametrize(("width", "button"), [(1280, ".search-button-field"), (390, ".search-button")])
def test_from_a_chapter_to_a_section_of_another(open_page: Any, built_book: Path, width: int, button: str) -> None:
    page = open_page((built_book / "book/vanishing.html").as_uri(), width=width)
    page.locator(f"{button}:visible").click()
    page.wait_for_function("document.activeElement.matches('#pst-search-dialog input')")
    page.keyboard.type("clipping threshold")
    page.keyboard.press("Enter")
    page.locator(RESULTS).first.wait_for()
    page.locator(f"{RESULTS} a").first.click()
    page.wait_for_url("**/book/exploding.html#choosing-the-threshold")
    page.wait_for_function(
        "() => { const y = document.getElementById('choosing-the-threshold').getBoundingClientRect().y;"
        " return y > -5 && y < innerHeight / 2; }"
    )


@pytest.mark.parametrize("name", ["book/vanishing.html", "search.html"])
def test_control_k_leads_to_the_field(open_page: Any, site: str, name: str) -> None:
    page = open_page(f"{site}/{name}")
    page.locator("h1").click()
    page.keyboard.press("Control+k")
    page.keyboard.type("truncated")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=truncated*")
    page.locator(RESULTS).first.wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_icon_stands_beside_the_placeholder(open_page: Any, site: str, width: int, theme: str) -> None:
    """On the page of the search, and in the field that opens over a chapter."""
    page = open_page(f"{site}/search.html", width=width, theme=theme)
    chapter = open_page(f"{site}/book/errata.html", width=width, theme=theme)
    chapter.keyboard.press("Control+k")
    for opened, form in ((page, ".gtt-search form"), (chapter, "#pst-search-dialog form")):
        icon = opened.locator(f"{form} .fa-magnifying-glass").bounding_box()
        field = opened.locator(f"{form} input").bounding_box()
        pad = opened.locator(f"{form} input").evaluate("e => parseFloat(getComputedStyle(e).paddingLeft)")
        assert icon["width"] > 10
        assert icon["x"] + icon["width"] + 4 <= field["x"] + pad
        assert opened.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
