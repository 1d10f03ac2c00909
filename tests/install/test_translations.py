"""The pages in other languages say all that the English ones say today: each message has its translation."""

import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.conftest import ROOT, copy_repository

LOCALE = "book/locale"


@pytest.mark.slow
@pytest.mark.parametrize("language", sorted(path.name for path in (ROOT / LOCALE).iterdir()))
def test_each_message_of_a_page_is_translated(language: str, tmp_path: Path) -> None:
    """Else make its messages anew, and merge them: see CONTRIBUTING.md."""
    copy_repository(tmp_path)
    command = [sys.executable, "book/_ext/build.py", "--language", language, "--builder", "gettext"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    pages = sorted((tmp_path / LOCALE / language / "LC_MESSAGES/book").glob("**/*.po"))
    assert pages
    for page in pages:
        file = tmp_path / "_build/gettext" / page.relative_to(page.parents[1]).with_suffix(".pot")
        asked, known = (read_po(path.read_bytes().decode().splitlines(keepends=True)) for path in (file, page))
        told = {message.id for message in known if message.string and not message.fuzzy}
        assert [message.id for message in asked if message.id and message.id not in told] == [], page.name
