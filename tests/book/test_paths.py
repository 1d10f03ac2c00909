"""Ways through the book: what each chapter's card says it needs and takes, and the tables that are made of it."""

import re
import shutil
import sys

import pytest
from bs4 import BeautifulSoup

from tests.conftest import ROOT

sys.path.append(str(ROOT / "book/_ext"))
from gtt import paths


def test_every_chapter_has_a_card_that_adds_up():
    found, order = paths.chapters(ROOT)
    assert len(order) >= 6
    assert set(order) <= found.keys()
    assert found[order[0]].after == ()
    for name in order[1:]:  # all go back to the first
        while name != order[0]:
            name = found[name].after[0]


def test_the_page_shows_every_chapter_with_the_times_of_its_card(built_book):
    found, order = paths.chapters(ROOT)
    page = BeautifulSoup((built_book / "book/intro.html").read_text(), "html.parser")
    ways, table = page.select(".gtt-paths table")
    rows = [[cell.text.strip() for cell in row.find_all("td")] for row in table.select("tbody tr")]
    assert [row[0] for row in rows] == [found[name].title for name in order]
    assert [row[2:] for row in rows] == [
        [paths.spoken(found[n].reading), paths.spoken(found[n].working)] for n in order
    ]
    *others, last = ([a["href"].removesuffix(".html") for a in row.select("a")] for row in ways.select("tbody tr"))
    assert last[: len(order)] == order
    assert {name for way in others for name in way} <= set(last), "all of it is all that is on a way"
    assert paths.spoken(sum(found[name].reading for name in last)) in ways.select("tbody tr")[-1].text
    for way in (*others, last):
        paths.check_path(way, found)


FAULTS = {
    "no heading": (r"\n# .*", "", "expected a heading"),
    "no card": (r"\{div\} needs", "{div} other", "expected a card"),
    "no time": (r"It takes\n: .*", "It takes\n: a while", "expected '45 minutes"),
    "less with exercises": (
        r"It takes\n: .*",
        "It takes\n: 60 minutes; 50 with the exercises",
        "expected '45 minutes",
    ),
    "nothing before it": (r"You need\n: .*", "You need\n: patience", "expected to need an earlier chapter"),
    "a later chapter": (r"You need\n: .*", "You need\n: [memory](memory.md)", r"earlier pages, got \['memory'\]"),
    "no such chapter": (r"You need\n: .*", "You need\n: [x](elsewhere.md)", r"earlier pages, got \['elsewhere'\]"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_card_that_does_not_add_up_is_told(tmp_path, fault):
    pattern, replacement, message = FAULTS[fault]
    shutil.copy(ROOT / "_toc.yml", tmp_path)
    for file in (ROOT / "book").rglob("*.md"):
        target = tmp_path / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    chapter = tmp_path / "book/vanishing.md"
    text = chapter.read_text()
    assert re.search(pattern, text)
    chapter.write_text(re.sub(pattern, replacement, text, count=1))
    with pytest.raises(ValueError, match=f"vanishing: .*{message}"):
        paths.chapters(tmp_path)


def test_a_path_comes_to_what_a_chapter_needs_before_the_chapter():
    found, _ = paths.chapters(ROOT)
    paths.check_path(["bptt", "vanishing"], found)
    with pytest.raises(ValueError, match="vanishing: expected bptt before it"):
        paths.check_path(["vanishing", "bptt"], found)
    with pytest.raises(ValueError, match="elsewhere: expected a page"):
        paths.check_path(["elsewhere"], found)
