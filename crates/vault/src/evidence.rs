//! What an evidence bundle is made of: everything about one export that an auditor needs, and nothing about anybody else.

use std::collections::{BTreeMap, BTreeSet};

use candor_consent::Notice;
use candor_log::LeafKind;
use candor_log::tile::bundles;
use candor_model::evidence::Opening;
use candor_model::{ConsentId, Digest, Envelope, Export, SessionId, Statement};

use crate::error::ExportError;
use crate::fault::Fault;
use crate::ledger::LedgerError;
use crate::store::{self, ActRow, SessionRow};
use crate::vault::Vault;

/// The parts of an evidence bundle. Specification: `docs/formats/evidence.md`.
#[derive(Debug)]
pub struct EvidenceParts {
    /// The published checkpoint, exact text.
    pub checkpoint: String,
    /// Every entry bundle of the log, by its path.
    pub bundles: BTreeMap<String, Vec<u8>>,
    /// The charter's exact bytes.
    pub charter: Vec<u8>,
    /// The exact text of the notice.
    pub notice: String,
    /// What opens the leaves of this export, sorted by leaf.
    pub openings: Vec<Opening>,
    /// The signed statements, by digest.
    pub statements: BTreeMap<Digest, Envelope>,
    /// The manifests that the contributors released, exact bytes.
    pub manifests: BTreeMap<SessionId, Vec<u8>>,
    /// The export among the statements.
    pub export: Envelope,
}

impl EvidenceParts {
    fn add(&mut self, envelope: Envelope) {
        self.statements.insert(envelope.digest(), envelope);
    }

    fn open(&mut self, act: &ActRow, salt: &[u8; 32]) {
        let salt = Digest::from_bytes(*salt).to_string();
        self.openings.push(Opening { leaf: act.leaf, salt, statement: act.statement });
    }
}

impl Vault {
    /// Gathers the evidence of one export, by the digest of its statement.
    ///
    /// # Errors
    /// When there is no such export, or a consent in it was withdrawn: its proof went with its key.
    pub fn evidence(&self, export: &Digest) -> Result<EvidenceParts, ExportError> {
        let act = store::act_of(&self.connection, LeafKind::Export, export)?;
        let act = act.ok_or(ExportError::Unknown(*export))?;
        let envelope = self.statements.get(export)?;
        let statement =
            Statement::<Export>::verify(&envelope, &self.organisation()).map_err(Fault::Envelope)?;
        let dataset = statement.subject_digest().ok_or(ExportError::Unknown(*export))?;
        let program = self.program(&statement.predicate.charter).ok_or(ExportError::Unknown(*export))?;
        if store::dataset(&self.connection, &dataset)?.is_some_and(|row| row.flagged.is_some()) {
            return Err(ExportError::Flagged(dataset));
        }
        let mut parts = EvidenceParts {
            checkpoint: self.checkpoint()?,
            bundles: self.entry_bundles()?,
            charter: program.charter.bytes().to_vec(),
            notice: Notice::of(&program.charter).text,
            openings: Vec::new(),
            statements: BTreeMap::new(),
            manifests: BTreeMap::new(),
            export: envelope.clone(),
        };
        parts.add(envelope);
        parts.open(&act, &self.salt(&act)?);
        parts.add(self.statements.get(&statement.predicate.request)?);
        self.add_program_acts(&statement.predicate.charter, &mut parts)?;
        self.add_sessions(&dataset, &mut parts)?;
        parts.openings.sort_by_key(|opening| opening.leaf);
        Ok(parts)
    }

    /// The published checkpoint: a signed note.
    ///
    /// # Errors
    /// When an earlier error closed the log.
    pub fn checkpoint(&self) -> Result<String, Fault> {
        Ok(self.ledger.get()?.checkpoint().to_owned())
    }

    fn entry_bundles(&self) -> Result<BTreeMap<String, Vec<u8>>, Fault> {
        let log = self.ledger.get()?;
        let read = |path: candor_log::TilePath| Ok((path.to_string(), log.file(&path)?));
        bundles(log.size()).map(read).collect::<Result<_, LedgerError>>().map_err(Fault::Log)
    }

    /// The charter's leaf, and every sign-off and act about the program: a halt that is left out would be a lie.
    fn add_program_acts(&self, charter: &Digest, parts: &mut EvidenceParts) -> Result<(), Fault> {
        for act in store::program_acts(&self.connection, charter, 0)? {
            if act.kind != LeafKind::Program {
                parts.add(self.statements.get(&act.statement)?);
            }
            parts.open(&act, &self.salt(&act)?);
        }
        Ok(())
    }

    fn add_sessions(&self, dataset: &Digest, parts: &mut EvidenceParts) -> Result<(), Fault> {
        let mut consents = BTreeSet::new();
        for id in store::sessions_of(&self.connection, dataset)?.into_keys() {
            let row = store::session(&self.connection, id)?.ok_or(Fault::Damaged { what: "a session" })?;
            if consents.insert(row.consent) {
                self.add_grant(row.consent, parts)?;
            }
            self.add_session(&row, parts)?;
        }
        Ok(())
    }

    fn add_grant(&self, consent: ConsentId, parts: &mut EvidenceParts) -> Result<(), Fault> {
        let act = store::grant_of(&self.connection, consent)?.ok_or(Fault::Damaged { what: "a grant" })?;
        parts.add(self.statements.open(&act.statement, &self.keys.contributor(consent)?)?);
        parts.open(&act, &self.salt(&act)?);
        Ok(())
    }

    fn add_session(&self, row: &SessionRow, parts: &mut EvidenceParts) -> Result<(), Fault> {
        let act = store::admission_of(&self.connection, row.id)?;
        let act = act.ok_or(Fault::Damaged { what: "an admission" })?;
        let key = self.keys.contributor(row.consent)?;
        parts.add(self.statements.open(&act.statement, &key)?);
        parts.add(self.statements.open(&row.release, &key)?);
        parts.open(&act, &self.salt(&act)?);
        parts.manifests.insert(row.id, self.open_sealed(row)?.manifest_bytes);
        Ok(())
    }
}
