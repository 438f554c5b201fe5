"""What the verbs do: find the files, call the stages, print results, leave the run folder."""

from __future__ import annotations

import argparse
import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from common.cli import progress, say
from common.errors import InputError
from common.page_blocks import words
from common.run_folder import OUT, RunFolder
from common.seeding import make_rng
from week1.dinosaur_island import evaluate, generate, pictures, train
from week1.dinosaur_island.data import check_weights_file, display, find_names, load_names
from week1.dinosaur_island.ensemble import Ensemble
from week1.dinosaur_island.model import ModelConfig
from week1.dinosaur_island.train import RECIPES, Progress, TrainConfig

ASSIGNMENT = "week1/dinosaur_island"
TRAINED = OUT / ASSIGNMENT / "train" / "weights.npz"
_SAMPLE_COUNT = 10


def run_train(arguments: argparse.Namespace) -> int:
    """Train on a list of names; prints the validation loss and some names."""
    asset = find_names(option=arguments.names, course=arguments.course)
    say(asset.describe())
    names = load_names(asset.path)
    model = ModelConfig(1, arguments.cell, arguments.embedding, arguments.units, arguments.layers)
    config = TrainConfig(
        epochs=arguments.epochs,
        batch_size=arguments.batch_size,
        learning_rate=arguments.learning_rate,
        patience=arguments.patience,
        members=arguments.members,
        seed=arguments.seed,
    )
    with RunFolder(ASSIGNMENT, "train", arguments, folder=arguments.out) as run:
        began = time.perf_counter()
        ensemble, members = _train_with_bar(names, model, config, run.folder / "checkpoints")
        seconds = time.perf_counter() - began
        path = ensemble.save(run.file("weights.npz", title="the trained weights"))
        shutil.rmtree(run.folder / "checkpoints", ignore_errors=True)
        pictures.draw_losses(
            run.figure("loss.png", title="Loss", alt="training and validation loss fall over the epochs"), members
        )
        run.show(pictures.loss_block(members))
        if members[-1].problem:
            raise InputError(
                f"{members[-1].problem}, and training stopped; the last good parameters are in {path}; "
                "lower --learning-rate"
            )
        loss = min(one.loss for one in members)
        run.metric("validation cross-entropy", loss, unit="nats per character", better="lower")
        run.metric("training time", seconds, unit="s")
        print(f"{len(names)} names, validation cross-entropy {loss:.4f} nats per character, {seconds:.0f} s")
        print(f"weights: {path}")
        lines = _names_as_lines(ensemble, _SAMPLE_COUNT, make_rng(arguments.seed, "names"))
        run.text("names.txt", "\n".join(lines) + "\n", title="Names that it invents")
        run.show(words("Names that it invents", lines))
        print("\n".join(lines))
    return 0


def _train_with_bar(
    names: list[str], model: ModelConfig, config: TrainConfig, checkpoints: Path
) -> tuple[Ensemble, list[Progress]]:
    done = [0] * config.members
    with progress(total=config.epochs * config.members, description="training", unit="epoch") as bar:

        def report(member: int, state: Progress) -> None:
            bar.update(state.epoch - done[member])
            done[member] = state.epoch
            if state.validation:
                bar.set_postfix_str(f"validation {state.loss:.3f} nats")

        try:
            return train.train(names, model=model, config=config, checkpoint=checkpoints, report=report)
        except KeyboardInterrupt:
            say("\nstopped after a whole epoch was saved; the same command goes on from there")
            raise


def _names_as_lines(ensemble: Ensemble, count: int, rng: np.random.Generator) -> list[str]:
    config = generate.SampleConfig(temperature=0.8)
    known = set(ensemble.notes.get("known names", []))
    return [line(name) for name in generate.generate(ensemble, count, config, rng, known=known)]


def line(name: generate.Name) -> str:
    """A name as it is printed, with a mark where the training list holds it."""
    return display(name.text) + ("  (in the training list)" if name.known else "")


def run_generate(arguments: argparse.Namespace) -> int:
    """Print names; leaves them, and the probabilities along the first, in the run folder."""
    chosen = arguments.weights or (TRAINED if TRAINED.is_file() else None)
    asset = check_weights_file(chosen)
    say(asset.describe() if arguments.weights or chosen is None else f"dinosaur-weights: trained last, {TRAINED}")
    ensemble = Ensemble.load(asset.path)
    known = set(ensemble.notes.get("known names", []))
    config = generate.SampleConfig(
        temperature=arguments.temperature,
        top_k=arguments.top_k,
        top_p=arguments.top_p,
        prefix=arguments.prefix,
        max_length=arguments.max_length,
        distinct=not arguments.repeats,
        new_only=arguments.new_only,
    )
    with RunFolder(ASSIGNMENT, "generate", arguments, folder=arguments.out) as run:
        names = generate.generate(ensemble, arguments.count, config, make_rng(arguments.seed), known=known)
        for name in names:
            print(line(name))
        if len(names) < arguments.count:
            say(f"only {len(names)} different names came in many tries; raise --temperature or allow --repeats")
        copied = sum(name.known for name in names)
        say(f"{len(names)} names, {len(names) - copied} of them new")
        run.metric("new names", (len(names) - copied) / max(len(names), 1), unit="share", better="higher")
        run.text("names.txt", "".join(line(name) + "\n" for name in names), title="Invented names")
        run.show(words("Invented names", map(line, names)))
        if names:
            run.show(pictures.probability_block(ensemble, names[0].text))
            pictures.draw_probabilities(
                run.figure(
                    "probabilities.png",
                    title=f"Next-character probabilities along {display(names[0].text)}",
                    alt="a column for every step of the name, a row for every character, brighter is likelier",
                ),
                ensemble,
                names[0].text,
            )
    return 0


def run_evaluate(arguments: argparse.Namespace) -> int:
    """Print the table of splits: network against n-gram."""
    asset = find_names(option=arguments.names, course=arguments.course)
    say(asset.describe())
    names = load_names(asset.path)
    recipes = RECIPES
    if arguments.epochs:
        recipes = {key: (model, replace(config, epochs=arguments.epochs)) for key, (model, config) in recipes.items()}
    with RunFolder(ASSIGNMENT, "evaluate", arguments, folder=arguments.out) as run:
        results = _evaluate_with_bar(names, arguments, recipes)
        run.text("table.txt", table(results) + "\n", title="Held-out cross-entropy, split by split")
        ngram, network = (np.mean([getattr(one, key) for one in results]) for key in ("ngram", "network"))
        run.metric(
            "held-out cross-entropy",
            network,
            unit="nats per character",
            reference=ngram,
            reference_name="best Kneser-Ney n-gram",
            better="lower",
        )
        pictures.draw_splits(
            run.figure(
                "splits.png", title="Held-out names", alt="the network lies below the n-gram where it is better"
            ),
            results,
        )
    return 0


def _evaluate_with_bar(
    names: list[str], arguments: argparse.Namespace, recipes: dict[str, tuple[ModelConfig, TrainConfig]]
) -> list[evaluate.SplitResult]:
    networks = arguments.splits * (arguments.members + (len(recipes) if len(recipes) > 1 else 0))
    with progress(total=networks, description="networks", unit="network") as bar:

        def report(message: str) -> None:
            bar.update(1)
            bar.set_postfix_str(message)

        print(_HEADER, flush=True)
        results = []
        for result in evaluate.evaluate(
            names,
            splits=arguments.splits,
            members=arguments.members,
            seed=arguments.seed,
            recipes=recipes,
            processes=arguments.processes,
            report=report,
        ):
            results.append(result)
            bar.clear()
            print(_row(result), flush=True)
    print(_footer(results))
    return results


_HEADER = f"{'split':>5}  {'names':>5}  {'n-gram':>7}  {'order':>5}  {'network':>7}  {'difference':>10}  recipe"


def table(results: list[evaluate.SplitResult]) -> str:
    """The results as text: a line a split, then the mean with its standard error."""
    return "\n".join([_HEADER, *map(_row, results), _footer(results)])


def _row(one: evaluate.SplitResult) -> str:
    return (
        f"{one.split:>5}  {one.held_out:>5}  {one.ngram:7.4f}  {one.ngram_order:>5}  {one.network:7.4f}  "
        f"{one.network - one.ngram:+10.4f}  {one.recipe}"
    )


def _footer(results: list[evaluate.SplitResult]) -> str:
    ngram, _ = evaluate.mean_and_error([one.ngram for one in results])
    network, _ = evaluate.mean_and_error([one.network for one in results])
    difference, error = evaluate.mean_and_error([one.network - one.ngram for one in results])
    return (
        f"{'mean':>5}  {'':5}  {ngram:7.4f}  {'':5}  {network:7.4f}  {difference:+10.4f}  +- {error:.4f}\n\n"
        "cross-entropy in nats per character on held-out names, the end of name counted as a character;\n"
        "n-gram: interpolated Kneser-Ney, tuned like the networks inside the nine tenths; lower is better"
    )
