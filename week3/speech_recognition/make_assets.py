"""Make the shipped weights anew: `python -m week3.speech_recognition.make_assets` (seeded; eight minutes on two cores).

Trains both networks as `train` does by default, on composed sentences of the training voices: CTC from nothing, then
attention from CTC's encoder on. Writes `assets/ctc.npz` and `assets/attention.npz` and enters them into
`common/assets.json`. A call that was interrupted goes on where it was. The voices themselves come from `make_clips.py`;
`python -m week3.speech_recognition evaluate` then tells how good the weights are.
"""

from __future__ import annotations

import argparse
import shutil
import sys

from common.assets import PROJECT, record_shipped
from common.cli import guard
from common.quiet_import import use_one_blas_thread
from common.run_folder import OUT

FOLDER = OUT / "week3" / "speech_recognition" / "make_assets"
SEED = 0
_WHAT = {
    "ctc": "a recognizer of spoken digits and commands, trained with CTC",
    "attention": "the same with an attention decoder, trained with both losses",
}


def main() -> int:
    """Write both files and record them."""
    import numpy as np

    from week3.speech_recognition.data import ASSETS
    from week3.speech_recognition.run_train import trained_with_seed

    options = argparse.Namespace(**dict.fromkeys(("examples", "processes")))
    trained = trained_with_seed(options, SEED, list(_WHAT), FOLDER)
    for name, network in trained.items():
        path = network.save(ASSETS / f"{name}.npz", dtype=np.float16)
        record_shipped(f"speech-{name}", path, what=_WHAT[name])
        print(f"{path.relative_to(PROJECT)}: {network.config.n_parameters:,} parameters, {path.stat().st_size:,} bytes")
    shutil.rmtree(FOLDER, ignore_errors=True)
    return 0


if __name__ == "__main__":  # before NumPy is imported: more threads slow small matrices down
    use_one_blas_thread()
    sys.exit(guard(main))
