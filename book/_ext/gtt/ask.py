"""A small question in a page, whose answer, a number or a formula, is typed. Without a script it is folded.

:::{ask} How many steps halve a gradient at λ = 0.9?
:key: half

What stands here explains the answer, and is folded with it.
:::
"""

import html
import importlib
import json
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from .language import say
from .markup import raw

BOOK = Path(__file__).resolve().parents[2]
sys.path.append(str(BOOK))
FORM = """<form hidden autocomplete="off"><input type="text" aria-labelledby="{id}-text" aria-describedby="{id}-said"
maxlength="200" spellcheck="false" autocapitalize="off" placeholder="{hint}"><button>{check}</button></form>
<p role="status" id="{id}-said"></p><details><summary>{show}</summary>"""


class Ask(SphinxDirective):
    """The question `key` of the page's chapter, in book/questions/CHAPTER.py, or `CHAPTER/KEY` of another."""

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {"key": directives.unchanged_required}  # noqa: RUF012  (docutils reads it from the class)

    def run(self) -> list[nodes.Node]:
        *other, key = self.options.get("key", "").split("/")
        chapter = other[0] if other else Path(self.env.docname).name
        source = BOOK / f"questions/{chapter}.py"
        held = importlib.import_module(f"questions.{chapter}").QUESTIONS if source.exists() else {}
        if key not in held:
            raise self.error(
                f"there is no question {key!r} in book/questions/{chapter}.py: it has {', '.join(held)}"
            )
        self.env.note_dependency(str(source))
        question = held[key]
        asked = json.dumps(question.asked(f"{chapter}/{key}"), ensure_ascii=False)
        text, _ = self.state.inline_text(self.arguments[0], self.lineno)
        folded = nodes.Element()
        lines = StringList(
            [f"**{say('Answer:')}** `{question.answer()}`", "", *self.content], source=self.env.docname
        )
        self.state.nested_parse(lines, self.content_offset, folded)
        name = f"ask-{key}"
        hint = f"{say('a formula in')} {', '.join(question.names)}" if question.names else say("a number")
        show = say("Show the answer")
        opened = f'<gtt-ask id="{name}" data-key="{chapter}/{key}" data-ask="{html.escape(asked)}">'
        form = FORM.format(id=name, hint=hint, check=say("Check"), show=show)
        shown = [raw(f'{opened}<p id="{name}-text">', f"**{say('Question.')}** "), *text, raw("</p>", "\n\n"),
                 raw(form, f"<details><summary>{show}</summary>\n\n"),
                 *folded.children, raw("</details></gtt-ask>", "</details>")]  # fmt: skip
        return [nodes.container("", *shown, is_div=True)]


def load(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """On html-page-context: pages with questions load the script."""
    if "<gtt-ask" in context.get("body", ""):
        app.add_js_file("ask.js", loading_method="defer")
