use std::{
    fs,
    sync::{
        Mutex,
        mpsc::{self, Receiver, Sender},
    },
};

use super::*;

/// What the test and the engine tell each other.
struct Puppet {
    told: Mutex<Sender<&'static str>>,
    orders: Mutex<Receiver<f32>>,
}

impl Craft for Puppet {
    type Order = String;

    const MAKES: MediaType = MediaType::Mp3;

    fn make(
        &self,
        order: &String,
        _folder: &Path,
        _out: &mut File,
        go_on: &mut dyn FnMut(f32) -> bool,
    ) -> Result<Label, Flaw> {
        assert_ne!(order, "panic", "as it was told to");
        let tell = |word| self.told.lock().unwrap().send(word).unwrap();
        tell("begun");
        while let Ok(share) = self.orders.lock().unwrap().recv() {
            if !go_on(share) {
                tell("stopped");
                return Err(Flaw::Stopped);
            }
            tell("went on");
        }
        Ok(Label { duration_ms: 1, lines: Vec::new(), bars_ms: Vec::new(), instrumental: true })
    }
}

struct Stage {
    workshop: Workshop<Puppet>,
    folder: PathBuf,
    told: Receiver<&'static str>,
    order: Option<Sender<f32>>,
}

impl Stage {
    fn open(test: &str) -> Self {
        let name = format!("castad-workshop-{test}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let ((told, hear), (order, orders)) = (mpsc::channel(), mpsc::channel());
        let puppet = Puppet { told: Mutex::new(told), orders: Mutex::new(orders) };
        let workshop = Workshop::open(folder.clone(), puppet).unwrap();
        Self { workshop, folder, told: hear, order: Some(order) }
    }

    fn say(&self, share: f32) -> &'static str {
        self.order.as_ref().unwrap().send(share).unwrap();
        self.told.recv().unwrap()
    }
}

async fn start(workshop: &Workshop<Puppet>, bits: u128, order: &str) -> ProviderJob {
    let begun = workshop.begin(AttemptToken::from_bits(bits)).await.unwrap();
    let Begun::Fresh(draft) = begun else { panic!("it was there already") };
    workshop.enter(draft, &order.to_owned()).await.unwrap()
}

async fn end(workshop: &Workshop<Puppet>, job: &ProviderJob) -> MakerStatus {
    loop {
        let status = workshop.status(job).await.unwrap();
        if !matches!(status, MakerStatus::Working { .. }) {
            return status;
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.folder));
    }
}

#[tokio::test]
async fn an_engine_that_breaks_down_fails_its_job_and_goes_on_with_the_next() {
    let mut stage = Stage::open("panic");
    let broken = start(&stage.workshop, 1, "panic").await;
    let next = start(&stage.workshop, 2, "fine").await;
    assert!(
        matches!(end(&stage.workshop, &broken).await, MakerStatus::Failed { code: Some(code), .. }
        if code == "panic")
    );

    assert_eq!(stage.told.recv(), Ok("begun"));
    stage.order = None;
    assert_eq!(end(&stage.workshop, &next).await, MakerStatus::Done);
}

#[tokio::test]
async fn progress_is_seen_and_a_release_stops_the_engine_at_its_next_word() {
    let stage = Stage::open("release");
    let (made, waits) =
        (start(&stage.workshop, 1, "a").await, start(&stage.workshop, 2, "b").await);
    assert_eq!(stage.told.recv(), Ok("begun"));
    assert_eq!(stage.say(0.25), "went on");
    let working = |progress| MakerStatus::Working { progress };
    assert_eq!(stage.workshop.status(&made).await.unwrap(), working(Some(0.25)));
    assert_eq!(stage.workshop.status(&waits).await.unwrap(), working(Some(0.0)));

    stage.workshop.release(&made).await.unwrap();
    let gone = stage.workshop.status(&made).await.unwrap_err();
    assert_eq!(gone.kind(), Kind::NoSuchJob);
    assert_eq!(stage.say(0.5), "stopped");

    assert_eq!(stage.told.recv(), Ok("begun"), "the next one's turn");
    assert!(!stage.folder.join(made.as_str()).exists());
}
