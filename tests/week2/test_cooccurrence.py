"""Co-occurrence counts against a plain loop; memory bounds, interruptions, full disks."""

import errno
import itertools
import subprocess
import sys
import tracemalloc
from collections import defaultdict
from fractions import Fraction

import numpy as np
import pytest

from common.errors import InputError
from week2.learning_embeddings import cooccurrence_store
from week2.learning_embeddings.cooccurrence import CountConfig, count_cooccurrences
from week2.learning_embeddings.cooccurrence_pairs import UNIT, PairCounter, make_cells, merge_cells, weight_of
from week2.learning_embeddings.cooccurrence_store import CountStore, Section, merge_sorted
from week2.learning_embeddings.data import LINE_END, Corpus, read_corpus


def make_corpus(words=50, tokens=3000, *, lines=12, seed=0, power=1.0):
    """A text whose words follow Zipf's law, in lines of random lengths."""
    rng = np.random.default_rng(seed)
    share = 1 / np.arange(1, words + 1) ** power
    ids = rng.choice(words, tokens, p=share / share.sum()).astype(np.int32)
    if lines:
        ids[np.cumsum(rng.integers(2, 2 * lines, tokens // lines)).clip(max=tokens - 1)] = LINE_END
    ids[-1] = LINE_END
    counts = np.bincount(ids[ids != LINE_END], minlength=words)
    return Corpus(tuple(f"w{one}" for one in range(words)), counts, ids)


def plain_counts(corpus, window, *, across_lines=False):
    """The definition, in loops and exact fractions."""
    counts = defaultdict(Fraction)
    ids = [one for one in corpus.ids.tolist() if one != LINE_END or not across_lines]
    for is_end, line in itertools.groupby(ids, lambda one: one == LINE_END):
        line = [] if is_end else list(line)
        for place, word in enumerate(line):
            for distance in range(1, min(window, place) + 1):
                other = line[place - distance]
                counts[word, other] += Fraction(1, distance)
                counts[other, word] += Fraction(1, distance)
    return counts


def plain_matrix(corpus, window, **options):
    x = np.zeros((len(corpus.words),) * 2)
    for pair, count in plain_counts(corpus, window, **options).items():
        x[pair] = float(count)
    return x


@pytest.mark.parametrize("window", [1, 2, 10, 15, 22])
@pytest.mark.parametrize(("lines", "across_lines"), [(3, False), (40, False), (0, False), (3, True)])
def test_counts_are_those_of_a_plain_loop_to_the_last_bit(window, lines, across_lines):
    corpus = make_corpus(lines=lines)
    found = count_cooccurrences(corpus, CountConfig(window, across_lines))
    assert np.array_equal(found.matrix(), plain_matrix(corpus, window, across_lines=across_lines))


def test_a_window_wider_than_the_text():
    corpus = Corpus(("a", "b"), np.array([1, 1]), np.array([0, LINE_END, 1, LINE_END], dtype=np.int32))
    assert count_cooccurrences(corpus, CountConfig(30, across_lines=True)).matrix().tolist() == [[0, 1], [1, 0]]


def test_a_text_read_from_a_file(tmp_path):
    (tmp_path / "text.txt").write_text("the cat sat\nthe dog sat on the cat\n", encoding="utf-8")
    corpus = read_corpus(tmp_path / "text.txt")
    x = count_cooccurrences(corpus, CountConfig(window=3)).matrix()
    at = {word: one for one, word in enumerate(corpus.words)}
    assert x[at["the"], at["cat"]] == 1 + 1
    assert x[at["the"], at["sat"]] == 1 / 2 + 1 / 2 + 1 / 2
    assert x[at["cat"], at["dog"]] == 0, "five words apart in their line; neighbours across the line end do not count"
    assert x[at["the"], at["the"]] == 0
    assert np.array_equal(x, x.T)


def test_a_word_near_itself_counts_on_both_sides():
    corpus = Corpus(("a", "b"), np.array([3, 1]), np.array([0, 0, 1, 0, LINE_END], dtype=np.int32))
    x = count_cooccurrences(corpus, CountConfig(window=2)).matrix()
    assert x[0, 0] == 2 * (1 + 1 / 2)
    assert x[0, 1] == x[1, 0] == 1 + 1 / 2 + 1


def test_wider_windows_are_rounded_by_less_than_a_ten_millionth():
    corpus = make_corpus(lines=120)
    x, plain = count_cooccurrences(corpus, CountConfig(60)).matrix(), plain_matrix(corpus, 60)
    np.testing.assert_allclose(x, plain, rtol=2e-7)
    assert [weight_of(distance) * distance for distance in range(1, 23)] == [UNIT] * 22


def test_scipy_counts_the_same():
    sparse = pytest.importorskip("scipy.sparse")
    corpus = make_corpus(words=400, tokens=20_000, lines=0)
    words = corpus.ids[:-1]
    expected = sparse.coo_matrix((400, 400))
    for distance in range(1, 6):
        pairs = words[:-distance], words[distance:]
        one_way = sparse.coo_matrix((np.full(len(pairs[0]), 1 / distance), pairs), (400, 400))
        expected = expected + one_way + one_way.T
    np.testing.assert_allclose(count_cooccurrences(corpus, CountConfig(5)).matrix(), expected.toarray(), rtol=1e-12)


@pytest.mark.parametrize("across_lines", [False, True])
def test_memory_blocks_and_the_folder_do_not_change_a_bit(tmp_path, across_lines):
    corpus = make_corpus(words=3000, tokens=40_000, lines=4, power=0.8)
    reference = count_cooccurrences(corpus, CountConfig(8, across_lines))
    keys = reference.cells[:, 0]
    assert np.all(keys[1:] > keys[:-1])
    for number, settings in enumerate([{"memory_mb": 1}, {"memory_mb": 3, "at_once": 7000}, {"at_once": 25_000}]):
        found = count_cooccurrences(corpus, CountConfig(8, across_lines, **settings), folder=tmp_path / str(number))
        assert np.array_equal(found.cells, reference.cells)
        left = sorted(path.name for path in (tmp_path / str(number)).iterdir())
        assert left == ["cells.cells", "counts.json"]
    smaller, larger, weights = reference.take(slice(None))
    exact = plain_counts(corpus, 8, across_lines=across_lines)
    assert len(reference) == len({tuple(sorted(pair)) for pair in exact})
    for i, j, x in list(zip(smaller.tolist(), larger.tolist(), weights.tolist(), strict=True))[::97]:
        assert x == float(exact[i, j]) == float(exact[j, i])


def test_memory_is_bounded_on_a_text_ten_times_larger(tmp_path):
    bound = 1_000_000
    corpus = make_corpus(words=5000, tokens=10 * bound // 4, lines=20)
    ids = np.memmap(tmp_path / "corpus.ids", dtype=np.int32, mode="w+", shape=corpus.ids.shape)
    ids[:] = corpus.ids
    assert ids.nbytes >= 10 * bound
    corpus = Corpus(corpus.words, corpus.counts, np.memmap(tmp_path / "corpus.ids", dtype=np.int32, mode="r"))
    tracemalloc.start()
    try:
        counts = count_cooccurrences(corpus, CountConfig(1, memory_mb=bound / 1e6), folder=tmp_path / "counts")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert counts.cells.nbytes > 5 * bound, "the result alone is larger than the bound"
    assert peak <= 1.1 * bound  # the bound, and the Python objects around it


class Broken(Exception):
    pass


@pytest.fixture
def small():
    return make_corpus(words=800, tokens=30_000, lines=15)


SMALL = CountConfig(6, memory_mb=1, at_once=2000)


@pytest.mark.parametrize("breaks_at", [1, 2, 7, 15, 16, 17, 18, 33])
def test_broken_off_anywhere_it_goes_on(small, tmp_path, monkeypatch, breaks_at):
    """Every file and manifest that is written passes `os.replace`: break before it, at one place after the other."""
    reference = count_cooccurrences(small, CountConfig(6))
    written = break_at(monkeypatch, breaks_at, KeyboardInterrupt)
    counted = []
    with pytest.raises(KeyboardInterrupt):
        count_cooccurrences(small, SMALL, folder=tmp_path, report=counted.append)
    assert len(written) == breaks_at
    blocks = CountStore.open(tmp_path, identity_of(tmp_path), memory=10**6).blocks if breaks_at > 2 else []
    monkeypatch.undo()
    fresh = fresh_ids(monkeypatch)
    again = []
    found = count_cooccurrences(small, SMALL, folder=tmp_path, report=again.append)
    assert np.array_equal(found.cells, reference.cells)
    assert sum(again) == len(small.ids)
    done = blocks[-1].end if blocks else 0
    assert sum(fresh) == len(small.ids) - done, "blocks that were finished are not counted anew"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cells.cells", "counts.json"]


def break_at(monkeypatch, number, error):
    """Raise at the file of this number, from 1; returns the files that were about to be written."""
    import os

    real, written = os.replace, []

    def replace(source, target):
        written.append(str(target))
        if len(written) == number:
            raise error
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    return written


def fresh_ids(monkeypatch):
    """How many ids are counted from here on, part by part."""
    real, parts = PairCounter.add, []

    def add(self, ids, begin, end):
        parts.append(end - begin)
        real(self, ids, begin, end)

    monkeypatch.setattr(PairCounter, "add", add)
    return parts


def identity_of(folder):
    import json

    return json.loads((folder / "counts.json").read_text(encoding="utf-8"))["identity"]


def test_a_finished_counting_is_taken_as_it_is(small, tmp_path, monkeypatch):
    first = count_cooccurrences(small, SMALL, folder=tmp_path)
    fresh = fresh_ids(monkeypatch)
    again = count_cooccurrences(small, CountConfig(6), folder=tmp_path)
    assert fresh == []
    assert np.array_equal(first.cells, again.cells)


@pytest.mark.parametrize("number", [5, 34, 35])
def test_a_full_disk_is_told_in_one_sentence_and_the_same_command_goes_on(small, tmp_path, monkeypatch, number):
    error = OSError(errno.ENOSPC, "No space left on device")
    break_at(monkeypatch, number, error)
    with pytest.raises(InputError, match="No space left on device") as told:
        count_cooccurrences(small, SMALL, folder=tmp_path)
    assert str(tmp_path) in str(told.value)
    assert "make room" in str(told.value)
    assert "\n" not in str(told.value)
    monkeypatch.undo()
    fresh = fresh_ids(monkeypatch)
    found = count_cooccurrences(small, SMALL, folder=tmp_path)
    assert 0 <= sum(fresh) < len(small.ids)
    assert np.array_equal(found.cells, count_cooccurrences(small, CountConfig(6)).cells)


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files there")
def test_a_disk_that_takes_no_more_bytes(tmp_path):
    """The real thing: the system refuses to write beyond a size."""
    script = f"""
import resource, signal, sys
import numpy as np
from common.cli import guard
from week2.learning_embeddings.cooccurrence import CountConfig, count_cooccurrences
from week2.learning_embeddings.data import Corpus
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
ids = np.random.default_rng(0).integers(0, 5000, 20_000).astype(np.int32)
corpus = Corpus(tuple(map(str, range(5000))), np.bincount(ids, minlength=5000), ids)
sys.exit(guard(lambda: len(count_cooccurrences(corpus, CountConfig(5, memory_mb=8), folder={str(tmp_path)!r})) and 0))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(f"error: {tmp_path}: the co-occurrence counts cannot be written")
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.glob("*.cells")) + list(tmp_path.glob(".*"))


def test_a_damaged_block_is_counted_anew(small, tmp_path, monkeypatch):
    break_at(monkeypatch, 9, KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        count_cooccurrences(small, SMALL, folder=tmp_path)
    monkeypatch.undo()
    blocks = sorted(tmp_path.glob("block-*.cells"))
    assert len(blocks) > 2
    blocks[1].write_bytes(blocks[1].read_bytes()[:-7])
    fresh = fresh_ids(monkeypatch)
    found = count_cooccurrences(small, SMALL, folder=tmp_path)
    assert sum(fresh) == len(small.ids) - int(blocks[0].stem.split("-")[2])
    assert np.array_equal(found.cells, count_cooccurrences(small, CountConfig(6)).cells)


def test_a_damaged_result_is_counted_anew(small, tmp_path):
    reference = np.array(count_cooccurrences(small, SMALL, folder=tmp_path).cells)
    path = tmp_path / "cells.cells"
    path.write_bytes(path.read_bytes()[:-16])
    assert np.array_equal(count_cooccurrences(small, SMALL, folder=tmp_path).cells, reference)


def test_another_texts_folder_is_refused(small, tmp_path):
    count_cooccurrences(small, SMALL, folder=tmp_path)
    other = make_corpus(words=800, tokens=30_000, lines=15, seed=1)
    with pytest.raises(InputError, match=r"another text or with other settings \(text\); name another folder"):
        count_cooccurrences(other, SMALL, folder=tmp_path)
    with pytest.raises(InputError, match=r"\(across lines\)"):
        count_cooccurrences(small, CountConfig(6, across_lines=True), folder=tmp_path)
    with pytest.raises(InputError, match=r"\(window\)"):
        count_cooccurrences(small, CountConfig(5), folder=tmp_path)
    (tmp_path / "counts.json").write_text("[]")
    with pytest.raises(InputError, match="is no list of co-occurrence counts"):
        count_cooccurrences(small, SMALL, folder=tmp_path)


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"window": 0}, "window is 0"), ({"memory_mb": 0.5}, "0.5 MB"), ({"at_once": 0}, "blocks of 0 ids")],
)
def test_settings_out_of_range(settings, message):
    with pytest.raises(InputError, match=message):
        CountConfig(**settings)


def test_lines_of_one_word_have_no_pairs(tmp_path):
    corpus = Corpus(("a", "b"), np.array([1, 1]), np.array([0, LINE_END, 1, LINE_END], dtype=np.int32))
    assert len(count_cooccurrences(corpus)) == 0
    assert len(count_cooccurrences(corpus, folder=tmp_path)) == 0
    assert len(count_cooccurrences(corpus, folder=tmp_path)) == 0


def test_merging_many_sections_takes_a_part_at_a_time(tmp_path):
    rng = np.random.default_rng(0)
    parts = []
    for size in (0, 1, 5, 700, 2000, 3000):
        keys = np.sort(rng.choice(4000, size, replace=False))
        parts.append(make_cells(keys, rng.integers(1, 9, size)))
    path = tmp_path / "sections"
    np.concatenate(parts).tofile(path)
    edges = np.cumsum([0, *map(len, parts)]).tolist()
    merged = list(merge_sorted([Section(path, *edge) for edge in itertools.pairwise(edges)], memory=0))
    assert max(map(len, merged)) <= 64 * len(parts)
    expected = np.zeros(4000, dtype=np.int64)
    for part in parts:
        expected[part[:, 0]] += part[:, 1]
    merged = np.concatenate(merged)
    assert np.array_equal(merged[:, 0], np.flatnonzero(expected))
    assert np.array_equal(merged[:, 1], expected[expected > 0])
    assert np.array_equal(merge_cells(list(parts)), merged)


def test_blocks_are_merged_by_sixteen(small, tmp_path, monkeypatch):
    most = []
    real = CountStore._write_manifest
    monkeypatch.setattr(CountStore, "_write_manifest", lambda self: (most.append(len(self.blocks)), real(self)))
    count_cooccurrences(small, CountConfig(6, memory_mb=1, at_once=600), folder=tmp_path)
    assert len(most) > 3 * cooccurrence_store.FAN_IN
    assert max(most) == cooccurrence_store.FAN_IN + 2
