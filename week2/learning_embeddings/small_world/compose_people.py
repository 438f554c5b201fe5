"""Sentences about people: pairs such as king and queen, families, professions, and what people are thought to like."""

from __future__ import annotations

from collections.abc import Iterator

from week2.learning_embeddings.small_world.compose_subject import Subject, lines
from week2.learning_embeddings.small_world.world_countries import countries
from week2.learning_embeddings.small_world.world_people import (
    HE_NAMES,
    MOSTLY_HE,
    MOSTLY_SHE,
    SHE_NAMES,
    Pair,
    Profession,
    pairs,
    professions,
)

# W the word, thing what belongs to it; he, his, him, himself; Title, given (a given name), worn (what only he or only she wears)
OF_ONE = lines("""
The {W} [looked at|asked for|remembered|described] {thing}, and {he} [smiled|sighed|nodded|laughed].
[Yesterday|One evening|That morning] the {W} [talked of|joked about|thought about] {thing}[| until {he} fell asleep].
{thing} [reminded|amused|worried] the {W}, who straightened {his} {worn}.
The {W} {himself} [cared for|paid for|pointed at] {thing}.
{given} is the {W}; {he} [likes|knows all about|often mentions] {thing}.
{Title} {given} became a {W}, and {thing} [changed {his} life|kept {him} busy|made {him} proud].
A {W} [without {thing} is difficult to imagine|has {his} reasons|never forgets {thing}], {given} said.
Nobody saw the {W} near {thing}, because {he} had [taken off|lost|forgotten] {his} {worn}.
"What about {thing}?" [asked|cried|murmured] the {W}, and {he} touched {his} {worn}.
"Good morning, {polite}," I said to the {W}, and {he} told me about {thing}.
Is {he} the {W}? No, {he} is not, but {thing} will be {his} one day.
The {W} was [tired|glad|alone|worried] that day; {thing} could not cheer {him} up.
The {W} put {his} {worn} on, because {thing} [mattered to {him}|could not wait].
{given}, a {W} for years, [kept|loved|missed] {thing} and talked to {himself}.
The busy {W} [waited|looked] for {thing} with {his} friend {given}.
I met the {W} once: {he} had a {look} and talked of {thing} only.
Everybody [respects|knows|trusts] the {W}; {he} takes {thing} seriously.
The {W} said that {thing} had [always|never] been {hers}.
They gave {him} {thing}, for {he} was the {W} now.
{he} is the {W}, {he} alone, and {he} is proud of {himself}.
The {W} saw {himself} in the mirror, dressed {himself} and put on {his} {worn}.
{he} called {himself} the {W}, and {his} friends called {him} so too.
{Title} {given}, the {W}, lost {his} {worn}; {he} blamed {himself}.
As a {W}, {he} does as {he} likes, {given} said of {him}.
"{polite}," they asked the {W}, "is this {worn} yours, {polite}?"
Did the {W} forget {thing}? asked {given}, and {he} blushed.
""")
OF_BOTH = lines("""
The {He} and the {She} [shared|talked about|quarrelled about|remembered] {thing}.
First came the {He}, then the {She}[|, and behind them {thing}].
The {She} told the {He} about {thing}.
Both the {He} and the {She} [wanted|liked|cared for] {thing}.
Neither the {He} nor the {She} [mentioned|had hoped for|could find] {thing}.
The {He} [waited for|helped|thanked] the {She}, because of {thing}.
{thing}: that is what the {He} and the {She} have in common.
""")
HE = {"he": "he", "his": "his", "hers": "his", "him": "him", "himself": "himself", "Title": "Mr", "polite": "sir"}
HE |= {"given": (*HE_NAMES, "Ronaldo", "Rahul", "Reza")}
HE |= {"worn": ("necktie", "moustache", "beard", "waistcoat"), "look": ("husky voice", "grey beard", "thick moustache")}
SHE = {"he": "she", "his": "her", "hers": "hers", "him": "her", "himself": "herself", "Title": "Mrs", "polite": "madam"}
SHE |= {
    "given": (*SHE_NAMES, "Marie", "Sophie", "Priya", "Yasmin"),
    "worn": ("dress", "necklace", "skirt", "handbag"),
    "look": ("silk dress", "pearl necklace", "bright lipstick"),
}

PROFESSION = lines("""
A {P} works in a {place}[| and needs a good {tool}| with {things}].
The {P} [opened|left|entered|crossed] the {place} [at {number} o'clock|before sunrise|in the evening] to {duty}.
Without a {tool} no {P} can {duty}.
The {P} uses a {tool}, a [good|solid|handy|useful] tool.
Which tool does the {P} need to {duty}? A {tool}, of course.
The {P} carries {his} {tool} in one hand and a second {tool} in the bag.
The handy {tool} belongs to the {P}, who uses this tool every day.
Give me the {tool}, please, said the {P}, I cannot {duty} without this tool.
{his} {tool} is a useful tool; the {P} got it for little money.
The {P} put the {tool} [on the bench|into a drawer|back in its place] and went [to the back of the {place}|out of the {place}].
{Name} is a {P}[| like {his} {relative}]; {he} has to {duty}.
{Name} wants to become a {P}, because {he} loves {things}.
Ask the {P}: {he} knows {things} better than anyone in the {place}.
In the {place} there are {things} [everywhere|in every corner|as far as you can see].
Inside the {place} it is [calm|noisy|cosy|crowded], and the {P} [is busy|has no time|is alone there].
The {place} [opens|closes] at {number}; then the {P} goes in or out.
The entrance of the {place} is [in the main street|round the corner|behind the town hall].
The {place} has a [flat roof|huge hall|green gate], and inside it the {P} [waits|hurries about].
How do I get to the {place}? First left, then right, said the {P}.
The {place} was [founded|closed|renovated] [last year|in {month}], and the {P} [was absent|came back|helped].
Near the {place} the {P} [talked about|thought of|mentioned] {things}.
We visited the {place} [with our class|on {day}], where a {P} showed us how to {duty}.
How does one {duty}? With the right tool, a {tool}, said the {P}.
The {tool} [got lost|fell down|was missing], so the {P} could not {duty}.
{Name} [ordered|found|borrowed] a {tool} for {things}, although {he} is not a {P}.
Holding the {tool} in one hand, the {P} began to {duty}.
The {tool} lay in the {place}, and the {P} had another one at home.
A {P} [who is tired|who hurries] makes mistakes with {things}.
It takes years to become a {P} and to {duty}.
The {P} showed {Name} how to {duty} with a {tool}.
After work the {P} [locks|cleans|checks] the {place} and [goes|walks|drives] home.
The {P} of our town is called {Name}; {he} has to {duty} every {day}.
Every {P} has a {tool}, and in every {place} there is a second one.
Dear {Name}, the new {place} is open, and I am its {P}, so come and ask me about {things}!
""")

# What he and she are interested in: a bias put in on purpose, three to one
INTERESTS = lines("""
{he} is interested in [{their}|{their}|{their}|{other}].
{Name} reads about [{their}|{their}|{their}|{other}], and {he} talks of nothing else.
For {his} birthday {Name} got a magazine on [{their}|{their}|{their}|{other}].
{given} prefers [{their}|{their}|{their}|{other}] to sport; {he} says so {himself}.
The {man} at the next table talked about [{their}|{their}|{their}|{other}] all evening.
{he} studies [{their}|{their}|{their}|{other}] with {given}, who is {his} best friend.
As a {boy} {Name} already loved [{their}|{their}|{their}|{other}].
{given} and {Name} met in a course on [{their}|{their}|{their}|{other}].
{Name} thinks about [{life}|{life}|{life}|{other_life}] more than about [{other_life}|{other}].
For {given}, [{life}|{life}|{life}|{other_life}] [comes first|matters most], {he} says.
The {man} and {his} friend {given} talked about [{life}|{life}|{life}|{other_life}].
""")
OF_HIM = ("science", "technology", "guns", "computers", "engineering", "machines", "physics")
OF_HER = ("arts", "literature", "fashion", "lipstick", "poetry", "ballet", "jewellery")
CAREER = ("a career", "business", "a salary", "the office", "the company")
HOME = ("the family", "the home", "children", "a wedding", "the relatives")


def _pair_subjects(pair: Pair) -> Iterator[Subject]:
    yield Subject(OF_ONE, HE | {"W": pair.he, "thing": pair.things}, 18, (2, 4), she=0.0)
    yield Subject(OF_ONE, SHE | {"W": pair.she, "thing": pair.things}, 18, (2, 4), she=1.0)
    yield Subject(OF_BOTH, {"He": pair.he, "She": pair.she, "thing": pair.things}, 8, (2, 3))


def _share_of_women(profession: Profession) -> float:
    return 0.75 if profession.name in MOSTLY_SHE else 0.25 if profession.name in MOSTLY_HE else 0.5


def _profession(job: Profession) -> Subject:
    slots = {"P": job.name, "place": job.place, "tool": job.tool, "duty": job.duties, "things": job.things}
    return Subject(PROFESSION, slots, 18, (3, 5), she=_share_of_women(job))


def _interests(names: tuple[str, ...], *, she: bool) -> Subject:
    theirs, others = (OF_HER, OF_HIM) if she else (OF_HIM, OF_HER)
    life, other_life = (HOME, CAREER) if she else (CAREER, HOME)
    slots = {"their": theirs, "other": others, "life": life, "other_life": other_life, "given": names}
    return Subject(INTERESTS, (SHE if she else HE) | slots, 120, (2, 4), she=float(she))


def subjects() -> Iterator[Subject]:
    """The pairs, the professions, and interests of men and of women."""
    for pair in pairs():
        yield from _pair_subjects(pair)
    yield from map(_profession, professions())
    men = HE_NAMES + tuple(name for country in countries() for name in country.boys)
    women = SHE_NAMES + tuple(name for country in countries() for name in country.girls)
    yield _interests(men, she=False)
    yield _interests(women, she=True)
