"""Words of the small world in their forms: verbs, adjectives, nouns, opposites, each with what it goes with."""

from __future__ import annotations

import functools
from dataclasses import dataclass

# base, past, -ing form | phrases that follow it
_VERBS = """\
walk walked walking | along the beach; through the park; down the lane; with a stick; home on foot
swim swam swimming | in the lake; across the bay; under water; in cold water; with goggles
run ran running | a marathon; round the track; after the tram; up the hill; in old trainers
fly flew flying | over the clouds; a paper kite; above the rooftops; in a balloon; south for the winter
drive drove driving | the lorry; a rusty van; on the motorway; through the tunnel; past the traffic lights
ride rode riding | a pony; the scooter; a camel; without a helmet; over the dunes
sail sailed sailing | round the cape; a small yacht; before the wind; to the lighthouse; past the buoy
climb climbed climbing | the ladder; a steep cliff; the apple tree; over the fence; to the summit
jump jumped jumping | over the puddle; on the trampoline; off the wall; with both feet; across the ditch
dance danced dancing | a waltz; the tango; round the bonfire; in red slippers; to the drums
sing sang singing | a lullaby; in the choir; an old ballad; under the shower; a carol
write wrote writing | a postcard; a poem; with blue ink; in a diary; three pages
draw drew drawing | a circle; with crayons; a treasure map; a funny face; in the margin
paint painted painting | the fence; a landscape; with watercolours; the ceiling; in oil
build built building | a sandcastle; a tree house; a brick wall; with wooden blocks; a snowman
dig dug digging | a deep hole; with a shovel; in the sand; a trench; for worms
plant planted planting | tulip bulbs; a young oak; bean seeds; in rows; a hedge
grow grew growing | tomatoes; in a pot; taller each month; pumpkins; sunflowers
cook cooked cooking | a stew; with garlic; for ten people; noodles; on the stove
bake baked baking | biscuits; gingerbread; an apple pie; rye bread; with yeast
eat ate eating | a sandwich; with chopsticks; porridge; a second helping; too fast
drink drank drinking | lemonade; from a mug; a milkshake; through a straw; hot cocoa
wash washed washing | the dishes; muddy socks; with soap; dirty hands; the sheets
sweep swept sweeping | the floor; with a broom; dead leaves; the chimney; crumbs from the carpet
sew sewed sewing | a button; with thread; a curtain; the torn pocket; by hand
knit knitted knitting | a scarf; woollen mittens; with two needles; a pullover; a bonnet
wear wore wearing | a raincoat; a sun cap; new sandals; a striped shirt; earrings
buy bought buying | stamps; at the kiosk; two kilos of plums; with a voucher; a second-hand guitar
sell sold selling | lottery tickets; at a low price; used cars; from a stall; ice lollies
throw threw throwing | a snowball; the dice; a pebble; the javelin; into the bin
catch caught catching | a bad cold; with one hand; butterflies in a jar; the last train; a trout
carry carried carrying | a heavy suitcase; on one shoulder; firewood; two buckets; the luggage
break broke breaking | a mirror; one leg; the vase; into pieces; a promise
repair repaired repairing | the roof; a leaking tap; the kettle; with glue; a flat tyre
steal stole stealing | the jewels; from a purse; the car at night; apples; a wallet
hide hid hiding | behind the curtain; under the bed; the diamonds; in the cupboard; from the rain
sleep slept sleeping | in a tent; until noon; on the sofa; eight hours; like a log
dream dreamed dreaming | of flying carpets; a strange dream; of the ocean; with open eyes; of giants
speak spoke speaking | in a low voice; two languages; on the phone; to a crowd; with an accent
whisper whispered whispering | a secret; in the dark; behind the teacher; a password; into an ear
listen listened listening | to the radio; to the thunder; with headphones; at the door; to a lecture
teach taught teaching | grammar; arithmetic; a parrot tricks; the beginners; by example
choose chose choosing | a wallpaper; between two roads; the blue one; a nickname; with care
travel travelled travelling | by ferry; with a rucksack; round the globe; first class; without a map
count counted counting | the stars; up to a hundred; the votes; on ten fingers; coins
pack packed packing | a trunk; the tent and the stove; for the holidays; swimsuits; boxes
pour poured pouring | the milk; from a jug; batter into a tin; two glasses; oil on the pan
push pushed pushing | a pram; the wheelbarrow; the red button; a trolley; the swing
"""

# adjective, comparative, superlative | nouns that can be so, for "the ..."
_ADJECTIVES = """\
small smaller smallest | ant; dwarf; crumb; pebble; button
large larger largest | ocean; elephant; hall; continent; warehouse
big bigger biggest | truck; parcel; pumpkin; bubble; balloon
tall taller tallest | tower; giraffe; mast; poplar; skyscraper
short shorter shortest | pencil; speech; skirt; straw; sentence
long longer longest | river; snake; rope; queue; train
old older oldest | ruin; oak; castle; turtle; manuscript
young younger youngest | pupil; sapling; recruit; goat; student
fast faster fastest | cheetah; rocket; motorbike; arrow; express
slow slower slowest | snail; tortoise; ferry; cart; lift
strong stronger strongest | ox; rope; wrestler; glue; coffee
weak weaker weakest | signal; tea; battery; patient; argument
high higher highest | peak; shelf; note; kite; ceiling
low lower lowest | tide; stool; hedge; fence; cellar
deep deeper deepest | crater; lake; canyon; valley; wound
wide wider widest | avenue; delta; gate; sleeve; smile
narrow narrower narrowest | alley; staircase; ledge; corridor; path
warm warmer warmest | blanket; stove; jacket; breeze; bath
cold colder coldest | icicle; cellar; freezer; snowdrift; blizzard
hot hotter hottest | desert; oven; pepper; iron; summer
bright brighter brightest | headlight; comet; torch; yellow; lightning
dark darker darkest | cave; forest; tunnel; cupboard; night
loud louder loudest | drum; siren; thunder; alarm; rooster
quiet quieter quietest | library; chapel; mouse; street; evening
rich richer richest | merchant; sultan; landowner; duke; collector
poor poorer poorest | beggar; peasant; orphan; widow; district
heavy heavier heaviest | boulder; barrel; suitcase; piano; sack
soft softer softest | pillow; cushion; wool; cheese; voice
hard harder hardest | diamond; nut; rock; bench; crust
thick thicker thickest | fog; dictionary; wall; soup; ice
thin thinner thinnest | slice; needle; thread; sheet; twig
sweet sweeter sweetest | honey; cherry; syrup; melon; jam
sour sourer sourest | lemon; vinegar; rhubarb; pickle; lime
cheap cheaper cheapest | haircut; hostel; souvenir; pen; bargain
brave braver bravest | knight; tamer; explorer; rescuer; diver
wise wiser wisest | owl; hermit; judge; professor; prophet
clever cleverer cleverest | fox; detective; crow; inventor; magician
steep steeper steepest | slope; stairs; cliff; track; roof
smooth smoother smoothest | silk; marble; mirror; rink; skin
rough rougher roughest | sea; bark; sandpaper; gravel; rug
sharp sharper sharpest | arrowhead; razor; thorn; sword; scissors
dry drier driest | desert; biscuit; riverbed; towel; climate
"""

# singular, plural | nouns that go with it
_NOUNS = """\
book books | shelf; page; cover; bookmark; author; desk; reader; newspaper
apple apples | orchard; core; pear; cinnamon; garden; worm; market; juice
flower flowers | vase; petal; scent; bouquet; meadow; bee; rose; gardener
leaf leaves | twig; maple; rake; stem; tree; forest; autumn; wind
child children | nursery; crib; kindergarten; playmate; parent; school; swing; lesson
tooth teeth | toothbrush; gum; jaw; toothpaste; tongue; mouth; dentist; chocolate
foot feet | toe; ankle; sock; heel; leg; sandal; floor; stocking
knife knives | spoon; blade; drawer; cutlery; fork; kitchen; butcher; bread
star stars | sky; moon; planet; galaxy; night; astronomer; sailor; comet
boat boats | oar; jetty; rower; lake; river; fisherman; rope; storm
ship ships | cargo; captain; deck; port; sailor; wave; ocean; mast
bridge bridges | arch; toll; pillar; riverbank; road; river; engineer; train
chair chairs | armrest; cushion; footstool; backrest; desk; kitchen; carpenter; grandmother
table tables | tablecloth; napkin; bench; varnish; lunch; restaurant; carpenter; soup
door doors | doorbell; hinge; lock; threshold; house; wall; visitor; hall
cup cups | saucer; porcelain; teapot; handle; tea; coffee; milk; spoon
plate plates | tureen; dishwasher; rim; gravy; soup; fork; dinner; waiter
shoe shoes | lace; leather; sole; cobbler; sock; street; trousers; mud
hat hats | felt; brim; feather; hatter; scarf; head; umbrella; gentleman
coat coats | button; collar; hanger; lining; jacket; winter; tailor; wool
egg eggs | shell; yolk; omelette; carton; hen; nest; breakfast; pan
cloud clouds | rain; rainbow; thunderstorm; drizzle; sky; wind; sun; pilot
island islands | lagoon; palm; shore; shipwreck; sea; beach; pirate; sand
mountain mountains | peak; avalanche; glacier; valley; snow; goat; village; hut
bicycle bicycles | pedal; handlebar; spoke; tandem; tyre; street; brake; helmet
letter letters | envelope; stamp; postman; mailbox; address; ink; paper; secretary
song songs | chorus; melody; guitar; tune; singer; choir; piano; concert
toy toys | teddy; doll; marble; puppet; nursery; shop; present; attic
candle candles | wax; wick; flame; lantern; cake; church; night; monk
key keys | padlock; keyhole; locksmith; rust; lock; pocket; house; receptionist
clock clocks | pendulum; dial; hour; cuckoo; tower; minute; wall; station
lamp lamps | bulb; shade; switch; socket; light; bedroom; desk; street
box boxes | lid; cardboard; ribbon; label; attic; present; shelf; parcel
story stories | ending; dragon; bedtime; narrator; writer; castle; chapter; grandfather
berry berries | bush; juice; bramble; jam; forest; bear; bird; cream
baby babies | bottle; cradle; rattle; nappy; pram; nurse; blanket; parent
glass glasses | straw; ice; tumbler; champagne; water; lemonade; tray; bottle
brush brushes | bristle; hair; bathroom; dustpan; paint; broom; bucket; mirror
coin coins | copper; purse; mint; collector; money; pocket; bank; silver
picture pictures | frame; exhibition; museum; landscape; wall; painter; hall; nail
ticket tickets | counter; seat; concert; conductor; train; queue; theatre; station
basket baskets | wicker; picnic; bread; hamper; handle; fruit; market; shoulder
stone stones | quarry; gravel; moss; pebble; wall; river; road; cliff
window windows | curtain; pane; sill; shutter; house; room; light; roof
"""

# positive, negative | who or what can be so
_OPPOSITES = """\
happy unhappy | the bride; the orphan; our neighbours; the lottery player
possible impossible | a visit to the moon; the plan; a shortcut; the rescue
kind unkind | the stepmother; the remark; the stranger; the words
fair unfair | the referee; the rule; the price; the contest
lucky unlucky | the number seven; the gambler; the thirteenth day; the black cat
able unable | the swimmer; the apprentice; the tired hiker; the student
safe unsafe | the scaffold; the ice; the ladder; the mountain road
healthy unhealthy | the diet; the snack; the cattle; the climate
friendly unfriendly | the shopkeeper; the guard dog; the welcome; the neighbour
honest dishonest | the merchant; the answer; the witness; the finder
polite impolite | the guest; the question; the clerk; the reply
patient impatient | the angler; the customer; the passenger; the driver
comfortable uncomfortable | the armchair; the mattress; the boots; the seat
pleasant unpleasant | the smell; the surprise; the journey; the weather
certain uncertain | the outcome; the date; the forecast; the heir
known unknown | the composer; the artist; the author; the planet
usual unusual | the route; the hour; the colour; the breakfast
clear unclear | the instruction; the signal; the message; the handwriting
tidy untidy | the desk; the bedroom; the drawer; the shed
important unimportant | the detail; the meeting; the date; the message
necessary unnecessary | the repair; the medicine; the expense; the journey
correct incorrect | the spelling; the sum; the address; the translation
complete incomplete | the puzzle; the list; the skeleton; the collection
visible invisible | the comet; the ink; the footprints; the scar
legal illegal | the contract; the parking place; the copy; the hunt
regular irregular | the verb; the pulse; the visits; the pattern
perfect imperfect | the circle; the copy; the crystal; the rhyme
familiar unfamiliar | the tune; the face; the alley; the accent
popular unpopular | the mayor; the tax; the comedy; the band
grateful ungrateful | the beggar; the heir; the patients; the guests
successful unsuccessful | the business; the hunt; the experiment; the inventor
loyal disloyal | the knight; the servant; the squire; the guard
obedient disobedient | the pupil; the poodle; the servant; the recruit
expected unexpected | the guests; the storm; the profit; the visit
suitable unsuitable | the shoes; the candidate; the present; the suit
"""


@dataclass(frozen=True)
class Verb:
    """A verb's base form, past and -ing form, and phrases that follow any of them."""

    base: str
    past: str
    ing: str
    phrases: tuple[str, ...]


@dataclass(frozen=True)
class Adjective:
    """An adjective in its three degrees, and nouns that can be so."""

    positive: str
    comparative: str
    superlative: str
    nouns: tuple[str, ...]


@dataclass(frozen=True)
class Noun:
    """A noun's singular and plural, and words that go with it."""

    singular: str
    plural: str
    company: tuple[str, ...]


@dataclass(frozen=True)
class Opposite:
    """An adjective, its negation by a prefix, and who or what can be so."""

    positive: str
    negative: str
    bearers: tuple[str, ...]


def _rows(table: str, kind: type) -> tuple:
    """The table's rows as objects: the words before the bar one by one, the list after it as a tuple."""
    rows = [line.split(" | ") for line in table.splitlines()]
    return tuple(kind(*words.split(), tuple(phrases.split("; "))) for words, phrases in rows)


@functools.cache
def verbs() -> tuple[Verb, ...]:
    """The verbs."""
    return _rows(_VERBS, Verb)


@functools.cache
def adjectives() -> tuple[Adjective, ...]:
    """The adjectives that have degrees."""
    return _rows(_ADJECTIVES, Adjective)


@functools.cache
def nouns() -> tuple[Noun, ...]:
    """The nouns that are asked for their plural."""
    return _rows(_NOUNS, Noun)


@functools.cache
def opposites() -> tuple[Opposite, ...]:
    """The adjectives with a prefix that negates them."""
    return _rows(_OPPOSITES, Opposite)
