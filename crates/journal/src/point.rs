//! Names of the commit points that the hook is told of.

/// A segment file with its header is durable, and has no record.
pub(crate) const SEGMENT_CREATED: &str = "journal.segment.created";
/// Records are written, and perhaps not durable.
pub(crate) const RECORDS_WRITTEN: &str = "journal.records.written";
/// Records are durable.
pub(crate) const RECORDS_SYNCED: &str = "journal.records.synced";
/// The folder of a session is there, and has no file.
pub(crate) const FOLDER_CREATED: &str = "journal.folder.created";
/// A session is marked for deletion.
pub(crate) const DELETE_MARKED: &str = "journal.delete.marked";
/// The files of a session are gone.
pub(crate) const DELETED: &str = "journal.delete.done";

/// What is forgotten is gone.
pub(crate) const CUT: &str = "journal.cut.done";

/// Every commit point, in the order in which a session meets them.
pub const COMMIT_POINTS: [&str; 7] =
    [FOLDER_CREATED, SEGMENT_CREATED, RECORDS_WRITTEN, RECORDS_SYNCED, CUT, DELETE_MARKED, DELETED];
