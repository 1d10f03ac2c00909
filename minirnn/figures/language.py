"""Figures in the language of their page. What draws and describes them writes English; what a page shows of it goes
through messages, which are sentences and labels with {0}, {1}, … in the place of numbers:

    Over {0} steps back the gradient is multiplied by {1}.

So no figure knows of languages. MINIRNN_MESSAGES names a file of JSON, {message: translation}, which the build of a
book makes of a catalogue of gettext. In a page language.js does the same with the same messages. What has no
translation stays as it is.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from html import escape, unescape
from pathlib import Path

SENTENCE = re.compile(r".+?[.;?!](?= |$)|.+$", re.DOTALL)
NUMBER = re.compile(r"(?:(?<!\w)[+−-])?\d+(?:\.\d+)?(?: times ten to the (?:minus )?\d+)?")
TIMES = re.compile(r"times ten to the(?: minus)?")
# in markup what a reader meets: texts between tags, and some attributes
PIECE = re.compile(r'(>)([^<>]+)(?=<)|( (?:aria-label|aria-valuetext|data-verdict|data-reveal)=")([^"]+)')


@cache
def messages() -> Mapping[str, str] | None:
    """The messages of the page's language, None where figures stay as they are."""
    path = os.environ.get("MINIRNN_MESSAGES")
    return json.loads(Path(path).read_text(encoding="utf-8")) if path else None


def message(sentence: str) -> tuple[str, list[str]]:
    """The message of a sentence or a label, and its numbers.

    >>> message("Gain 0.50: multiplied by 3.1 times ten to the minus 5.")
    ('Gain {0}: multiplied by {1}.', ['0.50', '3.1 times ten to the minus 5'])
    """
    numbers: list[str] = []

    def place(found: re.Match[str]) -> str:
        numbers.append(found[0])
        return f"{{{len(numbers) - 1}}}"

    return NUMBER.sub(place, sentence), numbers


def say(text: str, known: Mapping[str, str] | None = None) -> str:
    """A text in the language of these messages, or of the page. The message 0.5 shows the sign of its decimals.

    >>> german = {"0.5": "0,5", "Gain {0}: it {1} times.": "Verstärkung {0}: {1}-mal."}
    >>> say("Gain 0.50: it 2 times. Unknown 1.5. 1.25", german)
    'Verstärkung 0,50: 2-mal. Unknown 1.5. 1,25'
    """
    known = messages() if known is None else known
    if known is None:
        return text

    def number(written: str) -> str:
        written = written.replace(".", known.get("0.5", "0.5")[1])
        return TIMES.sub(lambda words: known.get(words[0], words[0]), written)

    def translated(found: re.Match[str]) -> str:
        sentence = found[0].strip()
        key, numbers = message(sentence)
        pattern = known.get(key) or (None if re.search(r"[^\W\d_]", key) else key)
        if pattern is None:
            return found[0]
        return found[0].replace(sentence, re.sub(r"\{(\d+)\}", lambda m: number(numbers[int(m[1])]), pattern))

    return SENTENCE.sub(translated, text)


def pieces(html: str) -> Iterator[str]:
    """The texts in markup that a reader meets, its scripts apart."""
    for part in around_scripts(html)[::2]:
        yield from (unescape(m[2] or m[4]) for m in PIECE.finditer(part))


def say_markup(html: str) -> str:
    """The same of markup, the scripts in it apart.

    >>> from unittest.mock import patch
    >>> with patch(f"{__name__}.messages", lambda: {"0.5": "0,5", "gain": "Verstärkung"}):
    ...     say_markup('<b aria-label="gain">gain <i>2.5</i></b><script>"<b>gain</b>"</script>')
    '<b aria-label="Verstärkung">Verstärkung <i>2,5</i></b><script>"<b>gain</b>"</script>'
    """
    if messages() is None:
        return html

    def translated(found: re.Match[str]) -> str:
        text = unescape(found[2] or found[4])
        said = say(text)
        return found[0] if said == text else (found[1] or found[3]) + escape(said)

    texts = around_scripts(html)
    texts[::2] = [PIECE.sub(translated, part) for part in texts[::2]]
    return "".join(texts)


def around_scripts(html: str) -> list[str]:
    """Markup and its scripts in turn, beginning and ending with markup."""
    return re.split(r"(<script\b.*?</script>)", html, flags=re.DOTALL)
