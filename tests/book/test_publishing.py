"""What readers get besides the pages: launch buttons, notebooks, what shows where a page is shared, the workflows.
Binder itself is in tests/install/test_binder.py."""

import importlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from tests.book.test_build import DESCRIBED, pages, small_book
from tests.conftest import FLAGS, ROOT, build

ADDRESS = "https://github.com/someone/gradients"
SITE = "https://someone.github.io/gradients/"
CODE = DESCRIBED + "# A page\n\n```{code-cell} ipython3\n1 + 1\n```\n"


@pytest.fixture(scope="module")
def published(made_once):
    return made_once("published", build_with_address) / "_build/html"


def build_with_address(folder: Path):
    """A small book whose repository has an address."""
    assignment = CODE.replace("myst: {html", "mystnb: {execution_mode: 'off'}\nmyst: {html")
    texts = {"intro.md": CODE, "two.md": CODE, "assignments/bptt.md": assignment}
    small_book(folder, texts)
    config = (folder / "_config.yml").read_text()
    assert 'repository_url: ""' in config
    (folder / "_config.yml").write_text(config.replace('repository_url: ""', f'repository_url: "{ADDRESS}"'))
    result = build(folder, *FLAGS)
    assert result.returncode == 0, result.stdout[-3000:]


def soup(file):
    return BeautifulSoup(file.read_text(), "html.parser")


def buttons(page):
    """{text: address} of the buttons that open a page elsewhere."""
    return {a.get_text(strip=True): a["href"] for a in page.select(".dropdown-launch-buttons a")}


def test_each_page_has_buttons_that_open_its_notebook(published):
    """An assignment's open what students get; its source has the solutions."""
    for name in ("intro", "two", "assignments/bptt"):
        path = f"notebooks/{name}.ipynb"
        made = buttons(soup(published / f"book/{name}.html"))
        assert (
            made.pop("Binder") == f"https://mybinder.org/v2/gh/someone/gradients/notebooks?urlpath=lab/tree/{path}"
        )
        assert made.pop(
            "Colab"
        ) == f"https://colab.research.google.com/github/someone/gradients/blob/{path}".replace(
            "blob/", "blob/notebooks/"
        )
        file = (published / f"book/{name}.html").parent / made["Notebook"]
        assert "SOLUTION" not in file.read_text()
        assert list(made) == ["Notebook"]  # no hub has an address


@pytest.mark.parametrize(
    ("repository", "made"),
    [
        ("", {}),
        ("https://git.uni.example/ann/book.git", {
            "Binder": "https://b.example/v2/git/https%3A%2F%2Fgit.uni.example%2Fann%2Fbook.git/notebooks"
                      "?urlpath=lab/tree/notebooks/bptt.ipynb",
            "JupyterHub": "https://hub.example/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgit.uni.example%2Fann"
                          "%2Fbook.git&branch=notebooks&urlpath=lab%2Ftree%2Fbook%2Fnotebooks%2Fbptt.ipynb"}),
    ],
)  # fmt: skip
def test_an_address_that_is_missing_or_that_colab_cannot_open_gives_no_button(repository, made, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "book/_ext")
    launch = importlib.import_module("gtt.launch")
    hosts = {
        "binderhub_url": "https://b.example/",
        "colab_url": "https://c.example",
        "jupyterhub_url": "https://hub.example",
    }
    assert launch.addresses(repository, hosts, "bptt.ipynb") == made
    assert launch.addresses(repository, {"binderhub_url": "", "colab_url": ""}, "bptt.ipynb") == {}


def meta(page):
    """{name: content} of a page's tags for those who share it."""
    tags = page.select("meta[property^='og:'], meta[name^='twitter:']")
    return {tag.get("property") or tag["name"]: tag["content"] for tag in tags}


def test_a_shared_page_shows_its_title_and_the_card(published):
    for name in ("intro", "two"):
        tags = meta(soup(published / f"book/{name}.html"))
        assert tags["og:title"] == "A page"
        assert tags["og:description"] == "x"
        assert tags["og:url"] == f"{SITE}book/{name}.html"
        assert tags["twitter:card"] == "summary_large_image"
        assert tags["og:image"].startswith(SITE)
    with Image.open(published / tags["og:image"].removeprefix(SITE)) as card:
        assert card.size == (int(tags["og:image:width"]), int(tags["og:image:height"])) == (1200, 630)
        assert len(card.getcolors(maxcolors=1_000_000)) > 100  # something is drawn
    assert (published / "_static/card.png").stat().st_size < 200_000
    front = soup(published / "index.html")
    assert meta(front) == meta(soup(published / "book/intro.html"))
    assert front.select_one("meta[http-equiv=refresh]")["content"] == "0; url=book/intro.html"


def test_without_an_address_no_shared_page_names_one(built_book):
    front = {built_book / "index.html": soup(built_book / "index.html")}
    for file, page in (pages(built_book) | front).items():
        tags = meta(page)
        assert tags["og:title"], file
        assert tags["og:description"] == page.find("meta", attrs={"name": "description"})["content"]
        assert tags["twitter:card"] == "summary"
        assert not any("http" in content for content in tags.values()), file


def test_a_notebook_fetches_what_it_imports_once_there_is_an_address(published):
    notebook = nbformat.read(published / "_notebooks/two.ipynb", as_version=4)
    nbformat.validate(notebook)
    title, find, *code = notebook.cells
    assert title.source.startswith("# A page\n")
    assert f"[a chapter]({SITE}book/two.html)" in title.source
    assert f"git clone --depth 1 {ADDRESS} " in find.source
    assert [cell.source for cell in code] == ["1 + 1"]


def test_an_assignment_on_its_own_fetches_its_checks(published):
    first = nbformat.read(published / "_notebooks/assignments/bptt.ipynb", as_version=4).cells[0]
    assert f"wget -q {SITE}assignments.zip " in first.source
    assert (published / "_notebooks/assignments/selfcheck.py").exists()  # beside it nothing is fetched
    zipped = nbformat.read(published / "assignments/bptt.ipynb", as_version=4)
    assert "wget" not in zipped.cells[0].source


def test_without_an_address_a_page_offers_its_notebook_and_names_no_host(built_book):
    for file, page in pages(built_book).items():
        assert not page.select("a[href*='mybinder.org'], a[href*='colab.'], a[href='']"), file.name
        links = [
            (file.parent / link["href"]).resolve()
            for link in page.select(".gtt-download a, .dropdown-launch-buttons a")
        ]
        assert bool(links) == bool(page.select(".cell") or file.parent.name == "assignments"), file.name
        for link in links:
            notebook = nbformat.read(link, as_version=4)
            nbformat.validate(notebook)
            assert not any(cell.get("outputs") for cell in notebook.cells)
            assert "git clone" not in str(notebook.cells)


def test_the_workflows_are_valid():
    if shutil.which("check-jsonschema", path=str(Path(sys.executable).parent)) is None:
        pytest.skip("no linter for workflow files: pip install check-jsonschema")
    files = sorted(map(str, (ROOT / ".github/workflows").glob("*.yml")))
    assert len(files) == 4
    command = [Path(sys.executable).with_name("check-jsonschema"), "--builtin-schema", "vendor.github-workflows"]
    done = subprocess.run([*command, *files], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_editors_workspace_makes_the_environment_of_the_makefile():
    held = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
    target = held["postCreateCommand"].removeprefix("make ")
    assert re.search(rf"^{re.escape(target)}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    python = held["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"]
    assert python == "${containerWorkspaceFolder}/.venv/bin/python"


def test_binder_is_prepared_for_the_branch_that_the_buttons_open():
    """The workflow that publishes, the one that asks Binder, and the buttons name one branch."""
    publishes, asks = ((ROOT / f".github/workflows/{name}.yml").read_text() for name in ("book", "binder"))
    assert "git push --force origin HEAD:notebooks" in publishes
    assert "cp -r _build/html/_notebooks notebooks" in publishes
    assert '/build/gh/$GITHUB_REPOSITORY/notebooks"' in asks
    assert "make lite" in publishes, "its button stands on pages only if it is made with them"
    assert "make handouts" in publishes, "the front page offers what is there"
    names = re.findall(r"\$\(config (\w+)\)", asks)
    assert names
    assert all(re.search(rf'^ *{name}: "', (ROOT / "_config.yml").read_text(), re.MULTILINE) for name in names)
