"""The animals of the small world: young, voices, homes, food."""

from __future__ import annotations

import functools
from dataclasses import dataclass

# name, plural, young, plural of it, voice, home, habitat, food | character | two of its things
_TABLE = """\
dog dogs puppy puppies bark kennel houses bones | loyal and playful | a leash; a collar
cat cats kitten kittens meow windowsill houses fish | quiet and proud | whiskers; soft paws
cow cows calf calves moo barn farms grass | calm and heavy | an udder; a bell
horse horses foal foals neigh stable meadows hay | fast and graceful | a mane; a saddle
sheep sheep lamb lambs bleat pen hillsides clover | woolly and shy | a fleece; a flock
pig pigs piglet piglets grunt sty farms turnips | clever and muddy | a curly tail; a snout
hen hens chick chicks cluck coop farmyards grain | busy and careful | feathers; a red crest
duck ducks duckling ducklings quack pond lakes waterweed | cheerful and noisy | webbed feet; a flat bill
goose geese gosling goslings honk riverbank lakes seeds | brave and bossy | a long neck; grey feathers
deer deer fawn fawns bellow thicket forests leaves | shy and graceful | antlers; white spots
bear bears cub cubs growl cave forests honey | strong and sleepy | thick fur; sharp claws
lion lions whelp whelps roar den savannas zebras | mighty and lazy | a golden mane; a pride
wolf wolves pup pups howl lair forests rabbits | wild and watchful | a pack; yellow eyes
fox foxes kit kits yelp foxhole fields mice | sly and red | a bushy tail; pointed ears
owl owls owlet owlets hoot hollow woods voles | wise and silent | round eyes; soft wings
eagle eagles eaglet eaglets screech eyrie mountains hares | proud and sharp-eyed | talons; wide wings
pigeon pigeons squab squabs coo loft squares breadcrumbs | tame and plump | pink feet; a grey neck
swan swans cygnet cygnets hiss reeds rivers pondweed | white and elegant | a curved neck; white wings
frog frogs tadpole tadpoles croak puddle marshes flies | green and slippery | long legs; a sticky tongue
butterfly butterflies caterpillar caterpillars flutter cocoon lawns nectar | bright and delicate | spots; a thin body
bee bees larva larvae buzz hive orchards pollen | busy and useful | a sting; stripes
spider spiders spiderling spiderlings rustle web cellars insects | patient and clever | eight legs; silk threads
kangaroo kangaroos joey joeys thump scrub grasslands shrubs | bouncy and strong | a pouch; a thick tail
elephant elephants calf calves trumpet waterhole savannas branches | huge and gentle | a trunk; ivory tusks
monkey monkeys infant infants chatter treetop jungles bananas | naughty and quick | clever hands; a grasping tail
mouse mice pinkie pinkies squeak hole cupboards cheese | tiny and timid | small teeth; a thin tail
rabbit rabbits bunny bunnies squeal burrow meadows carrots | gentle and quick | long ears; a fluffy tail
hare hares leveret leverets drum furrow fields cabbages | fast and nervous | strong legs; long ears
donkey donkeys colt colts bray shed villages thistles | stubborn and patient | long ears; a heavy load
seal seals weaner weaners yap iceberg seas squid | smooth and curious | flippers; thick fat
penguin penguins fledgling fledglings squawk colony coasts krill | funny and formal | a black coat; an egg
crocodile crocodiles hatchling hatchlings snap swamp rivers antelopes | hungry and patient | sharp teeth; a scaly back
eel eels elver elvers splash reef seas worms | long and slippery | a smooth skin; a dark eye
llama llamas cria crias hum corral mountains straw | woolly and proud | thick wool; a long neck
"""


@dataclass(frozen=True)
class Animal:
    """One animal; `voice` is a verb's base form, `habitat` and `food` are nouns, `things` noun phrases."""

    name: str
    plural: str
    young: str
    youngs: str
    voice: str
    home: str
    habitat: str
    food: str
    character: str
    things: tuple[str, ...]


@functools.cache
def animals() -> tuple[Animal, ...]:
    """The animals, in the table's order."""
    rows = [line.split(" | ") for line in _TABLE.splitlines()]
    return tuple(Animal(*names.split(), character, tuple(things.split("; "))) for names, character, things in rows)
