//! What reads and a production cost in statements, whatever they find.

use std::sync::Arc;

use castad_contract::make;
use castad_domain::{
    model::{
        ActionKind, CampaignMode, CampaignTerms, Credit, Discount, EventFilter, EventKind, Lane,
        LotKind, MemberId, NewAction, NewEvent, Off, OfferName, OrderNumber, ProjectStatus,
        WebhookNote, WebhookSecret, WebhookTerms, WebhookUrl,
    },
    port::{
        ActionFilter, Catalog, CouponReader, Feeding, NumberedPage, Oversight, Page, Ports, Store,
        Taking, Turn, WorkQueue,
    },
    usecase::{
        Accumulate, AddImages, ClaimCoupon, DeliverEvents, OpenCampaign, OpenProject, Produce,
        RegisterWebhook, StageOrder, UsePoints, WarnOfExpiry,
    },
};
use castad_memory::{Memory, SequentialIds};
use castad_sql::{MySql, Options, PoolSize, Sql};
use filled::{embedded, fill};
use seen::turn;

mod filled;
mod seen;
#[path = "../server/start.rs"]
#[expect(dead_code, reason = "other suites do more with a server")]
mod start;

/// How many statements were run since it was asked last, beside looks at the lanes, which those make
/// who wait for work.
async fn statements(sql: &Sql) -> usize {
    let seen = seen::statements(sql).await;
    seen.iter().filter(|text| !text.contains("SELECT lanes.name,")).count()
}

/// What each read costs, and how many rows it finds.
async fn costs(sql: &Sql, of: MemberId) -> Vec<(usize, usize)> {
    let page = Page { limit: 100, after: None };
    let mut costs = Vec::new();
    statements(sql).await;
    let projects = sql.projects(of, page).await.expect("the catalog answers");
    costs.push((statements(sql).await, projects.len()));
    let lyrics = sql.lyrics(of, page).await.expect("the catalog answers");
    costs.push((statements(sql).await, lyrics.len()));
    let songs = sql.songs(of, page).await.expect("the catalog answers");
    costs.push((statements(sql).await, songs.len()));
    let videos = sql.videos(of, page).await.expect("the catalog answers");
    costs.push((statements(sql).await, videos.len()));
    let page = NumberedPage { number: 1, size: 100 };
    let songs = sql.counted_songs(of, page).await.expect("the catalog answers");
    costs.push((statements(sql).await, songs.rows.len()));
    let videos = sql.counted_videos(of, page).await.expect("the catalog answers");
    costs.push((statements(sql).await, videos.rows.len()));
    let id = projects[0].production.project().id();
    sql.project(of, id).await.expect("the catalog answers").expect("it is there");
    costs.push((statements(sql).await, 1));
    costs
}

/// What a whole production costs, from the order to the finished project.
async fn production(sql: &Sql, looks: u32) -> usize {
    let memory = Memory::new();
    let store = Arc::new(sql.clone());
    let ports = memory.ports().over(store);
    memory.composer().work_for(looks);
    let member = make::member(1).id;
    let opened = OpenProject::new(&ports).run(member, make::brief(), None).await;
    let project = opened.expect("a project is opened").project().id();
    let adding = AddImages::new(&ports);
    let picture = bytes::Bytes::from_static(castad_contract::photo::PICTURE);
    let image = adding.take(0, picture).await.expect("a picture is taken");
    adding.run(member, project, vec![image], None).await.expect("a picture is added");
    statements(sql).await;

    let order = StageOrder { member, project, orientation: None, cancel_at: None };
    Produce::new(&ports).run(order, None).await.expect("a production is begun");
    memory.work_with(&ports).await.expect("all of it is done");
    let cost = statements(sql).await;
    let view = sql.project(member, project).await.expect("the catalog answers");
    let status = view.expect("the project is there").production.project().status();
    assert_eq!(status, ProjectStatus::Finished);
    cost
}

/// What it costs a member to spend all of so many lots, each time after the time before.
async fn uses_of_points(sql: &Sql, lots: &[i64]) -> Vec<usize> {
    let memory = Memory::new();
    let ports = memory.ports().over(Arc::new(sql.clone()));
    let member = make::member(1);
    let mut unit = sql.begin().await.expect("a unit begins");
    unit.access().insert_member(&member).await.expect("a member is added");
    unit.commit().await.expect("the unit commits");

    let (giving, spending) = (Accumulate::new(&ports), UsePoints::new(&ports));
    let mut costs = Vec::new();
    for (n, &lots) in lots.iter().enumerate() {
        for _ in 0..lots {
            let credit = Credit { kind: LotKind::Bonus, amount: 10, lifetime: None, source: None };
            let given = giving.run(member.id, member.id, credit, None).await;
            given.expect("the limits allow it");
        }
        let order = OrderNumber::parse(&format!("A{n}")).expect("a plain number");
        statements(sql).await;
        let spent = spending.run(member.id, &order, 10 * lots, None).await;
        spent.expect("the points are there");
        costs.push(statements(sql).await);
    }
    costs
}

/// One for each step, and two for each further lot, however many were spent before.
fn a_use_costs_what_it_takes(costs: &[usize]) {
    let base = costs[0];
    assert!(base <= 13, "a use of points costs {base} statements");
    assert_eq!(costs, [base, base + 2 * 49, base, base + 2 * 4]);
}

#[tokio::test]
async fn a_use_of_points_costs_a_fixed_number_of_statements() {
    let _turn = turn().await;
    a_use_costs_what_it_takes(&uses_of_points(&embedded().await, &[1, 50, 1, 5]).await);
}

/// What it costs to take the last of so many places in a line, and to look at it.
async fn place_in_line(sql: &Sql, last: u64) -> [usize; 2] {
    let ports = Memory::new().ports().over(Arc::new(sql.clone()));
    let terms = CampaignTerms {
        name: OfferName::parse("개업 기념").expect("a plain name is taken"),
        total: 1_000,
        opens_at: ports.clock.now(),
        discount: Discount::new(Off::Percent(10)).expect("it lies within the bounds"),
        minimum_order: 0,
        valid_days: 30,
        mode: CampaignMode::Queue,
    };
    let opened = OpenCampaign::new(&ports).run(make::member(0).id, terms, None).await;
    let (campaign, claim) =
        (opened.expect("a campaign is made").parts().id, ClaimCoupon::new(&ports));
    for n in 1..last {
        claim.run(make::member(n).id, campaign, None).await.expect("a place");
    }
    statements(sql).await;
    let of = make::member(last).id;
    let place = claim.run(of, campaign, None).await.expect("a place").waits();
    let taking = statements(sql).await;
    let id = place.expect("it gives its coupons in order").id;
    let stood = sql.stood_in_line(of, id).await.expect("the reader answers");
    assert_eq!(stood.and_then(|stood| stood.ahead), i64::try_from(last - 1).ok());
    [taking, statements(sql).await]
}

/// The first calls somebody who serves, and nobody after them does.
fn a_place_costs_the_same_however_long_the_line(costs: [[usize; 2]; 3]) {
    let [first, second, late] = costs;
    assert_eq!(second, late);
    assert_eq!([first[0] - second[0], first[1], second[1]], [1, 1, 1], "{first:?} {second:?}");
    assert!(second[0] <= 8, "a place costs {} statements", second[0]);
}

#[tokio::test]
async fn a_place_in_a_line_costs_a_fixed_number_of_statements_and_a_look_at_it_one() {
    let _turn = turn().await;
    let mut costs = [[0; 2]; 3];
    for (cost, last) in costs.iter_mut().zip([1, 2, 90]) {
        *cost = place_in_line(&embedded().await, last).await;
    }
    a_place_costs_the_same_however_long_the_line(costs);
}

/// What webhooks cost.
#[derive(Debug, PartialEq, Eq)]
struct Webhooks {
    /// To append an event, for a member without webhooks and for one with some.
    appends: [usize; 2],
    /// To look for something to be told where there is nothing.
    look: usize,
    /// To hear, claim and tell one event, then two, then twelve.
    turns: [usize; 3],
}

async fn register(ports: &Ports, member: MemberId) {
    let terms = WebhookTerms {
        url: WebhookUrl::parse("https://shop.example/castad").expect("an address"),
        events: EventFilter::parse(["project.*"]).expect("a group"),
        note: WebhookNote::parse("").expect("no note"),
    };
    let secret = WebhookSecret::new([1; 32]);
    let made = RegisterWebhook::new(ports).run(member, (&terms, &secret), None).await;
    made.expect("there is room");
}

async fn append(sql: &Sql, member: MemberId, events: usize) -> usize {
    let (kind, at) = (EventKind::ProjectUpdated, make::time(1));
    let event = NewEvent { kind, project: None, at, data: std::collections::BTreeMap::new() };
    statements(sql).await;
    let mut unit = sql.begin().await.expect("a unit begins");
    unit.events().append(member, &vec![event; events]).await.expect("events are appended");
    unit.commit().await.expect("the unit commits");
    statements(sql).await
}

/// Beside so many other members with a webhook each, which have nothing to be told.
async fn webhooks(sql: &Sql, idle: u64) -> Webhooks {
    let ports = Memory::new().ports().over(Arc::new(sql.clone()));
    for n in 0..idle {
        register(&ports, make::member(100 + n).id).await;
    }
    let (plain, member) = (make::member(1).id, make::member(2).id);
    let deliver = DeliverEvents::new(&ports, Arc::new(|_| bytes::Bytes::new()));
    register(&ports, member).await;
    let look = async || {
        deliver.hear().await.expect("the log answers");
        deliver.claim().await.expect("the queue answers")
    };
    while look().await.is_ok() {}
    append(sql, plain, 1).await;
    let appends = [append(sql, plain, 1).await, append(sql, member, 1).await];
    let webhook = look().await.expect("it is due");
    deliver.run(webhook, &|| false).await.1.expect("it is written down");
    statements(sql).await;
    look().await.expect_err("nothing is to be told");
    let nothing = statements(sql).await;
    let mut turns = [0; 3];
    for (turn, events) in turns.iter_mut().zip([1, 2, 12]) {
        append(sql, member, events).await;
        let webhook = look().await.expect("it is due");
        let (told, end) = deliver.run(webhook, &|| false).await;
        end.expect("it is written down");
        assert_eq!(told.outcomes.len(), events);
        *turn = statements(sql).await;
    }
    Webhooks { appends, look: nothing, turns }
}

/// A turn is so many and some for each event, however many webhooks have nothing to be told.
async fn webhooks_cost_what_is_told(few: &Sql, many: &Sql, most: usize) {
    let costs = webhooks(few, 0).await;
    assert_eq!(webhooks(many, 30).await, costs);
    let Webhooks { appends: [without, with], look, turns: [one, two, twelve] } = costs;
    assert_eq!(without, with, "to append costs the same with webhooks");
    assert_eq!(look, 2, "one for the logs, one for the webhooks");
    let each = two - one;
    assert_eq!(twelve, one + 11 * each);
    assert!(each <= 4, "an event costs {each} statements");
    assert!(one <= most, "a turn of one event costs {one} statements");
}

#[tokio::test]
async fn webhooks_cost_what_is_told_and_nothing_where_nothing_is() {
    let _turn = turn().await;
    webhooks_cost_what_is_told(&embedded().await, &embedded().await, 10).await;
}

/// What it costs to tell a member of points that are lost soon, beside others whose are not, and to
/// look once nobody is left to be told.
async fn warnings(sql: &Sql, others: u64) -> [usize; 2] {
    let ports = Memory::new().ports().over(Arc::new(sql.clone()));
    let mut unit = sql.begin().await.expect("a unit begins");
    for n in 0..=others {
        unit.access().insert_member(&make::member(n)).await.expect("a member is added");
    }
    unit.commit().await.expect("the unit commits");
    let giving = Accumulate::new(&ports);
    for n in 0..=others {
        let (of, days) = (make::member(n).id, if n == 0 { 3 } else { 100 });
        let lifetime = Some(chrono::TimeDelta::days(days));
        let credit = Credit { kind: LotKind::Bonus, amount: 10, lifetime, source: None };
        giving.run(of, of, credit, None).await.expect("the limits allow it");
    }
    let warn = WarnOfExpiry::new(&ports);
    statements(sql).await;
    assert_eq!(warn.run().await.expect("the points answer"), 1);
    let told = statements(sql).await;
    assert_eq!(warn.run().await.expect("the points answer"), 0);
    [told, statements(sql).await]
}

async fn warnings_cost_what_is_told(few: &Sql, many: &Sql) {
    let costs = warnings(few, 0).await;
    assert_eq!(warnings(many, 30).await, costs);
    let [told, nothing] = costs;
    assert_eq!(nothing, 1, "a look is one");
    assert!(told <= 9, "to tell one member costs {told} statements");
}

#[tokio::test]
async fn points_that_expire_cost_what_is_told_and_one_where_nothing_is() {
    let _turn = turn().await;
    warnings_cost_what_is_told(&embedded().await, &embedded().await).await;
}

/// An empty database of a server, over one connection.
async fn shared(place: &start::Place) -> Sql {
    let options = Options::new(Arc::new(SequentialIds::new()));
    let one = PoolSize { kept: 1, most: 1, ..options.requests };
    let sql = MySql::open(&place.url(), Options { requests: one, ..options }).await;
    sql.expect("the database opens")
}

#[tokio::test]
async fn a_production_costs_a_fixed_number_of_statements_and_so_does_each_look() {
    let _turn = turn().await;
    let base = production(&embedded().await, 1).await;
    assert_eq!(production(&embedded().await, 1).await, base);
    assert!(base <= 106, "a production costs {base} statements");
    let look = production(&embedded().await, 2).await - base;
    assert_eq!(production(&embedded().await, 12).await, base + 11 * look);
    assert!(look <= 5, "a look costs {look} statements");
}

/// With jobs in line a read is two statements: its rows, and how many wait before them in whichever
/// lanes they wait.
async fn reads_cost_the_same_whatever_they_find(sql: &Sql) {
    let member = make::member(1).id;
    fill(sql, member, 1..=3).await;
    assert_eq!(costs(sql, member).await, [(2, 3), (2, 3), (2, 3), (2, 3), (2, 3), (2, 2), (2, 1)]);
    fill(sql, member, 4..=100).await;
    assert_eq!(
        costs(sql, member).await,
        [(2, 100), (2, 100), (2, 100), (2, 100), (2, 100), (2, 67), (2, 1)]
    );
}

#[tokio::test]
async fn a_read_of_a_hundred_rows_costs_as_many_statements_as_one_of_one() {
    let _turn = turn().await;
    reads_cost_the_same_whatever_they_find(&embedded().await).await;
}

/// What it costs to note so many things in one unit, and to look at the last of them.
async fn notes(sql: &Sql, many: i64) -> [(usize, usize); 4] {
    let by = make::member(1).id.into();
    let mut unit = sql.begin().await.expect("a unit begins");
    for n in 0..many {
        let note = NewAction::new(&by, ActionKind::PointsGranted, &n, make::time(n), []);
        unit.actions().note(&note).await.expect("it is noted");
    }
    unit.commit().await.expect("the unit commits");
    let noted = statements(sql).await;
    let (actor, kind) = (Some(make::member(1).id), Some(ActionKind::PointsGranted));
    let page = Page { limit: 100, after: None };
    let mut costs = [(noted, 0); 4];
    let filters = [(None, None), (actor, None), (actor, kind)];
    for (cost, (actor, kind)) in costs[1..].iter_mut().zip(filters) {
        let found = sql.actions(ActionFilter { actor, kind }, page).await;
        let found = found.expect("the database answers").len();
        *cost = (statements(sql).await, found);
    }
    costs
}

#[tokio::test]
async fn a_note_costs_one_statement_and_so_does_a_page_of_them() {
    let _turn = turn().await;
    let sql = embedded().await;
    // A connection that is new says more than one that is not.
    notes(&sql, 1).await;
    assert_eq!(notes(&sql, 1).await, [(1, 0), (1, 2), (1, 2), (1, 2)]);
    assert_eq!(notes(&sql, 98).await, [(98, 0), (1, 100), (1, 100), (1, 100)]);
}

/// A look that finds nothing is one statement; each offer more is one more, and a claim by name
/// takes its row alone.
#[tokio::test]
async fn an_offer_costs_a_fixed_number_of_statements() {
    let _turn = turn().await;
    let sql = embedded().await;
    let (now, lane) = (make::time(100_000), Lane::Lyric);
    let feeding =
        |most| Feeding { now, until: make::time(100_060), due_by: now, lapsed_by: now, most };
    statements(&sql).await;
    assert_eq!(sql.feed(lane, feeding(8)).await.expect("the queue answers"), []);
    assert_eq!(statements(&sql).await, 1);

    fill(&sql, make::member(1).id, 1..=60).await;
    let mut costs = Vec::new();
    let mut offers = Vec::new();
    for most in [1, 8, 8] {
        statements(&sql).await;
        offers = sql.feed(lane, feeding(most)).await.expect("the queue answers");
        costs.push(statements(&sql).await);
    }
    let one = costs[0];
    assert!(one <= 5, "an offer costs {one} statements");
    assert_eq!(costs, [one, one + 7, one + 7]);
    let turn = Turn { now, lease_until: make::time(100_030), rate: None };
    let taken = sql.claim_job(&offers[0], turn).await.expect("the queue answers");
    assert!(matches!(taken, Taking::Claimed(_)));
    assert_eq!(statements(&sql).await, 1);
}

async fn all_costs_on(server: &start::Server) {
    let _turn = turn().await;
    let place = server.database().await;
    reads_cost_the_same_whatever_they_find(&shared(&place).await).await;

    let place = server.database().await;
    a_use_costs_what_it_takes(&uses_of_points(&shared(&place).await, &[1, 50, 1, 5]).await);

    let mut costs = [[0; 2]; 3];
    for (cost, last) in costs.iter_mut().zip([1, 2, 90]) {
        let place = server.database().await;
        *cost = place_in_line(&shared(&place).await, last).await;
    }
    a_place_costs_the_same_however_long_the_line(costs);
    let (few, many) = (server.database().await, server.database().await);
    webhooks_cost_what_is_told(&shared(&few).await, &shared(&many).await, 14).await;
    let (few, many) = (server.database().await, server.database().await);
    warnings_cost_what_is_told(&shared(&few).await, &shared(&many).await).await;

    let mut costs = Vec::new();
    for looks in [1, 1, 2, 12] {
        let place = server.database().await;
        costs.push(production(&shared(&place).await, looks).await);
    }
    let (base, look) = (costs[0], costs[2] - costs[0]);
    assert_eq!(costs, [base, base, base + look, base + 11 * look]);
    assert!(base <= 184, "a production costs {base} statements");
    assert!(look <= 8, "a look costs {look} statements");
}

#[tokio::test]
#[ignore = "needs MySQL: ./test"]
async fn reads_and_productions_cost_a_fixed_number_of_statements_on_mysql() {
    Box::pin(all_costs_on(&start::MYSQL)).await;
}

#[tokio::test]
#[ignore = "needs MariaDB: ./test"]
async fn reads_and_productions_cost_a_fixed_number_of_statements_on_mariadb() {
    Box::pin(all_costs_on(&start::MARIADB)).await;
}
