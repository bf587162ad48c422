//! The engines behind one face: pools, transactions and the connection that a statement runs on.

use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction, pool::PoolConnection};

/// Connections to one database.
pub(crate) enum Pool {
    Sqlite(SqlitePool),
}

/// A connection that is out of its pool.
pub(crate) enum Held {
    Sqlite(PoolConnection<Sqlite>),
}

/// A transaction; undone when dropped.
pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
}

/// What a statement runs on.
pub(crate) enum Link<'c> {
    Sqlite(&'c mut SqliteConnection),
}

impl Pool {
    pub(crate) async fn acquire(&self) -> Result<Held, sqlx::Error> {
        match self {
            Self::Sqlite(pool) => pool.acquire().await.map(Held::Sqlite),
        }
    }

    /// Begins a transaction that writes.
    pub(crate) async fn begin(&self) -> Result<Tx, sqlx::Error> {
        match self {
            // A deferred transaction that turns into a writer fails at once if another wrote since.
            Self::Sqlite(pool) => pool.begin_with("BEGIN IMMEDIATE").await.map(Tx::Sqlite),
        }
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
        }
    }
}

impl Held {
    pub(crate) fn link(&mut self) -> Link<'_> {
        match self {
            Self::Sqlite(connection) => Link::Sqlite(connection),
        }
    }
}

impl Tx {
    pub(crate) fn link(&mut self) -> Link<'_> {
        match self {
            Self::Sqlite(tx) => Link::Sqlite(tx),
        }
    }

    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
        }
    }
}

/// Names the texts of a module's statements, and lists them for the test that explains each.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)+) => {
        $($(#[$doc])* pub(crate) const $name: &str = $text;)+

        #[cfg(test)]
        pub(crate) const TEXTS: &[(&str, &str)] = &[$((stringify!($name), $name),)+];
    };
}

/// Runs a statement on whichever engine the link is of; gives the number of rows that it touched.
macro_rules! execute {
    ($link:expr, $text:expr $(, $value:expr)* $(,)?) => {
        match $link {
            $crate::link::Link::Sqlite(to) => sqlx::query::<sqlx::Sqlite>($text)
                $(.bind($value))*
                .execute(to)
                .await
                .map(|done| done.rows_affected())
                .map_err($crate::fault::store_error),
        }
    };
}

/// The row that a statement finds, or none.
macro_rules! fetch_optional {
    ($link:expr, $row:ty, $text:expr $(, $value:expr)* $(,)?) => {
        match $link {
            $crate::link::Link::Sqlite(to) => sqlx::query_as::<sqlx::Sqlite, $row>($text)
                $(.bind($value))*
                .fetch_optional(to)
                .await
                .map_err($crate::fault::store_error),
        }
    };
}

/// All rows that a statement finds.
macro_rules! fetch_all {
    ($link:expr, $row:ty, $text:expr $(, $value:expr)* $(,)?) => {
        match $link {
            $crate::link::Link::Sqlite(to) => sqlx::query_as::<sqlx::Sqlite, $row>($text)
                $(.bind($value))*
                .fetch_all(to)
                .await
                .map_err($crate::fault::store_error),
        }
    };
}
