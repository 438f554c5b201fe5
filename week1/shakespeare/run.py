"""What the verbs do: find the files, call the stages, print results, leave the run folder."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from common.assets import PROJECT, catalogue, find
from common.cli import say
from common.errors import InputError, MissingFileError
from common.page_blocks import text as text_block
from common.run_folder import OUT, RunFolder
from common.training_outputs import keep_trained, training_files
from common.weights_choice import choose_weights
from week1.shakespeare.copying import Passage
from week1.shakespeare.data import MODEL, digest, find_text, load_text
from week1.shakespeare.generate import GenerateConfig, generate, stream
from week1.shakespeare.trained import TrainedModel

ASSIGNMENT = "week1/shakespeare"
TRAINED = OUT / ASSIGNMENT / "train" / "weights.npz"
_SHOWN, _SHOWN_TEXTS = 60, 6


def run_train(arguments: argparse.Namespace) -> int:
    """Train on a text; prints the losses and some lines that the model writes."""
    from week1.shakespeare.model import ModelConfig
    from week1.shakespeare.train import TrainConfig, describe, train

    asset = find_text(option=arguments.text, course=arguments.course)
    say(asset.describe())
    text = load_text(asset.path)
    model = ModelConfig(1, n_units=arguments.units, n_layers=arguments.layers, dropout=arguments.dropout)
    config = TrainConfig(
        epochs=arguments.epochs,
        batch_size=arguments.batch_size,
        learning_rate=arguments.learning_rate,
        stride=arguments.stride,
        targets=arguments.targets,
        patience=arguments.patience,
        seed=arguments.seed,
    )
    with RunFolder(ASSIGNMENT, "train", arguments, folder=arguments.out) as run:
        trained, result = train(
            text,
            model=model,
            config=config,
            **training_files(run),
            progress=True,
        )
        path = keep_trained(run, trained, result, unit="nats per character")
        print(describe(result))
        print(f"weights: {path}")
        (sample,) = generate(trained, "", GenerateConfig(length=300, temperature=0.5), seed=arguments.seed)
        print(run.text("sample.txt", sample + "\n", title="What it writes").read_text(encoding="utf-8"), end="")
        run.show(text_block("What it writes", sample, look="verse"))
    return 0


def run_generate(arguments: argparse.Namespace) -> int:
    """Write texts, character by character, to standard output; leaves them in the run folder."""
    model = _model(arguments.weights)
    config = GenerateConfig(
        length=arguments.length,
        temperature=arguments.temperature,
        top_k=arguments.top_k,
        top_p=arguments.top_p,
        semantics=arguments.semantics,
    )
    pieces = stream(model, arguments.start, config, count=arguments.count, seed=arguments.seed)
    with RunFolder(ASSIGNMENT, "generate", arguments, folder=arguments.out) as run:
        began = time.perf_counter()
        texts = _print_stream(arguments.start, pieces, arguments.count)
        seconds = time.perf_counter() - began
        run.metric("speed", arguments.length * arguments.count / seconds, unit="characters/s", better="higher")
        run.text("verse.txt", "\n\n".join(texts) + "\n", title="What it wrote")
        for written in texts[:_SHOWN_TEXTS]:
            run.show(text_block("What it wrote", written, look="verse"))
    return 0


def _print_stream(start: str, pieces, count: int) -> list[str]:
    """Print the first text as it comes, then the others, each after a line of its own; the texts with their start."""
    print(start, end="", flush=True)
    texts = [[start] for _ in range(count)]
    for characters in pieces:
        sys.stdout.write(characters[0])
        sys.stdout.flush()
        for text, character in zip(texts, characters, strict=True):
            text.append(character)
    print()
    joined = ["".join(text) for text in texts]
    for number, text in enumerate(joined[1:], 2):
        print(f"\n--- {number} of {count} ---\n{text}")
    return joined


def _model(weights: Path | None) -> TrainedModel:
    """The user's weights, those trained last, or the shipped ones; says which."""
    shipped = "trained on the project's own verse"
    return TrainedModel.load(choose_weights(MODEL, option=weights, trained=TRAINED, shipped=shipped))


def run_evaluate(arguments: argparse.Namespace) -> int:
    """Print the figures on held-out text, beside the n-gram's, and what was copied."""
    from week1.shakespeare.evaluate import evaluate

    model = _model(arguments.weights)
    path = arguments.text or _text_of(model, arguments.course)
    text = load_text(path, window=model.config.window)
    training = model.notes.get("training", {})
    seen = model.notes.get("text") == digest(text)
    say(f"text: {path}")
    with RunFolder(ASSIGNMENT, "evaluate", arguments, folder=arguments.out) as run:
        found = evaluate(
            model,
            text,
            held_out=training.get("held_out", 0.1),
            written=arguments.written,
            seed=arguments.seed,
            what=str(path),
        )
        table = _table(found, seen)
        print(table)
        run.text("table.txt", table + "\n", title="Held-out text")
        run.metric(
            "held-out cross-entropy",
            found.held_out.cross_entropy,
            unit="nats per character",
            reference=found.ngram.cross_entropy,
            reference_name=f"Kneser-Ney {found.ngram_order}-gram",
            better="lower",
        )
        run.metric("held-out perplexity", found.held_out.perplexity, better="lower")
        run.metric("held-out bits", found.held_out.bits, unit="bits per character", better="lower")
        run.metric(
            "longest copied passage",
            len(found.copied.text),
            unit="characters",
            reference=len(found.shared.text),
            reference_name="held-out text",
        )
    return 0


def _text_of(model: TrainedModel, course: Path | None) -> Path:
    """The text that the model was trained on: the shipped one or the course's; InputError where it is another."""
    shipped = PROJECT / catalogue()["shakespeare-text"]["shipped"]
    if "text" not in model.notes:
        return find("shakespeare-text", course=course, shipped=False).path
    if model.notes["text"] == digest(load_text(shipped)):
        return shipped
    try:
        path = find("shakespeare-text", course=course, shipped=False).path
        if model.notes["text"] == digest(load_text(path)):
            return path
    except MissingFileError:
        pass
    raise InputError("these weights were trained on a text of yours; name it with --text FILE")


def _table(found, seen: bool) -> str:
    """The figures as text."""
    rows = [
        ("network, held-out text", found.held_out),
        (f"Kneser-Ney {found.ngram_order}-gram, held-out text", found.ngram),
        ("network, training text", found.training),
    ]
    lines = [f"{'':34}  {'nats':>6}  {'perplexity':>10}  {'bits':>5}  {'characters':>10}"]
    lines += [
        f"{name:34}  {score.cross_entropy:6.3f}  {score.perplexity:10.2f}  {score.bits:5.2f}  {score.characters:10,}"
        for name, score in rows
    ]
    lines.append("per character, given the window before it; the n-gram learnt the same training text")
    if not seen:
        lines.append("these weights were trained on another text (or do not say on which)")
    lines.append("")
    lines.append(f"longest passage that stands in the training text, in {found.written:,} characters")
    lines.append(_passage_line("written by the network", found.copied))
    lines.append(_passage_line("written by the n-gram", found.ngram_copied))
    lines.append(_passage_line("held-out text, which nobody copied", found.shared))
    return "\n".join(lines)


def _passage_line(name: str, passage: Passage) -> str:
    text = passage.text if len(passage.text) <= _SHOWN else passage.text[:_SHOWN] + "..."
    return f"{name:34}  {len(passage.text):6}  {text!r}"
