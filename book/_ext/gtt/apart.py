"""What a figure needs once it is moved, its frames, lies in a file of its own: it was up to half of a page, and a phone
loads all of a page before it runs a script. The file is a script, so that a page on the disk can load it too, as
minirnn/figures/explorable.js does."""

import re
from hashlib import sha256
from pathlib import Path

LARGE = 12_000  # characters; what is less would take as long to ask for as to load
DATA = re.compile(r'<script type="application/json">(.+?)</script>', re.DOTALL)
APART = re.compile(r'<script type="application/json" data-src="(?:\.\./)*([^"?]+)[^"]*"></script>')
FILE = '(globalThis.gttHeld ??= {{}})["{name}"] = {data};\n'


def separate(site: Path, name: str, figure: str, up: str, least: int = LARGE) -> str:
    """The markup of a figure whose data, if large, lie in site/NAME.js; `up` leads from the page to the site."""
    found = DATA.search(figure)
    if not found or len(found[1]) < least:
        return figure
    text = FILE.format(name=name, data=found[1])
    (site / f"{name}.js").write_text(text, encoding="utf-8")
    address = f"{up}{name}.js?v={sha256(text.encode()).hexdigest()[:8]}"
    script = f'<script type="application/json" data-src="{address}"></script>'
    return figure[: found.start()] + script + figure[found.end() :]


def whole(site: Path, figure: str) -> str:
    """The markup of a figure with its data in it, wherever they lie.

    >>> from tempfile import mkdtemp
    >>> site, figure = Path(mkdtemp()), f'<p><script type="application/json">["{"x" * LARGE}"]</script>'
    >>> apart = separate(site, "cost", figure, "../")
    >>> re.sub("=[0-9a-f]{8}", "=…", apart), whole(site, apart) == figure
    ('<p><script type="application/json" data-src="../cost.js?v=…"></script>', True)
    """
    found = APART.search(figure)
    if not found:
        return figure
    text = (site / found[1]).read_text(encoding="utf-8")
    data = text[len(FILE.format(name=found[1].removesuffix(".js"), data="")) - 2 : -2]
    return f'{figure[: found.start()]}<script type="application/json">{data}</script>{figure[found.end() :]}'
