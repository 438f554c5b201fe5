"""The small world's relations, and the analogy questions about them.

The facts themselves stand in `world_countries.py`, `world_people.py`, `world_animals.py`, `world_words.py` and
`world_life.py`. A relation is a list of pairs of words; a question is two pairs of one relation.
"""

from __future__ import annotations

from collections import Counter

from week2.learning_embeddings.small_world.compose_draw import Draw
from week2.learning_embeddings.small_world.world_animals import animals
from week2.learning_embeddings.small_world.world_countries import countries
from week2.learning_embeddings.small_world.world_people import pairs, professions
from week2.learning_embeddings.small_world.world_words import adjectives, nouns, opposites, verbs

Pair = tuple[str, str]
QUESTIONS_EACH = 40
QUESTIONS_SEED = 2013  # the year of the first analogy questions

# Right answers that are also everyday words with another sense, or common to many subjects: not asked.
_NOT_ASKED = (
    "real krone calf infant hiss flutter rustle thump squeal drum yap squawk snap splash gnaw yelp trumpet bellow "
    "school farm restaurant court garden theatre study office station pit church bank market garage zoo oven "
    "candle safe wheel needle computer telephone whistle net bucket shield sword hose"
)

# Questions of the course's notebook whose words this world has: always among the others.
_OF_THE_COURSE = (
    ("france", "paris", "italy", "rome"),
    ("india", "delhi", "japan", "tokyo"),
    ("italy", "italian", "spain", "spanish"),
    ("man", "woman", "boy", "girl"),
    ("small", "smaller", "large", "larger"),
)


def relations() -> dict[str, list[Pair]]:
    """The pairs of words of every relation, in lower case; no word is the answer of two pairs of one relation."""
    found = {
        "capital-of-country": [(c.name, c.capital) for c in countries()],
        "nationality": [(c.name, c.adjective) for c in countries()],
        "currency": [(c.name, c.currency) for c in countries()],
        "river-of-country": [(c.name, c.river) for c in countries()],
        "he-and-she": [(p.he, p.she) for p in pairs()],
        "profession-place": [(p.name, p.place) for p in professions()],
        "profession-tool": [(p.name, p.tool) for p in professions()],
        "animal-young": [(a.name, a.young) for a in animals()],
        "animal-voice": [(a.name, a.voice) for a in animals()],
        "comparative": [(a.positive, a.comparative) for a in adjectives()],
        "superlative": [(a.positive, a.superlative) for a in adjectives()],
        "past-tense": [(v.base, v.past) for v in verbs()],
        "present-participle": [(v.base, v.ing) for v in verbs()],
        "plural": [(n.singular, n.plural) for n in nouns()],
        "opposite": [(o.positive, o.negative) for o in opposites()],
    }
    return {name: _asked([(a.lower(), b.lower()) for a, b in rows]) for name, rows in found.items()}


def _asked(rows: list[Pair]) -> list[Pair]:
    """The pairs whose answer is the answer of one pair only and has one sense."""
    not_asked = set(_NOT_ASKED.split())
    answers = Counter(answer for _, answer in rows)
    return [(word, answer) for word, answer in rows if answers[answer] == 1 and answer not in not_asked]


def questions(seed: int = QUESTIONS_SEED, *, each: int = QUESTIONS_EACH) -> dict[str, list[tuple[str, str, str, str]]]:
    """`each` questions (a, b, c, d) of every relation, drawn from all its pairs of pairs: a is to b as c is to d."""
    draw = Draw(seed)
    asked = {}
    for name, rows in relations().items():
        possible = [(*first, *second) for first in rows for second in rows if first is not second]
        fixed = [question for question in _OF_THE_COURSE if question in possible]
        drawn = [question for question in draw.several(possible, each) if question not in fixed]
        asked[name] = (fixed + drawn)[:each]
    return asked


def questions_text(seed: int = QUESTIONS_SEED) -> str:
    """The questions in the `questions-words` format: a line ': name' before each section, four words a line."""
    lines = []
    for name, rows in questions(seed).items():
        lines += [f": {name}", *(" ".join(row) for row in rows)]
    return "\n".join(lines) + "\n"
