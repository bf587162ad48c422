//! Many who register at once.

use castad_domain::{
    model::{Email, EventSeq, Password, PersonName, SecretHash},
    usecase::{Newcomer, Register, RegisterError, Registered},
};
use castad_memory::Memory;
use futures_util::future::join_all;

use crate::Database;

/// `races_members_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! races_members_contract {
    ($($fresh:tt)+) => {
        $crate::each_race! { races_members audited {
            four_who_register_one_address_are_one_member
            five_who_register_their_own_are_five
        } $($fresh)+ }
    };
}

fn newcomer(n: u8, address: &str) -> Newcomer {
    Newcomer {
        email: Email::parse(address).expect("it is an address"),
        password: Password::parse("correct horse").expect("it is long enough"),
        name: PersonName::parse(&format!("다온 {n}")).expect("a plain name is taken"),
        key: SecretHash::new([n; 32]),
    }
}

async fn race(register: &Register, crowd: Vec<Newcomer>) -> Vec<Result<Registered, RegisterError>> {
    let start = |newcomer| {
        let register = register.clone();
        tokio::spawn(async move { register.run(&newcomer).await })
    };
    let racing: Vec<_> = crowd.into_iter().map(start).collect();
    join_all(racing).await.into_iter().map(|end| end.expect("nobody panics")).collect()
}

async fn is_there(db: &Database, joined: &Registered) {
    let found = db.members.by_email(&joined.email).await.expect("the store answers");
    assert_eq!(found.expect("the address is known").profile, joined.profile);
    let caller = db.gate.caller(&joined.key.hash, joined.key.created_at).await;
    let caller = caller.expect("the gate answers").expect("the key opens");
    assert_eq!(caller.member, joined.profile.member);
    let log = db.events.events(caller.member, None, EventSeq(0), 10).await;
    let kinds: Vec<_> = log.expect("the log answers").iter().map(|e| e.kind.name()).collect();
    assert_eq!(kinds, ["member.registered"]);
}

/// One joins; the others are told that the address is taken, and nothing of them is there.
pub async fn four_who_register_one_address_are_one_member(db: &Database) {
    let register = Register::new(&db.ports(&Memory::new()));
    for round in 0..8 {
        let address = format!("daon{round}@example.com");
        let spelt = [address.clone(), address.to_uppercase(), address.clone(), address];
        let numbers = round * 4 + 1..;
        let crowd = numbers.zip(&spelt).map(|(n, address)| newcomer(n, address)).collect();
        let ends = race(&register, crowd).await;

        let mut joined = Vec::new();
        for (n, end) in (round * 4 + 1..).zip(ends) {
            match end {
                Ok(member) => joined.push(member),
                Err(RegisterError::EmailTaken) => {
                    let hash = SecretHash::new([n; 32]);
                    let caller = db.gate.caller(&hash, crate::make::time(0)).await;
                    assert_eq!(caller.expect("the gate answers"), None, "its key opens nothing");
                }
                Err(other) => panic!("a racer was told: {other}"),
            }
        }
        let [joined] = joined.as_slice() else { panic!("{} joined", joined.len()) };
        is_there(db, joined).await;
    }
}

/// Nobody is in the way of anybody else.
pub async fn five_who_register_their_own_are_five(db: &Database) {
    let crowd = (1..=5).map(|n| newcomer(n, &format!("daon{n}@example.com"))).collect();
    for end in race(&Register::new(&db.ports(&Memory::new())), crowd).await {
        is_there(db, &end.expect("everybody joins")).await;
    }
}
