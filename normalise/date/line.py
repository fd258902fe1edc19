"""A tokenized text, and the steps by which the forms walk it."""

import msgspec

from normalise.date.tokens import Token, tokenize
from normalise.date.types import Order

_END = Token("end", "", 0, 0)
_ABBREVIATION = 3  # letters


class Line(msgspec.Struct, gc=False):
    """A text, its tokens, and what is known of the page: its language (BCP 47) and its numeric order."""

    text: str
    language: str | None = None
    order: Order | None = None
    tokens: list[Token] = []
    count: int = 0

    def __post_init__(self) -> None:
        self.tokens = tokenize(self.text)
        self.count = len(self.tokens)

    def at(self, i: int) -> Token:
        """Return token `i`, or an empty one outside the line."""
        return self.tokens[i] if -1 < i < self.count else _END

    def raw(self, token: Token) -> str:
        """Return the token as it was printed."""
        return self.text[token.start : token.end]

    def adjacent(self, i: int) -> bool:
        """Tell whether no space stands between token `i` and the one before."""
        return 0 < i < len(self.tokens) and self.tokens[i - 1].end == self.tokens[i].start

    def is_mark(self, i: int, marks: str) -> bool:
        """Tell whether token `i` is one of the marks."""
        return -1 < i < self.count and (token := self.tokens[i]).kind == "mark" and token.text in marks

    def skip(self, i: int, marks: str, uses: tuple[str, ...] = (), most: int = 3) -> int:
        """Return the index behind at most `most` tokens that are one of the marks or words of those uses."""
        tokens = self.tokens
        end = min(i + most, self.count)
        while -1 < i < end:  # once for every gap of every date: the loop calls nothing
            token = tokens[i]
            word = token.word
            if not (token.text in marks if token.kind == "mark" else word is not None and not word.uses.isdisjoint(uses)):
                break
            i += 1
        return i

    def has_use(self, i: int, uses: tuple[str, ...]) -> bool:
        """Tell whether token `i` is a word of one of the uses."""
        word = self.at(i).word
        return word is not None and not word.uses.isdisjoint(uses)

    def month(self, i: int) -> int:
        """Return the month that token `i` names, 0 where it names none or the language does not decide between several."""
        word = self.at(i).word
        return _meaning(word.months, self.language) or 0 if word is not None and word.months else 0

    def weekday(self, i: int) -> int | None:
        """Return the weekday (from Monday, 0) that token `i` names, `None` where none or undecided."""
        word = self.at(i).word
        return _meaning(word.weekdays, self.language) if word is not None and word.weekdays else None

    def is_foreign(self, i: int) -> bool:
        """Tell whether token `i` is a month only as an abbreviation of other languages than the page's."""
        token = self.at(i)
        if token.word is None or not token.word.months or len(token.text) > _ABBREVIATION or not self.language:
            return False
        own = _own(self.language)
        return not any(own in languages for languages in token.word.months.values())

    def number(self, i: int, low: int, high: int, width: int = 2) -> int | None:
        """Return the value of the number at `i` where it is in range and at most `width` digits long."""
        token = self.at(i)
        return token.value if token.kind == "number" and token.width <= width and low <= token.value <= high else None


def _meaning(meanings: dict[int, set[str]], language: str | None) -> int | None:
    if len(meanings) == 1:
        return next(iter(meanings))
    own = _own(language)
    fitting = [number for number, languages in meanings.items() if own in languages]
    return fitting[0] if len(fitting) == 1 else None


def _own(language: str | None) -> str:
    return (language or "").replace("_", "-").split("-")[0].lower()
