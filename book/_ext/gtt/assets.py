"""What the pages load, gathered from pinned packages: fonts, MathJax, the figures' script and style."""

import json
import logging as python_logging
import os
import shutil
import sys
from importlib import resources
from pathlib import Path

from sphinx.util import logging

ROOT = Path(__file__).resolve().parents[3]
FACES = {  # file of the font package: (family, weight, style)
    "sans_pro/SourceSansPro-Regular": ("Source Sans Pro", 400, "normal"),
    "sans_pro/SourceSansPro-It": ("Source Sans Pro", 400, "italic"),
    "sans_pro/SourceSansPro-Semibold": ("Source Sans Pro", 600, "normal"),
    "serif_pro/SourceSerifPro-Regular": ("Source Serif Pro", 400, "normal"),
    "serif_pro/SourceSerifPro-It": ("Source Serif Pro", 400, "italic"),
    "serif_pro/SourceSerifPro-Semibold": ("Source Serif Pro", 600, "normal"),
}
# Latin, Greek, superscripts, punctuation, subscripts, letterlike, arrows, mathematics, shapes
GLYPHS = (
    "20-7e,a0-17f,2b0-2ff,370-3ff,1d2c-1d6a,2010-2070,2070-209c,"
    "20ac,2100-214f,2190-21ff,2200-22ff,25a0-25ff,fb01,fb02"
)

log = logging.getLogger(__name__)


def prepare(app, config):
    """Lets the kernels find the library and know that the page will be static; gathers all that pages load."""
    sys.path.insert(0, str(ROOT))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    os.environ["MINIRNN_STATIC"] = "1"
    from minirnn import explorable, plots  # only now can they be found

    Path(app.outdir, "_static").mkdir(parents=True, exist_ok=True)  # or the theme makes its logo a *file* `_static`
    assets = Path(app.outdir).parent / ".assets"  # outside the site, where it outlives a clean build
    own_kernel(assets / "jupyter")
    fonts = make_fonts(assets / "fonts")
    copy_mathjax(assets / "mathjax")
    texts = explorable.assets() | {"tokens.css": plots.palette_css() + fonts}
    for name, text in texts.items():
        (assets / name).write_text(text, encoding="utf-8")
    config.html_static_path.append(str(assets))
    config.html_css_files[:0] = ["tokens.css", "explorable.css"]
    config.html_js_files.append(("explorable.js", {"defer": "defer"}))


def own_kernel(folder):
    """The kernel of the pages: this very Python, whatever else is installed as python3; it says only what is wrong."""
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--log-level=ERROR"]
    spec = folder / "kernels/python3/kernel.json"
    spec.parent.mkdir(parents=True, exist_ok=True)
    spec.write_text(json.dumps({"argv": command, "display_name": "Python 3", "language": "python"}))
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(folder), os.environ.get("JUPYTER_PATH")]))


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
    unwanted = (
        "tex-svg*",
        "tex-mml*",
        "mml*",
        "*-full*",
        "node-main*",
        "latest.js",
        "svg",
        "adaptors",
        "asciimath",
    )
    source = resources.files("mathjax") / "static" / "mathjax" / "es5"
    part = folder.with_suffix(".part")  # renamed when whole: an interrupted build leaves no half of it
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(str(source), part, ignore=shutil.ignore_patterns(*unwanted))
    part.rename(folder)
