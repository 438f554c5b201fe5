"""What the verbs of the language models do: find files, call the stages, print results, leave the run folder."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.cli import say
from common.errors import InputError
from common.page_blocks import bars, words
from common.page_blocks import table as table_block
from common.page_blocks import text as text_block
from common.run_folder import OUT, RunFolder
from common.training_outputs import keep_trained, training_files
from common.weights_choice import choose_weights
from week1.language_models.data import Parts, digest, find_text, load_text, split
from week1.language_models.generate import SampleConfig, generate
from week1.language_models.trained import TrainedModel

if TYPE_CHECKING:
    from common.page_blocks import Block
    from week1.language_models.evaluate import Score
    from week1.language_models.probability import Sentence

    Rows = Sequence[tuple[str, Score]]

ASSIGNMENT = "week1/language_models"
TRAINED = OUT / ASSIGNMENT / "train" / "weights.npz"
MODEL_ASSET = "language-model"
SAMPLED = 200
SHIPPED_WORDS = 20_000


def load_parts(arguments: argparse.Namespace) -> tuple[Parts, dict[str, Any]]:
    """The sentences of the text that the arguments name, in three parts, and notes that say which text that is."""
    asset = find_text(option=arguments.text, corpus=arguments.corpus or "world")
    say(asset.describe() if arguments.text is None else f"text: {asset.path}")
    words_limit = arguments.words
    if words_limit is None and arguments.text is None:
        words_limit = SHIPPED_WORDS
    parts = split(load_text(asset.path), words=words_limit, what=str(asset.path))
    say(
        f"sentences: {len(parts.training)} to train on, {len(parts.validation)} to watch by, "
        f"{len(parts.held_out)} held out"
    )
    corpus = None if arguments.text is not None else arguments.corpus or "world"
    return parts, {"source": asset.path.name, "corpus": corpus, "words": words_limit}


def _as_trained(arguments: argparse.Namespace, notes: dict[str, Any]) -> None:
    """Where no text is named, name the one that the weights were trained on; InputError where that is the user's."""
    if arguments.text is not None or arguments.corpus is not None:
        return
    arguments.corpus = notes.get("corpus")
    if arguments.corpus is None:
        raise InputError(
            f"these weights were trained on a text of yours ({notes.get('source')}); name it with --text FILE"
        )
    if arguments.words is None:
        arguments.words = notes.get("words")


def load_model(weights: Path | None) -> TrainedModel:
    """The user's weights, those trained last, or the shipped ones; says which."""
    shipped = "a model over words of the small composed world"
    return TrainedModel.load(choose_weights(MODEL_ASSET, option=weights, trained=TRAINED, shipped=shipped))


def run_train(arguments: argparse.Namespace) -> int:
    """Train a language model; prints the losses and some sentences that it writes."""
    from week1.language_models.settings import model_config, train_config
    from week1.language_models.train import describe, train

    parts, source = load_parts(arguments)
    model, config = model_config(arguments), train_config(arguments)
    with RunFolder(ASSIGNMENT, "train", arguments, folder=arguments.out) as run:
        trained, result = train(
            parts,
            model=model,
            config=config,
            **training_files(run),
            progress=True,
        )
        trained.notes |= source
        path = keep_trained(run, trained, result, unit="nats per token")
        print(f"{trained.level} {trained.config.cell}, {len(trained.vocabulary)} tokens, "
              f"{trained.config.n_parameters:,} parameters")  # fmt: skip
        print(describe(result))
        print(f"weights: {path}")
        perplexity = math.exp(min(result.history["val_loss"]))
        run.metric("validation perplexity", perplexity, unit=f"per {trained.level}", better="lower")
        texts = generate(trained, count=5, seed=arguments.seed)
        print(run.text("samples.txt", "\n".join(texts) + "\n", title="What it writes").read_text("utf-8"), end="")
        run.show(text_block("What it writes", "\n".join(texts), look="verse"))
    return 0


def run_sample(arguments: argparse.Namespace) -> int:
    """Write sentences."""
    model = load_model(arguments.weights)
    config = SampleConfig(
        temperature=arguments.temperature,
        top_k=arguments.top_k,
        top_p=arguments.top_p,
        maximum_length=arguments.max_length,
    )
    texts = generate(model, config, start=arguments.start, count=arguments.count, seed=arguments.seed)
    with RunFolder(ASSIGNMENT, "sample", arguments, folder=arguments.out) as run:
        print("\n".join(texts))
        run.text("sentences.txt", "\n".join(texts) + "\n", title="Sampled sentences")
        run.show(words("Sampled sentences", texts[:30]))
    return 0


def run_probability(arguments: argparse.Namespace) -> int:
    """Print the probability of sentences, token by token, and which is the likeliest."""
    from common.plots import save_figure
    from week1.language_models.pictures import draw_sentences
    from week1.language_models.probability import probability

    model = load_model(arguments.weights)
    scored = probability(model, arguments.sentences)
    with RunFolder(ASSIGNMENT, "probability", arguments, folder=arguments.out) as run:
        tables = "\n\n".join(_sentence_table(one) for one in scored)
        if len(scored) > 1:
            tables += "\n\n" + _ranking(scored)
        print(tables)
        run.text("table.txt", tables + "\n", title="Token by token")
        alt = "bits of every token: " + "; ".join(f"{one.text}: {-one.log_p / math.log(2):.1f}" for one in scored)
        shown = scored[:8]
        save_figure(draw_sentences(shown), run.figure("tokens.png", title="Where it is surprised", alt=alt))
        for one in shown:
            rows = [(token.text, -token.log_p / math.log(2)) for token in one.tokens]
            run.show(bars(f"Bits of every token: {one.text}", rows, value_name="bits"))
    return 0


def _sentence_table(sentence: Sentence) -> str:
    """A line a token, then the whole."""
    width = max(12, *(len(token.text) + 9 for token in sentence.tokens))
    rows = [f"{'token':{width}} {'p':>10} {'bits':>7}   {'expected':16} {'p':>6}"]
    for token in sentence.tokens:
        shown = repr(token.text) if token.text.isspace() else token.text
        name = shown if token.known else f"{shown} (<unk>)"
        bits = -token.log_p / math.log(2)
        rows.append(
            f"{name:{width}} {math.exp(token.log_p):10.2e} {bits:7.2f}   {token.expected:16} {token.expected_p:6.3f}"
        )
    whole = -sentence.log_p / math.log(2)
    rows.append(
        f"{'all':{width}} {math.exp(sentence.log_p):10.2e} {whole:7.2f}   perplexity {sentence.perplexity:.1f}, "
        f"{sentence.bits_per_character:.2f} bits per character"
    )
    if sentence.spelled:
        rows.append(
            f"(spelling what is unknown takes {sentence.spelled / math.log(2):.1f} bits more, counted per character)"
        )
    return "\n".join(rows)


def _ranking(scored: Sequence[Sentence]) -> str:
    """The sentences, the likeliest first."""
    best = max(one.log_p - one.spelled for one in scored)
    rows = ["the likeliest first (unknown words spelled):"]
    for one in sorted(scored, key=lambda one: one.spelled - one.log_p):
        times = best - (one.log_p - one.spelled)
        bits = (one.spelled - one.log_p) / math.log(2)
        rows.append(f"{bits:9.1f} bits  1 : {math.exp(min(times, 700)):<10.3g} {one.text}")
    return "\n".join(rows)


def run_evaluate(arguments: argparse.Namespace) -> int:
    """Print the figures of a trained model on the held-out sentences of its text, beside the n-gram's."""
    from week1.language_models.evaluate import fit_ngram, score, score_ngram, share_known

    model = load_model(arguments.weights)
    _as_trained(arguments, model.notes)
    parts, source = load_parts(arguments)
    seen = model.notes.get("text") == digest([*parts.training, "", *parts.validation])
    with RunFolder(ASSIGNMENT, "evaluate", arguments, folder=arguments.out) as run:
        found = score(model, parts.held_out)
        ngram = fit_ngram(parts, model.vocabulary, model.level)
        other = score_ngram(ngram, parts.held_out, model.vocabulary, model.level, model.rare)
        rows = [(f"{model.level} {model.config.cell}", found), (f"{model.level} {ngram.order}-gram", other)]
        texts = generate(model, count=SAMPLED, seed=arguments.seed)
        shares = [share_known(part, parts.training) for part in (texts, parts.held_out)]
        text = score_table(rows, model.level) + f"\n{_novelty(shares)}"
        if not seen:
            text += f"\nthese weights were trained on other sentences than those of {source['source']}"
        print(text)
        run.text("table.txt", text + "\n", title="Held-out sentences")
        run.metric(
            "held-out perplexity", found.perplexity, unit=f"per {model.level}", reference=other.perplexity,
            reference_name=f"Kneser-Ney {ngram.order}-gram", better="lower",
        )  # fmt: skip
        run.metric(
            "held-out bits per character", found.bits_per_character, unit="bits", reference=other.bits_per_character,
            reference_name=f"Kneser-Ney {ngram.order}-gram", better="lower",
        )  # fmt: skip
        run.show(score_block("Held-out sentences", rows))
    return 0


def score_table(rows: Rows, level: str) -> str:
    """Figures of models of one level on the same sentences."""
    first = rows[0][1]
    lines_ = [f"{'held-out sentences':22} {'nats':>7} {'perplexity':>11} {'bits per character':>19}"]
    lines_ += [
        f"{name:22} {one.cross_entropy:7.3f} {one.perplexity:11.2f} {one.bits_per_character:19.3f}"
        for name, one in rows
    ]
    lines_.append(
        f"nats and perplexity per {level}, over {first.tokens:,} of them, {first.unknown:,} unknown; bits over "
        f"{first.characters:,} characters, what is unknown spelled"
    )
    return "\n".join(lines_)


def score_block(title: str, rows: Rows) -> Block:
    """The same for the page of results."""
    columns = ("model", "nats", "perplexity", "bits per character")
    return table_block(
        title, columns, [(name, one.cross_entropy, one.perplexity, one.bits_per_character) for name, one in rows]
    )


def _novelty(shares: Sequence[float]) -> str:
    return (
        f"{100 * shares[0]:.1f} % of {SAMPLED} sampled sentences stand in the training text word for word, "
        f"{100 * shares[1]:.1f} % of the held-out ones do"
    )
