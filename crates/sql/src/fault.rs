use castad_domain::port::{StoreError, StoreErrorKind};
use sqlx::error::{DatabaseError, ErrorKind};

/// What a result code of SQLite means to us; the lower byte of it is the primary code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SqliteFault {
    /// Another connection holds the lock.
    Busy,
    /// The disk or the allowed size is used up.
    Full,
    /// The file may not be read or written.
    Forbidden,
    /// The file cannot be opened, for whatever reason.
    CannotOpen,
    /// The file is something else.
    NotADatabase,
    /// Anything else.
    Other,
}

/// The meaning of a driver's error; `None` if it is not one of SQLite.
pub(crate) fn sqlite_fault(error: &sqlx::Error) -> Option<SqliteFault> {
    let error = error.as_database_error()?;
    error.try_downcast_ref::<sqlx::sqlite::SqliteError>().map(fault_of)
}

fn fault_of(error: &sqlx::sqlite::SqliteError) -> SqliteFault {
    let code = error.code().and_then(|code| code.parse::<u32>().ok()).unwrap_or_default();
    match code & 0xff {
        3 | 8 | 23 => SqliteFault::Forbidden,
        5 | 6 => SqliteFault::Busy,
        11 | 26 => SqliteFault::NotADatabase,
        13 => SqliteFault::Full,
        14 => SqliteFault::CannotOpen,
        _ => SqliteFault::Other,
    }
}

/// What an error number of `MySQL` or `MariaDB` means to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MySqlFault {
    /// A deadlock was broken, or a row stayed locked for too long.
    Busy,
    /// The disk or the table is full.
    Full,
    /// The user may not do that, or is not known.
    Forbidden,
    /// There is no such database.
    NoDatabase,
    /// What a step of the schema makes is there already.
    ThereAlready,
    /// Anything else.
    Other,
}

/// The meaning of a driver's error; `None` if it is not one of `MySQL`.
pub(crate) fn mysql_fault(error: &sqlx::Error) -> Option<MySqlFault> {
    let error = error.as_database_error()?;
    let error = error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>()?;
    Some(match error.number() {
        1020 | 1205 | 1213 => MySqlFault::Busy,
        1021 | 1114 => MySqlFault::Full,
        1044 | 1045 | 1142 | 1698 => MySqlFault::Forbidden,
        1049 => MySqlFault::NoDatabase,
        1050 | 1060 | 1061 | 3822 => MySqlFault::ThereAlready,
        _ => MySqlFault::Other,
    })
}

/// What a driver's error means to a caller: the only place that reads one.
#[expect(clippy::wildcard_enum_match_arm, reason = "sqlx::Error is open")]
pub(crate) fn store_error(error: sqlx::Error) -> StoreError {
    let kind = match &error {
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => StoreErrorKind::Corrupt,
        sqlx::Error::Database(database) => database_kind(database.as_ref(), &error),
        _ => StoreErrorKind::Unavailable,
    };
    metrics::counter!("castad_store_faults_total", "kind" => word(kind)).increment(1);
    StoreError::new(kind).with_source(error)
}

fn word(kind: StoreErrorKind) -> &'static str {
    match kind {
        StoreErrorKind::Duplicate => "duplicate",
        StoreErrorKind::Conflict => "conflict",
        StoreErrorKind::Corrupt => "corrupt",
        StoreErrorKind::Full => "full",
        StoreErrorKind::Unavailable => "unavailable",
    }
}

fn database_kind(database: &dyn DatabaseError, error: &sqlx::Error) -> StoreErrorKind {
    if database.kind() == ErrorKind::UniqueViolation {
        return StoreErrorKind::Duplicate;
    }
    if let Some(fault) = mysql_fault(error) {
        return match fault {
            MySqlFault::Busy => StoreErrorKind::Conflict,
            MySqlFault::Full => StoreErrorKind::Full,
            MySqlFault::Forbidden
            | MySqlFault::NoDatabase
            | MySqlFault::ThereAlready
            | MySqlFault::Other => StoreErrorKind::Unavailable,
        };
    }
    match sqlite_fault(error) {
        Some(SqliteFault::Busy) => StoreErrorKind::Conflict,
        Some(SqliteFault::Full) => StoreErrorKind::Full,
        Some(
            SqliteFault::Forbidden
            | SqliteFault::CannotOpen
            | SqliteFault::NotADatabase
            | SqliteFault::Other,
        )
        | None => StoreErrorKind::Unavailable,
    }
}

/// A row whose column holds what no state allows.
#[derive(Debug, thiserror::Error)]
#[error("what {0} holds fits no state")]
struct CorruptColumn(&'static str);

/// The error for a column, named `table.column`, that holds what no state allows.
pub(crate) fn corrupt(column: &'static str) -> StoreError {
    StoreError::new(StoreErrorKind::Corrupt).with_source(CorruptColumn(column))
}

/// The number that a column holds, in the type that it has in the model.
pub(crate) fn whole<T: TryFrom<i64>>(column: &'static str, number: i64) -> Result<T, StoreError> {
    T::try_from(number).map_err(|_| corrupt(column))
}

/// Refuses a guarded write that touched no row: somebody else was first.
pub(crate) fn one_row(touched: u64) -> Result<(), StoreError> {
    if touched == 1 { Ok(()) } else { Err(StoreErrorKind::Conflict.into()) }
}
