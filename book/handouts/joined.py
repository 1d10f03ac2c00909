"""All pages of the built book as one document: links lead within it, and solutions stand at its end.

Ids are those of the pages, with the page's name before them, since two pages may have a section or figure of one name.
"""

import copy
import posixpath
import re
from collections import Counter
from html import escape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml
from bs4 import BeautifulSoup

import minirnn

from . import blocks
from .pages import Element, article

LEFT_OUT = (
    ".headerlink, .gtt-columns, .gtt-form, .gtt-foot, .gtt-guess, .gtt-verdict, .gtt-pad, .gtt-said, .gtt-reset"
)
LEFT_OUT += ", .gtt-download, .gtt-take-along, gtt-ask form, gtt-ask [role=status], .said, button, .visually-hidden"
CANONICAL = re.compile(r'<link\b[^>]*rel="canonical"[^>]*href="([^"]*)"')
NAMES = ("id", "for", "name", "aria-labelledby", "aria-describedby")  # attributes that are ids,
LINKS = ("href", "xlink:href")  # that begin with # where they lead to one,
PAINTS = ("clip-path", "fill", "mask", "style")  # and that may have url(#...)
PAGE = """\
<!doctype html>
<html lang="en" data-theme="light" data-mode="light"><head><meta charset="utf-8"><title>{title}</title>
{styles}
<link rel="stylesheet" href="paper.css"><style>{running}</style></head>
<body><main class="bd-main"><div class="bd-content"><div class="bd-article-container">
<article class="bd-article paper-title"><h1>{title}</h1><p>{authors}</p><p>Version {version}</p></article>
<article class="bd-article paper-contents"><h1 id="contents">Contents</h1>{contents}</article>
{pages}
{solutions}
</div></div></main></body></html>
"""


def listed(book: Path) -> list[tuple[str, list[str]]]:
    """(caption, pages) of each part of the contents, in their order; the root has no caption."""
    contents = yaml.safe_load((book / "_toc.yml").read_text(encoding="utf-8"))

    def below(entries: list[dict]) -> list[str]:
        return [page for entry in entries for page in (entry["file"], *below(entry.get("sections", [])))]

    parts = contents.get("parts", [{"caption": "", "chapters": contents.get("chapters", [])}])
    return [("", [contents["root"]]), *((part["caption"], below(part["chapters"])) for part in parts)]


def prefix(page: str) -> str:
    """What stands before the ids of a page.

    >>> prefix("book/assignments/bptt"), prefix("book/bptt")
    ('assignments-bptt--', 'bptt--')
    """
    return page.removeprefix("book/").replace("/", "-") + "--"


def read(site: Path, page: str, pages: set[str], root: str = "../html") -> Element:
    """The article of a page, fit to stand beside those of other `pages`; files are found from `root`."""
    text = article(site, page)
    for part in text.select(LEFT_OUT):
        part.decompose()
    home = address(site, page)
    for table in text.find_all("table"):
        leave_out_columns(table, page, pages)
    for tag in text.find_all(True):
        if tag.name == "a" and "href" in tag.attrs:
            relink(tag, page, pages, home)
        elif "src" in tag.attrs:
            tag["src"] = posixpath.normpath(posixpath.join(root, posixpath.dirname(page), tag["src"]))
        rename(tag, prefix(page))
    for figure in text.select(
        "gtt-explorable figure"
    ):  # so its caption stands below its picture, and not a page later
        for again in figure.select(
            ".gtt-small .gtt-picture[aria-label]"
        ):  # a named state that the figure shows already
            if again["aria-label"] == figure.select_one(".gtt-picture[aria-label]")["aria-label"]:
                again.find_parent(class_="gtt-small").decompose()
        if small := figure.select(".gtt-small"):
            others = BeautifulSoup("", "html.parser").new_tag("div", attrs={"class": "gtt-others"})
            figure.insert_after(others)
            others.extend([part.extract() for part in small])
    for block in text.find_all("pre"):
        blocks.fit(block)
    for paragraph in text.find_all("p"):
        if paragraph.get_text().rstrip().endswith(":"):
            paragraph["class"] = [*paragraph.get("class", []), "paper-on"]
    text["id"] = prefix(page)
    for details in text.find_all("details"):
        details["open"] = ""
    return text


def address(site: Path, page: str) -> str:
    """Where the site is that a page is of, as the page says; "" if it says nothing."""
    found = CANONICAL.search((site / f"{page}.html").read_text(encoding="utf-8"))
    return found[1].removesuffix(f"{page}.html") if found else ""


def target(link: Element, page: str) -> tuple[str, str] | None:
    """(file of the site, anchor) to which a link of a page leads; None if it leads elsewhere."""
    url = urlsplit(link["href"])
    if url.scheme or url.netloc:
        return None
    path = unquote(url.path)
    file = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else f"{page}.html"
    anchor = unquote(url.fragment).partition("?")[0]
    alone = re.fullmatch(r"figures/(\w[\w-]*)-" + re.escape(anchor) + ".html", file) if anchor else None
    return (f"book/{alone[1]}.html" if alone else file), anchor  # on paper a figure is where its chapter shows it


def relink(link: Element, page: str, pages: set[str], home: str) -> None:
    """A link to a page becomes one within the document; one to another file of the site says where the file is."""
    if not (found := target(link, page)):
        return
    file, anchor = found
    name = file.removesuffix(".html")
    if name in pages:
        link["href"] = f"#{prefix(name)}{anchor}"
        return
    link.insert_after(f" ({home}{file})" if home else " (online)")
    link.attrs = {key: value for key, value in link.attrs.items() if key not in ("href", "download")}
    if home:
        link["href"] = home + file
    else:
        link.name = "span"


def leave_out_columns(table: Element, page: str, pages: set[str]) -> None:
    """A column in which all cells are links to files that the document does not have is not in it either."""
    rows = [row.find_all(["td", "th"], recursive=False) for row in table.find_all("tr")]
    for k, column in enumerate(zip(*rows[1:], strict=False)):
        if all(leads_out(cell, page, pages) for cell in column):
            for row in rows:
                row[k].decompose()


def leads_out(cell: Element, page: str, pages: set[str]) -> bool:
    """Whether a link is all that a cell says, and leads to another file of the site."""
    link = cell.find("a", href=True)
    if not link or link.get_text().strip() != cell.get_text().strip():
        return False
    found = target(link, page)
    return found is not None and found[0].removesuffix(".html") not in pages


def rename(tag: Element, before: str) -> None:
    """The ids that a tag has or names begin with `before`; those of links are so already."""
    for key in tag.attrs.keys() & {*NAMES, *LINKS, *PAINTS}:
        if key in NAMES:
            tag[key] = " ".join(before + name for name in tag[key].split())
        elif key in PAINTS:
            tag[key] = tag[key].replace("url(#", f"url(#{before}")
        elif tag.name != "a":
            tag[key] = re.sub("^#", f"#{before}", tag[key])


def answers(article: Element, title: str) -> Element | None:
    """Takes out of an article what is to stand at the end: solutions of exercises, answers to questions. None if it has
    none. A line stays at each place, with the number of the page."""
    soup = BeautifulSoup("", "html.parser")
    held = soup.new_tag("section", attrs={"class": "paper-solutions", "id": f"{article['id']}solutions"})
    held.append(heading := soup.new_tag("h2"))
    heading.string = title
    for k, part in enumerate(article.select("div.solution, gtt-ask, fieldset.gtt-check")):
        name = f"{article['id']}answer-{k}"
        kind = "Solution" if "solution" in part.get("class", []) else "Answer"
        line = soup.new_tag("p", attrs={"class": "paper-see"})
        line.append(f"{kind}: page ")
        line.append(soup.new_tag("a", attrs={"href": f"#{name}", "class": "paper-page"}))
        whole = copy.copy(part)
        if kind == "Solution":
            part.replace_with(line)
        else:
            for own in (whole, *whole.select("[id], [for]")):  # the page has them already
                own.attrs = {key: value for key, value in own.attrs.items() if key not in ("id", "for")}
            for answer in part.select(".answer, details"):
                answer.decompose()
            part.append(line)
        box = soup.new_tag("div", attrs={"id": name})
        box.append(whole)
        held.append(box)
    return held if len(held) > 1 else None


def dead_links(document: str) -> list[str]:
    """The links within a document that lead nowhere, and the ids that it has twice."""
    ids = re.findall(r'\sid="([^"]*)"', document)
    links = set(re.findall(r'<a\b[^>]*\shref="#([^"]*)"', document))
    return sorted(links - set(ids)) + [name for name, count in Counter(ids).items() if count > 1]


def entry(name: str, title: str) -> str:
    """A line of the contents; pdf.py writes the number of the page."""
    number = f'<a href="#{name}" class="paper-page" aria-hidden="true"></a>'
    return f'<li><a href="#{name}">{escape(title)}</a><i></i>{number}</li>'


def styles(site: Path, page: str, static: str) -> list[str]:
    """The links to the style sheets that a page of the site has."""
    head = (site / f"{page}.html").read_text(encoding="utf-8").partition("</head>")[0]
    found = re.findall(r'<link\b[^>]*rel="stylesheet"[^>]*>', head)
    return [re.sub(r'href="(?:\.\./)*_static/', f'href="{static}/', link) for link in found]


def css_text(text: str) -> str:
    r"""A text within quotation marks of a style sheet, in a page.

    >>> css_text('The "mean" field')
    'The \\22 mean\\22  field'
    """
    return re.sub(r'["\\<]', lambda mark: f"\\{ord(mark[0]):x} ", text)


def joined(book: Path, site: Path, static: str = "../html/_static") -> str:
    """The document. Raises ValueError if a link in it leads nowhere."""
    parts = listed(book)
    pages = [page for _, some in parts for page in some]
    articles = {page: read(site, page, set(pages)) for page in pages}
    titles = {page: article.find("h1").get_text().strip() for page, article in articles.items()}
    solutions = [answers(article, titles[page]) for page, article in articles.items()]
    contents, running = "", ""
    for caption, some in parts:
        contents += f"<h2>{escape(caption)}</h2>" if caption else ""
        contents += "<ul>" + "".join(entry(prefix(page), titles[page]) for page in some) + "</ul>"
    held = "".join(map(str, filter(None, solutions)))
    contents += "<ul>" + entry("solutions", "Solutions and answers") + "</ul>" if held else ""
    for page in pages:
        name = f"p-{prefix(page).rstrip('-')}"
        articles[page]["style"] = f"page:{name}"
        running += f'@page {name}{{@top-right{{content:"{css_text(titles[page])}"}}}}\n'
    settings = yaml.safe_load((book / "_config.yml").read_text(encoding="utf-8"))
    text = PAGE.format(
        title=escape(settings["title"]),
        authors=escape(settings["author"]),
        version=minirnn.__version__,
        styles="\n".join(styles(site, pages[0], static)),
        static=static,
        running=running,
        contents=contents,
        pages="\n".join(map(str, articles.values())),
        solutions=f'<article class="bd-article paper-end"><h1 id="solutions">Solutions and answers</h1>{held}</article>'
        if held
        else "",
    )
    if dead := dead_links(text):
        raise ValueError(f"expected links to ids that the document has once, got {', '.join(dead[:20])}")
    return text
