//! The one way off this machine: one session at a time, by the person's own act.

use candor_journal::Bundle;
use candor_model::{Admission, Digest, SessionId, Statement};

use super::client::Client;
use super::enrolment::Enrolment;
use super::road;
use crate::ambient::{self, SystemEntropy};
use crate::exit::{Because, Failure, Kind, Outcome};

/// What has left.
pub(crate) struct Left {
    pub(crate) bundle: Bundle,
    /// Length of the bundle as it was sent.
    pub(crate) bytes: u64,
    /// Where it stands in the log.
    pub(crate) leaf: u64,
}

/// Releases a reviewed session.
///
/// The signed bundle is in the journal before it is sent, so that an upload that was cut off is sent again unchanged.
pub(crate) fn release(enrolment: &Enrolment, client: &Client, session: SessionId) -> Outcome<Left> {
    if enrolment.withdrawn() {
        let message = "you have withdrawn from this program: nothing leaves any more";
        return Err(Failure::new(Kind::Refused, message)
            .hint("`candor consent list` says whether the server has confirmed it"));
    }
    let journal = road::journal(enrolment)?;
    let bundle = journal
        .release(session, &enrolment.key()?, ambient::now(), &mut SystemEntropy)
        .because(Kind::Refused, "release the session")?;
    let mut bytes = Vec::new();
    bundle.write_to(&mut bytes).because(Kind::Unexpected, "write the bundle")?;
    let admitted = client.release(&bytes)?;
    let statement = Statement::<Admission>::verify(&admitted.admission, enrolment.organisation())
        .because(Kind::BadInput, "check the server's receipt")?;
    if statement.subject_digest() != Some(bundle.manifest_digest()) {
        return Err(Failure::new(Kind::BadInput, "the server's receipt is for something else"));
    }
    let receipt = admitted.admission.to_bytes();
    let kept = enrolment.folder().join("admissions").join(format!("{session}.dsse.json"));
    crate::durable::write_private(&kept, &receipt).because(Kind::Storage, "keep the server's receipt")?;
    journal
        .mark_released(session, Digest::of(&receipt))
        .because(Kind::Storage, "remember that the session is released")?;
    Ok(Left { bundle, bytes: bytes.len() as u64, leaf: admitted.leaf })
}
