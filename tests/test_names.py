"""A name means one thing in the whole library, and each is where its room says."""

import ast
import importlib
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

import minirnn

FOLDER = Path(minirnn.__file__).parent
FILES = [file for file in sorted(FOLDER.rglob("*.py")) if file.name != "__init__.py"]
ROOMS = sorted(file.parent.name for file in FOLDER.glob("*/__init__.py"))


def defined(source: str) -> set[str]:
    """Public functions, classes and constants of a module; what it imports is defined elsewhere."""
    names: set[str] = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}
    return {name for name in names if not name.startswith("_")}


def places() -> dict[str, list[str]]:
    """The modules that define each public name."""
    found = defaultdict(list)
    for file in FILES:
        for name in defined(file.read_text()):
            found[name].append(file.relative_to(FOLDER).as_posix())
    return found


def test_what_a_module_defines_is_found():
    source = "import os\nfrom math import pi\nA, _B = 1, 2\nc: int = 3\ndef f(): g = 1\nclass D: e = 1\n_h = 1"
    assert defined(source) == {"A", "c", "f", "D"}


def test_no_name_is_defined_twice():
    assert {name: files for name, files in places().items() if len(files) > 1} == {}


def test_no_module_is_called_like_anything_else():
    stems = [file.stem for file in FILES] + ROOMS
    assert {name for name in stems if stems.count(name) > 1} == set()
    assert {name: files for name, files in places().items() if name in stems} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_holds_what_it_exports(room: str):
    module = importlib.import_module(f"minirnn.{room}")
    assert len(set(module.__all__)) == len(module.__all__)
    assert [name for name in module.__all__ if not hasattr(module, name)] == []
    assert getattr(minirnn, room) is module


def test_one_import_reaches_every_room_and_module():
    """In a process of its own: an import by another test would make its module an attribute as well."""
    parts = [file.relative_to(FOLDER).with_suffix("").parts for file in FILES]
    paths = [".".join(part) for part in parts if part[0] != "figures" and part[-1] != "__main__"]
    code = f"""
from operator import attrgetter
import minirnn
for path in {[*minirnn.__all__, *paths]}:
    attrgetter(path)(minirnn)
assert not hasattr(minirnn, "figures")
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
