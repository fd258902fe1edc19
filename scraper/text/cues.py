"""Subtitles and transcripts: the text between their times, in paragraphs."""

import re
from itertools import pairwise

from normalise.text import STOPS
from scraper.text.wrapped import Wrap

_HEAD_ROWS = 60  # looked at for cues
_LEAST = 3  # cues, or rows that begin with a time
_CLOCK = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
_CUE = re.compile(rf"\s{{0,4}}({_CLOCK}) --> ({_CLOCK})")
_MARKUP = re.compile(r"</?(?:[biuc]|font|ruby|rt|v|lang|\d\d:\d\d)[^<>]{0,200}>|\{\\?[a-z][^{}]{0,60}\}", re.I)
_SPEAKER = re.compile(r"(?:-|–|—|>>)\s?(?=\S)")
_STAMP = re.compile(rf"[\[(]?({_CLOCK})(?:[\])]|(?=\s|\Z))[ \t]{{0,8}}[-–—:]?[ \t]{{0,8}}")
_PAUSE = 2.0  # seconds after which a sentence begins a paragraph …
_LONG = 500  # … or characters …
_LONGEST = 2_000  # … or any cue does
_QUOTES = '"”’»)'
_ROW_SECONDS = 4.0  # that what stands under a time may take to say
_FIRST = 60  # a recording's first time is before; a time of day seldom is
_SHARE = 2  # one row in so many begins with a time, at least


def without_times(rows: list[str]) -> list[str]:
    """Return as many rows: those of cues joined to paragraphs, in the place of each one's first; transcripts without their times."""
    head = [row for row in rows[:_HEAD_ROWS] if row.strip()]
    if sum([" --> " in row and _CUE.match(row) is not None for row in head]) >= _LEAST:
        return _of_cues(rows)
    if sum([row[:1].isdecimal() or row[:1] in ("[", "(") for row in head]) >= _LEAST:
        return _without_stamps(rows)
    return rows


def _of_cues(rows: list[str]) -> list[str]:
    found = _Paragraphs(rows)
    is_text = False
    for number, row in enumerate(rows):
        if (cue := _CUE.match(row)) is not None:
            found.start(_seconds(cue[1]), _seconds(cue[2]))
            is_text = True
        elif not row.strip():
            is_text = False
        elif is_text:
            found.add(number, _MARKUP.sub("", row).strip())
    return found.rows


class _Paragraphs:
    """Joins what is said, each paragraph in the row where it begins."""

    def __init__(self, rows: list[str]) -> None:
        self.rows = [""] * len(rows)
        self._at = -1  # the row of the open paragraph
        self._end, self._last, self._is_new = 0.0, "", True  # when the last cue ended, its last row

    def start(self, starts: float, ends: float) -> None:
        """Begin a cue, after a pause or a long paragraph a new one."""
        text = self.rows[self._at] if self._at >= 0 else ""
        is_over = text.rstrip(_QUOTES)[-1:] in STOPS and (starts - self._end > _PAUSE or len(text) > _LONG)
        self._is_new = not text or is_over or len(text) > _LONGEST
        self._end = ends

    def add(self, number: int, text: str) -> None:
        """Add a row of a cue, unless the one before it says the same, as in captions that roll."""
        if not text or text == self._last:
            return
        speaker = _SPEAKER.match(text)
        if self._is_new or speaker is not None:
            self._at, self._is_new = number, False
            self.rows[number] = text[speaker.end() :] if speaker is not None else text
        else:
            self.rows[self._at] = Wrap().joined([self.rows[self._at], text])
        self._last = text


def _without_stamps(rows: list[str]) -> list[str]:
    stamps = [_STAMP.match(row) for row in rows]
    times = [_seconds(stamp[1]) for stamp in stamps if stamp is not None]
    written = sum([bool(row.strip()) for row in rows])
    if len(times) < _LEAST or _SHARE * len(times) < written - 2 * _LEAST or times[0] >= _FIRST or any(a > b for a, b in pairwise(times)):
        return rows
    alone = sum([stamp is not None and not row[stamp.end() :].strip() for row, stamp in zip(rows, stamps, strict=True)])
    if _SHARE * alone > len(times):
        return _joined(rows, stamps)
    return [row if stamp is None else row[stamp.end() :] for row, stamp in zip(rows, stamps, strict=True)]


def _joined(rows: list[str], stamps: list[re.Match[str] | None]) -> list[str]:
    """Return rows whose times are rows of their own, joined to paragraphs; those above the first time stay."""
    first = next(at for at, stamp in enumerate(stamps) if stamp is not None)
    found = _Paragraphs(rows)
    found.rows[:first] = rows[:first]
    for number in range(first, len(rows)):
        stamp = stamps[number]
        if stamp is not None:
            found.start(_seconds(stamp[1]), _seconds(stamp[1]) + _ROW_SECONDS)
        found.add(number, rows[number][stamp.end() if stamp is not None else 0 :].strip())
    return found.rows


def _seconds(clock: str) -> float:
    seconds = 0.0
    for part in clock.replace(",", ".").split(":"):
        seconds = 60 * seconds + float(part)
    return seconds
