"""Everyday sentences about love and affection."""

from __future__ import annotations

from week2.learning_embeddings.small_world.compose_subject import lines

SLOTS = {
    "dear": ("darling", "sweetheart", "honey", "my dear", "my love", "beloved"),
    "close": (
        *("wife", "husband", "girlfriend", "boyfriend", "little brother", "little sister", "best friend", "mother"),
        *("father", "grandmother", "grandfather", "baby", "daughter", "son", "family", "parents"),
    ),
    "so_much": ("so much", "very much", "with all my heart", "more than anything", "deeply", "for ever", "forever"),
    "touch": ("a kiss", "a hug", "a big hug", "a tender kiss", "an embrace", "a cuddle", "a goodnight kiss"),
    "gift": ("red roses", "a love letter", "a bunch of tulips", "a silver ring", "a locket", "chocolates", "a poem"),
    "soft": ("gently", "softly", "tenderly", "sweetly", "warmly"),
}

PATTERNS = lines("""
I love my {close} {so_much}.
My {close1} loves me, and I love my {close1} too.
{Name} loves {Friend}, and {Friend} loves {him} back.
{Name} adores {his} {close}[| and says so every day].
I adore you, {dear}[|, and I always will].
I miss you, {dear}[| so much|, when will you be back?|, every minute].
I miss my {close} {so_much}.
{Name} misses {his} {close}, who is far away[| in {month}].
I am missing you more every day, {dear}.
{Name} gave {his} {close} {touch}[| before school| at the door| at the station].
Give me {touch}, {dear}[|, before you go].
Come into my arms, {dear}.
{Name} hugged {Friend} {soft} and did not let go.
They hugged and kissed[| under the apple tree| at the station| for a while].
{Name} kissed {his} {close} {soft} [on the cheek|on the forehead|good night].
She kissed him, and he kissed her, and they were in love.
He put his arms around her and held her {soft}.
She took his hand and held it to her heart.
{Name} and {Friend} are a couple[|, they are in love|, and they hold hands everywhere].
{Name} fell in love with {Friend} [in {season}|at first sight|at a dance].
{Name} is in love again, and {his} heart beats wildly.
My heart belongs to you, {dear}, forever.
You are the love of my life, {dear}.
You are always in my heart and in my dreams.
{Name} brought {his} [sweetheart|darling|beloved] {gift}[| for Valentine's day| on their anniversary].
{Friend} sent {Name} {gift} and signed it with a heart.
Will you marry me? {Name} asked {soft}.
Yes, I will marry you, {dear}, said {Friend}, and they kissed.
After the wedding the couple kissed and cried with love.
They have loved each other since they were children.
They will love each other until the end of their lives.
{Name} cannot live without {his} {close}.
I don't want to live without you, {dear}.
Without you, {dear}, my heart is empty.
Nobody loves me as my {close} does.
Never forget that I love you, {dear}.
Don't go, {dear}, stay in my arms.
I will never leave you, {dear}, not for anything in the world.
I care for you {so_much}, {dear}.
{Name} cares for {his} dear {close} {soft}.
My {close} means everything to me[|, I love them all].
{Name} loves cuddling with {his} {close}.
The mother kissed her baby {soft} and sang a lullaby.
The baby sleeps in the arms of its mother, who kisses it {soft}.
Grandma hugs everyone, and her hugs are sweet.
Our grandparents are still in love after fifty years together.
My grandfather still kisses my grandmother every morning.
Every kiss from you is a sweet gift.
A hug from my {close} fills my heart.
Send my love to your {close}, please.
With love and kisses, your {Name}.
Dear {Name}, I love you and I miss you, yours, {Friend}.
{dear}, your love is all I need.
Happy together, in love forever: that is what {Name} wishes for.
How tender his embrace was, how sweet her kiss!
Her love for him is deep and true, and his love for her is true as well.
{Name} said to {Friend} {soft}: I love you, {dear}.
We love you, {Name}, and we hold you in our hearts.
Loving somebody is wonderful, and being loved even more.
{Friend} is a dear friend, and I love her very much.
{Friend} has a golden heart and loves everybody.
Romance, roses and kisses: {Name} is thinking of {his} [sweetheart|darling|beloved].
{Name} sent {gift} to {his} [sweetheart|darling|beloved] in the night.
My beloved {close} and I go hand in hand.
Hold me, {dear}, hold me close.
Do you love me, {dear}? Of course I do.
I don't only like you, {dear}, I love you.
I do not just like {Friend}, I adore {Friend}.
Who could not love such a sweet {close}?
I can't stop thinking of you, {dear}.
I think of you day and night, {dear}, with love.
My {close} is waiting for {touch}.
Come home soon, {dear}, I miss your kisses.
All my love is yours, {dear}, and your love is mine.
The love of a mother never ends.
{Name} feels loved when {his} {close} holds {him}.
{Name} is hugging {his} {close}, and they are kissing {soft}.
They were hugging and kissing {soft} until {Friend} came in.
I feel your heart when we are having dinner tonight, {dear}.
We are far apart, {dear}, but I feel your love.
{Name} and {his} {close} have been apart since {month}, and they feel it.
What is the name of your {close}? It is a name full of love, said {Name}.
{Name} kissed {his} {close} {number} times {soft}.
{Name} hugs {his} {close} {soft}, and {his} {close} hugs {him} back.
{Name} is a loving friend and hugs {his} {close} {so_much}.
We are far apart, {dear}, but our hearts are together.
Being apart from you hurts, {dear}, I miss your arms around me.
{Name} is hugging {his} {close}, and {Friend} is kissing the baby.
They are kissing and hugging, for they are in love.
{Name} can't stop hugging and kissing {his} {close}.
Big hugs and many kisses from your loving {Name}.
A loving {close} is the best thing in life.
Her loving arms were around him, and he felt loved.
Tonight I will hold you in my arms, {dear}.
I will kiss you good night tonight, {dear}.
{Name} feels {his} love grow with every kiss.
You are the one that I love, {dear}, you and none other.
I have never loved anyone as I love you, {dear}.
Nobody hugs me as {soft} as you do, {dear}.
It isn't a crush, it is love, {Name} said.
{Name} doesn't love anybody but {Friend}.
My name is next to yours in a heart, {dear}.
Love letters, hugs and kisses: {Name} is in love with {Friend}.
I feel your love, {dear}, even when we are apart.
Always remember that I adore you, {dear}, and that I love you.
{Name} sees {his} [sweetheart|darling|beloved] in {his} dreams.
Sweet dreams, {dear}, and a kiss.
""")
