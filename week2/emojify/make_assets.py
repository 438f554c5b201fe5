"""Train the shipped weights anew: `python -m week2.emojify.make_assets`.

About a minute on two cores, seeded, from the shipped sentences and the shipped word vectors. Writes
`assets/average_weights.npz` and `assets/lstm_weights.npz` (float16), notes in each how it does on the shipped test
sentences, and enters the shipped files into `common/assets.json`. Another processor or library version rounds otherwise
and so ends with other numbers.
"""

from __future__ import annotations

import sys

from common.assets import PROJECT, catalogue, record_shipped
from common.cli import guard
from common.glove import load_vectors
from common.sentence_classifier.making import make_weights, record_weights
from week2.emojify.data import TEST, TRAIN, load_sentences
from week2.emojify.run import TASK

ASSETS = PROJECT / "week2" / "emojify" / "assets"


def main() -> int:
    """Write the weights and record the shipped files."""
    sentences = {TRAIN: ASSETS / "sentences_train.csv", TEST: ASSETS / "sentences_test.csv"}
    vectors = load_vectors(PROJECT / catalogue()["glove-50d"]["shipped"])
    data, test = map(load_sentences, sentences.values())
    paths = make_weights(ASSETS, data, test, vectors, TASK.usual)
    for name, path in sentences.items():
        record_shipped(name, path)
    record_weights(TASK, paths, what="Emojify trained on the shipped sentences")
    return 0


if __name__ == "__main__":
    sys.exit(guard(main))
