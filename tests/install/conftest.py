"""What the tests of fresh environments share: a copy of the repository, and the README's commands."""

import os
import re
from pathlib import Path

import pytest

from tests.conftest import ROOT, copy_repository


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository, in which the README's commands are run."""
    return copy_repository(tmp_path_factory.mktemp("clone"))


def readme_commands(block: int = 0) -> str:
    """A block of commands in the README: the first builds the book, the second installs the library."""
    return re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[block]


def reader_env() -> dict[str, str]:
    """The environment of a reader's shell: nothing of this process, no virtual environment."""
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "MINIRNN_STATIC", "VIRTUAL_ENV")}
    env["PATH"] = os.pathsep.join(p for p in env["PATH"].split(os.pathsep) if not (Path(p) / "activate").exists())
    return env
