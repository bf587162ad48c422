//! Who joins, who logs in, and who changes the settings.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use async_trait::async_trait;
use castad_contract::airtight;
use castad_domain::{
    model::{
        Caller, Email, KeyLifetime, KeyTerms, Pass, Password, PersonName, ProfileChange, Role,
        Scope, Scopes, SecretHash, SessionId, SettingKey, SettingsVersion,
    },
    port::{ActionFilter, Gate, Page, Ports, Store, StoreError, StoreErrorKind, UnitOfWork},
    usecase::{
        AccountRefusal, BooksError, ChangeAccount, ChangeSetting, CreateKey, IssueKey, KeyError,
        KeyOrder, LogIn, LogInError, Newcomer, Register, RegisterError, RevokeKey, SettingOrder,
        SettingRefusal,
    },
};
use castad_memory::Memory;
use chrono::TimeDelta;

/// A store where somebody else always writes first.
#[derive(Default)]
struct Crowded(AtomicU32);

#[async_trait]
impl Store for Crowded {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Err(StoreErrorKind::Conflict.into())
    }
}

fn newcomer(n: u8) -> Newcomer {
    Newcomer {
        email: Email::parse("daon@example.com").unwrap(),
        password: Password::parse("correct horse").unwrap(),
        name: PersonName::parse("다온").unwrap(),
        key: SecretHash::new([n; 32]),
    }
}

fn crowded(memory: &Memory) -> (Arc<Crowded>, Ports) {
    let store = Arc::new(Crowded::default());
    let ports = Ports { store: store.clone(), ..memory.ports() };
    (store, ports)
}

#[tokio::test]
async fn where_somebody_else_always_writes_first_nobody_tries_for_ever() {
    let memory = Memory::new();
    let member = memory.member("owner").await.unwrap();
    let (store, ports) = crowded(&memory);
    let tried = || store.0.swap(0, Ordering::Relaxed);

    let issued = IssueKey::new(&ports).run("owner", Role::Admin, SecretHash::new([1; 32])).await;
    let conflict = |fault: &StoreError| fault.kind() == StoreErrorKind::Conflict;
    assert!(matches!(issued, Err(KeyError::Store(fault)) if conflict(&fault)));
    assert_eq!(tried(), 5);

    let joined = Register::new(&ports).run(&newcomer(2)).await;
    assert!(matches!(joined, Err(RegisterError::Store(fault)) if conflict(&fault)));
    assert_eq!(tried(), 5);
    assert_eq!(
        memory.passwords().worked(),
        1,
        "a password is hashed once, however often it is tried"
    );

    let changed = ChangeAccount::new(&ports).run(member, &ProfileChange::default(), None).await;
    assert!(matches!(changed, Err(BooksError::Store(fault)) if conflict(&fault)));
    assert_eq!(tried(), 5);
}

#[tokio::test]
async fn passwords_are_worked_on_while_no_unit_is_open() {
    let memory = Memory::new();
    let ports = airtight(memory.ports());
    let joined = Register::new(&ports).run(&newcomer(1)).await.unwrap();
    let again = Register::new(&ports).run(&newcomer(2)).await;
    assert!(matches!(again, Err(RegisterError::EmailTaken)));

    let ends_at = ports.clock.now() + TimeDelta::days(1);
    let log_in = LogIn::new(&ports);
    let hash = SecretHash::new([3; 32]);
    let session = log_in.run(("DAON@example.com", "correct horse"), hash, ends_at).await.unwrap();
    assert_eq!(session.member, joined.profile.member);
    let caller = memory.store().caller(&hash, ports.clock.now()).await.unwrap().unwrap();
    assert_eq!((caller.member, caller.role), (joined.profile.member, Role::Member));
    for wrong in [("daon@example.com", "battery staple"), ("x@example.com", "correct horse")] {
        let refused = log_in.run(wrong, SecretHash::new([4; 32]), ends_at).await;
        assert!(matches!(refused, Err(LogInError::Wrong)));
    }
}

#[tokio::test]
async fn a_member_without_a_password_cannot_be_logged_in() {
    let memory = Memory::new();
    let ports = memory.ports();
    let member = memory.member("owner").await.unwrap();
    ChangeAccount::new(&ports).run(member, &ProfileChange::default(), None).await.unwrap();
    let ends_at = ports.clock.now() + TimeDelta::days(1);
    let refused = LogIn::new(&ports).run(("", ""), SecretHash::new([1; 32]), ends_at).await;
    assert!(matches!(refused, Err(LogInError::Wrong)));
    assert_eq!(memory.passwords().worked(), 1);
}

#[tokio::test]
async fn a_key_of_a_member_is_no_key_of_an_admin() {
    let memory = Memory::new();
    let ports = memory.ports();
    let joined = Register::new(&ports).run(&newcomer(1)).await.unwrap();
    let now = ports.clock.now();
    let caller = memory.store().caller(&joined.key.hash, now).await.unwrap().unwrap();
    let (name, hash) = (None, SecretHash::new([2; 32]));
    let order = KeyOrder { name, terms: Role::Admin.into(), hash };
    assert!(CreateKey::new(&ports).run((caller, None), &order, None).await.is_err());
    assert_eq!(memory.store().caller(&order.hash, now).await.unwrap(), None);
}

#[tokio::test]
async fn a_key_makes_no_key_that_may_more_than_itself_and_a_browser_does() {
    let memory = Memory::new();
    let ports = memory.ports();
    let joined = Register::new(&ports).run(&newcomer(1)).await.unwrap();
    let now = ports.clock.now();
    let whole = memory.store().caller(&joined.key.hash, now).await.unwrap().unwrap();
    let scopes = |named: &[Scope]| Scopes::of(named.iter().copied()).unwrap();
    let some = scopes(&[Scope::Account, Scope::Read]);
    let until = Some(now + TimeDelta::days(30));
    let limited = Caller { scopes: some, until, ..whole };
    let browser = Caller { pass: Pass::Session(SessionId::from_bits(1)), ..limited };
    let days = |days| Some(KeyLifetime::days(days).unwrap());
    let terms = |scopes, lifetime| KeyTerms { scopes, lifetime, ..Role::Member.into() };

    let wide = AccountRefusal::ScopesTooWide { scopes: some };
    let points = scopes(&[Scope::Read, Scope::Points]);
    for (n, caller, terms, refused) in [
        (1, limited, terms(some, days(30)), None),
        (2, limited, terms(scopes(&[Scope::Read]), days(1)), None),
        (3, limited, terms(points, days(30)), Some(wide)),
        (4, limited, terms(Scopes::EVERYTHING, days(30)), Some(wide)),
        (5, limited, terms(some, days(31)), Some(AccountRefusal::TooLong)),
        (6, limited, terms(some, None), Some(AccountRefusal::TooLong)),
        (7, limited, Role::Admin.into(), Some(AccountRefusal::RoleTooHigh)),
        (8, whole, terms(scopes(&[Scope::Admin]), None), Some(AccountRefusal::ScopeInVain)),
        (9, whole, terms(Scopes::EVERYTHING, None), None),
        (10, browser, terms(Scopes::EVERYTHING, None), None),
        (11, browser, Role::Admin.into(), Some(AccountRefusal::RoleTooHigh)),
    ] {
        let order = KeyOrder { name: None, terms, hash: SecretHash::new([n + 10; 32]) };
        let made = CreateKey::new(&ports).run((caller, None), &order, None).await;
        let why = match made {
            Ok(_) => None,
            Err(BooksError::Refused(refusal)) => Some(refusal),
            Err(error) => panic!("{n}: {error}"),
        };
        assert_eq!(why, refused, "{n}");
        let found = memory.store().caller(&order.hash, now).await.unwrap();
        assert_eq!(found.map(|caller| caller.scopes), why.is_none().then_some(terms.scopes));
    }
}

#[tokio::test]
async fn keys_of_admins_and_of_others_are_noted_and_a_members_own_are_not() {
    let memory = Memory::new();
    let ports = memory.ports();
    let admin = IssueKey::new(&ports).run("owner", Role::Admin, SecretHash::new([1; 32])).await;
    let admin = Caller::from(&admin.unwrap().key);
    let issue = IssueKey::new(&ports).ordered_by(admin.member);
    let other = issue.run("other", Role::Member, SecretHash::new([2; 32])).await.unwrap().key;
    let create = CreateKey::new(&ports);
    for (n, role) in [(3, Role::Member), (4, Role::Admin)] {
        let (name, hash) = (None, SecretHash::new([n; 32]));
        let order = KeyOrder { name, terms: role.into(), hash };
        let made = create.run((admin, Some("req_1".to_owned())), &order, None).await.unwrap();
        RevokeKey::new(&ports).run(admin.member, (admin.member, made.id), None).await.unwrap();
    }
    let revoke = RevokeKey::new(&ports);
    revoke.run(admin.member, (other.member, other.id), None).await.unwrap();

    let page = Page { limit: 10, after: None };
    let noted = ports.oversight.actions(ActionFilter::default(), page).await.unwrap();
    let told: Vec<_> = noted
        .iter()
        .rev()
        .map(|action| (action.kind.as_str(), action.by.pass, action.by.request.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("key.created", Pass::Program, None),
            ("key.created", admin.pass, Some("req_1")),
            ("key.revoked", Pass::Program, None),
            ("key.revoked", Pass::Program, None),
        ]
    );
    assert_eq!(noted[0].target, other.id.to_string());
    assert_eq!(noted[0].details["member_id"], other.member.to_string().as_str().into());
}

#[tokio::test]
async fn a_setting_is_changed_as_it_was_seen_or_not_at_all() {
    let memory = Memory::new();
    let ports = memory.ports();
    let by = memory.member("owner").await.unwrap();
    let change = ChangeSetting::new(&ports);
    let order = |value, seen: Option<i64>| SettingOrder {
        key: SettingKey::MaxBalance,
        value,
        seen: seen.map(SettingsVersion),
    };
    let settings = change.run(by, order(5, Some(0)), None).await.unwrap();
    assert_eq!((settings.version, settings.points.most_balance), (SettingsVersion(1), 5));
    let late = change.run(by, order(6, Some(0)), None).await;
    let moved = SettingRefusal::Moved { found: SettingsVersion(1) };
    assert!(matches!(late, Err(BooksError::Refused(refusal)) if refusal == moved));
    let broken = change.run(by, order(0, None), None).await;
    assert!(matches!(broken, Err(BooksError::Refused(SettingRefusal::Fault(_)))));
    let same = change.run(by, order(5, None), None).await.unwrap();
    assert_eq!(same.version, SettingsVersion(1));
    assert_eq!(ports.settings.history(None, 9).await.unwrap().len(), 1);
}
