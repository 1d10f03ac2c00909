"""The field guide has a section for each finding, and no other; a report's link leads to it."""

import re

import pytest
from bs4 import BeautifulSoup

from minirnn.diagnosis.causes import CAUSES
from minirnn.diagnosis.findings import Finding
from minirnn.diagnosis.report import shown
from tests.conftest import ROOT

BOOK = ROOT / "book"
ANSWERS = ("nothing-found", "cannot-tell")


def test_each_finding_has_its_section_and_each_section_its_finding():
    text = (BOOK / "field-guide.md").read_text(encoding="utf-8")
    sections = re.findall(r"^### (.+)$", text, re.M)
    assert len(sections) == len(set(sections))
    assert set(sections) == {*CAUSES, *ANSWERS}


@pytest.mark.parametrize("name", CAUSES)
def test_the_place_of_a_cause_is_a_page_or_its_own_section(name):
    page, _, section = CAUSES[name].page.partition("#")
    assert (BOOK / f"{page}.md").exists()
    assert section == (name if page == "field-guide" else "")


@pytest.mark.parametrize("name", [*CAUSES, *ANSWERS])
def test_the_link_of_a_report_leads_somewhere(built_book, name):
    place = CAUSES[name].page if name in CAUSES else f"field-guide#{name}"
    html = shown(Finding(name, "cause", "evidence", 1.0, "remedy", place, "rule"))
    page, _, section = BeautifulSoup(html, "html.parser").a["href"].partition("#")
    built = BeautifulSoup((built_book / "book" / page).read_text(encoding="utf-8"), "html.parser")
    assert not section or built.find(id=section).name == "section"
