"""Sentences about time and nature: days, months, seasons, weather, numbers, school, music, plants."""

from __future__ import annotations

from collections.abc import Iterator

from week2.learning_embeddings.small_world.compose_subject import Subject, lines

DAY = lines("""
Today is {day1}, tomorrow is {day2}.
{day} comes after {day}, said {Name}, but {Friend} shook {his} head.
On {day} {Name} has {school_subject}, on {day} {school_subject}.
The shop is closed on {day}[| and opens at {number} on {day}].
{Name} was born on a {day} in {month}.
From {day1} to {day2} the {man} works, and on {day3} he rests.
We meet {often}, mostly on {day} evening.
What day is it? It is {day}, the {ordinal} of {month}.
On {day} morning the market sells {fruit} and {vegetable}.
I have no time on {day}; can you come on {day} instead?
A week has seven days, and {day} is {his} favourite.
""")
MONTH = lines("""
In {month} the weather is [often|mostly|never] {weather}.
{month1} comes before {month2}[|, and both are {weather}].
{Name} has {his} birthday in {month}, {Friend} in {month}.
In {season}, the days are often {weather} and seldom {weather}.
{season1} is {his} favourite season, because {season2} is too {weather}.
After {season1} comes {season2}, {Name} learned.
The {fruit} are ripe in {month}, the {vegetable} in {month}.
Last {season} was {weather}, this {season} will be {weather}.
School begins in {month} and ends in {month}.
The {ordinal} of {month} was a {weather} {day}.
In {month} {Name} wears a [scarf|raincoat|jumper] when it is {weather}.
""")
WEATHER = lines("""
It is {weather} today, but tomorrow it will be {weather}.
It rained all day, and the streets were wet.
The sun is shining, and there isn't a single cloud[| over the house of {Name}].
Snow fell {past_time}, and the pupils made a snowman in {month}.
[A storm|Thunder|Lightning|Hail|A strong wind] [frightened|woke|surprised] {Name} {past_time}.
In {season} the {winds} come from the [north|south|east|west].
Take an umbrella, {Name}, it looks like rain.
The temperature fell below zero {past_time}, and the lake froze.
When it is {weather}, {Name} [stays at home|goes outside|reads by the fire].
The fog was so dense that {Name} could not see {Friend}.
Rain and sun together make a rainbow[|, {Name} explained].
Ice covered the [river|pond|road], and the wind was icy.
The sky was [grey|blue|starry] {past_time}.
The ocean is deep, and its waters are [cold|dark|warm] in {month}.
""")
NUMBER = lines("""
{number1} and {number2} are numbers; {Name} adds them.
{Name} counts: one, two, three, four, five, six, seven, eight, nine, ten[|, eleven, twelve].
There are {number} pupils in the first row and {number} in the second.
{Name} is {number}, and {his} {relative} is [thirty|forty|fifty|sixty].
The bus departs at {number} and arrives at {number}.
Half of {number} is less than {number}.
{Name} was the {ordinal} in the row, {Friend} the {ordinal}.
One hundred is more than {number}, a thousand is more than a hundred.
The {ordinal} house on the left has {number} rooms.
Please add the numbers from {number1} to {number2}, {Name}.
""")
SCHOOL = lines("""
{Name} learns {school_subject} at school, and {Friend} learns {school_subject}.
The teacher of {school_subject} gave {Name} {number} pages of homework.
The {school_subject} exam is on {day}, and {Name} [studies|prepares|learns] every evening.
In the {school_subject} lesson {Name} [raised {his} hand|took a test|asked a question].
The computer in the classroom is new; {Name} writes programs on it.
{Name} plays the {instrument}, {his} {relative} plays the {instrument}.
A {instrument} and a {instrument} played a gentle tune.
Can you play the {instrument}? No, but {Friend} can.
The pupils in the class of {Name} have {school_subject} before {school_subject}.
{Name} practises the {instrument} {often}.
The pencil, the ruler and the rubber of {Name} are in the school bag.
{Name} did {his} {school_subject} homework before dinner.
A volcano is a mountain with fire inside, said the teacher.
""")
NATURE = lines("""
{trees1} and {trees2} stand in the forest[| near the town of {Name}].
A goat climbed the hill and nibbled at the [bush|tree].
{Name} watered a tree in {month}, and birds made a nest in it.
The {tree} is a common tree[|, and it is bare in winter].
In the garden of {Name} there are roses, tulips and {fruit}.
Bees visit the roses, butterflies the tulips, and {Name} only looks.
A [crocodile|lion|tiger|giraffe|camel|snake|turtle] is not a pet, {Name} explained.
The zoo has [a crocodile|a lion|a tiger|a giraffe|a camel|a snake] and {number} monkeys.
Under the {tree} {Name} found [a nest|mushrooms|acorns].
The moon is near, the stars are far away, and the comet is on its way.
Planets go round the sun, and the moon goes round the earth.
The forest is green in {season} and {colour} in {season}.
A crocodile lay in the river and did not move, and {Name} did not move either.
""")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_TREES = ("oak", "birch", "pine", "maple", "willow", "poplar", "fir", "beech")


def subjects() -> Iterator[Subject]:
    """Time, weather, numbers, school and nature."""
    slots = {"ordinal": _ORDINALS, "tree": _TREES, "trees": tuple(f"{tree} trees" for tree in _TREES), "winds": "winds"}
    for patterns, paragraphs in ((DAY, 110), (MONTH, 140), (WEATHER, 110), (NUMBER, 60), (SCHOOL, 110), (NATURE, 100)):
        yield Subject(patterns, slots, paragraphs, (3, 5))
