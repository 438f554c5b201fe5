"""Text to ids: any size, any line ends, the same in memory and on disk; bad files are told in one sentence."""

from __future__ import annotations

import gzip
import tracemalloc
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import InputError
from common.words import words_of
from week2.learning_embeddings import data
from week2.learning_embeddings.data import LINE_END, Corpus, read_corpus, text_blocks

PIECES = st.sampled_from(["a ", "bb ", "c-d ", "\n", "\r\n", "\n\n", "é’s ", "x.", "  ", "\r", "Ä", "!"])


def plainly(text: str, minimum_count: int) -> tuple[list[str], Counter]:
    """The words kept, line by line, with a line end after every line that has any; and the counts of all."""
    lines = [words_of(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    counts = Counter(word for line in lines for word in line)
    kept = [[word for word in line if counts[word] >= minimum_count] for line in lines]
    return [token for line in kept if line for token in (*line, "\n")], counts


def read_back(corpus: Corpus) -> list[str]:
    return ["\n" if one == LINE_END else corpus.words[one] for one in corpus.ids.tolist()]


@settings(deadline=None, max_examples=60)
@given(pieces=st.lists(PIECES, max_size=120), minimum_count=st.integers(1, 3), size=st.sampled_from([5, 64, 1 << 20]))
def test_ids_are_those_of_a_plain_reading(tmp_path_factory, pieces, minimum_count, size):
    folder = tmp_path_factory.mktemp("text")
    path, text = folder / "text.txt", "".join(pieces)
    path.write_bytes(text.encode())
    wanted, counts = plainly(text, minimum_count)
    if len({token for token in wanted if token != "\n"}) < 2:
        with pytest.raises(InputError):
            read_corpus(path, minimum_count=minimum_count)
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(text_blocks.__kwdefaults__, "size", size)
        in_memory = read_corpus(path, minimum_count=minimum_count)
        on_disk = read_corpus(path, folder=folder / "ids", minimum_count=minimum_count)
    assert read_back(in_memory) == read_back(on_disk) == wanted
    assert in_memory.words == on_disk.words
    assert list(in_memory.words) == sorted(in_memory.words, key=lambda word: (-counts[word], word))
    assert in_memory.counts.tolist() == [counts[word] for word in in_memory.words]
    assert in_memory.tokens + in_memory.left_out == sum(counts.values())
    assert [entry.name for entry in (folder / "ids").iterdir()] == ["corpus.ids"]


def test_gzip_and_a_byte_order_mark_read_alike(tmp_path):
    plain, packed = tmp_path / "a.txt", tmp_path / "b.txt"
    plain.write_bytes("\ufeffthe cat\nthe dog".encode())
    packed.write_bytes(gzip.compress(b"the cat\nthe dog\n"))
    assert read_back(read_corpus(plain)) == read_back(read_corpus(packed)) == ["the", "cat", "\n", "the", "dog", "\n"]


def test_most_frequent_words_only(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("a a a b b c\nd a\n")
    corpus = read_corpus(path, maximum_words=2)
    assert corpus.words == ("a", "b") and corpus.left_out == 2
    assert read_back(corpus) == ["a", "a", "a", "b", "b", "\n", "a", "\n"]


def test_blocks_end_at_line_ends_and_cover_everything(tmp_path):
    path = tmp_path / "text.txt"
    rng = np.random.default_rng(0)
    lines = [" ".join(f"w{one}" for one in rng.integers(0, 50, rng.integers(1, 30))) for _ in range(500)]
    path.write_text("\n".join(lines))
    corpus = read_corpus(path)
    for size in (1, 7, 100, 10**6):
        blocks = corpus.blocks(size)
        assert blocks[0][0] == 0 and blocks[-1][1] == len(corpus.ids)
        assert all(one[1] == two[0] for one, two in zip(blocks, blocks[1:], strict=False))
        assert all(corpus.ids[end - 1] == LINE_END for _, end in blocks)


def test_a_line_of_many_megabytes_is_read_in_little_memory_and_has_blocks(tmp_path):
    path = tmp_path / "line.txt"
    path.write_text("one two three four five six seven " * 300_000)  # 10 MB in one line
    tracemalloc.start()
    corpus = read_corpus(path, folder=tmp_path / "ids")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # The list of a block's tokens is what costs most: some 30 bytes for each byte of the block.
    assert peak < 40 * data.BLOCK_BYTES
    assert corpus.tokens == 2_100_000 and corpus.ids[-1] == LINE_END
    assert max(end - begin for begin, end in corpus.blocks(50_000)) <= 50_000 + data.LONGEST_LINE


def test_a_megabyte_without_a_space_is_one_word(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("ab cd\n" + "x" * 3_000_000 + " ab cd")
    assert {"ab", "cd"} <= set(read_corpus(path).words)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b" \n\n ... !!", "holds no words"),
        (b"only only\nonly", "one word only"),
        (b"a b c\nd e", "lower --min-count"),
        (b"PK\x03\x04\x00\x00binary", "binary file"),
        (b"fine\nalso fine\nlatin \xe9t\xe9 here", "line 3 is not UTF-8"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:12", "Git-LFS pointer"),
        (gzip.compress(b"some words here " * 500)[:-30], "is damaged"),
        (b"\x1f\x8b\x08garbage garbage", "is damaged"),
    ],
)
def test_bad_files_are_told_in_one_sentence(tmp_path, content, sentence):
    path = tmp_path / "text.txt"
    path.write_bytes(content)
    with pytest.raises(InputError) as told:
        read_corpus(path, folder=tmp_path / "ids", minimum_count=2)
    assert sentence in str(told.value) and "text.txt" in str(told.value)
    assert not (tmp_path / "ids").exists() or not list((tmp_path / "ids").iterdir())


def test_the_line_of_bad_utf8_is_counted_over_blocks(tmp_path):
    path = tmp_path / "text.txt"
    path.write_bytes(b"a line of words\n" * 200_000 + b"bad \xff\n")
    with pytest.raises(InputError, match="line 200001 is not UTF-8"):
        read_corpus(path)


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    path = tmp_path / "text.txt"
    path.write_text("some words and more words\n" * 100)

    def full(blocks_path, blocks):
        raise OSError(28, "No space left on device", str(blocks_path))

    monkeypatch.setattr(data, "_write_ids", full)
    with pytest.raises(OSError, match="No space left"):
        read_corpus(path, folder=tmp_path / "ids")
    assert list((tmp_path / "ids").iterdir()) == []


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_corpus(tmp_path / "nothing.txt")
    with pytest.raises(InputError, match="is a folder"):
        read_corpus(tmp_path)
