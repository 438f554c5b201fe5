"""A finding: one thing that was looked at, how it stands, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

OK, NOTE, PROBLEM, SKIPPED = "ok", "note", "problem", "skipped"
_COUNTED = {OK: "ok", NOTE: "to note", PROBLEM: "in the way", SKIPPED: "skipped"}
_MARKS = {OK: "ok", NOTE: "note", PROBLEM: "PROBLEM", SKIPPED: "skipped"}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        group: under which heading it stands.
        name: what was looked at.
        state: "ok"; "note", where something optional is missing; "problem", where something named cannot work;
            "skipped".
        text: how it stands.
        advice: what to do; empty where there is nothing to do.
        needed_by: the assignments that use it ("week1.jazz_solo"); empty where all do.
    """

    group: str
    name: str
    state: str
    text: str
    advice: str = ""
    needed_by: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The finding as plain values."""
        return asdict(self) | {"needed_by": list(self.needed_by)}


def as_text(findings: list[Finding]) -> str:
    """The findings by group, then the counts."""
    lines: list[str] = []
    for group in dict.fromkeys(one.group for one in findings):
        inside = [one for one in findings if one.group == group]
        width = max(len(one.name) for one in inside)
        lines += ["", group]
        for one in inside:
            lines.append(f"  {_MARKS[one.state]:7}  {one.name:{width}}  {one.text}")
            if one.advice:
                lines.append(f"  {'':7}  {'':{width}}  -> {one.advice}")
    counted = (f"{sum(one.state == state for one in findings)} {words}" for state, words in _COUNTED.items())
    lines += ["", ", ".join(counted)]
    return "\n".join(lines[1:])
