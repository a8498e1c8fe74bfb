//! The states. Each holds what is true in it and nothing else; a transition consumes it.

use std::collections::BTreeSet;

use candor_model::{Digest, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Approval, ProgramError};
use crate::{Act, Charter, Document, DocumentKind, ProgramAct, Reason, Verified};

macro_rules! state {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name {
            charter: Digest,
            $($field: $type,)*
        }

        impl $name {
            /// The charter.
            #[must_use]
            pub const fn charter(&self) -> Digest {
                self.charter
            }
        }
    };
}

state!(
    /// The charter is written.
    Draft {}
);
state!(
    /// Its risks are assessed.
    Assessing {}
);
state!(
    /// The people, or who speaks for them, are asked.
    Consulting {}
);
state!(
    /// Everything is there but the four approvals.
    AwaitingSignOff {}
);
state!(
    /// It runs, within caps, until a date.
    Pilot { since: Timestamp, ends_at: Timestamp, approved_until: Timestamp }
);
state!(
    /// The pilot ended; nothing is captured.
    PilotReview { since: Timestamp, approved_until: Timestamp }
);
state!(
    /// It runs.
    Production { since: Timestamp, approved_until: Timestamp }
);
state!(
    /// It was stopped.
    Halted { since: Timestamp, before: Interrupted }
);
state!(
    /// It ends: keys are destroyed on schedule.
    Closing { since: Timestamp }
);
state!(
    /// It ended.
    Closed { since: Timestamp }
);

/// What a halt interrupted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Interrupted {
    /// A pilot. Its last day stays where it was.
    Pilot(Pilot),
    /// A review.
    PilotReview(PilotReview),
    /// Production.
    Production(Production),
    /// The end.
    Closing(Closing),
}

impl Draft {
    /// The first state of the program of `charter`.
    #[must_use]
    pub const fn of(charter: &Charter) -> Self {
        Self { charter: charter.digest() }
    }

    /// The charter's own rules held when it was parsed: purposes, scope, forbidden purposes, recipients.
    #[must_use]
    pub fn assess(self) -> Assessing {
        Assessing { charter: self.charter }
    }
}

impl Assessing {
    /// The assessment is there: the DPIA, and why consent is free.
    ///
    /// # Errors
    /// When one of the two documents is not held.
    pub fn consult(self, charter: &Charter, held: &BTreeSet<Digest>) -> Result<Consulting, ProgramError> {
        let assessed = [DocumentKind::Dpia, DocumentKind::FreelyGivenAssessment];
        require_documents(charter, held, |document| assessed.contains(&document.kind))?;
        Ok(Consulting { charter: self.charter })
    }
}

impl Consulting {
    /// The consultation is on record, and every document that the charter names is there.
    ///
    /// # Errors
    /// When a document is not held.
    pub fn conclude(
        self,
        charter: &Charter,
        held: &BTreeSet<Digest>,
    ) -> Result<AwaitingSignOff, ProgramError> {
        require_documents(charter, held, |_| true)?;
        Ok(AwaitingSignOff { charter: self.charter })
    }
}

impl AwaitingSignOff {
    /// All four approve: the pilot begins, and its last day is set.
    ///
    /// # Errors
    /// When the act is no start, or the approval is for something else.
    pub fn start(
        self,
        charter: &Charter,
        act: &Verified<ProgramAct>,
        approval: &Approval,
    ) -> Result<Pilot, ProgramError> {
        require_act(act, Act::Start, None)?;
        require_approval(approval, self.charter, act)?;
        let ends_at = act.at.plus_days(charter.caps().days_max);
        Ok(Pilot { charter: self.charter, since: act.at, ends_at, approved_until: approval.until() })
    }
}

impl Pilot {
    /// When it ends by itself.
    #[must_use]
    pub const fn ends_at(&self) -> Timestamp {
        self.ends_at
    }

    /// Its days are over. Capture stops, without grace.
    #[must_use]
    pub fn end(self) -> PilotReview {
        let since = self.ends_at.max(self.since);
        PilotReview { charter: self.charter, since, approved_until: self.approved_until }
    }

    /// Ends the program.
    ///
    /// # Errors
    /// When the act is no closing, or dated before the pilot.
    pub fn close(self, act: &Verified<ProgramAct>) -> Result<Closing, ProgramError> {
        close(self.charter, self.since, act)
    }

    pub(super) fn refuses(&self, now: Timestamp) -> Option<Reason> {
        if now >= self.ends_at { Some(Reason::PilotEnded) } else { self.refuses_use(now) }
    }

    pub(super) fn refuses_use(&self, now: Timestamp) -> Option<Reason> {
        refuses(self.since, self.approved_until, now)
    }
}

impl PilotReview {
    /// When the pilot ended.
    #[must_use]
    pub const fn since(&self) -> Timestamp {
        self.since
    }

    /// All four approve again, after the pilot: production begins.
    ///
    /// # Errors
    /// When the act is no start, or the approval is for something else.
    pub fn start(self, act: &Verified<ProgramAct>, approval: &Approval) -> Result<Production, ProgramError> {
        require_act(act, Act::Start, Some(self.since))?;
        require_approval(approval, self.charter, act)?;
        Ok(Production { charter: self.charter, since: act.at, approved_until: approval.until() })
    }

    /// Ends the program.
    ///
    /// # Errors
    /// When the act is no closing, or dated before the review.
    pub fn close(self, act: &Verified<ProgramAct>) -> Result<Closing, ProgramError> {
        close(self.charter, self.since, act)
    }

    pub(super) fn refuses_use(&self, now: Timestamp) -> Option<Reason> {
        refuses(self.since, self.approved_until, now)
    }
}

impl Production {
    /// Ends the program.
    ///
    /// # Errors
    /// When the act is no closing, or dated before production.
    pub fn close(self, act: &Verified<ProgramAct>) -> Result<Closing, ProgramError> {
        close(self.charter, self.since, act)
    }

    pub(super) fn refuses(&self, now: Timestamp) -> Option<Reason> {
        refuses(self.since, self.approved_until, now)
    }
}

impl Interrupted {
    /// Stops it. The halt counts from the act, and never from before the state began: an old halt that is shown again
    /// stops again, which is the safe side.
    pub(super) fn halt(self, act: &Verified<ProgramAct>) -> Result<Halted, ProgramError> {
        require_act(act, Act::Halt, None)?;
        let (charter, began) = match &self {
            Self::Pilot(s) => (s.charter, s.since),
            Self::PilotReview(s) => (s.charter, s.since),
            Self::Production(s) => (s.charter, s.since),
            Self::Closing(s) => (s.charter, s.since),
        };
        Ok(Halted { charter, since: act.at.max(began), before: self })
    }

    /// Goes on at `now`. The moment moves on in every state, so that the sign-offs that ended a halt serve for nothing else.
    fn go_on(mut self, now: Timestamp, until: Timestamp) -> Self {
        match &mut self {
            Self::Pilot(s) => (s.since, s.approved_until) = (now, until),
            Self::PilotReview(s) => (s.since, s.approved_until) = (now, until),
            Self::Production(s) => (s.since, s.approved_until) = (now, until),
            Self::Closing(_) => {}
        }
        self
    }
}

impl Halted {
    /// Since when: only what the signers said after this moment counts for going on.
    #[must_use]
    pub const fn since(&self) -> Timestamp {
        self.since
    }

    /// A second halt moves the moment on: sign-offs made between the two count no more.
    pub(super) fn halt_again(self, act: &Verified<ProgramAct>) -> Result<Self, ProgramError> {
        require_act(act, Act::Halt, None)?;
        Ok(Self { since: act.at.max(self.since), ..self })
    }

    /// All four approve again, after the halt: the program goes on where it was.
    ///
    /// # Errors
    /// When the act is no resumption, or the approval is for something else or from before the halt.
    pub fn resume(
        self,
        act: &Verified<ProgramAct>,
        approval: &Approval,
    ) -> Result<Interrupted, ProgramError> {
        require_act(act, Act::Resume, Some(self.since))?;
        require_approval(approval, self.charter, act)?;
        Ok(self.before.go_on(act.at, approval.until()))
    }

    /// Ends the program.
    ///
    /// # Errors
    /// When the act is no closing, or dated before the halt.
    pub fn close(self, act: &Verified<ProgramAct>) -> Result<Closing, ProgramError> {
        close(self.charter, self.since, act)
    }
}

impl Closing {
    /// The closing report is signed: the program is over.
    ///
    /// # Errors
    /// When the act is no closing, or dated before the closing began.
    pub fn finish(self, act: &Verified<ProgramAct>) -> Result<Closed, ProgramError> {
        require_act(act, Act::Close, Some(self.since))?;
        Ok(Closed { charter: self.charter, since: act.at })
    }
}

fn close(charter: Digest, since: Timestamp, act: &Verified<ProgramAct>) -> Result<Closing, ProgramError> {
    require_act(act, Act::Close, Some(since))?;
    Ok(Closing { charter, since: act.at })
}

fn refuses(since: Timestamp, approved_until: Timestamp, now: Timestamp) -> Option<Reason> {
    if now < since {
        Some(Reason::ProgramNotRunning)
    } else if now >= approved_until {
        Some(Reason::ApprovalExpired)
    } else {
        None
    }
}

fn require_act(
    act: &Verified<ProgramAct>,
    wanted: Act,
    after: Option<Timestamp>,
) -> Result<(), ProgramError> {
    if act.act != wanted {
        return Err(ProgramError::WrongAct);
    }
    if after.is_none_or(|after| act.at > after) { Ok(()) } else { Err(ProgramError::WrongTime) }
}

fn require_approval(
    approval: &Approval,
    charter: Digest,
    act: &Verified<ProgramAct>,
) -> Result<(), ProgramError> {
    if approval.charter() != charter {
        return Err(ProgramError::OtherCharter);
    }
    if approval.at() == act.at { Ok(()) } else { Err(ProgramError::WrongTime) }
}

fn require_documents(
    charter: &Charter,
    held: &BTreeSet<Digest>,
    wanted: impl Fn(&Document) -> bool,
) -> Result<(), ProgramError> {
    let wanted = charter.documents().iter().filter(|document| wanted(document));
    let missing = wanted.filter(|document| !held.contains(&document.digest)).count();
    if missing == 0 { Ok(()) } else { Err(ProgramError::DocumentsMissing(missing)) }
}
