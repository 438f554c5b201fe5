"""The verbs as a person uses them: words, batches, JSON, pictures, what is left out and what is refused."""

import io
import json

import numpy as np
import pytest

from common.cli import main
from common.glove import load_vectors, write_vectors
from common.vector_space import VectorSpace
from week2.word_vectors.__main__ import DESCRIPTION, MAIN_JOB, VERBS

PAIRS = [("woman", "man"), ("queen", "king"), ("girl", "boy"), ("aunt", "uncle")]
OTHERS = ["nurse", "engineer", "river", "lake", "bread", "cheese", "doctor", "science", "literature"]
PNG = b"\x89PNG"


@pytest.fixture
def vectors(tmp_path):
    """A file of words: pairs that differ by one direction and a little noise, and others."""
    rng = np.random.default_rng(3)
    gender = rng.normal(size=20)
    rows = {}
    for she, he in PAIRS:
        middle = rng.normal(size=20)
        rows[she] = middle + gender / 2 + 0.05 * rng.normal(size=20)
        rows[he] = middle - gender / 2 + 0.05 * rng.normal(size=20)
    for word in OTHERS:
        rows[word] = rng.normal(size=20) + rng.normal() * gender
    rows["lake"] = rows["river"] + 0.3 * rng.normal(size=20)
    rows["cheese"] = rows["bread"] + 0.3 * rng.normal(size=20)
    return write_vectors(tmp_path / "small.txt", list(rows), np.array(list(rows.values())).round(4))


@pytest.fixture
def run(tmp_path, vectors, monkeypatch, capsys, without_course):
    """`run("nearest", "king", stdin=...)` in an empty folder: status, standard output, standard error."""
    monkeypatch.chdir(tmp_path)

    def call(verb, *arguments, stdin="", file=vectors):
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        argv = [verb, *map(str, arguments), *(["--vectors", str(file)] if file else [])]
        status = main("week2.word_vectors", DESCRIPTION, VERBS, argv)
        written = capsys.readouterr()
        assert "Traceback" not in written.err
        return status, written.out, written.err

    return call


@pytest.fixture
def space(vectors):
    return VectorSpace(load_vectors(vectors))


def folder(tmp_path, verb):
    found = tmp_path / "out" / "week2" / "word_vectors" / verb
    assert json.loads((found / "metrics.json").read_text())["status"] == "done"
    assert json.loads((found / "config.json").read_text())["settings"]["vectors"].endswith("small.txt")
    return found


def test_similarity_of_two_words_of_several_and_of_a_batch(run, tmp_path, space):
    status, out, err = run("similarity", "river", "Lake")
    assert status == 0 and f"{space.similarity('river', 'lake'):.8f}" in out and "your file" in err
    status, out, _ = run("similarity", "bread", "river", "lake", "--json")
    pairs = json.loads(out)["pairs"]
    assert len(pairs) == 3 and (pairs[0]["a"], pairs[0]["b"]) == ("river", "lake")
    assert [pair["cosine"] for pair in pairs] == sorted((pair["cosine"] for pair in pairs), reverse=True)
    (tmp_path / "pairs.csv").write_text("# pairs\r\nriver,lake\r\n\r\nking,atlantis\r\nking queen\r\n")
    status, out, err = run("similarity", "--batch", "pairs.csv", "--json")
    content = json.loads(out)
    assert status == 0 and [(one["a"], one["b"]) for one in content["pairs"]] == [("river", "lake"), ("king", "queen")]
    assert "pairs.csv line 4: 'atlantis' is not among the 17 words" in err
    assert content["left_out"][0].startswith("pairs.csv line 4")
    assert (folder(tmp_path, "similarity") / "similarity.png").read_bytes().startswith(PNG)
    assert json.loads((folder(tmp_path, "similarity") / "answers.json").read_text()) == content


def test_nearest(run, tmp_path, space):
    status, out, _ = run("nearest", "river", "king", "--count", 3, "--exclude", "LAKE", "--json")
    words = json.loads(out)["words"]
    assert status == 0 and [one["word"] for one in words] == ["river", "king"]
    for one in words:
        wanted = space.nearest(one["word"], 3, exclude=["lake"])
        assert [(near["word"], near["cosine"]) for near in one["nearest"]] == wanted
    assert (folder(tmp_path, "nearest") / "nearest.png").read_bytes().startswith(PNG)
    status, out, _ = run("nearest", "-", "--count", 1, stdin="river\nbread cheese\n")
    assert status == 0 and out.count("nearest to") == 3 and "lake" in out


def test_analogies_by_every_rule_and_from_standard_input(run, tmp_path, space):
    status, out, _ = run("analogy", "man", "woman", "king", "boy", "girl", "uncle", "--count", 2)
    lines = out.splitlines()
    assert status == 0 and len(lines) == 4
    assert lines[0].split()[:6] == ["man", "->", "woman,", "king", "->", "queen"] and "aunt" in lines[2]
    triples = [("man", "woman", "king"), ("boy", "girl", "uncle")]
    for method in ("difference", "add", "multiply"):
        for exclude in ("all", "c"):
            text = "".join(" ".join(triple) + "\n" for triple in triples)
            options = ("--method", method, "--exclude", exclude, "--count", 3, "--json")
            status, out, _ = run("analogy", "--batch", "-", *options, stdin=text)
            content = json.loads(out)
            wanted = space.analogies(triples, 3, method, exclude)
            found = [[(one["word"], one["score"]) for one in row["answers"]] for row in content["analogies"]]
            assert status == 0 and found == wanted and content["method"] == method
    assert (folder(tmp_path, "analogy") / "answers.txt").is_file()


def test_thousands_of_analogies_in_a_batch(run, tmp_path):
    (tmp_path / "many.txt").write_text("man woman king\nboy girl uncle\n" * 1500)
    status, out, _ = run("analogy", "--batch", "many.txt")
    assert status == 0 and len(out.splitlines()) == 3000 and out.count("queen") == 1500


def test_the_odd_one_out(run, tmp_path):
    status, out, _ = run("odd-one-out", "river", "lake", "bread")
    assert status == 0 and out.splitlines()[0] == "odd one out: bread"
    assert (folder(tmp_path, "odd-one-out") / "odd_one_out.png").read_bytes().startswith(PNG)
    status, out, _ = run("odd-one-out", "-", "--json", stdin="river lake bread\nbread cheese king\n")
    groups = json.loads(out)["groups"]
    assert status == 0 and [one["odd"] for one in groups] == ["bread", "king"]
    assert groups[0]["words"][0]["mean_cosine"] < groups[0]["words"][1]["mean_cosine"]


def test_bias_before_and_after_and_the_vectors_written(run, tmp_path, space):
    options = [part for pair in PAIRS[:2] for part in ("--pair", *pair)]
    status, out, _ = run("bias", "nurse", "engineer", *options, "--write", "after.txt", "--json")
    content = json.loads(out)
    assert status == 0 and [row["word"] for row in content["neutralized"]] == ["nurse", "engineer"]
    assert all(abs(row["after"]) < 1e-12 < abs(row["before"]) for row in content["neutralized"])
    she, he = content["equalized"][:2]
    assert (she["word"], he["word"]) == ("woman", "man") and she["after"] == pytest.approx(-he["after"])
    assert content["weat"] is None
    axis = np.array(content["direction"]["axis"])
    after = load_vectors(tmp_path / "after.txt")
    assert list(after.words) == list(space.words)
    assert abs(after["nurse"] @ axis) < 1e-5 < abs(space.vectors["nurse"] @ axis)
    np.testing.assert_array_equal(after["bread"], space.vectors["bread"])
    assert (folder(tmp_path, "bias") / "bias.png").read_bytes().startswith(PNG)


def test_soft_bias_with_sets_of_ones_own(run, tmp_path):
    sets = "x: engineer science\ny: nurse literature\na: man king\nb: woman queen unicorn\n"
    (tmp_path / "sets.txt").write_text(sets)
    options = ("--strength", 0.5, "--direction", "difference", "--no-equalize", "--sets", "sets.txt")
    status, out, err = run("bias", "doctor", "--pair", "woman", "man", *options)
    assert status == 0 and "mean difference of one pair" in out and "equalized" not in out
    assert "x (2) rather than y (2) with a (2) rather than b (2); all 6 partings" in out
    assert "left out, not in the vocabulary: unicorn" in err
    before, after = (float(line.split()[1]) for line in out.splitlines() if line.startswith(("before", "after")))
    assert before != after


def test_bias_with_nothing_named_takes_the_everyday_words(run):
    status, out, _ = run("bias", "--json")
    content = json.loads(out)
    assert status == 0 and [one["first"] for one in content["direction"]["pairs"]] == ["woman", "girl", "queen", "aunt"]
    assert {row["word"] for row in content["neutralized"]} == {"nurse", "engineer", "doctor", "science", "literature"}


QUESTIONS = ": she\nman woman king queen\nMan Woman Boy Girl\nman woman boy atlantis\n: none\nx y z w\n"


def test_evaluate(run, tmp_path):
    (tmp_path / "q.txt").write_text(QUESTIONS)
    (tmp_path / "s.tsv").write_text("river\tlake\t9\nbread\tcheese\t8\nriver\tbread\t1\nriver\tsea\t7\n")
    (tmp_path / "t.tsv").write_text("river\tsea\t7\n")
    files = ("--questions", "q.txt", "--similarities", "s.tsv", "--similarities", "t.tsv")
    status, out, _ = run("evaluate", *files)
    assert status == 0 and "100.0 %" in out and "all" in out and "t.tsv" in out
    status, out, _ = run("evaluate", *files, "--method", "add", "--json")
    content = json.loads(out)
    she, none, both = content["analogies"]
    assert (she["correct"], she["answered"], she["skipped"]) == (2, 2, 1) and she["accuracy"] == 1
    assert none["accuracy"] is None and (both["section"], both["skipped"]) == ("all", 2)
    assert content["similarities"][0]["pairs"] == 3 and content["similarities"][1]["spearman"] is None
    found = folder(tmp_path, "evaluate")
    assert all((found / name).read_bytes().startswith(PNG) for name in ("analogies.png", "similarities.png"))
    names = [metric["name"] for metric in json.loads((found / "metrics.json").read_text())["metrics"]]
    assert "analogies, accuracy" in names and "s.tsv, Spearman" in names and "t.tsv, Spearman" not in names


@pytest.mark.parametrize("options", [(), ("--method", "tsne", "--iterations", "60", "--perplexity", "4")])
def test_map(run, tmp_path, options):
    status, out, _ = run("map", "river", "bread", "king", "queen", "man", "woman", "--neighbours", 1, *options)
    found = folder(tmp_path, "map")
    assert status == 0 and "map.png" in out and (found / "map.png").read_bytes().startswith(PNG)
    lines = (found / "points.tsv").read_text().splitlines()
    words = [line.split("\t")[0] for line in lines[1:]]
    assert lines[0] == "word\tx\ty" and words[:6] == ["river", "bread", "king", "queen", "man", "woman"]
    assert {"lake", "cheese"} < set(words[6:])
    assert np.isfinite([[float(number) for number in line.split("\t")[1:]] for line in lines[1:]]).all()


def test_a_map_of_everyday_words(run):
    everyday = {word for pair in PAIRS for word in pair} | {"bread", "cheese", "doctor"}
    status, out, _ = run("map", "--json")
    assert status == 0 and {row["word"] for row in json.loads(out)["points"]} == everyday


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("nearest", "rivr"), "'rivr' is not among the 17 words of"),
        (("nearest", "rivr"), "the nearest spellings are river"),
        (("similarity", "river"), "similarity takes two words or more; there are 1 words"),
        (("analogy", "a", "b"), "A is to B as C is to ...; there are 2 words"),
        (("analogy",), "there are 0 words"),
        (("odd-one-out", "river", "lake"), "three words or more"),
        (("odd-one-out", "river", "lake", "river"), "'river' stands there twice"),
        (("bias", "--pair", "man", "Man"), "the pair man/man spans nothing"),
        (("bias", "man", "--pair", "woman", "man"), "'man' is a word to neutralize and stands in a pair"),
        (("bias", "--pair", "woman", "men"), "'men' is not among the 17 words"),
        (("bias", "--sets", "none.txt"), "none.txt: no such file"),
        (("evaluate", "--questions", "none.txt"), "none.txt: no such file"),
        (("map", "river", "lake"), "give at least 3 words"),
        (("map", "river", "lake", "bread", "--method", "tsne"), "t-SNE was given 3 words"),
        (("nearest", "river", "--batch", "words.txt"), "'river' and --batch words.txt were both given"),
        (("nearest", "-"), "standard input: holds no words"),
        (("nearest", "--batch", "none.txt"), "none.txt: no such file"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_sentence(run, arguments, problem):
    status, out, err = run(*arguments)
    assert status == 2 and problem in err and out == ""
    assert err.splitlines()[-1].startswith("error: ")


@pytest.mark.parametrize(
    ("verb", "text", "problem"),
    [
        ("analogy", "man woman king\nman woman\n", "standard input: line 2: an analogy takes three words"),
        ("similarity", "river\n", "standard input: line 1: similarity takes two words or more"),
        ("nearest", "atlantis\nutopia\n", "none of the 2 lines can be answered; the first: standard input line 1"),
    ],
)
def test_batches_that_cannot_be_answered(run, verb, text, problem):
    status, out, err = run(verb, "-", stdin=text)
    assert status == 2 and problem in err and out == ""


def test_questions_files_with_wrong_counts_leave_no_run_behind(run, tmp_path):
    (tmp_path / "q.txt").write_text(": she\nman woman king\n")
    status, _, err = run("evaluate", "--questions", "q.txt")
    assert status == 2 and "q.txt: line 2 has 3 words" in err
    metrics = json.loads((tmp_path / "out/week2/word_vectors/evaluate/metrics.json").read_text())
    assert metrics["status"] == "failed" and metrics["figures"] == []


def test_damaged_vectors_are_refused_or_read_leniently(run, tmp_path, vectors):
    broken = tmp_path / "broken.txt"
    broken.write_text(vectors.read_text() + "short 1 2 3\n")
    status, _, err = run("nearest", "river", file=broken)
    assert status == 2 and "broken.txt" in err and "line 18" in err
    status, out, _ = run("nearest", "river", "--count", 1, "--lenient", file=broken)
    assert status == 0 and "lake" in out
    (tmp_path / "empty.txt").write_text("")
    status, _, err = run("nearest", "river", file=tmp_path / "empty.txt")
    assert status == 2 and "empty" in err


def test_zero_vectors_are_answered_without_nan(run, tmp_path):
    path = write_vectors(
        tmp_path / "zeros.txt", list("abcdef"), np.vstack([np.zeros((2, 3)), np.eye(3), np.ones((1, 3))])
    )
    for arguments in (("similarity", "a", "b", "c"), ("nearest", "a"), ("analogy", "a", "b", "c"), ("map", *"abcdef")):
        status, out, _ = run(*arguments, "--json", file=path)
        assert status == 0 and "NaN" not in out
    status, out, _ = run("odd-one-out", "a", "c", "f", file=path)
    assert status == 0 and "odd one out: a" in out
    status, _, err = run("bias", "c", "--pair", "a", "b", file=path)
    assert status == 2 and "the pair a/b spans nothing" in err


def test_the_shell_lists_every_verb_and_the_job(shell):
    done = shell("week2.word_vectors", "--help")
    assert done.returncode == 0
    assert all(f"  {verb.name}" in done.stdout for verb in VERBS)
    assert {one.arguments[0] for one in MAIN_JOB} <= {verb.name for verb in VERBS}
    assert [verb.name for verb in VERBS] == [
        *("similarity", "nearest", "analogy", "odd-one-out", "bias", "evaluate", "map", "compare")
    ]
