"""Patterns of sentences: "{Name} [walked|ran] to the {place}[| again]." and how one is filled in.

    {place}     a slot: a word, or one of several drawn at each use
    {place1}    a numbered slot: drawn once in a paragraph, so that it can be spoken of again; {place2} is another one
    [a|b|]      one of the alternatives, drawn; they may hold slots and further alternatives

A slot's value may itself be a pattern. The finished sentence has a capital letter in front and "a" or "an" as it sounds.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from week2.learning_embeddings.small_world.compose_draw import Draw

Slots = Mapping[str, str | tuple[str, ...]]
_PIECE = re.compile(r"\{(\w+)\}|([\[\]|])")
_ARTICLE = re.compile(r"\b([Aa])n? (?=(\w+))")
_SOUNDS_A_VOWEL = re.compile(r"(?!eu|uni|one\b|use|uk)[aeiou]|hour|honest|honour|heir", re.IGNORECASE)


@functools.cache
def parse(pattern: str) -> tuple:
    """The pattern as a tree: text, ("slot", name), or ("either", (tree, tree, ...)) in a tuple."""
    alternatives, place = _alternatives(pattern, 0)
    if place != len(pattern) or len(alternatives) != 1:
        raise ValueError(f"brackets or bars do not pair up in the pattern {pattern!r}")
    return alternatives[0]


def _alternatives(pattern: str, place: int) -> tuple[tuple, int]:
    """The trees between bars from `place` up to the closing bracket or the end, and where that is."""
    trees, tree = [], []
    while True:
        piece = _PIECE.search(pattern, place)
        if piece is None:
            return (*trees, (*tree, pattern[place:])), len(pattern)
        tree.append(pattern[place : piece.start()])
        place = piece.end()
        if piece[1]:
            tree.append(("slot", piece[1]))
        elif piece[2] == "[":
            inner, place = _alternatives(pattern, place)
            if place == len(pattern):
                raise ValueError(f"a bracket is not closed in the pattern {pattern!r}")
            tree.append(("either", inner))
            place += 1
        elif piece[2] == "|":
            trees.append(tuple(tree))
            tree = []
        else:
            return (*trees, tuple(tree)), piece.start()


def fill(pattern: str, slots: Slots, cast: dict[str, str], draw: Draw) -> str:
    """The pattern with its slots and alternatives drawn; `cast` keeps what numbered slots were given."""
    return _fill(parse(pattern), slots, cast, draw)


def _fill(tree: tuple, slots: Slots, cast: dict[str, str], draw: Draw) -> str:
    parts = []
    for piece in tree:
        if isinstance(piece, str):
            parts.append(piece)
        elif piece[0] == "either":
            parts.append(_fill(draw.one(piece[1]), slots, cast, draw))
        else:
            parts.append(_value(piece[1], slots, cast, draw))
    return "".join(parts)


def _value(name: str, slots: Slots, cast: dict[str, str], draw: Draw) -> str:
    """The slot's text: fixed, drawn anew, or what a numbered slot was given before, or something not yet given."""
    if name in cast:
        return cast[name]
    kind = name.rstrip("0123456789")
    options = slots[name] if name in slots else slots[kind]
    if isinstance(options, str):
        return fill(options, slots, cast, draw) if "[" in options or "{" in options else options
    taken = {given for slot, given in cast.items() if slot.rstrip("0123456789") == kind} if kind != name else ()
    option = draw.one([option for option in options if option not in taken] or options)
    text = fill(option, slots, cast, draw) if "[" in option or "{" in option else option
    if kind != name:
        cast[name] = text
    return text


def finish(sentence: str) -> str:
    """The sentence with single spaces, a capital letter in front and the article that the next word's sound asks for."""
    sentence = " ".join(sentence.split())
    sentence = _ARTICLE.sub(lambda found: f"{found[1]}{'n' * bool(_SOUNDS_A_VOWEL.match(found[2]))} ", sentence)
    start = 1 if sentence[0] == '"' else 0
    return sentence[:start] + sentence[start].upper() + sentence[start + 1 :]
