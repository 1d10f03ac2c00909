"""Which pages are built again: those whose own text changed, which Sphinx sees, and those whose code did."""

import re
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


def outdated(app, env, added, changed, removed):
    """On env-get-outdated: the pages that were made by other code than there is now. A cache of outputs would only
    know the page's own cells; this one runs a page again when minirnn changes, or a module or record that it uses."""
    library = sha256()  # and the book's own part of the build
    for file in sorted([*(ROOT / "minirnn").iterdir(), *Path(__file__).parent.iterdir()]):
        if file.suffix in (".py", ".js", ".css"):
            library.update(file.read_bytes())
    texts, before = sources(), getattr(env, "gtt_code", {})
    env.gtt_code = {}
    for page in env.found_docs:
        code = library.copy()
        for stem in needed(Path(env.doc2path(page)).read_text(encoding="utf-8"), texts):
            code.update(texts[stem].encode())
        env.gtt_code[page] = code.hexdigest()
    return [page for page in env.found_docs if before.get(page) != env.gtt_code[page]]
