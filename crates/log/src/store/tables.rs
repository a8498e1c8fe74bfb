//! The tables of the log in the caller's database: outbox, lock, stage, places.

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Error, OptionalExtension as _, Row, Transaction};

use super::{BATCH_LEAVES_MAX, OUTBOX_LEAVES_MAX};
use crate::leaf::{Leaf, LeafError, PendingLeaf};
use crate::tile::{TileError, TilePath};

/// Version of the tables.
const SCHEMA_VERSION: i64 = 1;

/// Version 1. Indices never repeat, one lock and one stage exist at most, and the lock only ever moves forward, whoever
/// writes.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS log_schema (version INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS log_outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  leaf BLOB NOT NULL CHECK (length(leaf) = 144)
) STRICT;
CREATE TABLE IF NOT EXISTS log_lock (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  size INTEGER NOT NULL,
  time_ms INTEGER NOT NULL,
  note TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS log_stage (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  old_note TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS log_stage_file (path TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS log_entry_index (
  outbox_id INTEGER PRIMARY KEY,
  leaf_index INTEGER NOT NULL UNIQUE
) STRICT;
CREATE TRIGGER IF NOT EXISTS log_lock_moves_forward BEFORE UPDATE ON log_lock
WHEN NEW.size <= OLD.size OR NEW.time_ms < OLD.time_ms
BEGIN SELECT RAISE(ABORT, 'the lock of the log only moves forward'); END;
CREATE TRIGGER IF NOT EXISTS log_lock_stays BEFORE DELETE ON log_lock
BEGIN SELECT RAISE(ABORT, 'the lock of the log is never deleted'); END;
";

/// Why the tables cannot be made or used.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// A newer program made the tables.
    #[error("the log's tables have version {0}, this program knows {SCHEMA_VERSION}")]
    Newer(i64),
    /// The database refused.
    #[error("the log's tables cannot be made")]
    Database(#[from] Error),
}

/// Makes the tables where they are missing, all or none; inside a transaction of the caller too.
///
/// # Errors
/// When a newer program made them, or the database refuses.
pub fn migrate(connection: &Connection) -> Result<(), MigrateError> {
    connection.execute_batch("SAVEPOINT log_migrate")?;
    let made = make(connection);
    // Before the release a crash or error leaves no table, after it all of them.
    connection.execute_batch(if made.is_ok() {
        "RELEASE log_migrate"
    } else {
        "ROLLBACK TO log_migrate; RELEASE log_migrate"
    })?;
    made
}

fn make(connection: &Connection) -> Result<(), MigrateError> {
    connection.execute_batch(SCHEMA)?;
    let version = "SELECT version FROM log_schema";
    match connection.query_row(version, [], |row| row.get(0)).optional()? {
        Some(SCHEMA_VERSION) => Ok(()),
        Some(newer) => Err(MigrateError::Newer(newer)),
        None => {
            connection.execute("INSERT INTO log_schema (version) VALUES (?1)", [SCHEMA_VERSION])?;
            Ok(())
        }
    }
}

/// Names a leaf from the moment it is pushed. Its index in the log is known only once it is sequenced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutboxId(i64);

impl ToSql for OutboxId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl FromSql for OutboxId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        i64::column_result(value).map(Self)
    }
}

/// Why a leaf cannot wait for its place.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The leaf breaks the rules of its kind.
    #[error("the leaf is not well-formed")]
    Leaf(#[source] LeafError),
    /// Too many leaves wait already.
    #[error("{OUTBOX_LEAVES_MAX} leaves wait for the sequencer")]
    Full,
    /// The database refused.
    #[error("the outbox cannot be written")]
    Database(#[from] Error),
}

/// Puts a leaf into the outbox. It is part of the caller's transaction: a crash or rollback before the caller's commit
/// leaves neither the caller's change nor the leaf, the commit leaves both.
///
/// # Errors
/// When the leaf is not well-formed, the outbox is full, or the database refuses.
pub fn push(transaction: &Transaction<'_>, leaf: &PendingLeaf) -> Result<OutboxId, PushError> {
    let leaf = leaf.clone().at(0).map_err(PushError::Leaf)?;
    let waiting =
        "SELECT coalesce((SELECT max(id) FROM log_outbox) - (SELECT min(id) FROM log_outbox) + 1, 0)";
    let waiting: i64 = transaction.query_row(waiting, [], |row| row.get(0))?;
    if waiting >= OUTBOX_LEAVES_MAX {
        return Err(PushError::Full);
    }
    transaction.execute("INSERT INTO log_outbox (leaf) VALUES (?1)", [leaf.to_bytes()])?;
    Ok(OutboxId(transaction.last_insert_rowid()))
}

/// The oldest waiting leaves, at most one batch.
pub(super) fn waiting(connection: &Connection) -> Result<Vec<(OutboxId, Vec<u8>)>, Error> {
    let mut select = connection.prepare_cached("SELECT id, leaf FROM log_outbox ORDER BY id LIMIT ?1")?;
    select.query_map([BATCH_LEAVES_MAX], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// Reads a waiting leaf back.
pub(super) fn pending(bytes: &[u8]) -> Result<PendingLeaf, LeafError> {
    Leaf::parse(bytes).map(Leaf::into_content)
}

/// The lock: the newest head that the log committed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lock {
    pub(super) size: u64,
    pub(super) time_ms: u64,
    pub(super) note: String,
}

pub(super) fn lock(connection: &Connection) -> Result<Option<Lock>, Error> {
    let select = "SELECT size, time_ms, note FROM log_lock";
    let read =
        |row: &Row<'_>| Ok(Lock { size: unsigned(row, 0)?, time_ms: unsigned(row, 1)?, note: row.get(2)? });
    connection.query_row(select, [], read).optional()
}

/// Makes the lock of a new log. One statement: before it the database knows no log, after it an empty one.
pub(super) fn create_lock(connection: &Connection, note: &str) -> Result<(), Error> {
    let insert = "INSERT INTO log_lock (only, size, time_ms, note) VALUES (1, 0, 0, ?1)";
    connection.execute(insert, [note]).map(|_| ())
}

/// Moves the lock from one head to the next; says whether it still was at the first.
pub(super) fn move_lock(transaction: &Transaction<'_>, from: &Lock, to: &Lock) -> Result<bool, Error> {
    let update = "UPDATE log_lock SET size = ?1, time_ms = ?2, note = ?3 WHERE size = ?4 AND note = ?5";
    let values = (signed(to.size)?, signed(to.time_ms)?, &to.note, signed(from.size)?, &from.note);
    Ok(transaction.execute(update, values)? == 1)
}

/// A file of the log at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TileFile {
    pub(super) path: TilePath,
    pub(super) bytes: Vec<u8>,
}

/// A batch that is in the log, and may not be in the folder yet.
#[derive(Debug)]
pub(super) struct Stage {
    /// The head before it, which the folder shows until the batch is published.
    pub(super) old_note: String,
    pub(super) files: Vec<TileFile>,
}

pub(super) fn write_stage(transaction: &Transaction<'_>, stage: &Stage) -> Result<(), Error> {
    transaction.execute("INSERT INTO log_stage (only, old_note) VALUES (1, ?1)", [&stage.old_note])?;
    let mut insert =
        transaction.prepare_cached("INSERT INTO log_stage_file (path, bytes) VALUES (?1, ?2)")?;
    for file in &stage.files {
        insert.execute((file.path.to_string(), &file.bytes))?;
    }
    Ok(())
}

/// Moves leaves from the outbox to their places.
pub(super) fn place(transaction: &Transaction<'_>, placed: &[(OutboxId, u64)]) -> Result<(), Error> {
    let insert = "INSERT INTO log_entry_index (outbox_id, leaf_index) VALUES (?1, ?2)";
    let mut insert = transaction.prepare_cached(insert)?;
    let mut delete = transaction.prepare_cached("DELETE FROM log_outbox WHERE id = ?1")?;
    for (id, index) in placed {
        insert.execute((id, signed(*index)?))?;
        delete.execute([id])?;
    }
    Ok(())
}

pub(super) fn stage(connection: &Connection) -> Result<Option<Stage>, Error> {
    let old_note = connection.query_row("SELECT old_note FROM log_stage", [], |row| row.get(0)).optional()?;
    let mut select = connection.prepare("SELECT path, bytes FROM log_stage_file ORDER BY path")?;
    let files: Result<_, Error> = select.query_map([], staged_file)?.collect();
    let files = files?;
    Ok(old_note.map(|old_note| Stage { old_note, files }))
}

fn staged_file(row: &Row<'_>) -> Result<TileFile, Error> {
    let wrong =
        |error: TileError| Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error));
    Ok(TileFile { path: TilePath::parse(&row.get::<_, String>(0)?).map_err(wrong)?, bytes: row.get(1)? })
}

/// Empties the stage. Before its commit a crash leaves the batch to be published again, which changes nothing; after it,
/// nothing is left to do.
pub(super) fn clear_stage(connection: &mut Connection) -> Result<(), Error> {
    let transaction = connection.transaction()?;
    transaction.execute("DELETE FROM log_stage_file", [])?;
    transaction.execute("DELETE FROM log_stage", [])?;
    transaction.commit()
}

/// The place of a leaf, once a batch with it is committed.
pub(super) fn index_of(connection: &Connection, id: OutboxId) -> Result<Option<u64>, Error> {
    let select = "SELECT leaf_index FROM log_entry_index WHERE outbox_id = ?1";
    connection.query_row(select, [id], |row| unsigned(row, 0)).optional()
}

/// Whether a commit on this connection survives a loss of power: below FULL it may not, and the lock could go back.
pub(super) fn commits_durably(connection: &Connection) -> Result<bool, Error> {
    let level: i64 = connection.pragma_query_value(None, "synchronous", |row| row.get(0))?;
    Ok(level >= 2)
}

fn unsigned(row: &Row<'_>, column: usize) -> Result<u64, Error> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| Error::IntegralValueOutOfRange(column, value))
}

fn signed(value: u64) -> Result<i64, Error> {
    i64::try_from(value).map_err(|error| Error::ToSqlConversionFailure(Box::new(error)))
}
