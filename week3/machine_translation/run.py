"""What the verbs do: find files, call the stages, print results, leave the run folder."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path

from common.atomic import write_json
from common.cli import say
from common.errors import InputError
from common.page_blocks import pairs
from common.run_folder import OUT, RunFolder
from common.text_files import read_text
from common.weights_choice import choose_weights
from week3.machine_translation.trained import ASSETS, TrainedTranslator
from week3.machine_translation.translate import TranslateConfig, Translation, translate

ASSIGNMENT = "week3/machine_translation"
_SHOWN_MAPS, _SHOWN_PAIRS = 12, 40


def trained_last(task: str) -> Path:
    """Where `train` leaves a task's weights."""
    return OUT / ASSIGNMENT / "train" / f"{task}.npz"


def load_translator(arguments: argparse.Namespace) -> TrainedTranslator:
    """The weights that the options name, those trained last, or those that ship; says which."""
    task = arguments.task
    path = choose_weights(ASSETS[task], option=arguments.weights, trained=trained_last(task))
    model = TrainedTranslator.load(path, task=task)
    stated = getattr(arguments, "recurrent_activation", None)
    if stated and stated != model.config.recurrent_activation:
        say(f"the weights were trained with gates {model.config.recurrent_activation}; {stated} is asked for")
        model = replace(model, config=replace(model.config, recurrent_activation=stated))
    return model


def run_train(arguments: argparse.Namespace) -> int:
    """Learn a task; prints how it does on validation dates."""
    from week3.machine_translation import pictures, train

    names = ("examples", "epochs", "batch_size", "learning_rate", "formats", "years", "seed", "units")
    given = {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}
    if "years" in given:
        given["span"] = given.pop("years")
    if "units" in given:
        given["n_s"] = given.pop("units")
    config = train.default_config(arguments.task, **given)
    with RunFolder(ASSIGNMENT, "train", arguments, folder=arguments.out) as run:
        curve = run.figure("loss.png", title="Loss", alt="training and validation loss fall over the epochs")
        model, result = train.train(arguments.task, config, folder=run.folder)
        path = model.save(run.file(f"{arguments.task}.npz", title="the trained weights"))
        shutil.rmtree(run.folder / "checkpoints", ignore_errors=True)
        if not curve.is_file():
            run.figures.clear()
        run.show(pictures.loss_block(result.history))
        right = model.notes["result"]["validation exact match"]
        run.metric("exact match on validation dates", right, unit="share", better="higher")
        run.metric("training time", result.seconds, unit="s")
        print(
            f"{right:.2%} of {model.notes['result']['validation strings']} texts of validation dates are translated "
            f"exactly; {result.epochs} epochs of {config.examples} texts in {result.seconds:.0f} s"
        )
        print(f"weights: {path}")
    return 0


def run_translate(arguments: argparse.Namespace) -> int:
    """Translate the texts of the command line, a file or standard input."""
    texts = given_texts(arguments)
    config = TranslateConfig(
        beam_width=arguments.beam_width,
        length_penalty=arguments.length_penalty,
        coverage_penalty=arguments.coverage_penalty,
        count=arguments.count,
        valid_dates=arguments.valid_dates,
    )
    model = load_translator(arguments)
    if arguments.beam_width > 1 and not model.config.feedback:
        say("this network does not read what it wrote, so the likeliest symbols are the best text: no beam is needed")
    began = time.perf_counter()
    found = translate(model, texts, config)
    seconds = time.perf_counter() - began
    with RunFolder(ASSIGNMENT, "translate", arguments, folder=arguments.out) as run:
        write_json(run.file("translations.json", title="the translations"), [one.to_dict() for one in found])
        shown = [(one.source, one.text, f"{one.confidence:.2%} sure") for one in found[:_SHOWN_PAIRS]]
        run.show(pairs("What was written, and what it means", shown))
        run.metric("texts", len(found))
        run.metric("time to translate", seconds, unit="s")
    if arguments.json:
        print(json.dumps([one.to_dict() for one in found], indent=2, ensure_ascii=False))
    else:
        print(listing(found))
    return 0


def given_texts(arguments: argparse.Namespace) -> list[str]:
    """The texts of the command line, then those of the file, one a line; blank lines are passed over.

    Texts of the task languages get the tag of `--to` before them.

    Raises:
        InputError: there are none, or one of the command line is empty.
    """
    texts = list(arguments.text)
    if "" in [text.strip() for text in texts]:
        raise InputError('a text is empty; give one to translate, such as "3 May 1979"')
    if arguments.file is not None:
        content = sys.stdin.read() if str(arguments.file) == "-" else read_text(arguments.file)
        texts += [line for line in content.splitlines() if line.strip()]
    if not texts:
        raise InputError(
            'there is nothing to translate; give texts such as "3 May 1979", or --file FILE (- reads them)'
        )
    if arguments.task == "languages":
        from week3.machine_translation.languages import with_tag

        return [with_tag(text, arguments.to) for text in texts]
    if arguments.to is not None:
        raise InputError("--to is for the task languages; leave it out, or give --task languages")
    return texts


def listing(found: list[Translation]) -> str:
    """A line for each text: it, its translation and the confidence; alternatives and remarks below."""
    width = min(44, max(len(one.source) for one in found))
    answer = max(len(one.text) for one in found)
    lines = []
    for one in found:
        source = one.source if len(one.source) <= width else f"{one.source[: width - 3]}..."
        lines.append(f"{source:{width}}  {one.text:{answer}}  {one.confidence:7.2%}")
        if len(one.alternatives) > 1:
            others = ((other.text, other.log_probability) for other in one.alternatives)
            lines += [f"{'':{width}}  {text:{answer}}  log p {nats:.3f}" for text, nats in others]
        lines += [f"  ({remark})" for remark in one.remarks]
    return "\n".join(lines)


def run_attention(arguments: argparse.Namespace) -> int:
    """Maps of where the network looked, as pictures and as text."""
    from week3.machine_translation import pictures

    texts = given_texts(arguments)
    model = load_translator(arguments)
    found = translate(model, texts, TranslateConfig(beam_width=arguments.beam_width))
    with RunFolder(ASSIGNMENT, "attention", arguments, folder=arguments.out) as run:
        if len(found) > _SHOWN_MAPS:
            say(f"maps of the first {_SHOWN_MAPS} of {len(found)} texts")
        maps = []
        for number, one in enumerate(found[:_SHOWN_MAPS], 1):
            letters = letters_of(model, one.source)
            alt = "a map: each symbol that is written looks at the characters that say it"
            path = run.figure(f"attention_{number}.png", title=f"{one.source} to {one.text}"[:80], alt=alt)
            pictures.draw_attention(path, one, letters)
            run.show(pictures.attention_block(one, letters))
            drawn = pictures.attention_text(one, letters)
            maps.append(f"{one.source} -> {one.text}\n{drawn}")
            print(f"{maps[-1]}\n  picture: {path}\n")
        run.text("attention.txt", "\n\n".join(maps) + "\n", title="the maps as text")
    return 0


def letters_of(model: TrainedTranslator, text: str) -> list[str]:
    """The characters that the network reads of a text, as it is prepared."""
    return list(model.task.clean(text)[: model.task.source_length])


def run_evaluate(arguments: argparse.Namespace) -> int:
    """Print the numbers on held-out dates; leaves the tables and pictures."""
    model = load_translator(arguments)
    with RunFolder(ASSIGNMENT, "evaluate", arguments, folder=arguments.out) as run:
        if arguments.task == "languages":
            from week3.machine_translation import evaluate_languages

            return evaluate_languages.run(model, arguments, run)
        return _evaluate_dates(model, arguments, run)


def _evaluate_dates(model: TrainedTranslator, arguments: argparse.Namespace, run: RunFolder) -> int:
    from week3.machine_translation import evaluate, pictures

    found = evaluate.evaluate(model, count=arguments.count, seed=arguments.seed)
    text, formats = evaluate.table(found), evaluate.format_table(found)
    print(text)
    run.text("table.txt", text + "\n", title="Held-out dates")
    print(f"by format: {run.text('formats.txt', formats + chr(10), title='Held-out dates by format')}")
    for row in found.rows:
        run.metric(
            f"exact match: {row.name}", row.exact, unit="share", better="higher",
            reference=row.ceiling, reference_name="" if row.ceiling is None else "ceiling",
        )  # fmt: skip
    run.metric("expected calibration error", found.reliability.error, unit="share", better="lower")
    title = "How far the confidence can be trusted"
    path = run.figure("reliability.png", title=title, alt="bins of texts lie on the diagonal: as sure as right")
    pictures.draw_reliability(path, found.reliability, title=title)
    title = "What is looked at while a part is written"
    path = run.figure("alignment.png", title=title, alt="a table: year looks at year, month at month, day at day")
    pictures.draw_alignment(path, found.alignment, evaluate.PARTS, (*evaluate.PARTS, "other"), title=title)
    for block in pictures.evaluation_blocks(found, (*evaluate.PARTS, "other")):
        run.show(block)
    return 0
