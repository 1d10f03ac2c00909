"""The book by Sphinx alone, with the settings of _config.yml: the way that remains when Jupyter Book 1.x is no more,
and that of other languages, of which Jupyter Book has none.

    python book/_ext/build.py                              all pages in English, into _build/sphinx
    python book/_ext/build.py --language de                the pages with a German catalogue, into _build/html/de
    python book/_ext/build.py --language de --builder gettext    their messages, as they are in English
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import yaml
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

EXECUTION = {  # Jupyter Book's names: those of MyST-NB
    "execute_notebooks": "nb_execution_mode",
    "run_in_temp": "nb_execution_in_temp",
    "allow_errors": "nb_execution_allow_errors",
    "stderr_output": "nb_output_stderr",
    "timeout": "nb_execution_timeout",
}


def settings(root: Path) -> dict[str, Any]:
    """Sphinx's settings of the book in `root`. Raises KeyError for an entry of _config.yml that has no meaning here."""
    book = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    more = book.pop("sphinx")
    sys.path[:0] = [str(root / folder) for folder in more["local_extensions"].values()]
    return {
        "html_title": book.pop("title"),
        "author": book.pop("author"),
        "copyright": book.pop("copyright"),
        "external_toc_path": "_toc.yml",
        "external_toc_exclude_missing": book.pop("only_build_toc_files"),
        "exclude_patterns": ["_build", "**.ipynb_checkpoints", *book.pop("exclude_patterns")],
        "bibtex_bibfiles": book.pop("bibtex_bibfiles"),
        **{EXECUTION[name]: value for name, value in book.pop("execute").items()},
        "nb_execution_cache_path": str(root / "_build/.jupyter_cache"),
        "myst_enable_extensions": book["parse"].pop("myst_enable_extensions"),
        "myst_dmath_double_inline": True,
        "myst_url_schemes": ["mailto", "http", "https"],
        "html_favicon": book["html"].pop("favicon"),
        "html_baseurl": book["html"].pop("baseurl", ""),
        "html_theme": "sphinx_book_theme",
        "html_sourcelink_suffix": "",
        **more["config"],
        "extensions": [name for name in more["config"]["extensions"] if name != "jupyter_book"],
    }


def translated(root: Path, language: str) -> list[str]:
    """The pages with a catalogue in this language. Raises ValueError where there is none."""
    folder = root / "book/locale" / language / "LC_MESSAGES"
    pages = [str(file.relative_to(folder).with_suffix("")) for file in sorted(folder.glob("*/**/*.po"))]
    if not pages:
        raise ValueError(f"language: expected one that has catalogues in book/locale, got {language!r}")
    return pages


def in_language(root: Path, language: str) -> dict[str, Any]:
    """The further settings of the pages in another language; writes their table of contents."""
    first, *others = translated(root, language)
    contents: dict[str, Any] = {"format": "jb-book", "root": first}
    if others:
        contents["chapters"] = [{"file": page} for page in others]
    (root / "_build").mkdir(exist_ok=True)
    (root / f"_build/_toc.{language}.yml").write_text(yaml.safe_dump(contents), encoding="utf-8")
    return {
        "language": language,
        "locale_dirs": ["book/locale"],
        "gettext_compact": False,
        "gettext_location": False,  # numbers of lines change with each edit above them
        "external_toc_path": f"_build/_toc.{language}.yml",
    }


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Builds the book by Sphinx alone.")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="the folder with _config.yml")
    parser.add_argument("--language", default="en")
    parser.add_argument("--builder", default="html")
    given = parser.parse_args(words)
    root, site, kept = given.root.resolve(), "_build/sphinx", "_build/.doctrees-sphinx"
    overrides = settings(root)
    if given.language != overrides["language"]:
        try:
            overrides |= in_language(root, given.language)
        except ValueError as error:
            parser.error(str(error))
        site, kept = f"_build/html/{given.language}", f"_build/.doctrees-{given.language}"
    if given.builder != "html":
        site, kept, overrides["language"] = f"_build/{given.builder}", f"_build/.doctrees-{given.builder}", "en"
        overrides["suppress_warnings"].append("mystnb.mime_priority")  # which has no words of a figure's markup
    with patch_docutils(), docutils_namespace():
        app = Sphinx(
            root, None, root / site, root / kept, given.builder, overrides, warningiserror=True, keep_going=True
        )
        app.build()
    return app.statuscode


if __name__ == "__main__":
    sys.exit(main())
