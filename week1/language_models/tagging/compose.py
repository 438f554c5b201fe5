"""Sentences with names, composed so that what follows a word decides whether it is one.

"Teddy bears are on sale" and "Teddy Roosevelt was a president" begin alike, and every sentence begins with a capital
letter; so do "Mark the page" and "Mark smiled", "Jordan lies by the sea" and "Jordan lost the keys". Templates are
sequences of slots; those of the test are other sequences than those of training, and two in five of the test's plain
names are names that training never showed.

A token is (word, tag); types are PER and LOC.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from common.seeding import make_rng
from week1.language_models.tagging import lexicon as words

Sentence = list[tuple[str, str]]
Draw = Callable[[Sequence[str]], str]

# A slot is <name>; anything else is a word as it stands. Templates are of one part only: training or test.
TRAINING = (
    "<person> <does>",
    "<person> <does> .",
    "<person> and <person> <came> .",
    "<person> <two> <person> .",
    "<person> <to> <place> .",
    "<adverb> <person> <does> .",
    "the <object> of <person> is gone .",
    "we visited <person> in <place> .",
    "<place> <isplace> .",
    "<place> <isplace>",
    "I like <place> .",
    "<adverb> we <to> <place> .",
    "<thing> <things> <arethings> .",
    "<thing> <things> <arethings>",
    "<adverb> the <things> <arethings> .",
    "<order> the <object> <tail> .",
    "<order> this <object> .",
    "<modal> <asks> ?",
    "<month> <was> .",
    "<ambiguous> <does> .",
    "<ambiguous> <does>",
    "<ambiguous> <surname> <does> .",
    "<ambiguous> <two> <person> .",
    "<ambiguous> <to> <place> .",
    "<either-person> <does> .",
    "<either-person> <surname> <does> .",
    "<either-person> <two> <person> .",
    "<either-place> <isplace> .",
    "<either-place> <isplace>",
    "<person> <to> <either-place> .",
    "<person> <two> <either-person> .",
)
TEST = (
    "<person> <does> and <person> <does> .",
    "<person> <to> <place> and <does> .",
    "<adverb> <person> <two> <person> .",
    "I met <person> in <place> .",
    "<thing> <things> and <things> <arethings> .",
    "<thing> <things> from <place> <arethings> .",
    "<order> the <object> and the <object> .",
    "<order> the <object> of <person> .",
    "<modal> <asks> before noon ?",
    "<month> <was> in <place> .",
    "<ambiguous> <does> and <does> .",
    "<ambiguous> and <person> <came> .",
    "<ambiguous> <surname> <two> <person> .",
    "<ambiguous> <surname> <to> <place> .",
    "<either-person> and <person> <came> .",
    "<either-person> <to> <place> and <does> .",
    "<either-person> <surname> <two> <person> .",
    "<either-place> <isplace> and <isplace> .",
    "<either-place> and <place> are far away .",
)


def compose(count: int, *, part: str, seed: int = 0) -> list[Sentence]:
    """`count` different sentences of "training" or "test"; the same for the same seed."""
    rng = make_rng(seed, "tagging", part)
    templates = TRAINING if part == "training" else TEST
    found: dict[tuple, Sentence] = {}
    while len(found) < count:
        sentence = _fill(templates[rng.integers(len(templates))], rng, test=part == "test")
        found.setdefault(tuple(sentence), sentence)
    return list(found.values())


def _fill(template: str, rng: np.random.Generator, *, test: bool) -> Sentence:
    """One sentence of a template, its first word with a capital letter."""
    sentence: Sentence = []
    for slot in template.split():
        sentence += _slot(slot[1:-1], rng, test=test) if slot.startswith("<") else [(slot, "O")]
    (first, tag), *rest = sentence
    return [(first[:1].upper() + first[1:], tag), *rest]


def _slot(name: str, rng: np.random.Generator, *, test: bool) -> Sentence:
    def draw(options: Sequence[str]) -> str:
        return options[rng.integers(len(options))]

    unseen = test and rng.random() < 0.4
    if name in ("person", "place", "surname"):
        return _name(name, draw, rng, unseen=unseen)
    if name == "ambiguous":
        return [(draw(_AMBIGUOUS), "B-PER")]
    if name == "either-person":
        return [(draw(words.PERSON_OR_PLACE), "B-PER")]
    if name == "either-place":
        return [(draw(words.PERSON_OR_PLACE), "B-LOC")]
    if name == "thing":
        pool = words.PERSON_OR_THING if rng.random() < 0.7 else words.ORDINARY_THINGS
        return [(draw(pool), "O")]
    if name == "order":
        pool = words.PERSON_OR_VERB if rng.random() < 0.7 else words.ORDINARY_VERBS
        return [(draw(pool), "O")]
    return [(word, "O") for word in draw(_PHRASES[name]).split()]


def _name(name: str, draw: Draw, rng: np.random.Generator, *, unseen: bool) -> Sentence:
    """A name that is nothing else: a place, a surname after a first name, or a person of one or two words."""
    if name == "place":
        return [(draw(words.PLACES_UNSEEN if unseen else words.PLACES), "B-LOC")]
    surname = (draw(words.SURNAMES_UNSEEN if unseen else words.SURNAMES), "I-PER")
    if name == "surname":
        return [surname]
    first = (draw(words.FIRST_UNSEEN if unseen else words.FIRST), "B-PER")
    return [first, surname] if rng.random() < 0.35 else [first]


_AMBIGUOUS = [*words.PERSON_OR_THING, *words.PERSON_OR_VERB, *words.PERSON_OR_MODAL * 5, *words.PERSON_OR_MONTH * 2]
_PHRASES = {
    "does": words.PEOPLE_DO,
    "came": ["came home", "arrived late", "left early", "laughed", "are friends", "sang a song"],
    "two": words.VERBS_OF_TWO,
    "to": words.VERBS_TO_PLACE,
    "adverb": words.ADVERBS,
    "object": words.OBJECTS,
    "isplace": words.PLACES_ARE,
    "things": words.THINGS,
    "arethings": words.THINGS_ARE,
    "tail": words.ORDER_TAILS,
    "modal": words.PERSON_OR_MODAL,
    "asks": words.MODAL_TAILS,
    "month": words.PERSON_OR_MONTH,
    "was": words.MONTH_WAS,
}
