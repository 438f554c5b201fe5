"""Make the shipped weights anew: `python -m week1.dinosaur_island.make_assets` (a few minutes, seeded).

Trains an ensemble on the shipped list of genera, a tenth of them held out, writes `assets/weights.npz` and enters its
hash into `common/assets.json`. The list itself is facts compiled by hand; `assets/SOURCES.md` says how.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from common.assets import PROJECT, record_shipped
from common.cli import guard, progress
from week1.dinosaur_island.data import load_names, split_names
from week1.dinosaur_island.model import ModelConfig
from week1.dinosaur_island.train import Progress, TrainConfig, train

ASSETS = PROJECT / "week1" / "dinosaur_island" / "assets"
MEMBERS = 3


def make_weights(path: Path) -> float:
    """Train and write the weights; returns the ensemble's cross-entropy on the held-out names (nats per character)."""
    names = load_names(ASSETS / "genera.txt")
    config = TrainConfig(members=MEMBERS)
    with progress(total=config.epochs * MEMBERS, description="training", unit="epoch") as bar:

        def report(member: int, state: Progress) -> None:
            bar.update(1)

        ensemble, _ = train(names, model=ModelConfig(1), config=config, report=report)
    _, held_out = split_names(names, held_out=config.held_out, seed=config.seed)
    loss = ensemble.cross_entropy(held_out)
    ensemble.notes["held-out cross-entropy (nats per character)"] = loss
    ensemble.save(path, dtype=np.float16)
    return loss


def main() -> int:
    """Write the weights and record both shipped files."""
    record_shipped("dinosaur-names", ASSETS / "genera.txt")
    path = ASSETS / "weights.npz"
    loss = make_weights(path)
    record_shipped("dinosaur-weights", path, what="networks trained on the shipped dinosaur names")
    print(f"{path.relative_to(PROJECT)}: {path.stat().st_size} bytes, held-out cross-entropy {loss:.4f} nats")
    return 0


if __name__ == "__main__":
    sys.exit(guard(main))
