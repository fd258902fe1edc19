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
    found = [""] * len(rows)
    at, end, last = -1, 0.0, ""  # of the open paragraph: its place, when its last cue ended, its last row
    is_text = is_new = False
    for number, row in enumerate(rows):
        bare = _MARKUP.sub("", row).strip() if is_text else row.strip()
        if (cue := _CUE.match(row)) is not None:
            starts = _seconds(cue[1])
            is_over = at >= 0 and found[at].rstrip(_QUOTES)[-1:] in STOPS and (starts - end > _PAUSE or len(found[at]) > _LONG)
            is_new = is_over or (at >= 0 and len(found[at]) > _LONGEST)
            end, is_text = _seconds(cue[2]), True
        elif not bare:
            is_text = False
        elif is_text and bare != last:
            speaker = _SPEAKER.match(bare)
            if is_new or at < 0 or speaker is not None:
                at, is_new = number, False
                found[at] = bare[speaker.end() :] if speaker is not None else bare
            else:
                found[at] = Wrap().joined([found[at], bare])
            last = bare
    return found


def _without_stamps(rows: list[str]) -> list[str]:
    stamps = [_STAMP.match(row) for row in rows]
    times = [_seconds(stamp[1]) for stamp in stamps if stamp is not None]
    written = sum([bool(row.strip()) for row in rows])
    if len(times) < _LEAST or _SHARE * len(times) < written - 2 * _LEAST or times[0] >= _FIRST or any(a > b for a, b in pairwise(times)):
        return rows
    return [row if stamp is None else row[stamp.end() :] for row, stamp in zip(rows, stamps, strict=True)]


def _seconds(clock: str) -> float:
    seconds = 0.0
    for part in clock.replace(",", ".").split(":"):
        seconds = 60 * seconds + float(part)
    return seconds
