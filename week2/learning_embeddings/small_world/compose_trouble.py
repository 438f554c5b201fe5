"""Everyday sentences about sadness, anger and failure."""

from __future__ import annotations

from week2.learning_embeddings.small_world.compose_subject import lines

SLOTS = {
    "sad": (
        *("sad", "unhappy", "upset", "angry", "furious", "disappointed", "annoyed", "worried", "lonely", "tired"),
        *("bored", "miserable", "hurt", "ashamed", "frustrated", "grumpy", "afraid", "mad", "cross"),
    ),
    "bad": ("bad", "terrible", "awful", "horrible", "boring", "unfair", "wrong", "dreadful"),
    "so": ("so", "very", "really", "terribly", "rather", "just"),
    "trouble": (
        *("the exam went really badly", "the boss shouted at {him}", "the bus was late again", "it rained all day"),
        *("somebody took {his} bag", "the computer crashed", "{Friend} lied to {him}", "nobody came"),
        *("{his} phone is dead", "{he} lost {his} keys", "the trip was cancelled", "{Friend} forgot {him}"),
        *("the test was too hard", "{he} failed again", "{his} friends ignored {him}", "the money is gone"),
        *("{he} missed the train", "{his} back hurts", "the neighbours are noisy", "{he} has to work on Sunday"),
    ),
    "wept": ("cried", "wept", "sobbed", "sighed", "burst into tears", "cried alone", "went away in tears"),
    "affair": ("exam", "day", "job", "trip", "meeting", "week", "test", "news", "lesson", "mistake", "weather", "year"),
    "hate": ("hate", "can't stand", "am tired of", "am sick of"),
    "nasty": ("rude", "mean", "unfair", "cruel", "nasty", "unkind", "cold"),
}

PATTERNS = lines("""
{Name} is {so} {sad}, because {trouble}.
I am {so} {sad} today, nothing works.
{Name} was {so} {sad}: {trouble}.
{Name} {wept}, because {trouble}.
{Name} {wept} when {he} heard the {bad} news.
What a {bad} {affair}, {Name} said, {trouble}.
The {affair} was {bad}, and {Name} is {sad}.
The {affair} was not good, it was {bad}.
It wasn't a good {affair}, it was a {bad} one.
{Name} failed the [exam|test] and {wept}.
I failed the exam, and my parents are {sad}.
{Name} got a bad mark and was {so} {sad}.
The homework is too hard, and {Name} is {sad}.
The boss was angry and shouted at {Name} all morning.
My boss is {nasty}, and I {hate} this job.
{Name} lost {his} job and is {so} {sad}.
I {hate} this {affair}, it is {bad}.
I {hate} waiting, and I {hate} being alone.
{Name} hates Mondays, because {trouble}.
Why are you so {nasty} to me? cried {Name}.
Why are you {sad}, {Name}? Because {trouble}.
Go away and leave me alone, shouted {Name}, who was {sad}.
{Friend} was {nasty} to {Name}, and {Name} {wept}.
{Friend} said {nasty} words, and {Name} was {sad}.
They quarrelled and shouted, and then {Name} {wept}.
{Name} had a fight with {Friend}, and now both are {sad}.
Nobody helped {Name}, and {he} {wept}.
Nobody likes me, said {Name}, who was {sad} and alone.
I have no friends here, I am {sad1} and {sad2}.
{Name} sat alone in the rain and felt {sad}.
{Name} feels {sad} and ill, {his} head hurts, and {his} stomach too.
{Name} is ill and lies in bed with pain and a bad fever.
Tears ran down the face of {Name}, because {trouble}.
{his} eyes were full of tears, for {trouble}.
{trouble}: what a disaster!
It was a disaster, {trouble}.
{Name} is tired and sleepy, because {trouble}.
Everything went wrong: {trouble}, and {trouble}.
Nothing went well today, {trouble}.
Again {trouble}, and again {Name} is {sad}.
Once more {trouble}, {Name} complained.
{Name} complained that {trouble}.
{Name} made a {bad} mistake and is {so} {sad} about it.
{Name} smashed a vase, and {his} {relative} was {sad} and shouted.
I am not happy, I am {sad}.
{Name} is not happy with {his} mark, {he} is {sad}.
{Name} isn't glad at all, {trouble}.
{Name} doesn't smile any more, because {trouble}.
{Name} didn't laugh, {he} {wept}.
That joke wasn't funny, it was {nasty}, and {Name} is {sad}.
It is not funny when {trouble}.
I don't like it here, I am {sad} and want to go home.
I have never been so {sad}, said {Name} and {wept}.
Never again, said {Name}, who was {sad}.
I can't bear it any longer, {trouble}.
I couldn't sleep, because I was {so} {sad}.
There is no hope, {Name} thinks, {he} is {so} {sad}.
Far from happy, {Name} went home {sad} and tired.
Hardly anybody came, and {Name} was {sad}.
The {affair} was far from good, it was {bad}.
Without hope and without money, {Name} {wept}.
Although {Name} had worked hard, {he} failed and was {sad}.
{Name} hoped for good news, but {trouble}.
The weather is {bad}, cold and wet, and I am {sad}.
The storm destroyed the roof, and the family is {sad}.
The dog died, and the kids {wept}.
Our old neighbour died, and everybody was {sad}.
It is a great sorrow for {Name} that {trouble}.
The train was late, the seat was dirty, and {Name} was {sad}.
The film was boring and {bad}, we left before the end.
The [waiter|waitress] was {nasty}, and we left {sad}.
{Name} is afraid of the {affair}, because {trouble}.
{Name} worries all night, because {trouble}.
The computer is broken again, {Name} is {sad}.
It isn't right, {Name} cried, {trouble}.
What bad luck, {trouble}.
This is the worst {affair} of {his} life, {trouble}.
{Name} slammed the door and {wept}.
Stop it, you are {nasty}, {Name} shouted.
{Name} blames {Friend}, because {trouble}.
Sorry, said {Friend}, it was my fault that {trouble}.
{Name} is crying, because {trouble}.
Why are you crying? asked {Friend}; I feel {sad}, said {Name}.
I feel {sad}, and everything is getting worse.
The {affair} was {bad}, and the next one was even worse.
{Name} hated the {affair}, because {trouble}.
{Name} and {Friend} fought and {wept}.
The rain ruined the [trip|picnic|day|party], and {Name} {wept}.
{Friend} ruined it all, and {Name} hated that {affair}.
Somebody has stolen the money of {Name}, who is {sad}.
{his} bag was stolen, and {Name} {wept}.
{Name} is in trouble again, because {trouble}.
What trouble, said {Name}, I fail again and again.
If I fail the [exam|test], I am in trouble.
That is a lie, shouted {Name}, who was {sad}.
{Name} told a lie, and {Friend} was {sad}.
We aren't {sad}, we are only tired, said {Name}.
{Name} hasn't slept, because {trouble}.
None of {his} friends came, and {Name} {wept}.
{Name} is crying, because {trouble}.
Stop crying, {Name}, said {Friend}, but {Name} was too {sad}.
The baby is crying all night, and the parents are tired and upset.
{Name} feels {sad}, and it is getting worse.
I feel {so} {sad}, {trouble}.
Things are getting worse and worse, {trouble}.
The {affair} was bad, but the next {affair} was even worse.
Don't lie to me, shouted {Name}, who was {so} {sad}.
It was a lie, and {Name} was {so} {sad} about it.
They fought and shouted, and the evening was ruined.
The storm ruined the party, and everyone was {sad}.
The [trip|evening|day|party] is ruined, {trouble}.
{Name} is in a bad mood, because {trouble}.
{Name} hated the {affair}, and {he} hated {himself}.
{Name} hated the noise, the rain and the cold.
{his} bag was stolen at the station, and {Name} {wept}.
Thieves have stolen the bicycle of {Name}, who is {so} {sad}.
{Name} is in trouble, because {trouble}.
There is trouble at work, the boss is angry, and {Name} is {sad}.
{Name} fears to fail the [exam|test], {he} feels {sad}.
I always fail, {Name} said, I fail every test.
All fell apart when {trouble}.
Tonight {Name} sits alone and cries, because {trouble}.
I don't want to sit here alone, I feel {sad}.
{Name} dropped the cup and burned {his} hand, and {he} {wept}.
None of {his} friends came, and {Name} felt {sad}.
It hasn't been a good {affair}, it has been a {bad} one.
Nothing is good, nothing is fun, {trouble}.
{Name} hardly smiles and never laughs, {he} is {so} {sad}.
This isn't fun at all, it is {bad}, {Name} complained.
I am not proud of this {affair}, it went {bad}.
Nobody praised {Name}, nobody thanked {him}, and {he} felt {sad}.
Love is over, {Name} is left alone and {wept}.
Our team lost again, and {Name} is {so} {sad}.
The soup is cold, the bread is burned, and {Name} is {sad}.
No party, no cake, no friends: {Name} {wept} on {his} birthday.
""")
