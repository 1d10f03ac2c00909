"""The book's own part of the build: the files that pages load, small pieces of markup, and checks of every page."""

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from . import (
    ahead,
    api,
    ask,
    assets,
    assignments,
    checks,
    code,
    face,
    figures,
    formulas,
    fresh,
    handouts,
    language,
    launch,
    lean,
    markup,
    mentions,
    notebooks,
    paths,
    scripts,
    search,
    sheets,
    social,
    tables,
)


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_role("goto", markup.Goto())
    app.add_role("fig", figures.Fig())
    app.add_directive("check", markup.Check)
    app.add_directive("ask", ask.Ask)
    app.add_directive("api", api.Api)
    app.add_directive("paths", paths.Paths)
    app.add_html_math_renderer("mathml", (formulas.visit_inline, None), (formulas.visit_displayed, None))
    app.add_post_transform(language.ToEnglish)
    app.add_config_value("gtt_launch", {}, "html", dict)
    app.connect("config-inited", assets.prepare)
    app.connect("config-inited", language.settle)
    app.connect("config-inited", launch.settle)
    app.connect("config-inited", code.settle)
    app.connect("config-inited", social.settle)
    app.connect("env-get-outdated", fresh.outdated)
    app.connect("env-get-outdated", handouts.outdated)
    app.connect("env-before-read-docs", ahead.begin)
    app.connect("source-read", assignments.read)
    app.connect("source-read", ahead.await_outputs)
    app.connect("doctree-read", figures.number)
    app.connect("env-purge-doc", figures.forget)
    app.connect("env-merge-info", figures.join)
    app.connect("env-get-updated", figures.remember, priority=400)
    app.connect("env-get-updated", figures.renumber, priority=600)  # Sphinx numbers its own at 500
    app.connect("missing-reference", figures.resolve)
    app.connect("missing-reference", mentions.resolve)
    app.connect("missing-reference", language.term)
    app.connect("doctree-resolved", mentions.link_names)
    app.connect("doctree-resolved", checks.unique_ids)
    app.connect("doctree-resolved", markup.keep_together)
    app.connect("doctree-resolved", language.numbers)
    app.connect("html-page-context", markup.mend_roles)
    app.connect("html-page-context", tables.as_lists)
    app.connect("html-page-context", checks.check_page)
    app.connect("html-page-context", ask.load)
    app.connect("html-page-context", language.offer)
    app.connect("html-page-context", social.describe)
    app.connect("html-page-context", lean.defer)
    app.connect("html-page-context", launch.offer, priority=502)  # the theme adds its buttons at 501
    app.connect("build-finished", lean.restore, priority=400)
    app.connect("build-finished", assets.deliver)
    app.connect("build-finished", face.cut)
    app.connect("build-finished", figures.write)
    app.connect("build-finished", handouts.write)
    app.connect("build-finished", assignments.release)
    app.connect("build-finished", checks.report)
    app.connect("build-finished", notebooks.write)
    app.connect("build-finished", social.draw)
    app.connect("build-finished", search.write)
    app.connect("build-finished", sheets.join)
    app.connect("build-finished", scripts.join)
    app.connect("build-finished", language.introduce)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
