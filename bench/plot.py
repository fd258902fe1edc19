"""Accuracy against time, as an SVG that any browser and any code host shows."""

import math
from collections.abc import Mapping
from html import escape

Point = tuple[float, float]  # (milliseconds a page, score from 0 to 1)

_WIDTH, _HEIGHT, _GAP = 340, 300, 24  # of one panel
_LEFT, _TOP, _BOTTOM = 44, 48, 46
_TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_OWN = "clip"
_INK, _FAINT, _PEER, _CLIP = "#24292f", "#d0d7de", "#57606a", "#bc4c00"
_LABEL_HEIGHT = 13
_CHAR = 7.2  # width of a label's character


def plot(panels: Mapping[str, Mapping[str, Point]], *, caption: str) -> str:
    """Return the SVG of one panel for each title: a dot for each peer, faster to the left, better to the top. `caption` names the axes."""
    width = max(len(panels) * (_WIDTH + _GAP) + _GAP, round(len(caption) * _CHAR))
    height = _HEIGHT + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="system-ui, sans-serif" font-size="12" role="img">',
        f"<title>{escape(caption)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for number, (title, points) in enumerate(panels.items()):
        parts += [f'<g transform="translate({_GAP + number * (_WIDTH + _GAP)} 0)">', *_panel(title, points), "</g>"]
    parts += [f'<text x="{width / 2:.0f}" y="{height - 10}" text-anchor="middle" fill="{_INK}">{escape(caption)}</text>', "</svg>"]
    return "\n".join(parts) + "\n"


def _panel(title: str, points: Mapping[str, Point]) -> list[str]:
    times, scores = [ms for ms, _ in points.values()], [score for _, score in points.values()]
    first, last = math.log10(min(times)) - 0.15, math.log10(max(times)) + 0.25
    low, high = math.floor(min(scores) * 20 - 0.2) / 20, min(1.0, math.ceil(max(scores) * 20 + 0.2) / 20)

    def across(ms: float) -> float:
        return _LEFT + (math.log10(ms) - first) / (last - first) * (_WIDTH - _LEFT)

    def down(score: float) -> float:
        return _TOP + (high - score) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)

    bottom = _HEIGHT - _BOTTOM
    parts = [f'<text x="{_LEFT}" y="24" font-size="14" font-weight="600" fill="{_INK}">{escape(title)}</text>']
    for step in range(round(low * 20), round(high * 20) + 1):
        y = down(step / 20)
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="{_FAINT}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" fill="{_INK}">{step / 20:.2f}</text>')
    for tick in _TICKS:
        if first <= math.log10(tick) <= last:
            x = across(tick)
            parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{bottom}" y2="{bottom + 5}" stroke="{_INK}"/>')
            parts.append(f'<text x="{x:.1f}" y="{bottom + 19}" text-anchor="middle" fill="{_INK}">{tick:g}</text>')
    parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{bottom}" y2="{bottom}" stroke="{_INK}"/>')
    return parts + _dots({peer: (across(ms), down(score)) for peer, (ms, score) in points.items()})


def _dots(places: Mapping[str, Point]) -> list[str]:
    """Dots with their names beside them; a name that would lie on another goes to the other side, above or below."""
    parts: list[str] = []
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in places.values()]
    for peer, (x, y) in sorted(places.items(), key=lambda place: place[0] != _OWN):
        colour = _CLIP if peer == _OWN else _PEER
        size = len(peer) * _CHAR
        right, left, middle = x + 8, x - 8 - size, x - size / 2
        spots = [
            (right, y + 4),
            (left, y + 4),
            (right, y - 6),
            (right, y + 14),
            (left, y - 6),
            (left, y + 14),
            (middle, y - 9),
            (middle, y + 18),
        ]
        boxes = [(at, line - _LABEL_HEIGHT + 3, at + size, line + 3) for at, line in spots]
        free = next((spot for spot, box in zip(spots, boxes, strict=True) if _fits(box, taken)), spots[0])
        taken.append(boxes[spots.index(free)])
        weight = ' font-weight="700"' if peer == _OWN else ""
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{6 if peer == _OWN else 4.5}" fill="{colour}"/>')
        parts.append(f'<text x="{free[0]:.1f}" y="{free[1]:.1f}" fill="{colour}"{weight}>{escape(peer)}</text>')
    return parts


def _fits(box: tuple[float, ...], taken: list[tuple[float, float, float, float]]) -> bool:
    if box[0] < _LEFT or box[2] > _WIDTH + _GAP - 4:
        return False
    return all(box[2] <= other[0] or other[2] <= box[0] or box[3] <= other[1] or other[3] <= box[1] for other in taken)
