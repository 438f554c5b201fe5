"""Everyday sentences about joy, praise and fun."""

from __future__ import annotations

from week2.learning_embeddings.small_world.compose_subject import lines

SLOTS = {
    "glad": ("happy", "glad", "cheerful", "delighted", "pleased", "proud", "thrilled", "excited"),
    "great": (
        *("great", "wonderful", "excellent", "fantastic", "amazing", "brilliant", "lovely", "perfect", "super"),
        *("awesome", "good", "nice", "beautiful"),
    ),
    "very": ("very", "so", "really", "truly", "just"),
    "reason": (
        *(
            "the sun is shining",
            "the exam went well",
            "it is {his} birthday",
            "the holidays begin",
            "{Friend} is coming",
        ),
        *("the work is finished", "school is out", "the results are good", "a friend has called", "it is Friday"),
        *("the prize is {his}", "the wish came true", "the news is good", "the party starts soon"),
    ),
    "deed": ("work", "job", "idea", "speech", "drawing", "song", "answer", "test", "homework", "project", "story"),
    "occasion": ("party", "birthday", "holiday", "trip", "show", "surprise", "concert", "evening", "day", "weekend"),
    "party": ("party", "show", "concert", "festival", "wedding", "birthday party"),
    "laughed": ("laughed", "giggled", "grinned", "smiled", "laughed out loud", "burst out laughing", "chuckled"),
}

PATTERNS = lines("""
{Name} is {very} {glad}, because {reason}.
I am {very} {glad} today, {reason}.
We are {glad} that {reason}.
What a {great} {occasion}[, {Name} said and smiled|, and everybody was {glad}].
It was a {great} {occasion}, and we {laughed} a lot.
The {occasion} was {great}, not boring at all.
The {occasion} wasn't bad at all, it was {great}.
Well done, {Name}, your {deed} is {great}!
{great} {deed}, {Name}, I am proud of you.
Congratulations on your {deed}, it is [really|truly|just] {great}.
Bravo, {Name}! That was such a {great} {deed}.
The teacher praised {Name} for {his} {great} {deed}.
The boss praised the {deed} of {Name}, who smiled all day.
Your {deed} is {great}, I could not have done it better.
Thank you, {Name}, that is {very} nice of you.
Thanks for the {great} {occasion}, we had so much fun.
We had fun at the {party}, and nobody wanted to go home.
It is fun to be with {Friend}, who always has a joke ready.
{Name} told a funny joke, and everybody {laughed}.
The joke of {Friend} was so funny that {Name} {laughed}.
That is the funniest joke I know, said {Name} and {laughed}.
Ha ha, how funny, {Name} {laughed}.
The clown did a funny trick, and the kids {laughed}.
The film was funny, and we {laughed} until we cried with joy.
A {glad} smile was on the face of {Name}.
{Name} smiles all day, {reason}.
{Name} is in a good mood, because {reason}.
{Name} smiled at {Friend}, and {Friend} smiled back.
Smile, please, {Name}, {reason}!
Keep smiling, {Name}, life is {great}.
Don't cry any more, {Name}, smile, {reason}!
Her laughter is bright, and his grin is wide.
{Name} grins from ear to ear, because {reason}.
{Name} [jumped for joy when {he} heard|is jumping for joy, for {he} likes|had to jump for joy at] the {great} news.
Hooray, {reason}!
Hooray, shouted {Name}, we did it!
Yes! I passed the [exam|test] with a {great} mark.
{Name} passed the test and is {very} proud.
All the exams are over, and {Name} is {glad}.
{Name} got {great} marks and {his} {relative} is proud of {him}.
{Name} won a prize for {his} {deed} and was {very} {glad}.
{Name} got the job, and we celebrated with a {great} {occasion}.
Happy birthday, {Name}! We wish you a {great} year.
The birthday {occasion} was {great}, with songs, games and laughter.
{Name} unpacked the presents and was {very} {glad}.
What a surprise, {Name} said, I am {very} {glad}!
Good news: {reason}.
I have never been so {glad} in all my life.
Never before was {Name} so {glad}.
I'm not sad any more, I am {glad} again.
{Name} isn't angry, {he} is {glad}.
There is no reason to worry, {reason}.
Nothing went wrong, everything was {great}.
{Name} couldn't be happier, {reason}.
I couldn't stop laughing at the funny story of {Friend}.
I can't wait for the {occasion}, it will be {great}.
Everyone was in a good mood, and {Name} [sang|began to sing|was singing] a cheerful song.
We [danced and sang|wanted to dance and sing|were dancing and singing] at the {party} until midnight.
The weather is {great}, the sky is blue, and {Name} is {glad}.
A sunny day, a free day, a {great} day!
Life is {great} when {reason}.
Such luck! {Name} found {his} lost keys and was {very} {glad}.
What luck for {Name}: {reason}.
You make me {glad}, {Name}, you are {great}.
You did it, {Name}, you are the best!
Excellent, said the teacher, not one mistake.
It wasn't easy, but {Name} did it and is proud now.
Although it rained, the {occasion} was {great} and {Name} was {glad}.
At first {Name} was worried, but then everything ended well.
{Name} enjoyed the {occasion}, and so did {Friend}.
The joy of the kids was great when {reason}.
The whole class cheered and {laughed}.
{Name} feels {great} today, because {reason}.
How {glad} I am to see you again, {Name}!
I'm so glad you came, said {Name}, now the fun begins.
{Friend} tickled {Name}, who {laughed} and {laughed}.
I feel {great}, and it is getting better and better.
We are having a {great} {occasion} tonight, and everybody feels {glad}.
{Name} brings {great} news, and {his} friends {laughed}.
The {occasion} brings joy to everybody, and later we {laughed} again.
They were having fun in the middle of the {occasion}, and {Name} {laughed}.
They aren't {glad} yet, said {Name}, but later they will be.
{Name} hasn't been so {glad} since {month}.
None of us is as {glad} as {Name}, because {reason}.
{Name} told the {great} news with a big grin.
{Name} has a wide grin, because {reason}.
With a happy grin {Name} told us that {reason}.
I feel {glad}, I feel {great}, {reason}.
We are having a {great} time, and everybody feels {glad}.
{Name} is having so much fun at the {party}.
Cheers for {Name}, whose {deed} was {great}!
Three cheers for {Name}, {reason}!
Everything is getting better and better, and {Name} is {glad}.
What a funny trick, {Name} {laughed} and wanted to see it three times.
The trick was so funny that even {Friend} {laughed}.
Tonight we celebrate, because {reason}.
Guess what, {reason}, and I am {very} {glad}!
Never mind the rain, {reason}, and we are {glad}.
It isn't a dream, {reason}.
{Name} isn't sad, {he} isn't tired, {he} is {very} {glad}.
There was no trouble at all, the {occasion} was {great}.
Nobody was bored at the {party}, everyone {laughed}.
I don't worry any more, {reason}.
{Name} didn't fail, {he} passed, and {his} {deed} was {great}.
No tears today, only smiles, {reason}.
It couldn't be better, said {Name} with a smile, {reason}.
{Friend} gives {Name} a smile, and {Name} is {glad}.
A smile from {Friend} made {Name} {glad}.
The news brings a smile to every face.
Don't stop, that is {very} funny, {Name} {laughed}.
""")
