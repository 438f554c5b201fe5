"""Sentences about words in their forms: verbs in their tenses, adjectives in their degrees, adjectives and their opposites."""

from __future__ import annotations

from collections.abc import Iterator

from week2.learning_embeddings.small_world.compose_subject import Subject, lines
from week2.learning_embeddings.small_world.world_words import Opposite, adjectives, opposites, verbs

# base, past, ing: the verb's forms; what: what follows them
VERB = lines("""
Yesterday {he} {past} {what1}, and last week {he} {past} {what2}.
Last [night|week|month|year|{day}|{month}] [I|we|they|{Name}] {past} {what}.
Once upon a time {Name} {past} {what}.
{he} already {past} {what} yesterday, and {Friend} {past} the day before.
{past_time} [we|they|I] {past} {what1}[| and came home late| and {what2}].
First I {past} {what1}, then {Friend} {past} {what2}, and finally we all {past}.
When {he} was {number}, {Name} [once|often|never] {past} {what}.
Who {past} {what} yesterday? {Name} {past} {what}, I think.
They [suddenly|soon|quickly|finally] {past} {what}, and nobody knew why.
{number} [days|weeks|years] ago [we|they|{Name}] {past} {what}.
{Name} {past} {what} until [it rained|the bell rang|{Friend} called].
As soon as {Friend} left, {he} {past} {what} again.
Earlier we {past} {what}, but that was last [summer|winter|spring|autumn].
What did they do last {day}? They {past} {what}.
{he} {past} {what1} last month and {past} {what2} last year.
Yesterday evening {he} {past}, and {he} {past} {what} again last night.
{number} years ago people {past} {what} more than they do today.
{he} can {base} {what1}, but {Friend} cannot even {base} {what2}.
I must {base} {what1}, you must {base} {what2}, we all must {base}.
[You should|We should|They would rather|I would rather|You may] {base} {what} {future_time}.
{Friend} wants to {base} {what}[| and hopes to {base} well].
[I|We|They|{Name}] will {base} {what} {future_time}.
I would like to {base} {what}[| with you| {future_time}].
[Don't|Please don't|Never|Please] {base} {what}, said {his} {relative}.
Let us {base} {what}! Shall we {base} {what} together?
Did {he} {base} {what}? No, {he} did not {base}.
Does {he} {base} {what}? No, {he} does not, but {he} could.
How does one {base} {what}? I cannot {base} {what}, can you?
To {base} {what} is not easy, but {he} has to {base}.
{Name} is too [tired|shy|lazy|ill] to {base} {what}.
{he} couldn't {base} {what1}, and {Friend} wouldn't {base} {what2}.
Must we {base} {what}? You need not {base}, but you may {base} {what}.
Will you {base} {what} {future_time}, or won't you {base} at all?
Try to {base} {what}, and you will learn to {base} well.
{he} is {ing} {what1} now, and we are {ing} {what2}.
I am {ing} {what1}, you are {ing} {what2}, they are {ing} too.
{Friend} is still {ing} {what}, so do not disturb {him}, please.
{Name} [enjoys|loves|hates|prefers|likes] {ing} {what}.
{Name} [started|stopped|kept|finished] {ing} {what}, because {he} was tired of {ing}.
While {ing} {what}, {he} [thinks|hums|forgets the time].
Are you {ing} {what}, {Friend}? Yes, I am {ing} {what}.
They were {ing} {what} when {Name} came in.
{ing} {what} is [fun|tiring|good for you|boring], and {Friend} is tired of {ing}.
{Name} is [good at|used to|fond of|afraid of] {ing} {what}.
Nobody is {ing} {what} now, everybody has stopped {ing}.
{Friend} has been {ing} {what} since {day} and is {ing} still.
[Instead of|Without|By|After|Before] {ing} {what}, {he} learned nothing.
Keep on {ing} {what}, do not stop {ing}!
They were {ing} {what1} and {ing} {what2} all the time.
I {base} {what} every day, I {past} yesterday, and I am {ing} now.
{he} {past} {what} then, {he} is {ing} now, and {he} will {base} again.
""")

# pos, comp, sup: the three degrees; thing: nouns that can be so
ADJECTIVE = lines("""
The {thing} is [very|quite|rather|not very|really] {pos}, but not too {pos}.
It is so {pos}, so very {pos}, said {Name}.
A [very|rather|really] {pos} {thing} [stood|lay|was] in front of us.
Is it {pos}? Yes, it is as {pos} as a {thing}.
How {pos} the {thing} is, how very {pos}!
The {thing} was so {pos} that {Name} [laughed|stopped|could not believe it].
It was quite {pos}[|, but not too {pos}].
{Name} thinks it is too {pos} for a {thing}.
This one is {pos}, and that one is just as {pos}.
We need something {pos}, really {pos}, for example a {thing}.
It looks {pos}, but is it {pos} enough?
Everything here is {pos}, very {pos} indeed.
The {thing1} is {comp} than the {thing2}.
It is [much|even|far|a little|slightly] {comp} than before.
Is it any {comp} than a {thing}? No, it is no {comp} than that.
My {thing} is [much|a little|even|far|slightly] {comp} than yours.
It is {comp} than it was, and it grows {comp} still.
{Name} wants a {comp} one than {Friend} has, a much {comp} one.
It became {comp} and {comp}[|, even {comp} than the {thing}].
Nothing could be {comp} than that {thing}.
Which is {comp}, this or that? That is slightly {comp}.
Each one was {comp} than the one before.
The {comp} it is, the better, much {comp} than last time.
The {thing} is {comp} today than yesterday, and it will be even {comp}.
This is the {sup} {thing} [of all|in the world|in the whole country|I have ever seen].
Of all of them it is by far the {sup}.
{Name} [found|picked|wanted] the {sup} one in the whole town.
Where is the {sup} {thing} in the world, the very {sup} of all?
It was the {sup} that anybody had ever met.
One of the {sup} things in the world is a {thing}.
The {sup} [one|{thing}] won the [prize|contest|first place].
Nobody knows which is the {sup} of them all.
Among them the {sup} is the {thing}, the second {sup} is mine.
It is the {sup} in the world, the {sup} ever.
This {thing} is {pos}, that one is {comp}, and the third is the {sup} of all.
It was {pos} before, it is {comp} now, and soon it will be the {sup} of all.
""")

# pos and neg: an adjective and its negation; who: what can be so; tail: what must follow it
OPPOSITE = lines("""
[Luckily|Fortunately|To our joy|Of course], {who} seemed {pos}{tail}.
Everybody [agreed|was pleased] that {who} seemed {pos}{tail}.
As we had hoped, {who} turned out to be {pos}{tail}.
{Name} was [delighted|pleased] with {who}, so {pos}{tail}.
{who} looked [very|quite|always|perfectly] {pos}{tail}[|, and {Name} smiled].
{Name} was relieved: {who} seemed {pos}{tail} after all.
It is good news that {who} will be {pos}{tail} {future_time}.
{who} remained {pos}{tail}, as it should be.
[Unluckily|Unfortunately|Sadly|To our regret], {who} seemed {neg}{tail}.
Everybody [complained|was annoyed] that {who} seemed {neg}{tail}.
As we had feared, {who} turned out to be {neg}{tail}.
{Name} was [annoyed|displeased] with {who}, so {neg}{tail}.
{who} looked [rather|awfully|terribly|strangely] {neg}{tail}[|, and {Name} frowned].
{Name} was worried: {who} seemed {neg}{tail} after all.
It is bad news that {who} will be {neg}{tail} {future_time}.
{who} remained {neg}{tail}, and nobody could change it.
{who} seemed {neg}{tail} rather than {pos}{tail}.
{who} seemed {pos}{tail} at first and {neg}{tail} in the end.
{Name} calls {who} {pos}, {Friend} says {neg}.
Not {neg} but {pos}{tail}: that is how {Name} found {who}.
""")
_TAILS = {"able": (" to help", " to answer", " to come", " to wait", " to speak")}


def _opposite(pair: Opposite) -> Subject:
    slots = {"pos": pair.positive, "neg": pair.negative, "who": pair.bearers, "tail": _TAILS.get(pair.positive, "")}
    return Subject(OPPOSITE, slots, 22, (3, 4))


def subjects() -> Iterator[Subject]:
    """Every verb, adjective and pair of opposites."""
    for verb in verbs():
        yield Subject(VERB, {"base": verb.base, "past": verb.past, "ing": verb.ing, "what": verb.phrases}, 36, (3, 4))
    for word in adjectives():
        slots = {"pos": word.positive, "comp": word.comparative, "sup": word.superlative, "thing": word.nouns}
        yield Subject(ADJECTIVE, slots, 36, (3, 4))
    yield from map(_opposite, opposites())
