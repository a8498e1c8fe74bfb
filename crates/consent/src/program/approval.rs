//! The approval of all four signers over one charter.

use candor_model::{Digest, Timestamp};

use crate::{Charter, Decision, Role, SignOff, Verified};

/// Why the signers did not approve.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("missing: {}; rejected: {}; expired: {}", roles(.missing), roles(.rejected), roles(.expired))]
pub struct ApprovalError {
    /// Roles without a sign-off in time.
    pub missing: Vec<Role>,
    /// Roles whose last word is no.
    pub rejected: Vec<Role>,
    /// Roles whose approval ran out.
    pub expired: Vec<Role>,
}

fn roles(roles: &[Role]) -> String {
    if roles.is_empty() {
        return "none".to_owned();
    }
    roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ")
}

/// Four approvals over one charter, by four different keys, all valid at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    charter: Digest,
    at: Timestamp,
    until: Timestamp,
}

impl Approval {
    /// The approval of `charter` at `at`, if each signer's last word until then is yes and holds.
    ///
    /// With `after`, only what was said after that moment counts: a halt voids every earlier signature.
    ///
    /// # Errors
    /// When a role is missing, says no, or its approval ran out; all of them are named.
    pub fn of(
        charter: &Charter,
        sign_offs: &[Verified<SignOff>],
        after: Option<Timestamp>,
        at: Timestamp,
    ) -> Result<Self, ApprovalError> {
        let mut error = ApprovalError { missing: Vec::new(), rejected: Vec::new(), expired: Vec::new() };
        let mut until = None;
        for role in Role::ALL {
            match last_word(charter, sign_offs, role, after, at) {
                None => error.missing.push(role),
                Some(word) if word.decision == Decision::Reject => error.rejected.push(role),
                Some(word) if word.expires_at <= at => error.expired.push(role),
                Some(word) => {
                    until = Some(until.map_or(word.expires_at, |u: Timestamp| u.min(word.expires_at)));
                }
            }
        }
        let complete = error.missing.is_empty() && error.rejected.is_empty() && error.expired.is_empty();
        match until {
            Some(until) if complete => Ok(Self { charter: charter.digest(), at, until }),
            _ => Err(error),
        }
    }

    /// The charter that is approved.
    #[must_use]
    pub const fn charter(&self) -> Digest {
        self.charter
    }

    /// The moment for which it was found.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// When the first of the four approvals ends.
    #[must_use]
    pub const fn until(&self) -> Timestamp {
        self.until
    }
}

/// What the signer of `role` said last. In one moment, no counts more than yes.
fn last_word<'a>(
    charter: &Charter,
    sign_offs: &'a [Verified<SignOff>],
    role: Role,
    after: Option<Timestamp>,
    at: Timestamp,
) -> Option<&'a Verified<SignOff>> {
    let key = charter.signer(role)?.key;
    sign_offs
        .iter()
        .filter(|s| s.role == role && s.signer() == key)
        .filter(|s| s.at <= at && after.is_none_or(|after| s.at > after))
        .max_by_key(|s| (s.at, s.decision == Decision::Reject))
}
