"""The words of the shipped clips: the trigger word, words that are easily taken for it, and others.

Left out on purpose: "activates", "activated" and the like, which begin with the trigger word itself.
"""

from __future__ import annotations

TRIGGER = "activate"

ALIKE = (
    "activity, active, actively, activist, activation, deactivate, reactivate, captivate, motivate, aggravate, vacate, "
    "cultivate, renovate, actuate, accurate, attractive, adjective, action, actor, acted, octave, elevate, navigate, "
    "advocate, animate, tractor, eight, native, act, late, aggregate, activism, acclimate, captivity, reactive, "
    "automate, estimate, private, festival, after eight"
)
ALIKE_IN_TEST_ONLY = (
    "excavate, evacuate, inactive, captive, passive, salivate, hesitate, fascinate, aviate, tactic, practice, elevator"
)
OTHERS = (
    "hello, computer, window, kitchen, please, question, yellow, tomorrow, orange, seven, nineteen, weather, music, "
    "mountain, river, garden, letter, number, coffee, water, Monday, January, pencil, beautiful, remember, telephone, "
    "good morning, how are you, turn it off, the other day, in the evening, what time is it, thank you, I don't know, "
    "open the door, never mind, stop, go, yes, no, wait, later"
)
OTHERS_IN_TEST_ONLY = (
    "holiday, umbrella, station, hospital, twenty, butter, purple, September, market, because, see you, over there, "
    "not at all, let me think, maybe, winter"
)


def words_of(split: str) -> list[str]:
    """The other words of "train", "dev" or "test": those that are alike mixed with the rest, in train two to one."""
    alike, others = ALIKE.split(", "), OTHERS.split(", ")
    if split == "test":
        alike, others = alike + ALIKE_IN_TEST_ONLY.split(", "), others[::2] + OTHERS_IN_TEST_ONLY.split(", ")
    share = 2 if split == "train" else 1
    words = []
    for number in range(max(len(alike), len(others))):
        words += [alike[(share * number + one) % len(alike)] for one in range(share)]
        words.append(others[number % len(others)])
    return words
