//! The vault's metadata: SQLite, one connection, and the only place in this room where SQL is written.
//!
//! Every function is one question or one part of a business transaction; the transactions themselves are in the acts of
//! the vault. Why this is synchronous `rusqlite`: `docs/design/0001-metadata-store.md`.

mod acts;
mod consents;
mod datasets;
mod programs;
mod sessions;

use std::path::Path;

use candor_model::{ConsentId, Digest, SessionId, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, TransactionBehavior};

pub(crate) use acts::{
    ActRow, NewAct, act_of, acts_of_consent, admission_of, grant_of, program_acts, set_leaf, stage_act,
    waiting_acts,
};
pub(crate) use consents::{
    ConsentRow, NewConsent, add_consent, consent, consent_ids, consents_of_key, erasing, live_contributors,
    set_erased, set_withdrawn,
};
pub(crate) use datasets::{
    DatasetRow, NewExport, add_export, dataset, datasets_of, export_of_request, exports_of,
    exports_of_dataset, flag_datasets, flagged_by, has_dataset, holding, sessions_of,
};
pub(crate) use programs::{add_program, program_leaf, programs, set_program_leaf, totals};
pub(crate) use sessions::{
    NewSession, SessionRow, add_session, bytes_on, clear_keys, session, sessions_of_charter,
    sessions_of_consent, set_erase_tag,
};

/// Version of the vault's own tables; the log has its own.
const SCHEMA_VERSION: i64 = 1;
const SCHEMA: &str = include_str!("store/schema.sql");

/// The database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite refused.
    #[error("the database cannot be used")]
    Database(#[from] rusqlite::Error),
    /// A newer program made it.
    #[error("the database has version {found}, and this program knows {SCHEMA_VERSION}: update this program")]
    Newer {
        /// Version found.
        found: i64,
    },
    /// The log's tables cannot be made.
    #[error("the log's tables cannot be made")]
    Log(#[from] candor_log::store::MigrateError),
    /// It belongs to another log.
    #[error("the database belongs to the log {found}")]
    OtherOrigin {
        /// The origin that it was made with.
        found: String,
    },
}

/// Opens the database and makes its tables where they are missing. WAL, and every commit synced.
///
/// Before the commit a crash leaves no table, after it all of them.
pub(crate) fn open(path: &Path, origin: &str) -> Result<Connection, StoreError> {
    let mut connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Rows of an erased consent leave no bytes in free pages.
    connection.pragma_update(None, "secure_delete", true)?;
    let transaction = begin(&mut connection)?;
    migrate(&transaction, origin)?;
    transaction.commit()?;
    Ok(connection)
}

fn migrate(transaction: &Transaction<'_>, origin: &str) -> Result<(), StoreError> {
    let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match found {
        0 => {
            transaction.execute_batch(SCHEMA)?;
            transaction.execute("INSERT INTO vault VALUES (1, ?1, 0)", [origin])?;
            transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
        }
        SCHEMA_VERSION => {}
        found => return Err(StoreError::Newer { found }),
    }
    candor_log::store::migrate(transaction)?;
    let found: String = transaction.query_row("SELECT origin FROM vault", [], |row| row.get(0))?;
    if found == origin { Ok(()) } else { Err(StoreError::OtherOrigin { found }) }
}

/// Begins a transaction that writes.
pub(crate) fn begin(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

/// The latest time that an act had.
pub(crate) fn latest(connection: &Connection) -> rusqlite::Result<Timestamp> {
    connection.query_row("SELECT latest_ms FROM vault", [], |row| time(row, 0))
}

/// Notes the time of an act; it never goes back.
pub(crate) fn advance(transaction: &Transaction<'_>, now: Timestamp) -> rusqlite::Result<()> {
    let update = "UPDATE vault SET latest_ms = max(latest_ms, ?1)";
    transaction.execute(update, [now.as_millis()]).map(drop)
}

fn digest(row: &Row<'_>, column: usize) -> rusqlite::Result<Digest> {
    row.get(column).map(Digest::from_bytes)
}

fn maybe_digest(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Digest>> {
    row.get::<_, Option<[u8; 32]>>(column).map(|bytes| bytes.map(Digest::from_bytes))
}

fn consent_id(row: &Row<'_>, column: usize) -> rusqlite::Result<ConsentId> {
    row.get(column).map(ConsentId::from_bytes)
}

fn session_id(row: &Row<'_>, column: usize) -> rusqlite::Result<SessionId> {
    row.get(column).map(SessionId::from_bytes)
}

fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    row.get(column).map(Timestamp::from_millis)
}

fn maybe_time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    row.get::<_, Option<i64>>(column).map(|millis| millis.map(Timestamp::from_millis))
}

fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, value))
}

fn signed(value: u64) -> rusqlite::Result<i64> {
    i64::try_from(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

fn rows<T>(
    connection: &Connection,
    select: &str,
    values: impl rusqlite::Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    connection.prepare_cached(select)?.query_map(values, read)?.collect()
}

fn row<T>(
    connection: &Connection,
    select: &str,
    values: impl rusqlite::Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    connection.prepare_cached(select)?.query_row(values, read).optional()
}
