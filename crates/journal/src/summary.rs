//! What a list of sessions tells the person.

use std::collections::BTreeMap;

use candor_model::{ConsentId, Digest, FindingKind, Outcome, PublicKey, SessionId, Timestamp};

use crate::session::Session;

/// Where a session is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// A recorder is at work.
    Recording,
    /// The recorder ended without a word; the person can end the session or discard it.
    Interrupted,
    /// It waits for the person.
    InReview,
    /// The person has looked at it.
    Reviewed,
    /// The person released it; the server has not confirmed it.
    Releasing,
    /// The server has it.
    Released {
        /// Digest of the server's receipt.
        receipt: Digest,
    },
}

impl State {
    pub(crate) fn of(session: &Session) -> Self {
        let index = &session.index;
        match (index.receipt, index.release, index.reviewed, &index.finish) {
            (Some(receipt), _, _, _) => Self::Released { receipt },
            (None, Some(_), _, _) => Self::Releasing,
            (None, None, Some(_), _) => Self::Reviewed,
            (None, None, None, Some(_)) => Self::InReview,
            (None, None, None, None) if session.recording => Self::Recording,
            (None, None, None, None) => Self::Interrupted,
        }
    }
}

/// A session in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSummary {
    /// The session.
    pub session: SessionId,
    /// Where it is on its way.
    pub state: State,
    /// The charter in force.
    pub charter: Digest,
    /// The consent in force.
    pub consent: ConsentId,
    /// The contributor's key.
    pub contributor: PublicKey,
    /// How many steps would be released.
    pub steps: usize,
    /// How many steps the person dropped, alone or with their application.
    pub dropped: usize,
    /// How many masks of the person are in force: regions, words, applications.
    pub masks: usize,
    /// How many stretches the gate refused.
    pub gaps: usize,
    /// Size on disk in bytes.
    pub bytes: u64,
    /// What redaction took out of the steps that would be released and of the task's name, by kind. Regions that the
    /// person masked are counted at release.
    pub findings: BTreeMap<FindingKind, u64>,
    /// First moment.
    pub started: Timestamp,
    /// Last moment, once it has ended.
    pub ended: Option<Timestamp>,
    /// How it ended, as the person says.
    pub outcome: Option<Outcome>,
    /// When it deletes itself; none once the person has released it.
    pub deletes_at: Option<Timestamp>,
    /// What the person was doing, redacted.
    pub task: Option<String>,
}

impl SessionSummary {
    pub(crate) fn of(session: &Session) -> Self {
        let index = &session.index;
        let kept = index.kept().count();
        Self {
            session: index.start.session,
            state: State::of(session),
            charter: index.start.charter,
            consent: index.start.consent,
            contributor: index.start.contributor,
            steps: kept,
            dropped: index.steps.len() - kept,
            masks: index.masks().count(),
            gaps: index.gaps.len(),
            bytes: session.files.bytes(),
            findings: index.findings(),
            started: index.start.started,
            ended: index.finish.as_ref().map(|finish| finish.ended),
            outcome: index.outcome(),
            deletes_at: index.release.is_none().then(|| index.deletes_at()),
            task: index.task().map(|task| task.text),
        }
    }
}
