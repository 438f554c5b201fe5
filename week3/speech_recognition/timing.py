"""How late a network says things: what its words' times are moved by.

A network that reads in both directions may write a character whenever it likes, and those trained with CTC write late.
Of composed sentences it is known when each word is said; the median of how much later the middles of the words are
found is the network's delay, which `transcribe.py` subtracts.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import replace

from week3.speech_recognition.data import RATE, Utterance, features
from week3.speech_recognition.trained import TrainedRecognizer
from week3.speech_recognition.transcribe import DELAY, Transcriber, Transcription, align_text
from week3.speech_recognition.utterances import Composer

_SENTENCES = 60


def measured_delay(trained: TrainedRecognizer, sentences: Sequence[Utterance] | None = None) -> float:
    """Seconds by which the middles of words are found late (median), on dev sentences in quiet; 0 where none is read.

    CTC is given the text; attention's sentences count where it reads them right.
    """
    if sentences is None:
        sentences = Composer("dev").utterances(_SENTENCES)
    plain = replace(trained, notes={name: value for name, value in trained.notes.items() if name != DELAY})
    late: list[float] = []
    for one, found in zip(sentences, _found(plain, sentences), strict=True):
        if found.text == one.text and one.spans:
            late += lateness(found, one)
    return statistics.median(late) if late else 0.0


def lateness(found: Transcription, said: Utterance) -> list[float]:
    """How much later, in seconds, the middle of each word is found than it is said; below 0 for earlier."""
    return [
        (word.begin + word.end) / 2 - (start + end) / 2 / RATE
        for word, (start, end) in zip(found.words, said.spans, strict=True)
    ]


def _found(trained: TrainedRecognizer, sentences: Sequence[Utterance]) -> list[Transcription]:
    frames = [features(one.samples) for one in sentences]
    if trained.kind == "attention":
        return Transcriber(trained).transcribe(frames)
    return [align_text(trained, one, said.text) for one, said in zip(frames, sentences, strict=True)]
