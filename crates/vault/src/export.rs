//! Exports: a dataset version goes to a recipient. It is in the log before it is handed out (P13).

use std::collections::BTreeMap;

use candor_consent::{Charter, DatasetRequest, Verified};
use candor_log::LeafKind;
use candor_model::evidence::LeafProof;
use candor_model::{Digest, Entropy, Envelope, Export, SessionId, Statement, Subject, Timestamp};

use crate::error::{ExportError, UseError};
use crate::fault::Fault;
use crate::ledger::{Entry, stage};
use crate::store::{self, NewExport};
use crate::vault::{STATEMENT_STORED, Vault};

/// What was compiled, and is about to be handed out.
#[derive(Debug)]
pub struct ExportRecord<'a> {
    /// Digest of the dataset's manifest: it names the version.
    pub dataset: Digest,
    /// The recipient's signed request.
    pub request: &'a Envelope,
    /// The sessions in it, and how many steps of each.
    pub sessions: BTreeMap<SessionId, u64>,
    /// Digest of `records.jsonl`.
    pub records: Digest,
    /// The version that this one replaces.
    pub supersedes: Option<Digest>,
}

/// An export stands in the log: what it names may be handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The organisation's signed statement.
    pub export: Envelope,
    /// Index of its leaf.
    pub leaf: u64,
    /// What proves that it stands in the log.
    pub proof: LeafProof,
}

impl Vault {
    /// Records an export. Everything is decided again: who withdrew while the dataset was compiled is not in it.
    ///
    /// The same dataset for the same request again gives the same statement again.
    ///
    /// # Errors
    /// When the use is refused, the request was answered, or the caps leave no room. Nothing may be handed out then.
    pub fn record_export(
        &mut self,
        record: &ExportRecord<'_>,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Exported, ExportError> {
        let now = self.clock(now)?;
        self.settle(now)?;
        let (charter, request) = self.request(record.request, now).map_err(refused)?;
        self.may_be_used(record, &charter, &request, now)?;
        if let Some((statement, dataset)) = store::export_of_request(&self.connection, &request.envelope())? {
            let same = dataset == record.dataset;
            return if same { self.exported(&statement) } else { Err(ExportError::Answered(dataset)) };
        }
        self.has_place(record, &charter, &request)?;
        let export = self.sign_export(record, &charter, &request, now)?;
        self.statements.put(record.request)?;
        let statement = self.statements.put(&export)?;
        self.passed(STATEMENT_STORED);
        self.stage_export(record, &charter, &request, &export, now, entropy)?;
        self.exported(&statement)
    }

    fn may_be_used(
        &self,
        record: &ExportRecord<'_>,
        charter: &Charter,
        request: &DatasetRequest,
        now: Timestamp,
    ) -> Result<(), ExportError> {
        if record.sessions.is_empty() {
            return Err(ExportError::Empty);
        }
        for (id, steps) in &record.sessions {
            let row = store::session(&self.connection, *id)?;
            let row = row.filter(|row| row.charter == charter.digest());
            let row = row.ok_or_else(|| refused(UseError::UnknownSession(*id)))?;
            if *steps > row.steps {
                return Err(ExportError::TooManySteps(*id));
            }
            let purpose = request.purpose.clone();
            self.decide(charter, &row, request, now)?
                .map_err(|refusal| refused(UseError::Refused { purpose, refusal }))?;
        }
        Ok(())
    }

    fn has_place(
        &self,
        record: &ExportRecord<'_>,
        charter: &Charter,
        request: &DatasetRequest,
    ) -> Result<(), ExportError> {
        if let Some(old) = record.supersedes {
            let row = store::dataset(&self.connection, &old)?;
            let same = |row: &store::DatasetRow| {
                row.charter == charter.digest() && row.purpose == request.purpose.as_str()
            };
            if old == record.dataset || !row.is_some_and(|row| same(&row)) {
                return Err(ExportError::Supersedes(old));
            }
        }
        if store::has_dataset(&self.connection, &record.dataset)?
            && store::sessions_of(&self.connection, &record.dataset)? != record.sessions
        {
            return Err(ExportError::OtherLineage(record.dataset));
        }
        let datasets_max = charter.caps().datasets_max;
        let exports = store::exports_of(&self.connection, &charter.digest())?;
        if exports >= u64::from(datasets_max) { Err(ExportError::Full { datasets_max }) } else { Ok(()) }
    }

    fn sign_export(
        &self,
        record: &ExportRecord<'_>,
        charter: &Charter,
        request: &Verified<DatasetRequest>,
        now: Timestamp,
    ) -> Result<Envelope, Fault> {
        let export = Export {
            charter: charter.digest(),
            purpose: request.purpose.clone(),
            recipient: request.signer(),
            request: request.envelope(),
            records: record.records,
            record_count: record.sessions.values().fold(0, |sum, steps| sum.saturating_add(*steps)),
            supersedes: record.supersedes,
            exported_at: now,
        };
        Ok(Statement::new(Subject::new("manifest.json", record.dataset), export).sign(&self.organisation)?)
    }

    /// Before the commit a crash leaves two statements that no row names; after it the version, its lineage and its leaf.
    fn stage_export(
        &mut self,
        record: &ExportRecord<'_>,
        charter: &Charter,
        request: &Verified<DatasetRequest>,
        export: &Envelope,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<(), Fault> {
        let (body, salt_key, charter) = (export.to_bytes(), self.openings_key(), charter.digest());
        let program = self.program_leaf(&charter)?;
        let entry = Entry {
            kind: LeafKind::Export,
            charter,
            program,
            consent: None,
            session: None,
            body: &body,
            tag: None,
        };
        let row = NewExport {
            statement: Digest::of(&body),
            dataset: record.dataset,
            charter,
            purpose: request.purpose.as_str(),
            request: request.envelope(),
            records: record.records,
            sessions: &record.sessions,
            supersedes: record.supersedes,
            at: now,
        };
        self.commit(now, |transaction| {
            store::add_export(transaction, &row)?;
            stage(transaction, &entry, &salt_key, now, entropy)
        })
    }

    fn exported(&self, statement: &Digest) -> Result<Exported, ExportError> {
        let act = store::act_of(&self.connection, LeafKind::Export, statement)?;
        let act = act.ok_or(Fault::Damaged { what: "an export" })?;
        let export = self.statements.get(statement)?;
        Ok(Exported { export, leaf: act.leaf, proof: self.proof_of(&act)? })
    }
}

fn refused(error: UseError) -> ExportError {
    match error {
        UseError::Fault(fault) => ExportError::Fault(fault),
        UseError::NotARequest(_)
        | UseError::UnknownProgram
        | UseError::Request(_)
        | UseError::Signatures
        | UseError::RequestTime { .. }
        | UseError::Refused { .. }
        | UseError::UnknownSession(_)
        | UseError::OtherConsent(_) => ExportError::Use(Box::new(error)),
    }
}
