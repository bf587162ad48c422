use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use castad_contract::{NoLock, WallClock, make};
use castad_domain::{
    model::{Credit, LotKind, MemberId, OrderNumber},
    port::{Auditor, BookRule, Clock, LockManager, Ports, Store},
    usecase::{Accumulate, BooksError, Guarded, UsePoints},
};
use castad_memory::{Memory, MemoryEpochs, SequentialIds};
use castad_redis::{RedisLock, Settings};
use castad_sql::{MySql, Options, Sql};
use futures_util::future::{Either, select};
use uuid::Uuid;

use crate::{
    Came, MEMBERS,
    front::{Front, Looking},
    number,
};

pub(crate) const INSTANCES: usize = 2;
/// The most that is given at once.
const GIVEN: i64 = 100_000;

/// What all fleets run on.
pub(crate) struct Servers {
    pub(crate) database: String,
    pub(crate) lock: String,
    pub(crate) ids: Arc<SequentialIds>,
}

/// Instances of the domain over one database, and members with points.
pub(crate) struct Fleet {
    instances: Vec<Ports>,
    members: Vec<MemberId>,
    sql: Arc<Sql>,
    /// Reads what nobody spends.
    other: MemberId,
}

impl Fleet {
    pub(crate) async fn start(servers: &Servers, front: Front) -> Self {
        let (clock, ids) = (WallClock::started(), Arc::clone(&servers.ids));
        let mut instances = Vec::new();
        let mut last = None;
        for _ in 0..INSTANCES {
            let options = Options::new(ids.clone());
            let sql = Arc::new(MySql::open(&servers.database, options).await.unwrap());
            let manager = manager(front, &servers.lock, &sql, &clock);
            let guarded = Guarded::new(manager, clock.clone(), ids.clone());
            let ports = Memory::new().ports().over(sql.clone());
            instances.push(Ports { guarded, clock: clock.clone(), ids: ids.clone(), ..ports });
            last = Some(sql);
        }
        let mut fleet = Self {
            members: Vec::new(),
            other: MemberId::from_bits(0),
            sql: last.unwrap(),
            instances,
        };
        for _ in 0..=MEMBERS {
            let member = fleet.join().await;
            fleet.members.push(member);
        }
        fleet.other = fleet.members.pop().unwrap();
        fleet
    }

    async fn join(&self) -> MemberId {
        let member = make::member(number() + 1);
        let mut unit = self.sql.begin().await.unwrap();
        unit.access().insert_member(&member).await.unwrap();
        unit.commit().await.unwrap();
        let giving = Accumulate::new(&self.instances[0]);
        let credit = Credit { kind: LotKind::Bonus, amount: GIVEN, lifetime: None, source: None };
        giving.run(member.id, member.id, credit, None).await.unwrap();
        member.id
    }

    pub(crate) fn member(&self, number: usize) -> Uuid {
        Uuid::from_u128(self.members[number].to_bits())
    }

    /// What a service does: a point of a member, on the instance whose turn it is.
    pub(crate) async fn spend(&self, member: usize, turn: usize) -> Came {
        let order = OrderNumber::parse(&format!("A{}", number())).unwrap();
        let spending = UsePoints::new(&self.instances[turn % INSTANCES]);
        match spending.run(self.members[member], &order, 1, None).await {
            Ok(_) => Came::Through,
            Err(BooksError::Busy(_)) => Came::Back,
            Err(error) => panic!("{error:?}"),
        }
    }

    /// Awaits that, and reads what nobody spends until it is over.
    pub(crate) async fn beside<T>(&self, work: impl Future<Output = T>) -> (T, Vec<Duration>) {
        let mut took = Vec::new();
        let reading = async {
            loop {
                let began = Instant::now();
                let now = self.instances[0].clock.now();
                self.instances[0].points.balance(self.other, now, now).await.unwrap();
                took.push(began.elapsed());
            }
        };
        let done = match select(Box::pin(work), Box::pin(reading)).await {
            Either::Left((done, _)) => done,
            Either::Right(((), _)) => unreachable!("reading does not end"),
        };
        (done, took)
    }

    /// Every use is in the books, once.
    pub(crate) async fn prove(&self, through: u64) {
        let now = self.instances[0].clock.now();
        let mut left = 0;
        for member in &self.members {
            let balance = self.instances[0].points.balance(*member, now, now).await.unwrap();
            left += balance.available;
        }
        let given = GIVEN * i64::try_from(self.members.len()).unwrap();
        assert_eq!(given - left, i64::try_from(through).unwrap(), "points are lost");
        for rule in [BookRule::Entries, BookRule::Lots, BookRule::Details, BookRule::Totals] {
            assert_eq!(self.sql.audit(rule, 1).await.unwrap(), [], "{}", rule.says());
        }
    }
}

fn manager(
    front: Front,
    url: &str,
    sql: &Arc<Sql>,
    clock: &Arc<WallClock>,
) -> Arc<dyn LockManager> {
    let redis = || {
        let epochs = Arc::new(MemoryEpochs::new());
        let namespace = format!("bench-{}", number());
        let settings = Settings { namespace, ..Settings::default() };
        Arc::new(RedisLock::new(url, epochs, clock.clone(), settings).unwrap())
    };
    let looking = |pause| {
        let clock: Arc<dyn Clock> = clock.clone();
        Arc::new(Looking { lock: redis(), clock, pause })
    };
    match front {
        Front::None => Arc::new(NoLock::Away),
        Front::Database => sql.clone(),
        Front::Messages => redis(),
        Front::Polling => looking(Duration::from_millis(50)),
        Front::Spinning => looking(Duration::from_millis(1)),
    }
}
