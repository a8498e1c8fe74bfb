//! The decision about a use: may this contributor's recordings serve this purpose, at this moment?

#[cfg(test)]
mod tests;

use candor_model::{ConsentId, Digest, PurposeId, Timestamp};

use crate::decision::consent_refuses;
use crate::{Charter, Consent, ProgramState, Reason, Refusal, dpv};

/// A yes for the use of one contributor's recordings for one purpose. Only [`decide_use`] makes one.
///
/// ```compile_fail
/// let forged = candor_consent::UsePermit { purpose: todo!(), consent: todo!(), charter: todo!(), at: todo!() };
/// ```
/// ```compile_fail
/// fn twice(permit: &candor_consent::UsePermit) -> candor_consent::UsePermit { permit.clone() }
/// ```
/// ```compile_fail
/// let forged: candor_consent::UsePermit = serde_json::from_str("{}").unwrap();
/// ```
#[derive(Debug)]
pub struct UsePermit {
    purpose: PurposeId,
    consent: ConsentId,
    charter: Digest,
    at: Timestamp,
}

impl UsePermit {
    /// The purpose.
    #[must_use]
    pub const fn purpose(&self) -> &PurposeId {
        &self.purpose
    }

    /// The consent that it rests on.
    #[must_use]
    pub const fn consent(&self) -> ConsentId {
        self.consent
    }

    /// The charter that it rests on.
    #[must_use]
    pub const fn charter(&self) -> Digest {
        self.charter
    }

    /// The moment that it was given for.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }
}

/// Decides whether recordings under `consent` may be used for `purpose` at `now`.
///
/// # Errors
/// With every reason against it; a reason about the purpose names it.
pub fn decide_use(
    charter: &Charter,
    state: &ProgramState,
    consent: &Consent,
    withdrawn: bool,
    purpose: &PurposeId,
    now: Timestamp,
) -> Result<UsePermit, Refusal> {
    let mut reasons = Vec::new();
    if state.charter() != charter.digest() {
        reasons.push(Reason::OtherCharter);
    }
    reasons.extend(state.refuses_use(now));
    reasons.extend(consent_refuses(charter, Some(consent), withdrawn, now));
    reasons.extend(purpose_refuses(charter, consent, purpose));
    if !reasons.is_empty() {
        return Err(Refusal { reasons });
    }
    Ok(UsePermit { purpose: purpose.clone(), consent: consent.id(), charter: charter.digest(), at: now })
}

/// The purpose's own reason: forbidden before unknown before not chosen.
fn purpose_refuses(charter: &Charter, consent: &Consent, purpose: &PurposeId) -> Option<Reason> {
    let prohibited = charter.prohibited().iter().any(|term| dpv::means(purpose.as_str(), term));
    if prohibited {
        Some(Reason::PurposeProhibited(purpose.clone()))
    } else if charter.purpose(purpose).is_none() {
        Some(Reason::PurposeUnknown(purpose.clone()))
    } else if !consent.covers_purpose(purpose) {
        Some(Reason::PurposeNotInConsent(purpose.clone()))
    } else {
        None
    }
}
