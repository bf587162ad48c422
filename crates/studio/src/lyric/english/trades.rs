//! What each trade has to tell.

use crate::lyric::Couplet;
use crate::lyric::trade::Trade;

pub(super) fn of(trade: Trade) -> &'static [Couplet] {
    match trade {
        Trade::Cafe => CAFE,
        Trade::Bakery => BAKERY,
        Trade::Restaurant => RESTAURANT,
        Trade::Bar => BAR,
        Trade::Salon => SALON,
        Trade::Flowers => FLOWERS,
        Trade::Gym => GYM,
        Trade::Academy => ACADEMY,
        Trade::Clinic => CLINIC,
        Trade::Stay => STAY,
        Trade::Pets => PETS,
        Trade::Shop => SHOP,
    }
}

const CAFE: &[Couplet] = &[
    ["Fresh ground coffee in the air", "Pull up slow to the window chair"],
    ["A heart of foam upon the cup", "The kind of thing that warms you up"],
    ["One sip in and the worries fade", "Best small choice you ever made"],
    ["Ice is singing in the glass", "Let the busy morning pass"],
    ["A page, a pour, a place to be", "Half past three and feeling free"],
    ["Steam and stories, dark and light", "Pour it slow and pour it right"],
];
const BAKERY: &[Couplet] = &[
    ["Flour on the floor at dawn", "Dough is rising, lights are on"],
    ["Golden crust and soft inside", "The kind of joy you cannot hide"],
    ["Butter on the morning breeze", "One more for the road now, please"],
    ["Oven door and amber glow", "Sweetest secret that I know"],
    ["Candles on a frosted cake", "All the wishes you can make"],
];
const RESTAURANT: &[Couplet] = &[
    ["Something simmers, something sings", "Oh the comfort supper brings"],
    ["Pull a chair up, fill a plate", "Some good things are worth the wait"],
    ["One more spoon and one more round", "Best small table to be found"],
    ["Smoke and pepper, sweet and spice", "Once is good, so try it twice"],
    ["Honest cooking, nothing more", "Just like mama made before"],
    ["Share a dish and share a laugh", "Nobody here does things by half"],
];
const BAR: &[Couplet] = &[
    ["Neon hums when work is done", "Raise a glass to everyone"],
    ["Low lights and a song you know", "Just one more before we go"],
    ["Clink the glass and let it ring", "Tell me, friend, everything"],
    ["Stars are melting in the ice", "Stay a while, the night is nice"],
];
const SALON: &[Couplet] = &[
    ["Somebody new in the mirror smiles", "Haven't felt like this in a while"],
    ["Snip of the scissors, swish of the chair", "Leave all your troubles lying there"],
    ["Color that catches the morning sun", "Turning heads of everyone"],
    ["Step outside with your head up high", "Feel that breeze go rolling by"],
    ["A little shine, a little glow", "Now let the whole wide city know"],
];
const FLOWERS: &[Couplet] = &[
    ["Early morning, petals wet", "The softest gift you'll ever get"],
    ["When the words are hard to say", "Let the roses lead the way"],
    ["Ribbon tied around the stems", "Say I love you once again"],
    ["Green and gold and violet too", "Every bloom reminds me of you"],
    ["A bunch of spring in either hand", "The kind of thing hearts understand"],
];
const GYM: &[Couplet] = &[
    ["One more breath and one more rep", "Take the day on step by step"],
    ["Sweat is only yesterday leaving", "All it takes is you believing"],
    ["Hear that heartbeat, feel it climb", "You get stronger every time"],
    ["When you think you've hit the wall", "We're right here to share it all"],
    ["Stretch it out and stand up tall", "Nothing's out of reach at all"],
];
const ACADEMY: &[Couplet] = &[
    ["Every question opens a door", "Ask us one, then ask us more"],
    ["Pencil down what you can dream", "Nothing's as hard as it may seem"],
    ["Get it wrong and try again", "Look how far you've come since then"],
    ["Little steps and sparkling eyes", "Watch a quiet talent rise"],
    ["What you learn with us today", "Will be with you all the way"],
];
const CLINIC: &[Couplet] = &[
    ["Gentle hands and time to hear", "Leave behind your every fear"],
    ["Breathe in slow, you're in good care", "Somebody's always right there"],
    ["Every detail, every smile", "Well looked after all the while"],
    ["Feeling brighter, feeling strong", "Back to where you do belong"],
];
const STAY: &[Couplet] = &[
    ["Open up the window wide", "Leave the busy world outside"],
    ["Pillow soft and stars above", "A quiet kind of place to love"],
    ["Gather round the fire's glow", "No alarm and nowhere to go"],
    ["Wake to birdsong, wake up late", "Breakfast on a sunny plate"],
    ["Drop your bags and stay the night", "Watch the hills turn gold with light"],
];
const PETS: &[Couplet] = &[
    ["Wagging tail and shining eyes", "Every day's a new surprise"],
    ["Brushed and fluffy, head to paw", "Sweetest thing you ever saw"],
    ["No need for words, we understand", "A gentle heart, a gentle hand"],
    ["Little footsteps down the hall", "Love that's never, ever small"],
];
const SHOP: &[Couplet] = &[
    ["Every shelf picked out with care", "Find the thing you want right there"],
    ["Neighbors stop to say hello", "Faces that you've come to know"],
    ["Made to last and priced to please", "Take your time and feel at ease"],
    ["Just look round, there is no rush", "Little treasures, quiet hush"],
    ["First time here or every week", "We help you find the thing you seek"],
    ["Honest hands and friendly eyes", "Every day a nice surprise"],
];
