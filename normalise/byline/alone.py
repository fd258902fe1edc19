"""Whether a line is nothing but a byline, so that it is no part of the text beneath it."""

from normalise.article import Author
from normalise.byline.printed import EDGES, before_prefix, opening, plain, unglued
from normalise.byline.words import Words, fold, words
from normalise.text import STOPS

LONGEST_LINE = 160
MARKS = EDGES + ".()[]（）【】&"
MAX_CAPITALS = 5  # words after a "By Jane Doe" that can be a place or an outlet
SENTENCE_ENDS = tuple(STOPS.replace(".", ":："))
MAX_TITLE = 4  # letters of an abbreviation that ends a line with its full stop: "Jr.", "Ph.D."


def is_byline_alone(text: str, authors: list[Author], language: str | None = None) -> bool:
    """Whether `text`, which names `authors`, says nothing else: an opening, their roles, a place or an outlet, a date. A sentence about
    them, or one that starts with their names, does.
    """
    if len(text) > LONGEST_LINE or not authors:
        return False
    table = words(language)
    line = " ".join(unglued(plain(text), table).split())
    if line.endswith(SENTENCE_ENDS) or (line.endswith(".") and len(line.split()[-1].strip(MARKS)) > MAX_TITLE):
        return False
    if not all(_is_name(author.name, table, one=len(authors) == 1) for author in authors):
        return False
    rest = fold(line), line
    for author in authors:
        for part in (author.name, author.role or ""):
            rest = _without(rest, part)
    tokens = [token for token in (token.strip(MARKS) for token in rest[1].split()) if token]
    dated = any(token[0].isdigit() for token in tokens)
    more = [token for token in tokens if not (_is_told(token, table) or (dated and fold(token) in table.date_links))]
    return not more or (len(more) <= MAX_CAPITALS and all(token[0].isupper() for token in more) and opening(line, table) is not None)


def _is_name(name: str, words: Words, *, one: bool) -> bool:
    """Whether a name has no word in lower case that names do not have: a verb. An account's name, alone, may be in lower case."""
    tokens = name.split()
    return (one and len(tokens) == 1) or not any(token[0].islower() and fold(token) not in words.particles for token in tokens)


def _without(rest: tuple[str, str], part: str) -> tuple[str, str]:
    """Return a line, folded and as printed, without `part`; unchanged where folding moves its letters."""
    folded, line = rest
    at = folded.find(fold(part)) if part and len(folded) == len(line) else -1
    if at < 0:
        return rest
    end = at + len(fold(part))
    return f"{folded[:at]} {folded[end:]}", f"{line[:at]} {line[end:]}"


def _is_told(token: str, words: Words) -> bool:
    """Whether a word belongs to a byline's opening, date or role, or joins names and outlets."""
    word = fold(token)
    if word in words.line_words or word in words.glued_prefixes or word in words.glued_suffixes or word in words.particles:
        return True
    return word not in words.stops and before_prefix(token, words)
