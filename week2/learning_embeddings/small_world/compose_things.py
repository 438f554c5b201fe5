"""Sentences about things: one of them and many of them, colours, rooms."""

from __future__ import annotations

from collections.abc import Iterator

from week2.learning_embeddings.small_world.compose_subject import Subject, lines
from week2.learning_embeddings.small_world.world import relations
from week2.learning_embeddings.small_world.world_words import adjectives, nouns, opposites, verbs

_NO_NOUNS = {"fast", "foot", "one", "class", "care", "price", "noon", "people", "pages", "night"}

# one, many: the noun's singular and plural; near: nouns that go with it
NOUN = lines("""
There is only one {one} [beside|behind|near] the {near}.
{Name} [has|wants|needs|found] one {one} and one {near}, a single one.
This {one} has a {near1}, and that {one} has a {near2}.
A {colour} {one} with a {near} is mine; it is [new|used|broken|beautiful].
Every {one} has its {near}, and this {one} has its {near} too.
Which {one} and which {near} is yours, this one or that one?
{Name} [took|picked|looked at] another {one} and another {near}.
Each {one} and each {near} was [new|used|broken|beautiful] in its own way.
Whose {one} is that? It is mine, and its {near} is mine too.
That {one} with the {near} wasn't there {past_time}, it is a new one.
A single {one} without a {near} is not enough, another one is needed.
One {one} is here with its {near1}, another {one} is there with its {near2}.
The {one} itself is {colour}, its {near} is not.
Does every {one} with a {near} cost so much? No, this {one} costs very little.
No {one} is like another {one}, no {near} like another {near}.
Here is a {one} and a {near}; is it a [new|plain|pretty] {one} or a [used|fancy|fine] one?
It is just a {one}, one single {one} with a {near}.
The {near1} is part of the {one}, and the {near2} is not far from it.
There are [many|several|{number}|a few|no] {many} [beside|behind|near] the {near}.
{Name} [has|wants|needs|found] {number} {many} and a {near}, no, several more.
These {many} have a {near1}, and those {many} have a {near2}.
{number} {colour} {many} with a {near} are mine; they are [new|used|broken|beautiful].
All {many} have their {near}, and these {many} have their {near} too.
Which {many} and which {near} are yours, these or those?
{Name} [took|picked|looked at] some {many} and a few more {many} with a {near}.
Most {many} and their {near} were [new|used|broken|beautiful] in their own way.
Whose {many} are those? They are ours, and their {near} is ours too.
Those {many} with the {near} weren't there {past_time}, they are new ones.
Two {many} without a {near} are not enough, many more are needed.
Some {many} are here with their {near1}, other {many} are there with their {near2}.
The {many} themselves are {colour}, their {near} is not.
Do all {many} with a {near} cost so much? No, these {many} cost very little.
No {many} are quite like other {many}, no {near} like another {near}.
Here are some {many} and a {near}; are they [new|plain|pretty] {many} or [used|fancy|fine] ones?
They are just {many}, many, many {many} with a {near}.
The {near1} is part of all these {many}, and the {near2} is not far from them.
The {near1} and the {near2} belong to one {one}, or to two {many}.
{Name} added up the {many} near the {near}: one {one}, two {many}, three {many}.
A {near1}, a {near2} and one single {one}: that was all.
{Name} sketched one {one} with a {near1} and a {near2}.
The {near} of this {one} is {colour}.
No {near} without a {one}, and no {one} without a {near}.
A {near1}, a {near2} and {number} {many}: that was all.
{Name} sketched several {many} with a {near1} and a {near2}.
The {near} of these {many} is {colour}.
No {near} without its {many}, and no {many} without a {near}.
""")

# what: any noun that another noun, an adjective or a verb goes with
MENTION = lines("""
{Name} sketched the {what1} and the {what2} on paper.
There was a photo of the {what} in the newspaper {past_time}.
In {his} mind {Name} saw the {what1}, then the {what2}, then nothing.
The tale begins with the {what1} and ends with the {what2}.
How do you spell {what}? asked {Name}, and {Friend} spelled it.
{what1} and {what2} are not the same thing, {Name} explained.
What does {what} mean? asked {Friend}, and {Name} explained it.
{Name} invented a rhyme about the {what}, {Friend} one about the {what}.
Who has seen the {what}? Not I, said {Name}, I saw the {what}.
Look at the {what}, {Name}, and at the {what} behind it!
{Name} thought about the {what1} and forgot the {what2}.
The museum shows the {what1}, the {what2} and the {what3}.
First {Name} noticed the {what1}, then the {what2}.
I know a joke about the {what} and the {what}.
The word {what} is not spelled like the word {what}.
Neither the {what1} nor the {what2} was {colour}.
On one photo there is the {what1}, on the other the {what2}.
The riddle is about the {what1} and not about the {what2}.
""")

ROOM = lines("""
In the {room} there is a {colour} {furniture}[|, and beside it a {furniture}].
{Name} [cleaned|decorated|locked] the {room} {past_time}.
The {furniture} in the {room} is {colour}[|, not {colour}].
{Name} likes [{colour}|{colour1} and {colour2}] best, so {his} {room} is {colour}.
{his} {relative} ordered a {colour} {furniture} for the {room}.
{Name} likes all colours, above all {colour1} and {colour2}.
The colours of the {room} are {colour1} and {colour2}.
The walls of the {room} were {colour}, the ceiling was {colour}.
Who left the {furniture} in the {room}? It wasn't me.
{Name} moved the {furniture} from the {room1} to the {room2}.
From the balcony of the {room} you see a {colour} roof and a {colour} gate.
{his} favourite colour is {colour}, but {Friend} prefers {colour}.
The {colour} {furniture} is used, the {colour} one is new.
""")


def _mentioned() -> tuple[str, ...]:
    """The nouns that other decks tie to one word alone: here they are spoken of in other company too."""
    tied = [word for noun in nouns() for word in noun.company]
    tied += [word for adjective in adjectives() for word in adjective.nouns]
    tied += [phrase.split()[-1] for verb in verbs() for phrase in verb.phrases]
    tied += [bearer.split()[-1] for pair in opposites() for bearer in pair.bearers]
    asked = {word for rows in relations().values() for pair in rows for word in pair}
    return tuple(dict.fromkeys(word for word in tied if word not in asked and word not in _NO_NOUNS))


def subjects() -> Iterator[Subject]:
    """Every noun with its plural, what goes with other words, and the rooms of a house."""
    for noun in nouns():
        yield Subject(NOUN, {"one": noun.singular, "many": noun.plural, "near": noun.company}, 33, (3, 4))
    yield Subject(MENTION, {"what": _mentioned()}, 660, (3, 5))
    yield Subject(ROOM, {}, 120, (2, 4))
