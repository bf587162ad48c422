//! English lyrics.

mod trades;

use super::Phrases;

pub(super) static PHRASES: Phrases = Phrases {
    openings: &[
        ["The lights come on in {place}", "A smile on every passing face"],
        ["Walking down through {place} today", "My feet already know the way"],
        ["Morning breaks over {place} again", "The door swings wide to let you in"],
        ["There's a corner in {place} I know", "Where time is sweet and the hours go slow"],
        ["When the rain has gone from {place}", "The sun comes back to find its space"],
        ["Everyone in {place} knows the sign", "Turn the corner, you'll be just fine"],
        ["Down in {place} when the day is long", "I hear the street hum its own song"],
        ["Take the late bus out to {place}", "Find a seat and slow the pace"],
        ["Summer or snow in {place}, my friend", "There's a light at the road's end"],
    ],
    calm: &[
        ["At {name} you're never alone", "It's a little bit like coming home"],
        ["{name}, I keep you in mind", "The warmest welcome that I find"],
        ["Meet me at {name} tonight", "Where everything turns out all right"],
        ["{name}, you're my quiet place", "A little light, a little grace"],
        ["Slow it down, {name}", "Every evening feels the same"],
        ["When I'm tired, there's {name}", "Open arms and an open door"],
    ],
    lively: &[
        ["Hey, hey, {name}", "Come on in and join the game"],
        ["Everybody sing {name}", "Nothing here is ever the same"],
        ["Let's go, let's go to {name}", "Bring your friends and bring some more"],
        ["{name}, you make my day", "Hands up high, we're on our way"],
        ["Shout it out loud, {name}", "The whole town knows you by name"],
        ["Where we going? {name}", "Dancing right up to the door"],
    ],
    bridges: &[
        ["Years may come and years may go", "We keep the light on, don't you know"],
        ["Nothing fancy, nothing grand", "Just honest work by honest hand"],
        ["Come alone or bring them all", "There's a place for big and small"],
        ["Every day can start anew", "All that's missing here is you"],
    ],
    endings: &[
        ["{name}, see you again", "Come as strangers, leave as friends"],
        ["So remember {name}", "We'll be waiting, just the same"],
        ["Come on over to {name}", "You know what the light is for"],
        ["{name} in {place}", "We saved you the very best space"],
        ["This one's for {name}", "Sing it softly and sing it plain"],
    ],
    after_details: &[
        "That's the way we love to do it",
        "You can feel it when you're through it",
        "Made with heart and made with care",
        "Nothing like it anywhere",
        "Word gets round, it always will",
        "And every day we love it still",
        "Ask around, they all agree",
        "Come on by and you will see",
    ],
    titles: &[
        "{name} Tonight",
        "Lights of {place}",
        "Meet Me at {name}",
        "The Road to {name}",
        "{name}, {place}",
        "Song for {name}",
        "Hello, {name}",
        "Down in {place}",
        "Back to {name}",
    ],
    trade: trades::of,
    name: "our place",
    place: "this town",
};
