"""The networks that ship on the recordings that ship."""

import pytest

from common.assets import find
from common.error_rate import error_rate
from week3.speech_recognition.data import RECORDED, features, load_recordings
from week3.speech_recognition.language import load, next_symbols
from week3.speech_recognition.trained import TrainedRecognizer
from week3.speech_recognition.transcribe import DELAY, Search, Transcriber


@pytest.fixture(scope="module", params=["ctc", "attention"])
def network(request):
    asset = find(f"speech-{request.param}")
    assert asset.variant is not None and asset.path.stat().st_size <= 850_000
    network = TrainedRecognizer.load(asset.path)
    assert 0 < network.notes[DELAY] < 0.4
    return network


def test_the_recordings_are_read(network):
    recordings = load_recordings(RECORDED)
    frames = [features(one.samples) for one in recordings]
    said = [one.text for one in recordings]
    searches = [Search("greedy"), Search("beam")]
    if network.kind == "ctc":
        searches.append(Search("beam", language_model=next_symbols(load(find("speech-language-model").path))))
    for search in searches:
        heard = [one.text for one in Transcriber(network, search).transcribe(frames)]
        assert float(error_rate(said, heard)) <= 0.2, (search, heard)
    assert network.kind == "attention" or heard == said
