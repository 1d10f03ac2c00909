"""What students are told to type, typed."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.book import submissions
from tests.book.test_assignments import lines_to_type
from tests.conftest import ROOT

from coursework import answers, notebooks  # isort: skip


@pytest.mark.slow
def test_what_students_are_told_to_type_gives_them_what_they_need(tmp_path):
    """The README's lines as written, where pip refuses to touch the system's Python; of what the second one would
    install, which pip says, NumPy is installed."""
    notebooks.release(tmp_path)
    folder = tmp_path / "assignments"
    pins = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if not line.startswith("-e")]
    (tmp_path / "pins.txt").write_text("\n".join(pins))
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON") and k != "VIRTUAL_ENV"}
    env |= {"PIP_CONSTRAINT": str(tmp_path / "pins.txt"), "PIP_REQUIRE_VIRTUALENV": "1", "PIP_NO_COMPILE": "1"}
    env["PATH"] = os.pathsep.join(p for p in env["PATH"].split(os.pathsep) if not (Path(p) / "activate").exists())
    code = [c["source"] for c in submissions.right("ada")["cells"] if c["cell_type"] == "code"]
    (folder / "bptt.py").write_text("\n".join(code))
    make, install, start = (line.strip() for line in lines_to_type("Linux and macOS"))
    numpy = "PIP_DRY_RUN=0 .venv/bin/python -m pip install numpy"
    script = f"{make}\n{install}\n{numpy}\n{start.split()[0]} bptt.py\n"
    env["PIP_DRY_RUN"] = "1"
    run = subprocess.run(["bash", "-euc", script], cwd=folder, env=env, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    assert re.search(r"Would install .*jupyterlab-\d.*matplotlib-\d.*numpy-\d", run.stdout)
    assert start.endswith("-m jupyter lab")
    assert run.stdout.count("✓") == len(answers.module("bptt").CASES) + 1
