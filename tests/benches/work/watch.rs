//! An instance over a server, whose steps are to remove files that are not there.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use castad_contract::{WallClock, make};
use castad_domain::{
    model::{MediaKey, MemberId, ProjectId, ProviderJob, Stage, Stored, Task, Work},
    port::{
        ByteRange, ByteStream, Clock, MediaError, MediaErrorKind, MediaRead, MediaStore, Ports,
        Store,
    },
    usecase::Guarded,
};
use castad_memory::Memory;
use castad_sql::{MySql, Options, Sql};
use chrono::{DateTime, Utc};
use tokio::sync::Notify;

use crate::{Server, fresh};

/// How many members the jobs are of.
const MEMBERS: u64 = 100;

/// How long each job waited until its step began.
#[derive(Default)]
pub(crate) struct Watch {
    pushed: Mutex<HashMap<MediaKey, Instant>>,
    waited: Mutex<Vec<Duration>>,
    went: Notify,
}

impl Watch {
    pub(crate) fn waited(&self) -> Vec<Duration> {
        self.waited.lock().unwrap().clone()
    }

    /// Until so many steps have begun.
    pub(crate) async fn until(&self, many: usize) {
        loop {
            let went = self.went.notified();
            if self.waited.lock().unwrap().len() >= many {
                return;
            }
            went.await;
        }
    }
}

#[async_trait]
impl MediaStore for Watch {
    async fn put(&self, _: &MediaKey, _: ByteStream, _: u64) -> Result<Stored, MediaError> {
        Err(MediaErrorKind::Unavailable.into())
    }

    async fn read(
        &self,
        _: &MediaKey,
        _: Option<ByteRange>,
    ) -> Result<Option<MediaRead>, MediaError> {
        Ok(None)
    }

    async fn link(&self, _: &MediaKey, _: DateTime<Utc>) -> Result<Option<String>, MediaError> {
        Ok(None)
    }

    async fn remove(&self, key: &MediaKey) -> Result<(), MediaError> {
        let began = self.pushed.lock().unwrap().remove(key);
        if let Some(began) = began {
            self.waited.lock().unwrap().push(began.elapsed());
            self.went.notify_waiters();
        }
        Ok(())
    }

    async fn check(&self) -> Result<(), MediaError> {
        Ok(())
    }
}

/// What a process has of the database.
pub(crate) struct Instance {
    pub(crate) sql: Arc<Sql>,
    pub(crate) ports: Ports,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Instance {
    pub(crate) async fn open(server: &Server, watch: &Arc<Watch>, clock: &Arc<WallClock>) -> Self {
        let ids = Arc::clone(&server.ids);
        let sql = Arc::new(MySql::open(&server.url, Options::new(ids.clone())).await.unwrap());
        let clock: Arc<dyn Clock> = clock.clone();
        let guarded = Guarded::new(sql.clone(), clock.clone(), ids.clone());
        let ports = Memory::new().ports().over(sql.clone());
        let ports = Ports { guarded, clock: clock.clone(), ids, media: watch.clone(), ..ports };
        Self { sql, ports, clock }
    }

    fn work(&self, task: Task) -> Work {
        let member = MemberId::from_bits(make::bits(fresh() % MEMBERS + 1));
        let project = ProjectId::from_bits(make::bits(fresh()));
        Work { member, project, task, due: self.clock.now() }
    }

    pub(crate) async fn push(&self, work: &[Work]) {
        let mut unit = self.sql.begin().await.unwrap();
        unit.work().push(work).await.unwrap();
        unit.commit().await.unwrap();
    }

    /// Pushes a job whose beginning is watched.
    pub(crate) async fn push_watched(&self, watch: &Watch) {
        let key = MediaKey::parse(&format!("bench/{}.jpg", fresh())).unwrap();
        let work = self.work(Task::Erase(key.clone()));
        watch.pushed.lock().unwrap().insert(key, Instant::now());
        self.push(&[work]).await;
    }

    /// Pushes so many that ask the composer.
    pub(crate) async fn push_songs(&self, many: usize) {
        let job = || Task::Release(Stage::Song, ProviderJob::new(fresh().to_string()));
        let work: Vec<_> = (0..many).map(|_| self.work(job())).collect();
        for part in work.chunks(1_000) {
            self.push(part).await;
        }
    }
}
