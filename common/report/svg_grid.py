"""A value for each row and column as shades: the block "heatmap". The script of the page lets a person point at it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from common.report.numbers import percent, plain

_WIDE_CELL, _NARROW_CELL, _LETTER = 46, 24, 7.6
_NUMBERED = 144  # cells up to which each shows its value


@dataclass(frozen=True)
class _Grid:
    """The measures of a grid: cells, the room for the names on the left and above, the ends of the shades."""

    numbered: bool
    cell: float
    left: float
    top: float
    upright: bool
    low: float
    high: float
    share: bool

    @classmethod
    def of(cls, one: dict[str, Any]) -> _Grid:
        """The measures that fit the block."""
        numbered = len(one["rows"]) * len(one["columns"]) <= _NUMBERED
        cell = _WIDE_CELL if numbered else _NARROW_CELL
        longest = _LETTER * max(len(name) for name in one["columns"])
        upright = longest > cell - 4
        left = 14 + _LETTER * max(len(name) for name in one["rows"])
        high = one["high"]
        if high is None:
            high = max((value for row in one["values"] for value in row if value is not None), default=1.0)
        return cls(
            numbered, cell, left, 12 + (longest if upright else 14), upright, one["low"] or 0.0, high, one["share"]
        )

    def fullness(self, value: float | None) -> float:
        """How full in colour a value's square is, 0 to 1."""
        if value is None or self.high <= self.low:
            return 0.0
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


def heatmap(one: dict[str, Any], key: str) -> str:
    """The grid, and under it the line that tells what is pointed at."""
    rows, columns, values = one["rows"], one["columns"], one["values"]
    if not rows or not columns:
        return "<p>There are no values to draw.</p>"
    grid = _Grid.of(one)
    drawn = [_column_name(name, at, grid) for at, name in enumerate(columns)]
    drawn += [_row_name(name, at, grid) for at, name in enumerate(rows)]
    drawn += [_one_cell(values[r][c], r, c, grid) for r in range(len(rows)) for c in range(len(columns))]
    width, height = grid.left + grid.cell * len(columns), grid.top + grid.cell * len(rows)
    alt = escape(one.get("alt") or one["title"])
    called = f'data-row-name="{escape(one["row_name"])}" data-column-name="{escape(one["column_name"])}"'
    numbered = " numbered" if grid.numbered else ""
    widths = f"max-width:{1.12 * width:.0f}px;min-width:{(0.8 if grid.numbered else 0.55) * width:.0f}px"
    label = f"{alt}. Arrow keys move from cell to cell."
    return (
        f'<div class="heat{numbered}" data-heatmap {called} tabindex="0" role="group" aria-label="{label}"'
        f' aria-describedby="{key}-said"><svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{alt}"'
        f' style="{widths}">{"".join(drawn)}</svg></div>'
        f'<p class="said" id="{key}-said" aria-live="polite">Point at a square, or move with the arrow keys.</p>'
    )


def _column_name(name: str, at: int, grid: _Grid) -> str:
    x, y = grid.left + grid.cell * (at + 0.5), grid.top - 7
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="middle"'
    if grid.upright:
        place = f'transform="translate({x + 4:.1f} {y:.1f}) rotate(-90)" text-anchor="start"'
    return f'<text class="name" data-column="{at}" {place}>{escape(name)}</text>'


def _row_name(name: str, at: int, grid: _Grid) -> str:
    y = grid.top + grid.cell * (at + 0.5) + 4
    place = f'x="{grid.left - 7:.1f}" y="{y:.1f}" text-anchor="end"'
    return f'<text class="name" data-row="{at}" {place}>{escape(name)}</text>'


def _one_cell(value: float | None, r: int, c: int, grid: _Grid) -> str:
    """A square, as full in colour as its value is high; with the value where there is room."""
    x, y, side = grid.left + grid.cell * c, grid.top + grid.cell * r, grid.cell - 2
    said = "–" if value is None else (percent(value) if grid.share else plain(value))
    drawn = (
        f'<rect class="cell" data-r="{r}" data-c="{c}" data-v="{escape(said)}" x="{x + 1:.1f}" y="{y + 1:.1f}"'
        f' width="{side:.1f}" height="{side:.1f}" rx="3" style="--full:{0.04 + 0.96 * grid.fullness(value):.3f}"/>'
    )
    if not grid.numbered or value is None:
        return drawn
    middle, base = x + grid.cell / 2, y + grid.cell / 2 + 4
    return (
        f'{drawn}<text class="in-cell" x="{middle:.1f}" y="{base:.1f}" text-anchor="middle" aria-hidden="true">'
        f"{_short(value, share=grid.share)}</text>"
    )


def _short(value: float, *, share: bool) -> str:
    """The value in few letters, as a square holds it."""
    if share:
        return f"{100 * value:.1f}" if 0.0005 <= value < 0.9995 else f"{100 * value:.0f}"
    if float(value).is_integer() and abs(value) < 1e5:
        return f"{value:.0f}".replace("-", "−")
    return (f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}").replace("-", "−")
