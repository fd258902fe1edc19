"""What every field gives back: the value, where it was found, and what else it could have been."""

from typing import Generic, NamedTuple, TypeVar

from normalise.article import Candidate

Type = TypeVar("Type")


class Choice(NamedTuple, Generic[Type]):
    """A field's value with its source ("meta:og:title"), both `None` where the page has none, and all candidates with reasons."""

    value: Type | None
    source: str | None
    candidates: list[Candidate]


class Weighing:
    """Candidates in order of trust: the first that nothing speaks against is chosen. `every`: the others are wanted too."""

    def __init__(self, *, every: bool = False) -> None:
        self.every = every
        self.candidates: list[Candidate] = []
        self.chosen: Candidate | None = None

    @property
    def done(self) -> bool:
        """Whether further candidates are of no interest."""
        return self.chosen is not None and not self.every

    def offer(self, value: str | None, source: str, *, against: str | None = None) -> bool:
        """Weigh one value; `against` says what speaks against it. Return whether it is the one chosen."""
        if not value:
            return False
        if against is None and self.chosen is not None:
            against = "the same" if value == self.chosen.value else f"{self.chosen.source} is trusted more"
        won = against is None
        candidate = Candidate(value=value, source=source, chosen=won, reason=against or "first in order of trust")
        self.candidates.append(candidate)
        if won:
            self.chosen = candidate
        return won

    def choice(self) -> Choice[str]:
        """Return what was chosen."""
        if self.chosen is None:
            return Choice(None, None, self.candidates)
        return Choice(self.chosen.value, self.chosen.source, self.candidates)
