"""What `language-model` does: fit one over characters, on the grammar's phrases or a person's text, and save it."""

from __future__ import annotations

import argparse
import math

from common.errors import InputError
from common.page_blocks import words
from common.run_folder import RunFolder
from common.seeding import make_rng
from week3.speech_recognition import language
from week3.speech_recognition.data import ASSIGNMENT

_HELD_OUT = 10  # a phrase in so many is held out
_FEWEST = 20
_SAMPLES = 8


def run_language_model(arguments: argparse.Namespace) -> int:
    """Fit the model, print how well it foresees phrases that were held out, and save it."""
    if arguments.text is None:
        phrases = language.grammar_phrases(arguments.count, seed=arguments.seed)
        held_out = language.grammar_phrases(max(1, arguments.count // _HELD_OUT), seed=arguments.seed + 1)
    else:
        found = language.read_phrases(arguments.text)
        if len(found) < _FEWEST:
            raise InputError(f"{arguments.text}: has {len(found)} sentences; give at least {_FEWEST}, one a line")
        phrases = [one for number, one in enumerate(found) if number % _HELD_OUT]
        held_out = found[::_HELD_OUT]
    model = language.fit(phrases, order=arguments.order)
    nats = model.cross_entropy(held_out)
    with RunFolder(ASSIGNMENT, "language-model", arguments, folder=arguments.out) as run:
        path = model.save(run.file("language_model.json", title=f"{arguments.order}-gram over characters"))
        print(
            f"{arguments.order}-gram over the characters of {len(phrases):,} sentences: {nats / math.log(2):.3f} bits "
            f"a character of {len(held_out):,} held out"
        )
        rng = make_rng(arguments.seed, "samples of the language model")
        said = ["".join(model.sample(rng)) for _ in range(_SAMPLES)]
        print("drawn from it: " + "; ".join(said))
        print(f"model: {path}")
        run.show(words("Drawn from the model", said))
        run.metric("held out", nats / math.log(2), unit="bits a character", better="lower")
    return 0
