"""Pictures of few elements.

At each step of a drag a browser goes through all of a picture, also through what stands still, and makes a space of its
own for each reference to a shape and each transformation. So the picture of a live figure has few of them: its marks,
the ticks of an axis and the letters of a text are one path each.
"""

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

_DECIMAL = r"-?(?:\d+\.?\d*|\.\d+)"
_TRANSLATE = re.compile(rf"translate\(({_DECIMAL})[ ,]({_DECIMAL})\)")
_LETTER = re.compile(rf"(?:{_TRANSLATE.pattern})?(?: ?scale\(({_DECIMAL})\))?")
_LINE = re.compile(rf"M{_DECIMAL} ?{_DECIMAL}l{_DECIMAL} ?{_DECIMAL}")


def flat(svg: str) -> str:
    """A picture in the form of `svg.compact`, drawn with fewer elements; groups with an id stay.

    >>> tick = '<g><use href="#m" x="{}" y="9" style="fill: red"/></g>'
    >>> line = '<defs><path id="m" d="M0 0l0 3" style="stroke: red"/></defs>'
    >>> flat(f"<svg>{line}{tick.format(1)}{tick.format(2.5)}</svg>")
    '<svg><path d="M1 9l0 3M2.5 9l0 3" style="fill: red; stroke: red"/></svg>'
    >>> number = '<text><tspan x="0 5" y=".5">10</tspan></text>'
    >>> flat(f'<svg><g transform="translate(1 2)" style="fill: red">{number}</g></svg>')
    '<svg><text style="fill: red"><tspan x="1 6" y="2.5">10</tspan></text></svg>'
    >>> shape = '<defs><path id="l" d="M64 0l9-9z" transform="scale(.5)"/></defs>'
    >>> letters = '<use href="#l"/><use href="#l" transform="translate(10 1) scale(.5)"/>'
    >>> flat(f'<svg><g transform="scale(2)">{shape}{letters}</g></svg>')
    '<svg><path d="M64 0l9-9zM52 2l4.5-4.5z" transform="scale(2) scale(.5)"/></svg>'
    """
    root = ET.fromstring(svg)
    shapes = {f"#{e.get('id')}": e for e in root.iter("path") if e.get("id")}
    for parent, group in list(_with_parents(root, "g")):
        _fold(parent, group)
        _draw_letters(parent, group, shapes)
    for group in root.iter("g"):
        if "live-" in group.get("id", ""):
            _join_marks(group, shapes)
    _draw_marks(root, shapes)
    _drop_unused(root)
    _unwrap(root)
    return ET.tostring(root, encoding="unicode").replace(" />", "/>")


def _with_parents(root: ET.Element, tag: str) -> Iterator[tuple[ET.Element, ET.Element]]:
    return ((parent, child) for parent in root.iter() for child in parent if child.tag == tag)


def _style(element: ET.Element) -> dict[str, str]:
    pairs = (item.split(":", 1) for item in element.get("style", "").split(";") if ":" in item)
    return {name.strip(): value.strip() for name, value in pairs}


def _written(*styles: dict[str, str]) -> str:
    """Of several the later ones prevail."""
    return "; ".join(f"{name}: {value}" for style in styles for name, value in style.items())


def _replace(parent: ET.Element, child: ET.Element, *others: ET.Element) -> None:
    at = list(parent).index(child)
    parent[at : at + 1] = others


def _number(value: float) -> str:
    return f"{round(value, 2) + 0:.2f}".rstrip("0").rstrip(".")


def _short(mark: str) -> str:
    """A circle of matplotlib's, eight curves, as two arcs.

    >>> _short("M0 2c.53 0 1.04-.21 1.41-.59c.38-.37 .59-.88 .59-1.41c0-.53-.21-1.04-.59-1.41c-.37-.38-.88-.59-1.41-.59"
    ...     "c-.53 0-1.04 .21-1.41 .59c-.38 .37-.59 .88-.59 1.41c0 .53 .21 1.04 .59 1.41c.37 .38 .88 .59 1.41 .59z")
    'M-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0z'
    """
    start = re.match(rf"M0 ({_DECIMAL})(?:c[^a-z]*){{8}}z$", mark)
    if not start:
        return mark
    radius, x, y = float(start[1]), 0.0, float(start[1])
    for curve in re.findall(r"c([^cz]*)", mark):
        *_, dx, dy = map(float, re.findall(_DECIMAL, curve))
        x, y = x + dx, y + dy
        if abs((x * x + y * y) ** 0.5 - radius) > 0.03:
            return mark
    r = _number(radius)
    return f"M-{r} 0a{r} {r} 0 1 0 {_number(2 * radius)} 0a{r} {r} 0 1 0-{_number(2 * radius)} 0z"


def _moved(outline: str, x: float, y: float, scale: float = 1) -> str:
    """Path data in the form of `svg.steps`: of a step only its scale changes."""

    def moved(found: re.Match[str]) -> str:
        shift = (x, y) if found[1] == "M" else (0, 0)
        numbers = [float(v) * scale + shift[i % 2] for i, v in enumerate(re.findall(_DECIMAL, found[2]))]
        return found[1] + " ".join(map(_number, numbers)).replace(" -", "-")

    return re.sub(r"([A-Za-z])([^A-Za-z]*)", moved, outline)


def _fold(parent: ET.Element, group: ET.Element) -> None:
    """A formula that is moved as a whole becomes a text whose letters stand where they are seen."""
    shift = _TRANSLATE.fullmatch(group.get("transform", ""))
    letters = list(group[0]) if len(group) == 1 and group[0].tag == "text" else []
    if not shift or not letters or any(e.get("x") is None or e.get("y") is None for e in letters):
        return
    text = group[0]
    text.set("style", _written(_style(group), _style(text)))
    for letter in letters:
        for name, by in zip("xy", map(float, shift.groups()), strict=True):
            letter.set(name, " ".join(_number(float(v) + by) for v in letter.get(name, "").split()))
    _replace(parent, group, text)


def _draw_letters(parent: ET.Element, group: ET.Element, shapes: dict[str, ET.Element]) -> None:
    """A text whose letters are shapes becomes one path."""
    uses, move = group.findall("use"), group.get("transform")
    letters = [shapes.get(use.get("href", "")) for use in uses]
    places = [_LETTER.fullmatch(use.get("transform", "")) for use in uses]
    if not move or not uses or None in places or None in letters or {e.tag for e in group} > {"defs", "use"}:
        return
    units = {e.get("transform") for e in letters if e is not None}
    unit = re.fullmatch(rf"scale\(({_DECIMAL})\)", units.pop() or "") if len(units) == 1 else None
    if not unit or any(use.get("style") for use in uses):
        return
    outline = ""
    for letter, place in zip(letters, places, strict=True):
        x, y, scale = (float(v) if v else default for v, default in zip(place.groups(), (0, 0, 1), strict=True))  # type: ignore[union-attr]
        outline += _moved(letter.get("d", ""), x / float(unit[1]), y / float(unit[1]), scale)  # type: ignore[union-attr]
    path = ET.Element("path", {"d": outline, "transform": f"{move} {unit[0]}"})
    if group.get("style"):
        path.set("style", group.get("style", ""))
    _replace(parent, group, *group.findall("defs"), path)


def _join_marks(group: ET.Element, shapes: dict[str, ET.Element]) -> None:
    """The marks of an artist that a script moves become one path, whose `data-mark` is a mark at the origin. Not where
    marks with borders of another colour may overlap: one path would draw all borders after all areas."""
    uses = list(group.iter("use"))
    if (
        not uses
        or len({(use.get("href"), use.get("style")) for use in uses}) > 1
        or any(u.get("transform") for u in uses)
    ):
        return
    shape = shapes[uses[0].get("href", "")]
    style = _style(uses[0]) | _style(shape)
    if len(uses) > 1 and (
        "opacity" in str(style) or style.get("stroke", "none") not in ("none", style.get("fill"))
    ):
        return
    mark = _short(shape.get("d", ""))
    outline = "".join(_moved(mark, float(use.get("x", 0)), float(use.get("y", 0))) for use in uses)
    path = ET.Element("path", {"data-mark": mark, "d": outline, "style": _written(style)})
    for parent, child in list(_with_parents(group, "use")):
        if parent.get("clip-path"):
            path.set("clip-path", parent.get("clip-path", ""))
        parent.remove(child)
    group.append(path)


def _draw_marks(root: ET.Element, shapes: dict[str, ET.Element]) -> None:
    """Marks that no script moves are drawn where they stand, and all ticks of a kind in a panel as one path."""
    groups = [(g, list(g.iter("use"))) for g in root.iter("g")]
    moved = {use for g, uses in groups if "live-" in g.get("id", "") for use in uses}
    clipped = {use for g, uses in groups if g.get("clip-path") for use in uses}
    panel = {use: g.get("id") for g, uses in groups if "panel-" in g.get("id", "") for use in uses}
    ticks: dict[tuple[str | None, ...], ET.Element] = {}
    for parent, use in list(_with_parents(root, "use")):
        shape = shapes.get(use.get("href", ""))
        if use in moved or shape is None or use.get("transform") or shape.get("transform"):
            continue
        outline = _moved(shape.get("d", ""), float(use.get("x", 0)), float(use.get("y", 0)))
        style = _written(_style(use) | _style(shape))
        mark = ET.Element("path", d=outline, style=style)
        # lines alone: of areas that overlap one path would draw the borders last, and of what is pale the overlap twice
        is_tick = use not in clipped and "opacity" not in style and _LINE.fullmatch(shape.get("d", ""))
        first = ticks.setdefault((panel.get(use), use.get("href"), style), mark) if is_tick else mark
        if first is mark:
            _replace(parent, use, mark)
        else:
            first.set("d", first.get("d", "") + outline)
            parent.remove(use)


def _drop_unused(root: ET.Element) -> None:
    used = {use.get("href") for use in root.iter("use")}
    for parent, defs in list(_with_parents(root, "defs")):
        for shape in [e for e in defs if e.tag == "path" and f"#{e.get('id')}" not in used]:
            defs.remove(shape)
        if not len(defs):
            parent.remove(defs)


def _unwrap(element: ET.Element) -> None:
    """Groups that say nothing go, and so do shapes that draw nothing."""
    for child in list(element):
        _unwrap(child)
        if child.tag == "g" and (not child.attrib or (not len(child) and not child.get("id"))):
            _replace(element, child, *child)
        elif child.tag == "path" and child.get("style") == "fill: none":
            element.remove(child)
