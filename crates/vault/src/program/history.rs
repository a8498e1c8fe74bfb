//! A program as its statements in the log make it: what an auditor would make of the same statements.

use std::collections::BTreeSet;
use std::path::Path;

use candor_consent::{
    Act, Charter, ProgramAct, ProgramError, ProgramState, Reason, Refusal, SignOff, Verified,
};
use candor_log::LeafKind;
use candor_model::{Digest, PublicKey, Timestamp};

use super::DOCUMENT_BYTES_MAX;
use crate::disk;
use crate::fault::Fault;
use crate::store;
use crate::vault::{CLOCK_SKEW_MS_MAX, Vault};

/// A state, and since when.
#[derive(Debug)]
struct Since {
    leaf: u64,
    at: Timestamp,
    state: ProgramState,
}

/// A program as its statements in the log make it.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) charter: Charter,
    first: ProgramState,
    states: Vec<Since>,
    pub(crate) sign_offs: Vec<Verified<SignOff>>,
    /// The leaf that is looked at next.
    next: u64,
}

impl Program {
    pub(super) fn prepared(charter: Charter, held: &BTreeSet<Digest>) -> Result<Self, ProgramError> {
        let draft = ProgramState::of(&charter);
        let first = draft.prepare(&charter, held)?.prepare(&charter, held)?.prepare(&charter, held)?;
        Ok(Self { charter, first, states: Vec::new(), sign_offs: Vec::new(), next: 0 })
    }

    pub(super) fn current(&self) -> &ProgramState {
        self.states.last().map_or(&self.first, |since| &since.state)
    }

    /// How many sign-offs and acts there are.
    pub(super) fn statements(&self) -> usize {
        self.sign_offs.len().saturating_add(self.states.len())
    }

    /// The state at `now`, when every act in the log counts.
    pub(crate) fn state(&self, now: Timestamp) -> ProgramState {
        self.current().clone().at(now)
    }

    /// Why nothing may be captured or admitted at `now`.
    pub(crate) fn refuses_capture(&self, now: Timestamp) -> Option<Refusal> {
        self.current().refuses_capture(now).map(refusal)
    }

    /// The first moment between two at which nothing could be captured, with the reason.
    pub(crate) fn refuses_span(&self, from: Timestamp, to: Timestamp) -> Option<(Timestamp, Refusal)> {
        let changes =
            self.states.iter().filter(|since| from < since.at && since.at <= to).map(|since| since.at);
        let moments = [from, to].into_iter().chain(changes);
        moments
            .filter_map(|at| self.state_at(at).refuses_capture(at).map(|reason| (at, refusal(reason))))
            .min_by_key(|(at, _)| *at)
    }

    fn state_at(&self, at: Timestamp) -> &ProgramState {
        let begun = self.states.iter().filter(|since| since.at <= at);
        begun.max_by_key(|since| (since.at, since.leaf)).map_or(&self.first, |since| &since.state)
    }

    /// Applies a statement that stands in the log.
    pub(super) fn take(&mut self, said: Said, leaf: u64, logged: Timestamp) {
        self.next = leaf.saturating_add(1);
        match said {
            Said::SignOff(sign_off) => self.sign_offs.push(sign_off),
            Said::Act(act) => {
                let until = logged.plus_millis(CLOCK_SKEW_MS_MAX);
                let next = self.current().clone().apply(&self.charter, &act, &self.sign_offs, until);
                // The law was asked before the act was staged, so only a second halt in a row can be refused here.
                if let Ok(state) = next {
                    self.states.push(Since { leaf, at: act.at, state });
                }
            }
        }
    }
}

fn refusal(reason: Reason) -> Refusal {
    Refusal { reasons: vec![reason] }
}

/// A statement about a program, verified.
pub(super) enum Said {
    SignOff(Verified<SignOff>),
    Act(Verified<ProgramAct>),
}

impl Said {
    pub(super) fn at(&self) -> Timestamp {
        match self {
            Self::SignOff(said) => said.at,
            Self::Act(said) => said.at,
        }
    }

    pub(super) fn signer(&self) -> PublicKey {
        match self {
            Self::SignOff(said) => said.signer(),
            Self::Act(said) => said.signer(),
        }
    }

    pub(super) const fn kind(&self) -> LeafKind {
        match self {
            Self::SignOff(_) => LeafKind::SignOff,
            Self::Act(_) => LeafKind::ProgramAct,
        }
    }

    pub(super) fn is_halt(&self) -> bool {
        matches!(self, Self::Act(act) if act.act == Act::Halt)
    }
}

impl Vault {
    /// Brings a program up to what the log holds.
    pub(crate) fn follow_program(&mut self, digest: &Digest) -> Result<(), Fault> {
        // Out of the map while it changes: a program that cannot be followed is not there, and so allows nothing.
        let mut program = match self.programs.remove(digest) {
            Some(program) => program,
            None => self.read_program(digest)?,
        };
        for act in store::program_acts(&self.connection, digest, program.next)? {
            if let Some(said) = self.said(&program.charter, act.kind, &act.statement)? {
                program.take(said, act.leaf, act.at);
            }
        }
        self.programs.insert(*digest, program);
        Ok(())
    }

    fn read_program(&self, digest: &Digest) -> Result<Program, Fault> {
        let damaged = Fault::Damaged { what: "a charter" };
        let folder = self.path("documents");
        let bytes =
            disk::read(&folder.join(digest.to_string()), Charter::BYTES_MAX as u64)?.unwrap_or_default();
        let charter =
            Charter::parse(&bytes).ok().filter(|charter| charter.digest() == *digest).ok_or(damaged)?;
        let held = held(&folder, &charter)?;
        Program::prepared(charter, &held).map_err(|_| Fault::Damaged { what: "a document" })
    }

    fn said(&self, charter: &Charter, kind: LeafKind, statement: &Digest) -> Result<Option<Said>, Fault> {
        let damaged = |_| Fault::Damaged { what: "a statement about a program" };
        if kind == LeafKind::SignOff {
            let envelope = self.statements.get(statement)?;
            SignOff::verify(&envelope, charter).map(Said::SignOff).map(Some).map_err(damaged)
        } else if kind == LeafKind::ProgramAct {
            let envelope = self.statements.get(statement)?;
            let act = ProgramAct::verify(&envelope, charter, &self.organisation());
            act.map(Said::Act).map(Some).map_err(damaged)
        } else {
            Ok(None)
        }
    }
}

/// The digests of the charter's documents whose bytes are there.
fn held(folder: &Path, charter: &Charter) -> Result<BTreeSet<Digest>, Fault> {
    let mut held = BTreeSet::new();
    for document in charter.documents() {
        let bytes = disk::read(&folder.join(document.digest.to_string()), DOCUMENT_BYTES_MAX as u64)?;
        if bytes.is_some_and(|bytes| Digest::of(&bytes) == document.digest) {
            held.insert(document.digest);
        }
    }
    Ok(held)
}
