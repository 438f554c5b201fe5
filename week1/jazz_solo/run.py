"""What the verbs do: find files, call the stages, print results, leave the run folder."""

from __future__ import annotations

import argparse
import shutil
import time
from pathlib import Path

import numpy as np

from common.cli import progress, say
from common.errors import InputError
from common.midi import Score, read_midi, write_midi
from common.run_folder import OUT, RunFolder
from common.seeding import make_rng
from week1.jazz_solo import evaluate, pictures, train
from week1.jazz_solo.arrangement import arrange, solo_notes
from week1.jazz_solo.data import find_piece, find_weights
from week1.jazz_solo.generate import SampleConfig, Solo, changes_of, improvise, repeat_changes
from week1.jazz_solo.harmony import Changes, read_changes
from week1.jazz_solo.network import SoloNetwork
from week1.jazz_solo.piece import COURSE_BARS, Piece, read_bars, read_line, read_piece
from week1.jazz_solo.train import TrainConfig

ASSIGNMENT = "week1/jazz_solo"
TRAINED = OUT / ASSIGNMENT / "train" / "weights.npz"
_BARS = 16


def run_train(arguments: argparse.Namespace) -> int:
    """Learn a piece, or several; prints the held-out loss."""
    pieces = _pieces(arguments)
    config = TrainConfig(
        epochs=arguments.epochs,
        batch_size=arguments.batch_size,
        learning_rate=arguments.learning_rate,
        dropout=arguments.dropout,
        n_units=arguments.units,
        steps=arguments.steps,
        held_out=arguments.held_out,
        patience=arguments.patience,
        spelling=arguments.spelling,
        transpose=tuple(arguments.transpose),
        seed=arguments.seed,
    )
    with RunFolder(ASSIGNMENT, "train", arguments, folder=arguments.out) as run:
        curve = run.figure("loss.png", title="Loss", alt="training and held-out loss fall over the epochs")
        network, result = train.train(pieces, config, folder=run.folder)
        path = network.save(run.file("weights.npz", title="the trained weights"))
        shutil.rmtree(run.folder / "checkpoints", ignore_errors=True)
        if not curve.is_file():
            run.figures.clear()
        run.show(pictures.loss_block(result.history, config.steps))
        measured = evaluate.held_out_cross_entropy(network, pieces)
        uniform = float(np.log(len(network.words)))
        loss = result.history["loss"][-1] / config.steps if measured is None else measured.network
        kind = "training" if measured is None else "held-out"
        run.metric(
            f"{kind} cross-entropy", loss, unit="nats per token",
            reference=uniform if measured is None else measured.ngram, better="lower",
            reference_name="a uniform guess" if measured is None else "best Kneser-Ney n-gram",
        )  # fmt: skip
        run.metric("training time", result.seconds, unit="s")
        print(
            f"{len(network.words)} distinct tokens, {kind} cross-entropy {loss:.3f} nats per token (a uniform guess: "
            f"{uniform:.3f}), epoch {result.best_epoch or result.epochs} of {result.epochs}, {result.seconds:.0f} s"
        )
        print(f"weights: {path}")
    return 0


def _pieces(arguments: argparse.Namespace) -> list[Piece]:
    """The pieces that the options name; says what they were read from."""
    bars = None if arguments.part is None else read_bars(arguments.part)
    files = arguments.midi
    if not files:
        asset = find_piece(course=arguments.course)
        say(asset.describe())
        files = [asset.path]
        if bars is None and asset.source == "course":
            bars = COURSE_BARS
    pieces = []
    for file in files:
        piece = read_piece(file, melody_track=arguments.melody_track, chord_tracks=arguments.chord_track, bars=bars)
        chords = len(piece.changes.chords)
        say(f"{piece.name}: {piece.parts}; {len(piece.notes)} notes, {len(piece.bars) - 1} bars, {chords} chords")
        pieces.append(piece)
    return pieces


def run_generate(arguments: argparse.Namespace) -> int:
    """Improvise solos, likeliest first; leaves MIDI, piano rolls and, if wanted, sound."""
    network = _network(arguments.weights)
    primer, changes, bars = _plan(network, arguments)
    config = SampleConfig(
        bars=bars,
        temperature=arguments.temperature,
        top_k=arguments.top_k,
        top_p=arguments.top_p,
        recall=arguments.recall,
        prune=not arguments.raw,
    )
    tempo = arguments.tempo or network.notes["tempo"]
    with RunFolder(ASSIGNMENT, "generate", arguments, folder=arguments.out) as run:
        solos = improvise(network, changes, arguments.count, config, seed=arguments.seed, primer=primer)
        print(f"{'solo':>4}  {'notes':>5}  {'inside':>6}  {'nats per token':>14}  file")
        for place, solo in enumerate(progress(solos, description="writing", unit="solo"), 1):
            score = score_of(solo, seed=arguments.seed, tempo=tempo, ratio=arguments.swing)
            _leave(run, f"solo_{place}", score, solo, arguments)
            file = run.folder / f"solo_{place}.mid"
            print(f"{place:>4}  {len(solo.notes):>5}  {solo.inside:6.1%}  {solo.likelihood:14.3f}  {file}")
        inside = float(np.mean([solo.inside for solo in solos]))
        run.metric(
            "notes inside the chord or its scale", inside, unit="share", reference=network.notes["inside"],
            reference_name="the piece learnt from", better="higher",
        )  # fmt: skip
        print(
            f"inside: notes of the chord that sounds, or of its scale; {inside:.1%} on average, "
            f"{network.notes['inside']:.1%} in the piece learnt from"
        )
    return 0


def _network(path: Path | None) -> SoloNetwork:
    chosen = path or (TRAINED if TRAINED.is_file() else None)
    asset = find_weights(chosen)
    say(asset.describe() if path or chosen is None else f"jazz-weights: trained last, {TRAINED}")
    return SoloNetwork.load(asset.path)


def _plan(network: SoloNetwork, arguments: argparse.Namespace) -> tuple[Piece | None, Changes, int]:
    """The primer, the changes from its beginning to the end, and how many bars are new."""
    bar = network.notes["bar"]
    if arguments.chords is not None:
        changes = read_changes(arguments.chords, bar=bar)
        length = bar * len(arguments.chords.replace("|", " ").split())
        bars = arguments.bars or max(_BARS, length // bar)
    else:
        changes, length = changes_of(network), network.notes["length"]
        bars = arguments.bars or _BARS
    primer = None if arguments.primer is None else read_line(arguments.primer, changes, bar=bar)
    before = 0 if primer is None else primer.bars[-1]
    return primer, repeat_changes(changes, length, before + bars * bar), bars


def score_of(solo: Solo, *, seed: int, tempo: float, ratio: float) -> Score:
    """The solo with chords and bass, swung; the accompaniment is drawn from the same seed."""
    rng = make_rng(seed, "accompaniment", solo.seed)
    notes = solo_notes(solo.tones, ratio=ratio)
    return arrange(notes, solo.changes, solo.bars, rng, tempo=tempo, ratio=ratio, bar=solo.bar)


def _leave(run: RunFolder, name: str, score: Score, solo: Solo, arguments: argparse.Namespace) -> None:
    write_midi(score, run.file(f"{name}.mid", title=f"{name} as MIDI"))
    title = f"Solo {name.split('_')[1]}: {len(solo.notes)} notes, {solo.inside:.0%} inside, seed {arguments.seed}"
    alt = "a piano roll: the solo's line above chords and a walking bass, bars numbered"
    pictures.draw_solo(run.figure(f"{name}.png", title=title, alt=alt), score, solo.changes, title=title)
    sound = f"{name}.wav" if arguments.wav else ""
    if sound:
        _write_sound(score, run.sound(sound, title=title), arguments.soundfont)
    run.show(pictures.roll_block(score, solo.changes, title=title, sound=sound))


def _write_sound(score: Score, path: Path, soundfont: Path | None) -> None:
    from common.audio import write_wav
    from common.synthesizer import synthesize

    write_wav(path, synthesize(score, soundfont=soundfont))


def run_evaluate(arguments: argparse.Namespace) -> int:
    """Print the table: the network on held-out bars, and its solos beside the piece."""
    network = _network(arguments.weights)
    pieces = _pieces(arguments)
    cross_entropy = None
    if network.notes["pieces"] == [piece.name for piece in pieces]:
        cross_entropy = evaluate.held_out_cross_entropy(network, pieces)
    else:
        say(f"no cross-entropy: the network learnt {', '.join(network.notes['pieces'])}, not these files")
    with RunFolder(ASSIGNMENT, "evaluate", arguments, folder=arguments.out) as run:
        config = SampleConfig(bars=_BARS, temperature=arguments.temperature)
        began = time.perf_counter()
        solos = evaluate.solos_along(network, arguments.count, config, seed=arguments.seed)
        spelling = network.notes["config"]["spelling"]
        measured = [evaluate.likeness_of_solo(solo, pieces, spelling=spelling) for solo in solos]
        say(f"{len(solos)} solos of {_BARS} bars improvised and measured in {time.perf_counter() - began:.1f} s")
        rows = evaluate.summary(cross_entropy, pieces, measured)
        text = table(rows, cross_entropy)
        print(text)
        run.text("table.txt", text + "\n", title="The solos beside the piece")
        for what, value, reference, unit in rows:
            name = "n-gram" if unit == "nats per token" else "the piece"
            run.metric(
                what, value, unit=unit, reference=reference, reference_name=name if reference is not None else ""
            )
        alt = "bars for each degree of the chord and each pitch class: the solos lie close to the piece"
        path = run.figure("histograms.png", title="Notes above the root, and pitch classes", alt=alt)
        notes = [tone for piece in pieces for tone in piece.notes]
        whole = evaluate.pieces_likeness(pieces)["degrees"]
        pictures.draw_histograms(path, solos, whole, evaluate.pitch_classes(notes))
        run.show(pictures.degree_block(solos, whole))
    return 0


def table(rows: list[tuple[str, float, float | None, str]], cross_entropy: evaluate.CrossEntropy | None) -> str:
    """The rows as text."""
    lines = [f"{'':45}  {'solos':>8}  {'reference':>9}"]
    for what, value, reference, unit in rows:
        beside = "" if reference is None else f"{reference:9.3f}"
        shown = f"{value:8.0f}" if unit == "tokens" else f"{value:8.3f}"
        lines.append(f"{what:45}  {shown}  {beside:>9}  {unit}")
    lines.append("")
    if cross_entropy is not None:
        lines.append(
            f"cross-entropy on {cross_entropy.tokens} tokens of held-out bars; reference: the best "
            f"Kneser-Ney n-gram (order {cross_entropy.order}); a uniform guess: {cross_entropy.uniform:.3f}"
        )
    lines.append("the other references are the piece's own")
    return "\n".join(lines)


def run_listen(arguments: argparse.Namespace) -> int:
    """Any MIDI file as sound and as a picture."""
    score = read_midi(arguments.midi)
    for remark in score.remarks:
        say(remark)
    if not any(track.notes for track in score.tracks):
        raise InputError(f"{arguments.midi}: holds no notes; give a MIDI file that has some")
    name = arguments.midi.stem
    with RunFolder(ASSIGNMENT, "listen", arguments, folder=arguments.out) as run:
        began = time.perf_counter()
        wav = run.sound(f"{name}.wav", title=name)
        _write_sound(score, wav, arguments.soundfont)
        roll = run.figure(f"{name}.png", title=name, alt="a piano roll of the file, one colour a track")
        pictures.draw_piano_roll(score, roll, title=name)
        print(f"{score.duration:.0f} s of music from {len(score.notes())} notes in {time.perf_counter() - began:.1f} s")
        print(f"sound: {wav}")
        print(f"piano roll: {roll}")
    return 0
