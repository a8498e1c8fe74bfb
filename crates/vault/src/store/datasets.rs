//! Dataset versions, their exports, and lineage.

use std::collections::BTreeMap;

use candor_model::{ConsentId, Digest, SessionId, Timestamp};
use rusqlite::{Connection, Row, Transaction, params};

use super::{count, digest, maybe_digest, maybe_time, row, rows, session_id, signed, time};

/// An export that is about to be staged.
#[derive(Debug)]
pub(crate) struct NewExport<'a> {
    pub(crate) statement: Digest,
    pub(crate) dataset: Digest,
    pub(crate) charter: Digest,
    pub(crate) purpose: &'a str,
    pub(crate) request: Digest,
    pub(crate) records: Digest,
    /// Sessions, and how many steps of each.
    pub(crate) sessions: &'a BTreeMap<SessionId, u64>,
    pub(crate) supersedes: Option<Digest>,
    pub(crate) at: Timestamp,
}

/// A dataset version.
#[derive(Debug, Clone)]
pub(crate) struct DatasetRow {
    pub(crate) digest: Digest,
    pub(crate) charter: Digest,
    pub(crate) purpose: String,
    pub(crate) sessions: u64,
    pub(crate) steps: u64,
    pub(crate) created: Timestamp,
    pub(crate) flagged: Option<Timestamp>,
    pub(crate) superseded_by: Option<Digest>,
}

const COLUMNS: &str = "digest, charter, purpose, sessions, steps, created_ms, flagged_ms, superseded_by";
/// A version is there once an export of it stands in the log.
const IN_LOG: &str = "EXISTS (SELECT 1 FROM export e JOIN act a ON a.statement = e.statement
                              WHERE e.dataset = dataset.digest AND a.leaf IS NOT NULL)";

/// Adds an export, and the version with its lineage where it is new.
pub(crate) fn add_export(transaction: &Transaction<'_>, export: &NewExport<'_>) -> rusqlite::Result<()> {
    if !has_dataset(transaction, &export.dataset)? {
        add_dataset(transaction, export)?;
    }
    let insert =
        "INSERT INTO export (statement, dataset, request, records, exported_ms) VALUES (?1, ?2, ?3, ?4, ?5)";
    let values = params![
        export.statement.as_bytes(),
        export.dataset.as_bytes(),
        export.request.as_bytes(),
        export.records.as_bytes(),
        export.at.as_millis(),
    ];
    transaction.execute(insert, values)?;
    let update = "UPDATE dataset SET superseded_by = ?2 WHERE digest = ?1 AND superseded_by IS NULL";
    if let Some(old) = export.supersedes {
        transaction.execute(update, params![old.as_bytes(), export.dataset.as_bytes()])?;
    }
    Ok(())
}

fn add_dataset(transaction: &Transaction<'_>, export: &NewExport<'_>) -> rusqlite::Result<()> {
    let insert = "INSERT INTO dataset (digest, charter, purpose, sessions, steps, created_ms)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let steps: u64 = export.sessions.values().fold(0, |sum, steps| sum.saturating_add(*steps));
    let values = params![
        export.dataset.as_bytes(),
        export.charter.as_bytes(),
        export.purpose,
        signed(export.sessions.len() as u64)?,
        signed(steps)?,
        export.at.as_millis(),
    ];
    transaction.execute(insert, values)?;
    let insert = "INSERT INTO dv_session (session, dataset, steps) VALUES (?1, ?2, ?3)";
    let mut insert = transaction.prepare_cached(insert)?;
    for (session, steps) in export.sessions {
        insert.execute(params![session.as_bytes(), export.dataset.as_bytes(), signed(*steps)?])?;
    }
    Ok(())
}

/// Whether there is a version of this name, in the log or not.
pub(crate) fn has_dataset(connection: &Connection, dataset: &Digest) -> rusqlite::Result<bool> {
    let select = "SELECT 1 FROM dataset WHERE digest = ?1";
    Ok(row(connection, select, [dataset.as_bytes()], |_| Ok(()))?.is_some())
}

/// The version of this name that stands in the log.
pub(crate) fn dataset(connection: &Connection, dataset: &Digest) -> rusqlite::Result<Option<DatasetRow>> {
    let select = format!("SELECT {COLUMNS} FROM dataset WHERE digest = ?1 AND {IN_LOG}");
    row(connection, &select, [dataset.as_bytes()], dataset_row)
}

/// The versions of a program that stand in the log, in the order made.
pub(crate) fn datasets_of(connection: &Connection, charter: &Digest) -> rusqlite::Result<Vec<DatasetRow>> {
    let select =
        format!("SELECT {COLUMNS} FROM dataset WHERE charter = ?1 AND {IN_LOG} ORDER BY created_ms, digest");
    rows(connection, &select, [charter.as_bytes()], dataset_row)
}

/// The export statement that answered a request, and its dataset.
pub(crate) fn export_of_request(
    connection: &Connection,
    request: &Digest,
) -> rusqlite::Result<Option<(Digest, Digest)>> {
    let select = "SELECT statement, dataset FROM export WHERE request = ?1";
    row(connection, select, [request.as_bytes()], |row| Ok((digest(row, 0)?, digest(row, 1)?)))
}

/// The export statements of a version that stand in the log.
pub(crate) fn exports_of_dataset(connection: &Connection, dataset: &Digest) -> rusqlite::Result<Vec<Digest>> {
    let select = "SELECT e.statement FROM export e WHERE e.dataset = ?1
        AND EXISTS (SELECT 1 FROM act a WHERE a.statement = e.statement AND a.leaf IS NOT NULL)
        ORDER BY e.statement";
    rows(connection, select, [dataset.as_bytes()], |row| digest(row, 0))
}

/// How many exports of a program there are: each is a leaf, and counts against the cap.
pub(crate) fn exports_of(connection: &Connection, charter: &Digest) -> rusqlite::Result<u64> {
    let select = "SELECT count(*) FROM export e JOIN dataset d ON d.digest = e.dataset WHERE d.charter = ?1";
    connection.prepare_cached(select)?.query_row([charter.as_bytes()], |row| count(row, 0))
}

/// The sessions in a version, with how many steps of each.
pub(crate) fn sessions_of(
    connection: &Connection,
    dataset: &Digest,
) -> rusqlite::Result<BTreeMap<SessionId, u64>> {
    let select = "SELECT session, steps FROM dv_session WHERE dataset = ?1";
    let pairs =
        rows(connection, select, [dataset.as_bytes()], |row| Ok((session_id(row, 0)?, count(row, 1)?)))?;
    Ok(pairs.into_iter().collect())
}

/// The versions that hold something of a session.
pub(crate) fn holding(connection: &Connection, session: SessionId) -> rusqlite::Result<Vec<Digest>> {
    let select = "SELECT dataset FROM dv_session WHERE session = ?1 ORDER BY dataset";
    rows(connection, select, [session.as_bytes()], |row| digest(row, 0))
}

/// Flags every version that holds something of a consent.
pub(crate) fn flag_datasets(
    transaction: &Transaction<'_>,
    consent: ConsentId,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let update = "UPDATE dataset SET flagged_ms = ?2 WHERE flagged_ms IS NULL AND digest IN
        (SELECT v.dataset FROM dv_session v JOIN session s ON s.id = v.session WHERE s.consent = ?1)";
    transaction.execute(update, params![consent.as_bytes(), now.as_millis()]).map(drop)
}

/// The versions that hold something of a consent, sorted.
pub(crate) fn flagged_by(connection: &Connection, consent: ConsentId) -> rusqlite::Result<Vec<Digest>> {
    let select = "SELECT DISTINCT v.dataset FROM dv_session v JOIN session s ON s.id = v.session
                  WHERE s.consent = ?1 ORDER BY v.dataset";
    rows(connection, select, [consent.as_bytes()], |row| digest(row, 0))
}

fn dataset_row(row: &Row<'_>) -> rusqlite::Result<DatasetRow> {
    Ok(DatasetRow {
        digest: digest(row, 0)?,
        charter: digest(row, 1)?,
        purpose: row.get(2)?,
        sessions: count(row, 3)?,
        steps: count(row, 4)?,
        created: time(row, 5)?,
        flagged: maybe_time(row, 6)?,
        superseded_by: maybe_digest(row, 7)?,
    })
}
