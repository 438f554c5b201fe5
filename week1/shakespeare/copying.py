"""How much of a text was copied: the longest passage that it shares, character by character, with another text.

A suffix automaton of the written text holds all its passages; the training text is read through it once. Time and
memory are proportional to the lengths. Source: Blumer et al. 1985, "The smallest automaton recognizing the subwords of
a text".
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Passage:
    """A passage that two texts share: its text, and where it begins in either."""

    text: str
    place_in_written: int
    place_in_source: int


def longest_copied(written: str, source: str) -> Passage:
    """The longest passage of `written` that stands in `source` as it is (the first in `source` of equally long ones).

    Empty where they share no character.
    """
    links, lengths, edges = _automaton(written)
    state = length = best = end = 0
    for place, character in enumerate(source):
        while state and character not in edges[state]:
            state = links[state]
            length = lengths[state]
        if character in edges[state]:
            state, length = edges[state][character], length + 1
        if length > best:
            best, end = length, place + 1
    text = source[end - best : end]
    return Passage(text, written.find(text), end - best)


def _automaton(text: str) -> tuple[list[int], list[int], list[dict[str, int]]]:
    """Suffix link, length of the longest passage, and edges of every state; state 0 is the empty passage."""
    links, lengths, edges = [-1], [0], [{}]
    last = 0
    for character in text:
        current = len(links)
        links.append(0), lengths.append(lengths[last] + 1), edges.append({})
        state = last
        while state >= 0 and character not in edges[state]:
            edges[state][character] = current
            state = links[state]
        if state >= 0:
            follower = edges[state][character]
            if lengths[state] + 1 == lengths[follower]:
                links[current] = follower
            else:
                links[current] = links[follower] = _split(state, character, follower, links, lengths, edges)
        last = current
    return links, lengths, edges


def _split(
    state: int, character: str, follower: int, links: list[int], lengths: list[int], edges: list[dict[str, int]]
) -> int:
    """A copy of `follower` for the shorter passages that end there; the edges of `state` and above go to it."""
    copy = len(links)
    links.append(links[follower]), lengths.append(lengths[state] + 1), edges.append(dict(edges[follower]))
    while state >= 0 and edges[state].get(character) == follower:
        edges[state][character] = copy
        state = links[state]
    return copy
