"""Train the shipped weights anew: `python -m week2.emojify.make_assets`.

About a minute on two cores, seeded, from the shipped sentences and the shipped word vectors. Writes
`assets/average_weights.npz` and `assets/lstm_weights.npz` (float16), notes in each how it does on the shipped test
sentences, and enters the shipped files into `common/assets.json`. Another processor or library version rounds otherwise
and so ends with other numbers.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from common.assets import PROJECT, catalogue, record_shipped
from common.cli import guard
from common.glove import WordVectors, load_vectors
from week2.emojify.data import TEST, TRAIN, LabelledSentences, load_sentences
from week2.emojify.evaluate import evaluate
from week2.emojify.finding import FILES, SHIPPED
from week2.emojify.model import ModelConfig
from week2.emojify.run import WINDOW
from week2.emojify.train import TrainConfig, train, train_average
from week2.emojify.trained import AVERAGE, LSTM, TrainedModel

ASSETS = PROJECT / "week2" / "emojify" / "assets"


def make_weights(
    folder: Path,
    data: LabelledSentences,
    test: LabelledSentences,
    vectors: WordVectors,
    *,
    model: ModelConfig | None = None,
    config: TrainConfig | None = None,
) -> list[Path]:
    """Train both versions and write their weights into `folder`, with the accuracy on `test` noted in them."""
    models = {
        AVERAGE: train_average(data, vectors),
        LSTM: train(data, vectors, model=model or ModelConfig(window=WINDOW), config=config, progress=True)[0],
    }
    paths = []
    for version, trained in models.items():
        path = folder / FILES[version]
        trained = TrainedModel.load(trained.save(path, dtype=np.float16))
        found = evaluate(trained, vectors, test)
        trained.notes["accuracy on the test sentences"] = {
            "all": round(found.accuracy, 4),
            **{kind: round(accuracy, 4) for kind, (accuracy, _) in found.by_kind.items()},
        }
        paths.append(trained.save(path, dtype=np.float16))
    return paths


def main() -> int:
    """Write the weights and record the shipped files."""
    sentences = {TRAIN: ASSETS / "sentences_train.csv", TEST: ASSETS / "sentences_test.csv"}
    vectors = load_vectors(PROJECT / catalogue()["glove-50d"]["shipped"])
    paths = make_weights(ASSETS, *map(load_sentences, sentences.values()), vectors)
    for name, path in sentences.items():
        record_shipped(name, path)
    for version, path in zip((AVERAGE, LSTM), paths, strict=True):
        record_shipped(SHIPPED[version], path, what=f"Emojify version {version} trained on the shipped sentences")
        notes = TrainedModel.load(path).notes["accuracy on the test sentences"]
        print(f"{path.relative_to(PROJECT)}: {path.stat().st_size} bytes, accuracy on the test sentences {notes}")
    return 0


if __name__ == "__main__":
    sys.exit(guard(main))
