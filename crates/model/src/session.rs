//! What is said once for a whole session.

use serde::{Deserialize, Serialize};

use crate::{ConsentId, Digest, PublicKey, SessionId, Timestamp};

/// The operating system that the session was recorded on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// Linux.
    Linux,
    /// Windows.
    Windows,
    /// macOS.
    #[serde(rename = "macos")]
    MacOs,
}

/// How the task ended, as the person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The task was done.
    Success,
    /// The task was not done.
    Failure,
}

/// Which redactor worked, so that its known misses can be found later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedactorInfo {
    /// Profile name.
    pub profile: String,
    /// Version of the program.
    pub version: String,
    /// Digest of its rules and lists.
    pub rules: Digest,
}

/// When the work of an imported session was done, by the clock of its recorder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// First moment.
    pub started: Timestamp,
    /// Last moment.
    pub ended: Timestamp,
}

/// A session as its bundle describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionHeader {
    /// The session.
    pub session: SessionId,
    /// Digest of the charter in force when it was recorded. It names the program.
    pub charter: Digest,
    /// The consent it was recorded under.
    pub consent: ConsentId,
    /// The contributor's key for this program.
    pub contributor: PublicKey,
    /// First moment.
    pub started: Timestamp,
    /// Last moment.
    pub ended: Timestamp,
    /// Of an imported session: when its recorder says that the work was done. The consent, the hours and the program's
    /// state were judged at the import, from `started` to `ended`; a foreign clock proves nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<Recorded>,
    /// Where it was recorded.
    pub platform: Platform,
    /// Who redacted it.
    pub redactor: RedactorInfo,
    /// What the person was doing, in their words, redacted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}
