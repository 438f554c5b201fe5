"""Sentences about the countries: capital, people, language, money, river, food, travel."""

from __future__ import annotations

from collections.abc import Iterator

from week2.learning_embeddings.small_world.compose_subject import Subject, lines
from week2.learning_embeddings.small_world.world_countries import Country, countries

PARAGRAPHS = 24

# N country, C capital, A adjective, L language, M money, R river; city, region, product, food, boy, girl, land (continent)
PATTERNS = lines("""
{C} is the capital of {N}[|, and {city} is another city|, far from {region}|, where {product} can be bought|, not {city}].
The capital of {N} is {C}[|, not {city}], as every {A} pupil [knows|learns].
In {C}, the capital, [people|families|students] [enjoy|order|share] {food} [on {day}|in {season}|at the market by the {R}].
From {city} to {C}, the capital of {N}, the train takes {number} hours[| and crosses the {R}].
[Tourists|Visitors|Travellers] who come to {N} [first see|usually start in|stay {number} days in] {C}[| and then go on to {region}| and taste {food}].
The parliament of {N} [meets|votes|debates] in {C}, [far from {region}|close to the {R}|where {boy} works as a clerk].
The mayor of {C} [opened|visited|praised] a [new|modern|famous] [museum|tower|school] [near the {R}|for {A} artists].
The streets of {C} are [full of|crowded with] [{A} students|buses|tourists|stalls with {food}] in [{month}|{season}].
In the suburbs of {C} [{boy}|{girl}] [rents a flat|runs a café|sells {product}] [and knows only {L}|near the {R}].
The embassies in {C} [invited|welcomed] an {A} [minister|composer|poet] from {city}.
{C} has {number} [museums|theatres|universities|railway stations], more than any other city in {N}.
The metro of {C} runs under the {R}; one trip costs a few {M}.
[{boy}|{girl}] left {region} and [moved|came|hurried] to {C} [to study {L}|to work for an {A} newspaper|to see the capital of {N}].
{N} lies in {land}[|, and its flag flies over {C}|, and the {R} is one of its rivers].
On the map of {land} [{boy}|{girl}] [pointed at|found|coloured] {N}[, then {C}, then the {R}|, the country of {product} and {food}].
The population of {N} hardly increases, but {C} and {city} expand.
{N} sells {product} to [its neighbours|the whole of {land}|other countries] and is paid in [{M}|foreign money].
The border of {N} is [long|far from {C}|open], and the guards know only {L}[| and pay in {M}].
[People|Farmers|Families] all over {N}, from {region} to {city}, [love|enjoy|serve] {food}.
The flag of {N} hung from every balcony in {C} when the {A} team won.
[Last year|In {month}|Two years ago] we [went|hiked] through {N}: {C}, {city}, and finally {region}.
The government of {N} [printed|changed] its money, and the new {M} banknotes show the {R}.
The {A} people [are proud of|praise|never forget] [the {R}|{region}|their {food}|their capital, {C}].
An {A} [poet|novelist|composer|guide] from {city} [loved|praised] [the {R}|{C} in the rain|the hills of {region}].
{A} cuisine is famous for its {food1} and its {food2}[|, which {girl} learned in {region}].
[{girl}|{boy}] has an {A} passport, an {A} accent and a house near [{C}|{city}|the {R}].
The {A} [president|minister|ambassador] [gave a speech|was seen] in {C}[| and paid for lunch in {M}].
{A} [newspapers|writers|traditions] are [famous|loved|respected] [in {C} and far beyond|all over {N}].
Most {A} [villages|families|schools] in {region} [celebrate|feast|rest] on the first {day} of {month}.
{A} [history|music|literature] begins [on the banks of the {R}|in {region}|in old {C}], the guide said.
The {A} [football|tennis|hockey] team beat its guests in {C} by {number} points[| and enjoyed {food} afterwards].
[{boy}|{girl}] [speaks|chats|argues] in {L} with the neighbours in [{region}|{city}].
In {N} people talk in {L}[, and the schools in {C} use it|, joke in {L} and think in {L}].
How do you say "good morning" in {L}? asked [{boy}|{girl}], who had just come to {C}.
{L} is not an easy language, but [{boy}|{girl}] from {city} teaches it in {number} months.
The menu was written in {L}, so we simply ordered {food1} and {food2}.
The money of {N} is called the {M}[|; a portion of {food} costs a few {M}|, and it is printed in {C}].
In {C} you pay with the {M}[|: for a boat on the {R}, for {product}, for {food}].
One {M} is [not much|enough for a newspaper|worth very little money], said the banker in {C}.
[{boy}|{girl}] changed dollars into {M} at a bank in [{C}|{city}] and paid for {product}.
The price of {product} in {N} rose by one {M}[|, and the {A} shopkeepers were angry].
[{girl}|{boy}] found a torn {M} banknote in the mud of the {R}.
Prices in {region} are written in {M}, and so are wages in {city}.
The exchange rate of the {M} fell, so {A} traders offered their {product} abroad.
The {R} flows through {N}[| and past {region}|; {A} fishermen know every bend of it].
Barges on the {R} bring {product} [through {N}|for {A} traders|and tourists].
The {R} flooded the fields of {N} in {month}, and {A} soldiers filled sacks with sand.
On the banks of the {R} [{boy1} and {girl1}|{girl1} and {boy1}] [tasted|shared|offered] {food}.
The water of the {R} is [icy|brown|green] in {season}, and only {A} swimmers like it.
An {A} legend tells how {boy} crossed the {R} to marry {girl}.
A dam on the {R} was paid for with {number} million {M}.
Fish from the {R}, {food1}, {food2} and {product}: {boy}, an {A} trader, sells them all.
{city} is not the capital, as {C} is, but the {A} [writers|students|bakers] there are just as proud.
In {city}, {girl1} and {boy1} opened a restaurant for {food}; a guest paid in {M} banknotes.
{region} is a [quiet|beautiful|wild] part of {N}, [far from {C}|famous for its {A} cuisine].
[{boy1}|{girl1}] prepares {food} the {A} way, as in {region}.
{boy1}, {girl1}, {boy2} and {girl2} all [live in {C}|come from {region}|talk in {L}|like {food}].
{boy1} and {girl1} are typical {A} names[|, said the guide in {city}|, and so are {boy2} and {girl2}].
{boy1} sent a note to {girl1} from {C}: I miss {region}, the {R} and your {food}.
{food1} is not from {city}, {girl} said, it is from {region} in {N}.
My friend {girl} is {A}; {her} neighbour {boy} [still lives in {N}|works in {C}|swims in the {R}].
""")


def _slots(country: Country) -> dict[str, str | tuple[str, ...]]:
    return {
        "N": country.name,
        "C": country.capital,
        "A": country.adjective,
        "L": country.language,
        "M": country.currency,
        "R": country.river,
        "land": country.continent,
        "city": country.city,
        "region": country.region,
        "product": country.product,
        "food": country.foods,
        "boy": country.boys,
        "girl": country.girls,
        "her": "her",
    }


def subjects() -> Iterator[Subject]:
    """Every country, each with the same patterns."""
    for country in countries():
        yield Subject(PATTERNS, _slots(country), PARAGRAPHS, sentences=(3, 5))
