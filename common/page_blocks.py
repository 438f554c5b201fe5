"""What a run can show on the page of results, as plain values: `run.show(lines("Loss", ...))`.

The page knows these kinds and no assignment. Numbers may be NumPy's; they are kept to five significant digits. Every
block has a title; where a picture says something that a title does not, `alt` says it for those who do not see it.

    run.show(pairs("Dates", [("3 May 1979", "1979-05-03", "99.96 %")]))
    run.show(lines("Loss", {"training": losses}, x_name="epoch", y_name="nats"))
    run.show(heatmap("Where it looked", weights, rows="1979", columns="3 may", row_name="written", column_name="read"))
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Block = dict[str, Any]


def text(title: str, content: str, *, look: str = "prose") -> Block:
    """A text; `look` is "prose", "verse" (lines as they are, in a book's type) or "code" (in columns)."""
    return {"kind": "text", "title": title, "text": content, "look": look}


def words(title: str, items: Iterable[str]) -> Block:
    """Short pieces of text side by side: names that were invented, nearest words."""
    return {"kind": "words", "title": title, "items": [str(item) for item in items]}


def pairs(title: str, rows: Iterable[Sequence[str]]) -> Block:
    """What went in and what came out: rows of (in, out) or (in, out, remark)."""
    plain = [[str(cell) for cell in (*row, "")[:3]] for row in rows]
    return {"kind": "pairs", "title": title, "rows": plain}


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, note: str = "") -> Block:
    """A table; cells are texts or numbers, None is an empty one."""
    return {
        "kind": "table", "title": title, "columns": list(columns), "note": note,
        "rows": [[cell if cell is None or isinstance(cell, str) else _number(cell) for cell in row] for row in rows],
    }  # fmt: skip


def bars(
    title: str,
    rows: Iterable[tuple[str, float]] | Iterable[tuple[str, float, str]],
    *,
    most: float | None = None,
    value_name: str = "",
) -> Block:
    """A bar a row: (label, value), or (label, value, what stands at its end); `most` is the full length's value."""
    plain = [{"label": row[0], "value": _number(row[1]), "text": row[2] if len(row) > 2 else None} for row in rows]
    return {"kind": "bars", "title": title, "rows": plain, "most": _number(most), "value_name": value_name}


def lines(
    title: str,
    series: Mapping[str, Sequence[float]],
    *,
    x: Sequence[float] | None = None,
    x_name: str = "",
    y_name: str = "",
    log: bool = False,
    alt: str = "",
) -> Block:
    """Curves by name, over `x` (by default 1, 2, 3 ...); `log` for a logarithmic scale upwards."""
    curves = [{"name": name, "y": [_number(value) for value in values]} for name, values in series.items()]
    count = max((len(curve["y"]) for curve in curves), default=0)
    places = [_number(value) for value in (range(1, count + 1) if x is None else x)]
    return {
        "kind": "lines", "title": title, "x": places, "series": curves, "x_name": x_name, "y_name": y_name,
        "log": log, "alt": alt,
    }  # fmt: skip


def points(
    title: str,
    labels: Sequence[str],
    places: Sequence[Sequence[float]],
    centres: Sequence[Sequence[float]],
    *,
    box: tuple[float, float],
    groups: Sequence[int] = (),
    alt: str = "",
) -> Block:
    """Labelled points in a box.

    Args:
        labels: their names.
        places: (n, 2) where the points lie in the box, from its lower left corner.
        centres: (n, 2) where the middles of the labels lie; letters are 12.5 high and some 7 wide.
        box: its width and height; the page draws it some 760 wide.
        groups: 0, 1, ...: told by colour.
    """
    rows = [
        {
            "label": label, "x": _number(x), "y": _number(y), "label_x": _number(label_x), "label_y": _number(label_y),
            "group": int(groups[at]) if len(groups) else 0,
        }
        for at, (label, (x, y), (label_x, label_y)) in enumerate(zip(labels, places, centres, strict=True))
    ]  # fmt: skip
    return {"kind": "points", "title": title, "points": rows, "box": [_number(side) for side in box], "alt": alt}


def heatmap(
    title: str,
    values: Sequence[Sequence[float]],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    row_name: str = "row",
    column_name: str = "column",
    low: float = 0.0,
    high: float | None = None,
    share: bool = False,
    alt: str = "",
) -> Block:
    """A value for each row and column, as shades from `low` to `high` (the largest); `share`: as per cents."""
    plain = [[_number(value) for value in row] for row in values]
    return {
        "kind": "heatmap", "title": title, "values": plain, "rows": [str(one) for one in rows],
        "columns": [str(one) for one in columns], "row_name": row_name, "column_name": column_name,
        "low": _number(low), "high": _number(high), "share": share, "alt": alt,
    }  # fmt: skip


def roll(
    title: str,
    parts: Mapping[str, Iterable[tuple[float, float, int]]],
    *,
    seconds: float,
    sound: str = "",
    bars: Iterable[float] = (),
    marks: Iterable[tuple[float, str]] = (),
    alt: str = "",
) -> Block:
    """A piano roll that follows the playback of a sound of this run.

    Args:
        parts: by name, notes as (start, end, pitch) in seconds and MIDI numbers; the first part stands out.
        seconds: how long it is.
        sound: the sound's file name in the run folder; without it the roll stands still.
        bars: when bars begin, in seconds.
        marks: (seconds, text) above the notes: chord symbols.
    """
    return {
        "kind": "roll", "title": title, "sound": sound, "seconds": _number(seconds), "alt": alt,
        "parts": [
            {"name": name, "notes": [[_number(start), _number(end), int(pitch)] for start, end, pitch in notes]}
            for name, notes in parts.items()
        ],
        "bars": [_number(time) for time in bars],
        "marks": [[_number(time), str(mark)] for time, mark in marks],
    }  # fmt: skip


def clip(
    title: str,
    sound: str,
    *,
    seconds: float,
    curve: Sequence[float] = (),
    curve_name: str = "probability",
    threshold: float | None = None,
    picture: str = "",
    marks: Iterable[tuple[float, float, str]] = (),
    alt: str = "",
) -> Block:
    """A sound with what was heard in it: a picture over its whole length, and a curve between 0 and 1 under it.

    Args:
        sound: the sound's file name in the run folder.
        seconds: how long it is.
        curve: values between 0 and 1 at equal distances from the beginning to the end.
        threshold: a line across the curve.
        picture: file name of an image without margins that spans the sound from left to right (a spectrogram).
        marks: (from, to, text) in seconds: what was found.
    """
    return {
        "kind": "clip", "title": title, "sound": sound, "seconds": _number(seconds), "picture": picture, "alt": alt,
        "curve": [_number(value) for value in curve], "curve_name": curve_name, "threshold": _number(threshold),
        "marks": [[_number(start), _number(end), str(mark)] for start, end, mark in marks],
    }  # fmt: skip


def _number(value: Any) -> Any:
    """The number as JSON can hold it: five significant digits; None where there is none (also for nan, infinity)."""
    if value is None or isinstance(value, (bool, int)):
        return value
    number = float(value)
    return float(f"{number:.5g}") if math.isfinite(number) else None
