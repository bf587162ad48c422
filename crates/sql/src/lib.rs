//! Castad's store in SQL: productions, their log, jobs and locks.
//!
//! [`Sql`] is the [`Store`](castad_domain::port::Store), the
//! [`Catalog`](castad_domain::port::Catalog), the [`EventLog`](castad_domain::port::EventLog), the
//! [`WorkQueue`](castad_domain::port::WorkQueue) and the
//! [`LockManager`](castad_domain::port::LockManager) of one database; [`Sqlite::open`] opens one in a
//! file, [`MySql::open`] one of a MySQL or MariaDB server; several processes may use either at once.
//!
//! What it promises:
//!
//! * Every read costs a fixed number of statements, and every statement is an index seek.
//! * A write names the version or the fence that it read: of two writers one wins.
//! * Schemas only grow; a file that a newer version made is refused and left as it is.
//!
//! The text of a statement is written once for every engine; what truly differs stands in `dialect`.
//! To add a method: write its text into the `texts!` of its module (the test that explains every
//! text then knows it), run it with `execute!` or `fetch_…!`, and let a row struct read what it finds.
//!
//! # Example
//!
//! ```
//! use std::sync::Arc;
//!
//! use castad_domain::port::{Store, WorkQueue};
//! use castad_memory::SequentialIds;
//! use castad_sql::{Options, Sqlite};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let options = Options::new(Arc::new(SequentialIds::new()));
//! let sql = Sqlite::temporary(options).await?;
//!
//! let unit = sql.begin().await?;
//! unit.commit().await?;
//! assert_eq!(sql.next_due().await?, None, "nothing is to be done");
//! # Ok(()) }
//! ```

#[macro_use]
mod link;

mod access;
mod actions;
mod audit;
mod catalog;
mod coupons;
mod dialect;
mod events;
mod fault;
mod lines;
mod lock;
mod offers;
mod open;
mod oversight;
mod points;
mod pools;
mod production;
mod profile;
mod queue;
mod replica;
mod replies;
mod row;
mod schema;
mod settings;
mod shop;
mod slots;
mod store;
mod webhooks;

pub use open::{Leading, MySql, OpenError, OpenErrorKind, Options, PoolSize, Sqlite};
pub use pools::PoolUse;
pub use schema::MigrateError;
pub use store::Sql;

#[cfg(test)]
mod explain;
