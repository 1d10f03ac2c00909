"""Every page of the book, and the pattern page with each piece of markup a chapter may use."""

import ast
import functools
import gzip
import re
import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup

from tests.browser.contrast import faint_texts
from tests.conftest import FLAGS, ROOT, build, cut_code, serve, source_files

HEAD = """---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {name: python3, display_name: Python 3, language: python}
"""
DESCRIBED = HEAD + "myst: {html_meta: {description: x}}\n---\n"


def small_book(folder: Path, pages: dict[str, str]) -> Path:
    """A book of the given pages with the real settings and extension."""
    shutil.copy(ROOT / "_config.yml", folder)
    for name in source_files():
        if name.parts[0] == "book" and (name.suffix != ".md"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    tables = yaml.safe_load(
        (folder / "book/search.yml").read_text()
    )  # a small book has not the sections that they name
    (folder / "book/search.yml").write_text(yaml.safe_dump(tables | {"absent": []}))
    # the extension finds the library from where it lies
    (folder / "minirnn").symlink_to(ROOT / "minirnn")
    for name, text in pages.items():
        (folder / "book" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "book" / name).write_text(text)
    root, *others = [f"book/{name.removesuffix('.md')}" for name in pages]
    chapters = "".join(f"  - file: {name}\n" for name in others)
    (folder / "_toc.yml").write_text(
        f"format: jb-book\nroot: {root}\n" + (f"chapters:\n{chapters}" if others else "")
    )
    return folder


@pytest.fixture(scope="module")
def pattern(made_once) -> Path:
    def make(folder: Path):
        text = (Path(__file__).parent / "pattern/page.md").read_text()
        result = build(small_book(folder, {"page.md": text}), *FLAGS)
        assert result.returncode == 0, result.stdout[-3000:]

    return made_once("pattern", make) / "_build/html"


@functools.cache
def pages(folder: Path) -> dict[Path, BeautifulSoup]:
    """The written pages, without the search page, the index and the redirect at the root."""
    return {f: BeautifulSoup(f.read_text(), "html.parser") for f in sorted((folder / "book").rglob("*.html"))}


@pytest.fixture(scope="module", params=["built_book", "pattern"])
def site_folder(request) -> Path:
    return request.getfixturevalue(request.param)


def test_every_page_of_the_contents_is_built(built_book):
    listed = re.findall(r"(?:file|root): (\S+)", (ROOT / "_toc.yml").read_text())
    assert [name for name in listed if not (built_book / f"{name}.html").exists()] == []


SHOWN = [
    pytest.param(page.parent / file, name, id=f"{page.stem}: {name}")
    for page in sorted((ROOT / "book").glob("*.md"))
    for file, name in re.findall(r"\{literalinclude\} (\S+)\n:pyobject: (\S+)", page.read_text())
]


@pytest.mark.parametrize(("file", "name"), SHOWN)
def test_code_that_a_page_shows_is_there(file: Path, name: str):
    """What the build would say after minutes."""
    body = ast.parse(file.read_text()).body
    for part in name.split("."):
        (found,) = (node for node in body if getattr(node, "name", None) == part)
        body = getattr(found, "body", [])


def test_no_line_begins_with_the_full_stop_of_a_formula(site_folder):
    for file, page in pages(site_folder).items():
        for formula in page.select(".bd-article span.math"):
            mark = formula.next_sibling
            loose = isinstance(mark, str) and re.match(r"[.,;:!?)]", mark)
            assert not loose or "gtt-together" in formula.parent.get("class", []), f"{file.name}: {formula} {mark}"


def test_head_of_every_page(site_folder):
    for file, page in pages(site_folder).items():
        assert page.html["lang"] == "en", file
        assert len(page.find_all("h1")) == 1, file
        assert page.title.text.strip(), file
        assert page.find("meta", attrs={"name": "description"})["content"].strip(), file


def test_ids_are_unique(site_folder):
    for file, page in pages(site_folder).items():
        ids = [tag["id"] for tag in page.find_all(id=True)]
        assert sorted({name for name in ids if ids.count(name) > 1}) == [], file


def test_links_and_anchors_resolve(site_folder):
    soups = pages(site_folder)
    ids = {file: {tag["id"] for tag in page.find_all(id=True)} for file, page in soups.items()}
    broken = []
    for file, page in soups.items():
        for link in page.find_all("a", href=True):
            url = urlsplit(link["href"])
            if url.scheme or url.netloc:
                continue
            target = (file.parent / unquote(url.path)).resolve() if url.path else file
            anchor = unquote(url.fragment).partition("?")[0]  # what follows is the state of a figure
            if not target.exists() or (anchor and anchor not in ids.get(target, {anchor})):
                broken.append((file.name, link["href"]))
    assert broken == []


def test_nothing_is_loaded_from_another_host(site_folder):
    """Pages, their inline scripts and styles, and the style sheets. Scripts are watched in the browser, below."""
    elsewhere = re.compile(r"(?:https?:)?//[\w.-]+\.\w+")
    loads = re.compile(r"url\(\s*['\"]?((?:https?:)?//[^)]*)\)|@import\s+['\"](?:https?:)?//[^;]*")
    found = []
    for file, page in pages(site_folder).items():
        for tag in page.find_all(
            ["script", "img", "iframe", "link", "source", "video", "audio", "object", "embed", "use"]
        ):
            if tag.name == "link" and not set(tag.get("rel", [])) & {
                "stylesheet",
                "preload",
                "icon",
                "preconnect",
                "modulepreload",
            }:
                continue
            for name in ("src", "srcset", "href", "data", "poster", "xlink:href"):
                if elsewhere.match(tag.get(name, "")):
                    found.append((file.name, tag[name]))
            if tag.name == "script" and elsewhere.search(re.sub(r"http://www\.w3\.org/\S*", "", tag.text)):
                found.append((file.name, tag.text[:100]))
        found += [(file.name, m[0]) for m in loads.finditer(str(page))]
    for sheet in (site_folder / "_static").rglob("*.css"):
        found += [(sheet.name, m[0][:100]) for m in loads.finditer(sheet.read_text())]
    assert found == []


def test_pages_stay_within_their_budget(built_book):
    weights = {f.name: len(gzip.compress(f.read_bytes())) / 1024 for f in pages(built_book)}
    assert {name: kb for name, kb in weights.items() if kb > 300} == {}


def test_little_is_waited_for_before_a_page_shows(built_book):
    """Styles, without the rules that no page can use, and with four faces; none of the scripts in the head: the names
    that inline scripts need stand in the page."""
    for file, page in pages(built_book).items():
        sheets = {(file.parent / link["href"].partition("?")[0]) for link in page.select("link[rel=stylesheet]")}
        assert sum(len(gzip.compress(sheet.read_bytes())) for sheet in sheets) < 100_000, file
        waits = page.select("head script[src]:not([defer], [async])")
        assert [script["src"] for script in waits] == [], file
        assert "const DOCUMENTATION_OPTIONS" in str(page.head), file
    assert "nav.bd-links" in (built_book / "_static/all.css").read_text()


def test_no_raw_widget_reaches_a_page(built_book):
    for file in pages(built_book):
        assert "application/vnd.jupyter.widget" not in file.read_text(), file


def test_pattern_page_has_what_it_shows(pattern):
    page = pages(pattern)[pattern / "book/page.html"]
    picture = page.select_one("figure svg.gtt-still")
    assert picture["role"] == "img"
    assert picture["aria-label"].startswith("Three curves")
    assert "var(--gtt-exploding, #c04f00)" in str(picture)
    assert "ends at 4.32" in " ".join(page.text.split())  # the glued number
    assert len(page.select(".gtt-check input[type=radio]")) == 3
    assert page.select_one("gtt-ask details code").text == "(T-1)*lam^(T-2)"
    assert [a["class"][-1] for a in page.select(".gtt-check .answer")] == ["wrong", "right", "wrong"]
    assert page.select_one("a.gtt-goto")["href"] == "#unrolled?lam=1.2"
    assert (
        page.select_one('a.gtt-goto[href*="figures"]')["href"] == "../figures/page-unrolled.html#unrolled?lam=1.2"
    )
    assert page.select_one("div.solution div.cell_output")
    assert page.select(".sidenote")
    assert "Bengio" in page.select_one("div.citation").text


@pytest.mark.slow
def test_the_figures_of_each_page_count_up(built_book):
    for file in sorted((built_book / "book").glob("*.html")):
        found = BeautifulSoup(file.read_text(), "html.parser").select("figcaption .caption-number")
        numbers = [text.removeprefix("Fig. ") for tag in found if (text := tag.text.strip()).startswith("Fig. ")]
        assert numbers == [str(k) for k in range(1, len(numbers) + 1)], file.name


def test_a_figure_has_a_number_among_all_of_its_page_and_a_page_of_its_own(pattern):
    page = pages(pattern)[pattern / "book/page.html"]
    numbers = [tag.text.strip() for tag in page.select("figcaption .caption-number")]
    assert numbers == ["Fig. 1", "Fig. 2"]
    assert page.select_one('a.reference[href="#fig-powers"]').text == "Fig. 1"
    assert page.select_one('p a[href="#unrolled"]').text == "Fig. 2"
    link = page.select_one("#unrolled .gtt-alone")["href"]
    assert link == "../figures/page-unrolled.html"
    alone = BeautifulSoup((pattern / "book" / link).read_text(), "html.parser")
    (figure,) = alone.select("gtt-explorable")
    assert figure.select_one(".caption-number").text == "Fig. 2"
    assert not figure.select(".gtt-alone")
    loaded = [tag[key] for key in ("src", "href") for tag in alone.select(f"head [{key}]")]
    assert [name for name in loaded if not (pattern / "figures" / name).exists()] == []
    assert alone.select_one(".gtt-home")["href"] == "../book/page.html#unrolled"
    assert (pattern / "_static/faces.js").read_text().count("data:font/woff2;base64,") == 3
    assert "page-unrolled" not in (pattern / "sections.js").read_text(), "the search knows the chapter alone"


FAULTS = {
    "nodescription.md": (HEAD + "---\n# No description\n", "no description"),
    "nopicture.md": (
        DESCRIBED + "# Mute\n\n![](_static/logo.svg)\n",
        "a picture without a text alternative",
    ),
    "mutesvg.md": (
        DESCRIBED + "# Mute output\n\n```{code-cell} ipython3\n"
        "from IPython.display import HTML\nHTML('<svg></svg>')\n```\n",
        "a picture without a text alternative: <svg>",
    ),
    "badask.md": (
        DESCRIBED + "# Ask\n\n:::{ask} How many?\n:key: bptt/none\n:::\n",
        "there is no question 'none' in",
    ),
    "badcheck.md": (
        DESCRIBED + "# Check\n\n:::{check} Right?\n- [ ] a\n\n  no\n- [ ] b\n\n  no\n:::\n",
        "one of them right",
    ),
    "heavy.md": (
        DESCRIBED + "# Heavy\n\n```{code-cell} ipython3\nimport secrets\nfrom IPython.display import HTML\n"
        "HTML('<gtt-explorable id=\"big\">' + secrets.token_hex(200_000) + '</gtt-explorable>')\n```\n",
        "the figure big is",
    ),
    "noref.md": (
        DESCRIBED + "# Refers\n\n{fig}`nobody` says so.\n",
        "nobody",
    ),
    "raises.md": (
        DESCRIBED + "# Raises\n\n```{code-cell} ipython3\n1 / 0\n```\n",
        "ZeroDivisionError",
    ),
}


@pytest.mark.slow
def test_faulty_pages_fail_the_build(tmp_path):
    """All but the last at once; that one ends the build where it stands."""
    *others, last = FAULTS
    for number, names in enumerate([others, [last]]):
        folder = tmp_path / str(number)
        folder.mkdir()
        result = build(small_book(folder, {name: FAULTS[name][0] for name in names}), *FLAGS)
        assert result.returncode != 0
        for name in names:
            assert FAULTS[name][1] in result.stdout, (name, result.stdout[-3000:])


@pytest.fixture
def pattern_url(pattern):
    server = serve(pattern)
    yield f"http://127.0.0.1:{server.server_port}/book/page.html"
    server.shutdown()
    server.server_close()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_both_themes(pattern_url, browser, scheme):
    tab = browser.new_page(color_scheme=scheme)
    tab.goto(pattern_url, wait_until="networkidle")
    tab.get_by_label("The learning rate.").check()
    assert tab.evaluate("document.documentElement.dataset.theme") == scheme
    assert faint_texts(tab) == []
    tab.close()


@pytest.mark.browser
def test_first_screen_holds_title_question_and_figure(pattern_url, browser):
    tab = browser.new_page(viewport={"width": 1280, "height": 800})
    tab.goto(pattern_url, wait_until="networkidle")
    box = tab.locator("figure svg.gtt-still").bounding_box()
    assert box["y"] + box["height"] < 600
    em = tab.evaluate(
        "(p => p.clientWidth / parseFloat(getComputedStyle(p).fontSize))(document.querySelector('section > p'))"
    )
    assert 30 < em < 36  # about 65 to 75 characters of this face
    tab.close()


@pytest.mark.browser
def test_paper_is_light_and_holds_all_of_the_code_and_nothing_of_the_furniture(pattern_url, browser):
    tab = browser.new_page(color_scheme="dark", reduced_motion="reduce")
    tab.goto(pattern_url, wait_until="networkidle")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 30)"
    tab.emulate_media(media="print", color_scheme="dark")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert faint_texts(tab) == []
    for furniture in (".bd-header-article", ".bd-sidebar-primary", ".bd-sidebar-secondary", ".prev-next-footer"):
        assert not any(part.is_visible() for part in tab.locator(furniture).all()), furniture
    assert not tab.locator("button:visible").count()
    folded = tab.locator(".toggle-hidden > section, .gtt-check .answer")
    shown = (
        "all => all.map(e => e.offsetHeight > 20 && getComputedStyle(e).visibility + getComputedStyle(e).opacity)"
    )
    assert set(folded.evaluate_all(shown)) == {"visible1"}, "solutions and answers"
    assert cut_code(tab) == 0
    tab.close()


CONTINUED = """() => [...document.querySelectorAll("pre .gtt-line")].map(line => {
  const text = document.createRange(); text.selectNodeContents(line);
  const boxes = [...text.getClientRects()].filter(box => box.width > 1);
  const rows = Map.groupBy(boxes, box => Math.round(box.top / 12));
  return [...rows.values()].map(row => Math.round(Math.min(...row.map(box => box.left))));
}).filter(lefts => lefts.length > 1)"""


@pytest.mark.browser
def test_code_is_not_cut_and_a_long_line_continues_further_in(pattern_url, browser):
    tab = browser.new_page(viewport={"width": 390, "height": 800})
    tab.goto(pattern_url, wait_until="networkidle")
    assert cut_code(tab) == 0
    lefts = tab.evaluate(CONTINUED)
    assert len(lefts) > 2
    assert all(later > first for first, *others in lefts for later in others), lefts
    copied = "[...document.querySelectorAll('.cell_input pre')].map(e => e.textContent).join('').split('\\n')"
    assert "factors = rate ** np.arange(31)      # one number a step: the whole story of a scalar network" in (
        tab.evaluate(copied)
    )
    tab.close()


@pytest.mark.browser
@pytest.mark.parametrize("script", [True, False])
def test_check_answers_to_the_keyboard(pattern_url, browser, script):
    context = browser.new_context(java_script_enabled=script)
    tab = context.new_page()
    tab.goto(pattern_url)
    answers = tab.locator(".gtt-check .answer")
    assert [answers.nth(i).is_visible() for i in range(3)] == [False, False, False]
    tab.locator(".gtt-check input").first.focus()
    tab.keyboard.press("Space")
    assert [answers.nth(i).is_visible() for i in range(3)] == [True, False, False]
    tab.keyboard.press("ArrowDown")
    assert [answers.nth(i).is_visible() for i in range(3)] == [False, True, False]
    said = tab.locator(".gtt-check .said").inner_text()
    assert said.startswith("Right. Each factor") if script else said == ""
    context.close()


@pytest.mark.browser
def test_controls_stay_in_view_on_a_page_of_the_theme(pattern_url, browser):
    """Where something around the figure scrolled by itself, they would not."""
    tab = browser.new_page(viewport={"width": 390, "height": 500})
    tab.goto(pattern_url, wait_until="networkidle")
    tab.evaluate("""() => { const stage = document.querySelector("#unrolled .gtt-stage");
        scrollTo({ top: scrollY + stage.getBoundingClientRect().top - 150, behavior: "instant" }); }""")
    form = tab.locator("#unrolled .gtt-form").bounding_box()
    assert abs(form["y"] + form["height"] - 500) < 1
    tab.close()
