"""What the verb `train` does: clips together, training, a threshold chosen on words that it did not hear."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from common.cli import say
from common.page_blocks import lines
from common.run_folder import RunFolder
from week3.trigger_word.data import Clip, ClipSet, load_folder
from week3.trigger_word.evaluate import curve, hear
from week3.trigger_word.network import TriggerNetwork
from week3.trigger_word.recordings import Recorder, RecordingConfig
from week3.trigger_word.scoring import Score, best_threshold
from week3.trigger_word.shipped_clips import shipped_folder
from week3.trigger_word.sources import ASSIGNMENT, held_out, load_backgrounds, load_words, workers_of
from week3.trigger_word.train import TrainConfig, train
from week3.trigger_word.weights import save_parameters

if TYPE_CHECKING:
    from common.training import TrainingResult

_CHOICE_SECONDS = 120.0  # of each recording that the threshold is chosen on
_CHOICE_SEED = 1
ROUNDS = 2
_MOST_FALSE_ALARMS = 2.0  # an hour: stricter than the five that are wanted on voices that nothing was chosen by
_FEWEST_BACKGROUNDS, _MOST_BACKGROUNDS = 10, 150  # that are made up, one for every 20 examples


@dataclass(frozen=True)
class Held:
    """Words that are held out of training, to choose the threshold on; `backgrounds` are the user's, or made up."""

    activates: Sequence[Clip]
    negatives: Sequence[Clip]
    backgrounds: Sequence[Clip] = ()
    voices: Sequence[Clip] = ()


def settings_of(arguments: argparse.Namespace) -> TrainConfig:
    """The training's settings: those that were given, the network's own for the rest."""
    names = ("examples", "epochs", "batch_size", "learning_rate", "dropout", "seed")
    given = {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}
    base = TrainConfig.for_course() if arguments.network == "course" else TrainConfig()
    return replace(base, freeze_batch_norm=arguments.freeze_batch_norm, **given)


def run_train(arguments: argparse.Namespace) -> int:
    """Train a network; leaves weights, loss curves and checkpoints in the run folder."""
    config = settings_of(arguments)
    rounds = arguments.rounds or (1 if config.network == "course" else ROUNDS)
    learnt, held = words_to_train(arguments, config.front_end.rate)
    with RunFolder(ASSIGNMENT, "train", arguments, folder=arguments.out) as run:
        network, results = train_in_rounds(arguments, learnt, config, rounds, run.folder)
        for number in range(1, rounds + 1):
            if (run.folder / f"round_{number}" / "loss.png").is_file():
                run.figure(f"round_{number}/loss.png", title=f"Loss, round {number}", alt="the loss over the epochs")
        score = choose(network, held, arguments.choice_minutes, workers=workers_of(arguments))
        path = save(run.file("weights.npz", title="the trained weights"), network)
        _record(run, network, results, score)
    print(describe_training(config, results))
    print(describe_choice(network, score))
    print(f"weights: {path}")
    return 0


def _record(run: RunFolder, network: TriggerNetwork, results: Sequence[TrainingResult], score: Score | None) -> None:
    losses = {f"round {number}": result.history["loss"] for number, result in enumerate(results, 1)}
    run.show(lines("Training loss", losses, x_name="epoch", y_name="nats per step"))
    run.metric("parameters", sum(value.size for value in network.parameters.values()))
    run.metric("training loss", results[-1].history["loss"][-1], unit="nats per step", better="lower")
    run.metric("training time", sum(result.seconds for result in results), unit="s")
    if score is not None:
        run.metric("F1 on held-out words", score.f1, better="higher")


Words = tuple[Sequence[Clip], Sequence[Clip]]  # trigger words, other words


def words_to_train(arguments: argparse.Namespace, rate: int) -> tuple[Words, Held]:
    """The words to learn from, and those that are held out."""
    words = load_words(arguments, rate)
    if words.shipped:
        learnt = words.activates, words.negatives
        held = tuple(load_folder(shipped_folder("dev", kind), rate=rate) for kind in ("activates", "negatives"))
    else:
        pairs = [held_out(group, arguments.seed) for group in (words.activates, words.negatives)]
        learnt, held = tuple(zip(*pairs, strict=True))
    given = load_folder(arguments.backgrounds, background=True, rate=rate) if arguments.backgrounds else ()
    return learnt, Held(*held, backgrounds=given, voices=held[1] or learnt[1])


def train_in_rounds(
    arguments: argparse.Namespace, learnt: Words, config: TrainConfig, rounds: int, folder: Path
) -> tuple[TriggerNetwork, list[TrainingResult]]:
    """Train round after round, each from where the one before ended; checkpoints lie in a folder a round."""
    start, results = arguments.start, []
    for number in range(rounds):
        settings = config.in_round(number)
        if rounds > 1:
            say(f"round {number + 1} of {rounds}")
        count = min(_MOST_BACKGROUNDS, max(_FEWEST_BACKGROUNDS, config.examples // 20))
        rate, seed = config.front_end.rate, settings.seed
        backgrounds = load_backgrounds(arguments, rate, learnt[1], count=count, seed=seed)
        clips = ClipSet(*learnt, backgrounds)
        place = folder / f"round_{number + 1}"
        network, result = train(clips, settings, start=start, folder=place, workers=workers_of(arguments))
        start = network.parameters
        results.append(result)
    return network, results


def describe_training(config: TrainConfig, results: Sequence[TrainingResult]) -> str:
    """A line about the training."""
    epochs = " and ".join(str(result.epochs) for result in results)
    seconds, loss = sum(result.seconds for result in results), results[-1].history["loss"][-1]
    return f"{epochs} epochs of {config.examples} examples in {seconds:.0f} s; loss {loss:.4f}"


def choose(network: TriggerNetwork, held: Held, minutes: float, *, workers: int = 1) -> Score | None:
    """Choose the threshold on recordings of the held-out words, and note it; None where there is nothing to go by."""
    count = round(60 * minutes / _CHOICE_SECONDS)
    if not held.activates or not count:
        return None
    say(f"choosing the threshold on {minutes:g} minutes of words that training did not hear")
    recorder = Recorder(
        held.activates,
        held.negatives,
        backgrounds=held.backgrounds,
        voices=held.voices,
        config=RecordingConfig(seconds=_CHOICE_SECONDS),
        seed=_CHOICE_SEED,
    )
    scores = curve(hear(network, recorder, count, workers=workers), network)
    network.notes["threshold"] = best_threshold(scores, most_false_alarms=_MOST_FALSE_ALARMS)
    return next(score for score in scores if score.threshold == network.notes["threshold"])


def describe_choice(network: TriggerNetwork, score: Score | None) -> str:
    """A line about the threshold."""
    if score is None:
        return f"threshold {network.threshold:g}: too few clips to hold some out and choose by them"
    words = score.hits + score.misses
    return (
        f"threshold {score.threshold:g}: F1 {score.f1:.3f}, {score.misses} of {words} words missed, "
        f"{score.false_alarms_per_hour:.1f} false alarms an hour on held-out words at 10 dB"
    )


def save(path: Path, network: TriggerNetwork, *, dtype: type = np.float32) -> Path:
    """Write the network's weights with its notes; returns the path."""
    return save_parameters(path, network.parameters, network.notes, dtype=dtype)
