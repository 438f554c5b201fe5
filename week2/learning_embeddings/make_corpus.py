"""Compose the small world anew: `python -m week2.learning_embeddings.make_corpus` (some seconds, seeded).

Writes the text, the analogies and the judged pairs into `assets/` and enters their hashes into `common/assets.json`.
The vectors that are learnt from the text are made by `python -m week2.learning_embeddings.make_assets`.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

from common.assets import PROJECT, record_shipped
from common.atomic import write_bytes, write_text
from common.cli import guard
from week2.learning_embeddings.small_world.compose import compose
from week2.learning_embeddings.small_world.world import questions_text
from week2.learning_embeddings.small_world.world_similarities import similarities

ASSETS = PROJECT / "week2" / "learning_embeddings" / "assets"


def similarities_text() -> str:
    """The judged pairs as lines: word, tab, word, tab, score from 0 to 10."""
    return "".join(f"{first}\t{second}\t{score:g}\n" for first, second, score in similarities())


def make_corpus(folder: Path) -> list[Path]:
    """Write the text (gzip without a date, so the same bytes every time), the analogies and the pairs."""
    text = compose().encode("utf-8")
    return [
        write_bytes(folder / "world.txt.gz", gzip.compress(text, compresslevel=9, mtime=0)),
        write_text(folder / "world-analogies.txt", questions_text()),
        write_text(folder / "world-similarities.tsv", similarities_text()),
    ]


def main() -> int:
    """Write the three files and record them."""
    descriptions = {
        "world-corpus": "a composed text about a small world",
        "world-analogies": "analogies of the small world",
        "world-similarities": "pairs of words of the small world with a judgement of their similarity",
    }
    for path, (name, what) in zip(make_corpus(ASSETS), descriptions.items(), strict=True):
        record_shipped(name, path, what=what)
        print(f"{path.relative_to(PROJECT)}: {path.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(guard(main))
