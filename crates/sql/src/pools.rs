use crate::{link::Pool, store::Sql};

/// How the connections of one kind are used at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUse {
    /// What they are for.
    pub name: &'static str,
    /// How many somebody holds.
    pub in_use: u32,
    /// How many wait for somebody.
    pub idle: u32,
    /// How many there may be.
    pub most: u32,
}

impl Sql {
    /// How each kind of connections is used: `requests` and `background` on a server, `writer` and
    /// `readers` embedded.
    #[must_use]
    pub fn pools(&self) -> Vec<PoolUse> {
        let shared = self.shared();
        match &shared.background {
            Some(background) => {
                vec![shared.writer.used("requests"), background.used("background")]
            }
            None => vec![shared.writer.used("writer"), shared.readers.used("readers")],
        }
    }
}

impl Pool {
    fn used(&self, name: &'static str) -> PoolUse {
        let (size, idle, most) = match self {
            Self::Sqlite(pool) => {
                (pool.size(), pool.num_idle(), pool.options().get_max_connections())
            }
            Self::MySql(pool) => {
                (pool.size(), pool.num_idle(), pool.options().get_max_connections())
            }
        };
        let idle = u32::try_from(idle).unwrap_or(u32::MAX);
        PoolUse { name, in_use: size.saturating_sub(idle), idle, most }
    }
}
