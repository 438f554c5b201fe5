"""Make the shipped recording and weights anew: `python -m week3.trigger_word.make_assets` (ten minutes, seeded).

Trains on the shipped clips of the split "train" with the verb's default settings, chooses the threshold on those of
"dev", writes `assets/weights.npz`, composes `assets/recording.ogg` of words of "test", and enters both into
`common/assets.json`. A call that was interrupted goes on where it was. The clips themselves come from `make_clips.py`;
`python -m week3.trigger_word evaluate` then tells how good the weights are.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

import numpy as np

from common.assets import PROJECT, record_shipped
from common.cli import guard
from common.quiet_import import hush_tensorflow, use_one_blas_thread
from common.run_folder import OUT
from week3.trigger_word.data import load_folder
from week3.trigger_word.front_end import LOG_MEL
from week3.trigger_word.network import TriggerNetwork
from week3.trigger_word.recordings import Recorder, RecordingConfig
from week3.trigger_word.shipped_clips import shipped_folder
from week3.trigger_word.sources import ASSIGNMENT, RECORDING, WEIGHTS

ASSETS = PROJECT / "week3" / "trigger_word" / "assets"
FOLDER = OUT / ASSIGNMENT / "make_assets"
SEED = 0
CHOICE_MINUTES = 60
_RECORDING = RecordingConfig(seconds=24.0, activates_per_minute=7.5, negatives_per_minute=15.0, kinds=("traffic",))


def main() -> int:
    """Write both files and record them."""
    hush_tensorflow()
    recording = make_recording(ASSETS / "recording.ogg")
    record_shipped(RECORDING, recording, what="spoken words before traffic, the trigger word among them")
    print(f"{recording.relative_to(PROJECT)}: {recording.stat().st_size:,} bytes")
    weights = make_weights(ASSETS / "weights.npz")
    record_shipped(WEIGHTS, weights)
    print(f"{weights.relative_to(PROJECT)}: {weights.stat().st_size:,} bytes")
    return 0


def make_recording(path: Path) -> Path:
    """24 s with three trigger words and six others, by voices of the test; returns the path."""
    import soundfile

    activates, negatives = (
        load_folder(shipped_folder("test", kind), rate=LOG_MEL.rate) for kind in ("activates", "negatives")
    )
    recording = Recorder(activates, negatives, config=_RECORDING, seed=SEED).recording(0)
    soundfile.write(path, recording.samples, LOG_MEL.rate, format="OGG", subtype="OPUS", compression_level=0.94)
    return path


def make_weights(path: Path) -> Path:
    """Train, choose the threshold for the weights as they are written, write them; returns the path."""
    from week3.trigger_word import run_train
    from week3.trigger_word.train import TrainConfig

    nothing = dict.fromkeys(("activates", "negatives", "backgrounds", "course", "start", "workers"))
    arguments = argparse.Namespace(**nothing, seed=SEED)
    config = TrainConfig(seed=SEED)
    learnt, held = run_train.words_to_train(arguments, LOG_MEL.rate)
    network, results = run_train.train_in_rounds(arguments, learnt, config, run_train.ROUNDS, FOLDER)
    rounded = {name: value.astype(np.float16).astype(np.float32) for name, value in network.parameters.items()}
    network = TriggerNetwork(network.config, rounded, network.front_end, network.notes | {"word": "activate"})
    score = run_train.choose(network, held, CHOICE_MINUTES, workers=os.cpu_count() or 1)
    print(run_train.describe_training(config, results))
    print(run_train.describe_choice(network, score))
    run_train.save(path, network, dtype=np.float16)
    shutil.rmtree(FOLDER, ignore_errors=True)
    return path


if __name__ == "__main__":
    use_one_blas_thread()
    sys.exit(guard(main))
