"""Code in prose: what the README, CONTRIBUTING, the pages and the docstrings show exists and does what they say.

Cells of pages are run by the build, and examples after `>>>` by pytest. Here is the rest: blocks of Python and of
commands; names, calls, commands and paths in backticks.
"""

import ast
import functools
import importlib
import inspect
import os
import pkgutil
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

import minirnn
from coursework import dates, notebooks, report, roster, written
from facts import cells
from tests.conftest import ROOT, source_files

NOTATION = "book/notation.md"  # its names are arrays and shapes, see tests/book/test_notation.py
PROSE = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "book").glob("*.md")]
PROSE += [*(ROOT / "book/assignments").glob("*.md"), *(ROOT / "book/lessons").glob("*.md")]
PROSE.append(ROOT / "tests/book/pattern/page.md")  # which a new chapter is copied from

MARKDOWN = MarkdownIt("commonmark").enable("table").use(front_matter_plugin).use(colon_fence_plugin)
MARKDOWN.use(myst_role_plugin).use(dollarmath_plugin)
BUILT = ("code-cell", "literalinclude", "math", "api", "bibliography")  # what the build runs or looks up

MODULES = {m.name: importlib.import_module(m.name) for m in pkgutil.walk_packages(minirnn.__path__, "minirnn.")}
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
MODELS = ("experiments.claims", "experiments.vanishing.latch", "explorables.control.scalar")  # of CONTRIBUTING
MODELS += ("coursework.mistakes.clipping",)
# of make, and of the README; and what the pins bring beside them
PYTHONS = {str(ROOT / path) for path in (".venv/bin/python", "env/bin/python", ".venv/bin/pybabel")}
TOP = {path.parts[0] for path in source_files()}

ELSEWHERE = {"autograde", "collect", "formgrader", "release_assignment"}  # commands of nbgrader
ELSEWHERE |= {
    "bubblewrap",
    "bwrap",
    "chromium",
    "make",
    "points",
    "duplicate_label",
}  # programs, a column, a setting of Sphinx
ELSEWHERE |= {
    *roster.COLUMNS,
    *dates.TOP,
    *dates.POLICY,
    *report.HEAD,
    written.COMMENT,
}  # columns and settings of grading
ELSEWHERE |= {
    "LATE",
    "inbound",
    "grade_id",
    "extreme",
}  # Canvas's mark, nbgrader's folder and key; a part that is made up
ELSEWHERE |= {"co_names", "nan", "array", "stack", "tanh", "print", "defer"}  # NumPy, Python, HTML
ELSEWHERE |= {
    "clip_grad_norm_",
    "cross_entropy",
    "binary_cross_entropy_with_logits",
    "detach",
    "no_grad",
    "associative_scan",
}  # PyTorch, JAX


class Piece(NamedTuple):
    """Code in a page: `language` is that of a block, and None for what stands in a sentence."""

    page: str
    language: str | None
    code: str


def pieces(text: str, page: str) -> Iterator[Piece]:
    """All of a page, also inside its directives."""
    for token in MARKDOWN.parse(re.sub("^% .*$", "", text, flags=re.MULTILINE)):  # without MyST's comments
        yield from (Piece(page, None, c.content) for c in token.children or () if c.type == "code_inline")
        if token.type in ("fence", "colon_fence"):
            name, argument = re.fullmatch(r"\{?([\w:-]*)\}? *(.*)", token.info.strip()).groups()
            if not token.info.strip().startswith("{") or name == "code-block":
                yield Piece(page, argument if name == "code-block" else name, token.content)
            elif name not in BUILT:
                yield from pieces(token.content, page)


PIECES = [piece for path in sorted(PROSE) for piece in pieces(path.read_text(), path.relative_to(ROOT).as_posix())]


def each(**chosen: list[Piece]) -> pytest.MarkDecorator:
    """One test for each piece; of those there must be some."""
    [(name, found)] = chosen.items()
    assert found
    return pytest.mark.parametrize(name, found, ids=lambda piece: f"{piece.page}: {piece.code.strip():.40}")


# --- names and calls ---------------------------------------------------------------------------------------------


@functools.cache
def words_of_the_library() -> set[str]:
    """Names in its modules, attributes of its classes, parameters of functions and methods; names in the modules that
    CONTRIBUTING names as models."""
    words = {part for name in MODULES for part in name.split(".")}  # with minirnn itself
    words |= {word for name in MODELS for word in vars(importlib.import_module(name))}
    for module in MODULES.values():
        own = [v for v in vars(module).values() if getattr(v, "__module__", None) == module.__name__]
        classes = [value for value in own if inspect.isclass(value)]
        methods = [value for cls in classes for value in vars(cls).values()]
        words |= vars(module).keys() | {name for cls in classes for name in dir(cls)}
        words |= {name for cls in classes for name in inspect.get_annotations(cls)}
        for function in filter(inspect.isfunction, own + methods):
            words |= inspect.signature(function).parameters.keys()
    return words


def resolve(name: str) -> Any:
    """What `minirnn.a.b` is, or `a.b` with a module a of the library, or `b` in any; None for names of others."""
    name = re.sub(r"^np\.", "numpy.", name)
    head = name.split(".")[0]
    if head in ("minirnn", "numpy") or head in sys.stdlib_module_names:
        return pkgutil.resolve_name(name)
    for full in MODULES:
        if "." in name and full.rpartition(".")[2] == head:
            return pkgutil.resolve_name(f"{full}{name.removeprefix(head)}")
    for module in MODULES.values():
        if hasattr(module, head):
            return functools.reduce(getattr, name.split(".")[1:], getattr(module, head))
    if "." not in name and name not in words_of_the_library() | ELSEWHERE:
        raise AttributeError(f"{name} is no name of the library, nor among those known to be elsewhere")
    return None


def check_calls(code: str) -> None:
    """Each function of the library takes the arguments with which it is called."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            ours = re.fullmatch(r"[\w.]+", name) and name.split(".")[0] in words_of_the_library()
            function = resolve(name) if ours else None
            if (inspect.isfunction(function) or inspect.isclass(function)) and function.__module__ in MODULES:
                inspect.signature(function).bind(*node.args, **{k.arg: k.value for k in node.keywords if k.arg})


def check_span(code: str) -> None:
    """A name, a call, a command or a path, by its form; shapes, values and the like pass."""
    if re.match(r"(make|pip|[\w./]*python3? -m) \w|[A-Z]+=", code):
        check_command(code)
    elif code.split("/")[0] in TOP:
        check_path(code)
    elif ".ipynb" in code or code in ("course.toml", "submission_metadata.yml"):
        pass  # a student's, teacher's or platform's file: notebooks are made, and none lies in the repository
    elif re.fullmatch(r"[A-Za-z_]\w*(\.\w+)*", code):
        resolve(code)
    elif re.fullmatch(r"[A-Za-z_][\w.]*\(.*\)", code, re.DOTALL):
        check_calls(code)


# --- commands and paths ------------------------------------------------------------------------------------------


def output(command: list[str], folder: Path = ROOT) -> str:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    result = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=env)
    if result.returncode:
        raise ValueError(result.stderr or result.stdout)
    return result.stdout


@functools.cache
def options(subcommand: str) -> set[str]:
    help_text = output([sys.executable, "-m", "coursework", subcommand, "--help"], ROOT / "book")
    return set(re.findall(r"--?\w[\w-]*", help_text))


def check_path(word: str, folder: Path = ROOT) -> None:
    """A path of the repository; CHAPTER and NAME stand for any name."""
    if not any(folder.glob(re.sub("CHAPTER|NAME", "*", word).rstrip("/"))):
        raise FileNotFoundError(f"there is no {word}")


def check_make(words: list[str]) -> None:
    """The target exists, the variables are used, and the book's command that it gives has the options."""
    for name in (word.split("=")[0] for word in words if "=" in word):
        if f"$({name})" not in (ROOT / "Makefile").read_text():
            raise ValueError(f"the Makefile has no variable {name}")
    for command in re.findall(r"-m coursework (.*)", output(["make", "--dry-run", *words])):
        check_coursework(shlex.split(command))


def check_coursework(words: list[str]) -> None:
    given = {word.split("=")[0] for word in words if word.startswith("--")}
    if unknown := given - options(words[0]):
        raise ValueError(f"coursework {words[0]} has no option {', '.join(sorted(unknown))}")


def check_command(line: str, folder: Path = ROOT) -> Path:
    """One command of a shell; returns the folder in which the next one starts."""
    words = shlex.split(line, comments=True)
    for path in (word for word in words if word.split("/")[0] in TOP):
        check_path(path, folder)
    if "/" in words[0].partition("=")[0] and os.path.normpath(folder / words[0]) not in PYTHONS:
        raise FileNotFoundError(f"there is no {words[0]} in {folder}")
    match words:
        case ["cd", path]:
            return folder / path
        case ["make", *rest]:
            check_make(rest)
        case [setting] if "=" in setting:  # for the target that takes it
            check_make(["grade", "FROM=a", "TO=b", setting])
        case [python, "-m", "venv", _] if python in ("python", "python3"):
            pass
        case [python, "-m", "pip", "install", *rest] | [python, "install", *rest] if re.search(
            "python|pip", python
        ):
            if unknown := set(re.findall(r"\w+", "".join(re.findall(r"\[.*\]", " ".join(rest))))) - EXTRAS.keys():
                raise ValueError(f"the project has no extra {', '.join(unknown)}")
        case [python, "-m", "coursework", *rest] if python.endswith("python"):
            check_coursework(rest)
        case [python, "-m", module, *_] if python.endswith("python"):
            top, *inner = module.split(".")
            found = PathFinder.find_spec(top, [str(ROOT), str(ROOT / "book"), *sys.path])
            package = Path(found.origin or ".").parent if found else ROOT / "nowhere"
            if not found or (inner and not package.joinpath(*inner, "__main__.py").is_file()):
                raise ModuleNotFoundError(f"there is no module {module}")
        case [python, script, *options] if python.endswith("python") and script.startswith("book/"):
            known = re.findall(r'"(--\w+)"', (ROOT / script).read_text())
            if unknown := {option for option in options if option.startswith("--")} - set(known):
                raise ValueError(f"{script} has no {', '.join(unknown)}")
        case [_, "example.py" | "milestones.py"]:  # the README's, and that of the project
            pass
        case [pybabel, "update", *_] if pybabel.endswith("bin/pybabel"):
            pass
        case ["podman", "build", *rest]:
            check_path(rest[rest.index("-f") + 1])
        case ["podman", "run", *rest]:
            check_make(["grade", *rest[rest.index("gradients-grader") + 1 :]])
        case (
            ["sudo", "apt-get", "install", *_]
            | ["dask", "scheduler" | "worker", *_]
            | ["nbgrader" | "git" | "source" | ".", *_]
        ):
            pass
        case _:
            raise ValueError(f"{line}: what is this command? Teach the test to check it")
    return folder


# --- the tests ---------------------------------------------------------------------------------------------------


def names_in_cells(page: str) -> set[str]:
    """What the page's own cells say, which the build runs."""
    return {word for cell in cells((ROOT / page).read_text()) for word in re.findall(r"\w+", cell.code)}


@each(span=[p for p in PIECES if p.language is None and p.page != NOTATION])
def test_what_stands_in_backticks_exists(span: Piece):
    if re.split(r"\W", span.code)[0] not in names_in_cells(span.page) - {"minirnn"}:
        check_span(span.code)


@each(block=[p for p in PIECES if p.language in ("sh", "bash", "console")])
def test_commands_exist(block: Piece):
    folder = ROOT
    for command in re.split(r"\n|&&", block.code):
        if command.strip():
            folder = check_command(command, folder)


def test_blocks_have_a_language_that_is_checked():
    assert {p.language for p in PIECES} - {None} <= {"python", "sh", "text", "toml"}


@each(block=[p for p in PIECES if p.language == "toml"])
def test_settings_of_courses_are_known(block: Piece):
    dates.course(tomllib.loads(block.code), notebooks.names())


def model_of_a_reader() -> dict[str, Any]:
    """A small model of PyTorch with its data, by the names that a reader's own would have."""
    torch = pytest.importorskip("torch")
    names = {"diagnose_model": minirnn.diagnosis.diagnose_model, "watch": minirnn.diagnosis.watch}

    class Reader(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.rnn, self.readout = torch.nn.LSTM(2, 4, batch_first=True), torch.nn.Linear(4, 2)

        def forward(self, x: Any) -> Any:
            return self.readout(self.rnn(x)[0][:, -1])

    model, cross_entropy = Reader(), torch.nn.functional.cross_entropy
    inputs, targets = torch.randn(6, 12, 2), torch.arange(6) % 2
    loss = cross_entropy(model(inputs), targets)
    batches, optimizer = [(inputs, targets)] * 10, torch.optim.SGD(model.parameters(), 0.1)
    return names | {**locals()}


OF_JAX = re.compile(r"\b(jax|flax|equinox)\b")  # tests/bridges/test_cells_of_jax.py runs this code


@each(block=[p for p in PIECES if p.language == "python" and not OF_JAX.search(p.code)])
def test_python_runs_with_the_calls_in_its_sentences(
    block: Piece, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.chdir(tmp_path)  # where the README's example saves its run
    if block.page == "book/diagnosis.md":  # its blocks are for a reader's own model, and the build runs its cells
        exec(block.code, model_of_a_reader())
        return
    names: dict[str, Any] = {}
    exec(block.code, names)
    for span in (p.code for p in PIECES if p.page == block.page and p.language is None and ")" in p.code):
        exec(span, names)
    if block.page == "README.md":  # its network learns: it ends below the loss of answering 1/2 always
        _, target = names["tasks"].adding(np.random.default_rng(1), B=1000, T=30)
        assert np.mean(names["run"].history["loss"][-20:]) < 0.5 * 0.5 * ((target - 0.5) ** 2).mean()
        assert "largest exponent" in capsys.readouterr().out


def test_extras_that_are_installed_exist():
    """Also by notebooks that fetch the library, and by Binder."""
    files = [
        ROOT / file for file in source_files() if file.parts[0] != "tests" and file.suffix in ("", ".md", ".py")
    ]
    lists = [words for file in files for words in re.findall(r"pip install.*\[([\w,]+)\]", file.read_text())]
    assert len(lists) > 2
    assert {word for words in lists for word in words.split(",")} <= EXTRAS.keys()


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])  # those of pages are checked by the build
def test_links_lead_to_files(page: str):
    links = re.findall(r"\]\(([^)#]+)\)", (ROOT / page).read_text())
    assert [link for link in links if not (ROOT / link).exists()] == []


def docstrings(module: Any) -> Iterator[str]:
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield ast.get_docstring(node) or ""


@pytest.mark.parametrize("module", MODULES.values(), ids=MODULES)
def test_names_in_docstrings_exist(module: Any):
    for text in docstrings(module):
        for span in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text):
            check_span(span)


def sketches() -> list[Piece]:
    """Indented blocks of docstrings that are Python and call something; formulas are not."""
    found = []
    for name, module in MODULES.items():
        for block in (b for text in docstrings(module) for b in re.findall(r"(?:^(?: {4}.*)?\n)+", text, re.M)):
            code = inspect.cleandoc(block)
            try:
                tree = ast.parse(code)
            except SyntaxError:
                continue
            if any(isinstance(node, ast.Call) for node in ast.walk(tree)):
                found.append(Piece(name, "python", code))
    return found


@each(sketch=sketches())
def test_sketches_in_docstrings_call_what_exists(sketch: Piece):
    check_calls(sketch.code)


CALL = re.compile(r"(?:[\w.(), ]+ = )?\w+(?:\.\w+)*\(.*\)(?: .*)?")


@pytest.mark.parametrize("module", MODULES.values(), ids=MODULES)
def test_code_in_docstrings_is_indented_or_in_backticks(module: Any):
    """The reference shows what stands at the margin as sentences."""
    paragraphs = [part for text in docstrings(module) for part in re.split(r"\n\s*\n", inspect.cleandoc(text))[1:]]
    lines = [part.split("\n") for part in paragraphs if not part.startswith((" ", ">>>"))]
    assert not [part for part in lines if all(CALL.fullmatch(line) for line in part)]


WRONG = {
    "minirnn.diagnose.report": AttributeError,
    "minirnn.learning.losses.at_start": AttributeError,
    "losses.at_start": AttributeError,
    "LSTM.forward": AttributeError,
    "np.all_close": AttributeError,
    "unrolled": AttributeError,
    "minirnn.diagnosis.entry.diagnose(cell)": TypeError,
    "train(cell, params, batch, loss, adam, steps=3)": TypeError,
    "book/field_guide.md": FileNotFoundError,
    "book/coursework/mistake/NAME.py": FileNotFoundError,
    "make books": ValueError,
    "make sweeps TASK=clipping": ValueError,
    'MORE="--job 4"': ValueError,
    "python -m experiment": ModuleNotFoundError,
    "python -m coursework marks": ValueError,
    "python -m pytest tests/test_nothing.py": FileNotFoundError,
    'python -m pip install ".[drawing]"': ValueError,
    "pip uninstall minirnn": ValueError,
}


@pytest.mark.parametrize("code", WRONG)
def test_what_is_wrong_is_found(code: str):
    with pytest.raises(WRONG[code]):
        check_span(code)
