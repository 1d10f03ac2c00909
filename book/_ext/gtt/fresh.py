"""Which pages are built again: those whose own text changed, which Sphinx sees, and those whose code did."""

import re
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def sources():
    """{stem: text} of the modules that pages import and of the records of the experiments, which they read."""
    folders = (ROOT / "book/explorables", ROOT / "book/experiments")
    files = [file for folder in folders for file in [*folder.glob("*.py"), *folder.glob("results/*.json")]]
    texts = {}
    for file in sorted(files):
        texts[file.stem] = texts.get(file.stem, "") + file.read_text(encoding="utf-8")
    return texts


NAMES = re.compile(
    r"(?:explorables|experiments)(?:\.(\w+))? import ([^\n(]+|\([^)]*\))"  # from experiments.record import load
    r'|"(\w+)"|(\w+)\.json'  # load("latch"), RESULTS / "latch.json"
)


def needed(text, texts):
    """The stems of what a text imports or loads, and of what that does."""
    found, todo = set(), [text]
    while todo:
        named = {
            word for groups in NAMES.findall(todo.pop()) for group in groups for word in re.findall(r"\w+", group)
        }
        new = named & texts.keys() - found
        found |= new
        todo += [texts[stem] for stem in new]
    return sorted(found)


def files(folder):
    """The texts of all code below a folder."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".js", ".css"))
    return [path.read_text(encoding="utf-8") for path in paths]


def pins():
    """The versions of what is installed for the book, as its list of requirements has them."""
    return [path.read_text(encoding="utf-8") for path in ROOT.glob("requirements.txt")]


def digest(*parts):
    return sha256("\0".join(map(str, parts)).encode()).hexdigest()


def outdated(app, env, added, changed, removed):
    """On env-get-outdated: the pages that were made by other code than there is now. A cache of outputs would only
    know the page's own cells; this one runs a page again when minirnn changes, or a module or record that it uses."""
    library = digest(sys.version, *pins(), *files(ROOT / "minirnn"), *files(Path(__file__).parent))
    releases = digest(*files(ROOT / "book/coursework"))  # what students get of an assignment
    texts, before = sources(), getattr(env, "gtt_code", {})
    env.gtt_code = {}
    for page in env.found_docs:
        names = needed(Path(env.doc2path(page)).read_text(encoding="utf-8"), texts)
        env.gtt_code[page] = digest(library, "assignments/" in page and releases, *(texts[name] for name in names))
    return [page for page in env.found_docs if before.get(page) != env.gtt_code[page]]
