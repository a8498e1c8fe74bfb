//! The vault's only entry: a released bundle is held against everything again, sealed, and logged.

mod rules;

use std::io::Read;

use candor_bundle::{self as bundle, Contents};
use candor_consent::Consent;
use candor_log::LeafKind;
use candor_model::evidence::LeafProof;
use candor_model::{
    Admission, Digest, Entropy, Envelope, SessionHeader, SessionId, Statement, Subject, Timestamp,
};

use crate::disk;
use crate::error::AdmitError;
use crate::fault::Fault;
use crate::ledger::{Entry, stage};
use crate::seal::Key;
use crate::sealed::{self, SessionKey};
use crate::store::{self, NewSession, SessionRow};
use crate::vault::{SESSION_SEALED, STATEMENT_STORED, Vault};

/// Most sessions under one consent: a withdrawal logs one leaf for each.
pub const SESSIONS_PER_CONSENT_MAX: usize = 10_000;

/// A session that is in the vault and in the log. Only [`Vault::admit`] makes one.
///
/// ```compile_fail
/// let forged = candor_vault::Admitted {
///     session: todo!(), admission: todo!(), leaf: 0, proof: todo!(), steps: 0, bytes: 0,
/// };
/// ```
/// ```compile_fail
/// let forged: candor_vault::Admitted = serde_json::from_str("{}").unwrap();
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    session: SessionId,
    admission: Envelope,
    leaf: u64,
    proof: LeafProof,
    steps: u64,
    bytes: u64,
}

impl Admitted {
    /// The session.
    #[must_use]
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// The organisation's signed admission.
    #[must_use]
    pub const fn admission(&self) -> &Envelope {
        &self.admission
    }

    /// Index of its leaf.
    #[must_use]
    pub const fn leaf(&self) -> u64 {
        self.leaf
    }

    /// What proves that the admission stands in the log.
    #[must_use]
    pub const fn proof(&self) -> &LeafProof {
        &self.proof
    }

    /// Steps in it.
    #[must_use]
    pub const fn steps(&self) -> u64 {
        self.steps
    }

    /// Bytes of its manifest, steps and blobs, as they count against the cap.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// A bundle that was read and held against its own digests, and against nothing else yet. That takes no vault, so nobody waits for it: what
/// is in a bundle may take longer to read than a halt may take.
#[derive(Debug)]
pub struct Received(Contents);

impl Received {
    /// Reads a bundle.
    ///
    /// # Errors
    /// When it is damaged, too large, of another version, or differs from its own digests.
    pub fn read(bundle: impl Read) -> Result<Self, AdmitError> {
        bundle::read(bundle).map(Self).map_err(AdmitError::Wire)
    }
}

impl Vault {
    /// Admits a released bundle. The same bundle again gives the same admission again.
    ///
    /// # Errors
    /// When anything about it does not hold; nothing of it is kept then.
    pub fn admit(
        &mut self,
        bundle: impl Read,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Admitted, AdmitError> {
        self.admit_received(&Received::read(bundle)?, now, entropy)
    }

    /// Admits a bundle that was read. The same bundle again gives the same admission again.
    ///
    /// # Errors
    /// When anything about it does not hold; nothing of it is kept then.
    pub fn admit_received(
        &mut self,
        bundle: &Received,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Admitted, AdmitError> {
        let now = self.clock(now)?;
        self.settle(now)?;
        let contents = &bundle.0;
        let header = &contents.manifest.header;
        let consent = self.consent_of(header)?;
        rules::release_holds(contents, &consent)?;
        if let Some(row) = store::session(&self.connection, header.session)? {
            return self.admitted_again(&row, contents);
        }
        self.holds_against_everything(contents, &consent, now)?;
        let key = self.keys.contributor(consent.id()).map_err(Fault::Key)?;
        self.seal_and_log(contents, &key, now, entropy)?;
        self.admitted(header.session, &key)
    }

    /// The consent that a bundle names, if it was given here and not withdrawn.
    fn consent_of(&self, header: &SessionHeader) -> Result<Consent, AdmitError> {
        let program = self.program(&header.charter).ok_or(AdmitError::UnknownProgram)?;
        let unknown = AdmitError::UnknownConsent(header.consent);
        let row = store::consent(&self.connection, header.consent)?.ok_or(unknown)?;
        if row.withdrawal.is_some() {
            return Err(AdmitError::Withdrawn(row.id));
        }
        if row.charter != header.charter {
            return Err(AdmitError::Disagrees("charter"));
        }
        Ok(self.consent(&program.charter, row.id)?)
    }

    fn admitted_again(&self, row: &SessionRow, contents: &Contents) -> Result<Admitted, AdmitError> {
        if row.release != contents.release.digest() || row.consent != contents.manifest.header.consent {
            return Err(AdmitError::OtherBundle(row.id));
        }
        self.admitted(row.id, &self.keys.contributor(row.consent).map_err(Fault::Key)?)
    }

    fn holds_against_everything(
        &self,
        contents: &Contents,
        consent: &Consent,
        now: Timestamp,
    ) -> Result<(), AdmitError> {
        let program = self.program(&consent.charter()).ok_or(AdmitError::UnknownProgram)?;
        rules::times_hold(contents, consent, &program.charter, now)?;
        rules::program_ran(program, &contents.manifest.header, now)?;
        rules::steps_hold(contents, consent, &program.charter)?;
        let bytes = rules::bytes_of(contents);
        let used = store::bytes_on(&self.connection, &consent.contributor().id(), now)?;
        let bytes_per_day_max = program.charter.caps().bytes_per_day_max;
        if used.saturating_add(bytes) > bytes_per_day_max {
            return Err(AdmitError::OverCap { bytes, bytes_per_day_max });
        }
        let sessions = store::sessions_of_consent(&self.connection, consent.id())?.len();
        if sessions >= SESSIONS_PER_CONSENT_MAX {
            return Err(AdmitError::TooMany { most: SESSIONS_PER_CONSENT_MAX });
        }
        Ok(())
    }

    /// A crash before the folder has its name leaves nothing that is read; after it, and before the row is committed, a
    /// folder that start-up removes; after that the session is admitted.
    fn seal_and_log(
        &mut self,
        contents: &Contents,
        key: &Key,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<(), Fault> {
        let header = &contents.manifest.header;
        let folder = self.session_folder(header.session);
        if folder.exists() {
            disk::remove(&folder)?;
        }
        let session_key = SessionKey::generate(header.session, entropy);
        sealed::write(&folder, &session_key, contents, entropy)?;
        self.passed(SESSION_SEALED);
        let admission = self.sign_admission(contents, now, entropy)?;
        self.statements.seal(&contents.release, key, entropy)?;
        self.statements.seal(&admission, key, entropy)?;
        self.passed(STATEMENT_STORED);
        let row = NewSession {
            id: header.session,
            consent: header.consent,
            charter: header.charter,
            contributor: header.contributor.id(),
            release: contents.release.digest(),
            key: session_key.wrap(key, entropy)?,
            steps: contents.steps.len() as u64,
            bytes: rules::bytes_of(contents),
            admitted: now,
        };
        self.stage_admission(&row, &admission.to_bytes(), key, entropy)
    }

    fn sign_admission(
        &self,
        contents: &Contents,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Envelope, Fault> {
        let header = &contents.manifest.header;
        let admission = Admission {
            session: header.session,
            consent: header.consent,
            charter: header.charter,
            release: contents.release.digest(),
            admitted_at: now,
            sigma: Digest::from_bytes(entropy.bytes_32()).to_string(),
        };
        let subject = Subject::new("manifest.json", Digest::of(&contents.manifest_bytes));
        Ok(Statement::new(subject, admission).sign(&self.organisation)?)
    }

    fn stage_admission(
        &mut self,
        row: &NewSession,
        body: &[u8],
        key: &Key,
        entropy: &mut dyn Entropy,
    ) -> Result<(), Fault> {
        let entry = Entry {
            kind: LeafKind::Admission,
            charter: row.charter,
            program: self.program_leaf(&row.charter)?,
            consent: Some(row.consent),
            session: Some(row.id),
            body,
            tag: None,
        };
        self.commit(row.admitted, |transaction| {
            store::add_session(transaction, row)?;
            stage(transaction, &entry, key, row.admitted, entropy)
        })
    }

    fn admitted(&self, session: SessionId, key: &Key) -> Result<Admitted, AdmitError> {
        let damaged = || Fault::Damaged { what: "an admission" };
        let row = store::session(&self.connection, session)?.ok_or_else(damaged)?;
        let act = store::admission_of(&self.connection, session)?.ok_or_else(damaged)?;
        Ok(Admitted {
            session,
            admission: self.statements.open(&act.statement, key)?,
            leaf: act.leaf,
            proof: self.proof_of(&act)?,
            steps: row.steps,
            bytes: row.bytes,
        })
    }
}
