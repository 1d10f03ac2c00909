"""The README's commands as written, in a fresh copy with its own environment."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.install.conftest import reader_env, readme_commands


@pytest.mark.slow
def test_readme_commands_run_as_written(clone: Path) -> None:
    """Of its tests those that need no book are run, since the others ran in `make test`."""
    assert readme_commands().split("\n")[:2] == ["make book", "make test"]
    done = subprocess.run(
        ["bash", "-euc", readme_commands()],
        cwd=clone, env=reader_env() | {"PYTEST_ADDOPTS": "-k test_house"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    assert (clone / "_build/html/index.html").exists()
    assert re.search(r"\d+ passed", done.stdout), done.stdout[-1000:]
