"""The page of results, `out/index.html`, built from what the runs left; it knows no week and no assignment.

`collecting.py` reads the run folders, `page.py` puts the page together, `blocks.py` and the files named `svg_*.py` draw
what `common/page_blocks.py` describes, `numbers.py` writes numbers as people read them. `page.css` and `page.js` are
laid into the page, so that it needs no network; pictures are inside it, sounds beside it.
"""

from __future__ import annotations

from pathlib import Path

from common.atomic import write_text
from common.report.collecting import collect
from common.report.page import page


def build(out: str | Path) -> Path:
    """Build `index.html` in the folder of runs; returns its path."""
    out = Path(out)
    return write_text(out / "index.html", page(collect(out)))
