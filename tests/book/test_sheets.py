"""All styles of a page in one file: book/_ext/gtt/sheets.py."""

import re
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.conftest import ROOT

sys.path.append(str(ROOT / "book/_ext"))
from gtt.sheets import join_sheets

HEAD = (
    '<html><head><link href="{up}_static/styles/theme.css?digest=1" rel="stylesheet" />\n'
    '<link rel="preload" as="script" href="{up}_static/scripts/late.js" />\n'
    '<link rel="stylesheet" type="text/css" href="{up}_static/book.css?v=1" /></head>'
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "_static/styles").mkdir(parents=True)
    (tmp_path / "_static/basic.css").write_text('@charset "utf-8"; .a { background: url(file.png) } .rare { x: 1 }')
    (tmp_path / "_static/styles/theme.css").write_text(
        '/* of the theme */ @import "../basic.css"; @font-face { src: url("../fonts/a.woff2"), url(b.woff2) }'
        "@media (min-width: 9px) { .b { mask: url('data:image/svg+xml,%3Csvg/%3E') } }"
    )
    (tmp_path / "_static/book.css").write_text(".b > .c:not(.never), .later { clip-path: url(#hole) }")
    (tmp_path / "book").mkdir()
    (tmp_path / "search.html").write_text(HEAD.format(up="") + '<body class="a">')
    (tmp_path / "book/one.html").write_text(HEAD.format(up="../") + '<body class="b c">')
    (tmp_path / "slides.html").write_text('<head><link rel="stylesheet" href="_static/slides.css"></head>')
    return tmp_path


def sheets_of(page: Path) -> list[str]:
    found = BeautifulSoup(page.read_text(), "html.parser").select("link[rel=stylesheet]")
    return [re.sub(r"\?v=\w{8}$", "", link["href"]) for link in found]


ONE_LINE = (
    '.a{background: url("file.png")}@font-face { src: url("fonts/a.woff2"), url("styles/b.woff2") }'
    '@media (min-width: 9px) {.b{mask: url("data:image/svg+xml,%3Csvg/%3E")}}'
    '.b > .c:not(.never),.later{clip-path: url("#hole")}'
)


def test_pages_load_one_sheet_with_the_rules_that_they_can_use(site: Path) -> None:
    join_sheets(site)
    assert sheets_of(site / "search.html") == ["_static/all.css"]
    assert sheets_of(site / "book/one.html") == ["../_static/all.css"]
    assert sheets_of(site / "slides.html") == ["_static/slides.css"]
    assert "preload" not in (site / "search.html").read_text()
    first, text = (site / "_static/all.css").read_text().split("\n", 1)
    assert first == "/* styles/theme.css book.css */"
    assert text == ONE_LINE


def test_a_build_that_writes_some_pages_anew_joins_the_sheets_again(site: Path) -> None:
    join_sheets(site)
    before = (site / "search.html").read_text()
    (site / "_static/book.css").write_text(".b { color: red }")
    join_sheets(site)  # no page was written
    assert "color: red" in (site / "_static/all.css").read_text()
    assert (site / "search.html").read_text() != before, "a browser would keep the old file"
    (site / "book/one.html").write_text(HEAD.format(up="../") + '<body class="b rare">')
    join_sheets(site)
    assert sheets_of(site / "book/one.html") == ["../_static/all.css"]
    assert ".rare{x: 1}" in (site / "_static/all.css").read_text()


def test_pages_with_other_sheets_are_named(site: Path) -> None:
    (site / "book/two.html").write_text(HEAD.format(up="../").replace("styles/theme", "basic"))
    with pytest.raises(ValueError, match=r"one list of style sheets, got others in .*two.html"):
        join_sheets(site)
    (site / "book/two.html").write_text(HEAD.format(up="../").replace('type="text/css"', 'media="print"'))
    with pytest.raises(ValueError, match="for all media, got"):
        join_sheets(site)


def test_a_translation_within_the_site_has_its_own(site: Path) -> None:
    (site / "de").mkdir()
    (site / "de/one.html").write_text(HEAD.format(up=""))
    join_sheets(site)
    assert len(sheets_of(site / "de/one.html")) == 2


def test_a_built_page_waits_for_one_sheet_and_no_script_measures_all_of_it(built_book: Path) -> None:
    for file in (built_book / "book").rglob("*.html"):
        assert [Path(name).name for name in sheets_of(file)] == ["all.css"], file
    assert 'addEventListener("load"' not in (built_book / "_static/scripts/pydata-sphinx-theme.js").read_text()
