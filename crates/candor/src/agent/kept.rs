//! What a device holds of a session that was released: the server's receipt and the proof that it stands in the log; and the
//! answer to the question what became of it.

use std::path::PathBuf;

use candor_consent::Question;
use candor_log::LeafKind;
use candor_model::evidence::LeafProof;
use candor_model::{Admission, Envelope, Export, SessionId, Statement};

use super::client::Client;
use super::enrolment::Enrolment;
use super::{proof, words};
use crate::api::{Admitted, Used};
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::{ambient, durable};

/// A receipt that was checked just now, on this machine.
pub(crate) struct Receipt {
    /// Where it is kept.
    pub(crate) path: String,
    /// Digest of the manifest that was released, hexadecimal.
    pub(crate) manifest: String,
    /// When the server took it, by its clock.
    pub(crate) admitted_at: String,
    /// Whether the log is shown to hold it.
    pub(crate) in_log: bool,
}

/// A dataset version that holds the session, handed out once.
pub(crate) struct Use {
    /// The version's name, hexadecimal.
    pub(crate) dataset: String,
    /// What it is for.
    pub(crate) purpose: String,
    /// Who got it, as the charter names them.
    pub(crate) recipient: String,
    /// When.
    pub(crate) at: String,
    /// Where it stands in the log.
    pub(crate) leaf: u64,
    /// Whether the log is shown to hold it.
    pub(crate) in_log: bool,
}

fn receipt_path(enrolment: &Enrolment, session: SessionId) -> PathBuf {
    enrolment.folder().join("admissions").join(format!("{session}.dsse.json"))
}

fn proof_path(enrolment: &Enrolment, session: SessionId) -> PathBuf {
    enrolment.folder().join("admissions").join(format!("{session}.proof.json"))
}

/// Keeps what the server answered. The receipt is written last: with it there always is the proof.
pub(crate) fn keep(enrolment: &Enrolment, session: SessionId, admitted: &Admitted) -> Outcome {
    let proof = serde_json::to_vec_pretty(&admitted.proof).because(Kind::Unexpected, "write the proof")?;
    let kept = durable::write_private(&proof_path(enrolment, session), &proof);
    kept.because(Kind::Storage, "keep the proof of the log")?;
    let kept = durable::write_private(&receipt_path(enrolment, session), &admitted.admission.to_bytes());
    kept.because(Kind::Storage, "keep the server's receipt")
}

/// The receipt of a session, checked: the organisation's signature, the session, and the log's proof.
pub(crate) fn receipt(enrolment: &Enrolment, session: SessionId) -> Outcome<Receipt> {
    let path = receipt_path(enrolment, session);
    let bytes = std::fs::read(&path).because(Kind::BadInput, "read the server's receipt")?;
    let envelope = Envelope::parse(&bytes).because(Kind::BadInput, "read the server's receipt")?;
    let statement = Statement::<Admission>::verify(&envelope, enrolment.organisation())
        .because(Kind::BadInput, "check the server's receipt")?;
    let manifest = statement.subject_digest().filter(|_| statement.predicate.session == session);
    let manifest =
        manifest.ok_or_else(|| Failure::new(Kind::BadInput, "the receipt is for another recording"))?;
    // A receipt from before proofs were kept has none: then it is not shown to stand in the log.
    let proof = std::fs::read(proof_path(enrolment, session)).ok();
    let proof: Option<LeafProof> = proof.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let in_log =
        proof.is_some_and(|proof| proof::holds_as(LeafKind::Admission, &envelope, &proof, enrolment.log()));
    let admitted_at = words::when(statement.predicate.admitted_at);
    Ok(Receipt { path: path.display().to_string(), manifest: manifest.to_string(), admitted_at, in_log })
}

/// Asks the server which datasets hold a session and who got them, signed by the key that released it. Every answer is checked
/// here; that none was left out, the server alone says.
pub(crate) fn uses(enrolment: &Enrolment, client: &Client, session: SessionId) -> Outcome<Vec<Use>> {
    let question = Question::sign(enrolment.consent(), session, ambient::now(), &enrolment.key()?)
        .because(Kind::Unexpected, "sign the question")?;
    let answer: Vec<Used> = client.act("/api/v1/questions", &question)?;
    answer.iter().map(|used| checked(enrolment, used)).collect()
}

fn checked(enrolment: &Enrolment, used: &Used) -> Outcome<Use> {
    let export = Statement::<Export>::verify(&used.export, enrolment.organisation())
        .because(Kind::BadInput, "check the server's answer")?;
    let about_this = export.predicate.charter == enrolment.charter().digest();
    let dataset = export.subject_digest().filter(|_| about_this);
    let dataset = dataset
        .ok_or_else(|| Failure::new(Kind::BadInput, "the server's answer is about another program"))?;
    let recipient = enrolment.charter().recipient(&export.predicate.recipient);
    Ok(Use {
        dataset: dataset.to_string(),
        purpose: export.predicate.purpose.to_string(),
        recipient: recipient.map_or_else(|| export.predicate.recipient.to_string(), |r| r.name.clone()),
        at: words::when(export.predicate.exported_at),
        leaf: used.leaf,
        in_log: proof::holds_as(LeafKind::Export, &used.export, &used.proof, enrolment.log()),
    })
}
