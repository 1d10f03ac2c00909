"""`make lite`: the notebooks of the built book run in the reader's browser, by JupyterLite in `_build/html/lite`.

Python and NumPy for browsers are Pyodide's. They come from the server of that project, so each notebook has a page that
says so, and how much it is, before anything is loaded; or, where PYODIDE names a folder with a copy, from the site of
the book. All else is in the site: wheels of the library, of the book's modules and of pure packages that Pyodide lacks.
"""

import html
import json
import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

import nbformat

ROOT = Path(__file__).resolve().parents[3]
WORK, SITE = ROOT / "_build/lite", ROOT / "_build/html"
TOOLS = WORK / "tools/bin"  # where the Makefile installs JupyterLite, apart from the book's own packages
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
MODULES = ("experiments", "explorables", "facts", "questions")
PURE = ("autograd", "anywidget", "ipywidgets", "jupyterlab-widgets", "psygnal", "comm", "font-source-sans-pro")
PROJECT = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"
[project]
name = "gradients-through-time"
version = "{version}"
description = "The modules that the book's notebooks import"
dependencies = ["minirnn[draw,data,sweeps,theory]"]
[tool.setuptools.packages.find]
include = {found}
[tool.setuptools.package-data]
"*" = ["*.js", "*.json"]
"""
INSTALL = (
    "# Installs the library and the book's modules into this browser tab.\n%pip install -q gradients-through-time"
)
PAGE = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Run in this browser: {title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<link rel="icon" href="../_static/favicon.svg">
<link rel="stylesheet" href="../_static/tokens.css"><link rel="stylesheet" href="../_static/alone.css">
<style>main{{max-width:38rem;line-height:1.6}}main p+p{{margin-top:1rem}}a{{color:inherit}}</style></head>
<body><main><h1>Run in this browser</h1>
<p>The notebook <strong>{title}</strong> opens in JupyterLite, a Jupyter that needs no server: your browser runs Python
itself. {source} What you change is kept in this browser, and is sent nowhere. Training takes about ten times as long
as in a Python of your own: a cell that needs ten seconds there takes minutes.</p>
<p><a href="../lite/lab/index.html?path={file}">{agree}</a></p>
<p><a href="{back}">Back to the page</a></p>
</main></body></html>
"""
ELSEWHERE = """For this it loads Python and its packages from <strong>{host}</strong>, where the Pyodide project
publishes them, and not from this book: about {size} MB, once. That server sees your address.
Nothing has been loaded from it yet. Where it cannot be reached, no cell runs, and the line below the notebook goes on
saying “Unknown”."""
OURS = "For this it loads Python and its packages from this site: about {size} MB, once."
NEEDED = ("micropip", "ipython", "numpy", "scipy", "matplotlib", "scikit-learn", "joblib", "cloudpickle", "tqdm",
          "typing-extensions", "traitlets")  # fmt: skip
SIZE = 50  # Python, NumPy, SciPy, Matplotlib and what they need, compressed; measured with Pyodide 0.27.7


def make() -> None:
    """Builds the folder `lite` of the site. Raises FileNotFoundError where the book or a named Pyodide is missing."""
    if not (SITE / "_notebooks").is_dir():
        raise FileNotFoundError(f"{SITE}/_notebooks is missing: give the command `make book` first")
    source = os.environ.get("PYODIDE", "")
    if source and not Path(source, "pyodide-lock.json").is_file():
        raise FileNotFoundError(f"PYODIDE must name a folder with pyodide-lock.json, got {source!r}")
    if source and (files := missing(Path(source))):
        raise FileNotFoundError(f"PYODIDE must name a full copy of Pyodide; {source!r} lacks {', '.join(files)}")
    # What was built before goes, and with it the record of it: JupyterLite leaves out settings that its record has,
    # and a browser would then load from the other server, though the page says "from this site".
    for folder in (SITE / "lite", *(WORK / name for name in ("wheels", "contents", "modules"))):
        shutil.rmtree(folder, ignore_errors=True)
    (WORK / ".jupyterlite.doit.db").unlink(missing_ok=True)
    wheels(WORK / "wheels")
    contents(SITE / "_notebooks", WORK / "contents")
    kernel = {"disablePyPIFallback": True} | ({"pyodideUrl": "./static/pyodide/pyodide.mjs"} if source else {})
    settings = {"litePluginSettings": {KERNEL: kernel}}
    held = {"jupyter-lite-schema-version": 0, "jupyter-config-data": settings}
    (WORK / "jupyter-lite.json").write_text(json.dumps(held), encoding="utf-8")
    places = [f"--lite-dir={WORK}", f"--contents={WORK / 'contents'}", f"--piplite-wheels={WORK / 'wheels'}",
              f"--output-dir={SITE / 'lite'}"]  # fmt: skip
    run(TOOLS / "jupyter", "lite", "build", "--apps=lab", "--no-sourcemaps", "--no-libarchive", *places)
    if source:
        shutil.copytree(source, SITE / "lite/static/pyodide", dirs_exist_ok=True)
    host = "" if source else urlsplit(pyodide_address()).hostname or ""
    for file in sorted((WORK / "contents").rglob("*.ipynb")):
        name = file.relative_to(WORK / "contents").as_posix()
        target = SITE / "_notebooks" / Path(name).with_suffix(".html")
        target.parent.mkdir(exist_ok=True)
        target.write_text(page(name, title_of(file), host), encoding="utf-8")


def missing(folder: Path) -> list[str]:
    """What the notebooks need and a copy of Pyodide lacks: packages that its list has not, and files of those that it
    has, as the package of npm does. An import in a reader's browser would be the first to say so."""
    packages = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    names = [*NEEDED]
    for name in names:  # grows by what each depends on
        others = (other.replace("_", "-") for other in packages.get(name, {"depends": []})["depends"])
        names += [other for other in others if other not in names]
    files = sorted(packages[name]["file_name"] for name in names if name in packages)
    unlisted = [name for name in names if name not in packages]
    return unlisted + [file for file in files if not (folder / file).is_file()]


def wheels(folder: Path) -> None:
    """The wheels that the kernel installs: the library, the book's modules, and pure packages as the book pins them."""
    folder.mkdir(parents=True)
    for name in MODULES:
        shutil.copytree(ROOT / "book" / name, WORK / "modules" / name, ignore=shutil.ignore_patterns("__pycache__"))
    version = (
        (ROOT / "minirnn/__init__.py").read_text(encoding="utf-8").partition('__version__ = "')[2].partition('"')[0]
    )
    (WORK / "modules/pyproject.toml").write_text(
        PROJECT.format(version=version, found=json.dumps([f"{name}*" for name in MODULES])), encoding="utf-8"
    )
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    for source in (ROOT, WORK / "modules"):
        run(*pip, "wheel", "--no-deps", "--wheel-dir", folder, source)
    pinned = [f"{name}=={metadata.version(name)}" for name in PURE]
    run(*pip, "download", "--no-deps", "--only-binary=:all:", "--platform=any", "--dest", folder, *pinned)


def contents(notebooks: Path, folder: Path) -> None:
    """The notebooks that JupyterLite shows: those of the site, whose first cell installs instead of looking around."""
    shutil.copytree(notebooks, folder, ignore=shutil.ignore_patterns("*.html", "assignments"))
    for file in folder.glob("*.ipynb"):
        notebook = nbformat.read(file, as_version=4)
        notebook.cells[1].source = INSTALL
        nbformat.write(notebook, file)
    shutil.copytree(notebooks.parent / "assignments", folder / "assignments")


def title_of(file: Path) -> str:
    first = nbformat.read(file, as_version=4).cells
    return next(cell.source for cell in first if cell.cell_type == "markdown").partition("\n")[0].lstrip("# ")


def page(name: str, title: str, host: str) -> str:
    """The page that asks before anything is loaded. `host` is empty where the runtime lies in the site itself."""
    words = (ELSEWHERE if host else OURS).format(host=html.escape(host), size=SIZE)
    agree = f"Load it from {host}, and run" if host else "Run"
    up = "../" * name.count("/")
    text = PAGE.format(title=html.escape(title), source=words, file=name, agree=html.escape(agree),
                       back=f"../book/{name.removesuffix('.ipynb')}.html")  # fmt: skip
    return text.replace('"../', f'"{up}../') if up else text


def pyodide_address() -> str:
    """Where the pinned kernel gets Pyodide from, as its package says."""
    code = "from jupyterlite_pyodide_kernel import constants; print(constants.PYODIDE_CDN_URL)"
    return subprocess.check_output([TOOLS / "python", "-c", code], text=True).strip()


def run(*command: str | Path) -> None:
    subprocess.run([str(word) for word in command], check=True, cwd=WORK)


if __name__ == "__main__":
    try:
        make()
    except FileNotFoundError as error:
        sys.exit(f"lite: {error}")
