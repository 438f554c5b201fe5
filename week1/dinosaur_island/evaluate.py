"""Held-out cross-entropy of the networks beside the best Kneser-Ney n-gram, on seeded splits of the distinct names.

For each split a tenth of the names is held out. Inside the other nine tenths a tenth is set apart to choose with: the
n-gram's order (2 to 7), form and discount scale, and the networks' recipe. Then the n-gram is fitted, and the ensemble
trained, on all nine tenths, and both are measured on the names held out, which neither has seen.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from common.ngram import KneserNey, tune
from common.seeding import make_rng
from common.vocabulary import Vocabulary
from week1.dinosaur_island.data import END, build_vocabulary, split_names
from week1.dinosaur_island.ensemble import Ensemble
from week1.dinosaur_island.model import ModelConfig, Parameters
from week1.dinosaur_island.train import RECIPES, TrainConfig, train_member

ORDERS = range(2, 8)


@dataclass(frozen=True)
class SplitResult:
    """One split: nats per character on its held-out names, and what was chosen.

    Attributes:
        split: its number.
        held_out: how many names were held out.
        ngram: cross-entropy of the n-gram; `ngram_order`, `ngram_form` are what was chosen.
        network: cross-entropy of the ensemble; `recipe` is what was chosen.
        members: cross-entropy of each member alone.
    """

    split: int
    held_out: int
    ngram: float
    ngram_order: int
    ngram_form: str
    network: float
    recipe: str
    members: tuple[float, ...]


def evaluate(
    names: Sequence[str],
    *,
    splits: int = 5,
    members: int = 4,
    seed: int = 0,
    recipes: dict[str, tuple[ModelConfig, TrainConfig]] | None = None,
    processes: int | None = None,
    report: Callable[[str], None] = lambda message: None,
) -> Iterator[SplitResult]:
    """Yield the result of each split, in order.

    Args:
        names: distinct names.
        splits: how many; split s is `split_names(names, seed=seed + s)`.
        members: networks in each ensemble.
        seed: of the splits and of the networks.
        recipes: what to choose from, by name; `train.RECIPES` by default.
        processes: networks trained at a time (default: the number of processors).
        report: called with a line whenever a network is done.
    """
    recipes = RECIPES if recipes is None else recipes
    vocabulary = build_vocabulary(names)
    with _pool(processes) as pool:
        for split in range(splits):
            training, held_out = split_names(names, seed=seed + split)
            inner, watched = split_names(training, seed=seed + split)
            ngram, order, form = _ngram(inner, watched, training, held_out, vocabulary)
            recipe = _choose(pool, recipes, inner, watched, vocabulary, seed + split, report)
            jobs = [_Job(recipes[recipe], training, held_out, vocabulary, seed + split, m) for m in range(members)]
            trained = []
            for parameters, loss in pool.imap(_train, jobs):
                trained.append((parameters, loss))
                report(f"split {split}: network {len(trained)} of {members}, {loss:.4f} nats alone")
            config = replace(recipes[recipe][0], n_vocab=len(vocabulary))
            ensemble = Ensemble(config, vocabulary, [parameters for parameters, _ in trained], {})
            losses = tuple(loss for _, loss in trained)
            network = ensemble.cross_entropy(held_out)
            yield SplitResult(split, len(held_out), ngram, order, form, network, recipe, losses)


def _ngram(
    inner: Sequence[str],
    watched: Sequence[str],
    training: Sequence[str],
    held_out: Sequence[str],
    vocabulary: Vocabulary,
) -> tuple[float, int, str]:
    """(cross-entropy on the held-out names, order, form) of the n-gram that is best on the watched names."""
    options = {"vocabulary": vocabulary.tokens, "end": END}
    tunings = [tune(inner, watched, orders=ORDERS, modified=modified, **options) for modified in (True, False)]
    best = min(tunings, key=lambda tuning: tuning.cross_entropy)
    model = KneserNey.fit(
        training, order=best.order, modified=best.modified, discount_scale=best.discount_scale, **options
    )
    form = "three discounts" if best.modified else "one discount"
    return model.cross_entropy(held_out), best.order, f"{form} x {best.discount_scale:g}"


def _choose(
    pool: multiprocessing.pool.Pool,
    recipes: dict[str, tuple[ModelConfig, TrainConfig]],
    inner: Sequence[str],
    watched: Sequence[str],
    vocabulary: Vocabulary,
    seed: int,
    report: Callable[[str], None],
) -> str:
    """The recipe whose network is best on the watched names, trained on the rest of the nine tenths."""
    if len(recipes) == 1:
        return next(iter(recipes))
    jobs = [_Job(recipe, inner, watched, vocabulary, seed, 0) for recipe in recipes.values()]
    losses = {}
    for name, (_, loss) in zip(recipes, pool.imap(_train, jobs), strict=True):
        losses[name] = loss
        report(f"split seed {seed}: recipe {name!r} reaches {loss:.4f} nats on the names to choose with")
    return min(losses, key=losses.__getitem__)


@dataclass(frozen=True)
class _Job:
    """One network to train to its last epoch on `training`, and to measure on `measured`."""

    recipe: tuple[ModelConfig, TrainConfig]
    training: Sequence[str]
    measured: Sequence[str]
    vocabulary: Vocabulary
    seed: int
    member: int


def _train(job: _Job) -> tuple[Parameters, float]:
    """Train without looking at the measured names; (parameters, their cross-entropy on them)."""
    model, config = job.recipe
    model = replace(model, n_vocab=len(job.vocabulary))
    rng = make_rng(job.seed, "member", job.member)
    for progress in train_member(job.training, (), job.vocabulary, model, config, rng):
        parameters = progress.best
    ensemble = Ensemble(model, job.vocabulary, [parameters], {})
    return parameters, ensemble.cross_entropy(job.measured)


@contextlib.contextmanager
def _pool(processes: int | None) -> Iterator[multiprocessing.pool.Pool]:
    """Worker processes with one linear-algebra thread each: the networks are small, so whole networks run side by side.

    One thread also makes the numbers independent of how many processors there are.
    """
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        with multiprocessing.get_context("spawn").Pool(processes or os.cpu_count()) as pool:
            yield pool
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def mean_and_error(values: Sequence[float]) -> tuple[float, float]:
    """The mean, and its standard error (0 for a single value)."""
    array = np.asarray(values)
    error = array.std(ddof=1) / np.sqrt(len(array)) if len(array) > 1 else 0.0
    return float(array.mean()), float(error)
