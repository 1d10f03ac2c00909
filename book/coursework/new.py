"""A new assignment, from the files in `pattern`: small, complete, and to be replaced part by part.

book/assignments/NAME.md            the source, with solutions, hidden tests and the mark scheme
book/coursework/mistakes/NAME.py    tasks, cases and mistakes
tests/book/likely/NAME.py           likely wrong solutions, written down before the messages
book/assignments/answers/NAME.json  what checks compare with, made from these
"""

import keyword
import re

from coursework import answers, notebooks

PATTERN = notebooks.BOOK / "coursework/pattern"
LISTED = re.compile(r"(?: +- file: book/assignments/\w+\n(?: +title: .*\n)?)+")  # in _toc.yml
FIT = re.compile(r"[a-z][a-z0-9_]*")


def write(name: str) -> list[str]:
    """Writes a new assignment and lists it in _toc.yml; the files, by their paths in the repository.

    Raises ValueError where the name cannot be one or is taken; then nothing is written.
    """
    if not FIT.fullmatch(name) or keyword.iskeyword(name):
        raise ValueError(
            f"NAME must begin with a letter and hold the letters a to z, digits and _ alone, since files and a module "
            f"are named by it; got {name!r}. Try: make new-assignment NAME=sequences"
        )
    root = notebooks.BOOK.parent
    title = name.replace("_", " ").capitalize()
    made = {
        f"book/assignments/{name}.md": "assignment.md",
        f"book/coursework/mistakes/{name}.py": "mistakes.py",
        f"tests/book/likely/{name}.py": "likely.py",
    }
    taken = [path for path in made if (root / path).exists()]
    if taken or name in notebooks.names():
        raise ValueError(f"NAME must be new, and {name!r} is taken: there is {(taken or ['_toc.yml'])[0]}")
    contents = root / "_toc.yml"
    before = contents.read_text(encoding="utf-8")
    last = list(LISTED.finditer(before))[-1].end()
    for path, pattern in made.items():
        text = (PATTERN / pattern).read_text(encoding="utf-8")
        (root / path).write_text(text.replace("NAME", name).replace("TITLE", title), encoding="utf-8")
    line = f"      - file: book/assignments/{name}\n        title: {title}\n"
    contents.write_text(before[:last] + line + before[last:], encoding="utf-8")
    answers.write(name)
    return [*made, f"book/assignments/answers/{name}.json", "_toc.yml"]
