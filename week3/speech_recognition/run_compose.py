"""What `compose` does: put sentences together, write them as sound, show them."""

from __future__ import annotations

import argparse

from common.audio import Signal, write_wav
from common.run_folder import RunFolder
from week3.speech_recognition import outputs
from week3.speech_recognition.data import ASSIGNMENT, RATE, features
from week3.speech_recognition.utterances import Composer

_MOST_PICTURES = 12


def run_compose(arguments: argparse.Namespace) -> int:
    """Put sentences together and write them as sound, with a table of what is said."""
    composer = Composer(arguments.split, kinds=arguments.kinds, ratio_db=arguments.ratio, seed=arguments.seed)
    with RunFolder(ASSIGNMENT, "compose", arguments, folder=arguments.out) as run:
        rows = []
        for number in range(arguments.count):
            one, name = composer.utterance(number), f"{arguments.split}_{number:03}"
            title = f"{one.text} ({one.voice}{', ' + one.background if one.background else ''})"
            write_wav(run.sound(f"{name}.wav", title=title), Signal(one.samples, RATE))
            print(f"{name}.wav  {one.seconds:5.2f} s  {one.voice:24} {one.background or 'quiet':8} {one.text}")
            rows.append((f"{name}.wav", one.text))
            if number < _MOST_PICTURES and one.spans:
                picture = run.figure(f"{name}.png", title=title, alt="log-mel frames over time, no margins")
                outputs.write_frames(picture, features(one.samples))
                run.show(outputs.spoken_block(title, f"{name}.wav", picture.name, one))
        run.text("transcripts.csv", outputs.transcripts_csv(rows), title="what is said in each file")
        run.metric("sentences", len(rows))
    return 0
