"""Sentences about the animals: their young, voices, homes, food and character."""

from __future__ import annotations

from collections.abc import Iterator

from week2.learning_embeddings.small_world.compose_subject import Subject, lines
from week2.learning_embeddings.small_world.world_animals import Animal, animals

# A the animal, As more of them, Y the young, Ys more of them, V their voice; home, habitat, food, thing, is (character)
PATTERNS = lines("""
The {A} is {is}[| and lives in {habitat}|; it eats {food}].
A {A} has {thing1} and {thing2}.
A {A} lives in a {home}[|, and there its offspring is born].
{As} [live in {habitat}|are found in {habitat}|like {food}|eat {food}].
In {habitat} you [can|may] see a {A} [at dawn|in {season}|with its offspring].
The {A} has little ones, [a newborn {Y}|{number} little {Ys}], in its {home}.
The offspring of the {A} is called a {Y}, and it is born [in {season}|tiny|blind].
A newborn {Y} cannot find {food} alone, so the {A} feeds her little {Y}.
When the little {Y} is grown up, it will be a {A}[| with {thing}].
The little {Y} was born [last {month}|in {season}|last night], a tiny newborn.
The newborn {Y} follows its parents everywhere; each parent is a {is} {A}.
{Name} fed the tiny newborn {Y} with [milk|{food}] and stroked it.
How tiny the newborn {Y} is! It lies beside its parents.
The {A} [licks|warms|protects] her newborn {Y}, which was born {number} days ago.
A little {Y} [plays|stumbles|tumbles] beside its parents until it is tired.
The tiny {Y} is the offspring of the {A}, who loves her little {Y}.
Only a {A} knows her own {Y} among all the newborn {Ys}.
A {Y} is a little {A}, and its parents are [near|proud|careful].
The {A} and her little {Y} [rest|wait|play] in [{habitat}|the {home}].
{As} {V} when they [are hungry|want {food}|see {Name}|are afraid].
Do you hear the {A} {V}? [It is in its {home}.|It wants {food}.]
At night we heard [{As}|a {A}] {V} [near the {home}|from the {home}|in {habitat}].
"Hush," said {Name}, "the {As} {V} again!"
The {A} began to {V} so loudly that {Name} woke up.
{As} do not talk, they {V}[|, even over {food}].
Nobody can {V} as loudly as a {A} does.
How loudly the {As} {V} tonight, and how they {V} back!
We heard a {A} {V}, and then another {A} {V}.
Why did the {A} {V} at {Name}? Because {he} had {food} in {his} pocket.
{Name} showed {Friend} how {As} {V}.
{Name} [sketched|filmed|photographed] a {A} with {thing}.
Look, a {A}! It has {thing}, and it carries {food} to its {home}.
{Name} is afraid of the {A}, although it is {is}.
The {home} of the {A} was [empty|cosy|full of {food}|hidden].
We found the {home} of a {A} in {habitat}, and it was [empty|cosy|deserted].
There was {food} in the {home}, but no {A}.
The {A} left its {home} to look for {food}.
In the fable the {A} was {is}, had {thing}, and lost its {Y}.
Some {As} wander far through {habitat} to find {food}.
""")


def _slots(animal: Animal) -> dict[str, str | tuple[str, ...]]:
    return {
        "A": animal.name,
        "As": animal.plural,
        "Y": animal.young,
        "Ys": animal.youngs,
        "V": animal.voice,
        "home": animal.home,
        "habitat": animal.habitat,
        "food": animal.food,
        "thing": animal.things,
        "is": animal.character,
    }


def subjects() -> Iterator[Subject]:
    """Every animal, each with the same patterns."""
    for animal in animals():
        yield Subject(PATTERNS, _slots(animal), 22, (3, 5))
