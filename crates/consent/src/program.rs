//! A program's life: typed states whose transitions consume them, and the form in which a state is stored.
//!
//! ```text
//! Draft -> Assessing -> Consulting -> AwaitingSignOff -> Pilot -> PilotReview -> Production -> Closing -> Closed
//!                                                          |          |             |            |
//!                                                          +----------+--> Halted <-+------------+
//! ```
//!
//! A change to a signed document is a change to the charter, hence another program with another digest, which begins as a
//! draft. The guards are code: nobody ticks a box. There is no transition to a running state without an [`Approval`], and
//! no way to make one without four verified sign-offs.

mod approval;
mod states;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use candor_model::{Digest, Envelope, PublicKey, Timestamp};
use serde::{Deserialize, Serialize};

pub use approval::{Approval, ApprovalError};
pub use states::{
    Assessing, AwaitingSignOff, Closed, Closing, Consulting, Draft, Halted, Interrupted, Pilot, PilotReview,
    Production,
};

use crate::{Act, Charter, Reason, SignOff, Verified, act::ProgramAct};

/// Why a program does not change its state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProgramError {
    /// The state belongs to another charter.
    #[error("the state is of another charter")]
    OtherCharter,
    /// Documents that the charter names are not there.
    #[error("{0} documents that the charter names are not there")]
    DocumentsMissing(usize),
    /// The four signers did not all approve.
    #[error("the program is not approved")]
    NotApproved(#[source] ApprovalError),
    /// The act is another one than the transition needs.
    #[error("the act does not lead there")]
    WrongAct,
    /// The act is dated after the present, or before the state began.
    #[error("the act is dated outside of the state's time")]
    WrongTime,
    /// No such transition leaves this state.
    #[error("a program that is {state} cannot do that")]
    NoSuchTransition {
        /// The state.
        state: &'static str,
    },
}

/// A program's state as it is stored and sent.
///
/// A stored state is as good as its store. Who trusts no store makes it again from the signed statements:
/// [`ProgramState::replay`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ProgramState {
    /// The charter is written.
    Draft(Draft),
    /// Its risks are assessed.
    Assessing(Assessing),
    /// The people, or who speaks for them, are asked.
    Consulting(Consulting),
    /// Everything is there but the four approvals.
    AwaitingSignOff(AwaitingSignOff),
    /// It runs, within caps, until a date.
    Pilot(Pilot),
    /// The pilot ended; nothing is captured.
    PilotReview(PilotReview),
    /// It runs.
    Production(Production),
    /// It was stopped.
    Halted(Halted),
    /// It ends: keys are destroyed on schedule.
    Closing(Closing),
    /// It ended.
    Closed(Closed),
}

impl ProgramState {
    /// The first state of the program of `charter`.
    #[must_use]
    pub const fn of(charter: &Charter) -> Self {
        Self::Draft(Draft::of(charter))
    }

    /// The charter that it is a state of.
    #[must_use]
    pub const fn charter(&self) -> Digest {
        match self {
            Self::Draft(s) => s.charter(),
            Self::Assessing(s) => s.charter(),
            Self::Consulting(s) => s.charter(),
            Self::AwaitingSignOff(s) => s.charter(),
            Self::Pilot(s) => s.charter(),
            Self::PilotReview(s) => s.charter(),
            Self::Production(s) => s.charter(),
            Self::Halted(s) => s.charter(),
            Self::Closing(s) => s.charter(),
            Self::Closed(s) => s.charter(),
        }
    }

    /// The state's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Draft(_) => "draft",
            Self::Assessing(_) => "assessing",
            Self::Consulting(_) => "consulting",
            Self::AwaitingSignOff(_) => "awaiting_sign_off",
            Self::Pilot(_) => "pilot",
            Self::PilotReview(_) => "pilot_review",
            Self::Production(_) => "production",
            Self::Halted(_) => "halted",
            Self::Closing(_) => "closing",
            Self::Closed(_) => "closed",
        }
    }

    /// The state at `now`, when time alone changes it: a pilot whose days are over is in review.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        match self {
            Self::Pilot(pilot) if now >= pilot.ends_at() => Self::PilotReview(pilot.end()),
            Self::Draft(_)
            | Self::Assessing(_)
            | Self::Consulting(_)
            | Self::AwaitingSignOff(_)
            | Self::Pilot(_)
            | Self::PilotReview(_)
            | Self::Production(_)
            | Self::Halted(_)
            | Self::Closing(_)
            | Self::Closed(_) => self,
        }
    }

    /// Goes on to the next stage of preparation, given the digests of the documents that are there.
    ///
    /// # Errors
    /// When documents are missing, or the program is past its preparation.
    pub fn prepare(self, charter: &Charter, held: &BTreeSet<Digest>) -> Result<Self, ProgramError> {
        self.require(charter)?;
        let state = self.name();
        match self {
            Self::Draft(draft) => Ok(Self::Assessing(draft.assess())),
            Self::Assessing(assessing) => assessing.consult(charter, held).map(Self::Consulting),
            Self::Consulting(consulting) => consulting.conclude(charter, held).map(Self::AwaitingSignOff),
            Self::AwaitingSignOff(_)
            | Self::Pilot(_)
            | Self::PilotReview(_)
            | Self::Production(_)
            | Self::Halted(_)
            | Self::Closing(_)
            | Self::Closed(_) => Err(ProgramError::NoSuchTransition { state }),
        }
    }

    /// Does what a verified act says, by what the signers said so far. This is the one way in which a running program
    /// starts, stops, goes on and ends.
    ///
    /// # Errors
    /// When the act is not possible, not in time, or not approved by all four.
    pub fn apply(
        self,
        charter: &Charter,
        act: &Verified<ProgramAct>,
        sign_offs: &[Verified<SignOff>],
        now: Timestamp,
    ) -> Result<Self, ProgramError> {
        self.require(charter)?;
        if act.at > now {
            return Err(ProgramError::WrongTime);
        }
        let state = self.at(act.at);
        match act.act {
            Act::Start => state.start(charter, act, sign_offs),
            Act::Halt => state.halt(act),
            Act::Resume => state.resume(charter, act, sign_offs),
            Act::Close => state.close(act),
        }
    }

    fn start(
        self,
        charter: &Charter,
        act: &Verified<ProgramAct>,
        sign_offs: &[Verified<SignOff>],
    ) -> Result<Self, ProgramError> {
        let state = self.name();
        match self {
            Self::AwaitingSignOff(awaiting) => {
                let approval =
                    Approval::of(charter, sign_offs, None, act.at).map_err(ProgramError::NotApproved)?;
                awaiting.start(charter, act, &approval).map(Self::Pilot)
            }
            Self::PilotReview(review) => {
                let approval = Approval::of(charter, sign_offs, Some(review.since()), act.at);
                review.start(act, &approval.map_err(ProgramError::NotApproved)?).map(Self::Production)
            }
            Self::Draft(_)
            | Self::Assessing(_)
            | Self::Consulting(_)
            | Self::Pilot(_)
            | Self::Production(_)
            | Self::Halted(_)
            | Self::Closing(_)
            | Self::Closed(_) => Err(ProgramError::NoSuchTransition { state }),
        }
    }

    fn halt(self, act: &Verified<ProgramAct>) -> Result<Self, ProgramError> {
        let state = self.name();
        let interrupted = match self {
            Self::Pilot(pilot) => Interrupted::Pilot(pilot),
            Self::PilotReview(review) => Interrupted::PilotReview(review),
            Self::Production(production) => Interrupted::Production(production),
            Self::Closing(closing) => Interrupted::Closing(closing),
            Self::Halted(halted) => return halted.halt_again(act).map(Self::Halted),
            Self::Draft(_)
            | Self::Assessing(_)
            | Self::Consulting(_)
            | Self::AwaitingSignOff(_)
            | Self::Closed(_) => return Err(ProgramError::NoSuchTransition { state }),
        };
        interrupted.halt(act).map(Self::Halted)
    }

    fn resume(
        self,
        charter: &Charter,
        act: &Verified<ProgramAct>,
        sign_offs: &[Verified<SignOff>],
    ) -> Result<Self, ProgramError> {
        let state = self.name();
        let Self::Halted(halted) = self else {
            return Err(ProgramError::NoSuchTransition { state });
        };
        let approval = Approval::of(charter, sign_offs, Some(halted.since()), act.at);
        let state = match halted.resume(act, &approval.map_err(ProgramError::NotApproved)?)? {
            Interrupted::Pilot(pilot) => Self::Pilot(pilot),
            Interrupted::PilotReview(review) => Self::PilotReview(review),
            Interrupted::Production(production) => Self::Production(production),
            Interrupted::Closing(closing) => Self::Closing(closing),
        };
        Ok(state.at(act.at))
    }

    fn close(self, act: &Verified<ProgramAct>) -> Result<Self, ProgramError> {
        let state = self.name();
        match self {
            Self::Pilot(pilot) => pilot.close(act).map(Self::Closing),
            Self::PilotReview(review) => review.close(act).map(Self::Closing),
            Self::Production(production) => production.close(act).map(Self::Closing),
            Self::Halted(halted) => halted.close(act).map(Self::Closing),
            Self::Closing(closing) => closing.finish(act).map(Self::Closed),
            Self::Draft(_)
            | Self::Assessing(_)
            | Self::Consulting(_)
            | Self::AwaitingSignOff(_)
            | Self::Closed(_) => Err(ProgramError::NoSuchTransition { state }),
        }
    }

    fn require(&self, charter: &Charter) -> Result<(), ProgramError> {
        if self.charter() == charter.digest() { Ok(()) } else { Err(ProgramError::OtherCharter) }
    }

    /// The state of the program of `charter` at `until`, made from nothing but signed statements.
    ///
    /// `envelopes` may hold anything, in any order: what is no sign-off and no act of this program is passed over, and so
    /// is an act that is not possible. `held` are the digests of the documents that are there.
    ///
    /// # Errors
    /// When documents that the charter names are missing.
    pub fn replay(
        charter: &Charter,
        organisation: &PublicKey,
        held: &BTreeSet<Digest>,
        envelopes: &[Envelope],
        until: Timestamp,
    ) -> Result<Self, ProgramError> {
        let sign_offs: Vec<_> = envelopes.iter().filter_map(|e| SignOff::verify(e, charter).ok()).collect();
        let mut acts: Vec<_> =
            envelopes.iter().filter_map(|e| ProgramAct::verify(e, charter, organisation).ok()).collect();
        // At one moment a halt comes last, so that nothing can undo it in the same breath. The rest makes the order whole.
        acts.sort_by_key(|act| (act.at, act.act == Act::Halt, act.act, act.envelope()));
        let mut state =
            Self::of(charter).prepare(charter, held)?.prepare(charter, held)?.prepare(charter, held)?;
        for act in acts.iter().filter(|act| act.at <= until) {
            // An act that is not possible changes nothing; a halt is possible in every running state.
            state = state.clone().apply(charter, act, &sign_offs, until).unwrap_or(state);
        }
        Ok(state.at(until))
    }

    /// Why nothing may be captured at `now`, if so.
    #[must_use]
    pub fn refuses_capture(&self, now: Timestamp) -> Option<Reason> {
        match self {
            Self::Pilot(pilot) => pilot.refuses(now),
            Self::Production(production) => production.refuses(now),
            Self::Halted(_) => Some(Reason::Halted),
            Self::Draft(_)
            | Self::Assessing(_)
            | Self::Consulting(_)
            | Self::AwaitingSignOff(_)
            | Self::PilotReview(_)
            | Self::Closing(_)
            | Self::Closed(_) => Some(Reason::ProgramNotRunning),
        }
    }

    /// Why nothing may be used at `now`, if so. What a pilot collected may be used while it is reviewed: else nobody
    /// could compile a version without the recordings of those who withdraw then.
    #[must_use]
    pub fn refuses_use(&self, now: Timestamp) -> Option<Reason> {
        match self {
            Self::Pilot(pilot) => pilot.refuses_use(now),
            Self::PilotReview(review) => review.refuses_use(now),
            Self::Production(production) => production.refuses(now),
            Self::Halted(_) => Some(Reason::Halted),
            Self::Draft(_)
            | Self::Assessing(_)
            | Self::Consulting(_)
            | Self::AwaitingSignOff(_)
            | Self::Closing(_)
            | Self::Closed(_) => Some(Reason::ProgramNotRunning),
        }
    }
}
