"""The shipped translator into six languages: what it answers, and how well, on dates that it never learned."""

import numpy as np
import pytest

from common.beam_search import BeamConfig
from common.errors import InputError
from week3.machine_translation.feedback_decoding import search, search_greedily
from week3.machine_translation.languages import TASK, draw
from week3.machine_translation.search_errors import analyse
from week3.machine_translation.trained import TrainedTranslator, find_weights
from week3.machine_translation.translate import TranslateConfig, translate


@pytest.fixture(scope="module")
def model():
    return TrainedTranslator.load(find_weights("languages").path, task="languages")


@pytest.mark.parametrize("beam_width", [1, 5])
def test_what_it_answers(model, beam_width):
    answers = {
        "fr-full: Wednesday, September 12, 1979": "mercredi 12 septembre 1979",
        "de-full: Wed, 9/12/1979": "Mittwoch, 12. September 1979",
        "es-long: 12 September 1979": "12 de septiembre de 1979",
        "it-medium: 9/12/79": "12 set 1979",
        "nl-short: Sep 12, 1979": "12-09-1979",
        "pt-yQQQQ: 12 Sept 1979": "3º trimestre de 1979",
    }
    found = translate(model, list(answers), TranslateConfig(beam_width=beam_width))
    assert [one.text for one in found] == list(answers.values())
    assert all(one.confidence > 0.9 for one in found)
    assert not any(one.remarks for one in found)


def test_targets_hold_on_held_out_dates(model):
    greedy, wide = analyse(model, draw(300, "test", seed=11), widths=(1, 5))
    assert greedy.exact >= 0.98
    assert greedy.bleu.score >= 99
    assert wide.exact >= greedy.exact - 0.001
    assert wide.score >= greedy.score


def test_with_slips_of_the_finger_a_beam_finds_better_by_the_models_own_score(model):
    ids = TASK.encode(draw(400, "test", seed=12, slips=1.0).sources)
    greedy = search_greedily(model, ids, maximum_length=39).log_probabilities[:, 0]
    wide = search(model, ids, BeamConfig(5, maximum_length=39)).log_probabilities[:, 0]
    assert wide.mean() > greedy.mean()
    assert np.mean(wide >= greedy - 1e-4) > 0.99


def test_it_is_small_and_of_its_task():
    path = find_weights("languages").path
    assert path.stat().st_size < 1_000_000
    with pytest.raises(InputError, match="holds weights of the task languages"):
        TrainedTranslator.load(path, task="dates")


def test_a_text_without_a_tag_is_refused(model):
    with pytest.raises(InputError, match="does not say what to translate to"):
        translate(model, ["12 September 1979"])


def test_translating_needs_no_tensorflow(shell, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import sys\n"
        "from week3.machine_translation.trained import TrainedTranslator, find_weights\n"
        "from week3.machine_translation.translate import TranslateConfig, translate\n"
        "model = TrainedTranslator.load(find_weights('languages').path)\n"
        "print(translate(model, ['it-long: 12 September 1979'], TranslateConfig(beam_width=3))[0].text)\n"
        "print(sorted({'tensorflow', 'keras', 'babel', 'matplotlib'} & set(sys.modules)))\n"
    )
    answer = shell("program")
    assert answer.stdout.splitlines() == ["12 settembre 1979", "['babel']"], answer.stderr
