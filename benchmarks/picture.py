"""Small pictures as SVG: bars and lines on logarithmic scales, readable on light and on dark ground."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

WIDTH = 720
_LEFT, _RIGHT, _BAR, _GAP, _TOP = 190, 90, 14, 10, 46
_COLOURS = ("#2f81f7", "#8957e5", "#d29922", "#db6d28", "#6e7781")
"""Of middle brightness, so that they stand out from white and from black."""
_INK = "#808890"

Bars = Sequence[tuple[str, Sequence[tuple[str, float]]]]
"""Groups by name, in each group subjects with their values."""


Series = Sequence[tuple[str, Sequence[tuple[float, float]]]]
"""Lines by name, each with its points; all numbers above 0."""


def bars(title: str, unit: str, groups: Bars) -> str:
    """Bars in groups, each with its value; the scale is logarithmic: twice as long is not twice as much."""
    values = [value for _, group in groups for _, value in group]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    scale = (WIDTH - _LEFT - _RIGHT) / max(high - low, 1)
    subjects = list(dict.fromkeys(subject for _, group in groups for subject, _ in group))
    parts, y = _legend(subjects), _TOP
    for name, group in groups:
        middle = y + len(group) * _BAR / 2 + 4
        parts.append(_text(_LEFT - 10, middle, name, "end"))
        for subject, value in group:
            long = max((math.log10(value) - low) * scale, 1)
            colour = _COLOURS[subjects.index(subject) % len(_COLOURS)]
            parts.append(f'<rect x="{_LEFT}" y="{y}" width="{long:.1f}" height="{_BAR - 2}" fill="{colour}"/>')
            parts.append(_text(_LEFT + long + 5, y + _BAR - 4, _short(value), size=10))
            y += _BAR
        y += _GAP
    return _whole(f"{title}, {unit}, logarithmic", y + 4, parts)


def lines(title: str, axes: tuple[str, str], series: Series) -> str:
    """Lines through points, both scales logarithmic: a straight line at 45 degrees is linear growth."""
    points = [point for _, each in series for point in each]
    if not points:
        raise ValueError("nothing to draw")
    height, bottom, left = 380, 310, _LEFT - 60
    low_x, high_x = _decades([x for x, _ in points])
    low_y, high_y = _decades([y for _, y in points])
    across, up = (WIDTH - _RIGHT - left) / (high_x - low_x), (bottom - _TOP - 10) / (high_y - low_y)
    step = min(across, up)  # the same for both, or 45 degrees would mean nothing
    parts = [
        *_legend([name for name, _ in series if len(series) > 1]),
        f'<path d="M{left} {_TOP}V{bottom}H{WIDTH - _RIGHT}" fill="none" stroke="{_INK}"/>',
        _text(WIDTH - _RIGHT, bottom + 36, axes[0], "end"),
        _text(left - 10, _TOP + 6, axes[1], "end"),
    ]
    for exponent in range(low_x, high_x + 1):
        parts.append(_text(left + 10 + (exponent - low_x) * step, bottom + 18, _short(10.0**exponent), "middle", 11))
    for colour, (_, each) in zip(_COLOURS, series, strict=False):
        places = [
            (left + 10 + (math.log10(x) - low_x) * step, bottom - (math.log10(y) - low_y) * step) for x, y in each
        ]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for (x, y), (_, value) in zip(places, each, strict=True):
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>')
            parts.append(_text(x + 8, y - 5, _short(value), size=11))
    return _whole(f"{title}, both scales logarithmic", height, parts)


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten around values that are above 0."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _legend(subjects: Sequence[str]) -> list[str]:
    parts, x = [], 10
    for place, subject in enumerate(subjects):
        parts.append(f'<rect x="{x}" y="26" width="10" height="10" fill="{_COLOURS[place % len(_COLOURS)]}"/>')
        parts.append(_text(x + 15, 35, subject, size=11))
        x += 30 + 7 * len(subject)
    return parts


def _text(x: float, y: float, text: str, anchor: str = "start", size: int = 12) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{_INK}"'
    return f"<text {place}>{escape(text)}</text>"


def _short(value: float) -> str:
    for limit, letter in ((1e6, "M"), (1e3, "k")):
        if value >= limit:
            return f"{value / limit:.3g}{letter}"
    return f"{value:.3g}"


def _whole(title: str, height: int, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" font-family="sans-serif">'
    )
    return "\n".join([head, f"<title>{escape(title)}</title>", _text(10, 16, title, size=13), *parts, "</svg>\n"])
