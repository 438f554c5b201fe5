"""The shipped weights on a few sentences of voices that training never heard: the word error rates that are wanted."""

import numpy as np
import pytest

from common.assets import find
from common.error_rate import error_rate
from week3.speech_recognition.data import features
from week3.speech_recognition.trained import TrainedRecognizer
from week3.speech_recognition.transcribe import Search, Transcriber, align_text
from week3.speech_recognition.utterances import Composer

COUNT = 30


@pytest.fixture(scope="module")
def sentences():
    """Digit strings in quiet and at 10 dB."""
    return {
        ratio: Composer("test", kinds=("digits",), ratio_db=ratio, seed=5).utterances(COUNT) for ratio in (None, 10)
    }


@pytest.fixture(scope="module", params=["ctc", "attention"])
def trained(request):
    return TrainedRecognizer.load(find(f"speech-{request.param}").path)


def rate(trained, search, spoken):
    found = Transcriber(trained, search).transcribe([features(one.samples) for one in spoken])
    return float(error_rate([one.text for one in spoken], [one.text for one in found]))


@pytest.mark.parametrize("search", [Search(), Search("beam", width=4)], ids=lambda search: search.method)
def test_digit_strings_of_unheard_voices(trained, search, sentences):
    assert rate(trained, search, sentences[None]) <= 0.05
    assert rate(trained, search, sentences[10]) <= 0.15


def test_words_are_put_where_they_are_said(sentences):
    trained = TrainedRecognizer.load(find("speech-ctc").path)
    away = []
    for one in sentences[None][:15]:
        found = align_text(trained, features(one.samples), one.text)
        assert [word.text for word in found.words] == one.text.split()
        middles = [(word.begin + word.end) / 2 for word in found.words]
        away += [
            abs(middle - (begin + end) / 2 / 16_000) for middle, (begin, end) in zip(middles, one.spans, strict=True)
        ]
    assert np.mean(away) < 0.1 and np.max(away) < 0.4
