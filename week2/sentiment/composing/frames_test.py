"""How the test sentences are built: in other ways than the training ones, of the same words. Slots as there."""

from __future__ import annotations

PLAIN = (
    "{X} , that is what I say of the {t} and of the {u}",
    "with its {X} {ts} this is one of the {Z} {places} in town",
    "we sit in this {place} every year and the {t} {ti} {X} each time",
    "the {t} {tw} {X} , the {u} {uw} {Z} , and so was the evening",
    "my sister and all her guests thought that the {u} {uw} {X}",
    "{X} {ts} , {Z} {us} , in all a {X} {place}",
    "{X} is the word that I remember when I see the {t}",
    "how {X} the {t} {ti} , you see from the first minute",
    "once there , you find the {t} {X} and the {u} {Z}",
    "the owner of the {place} at the station has {X} {ts} and {Z} {us}",
    "for a {place} in this town the {t} {ti} {X}",
    "all the way home my father spoke of the {X} {u}",
    "at midnight they served us {X} {ts} once more",
    "there is a {X} {t1} in every {place} like this",
)

PLAIN_WORDS = (
    "my mother {vd} the {t} and my father {vd} the {u}",
    "each of the two , the {t} and the {u} , was a {k}",
    "in one word , a {k} from the beginning to the end",
    "you and I {v} the same {t} , as I see",
)

PLAIN_QUALITIES = (
    "in every bit of the {t} you see the {q}",
    "so much {q} , and again so much {q} , in one {place}",
)

ORDER = {
    (2, 4): (
        "when we sat down at last , the {t} {tw} not {X}",
        "with so many people in the house I did not find the {t} {X}",
        "I asked my friends about it , and nobody would call the {u} {X}",
        "my mother was there with me , and both of us did not {v} the {t}",
        "after all these years I can't say that the {t} of this {place} {tw} {X}",
        "I would not call this a {X} {t1}",
        "it was not one of the {X} evenings that one has in a {place}",
        "my mother and I do not {v} what they did to the {t}",
        "we took the train to town , where the {t} {tw} {X} but the {u} {uw} {Y}",
        "some of us {vd} the {t} , but when they asked me , the {u} {uw} {Y}",
        "although my wife {vd} her {t} so much , in the end our {u} {uw} {Y}",
        "two of us went there , and the {u} {uw} {Y} , although before that the {t} {tw} {X}",
        "you sit there with {X} {ts} before you , yet all the {us} around you are {Y}",
        "so {X} {ti} the {t} , but oh how {Y} {ui} the {u}",
    ),
    (1, 5): (
        "what we got for our money was a {t1} far from {X}",
        "after an hour in the car we came to a {place} that was anything but {X}",
        "as you can see from the {u} , it is by no means {X} there",
        "their {t} , I must say , {tw} not at all as {X} as we hoped",
        "nothing about our evening in that {place} was {X}",
        "there it is , in the middle of the town , a {place} lacking in {q}",
        "what we saw of the {place} is completely lacking in {q} and as lacking in {q}",
        "it lacks {q} , it lacks {q} , and it lacks {X} {us}",
        "from what others said we expected the {t} to be {X} , but in the end {tpro} {tw} {Y}",
        "when we were young the {u} used to be {X} and now {upro} {ui} {Y}",
        "where they had promised us {X} {ts} , {Y} {us} waited instead",
        "you think it will be {X} , and then everything is {Y}",
        "you ask what it was like , and I say that the {t} {tw} not {X} but {Y}",
        "let others call it {X} as often as they like , I call the {t} {Y}",
    ),
    (5, 1): (
        "we did not stay long because of the rain , but oh , the {u} {uw} {X}",
        "not once but twice we went there , for the {t} {tw} {X}",
        "nobody told me about this {place} , and see , its {t} {ti} {X}",
        "had I not been there I would never believe in such {X} {us}",
        "I have never written about a {place} before , but here the {t} {tw} really {X}",
        "you get nothing but {X} {us} and {Z} {ts} there",
        "in this {place} they are never lacking in {q} , not even late in the evening",
        "my father does not say much , he only said that his {t} {tw} {X}",
        "you know that I do not go out much , but see , the {t} in there {tw} {X}",
        "as you read in the papers , the {u} {ui} not only {X} but {Z}",
    ),
    (3, 3): (
        "to tell you what I think , the {place} is neither {X} nor really {Y}",
        "one half of our {us} {X} , and the other half {Y}",
        "it is sometimes {X} , and at other times {Y}",
        "we all said that it was not {X} , though not {Y} either",
        "as {X} as the {t} may be , the {u} {ui} just as {Y}",
        "when they ask me about it I say that the {u} {uw} neither {X} nor {Y}",
    ),
}  # fmt: skip

OPENERS = (
    "all in all ,", "as far as I can tell ,", "between you and me ,", "my review in one sentence :",
    "on our second visit ,",
    "this is how my friends put it :", "to say it in the words of my wife :", "for what they ask us to pay ,",
)  # fmt: skip
TAILS = (
    "if you ask me", "on our second visit", ", as my father said on the way", ", that was the talk at our table",
    ", and I will say so to everybody", ", in the opinion of us all",
)  # fmt: skip
