"""Small pieces of markup: a link that sets a figure's state, a question with choices, a formula and its full stop."""

import re
from itertools import accumulate
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import ReferenceRole, SphinxDirective

from .figures import file_of
from .language import say

# within a number, before its %, and on both sides of the sign in "α = 0.6"
NO_BREAK = re.compile(r"(?<=\d) (?=\d{3}(?!\d))|(?<=\d)[ \n](?=%)|(?<!\w)\w{1,3}[ \n][=<>≤≥≈][ \n](?=[-−+]?[\d½])")
VERDICTS = {"right": "Right.", "wrong": "Not quite."}


class Goto(ReferenceRole):
    """{goto}`move the gain past 1 <unrolled?gain=1.2>`: a link that sets the state of the figure `unrolled`. Of another
    chapter's figure, {goto}`… <bptt/unrolled?gain=1.2>`, it opens the page of its own, for a projector."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        chapter, slash, figure = self.target.partition("?")[0].rpartition("/")
        page = "../" * self.env.docname.count("/") + file_of(chapter, figure) if slash else ""
        address = f"{page}#{self.target.removeprefix(chapter + slash)}"
        link = nodes.reference(self.rawtext, self.title, refuri=address, internal=True)
        link["classes"].append("gtt-goto")
        return [link], []


class Check(SphinxDirective):
    """A question and its choices, each with its own answer; the right one is marked. Works without a script.

    :::{check} What decides whether the sum grows?
    - [x] The product of the Jacobians.

      Each step multiplies by one more, …
    - [ ] The learning rate.

      No: the rate scales the step, …
    :::
    """

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        number = self.env.new_serialno("check")
        question, _ = self.state.inline_text(self.arguments[0], self.lineno)
        body = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, body)
        items = body.children[0].children if body.children and isinstance(body[0], nodes.bullet_list) else []
        marks = [mark for item in items if (mark := re.match(r"\[([x ])\] ", item.astext()))]
        right = [mark[1] for mark in marks].count("x")
        if right != 1 or len(marks) != len(items) or any(len(item) < 2 for item in items):
            raise self.error(
                "a check is a list of '- [x] choice' and '- [ ] choice', one of them right, "
                "each followed by a paragraph that answers it"
            )
        out = [raw('<fieldset class="gtt-check"><legend>', f"**{say('Check yourself.')}** "), *question,
               raw("</legend>", "\n\n")]  # fmt: skip
        for k, (item, mark) in enumerate(zip(items, marks, strict=True)):
            choice, *answer = item.children
            drop_prefix(choice, len(mark[0]))
            key, verdict = f"check-{number}-{k}", "right" if mark[1] == "x" else "wrong"
            says = say(VERDICTS[verdict])
            opened = f"\n\n<details><summary>{say('Is it this one?')}</summary>\n\n**{says}**\n\n"
            opening = f'<div class="answer {verdict}" data-says="{says}">'
            out += [raw(f'<div class="choice"><input type="radio" name="check-{number}" id="{key}">', f"**{k + 1}.** "),
                    raw(f'<label for="{key}">'), *choice.children,
                    raw(f"</label>{opening}", opened), *answer,
                    raw("</div></div>", "</details>\n\n")]  # fmt: skip
        return [nodes.container("", *out, raw('<p role="status" class="said"></p></fieldset>'), is_div=True)]


def mend_roles(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """The writer gives a reference the role doc-biblioentry, which is deprecated, inside a list, which wants items.
    And it takes the space before the name of a solution's exercise into the link."""
    if "body" in context:
        body = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')
        context["body"] = re.sub(r'(<p class="admonition-title">[^<]*\S)(<a [^>]*>) ', r"\1 \2", body)


def raw(html: str, markdown: str = "") -> nodes.raw:
    """Markup of the page, and what stands in its place in a notebook."""
    return nodes.raw("", html, format="html", markdown=markdown)


def keep_together(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """On doctree-resolved: a browser may break a line at both ends of a formula. What touches it, a bracket or a
    full stop, goes with it into one piece that has no break. Nor is there one at the spaces of NO_BREAK."""
    for line in list(doctree.findall(nodes.TextElement)):
        if not isinstance(line, nodes.FixedTextElement | nodes.literal | nodes.math):
            hold_spaces(line)
    for formula in list(doctree.findall(nodes.math)):
        line, i = formula.parent, formula.parent.index(formula)
        beside = (line[k] if 0 <= k < len(line) else None for k in (i - 1, i + 1))
        before, after = (node if isinstance(node, nodes.Text) else "" for node in beside)
        left, right = re.split(r"\s", before)[-1], re.split(r"\s", after, maxsplit=1)[0]
        if left:
            line[i - 1] = nodes.Text(before[: len(before) - len(left)])
        if right:
            line[i + 1] = nodes.Text(after[len(right) :])
        if left or right:
            line[i] = nodes.inline("", "", nodes.Text(left), formula, nodes.Text(right), classes=["gtt-together"])


def hold_spaces(line: nodes.TextElement) -> None:
    """A number that the page glues is a node of its own, and so is a formula, so the line is looked at as a whole."""
    texts = [stands_for(child) for child in line.children]
    held = NO_BREAK.sub(lambda found: re.sub(r"\s", "\u00a0", found[0]), "".join(texts))
    for k, (child, end) in enumerate(zip(line.children, accumulate(map(len, texts)), strict=True)):
        if type(child) is nodes.Text:
            line[k] = nodes.Text(held[end - len(child) : end])


def stands_for(node: nodes.Node) -> str:
    """Its text; for a formula a letter, and nothing for markup."""
    return "x" if isinstance(node, nodes.math) else "" if isinstance(node, nodes.raw) else node.astext()


def drop_prefix(paragraph: nodes.Element, length: int) -> None:
    text = paragraph.next_node(nodes.Text)
    text.parent.replace(text, nodes.Text(text.astext()[length:]))
