"""Numbers as people read them, as HTML: shares as per cents, times in fitting units, powers of ten as such."""

from __future__ import annotations

import math
from html import escape
from typing import Any

NARROW = "\u202f"  # a narrow space that does not break
_INITIALS = {"rnn", "gru", "lstm", "ctc"}
_LOW, _HIGH = 1e-3, 1e6


def number(value: Any, unit: str = "") -> str:
    """The value with its unit, as HTML; "–" where there is no number."""
    if value is None or isinstance(value, str) or not math.isfinite(value):
        return "–" if value is None or not isinstance(value, str) else escape(value)
    if unit.split(" ")[0] == "share":
        return f"{percent(value)}{_after(unit.removeprefix('share').strip())}"
    if unit == "s":
        return duration(value)
    return f"{plain(value)}{_after(unit)}"


def _after(unit: str) -> str:
    return f'{NARROW}<span class="unit">{escape(unit)}</span>' if unit else ""


def plain(value: float) -> str:
    """Four significant digits; whole numbers whole, thousands apart; very small and large ones as powers of ten."""
    if value == 0:
        return "0"
    if not _LOW <= abs(value) < _HIGH:
        mantissa, _, exponent = f"{value:.1e}".partition("e")
        return f"{mantissa.replace('-', '−')}{NARROW}×{NARROW}10<sup>{str(int(exponent)).replace('-', '−')}</sup>"
    if float(value).is_integer() or abs(value) >= 1000:
        return f"{value:,.0f}".replace(",", NARROW).replace("-", "−")
    digits = max(0, 3 - math.floor(math.log10(abs(value))))
    return f"{value:.{digits}f}".replace("-", "−")


def percent(value: float) -> str:
    """A share as per cent, one decimal where it is not whole; what is not quite all or nothing does not read so."""
    hundred = 100 * value
    text = f"{hundred:.0f}" if abs(hundred - round(hundred)) < 1e-9 else f"{hundred:.1f}"
    text = {"100.0": "99.9" if value < 1 else "100.0", "0.0": "< 0.1", "-0.0": "0"}.get(text, text)
    return f"{text}{NARROW}%".replace("-", "−")


def duration(seconds: float) -> str:
    """A time: "12 ms", "6.3 s", "2 min 5 s"."""
    if seconds < 0.9995:
        return f"{1000 * seconds:.0f}{NARROW}ms" if seconds >= 0.0095 else f"{1000 * seconds:.1f}{NARROW}ms"
    if seconds < 59.95:
        return f"{seconds:.1f}{NARROW}s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}{NARROW}min" + (f" {rest}{NARROW}s" if rest else "")


def readable(name: str) -> str:
    """A folder's name as a title: "dinosaur_island" is "Dinosaur island", "week1" is "Week 1"."""
    words = name.replace("_", " ").replace("-", " ").split()
    text = " ".join(word.upper() if word in _INITIALS else word for word in words)
    head = text.rstrip("0123456789")
    if head and head != text and not head.endswith(" "):
        text = f"{head} {text[len(head) :]}"
    return text[:1].upper() + text[1:]
