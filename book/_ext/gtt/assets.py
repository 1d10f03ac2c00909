"""The files that pages load, gathered from pinned packages: fonts, the figures' script and style.

Fonts, which take time, are kept, and made again after a change of versions, options or this module.
"""

import filecmp
import json
import logging as python_logging
import os
import shutil
import sys
from collections.abc import Callable, Iterable
from hashlib import sha256
from importlib import resources
from importlib.metadata import version
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
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
# of what fonts know of setting text, all that these pages ask for: no small capitals, no old figures
FEATURES = ("calt", "ccmp", "kern", "liga", "lnum", "locl", "mark", "mkmk", "tnum")

FORMULAS = "STIX Two Math"  # the family; of what fonts know of formulas it has all, and it goes with Source Serif
# of its measures, in 1/1000 em: by it the index of y stands no lower than that of x, as in TeX
INDEX_DROP = 0
# packages
MADE_BY = ("fonttools", "brotli", "font-source-sans-pro", "font-source-serif-pro", "ziamath")

log = logging.getLogger(__name__)


def prepare(app: Sphinx, config: Config) -> None:
    """Lets the kernels find the library and know that the page will be static; gathers all that pages load."""
    sys.path.insert(0, str(ROOT))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    os.environ["MINIRNN_STATIC"] = "1"
    for library in ("OMP", "OPENBLAS", "MKL"):  # matrices are small here, and figures are drawn on every core
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    from minirnn.figures import theme  # only now can they be found
    from minirnn.figures.assets import page_assets

    Path(app.outdir, "_static").mkdir(parents=True, exist_ok=True)  # or the theme makes its logo a *file* `_static`
    assets = folder_of(app)
    own_kernel(assets / ".jupyter")  # not to be copied: it names folders of this machine
    texts = page_assets() | {"tokens.css": theme.palette_css() + faces_css()}
    for name, text in texts.items():
        (assets / name).write_text(text, encoding="utf-8")
    config.html_static_path.append(str(assets))
    config.html_css_files[:0] = ["tokens.css", "explorable.css"]
    config.html_js_files.append(
        ("explorable.js", {"defer": "defer", "priority": 400})
    )  # others speak by its gttSay


def folder_of(app: Sphinx) -> Path:
    """Where files are gathered: outside the site, where they outlive a clean build, beside what Sphinx keeps."""
    return Path(app.doctreedir).parent / ".assets"


def own_kernel(folder: Path) -> None:
    """The kernel of the pages: this very Python, whatever else is installed as python3. It prints only errors."""
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--log-level=ERROR"]
    spec = folder / "kernels/python3/kernel.json"
    spec.parent.mkdir(parents=True, exist_ok=True)
    spec.write_text(json.dumps({"argv": command, "display_name": "Python 3", "language": "python"}))
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(folder), os.environ.get("JUPYTER_PATH")]))


def ingredients() -> str:
    """A key of all that fonts depend on: this module with its ranges and lists, and the packages."""
    versions = " ".join(f"{name} {version(name)}" for name in MADE_BY)
    return sha256(Path(__file__).read_bytes() + versions.encode()).hexdigest()


def kept(folder: Path, key: str, make: Callable[[Path], None]) -> None:
    """`folder` as `make(folder)` fills it, made anew unless it was made with the same key."""
    stamp = folder / ".key"  # Sphinx copies no file that begins with a dot
    if stamp.exists() and stamp.read_text() == key:
        return
    log.info("gathering %s", folder.name)
    part = folder.with_name(f".{folder.name}")  # renamed when whole: an interrupted build leaves no half of it
    shutil.rmtree(part, ignore_errors=True)
    make(part)
    (part / stamp.name).write_text(key)
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)


def deliver(app: Sphinx, error: Exception | None) -> None:
    """On build-finished: the site's copies are those of this build. Sphinx copies nothing when no page is written."""
    if error or app.builder.name != "html":
        return
    static, assets = Path(app.outdir) / "_static", folder_of(app)
    for source in (assets, Path(app.confdir) / "book/_static"):
        shutil.copytree(source, static, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*"))


def replace(source: Path, target: Path) -> None:
    """A folder of the site is what its source is. Sphinx never removes what is no longer made."""
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*"))
    remove_stale(filecmp.dircmp(source, target, hide=[]))


def remove_stale(compared: filecmp.dircmp[str]) -> None:
    """The files that only the right one of two compared folders has."""
    for name in compared.right_only:
        path = Path(compared.right, name)
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for inside in compared.subdirs.values():
        remove_stale(inside)


def face_file(source: str) -> str:
    """The file of one of FACES: source-serif-italic.woff2."""
    _, weight, style = FACES[source]
    name = {400: "regular", 600: "semibold"}[weight] if style == "normal" else "italic"
    return f"source-{source.split('_')[0]}-{name}.woff2"


def faces_css() -> str:
    formulas = (
        f'@font-face{{font-family:"{FORMULAS}";font-display:swap;'
        'src:url("formulas/stix-two-math.woff2") format("woff2")}\n'
    )
    return formulas + "".join(
        f'@font-face{{font-family:"{family}";font-weight:{weight};font-style:{style};font-display:swap;'
        f'src:url("fonts/{face_file(source)}") format("woff2")}}\n'
        for source, (family, weight, style) in FACES.items()
    )


def make_fonts(folder: Path, signs: Iterable[str]) -> None:
    """The faces as small woff2 files, with these signs, of those that they have."""
    folder.mkdir(parents=True)
    for source in FACES:
        package, stem = source.split("/")
        file = resources.files(f"font_source_{package}") / "files" / f"{stem}.ttf"
        subset(file, folder / face_file(source), map(ord, signs), FEATURES)


def narrow_roots(font: Any) -> None:
    """Chromium keeps as much room for each root as the widest sign of all sizes takes, and leaves a gap after it. So
    all sizes get the width of the smallest, and reach out to the left."""
    root, widths = font.getBestCmap().get(ord("√")), font["hmtx"]
    variants = font["MATH"].table.MathVariants
    if root is None or root not in variants.VertGlyphCoverage.glyphs:
        return
    sizes = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(root)]
    sizes.GlyphAssembly = None  # of pieces, for roots of more than three lines
    for name in (size.VariantGlyph for size in sizes.MathGlyphVariantRecord):
        width, left = widths[name]
        shift = widths[root][0] - width
        font["glyf"][name].coordinates.translate((shift, 0))
        font["glyf"][name].recalcBounds(font["glyf"])
        widths[name] = (widths[root][0], left + shift)


def subset(source: Traversable, target: Path, signs: Iterable[int], features: Iterable[str] = ()) -> None:
    """Writes the font's `signs`, code points, to `target`, with these features of its layout."""
    from fontTools import subset  # takes a third of a second to import: only when there is something to do

    python_logging.getLogger("fontTools").setLevel(python_logging.ERROR)
    options = subset.Options(flavor="woff2", layout_features=list(features), hinting=False)
    options.drop_tables += ["FFTM"]
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=list(signs))
    subsetter.subset(font)
    for part in (part for name in font.getGlyphOrder() for part in getattr(font["glyf"][name], "components", [])):
        part.flags &= ~0x0200  # USE_MY_METRICS: FreeType gave % the width of its stroke, and “ that of ‘
    if "MATH" in font:
        font["MATH"].table.MathConstants.SubscriptBaselineDropMin.Value = INDEX_DROP
        narrow_roots(font)
    subset.save_font(font, str(target), options)
    font.close()
