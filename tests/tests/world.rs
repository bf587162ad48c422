//! The built program as in production: MySQL, Azurite, and what stands in for the three providers.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "world/faults.rs"]
mod faults;
#[path = "world/line.rs"]
mod line;
#[path = "world/providers.rs"]
mod providers;
#[path = "world/studio.rs"]
mod studio;

use castad_tests::{AZURITE, missing, suite};
use libtest_mimic::{Arguments, Failed, Trial};
use studio::World;

const SHAPES: [&str; 3] = ["vertical", "square", "horizontal"];

fn main() {
    let image = format!("{AZURITE}:latest");
    let needs = [("mysql", "mysql:9.7"), ("azurite", image.as_str())];
    let missing = needs
        .iter()
        .find_map(|(need, image)| missing(need, &["docker", "image", "inspect", image]));
    let name = suite("an_ad_passes_through_all_providers_whatever_they_do", missing.as_deref());
    let trial = Trial::test(name, run).with_ignored_flag(missing.is_some());
    libtest_mimic::run(&Arguments::from_args(), vec![trial]).exit();
}

/// One set of servers, and on it: ads in every shape, each fault by itself, and a look at the pool.
fn run() -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let world = World::start().await;
        let finished = every_shape(&world).await;
        faults::of_words(&world).await;
        faults::of_songs(&world).await;
        faults::of_videos(&world, &finished).await;
        no_connection_waits_for_a_provider(&world).await;
        forged_callbacks(&world).await;
        the_database_goes_away_and_comes_back(&world).await;
        Ok(())
    })
}

/// An ad in each shape, with its files in the container; the last one's project.
async fn every_shape(world: &World) -> String {
    let mut last = String::new();
    for shape in SHAPES {
        let id = world.castad.produce(shape).await;
        let made = world.ended(&id).await;
        assert_eq!(made["status"], "finished", "{made}");
        assert!(!made["song"]["lines"].as_array().unwrap().is_empty(), "{made}");
        for file in [&made["song"]["file"], &made["video"]["file"]] {
            let got = world.fetch(file["url"].as_str().unwrap()).await;
            assert_eq!(Some(got.len() as u64), file["bytes"].as_u64());
        }
        last = id;
    }
    let bought = world.bought();
    assert_eq!((bought.lyrics, bought.songs, bought.videos), (3, 3, 3), "each once");
    assert_eq!(world.stand_ins.creatomate.template_reads(), 3, "each template once");
    assert!(world.stand_ins.creatomate.webhooks().iter().all(|status| *status == 200));
    last
}

/// While a provider sleeps nobody holds a connection that requests need.
async fn no_connection_waits_for_a_provider(world: &World) {
    let slow = std::time::Duration::from_secs(8);
    let asked = world.stand_ins.openai.requests().len();
    world.stand_ins.openai.slow_down(slow);
    let ids = [world.castad.open("square").await, world.castad.open("square").await];
    for id in &ids {
        world.order(id, "lyric").await;
    }
    while world.stand_ins.openai.requests().len() < asked + ids.len() {
        tokio::task::yield_now().await;
    }
    for pool in ["requests", "background"] {
        // The scrape itself reads, the engine looks for work and renews leases now and then, and what
        // was used is given back in the background: not every look finds it so, but one must.
        while in_use(world, pool).await > 1.0 {
            let lyric =
                world.castad.get(&format!("/v1/projects/{}", ids[0])).await["lyric"].clone();
            assert_ne!(lyric["status"], "ready", "{pool} is in use as long as the provider sleeps");
        }
    }
    world.stand_ins.openai.slow_down(std::time::Duration::ZERO);
    for id in &ids {
        assert_eq!(world.ended(id).await["lyric"]["status"], "ready");
    }
}

async fn in_use(world: &World, pool: &str) -> f64 {
    let metrics = world.castad.text("/metrics").await;
    let line = format!("castad_pool_connections{{pool=\"{pool}\",state=\"in_use\"}} ");
    let in_use = metrics.lines().find_map(|found| found.strip_prefix(&line));
    in_use.unwrap_or_else(|| panic!("{metrics}")).parse().unwrap()
}

/// Who does not know an attempt changes nothing.
async fn forged_callbacks(world: &World) {
    for path in [
        "/callbacks/suno/att_00000000000000000000000000",
        "/callbacks/creatomate/x",
        "/callbacks/nobody/att_00000000000000000000000000",
    ] {
        let sent = world.castad.stranger(reqwest::Method::POST, path).body("{}").send().await;
        assert_eq!(sent.unwrap().status(), 404, "{path}");
    }
}

/// Nothing is lost or bought twice when the database goes away in the middle of a production.
async fn the_database_goes_away_and_comes_back(world: &World) {
    let before = world.bought();
    // The song is taken, and nobody says that it is done, until the line is whole again.
    world.stand_ins.suno.work_for(1);
    let id = world.castad.produce("square").await;
    world.castad.until(&id, |project| project["song"]["status"] == "composing").await;

    world.database.cut();
    let path = format!("/v1/projects/{id}");
    let refused = world.castad.request(reqwest::Method::GET, &path).send().await.unwrap();
    assert_eq!(refused.status(), 503);
    let told = refused.text().await.unwrap();
    assert!(told.contains("the database does not answer") && !told.contains("secret"), "{told}");
    let ready = world.castad.stranger(reqwest::Method::GET, "/readyz").send().await.unwrap();
    assert_eq!(ready.status(), 503);
    let lost = world.call_back_of_the_last_song().await;
    assert_eq!(lost, 503, "a provider that calls back is asked to call again");

    world.database.mend();
    while world.call_back_of_the_last_song().await != 200 {
        tokio::task::yield_now().await;
    }
    let made = world.ended(&id).await;
    assert_eq!(made["status"], "finished", "{made}");
    let bought = world.bought();
    assert_eq!((bought.songs, bought.videos), (before.songs + 1, before.videos + 1));
}
