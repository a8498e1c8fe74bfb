//! Consents: times, tombstones and erasures. What was agreed to is in the sealed grant.

use candor_model::{ConsentId, Digest, Timestamp};
use rusqlite::{Connection, Row, Transaction, params};

use super::{consent_id, count, digest, maybe_digest, row, rows};

/// A consent that is about to be staged.
#[derive(Debug)]
pub(crate) struct NewConsent {
    pub(crate) id: ConsentId,
    pub(crate) charter: Digest,
    pub(crate) contributor: Digest,
    pub(crate) grant: Digest,
    pub(crate) expires: Timestamp,
}

/// A consent.
#[derive(Debug, Clone)]
pub(crate) struct ConsentRow {
    pub(crate) id: ConsentId,
    pub(crate) charter: Digest,
    pub(crate) grant: Digest,
    /// The tombstone: no use from here on.
    pub(crate) withdrawal: Option<Digest>,
    /// The key is destroyed.
    pub(crate) erasure: Option<Digest>,
}

const COLUMNS: &str = "id, charter, grant_digest, withdrawal, erasure";

pub(crate) fn add_consent(transaction: &Transaction<'_>, consent: &NewConsent) -> rusqlite::Result<()> {
    let insert = "INSERT INTO consent (id, charter, contributor, grant_digest, expires_ms)
                  VALUES (?1, ?2, ?3, ?4, ?5)";
    let values = params![
        consent.id.as_bytes(),
        consent.charter.as_bytes(),
        consent.contributor.as_bytes(),
        consent.grant.as_bytes(),
        consent.expires.as_millis(),
    ];
    transaction.execute(insert, values).map(drop)
}

/// The consent of this id.
pub(crate) fn consent(connection: &Connection, id: ConsentId) -> rusqlite::Result<Option<ConsentRow>> {
    let select = format!("SELECT {COLUMNS} FROM consent WHERE id = ?1");
    row(connection, &select, [id.as_bytes()], consent_row)
}

/// Every consent that there is or was.
pub(crate) fn consent_ids(connection: &Connection) -> rusqlite::Result<Vec<(ConsentId, bool)>> {
    let select = "SELECT id, erasure IS NOT NULL FROM consent ORDER BY id";
    rows(connection, select, [], |row| Ok((consent_id(row, 0)?, row.get(1)?)))
}

/// Consents that were withdrawn and whose erasure is not finished.
pub(crate) fn erasing(connection: &Connection) -> rusqlite::Result<Vec<ConsentId>> {
    let select = "SELECT id FROM consent WHERE withdrawal IS NOT NULL AND erasure IS NULL ORDER BY id";
    rows(connection, select, [], |row| consent_id(row, 0))
}

/// How many other contributors hold a consent that counts. It decides about a cap, and is never shown.
pub(crate) fn live_contributors(
    connection: &Connection,
    charter: &Digest,
    except: &Digest,
    now: Timestamp,
) -> rusqlite::Result<u64> {
    let select = "SELECT count(DISTINCT contributor) FROM consent
                  WHERE charter = ?1 AND contributor <> ?2 AND withdrawal IS NULL AND expires_ms > ?3";
    let values = params![charter.as_bytes(), except.as_bytes(), now.as_millis()];
    connection.prepare_cached(select)?.query_row(values, |row| count(row, 0))
}

/// How many consents one contributor ever gave to one charter.
pub(crate) fn consents_of_key(
    connection: &Connection,
    charter: &Digest,
    contributor: &Digest,
) -> rusqlite::Result<u64> {
    let select = "SELECT count(*) FROM consent WHERE charter = ?1 AND contributor = ?2";
    let values = params![charter.as_bytes(), contributor.as_bytes()];
    connection.prepare_cached(select)?.query_row(values, |row| count(row, 0))
}

/// Sets the tombstone.
pub(crate) fn set_withdrawn(
    transaction: &Transaction<'_>,
    id: ConsentId,
    withdrawal: &Digest,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let update = "UPDATE consent SET withdrawal = ?2, withdrawn_ms = ?3 WHERE id = ?1 AND withdrawal IS NULL";
    transaction.execute(update, params![id.as_bytes(), withdrawal.as_bytes(), now.as_millis()]).map(drop)
}

/// Notes that the key is destroyed.
pub(crate) fn set_erased(
    transaction: &Transaction<'_>,
    id: ConsentId,
    erasure: &Digest,
) -> rusqlite::Result<()> {
    let update = "UPDATE consent SET erasure = ?2 WHERE id = ?1";
    transaction.execute(update, params![id.as_bytes(), erasure.as_bytes()]).map(drop)
}

fn consent_row(row: &Row<'_>) -> rusqlite::Result<ConsentRow> {
    Ok(ConsentRow {
        id: consent_id(row, 0)?,
        charter: digest(row, 1)?,
        grant: digest(row, 2)?,
        withdrawal: maybe_digest(row, 3)?,
        erasure: maybe_digest(row, 4)?,
    })
}
