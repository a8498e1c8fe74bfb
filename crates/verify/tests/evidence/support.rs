//! A small complete evidence bundle with its dataset, written by code that shares nothing with the product's writers but
//! the formats and the mathematics. Every key comes from a fixed seed, and the organisation may be as dishonest as a
//! test wants: what it signs, it signs well.

mod books;
mod charter;
mod files;
mod plan;
mod session;

use candor_consent::Role;
use candor_log::SignerKey;
use candor_model::evidence::{TrustPolicy, TrustedSigner, VERSION};
use candor_model::{Digest, Entropy, Envelope, SigningKey, Timestamp};
use candor_verify::{Memory, Report, verify};

pub(crate) use charter::{charter_text, charter_with};
pub(crate) use files::{leaves, lines, publish, seal};
pub(crate) use plan::{Plan, Wrong};

pub(crate) const ORIGIN: &str = "log.example.test";
const ROLES: [Role; 4] = Role::ALL;

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

pub(crate) fn organisation() -> SigningKey {
    key(10)
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn entropy(seed: u8) -> impl Entropy {
    let mut count = 0_u64;
    move |bytes: &mut [u8]| {
        for byte in bytes {
            count += 1;
            *byte = Digest::of(&[&[seed], count.to_be_bytes().as_slice()].concat()).as_bytes()[0];
        }
    }
}

/// Evidence, dataset and policy.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) evidence: Memory,
    pub(crate) dataset: Memory,
    pub(crate) policy: TrustPolicy,
}

impl Case {
    pub(crate) fn verify(&self) -> Report {
        verify(&self.evidence, Some(&self.dataset), &self.policy)
    }

    /// Seals whatever the evidence holds, as a dishonest organisation would.
    pub(crate) fn reseal(&mut self) {
        seal(&mut self.evidence, 10);
    }

    pub(crate) fn path(&self, folder: &str, n: usize) -> String {
        self.evidence.files.keys().filter(|path| path.starts_with(folder)).nth(n).unwrap().clone()
    }

    /// The statement whose payload holds `text`.
    pub(crate) fn statement(&self, text: &str) -> String {
        let holds = |bytes: &[u8]| {
            let payload = Envelope::parse(bytes).unwrap().payload().unwrap();
            String::from_utf8(payload).unwrap().contains(text)
        };
        let mut statements = self.evidence.files.iter().filter(|(path, _)| path.starts_with("statements/"));
        statements.find(|(_, bytes)| holds(bytes)).unwrap().0.clone()
    }
}

pub(crate) fn honest() -> Case {
    Plan::default().build()
}

/// The policy of an auditor who knows the honest keys.
pub(crate) fn policy() -> TrustPolicy {
    let signers = ROLES.into_iter().zip(1..);
    TrustPolicy {
        version: VERSION,
        log: SignerKey::from_seed(ORIGIN, &[40; 32]).unwrap().verifier().to_string(),
        organisation: organisation().public(),
        signers: signers
            .map(|(role, seed)| TrustedSigner { role: role.as_str().to_owned(), key: key(seed).public() })
            .collect(),
    }
}
