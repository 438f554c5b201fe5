"""Everyday life in the small world: lists of words that any sentence may draw from."""

from __future__ import annotations

from week2.learning_embeddings.small_world.world_people import HE_NAMES, SHE_NAMES

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
SEASONS = ("spring", "summer", "autumn", "winter")
COLOURS = ("red", "blue", "green", "yellow", "white", "black", "brown", "orange", "purple", "pink", "grey")
NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "twenty")
SPORTS = ("baseball", "football", "tennis", "hockey", "basketball", "volleyball", "cricket", "rugby", "golf")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split("; "))


LISTS: dict[str, tuple[str, ...]] = {
    "day": DAYS,
    "month": MONTHS,
    "season": SEASONS,
    "colour": COLOURS,
    "number": NUMBERS,
    "sport": SPORTS,
    "he_name": HE_NAMES,
    "she_name": SHE_NAMES,
    "name": HE_NAMES + SHE_NAMES,
    "past_time": _words(
        "yesterday; last week; last night; last {month}; last {day}; an hour ago; a year ago; the day before; "
        "that morning; one evening; many years ago; {number} days ago"
    ),
    "future_time": _words("tomorrow; next week; next {month}; next {day}; in {number} days; this evening; after lunch"),
    "often": _words(
        "every {day}; every day; every {season}; twice a week; all day long; often; sometimes; at weekends"
    ),
    "relative": _words(
        "mother; father; brother; sister; grandmother; grandfather; aunt; uncle; mum; dad; grandma; grandpa; son; daughter"
    ),
    "weather": _words("rainy; sunny; windy; cloudy; foggy; stormy; snowy; frosty; mild"),
    "fruit": _words("pears; plums; cherries; bananas; strawberries; grapes; peaches; oranges; melons; lemons"),
    "vegetable": _words(
        "carrots; potatoes; tomatoes; onions; peas; beans; cabbage; spinach; peppers; mushrooms; cucumbers; pumpkin"
    ),
    "dish": _words(
        "pizza; soup; pasta; salad; stew; rice; noodles; roast chicken; fried eggs; pancakes; spaghetti; fish and chips; "
        "vegetable soup; tomato soup; cheese toast; sausages; tacos; sushi; paella; lasagne; risotto; "
        "goulash; curry; couscous; sandwiches; burgers; baked potatoes"
    ),
    "sweet_dish": _words(
        "chocolate cake; cherry pie; ice cream; cookies; pudding; waffles; fruit salad; cherry tart; honey cake; "
        "strawberries with cream; lemon cake; sweet biscuits"
    ),
    "drink": _words("water; milk; tea; coffee; lemonade; grape juice; orange juice; cocoa; mineral water"),
    "meal": _words("breakfast; lunch; dinner; supper"),
    "room": _words("kitchen; bedroom; bathroom; living room; hall; attic; cellar; nursery"),
    "furniture": _words("sofa; wardrobe; bookcase; mirror; carpet; armchair; curtain; stove; fridge; bathtub"),
    "instrument": _words("piano; guitar; violin; flute; drums; cello; harp; accordion"),
    "school_subject": _words("history; geography; spelling; maths; biology; music; art; physics; chemistry"),
}
