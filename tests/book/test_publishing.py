"""What readers get besides the pages: launch buttons, notebooks, Binder's environment, the workflows, one zip."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from tests.book.test_build import DESCRIBED, small_book
from tests.conftest import FLAGS, ROOT, build

ADDRESS = "https://github.com/someone/gradients"
CODE = DESCRIBED + "# A page\n\n```{code-cell} ipython3\n1 + 1\n```\n"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A small book whose repository has an address."""
    pages = {"intro.md": CODE, "two.md": CODE}
    folder = small_book(tmp_path_factory.mktemp("published"), pages)
    config = (folder / "_config.yml").read_text()
    assert 'repository_url: ""' in config
    (folder / "_config.yml").write_text(config.replace('repository_url: ""', f'repository_url: "{ADDRESS}"'))
    result = build(folder, *FLAGS)
    assert result.returncode == 0, result.stdout[-3000:]
    return folder / "_build/html"


def test_each_page_has_a_button_that_opens_that_page(published):
    for name in ("intro", "two"):
        page = BeautifulSoup((published / f"book/{name}.html").read_text(), "html.parser")
        links = {a["href"] for a in page.select("a[href*='mybinder.org']")}
        assert len(links) == 1
        assert re.search(rf"/v2/gh/someone/gradients/main\?urlpath=lab/tree/(\w+/)*{name}\.md$", links.pop())


def test_a_notebook_fetches_what_it_imports_once_there_is_an_address(published):
    notebook = nbformat.read(published / "_notebooks/two.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert notebook.cells[0].cell_type == "code"
    assert f"git clone --depth 1 {ADDRESS} " in notebook.cells[0].source
    assert [cell.source for cell in notebook.cells if cell.cell_type == "code"][1:] == ["1 + 1"]


def test_without_an_address_there_is_no_button_and_every_notebook_is_whole(built_book):
    for file in sorted((built_book / "book").rglob("*.html")):
        page = BeautifulSoup(file.read_text(), "html.parser")
        assert not page.select("a[href*='mybinder.org'], a[href='']"), file.name
        for link in page.select(".gtt-download a"):
            notebook = nbformat.read((file.parent / link["href"]).resolve(), as_version=4)
            nbformat.validate(notebook)
            assert not any(cell.get("outputs") for cell in notebook.cells)
            assert notebook.cells[0].cell_type == "markdown"


def test_the_whole_book_in_one_file(built_book, tmp_path):
    recipe = re.search(r"-m zipfile -c \S+ (\S+)", (ROOT / "Makefile").read_text())[1]
    assert recipe == "_build/html"
    subprocess.run(
        [sys.executable, "-m", "zipfile", "-c", tmp_path / "book.zip", "html"], cwd=built_book.parent, check=True
    )
    with zipfile.ZipFile(tmp_path / "book.zip") as whole:
        assert {"html/index.html", "html/book/bptt.html"} <= set(whole.namelist())


def test_the_workflows_are_valid():
    if shutil.which("check-jsonschema", path=str(Path(sys.executable).parent)) is None:
        pytest.skip("no linter for workflow files: pip install check-jsonschema")
    files = sorted(map(str, (ROOT / ".github/workflows").glob("*.yml")))
    assert len(files) == 2
    command = [Path(sys.executable).with_name("check-jsonschema"), "--builtin-schema", "vendor.github-workflows"]
    done = subprocess.run([*command, *files], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_binder_installs_the_pins_and_runs_the_post_build_step(tmp_path):
    """Its plan, as a Dockerfile; no image is built."""
    pytest.importorskip("repo2docker", reason="pip install jupyter-repo2docker shows Binder's plan")
    done = subprocess.run(
        [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(ROOT)], capture_output=True, text=True
    )
    plan = done.stdout + done.stderr
    assert done.returncode == 0, plan[-2000:]
    assert "requirements.txt" in plan
    assert re.search(r"postBuild", plan)
    assert re.search(r"3\.12", plan)
