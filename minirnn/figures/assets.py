"""What a page with figures loads once: their script and their style."""

from importlib import resources

from minirnn.figures import theme


def page_assets() -> dict[str, str]:
    """The files a page needs once, by name: "explorable.js", loaded with `defer`, and "explorable.css"."""
    files = {
        n: (resources.files("minirnn.figures") / n).read_text("utf-8") for n in ("explorable.js", "explorable.css")
    }
    return files | {"explorable.css": theme.palette_css() + files["explorable.css"]}
