"""Everyday sentences about food and eating."""

from __future__ import annotations

from week2.learning_embeddings.small_world.compose_subject import lines

SLOTS = {
    "tasty": ("delicious", "tasty", "yummy", "fresh", "hot", "spicy", "sweet", "salty", "crisp", "excellent"),
    "hungry": ("hungry", "very hungry", "starving", "thirsty", "hungry and thirsty", "hungry as a wolf"),
    "eats": ("eats", "cooks", "orders", "loves", "likes", "makes", "prepares", "tastes"),
    "ate": ("ate", "cooked", "ordered", "tasted", "made", "had", "prepared", "shared"),
    "food": (
        "{dish}",
        "{dish}",
        "{sweet_dish}",
        "{fruit}",
        "{vegetable}",
        "bread and butter",
        "meat",
        "cheese",
        "fish",
    ),
    "add": (
        *("salt", "pepper", "sugar", "butter", "cream", "garlic", "oil", "flour", "eggs", "onions", "cheese", "honey"),
        *("sauce", "vinegar", "milk", "herbs"),
    ),
    "where": ("in the kitchen", "in the restaurant", "at the table", "at the bakery", "in the garden", "at home"),
    "one_dish": (
        "sandwich",
        "burger",
        "pie",
        "omelette",
        "potato",
        "potato",
        "pizza",
        "pancake",
        "cookie",
        "steak",
        "taco",
    ),
    "dishware": ("bowl", "fork", "spoon", "pan", "pot", "napkin", "tray", "jug", "saucepan"),
}

PATTERNS = lines("""
{Name} is {hungry}, what is there to eat?
I am {hungry}, let's have {dish} for {meal}.
Are you {hungry}, {Name}? There is {food} {where}.
{Name} {eats} {food} for {meal}[| {where}| with {Friend}].
For {meal} {Name} {ate} {food} and {food}.
We {ate} {dish} {where}, and it was {tasty}.
The {meal} was {tasty}[|: {dish} and then {sweet_dish}].
What is for {meal}? {dish}, and for dessert {sweet_dish}.
{meal} is ready, come to the table, {Name}!
Let's eat, {meal} is on the table.
{his} {relative} cooks {dish} with {add} and {add}.
{his} {relative} bakes {sweet_dish} in the oven[|, and the kitchen smells good].
{Name} baked bread, and {Friend} made {sweet_dish}.
Mix the {add1} with the {add2}, then bake it in the oven.
Cut the {vegetable}, add {add1} and {add2}, and cook the soup.
The recipe needs {add1}, {add2} and {vegetable}.
Put more {add} into the {dish}, it will taste better.
There isn't enough {add} in the {dish}, said the chef.
The {dish} smells {tasty}, and it tastes {tasty}.
How {tasty} the {food} is, said {Name} and took another bite.
Would you like some more {food}, {Name}? Yes, please.
No more {food} for me, thank you, I am full.
I'm not hungry any more, said {Name}, I am full.
{Name} isn't hungry, {he} only wants {drink}.
{Name} doesn't eat meat, {he} eats {vegetable} and {fruit}.
{Name} never eats {food} for {meal}.
We have no {food} at home, so we eat in a restaurant.
We didn't cook, we ordered {dish}.
{Name} is cooking {dish} and baking {sweet_dish} for {meal}.
They are eating {dish} {where}, and {Friend} is drinking {drink}.
{Name} drank {drink} and baked {sweet_dish}.
{Name} cooked {dish}, and {Friend} ate it all.
The [waiter|waitress] brought {dish}, {food} and {drink}.
[Waiter|Waitress], the menu please, we are {hungry}!
{Name} ordered {dish} and {drink} from the menu.
The restaurant is famous for its {dish}[|, and the chef for {his} {sweet_dish}].
The chef {ate} {dish} {where}.
The chef put the {food} on a {dishware}.
Each guest gets a {dishware}, a {dishware} and {food}.
{Name} eats {dish} with a fork, {Friend} with a spoon.
Eat your {vegetable}, {Name}, they are good for you.
{Name} drinks {drink}, {Friend} drinks {drink}.
A cup of coffee, {food} and an egg: that's {his} {meal}.
{Name} pours {drink} into a glass and butters the bread.
At the bakery {Name} [bought|wants to buy|is buying] fresh bread, rolls and {sweet_dish}.
In the fridge there are {fruit}, {vegetable}, {food} and {drink}.
{Name} buys {fruit}, {vegetable} and meat for {meal}.
At the picnic we ate {dish}, {fruit} and {sweet_dish}.
They grill meat and {vegetable} in the garden.
{Name} cut the cake and gave everybody a big slice.
{Name} took a slice of {sweet_dish} and then another one.
{Name} [ate|wants|ordered] a {one_dish} and a {one_dish} [for {meal}|{where}].
Another {one_dish}, please, I am {hungry}.
The {one_dish} is {tasty}, not as {tasty} as the one {past_time}.
Who ate my {food}? asked {Name}, I'm {hungry}.
{Name} ate too much {food}, and {his} stomach is full.
The {fruit} are ripe and {tasty}.
{Name} puts [a plate|plates|a cup|cups|a glass|glasses|a knife|knives|a fork|forks] on the table for {meal}.
[A plate|Plates], [a knife|knives] and [a glass|glasses], that is all {Name} needs for {meal}.
Chocolate, ice cream and cake are sweet; lemons are sour.
Soup is hot, ice cream is cold, and both taste good.
{Name} likes {his} pizza with {add} and {vegetable}.
A {tasty} pizza with {vegetable} came out of the oven.
{Friend} eats noodles with {add} and {vegetable}.
The burger was {tasty}, with {vegetable} and {add}.
My {relative} makes the best {dish} in town.
{Name} learned to cook {dish} from {his} {relative}.
{Name} can cook {dish}, but {he} can't bake.
Don't forget to eat {meal}, {Name}.
Breakfast is at eight, lunch at twelve, dinner at seven.
After {meal} {Name} [washed|has to wash|is washing] the {dishware}, and {Friend} dried the {dishware}.
Before {meal} we put a {dishware} and a {dishware} on the table.
Without {add}, {dish} does not taste good.
This {dish} tastes better than the one {past_time}.
I could eat {dish} every day, said {Name}.
Nothing tastes better than {dish} when you are {hungry}.
{Name} fries {vegetable} with {add} in a pan.
The {dish} is not too {tasty} for {Name}, and {Friend} eats it too.
A sandwich with cheese and a glass of {drink} is enough for {meal}.
The guests ate {dish}, drank {drink} and asked for {sweet_dish}.
They feed the hungry guests with bread, {dish} and {drink}.
The smell of {tasty} {food} came from the kitchen.
Is the {dish} still warm? No, it's cold, warm it up.
{fruit} and nuts are a good snack.
The food {where} is {tasty}, and so is the {dish}.
{Name} loves good food: {dish}, {fruit} and {vegetable}.
Fry the {vegetable} in a pan, but do not burn it.
If you fry it too long, it will burn, said {Name}, and the food is black.
{Name} ate all the vegetables and the {dish} tonight.
The vegetables are {tasty}, better food than {sweet_dish}.
Never skip {meal}, good food keeps us strong, said {his} {relative}.
I skip {meal} today and eat {dish} later.
We sit {where} and eat {dish}; later we eat {sweet_dish}.
The waiter brings food and {drink} to the table.
They are having {dish} for {meal} tonight.
The food is {tasty}, and there is enough food for everyone.
{Name} loves good food: {dish}, {vegetable} and {sweet_dish}.
Fresh vegetables and fruit are good food.
Fry the {vegetable} in butter, but don't burn them.
{Name} wants to fry fish, {Friend} wants to fry potatoes.
Don't skip {meal}, {Name}, you will be {hungry} later.
Sit down and eat, {Name}, the {dish} is getting cold.
We sit at the table in the middle of the kitchen and eat {dish}.
They are having {meal} {where}: {dish} with vegetables.
What are we having for {meal} tonight? {dish}.
Tonight {his} {relative} cooks {dish} with {vegetable} and {add}.
The waitress brings {drink}, the waiter brings {dish}.
{Name} brings nuts, {fruit} and {sweet_dish} to the picnic.
Nuts, raisins and {fruit} are in the bowl.
Set the table, {Name}, {meal} is almost ready.
None of the {sweet_dish} was left after {meal}.
There is no {drink}, and there aren't any {fruit} either.
{Name} hasn't eaten since {meal} and is {hungry}.
I have eaten too much {food}, I can't eat any more.
Taste the soup, {Name}, does it need {add}?
The butter, the {add} and the {food} are in the fridge.
A roast with {vegetable} is in the oven, and it smells {tasty}.
First the soup, then the meat, later the {sweet_dish}.
""")
