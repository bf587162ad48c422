use std::collections::{BTreeMap, BTreeSet};

use castad_stand_ins::StandIns;
use serde_json::Value;

/// What was bought, by the books of those who sold it.
pub(crate) struct Ledger {
    songs: Account,
    films: Account,
}

#[derive(Default)]
struct Account {
    /// How often for each attempt.
    attempts: BTreeMap<String, usize>,
    /// How often for each business.
    businesses: BTreeMap<String, usize>,
}

impl Account {
    fn of<'a>(purchases: impl Iterator<Item = (&'a str, String)>) -> Self {
        let mut account = Self::default();
        for (attempt, order) in purchases {
            *account.attempts.entry(attempt.to_owned()).or_default() += 1;
            *account.businesses.entry(business(&order)).or_default() += 1;
        }
        account
    }

    fn bought(&self) -> usize {
        self.attempts.values().sum()
    }

    fn twice(&self) -> Vec<String> {
        let more =
            |(name, times): (&String, &usize)| (*times > 1).then(|| format!("{name}: {times}"));
        self.attempts.iter().chain(&self.businesses).filter_map(more).collect()
    }
}

impl Ledger {
    pub(crate) fn of(stand_ins: &StandIns) -> Self {
        let (songs, films) = (stand_ins.suno.purchases(), stand_ins.creatomate.orders());
        let song = |order: &'_ Value| -> (String, String) {
            let url = order["callBackUrl"].as_str().unwrap_or_default();
            (url.rsplit('/').next().unwrap_or_default().to_owned(), order.to_string())
        };
        let film = |order: &'_ Value| -> (String, String) {
            (order["metadata"].as_str().unwrap_or_default().to_owned(), order.to_string())
        };
        let (songs, films): (Vec<_>, Vec<_>) =
            (songs.iter().map(song).collect(), films.iter().map(film).collect());
        let pairs = |orders: &[(String, String)]| {
            Account::of(orders.iter().map(|(attempt, order)| (attempt.as_str(), order.clone())))
        };
        Self { songs: pairs(&songs), films: pairs(&films) }
    }

    pub(crate) fn songs(&self) -> usize {
        self.songs.bought()
    }

    pub(crate) fn films(&self) -> usize {
        self.films.bought()
    }

    /// What was bought more than once: for one attempt, or for one business, which orders once.
    pub(crate) fn twice(&self) -> Vec<String> {
        let songs = self.songs.twice().into_iter().map(|told| format!("song of {told}"));
        songs.chain(self.films.twice().into_iter().map(|told| format!("film of {told}"))).collect()
    }

    /// The attempts for which anything was bought.
    pub(crate) fn attempts(&self) -> BTreeSet<&str> {
        let both = self.songs.attempts.keys().chain(self.films.attempts.keys());
        both.map(String::as_str).collect()
    }
}

/// The name that an order holds: `다온` and five digits.
fn business(order: &str) -> String {
    let names = order.split("다온").skip(1);
    let digits = |rest: &str| rest.chars().take(5).collect::<String>();
    let mut names = names.map(digits).filter(|name| name.parse::<u32>().is_ok());
    names.next().unwrap_or_else(|| panic!("an order names no business: {order}"))
}
