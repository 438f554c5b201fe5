"""The words of the composed reviews: what is spoken of, and how good or bad a word says it is.

A word that judges has a level: 5 and 4 speak well of a thing, 3 neither well nor ill, 2 and 1 ill.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Levels = dict[int, tuple[str, ...]]


@dataclass(frozen=True)
class Group:
    """Things of which the same adjectives are said.

    Attributes:
        singular, plural: their names.
        adjectives: by level, beside the general ones.
    """

    singular: tuple[str, ...]
    plural: tuple[str, ...]
    adjectives: Levels = field(default_factory=dict)


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


ADJECTIVES: Levels = {
    5: _words(
        "wonderful, excellent, fantastic, brilliant, superb, amazing, perfect, outstanding, marvellous, splendid"
    ),
    4: _words("good, good, good, good, nice, pleasant, fine, likeable, enjoyable, satisfying, decent"),
    3: _words("average, ordinary, acceptable, passable, okay, fair, middling, adequate"),
    2: _words("bad, bad, bad, bad, poor, disappointing, weak, unpleasant, mediocre, unsatisfying, inferior"),
    1: _words("awful, terrible, dreadful, horrible, appalling, atrocious, abysmal, disastrous, ghastly, pathetic"),
}
"""What is said of anything; what stands there several times is drawn more often."""

VERBS: Levels = {
    5: _words("love, adore"),
    4: _words("like, enjoy"),
    3: _words("accept, tolerate"),
    2: _words("dislike, regret"),
    1: _words("hate, detest"),
}
PAST = {
    "love": "loved", "adore": "adored", "like": "liked", "enjoy": "enjoyed", "accept": "accepted",
    "tolerate": "tolerated", "dislike": "disliked", "regret": "regretted", "hate": "hated", "detest": "detested",
}  # fmt: skip

NOUNS: Levels = {
    5: _words("delight, triumph, treasure, masterpiece, marvel"),
    4: _words("pleasure, treat, success"),
    3: _words("compromise, routine, so-so affair"),
    2: _words("disappointment, letdown, failure"),
    1: _words("disaster, nightmare, disgrace, mess, catastrophe"),
}
"""What a thing may be called, with an article."""

QUALITIES: Levels = {
    5: _words("charm, warmth, flavour, style, care, wit, comfort, imagination, taste, quality, elegance"),
    1: _words("dirt, rudeness, boredom, noise, clutter, arrogance, chaos, greed, carelessness"),
}
"""What a thing may have or lack."""

_FOOD = Group(
    _words("food, soup, pizza, dessert, curry, bread, coffee, fish, salad, wine, breakfast, steak"),
    _words("dumplings, noodles, starters, desserts, vegetables, pancakes"),
    {5: _words("delicious"), 4: _words("tasty, fresh"), 2: _words("bland, stale"), 1: _words("disgusting, inedible")},
)
_STAFF = Group(
    _words("waiter, waitress, service, cook, host, manager, porter, receptionist, guide, clerk"),
    _words("waiters, staff, owners, cooks, assistants"),
    {
        5: _words("charming"),
        4: _words("friendly, helpful, polite"),
        2: _words("rude, slow, careless"),
        1: _words("hostile"),
    },
)
_PLACE = Group(
    _words("ambience, terrace, garden, dining room, view, lighting, bar, lobby"),
    _words("tables, rooms, chairs, decorations"),
    {5: _words("beautiful"), 4: _words("cosy, clean"), 2: _words("noisy, dirty"), 1: _words("filthy")},
)
_FILM = Group(
    _words("film, plot, acting, ending, dialogue, script, soundtrack, cast, opening, camera work"),
    _words("actors, jokes, scenes, costumes, songs"),
    {
        5: _words("gripping, moving"),
        4: _words("funny, clever"),
        2: _words("boring, dull"),
        1: _words("tedious, unbearable"),
    },
)
_BOOK = Group(
    _words("story, style, first chapter, heroine, novel, translation, language, hero"),
    _words("characters, poems, pictures, chapters, essays"),
    {
        5: _words("gripping, moving"),
        4: _words("clever, witty"),
        2: _words("boring, dull"),
        1: _words("tedious, unreadable"),
    },
)
_GOODS = Group(
    _words("coat, lamp, radio, sofa, bicycle, kettle, phone, carpet, choice, jacket"),
    _words("shoes, curtains, prices, toys, gloves, offers"),
    {
        5: _words("gorgeous"),
        4: _words("useful, reliable"),
        2: _words("shabby, flimsy"),
        1: _words("worthless, useless"),
    },
)
_WORK = Group(
    _words("repair, delivery, haircut, plumber, driver, nurse, lesson, hotline, taxi ride, dentist"),
    _words("mechanics, movers, gardeners, teachers"),
    {5: _words("flawless"), 4: _words("prompt, careful"), 2: _words("clumsy, late"), 1: _words("hopeless")},
)

DOMAINS: dict[str, tuple[tuple[str, ...], tuple[Group, ...]]] = {
    "restaurant": (_words("restaurant, café, pub, place"), (_FOOD, _STAFF, _PLACE)),
    "hotel": (_words("hotel, hostel, inn"), (_STAFF, _PLACE, _FOOD)),
    "cinema": (_words("comedy, thriller, drama, film"), (_FILM, Group(_FILM.singular, _FILM.plural, _FILM.adjectives))),
    "book": (_words("book, novel, collection"), (_BOOK, Group(_BOOK.singular, _BOOK.plural, _BOOK.adjectives))),
    "shop": (_words("shop, store, market"), (_GOODS, _STAFF)),
    "service": (_words("company, agency, clinic, workshop"), (_WORK, _STAFF)),
}
"""By subject: what the whole is called, and the groups of its parts."""
