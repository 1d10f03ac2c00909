"""The pages to build again: those whose own text changed, which Sphinx sees, and those whose code or data changed."""

import ast
import re
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

sys.path.append(str(Path(__file__).resolve().parents[2]))  # where pages, as notebooks, find what they import
from facts import cells

ROOT = Path(__file__).resolve().parents[3]


def code_of(page: str) -> str:
    """The cells of a page, without their options, as one text that imports what they do; those that Python cannot read
    are left out: the page fails when they are run."""
    texts = []
    for cell in cells(page):
        text = re.sub(r"^[%!].*$", "", cell.code, flags=re.MULTILINE)
        with suppress(SyntaxError):
            texts.append(ast.unparse(ast.parse(text)))
    return "\n".join(texts)


def code_behind(page: str) -> str:
    """A hash of the code that a page runs and of the data that it reads, its own cells apart."""
    from minirnn.dependencies import data_files, digest, needed  # found once `assets` has prepared the path

    code = code_of(page)
    sources = needed(code=code)
    return digest_of(digest(sources), *(file.read_text(encoding="utf-8") for file in data_files(sources, code)))


def texts(folder: Path, *endings: str) -> list[str]:
    """The texts of the files below a folder that have one of these endings."""
    return [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*")) if path.suffix in endings]


def pins() -> list[str]:
    """The versions of what is installed for the book, as its list of requirements has them."""
    return [path.read_text(encoding="utf-8") for path in ROOT.glob("requirements.txt")]


def digest_of(*parts: object) -> str:
    return sha256("\0".join(map(str, parts)).encode()).hexdigest()


def outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """On env-get-outdated: the pages whose code or data have changed since they were built. A cache of outputs would
    compare the page's own cells alone."""
    looks = texts(ROOT / "minirnn/figures", ".js", ".css")  # pages name them with a hash of their text
    every = digest_of(sys.version, *pins(), *looks, *texts(Path(__file__).parent, ".py"))
    releases = digest_of(*texts(ROOT / "book/coursework", ".py"))  # what students get of an assignment
    codes: dict[str, str] = {}
    for page in env.found_docs:
        behind = code_behind(Path(env.doc2path(page)).read_text(encoding="utf-8"))
        codes[page] = digest_of(every, "assignments/" in page and releases, behind)
    before = vars(env).get("gtt_code", {})
    vars(env)["gtt_code"] = codes  # which Sphinx keeps with its environment
    return [page for page in env.found_docs if before.get(page) != codes[page]]
