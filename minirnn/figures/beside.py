"""What a figure needs later can lie in a file beside its page: the frames that it shows when it is moved, and pictures
of its named states, which paper shows. They were two thirds of a page, and a phone loads all of a page before it runs a
script. The file is a script, so that a page on the disk can load it too, as explorable.js does. For readers without
scripts the pictures stand in a page of their own, within that of the chapter."""

import json
import re
from hashlib import sha256
from pathlib import Path

WORTH_A_FILE = 12_000  # characters; what is less would take as long to ask for as to load
DATA = re.compile(r'<script type="application/json">(.+?)</script>', re.DOTALL)
NAMED_STATES = re.compile(r'<div class="gtt-small">.*</div>(?=<figcaption>)', re.DOTALL)
APART = re.compile(
    r'<script type="application/json" data-src="(?:\.\./)*([^"?]+)\.js[^"]*">(.*?)</script>', re.DOTALL
)
WITHOUT = re.compile(r'<noscript><iframe class="gtt-states".*?</noscript>', re.DOTALL)
BEGIN, END = "(globalThis.gttHeld ??= {})[{name}] = ", ";\n"


def separate(site: Path, name: str, figure: str, up: str, least: int = WORTH_A_FILE) -> str:
    """The markup of a figure without what is large of it, which is written to site/NAME.js; `up` leads from the page to
    the site."""
    data, small = DATA.search(figure), NAMED_STATES.search(figure)
    if not data or len(data[1]) + len(small[0] if small else "") < least:
        return figure
    out = data[1] if len(data[1]) >= min(least, WORTH_A_FILE) else None
    held = f'{{"data":{out or "null"},"small":{quoted(small[0] if small else "")}}}'
    text = BEGIN.replace("{name}", json.dumps(name)) + held + END
    (site / f"{name}.js").write_text(text, encoding="utf-8")
    address = f"{up}{name}.js?v={sha256(text.encode()).hexdigest()[:8]}"
    script = f'<script type="application/json" data-src="{address}">{"" if out else data[1]}</script>'
    figure = figure[: data.start()] + script + figure[data.end() :]
    if small:
        frame = (
            f'<noscript><iframe class="gtt-states" src="{up}{name}.states.html" title="States"></iframe></noscript>'
        )
        figure = figure.replace(small[0], frame, 1)
    return figure


def quoted(markup: str) -> str:
    return json.dumps(markup, ensure_ascii=False)


def whole(site: Path, figure: str) -> str:
    """The markup of a figure with all that it needs in it, wherever that lies.

    >>> from tempfile import mkdtemp
    >>> small = '<div class="gtt-small"><svg></svg><p>λ = 1</p></div>'
    >>> figure = f'{small}<figcaption><script type="application/json">["{"x" * WORTH_A_FILE}"]</script>'
    >>> site = Path(mkdtemp())
    >>> apart = separate(site, "cost", figure, "../")
    >>> re.sub("=[0-9a-f]{8}", "=…", apart).partition("<figcaption>")[2]
    '<script type="application/json" data-src="../cost.js?v=…"></script>'
    >>> whole(site, apart) == figure
    True
    """
    found = APART.search(figure)
    if not found:
        return figure
    text = (site / f"{found[1]}.js").read_text(encoding="utf-8")
    held = text[len(BEGIN.replace("{name}", json.dumps(found[1]))) : -len(END)]
    data, small = held.removeprefix('{"data":').removesuffix("}").rsplit(',"small":', 1)
    script = f'<script type="application/json">{found[2] or data}</script>'
    figure = figure[: found.start()] + script + figure[found.end() :]
    return WITHOUT.sub(lambda _: json.loads(small), figure, count=1)


def named_states(figure: str) -> str:
    """The pictures of the named states in a whole figure, "" if it has none."""
    small = NAMED_STATES.search(figure)
    return small[0] if small else ""
