//! The receipt: everything about a consent, in the contributor's hands.

#[cfg(test)]
mod tests;

use candor_model::{Digest, Entropy, Envelope, FormatVersion, PublicKey, Timestamp, VersionError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::record::context;
use crate::{Charter, CharterError, Consent, ConsentError, Notice};

/// Why a document is not a receipt.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// The document is longer than any receipt.
    #[error("the receipt has {bytes} bytes, and may have {}", Receipt::BYTES_MAX)]
    TooLong {
        /// Length found.
        bytes: usize,
    },
    /// The document is not JSON of this shape.
    #[error("the document is not a receipt")]
    NotReceipt(#[source] serde_json::Error),
    /// The document is of another version.
    #[error("the receipt is of another version")]
    Version(#[source] VersionError),
    /// The charter in it does not parse.
    #[error("the charter in the receipt is not valid")]
    Charter(#[source] Box<CharterError>),
    /// The grant in it does not verify.
    #[error("the grant in the receipt does not verify")]
    Consent(#[source] ConsentError),
    /// What the receipt says beside the grant differs from it.
    #[error("the receipt's {0} differs from what was signed")]
    Differs(&'static str),
    /// The log's proof does not hold.
    #[error("the log's proof in the receipt does not hold")]
    NoProof,
}

/// A consent receipt (ISO/IEC TS 27560, `dpv:ConsentReceipt`).
///
/// It is no pointer: it holds the whole record, the text of the notice, the charter, both signatures, the log's proof and
/// the means of withdrawal, so that it verifies without anybody's help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    #[serde(rename = "@context")]
    context: Value,
    #[serde(rename = "@id")]
    iri: String,
    #[serde(rename = "@type")]
    kind: String,
    #[serde(rename = "dct:conformsTo")]
    conforms_to: Vec<String>,
    #[serde(rename = "dpv:hasIdentifier")]
    identifier: String,
    #[serde(rename = "dct:created")]
    created: Timestamp,
    #[serde(rename = "dpv:hasRecordOfActivity")]
    record: Value,
    #[serde(rename = "dpv:hasConsentControl")]
    withdrawal: Means,
    #[serde(rename = "candor:version")]
    version: FormatVersion,
    #[serde(rename = "candor:noticeDigest")]
    notice_digest: Digest,
    #[serde(rename = "candor:noticeText")]
    notice_text: String,
    #[serde(rename = "candor:charter")]
    charter: String,
    #[serde(rename = "candor:grant")]
    grant: Envelope,
    #[serde(rename = "candor:logProof")]
    log_proof: String,
}

/// How to withdraw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Means {
    #[serde(rename = "@type")]
    kind: String,
    #[serde(rename = "dpv:isExercisedAt")]
    at: String,
    #[serde(rename = "dct:description")]
    description: String,
}

const KIND: &str = "dpv:ConsentReceipt";
const CONFORMS_TO: [&str; 2] = [
    "https://w3id.org/dpv/schema/dpv-27560#receipt",
    "https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr",
];
const HOW_TO_WITHDRAW: &str = "One step, at any time, without a reason: withdraw in the recorder, or give this receipt and the \
     contributor's key to any copy of the program.";

impl Receipt {
    /// The version of the format that this program reads and writes.
    pub const VERSION: FormatVersion = FormatVersion(1);
    /// Longest receipt in bytes.
    pub const BYTES_MAX: usize = 4 * 1024 * 1024;

    /// Issues the receipt of a grant that both sides signed. `withdraw_at` says where a withdrawal is sent.
    ///
    /// # Errors
    /// When the grant is not a consent to `charter`, or the organisation did not countersign.
    pub fn issue(
        charter: &Charter,
        grant: &Envelope,
        organisation: &PublicKey,
        log_proof: &str,
        withdraw_at: &str,
        created: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, ReceiptError> {
        let consent = Consent::verify(grant, charter, Some(organisation)).map_err(ReceiptError::Consent)?;
        let notice = Notice::of(charter);
        let identifier = candor_model::ConsentId::random(entropy).to_string();
        Ok(Self {
            context: context(),
            iri: format!("urn:uuid:{identifier}"),
            kind: KIND.to_owned(),
            conforms_to: CONFORMS_TO.map(str::to_owned).to_vec(),
            identifier,
            created,
            record: consent.grant().record.clone(),
            withdrawal: Means {
                kind: "dpv:WithdrawConsent".to_owned(),
                at: withdraw_at.to_owned(),
                description: HOW_TO_WITHDRAW.to_owned(),
            },
            version: Self::VERSION,
            notice_digest: notice.digest,
            notice_text: notice.text,
            charter: charter.text().to_owned(),
            grant: grant.clone(),
            log_proof: log_proof.to_owned(),
        })
    }

    /// Reads a receipt. It says nothing until [`Receipt::verify`] does.
    ///
    /// # Errors
    /// When the bytes are too many, not a receipt, or of another version.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReceiptError> {
        if bytes.len() > Self::BYTES_MAX {
            return Err(ReceiptError::TooLong { bytes: bytes.len() });
        }
        let receipt: Self = serde_json::from_slice(bytes).map_err(ReceiptError::NotReceipt)?;
        receipt.version.require(Self::VERSION, "the receipt").map_err(ReceiptError::Version)?;
        Ok(receipt)
    }

    /// The receipt as a JSON document, indented for people.
    ///
    /// # Errors
    /// Never for a receipt that was issued or parsed; the serialiser has an error type.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec_pretty(self)
    }

    /// Checks everything in the receipt against the organisation's key, which the reader knows from elsewhere.
    ///
    /// `in_log` checks the log's proof for the grant's envelope: whoever calls knows the log's key.
    ///
    /// # Errors
    /// When a signature, the charter, the notice, the record, an identifier or the proof is wrong.
    pub fn verify(
        &self,
        organisation: &PublicKey,
        in_log: impl FnOnce(&Envelope, &str) -> bool,
    ) -> Result<(Charter, Consent), ReceiptError> {
        let charter =
            Charter::parse(self.charter.as_bytes()).map_err(|e| ReceiptError::Charter(Box::new(e)))?;
        let consent =
            Consent::verify(&self.grant, &charter, Some(organisation)).map_err(ReceiptError::Consent)?;
        self.check_copies(&charter, &consent)?;
        if in_log(&self.grant, &self.log_proof) { Ok((charter, consent)) } else { Err(ReceiptError::NoProof) }
    }

    /// Everything that the receipt repeats for readers must be what was signed.
    fn check_copies(&self, charter: &Charter, consent: &Consent) -> Result<(), ReceiptError> {
        let notice = Notice::of(charter);
        let copies = [
            (self.context == context(), "context"),
            (self.kind == KIND && self.withdrawal.kind == "dpv:WithdrawConsent", "type"),
            (self.conforms_to == CONFORMS_TO, "profile"),
            (self.iri == format!("urn:uuid:{}", self.identifier), "identifier"),
            (self.record == consent.grant().record, "record"),
            (self.notice_text == notice.text, "notice text"),
            (self.notice_digest == notice.digest, "notice digest"),
            (self.withdrawal.description == HOW_TO_WITHDRAW, "means of withdrawal"),
            (self.created >= consent.grant().given_at, "time"),
        ];
        copies
            .into_iter()
            .find(|(same, _)| !same)
            .map_or(Ok(()), |(_, what)| Err(ReceiptError::Differs(what)))
    }

    /// The grant, with both signatures.
    #[must_use]
    pub const fn grant(&self) -> &Envelope {
        &self.grant
    }

    /// The text of the notice that was read.
    #[must_use]
    pub fn notice_text(&self) -> &str {
        &self.notice_text
    }

    /// The charter's exact text.
    #[must_use]
    pub fn charter_text(&self) -> &str {
        &self.charter
    }

    /// The log's proof.
    #[must_use]
    pub fn log_proof(&self) -> &str {
        &self.log_proof
    }

    /// Where a withdrawal is sent.
    #[must_use]
    pub fn withdraw_at(&self) -> &str {
        &self.withdrawal.at
    }

    /// When it was issued.
    #[must_use]
    pub const fn created(&self) -> Timestamp {
        self.created
    }
}
