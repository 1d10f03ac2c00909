"""What is made of built pages: the joined book and its PDF, slides, figures as files."""

import csv
import io
import re
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

from handouts import blocks, downloads, epub, joined, offline, pdf, pictures, slides
from handouts.pages import article
from minirnn.figures import explorable, single
from tests.conftest import ROOT, serve

sys.path.append(str(ROOT / "book/_ext"))

HEAD = '<!doctype html><html><head><link rel="stylesheet" href="../_static/a.css?v=1"></head><body>'
FIGURE = (
    '<div class="cell"><gtt-explorable id="cost"><figure><div class="gtt-picture" role="img" aria-label="A line">'
    '<svg viewBox="0 0 9 9"><defs><clipPath id="cost-p"><path d="M0 0h9v9z"/></clipPath></defs>'
    '<path id="cost-q" clip-path="url(#cost-p)" d="M0 0 9 9"/><use href="#cost-q"/></svg></div>'
    '<div class="gtt-columns"><use href="#cost-figure_1"/></div><form class="gtt-form"><input id="cost--s"></form>'
    "<figcaption>What to see.</figcaption></figure>"
    '<script type="application/json">{"frames": "</div>"}</script></gtt-explorable></div>'
)
MATRIX = (  # MathML of browsers; of EPUB's, which is older, neither a fraction nor a table has such attributes
    '<math><mfrac displaystyle="true"><mn>1</mn><mn>2</mn></mfrac><mtable displaystyle="false" scriptlevel="0"><mtr>'
    "<mtd><mn>3</mn></mtd></mtr></mtable></math>"
)
PAGES = {
    "book/one": (
        '<section id="one"><h1>One &amp; all<a class="headerlink" href="#one">#</a></h1>'
        '<div class="lead"><p>Why?</p></div><h2 id="cost-of-it">The cost</h2>'
        f'{FIGURE}<div class="notice"><p>Things to notice</p><ul><li>'
        '<a class="gtt-goto" href="#cost?s=2">At 2</a> it is high.</li></ul></div>'
        '<p><a href="two.html#cost">There</a> <a href="two.html">two</a> <a href="#cost?s=2">at 2</a> '
        '<a href="../figures/two-cost.html#cost?s=3">alone</a> <a href="../_notebooks/one.ipynb" download>file</a> '
        '<a href="https://example.org/x">out</a></p>'
        '<div class="proof theorem admonition" id="thm"><p class="admonition-title">Theorem 1 (Small)</p>'
        '<section><p>All is <b id="b">small</b>.</p></section></div>'
        '<div class="misconception"><p><strong>“Large”</strong></p><p>Not so.</p></div>'
        '<div class="exercise admonition" id="ex"><p>Do.</p></div>'
        '<div class="solution admonition" id="sol"><p>Done.</p></div>'
        '<fieldset class="gtt-check"><legend>Which?</legend><div class="choice"><input type="radio" id="c-0">'
        '<label for="c-0">This</label><div class="answer right"><p>Because.</p></div></div></fieldset>'
        "<h2>Summary</h2><ul><li>Small it is.</li></ul></section>"
    ),
    "book/two": f'<section id="two"><h1>Two</h1>{FIGURE}<p><a href="one.html#thm">theorem</a></p>{MATRIX}</section>',
    "book/lessons/one": (
        '<section id="l"><h1>Lesson</h1><div class="needs"><dl><dt>Aim</dt><dd><p>To see.</p></dd><dt>Take home</dt>'
        "<dd><p>Small.</p></dd></dl></div>"
        '<div class="vote"><p><strong>How high?</strong> '
        '<a class="gtt-goto" href="../../figures/one-cost.html#cost?s=4">Show</a></p>'
        "<ol><li>Low</li><li>High</li></ol>"
        '<p><em>Answer.</em> High, <a class="gtt-goto" href="../../figures/one-cost.html#cost?s=5">at 5</a>.</p>'
        "<p><em>For you.</em> Wait.</p></div>"
        '<div class="vote"><p><strong>And why?</strong></p><ol><li>So</li></ol>'
        "<p><em>Answer.</em> So.</p></div></section>"
    ),
}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built book of two chapters and a lesson, with what its pages load."""
    cost = explorable(
        lambda s: single()[0], words=lambda s: f"A line of slope {s}.", name="cost", s=[1.0, 2.0, 4.0, 5.0]
    )
    monkeypatch.setattr(pictures, "figures_of", lambda chapter: {"cost": cost})
    site = tmp_path / "_build/html"
    for name, inside in PAGES.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / f"{name}.html").write_text(f'{HEAD}<article class="bd-article">{inside}</article></body></html>')
    (site / "_static").mkdir()
    (site / "_static/a.css").write_text("body { margin: 0; }")
    for source in (ROOT / "book/_static").glob("slides.*"):
        (site / "_static" / source.name).write_text(source.read_text())
    for name in ("tokens.css", "favicon.svg"):
        (site / "_static" / name).write_text("")
    (site / "figures").mkdir()
    (site / "figures/one-cost.html").write_text("<p>figure</p>")
    (site / "objects.inv").touch()
    others = "{file: book/two, sections: [{file: book/lessons/one}]}"
    (tmp_path / "_toc.yml").write_text(f"root: book/one\nparts:\n  - {{caption: Others, chapters: [{others}]}}\n")
    (tmp_path / "_config.yml").write_text("title: A <small> book\nauthor: Us\n")
    return site


def soup(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser")


def test_joined_pages_lead_to_each_other(site):
    book = soup(joined.joined(site.parents[1], site))
    links = {link.get_text(): link["href"] for link in book.select("#one-- p > a[href]")}
    assert links["There"] == "#two--cost"
    assert links["two"] == "#two--"
    assert links["at 2"] == "#one--cost"
    assert links["alone"] == "#two--cost", "a figure's own page is its place in the chapter"
    assert links["out"] == "https://example.org/x"
    assert "file" not in links, "what is not in the document is plain text"
    assert book.select_one('#two-- a[href="#one--thm"]').get_text() == "theorem"
    ids = [tag["id"] for tag in book.select("[id]")]
    assert len(ids) == len(set(ids))
    for part in book.select("#two-- [clip-path], #two-- use"):
        target = re.search(r"#([^)]*)", part.get("clip-path", "") or part.get("href"))[1]
        assert book.find(id=target), "ids in pictures are renamed with what names them"


def test_a_caption_stands_with_its_picture_and_long_code_may_go_on_over_the_page(site):
    page = site / "book/two.html"
    figure = FIGURE.replace('<div class="gtt-picture"', '<div class="gtt-stage"><div class="gtt-picture"', 1)
    figure = figure.replace(
        '<div class="gtt-columns"', '</div><div class="gtt-small">At 2</div><div class="gtt-columns"'
    )
    code = "".join(f"<pre>{'x = 1' * 3}{line * count}</pre>" for line, count in (("\ny", 5), ("\ny", 60)))
    page.write_text(page.read_text().replace(FIGURE, figure + code))
    book = soup(joined.joined(site.parents[1], site))
    parts = [part.get("class", [part.name])[0] for part in book.select("#two-- figure > *, #two-- figure + *")]
    assert parts == ["gtt-stage", "figcaption", "gtt-others"], "EPUB allows nothing below a caption in its figure"
    assert ["paper-long" in pre.get("class", []) for pre in book.select("#two-- pre")] == [False, True]


def test_a_block_that_is_too_wide_for_paper_is_closed_up_then_smaller_and_code_never_below_its_limit():
    gap, title = " " * 90, "of “One &amp; all”"
    far = f"<pre><span></span>a{gap}(eq. 1)\nbc{gap[1:]}(eq. 2)</pre>"
    row = f'<pre>{"x" * 90}  (eq. <a href="#one--eq">(1)</a> {title}, 2012)\ny</pre>'
    code, longer = (f'<pre><span class="gtt-line">{"x" * count}</span></pre>' for count in (100, 110))
    page = soup(f"{far}{row}{code}{longer}<details><pre>{'x' * 95}</pre></details>")
    for block in page.find_all("pre"):
        blocks.fit(block)
    closed, pointed, smaller, wrapped, inside = page.find_all("pre")
    assert closed.get_text() == "a   (eq. 1)\nbc  (eq. 2)"
    assert not closed.select("span"), "a page would end below an empty box"
    assert "(eq. (1), page 000, 2012)" in blocks.lines(pointed)[0]
    assert pointed.select_one(".paper-only .paper-page")["href"] == "#one--eq"
    sizes = [block.get("style") for block in (smaller, wrapped, inside)]
    assert sizes == ["--paper-size:0.960", None, "--paper-size:0.979"]


def test_links_to_files_beside_the_pages_say_where_they_are(site):
    page = site / "book/two.html"
    decks = "".join(
        f'<tr><td><a href="one.html">One</a></td><td><a href="../slides/{k}.html">slides</a></td></tr>'
        for k in "ab"
    )
    table = f"<table><tr><th>lesson</th><th>decks</th></tr>{decks}</table>"
    page.write_text(
        page.read_text().replace("<p>", f'{table}<p>See <a href="../z.zip" download>the zip</a>, now: ', 1)
    )
    two = soup(joined.joined(site.parents[1], site)).select_one("#two--")
    assert "See the zip (online), now" in two.get_text()
    assert [row.get_text() for row in two.select("tr")] == ["lesson", "One", "One"]
    where = '<link rel="canonical" href="https://u.example/b/book/two.html"></head>'
    page.write_text(page.read_text().replace("</head>", where))
    two = soup(joined.joined(site.parents[1], site)).select_one("#two--")
    assert "See the zip (https://u.example/b/z.zip), now" in two.get_text()
    assert two.select_one('a[href="https://u.example/b/z.zip"]').get_text() == "the zip"


def test_a_named_state_that_the_figure_shows_is_not_printed_twice(site):
    page = site / "book/two.html"
    states = ("A line", "Another line")
    pictures = [
        f'<div class="gtt-small"><div class="gtt-picture" aria-label="{alt}"></div></div>' for alt in states
    ]
    figure = FIGURE.replace('<div class="gtt-columns"', f'{"".join(pictures)}<div class="gtt-columns"', 1)
    page.write_text(page.read_text().replace(FIGURE, figure))
    book = soup(joined.joined(site.parents[1], site))
    assert [tag["aria-label"] for tag in book.select("#two-- .gtt-others .gtt-picture")] == ["Another line"]


def test_joined_pages_have_contents_and_no_furniture(site):
    book = soup(joined.joined(site.parents[1], site))
    assert [link.get_text() for link in book.select(".paper-contents li > a:first-child")] == [
        "One & all",
        "Two",
        "Lesson",
        "Solutions and answers",
    ]
    assert book.title.get_text() == "A <small> book"
    assert not book.select("script, form, .gtt-columns, .headerlink")
    assert book.select_one("link")["href"] == "../html/_static/a.css?v=1"


def test_solutions_and_answers_stand_at_the_end(site):
    book = soup(joined.joined(site.parents[1], site))
    page, end = book.select_one("#one--"), book.select_one(".paper-end")
    assert "Done." not in page.get_text()
    assert "Because." not in page.get_text()
    assert "Which?" in page.get_text()
    assert [line.get_text() for line in page.select(".paper-see")] == ["Solution: page ", "Answer: page "]
    for link in page.select(".paper-see a"):
        assert end.find(id=link["href"].removeprefix("#"))
    assert re.search("Done.*Which.*Because", end.get_text(), re.DOTALL)


def test_a_link_that_leads_nowhere_is_an_error(site):
    page = site / "book/two.html"
    page.write_text(page.read_text().replace("#thm", "#no-such"))
    with pytest.raises(ValueError, match="one--no-such"):
        joined.joined(site.parents[1], site)


def test_a_page_without_text_is_an_error(site):
    (site / "book/two.html").write_text("<html></html>")
    with pytest.raises(ValueError, match="book/two: expected a page with <article"):
        article(site, "book/two")


def test_without_a_built_book_the_message_says_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError, match="run `make book` first"):
        downloads.folder(tmp_path)


@pytest.mark.browser
def test_the_pdf_has_outline_links_and_numbers_of_pages(site, browser):
    from pypdf import PdfReader

    made = pdf.made(site.parents[1], site, browser)
    reader = PdfReader(io.BytesIO(made))
    titles = [item.title for item in reader.outline if not isinstance(item, list)]
    assert titles[:5] == ["A <small> book", "Contents", "One & all", "Two", "Lesson"]
    places = pdf.pages_of(made)
    contents = reader.pages[1].extract_text()
    for title, name in (("One & all", "one--"), ("Two", "two--"), ("Solutions and answers", "solutions")):
        assert re.search(rf"{title}\s*{places[name]}\b", contents), contents
    wanted = {link["/Dest"] for page in reader.pages for link in annotations(page) if "/Dest" in link}
    assert wanted
    assert {name.removeprefix("/") for name in wanted} <= places.keys()
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


@pytest.mark.browser
def test_pages_end_between_things_and_the_outline_has_each_title_once(site, browser):
    """Sections begin at all heights of a page: each has what was torn from its heading, or from its answer."""
    from pypdf import PdfReader

    ask = '<gtt-ask><p>Ask?</p><details><p>So.</p></details></gtt-ask><div class="exercise"><p>Try it.</p></div>'
    ask += '<div class="solution admonition"><p>Done.</p></div>'
    lines = "".join(f'<span class="gtt-line">line {k}\n</span>' for k in range(40))
    block = f"<div><pre><span></span>{lines}</pre></div>"
    script = f"<details class='sd-dropdown'><summary>Script</summary>{block}</details>"
    rows = "<thead><tr><th>Head</th></tr></thead><tbody>" + "<tr><td>row</td></tr>" * 6 + "</tbody>"
    parts = [f"<p><em>10 minutes</em></p><p>Text.</p>{ask}", script, f"<table>{rows}</table>"]
    filler = "<p>Filler.</p>"
    sections = "".join(f"<section><h2>Part {k}.</h2>{parts[k % 3]}{filler * (k % 5)}</section>" for k in range(90))
    page = site / "book/two.html"
    page.write_text(page.read_text().replace(MATRIX, sections))
    (site / "_static/a.css").write_text(
        (ROOT / "book/_static/book.css").read_text() + ".bd-article h2 { line-height: 1 }"
    )
    reader = PdfReader(io.BytesIO(pdf.made(site.parents[1], site, browser)))
    titles = [item.title for part in reader.outline if isinstance(part, list) for item in part]
    assert [title for title in titles if title.startswith("Part")] == [f"Part {k}." for k in range(90)]
    pages = [[line.strip() for line in page.extract_text().split("\n") if line.strip()] for page in reader.pages]
    pages = [[line for line in lines if not line.isdigit() and line != "Two"] for lines in pages]
    texts = [lines for lines in pages if "Filler." in lines or "line 20" in lines]
    assert len(texts) > 20
    assert {lines[0] for lines in texts} & {"10 minutes", "Text.", "Solution: page", "line 0", "line 1"} == set()
    assert not [lines[0] for lines in texts if lines[0].startswith(("Answer: page", "Solution: page"))]
    assert not [
        lines[-1] for lines in texts if lines[-1].startswith(("Part", "10 minutes", "Ask", "Script", "Head"))
    ]


def annotations(page):
    return [entry.get_object() for entry in page.get("/Annots", [])]


@pytest.mark.browser
def test_a_file_that_is_not_there_is_an_error(site, browser):
    page = site / "book/two.html"
    page.write_text(page.read_text().replace("<p>", '<img alt="x" src="../_images/none.png"><p>'))
    with pytest.raises(RuntimeError, match=r"none\.png"):
        pdf.made(site.parents[1], site, browser)


@pytest.mark.browser
def test_the_epub_is_xhtml_whose_links_resolve(site, browser):
    with zipfile.ZipFile(io.BytesIO(epub.made(site.parents[1], site, browser))) as held:
        first = held.infolist()[0]
        files = {name: held.read(name).decode() for name in held.namelist()}
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert files["mimetype"] == "application/epub+zip"
    trees = {
        name: ElementTree.fromstring(text)
        for name, text in files.items()
        if name != "mimetype" and "css" not in name
    }
    ids = {name: {tag.get("id") for tag in tree.iter()} for name, tree in trees.items()}
    links = [
        (name, *tag.get("href").split("#"))
        for name, tree in trees.items()
        for tag in tree.iter()
        if "#" in tag.get("href", "")
    ]
    across = [(name, file, anchor) for name, file, anchor in links if file.endswith("xhtml")]
    assert len(across) > 4
    assert [link for link in across if link[2] not in ids[f"OEBPS/{link[1]}"]] == []
    listed = {item.get("href") for item in trees["OEBPS/book.opf"].iter() if item.get("media-type")}
    assert {f"OEBPS/{name}" for name in listed} == {name for name in files if name.startswith("OEBPS/")} - {
        "OEBPS/book.opf"
    }
    one = files["OEBPS/page-01.xhtml"]
    assert "viewBox" in one, "names of SVG have capital letters"
    assert 'properties="svg"' in files["OEBPS/book.opf"]
    assert "gtt-explorable>" not in one
    assert '<mstyle displaystyle="true" scriptlevel="0"><mfrac><mn>1' in files["OEBPS/page-02.xhtml"]
    assert '<mstyle displaystyle="false" scriptlevel="0"><mtable><mtr>' in files["OEBPS/page-02.xhtml"]
    assert "download" not in one


def test_the_front_page_names_what_is_made_of_its_pages(site):
    front = site / "book/intro.html"
    front.write_text('<p>x</p><div class="gtt-take-along"></div><p>y</p>')
    (downloads.folder(site) / downloads.PDF).write_bytes(bytes(1_500_000))
    downloads.offer(site)
    assert "href" not in front.read_text(), "nobody knows of which pages"
    downloads.done(site / downloads.FOLDER / downloads.PDF, site)
    for _ in range(2):  # a second time changes nothing
        downloads.offer(site)
        assert [a["href"] for a in soup(front.read_text()).select("a")] == [f"../_downloads/{downloads.PDF}"]
    assert "(1.5 MB)" in front.read_text()
    assert front.read_text().endswith("<p>y</p>")
    page = site / "book/two.html"
    before = page.read_text()
    page.write_text(before.replace("<h1>Two", "<h1>Three"))
    downloads.offer(site)
    assert "href" not in front.read_text(), "the PDF is of an earlier build"
    page.write_text(before.replace("<body>", "<body>A menu"))  # what is beside the text may change
    downloads.offer(site)
    assert "href" in front.read_text()


def test_the_whole_site_in_one_file_holds_the_others_and_not_itself(site):
    front = site / "book/intro.html"
    front.write_text('<div class="gtt-take-along"></div>')
    made = downloads.folder(site) / downloads.EPUB
    made.write_bytes(b"x")
    downloads.done(made, site)
    for _ in range(2):
        target = offline.write(site.parents[1], site)
        with zipfile.ZipFile(target) as held:
            top = {name.split("/")[0] for name in held.namelist()}
            names = {name.partition("/")[2] for name in held.namelist()}
            inside = held.read("gradients-through-time/book/intro.html").decode()
        assert top == {"gradients-through-time"}
        assert {"book/one.html", "_static/a.css", f"_downloads/{downloads.EPUB}"} <= names
        assert f"_downloads/{downloads.SITE}" not in names
        assert [a["href"] for a in soup(inside).select("a")] == [f"../_downloads/{downloads.EPUB}"]
        assert len(soup(front.read_text()).select("a")) == 2


# ---- slides


def test_a_deck_has_question_votes_figures_theorems_and_summary(site):
    deck = soup(slides.deck(site, "one"))
    heads = [tag.select_one("h1, h2").get_text() for tag in deck.select(".slide")]
    assert heads == [
        "One & all",
        "You will be able to",
        "How high?",
        "Theorem 1 (Small)",
        "True?",
        "And why?",
        "What to take home",
        "In one breath",
    ]
    vote = deck.find(id="3")
    assert vote.iframe["data-src"] == "../figures/one-cost.html?bare"
    assert vote.iframe["data-state"] == "cost?s=4"
    assert vote.select_one(".still .gtt-picture")["aria-label"] == "A line of slope 4.0.", (
        "paper shows the same state"
    )
    assert [part.get("data-state") for part in vote.select(".later")] == [None, None, "cost?s=2"]
    assert vote.select_one(".later a")["href"] == "#cost?s=5"
    assert "Wait." not in vote.get_text(), "what is said to the lecturer"
    assert "Not so." in deck.find(id="5").select_one(".later").get_text()
    ids = [tag["id"] for tag in deck.select("[id]")]
    assert len(ids) == len(set(ids))


def test_a_vote_on_a_figure_of_another_chapter_is_an_error(site):
    lesson = site / "book/lessons/one.html"
    lesson.write_text(lesson.read_text().replace("one-cost.html#cost?s=4", "two-price.html#price?s=4"))
    with pytest.raises(ValueError, match=r"expected a figure of book/one\.md, got 'price'"):
        slides.deck(site, "one")


def test_decks_of_lessons_that_are_no_more_are_removed(site):
    (site / "slides").mkdir()
    (site / "slides/old.html").touch()
    slides.write(site.parents[1], site)
    assert [path.name for path in (site / "slides").iterdir()] == ["one.html"]


@pytest.mark.browser
def test_keys_lead_through_a_deck_step_by_step(site, browser):
    slides.write(site.parents[1], site)
    server = serve(site)
    tab = browser.new_page(viewport={"width": 1280, "height": 720})
    tab.goto(f"http://127.0.0.1:{server.server_port}/slides/one.html#3")
    number = tab.locator("nav output")
    assert number.inner_text() == "3 of 8"
    assert tab.locator(".slide:visible").count() == 1
    assert not tab.locator("iframe:visible").count(), "first they vote"
    tab.keyboard.press("ArrowRight")
    assert tab.locator("iframe:visible").get_attribute("src").endswith("one-cost.html?bare#cost?s=4")
    assert not tab.get_by_text("High, at 5").is_visible()
    tab.keyboard.press("ArrowRight")
    assert tab.get_by_text("High, at 5").is_visible()
    tab.keyboard.press("ArrowRight")
    assert tab.locator("iframe:visible").get_attribute("src").endswith("#cost?s=2")
    tab.keyboard.press("ArrowRight")
    assert number.inner_text() == "4 of 8"
    tab.keyboard.press("ArrowLeft")
    assert tab.get_by_text("it is high").is_visible(), "back to the last step"
    tab.keyboard.press("End")
    assert tab.url.endswith("#8")
    tab.get_by_label("Back").click()
    assert number.inner_text() == "7 of 8"
    tab.emulate_media(media="print")
    assert tab.locator(".slide:visible").count() == 8
    assert tab.get_by_text("High, at 5").is_visible()
    assert tab.locator(".slide svg:visible").count() == 1
    tab.close()
    server.shutdown()
    server.server_close()


# ---- figures as files


def test_a_figure_is_taken_in_each_of_its_named_states(site, monkeypatch):
    figure = explorable(
        lambda s: single()[0],
        words=lambda s: f"A line of slope {s}.",
        name="cost",
        caption="See.",
        states={"λ = 2, steep": {"s": 2.0}},
        s=[1.0, 2.0],
    )
    monkeypatch.setattr(pictures, "CHAPTERS", ["one"])
    monkeypatch.setattr(pictures, "figures_of", lambda chapter: {"cost": figure})
    monkeypatch.setattr(pictures, "modules", lambda chapter: [])
    with zipfile.ZipFile(pictures.write(site.parents[1], site)) as held:
        names = held.namelist()
        png = held.read("figures/one/cost.png")
        svg = held.read("figures/one/cost--2-steep.svg").decode()
        rows = list(csv.DictReader(io.StringIO(held.read("figures/figures.csv").decode("utf-8-sig"))))
    assert len(names) == 6
    assert int.from_bytes(png[16:20], "big") == pictures.WIDTH
    assert "<text" not in svg, "letters are outlines"
    assert rows[1]["text alternative"] == "A line of slope 2.0."
    assert rows[1]["file"] == "one/cost--2-steep"
