"""The script and the style that a page with figures loads once. The script begins with the engine of live figures."""

import re
from importlib import resources

from minirnn.figures import theme

SCRIPTS = (
    "language.js",
    "numbers.js",
    "hired.js",
    "runs.js",
    "live.js",
    "worker.js",
    "picture.js",
    "reading.js",
    "explorable.js",
)


def script_of(name: str) -> str:
    """The text of a script without the lines that are comments, which a page need not load."""
    text = (resources.files("minirnn.figures") / name).read_text("utf-8")
    return re.sub(r"^ *(//.*|/\*\*.*\*/)\n", "", text, flags=re.MULTILINE)


def page_assets() -> dict[str, str]:
    """The files a page needs once, by name: "explorable.js", loaded with `defer`, and "explorable.css"."""
    style = (resources.files("minirnn.figures") / "explorable.css").read_text("utf-8")
    return {"explorable.js": "".join(map(script_of, SCRIPTS)), "explorable.css": theme.palette_css() + style}
