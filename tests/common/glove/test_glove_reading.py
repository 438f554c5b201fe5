"""Vectors files of every kind that people have, read; and what is wrong with a file said with its line."""

import gzip
import io
import os
import re
import threading
import zipfile

import numpy as np
import pytest
from glove_oracle import made_up, plain_read, same
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.errors import InputError, MissingFileError
from common.glove import load_vectors, sources

PLAIN = "the 0.418 0.24968 -0.41242\n, 0.013441 0.23682 -0.16899\nof 0.70853 0.57088 -0.4716\n"


def zipped(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(re.sub("_(?=[a-z]*$)", ".", name), content)
    return buffer.getvalue()


# ---- formats


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode().rstrip(b"\n"),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", " \n").encode(),
        PLAIN.replace("\n", " \r\n").encode(),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        b"3 3\n" + PLAIN.encode(),
        b"\xef\xbb\xbf3 3 \r\n" + PLAIN.encode(),
        gzip.compress(PLAIN.encode()),
        gzip.compress(PLAIN[:40].encode()) + gzip.compress(PLAIN[40:].encode()),
        zipped(vectors_bin=PLAIN),
        zipped(README_md="about", vectors_txt=PLAIN),
        zipped(**{"vectors_txt": PLAIN, "__MACOSX/._vectors.txt": "of a Mac"}),
        PLAIN.replace("0.418", "4.18e-01").replace("-0.4716", "-4716E-4").encode(),
        PLAIN.replace("0.418", ".418").replace("0.24968", "+0.24968").encode(),
    ],
)
def test_the_same_vectors_in_every_dress(put, content):
    """The name ends in .txt whatever the content is."""
    assert same(load_vectors(put(content)), *plain_read(PLAIN.encode(), 3))


def test_words_with_spaces_are_read_from_the_right(put):
    content = ". . . 0.1 -0.2\nat name@domain.com 0.3 0.4\n0.5 0.5 0.6\n5 7.0 8.0\n"
    vectors = load_vectors(put(content))
    assert vectors.words[:] == [". . .", "at name@domain.com", "0.5", "5"]
    assert same(vectors, *plain_read(content.encode(), 2))


def test_words_that_other_readers_split(put):
    words = [
        "\u0085",
        "a\u00a0b",
        "\u2028",
        "x\ty",
        "\x1c",
        "\r",
        "\x0b",
        "名前",
        "a.b.c",
        "...",
        "-0.5",
        "1e5",
        "\ufeff",
    ]
    vectors = load_vectors(put("".join(f"{word} 0.25 -1.5\n" for word in words)))
    assert vectors.words[:] == words and vectors.matrix.tolist() == [[0.25, -1.5]] * len(words)


def test_whole_numbers_and_one_dimension(put):
    assert load_vectors(put("a 1 -2\nb 3 4.5\nc 0 0\n")).matrix.tolist() == [[1, -2], [3, 4.5], [0, 0]]
    assert load_vectors(put("7 3\n8 4\n9 5\n")).words[:] == ["7", "8", "9"]
    assert load_vectors(put("2 1\n8 4\n9 5\n")).words[:] == ["8", "9"]
    assert np.signbit(load_vectors(put("a -0.0 -0\n")).matrix).all()


@pytest.mark.parametrize("form", ["%.5g", "%.6f", "%r", "%.9g", "%.18e", "%.2f"])
def test_many_lines_in_many_blocks(put, small_blocks, form):
    content = made_up(300, 7, form=form)
    assert same(load_vectors(put(content)), *plain_read(content, 7))


def test_blocks_of_the_usual_size(put):
    content = made_up(9000, 50)
    assert len(content) > 3 * sources.BLOCK_BYTES
    assert same(load_vectors(put(content)), *plain_read(content, 50))
    assert same(load_vectors(put(gzip.compress(content, 1), "vectors.gz")), *plain_read(content, 50))


WORD = st.text(st.characters(exclude_characters="\n\r\0 ", exclude_categories=["Cs"]), min_size=1, max_size=12)
NUMBER = st.one_of(
    st.floats(width=32, allow_nan=False, allow_infinity=False).map(str),
    st.floats(-1, 1).map(lambda x: f"{x:.5f}"),
    st.integers(-99, 99).map(str),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), st.integers(1, 5), st.booleans(), st.sampled_from(["\n", "\r\n", " \n"]))
def test_any_words_and_numbers(put, small_blocks, data, dimensions, header, end):
    words = data.draw(st.lists(WORD, min_size=1, max_size=12, unique=True))
    lines = [" ".join([word, *data.draw(st.lists(NUMBER, min_size=dimensions, max_size=dimensions))]) for word in words]
    first = [f"{len(words)} {dimensions}"] if header or dimensions == 1 or words[0].startswith("\ufeff") else []
    vectors = load_vectors(put("".join(line + end for line in [*first, *lines])))
    assert same(vectors, *plain_read("\n".join(lines).encode(), dimensions))


# ---- defects

GOOD = ["a 0.1 0.2 0.3", "b 0.4 0.5 0.6", "c 0.7 0.8 0.9", "d 1.0 1.1 1.2", "e 1.3 1.4 1.5"]
DEFECTS = {
    "x 0.1 0.2": ("too few numbers", "has 2 numbers and not 3"),
    "x 0.1 0.2 0.3 0.4": ("too many numbers", "has 4 numbers and not 3"),
    "x": ("too few numbers", "has 0 numbers and not 3"),
    "x\t0.1\t0.2\t0.3": ("too few numbers", "holds tabs"),
    "x 0.1 nan 0.3": ("nan or infinity", "holds 'nan'"),
    "x 0.1 0.2 -inf": ("nan or infinity", "holds '-inf'"),
    "x 0.1 1e39 0.3": ("nan or infinity", "holds '1e39'"),
    "x 0.1 1.5e400 0.3": ("nan or infinity", "holds '1.5e400'"),
    "x 0.1 0,2 0.3": ("not a number", "holds '0,2' where a number should be"),
    "x 0.1 1_0.0 0.3": ("not a number", "holds '1_0.0'"),
    "x 0.1 0.2.3 0.3": ("not a number", "holds '0.2.3'"),
    "x 0.1 0.2 0.3\t": ("not a number", "holds '0.3\\t'"),
    "x 0.1 " + "9.9x" * 100 + " 0.3": ("not a number", "9.9x...'"),
    "x  0.1 0.2 0.3": ("stray space", "has two spaces in a row"),
    "x 0.1  0.2 0.3": ("stray space", "has two spaces in a row"),
    "x 0.1 0.2 0.3  ": ("stray space", "has two spaces in a row"),
    " 0.1 0.2 0.3": ("no word", "begins with a space"),
    " x 0.1 0.2 0.3": ("no word", "begins with a space"),
    "": ("empty line", "is empty"),
    " ": ("empty line", "is empty"),
    "x\0 0.1 0.2 0.3": ("NUL byte", "holds a NUL byte"),
    "x 0.1 0.\x002 0.3": ("NUL byte", "holds a NUL byte"),
    b"x\xff 0.1 0.2 0.3": ("not UTF-8", "is not UTF-8 text"),
    b"x\xc3 0.1 0.2 0.3": ("not UTF-8", "is not UTF-8 text"),
    b"\xa9 x 0.1 0.2 0.3": ("not UTF-8", "is not UTF-8 text"),
    "b 9.9 9.9 9.9": ("repeated word", "repeats the word 'b' of line"),
}


def with_line(line, place):
    lines = [good.encode() for good in GOOD]
    lines.insert(place, line.encode() if isinstance(line, str) else line)
    return b"\n".join(lines) + b"\n"


@pytest.mark.parametrize("place", [0, 3, 5])
@pytest.mark.parametrize("line", DEFECTS, ids=repr)
def test_a_defect_is_named_with_its_line(put, small_blocks, line, place):
    kind, says = DEFECTS[line]
    path = put(with_line(line, place))
    number = 3 if kind == "repeated word" and place == 0 else place + 1
    with pytest.raises(InputError) as error:
        load_vectors(path)
    assert str(error.value).startswith(f"{path}: line {number} ") and says in str(error.value)
    assert "--lenient" in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("place", [0, 3, 5])
@pytest.mark.parametrize("line", DEFECTS, ids=repr)
def test_lenient_reading_skips_and_counts(put, small_blocks, line, place):
    kind, _ = DEFECTS[line]
    vectors = load_vectors(put(with_line(line, place)), lenient=True)
    number = 3 if kind == "repeated word" and place == 0 else place + 1
    assert [(one.kind, one.count, one.lines) for one in vectors.skipped] == [(kind, 1, (number,))]
    assert kind in vectors.describe_skipped() and f"({number})" in vectors.describe_skipped()
    if kind != "repeated word":
        assert same(vectors, *plain_read("\n".join(GOOD).encode(), 3))
    assert sorted(vectors) == list("abcde")


def test_all_defects_in_one_file(put, small_blocks):
    lines = [
        line.encode() if isinstance(line, str) else line
        for pair in zip(GOOD * 9, DEFECTS, strict=False)
        for line in pair
    ]
    vectors = load_vectors(put(b"\n".join(lines)), lenient=True)
    assert same(vectors, *plain_read("\n".join(GOOD).encode(), 3))
    counts = {one.kind: one.count for one in vectors.skipped}
    assert counts["NUL byte"] == 2 and counts["nan or infinity"] == 4 and counts["not UTF-8"] == 3
    assert sum(counts.values()) == len(lines) - len(GOOD)
    repeated = next(one for one in vectors.skipped if one.kind == "repeated word")
    assert len(repeated.lines) == 5 < repeated.count and ", ...)" in repeated.describe()
    assert load_vectors(put("\n".join(GOOD)), lenient=True).describe_skipped() == ""


def test_the_first_of_repeated_words_stays(put):
    vectors = load_vectors(put("a 0.1 0.2\nb 0.3 0.4\na 0.5 0.6\nc 0.7 0.8\nb 0.9 1.0\na 1.1 1.2\n"), lenient=True)
    assert same(vectors, *plain_read(b"a 0.1 0.2\nb 0.3 0.4\nc 0.7 0.8\n", 2))
    assert [(one.count, one.lines) for one in vectors.skipped] == [(3, (3, 5, 6))]
    with pytest.raises(InputError, match=r"line 4 repeats the word 'a' of line 2; "):
        load_vectors(put("3 2\na 0.1 0.2\nb 0.3 0.4\na 0.5 0.6\n"))


def test_a_header_that_lies(put):
    with pytest.raises(InputError, match="line 1 announces 4 words, and 3 lines follow; .*--lenient"):
        load_vectors(put("4 3\n" + PLAIN))
    with pytest.raises(InputError, match="line 1 announces 50 numbers a word, and the lines have 3"):
        load_vectors(put("3 50\n" + PLAIN))
    with pytest.raises(InputError, match="line 1 announces 400000 words, and no vector follows"):
        load_vectors(put("400000 50\n"))
    vectors = load_vectors(put("4 50\n" + PLAIN), lenient=True)
    assert same(vectors, *plain_read(PLAIN.encode(), 3))
    assert [(one.kind, one.lines) for one in vectors.skipped] == [("wrong header", (1, 1))]
    with pytest.raises(InputError, match="line 3 is empty"):
        load_vectors(put("4 3\nx 0.1 0.2 0.3\n\n" + PLAIN))


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (gzip.compress(b""), "is empty"),
        (b"\n\n\n", "line 1 is not a word and numbers"),
        (b"\xef\xbb\xbf", "line 1 is not a word and numbers"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 171350079\n", "Git-LFS pointer"),
        (b"Dear reader,\nthis is prose.\n", "line 1 is not a word and numbers"),
        (bytes(range(256)) * 20, "is a binary file"),
        (b"300 5\n" + np.random.default_rng(0).bytes(5000), "is a binary file"),
        ("text in another coding 0.1".encode("utf-16"), "is a binary file"),
        (gzip.compress(PLAIN.encode() * 50)[:-30], "cut short or damaged"),
        (gzip.compress(PLAIN.encode())[:-6] + b"\1\2\3\4\5\6", "cut short or damaged"),
        (gzip.compress(PLAIN.encode()) + b"garbage", "cut short or damaged"),
        (zipped(a_txt=PLAIN, b_txt=PLAIN), r"holds 2 files \(a.txt, b.txt\); unpack the one"),
        (zipped(a_bin=PLAIN, b_bin=PLAIN), "holds 2 files"),
        (zipped(), "holds no file"),
        (zipped(a_txt=PLAIN)[:-20], "cut or damaged zip archive"),
        (zipped(a_txt=PLAIN).replace(b"PK\1\2", b"PK\1\2", 1)[:30] + b"\0" * 40, "cut or damaged zip archive"),
        (b"word " + b"0.5 " * 2_000_000 + b"\n", "line 1 is longer than 4 MB"),
        (b"a 0.5\n" * 9 + b"x" * 6_000_000, "line 10 is longer than 4 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_vectors_file_is_said_to_be_none(put, content, says, lenient):
    path = put(content)
    with pytest.raises(InputError, match=says) as error:
        load_vectors(path, lenient=lenient)
    assert str(error.value).startswith(f"{path}: ") and "\n" not in str(error.value)


def test_damage_inside_a_zip_member(put):
    content = bytearray(zipped(a_txt=made_up(200, 10)))
    content[len(content) // 2] ^= 0xFF
    with pytest.raises(InputError, match="cut short or damaged|line "):
        load_vectors(put(bytes(content)))
    encrypted = bytearray(zipped(a_txt=PLAIN))
    encrypted[6] |= 1
    encrypted[encrypted.rindex(b"PK\1\2") + 8] |= 1
    with pytest.raises(InputError, match="a.txt cannot be read .*encrypted"):
        load_vectors(put(bytes(encrypted)))


def test_nothing_but_defects(put):
    with pytest.raises(InputError, match=r"no line can be read \(line 1: nan or infinity\)"):
        load_vectors(put("a nan 0.5\nb 0.5 inf\n"), lenient=True)


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(MissingFileError, match="no such file"):
        load_vectors(tmp_path / "nothing.txt")
    with pytest.raises(InputError, match="is a folder"):
        load_vectors(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe(tmp_path, cache_home):
    os.mkfifo(tmp_path / "pipe")
    content = made_up(5000, 20)
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=[content])
    writer.start()
    assert same(load_vectors(tmp_path / "pipe", cache_from=0), *plain_read(content, 20))
    writer.join()
    assert not cache_home.exists()


def test_a_file_that_grows_while_it_is_read(put, monkeypatch):
    path = put(made_up(2000, 5))
    monkeypatch.setattr(sources, "BLOCK_BYTES", 1000)
    read = sources._Hashing.read

    def grow(self, size):
        with open(path, "ab") as file:
            file.write(b"new 0.1 0.2 0.3 0.4 0.5\n")
        monkeypatch.setattr(sources._Hashing, "read", read)
        return read(self, size)

    monkeypatch.setattr(sources._Hashing, "read", grow)
    with pytest.raises(InputError, match="changed while it was read"):
        load_vectors(path)
