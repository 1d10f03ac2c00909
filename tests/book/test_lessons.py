"""The lessons: each chapter has one, its plans add up, its votes have answers and show states that there are."""

import re
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

from handouts.pictures import figures_of
from tests.conftest import ROOT

CONTENTS = yaml.safe_load((ROOT / "_toc.yml").read_text())
CHAPTERS = [page["file"].removeprefix("book/") for page in CONTENTS["parts"][0]["chapters"]]
LESSONS = {path.stem: path.read_text() for path in (ROOT / "book/lessons").glob("*.md")}
every_lesson = pytest.mark.parametrize("name", CHAPTERS)


def test_every_chapter_has_a_lesson_in_the_contents_and_in_the_table():
    listed = re.findall(r"file: book/lessons/(\S+)", (ROOT / "_toc.yml").read_text())
    teaching = (ROOT / "book/teaching.md").read_text()
    assert sorted(LESSONS) == sorted(CHAPTERS)
    assert listed == re.findall(r"\(lessons/(\w+)\.md\)", teaching) == CHAPTERS
    assert re.findall(r'href="\.\./slides/(\w+)\.html"', teaching) == CHAPTERS


@every_lesson
def test_plans_fill_their_time(name: str):
    rows = re.findall(r"^\| (\d+|–) \| (\d+|–) \|", LESSONS[name].split("## Plan")[1].split("## Votes")[0], re.M)
    whole, half = (sum(int(row[k]) for row in rows if row[k] != "–") for k in (0, 1))
    assert rows[0] == ("90", "45")
    assert (whole - 90, half - 45) == (90, 45)


ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth"]


@every_lesson
def test_the_plan_names_each_vote_in_its_order(name: str):
    plan, votes = LESSONS[name].split("## Plan")[1].split("## Votes")
    named: list[int] = []
    for ordinals, two in re.findall(r"\bthe ((?:\w+ and the )*\w+)( two)? votes?\b", plan, re.I):
        words = re.split(" and the ", ordinals) + ["second"] * bool(two)
        named += [votes.count(":::{div} vote") - 1 if word == "last" else ORDINALS.index(word) for word in words]
    assert named == [*range(votes.count(":::{div} vote"))]


@every_lesson
def test_slides_have_the_votes_in_the_same_order(name: str, built_book: Path):
    """A deck has them in the order of its chapter's figures."""
    lesson, deck = (
        BeautifulSoup((built_book / page / f"{name}.html").read_text(), "html.parser")
        for page in ("book/lessons", "slides")
    )
    asked = [vote.get_text() for vote in lesson.select("div.vote p:first-child > strong:first-child")]
    heads = [head.get_text() for head in deck.select(".slide > h2")]
    assert [head for head in heads if head in asked] == asked


@every_lesson
def test_votes_ask_with_choices_and_are_answered(name: str):
    votes = re.findall(r"^:::\{div\} vote\n(.*?)^:::$", LESSONS[name], re.M | re.S)
    assert len(votes) >= 4
    for vote in votes:
        assert re.match(r"\*\*[^*]+[?.]\*\*", vote), vote[:80]
        assert len(re.findall(r"^\d\. \S", vote, re.M)) == 3, vote[:80]
        assert "\n*Answer.* " in vote, vote[:80]


@every_lesson
def test_links_set_states_that_figures_have(name: str):
    links = re.findall(r"\{goto\}`[^`<]+<(\w+)/([\w-]+)\?([^>]*)>`", LESSONS[name])
    assert len(links) == LESSONS[name].count("{goto}") > 2
    for chapter, figure, state in links:
        controls = figures_of(chapter)[figure].controls
        for part in state.split("&"):
            key, _, value = part.partition("=")
            control, value = controls[key], value.replace("+", " ")
            if control.continuous:
                assert control.values[0] <= float(value) <= control.values[-1], (figure, part)
            else:
                read = float(value) if control.numeric else value
                assert read in control.values, (figure, part, control.values)
