//! How many of what a dataset holds: for its card, its manifest and whoever asked for it.

use std::collections::{BTreeMap, BTreeSet};

use candor_model::{Digest, FindingKind, SessionHeader, SessionId};

use crate::agentnet;
use crate::plan::Planned;
use crate::recipe::Split;

/// How many of what. None of it is by person: how many contributors there are is not counted (P7).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Sessions with at least one record.
    pub sessions: u64,
    /// Records.
    pub records: u64,
    /// Records with a frame.
    pub frames: u64,
    /// Records whose action the code vocabulary of AgentNet cannot say.
    pub without_code: u64,
    /// Records of each split that has any.
    pub splits: BTreeMap<Split, u64>,
    /// Records by application.
    pub apps: BTreeMap<String, u64>,
    /// Records by kind of action.
    pub actions: BTreeMap<String, u64>,
    /// What redaction took out of the sessions that the records come from, by kind.
    pub findings: BTreeMap<FindingKind, u64>,
    pub(crate) redactors: BTreeSet<(String, String, Digest)>,
}

impl Counts {
    pub(crate) fn of(planned: &[Planned<'_>]) -> Self {
        let mut counts = Self::default();
        let mut seen = BTreeSet::new();
        for record in planned {
            counts.add_record(record);
            counts.add_session(record, &mut seen);
        }
        counts
    }

    fn add_record(&mut self, record: &Planned<'_>) {
        self.records += 1;
        self.frames += u64::from(record.step.frame.is_some());
        self.without_code += u64::from(agentnet::code(record.step).is_empty());
        *self.splits.entry(record.split).or_default() += 1;
        *self.apps.entry(record.step.window.app.to_string()).or_default() += 1;
        *self.actions.entry(record.step.action.kind().to_owned()).or_default() += 1;
    }

    fn add_session(&mut self, record: &Planned<'_>, seen: &mut BTreeSet<SessionId>) {
        let SessionHeader { session, redactor, .. } = &record.session.header;
        if !seen.insert(*session) {
            return;
        }
        self.sessions += 1;
        self.redactors.insert((redactor.profile.clone(), redactor.version.clone(), redactor.rules));
        for (kind, count) in &record.session.manifest.findings {
            *self.findings.entry(*kind).or_default() += count;
        }
    }
}
