"""Curves and labelled points as SVG, in the page's own colours, so that they fit its light and its dark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

from common.report.numbers import plain

WIDTH, HEIGHT = 420, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 12, 12, 38
_COLOURS = 6


def lines(one: dict[str, Any]) -> str:
    """The block "lines": axes, curves, a legend."""
    series = [curve for curve in one["series"] if any(value is not None for value in curve["y"])]
    values = [value for curve in series for value in curve["y"] if value is not None and (value > 0 or not one["log"])]
    if not values:
        return "<p>There are no values to draw.</p>"
    across = _Scale.over([place for place in one["x"] if place is not None], _LEFT, WIDTH - _RIGHT, snug=True)
    up = _Scale.over(values, HEIGHT - _BOTTOM, _TOP, log=bool(one["log"]))
    drawn = [_axes(across, up, one["x_name"], one["y_name"])]
    drawn += [_curve(one["x"], curve["y"], across, up, at) for at, curve in enumerate(series)]
    alt = escape(one.get("alt") or _said(series, one["y_name"]))
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{alt}">{"".join(drawn)}</svg>'
        f"{legend([curve['name'] for curve in series])}"
    )


def _said(series: Sequence[dict[str, Any]], y_name: str) -> str:
    """The curves in words: where each begins and ends."""
    ends = []
    for curve in series:
        known = [value for value in curve["y"] if value is not None]
        ends.append(f"{curve['name']} from {known[0]:.3g} to {known[-1]:.3g}")
    return f"{y_name}: {'; '.join(ends)}" if y_name else "; ".join(ends)


def legend(names: Sequence[str]) -> str:
    """The names of the colours; nothing for a single curve."""
    if len(names) < 2:
        return ""
    items = "".join(f'<li class="c{at % _COLOURS}">{escape(name)}</li>' for at, name in enumerate(names))
    return f'<ul class="legend">{items}</ul>'


class _Scale:
    """Values to places along an axis, and round values to mark it with."""

    def __init__(self, low: float, high: float, begin: float, end: float, marks: Sequence[float], log: bool):
        self.low, self.high, self.begin, self.end, self.marks, self.log = low, high, begin, end, marks, log

    @classmethod
    def over(
        cls, values: Sequence[float], begin: float, end: float, *, log: bool = False, snug: bool = False
    ) -> _Scale:
        """The scale that holds the values; `snug` ends it with them instead of at a round value."""
        low, high = min(values), max(values)
        if log:
            first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
            last = max(last, first + 1)
            step = max(1, -(-(last - first) // 5))
            marks = [10.0**power for power in range(first, last + 1, step)]
            return cls(first, last, begin, end, marks, True)
        step = _round_step(((high - low) or abs(high) or 1.0) * (0.8 if snug else 1.0))
        if snug:
            step = max(step, 1.0) if all(float(value).is_integer() for value in values) else step
            marks = [step * at for at in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]
            return cls(low, high if high > low else low + 1, begin, end, marks, False)
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        last = max(last, first + 1)
        return cls(step * first, step * last, begin, end, [step * at for at in range(first, last + 1)], False)

    def place(self, value: float) -> float:
        """Where a value lies."""
        shown = math.log10(value) if self.log else value
        return self.begin + (shown - self.low) / (self.high - self.low) * (self.end - self.begin)


def _round_step(span: float) -> float:
    """1, 2 or 5 times a power of ten, so that some four steps make the span."""
    rough = span / 4
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)


def _axes(across: _Scale, up: _Scale, x_name: str, y_name: str) -> str:
    parts = []
    for mark in up.marks:
        y = up.place(mark)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(
            f'<text class="tick" x="{_LEFT - 7}" y="{y + 4:.1f}" text-anchor="end">{_mark(mark, log=up.log)}</text>'
        )
    for mark in across.marks:
        x = across.place(mark)
        parts.append(f'<text class="tick" x="{x:.1f}" y="{HEIGHT - 20}" text-anchor="middle">{_mark(mark)}</text>')
    base = HEIGHT - _BOTTOM
    parts.append(f'<line class="axis" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{base}" y2="{base}"/>')
    middle = (_LEFT + WIDTH - _RIGHT) / 2
    parts.append(f'<text class="axis-name" x="{middle}" y="{HEIGHT - 4}" text-anchor="middle">{escape(x_name)}</text>')
    height = (_TOP + base) / 2
    turned = f'transform="translate(11 {height}) rotate(-90)" text-anchor="middle"'
    parts.append(f'<text class="axis-name" {turned}>{escape(y_name)}</text>')
    return "".join(parts)


def _mark(value: float, *, log: bool = False) -> str:
    if log:
        return "1" if value == 1 else f"10{_raised(round(math.log10(value)))}"
    if value and not 1e-3 <= abs(value) < 1e6:
        mantissa, _, exponent = f"{value:.0e}".partition("e")
        return (
            f"{mantissa.replace('-', '−')}e{int(exponent)}" if mantissa not in {"1"} else f"10{_raised(int(exponent))}"
        )
    return f"{value:.6g}".replace("-", "−") if abs(value) < 1000 else f"{value:,.0f}".replace(",", "\u202f")


def _raised(power: int) -> str:
    return str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _curve(xs: Sequence[float], ys: Sequence[float | None], across: _Scale, up: _Scale, at: int) -> str:
    """A path, broken where a value is missing; few values are dotted as well."""
    parts, dots, pen = [], [], "M"
    for x, y in zip(xs, ys, strict=False):
        if y is None or (up.log and y <= 0):
            pen = "M"
            continue
        place = f"{across.place(x):.1f} {up.place(y):.1f}"
        parts.append(f"{pen}{place}")
        left, top = place.split()
        dots.append(f'<circle cx="{left}" cy="{top}" r="2.6"><title>{plain_text(x)}: {plain_text(y)}</title></circle>')
        pen = "L"
    kind = f"c{at % _COLOURS}"
    marks = "".join(dots) if len(dots) <= 40 else ""
    return f'<path class="curve {kind}" d="{"".join(parts)}"/><g class="dots {kind}">{marks}</g>'


def plain_text(value: float) -> str:
    """A number without markup."""
    return f"{value:.4g}"


def points(one: dict[str, Any]) -> str:
    """The block "points": dots and their labels, with a thin line where a label stands apart from its dot."""
    width, height = one["box"]
    drawn = [_point(row, height) for row in one["points"]]
    alt = escape(one.get("alt") or f"{len(drawn)} points: {', '.join(row['label'] for row in one['points'][:40])}")
    view = f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{alt}"'
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(one["title"])}">'
        f'<svg class="points-map" {view}>{"".join(drawn)}</svg></div>'
    )


def _point(row: dict[str, Any], height: float) -> str:
    x, y, label_x, label_y = row["x"], height - row["y"], row["label_x"], height - row["label_y"]
    apart = math.hypot(x - label_x, (y - label_y) * 2) > 14 + 4 * len(row["label"])
    line = f'<line class="lead" x1="{x:.1f}" y1="{y:.1f}" x2="{label_x:.1f}" y2="{label_y:.1f}"/>' if apart else ""
    return (
        f'<g class="point c{(row["group"] + 1) % _COLOURS}">{line}<circle cx="{x:.1f}" cy="{y:.1f}" r="3.4"/>'
        f'<text x="{label_x:.1f}" y="{label_y + 4:.1f}" text-anchor="middle">{escape(row["label"])}</text></g>'
    )


__all__ = ["HEIGHT", "WIDTH", "legend", "lines", "plain", "points"]
