"""Tables of many columns, which a phone shows as lists: book/_ext/gtt/tables.py."""

import sys

import pytest
from bs4 import BeautifulSoup

from tests.book.test_build import pages
from tests.conftest import ROOT

sys.path.append(str(ROOT / "book/_ext"))
from gtt.tables import as_list

HEAD = "<thead><tr>{}</tr></thead>"
FOUR = HEAD.format("<th>a</th><th>b</th><th>c</th><th>d</th>")


def cells(body: str, head: str = FOUR) -> list[tuple[str, str | None]]:
    """What stands in the cells of a table, each with the name of its column."""
    table = BeautifulSoup(as_list(f'<table class="table">{head}<tbody>{body}</tbody></table>'), "html.parser")
    return [(cell.text, cell.get("data-column")) for cell in table.select("tbody :is(td, th)")]


def test_each_cell_has_the_name_of_its_column():
    assert cells("<tr><td>1</td><td class='x'>2</td><td>3</td><td>4</td></tr><tr><td>5</td></tr>") == [
        ("1", "a"), ("2", "b"), ("3", "c"), ("4", "d"), ("5", "a"),
    ]  # fmt: skip


def test_a_wide_cell_takes_the_room_of_several():
    assert cells('<tr><td>1</td><td colspan="2">2</td><td>3</td></tr>') == [("1", "a"), ("2", "b"), ("3", "d")]
    wide = HEAD.format('<th>a</th><th colspan="3">b</th>')
    assert cells("<tr><td>1</td><td>2</td><td>3</td></tr>", wide) == [("1", "a"), ("2", "b"), ("3", "b")]


def test_a_cell_without_a_text_is_not_listed_and_one_beyond_the_head_is():
    assert cells("<tr><th>1</th><td><p> </p></td><td><svg/></td><td>3</td><td>4</td></tr>") == [
        ("1", None), (" ", None), ("", "c"), ("3", "d"), ("4", ""),
    ]  # fmt: skip


def test_the_last_row_of_a_head_names_the_columns():
    head = "<thead><tr><th colspan='4'>all</th></tr><tr><th>p</th><th>q&lt;</th><th>r</th><th>s</th></tr></thead>"
    assert cells("<tr><td>1</td><td>2</td></tr>", head) == [("1", "p"), ("2", "q<")]


@pytest.mark.parametrize(
    "table",
    [
        '<table class="table">' + HEAD.format("<th>a</th><th>b</th><th>c</th>") + "<tr><td>1</td></tr></table>",
        '<table class="table"><tr><th>a</th><th>b</th><th>c</th><th>d</th></tr></table>',
        '<table class="table"><thead></thead></table>',
    ],
)
def test_a_table_of_few_columns_or_without_a_head_stays(table: str):
    assert as_list(table) == table


def test_every_page_has_its_lists_before_a_script_runs(built_book):
    counted = 0
    for file, page in pages(built_book).items():
        for table in page.select(".bd-article table.table"):
            many = len(table.select("thead tr:last-child th")) >= 4
            assert ("gtt-rows" in table["class"]) == (table.get("role") == "table") == many, file
            counted += many
            for part in table.select("tr, td, th, thead, tbody") if many else ():
                assert part.get("role"), f"{file}: {part}"
                assert part.name != "td" or not part.text.strip() or part["data-column"], f"{file}: {part}"
    assert counted > 30
