"""What was said above what was heard: an alignment as text.

print(alignment("three one four", "three nine four"))

said   three one  four
heard  three nine four
             S
"""

from __future__ import annotations

from common.error_rate import align

_GAP = "*"


def alignment(said: str, heard: str) -> str:
    """Both texts word above word, and under each wrong one S (substituted), D (missing) or I (too many)."""
    pairs = align(said.split(), heard.split())
    rows: list[list[str]] = [["said"], ["heard"], [""]]
    for ours, theirs in pairs:
        mark = "D" if theirs is None else "I" if ours is None else "" if ours == theirs else "S"
        shown = [_GAP * len(theirs) if ours is None else ours, _GAP * len(ours) if theirs is None else theirs, mark]
        width = max(map(len, shown))
        for row, cell in zip(rows, shown, strict=True):
            row.append(cell.ljust(width))
    return "\n".join(f"{row[0]:6} {' '.join(row[1:])}".rstrip() for row in rows)
