"""Make the shipped vectors anew: `python -m week2.learning_embeddings.make_assets` (a minute or two, seeded).

Learns from the shipped corpus (`python -m week2.learning_embeddings.make_corpus` composes that one), writes
`assets/world.50d.txt.gz` and enters its hash into `common/assets.json`. The vectors stand in for GloVe's in all of the
week, wherever no other file is given.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from common.assets import PROJECT, record_shipped
from common.cli import guard, progress
from common.glove import WordVectors, write_vectors
from week2.learning_embeddings.data import find_corpus, read_corpus
from week2.learning_embeddings.evaluate import Quality, evaluate, load_questions
from week2.learning_embeddings.train import configure, train

VECTORS = PROJECT / "week2" / "learning_embeddings" / "assets" / "world.50d.txt.gz"
ALGORITHM, MINIMUM_COUNT, DECIMALS = "skip-gram", 1, 4


def make_vectors(path: Path) -> Quality:
    """Learn and write the vectors, rounded to 4 decimals as is usual for such files; returns how good they are."""
    corpus = read_corpus(find_corpus().path, minimum_count=MINIMUM_COUNT)
    with progress(total=100, description="learning", unit="%") as bar:
        trained = train(
            corpus,
            configure(ALGORITHM, kernel="numpy"),
            report=lambda stage, share, loss: bar.update(100 * share - bar.n),
        )
    vectors = np.round(trained.vectors, DECIMALS) + np.float32(0)  # no "-0.0"
    write_vectors(path, corpus.words, vectors)
    return evaluate(WordVectors(corpus.words, vectors), load_questions())


def main() -> int:
    """Write the vectors and record them."""
    quality = make_vectors(VECTORS)
    record_shipped("glove-50d", VECTORS)
    print(
        f"{VECTORS.relative_to(PROJECT)}: {VECTORS.stat().st_size} bytes, {quality.correct} of {quality.asked} "
        f"analogies right ({100 * quality.accuracy:.1f} %), similarities rho {quality.rho:.3f}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(guard(main))
