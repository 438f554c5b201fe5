"""Train the shipped weights anew on the shipped verse: `python -m week1.shakespeare.make_assets`.

A few minutes on two cores, seeded. Writes `assets/verse_model.npz` (float16) and enters both shipped files into
`common/assets.json`. Another processor or library version rounds otherwise and so ends with other numbers.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from common.assets import PROJECT, record_shipped
from common.cli import guard
from week1.shakespeare.data import MODEL, encode, load_text, split_three
from week1.shakespeare.evaluate import score
from week1.shakespeare.model import ModelConfig
from week1.shakespeare.train import TrainConfig, describe, train
from week1.shakespeare.trained import TrainedModel

if TYPE_CHECKING:
    from common.training import TrainingResult

ASSETS = PROJECT / "week1" / "shakespeare" / "assets"


def make_weights(
    path: Path, text: str, *, model: ModelConfig | None = None, config: TrainConfig | None = None
) -> TrainingResult:
    """Train on `text`, write the weights, and note their cross-entropy on the held-out end of the text in them."""
    config = config or TrainConfig()
    trained, result = train(text, model=model, config=config, progress=True)
    trained = TrainedModel.load(trained.save(path, dtype=np.float16))
    held_out = split_three(text, held_out=config.held_out, window=trained.config.window).held_out
    found = score(trained.network(), encode(held_out, trained.vocabulary))
    trained.notes["held-out cross-entropy (nats per character)"] = round(found.cross_entropy, 4)
    trained.save(path, dtype=np.float16)
    return result


def main() -> int:
    """Write the weights and record both shipped files."""
    verse, weights = ASSETS / "verse.txt", ASSETS / "verse_model.npz"
    result = make_weights(weights, load_text(verse))
    record_shipped("shakespeare-text", verse)
    record_shipped(MODEL, weights, what="the character model trained on the shipped verse")
    print(describe(result))
    loss = TrainedModel.load(weights).notes["held-out cross-entropy (nats per character)"]
    print(f"{weights.relative_to(PROJECT)}: {weights.stat().st_size} bytes, held-out cross-entropy {loss} nats")
    return 0


if __name__ == "__main__":
    sys.exit(guard(main))
