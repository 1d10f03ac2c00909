"""What code depends on: our walk against that of grimp, facades seen through, and what counts as a change."""

import importlib
import sys
from functools import cache

import grimp
import pytest

from minirnn import dependencies
from minirnn.dependencies import data_files, digest, executed, needed, packages
from minirnn.statements import Source

BOOK = ("experiments", "explorables", "facts")
GRAPH = grimp.build_graph("minirnn", *BOOK, cache_dir=None)
MODULES = sorted(
    GRAPH.modules - {"minirnn.figures.live"}
)  # which is imported within a function, as grimp knows too


@pytest.fixture(scope="class")
def read_once():
    """Each module is found and read once: nothing changes while these tests run."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("_source", "_spec", "is_installed"):
            patch.setattr(dependencies, name, cache(getattr(dependencies, name)))
        yield


@pytest.mark.usefixtures("read_once")
class TestOurModules:
    @pytest.mark.parametrize("name", MODULES)
    def test_what_runs_is_what_the_import_graph_says(self, name):
        above = {name.rpartition(".")[0]} - {""}
        expected, todo = set(), {name}
        while todo:
            module = todo.pop()
            expected.add(module)
            parent = {module.rpartition(".")[0]} - {""}
            todo |= (GRAPH.find_modules_directly_imported_by(module) | parent) - expected
        assert {*executed([name])} == expected | above

    @pytest.mark.parametrize("name", MODULES)
    def test_what_is_needed_runs(self, name):
        assert needed([name]).keys() <= executed([name]).keys()


@pytest.fixture
def space(tmp_path, monkeypatch):
    """Writes modules where Python finds them."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(**texts):
        for name, text in texts.items():
            file = tmp_path / (name.replace("__", "/") + ".py")
            file.parent.mkdir(exist_ok=True)
            (file.parent / "__init__.py").touch() if "__" in name else None
            file.write_text(text)
        return tmp_path

    yield write
    for name in [n for n, m in sys.modules.items() if str(tmp_path) in str(getattr(m, "__file__", ""))]:
        del sys.modules[name]  # who reads data is asked for its files
    importlib.invalidate_caches()


def test_a_facade_stands_for_the_modules_that_define_its_names(space):
    folder = space(
        hall__near="from hall.far import deep",
        hall__far="deep = 1",
        hall__other="x = 1",
        guest="from hall import deep, other as o",
        stranger="import hall",
        every="from hall import *",
        own="from hall import made",
    )
    (folder / "hall/__init__.py").write_text("from hall.near import deep\nfrom . import other\nmade = deep + 1\n")
    assert {*needed(["guest"])} == {"guest", "hall.near", "hall.far", "hall.other"}
    whole = {"hall", "hall.near", "hall.far", "hall.other"}
    for name in ("stranger", "every", "own"):
        assert needed([name]).keys() >= {name, "hall", "hall.far", "hall.other"}
        assert needed([name]).keys() <= {name} | whole
    assert {*executed(["guest"])} == whole | {"guest"}
    assert {*needed(code="from hall import other")} == {"hall.other"}
    assert {*needed(["guest"], without=["hall.far"])} == {"guest", "hall.near", "hall.other"}


@pytest.mark.parametrize(
    ("init", "modules"),
    [
        ("from .a import f\n_g = f\ndef f(x):\n    return _g(x)", {"p", "p.a"}),
        ("from .a import f\nf = print(f)", {"p", "p.a"}),
        ("if 1:\n    from .a import f\nelse:\n    from .b import f", {"p", "p.a", "p.b"}),
        ("from .a import f as old\nfrom .b import g as f", {"p", "p.a", "p.b"}),
        ("from .b import f\nfrom .a import *", {"p", "p.a", "p.b"}),
        ("from .a import f", {"p.a"}),
        ("from .a import g\nfrom . import f", {"p.f"}),
        ("from .a import f\n# p.f is a module too", {"p", "p.a", "p.f"}),
        ("from q import f", {"q"}),
        ("from q2 import f", {"q2"}),
    ],
)
def test_a_name_that_more_than_one_import_binds_needs_the_package_itself(space, init, modules):
    folder = space(p__a="f = g = 1", p__b="f = g = 2", q="f = 3", user="from p import f")
    if "p.f" in modules:
        space(p__f="x = 1")
    if "q2" in modules:
        (folder / "q2").mkdir()
        (folder / "q2/__init__.py").write_text("def g():\n    from p import f\nf = 1\n")
    (folder / "p/__init__.py").write_text(init)
    importlib.invalidate_caches()
    assert {*needed(["user"])} - {"user"} == modules


def test_a_plain_import_needs_the_packages_above(space):
    space(p__b="x = 1", user="import p.b\nprint(p.RATE)")
    assert {*needed(["user"])} == {"user", "p", "p.b"}


@pytest.mark.parametrize(
    "sets", ["a.RATE = 5", "a.RATES['exp'] = 5", "setattr(a, 'RATE', 5)", "del a.RATE", "a.RATE += 1"]
)
@pytest.mark.parametrize(
    "user", ["from p import a", "from p.a import RATE", "from importlib import import_module\nimport_module('p.a')"]
)
def test_who_gives_another_module_a_value_is_needed_where_it_runs(space, sets, user):
    folder = space(
        p__a="RATE, RATES = 1, {}",
        p__b="X = 1",
        p__tune=f"from . import a\n{sets}",
        user=user,
    )
    init = folder / "p/__init__.py"
    init.write_text("from . import b, tune\n")
    assert {*needed(["user"])} >= {"user", "p.a", "p.tune"}
    init.write_text(f"from . import a, b\n{sets}\n")
    assert {*needed(["user"])} >= {"user", "p", "p.a"}
    assert {*needed(code=user)} >= {"p", "p.a"}


def test_what_a_package_would_set_when_it_is_called_is_not_needed(space):
    folder = space(p__a="RATE = 1", p__b="X = {}\nX[1] = 2", user="from p import a")
    (folder / "p/__init__.py").write_text("from . import a, b\ndef later():\n    a.RATE = 5\n")
    assert {*needed(["user"])} == {"p.a", "user"}


def test_a_module_that_is_imported_by_a_function_is_seen(space):
    space(
        p__a="x = 1",
        p__b="x = 1",
        q="x = 1",
        p__user="import importlib\nimportlib.import_module('.a', __package__)",
    )
    space(user="from importlib import import_module\nimport_module('p.b')\n__import__('q')\nprint('p.a')")
    assert {*needed(["p.user"])} == {"p", "p.a", "p.user"}
    assert {*executed(["user"])} == {"p", "p.b", "q", "user"}


def test_looking_runs_no_code(space):
    folder = space(p__a="x = 1", user="from p import a")
    (folder / "p/__init__.py").write_text("raise SystemExit('ran')\n")
    assert {*executed(["user", "p.a"])} == {"p", "p.a", "user"}
    assert {*needed(["user", "p.a"])} == {"p.a", "user"}
    assert "p" not in sys.modules


def test_modules_of_folders_without_a_package_are_found(space):
    folder = space(user="from outer.inner import a\nfrom outer.inner.b import y")
    (folder / "outer/inner").mkdir(parents=True)
    (folder / "outer/inner/a.py").write_text("x = 1")
    (folder / "outer/inner/b.py").write_text("from . import a\ny = 1")
    assert {*needed(["user"])} == {*executed(["user"])} == {"user", "outer.inner.a", "outer.inner.b"}


@pytest.mark.parametrize("text", [b"x = 1\ny = = 2\n", b"# coding: of-tomorrow\n", b"x = '\xff'\n"])
@pytest.mark.parametrize("walk", [needed, executed])
def test_a_text_that_python_cannot_read_is_named(space, text, walk):
    file = space(user="import faulty") / "faulty.py"
    file.write_bytes(text)
    with pytest.raises(SyntaxError, match=r"faulty\.py") as caught:
        walk(["user"])
    assert caught.value.filename == str(file)


def test_circles_and_what_is_missing_end(space):
    space(one="import two\nimport nowhere_to_be_found", two="from one import x", three="def f():\n    import one")
    assert {*needed(["three"])} == {"one", "two", "three"} == {*executed(["three"])}


def test_installed_packages_are_names_and_minirnn_is_code(space):
    space(user="import numpy as np\nimport json\nfrom minirnn.core.params import norm")
    assert {"json", "numpy"} <= {*packages(needed(["user"]))}
    assert "minirnn.core.params" in needed(["user"])
    assert not any(name.startswith("numpy") for name in executed(["user"]))


CODE = '"""A module."""\n\nx = 1  # one\n\n\ndef f():\n    """Says."""\n'


@pytest.mark.parametrize(
    ("text", "same"),
    [
        (CODE.replace("A module.", "The module."), True),
        (CODE.replace("# one", "# the one"), True),
        (CODE.replace("Says.", "Says more."), True),
        ("# first\n" + CODE, True),
        (CODE.replace("x = 1", "x = 2"), False),
        (CODE.replace("def f", "def g"), False),
        (CODE + "    return f.__doc__\n", False),
    ],
)
def test_words_about_code_change_nothing(text, same):
    assert (digest({"m": Source("m.py", text)}) == digest({"m": Source("m.py", CODE)})) == same


def test_a_docstring_that_is_read_counts():
    one, two = (f'"""{word}"""\nprint(__doc__)\n' for word in ("One", "Two"))
    assert digest({"m": Source("m.py", one)}) != digest({"m": Source("m.py", two)})


@pytest.mark.parametrize("reader", ["print(m.__doc__)", "from inspect import getdoc", "inspect.getdoc(m)"])
def test_a_docstring_that_another_module_reads_counts(reader):
    one, two = ({"m": Source("m.py", f'"""{word}"""'), "n": Source("n.py", reader)} for word in ("One", "Two"))
    assert digest(one) != digest(two)


def test_a_docstring_about_docstrings_is_one():
    one, two = (f'"""{word}: what __doc__ is."""\nx = 1  # no __doc__\n' for word in ("One", "Two"))
    assert digest({"m": Source("m.py", one)}) == digest({"m": Source("m.py", two)})


def test_the_data_of_a_text_are_named_by_who_reads_them(space):
    folder = space(
        reader="from pathlib import Path\n\ndef files_named(text):\n"
        "    return [Path(__file__).with_name(f'{n}.txt') for n in ('a', 'b') if f'read({n})' in text]\n",
        user="from reader import read\n# read(a)",
    )
    assert data_files(needed(["user"])) == [folder / "a.txt"]
    assert data_files(needed(["user"]), "read(b)") == [folder / "a.txt", folder / "b.txt"]


def test_a_script_beside_a_module_that_bears_its_name_belongs_to_it():
    """So that a page is built again when the script of its figure changes."""
    found = {file.name for file in data_files(needed(["explorables.elementwise.ring"]))}
    assert found >= {"ring.js", "draws.js"}
    assert "cliff.js" not in found
