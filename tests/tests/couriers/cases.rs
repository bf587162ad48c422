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
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) temper: Temper,
    /// How often they misbehave.
    pub(crate) odd: usize,
    pub(crate) first: First,
    pub(crate) end: End,
}

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
    [slow(), refusing(elsewhere), broken(), lying(), hopeless(elsewhere)].concat()
}

fn case(name: &'static str, temper: Temper, odd: usize, first: First) -> Case {
    Case { name, temper, odd, first, end: Told }
}

/// Whose answer does not come in time.
fn slow() -> Vec<Case> {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n";
    let patience = "HTTP/1.1 103 Early Hints\r\n\r\n";
    let late = Failed("timeout");
    vec![
        case("is silent", Holds(String::new()), 1, late),
        case("never ends its head", Drips(head, "X: y\r\n"), 1, late),
        case("bids patience", Drips("", patience), 1, late),
    ]
}

fn refusing(elsewhere: &Receiver) -> Vec<Case> {
    vec![
        case("takes it", Holds(String::new()), 0, Answered(204)),
        case("breaks", says("500 Internal Server Error"), 2, Answered(500)),
        case("rests", says("503 Busy\r\nRetry-After: 99999999"), 1, Answered(503)),
        case("leads on", leads_to(elsewhere, "302 Found"), 1, Answered(302)),
        case("leads on for good", leads_to(elsewhere, "308 Moved"), 1, Answered(308)),
    ]
}

/// Who does not keep to HTTP.
fn broken() -> Vec<Case> {
    let say = |word: &str| Says(word.to_owned());
    let head = "HTTP/1.1 200 OK\r\n";
    let other = "HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n";
    let lost = Failed("connection_lost");
    vec![
        case("speaks no HTTP", say("220 mail.example ESMTP\r\n"), 1, lost),
        case("hangs up", say(""), 2, lost),
        case("hangs up in its head", say("HTTP/1.1 200 OK\r\nConte"), 1, lost),
        case("pours out its head", Pours(head, HEADER), 1, lost),
        case("turns into something else", Holds(other.to_owned()), 1, Answered(101)),
    ]
}

/// Who says that it is taken, and goes on to say too much or too little.
fn lying() -> Vec<Case> {
    let open = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let short = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nfine";
    vec![
        case("pours out its body", Pours(open, CHUNK), 1, Answered(200)),
        case("hangs up in its body", Says(short.to_owned()), 1, Answered(200)),
        case("holds its body back", Holds(short.to_owned()), 1, Answered(200)),
    ]
}

/// Who never takes it.
fn hopeless(elsewhere: &Receiver) -> Vec<Case> {
    let moved = leads_to(elsewhere, "307 Temporary Redirect");
    let ever = |name, temper, status, end| Case {
        end,
        ..case(name, temper, usize::MAX, Answered(status))
    };
    vec![
        ever("is gone", says("410 Gone"), 410, Disabled("gone", 1)),
        ever("always breaks", says("500 Internal Server Error"), 500, EXHAUSTED),
        ever("always leads on", moved, 307, EXHAUSTED),
    ]
}

/// Who is not there at first.
pub(crate) const AWAY: &str = "is down";

pub(crate) fn away() -> Case {
    case(AWAY, Holds(String::new()), 0, Failed("connection_failed"))
}

const HEADER: &str =
    "X-Filler: 0123456789012345678901234567890123456789012345678901234567890123\r\n";
const CHUNK: &str = "40\r\n0123456789012345678901234567890123456789012345678901234567890123\r\n";
