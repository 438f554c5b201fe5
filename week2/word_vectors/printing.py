"""Answers as a table or as JSON on standard output, and both in the run folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from common.run_folder import RunFolder


def finish(run: RunFolder, text: str, content: dict[str, Any], *, as_json: bool) -> None:
    """Print the text, or the content as JSON, and leave both in the run folder."""
    written = json.dumps(content, indent=2, ensure_ascii=False)
    print(written if as_json else text)
    run.text("answers.txt", text + "\n", title="Answers")
    run.file("answers.json", title="answers as JSON").write_text(written + "\n", encoding="utf-8")


def columns(rows: Sequence[Sequence[str]], align: str) -> str:
    """Rows of texts under each other; `align` has "<" or ">" a column."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(f"{cell:{way}{width}}" for cell, way, width in zip(row, align, widths, strict=True)).rstrip()
        for row in rows
    )


def scored(found: Sequence[tuple[str, float]], name: str) -> list[dict[str, Any]]:
    """(word, value) pairs as JSON records."""
    return [{"word": word, name: value} for word, value in found]
