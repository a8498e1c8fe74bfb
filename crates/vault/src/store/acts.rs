//! Acts of power: staged with their leaf in one transaction, in effect once the leaf has a place.

use candor_log::LeafKind;
use candor_log::store::OutboxId;
use candor_model::{ConsentId, Digest, SessionId, Timestamp};
use rusqlite::{Connection, Row, Transaction, params};

use super::{count, digest, row, rows, signed};

/// An act that is about to be staged.
#[derive(Debug)]
pub(crate) struct NewAct {
    pub(crate) outbox: OutboxId,
    pub(crate) kind: LeafKind,
    pub(crate) charter: Digest,
    pub(crate) consent: Option<ConsentId>,
    pub(crate) session: Option<SessionId>,
    pub(crate) statement: Digest,
    /// Sealed.
    pub(crate) salt: Vec<u8>,
    pub(crate) at: Timestamp,
}

/// An act that stands in the log.
#[derive(Debug, Clone)]
pub(crate) struct ActRow {
    pub(crate) leaf: u64,
    pub(crate) kind: LeafKind,
    pub(crate) consent: Option<ConsentId>,
    pub(crate) session: Option<SessionId>,
    pub(crate) statement: Digest,
    /// Sealed.
    pub(crate) salt: Vec<u8>,
    pub(crate) at: Timestamp,
}

const COLUMNS: &str = "leaf, kind, consent, session, statement, salt, at_ms";

pub(crate) fn stage_act(transaction: &Transaction<'_>, act: &NewAct) -> rusqlite::Result<()> {
    let insert = "INSERT INTO act (outbox, kind, charter, consent, session, statement, salt, at_ms)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let values = params![
        act.outbox,
        act.kind.number(),
        act.charter.as_bytes(),
        act.consent.map(|id| *id.as_bytes()),
        act.session.map(|id| *id.as_bytes()),
        act.statement.as_bytes(),
        act.salt,
        act.at.as_millis(),
    ];
    transaction.execute(insert, values).map(drop)
}

/// The acts whose leaf has no place yet, in order.
pub(crate) fn waiting_acts(connection: &Connection) -> rusqlite::Result<Vec<(OutboxId, LeafKind, Digest)>> {
    let select = "SELECT outbox, kind, charter FROM act WHERE leaf IS NULL ORDER BY outbox";
    rows(connection, select, [], |row| Ok((row.get(0)?, kind(row, 1)?, digest(row, 2)?)))
}

/// Notes the place of a leaf: from here on the act has effect.
pub(crate) fn set_leaf(transaction: &Transaction<'_>, outbox: OutboxId, leaf: u64) -> rusqlite::Result<()> {
    let update = "UPDATE act SET leaf = ?2 WHERE outbox = ?1";
    transaction.execute(update, params![outbox, signed(leaf)?]).map(drop)
}

/// The charter, sign-offs and acts of a program from leaf `from` of the log on, in its order.
pub(crate) fn program_acts(
    connection: &Connection,
    charter: &Digest,
    from: u64,
) -> rusqlite::Result<Vec<ActRow>> {
    let select = format!(
        "SELECT {COLUMNS} FROM act WHERE charter = ?1 AND kind IN (?2, ?3, ?4) AND leaf >= ?5 ORDER BY leaf"
    );
    let kinds = [LeafKind::Program, LeafKind::SignOff, LeafKind::ProgramAct].map(LeafKind::number);
    let [program, sign_off, act] = kinds;
    rows(connection, &select, params![charter.as_bytes(), program, sign_off, act, signed(from)?], act_row)
}

/// The first act with this kind and statement that stands in the log.
pub(crate) fn act_of(
    connection: &Connection,
    kind: LeafKind,
    statement: &Digest,
) -> rusqlite::Result<Option<ActRow>> {
    let select = format!(
        "SELECT {COLUMNS} FROM act WHERE kind = ?1 AND statement = ?2 AND leaf IS NOT NULL ORDER BY leaf LIMIT 1"
    );
    row(connection, &select, params![kind.number(), statement.as_bytes()], act_row)
}

fn act_row(row: &Row<'_>) -> rusqlite::Result<ActRow> {
    Ok(ActRow {
        leaf: count(row, 0)?,
        kind: kind(row, 1)?,
        consent: row.get::<_, Option<[u8; 16]>>(2)?.map(ConsentId::from_bytes),
        session: row.get::<_, Option<[u8; 16]>>(3)?.map(SessionId::from_bytes),
        statement: digest(row, 4)?,
        salt: row.get(5)?,
        at: super::time(row, 6)?,
    })
}

fn kind(row: &Row<'_>, column: usize) -> rusqlite::Result<LeafKind> {
    let number: u16 = row.get(column)?;
    LeafKind::from_number(number).ok_or(rusqlite::Error::IntegralValueOutOfRange(column, i64::from(number)))
}

/// The grant of a consent, once it stands in the log.
pub(crate) fn grant_of(connection: &Connection, consent: ConsentId) -> rusqlite::Result<Option<ActRow>> {
    let select = format!("SELECT {COLUMNS} FROM act WHERE consent = ?1 AND kind = ?2 AND leaf IS NOT NULL");
    row(connection, &select, params![consent.as_bytes(), LeafKind::Grant.number()], act_row)
}

/// The acts of a kind about a consent that stand in the log, in its order.
pub(crate) fn acts_of_consent(
    connection: &Connection,
    consent: ConsentId,
    kind: LeafKind,
) -> rusqlite::Result<Vec<ActRow>> {
    let select = format!(
        "SELECT {COLUMNS} FROM act WHERE consent = ?1 AND kind = ?2 AND leaf IS NOT NULL ORDER BY leaf"
    );
    rows(connection, &select, params![consent.as_bytes(), kind.number()], act_row)
}

/// The admission of a session, once it stands in the log.
pub(crate) fn admission_of(connection: &Connection, session: SessionId) -> rusqlite::Result<Option<ActRow>> {
    let select = format!("SELECT {COLUMNS} FROM act WHERE session = ?1 AND kind = ?2 AND leaf IS NOT NULL");
    row(connection, &select, params![session.as_bytes(), LeafKind::Admission.number()], act_row)
}
