//! The trust policy: what the auditor decided before opening any evidence.
//!
//! It is read from a file that the auditor keeps, never from the evidence.

use std::collections::BTreeSet;

use candor_log::VerifierKey;
use candor_model::evidence::{TrustPolicy, VERSION};
use candor_model::{FormatVersion, VersionError};
use serde::Deserialize;

/// Largest policy file in bytes.
pub const POLICY_BYTES_MAX: usize = 64 * 1024;
/// The four signers that every charter needs, as charters write their roles.
pub const ROLES: [&str; 4] = ["legal", "privacy", "security", "worker_representative"];

/// Why a trust policy is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The file is larger than the limit.
    #[error("the trust policy is larger than {POLICY_BYTES_MAX} bytes")]
    TooLarge,
    /// The file is not UTF-8 text.
    #[error("the trust policy is not UTF-8 text")]
    NotText,
    /// The file is not a trust policy.
    #[error("the trust policy is not in its format: {reason}")]
    NotAPolicy {
        /// What the TOML reader says, without the text of the file.
        reason: String,
    },
    /// The file is of another version.
    #[error(transparent)]
    Version(#[from] VersionError),
    /// The log's verifier key is not one.
    #[error("`log` is not an Ed25519 verifier key as C2SP signed-note writes it (name+hash+key)")]
    LogKey,
    /// The signers are not the four roles, each once.
    #[error("`signers` must name each of legal, privacy, security and worker_representative once")]
    Roles,
    /// Two parties share one key.
    #[error("two of the organisation and the four signers have the same key")]
    SharedKey,
}

/// Reads a trust policy.
///
/// # Errors
/// When the bytes are not a policy of this version, a key is not one, or the four signers are not four different people.
pub fn parse_policy(bytes: &[u8]) -> Result<TrustPolicy, PolicyError> {
    if bytes.len() > POLICY_BYTES_MAX {
        return Err(PolicyError::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| PolicyError::NotText)?;
    version_of(text)?.require(VERSION, "the trust policy")?;
    let policy: TrustPolicy = toml::from_str(text).map_err(|error| not_a_policy(&error))?;
    check_policy(&policy)?;
    Ok(policy)
}

/// The version alone, so that a newer policy is refused by its version and not by a field that this program does not know.
fn version_of(text: &str) -> Result<FormatVersion, PolicyError> {
    #[derive(Deserialize)]
    struct Versioned {
        version: FormatVersion,
    }
    let versioned: Versioned = toml::from_str(text).map_err(|error| not_a_policy(&error))?;
    Ok(versioned.version)
}

fn not_a_policy(error: &toml::de::Error) -> PolicyError {
    PolicyError::NotAPolicy { reason: error.message().chars().flat_map(char::escape_debug).collect() }
}

/// Holds a policy against the rules that its types cannot say; a policy made in memory passes here too.
pub(crate) fn check_policy(policy: &TrustPolicy) -> Result<(), PolicyError> {
    policy.version.require(VERSION, "the trust policy")?;
    log_key(policy)?;
    let mut roles: Vec<&str> = policy.signers.iter().map(|s| s.role.as_str()).collect();
    roles.sort_unstable();
    if roles != ROLES {
        return Err(PolicyError::Roles);
    }
    let keys: BTreeSet<_> = policy.signers.iter().map(|s| s.key).chain([policy.organisation]).collect();
    if keys.len() != ROLES.len() + 1 {
        return Err(PolicyError::SharedKey);
    }
    Ok(())
}

/// The log's verifier key.
pub(crate) fn log_key(policy: &TrustPolicy) -> Result<VerifierKey, PolicyError> {
    policy.log.parse().map_err(|_| PolicyError::LogKey)
}

#[cfg(test)]
mod tests {
    use super::*;
    use candor_model::SigningKey;

    fn key(seed: u8) -> String {
        SigningKey::from_seed(&[seed; 32]).public().to_string()
    }

    fn toml_text() -> String {
        let log = candor_log::SignerKey::from_seed("log.example.test", &[9; 32]).unwrap();
        let mut text = format!("version = 1\nlog = \"{}\"\norganisation = \"{}\"\n", log.verifier(), key(8));
        for (seed, role) in (1..).zip(ROLES) {
            text = format!("{text}\n[[signers]]\nrole = \"{role}\"\nkey = \"{}\"\n", key(seed));
        }
        text
    }

    fn refusal(text: &str) -> PolicyError {
        parse_policy(text.as_bytes()).unwrap_err()
    }

    #[test]
    fn a_policy_names_a_log_an_organisation_and_four_signers() {
        let policy = parse_policy(toml_text().as_bytes()).unwrap();
        assert_eq!(policy.signers.len(), 4);
        assert!(policy.log.starts_with("log.example.test+"));
    }

    #[test]
    fn a_policy_without_four_different_signers_is_refused() {
        let text = toml_text();
        assert_eq!(refusal(&text.replace("\"legal\"", "\"privacy\"")), PolicyError::Roles);
        assert_eq!(refusal(&text.replace("\"legal\"", "\"manager\"")), PolicyError::Roles);
        let three = text.rsplit_once("\n[[signers]]").unwrap().0;
        assert_eq!(refusal(three), PolicyError::Roles);
        assert_eq!(refusal(&text.replace(&key(2), &key(1))), PolicyError::SharedKey);
        assert_eq!(refusal(&text.replace(&key(8), &key(1))), PolicyError::SharedKey);
    }

    #[test]
    fn a_newer_policy_is_refused_by_its_version() {
        let text = toml_text().replace("version = 1", "version = 2\nwitnesses = 3");
        assert!(matches!(refusal(&text), PolicyError::Version(_)));
        assert!(refusal(&text).to_string().contains("update this program"));
    }

    #[test]
    fn what_is_not_a_policy_is_refused_with_a_reason() {
        assert!(matches!(refusal(""), PolicyError::NotAPolicy { .. }));
        assert!(matches!(refusal("version = 1"), PolicyError::NotAPolicy { .. }));
        assert!(matches!(
            refusal(&format!("version = 1\nsurplus = 1\n{}", toml_text())),
            PolicyError::NotAPolicy { .. }
        ));
        assert_eq!(refusal(&toml_text().replace("log.example", "log.other")), PolicyError::LogKey);
        assert_eq!(parse_policy(&[0xff]), Err(PolicyError::NotText));
        assert_eq!(parse_policy(&vec![b' '; POLICY_BYTES_MAX + 1]), Err(PolicyError::TooLarge));
    }
}
