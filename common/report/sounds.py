"""Sounds to be followed by eye: a piano roll, and a clip with its spectrogram and what was heard in it.

Both are drawn here, whole; the page's script moves a line over them while the sound plays.
"""

from __future__ import annotations

from html import escape
from typing import Any

from common.report.numbers import duration
from common.report.svg_charts import legend

_SECOND, _KEY, _TOP = 46, 5, 32  # points a second and a semitone; room for the marks above
_BLACK = (1, 3, 6, 8, 10)
_COLOURS = 6


def player(source: str, title: str, key: str = "") -> str:
    """The browser's own player, which keyboards and screen readers know."""
    name = f' id="{key}-sound"' if key else ""
    return f'<audio{name} controls preload="metadata" src="{source}" aria-label="{escape(title)}"></audio>'


def roll(one: dict[str, Any], source: str, key: str) -> str:
    """The block "roll": notes over time, and the player that it follows."""
    notes = [(start, end, pitch, part) for part, line in enumerate(one["parts"]) for start, end, pitch in line["notes"]]
    if not notes:
        return "<p>There are no notes to draw.</p>"
    low, high = min(note[2] for note in notes) - 2, max(note[2] for note in notes) + 2
    width, height = _SECOND * one["seconds"], _TOP + _KEY * (high - low + 1)
    drawn = _keys(low, high, width) + _bar_lines(one["bars"], height)
    drawn += _marks(one["marks"])
    for start, end, pitch, part in sorted(notes, key=lambda note: (-note[3], note[0])):
        drawn.append(
            f'<rect class="tone c{part % _COLOURS}" data-from="{start}" data-to="{end}" x="{_SECOND * start:.1f}"'
            f' y="{_TOP + _KEY * (high - pitch):.1f}" width="{max(2.0, _SECOND * (end - start) - 1):.1f}"'
            f' height="{_KEY - 0.6:.1f}" rx="1.5"/>'
        )
    drawn.append(f'<line class="head" x1="0" x2="0" y1="0" y2="{height}"/>')
    alt = escape(one.get("alt") or f"{len(notes)} notes in {duration(one['seconds'])}, {len(one['parts'])} parts")
    follows = f' data-follows="{key}-sound" data-seconds="{one["seconds"]}"' if source else ""
    return (
        f"{player(source, one['title'], key) if source else ''}"
        f'<div class="roll-box scroll" tabindex="0" role="region" aria-label="{escape(one["title"])}, notes"{follows}>'
        f'<svg class="notes" width="{width:.0f}" height="{height}" viewBox="0 0 {width:.0f} {height}" role="img"'
        f' aria-label="{alt}">{"".join(drawn)}</svg></div>{legend([part["name"] for part in one["parts"]])}'
    )


def _marks(marks: list[list[Any]]) -> list[str]:
    """The texts above the notes; one that would run into the one before stands lower."""
    drawn, end = [], -1.0
    for time, text in marks:
        x = _SECOND * time + 3
        y = 26 if x < end else 13
        drawn.append(f'<text class="mark" x="{x:.1f}" y="{y}">{escape(text)}</text>')
        end = x + 7.4 * len(text) + 2 if y == 13 else -1.0
    return drawn


def _keys(low: int, high: int, width: float) -> list[str]:
    """The rows of the black keys, and a line with a name under every C."""
    drawn = []
    for pitch in range(low, high + 1):
        y = _TOP + _KEY * (high - pitch)
        if pitch % 12 in _BLACK:
            drawn.append(f'<rect class="black" x="0" y="{y}" width="{width:.0f}" height="{_KEY}"/>')
        if pitch % 12 == 0:
            drawn.append(f'<line class="octave" x1="0" x2="{width:.0f}" y1="{y + _KEY}" y2="{y + _KEY}"/>')
    return drawn


def _bar_lines(bars: list[float], height: float) -> list[str]:
    return [
        f'<line class="bar" x1="{_SECOND * time:.1f}" x2="{_SECOND * time:.1f}" y1="{_TOP - 4}" y2="{height}"/>'
        for time in bars
    ]


def clip(one: dict[str, Any], source: str, picture: str | None, key: str) -> str:
    """The block "clip": the player, the spectrogram, under it the curve, and what was found as bands over both."""
    seconds = one["seconds"] or 1.0
    follows = f' data-follows="{key}-sound" data-seconds="{seconds}"' if source else ""
    alt = escape(one.get("alt") or f"{one['title']}: {_found(one)}")
    image = f'<img class="spectrogram" src="{picture}" alt="{alt}">' if picture else ""
    bands = "".join(
        f'<span class="band" style="left:{100 * start / seconds:.2f}%;'
        f'width:{max(0.4, 100 * (end - start) / seconds):.2f}%"><span>{escape(text)}</span></span>'
        for start, end, text in one["marks"]
    )
    return (
        f"{player(source, one['title'], key) if source else ''}"
        f'<div class="clip-box" tabindex="0" role="group" aria-label="{alt}"{follows}>{image}{_probability(one)}{bands}'
        f'<span class="head"></span></div><p class="times"><span>0{chr(0x202F)}s</span>'
        f"<span>{escape(one['curve_name'] if one['curve'] else '')}</span><span>{duration(seconds)}</span></p>"
        f'<p class="found">{escape(_found(one))}</p>'
    )


def _found(one: dict[str, Any]) -> str:
    found = [f"{text} from {start:.2f} s to {end:.2f} s" for start, end, text in one["marks"]]
    return "; ".join(found) if found else "nothing was found"


def _probability(one: dict[str, Any]) -> str:
    """The curve between 0 and 1 with its threshold, as wide as the box."""
    values = [value or 0.0 for value in one["curve"]]
    if len(values) < 2:
        return ""
    steps = [
        f"{1000 * at / (len(values) - 1):.1f} {100 - 100 * min(1.0, max(0.0, value)):.1f}"
        for at, value in enumerate(values)
    ]
    line = "L".join(steps)
    threshold = ""
    if one.get("threshold") is not None:
        y = 100 - 100 * one["threshold"]
        threshold = f'<line class="threshold" x1="0" x2="1000" y1="{y:.1f}" y2="{y:.1f}"/>'
    name = escape(f"{one['curve_name']}, highest {max(values):.2f}")
    return (
        f'<svg class="probability" viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label="{name}">'
        f'{threshold}<path class="area" d="M0 100L{line}L1000 100Z"/><path class="curve c0" d="M{line}"/></svg>'
    )
