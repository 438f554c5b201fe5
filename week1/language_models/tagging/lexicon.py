"""The words that the tagger's sentences are composed of: names, words that are names as well, and everyday words.

Lists are split in two where test sentences are to hold names that training never showed.
"""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    """Parts between bars, whatever lines they stand on."""
    return tuple(" ".join(part.split()) for part in text.split("|"))


FIRST = _words("""
    Anna Peter Maria Thomas Julia Hannah Oliver Emma Lucas Clara Simon Laura Daniel Sarah Felix Nora David Alice
    Samuel Eva Henry Martha George Helen Arthur Irene Walter Agnes Edgar Beatrice Hugo Lydia Victor Judith Edmund
    Cecilia Teddy Abraham Eleanor Winston Amelia Florian Greta Isaac Josephine Kaspar Leonora Matthias Nadia Otto
""")

FIRST_UNSEEN = _words("""
    Bartholomew Ingrid Cornelius Philippa Dorian Rosalind Ezekiel Tabitha Gideon Ursula Horatio Winifred Jasper
    Xenia Leopold Zelda Marcellus Yvonne Nikolai Thea
""")

SURNAMES = _words("""
    Roosevelt Miller Schneider Novak Rossi Larsen Keller Hughes Bennett Fischer Moreau Jansen Weber Olsen Carter
    Dubois Wagner Lindgren Hoffman Perkins Andersson Bianchi Castillo Dvorak Eriksen Fraser Gallagher Hartmann
    Ivanov Kowalski Lambert Marchetti
""")

SURNAMES_UNSEEN = _words("""
    Abernathy Brzezina Calloway Drummond Esterhazy Featherstone Grimaldi Holloway Ibarra Kaczmarek Lundqvist
    Montague Nakamura Oppenheim Pemberton Quimby
""")

PLACES = _words("""
    Rome Berlin Vienna Madrid Oslo Lisbon Prague Dublin Athens Warsaw Norway Italy Spain Portugal Greece Poland
    Egypt Kenya Peru Chile Canada Japan Nepal Cairo Nairobi Lima Quebec Kyoto Munich Hamburg Geneva Bordeaux
""")

PLACES_UNSEEN = _words("""
    Ljubljana Tallinn Montevideo Antwerp Reykjavik Zagreb Bulgaria Uruguay Estonia Slovenia Bhutan Malta Gothenburg
    Salamanca
""")

PERSON_OR_THING = _words("""
    Rose Daisy Lily Ivy Olive Heather Hazel Amber Ruby Pearl Jasmine Ginger Basil Robin Teddy Rice Baker Cook Hill
    Stone Wood Brown Green White Berry Reed Marsh Field Penny Angel
""")
"""First names and surnames that are things, colours or trades as well."""

PERSON_OR_VERB = _words("Mark Bill Chase Grant Skip Frank Pat Rob Sue Chuck")
"""First names that begin an order as well: "Mark the page"."""

PERSON_OR_MODAL = _words("Will May")
PERSON_OR_MONTH = _words("April May June August")

PERSON_OR_PLACE = _words("""
    Paris Jordan Chelsea Florence Sydney Victoria Charlotte Georgia Austin Dallas Lincoln Washington Madison
    Savannah Adelaide Brooklyn Chester Devon Troy Dakota Virginia Alexandria Houston Jackson Kent
""")

ORDINARY_THINGS = _words("""
    Apple Bread Tea Wool Paper Silver Cotton Garden Kitchen Summer Winter Morning Window Chocolate Pumpkin Oak
    Leather Copper Honey Butter Lemon Carrot
""")
"""Words that are no names, at the same places."""

ORDINARY_VERBS = _words("Open Close Read Write Paint Follow Wash Count Carry Move Visit Clean Lift Check")

THINGS = _words("""
    bears pies leaves rings seeds bushes petals cakes baskets blossoms candles soups boxes bottles stories colours
    lamps gardens shoes ribbons
""")

THINGS_ARE = _phrases("""
    are on sale | are cheap today | grow well here | smell sweet | were sold out | are hard to find | cost two coins
    | look fresh | lay on the table | filled the shop | came by boat | are very old
""")

PEOPLE_DO = _phrases("""
    smiled | laughed | slept badly | arrived late | called yesterday | waved | was a president | was a doctor | is
    my friend | lost the keys | wrote a letter | sang a song | cooked dinner | came home | left early | won the race
    | forgot the tickets | bought a hat | spoke softly | voted against it | was born in spring | is a teacher |
    asked a question | told a story | waited at the gate | paid the driver
""")

PLACES_ARE = _phrases("""
    is a large city | lies by the sea | is far away | has many bridges | was cold in winter | is famous for its
    markets | has a new airport | is full of tourists | lies in the north | grew quickly | has two rivers | was
    flooded last year | is quiet on Sundays | exports fruit
""")

MONTH_WAS = _phrases("""
    was wet this year | showers came early | is a short month | begins on a Monday | brought storms | was warmer
    than usual | ends in a week | weather is fickle
""")

OBJECTS = _words("page letter box door window bill wall car road bottle garden report ticket table fence map")

ORDER_TAILS = _phrases("""
    before noon | with a pen | again | for me | please | at once | if you can | today | on the left | carefully
""")

MODAL_TAILS = _phrases("""
    we come in | they open the door | I ask you something | the train be late | you stay here | she call again | the
    shop close soon | it rain tomorrow
""")

VERBS_OF_TWO = _phrases("met|called|thanked|married|helped|wrote to|waited for|laughed at|danced with|spoke to")
VERBS_TO_PLACE = _phrases("flew to|moved to|drove to|came from|lives in|works in|studied in|returned from")
ADVERBS = _words("Yesterday Today Later Suddenly Sometimes Tonight")
