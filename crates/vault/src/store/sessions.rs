//! Sessions: what is needed to find, count and open them. Their content is in sealed folders.

use candor_model::{ConsentId, Digest, SessionId, Timestamp};
use rusqlite::{Connection, Row, Transaction, params};

use super::{consent_id, count, digest, row, rows, session_id, signed, time};

/// A session that is about to be staged.
#[derive(Debug)]
pub(crate) struct NewSession {
    pub(crate) id: SessionId,
    pub(crate) consent: ConsentId,
    pub(crate) charter: Digest,
    pub(crate) contributor: Digest,
    pub(crate) release: Digest,
    /// Wrapped.
    pub(crate) key: Vec<u8>,
    pub(crate) steps: u64,
    pub(crate) bytes: u64,
    pub(crate) admitted: Timestamp,
}

/// A session.
#[derive(Debug, Clone)]
pub(crate) struct SessionRow {
    pub(crate) id: SessionId,
    pub(crate) consent: ConsentId,
    pub(crate) charter: Digest,
    pub(crate) release: Digest,
    /// Wrapped; none once it is erased.
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) steps: u64,
    pub(crate) bytes: u64,
    pub(crate) admitted: Timestamp,
    pub(crate) erase_tag: Option<[u8; 32]>,
}

const COLUMNS: &str = "id, consent, charter, release, key, steps, bytes, admitted_ms, erase_tag";
const DAY_MS: i64 = 86_400_000;

pub(crate) fn add_session(transaction: &Transaction<'_>, session: &NewSession) -> rusqlite::Result<()> {
    let insert = "INSERT INTO session
        (id, consent, charter, contributor, release, key, steps, bytes, day, admitted_ms)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let values = params![
        session.id.as_bytes(),
        session.consent.as_bytes(),
        session.charter.as_bytes(),
        session.contributor.as_bytes(),
        session.release.as_bytes(),
        session.key,
        signed(session.steps)?,
        signed(session.bytes)?,
        session.admitted.as_millis().div_euclid(DAY_MS),
        session.admitted.as_millis(),
    ];
    transaction.execute(insert, values).map(drop)
}

/// The session of this id.
pub(crate) fn session(connection: &Connection, id: SessionId) -> rusqlite::Result<Option<SessionRow>> {
    let select = format!("SELECT {COLUMNS} FROM session WHERE id = ?1");
    row(connection, &select, [id.as_bytes()], session_row)
}

/// The sessions of a consent.
pub(crate) fn sessions_of_consent(
    connection: &Connection,
    consent: ConsentId,
) -> rusqlite::Result<Vec<SessionRow>> {
    let select = format!("SELECT {COLUMNS} FROM session WHERE consent = ?1 ORDER BY id");
    rows(connection, &select, [consent.as_bytes()], session_row)
}

/// The sessions of a program whose consent was not withdrawn and whose admission stands in the log.
pub(crate) fn sessions_of_charter(
    connection: &Connection,
    charter: &Digest,
) -> rusqlite::Result<Vec<SessionRow>> {
    let select = format!(
        "SELECT {COLUMNS} FROM session s WHERE charter = ?1
           AND consent IN (SELECT id FROM consent WHERE withdrawal IS NULL)
           AND EXISTS (SELECT 1 FROM act a WHERE a.session = s.id AND a.leaf IS NOT NULL)
         ORDER BY id"
    );
    rows(connection, &select, [charter.as_bytes()], session_row)
}

/// Bytes that a contributor brought on the day of `now`.
pub(crate) fn bytes_on(
    connection: &Connection,
    contributor: &Digest,
    now: Timestamp,
) -> rusqlite::Result<u64> {
    let select = "SELECT coalesce(sum(bytes), 0) FROM session WHERE contributor = ?1 AND day = ?2";
    let values = params![contributor.as_bytes(), now.as_millis().div_euclid(DAY_MS)];
    connection.prepare_cached(select)?.query_row(values, |row| count(row, 0))
}

/// Keeps the tag that the log will show once the session is erased: the secret that it follows from is destroyed before.
pub(crate) fn set_erase_tag(
    transaction: &Transaction<'_>,
    id: SessionId,
    tag: &[u8; 32],
) -> rusqlite::Result<()> {
    let update = "UPDATE session SET erase_tag = ?2 WHERE id = ?1";
    transaction.execute(update, params![id.as_bytes(), tag]).map(drop)
}

/// Forgets wrapped keys and tags of an erased consent: neither opens or links anything any more.
pub(crate) fn clear_keys(transaction: &Transaction<'_>, consent: ConsentId) -> rusqlite::Result<()> {
    let update = "UPDATE session SET key = NULL, erase_tag = NULL WHERE consent = ?1";
    transaction.execute(update, [consent.as_bytes()]).map(drop)
}

fn session_row(row: &Row<'_>) -> rusqlite::Result<SessionRow> {
    Ok(SessionRow {
        id: session_id(row, 0)?,
        consent: consent_id(row, 1)?,
        charter: digest(row, 2)?,
        release: digest(row, 3)?,
        key: row.get(4)?,
        steps: count(row, 5)?,
        bytes: count(row, 6)?,
        admitted: time(row, 7)?,
        erase_tag: row.get(8)?,
    })
}
