"""What the verbs do: find the files, call the stages, print results, leave the run folder."""

from __future__ import annotations

import argparse
import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common.cli import progress, say
from common.glove import WordVectors, find_vectors, load_vectors, write_vectors
from common.run_folder import OUT, RunFolder
from common.vector_space import VectorSpace
from week2.learning_embeddings import pictures
from week2.learning_embeddings.data import Corpus, find_corpus, read_corpus
from week2.learning_embeddings.evaluate import Quality, Row, compare_algorithms, evaluate, load_questions
from week2.learning_embeddings.train import Report, Trained, configure, train

ASSIGNMENT = "week2/learning_embeddings"
TRAINED = OUT / ASSIGNMENT / "train" / "vectors.txt"
_COMMON_SETTINGS = ("dimensions", "window", "epochs", "learning_rate")
_SETTINGS = (*_COMMON_SETTINGS, "negatives", "subsample", "x_max", "memory_mb", "kernel", "workers")
_NEIGHBOURS, _SHOWN_WORDS = 5, 6


def run_train(arguments: argparse.Namespace) -> int:
    """Learn vectors; prints the speed, the last loss, and the nearest words of some."""
    config = configure(
        arguments.algorithm, seed=arguments.seed, **{name: getattr(arguments, name) for name in _SETTINGS}
    )
    with RunFolder(ASSIGNMENT, "train", arguments, folder=arguments.out) as run:
        work = run.folder / "work"
        corpus = _read(arguments, work)
        with _bars() as report:
            trained = train(corpus, config, folder=work, report=report)
        path = write_vectors(run.file("vectors.txt", title="the vectors"), corpus.words, trained.vectors)
        shutil.rmtree(work, ignore_errors=True)
        _record(run, arguments.algorithm, trained)
        print(_describe(corpus, arguments.algorithm, trained))
        print(f"vectors: {path}")
        table = nearest_table(WordVectors(corpus.words, trained.vectors))
        run.show(pictures.nearest_block(table))
        print(run.text("nearest.txt", table + "\n", title="Nearest words").read_text(encoding="utf-8"), end="")
    return 0


def _read(arguments: argparse.Namespace, folder: Path | None) -> Corpus:
    asset = find_corpus(option=arguments.text)
    say(asset.describe())
    path = asset.path
    with progress(total=path.stat().st_size, description="reading", unit="B") as bar:
        corpus = read_corpus(
            path,
            folder=folder,
            minimum_count=arguments.min_count,
            maximum_words=arguments.max_words,
            report=bar.update,
        )
    rare = f"; {corpus.left_out} occurrences of rarer words left out" if corpus.left_out else ""
    say(f"{corpus.tokens} words, {len(corpus.words)} different ones{rare}")
    return corpus


@contextlib.contextmanager
def _bars() -> Iterator[Report]:
    """A progress bar for each stage of a training."""
    bars: dict[str, Any] = {}

    def report(stage: str, share: float, loss: float) -> None:
        if stage not in bars:
            bars[stage] = progress(total=100, description=stage, unit="%")
        bar = bars[stage]
        bar.update(round(100 * share, 1) - bar.n)
        if loss == loss:
            bar.set_postfix_str(f"loss {loss:.4f}", refresh=False)

    try:
        yield report
    except KeyboardInterrupt:
        say("\nstopped; the same command goes on from there")
        raise
    finally:
        for bar in bars.values():
            bar.close()


def _record(run: RunFolder, algorithm: str, trained: Trained) -> None:
    if trained.history:
        run.metric("loss", trained.history[-1][1], better="lower")
        pictures.draw_loss(
            run.figure("loss.png", title="Loss", alt=f"the loss of {algorithm} while it learns"),
            trained.history,
            title=f"{algorithm}: loss",
        )
        run.show(pictures.loss_block(trained.history))
    run.metric("speed", trained.speed, unit=f"{trained.unit}/s", better="higher")
    run.metric("training time", trained.seconds, unit="s")
    for name, value in trained.notes.items():
        run.metric(name, value)


def _describe(corpus: Corpus, algorithm: str, trained: Trained) -> str:
    rows, dimensions = trained.vectors.shape
    loss = f", loss {trained.history[-1][1]:.4f}" if trained.history else ""
    notes = "".join(f", {name} {value:.2f}" for name, value in trained.notes.items())
    return (
        f"{algorithm}: {rows} vectors of {dimensions} numbers from {corpus.tokens} words in {trained.seconds:.1f} s"
        f" ({trained.speed:,.0f} {trained.unit}/s){loss}{notes}"
    )


def nearest_table(vectors: WordVectors) -> str:
    """A line each for some frequent words (short ones, which mean little, passed over) with their nearest words."""
    space = VectorSpace(vectors)
    chosen = [word for word in vectors.words[: 40 * _SHOWN_WORDS] if len(word) > 4][: 3 * _SHOWN_WORDS : 3]
    width = max(map(len, chosen), default=0)
    return "\n".join(
        f"{word:{width}}  " + ", ".join(f"{near} {cosine:.2f}" for near, cosine in space.nearest(word, _NEIGHBOURS))
        for word in chosen
    )


def run_evaluate(arguments: argparse.Namespace) -> int:
    """Print the table of sections and the rank correlation."""
    vectors = load_vectors(_vectors_file(arguments.vectors), lenient=arguments.lenient)
    if vectors.skipped:
        say(vectors.describe_skipped())
    questions = load_questions(questions=arguments.questions, similarities=arguments.similarities)
    with RunFolder(ASSIGNMENT, "evaluate", arguments, folder=arguments.out) as run:
        quality = evaluate(vectors, questions)
        print(run.text("table.txt", quality_table(quality) + "\n", title="Answers").read_text(encoding="utf-8"), end="")
        run.metric("analogies", quality.accuracy, unit="share answered right", better="higher")
        run.metric("similarity", quality.rho, unit="Spearman's rho", better="higher")
        pictures.draw_sections(
            run.figure("sections.png", title="Analogies", alt="for every section the share of right answers"),
            {"vectors": quality.sections},
            title="Analogies by section",
        )
        run.show(pictures.section_block(quality.sections))
    return 0


def _vectors_file(option: Path | None) -> Path:
    if option is None and TRAINED.is_file():
        say(f"vectors: trained last, {TRAINED}")
        return TRAINED
    found = find_vectors(option=option)
    say(found.describe())
    return found.path


def quality_table(quality: Quality) -> str:
    """The answers as text: a line a section, the whole, the rank correlation."""
    width = max([len(one.name) for one in quality.sections] + [len("all analogies")])
    lines = [f"{'section':{width}}  {'right':>6}  {'asked':>6}  {'unknown':>7}  {'share':>7}"]
    for one in quality.sections:
        asked = one.answered + one.skipped
        share = 100 * one.correct / max(asked, 1)
        lines.append(f"{one.name:{width}}  {one.correct:>6}  {asked:>6}  {one.skipped:>7}  {share:>6.1f}%")
    unknown = sum(one.skipped for one in quality.sections)
    lines.append(
        f"{'all analogies':{width}}  {quality.correct:>6}  {quality.asked:>6}  {unknown:>7}  "
        f"{100 * quality.accuracy:>6.1f}%"
    )
    pairs = quality.similarity
    lines.append(f"\nsimilarities: Spearman's rho {quality.rho:.3f} on {pairs.used} pairs")
    lines.append(f"({pairs.skipped} pairs with an unknown word are left out; an analogy with one counts as wrong)")
    return "\n".join(lines)


def run_compare_algorithms(arguments: argparse.Namespace) -> int:
    """Train all, ask all, print the table."""
    questions = load_questions(questions=arguments.questions, similarities=arguments.similarities)
    settings = {name: getattr(arguments, name) for name in _COMMON_SETTINGS}
    seeds = range(arguments.seed, arguments.seed + arguments.seeds)
    with RunFolder(ASSIGNMENT, "compare-algorithms", arguments, folder=arguments.out) as run:
        corpus = _read(arguments, None)
        trainings = len(arguments.algorithms) * len(seeds)
        with progress(total=100 * trainings, description="training", unit="%") as bar:
            done = {"before": 0.0}

            def report(algorithm: str, seed: int, share: float) -> None:
                place = arguments.algorithms.index(algorithm) * len(seeds) + seeds.index(seed)
                bar.set_postfix_str(f"{algorithm}, seed {seed}", refresh=False)
                bar.update(max(100 * (place + share) - done["before"], 0))
                done["before"] = 100 * (place + share)

            rows = compare_algorithms(
                corpus, questions, arguments.algorithms, seeds=seeds, settings=settings, report=report
            )
        table = algorithms_table(rows)
        print(run.text("table.txt", table + "\n", title="Four algorithms").read_text(encoding="utf-8"), end="")
        for row in rows:
            run.metric(f"{row.algorithm}: analogies", row.accuracy[0], unit="share answered right", better="higher")
            run.metric(f"{row.algorithm}: similarity", row.similarity[0], unit="Spearman's rho", better="higher")
        pictures.draw_algorithms(
            run.figure("algorithms.png", title="Algorithms", alt="analogies and similarities of each algorithm"), rows
        )
        pictures.draw_sections(
            run.figure("sections.png", title="By section", alt="right answers of each algorithm by section"),
            {row.algorithm: row.quality[0].sections for row in rows},
            title="Analogies by section",
        )
    return 0


def algorithms_table(rows: list[Row]) -> str:
    """The table as text, the best on top."""
    lines = [f"{'algorithm':10}  {'analogies right':>17}  {'similarity rho':>16}  {'seconds':>8}  speed"]
    for row in rows:
        (accuracy, error), (rho, rho_error) = row.accuracy, row.similarity
        several = len(row.quality) > 1
        right = f"{100 * accuracy:.1f}%" + (f" +- {100 * error:.1f}" if several else "")
        rank = f"{rho:.3f}" + (f" +- {rho_error:.3f}" if several else "")
        last = row.trained[-1]
        lines.append(
            f"{row.algorithm:10}  {right:>17}  {rank:>16}  {row.seconds:>8.1f}  {last.speed:,.0f} {last.unit}/s"
        )
    return "\n".join(lines)
