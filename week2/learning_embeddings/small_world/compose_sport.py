"""Everyday sentences about baseball, other sports, and play."""

from __future__ import annotations

from week2.learning_embeddings.small_world.compose_subject import lines

SLOTS = {
    "place": ("on the field", "in the stadium", "in the park", "at the club", "in the gym", "on the playground"),
    "after": ("after school", "on {day}", "in the afternoon", "before dinner", "at weekends", "every {day}"),
    "gear": ("a bat", "a glove", "a helmet", "a racket", "a new ball", "running shoes", "a jersey", "a hockey stick"),
    "player": (
        *("pitcher", "catcher", "striker", "goalkeeper", "captain", "runner", "footballer", "batter", "swimmer"),
        *("tennis player", "cyclist", "skater"),
    ),
    "event": ("game", "match", "final", "race", "tournament", "season", "cup final", "training"),
    "fans": ("the fans", "the crowd", "the stadium", "the whole team", "the parents", "the spectators"),
    "shout": ("shouted", "yelled", "clapped", "waved", "whistled"),
    "team": ("our team", "their team", "the home team", "the other team", "the school team", "the {colour} team"),
}

PATTERNS = lines("""
{Name} plays {sport} {after}[| with {Friend}| for {team}].
Let's play {sport} {place}[|, {Name}, and bring the ball].
We play {sport1} {after}, and sometimes {sport2}.
Do you play {sport1} or {sport2}, {Name}?
{Name} is playing {sport} {place} with {his} friends.
The boys are playing {sport}, the girls are playing {sport}.
{Friend} played {sport} {place} until sunset.
{Name} [threw|will throw|is throwing] the ball to {Friend}, who [caught|can catch|is catching] it [with one hand|in the glove|in the air].
Throw the ball, {Name}, I will catch it.
Catch the ball, {Friend}, and run to first base!
The pitcher throws the ball, and the batter swings the bat.
The pitcher pitched {number} fast balls in the first inning.
{Name} hit the ball over the fence: a home run!
The catcher dropped the ball, and {Name} [ran|started to run|was running] to third base.
{Name} [stole|tried to steal|is stealing] second base, and {fans} cheered.
The bases were full when {Name} came up to bat.
{Name} swings the bat and hits the ball [far|hard|high] into left field.
The {player} kicked the ball into the net, and {fans} cheered.
The striker scored a goal in the last minute[| of the {event}].
A goal! {Name} scores, and {fans} jump up.
{Name} kicks the ball to {Friend}, who shoots at the goal.
The goalkeeper caught the ball and passed it back to the {player}.
The score is {number} to {number} for {team}.
{team} won the {event} by {number} points.
{team} won the cup, and the captain held the trophy up.
{team} lost the {event}, but the coach praised the players.
{team} beat the champions {place} {past_time}.
Who won the {event}? It was {team}, by one goal.
We can't lose the {event} again, said the coach, we must win.
{team} may win or lose the {event}, but {Name} plays on.
Don't lose the ball, {Name}, pass it!
Can we win the {event}, coach? asked the {player}.
The coach {shout} at the players from the bench.
The coach trains {team} {after}.
Our coach shows the {player} how to [pitch|throw|kick|serve|swing] better.
The players train {place}: they run, jump and stretch.
Training starts at {number}, and nobody is late, said the coach.
{Name} needs {gear} for {sport}.
{Name} forgot {gear}, so {Friend} lent {him} one for the {event}.
The referee blew the whistle, and the {event} began.
The referee showed the {player} a yellow card.
{fans} shouted and [sang|began to sing|kept singing] during the {event}.
The fans waited for the players outside the stadium.
In the race {Name} [ran|could run|was running] faster than {Friend} and won a medal.
{Name} is the fastest {player} of the club.
The runners stood at the start of the race, ready to run fast.
{Name} is a fast {player}, and the fast ball is {his} best.
{Name} swims {number} lengths in the pool {after}.
{Name} trains for the marathon and runs {number} miles {after}.
The skater trains on the ice, the swimmer in the pool.
{Name} serves, and the tennis ball lands behind {Friend}.
The golf ball rolled into the hole.
{sport1} is played with a ball, {sport2} too.
{sport} is a game for two teams, said the coach.
{team} practises {place}, with bats, balls and gloves.
At practice the {player} does {number} laps round the field.
The {player} was hurt in the {event} and sat on the bench.
Half time: the players drink water, and the coach talks.
The league starts in {month}, and {team} plays first.
The ball hit the post, and {fans} held their breath.
A quick pass, a long shot, and the ball is in the net.
{Name} passed the ball to the {player}, not to {Friend}.
Football is his game, baseball is hers, and they both play hockey.
I watched the {event} on television with {Friend}.
We have tickets for the baseball {event} in the stadium.
{Name} [jumped|is jumping] for the ball and [threw|is throwing] it into the net.
The pitcher is throwing, the catcher is catching, and {Name} is running to third base.
Keep running, {Name}, shouted the coach, and stop throwing the bat!
{Friend} is jumping over the hurdles, {Name} is running beside {him}.
The basketball player is tall and scores from far away.
{Name} doesn't play {sport1}, {he} plays {sport2}.
{Name} never misses a {sport} {event}.
We didn't play {sport} because of the rain, we played in the gym instead.
Not {Name} but {Friend} was the pitcher in the {event}.
The kids play tag, hide-and-seek and ball games {place}.
The kids run to the playground to play on the swing and the slide.
{Name} and {Friend} play catch {place}.
Pick up the bat, {Name}, it is your turn.
Extra time, a penalty, and the {player} shoots: goal!
The winner gets a medal, the loser gets a hug from the coach.
The volleyball went over the net and out of the court.
{Name} joined the {sport} club in {month}.
The umpire said the pitch was good, the coach said it was not.
The {player} scored {number} goals, and {fans} gave three cheers.
{Name} hears the cheers of {fans} after {number} goals in the {event}.
{Name} stood in the middle of the field and waited for the {event}.
Do not drop the ball, shouted the coach, or we lose the {event}.
{Name} ran round the field {number} times before the {event}.
We sit {place} tonight and watch the {event} with {fans}.
{Name} throws the ball to {Friend}, and {Friend} throws it back {place}.
The runners pass {Name} {number} times {place}.
{Name} wants to pass the ball, but the {player} is faster.
{Name} scored {number} goals in the {event}.
The striker scores goals, the goalkeeper stops them.
The runners are at the start, and the fastest runners are in front.
{Name} throws the ball to the catcher, who throws it back.
A good pitcher throws fast, and {Name} throws faster than {Friend}.
A wild pitch, and the runner on second base runs to third.
The first pitch was low, the second pitch was high, and {Name} swings.
Kick the ball, {Name}, pass it and kick it again!
A long pass to the middle of the field, and the {player} kicks.
The captain lifts the trophy, and {fans} sing.
The trophy stands in the club, next to the medals of {team}.
The crowd cheers when {Name} scores.
Cheers from {fans} greet the {player}.
{Name} won the first set of the tennis match, {Friend} the second set.
The coach brings the bats, {Name} brings the balls.
Tonight {team} plays in the final {place}.
Run around the field {number} times, said the coach.
None of the players dropped the ball in the {event}.
{Name} isn't a pitcher, {he} is a catcher.
There is no {event} today, the players train {place} instead.
{Name} skips the rope, lifts weights and runs before the {event}.
{team} hasn't lost a {event} this season.
We play ball games {after}, tennis {place}, and hockey in winter.
Drop the bat and run, {Name}, run!
Both teams play {sport}, and both teams want to win the {event}.
The two teams practise {place} {after}.
We practise {sport} {place}, and the other teams watch us.
The colours of {team} are {colour} and white.
""")
