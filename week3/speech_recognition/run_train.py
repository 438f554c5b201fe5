"""What `train` does, and how `evaluate --seeds` trains: compose sentences, train, save the weights."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from common.cli import say
from common.errors import InputError
from common.page_blocks import lines
from common.run_folder import RunFolder
from week3.speech_recognition.alphabet import encode
from week3.speech_recognition.data import ASSIGNMENT, features, load_recordings
from week3.speech_recognition.examples import Example, make_examples
from week3.speech_recognition.run import load_network
from week3.speech_recognition.settings import EXAMPLES, model_config, train_config
from week3.speech_recognition.timing import measured_delay
from week3.speech_recognition.train import TrainingResult, describe, train
from week3.speech_recognition.trained import TrainedRecognizer
from week3.speech_recognition.transcribe import DELAY
from week3.speech_recognition.utterances import dev_composer, training_composer

DEV_SENTENCES = 200
_MOST_PROCESSES = 2


def run_train(arguments: argparse.Namespace) -> int:
    """Train one network; prints how the losses fell and where the weights are."""
    start = _start(arguments)
    own = _own_examples(arguments.recordings)
    count = arguments.examples or EXAMPLES
    examples, dev = composed_examples(count, arguments.seed, processes_of(arguments))
    with RunFolder(ASSIGNMENT, "train", arguments, folder=arguments.out) as run:
        say(f"{count:,} composed sentences, {len(own)} recordings of yours; {len(dev)} of other voices to watch by")
        path = run.file(f"{arguments.network}.npz", title="the trained weights")
        trained, result = _trained(arguments, [*examples, *own], dev, run.folder, start)
        trained.save(path)
        print(describe(result))
        print(f"weights: {path}, {trained.config.n_parameters:,} parameters")
        losses = {name: values for name, values in result.history.items() if values}
        run.show(lines("Losses", losses, x_name="epoch", y_name="nats per symbol", log=True))
        for name, values in losses.items():
            run.metric(name, values[result.best_epoch - 1], unit="nats per symbol", better="lower")
    return 0


def trained_with_seed(
    arguments: argparse.Namespace, seed: int, names: Sequence[str], folder: Path
) -> dict[str, TrainedRecognizer]:
    """Networks trained anew with a seed, which decides the sentences as well; kept in a folder, and not trained twice.

    The network with attention begins with the encoder that CTC has taught.
    """
    found: dict[str, TrainedRecognizer] = {}
    wanted = ("ctc", *(name for name in names if name != "ctc"))
    made: dict[int, tuple[list[Example], list[Example]]] = {}
    for name in wanted:
        options = argparse.Namespace(**{**vars(arguments), "network": name, "seed": seed})
        path, count = folder / f"{name}.npz", options.examples or EXAMPLES
        settings = {"count": count, "options": repr((model_config(options), train_config(options)))}
        kept = TrainedRecognizer.load(path) if path.is_file() else None
        if kept is None or kept.notes.get("settings") != settings:
            if count not in made:
                made[count] = composed_examples(count, seed, processes_of(arguments))
            kept, result = _trained(options, *made[count], folder, found.get("ctc"))
            kept.notes["settings"] = settings
            kept.save(path)
            say(f"seed {seed}, {name}: {describe(result)}")
        found[name] = kept
    return {name: found[name] for name in names}


def composed_examples(count: int, seed: int, processes: int) -> tuple[list[Example], list[Example]]:
    """So many sentences of the training voices, and those of dev voices that training is watched by."""
    return (
        make_examples(training_composer(seed), count, workers=processes),
        make_examples(dev_composer(), min(count, DEV_SENTENCES), workers=processes),
    )


def processes_of(arguments: argparse.Namespace) -> int:
    """The processes of --processes, or as many as there are processors, at most two."""
    return arguments.processes or min(_MOST_PROCESSES, os.cpu_count() or 1)


def _trained(
    arguments: argparse.Namespace,
    examples: list[Example],
    dev: list[Example],
    folder: Path,
    start: TrainedRecognizer | None,
) -> tuple[TrainedRecognizer, TrainingResult]:
    """The network of the options, trained; goes on where an earlier call was interrupted."""
    checkpoint = folder / f"{arguments.network}_checkpoint.npz"
    trained, result = train(
        examples, dev, model=model_config(arguments), config=train_config(arguments), start=start,
        checkpoint=checkpoint, processes=min(_MOST_PROCESSES, processes_of(arguments)), progress=True,
    )  # fmt: skip
    trained.notes[DELAY] = measured_delay(trained)
    checkpoint.unlink(missing_ok=True)
    return trained, result


def _start(arguments: argparse.Namespace) -> TrainedRecognizer | None:
    """What the training begins with: the weights of --weights; for attention else CTC's; for CTC else nothing."""
    if arguments.weights is not None:
        return TrainedRecognizer.load(arguments.weights)
    return load_network("ctc") if arguments.network == "attention" else None


def _own_examples(folder: Path | None) -> list[Example]:
    """A person's recordings as examples."""
    found = []
    for one in load_recordings(folder) if folder else []:
        try:
            found.append(Example(features(one.samples), tuple(encode(one.text))))
        except InputError as error:
            raise InputError(f"{folder / one.name}: {error}") from None
    return found
