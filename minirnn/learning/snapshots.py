"""The code of a function as it stands now: hashed, and given to a new process, which runs exactly this code.

For a function of a module, the code is the text of that module and of all modules that it imports, down to installed
packages; the new process compiles these texts, even if the files have changed since. A function of a notebook has no
module to import, so the function itself is sent, with the functions, classes and values that it uses.

>>> from minirnn.theory import plateau
>>> code = snapshot(plateau.loss)
>>> code.name, "minirnn.core.checks" in code.sources, "numpy" in code.sources
('minirnn.theory.plateau.loss', True, False)
"""

import hashlib
import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from minirnn.dependencies import digest, executed, needed
from minirnn.learning.notebook_code import is_held, sent_by_value


@dataclass(frozen=True)
class Snapshot:
    """Plain values: a process that unpickles a class of ours would import minirnn as it is by then, not as it was.
    `sent` is the function itself where no module holds it."""

    module: str
    qualname: str
    sources: dict[str, tuple[str, str]]  # of each module its file and its text
    sent: bytes | None
    digest: str

    @property
    def name(self) -> str:
        return f"{self.module}.{self.qualname}"


def snapshot(run: Callable[..., Any]) -> Snapshot:
    """The code of `run`, a function at the top level of a module or of a notebook.

    Raises TypeError if `run` is not what its module holds under its name, or uses what cannot be pickled.
    """
    importlib.invalidate_caches()
    module = sys.modules[run.__module__]
    spec = getattr(module, "__spec__", None)  # present if `python -m` started it, None in a notebook or a script
    if spec is None:
        name, modules = run.__module__, set[str]()
        sent, parts = sent_by_value(run, modules)
    else:
        if not is_held(run):
            raise TypeError(
                f"run must be the function that {run.__module__}.{run.__qualname__} is now, got another of this "
                f"name; after a reload, take it from the module again"
            )
        name, modules, sent, parts = spec.name, {spec.name}, None, b""
    used = needed(modules, always=name)
    identity = hashlib.sha256(digest(used).encode() + parts).hexdigest()
    sources = {name: (source.file, source.text) for name, source in executed(modules, always=name).items()}
    return Snapshot(name, run.__qualname__, sources, sent, identity)
