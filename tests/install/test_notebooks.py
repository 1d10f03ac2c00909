"""Every notebook of the book runs from top to bottom; `make test` runs one."""

from pathlib import Path

import pytest

from tests.book.test_notebooks import PAGES, read, run


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_a_notebook_runs_from_top_to_bottom(built_book: Path, page: str) -> None:
    run(read(built_book, page), built_book / "_notebooks")
