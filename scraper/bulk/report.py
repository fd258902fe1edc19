"""The report of a run: one HTML file that needs nothing else, its charts drawn as SVG."""

import os
from html import escape

from scraper.bulk.job import Job
from scraper.bulk.run import Outcome
from scraper.bulk.writers import translated, write_whole
from scraper.errors import OutputError

ENTRIES = 25  # bars of a chart; the rest are one
_HEAD = '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>clip: '
_BAR, _LEFT, _WIDTH = 20, 260, 720  # pixels: height of a bar, where bars begin, width of the drawing
_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --bar: #3a6ea5; --soft: #6b7480 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ea; --paper: #15181c; --bar: #6ea3d8; --soft: #98a1ab } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 56rem; margin: 2rem auto }
h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2rem }
svg { max-width: 100%; height: auto } svg text { font: 13px system-ui, sans-serif; fill: var(--ink) } svg rect { fill: var(--bar) }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .2rem .6rem .2rem 0; overflow-wrap: anywhere }
td.number { text-align: right; font-variant-numeric: tabular-nums } .soft { color: var(--soft) }
"""
_CHARTS = (
    ("status", "Pages by status"),
    ("failure", "Failures by cause"),
    ("kind", "Pages by kind"),
    ("language", "Pages by language"),
    ("host", "Pages by host"),
    ("field", "Records that have the field"),
    ("confidence", "Records by confidence"),
    ("chrome", "Most frequent removed chrome"),
)


def write_report(path: str, outcome: Outcome, job: Job, slowest: list[tuple[float, str]]) -> None:
    """Write the report. Raises OutputError."""
    write_whole(path, render(outcome, job, slowest).encode("utf-8", "backslashreplace"))


def refuse_report(path: str, *, overwrite: bool) -> None:
    """Raise OutputError where a report cannot be written, or would be written over what is none."""
    with translated(path):
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        if not os.path.lexists(path):
            return
        if not os.path.isfile(path):
            raise OutputError(f"{path}: is there and is no file")
        with open(path, "rb") as file:
            if file.read(len(_HEAD)) != _HEAD.encode() and not overwrite:
                raise OutputError(f"{path}: is there and is no report: name another file, or use --force to overwrite it")


def render(outcome: Outcome, job: Job, slowest: list[tuple[float, str]]) -> str:
    """Return the report as an HTML document. All that comes from pages is escaped."""
    pages = outcome.rows + outcome.failures + outcome.duplicates
    counts = [("pages", pages), ("records", outcome.rows), ("failures", outcome.failures), ("duplicates", outcome.duplicates)]
    parts = [_table([(name, f"{number:,}") for name, number in counts])]
    for group, title in _CHARTS:
        numbers = {name or "unknown": number for (of, name), number in outcome.facts.items() if of == group}
        if numbers:
            ordered = sorted(numbers.items(), key=lambda entry: entry[0] if group == "confidence" else (-entry[1], entry[0]))
            label = {name: f"{name} to {int(name) + 9}" for name in numbers} if group == "confidence" else {}
            parts.append(f"<h2>{title}</h2>{bars([(label.get(name, name), number) for name, number in ordered])}")
    if slowest:
        parts.append("<h2>Slowest pages</h2>" + _table([(origin, f"{seconds:.3f} s") for seconds, origin in slowest]))
    parts.append("<h2>Settings</h2>" + _table([(name, value[:500]) for name, value in job.settings().items()]))
    return f"{_HEAD}{pages:,} pages</title><style>{_STYLE}</style></head><body><h1>{pages:,} pages</h1>{''.join(parts)}</body></html>\n"


def bars(entries: list[tuple[str, int]]) -> str:
    """Return a bar chart as SVG; entries beyond `ENTRIES` are one bar."""
    rest = entries[ENTRIES:]
    shown = [*entries[:ENTRIES], *([(f"{len(rest)} others", sum(number for _, number in rest))] if rest else [])]
    most = max(number for _, number in shown) or 1
    lines = []
    for place, (name, number) in enumerate(shown):
        y, width = place * (_BAR + 4), max(1, round((_WIDTH - _LEFT - 90) * number / most))
        text = escape(name if len(name) <= 36 else name[:35] + "…")
        lines.append(
            f'<text x="{_LEFT - 8}" y="{y + 15}" text-anchor="end">{text}<title>{escape(name)}</title></text>'
            f'<rect x="{_LEFT}" y="{y}" width="{width}" height="{_BAR}"/><text x="{_LEFT + width + 6}" y="{y + 15}">{number:,}</text>'
        )
    height = len(shown) * (_BAR + 4)
    return f'<svg role="img" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}">{"".join(lines)}</svg>'


def _table(rows: list[tuple[str, str]]) -> str:
    cells = "".join(f'<tr><td>{escape(name)}</td><td class="number">{escape(value)}</td></tr>' for name, value in rows)
    return f"<table>{cells}</table>"
