"""The course's piece and every figure of its jazz assignment."""

import json

from common.midi import read_midi
from week1.jazz_solo.course_corpus import VERSIONS, read_course_corpus
from week1.jazz_solo.grammar import Token
from week1.jazz_solo.piece import COURSE_BARS, read_piece


def piece_of(course):
    from common.assets import find

    return find("jazz-piece", course=course, shipped=False).path


def test_every_figure(shell, course):
    done = shell("week1.jazz_solo", "compare", "--json", "--figures", course / "figures" / "w1a3.json")
    assert done.returncode == 0, done.stdout + done.stderr
    content = json.loads(done.stdout)
    assert content["counts"] == {"match": 48, "explained": 1, "needs": 0, "mismatch": 0, "other": 0}
    explained = [row for row in content["figures"] if row["status"] == "explained"]
    assert explained[0]["function"] == "predict_and_sample" and explained[0]["what"] == "indices[12:18]"


def test_the_versions_differ_by_their_rests_only(course):
    score = read_midi(piece_of(course))
    corpora = {version: read_course_corpus(score, version) for version in VERSIONS}
    sounding = [word for word in corpora["2021"].words if not word.startswith("R")]
    assert sounding == corpora["2018"].words
    assert all(str(Token.read(word)) == word for word in corpora["2021"].words)


def test_its_solo_and_chords_are_found_without_being_named(course):
    for bars in (None, COURSE_BARS):
        piece = read_piece(piece_of(course), bars=bars)
        assert piece.parts == "melody: track 11, chords: track 6, bass: track 7"
    assert len(piece.bars) - 1 == 18 and len(piece.notes) > 180
