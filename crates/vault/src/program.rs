//! Programs: proposed, signed by four, started, halted, resumed, closed; and the leases that recorders renew.
//!
//! A state is never stored. It is made from the signed statements in the order in which the log has them, by the law of
//! `consent`, as an auditor makes it.

mod history;

use candor_consent::{Act, Charter, Document, Lease, ProgramAct, SignOff};
use candor_log::{Hash, LeafKind};
use candor_model::{Digest, Entropy, Envelope, PublicKey, Timestamp};

use crate::disk;
use crate::error::ProgramActError;
use crate::fault::Fault;
use crate::ledger::{Entry, stage};
use crate::statements::signed_alone;
use crate::store;
use crate::vault::{CLOCK_SKEW_MS_MAX, STATEMENT_STORED, Vault};
use crate::view::ProgramView;
use history::Said;

pub(crate) use history::Program;

/// Largest document in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Most programs of one server.
pub const PROGRAMS_MAX: usize = 1_000;
/// Most sign-offs and acts about one program; halts are not counted, so that stopping never fails.
const STATEMENTS_PER_PROGRAM_MAX: usize = 10_000;
/// Minutes that a lease lasts: how long a recorder without a network can miss a halt.
pub const LEASE_MINUTES: u32 = 15;
/// How long an act may be on its way, in milliseconds. A halt may be as old as it likes.
const ACT_AGE_MS_MAX: i64 = 60 * 60 * 1000;

/// An act was done, and stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActDone {
    /// Index of its leaf.
    pub leaf: u64,
    /// Name of the program's state after it.
    pub state: &'static str,
}

impl Vault {
    /// Proposes a program: a charter and every document that it names. The same proposal again changes nothing.
    ///
    /// # Errors
    /// When the charter is not valid, or the documents are not exactly those that it names.
    pub fn propose(
        &mut self,
        charter: &[u8],
        documents: &[(String, Vec<u8>)],
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<ProgramView, ProgramActError> {
        let now = self.clock(now)?;
        self.settle(now)?;
        let charter = Charter::parse(charter).map_err(|error| ProgramActError::Charter(Box::new(error)))?;
        let digest = charter.digest();
        if !self.programs.contains_key(&digest) {
            all_attached(&charter, documents)?;
            if self.programs.len() >= PROGRAMS_MAX {
                return Err(ProgramActError::TooMany { most: PROGRAMS_MAX });
            }
            self.store_documents(&charter, documents)?;
            self.add_program(&charter, now, entropy)?;
        }
        Ok(self.program_view(&digest, now)?)
    }

    /// Files first: a crash here leaves documents that no program names.
    fn store_documents(&self, charter: &Charter, documents: &[(String, Vec<u8>)]) -> Result<(), Fault> {
        let folder = self.path("documents");
        for (_, bytes) in documents {
            disk::write(&folder.join(Digest::of(bytes).to_string()), bytes)?;
        }
        disk::write(&folder.join(charter.digest().to_string()), charter.bytes())?;
        self.passed(STATEMENT_STORED);
        Ok(())
    }

    fn add_program(
        &mut self,
        charter: &Charter,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<(), Fault> {
        let salt_key = self.openings_key();
        let entry = Entry {
            kind: LeafKind::Program,
            charter: charter.digest(),
            program: Hash::ZERO,
            consent: None,
            session: None,
            body: charter.bytes(),
            tag: None,
        };
        self.commit(now, |transaction| {
            store::add_program(transaction, &charter.digest(), now)?;
            stage(transaction, &entry, &salt_key, now, entropy)
        })
    }

    /// Takes a signer's decision about a charter.
    ///
    /// # Errors
    /// When it is not signed by the signer of its role, or dated after the present.
    pub fn sign_off(
        &mut self,
        envelope: &Envelope,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<ActDone, ProgramActError> {
        self.say(envelope, now, entropy, |charter, _| SignOff::verify(envelope, charter).map(Said::SignOff))
    }

    /// Does an act over a program: start, halt, resume, close. It is in the log before it takes effect.
    ///
    /// # Errors
    /// When it is not signed by who may, dated wrongly, or the law does not allow it.
    pub fn act(
        &mut self,
        envelope: &Envelope,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<ActDone, ProgramActError> {
        self.say(envelope, now, entropy, |charter, organisation| {
            ProgramAct::verify(envelope, charter, organisation).map(Said::Act)
        })
    }

    fn say(
        &mut self,
        envelope: &Envelope,
        now: Timestamp,
        entropy: &mut dyn Entropy,
        verify: impl FnOnce(&Charter, &PublicKey) -> Result<Said, candor_consent::StatementError>,
    ) -> Result<ActDone, ProgramActError> {
        // Stopping waits for no clock (P9). Nothing is believed yet: `verify` reads the same envelope.
        let now = if asks_to_halt(envelope) { self.clock_whatever(now)? } else { self.clock(now)? };
        self.settle(now)?;
        let charter = subject_of(envelope)?;
        let program = self.program(&charter).ok_or(ProgramActError::UnknownProgram)?;
        let said = verify(&program.charter, &self.organisation()).map_err(ProgramActError::Statement)?;
        if !signed_alone(envelope, &[said.signer()]) {
            return Err(ProgramActError::Signatures);
        }
        let kind = said.kind();
        let digest = envelope.digest();
        if let Some(done) = store::act_of(&self.connection, kind, &digest)? {
            return Ok(ActDone { leaf: done.leaf, state: program.state(now).name() });
        }
        is_allowed(program, &said, now)?;
        self.statements.put(envelope)?;
        self.passed(STATEMENT_STORED);
        self.stage_plain(kind, charter, &envelope.to_bytes(), now, entropy)?;
        let done = store::act_of(&self.connection, kind, &digest)?;
        let done = done.ok_or(Fault::Damaged { what: "an act" })?;
        let program = self.program(&charter).ok_or(ProgramActError::UnknownProgram)?;
        Ok(ActDone { leaf: done.leaf, state: program.state(now).name() })
    }

    /// Stages an act that is nobody's but the organisation's or the signers', and takes it into the log.
    fn stage_plain(
        &mut self,
        kind: LeafKind,
        charter: Digest,
        body: &[u8],
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<(), Fault> {
        let (salt_key, program) = (self.openings_key(), self.program_leaf(&charter)?);
        let entry = Entry { kind, charter, program, consent: None, session: None, body, tag: None };
        self.commit(now, |transaction| stage(transaction, &entry, &salt_key, now, entropy))
    }

    /// Whether recording may go on: what a lease says, without its signature.
    ///
    /// # Errors
    /// When there is no such program, or the clock went back.
    pub fn runs(&mut self, charter: &Digest, now: Timestamp) -> Result<bool, ProgramActError> {
        let now = self.clock(now)?;
        let program = self.program(charter).ok_or(ProgramActError::UnknownProgram)?;
        Ok(program.refuses_capture(now).is_none())
    }

    /// The organisation's word whether recording may go on, for every recorder the same: it names no contributor (P7).
    ///
    /// A program that does not run gets a lease too, which says stop.
    ///
    /// # Errors
    /// When there is no such program, or the clock went back.
    pub fn lease(&mut self, charter: &Digest, now: Timestamp) -> Result<Envelope, ProgramActError> {
        let state_ok = self.runs(charter, now)?;
        let now = self.clock(now)?;
        // Milliseconds since 1970 rise over restarts too; two leases of one millisecond differ all the same.
        let sequence = u64::try_from(now.as_millis()).unwrap_or(0).max(self.lease.saturating_add(1));
        self.lease = sequence;
        let expires_at = now.plus_millis(i64::from(LEASE_MINUTES) * 60_000);
        let lease = Lease { program: *charter, issued_at: now, expires_at, sequence, state_ok };
        Ok(lease.sign(&self.organisation).map_err(Fault::Canonical)?)
    }
}

fn asks_to_halt(envelope: &Envelope) -> bool {
    candor_model::Statement::<ProgramAct>::peek(envelope).is_ok_and(|said| said.predicate.act == Act::Halt)
}

/// The charter that a statement about a program names, before anything of it is believed.
fn subject_of(envelope: &Envelope) -> Result<Digest, ProgramActError> {
    let sign_off = candor_model::Statement::<SignOff>::peek(envelope).ok().and_then(|s| s.subject_digest());
    let act = candor_model::Statement::<ProgramAct>::peek(envelope).ok().and_then(|s| s.subject_digest());
    sign_off.or(act).ok_or(ProgramActError::UnknownProgram)
}

fn is_allowed(program: &Program, said: &Said, now: Timestamp) -> Result<(), ProgramActError> {
    let at = said.at();
    if at > now.plus_millis(CLOCK_SKEW_MS_MAX) {
        return Err(ProgramActError::Future { at, now });
    }
    let many = program.statements();
    if many >= STATEMENTS_PER_PROGRAM_MAX && !said.is_halt() {
        return Err(ProgramActError::TooMany { most: STATEMENTS_PER_PROGRAM_MAX });
    }
    let Said::Act(act) = said else { return Ok(()) };
    if act.act != Act::Halt && at.plus_millis(ACT_AGE_MS_MAX) < now {
        return Err(ProgramActError::Late { at, now });
    }
    let until = now.plus_millis(CLOCK_SKEW_MS_MAX);
    let next = program.current().clone().apply(&program.charter, act, &program.sign_offs, until);
    next.map(drop).map_err(ProgramActError::Refused)
}

/// Every document that the charter names is attached under its kind, and no other.
fn all_attached(charter: &Charter, documents: &[(String, Vec<u8>)]) -> Result<(), ProgramActError> {
    if let Some((_, bytes)) = documents.iter().find(|(_, bytes)| bytes.len() > DOCUMENT_BYTES_MAX) {
        return Err(ProgramActError::DocumentTooLarge { bytes: bytes.len() });
    }
    let names = |named: &Document, (kind, bytes): &(String, Vec<u8>)| {
        named.kind.as_str() == kind && named.digest == Digest::of(bytes)
    };
    for named in charter.documents() {
        if !documents.iter().any(|document| names(named, document)) {
            return Err(ProgramActError::DocumentMissing { kind: named.kind.as_str() });
        }
    }
    let unknown =
        documents.iter().find(|document| !charter.documents().iter().any(|named| names(named, document)));
    unknown.map_or(Ok(()), |(kind, _)| Err(ProgramActError::DocumentUnknown { kind: kind.clone() }))
}
