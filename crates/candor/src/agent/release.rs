//! The one way off this machine: one session at a time, by the person's own act.

use candor_journal::{Bundle, Journal};
use candor_log::LeafKind;
use candor_model::{Admission, Digest, SessionId, Statement};

use super::client::Client;
use super::enrolment::Enrolment;
use super::live::budget::Limits;
use super::{kept, proof, uploads};
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

/// Releases a reviewed session; with a digest, only if what leaves has it, as the person was shown. `metered` is their word that sending it may
/// cost them.
///
/// The signed bundle is in the journal before it is sent, so that an upload that was cut off is sent again unchanged.
pub(crate) fn release(
    enrolment: &Enrolment,
    journal: &Journal,
    client: &Client,
    session: SessionId,
    shown: Option<Digest>,
    metered: bool,
) -> Outcome<Left> {
    if enrolment.withdrawn() {
        let message = "you have withdrawn from this program: nothing leaves any more";
        return Err(Failure::new(Kind::Refused, message)
            .hint("`candor consent list` says whether the server has confirmed it"));
    }
    let (home, limits) = (enrolment.home(), Limits::of(enrolment)?);
    // What cannot be looked at is told where it is signed; that the network is metered holds for it all the same.
    let bytes = journal.preview(session).map_or(0, |preview| preview.bytes);
    uploads::may_send(&home, &limits, bytes, metered)?;
    let bundle = signed(enrolment, journal, session, shown)?;
    let mut bytes = Vec::new();
    bundle.write_to(&mut bytes).because(Kind::Unexpected, "write the bundle")?;
    uploads::count(&home, &limits, bytes.len() as u64)?;
    let admitted = client.release(&bytes)?;
    let statement = Statement::<Admission>::verify(&admitted.admission, enrolment.organisation())
        .because(Kind::BadInput, "check the server's receipt")?;
    if statement.subject_digest() != Some(bundle.manifest_digest()) {
        return Err(Failure::new(Kind::BadInput, "the server's receipt is for something else"));
    }
    if !proof::holds_as(LeafKind::Admission, &admitted.admission, &admitted.proof, enrolment.log()) {
        let message = "the server's receipt is not shown to stand in the log";
        return Err(
            Failure::new(Kind::BadInput, message).hint("release it again later, and keep this message")
        );
    }
    kept::keep(enrolment, session, &admitted)?;
    journal
        .mark_released(session, admitted.admission.digest())
        .because(Kind::Storage, "remember that the session is released")?;
    Ok(Left { bundle, bytes: bytes.len() as u64, leaf: admitted.leaf })
}

fn signed(
    enrolment: &Enrolment,
    journal: &Journal,
    session: SessionId,
    shown: Option<Digest>,
) -> Outcome<Bundle> {
    let (key, now, entropy) = (enrolment.key()?, ambient::now(), &mut SystemEntropy);
    let signed = match shown {
        Some(shown) => journal.release_as_shown(session, shown, &key, now, entropy),
        None => journal.release(session, &key, now, entropy),
    };
    signed.because(Kind::Refused, "release the session")
}
