use super::*;

fn time(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

fn webhook(state: WebhookState) -> Webhook {
    let ids = (WebhookId::from_bits(1), MemberId::from_bits(2));
    let terms = WebhookTerms {
        url: WebhookUrl::parse("https://shop.example/castad").unwrap(),
        events: EventFilter::all(),
        note: WebhookNote::parse("").unwrap(),
    };
    let secret = WebhookSecret::new([1; 32]);
    let fresh = Webhook::new(ids, terms, secret, EventSeq(5), time(0));
    fresh.with(|parts| parts.state = state)
}

fn disabled(at: i64, reason: DisabledReason) -> WebhookState {
    WebhookState::Disabled { at: time(at), reason }
}

const RETRYING: WebhookState = WebhookState::Retrying { attempts: 3 };
const LAST: WebhookState = WebhookState::Retrying { attempts: 9 };

fn switch(enabled: bool) -> WebhookChange {
    WebhookChange { enabled: Some(enabled), ..WebhookChange::default() }
}

type Step = fn(&Webhook) -> Result<Webhook, IllegalTransition>;

/// The machine, state by step, as the picture above it shows.
#[test]
fn every_step_from_every_state() {
    use DisabledReason::{Exhausted, Gone, Owner};
    use WebhookState::{Delivering, Retrying};
    let off = disabled(1, Gone);
    let told: Step = |webhook| webhook.delivered(EventSeq(6));
    let failed: Step = |webhook| webhook.failed(time(9), None, 0);
    let gone: Step = |webhook| webhook.gone(time(9));
    let on: Step = |webhook| Ok(webhook.changed(&switch(true), time(9)));
    let switched_off: Step = |webhook| Ok(webhook.changed(&switch(false), time(9)));
    for (from, step, to) in [
        (Delivering, told, Some(Delivering)),
        (RETRYING, told, Some(Delivering)),
        (off, told, None),
        (Delivering, failed, Some(Retrying { attempts: 1 })),
        (RETRYING, failed, Some(Retrying { attempts: 4 })),
        (LAST, failed, Some(disabled(9, Exhausted))),
        (off, failed, None),
        (Delivering, gone, Some(disabled(9, Gone))),
        (RETRYING, gone, Some(disabled(9, Gone))),
        (off, gone, None),
        (Delivering, switched_off, Some(disabled(9, Owner))),
        (RETRYING, switched_off, Some(disabled(9, Owner))),
        (off, switched_off, Some(off)),
        (Delivering, on, Some(Delivering)),
        (RETRYING, on, Some(RETRYING)),
        (off, on, Some(Delivering)),
    ] {
        let end = step(&webhook(from)).ok().map(|webhook| webhook.parts().state);
        assert_eq!(end, to, "from {from:?}");
    }
}

#[test]
fn a_failure_keeps_the_place_and_waits_as_long_as_was_asked_within_reason() {
    let fresh = webhook(WebhookState::Delivering);
    let failed = fresh.failed(time(10), None, 0).unwrap();
    assert_eq!(failed.parts().told, EventSeq(5));
    assert!(failed.parts().due >= time(15) && failed.parts().due <= time(16));
    let asked = |seconds| fresh.failed(time(10), Some(TimeDelta::seconds(seconds)), 0).unwrap();
    assert_eq!(asked(120).parts().due, time(130));
    assert!(asked(1).parts().due >= time(15), "no sooner than planned");
    assert_eq!(asked(999_999).parts().due, time(10) + LONGEST_ASKED);
}

#[test]
fn another_address_is_tried_at_once_and_another_note_is_not() {
    let waiting = webhook(RETRYING).with(|parts| parts.due = time(500));
    let url = WebhookUrl::parse("https://new.example/").ok();
    let moved = waiting.changed(&WebhookChange { url, ..WebhookChange::default() }, time(9));
    assert_eq!((moved.parts().state, moved.parts().due), (WebhookState::Delivering, time(9)));
    let note = WebhookNote::parse("shop").ok();
    let noted = waiting.changed(&WebhookChange { note, ..WebhookChange::default() }, time(9));
    assert_eq!((noted.parts().state, noted.parts().due), (RETRYING, time(500)));
    let off = webhook(disabled(1, DisabledReason::Gone));
    let url = WebhookUrl::parse("https://new.example/").ok();
    let moved = off.changed(&WebhookChange { url, ..WebhookChange::default() }, time(9));
    assert!(moved.is_disabled(), "it is switched on by its owner alone");
}

#[test]
fn what_was_told_can_be_told_again_and_nothing_is_skipped() {
    let back = webhook(RETRYING).replayed(EventSeq(2), time(9)).unwrap();
    assert_eq!(back.parts().told, EventSeq(2));
    assert_eq!((back.parts().state, back.parts().due), (WebhookState::Delivering, time(9)));
    let refused = webhook(RETRYING).replayed(EventSeq(6), time(9));
    assert_eq!(refused, Err(NotToldYet { told: EventSeq(5) }));
    let off = webhook(disabled(1, DisabledReason::Gone)).replayed(EventSeq(0), time(9)).unwrap();
    assert!(off.is_disabled());
}

#[test]
fn the_old_secret_signs_beside_the_new_one_for_a_day() {
    let rotated = webhook(RETRYING).rotated(WebhookSecret::new([2; 32]), time(0));
    let signs = |at| {
        let secrets = rotated.secrets().at(at);
        secrets.iter().map(|secret| secret.reveal()[0]).collect::<Vec<_>>()
    };
    assert_eq!(signs(time(1)), [2, 1]);
    assert_eq!(signs(time(86_399)), [2, 1]);
    assert_eq!(signs(time(86_400)), [2]);
}

#[test]
fn who_lets_go_stands_behind_those_who_wait_and_no_wait_is_cut_short() {
    let held = webhook(WebhookState::Delivering).claimed(time(60));
    assert_eq!(held.parts().lease_until, Some(time(60)));
    let free = held.released(time(20));
    assert_eq!((free.parts().lease_until, free.parts().due), (None, time(20)));
    let waiting = held.with(|parts| parts.due = time(500)).released(time(20));
    assert_eq!(waiting.parts().due, time(500));
}

#[test]
fn nothing_that_is_printed_holds_a_secret() {
    let printed = format!("{:?}", webhook(RETRYING));
    assert!(printed.contains("shop.example") && !printed.contains("[1, 1"), "{printed}");
}
