"""Compose the shipped sentences and train the shipped weights anew: `python -m week2.sentiment.make_assets`.

Two minutes on one core, seeded, from the shipped word vectors. Writes `assets/sentences_train.csv`,
`assets/sentences_test.csv`, `assets/average_weights.npz` and `assets/lstm_weights.npz` (float16), notes in each how it
does on the test sentences, and enters the files into `common/assets.json`. Another processor or library version rounds
otherwise and so ends with other numbers.
"""

from __future__ import annotations

import sys

from common.assets import PROJECT, catalogue, record_shipped
from common.atomic import write_text
from common.cli import guard
from common.glove import load_vectors
from common.sentence_classifier.making import make_weights, record_weights
from week2.sentiment.composing.compose import TEST as TEST_PART
from week2.sentiment.composing.compose import TRAINING, compose
from week2.sentiment.data import TEST, TRAIN, load_reviews
from week2.sentiment.run import TASK, as_csv
from week2.sentiment.settings import COMPOSED, TESTED

ASSETS = PROJECT / "week2" / "sentiment" / "assets"


def main() -> int:
    """Write and record all shipped files."""
    parts = (TRAIN, TRAINING, COMPOSED, "sentences_train.csv"), (TEST, TEST_PART, TESTED, "sentences_test.csv")
    for name, part, count, file in parts:
        path = write_text(ASSETS / file, as_csv(compose(count, part=part)))
        record_shipped(name, path, what=f"composed reviews with stars, {part}")
    vectors = load_vectors(PROJECT / catalogue()["glove-50d"]["shipped"])
    data, test = (load_reviews(ASSETS / file) for _, _, _, file in parts)
    paths = make_weights(ASSETS, data, test, vectors, TASK.usual)
    record_weights(TASK, paths, what="stars, trained on the composed reviews")
    return 0


if __name__ == "__main__":
    sys.exit(guard(main))
