"""The language model over characters: fitted, read back, and given to the search in its alphabet."""

import math

import numpy as np
import pytest

from common.assets import find
from common.ctc_decoding import PrefixBeamConfig, prefix_beam_search
from common.errors import InputError
from common.ngram import KneserNey
from week3.speech_recognition import language
from week3.speech_recognition.alphabet import SYMBOLS, decode, encode
from week3.speech_recognition.words import DIGITS


@pytest.fixture(scope="module")
def model():
    return language.fit(language.grammar_phrases(300), order=5)


def test_phrases_of_the_grammar_are_seeded_and_of_both_kinds():
    phrases = language.grammar_phrases(40)
    assert phrases == language.grammar_phrases(40) != language.grammar_phrases(40, seed=1)
    assert len(phrases) == 40 and any("turn" in one for one in phrases)
    digits = language.grammar_phrases(20, kinds=("digits",))
    assert {word for one in digits for word in one.split()} <= set(DIGITS)


@pytest.mark.parametrize("text", ["", "t", "three", "set timer two mi", "qqq'"])
def test_log_probabilities_are_the_models_own(model, text):
    found = language.next_symbols(model)(tuple(encode(text)) if text else ())
    assert found.shape == (len(SYMBOLS) + 1,) and found[0] == -np.inf
    for number, symbol in enumerate(SYMBOLS[1:], 1):
        assert found[number] == pytest.approx(model.log_probability(symbol, text), abs=1e-12)
    assert found[-1] == pytest.approx(model.log_probability(model.end, text), abs=1e-12)
    assert np.exp(found[1:]).sum() == pytest.approx(1, abs=1e-9)


def test_a_whole_sentence_has_the_probability_that_the_model_gives(model):
    text, adapter = "call two five please", language.next_symbols(model)
    symbols = encode(text)
    total = sum(adapter(tuple(symbols[:at]))[symbol] for at, symbol in enumerate([*symbols, -1]))
    assert total == pytest.approx(model.sequence_log_probability(text), abs=1e-9)


def test_symbols_that_a_model_of_other_texts_lacks_never_come():
    model = KneserNey.fit(["eat a toe", "a tea toe"], order=3)
    adapter = language.next_symbols(model)
    found = adapter(tuple(encode("eat")))
    assert found[SYMBOLS.index("q")] == -np.inf and np.isfinite(found[SYMBOLS.index(" ")])
    assert np.all(adapter(tuple(encode("qu"))) == -np.inf)
    with_unknown = KneserNey.fit(["eat a toe", "a tea toe"], order=3, unknown="?")
    found = language.next_symbols(with_unknown)(tuple(encode("q")))
    assert found[SYMBOLS.index("q")] == pytest.approx(with_unknown.log_probability("?", "q"))


def test_the_model_turns_a_search_to_what_is_likely(model):
    """Frames that say "thpee" as well as "three": the grammar decides."""
    logits = np.full((9, len(SYMBOLS)), -6.0)
    for frame, symbols in enumerate(["t", "h", "pr", "e", "", "e", "", "", ""]):
        for symbol in symbols or [""]:
            logits[frame, SYMBOLS.index(symbol)] = 4.0 + 0.1 * (symbol == "p")
    alone = prefix_beam_search(logits, PrefixBeamConfig())[0]
    helped = prefix_beam_search(logits, PrefixBeamConfig(), language_model=language.next_symbols(model))[0]
    assert decode(alone.symbols) == "thpee" and decode(helped.symbols) == "three"


def test_a_saved_model_is_read_back_and_other_files_are_refused(model, tmp_path):
    path = model.save(tmp_path / "model.json")
    again = language.load(path)
    assert again.cross_entropy(["one two"]) == pytest.approx(model.cross_entropy(["one two"]))
    KneserNey.fit([["a", "word"], ["more", "words"]], order=2).save(tmp_path / "words.json")
    with pytest.raises(InputError, match="words.json: is no model over the characters"):
        language.load(tmp_path / "words.json")
    path.write_text(path.read_text()[:200])
    with pytest.raises(InputError, match="model.json"):
        language.load(path)
    with pytest.raises(InputError, match="none.json"):
        language.load(tmp_path / "none.json")


def test_the_model_that_ships_foresees_the_grammar():
    model = language.load(find("speech-language-model").path)
    assert model.order == language.ORDER
    assert model.cross_entropy(language.grammar_phrases(200, seed=77)) / math.log(2) < 0.85
    refitted = language.fit(language.grammar_phrases(language.PHRASES))
    np.testing.assert_allclose(refitted.distribution("thre"), model.distribution("thre"), rtol=1e-9)


def test_texts_are_read_a_sentence_a_line(tmp_path):
    path = tmp_path / "phrases.txt"
    path.write_text("Turn on the light!\r\n\r\nCall 31.\n", encoding="utf-8")
    assert language.read_phrases(path) == ["turn on the light", "call three one"]
    path.write_text("yes\nça va\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 2: the transcript 'ça va' holds 'ç'"):
        language.read_phrases(path)
    path.write_text("...\n\n", encoding="utf-8")
    with pytest.raises(InputError, match="holds no words"):
        language.read_phrases(path)
