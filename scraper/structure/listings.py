"""What a page says of a listing: its programming language."""

import re
from functools import cache
from importlib.resources import files

from scraper.blocks import Segmentation

_ABOVE = 3  # containers around a <pre> that may name its language; in a table, the figure around it too
_FIGURE_ABOVE = 6
_NAME_CHARS = 200
_DIGITS = 12  # of a line's number, with the space around it
_NAMED = re.compile(
    r"(?:^|\s)(?:(?:(?:mw-highlight-)?lang|language|highlight-source|highlight|brush|src)[-:]\s?|(?:[a-z]{1,9}_){1,2}language_)([\w+#.-]{1,30})"
)
_AFTER = re.compile(r"(?:^|\s)(?:hljs|sourcecode|code|highlight|syntaxhighlighter)\s+([\w+#-]{1,30})")
_ATTRIBUTES = ("data-lang", "data-language", "data-code-language", "data-enlighter-language", "lang-name")


def code_language(page: Segmentation, listing: int) -> str | None:
    """Return the programming language that the attributes in and around the container `listing` name, None where they name none."""
    elements = [page.listings[listing]] if listing in page.listings else []
    container = listing
    for level in range(_FIGURE_ABOVE):
        if container < 0:
            break
        if level < _ABOVE or page.tags[container] == "figure":
            elements.append(page.attributes[container])
        container = page.parents[container]
    for attributes in elements:
        language = _language(attributes)
        if language:
            return None if language in _unnamed() else language
    return None


def without_line_numbers(texts: list[str]) -> list[str]:
    """Return the parts of a listing without those that only number the others: 1, 2, 3 … between them."""
    numbers = [text.strip() for text in texts if len(text) <= _DIGITS and text.strip().isdecimal()]
    if len(numbers) < 2 or numbers != [str(number) for number in range(1, len(numbers) + 1)]:
        return texts
    return [text for text in texts if not (len(text) <= _DIGITS and text.strip().isdecimal())]


def _language(attributes: dict[str, str | None]) -> str | None:
    for name in _ATTRIBUTES:
        if value := attributes.get(name):
            return value.strip().lower()[:30] or None
    names = (attributes.get("class") or "")[:_NAME_CHARS].lower()
    found = _NAMED.search(names) or _AFTER.search(names)
    return found[1] if found else None


@cache
def _unnamed() -> frozenset[str]:
    return frozenset((files("scraper") / "data" / "no_languages.txt").read_text("utf-8").split())
