"""The people of the small world: pairs that differ in gender, and professions with their places and tools."""

from __future__ import annotations

import functools
from dataclasses import dataclass

# he-word, she-word | what both have to do with, a noun phrase each
_PAIRS = """\
man woman | the village square; a grey umbrella; the morning bus; a park bench
boy girl | the playground; a red kite; a skipping rope; the school gate
king queen | the golden crown; the throne; the royal palace; the whole kingdom
prince princess | the tall castle; the royal ball; a white pony; the treasure
father mother | the pram; the family car; the evening meal; the parents
son daughter | the first tooth; a school report; a bedroom; a new pair of trousers
brother sister | the bunk bed; a shared desk; a pillow fight; a secret code
uncle aunt | the cousins; presents from abroad; the summer house; postcards
grandfather grandmother | the rocking chair; old photographs; a wooden stick; the attic
husband wife | the wedding ring; the anniversary; the honeymoon; the marriage
nephew niece | a family visit; the christening; a small rucksack; the weekend guests
grandson granddaughter | pocket money; woolly socks; a long hug; the family tree
actor actress | the stage; the film; a difficult role; the audience
waiter waitress | the menu; a silver tray; table seven; the bill
hero heroine | the legend; a brave deed; the last chapter; the adventure
wizard witch | the magic spell; a bubbling cauldron; the broomstick; the potion
duke duchess | the country estate; the stables; an invitation; the noble title
emperor empress | the empire; the marble court; the ambassadors; the imperial guard
steward stewardess | the cabin; the passengers; a safety belt; the gangway
gentleman lady | good manners; an umbrella; the opera; a polite bow
grandpa grandma | the cookie jar; a cosy blanket; the old radio; a bedtime tale
dad mum | the kitchen table; the school run; the shopping list; sandwiches
widower widow | the empty house; the funeral; the graveyard; lonely evenings
landlord landlady | the rent; the spare room; the house rules; the tenants
headmaster headmistress | the assembly; the staff room; the school bell; the new pupils
"""

# profession | place | tool | what they do, each after "has to" | things of theirs
_PROFESSIONS = """\
doctor | hospital | stethoscope | examine the patients; listen to a heart; treat a fever | medicine; patients; illness
teacher | school | blackboard | explain the lesson; mark the tests; help the pupils | lessons; pupils; spelling
pilot | airport | headset | land the plane; check the engines; read the instruments | planes; runways; flights
farmer | farm | tractor | plough the field; milk the herd; bring in the harvest | crops; fields; hay
baker | bakery | oven | knead the dough; bake the loaves; rise before dawn | loaves; flour; pastries
chef | restaurant | skillet | chop the onions; season the sauce; invent a menu | recipes; sauces; spices
judge | court | gavel | hear both sides; decide a case; read the law | laws; trials; justice
painter | studio | paintbrush | mix the colours; sketch a portrait; finish the canvas | canvases; portraits; easels
sailor | harbour | anchor | hoist the sails; tie the knots; steer by the wind | voyages; knots; waves
soldier | barracks | shield | march for miles; guard the gate; obey the orders | armies; battles; uniforms
warrior | fortress | sword | defend the walls; sharpen the spear; fight with honour | armour; enemies; honour
librarian | library | catalogue | sort the shelves; stamp the cards; find a rare volume | shelves; readers; silence
scientist | laboratory | microscope | test an idea; measure the results; repeat a trial | experiments; science; results
astronomer | observatory | telescope | watch the planets; map the sky; wait for a comet | planets; comets; galaxies
carpenter | workshop | hammer | trim the planks; build a cupboard; sand the wood | planks; nails; sawdust
gardener | garden | spade | plant the roses; cut the hedge; pull out the weeds | roses; weeds; hedges
photographer | gallery | camera | focus the lens; wait for good light; try a filter | lenses; photographs; portraits
engineer | factory | calculator | design a machine; test the motor; improve the plans | machines; technology; motors
mechanic | garage | spanner | change a tyre; repair the brakes; oil the gears | tyres; brakes; gears
hairdresser | salon | comb | trim the fringe; wash the hair; braid the plaits | curls; haircuts; shampoo
tailor | atelier | needle | sew a suit; shorten the trousers; measure the sleeves | suits; sleeves; fashion
receptionist | hotel | telephone | welcome the guests; show the rooms; answer every call | guests; bookings; luggage
nurse | clinic | thermometer | change a bandage; take a temperature; comfort the sick | bandages; wounds; injections
dentist | surgery | drill | fill a tooth; clean the gums; look for holes | toothaches; fillings; gums
singer | auditorium | microphone | practise the scales; hold a high note; warm up the voice | melodies; choirs; scales
dancer | theatre | slippers | stretch every muscle; learn the steps; leap like a deer | ballet; costumes; steps
writer | study | typewriter | plan a novel; invent the characters; cross out a sentence | novels; literature; chapters
programmer | office | computer | write the code; find the bug; plan the software | software; computers; screens
secretary | bureau | notebook | type the reports; arrange the meetings; file the papers | appointments; files; envelopes
policeman | station | truncheon | direct the traffic; catch the thief; patrol the streets | thieves; crimes; handcuffs
firefighter | firehouse | hose | put out the flames; climb the ladder; rescue people from smoke | flames; smoke; ladders
fisherman | pier | net | cast the lines; sort the catch; mend the boat | herring; cod; tides
miner | pit | pickaxe | dig for coal; crawl through the tunnel; load the wagons | coal; tunnels; ore
monk | monastery | candle | pray at night; copy the manuscripts; tend the bees | prayers; psalms; silence
priest | church | bible | bless the couple; visit the sick; give a sermon | sermons; prayers; weddings
banker | bank | safe | lend the money; check the accounts; sign the contract | loans; savings; money
pharmacist | pharmacy | pestle | weigh the powder; read a prescription; fill the bottles | pills; syrups; prescriptions
butcher | market | cleaver | slice the ham; hang the sausages; sharpen the blades | sausages; steaks; ham
lawyer | courtroom | briefcase | defend a client; prepare the case; question a witness | witnesses; contracts; clients
clown | circus | unicycle | juggle the balls; paint a red nose; trip over big shoes | tricks; acrobats; balloons
shepherd | pasture | crook | count the flock; guide the lambs; watch for wolves | flocks; lambs; meadows
potter | pottery | wheel | shape the clay; glaze the bowls; fire the kiln | clay; bowls; jugs
blacksmith | forge | anvil | heat the iron; shoe the horses; bend the red metal | horseshoes; iron; sparks
jeweller | boutique | tweezers | polish a diamond; mend the clasp; set the rubies | diamonds; rubies; necklaces
zookeeper | zoo | bucket | feed the tigers; clean the cages; weigh the penguins | cages; tigers; visitors
lifeguard | lido | whistle | watch the swimmers; jump in at once; warn the children | swimmers; towels; lanes
"""

HE_NAMES = ("John", "Tom", "Peter", "Sam", "Ben", "Paul", "David", "Max", "Daniel", "Leo")
SHE_NAMES = ("Anna", "Mary", "Lucy", "Kate", "Emma", "Jane", "Nina", "Sarah", "Katy", "Danielle")

# Said of women three times in four, of men three times in four; of both alike if in neither. A bias put in on purpose:
# real text has it, and what removes it from vectors wants something to remove.
MOSTLY_SHE = ("receptionist", "nurse", "secretary", "hairdresser", "dancer", "singer", "librarian", "teacher")
MOSTLY_HE = ("engineer", "pilot", "warrior", "mechanic", "programmer", "soldier", "carpenter", "blacksmith")


@dataclass(frozen=True)
class Pair:
    """A word for him, the one for her, and what both have to do with."""

    he: str
    she: str
    things: tuple[str, ...]


@dataclass(frozen=True)
class Profession:
    """A profession, its place, its tool, what it has to do (verb phrases), and things it has to do with (nouns)."""

    name: str
    place: str
    tool: str
    duties: tuple[str, ...]
    things: tuple[str, ...]


@functools.cache
def pairs() -> tuple[Pair, ...]:
    """The pairs that differ in gender."""
    rows = [line.split(" | ") for line in _PAIRS.splitlines()]
    return tuple(Pair(*words.split(), tuple(things.split("; "))) for words, things in rows)


@functools.cache
def professions() -> tuple[Profession, ...]:
    """The professions."""
    rows = [line.split(" | ") for line in _PROFESSIONS.splitlines()]
    return tuple(Profession(*row[:3], tuple(row[3].split("; ")), tuple(row[4].split("; "))) for row in rows)
