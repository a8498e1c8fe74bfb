//! Withdrawal and erasure. One step for the person; for the vault a row of commit points that start-up goes on from.
//!
//! 1. tombstone, flags on every dataset version, leaves *withdrawal* and *erasure requested*: one transaction;
//! 2. the leaves are in the log;
//! 3. the contributor's key is overwritten, synced, unlinked, and its folder synced;
//! 4. the server's own plaintext is deleted: copies of flagged versions, all but their manifests, and every dataset that
//!    lies ready to be sent, whoever's it is (the recipient asks again);
//! 5. the signed erasure and its leaves *erased*: one transaction, then the log.
//!
//! From 1 on nothing is admitted, opened or exported under the consent. A crash between any two leaves a consent with a
//! tombstone and no erasure, which [`Vault::pending_erasures`] shows and [`Vault::finish_erasures`] ends by the same code.

use candor_consent::{Consent, Withdrawal};
use candor_log::{Hash, LeafKind, erase_tag, revoke_tag};
use candor_model::evidence::LeafProof;
use candor_model::{
    Admission, ConsentId, Digest, Entropy, Envelope, Erasure, SessionId, Statement, Subject, Timestamp,
};

use crate::disk;
use crate::error::WithdrawError;
use crate::fault::Fault;
use crate::grant::secret;
use crate::ledger::{Entry, stage};
use crate::store::{self, ConsentRow};
use crate::vault::{COPIES_DELETED, KEY_DESTROYED, STATEMENT_STORED, Vault};

/// The one file of a dataset that stays: it says what the version was, and holds no content.
const KEPT: &str = "manifest.json";

/// A consent is ended and its keys are destroyed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// The consent.
    pub consent: ConsentId,
    /// The organisation's signed statement of the erasure.
    pub erasure: Envelope,
    /// Index of its first leaf.
    pub leaf: u64,
    /// What proves that the erasure stands in the log.
    pub proof: LeafProof,
    /// The sessions whose keys are gone.
    pub sessions: Vec<SessionId>,
    /// The dataset versions that held them, now flagged.
    pub flagged: Vec<Digest>,
}

/// A withdrawal whose erasure is not finished: state that is shown, counted and retried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingErasure {
    /// The consent.
    pub consent: ConsentId,
    /// Whether its key is already destroyed.
    pub key_destroyed: bool,
}

impl Vault {
    /// Ends a consent and destroys its key. It needs no reason and no approver, works in any state of the program, and
    /// again gives the same answer again.
    ///
    /// # Errors
    /// When the withdrawal is not the contributor's. A fault leaves a pending erasure, which is tried again.
    pub fn withdraw(
        &mut self,
        envelope: &Envelope,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Erased, WithdrawError> {
        let now = self.clock_whatever(now)?;
        self.settle(now)?;
        let statement = Statement::<Withdrawal>::peek(envelope).map_err(WithdrawError::NotAWithdrawal)?;
        let id = statement.predicate.consent;
        let row = store::consent(&self.connection, id)?.ok_or(WithdrawError::UnknownConsent(id))?;
        if row.withdrawal.is_none() {
            self.set_tombstone(&row, envelope, now, entropy)?;
        } else if statement.subject_digest() != Some(row.grant) {
            // What was signed is gone with its key; who knows its digest, which nobody can guess, may hear the outcome.
            return Err(WithdrawError::UnknownConsent(id));
        }
        self.erase(id, now, entropy)?;
        Ok(self.erased(id)?)
    }

    /// The withdrawals whose erasure is not finished.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn pending_erasures(&self) -> Result<Vec<PendingErasure>, Fault> {
        let pending =
            |consent| PendingErasure { consent, key_destroyed: !self.keys.holds_contributor(consent) };
        Ok(store::erasing(&self.connection)?.into_iter().map(pending).collect())
    }

    /// Goes on with every erasure that is not finished. Start-up calls it, and a server does from time to time. One that
    /// fails does not hold up the others.
    ///
    /// # Errors
    /// When one of them cannot be finished; it stays pending.
    pub fn finish_erasures(&mut self, now: Timestamp, entropy: &mut dyn Entropy) -> Result<(), Fault> {
        let now = self.clock_whatever(now)?;
        self.settle(now)?;
        let mut finished = Ok(());
        for consent in store::erasing(&self.connection)? {
            finished = finished.and(self.erase(consent, now, entropy));
        }
        finished
    }

    /// Commit points 1 and 2.
    fn set_tombstone(
        &mut self,
        row: &ConsentRow,
        envelope: &Envelope,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<(), WithdrawError> {
        let program = self.program(&row.charter).ok_or(Fault::Damaged { what: "the charter" })?;
        let consent = self.consent(&program.charter, row.id)?;
        Withdrawal::verify(envelope, &consent).map_err(WithdrawError::Statement)?;
        let tags = self.erase_tags(row.id)?;
        // It stays readable after the erasure: it is what shows that the person asked for it, and nobody else.
        self.statements.put(envelope)?;
        self.passed(STATEMENT_STORED);
        Ok(self.stage_withdrawal(&consent, &envelope.to_bytes(), &tags, now, entropy)?)
    }

    fn stage_withdrawal(
        &mut self,
        consent: &Consent,
        body: &[u8],
        tags: &[(SessionId, [u8; 32])],
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<(), Fault> {
        let rho = secret(&consent.grant().rho).ok_or(Fault::Damaged { what: "rho" })?;
        let program = self.program_leaf(&consent.charter())?;
        let (own, organisations) = (self.keys.contributor(consent.id())?, self.openings_key());
        let withdrawn = self.entry(consent, LeafKind::Withdrawal, program, body, Some(revoke_tag(&rho)));
        let requested = self.entry(consent, LeafKind::ErasureRequested, program, body, None);
        self.commit(now, |transaction| {
            store::set_withdrawn(transaction, consent.id(), &Digest::of(body), now)?;
            store::flag_datasets(transaction, consent.id(), now)?;
            for (session, tag) in tags {
                store::set_erase_tag(transaction, *session, tag)?;
            }
            stage(transaction, &withdrawn, &own, now, entropy)?;
            stage(transaction, &requested, &organisations, now, entropy)
        })
    }

    #[expect(clippy::unused_self, reason = "reads as an act of the vault beside the others")]
    fn entry<'a>(
        &self,
        consent: &Consent,
        kind: LeafKind,
        program: Hash,
        body: &'a [u8],
        tag: Option<[u8; 32]>,
    ) -> Entry<'a> {
        Entry {
            kind,
            charter: consent.charter(),
            program,
            consent: Some(consent.id()),
            session: None,
            body,
            tag,
        }
    }

    /// What the log will show of each session: it follows from a secret that is destroyed before it is shown.
    fn erase_tags(&self, consent: ConsentId) -> Result<Vec<(SessionId, [u8; 32])>, Fault> {
        let damaged = || Fault::Damaged { what: "an admission" };
        let key = self.keys.contributor(consent)?;
        let mut tags = Vec::new();
        for session in store::sessions_of_consent(&self.connection, consent)? {
            let act = store::admission_of(&self.connection, session.id)?.ok_or_else(damaged)?;
            let admission = self.statements.open(&act.statement, &key)?;
            let admission = Statement::<Admission>::verify(&admission, &self.organisation())?;
            tags.push((session.id, erase_tag(&secret(&admission.predicate.sigma).ok_or_else(damaged)?)));
        }
        Ok(tags)
    }

    /// Commit points 3 to 5. Done already, it does nothing.
    fn erase(&mut self, id: ConsentId, now: Timestamp, entropy: &mut dyn Entropy) -> Result<(), Fault> {
        let row = store::consent(&self.connection, id)?.ok_or(Fault::Damaged { what: "a consent" })?;
        let (Some(withdrawal), None) = (row.withdrawal, row.erasure) else { return Ok(()) };
        // P13: nothing is destroyed before the log says why.
        if store::acts_of_consent(&self.connection, id, LeafKind::Withdrawal)?.is_empty() {
            return Err(Fault::Damaged { what: "the leaf of a withdrawal" });
        }
        self.keys.destroy_contributor(id)?;
        self.passed(KEY_DESTROYED);
        let flagged = store::flagged_by(&self.connection, id)?;
        flagged.iter().try_for_each(|dataset| self.delete_copy(dataset))?;
        self.delete_exports()?;
        self.passed(COPIES_DELETED);
        self.log_erasure(&row, withdrawal, flagged, now, entropy)
    }

    /// Deletes what the server has of a dataset version, all but its manifest.
    fn delete_copy(&self, dataset: &Digest) -> Result<(), Fault> {
        let folder = self.dataset_folder(dataset);
        if folder.is_dir() {
            for name in disk::names(&folder)?.iter().filter(|name| *name != KEPT) {
                disk::remove(&folder.join(name))?;
            }
        }
        Ok(())
    }

    /// Deletes what lies ready to be sent. A reader that has a file open keeps it: whoever sends must stop at
    /// [`KEY_DESTROYED`], which is passed before.
    fn delete_exports(&self) -> Result<(), Fault> {
        let folder = self.exports_folder();
        if folder.exists() {
            for name in disk::names(&folder)? {
                disk::remove(&folder.join(name))?;
            }
        }
        Ok(())
    }

    fn log_erasure(
        &mut self,
        row: &ConsentRow,
        withdrawal: Digest,
        flagged: Vec<Digest>,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<(), Fault> {
        let sessions = store::sessions_of_consent(&self.connection, row.id)?;
        let erasure = Erasure {
            consent: row.id,
            charter: row.charter,
            sessions: sessions.iter().map(|session| session.id).collect(),
            flagged,
            erased_at: now,
        };
        let subject = Subject::new("withdrawal", withdrawal);
        let envelope = Statement::new(subject, erasure).sign(&self.organisation)?;
        let digest = self.statements.put(&envelope)?;
        self.passed(STATEMENT_STORED);
        let (body, salt_key, program) =
            (envelope.to_bytes(), self.openings_key(), self.program_leaf(&row.charter)?);
        // One leaf for each session, by its own tag; and one without a tag, so that there is a leaf without sessions too.
        let tagged = sessions.iter().map(|session| (Some(session.id), session.erase_tag));
        let leaves: Vec<_> = std::iter::once((None, None)).chain(tagged).collect();
        self.commit(now, |transaction| {
            for (session, tag) in leaves {
                let entry = Entry {
                    kind: LeafKind::Erased,
                    charter: row.charter,
                    program,
                    consent: Some(row.id),
                    session,
                    body: &body,
                    tag,
                };
                stage(transaction, &entry, &salt_key, now, entropy)?;
            }
            store::clear_keys(transaction, row.id)?;
            Ok(store::set_erased(transaction, row.id, &digest)?)
        })
    }

    fn erased(&self, id: ConsentId) -> Result<Erased, Fault> {
        let damaged = || Fault::Damaged { what: "an erasure" };
        let row = store::consent(&self.connection, id)?.ok_or_else(damaged)?;
        let digest = row.erasure.ok_or_else(damaged)?;
        let act = store::act_of(&self.connection, LeafKind::Erased, &digest)?.ok_or_else(damaged)?;
        let envelope = self.statements.get(&digest)?;
        let erasure = Statement::<Erasure>::verify(&envelope, &self.organisation())?.predicate;
        Ok(Erased {
            consent: id,
            leaf: act.leaf,
            proof: self.proof_of(&act)?,
            sessions: erasure.sessions,
            flagged: erasure.flagged,
            erasure: envelope,
        })
    }
}
