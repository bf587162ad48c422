//! The engines behind one face: pools, transactions and the connection that a statement runs on.

use sqlx::{
    MySql, MySqlConnection, MySqlPool, Sqlite, SqliteConnection, SqlitePool, Transaction,
    pool::PoolConnection,
};

/// Connections to one database.
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    MySql(MySqlPool),
}

/// A connection that is out of its pool.
pub(crate) enum Held {
    Sqlite(PoolConnection<Sqlite>),
    MySql(PoolConnection<MySql>),
}

/// A transaction; undone when dropped.
pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    MySql(Transaction<'static, MySql>),
}

/// What a statement runs on.
pub(crate) enum Link<'c> {
    Sqlite(&'c mut SqliteConnection),
    MySql(&'c mut MySqlConnection),
}

impl Pool {
    pub(crate) async fn acquire(&self) -> Result<Held, sqlx::Error> {
        match self {
            Self::Sqlite(pool) => pool.acquire().await.map(Held::Sqlite),
            Self::MySql(pool) => pool.acquire().await.map(Held::MySql),
        }
    }

    /// Begins a transaction that writes.
    pub(crate) async fn begin(&self) -> Result<Tx, sqlx::Error> {
        match self {
            // A deferred transaction that turns into a writer fails at once if another wrote since.
            Self::Sqlite(pool) => pool.begin_with("BEGIN IMMEDIATE").await.map(Tx::Sqlite),
            Self::MySql(pool) => pool.begin().await.map(Tx::MySql),
        }
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::MySql(pool) => pool.close().await,
        }
    }
}

impl Held {
    pub(crate) fn link(&mut self) -> Link<'_> {
        match self {
            Self::Sqlite(connection) => Link::Sqlite(connection),
            Self::MySql(connection) => Link::MySql(connection),
        }
    }
}

impl Tx {
    pub(crate) fn link(&mut self) -> Link<'_> {
        match self {
            Self::Sqlite(tx) => Link::Sqlite(tx),
            Self::MySql(tx) => Link::MySql(tx),
        }
    }

    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::MySql(tx) => tx.commit().await,
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
            $crate::link::Link::MySql(to) => sqlx::query::<sqlx::MySql>($text)
                $(.bind($value))*
                .execute(to)
                .await
                .map(|done| done.rows_affected())
                .map_err($crate::fault::store_error),
        }
    };
}

/// Runs a statement that finds rows, and fetches them with one of sqlx's methods.
macro_rules! fetch {
    ($fetch:ident, $link:expr, $row:ty, $text:expr $(, $value:expr)*) => {
        match $link {
            $crate::link::Link::Sqlite(to) => sqlx::query_as::<sqlx::Sqlite, $row>($text)
                $(.bind($value))*
                .$fetch(to)
                .await
                .map_err($crate::fault::store_error),
            $crate::link::Link::MySql(to) => sqlx::query_as::<sqlx::MySql, $row>($text)
                $(.bind($value))*
                .$fetch(to)
                .await
                .map_err($crate::fault::store_error),
        }
    };
}

/// The row that a statement finds, or none.
macro_rules! fetch_optional {
    ($link:expr, $row:ty, $text:expr $(, $value:expr)* $(,)?) => {
        fetch!(fetch_optional, $link, $row, $text $(, $value)*)
    };
}

/// All rows that a statement finds.
macro_rules! fetch_all {
    ($link:expr, $row:ty, $text:expr $(, $value:expr)* $(,)?) => {
        fetch!(fetch_all, $link, $row, $text $(, $value)*)
    };
}
