"""One run on the page: what it was, its numbers beside their references, what it shows, its command, its files."""

from __future__ import annotations

import contextlib
from html import escape
from typing import Any
from urllib.parse import quote

from common.errors import InputError
from common.report.blocks import block, inside, picture
from common.report.collecting import Run
from common.report.numbers import duration, number, readable
from common.report.sounds import player
from common.text_files import read_text

_LONG_TEXT, _SHOWN_METRICS = 6000, 6


def run_section(run: Run, key: str) -> str:
    """The section of a run; `key` makes its ids unique."""
    title = run.summary or readable(run.name)
    time = "" if run.seconds is None else f'<span class="time">{duration(run.seconds)}</span>'
    return (
        f'<section class="run {escape(run.status)}" id="{key}" aria-labelledby="{key}-title"><div class="run-head">'
        f'<h4 id="{key}-title">{escape(title[:1].upper() + title[1:])}</h4>{time}</div>'
        f"{_trouble(run)}{_metrics(run)}{_shown(run, key)}{_command(run)}{_more(run)}</section>"
    )


def _trouble(run: Run) -> str:
    if run.status == "done":
        return ""
    if run.status == "unfinished":
        return '<p class="problem">This run was not finished; the same command goes on or begins anew.</p>'
    log = f'<pre class="code" tabindex="0">{escape(chr(10).join(run.log))}</pre>' if run.log else ""
    return f'<p class="problem"><b>Failed:</b> {escape(run.problem)}</p>{log}'


def _metrics(run: Run) -> str:
    """The numbers; where there are many, the first ones and the rest on demand."""
    if not run.metrics:
        return ""
    tiles = [_metric(one) for one in run.metrics]
    shown = f'<dl class="metrics">{"".join(tiles[:_SHOWN_METRICS])}</dl>'
    rest = tiles[_SHOWN_METRICS:]
    if rest:
        hidden = f'<dl class="metrics">{"".join(rest)}</dl>'
        shown += f'<details class="more"><summary>{len(rest)} more numbers</summary>{hidden}</details>'
    return shown


def _metric(one: dict[str, Any]) -> str:
    try:
        value, reference = one["value"], one.get("reference")
        beside = ""
        if reference is not None:
            unit = "share" if str(one["unit"]).startswith("share") else ("s" if one["unit"] == "s" else "")
            name = escape(str(one.get("reference_name") or "reference"))
            beside = f'<dd class="reference">{_verdict(one)}{name} {number(reference, unit)}</dd>'
        return f"<div><dt>{escape(str(one['name']))}</dt><dd>{number(value, str(one['unit']))}</dd>{beside}</div>"
    except (KeyError, TypeError, ValueError):
        return "<div><dt>a number that cannot be read</dt><dd>–</dd></div>"


def _verdict(one: dict[str, Any]) -> str:
    """A mark where the value is at least as good as its reference."""
    value, reference, better = one["value"], one["reference"], one.get("better")
    good = (better == "lower" and value <= reference) or (better == "higher" and value >= reference)
    return (
        '<span class="good" title="at least as good">✓<span class="unseen"> at least as good as </span></span> '
        if good
        else ""
    )


def _shown(run: Run, key: str) -> str:
    """Blocks, where the run has them; else its sounds, pictures and texts themselves."""
    parts = [block(one, run.folder, run.place, f"{key}-b{at}") for at, one in enumerate(run.blocks)]
    played = {one.get("sound") for one in run.blocks}
    parts += [_sound(one, run) for one in run.sounds if one["file"] not in played]
    if not run.blocks:
        parts += [picture(one, run.folder, run.place) for one in run.figures]
        parts += [_text(one, run) for one in run.texts]
    kept = [part for part in parts if part]
    return f'<div class="blocks">{"".join(kept)}</div>' if kept else ""


def _sound(one: dict[str, str], run: Run) -> str:
    if inside(run.folder, one["file"]) is None:
        return f'<p class="problem">The sound {escape(one["file"])} is missing.</p>'
    source = escape(quote(f"{run.place}/{one['file']}"))
    title = escape(one["title"])
    return f'<figure class="block wide"><figcaption>{title}</figcaption>{player(source, one["title"])}</figure>'


def _text(one: dict[str, str], run: Run) -> str:
    """A text of the run; nothing for one that is no plain text or that is meant for programs."""
    if inside(run.folder, one["file"]) is None or one["file"].endswith(".json"):
        return ""
    with contextlib.suppress(InputError):
        content = read_text(run.folder / one["file"])
        cut = content if len(content) <= _LONG_TEXT else content[:_LONG_TEXT] + "\n…"
        title = escape(one["title"])
        return (
            f'<figure class="block wide"><figcaption>{title}</figcaption>'
            f'<pre class="code" tabindex="0">{escape(cut.rstrip())}</pre></figure>'
        )
    return ""


def _command(run: Run) -> str:
    if not run.command:
        return ""
    return (
        f'<div class="command"><code>{escape(run.command)}</code>'
        '<button type="button" class="copy" hidden>Copy<span class="unseen"> the command</span></button></div>'
    )


def _more(run: Run) -> str:
    """The files of the run, and its pictures where blocks stand in their place."""
    names = [*run.files, *run.texts, *run.sounds, *([] if not run.blocks else run.figures)]
    items = "".join(
        f'<li><a href="{escape(quote(run.place + "/" + one["file"]))}">{escape(one["file"])}</a>'
        f" <span>{escape(one['title'])}</span></li>"
        for one in names
        if inside(run.folder, one["file"]) is not None
    )
    if not items:
        return ""
    return f'<details class="more files"><summary>Files</summary><ul>{items}</ul></details>'
