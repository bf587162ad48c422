//! [`Oversight`](castad_domain::port::Oversight): what admins see of everybody's productions.

use castad_domain::{
    model::{Production, Purchase, SongId, Stage, UnresolvedPurchase, VideoId},
    port::{MAX_PAGE, Page},
};

use crate::{
    Database,
    catalog::first,
    make::{self, Step},
};

/// `oversight_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! oversight_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { oversight audited {
            a_purchase_is_found_by_its_song_or_video
            what_nobody_knows_of_is_listed_until_somebody_does
            purchases_are_turned_over_by_the_page
        } $($fresh)+ }
    };
}

fn lost_song() -> Vec<Step> {
    [&make::LYRIC[..], &[make::request_song, make::submit, make::lose]].concat()
}

fn lost_video() -> Vec<Step> {
    let video: [Step; 4] = [make::add_images, make::request_video, make::submit, make::lose];
    [&make::LYRIC[..], &make::SONG, &video].concat()
}

async fn unresolved(db: &Database, page: Page) -> Vec<UnresolvedPurchase> {
    db.oversight.unresolved(page).await.expect("the database answers")
}

/// What is to be told of the stage of a production that was lost.
fn waiting(production: &Production, stage: Stage) -> UnresolvedPurchase {
    let said = "it was asked for and lost";
    UnresolvedPurchase {
        purchase: production.purchase(stage).expect(said),
        project: production.project().id(),
        member: production.project().member(),
        attempt: production.attempt(stage).expect(said),
        since: production.since(stage).expect(said),
    }
}

/// The id of a song or a video leads to its project, also when there is a newer one.
pub async fn a_purchase_is_found_by_its_song_or_video(db: &Database) {
    let member = db.member(1).await;
    let steps = [&lost_video()[..], &[make::fail, make::request_video]].concat();
    let made = db.production(1, member, &steps).await;
    let older = db.production(2, member, &lost_video()).await;
    let newest = db.production(2_000, member, &[]).await;
    for (production, stage) in
        [(&made, Stage::Song), (&made, Stage::Video), (&older, Stage::Song), (&older, Stage::Video)]
    {
        let purchase = production.purchase(stage).expect("it was asked for");
        let found = db.begin().await.productions().of_purchase(purchase).await;
        assert_eq!(found.expect("the store answers"), Some(production.project().id()));
    }
    let bits = newest.project().id().to_bits();
    for nobody in
        [Purchase::Song(SongId::from_bits(bits)), Purchase::Video(VideoId::from_bits(bits))]
    {
        let found = db.begin().await.productions().of_purchase(nobody).await;
        assert_eq!(found.expect("the store answers"), None);
    }
}

/// Songs and videos stand in one list, with whose they are and since when they wait.
pub async fn what_nobody_knows_of_is_listed_until_somebody_does(db: &Database) {
    let (one, two) = (db.member(1).await, db.member(2).await);
    let song = db.production(1, one, &lost_song()).await;
    let video = db.production(2, two, &lost_video()).await;
    db.production(3, one, &[&lost_song()[..], &[make::fail]].concat()).await;
    db.production(4, one, &[&make::LYRIC[..], &[make::request_song, make::submit]].concat()).await;
    let mut expected = [waiting(&song, Stage::Song), waiting(&video, Stage::Video)];
    expected.sort_by_key(|waiting| std::cmp::Reverse(waiting.purchase.to_bits()));
    assert_eq!(unresolved(db, first(10)).await, expected);

    let mut known = song;
    make::accept(&mut known);
    db.update(&known).await;
    assert_eq!(unresolved(db, first(10)).await, [waiting(&video, Stage::Video)]);
}

/// A page is as long as was asked and begins behind the row that it names, be it a song or a video.
pub async fn purchases_are_turned_over_by_the_page(db: &Database) {
    let member = db.member(1).await;
    for n in 1..=3 {
        db.production(n, member, &lost_song()).await;
        db.production(10 + n, member, &lost_video()).await;
    }
    let all = unresolved(db, first(MAX_PAGE + 1)).await;
    assert_eq!(all.len(), 6);
    let (mut turned, mut after) = (Vec::new(), None);
    loop {
        let page = unresolved(db, Page { limit: 2, after }).await;
        assert!(page.len() <= 2 && turned.len() + page.len() <= 6, "the list has an end");
        let Some(last) = page.last() else { break };
        after = Some(last.purchase.to_bits());
        turned.extend(page);
    }
    assert_eq!(turned, all);
    assert!(turned.windows(2).all(|pair| pair[0].purchase.to_bits() > pair[1].purchase.to_bits()));
}
