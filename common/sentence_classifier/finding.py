"""Which sentences, weights and word vectors to use: the last two belong together, and a run says which it took."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from common.assets import PROJECT, Asset, catalogue, check, find
from common.cli import say
from common.errors import InputError, MissingFileError
from common.glove import WordVectors, find_vectors, load_vectors
from common.run_folder import OUT
from common.sentence_classifier.task import Task
from common.sentence_classifier.trained import AVERAGE, LSTM, TrainedModel
from common.weights_choice import choose_weights

FILES = {AVERAGE: "average_weights.npz", LSTM: "lstm_weights.npz"}
_VECTORS = "glove-50d"


def find_sentences(task: Task, part: int, *, option: Path | None = None, course: Path | None = None) -> Asset:
    """The training (part 0) or test (1) sentences: the user's, the course's, or those that ship; says which."""
    asset = find(task.sentences[part], option=option, course=course if task.course_sentences else None)
    say(asset.describe())
    return asset


def load_model(task: Task, version: int, option: Path | None = None) -> TrainedModel:
    """The user's weights, those of this version that were trained last, or the shipped ones; says which."""
    trained = OUT / task.assignment / "train" / FILES[version]
    shipped = task.names[version]
    return TrainedModel.load(choose_weights(task.weights[version], option=option, trained=trained, shipped=shipped))


def load_for_training(*, option: Path | None, course: Path | None) -> WordVectors:
    """The vectors to train with: the user's, the course's, those in the cache, or those that ship; says which."""
    asset = find_vectors(option=option, course=course)
    say(asset.describe())
    return load_vectors(asset.path)


def load_for_model(model: TrainedModel, *, option: Path | None = None, course: Path | None = None) -> WordVectors:
    """The vectors that the model was trained with: the user's if they are, or the first of all that are here.

    A model that learnt its vectors along has those of the words that training had; words beyond them are read with the
    user's vectors. Raises InputError where there are none for another model: with other vectors its answers would mean
    nothing.
    """
    if option is not None:
        vectors = load_vectors(check(_VECTORS, Path(option), "option").path)
        if not model.fits(vectors):
            raise InputError(
                f"{option}: these weights were trained with other word vectors, so their answers would mean nothing; "
                "name the vectors that they were trained with, or train anew with these"
            )
        return vectors
    if model.words:
        return no_vectors(model)
    for asset in _candidates(course):
        vectors = load_vectors(asset.path)
        if model.fits(vectors):
            say(asset.describe())
            return vectors
    raise InputError(
        "the word vectors that these weights were trained with are not here; name them with --vectors FILE, or the "
        "course folder with --course DIR"
    )


def no_vectors(model: TrainedModel) -> WordVectors:
    """No word's vector, for a model that has its own."""
    return WordVectors([], np.zeros((0, model.config.n_inputs), np.float32))


def _candidates(course: Path | None) -> list[Asset]:
    """The vectors that ship, the course's, and those in the cache, as far as they are here."""
    found: dict[str | os.PathLike[str], Asset] = {}
    shipped = catalogue()[_VECTORS].get("shipped")
    if shipped and (PROJECT / shipped).is_file():
        asset = check(_VECTORS, PROJECT / shipped, "shipped")
        found[asset.path] = asset
    for folder in (course, None):
        try:
            asset = find(_VECTORS, course=folder, shipped=False)
        except MissingFileError:
            continue
        found.setdefault(asset.path, asset)
    return list(found.values())
