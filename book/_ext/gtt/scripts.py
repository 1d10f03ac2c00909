"""Scripts that answer what a reader does, in one file, which a browser asks for once it has shown the page: on a slow
phone one has read a first paragraph before one needs a button. Those that draw and fold do not wait."""

import re
from hashlib import sha256
from pathlib import Path

from sphinx.application import Sphinx

from .sheets import pages_of

FILE = "late.js"  # in _static
LATE = (
    "doctools.js",
    "sphinx_highlight.js",
    "ask.js",
    "check.js",
    "fold.js",
    "contents.js",
    "clipboard.min.js",
    "copybutton.js",
    "scripts/sphinx-book-theme.js",
    "scripts/bootstrap.js",
    "scripts/pydata-sphinx-theme.js",
)
TAG = re.compile(r'<script\b[^>]*\bsrc="((?:\.\./)*)_static/([^"?]+)[^"]*"[^>]*></script>\s*')
OPTIONS = "documentation_options.js"  # 400 bytes of names, for which the page would wait
CALL = """\
<script>addEventListener("DOMContentLoaded", () => requestAnimationFrame(() => setTimeout(() => {{
const script = Object.assign(document.createElement("script"), {{ src: "{up}_static/{file}?v={digest}" }});
document.body.append(script);
}})));</script>
"""


def join(app: Sphinx, error: Exception | None) -> None:
    """On build-finished, when all files are there."""
    if error or app.builder.name != "html":
        return
    static = Path(app.outdir, "_static")
    texts = [(static / name).read_text(encoding="utf-8") for name in LATE if (static / name).exists()]
    # it begins with a semicolon: a "use strict" of one of them is not for all
    script = "\n;".join(["", *(re.sub(r"//# sourceMappingURL=\S*", "", text) for text in texts)])
    options = re.sub(r"\s*\n\s*", " ", (static / OPTIONS).read_text(encoding="utf-8"))
    (static / FILE).write_text(script, encoding="utf-8")
    digest = sha256(script.encode()).hexdigest()[:8]
    for page, before in pages_of(Path(app.outdir)):
        if (after := later(before, digest, options)) != before:
            page.write_text(after, encoding="utf-8")


def later(page: str, digest: str, options: str) -> str:
    """The page with one script that is asked for late, in place of those of LATE, and with the options within.

    >>> tags = ("doctools.js", "documentation_options.js", "explorable.js")
    >>> page = "".join(f'<script src="../_static/{name}?v=1"></script>' for name in tags)
    >>> print(later(f"<body>{page}</body>", "7", "const A = 1;"))  # doctest: +ELLIPSIS
    <body><script>const A = 1;</script><script src="../_static/explorable.js?v=1"></script><script>addEventListener(...
    ...src: "../_static/late.js?v=7"...</script>
    </body>
    """
    scripts = [(found[1], found[2]) for found in TAG.finditer(page)]
    up = next((up for up, name in scripts if name in LATE), None)
    if up is None:
        return re.sub(rf"(?<=_static/{FILE}\?v=)\w+", digest, page)
    page = TAG.sub(lambda found: "" if found[2] in LATE else found[0], page)
    page = TAG.sub(lambda found: f"<script>{options}</script>" if found[2] == OPTIONS else found[0], page)
    body, end, rest = page.rpartition("</body>")
    return body + CALL.format(up=up, file=FILE, digest=digest) + end + rest
