//! The checks in their order, and what one hands to the next.

use std::collections::BTreeMap;

use candor_consent::Charter;
use candor_model::evidence::TrustPolicy;
use candor_model::{ConsentId, Digest, SessionId};

use crate::consents::Agreed;
use crate::dataset::Law;
use crate::export::{Exported, Manifest};
use crate::files::Files;
use crate::layout::CHARTER;
use crate::openings::Openings;
use crate::policy::check_policy;
use crate::program::Program;
use crate::records::Index;
use crate::replay::Log;
use crate::report::{CheckId, Code, Finding, Ledger, Report};
use crate::sessions::Session;
use crate::source::Source;
use crate::statements::Statements;
use crate::{checkpoint, consents, dataset, export, openings, program, records, replay, seal, sessions};

/// What no evidence can prove.
const NEVER_CHECKED: [&str; 9] = [
    "whether something was recorded that never reached the log",
    "whether the consents were free, and whether the people understood the notice",
    "whether redaction removed everything: only which redactor ran, and that the person released the result",
    "whether device clocks were right, beyond the order in which the log has the acts",
    "whether copies exist outside, or a model was trained on them",
    "what happened after the log had this size: ask for a newer checkpoint to learn of later withdrawals",
    "whether the log shows others the same entries: nobody but the log signed this checkpoint",
    "the documents that the charter names by digest, and whether the four signers are who they say they are",
    "daily byte budgets on the devices, and what of other program versions was collected",
];
/// What is not checked without the dataset.
const WITHOUT_DATASET: [&str; 2] = [
    "dataset files: no dataset was given, so it is not known whether its files are the ones that were exported",
    "which applications, sites and fields the steps are of, and which frame belongs to which step: that takes the dataset",
];
/// What is not checked with the dataset.
const WITH_DATASET: [&str; 1] = [
    "whether the dataset's other forms (tables, other layouts, the card) say the same as steps.jsonl and the images: only that they are the exported bytes",
];

/// Verifies evidence, and the dataset if it is given, against what the auditor trusts.
///
/// It never fails: whatever is wrong is a finding of the report.
#[must_use]
pub fn verify(evidence: &dyn Source, dataset: Option<&dyn Source>, policy: &TrustPolicy) -> Report {
    let mut ledger = Ledger::default();
    if let Err(error) = check_policy(policy) {
        let detail = error.to_string();
        ledger.find(Finding::new(CheckId::Policy, Code::BadPolicy, "the trust policy", detail));
        return ledger.close(&[CheckId::Policy]);
    }
    ledger.examine(CheckId::Policy, 1);
    let files = Files::list(evidence, "", CheckId::Seal, &mut ledger);
    let mut case = Case::read(&files, policy, &mut ledger);
    let proven = case.prove(&mut ledger);
    records::check(&files, &case.sessions, &case.index, &mut ledger);
    let mut ran = CheckId::ALL.to_vec();
    let left_out = if let Some(source) = dataset {
        let dataset = Files::list(source, "dataset/", CheckId::Dataset, &mut ledger);
        case.check_dataset(&dataset, proven.as_ref(), &mut ledger);
        WITH_DATASET.as_slice()
    } else {
        ran.retain(|check| *check != CheckId::Dataset);
        WITHOUT_DATASET.as_slice()
    };
    NEVER_CHECKED.iter().chain(left_out).for_each(|sentence| ledger.leave_out(*sentence));
    ledger.close(&ran)
}

/// What can be read before anything is held against anything.
struct Case<'a> {
    files: &'a Files<'a>,
    policy: &'a TrustPolicy,
    charter: Option<Vec<u8>>,
    openings: Openings,
    log: Option<Log>,
    manifest: Option<Manifest>,
    index: Index,
    sessions: BTreeMap<SessionId, Session>,
}

/// What people agreed to, as far as it holds.
struct Proven {
    program: Program,
    consents: BTreeMap<ConsentId, Agreed>,
}

impl<'a> Case<'a> {
    /// Checks 1 to 3, and the parts that later checks need.
    fn read(files: &'a Files<'a>, policy: &'a TrustPolicy, ledger: &mut Ledger) -> Self {
        seal::check(files, policy, ledger);
        let checkpoint = checkpoint::check(files, policy, ledger);
        let openings = openings::read(files, ledger);
        let log = checkpoint.map(|checkpoint| replay::check(files, &checkpoint, &openings.leaves(), ledger));
        let index = records::index(files);
        let sessions = sessions::read(files, &index, ledger);
        ledger.subject.sessions = sessions.len() as u64;
        ledger.subject.records = index.lines;
        let charter = charter(files, ledger);
        Self {
            files,
            policy,
            charter,
            openings,
            log,
            manifest: export::manifest(files, ledger),
            index,
            sessions,
        }
    }

    /// Checks 4 to 7 and 9. What they hand on is there as soon as the program is.
    fn prove(&mut self, ledger: &mut Ledger) -> Option<Proven> {
        let log = self.log.take()?;
        let charter = self.charter.as_deref();
        let statements = openings::check(self.files, &self.openings, &log, charter, ledger);
        statements.program?;
        let program = program::check(self.files, charter?, &statements, self.policy, ledger)?;
        let exported = export::read(self.files, &statements, &self.policy.organisation, ledger);
        let consents = self.check_consents(&statements, &log, &program, exported.as_ref(), ledger);
        ledger.subject.consents = consents.len() as u64;
        self.check_sessions(&statements, &log, &program, &consents, exported.as_ref(), ledger);
        if let (Some(exported), Some(manifest)) = (&exported, &self.manifest) {
            let (files, statements, index) = (self.files, &statements, &self.index);
            let ground = export::Ground { files, statements, log: &log, program: &program, manifest, index };
            export::check(&ground, exported, &self.sessions, ledger);
        }
        Some(Proven { program, consents })
    }

    fn check_consents(
        &self,
        statements: &Statements,
        log: &Log,
        program: &Program,
        exported: Option<&Exported>,
        ledger: &mut Ledger,
    ) -> BTreeMap<ConsentId, Agreed> {
        let (files, organisation) = (self.files, self.policy.organisation);
        let ground = consents::Ground { files, statements, log, program, organisation, exported };
        consents::check(&ground, &self.sessions, ledger)
    }

    fn check_sessions(
        &mut self,
        statements: &Statements,
        log: &Log,
        program: &Program,
        consents: &BTreeMap<ConsentId, Agreed>,
        exported: Option<&Exported>,
        ledger: &mut Ledger,
    ) {
        let (files, organisation) = (self.files, self.policy.organisation);
        let export_leaf = exported.map(|exported| exported.place.leaf);
        let ground =
            sessions::Ground { files, statements, log, program, consents, organisation, export_leaf };
        sessions::check(&ground, &mut self.sessions, ledger);
    }

    /// Check 10.
    fn check_dataset(&self, files: &Files<'_>, proven: Option<&Proven>, ledger: &mut Ledger) {
        let Some(manifest) = &self.manifest else { return };
        let law = proven.map(|proven| Law {
            charter: &proven.program.charter,
            consents: &proven.consents,
            sessions: &self.sessions,
        });
        let ground = dataset::Ground { evidence: self.files, dataset: files, manifest, law };
        dataset::check(&ground, ledger);
    }
}

/// The charter's bytes: they are needed before the charter is judged, because the log commits to them.
fn charter(files: &Files<'_>, ledger: &mut Ledger) -> Option<Vec<u8>> {
    match files.read(CHARTER, Charter::BYTES_MAX as u64) {
        Ok(bytes) => {
            ledger.subject.charter = Some(Digest::of(&bytes).to_string());
            Some(bytes)
        }
        Err(error) => {
            ledger.find(error.finding(CheckId::Program, CHARTER));
            None
        }
    }
}
