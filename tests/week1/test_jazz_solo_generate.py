"""Improvising: seeds, bars, changes, primers, ranking; the measures; the verbs from the shell, without the course."""

import json
from dataclasses import replace

import numpy as np
import pytest

from common.errors import InputError
from common.midi import Note, Score, Track, midi_bytes, read_midi, write_midi
from week1.jazz_solo import evaluate
from week1.jazz_solo.arrangement import swing
from week1.jazz_solo.data import find_piece, find_weights
from week1.jazz_solo.generate import SampleConfig, changes_of, draw_tokens, improvise, repeat_changes
from week1.jazz_solo.grammar import Tone
from week1.jazz_solo.harmony import read_changes
from week1.jazz_solo.network import SoloNetwork
from week1.jazz_solo.piece import read_line, read_piece
from week1.jazz_solo.run import score_of


@pytest.fixture(scope="module")
def network():
    return SoloNetwork.load(find_weights().path)


@pytest.fixture(scope="module")
def pieces():
    return [read_piece(find_piece().path)]


TURNAROUND = repeat_changes(read_changes("Dm7 G7 Cmaj7 Cmaj7"), 4 * 48, 16 * 48)
AWAY = repeat_changes(read_changes("Ebm7b5 Ab7alt Dbm6 Gb7#11 B+ E7b9"), 6 * 48, 16 * 48)


def test_the_same_seed_gives_the_same_bytes_another_seed_others(network):
    def files(seed, count=3):
        solos = improvise(network, TURNAROUND, count, SampleConfig(), seed=seed)
        return {solo.seed: midi_bytes(score_of(solo, seed=seed, tempo=120, ratio=0.6)) for solo in solos}

    first = files(5)
    assert first == files(5) and len(set(first.values())) == 3
    assert not set(first.values()) & set(files(6).values())
    more = files(5, count=5)
    assert all(more[number] == first[number] for number in first)


@pytest.mark.parametrize("changes", [TURNAROUND, AWAY])
def test_the_changes_are_obeyed(network, pieces, changes):
    """At least 85 % of every solo's notes belong to the chord or its scale; the piece's own share is near."""
    assert network.notes["inside"] == pytest.approx(
        np.mean([pieces[0].changes.at(tone.start).inside(tone.pitch) for tone in pieces[0].notes])
    )
    for solo in improvise(network, changes, 12, SampleConfig(temperature=1.3, top_p=None), seed=1):
        counted = [changes.at(tone.start).inside(tone.pitch) for tone in solo.notes]
        assert solo.inside == pytest.approx(np.mean(counted)) and solo.inside >= 0.85


@pytest.mark.parametrize(
    "config", [SampleConfig(), SampleConfig(bars=3, temperature=2.5, top_p=None), SampleConfig(top_k=1)]
)
def test_bars_are_filled_exactly(network, config):
    for solo in improvise(network, TURNAROUND, 3, config, seed=2):
        assert solo.tones[0].start == 0 and solo.tones[-1].end == config.bars * 48
        assert [tone.start for tone in solo.tones[1:]] == [tone.end for tone in solo.tones[:-1]]
        assert sum(token.kind == "|" for token in solo.tokens) == config.bars - 1


def test_solos_are_ranked_by_their_likelihood(network):
    solos = improvise(network, TURNAROUND, 6, SampleConfig(), seed=3)
    scores = [solo.likelihood for solo in solos]
    assert scores == sorted(scores, reverse=True)
    ids = [network.ids[str(token)] for token in solos[0].tokens]
    assert scores[0] == pytest.approx(network.log_likelihoods(ids).mean(), abs=1e-6)


def test_temperature_zero_is_greedy_and_a_phrase_can_be_recalled(network):
    config = SampleConfig(bars=6, temperature=0, recall=0.0)
    one, other = (draw_tokens(network, config, np.random.default_rng(seed)) for seed in (1, 2))
    assert one == other
    line = network.ids["|"]
    recalled = draw_tokens(network, replace(config, bars=8, temperature=1, recall=1.0), np.random.default_rng(0))
    places = [-1, *(place for place, number in enumerate(recalled) if number == line), len(recalled)]
    bars = [recalled[a + 1 : b] for a, b in zip(places, places[1:], strict=False)]
    assert any(bars[place : place + 2] == bars[:2] for place in (2, 4, 6))
    for bad in ({"bars": 0}, {"recall": 1.5}):
        with pytest.raises(InputError):
            SampleConfig(**bad)


def test_a_primer_is_continued(network, tmp_path):
    notes = tuple(
        Note(pitch, 80, place / 2, place / 2 + 0.5) for place, pitch in enumerate((62, 65, 69, 72, 71, 70, 90))
    )
    path = write_midi(Score((Track(notes),)), tmp_path / "primer.mid")
    primer = read_line(path, TURNAROUND)
    solo = improvise(network, TURNAROUND, 1, SampleConfig(bars=4), seed=0, primer=primer)[0]
    assert solo.tones[:7] == primer.tones[:7] and solo.begin == 48 and solo.bars == 5
    assert all(tone.start >= 48 for tone in solo.notes) and solo.tones[-1].end == 5 * 48


def test_changes_go_round(network):
    assert [one.symbol for one in TURNAROUND.chords] == ["Dm7", "G7", "Cmaj7", "Cmaj7"] * 4
    assert repeat_changes(read_changes("C7 F7"), 96, 120).starts == (0, 48, 96)
    assert len(changes_of(network).chords) == len(network.notes["changes"])


def test_swing_moves_the_second_eighth_only():
    assert [swing(time, 2 / 3) for time in (0, 6, 12, 18)] == pytest.approx([0, 2 / 3, 1, 5 / 3])
    assert [swing(time, 0.6) for time in (4, 8, 3)] == pytest.approx([1 / 3, 2 / 3, 0.3])
    times = [swing(time, 0.7) for time in range(0, 25, 3)]
    assert times == sorted(times) and [swing(time, 0.5) for time in range(24)] == pytest.approx(np.arange(24) / 12)


# ---- measures


def test_copies_and_repetitions_are_counted():
    rng = np.random.default_rng(0)
    for _ in range(20):
        words, known = (list(rng.choice(list("abc"), size)) for size in (12, 30))
        runs = [b - a for a in range(12) for b in range(a + 1, 13) if "".join(words[a:b]) in "".join(known)]
        assert evaluate.longest_copy(words, [known]) == max(runs, default=0)
    assert evaluate.repetition(list("abcdabcd")) == pytest.approx(1 / 5)
    assert evaluate.repetition(list("abc")) == 0
    assert evaluate.distance(np.array([1.0, 0]), np.array([0, 1.0])) == 1
    notes = [Tone(0, 12, 62), Tone(48, 12, 62), Tone(96, 12, 60)]
    assert evaluate.degrees(notes, TURNAROUND)[[0, 7]] == pytest.approx([2 / 3, 1 / 3])


def test_held_out_bars_are_better_predicted_than_guessed(network, pieces):
    measured = evaluate.held_out_cross_entropy(network, pieces)
    assert measured.tokens > 100 and measured.network < measured.uniform - 0.5
    told = network.notes["held-out cross-entropy (nats per token)"]
    assert measured.network == pytest.approx(told, abs=0.01)  # the file has half precision
    piece = evaluate.likeness(pieces[0].tones, pieces[0].tokens(), pieces[0].changes, pieces)
    assert piece.copied == len(evaluate.words_of(pieces[0].tokens()))


# ---- the shell


def test_generate_leaves_files_that_can_be_read_and_repeats_itself(shell, tmp_path, without_course):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        options = (
            "--count",
            2,
            "--bars",
            4,
            "--chords",
            "Fm7 Bb7 Ebmaj7,C7 Fm7",
            "--seed",
            seed,
            "--out",
            tmp_path / name,
        )
        done = shell("week1.jazz_solo", "generate", *options, *(("--wav",) if name == "a" else ()))
        assert done.returncode == 0, done.stderr
    assert "inside: notes of the chord that sounds" in done.stdout and "in the piece learnt from" in done.stdout
    a, b, c = ([(tmp_path / name / f"solo_{n}.mid").read_bytes() for n in (1, 2)] for name in "abc")
    assert a == b and not set(a) & set(c)
    score = read_midi(tmp_path / "a" / "solo_1.mid")
    assert [track.name for track in score.tracks] == ["Solo", "Chords", "Bass"] and not score.remarks
    from common.audio import read_audio

    sound = read_audio(tmp_path / "a" / "solo_1.wav")
    assert sound.seconds == pytest.approx(score.duration, abs=3) and np.abs(sound.samples).max() > 0.1
    assert (tmp_path / "a" / "solo_2.png").read_bytes()[:4] == b"\x89PNG"
    told = json.loads((tmp_path / "a" / "metrics.json").read_text())
    assert told["status"] == "done" and told["metrics"][0]["value"] >= 0.85 <= told["metrics"][0]["reference"]


def test_music21_reads_what_generate_writes(network):
    from music21 import midi

    solo = improvise(network, TURNAROUND, 1, SampleConfig(bars=2), seed=0)[0]
    score = score_of(solo, seed=0, tempo=120, ratio=0.5)
    file = midi.MidiFile()
    file.readstr(midi_bytes(score))
    on = [event.pitch for event in file.tracks[0].events if event.isNoteOn() and event.velocity]
    assert on == [tone.pitch for tone in solo.notes]


def test_evaluate_and_listen(shell, tmp_path, without_course):
    done = shell("week1.jazz_solo", "evaluate", "--count", 2, "--out", tmp_path / "e")
    assert done.returncode == 0, done.stderr
    assert "held-out cross-entropy" in done.stdout and "longest run copied" in done.stdout
    small = write_midi(read_midi(find_piece().path).excerpt(0, 8), tmp_path / "small.mid")
    done = shell("week1.jazz_solo", "listen", small, "--out", tmp_path / "l")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "l" / "small.wav").stat().st_size > 100_000 and (tmp_path / "l" / "small.png").is_file()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("generate", "--chords", "Dm7 Qx7"), "'Qx7' is not a chord symbol that is known here"),
        (("generate", "--chords", ""), "chords"),
        (("generate", "--primer", "none.mid"), "none.mid"),
        (("generate", "--weights", "none.npz"), "none.npz"),
        (("train", "--bars", "9:3"), "two bar numbers"),
        (("train", "--midi", "text.mid"), "text.mid"),
        (("train", "--transpose", "1"), "--spelling named"),
        (("listen", "empty.mid"), "empty.mid"),
    ],
)
def test_bad_input_is_one_sentence(shell, tmp_path, without_course, arguments, words):
    (tmp_path / "text.mid").write_text("hello")
    write_midi(Score((Track(),)), tmp_path / "empty.mid")
    done = shell("week1.jazz_solo", *arguments)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert words in done.stderr.splitlines()[-1]


def test_without_the_course_its_figures_need_the_file(shell, without_course, tmp_path):
    figures = tmp_path / "figures.json"
    chosen = [
        {
            "function": "get_corpus_data",
            "what": "distinct tokens (n_values)",
            "inputs": {"corpus": "2018"},
            "expected": 78,
        },
        {"function": "fit", "what": "loss", "inputs": {"epochs": 100}, "expected": 9.2, "source": ["2021"]},
    ]
    figures.write_text(json.dumps({"figures": chosen}))
    done = shell("week1.jazz_solo", "compare", "--json", "--figures", figures)
    assert done.returncode == 0, done.stderr
    assert [row["status"] for row in json.loads(done.stdout)["figures"]] == ["needs original_metheny.mid"] * 2
