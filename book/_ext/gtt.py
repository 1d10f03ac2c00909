"""The book's own part of the build: what pages load, two small pieces of markup, and the checks on every page.

A warning here fails the build, since books are built with `-W`.
"""

import gzip
import logging as python_logging
import os
import re
import shutil
import sys
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util import logging
from sphinx.util.docutils import ReferenceRole, SphinxDirective

ROOT = Path(__file__).resolve().parents[2]
BUDGET_KB = 300  # of one page, compressed
FACES = {  # file of the font package: (family, weight, style)
    "sans_pro/SourceSansPro-Regular": ("Source Sans Pro", 400, "normal"),
    "sans_pro/SourceSansPro-It": ("Source Sans Pro", 400, "italic"),
    "sans_pro/SourceSansPro-Semibold": ("Source Sans Pro", 600, "normal"),
    "serif_pro/SourceSerifPro-Regular": ("Source Serif Pro", 400, "normal"),
    "serif_pro/SourceSerifPro-It": ("Source Serif Pro", 400, "italic"),
    "serif_pro/SourceSerifPro-Semibold": ("Source Serif Pro", 600, "normal"),
}
# Latin, Greek, superscripts, punctuation, subscripts, letterlike, arrows, mathematics, shapes
GLYPHS = "20-7e,a0-17f,2b0-2ff,370-3ff,1d2c-1d6a,2010-2070,2070-209c,20ac,2100-214f,2190-21ff,2200-22ff,25a0-25ff,fb01,fb02"

log = logging.getLogger(__name__)


# -- what pages load -------------------------------------------------------------------------------------------


def prepare(app, config):
    """Lets the kernels find the library and know that the page will be static; gathers all that pages load."""
    sys.path.insert(0, str(ROOT))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    os.environ["MINIRNN_STATIC"] = "1"
    from minirnn import explorable, plots  # only now can they be found

    assets = Path(app.outdir).parent / ".assets"  # outside the site, where it outlives a clean build
    fonts = make_fonts(assets / "fonts")
    copy_mathjax(assets / "mathjax")
    texts = explorable.assets() | {"tokens.css": plots.palette_css() + fonts}
    for name, text in texts.items():
        (assets / name).write_text(text, encoding="utf-8")
    config.html_static_path.append(str(assets))
    config.html_css_files[:0] = ["tokens.css", "explorable.css"]
    config.html_js_files.append(("explorable.js", {"defer": "defer"}))


def make_fonts(folder):
    """The faces as small woff2 files, made once; returns their CSS."""
    folder.mkdir(parents=True, exist_ok=True)
    css = ""
    for source, (family, weight, style) in FACES.items():
        package, stem = source.split("/")
        name = {400: "regular", 600: "semibold"}[weight] if style == "normal" else "italic"
        target = folder / f"source-{package.removesuffix('_pro')}-{name}.woff2"
        if not target.exists():
            log.info("subsetting %s", stem)
            subset(resources.files(f"font_source_{package}") / "files" / f"{stem}.ttf", target)
        css += (
            f'@font-face{{font-family:"{family}";font-weight:{weight};font-style:{style};font-display:swap;'
            f'src:url("fonts/{target.name}") format("woff2")}}\n'
        )
    return css


def subset(source, target):
    from fontTools import subset  # takes a third of a second to import: only when there is something to do

    python_logging.getLogger("fontTools").setLevel(python_logging.ERROR)
    options = subset.Options(flavor="woff2", layout_features=["*"], hinting=False)
    options.drop_tables += ["FFTM"]
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(GLYPHS))
    subsetter.subset(font)
    subset.save_font(font, str(target), options)


def copy_mathjax(folder):
    """MathJax with one input and one output, its fonts, and what it may load later (menu, speech)."""
    if folder.exists():
        return
    unwanted = ("tex-svg*", "tex-mml*", "mml*", "*-full*", "node-main*", "latest.js", "svg", "adaptors", "asciimath")
    source = resources.files("mathjax") / "static" / "mathjax" / "es5"
    part = folder.with_suffix(".part")  # renamed when whole: an interrupted build leaves no half of it
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(str(source), part, ignore=shutil.ignore_patterns(*unwanted))
    part.rename(folder)


# -- markup ----------------------------------------------------------------------------------------------------


class Goto(ReferenceRole):
    """{goto}`move the gain past 1 <unrolled?gain=1.2>`: a link that sets the state of the figure `unrolled`."""

    def run(self):
        link = nodes.reference(self.rawtext, self.title, refuri=f"#{self.target}", internal=True)
        link["classes"].append("gtt-goto")
        return [link], []


class Check(SphinxDirective):
    """A question and its choices, each with its own answer; the right one is marked. Works without a script.

    :::{check} What decides whether the sum grows?
    - [x] The product of the Jacobians.

      Yes: …
    - [ ] The learning rate.

      No: the rate scales the step, …
    :::
    """

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {"name": directives.unchanged}

    def run(self):
        number = self.env.new_serialno("check")
        question, _ = self.state.inline_text(self.arguments[0], self.lineno)
        body = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, body)
        items = body.children[0].children if body.children and isinstance(body[0], nodes.bullet_list) else []
        marks = [re.match(r"\[([x ])\] ", item.astext()) for item in items]
        if [m and m[1] for m in marks].count("x") != 1 or not all(marks) or any(len(i) < 2 for i in items):
            raise self.error("a check is a list of '- [x] choice' or '- [ ] choice', one of them right, each followed "
                             "by a paragraph that answers it")  # fmt: skip
        out = [raw('<fieldset class="gtt-check"><legend>'), *question, raw("</legend>")]
        for k, (item, mark) in enumerate(zip(items, marks, strict=True)):
            choice, *answer = item.children
            drop_prefix(choice, len(mark[0]))
            key, verdict = f"check-{number}-{k}", "right" if mark[1] == "x" else "wrong"
            out += [raw(f'<div class="choice"><input type="radio" name="check-{number}" id="{key}">'),
                    raw(f'<label for="{key}">'), *choice.children, raw(f'</label><div class="answer {verdict}">'),
                    *answer, raw("</div></div>")]  # fmt: skip
        return [nodes.container("", *out, raw('<p role="status" class="said"></p></fieldset>'), is_div=True)]


def raw(html):
    return nodes.raw("", html, format="html")


def drop_prefix(paragraph, length):
    text = paragraph.next_node(nodes.Text)
    text.parent.replace(text, nodes.Text(text.astext()[length:]))


# -- checks ----------------------------------------------------------------------------------------------------


class Pictures(HTMLParser):
    """Collects the pictures of a page that say nothing to who cannot see them."""

    def __init__(self):
        super().__init__()
        self.mute, self.open, self.labelled = [], [], 0

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        says = bool(attrs.get("aria-label") or attrs.get("aria-labelledby") or attrs.get("aria-hidden") == "true")
        if tag == "img" and not (attrs.get("alt") or "").strip():
            self.mute.append(f"<img src={attrs.get('src', '')[:60]!r}>")
        if tag == "svg" and not says and not any(self.open):
            self.mute.append("<svg>")
        if tag in ("div", "figure", "span", "svg", "g"):
            self.open.append(says and (attrs.get("role") == "img" or attrs.get("aria-hidden") == "true"))

    def handle_endtag(self, tag):
        if tag in ("div", "figure", "span", "svg", "g") and self.open:
            self.open.pop()


def check_page(app, pagename, templatename, context, doctree):
    """Each written page: is a text file, has a description, and every picture has a text alternative."""
    if doctree is None:
        return
    if not str(app.env.doc2path(pagename)).endswith(".md"):
        log.warning("a page is a text notebook (.md), which cannot store outputs", location=pagename)
    if 'name="description"' not in context["metatags"]:
        log.warning("no description: add `myst: html_meta: description:` to the front matter", location=pagename)
    pictures = Pictures()
    pictures.feed(context["body"])
    bare = [node["uri"] for node in doctree.findall(nodes.image) if not node.get("alt", "").strip()]
    for picture in pictures.mute or bare:
        log.warning("a picture without a text alternative: %s", picture, location=pagename)


def report(app, error):
    """What each page weighs and how long its code ran."""
    if error or app.builder.name != "html":
        return
    # The theme's icons are 1.4 MB of script that hold up every page; book.css draws the few it shows.
    (Path(app.outdir) / "_static/scripts/fontawesome.js").write_text("")
    print(f"\n{'page':<28}{'HTML KB':>9}{'gzip KB':>9}{'run s':>8}")
    for page in sorted(app.env.found_docs):
        html = (Path(app.outdir) / f"{page}.html").read_bytes()
        kb = len(gzip.compress(html)) / 1024
        ran = (app.env.nb_metadata[page].get("exec_data") or {}).get("runtime") or 0
        print(f"{page:<28}{len(html) / 1024:>9.0f}{kb:>9.0f}{ran:>8.1f}")
        if kb > BUDGET_KB:
            log.warning("%s is %.0f KB compressed; the budget is %s KB", page, kb, BUDGET_KB)


def setup(app):
    app.add_role("goto", Goto())
    app.add_directive("check", Check)
    app.connect("config-inited", prepare)
    app.connect("html-page-context", check_page)
    app.connect("build-finished", report)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
