import argparse
import json

import numpy as np
import pytest

from common.beam_search import BeamConfig
from common.decoding import Decoded
from common.run_folder import RunFolder
from week3.machine_translation import evaluate_languages
from week3.machine_translation.data import Pairs
from week3.machine_translation.feedback_decoding import score_targets, search
from week3.machine_translation.languages import TASK, draw
from week3.machine_translation.model import ModelConfig
from week3.machine_translation.search_errors import analyse, judge, table
from week3.machine_translation.trained import TrainedTranslator

CONFIG = ModelConfig(
    kind="feedback",
    n_source=len(TASK.source),
    n_target=len(TASK.target),
    source_length=TASK.source_length,
    target_length=TASK.longest_target,
    n_a=3,
    n_s=4,
    n_attention=3,
    n_embedding=3,
    source_padding=TASK.source.padding_id,
)


@pytest.fixture(scope="module")
def model():
    rng = np.random.default_rng(4)
    parameters = {name: rng.normal(0, 1, shape).astype(np.float32) for name, shape in CONFIG.parameter_shapes().items()}
    parameters["output/bias"][TASK.target.end_id] += 3
    return TrainedTranslator("languages", CONFIG, parameters)


def found_for(texts, scores):
    """What a search would hand over, with these scores."""
    tokens = TASK.encode_targets(texts).astype(np.int64)[:, np.newaxis]
    scores = np.array(scores, dtype=float)[:, np.newaxis]
    lengths = np.array([[len(text) + 1] for text in texts])
    return Decoded(tokens, lengths, scores, scores, np.ones(scores.shape, bool), None, tokens.shape[2])


def test_blame_goes_to_the_search_where_the_right_translation_scores_higher(model):
    targets = ["1. Mai 1979", "12 mai 1979", "3 mei 2001", "4 mei 2001"]
    pairs = Pairs(["de-medium: x"] * 4, targets, ["de-medium from x"] * 4, np.zeros(4, np.int32))
    found = found_for(["1. Mai 1979", "12 mai 1997", "3 mei 2001", "5 mei 2001"], [-3.0, -2.0, -1.0, -0.5])
    # The second is wrong though its reference scores higher (-1); the fourth's reference scores lower (-0.7).
    judged = judge(model, pairs, 5, found, np.array([-9.0, -1.0, -1.0, -0.7]))
    assert judged.right.tolist() == [True, False, True, False]
    assert (judged.search_faults, judged.model_faults) == (1, 1)
    assert judged.exact == 0.5
    assert judged.score == pytest.approx(-1.625)
    assert judged.characters.counts.edits == 3
    assert 0 < judged.bleu.score < 100
    row = table([judged]).splitlines()[1].split()
    assert row[:2] == ["5", "50.00%"]
    assert row[-3:] == ["2", "1", "1"]


def test_every_wrong_answer_is_somebodys_fault_at_every_width(model):
    pairs = draw(60, "test")
    results = analyse(model, pairs, widths=(1, 4, 10))
    for one in results:
        assert one.search_faults + one.model_faults == int((~one.right).sum()) > 0
    assert [one.width for one in results] == [1, 4, 10]
    assert results[0].score < results[1].score <= results[2].score + 1e-6


def test_a_search_that_misses_the_models_favourite_is_at_fault(model):
    """Where the reference is what a wide beam finds, greedy's errors are all the search's."""
    pairs = draw(60, "test", seed=1)
    ids = TASK.encode(pairs.sources)
    favourites = TASK.decode(search(model, ids, BeamConfig(30, maximum_length=39)).tokens[:, 0])
    pairs = Pairs(pairs.sources, favourites, pairs.kinds, pairs.days)
    greedy, wide = analyse(model, pairs, widths=(1, 30))
    assert greedy.model_faults == 0
    assert greedy.search_faults == int((~greedy.right).sum()) > 0
    assert wide.exact == 1


def test_references_are_scored_with_the_length_penalty_too(model):
    pairs = draw(20, "test")
    config = BeamConfig(2, maximum_length=39, length_penalty=1.0)
    ids = TASK.encode(pairs.sources)
    scores = score_targets(model, ids, TASK.encode_targets(pairs.targets))
    lengths = np.array([len(text) + 1 for text in pairs.targets])
    expected = judge(model, pairs, 2, search(model, ids, config), scores / ((5 + lengths) / 6))
    (found,) = analyse(model, pairs, widths=(2,), length_penalty=1.0)
    assert (found.search_faults, found.model_faults) == (expected.search_faults, expected.model_faults)
    np.testing.assert_array_equal(found.scores, expected.scores)


def test_the_evaluation_prints_its_tables_and_leaves_them(model, tmp_path, capsys):
    arguments = argparse.Namespace(count=120, seed=0)
    with RunFolder("week3/machine_translation", "evaluate", arguments, folder=tmp_path) as folder:
        assert evaluate_languages.run(model, arguments, folder) == 0
    printed = capsys.readouterr().out
    assert "100.00% have one answer" in printed
    assert "slip of the finger" in printed
    assert "BLEU" in printed
    assert "search at fault" in printed
    assert "yQQQQ" in printed
    assert (tmp_path / "table.txt").read_text(encoding="utf-8") == printed
    assert (tmp_path / "reliability.png").stat().st_size > 1000
    metrics = {one["name"]: one for one in json.loads((tmp_path / "metrics.json").read_text())["metrics"]}
    for width in (1, 3, 5, 10):
        assert metrics[f"exact match, beam {width}"]["reference"] == 1
        assert metrics[f"exact match, beam {width}, slips"]["reference"] is None
        assert 0 <= metrics[f"BLEU, beam {width}"]["value"] <= 100
        blamed = (metrics[f"errors of the {whose}, beam {width}"]["value"] for whose in ("search", "model"))
        assert sum(blamed) == pytest.approx(120 * (1 - metrics[f"exact match, beam {width}"]["value"]))
    assert metrics["mean log-probability, beam 5"]["value"] >= metrics["mean log-probability, beam 1"]["value"]
