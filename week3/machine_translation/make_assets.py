"""Make the shipped weights anew: `python -m week3.machine_translation.make_assets [dates] [languages]` (seeded).

Trains each task with the verb's default settings, writes `assets/TASK.npz` in half precision with what it scores on
held-out dates, and enters it into `common/assets.json`.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from common.assets import PROJECT, record_shipped
from common.cli import guard
from common.errors import InputError
from common.quiet_import import hush_tensorflow
from week3.machine_translation.data import TASKS
from week3.machine_translation.measures import exact_match
from week3.machine_translation.train import TrainConfig, default_config, draw_pairs, train
from week3.machine_translation.trained import ASSETS, TrainedTranslator
from week3.machine_translation.translate import translate

FOLDER = PROJECT / "week3" / "machine_translation" / "assets"
_WHAT = {"dates": "the date translator trained here", "languages": "the translator into six languages trained here"}


def make_weights(
    task: str, path: Path, config: TrainConfig | None = None, *, progress: bool = True
) -> TrainedTranslator:
    """Train a task's translator and write it in half precision; returns it as the file holds it."""
    config = config or default_config(task)
    trained, _ = train(task, config, progress=progress)
    trained.save(path, dtype=np.float16)
    rounded = TrainedTranslator.load(path)
    pairs = draw_pairs(rounded.task, dataclasses.replace(config, slips=0.0), "test", 2000)
    texts = [one.text for one in translate(rounded, pairs.sources)]
    rounded.notes["result"]["test exact match"] = exact_match(texts, pairs.targets)
    rounded.save(path, dtype=np.float16)
    return rounded


def main(names: Sequence[str]) -> int:
    """Make the named tasks' weights, or all."""
    hush_tensorflow()
    for name in names:
        if name not in TASKS:
            raise InputError(f"there is no task {name!r}; choose from {', '.join(TASKS)}")
    for task in names or TASKS:
        path = FOLDER / f"{task}.npz"
        trained = make_weights(task, path)
        record_shipped(ASSETS[task], path, what=_WHAT[task])
        share = trained.notes["result"]["test exact match"]
        print(f"{path.relative_to(PROJECT)}: {path.stat().st_size} bytes; {share:.2%} of held-out texts exact")
    return 0


if __name__ == "__main__":
    sys.exit(guard(lambda: main(sys.argv[1:])))
