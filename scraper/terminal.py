"""Text for a terminal: nothing in it acts on the terminal, and colour only where it is wanted."""

from typing import Literal

Colour = Literal["green", "red", "yellow", "cyan", "bold", "dim"]
_CODES: dict[Colour, str] = {"green": "32", "red": "31", "yellow": "33", "cyan": "36", "bold": "1", "dim": "2"}


def escape(text: str) -> str:
    """Return `text` with control and bidi characters, and lone surrogates, written out as \\x1b, \\u202e, \\udc80 and the like."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\u3000" else c.encode("unicode_escape").decode("ascii") for c in text)


def shorten(text: str, length: int) -> str:
    """Return `text` on one line, escaped, cut to about `length` characters."""
    cut = text[: length * 4].split()
    line = " ".join(cut)
    return escape(line if len(line) <= length and len(text) <= length * 4 else line[: length - 1] + "…")


def paint(text: str, colour: Colour, *, on: bool) -> str:
    """Return `text` in `colour` when `on`."""
    return f"\x1b[{_CODES[colour]}m{text}\x1b[0m" if on else text
