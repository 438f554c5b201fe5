"""The blocks of `common/page_blocks.py` as HTML. A kind that is not known, or a damaged block, shows as a sentence."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from common.report.numbers import number, percent, plain
from common.report.sounds import clip, roll
from common.report.svg_charts import lines, points
from common.report.svg_grid import heatmap

Block = dict[str, Any]
_EMBEDDED = 600_000  # bytes of a picture that the page carries itself
_TYPES = {".png": "image/png", ".svg": "image/svg+xml", ".jpg": "image/jpeg", ".webp": "image/webp"}
WIDE = {"roll", "clip", "points", "table", "pairs"}
"""Kinds that take the whole width."""


def block(one: Block, folder: Path, place: str, key: str) -> str:
    """One block as a figure of the page.

    Args:
        one: the block.
        folder: the run folder, for the files that it names.
        place: the same folder, relative to the page.
        key: what makes its element's ids unique.
    """
    try:
        drawn = _KINDS[str(one["kind"])](one, folder, place, key)
        title = escape(str(one.get("title", "")))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ZeroDivisionError, OSError) as error:
        return f'<p class="problem">A part of this run cannot be shown ({escape(repr(error))}).</p>'
    wide = " wide" if one["kind"] in WIDE or (one["kind"] == "heatmap" and len(one["columns"]) > 9) else ""
    return f'<figure class="block{wide}"><figcaption>{title}</figcaption>{drawn}</figure>'


def _text(one: Block, folder: Path, place: str, key: str) -> str:
    look = one.get("look", "prose")
    if look == "code":
        return f'<pre class="code" tabindex="0">{escape(one["text"])}</pre>'
    if look == "verse":
        return f'<p class="verse">{escape(one["text"])}</p>'
    return "".join(f"<p>{escape(part)}</p>" for part in str(one["text"]).split("\n\n"))


def _words(one: Block, folder: Path, place: str, key: str) -> str:
    return f'<ul class="words">{"".join(f"<li>{escape(item)}</li>" for item in one["items"])}</ul>'


def _pairs(one: Block, folder: Path, place: str, key: str) -> str:
    rows = "".join(
        f"<li><span class='in'>{escape(before)}</span><span class='arrow' aria-hidden='true'>→</span>"
        f"<span class='out'>{escape(after)}</span><span class='remark'>{escape(remark)}</span></li>"
        for before, after, remark in one["rows"]
    )
    return f'<ul class="pairs">{rows}</ul>'


def _table(one: Block, folder: Path, place: str, key: str) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in one["columns"])
    rows = "".join(f"<tr>{''.join(_cell(cell, at) for at, cell in enumerate(row))}</tr>" for row in one["rows"])
    note = f'<p class="note">{escape(one["note"])}</p>' if one.get("note") else ""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(one["title"])}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{note}"
    )


def _cell(cell: Any, at: int) -> str:
    if isinstance(cell, str) or cell is None:
        text = escape(cell or "")
        return f'<th scope="row">{text}</th>' if at == 0 else f"<td>{text}</td>"
    return f'<td class="number">{number(cell)}</td>'


def _bars(one: Block, folder: Path, place: str, key: str) -> str:
    rows = one["rows"]
    most = one.get("most") or max((abs(row["value"] or 0) for row in rows), default=0) or 1
    drawn = "".join(_bar(row, most) for row in rows)
    name = f'<p class="axis-name">{escape(one["value_name"])}</p>' if one.get("value_name") else ""
    return f'<ul class="bars">{drawn}</ul>{name}'


def _bar(row: Block, most: float) -> str:
    value = row["value"] or 0
    shown = escape(row["text"]) if row.get("text") else plain(value)
    width = min(100, max(0.5, 100 * abs(value) / most))
    sign = " negative" if value < 0 else ""
    return (
        f'<li><span class="label">{escape(row["label"])}</span><span class="track" aria-hidden="true">'
        f'<span class="fill{sign}" style="width:{width:.1f}%"></span></span><span class="value">{shown}</span></li>'
    )


def picture(figure: dict[str, str], folder: Path, place: str) -> str:
    """A picture of a run folder, carried by the page where it is not too big, as a figure with its title."""
    source = picture_source(folder, figure["file"], place)
    title, alt = escape(figure["title"]), escape(figure["alt"] or figure["title"])
    if source is None:
        return f'<p class="problem">The picture {escape(figure["file"])} is missing.</p>'
    return (
        f'<figure class="block picture"><figcaption>{title}</figcaption>'
        f'<img src="{source}" alt="{alt}" decoding="async"></figure>'
    )


def picture_source(folder: Path, file: str, place: str) -> str | None:
    """What the `src` of a picture's element says: its content, or where it is; None where it is missing."""
    path = inside(folder, file)
    if path is None:
        return None
    kind = _TYPES.get(path.suffix.lower())
    if kind and path.stat().st_size <= _EMBEDDED:
        return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"
    return escape(quote(f"{place}/{file}"))


def inside(folder: Path, file: str) -> Path | None:
    """The file of this name in the folder; None where it is missing or would lie outside."""
    path = folder / file
    if not path.is_file() or not os.path.realpath(path).startswith(os.path.realpath(folder) + os.sep):
        return None
    return path


def _lines(one: Block, folder: Path, place: str, key: str) -> str:
    return lines(one)


def _points(one: Block, folder: Path, place: str, key: str) -> str:
    return points(one)


def _heatmap(one: Block, folder: Path, place: str, key: str) -> str:
    return heatmap(one, key)


def _roll(one: Block, folder: Path, place: str, key: str) -> str:
    return roll(one, _sound(one, folder, place), key)


def _clip(one: Block, folder: Path, place: str, key: str) -> str:
    source = picture_source(folder, one["picture"], place) if one.get("picture") else None
    return clip(one, _sound(one, folder, place), source, key)


def _sound(one: Block, folder: Path, place: str) -> str:
    if not one.get("sound") or inside(folder, one["sound"]) is None:
        return ""
    return escape(quote(f"{place}/{one['sound']}"))


_KINDS: dict[str, Callable[[Block, Path, str, str], str]] = {
    "text": _text,
    "words": _words,
    "pairs": _pairs,
    "table": _table,
    "bars": _bars,
    "lines": _lines,
    "points": _points,
    "heatmap": _heatmap,
    "roll": _roll,
    "clip": _clip,
}

__all__ = ["WIDE", "block", "inside", "percent", "picture", "picture_source"]
