import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError, MissingFileError
from common.vocabulary import Vocabulary, one_hot

NAMES = ["aachen", "zürich"]


def test_characters_are_sorted_with_the_end_first():
    vocabulary = Vocabulary.build(["cab", "bad"], end="\n")
    assert vocabulary.tokens == ("\n", "a", "b", "c", "d")
    assert vocabulary.encode("bad", add_end=True).tolist() == [2, 1, 4, 0]
    assert vocabulary.encode("").dtype == np.int64
    assert (vocabulary.end_id, vocabulary.unknown_id, vocabulary.padding_id) == (0, None, None)


def test_words_by_frequency_with_limits_and_special_tokens_last():
    sentences = [["the", "cat", "saw", "the", "dog"], ["a", "dog"]]
    vocabulary = Vocabulary.build(
        sentences, unknown="<unk>", padding="<pad>", maximum_size=4, by_frequency=True, special_last=True
    )
    assert vocabulary.tokens == ("dog", "the", "<pad>", "<unk>")
    assert vocabulary.encode(["the", "emu", "dog"]).tolist() == [1, 3, 0]
    assert Vocabulary.build(sentences, minimum_count=2).tokens == ("dog", "the")


def test_a_special_token_in_the_texts_is_not_counted_twice():
    vocabulary = Vocabulary.build(["ab\n", "b\n"], end="\n", padding="\n")
    assert vocabulary.tokens == ("\n", "a", "b")


def test_order_does_not_depend_on_the_order_of_the_texts_or_the_hash_seed():
    command = (
        "from common.vocabulary import Vocabulary as V; print(V.build(['zürich', 'aachen'], by_frequency=True).tokens)"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", command], env={"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True, encoding="utf-8", check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }  # fmt: skip
    assert seen == {str(Vocabulary.build(NAMES, by_frequency=True).tokens)}


def test_importing_it_imports_no_framework():
    code = "import sys, common.vocabulary; print({'tensorflow', 'keras', 'scipy', 'h5py'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"


@given(st.lists(st.text(max_size=8), min_size=1).filter(any))
def test_texts_come_back(texts):
    vocabulary = Vocabulary.build(texts, end="<end>", padding="<pad>")
    batch = vocabulary.encode_batch(texts, add_end=True)
    assert batch.shape == (len(texts), max(map(len, texts)) + 1)
    assert [vocabulary.text(row) for row in batch] == texts
    assert vocabulary.decode(vocabulary.encode(texts[0])) == list(texts[0])


def test_an_unknown_token_without_an_unknown_index_is_named():
    with pytest.raises(InputError, match="'é'.*5 tokens"):
        Vocabulary.build(["abcde"]).encode("abé")


def test_an_emoji_gets_the_unknown_id_and_not_a_text():
    vocabulary = Vocabulary.build(["ab"], unknown="<unk>")
    assert vocabulary.encode("a🦖b").tolist() == [1, 0, 2]


def test_batches_need_padding_only_when_lengths_differ():
    vocabulary = Vocabulary.build(["ab"])
    assert vocabulary.encode_batch(["ab", "ba"]).tolist() == [[0, 1], [1, 0]]
    assert vocabulary.encode_batch([]).shape == (0, 0)
    with pytest.raises(InputError, match="no padding token"):
        vocabulary.encode_batch(["ab", "b"])
    with pytest.raises(InputError, match="sequence 1 has 3 tokens; at most 2"):
        vocabulary.encode_batch(["ab", "bab"], length=2)
    padded = Vocabulary.build(["ab"], padding="_").encode_batch(["ab", "b"], length=3)
    assert padded.tolist() == [[1, 2, 0], [2, 0, 0]]


@pytest.mark.parametrize("ids", [[-1], [3], [0, 99]])
def test_ids_of_another_vocabulary_are_refused(ids):
    vocabulary = Vocabulary("abc")
    with pytest.raises(InputError, match="outside 0 to 2"):
        vocabulary.decode(ids)
    with pytest.raises(InputError, match="outside 0 to 2"):
        one_hot(ids, 3)


@pytest.mark.parametrize(
    ("tokens", "options", "message"),
    [
        ([], {}, "no tokens"),
        (["a", "b", "a"], {}, "'a' twice"),
        (["a", 3], {}, "not text"),
        (["a"], {"end": "\n"}, "end token"),
        (["a"], {"unknown": "<unk>"}, "unknown token"),
    ],
)
def test_what_is_no_vocabulary_is_refused(tokens, options, message):
    with pytest.raises(InputError, match=message):
        Vocabulary(tokens, **options)


def test_one_text_instead_of_a_list_is_refused():
    with pytest.raises(InputError, match="list of texts"):
        Vocabulary.build("aachen")


@pytest.mark.parametrize("shape", [(), (4,), (2, 3), (0,)])
def test_one_hot_rows(shape):
    ids = np.random.default_rng(0).integers(0, 5, shape)
    rows = one_hot(ids, 5, np.float64)
    assert rows.shape == (*shape, 5)
    assert rows.dtype == np.float64
    np.testing.assert_array_equal(rows, np.eye(5)[ids])
    assert one_hot([1], 2).dtype == np.float32


def test_one_hot_refuses_fractions():
    with pytest.raises(InputError, match="integers"):
        one_hot(np.array([0.5]), 2)


def test_saving_and_loading(tmp_path):
    vocabulary = Vocabulary.build([*NAMES, '"\\\n🦖'], unknown="<unk>", padding="", end="\n")
    path = vocabulary.save(tmp_path / "deep" / "vocabulary.json")
    assert Vocabulary.load(path) == vocabulary
    assert Vocabulary.load(path).encode("hü?").tolist() == vocabulary.encode("hü?").tolist()
    assert vocabulary != Vocabulary(vocabulary.tokens)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"\x89HDF\r\n", b"[]", b"{}", b"[" * 100_000, b'{"format": "sequence-models vocabulary 1"}',
        b'{"format": "sequence-models vocabulary 1", "tokens": [1]}',
        b'{"format": "sequence-models vocabulary 1", "tokens": [["a"]]}',
        b'{"format": "sequence-models vocabulary 1", "tokens": ["a", "a"]}',
        b'{"format": "sequence-models vocabulary 1", "tokens": ["a"], "end": "b"}',
        b'{"format": "sequence-models vocabulary 1", "tokens": ["a"], "end": {"a": 1}}',
    ],
)  # fmt: skip
def test_a_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "damaged.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"damaged\.json"):
        Vocabulary.load(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MissingFileError, match=r"absent\.json"):
        Vocabulary.load(tmp_path / "absent.json")


def test_the_file_is_plain_json(tmp_path):
    path = Vocabulary("ab", end="b").save(tmp_path / "v.json")
    assert json.loads(path.read_text(encoding="utf-8"))["tokens"] == ["a", "b"]
