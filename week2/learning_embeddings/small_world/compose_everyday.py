"""Everyday life: affection, sport, joy, trouble and food, and talk, each in paragraphs of its own."""

from __future__ import annotations

from collections.abc import Iterator

from week2.learning_embeddings.small_world import (
    compose_affection,
    compose_food,
    compose_joy,
    compose_sport,
    compose_trouble,
)
from week2.learning_embeddings.small_world.compose_subject import Subject, lines

PARAGRAPHS = 640

TALK = lines("""
"Where have you been, {Name}?" "I was at the [station|market|library|dentist|pool], and the bus didn't come."
"What are you doing?" asked {Friend}. "Nothing," said {Name}, "I am only thinking."
"I don't know what to do," said {Name}. "Then ask someone who does," said {Friend}.
"Can you help me with this?" "Of course I can, just wait until I'm ready."
"Isn't that {Friend} over there?" "No, it isn't, it only looks like {him}."
"Why didn't you call?" "I haven't had time since {day}."
"You're early." "No, I'm not, it's already {number}."
"Have you ever been to {place}?" "No, never, but I'd like to go there some day."
"There's nothing to see here," said {Name}, "let's go back."
"That's not mine," said {Name}, "and it isn't yours either, maybe it belongs to {Friend}."
"Won't you stay for {meal}?" "I can't, they're waiting for me."
"If you don't hurry, we'll be late," said {Friend}.
{Name} wouldn't say what had happened, and {Friend} couldn't guess it.
I've read this book twice, but I haven't understood it yet.
They aren't at home, and they weren't there yesterday either.
What is your name? My name is {Name}, and that is my friend {Friend}.
Guess who came to see me, said {Name}. I can't guess, said {Friend}.
None of us knew the way, so we turned around in the middle of the road.
{Name} has been there three times, {Friend} hasn't been there at all.
See you later, said {Name}, I am getting off here.
They aren't brothers, and they aren't cousins, they are only friends.
Leave it there, {Name}, and drop me a line when you have time.
He doesn't know her, and she doesn't know him, but both know me.
We weren't alone: somebody was behind the door.
You shouldn't go there alone, and you needn't go today.
She hasn't seen it, he hasn't heard it, and nobody has told them.
{Name} hardly ever watches television, and {Friend} never does.
What happened after that, nobody can say, for none of us was there.
Something is in the box, but nothing that you could use.
Either {Name} or {Friend} left the door open, not I.
I think so, said {Name}, but I don't know for certain.
Perhaps it will work, perhaps it won't; let's try it again.
Everything that begins must end, {Name} thought.
Someone knocked, but there wasn't anyone at the door.
It was late, so we took the last bus and were home before midnight.
The letter came too late, because the address was wrong.
{Name} waited and waited, then turned round and left.
""")


def subjects() -> Iterator[Subject]:
    """The five kinds of everyday paragraphs, and talk."""
    for kind in (compose_affection, compose_sport, compose_joy, compose_trouble, compose_food):
        yield Subject(kind.PATTERNS, kind.SLOTS, PARAGRAPHS, (3, 5))
    yield Subject(
        TALK, {"place": ("the sea", "the zoo", "the circus", "the moon", "an island", "the mountains")}, 110, (2, 4)
    )
