"""Train the shipped weights anew: `python -m week1.language_models.make_assets` (some minutes on two cores, seeded).

Writes `assets/world_words.npz`, a language model over the words of the small composed world, and
`assets/name_tagger.npz`, the bidirectional tagger, both in float16, and enters them into `common/assets.json`. Each
file's notes say what it scores on held-out sentences. Another processor or library version rounds otherwise and so ends
with other numbers.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from common.assets import PROJECT, find, record_shipped
from common.cli import guard, say
from week1.language_models.data import CORPORA, Parts, load_text, split
from week1.language_models.evaluate import score
from week1.language_models.model import ModelConfig
from week1.language_models.settings import MODEL_DEFAULTS, TRAIN_DEFAULTS
from week1.language_models.tagging.compose import compose
from week1.language_models.tagging.data import Tagged
from week1.language_models.tagging.tagger import NameTagger
from week1.language_models.tagging.train import TaggerTraining, train_tagger
from week1.language_models.train import TrainConfig, describe, train
from week1.language_models.trained import TrainedModel

ASSETS = PROJECT / "week1" / "language_models" / "assets"
WORDS = 60_000
COMPOSED, TESTED = 4000, 1000


def make_language_model(
    path: Path, parts: Parts, *, model: ModelConfig | None = None, config: TrainConfig | None = None, words: int = WORDS
) -> str:
    """Train on `parts`, write the weights with their held-out figures in the notes; a line that says how it went."""
    model = model or ModelConfig(1, **MODEL_DEFAULTS["word"])
    config = config or TrainConfig(**TRAIN_DEFAULTS["word"])
    trained, result = train(parts, model=model, config=config, progress=True)
    trained = TrainedModel.load(trained.save(path, dtype=np.float16))
    found = score(trained, parts.held_out)
    trained.notes |= {
        "corpus": "world",
        "words": words,
        "held-out cross-entropy (nats per word)": round(found.cross_entropy, 4),
        "held-out bits per character": round(found.bits_per_character, 4),
    }
    trained.save(path, dtype=np.float16)
    return f"{path.name}: {describe(result)}; held out {found.cross_entropy:.4f} nats per word"


def make_tagger(
    path: Path, training: Sequence[Tagged], test: Sequence[Tagged], *, config: TaggerTraining | None = None
) -> str:
    """Train the bidirectional tagger, write it with its span F1 in the notes; a line that says how it went."""
    tagger, result = train_tagger(training, config=config, progress=True)
    tagger = NameTagger.load(tagger.save(path, dtype=np.float16))
    f1 = tagger.score(test)["all"].f1
    tagger.notes["span F1 on test sentences"] = round(f1, 4)
    tagger.save(path, dtype=np.float16)
    return f"{path.name}: {describe(result)}; span F1 {100 * f1:.2f} %"


def main() -> int:
    """Write both files and record them."""
    parts = split(load_text(find(CORPORA["world"]).path), words=WORDS)
    model, tagger = ASSETS / "world_words.npz", ASSETS / "name_tagger.npz"
    say("the language model ...")
    print(make_language_model(model, parts))
    say("the tagger ...")
    print(make_tagger(tagger, compose(COMPOSED, part="training"), compose(TESTED, part="test")))
    record_shipped("language-model", model, what="a language model over words, trained on the composed world")
    record_shipped("name-tagger", tagger, what="a bidirectional tagger of names, trained on composed sentences")
    for path in (model, tagger):
        print(f"{path.relative_to(PROJECT)}: {path.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(guard(main))
