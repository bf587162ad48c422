//! The suites catch what they are for: adapters that are broken on purpose fail the named case.

#[path = "catches/books.rs"]
mod books;
#[path = "catches/broken.rs"]
mod broken;
#[path = "catches/feed.rs"]
mod feed;
#[path = "catches/lock.rs"]
mod lock;
#[path = "catches/lossy.rs"]
mod lossy;
#[path = "catches/mail.rs"]
mod mail;
#[path = "catches/media.rs"]
mod media;
#[path = "catches/slots.rs"]
mod slots;
#[path = "catches/stream.rs"]
mod stream;

use std::{future::Future, sync::Arc};

use books::BooksFault;
use broken::{Broken, Fault};
use castad_contract::{Database, Writers, airtight, make};
use castad_domain::model::LyricId;
use castad_domain::port::{LyricOrder, Ports};
use castad_memory::{Memory, MemoryMedia};
use feed::{FeedFault, broken_feed};
use lock::{LockFault, broken};
use lossy::{Loss, lossy};
use media::{BrokenMedia, MediaFault};
use slots::{SlotFault, broken_slots};
use stream::{StreamFault, broken_stream};

async fn holds(case: impl Future<Output = ()> + Send + 'static) -> bool {
    match tokio::spawn(case).await {
        Ok(()) => true,
        Err(end) => {
            assert!(end.is_panic());
            false
        }
    }
}

/// The case holds for the adapter as it is, and fails once the fault is in it.
macro_rules! catches {
    (races $($name:ident: $fault:ident by $suite:ident::$case:ident;)+) => {
        catches! { @each (flavor = "multi_thread", worker_threads = 4) $($name: $fault by $suite::$case;)+ }
    };
    ($($name:ident: $fault:ident by $suite:ident::$case:ident;)+) => {
        catches! { @each () $($name: $fault by $suite::$case;)+ }
    };
    (@each $flavor:tt $($name:ident: $fault:ident by $suite:ident::$case:ident;)+) => {$(
        catches! { @test $flavor $name: $fault by $suite::$case; }
    )+};
    (@test ($($flavor:tt)*) $name:ident: $fault:ident by $suite:ident::$case:ident;) => {
        #[tokio::test($($flavor)*)]
        async fn $name() {
            let run = |fault| async move {
                let db = Database::of(Broken::with(fault), Writers::Many);
                castad_contract::$suite::$case(&db).await;
            };
            assert!(holds(run(Fault::None)).await, "without the fault it holds");
            assert!(!holds(run(Fault::$fault)).await, "the fault is caught");
        }
    };
}

catches! { races
    addresses_that_racers_share: SharesAddresses by races_members::four_who_register_one_address_are_one_member;
    settings_that_racers_overwrite: IgnoresVersions by races_settings::racing_changes_make_one_version_each;
}

catches! {
    purchases_that_are_listed_for_ever: ForgetsPages by oversight::purchases_are_turned_over_by_the_page;
    a_decision_that_is_written_over_another: IgnoresVersions by decisions::of_two_who_decide_at_once_one_does;
    lines_that_are_listed_for_ever: ForgetsPages by lines::lines_without_a_job_are_found;
    jobs_that_are_listed_for_ever: ForgetsPages by replays::jobs_are_turned_over_by_the_page;
    a_replay_of_what_was_not_set_aside: IgnoresFences by replays::only_what_was_set_aside_is_replayed;
    a_replay_of_every_kind: MixesStages by replays::all_jobs_of_a_kind_are_replayed_at_once;
    a_store_without_the_version_check: IgnoresVersions by productions::a_stale_update_is_refused;
    two_open_units_without_the_version_check: IgnoresVersions by productions::of_two_open_units_one_wins;
    a_race_without_the_version_check: IgnoresVersions by productions::racing_writers_lose_no_update;
    a_store_that_writes_before_the_commit: WritesAtOnce by productions::a_unit_that_is_dropped_leaves_nothing;
    a_reader_of_what_is_not_committed: WritesAtOnce by productions::nothing_is_seen_before_the_commit;
    a_commit_that_forgets_the_outbox: ForgetsOutbox by outbox::a_job_can_be_claimed_once_its_unit_is_committed;
    a_worker_that_writes_without_its_lease: IgnoresFences by outbox::a_lost_claim_cannot_finish;
    a_hold_that_checks_nothing: IgnoresFences by outbox::a_lost_claim_cannot_hold;
    a_callback_that_changes_nothing: HurriesNobody by outbox::a_waiting_job_can_be_hurried;
    a_song_s_attempt_that_is_taken_for_a_video_s: MixesStages by productions::an_attempt_that_has_not_ended_is_found;
    a_claim_that_ignores_the_lease: IgnoresLeases by queue::a_job_has_one_worker_at_a_time;
    a_claim_that_ignores_the_due_time: IgnoresLeases by queue::a_job_waits_until_it_is_due;
    a_lane_that_holds_the_jobs_of_others: IgnoresLanes by lanes::a_job_waits_in_the_lane_of_its_provider;
    several_that_are_more_than_a_provider_takes: IgnoresRates by lanes::several_keep_within_the_rate_and_use_up_what_they_take;
    several_that_are_not_fair: FirstComeFirstServed by lanes::several_at_once_are_those_that_come_one_by_one;
    workers_who_ask_more_than_a_provider_takes: IgnoresRates by lanes::no_more_begin_than_the_rate_allows;
    a_provider_that_is_never_left_alone: NeverRests by lanes::a_lane_that_rests_lets_nothing_begin_before_then;
    a_pause_that_changes_nothing: NeverRests by lanes::a_lane_that_is_paused_stands_still_until_it_is_resumed;
    a_job_that_is_offered_again_and_again: OffersAgain by offers::a_job_is_offered_once_until_its_mark_ends;
    a_job_that_several_offer: OffersAgain by offers::several_who_offer_do_not_offer_the_same;
    offers_of_what_is_not_due: IgnoresLeases by offers::what_is_not_due_is_not_offered;
    offers_that_are_not_fair: FirstComeFirstServed by offers::members_take_turns_in_what_is_offered;
    offers_of_one_member_alone: FirstComeFirstServed by offers::who_has_jobs_running_or_offered_comes_later;
    offers_of_a_lane_that_stands_still: NeverRests by offers::none_is_offered_while_its_lane_rests_or_stands_still;
    an_offer_of_a_lane_that_never_rests: NeverRests by offers::an_offer_waits_while_its_lane_rests_or_stands_still;
    offers_beyond_what_a_provider_takes: IgnoresRates by offers::offers_keep_within_the_rate;
    another_job_than_the_one_that_was_offered: TakesAnyJob by offers::an_offered_job_is_claimed_by_name;
    a_late_offer_that_is_good_for_something: TakesAnyJob by offers::what_others_had_since_is_gone;
    notes_that_are_lost: ForgetsNotes by queue::whoever_claims_a_job_finds_what_was_noted_on_it;
    lots_that_are_noted_again_and_again: ForgetsNotes by points::a_lot_is_noted_once;
    a_queue_that_is_not_fair: FirstComeFirstServed by queue::members_take_turns;
    a_hint_that_begins_too_late: LazyHints by queue::a_worker_is_woken_by_a_push;
    a_catalog_that_forgets_the_owner: ForgetsOwners by catalog::a_row_of_somebody_else_is_not_there;
    a_project_that_is_anybodys: ForgetsOwners by catalog::a_project_is_its_owners_alone;
    events_numbered_before_the_commit: NumbersEarly by events::a_dropped_unit_leaves_no_gap;
    heads_that_cannot_be_read: NumbersEarly by events::heads_are_those_events_that_can_be_read;
    a_mark_that_goes_back: MarksBlindly by untold::a_mark_never_goes_back;
    a_mark_that_racers_overwrite: MarksBlindly by untold::of_many_who_mark_the_furthest_stays;
    a_mark_behind_the_end: MarksBlindly by untold::a_mark_never_stands_behind_the_end;
    members_that_are_listed_for_ever: ForgetsPages by untold::members_are_turned_over_by_the_page;
    a_webhook_without_the_version_check: IgnoresVersions by webhooks::a_stale_write_of_a_webhook_is_refused;
    a_courier_that_writes_without_its_claim: IgnoresVersions by webhooks::a_courier_that_lost_its_claim_writes_nothing;
    a_webhook_that_anybody_may_see: ForgetsOwners by webhooks::a_webhook_of_somebody_else_is_not_there;
    webhooks_that_are_listed_for_ever: ForgetsPages by webhooks::webhooks_are_turned_over_newest_first;
    deliveries_that_are_listed_for_ever: ForgetsPages by webhooks::deliveries_are_turned_over_newest_first;
    deliveries_that_go_all_at_once: ForgetsPages by webhooks::old_deliveries_are_forgotten;
    a_webhook_that_two_couriers_have: IgnoresLeases by webhooks::a_webhook_is_in_one_couriers_hands;
    a_wait_that_nobody_keeps: IgnoresLeases by webhooks::what_is_disabled_or_waits_is_not_due;
    a_lease_that_another_ends: IgnoresFences by webhooks::a_lease_is_ended_by_who_has_it;
    webhooks_that_hear_only_while_they_are_idle: HearsTheIdle by webhooks::what_comes_while_a_courier_is_at_it_is_not_left_out;
    a_log_that_is_not_held_while_it_is_counted: ListensBeside by webhooks::many_who_register_at_once_stay_within_the_limit;
    answers_that_never_age: KeepsReplies by replies::an_answer_that_is_too_old_is_not_found_and_gives_way;
    an_address_that_two_may_have: SharesAddresses by members::an_address_is_one_members_alone;
    an_address_that_two_units_may_take: SharesAddresses by members::of_two_open_units_one_takes_the_address;
    a_profile_without_the_version_check: IgnoresVersions by members::of_two_writers_of_a_profile_one_wins;
    a_key_that_anybody_may_take_back: ForgetsOwners by members::a_key_that_was_removed_opens_nothing;
    a_list_of_keys_that_never_ends: ForgetsPages by members::keys_are_listed_newest_first;
    settings_that_two_change_at_once: IgnoresVersions by settings::of_two_changes_of_one_version_one_is_refused;
    two_units_that_change_the_settings: IgnoresVersions by settings::of_two_open_units_one_changes_them;
    a_copy_of_the_settings_that_is_never_dropped: KeepsOldSettings by settings::readers_find_a_change_that_was_committed_here;
    a_history_that_begins_at_the_wrong_end: TellsBackwards by settings::the_history_tells_the_last_changes_first;
    sessions_that_never_end: EternalSessions by access::a_session_opens_until_it_ends;
    keys_that_never_expire: EternalSessions by access::a_key_opens_until_it_expires;
    a_note_without_its_effect: WritesAtOnce by actions::a_note_goes_with_what_its_unit_wrote;
    a_note_before_its_effect: WritesAtOnce by actions::a_note_is_there_with_what_its_unit_writes;
    a_note_for_each_try: WritesAtOnce by actions::what_is_asked_for_again_is_noted_once;
    notes_that_are_listed_for_ever: ForgetsPages by actions::notes_are_turned_over_newest_first;
    notes_of_anybody: ForgetsOwners by actions::notes_are_found_by_who_and_by_what;
    an_account_without_the_version_check: IgnoresAccounts by points::an_account_that_changed_since_is_refused;
    two_open_units_that_write_one_account: IgnoresAccounts by points::of_two_open_units_one_writes_the_account;
    points_that_count_past_their_time: CountsTheExpired by points::what_is_past_its_time_does_not_count;
    an_order_that_is_paid_twice: ForgetsOrders by points_orders::an_order_is_paid_once;
    totals_that_nobody_keeps: ForgetsTotals by points::totals_follow_the_entries;
    a_storm_over_accounts_that_are_overwritten: IgnoresAccounts by storm::whatever_many_do_at_once_and_whoever_is_torn_away_the_books_are_right;
    a_storm_over_totals_that_nobody_keeps: ForgetsTotals by storm::whatever_many_do_at_once_and_whoever_is_torn_away_the_books_are_right;
}

/// The same for slots and the queues before them.
macro_rules! catches_slots {
    ($($name:ident: $fault:ident by $suite:ident::$case:ident;)+) => {$(
        #[tokio::test]
        async fn $name() {
            let run = |fault| async move {
                castad_contract::$suite::$case(&broken_slots(fault)).await;
            };
            assert!(holds(run(SlotFault::None)).await, "without the fault it holds");
            assert!(!holds(run(SlotFault::$fault)).await, "the fault is caught");
        }
    )+};
}

catches_slots! {
    a_slot_that_is_sold_twice: Overbooks by slots::a_slot_is_taken_once;
    a_race_for_a_slot_that_several_win: Overbooks by races_slots::of_ten_members_one_gets_the_slot;
    a_race_without_the_lock_that_several_win: Overbooks by races_slots::of_ten_members_one_gets_the_slot_without_the_lock;
    a_slot_that_waits_for_a_sweeper: WaitsForSweepers by slots::a_hold_past_its_time_keeps_nobody_off;
    a_hold_that_outlives_its_five_minutes: WaitsForSweepers by races_slots::a_slot_is_free_after_five_minutes;
    a_hold_that_is_written_from_any_state: IgnoresStates by slots::a_hold_is_written_from_its_own_state_only;
    a_count_of_what_is_over: CountsTheOver by slots::what_a_member_holds_is_counted;
    a_sweeper_that_comes_too_early: Hurries by slots::holds_whose_time_is_over_are_found;
    a_number_that_is_given_twice: NumbersTwice by tickets::of_two_open_units_one_gives_the_number;
    a_ticket_that_opens_twice: UsesTwice by tickets::a_ticket_is_used_once;
    tickets_that_go_too_early: ForgetsTheYoung by tickets::old_tickets_are_forgotten;
    a_batch_without_bounds: ForgetsAll by tickets::old_tickets_are_forgotten;
}

#[tokio::test]
async fn a_media_store_that_truncates() {
    use castad_contract::media::a_file_reads_back_with_its_length_and_digest as case;
    assert!(holds(async { case(&Arc::new(MemoryMedia::new())).await }).await);
    assert!(!holds(async { case(&BrokenMedia::with(MediaFault::Truncates)).await }).await);
}

#[tokio::test]
async fn a_media_store_that_overwrites_before_it_has_the_whole_file() {
    use castad_contract::media::a_file_that_is_cut_short_leaves_the_old_one as case;
    assert!(!holds(async { case(&BrokenMedia::with(MediaFault::Gathers)).await }).await);
}

#[tokio::test]
async fn a_media_store_that_holds_a_large_file_in_memory() {
    use castad_contract::big_media::a_large_file_passes_through_little_memory as case;
    assert!(!holds(async { case(&BrokenMedia::with(MediaFault::Gathers)).await }).await);
}

/// The case holds for a lock as it is, and fails once the fault is in it; one that never ends fails.
macro_rules! catches_locks {
    ($($name:ident: $fault:ident by $case:ident;)+) => {$(
        #[tokio::test]
        async fn $name() {
            let run = |fault| async move {
                castad_contract::lock::$case(&broken(fault)).await;
            };
            assert!(holds(run(LockFault::None)).await, "without the fault it holds");
            let caught = tokio::time::timeout(PATIENCE, holds(run(LockFault::$fault))).await;
            assert!(!caught.unwrap_or(false), "the fault is caught");
        }
    )+};
}

const PATIENCE: std::time::Duration = std::time::Duration::from_millis(300);

catches_locks! {
    a_lock_that_lets_two_in: LetsAllIn by a_lock_has_one_holder_at_a_time;
    a_lock_that_lets_many_work_at_once: LetsAllIn by many_of_two_processes_work_one_at_a_time;
    a_lock_whose_tokens_begin_again: LetsAllIn by tokens_only_rise;
    a_lock_that_frees_what_is_not_theirs: FreesAnybodys by releasing_what_was_lost_touches_nobody_elses;
    a_lock_that_forgets_its_owners: ForgetsOwners by a_released_lock_is_free;
    a_lock_that_listens_too_late: ListensLate by a_watch_misses_no_release;
    a_lock_that_keeps_what_is_abandoned: KeepsAbandoned by what_is_abandoned_is_soon_free;
}

/// The same for the stream of events.
macro_rules! catches_streams {
    ($($name:ident: $fault:ident by $case:ident;)+) => {$(
        #[tokio::test]
        async fn $name() {
            let run = |fault| async move {
                castad_contract::stream::$case(&broken_stream(fault)).await;
            };
            assert!(holds(run(StreamFault::None)).await, "without the fault it holds");
            assert!(!holds(run(StreamFault::$fault)).await, "the fault is caught");
        }
    )+};
}

catches_streams! {
    a_stream_that_takes_things_twice: AddsAnything by what_is_published_again_is_there_once;
    a_stream_that_two_tell_the_same: AddsAnything by of_two_who_publish_at_once_each_event_is_there_once;
    a_stream_that_remembers_for_a_while_only: Forgets by what_is_published_long_after_is_there_once;
    a_stream_that_lets_late_events_in: Forgets by who_comes_late_adds_nothing_behind_what_came_later;
    a_stream_of_one_line_for_all: MixesMembers by members_are_heard_apart;
    a_stream_that_loses_projects: LosesProjects by an_event_is_heard_as_it_was_told;
}

/// The same for the feed of work.
macro_rules! catches_feeds {
    ($($name:ident: $fault:ident by $case:ident;)+) => {$(
        #[tokio::test]
        async fn $name() {
            let run = |fault| async move {
                castad_contract::feed::$case(&broken_feed(fault)).await;
            };
            assert!(holds(run(FeedFault::None)).await, "without the fault it holds");
            assert!(!holds(run(FeedFault::$fault)).await, "the fault is caught");
        }
    )+};
}

catches_feeds! {
    a_feed_that_swallows_a_new_intent: KnowsJobsOnly by a_new_intent_is_another_offer;
    a_feed_that_hands_out_one_offer_twice: KnowsNothing by an_offer_that_is_made_again_is_one_offer;
    a_feed_of_one_lane: MixesLanes by lanes_are_fed_apart;
    a_feed_that_forgets_what_is_settled: Unsettled by an_offer_that_is_settled_never_comes_again;
    a_feed_that_hears_no_sign_of_life: Deaf by an_offer_that_is_worked_on_stays_in_hand;
}

async fn write(ports: &Ports) {
    let order = LyricOrder { lyric: LyricId::from_bits(1), brief: make::brief() };
    ports.writer.write(&order, Arc::new(())).await.expect("the words are written");
}

#[tokio::test]
async fn a_provider_that_is_called_beside_an_open_unit() {
    let ports = airtight(Memory::new().ports());
    let shut = ports.clone();
    assert!(holds(async move { write(&shut).await }).await);
    let committed = ports.clone();
    let after = async move {
        let unit = committed.store.begin().await.expect("a unit begins");
        unit.commit().await.expect("the unit commits");
        drop(committed.store.begin().await.expect("a unit begins"));
        write(&committed).await;
    };
    assert!(holds(after).await);
    let open = async move {
        let _unit = ports.store.begin().await.expect("a unit begins");
        write(&ports).await;
    };
    assert!(!holds(open).await);
}

/// The case holds for books as they are, and fails once the fault is in them.
macro_rules! catches_books {
    ($($name:ident: $fault:ident by $suite:ident::$case:ident;)+) => {$(
        #[tokio::test]
        async fn $name() {
            let run = |fault| async move {
                castad_contract::$suite::$case(&books::broken(fault)).await;
            };
            assert!(holds(run(BooksFault::None)).await, "without the fault it holds");
            assert!(!holds(run(BooksFault::$fault)).await, "the fault is caught");
        }
    )+};
}

catches_books! {
    a_campaign_without_the_version_check: OverwritesCampaigns by coupons::a_campaign_that_somebody_else_changed_is_not_overwritten;
    two_open_claims_without_the_version_check: OverwritesCampaigns by coupons::of_two_units_that_hold_a_campaign_none_gives_the_other_s_number;
    a_race_for_coupons_without_the_version_check: OverwritesCampaigns by races_coupons::five_at_once_all_get_one;
    a_coupon_without_the_version_check: OverwritesCoupons by coupons::a_coupon_that_somebody_else_changed_is_not_overwritten;
    coupons_that_expire_twice: OverwritesCoupons by races_coupons::two_who_note_what_is_over_note_it_once;
    a_pack_without_the_version_check: OverwritesPacks by shop::a_pack_that_somebody_else_changed_is_not_overwritten;
    two_open_sales_without_the_version_check: OverwritesPacks by shop::of_two_units_that_hold_a_pack_none_sells_the_other_s;
    an_order_without_the_version_check: OverwritesOrders by shop::an_order_that_somebody_else_changed_is_not_overwritten;
    the_last_pack_sold_twice: OverwritesPacks by races_shop::the_last_pack_is_sold_once;
    a_coupon_used_twice: OverwritesCoupons by races_shop::a_coupon_is_used_in_one_order;
    an_order_ended_twice: OverwritesOrders by races_shop::two_who_look_after_orders_end_each_once;
    a_campaign_that_forgets_who_had_one: ForgetsWhoHadOne by races_coupons::a_member_who_asks_twice_at_once_gets_one;
    a_line_that_is_read_backwards: ServesBackwards by lines::those_who_wait_are_found_in_the_order_of_their_places;
    a_line_that_is_served_backwards: ServesBackwards by races_lines::two_hundred_ask_at_once_and_a_hundred_are_served_in_the_order_of_their_places;
    a_place_that_is_given_twice: GivesPlacesTwice by lines::of_two_open_units_one_gives_the_place;
    a_line_in_which_one_waits_twice: SharesLines by lines::a_member_waits_once_in_a_line;
    a_request_that_is_decided_twice: DecidesTwice by lines::a_request_is_decided_once;
    requests_that_go_too_early: ForgetsTheYoung by lines::old_requests_are_forgotten_and_nobody_loses_a_place;
    a_batch_of_requests_without_bounds: ForgetsAll by lines::old_requests_are_forgotten_and_nobody_loses_a_place;
}

/// What was lost is missing in the books at the end of a storm.
#[tokio::test]
async fn a_storm_over_a_store_that_loses_something() {
    use castad_contract::storm::whatever_many_do_at_once_and_whoever_is_torn_away_the_books_are_right as case;
    let run = |loss| Box::pin(async move { case(&lossy(loss)).await });
    assert!(holds(run(Loss::None)).await, "without the loss it holds");
    for loss in [Loss::Returns, Loss::Coupons] {
        assert!(!holds(run(loss)).await, "{loss:?} is found");
    }
}
