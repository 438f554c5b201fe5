"""Make the shipped piece and weights anew: `python -m week1.jazz_solo.make_assets` (about a minute, seeded).

Composes the piece (`compose.py`), writes it to `assets/four_changes.mid`, trains on that file with the verb's default
settings, writes `assets/solo_weights.npz`, and enters both into `common/assets.json`.
"""

from __future__ import annotations

import sys

import numpy as np

from common.assets import PROJECT, record_shipped
from common.cli import guard
from common.midi import write_midi
from common.quiet_import import hush_tensorflow
from week1.jazz_solo.compose import compose
from week1.jazz_solo.evaluate import held_out_cross_entropy
from week1.jazz_solo.piece import read_piece
from week1.jazz_solo.train import TrainConfig, train

ASSETS = PROJECT / "week1" / "jazz_solo" / "assets"
SEED = 0


def main() -> int:
    """Write both files and record them."""
    hush_tensorflow()
    midi = write_midi(compose(SEED)[0], ASSETS / "four_changes.mid")
    record_shipped("jazz-piece", midi)
    piece = read_piece(midi)
    network, result = train([piece], TrainConfig(seed=SEED))
    measured = held_out_cross_entropy(network, [piece])
    network.notes["held-out cross-entropy (nats per token)"] = measured.network
    weights = network.save(ASSETS / "solo_weights.npz", dtype=np.float16)
    record_shipped("jazz-weights", weights, what="a network trained on the shipped jazz piece")
    print(f"{midi.relative_to(PROJECT)}: {midi.stat().st_size} bytes, {len(piece.notes)} notes of solo")
    print(f"{weights.relative_to(PROJECT)}: {weights.stat().st_size} bytes, best of {result.epochs} epochs")
    print(
        f"held-out bars, nats per token: {measured.network:.3f}; the best n-gram {measured.ngram:.3f}, "
        f"a uniform guess {measured.uniform:.3f}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(guard(main))
