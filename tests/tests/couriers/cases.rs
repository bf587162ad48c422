use super::receiver::{Receiver, Temper};

use Temper::{Drips, Holds, Pours, Says};

/// What the log of deliveries says of the first call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum First {
    /// That status was answered.
    Answered(u16),
    /// Nobody answered, for that reason.
    Failed(&'static str),
}

/// What comes of a webhook in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Every event was taken.
    Told,
    /// It was disabled for that reason, after so many calls.
    Disabled(&'static str, usize),
}

/// Somebody who is called, and what is to come of it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) temper: Temper,
    /// How often they misbehave.
    pub(crate) odd: usize,
    pub(crate) first: First,
    pub(crate) end: End,
}

const EVER: usize = usize::MAX;
const EXHAUSTED: End = End::Disabled("exhausted", 10);

use End::{Disabled, Told};
use First::{Answered, Failed};

fn says(status: &str) -> Temper {
    Says(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
}

/// Whom everybody who leads on leads to.
fn leads_to(elsewhere: &Receiver, status: &str) -> Temper {
    says(&format!("{status}\r\nLocation: http://{}/", elsewhere.host()))
}

/// Everybody, by how they misbehave.
pub(crate) fn cases(elsewhere: &Receiver) -> Vec<Case> {
    let case = |name, temper, odd, first, end| Case { name, temper, odd, first, end };
    let nothing = String::new;
    let whole = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nfine";
    let hold = |word: &str| Holds(word.to_owned());
    let say = |word: &str| Says(word.to_owned());
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n";
    let open = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let lost = Failed("connection_lost");
    vec![
        case("takes it", hold(""), 0, Answered(204), Told),
        case("is silent", Holds(nothing()), 1, Failed("timeout"), Told),
        case("never ends its head", Drips(head, "X: y\r\n"), 1, Failed("timeout"), Told),
        case(
            "bids patience",
            Drips("", "HTTP/1.1 103 Early Hints\r\n\r\n"),
            1,
            Failed("timeout"),
            Told,
        ),
        case("breaks", says("500 Internal Server Error"), 2, Answered(500), Told),
        case("rests", says("503 Busy\r\nRetry-After: 99999999"), 1, Answered(503), Told),
        case("leads on", leads_to(elsewhere, "302 Found"), 1, Answered(302), Told),
        case("leads on for good", leads_to(elsewhere, "308 Moved"), 1, Answered(308), Told),
        case("speaks no HTTP", say("220 mail.example ESMTP\r\n"), 1, lost, Told),
        case("hangs up", say(""), 2, lost, Told),
        case("hangs up in its head", say("HTTP/1.1 200 OK\r\nConte"), 1, lost, Told),
        case("pours out its head", Pours(head, HEADER), 1, lost, Told),
        case(
            "turns into something else",
            hold("HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
            1,
            Answered(101),
            Told,
        ),
        case("pours out its body", Pours(open, CHUNK), 1, Answered(200), Told),
        case("hangs up in its body", say(whole), 1, Answered(200), Told),
        case("holds its body back", hold(whole), 1, Answered(200), Told),
        case("is gone", says("410 Gone"), EVER, Answered(410), Disabled("gone", 1)),
        case("always breaks", says("500 Internal Server Error"), EVER, Answered(500), EXHAUSTED),
        case(
            "always leads on",
            leads_to(elsewhere, "307 Temporary Redirect"),
            EVER,
            Answered(307),
            EXHAUSTED,
        ),
    ]
}

/// Who is not there at first.
pub(crate) const AWAY: &str = "is down";

pub(crate) fn away() -> Case {
    Case {
        name: AWAY,
        temper: Holds(String::new()),
        odd: 0,
        first: Failed("connection_failed"),
        end: Told,
    }
}

const HEADER: &str =
    "X-Filler: 0123456789012345678901234567890123456789012345678901234567890123\r\n";
const CHUNK: &str = "40\r\n0123456789012345678901234567890123456789012345678901234567890123\r\n";
