//! The embedded store and the one sequencer: SQLite tables in a database that the caller owns, and a folder of tiles.
//!
//! The path of a leaf: [`push`] puts it into the outbox inside the caller's own transaction, so that no state changes
//! without its entry. [`Sequencer::sequence`] then takes a batch through these steps, with a named commit point
//! ([`COMMIT_POINTS`]) after each:
//!
//! 1. reads the outbox in order and gives each leaf its index and the batch its time;
//! 2. builds tiles, root and signed checkpoint in memory;
//! 3. in ONE transaction moves the lock from the old head to the new one, stages the files, and notes the places: from
//!    here on the batch is in the log whatever happens, and before here it never was;
//! 4. writes the tiles, durably;
//! 5. replaces the published checkpoint, durably: from here on the world knows;
//! 6. removes partial tiles that full ones have superseded;
//! 7. clears the stage.
//!
//! A crash before 3 leaves the outbox as it was. A crash after 3 leaves a stage that [`Sequencer::open`] takes through 4
//! to 7 with the same code.
//!
//! Invariants: no signature leaves the process before 3 is committed (I1); the lock never goes back and never names two
//! roots for one size (I2, triggers in the database see to it too); every byte under a published root is durable (I3);
//! doing 4 to 7 again changes nothing (I4); a clock that went back stops the signing (I6). The database is the trust
//! anchor: the folder is verified against it, and a folder that says more than the database is refused.
//!
//! What it does not protect from: a database and a folder that are both put back to the same earlier state. Only somebody
//! outside who remembers a later checkpoint sees that.

mod edge;
mod folder;
mod nodes;
mod open;
mod read;
mod sequencer;
mod tables;

use std::sync::Arc;

pub use folder::FolderError;
pub use open::OpenError;
pub use read::ReadError;
pub use sequencer::{FinishError, SequenceError, Sequencer};
pub use tables::{MigrateError, OutboxId, PushError, migrate, push};

/// Most leaves of one batch.
pub const BATCH_LEAVES_MAX: u16 = 2_000;
/// Most leaves that may wait in the outbox. A full outbox refuses the transaction that would add to it: nothing happens
/// that the log could not say.
pub const OUTBOX_LEAVES_MAX: i64 = 100_000;

/// Told the name of each commit point as it is passed. Production passes one that does nothing, a crash test one that
/// ends the process.
pub type Hook = Arc<dyn Fn(&'static str) + Send + Sync>;

/// A new log exists in the database; its folder has no checkpoint yet.
pub const CREATED: &str = "log.created";
/// A batch is built and signed in memory, inside a transaction that is still open.
pub const BUILT: &str = "log.built";
/// The transaction is committed: the batch is in the log.
pub const STAGED: &str = "log.staged";
/// One more tile of the batch is under its name.
pub const TILE: &str = "log.tile";
/// All tiles of the batch are durable.
pub const TILES: &str = "log.tiles";
/// The checkpoint is durable under a temporary name.
pub const CHECKPOINT: &str = "log.checkpoint";
/// The checkpoint is published.
pub const PUBLISHED: &str = "log.published";
/// Superseded partial tiles are gone.
pub const PARTIALS: &str = "log.partials";
/// The stage is empty again.
pub const CLEARED: &str = "log.cleared";

/// The commit points, in the order in which a new log and its first batch pass them.
pub const COMMIT_POINTS: [&str; 9] =
    [CREATED, BUILT, STAGED, TILE, TILES, CHECKPOINT, PUBLISHED, PARTIALS, CLEARED];

#[cfg(test)]
mod tests;
