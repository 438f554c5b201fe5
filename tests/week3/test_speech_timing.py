"""When words are said: a network's delay is measured on sentences whose times are known, and subtracted."""

import numpy as np
import pytest

from week3.speech_recognition.alphabet import SYMBOLS
from week3.speech_recognition.data import RATE, Utterance, features
from week3.speech_recognition.model import ModelConfig
from week3.speech_recognition.timing import lateness, measured_delay
from week3.speech_recognition.train import TrainConfig, begin
from week3.speech_recognition.trained import TrainedRecognizer
from week3.speech_recognition.transcribe import DELAY, Timed, Transcriber, Transcription, align_text
from week3.speech_recognition.utterances import Composer


def tiny(kind):
    model = ModelConfig(kind, n_filters=8, n_units=6, n_layers=1, n_decoder=6, n_embedding=4, n_attention=4)
    return TrainedRecognizer(model, begin(model, TrainConfig()).parameters)


def test_lateness_compares_the_middles_of_words():
    characters = (Timed("a", 0.4, 0.5), Timed("b", 0.5, 0.6), Timed(" ", 0.6, 0.7), Timed("c", 0.9, 1.0))
    found = Transcription("ab c", -1.0, characters, np.zeros((1, len(SYMBOLS))), 0.03)
    said = Utterance(np.zeros(RATE, np.int16), "ab c", "", spans=((3200, 9600), (14_400, 16_000)))
    np.testing.assert_allclose(lateness(found, said), [0.5 - 0.4, 0.95 - 0.95], atol=1e-12)


def test_the_delay_is_the_median_and_is_subtracted():
    trained, sentences = tiny("ctc"), Composer("dev").utterances(5)
    plain = [align_text(trained, features(one.samples), one.text) for one in sentences]
    late = [value for found, one in zip(plain, sentences, strict=True) for value in lateness(found, one)]
    delay = measured_delay(trained, sentences)
    assert delay == pytest.approx(np.median(late))
    trained.notes[DELAY] = 0.05
    assert measured_delay(trained, sentences) == pytest.approx(delay)  # what was noted before does not count
    for before, one in zip(plain, sentences, strict=True):
        after = align_text(trained, features(one.samples), one.text)
        for old, new in zip(before.characters, after.characters, strict=True):
            assert (new.text, new.begin) == (old.text, pytest.approx(max(0.0, old.begin - 0.05)))


def test_a_network_that_reads_nothing_right_has_no_delay():
    trained = tiny("attention")
    sentences = Composer("dev").utterances(2)
    (found, _) = Transcriber(trained).transcribe([features(one.samples) for one in sentences])
    assert found.text != sentences[0].text and measured_delay(trained, sentences) == 0
