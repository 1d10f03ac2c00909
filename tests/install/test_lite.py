"""JupyterLite beside the book, in a browser: cells run, figures answer, an assignment's checks tell right from wrong.

PYODIDE names a full copy of Pyodide, as for `make lite`; CONTRIBUTING.md says where there is one. What it lacks is
added, and what it has too old passes for newer: in a copy of the copy, and said.
"""

import hashlib
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.book import submissions
from tests.conftest import ROOT, serve
from tests.test_optional import PROJECT

PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
# The pinned kernel installs by an interface that micropip has from Pyodide 0.28 on.
OLD_KERNEL, OLD_INSTALLER = "jupyterlite-pyodide-kernel==0.6.1", "piplite-0.6.1-py3-none-any.whl"
PATIENCE = 600_000  # milliseconds: a chapter takes one minute, and on a busy machine four

CELLS = "jupyterapp.shell.currentWidget.content.widgets.filter(cell => cell.model.type === 'code')"
RUN_ALL = "() => { jupyterapp.commands.execute('notebook:run-all-cells'); }"
RUNS_NO_MORE = f"""() => {CELLS}.some(cell => cell.model.executionCount) && {CELLS}.every(cell =>
  cell.model.executionState === "idle" && !cell.node.querySelector(".jp-InputPrompt")?.textContent.includes("*"))"""
OUTPUTS = f"""() => {CELLS}.map(cell => [cell.model.executionCount, cell.model.outputs.toJSON().map(output =>
  output.evalue ?? [output.text ?? ""].flat().join(""))])"""
ERRORS = f"""() => {CELLS}.flatMap(cell => cell.model.outputs.toJSON().filter(output => output.output_type === "error"))
  .map(output => `${{output.ename}}: ${{output.evalue}}`)"""
WRITE = f"([number, code]) => {CELLS}[number].model.sharedModel.setSource(code)"
SHOW = """name => {
  const {content} = jupyterapp.shell.currentWidget;
  const number = content.widgets.findIndex(cell => cell.model.sharedModel.source.includes(`import ${name}`));
  return content.scrollToItem(number, "start");
}"""
OTHER = """([name, before]) => {
  const shown = document.querySelector(`#${name} .gtt-picture`).innerHTML;
  return shown !== before && !shown.includes("Error");
}"""


def add(folder: Path, wheel: Path, **entry: Any) -> None:
    """Puts a pure wheel into a copy of Pyodide and its list."""
    file = folder / "pyodide-lock.json"
    lock = json.loads(file.read_text())
    name, release = wheel.name.split("-")[:2]
    tops = {path.split("/")[0].removesuffix(".py") for path in zipfile.ZipFile(wheel).namelist()}
    lock["packages"][name.replace("_", "-")] = {
        "name": name.replace("_", "-"), "version": release, "file_name": wheel.name, "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(), "package_type": "package", "depends": [],
        "imports": sorted(top for top in tops if not top.endswith(".dist-info")), "unvendored_tests": False,
    }  # fmt: skip
    file.write_text(json.dumps(lock))


def complete(lite: Any, folder: Path) -> list[str]:
    """Adds what a copy of Pyodide lacks, and calls by a newer version what is older than the library asks for."""
    said = []
    for name in [name for name in lite.missing(folder) if not name.endswith(".whl")]:
        subprocess.run([*PIP, "download", "--no-deps", "--only-binary=:all:", "--platform=any", f"--dest={folder}",
                        f"{name}=={version(name)}"], check=True)  # fmt: skip
        (wheel,) = folder.glob(f"{name.replace('-', '_')}-*.whl")
        add(folder, wheel)
        said.append(f"{name} is added")
    file = folder / "pyodide-lock.json"
    lock = json.loads(file.read_text())
    extras = PROJECT["optional-dependencies"]
    for text in [
        *PROJECT["dependencies"],
        *(text for name in ("draw", "data", "theory", "sweeps") for text in extras[name]),
    ]:
        wanted = Requirement(text)
        has = lock["packages"].get(wanted.name, {})
        floor = max((str(one.version) for one in wanted.specifier), key=Version, default="0")
        if has and not wanted.specifier.contains(has["version"]):
            said.append(f"{wanted.name} is {has['version']}, and the library asks for {wanted.specifier}")
            has["version"] = floor
    file.write_text(json.dumps(lock))
    return said


@pytest.fixture(scope="module")
def lite_site(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the built book with its part `lite`."""
    source = os.environ.get("PYODIDE", "")
    if not source:
        pytest.skip(
            "PYODIDE names no copy of Pyodide: nothing was run in a browser (CONTRIBUTING.md, Decisions, has one)"
        )
    built_book = request.getfixturevalue("built_book")  # not for one that is skipped: a build takes minutes
    base = tmp_path_factory.mktemp("lite")
    for name in ("_notebooks", "_static", "assignments"):
        shutil.copytree(built_book / name, base / "html" / name)
    pinned = re.search(r"^LITE := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1].split()  # type: ignore[index]
    venv.create(base / "work/tools", with_pip=True)
    subprocess.run([base / "work/tools/bin/python", *PIP[1:], "install", *pinned], check=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "book/_ext")
        lite = importlib.import_module("gtt.lite")
        shutil.copytree(source, base / "pyodide")
        relaxed = complete(lite, base / "pyodide")
        settings = {}
        if Version(
            json.loads((base / "pyodide/pyodide-lock.json").read_text())["packages"]["micropip"]["version"]
        ) < Version("0.10"):
            subprocess.run([*PIP, "download", "--no-deps", f"--dest={base}", OLD_KERNEL], check=True)
            with zipfile.ZipFile(next(base.glob("jupyterlite_pyodide_kernel-*.whl"))) as kernel:
                member = next(name for name in kernel.namelist() if name.endswith(OLD_INSTALLER))
                (base / "pyodide" / OLD_INSTALLER).write_bytes(kernel.read(member))
            settings = {"pipliteWheelUrl": f"./static/pyodide/{OLD_INSTALLER}"}
            relaxed.append(f"packages are installed by {OLD_INSTALLER}, not by the pinned kernel's")
        for name, value in {"SITE": base / "html", "WORK": base / "work", "TOOLS": base / "work/tools/bin"}.items():
            patch.setattr(lite, name, value)
        patch.setenv("PYODIDE", str(base / "pyodide"))
        lite.make()
    file = base / "html/lite/jupyter-lite.json"
    config = json.loads(file.read_text())
    config["jupyter-config-data"]["litePluginSettings"][lite.KERNEL] |= settings
    config["jupyter-config-data"]["exposeAppInBrowser"] = True
    file.write_text(json.dumps(config))
    if terminal := request.config.pluginmanager.get_plugin("terminalreporter"):
        terminal.write_line("".join(f"\nnot as for readers: {each}" for each in relaxed))
    server = serve(base / "html")
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def opened(lite_site: str, browser: Any) -> Iterator[Any]:
    """opened(name) -> the page with this notebook, reached as a reader does; nothing is asked of another server."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    others: list[str] = []
    context.on(
        "request",
        lambda asked: (
            others.append(asked.url) if asked.url.startswith("http") and lite_site not in asked.url else None
        ),
    )

    def open_(name: str) -> Any:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{lite_site}/_notebooks/{name}.html")
        page.get_by_role("link", name="Run").click()
        page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for()
        return page

    yield open_
    context.close()
    assert others == []


def run(page: Any) -> list[tuple[int, list[str]]]:
    """Runs all cells, and waits for their end. Of each its number in the order of running, and its outputs."""
    page.evaluate(RUN_ALL)
    page.wait_for_timeout(2000)
    page.wait_for_function(RUNS_NO_MORE, polling=1000)
    return page.evaluate(OUTPUTS)


@pytest.mark.slow
def test_a_chapter_runs_and_its_figures_answer(opened: Any) -> None:
    page = opened("vanishing")
    cells = run(page)
    assert page.evaluate(ERRORS) == []
    assert all(number for number, _ in cells)
    for name in ("powers", "success"):  # the first draws itself, the second asks Python
        page.evaluate(SHOW, name)
        picture, slider = page.locator(f"#{name} .gtt-picture"), page.locator(f"#{name} input[type=range]").first
        before = picture.inner_html()
        slider.press("ArrowRight")
        page.wait_for_function(OTHER, arg=[name, before])


@pytest.mark.slow
def test_an_assignment_tells_right_from_wrong_and_is_kept(opened: Any) -> None:
    page = opened("assignments/bptt")
    codes = [cell["source"] for cell in submissions.right("ada")["cells"] if cell["cell_type"] == "code"]
    for number, code in enumerate(codes):
        page.evaluate(WRITE, [number, code])
    run(page)
    assert page.evaluate(ERRORS) == []
    outputs = [output for _, outputs in page.evaluate(OUTPUTS) for output in outputs]
    assert sum(output.count("✓") for output in outputs) == 6
    number = next(number for number, code in enumerate(codes) if "@ W.T" in code or '@ params["W"].T' in code)
    page.evaluate(WRITE, [number, codes[number].replace(".T", "", 1)])
    run(page)
    (error,) = page.evaluate(ERRORS)
    assert "forward: W acts from the wrong side" in error
    page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    page.reload()
    page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for()
    assert page.evaluate(f"() => {CELLS}[{number}].model.sharedModel.source") == codes[number].replace(".T", "", 1)
