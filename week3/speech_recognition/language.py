"""A language model over characters for the search: fitted on phrases of the grammar, or on any text; saved and read.

    model = fit(grammar_phrases(6000, seed=0), order=6)           # common.ngram.KneserNey over characters
    search = Search(method="beam", language_model=next_symbols(model))

Any Kneser-Ney model over characters that `common.ngram` saved will do.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from common.ctc_decoding import LanguageModel
from common.errors import InputError
from common.ngram import KneserNey
from common.seeding import make_rng
from common.text_files import read_text
from week3.speech_recognition.alphabet import SYMBOLS
from week3.speech_recognition.data import ASSETS
from week3.speech_recognition.words import KINDS, phrase, spelled

COMMANDS = ASSETS / "commands_6gram.json"
ORDER = 6
PHRASES = 4000
NEVER = -np.inf
_KEPT = 100_000  # contexts whose distributions are remembered


def grammar_phrases(count: int, *, kinds: Sequence[str] = KINDS, seed: int = 0) -> list[str]:
    """So many phrases of the grammar, the kinds in turn; those of one seed share no draws with any test sentence's."""
    rng = make_rng(seed, "language model")
    return [phrase(kinds[number % len(kinds)], rng) for number in range(count)]


def read_phrases(path: str | os.PathLike[str]) -> list[str]:
    """The lines of a text as the network would write them, empty ones left out.

    Raises:
        InputError: there is no such file, a line holds a letter outside a to z, or nothing is left.
    """
    found = []
    for number, line in enumerate(read_text(path).splitlines(), 1):
        try:
            found.append(spelled(line))
        except InputError as error:
            raise InputError(f"{path}: line {number}: {error}") from None
    found = [line for line in found if line]
    if not found:
        raise InputError(f"{path}: holds no words; give a text with a sentence a line")
    return found


def fit(phrases: Iterable[str], *, order: int = ORDER) -> KneserNey:
    """The model of the phrases' characters; every symbol of the alphabet is possible anywhere."""
    return KneserNey.fit(phrases, order=order, vocabulary=SYMBOLS[1:])


def load(path: str | os.PathLike[str]) -> KneserNey:
    """A saved model.

    Raises:
        InputError: there is no such file, or it is no model over characters.
    """
    model = KneserNey.load(path)
    known = set(model.tokens) & set(SYMBOLS[1:])
    if not {"a", "e", "o"} <= known:
        raise InputError(f"{Path(path)}: is no model over the characters a to z; fit one with the verb language-model")
    return model


def next_symbols(model: KneserNey) -> LanguageModel:
    """The model as the search takes it: from the symbols so far to (symbols + 1,) log-probabilities, last of the end.

    A symbol that the model does not know has its unknown token's, or never comes.
    """
    places = {token: place for place, token in enumerate(model.tokens)}
    unknown = places.get(model.unknown)
    wanted = [places.get(symbol, unknown) for symbol in SYMBOLS[1:]] + [places[model.end]]
    known = np.array([place is not None for place in wanted])
    chosen = np.array([place or 0 for place in wanted])

    @functools.lru_cache(maxsize=_KEPT)
    def after(characters: str) -> np.ndarray:
        if unknown is None and not places.keys() >= set(characters):
            return np.full(len(SYMBOLS) + 1, NEVER)
        return np.concatenate([[NEVER], np.where(known, np.log(model.distribution(characters))[chosen], NEVER)])

    def language_model(symbols: tuple[int, ...]) -> np.ndarray:
        return after("".join(SYMBOLS[symbol] for symbol in symbols[max(len(symbols) - model.order + 1, 0) :]))

    return language_model
