//! Programs, and what the front page may count of them.

use candor_log::Hash;
use candor_model::{Digest, Timestamp};
use rusqlite::{Connection, Transaction, params};

use super::{count, digest, row, rows};

/// Stages a program: it has no leaf yet.
pub(crate) fn add_program(
    transaction: &Transaction<'_>,
    charter: &Digest,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let insert = "INSERT INTO program (charter, proposed_ms) VALUES (?1, ?2)";
    transaction.execute(insert, params![charter.as_bytes(), now.as_millis()]).map(drop)
}

/// Notes the hash of the program's own leaf, which names it in every other leaf.
pub(crate) fn set_program_leaf(
    transaction: &Transaction<'_>,
    charter: &Digest,
    leaf: &Hash,
) -> rusqlite::Result<()> {
    let update = "UPDATE program SET leaf = ?2 WHERE charter = ?1";
    transaction.execute(update, params![charter.as_bytes(), leaf.as_bytes()]).map(drop)
}

/// The hash of the program's own leaf; none if there is no such program in the log.
pub(crate) fn program_leaf(connection: &Connection, charter: &Digest) -> rusqlite::Result<Option<Hash>> {
    let select = "SELECT leaf FROM program WHERE charter = ?1 AND leaf IS NOT NULL";
    row(connection, select, [charter.as_bytes()], |row| row.get(0).map(Hash::from_bytes))
}

/// The programs that stand in the log, in the order proposed.
pub(crate) fn programs(connection: &Connection) -> rusqlite::Result<Vec<Digest>> {
    let select = "SELECT charter FROM program WHERE leaf IS NOT NULL ORDER BY proposed_ms, charter";
    rows(connection, select, [], |row| digest(row, 0))
}

/// Counts of a program. There is none of contributors (P7).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Totals {
    pub(crate) sessions: u64,
    pub(crate) steps: u64,
    pub(crate) datasets: u64,
    pub(crate) datasets_flagged: u64,
}

/// Counts what stands in the log and was not withdrawn.
pub(crate) fn totals(connection: &Connection, charter: &Digest) -> rusqlite::Result<Totals> {
    let select = "
        SELECT count(*), coalesce(sum(s.steps), 0),
          (SELECT count(*) FROM dataset d WHERE d.charter = ?1),
          (SELECT count(*) FROM dataset d WHERE d.charter = ?1 AND d.flagged_ms IS NOT NULL)
        FROM session s JOIN consent c ON c.id = s.consent
        WHERE s.charter = ?1 AND c.withdrawal IS NULL";
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Totals {
            sessions: count(row, 0)?,
            steps: count(row, 1)?,
            datasets: count(row, 2)?,
            datasets_flagged: count(row, 3)?,
        })
    };
    connection.prepare_cached(select)?.query_row([charter.as_bytes()], read)
}
