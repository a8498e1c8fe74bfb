//! What a record says: its kind, as the first byte of what is sealed, and the bytes of that kind.

use candor_bundle::{Packed, Packer, squeeze, unsqueeze};
use candor_model::bundle::BLOB_BYTES_MAX;
use candor_model::{
    AppId, BlobRef, ConsentId, Digest, Envelope, Finding, FrameBytes, FrameView, Media, Outcome, Platform,
    PublicKey, Recorded, Rect, RedactedStep, RedactionReport, RedactorInfo, SessionId, Step, Timestamp,
    canonical_bytes,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What is known when a session begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionStart {
    /// The session.
    pub session: SessionId,
    /// Digest of the charter in force.
    pub charter: Digest,
    /// The consent in force.
    pub consent: ConsentId,
    /// The contributor's key for this program: only this key can release the session.
    pub contributor: PublicKey,
    /// First moment.
    pub started: Timestamp,
    /// Of an import: when its recorder says that the work was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<Recorded>,
    /// Where it is recorded.
    pub platform: Platform,
    /// Who redacts it.
    pub redactor: RedactorInfo,
    /// Days after its last moment at which the session deletes itself, unless the person released it.
    pub hold_days: u32,
}

/// A stretch of time that the gate refused, and why. For the person only: it is never part of a bundle.
///
/// It has no count of what happened inside (P3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// Stable codes of the reasons, as the gate names them.
    pub codes: Vec<String>,
    /// First refusal.
    pub from: Timestamp,
    /// Last refusal.
    pub to: Timestamp,
}

/// The end of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Finish {
    pub(crate) ended: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<Outcome>,
}

/// What the person decided at review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mark", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Mark {
    Drop {
        step: u32,
    },
    Restore {
        step: u32,
    },
    Mask {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<u32>,
        region: Rect,
    },
    /// Version 2. The word is here and in no bundle.
    Word {
        word: String,
    },
    /// Version 2: no step with this application in front leaves.
    App {
        app: AppId,
    },
    /// Version 2: takes a mask back, by its place among the masks.
    Unmask {
        mask: u32,
    },
    Task {
        text: String,
        findings: Vec<Finding>,
    },
    /// Version 2: how it ended, in the place of what the recorder said.
    Outcome {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<Outcome>,
    },
    Reviewed {
        at: Timestamp,
    },
}

/// A step without its blobs, which have records of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StepRecord {
    pub(crate) step: Step,
    pub(crate) report: RedactionReport,
}

/// The signed release, kept before anybody gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReleaseRecord {
    pub(crate) release: Envelope,
    pub(crate) manifest: String,
}

/// The server took it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReceiptRecord {
    pub(crate) receipt: Digest,
}

/// A record's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Record {
    Start(SessionStart),
    Blob {
        digest: Digest,
        bytes: Vec<u8>,
    },
    /// Version 3.
    Frame {
        digest: Digest,
        packed: Packed,
    },
    Step(Box<StepRecord>),
    Gap(Gap),
    Finish(Finish),
    Mark(Mark),
    Release(Box<ReleaseRecord>),
    Receipt(ReceiptRecord),
}

/// The content is not of its kind: the record was written by another program, or by a bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotARecord;

impl Record {
    const START: u8 = 1;
    const BLOB: u8 = 2;
    const STEP: u8 = 3;
    const GAP: u8 = 4;
    const FINISH: u8 = 5;
    const MARK: u8 = 6;
    const RELEASE: u8 = 7;
    const RECEIPT: u8 = 8;
    const FRAME: u8 = 9;
    const SQUEEZED: u8 = 10;

    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, NotARecord> {
        match self {
            Self::Start(start) => json(Self::START, start),
            Self::Blob { digest, bytes } => squeezed(digest, bytes),
            Self::Frame { digest, packed } => {
                Ok([[Self::FRAME].as_slice(), digest.as_bytes(), &packed.to_bytes()].concat())
            }
            Self::Step(step) => json(Self::STEP, step),
            Self::Gap(gap) => json(Self::GAP, gap),
            Self::Finish(finish) => json(Self::FINISH, finish),
            Self::Mark(mark) => json(Self::MARK, mark),
            Self::Release(release) => json(Self::RELEASE, release),
            Self::Receipt(receipt) => json(Self::RECEIPT, receipt),
        }
    }

    pub(crate) fn parse(content: &[u8]) -> Result<Self, NotARecord> {
        let (kind, rest) = content.split_first().ok_or(NotARecord)?;
        match *kind {
            Self::START => Ok(Self::Start(parsed(rest)?)),
            Self::BLOB => blob(rest),
            Self::FRAME => frame(rest),
            Self::SQUEEZED => unsqueezed(rest),
            Self::STEP => Ok(Self::Step(parsed(rest)?)),
            Self::GAP => Ok(Self::Gap(parsed(rest)?)),
            Self::FINISH => Ok(Self::Finish(parsed(rest)?)),
            Self::MARK => Ok(Self::Mark(parsed(rest)?)),
            Self::RELEASE => Ok(Self::Release(parsed(rest)?)),
            Self::RECEIPT => Ok(Self::Receipt(parsed(rest)?)),
            _ => Err(NotARecord),
        }
    }

    /// The step and the blobs of what redaction handed out, blobs first, so that a step never lacks its blobs.
    ///
    /// Fails where a reference of the step and the bytes beside it differ.
    pub(crate) fn of_step(content: RedactedStep, tiles: &mut Packer) -> Result<Vec<Self>, NotARecord> {
        let RedactedStep { step, frame, tree, report } = content;
        let mut records = Vec::new();
        if let Some((reference, bytes)) = both(step.frame, frame)? {
            records.push(match reference.media {
                Media::Pixmap => Self::of_frame(reference, &bytes, tiles)?,
                Media::Png => checked_blob(reference, bytes.into_vec())?,
                Media::Tree => return Err(NotARecord),
            });
        }
        if let Some((reference, bytes)) = both(step.tree, tree)? {
            let is_tree = reference.media == Media::Tree;
            records
                .push(is_tree.then_some(()).ok_or(NotARecord).and_then(|()| checked_blob(reference, bytes))?);
        }
        records.push(Self::Step(Box::new(StepRecord { step, report })));
        Ok(records)
    }

    fn of_frame(reference: BlobRef, bytes: &FrameBytes, tiles: &mut Packer) -> Result<Self, NotARecord> {
        let frame = FrameView::of_pixmap(bytes).ok_or(NotARecord)?;
        let packed = match bytes.tiles() {
            Some(digests) => tiles.pack_tiled(frame, digests),
            None => tiles.pack(frame),
        };
        let (digest, packed) = packed.map_err(|_| NotARecord)?;
        let agrees = digest == reference.digest && bytes.len() as u64 == reference.bytes;
        if agrees { Ok(Self::Frame { digest, packed }) } else { Err(NotARecord) }
    }
}

/// Whether bytes are the content of a record. For the workshop, which feeds it with anything.
#[must_use]
pub fn is_a_record(content: &[u8]) -> bool {
    Record::parse(content).is_ok()
}

/// A reference and its bytes, both or none of them.
fn both<B>(reference: Option<BlobRef>, bytes: Option<B>) -> Result<Option<(BlobRef, B)>, NotARecord> {
    match (reference, bytes) {
        (None, None) => Ok(None),
        (Some(reference), Some(bytes)) => Ok(Some((reference, bytes))),
        (Some(_), None) | (None, Some(_)) => Err(NotARecord),
    }
}

fn checked_blob(reference: BlobRef, bytes: Vec<u8>) -> Result<Record, NotARecord> {
    let agrees = BlobRef::of(&bytes, reference.media) == Some(reference);
    if agrees { Ok(Record::Blob { digest: reference.digest, bytes }) } else { Err(NotARecord) }
}

fn json<T: Serialize>(kind: u8, value: &T) -> Result<Vec<u8>, NotARecord> {
    let json = canonical_bytes(value).map_err(|_| NotARecord)?;
    Ok([[kind].as_slice(), &json].concat())
}

fn parsed<T: DeserializeOwned>(json: &[u8]) -> Result<T, NotARecord> {
    serde_json::from_slice(json).map_err(|_| NotARecord)
}

fn named(rest: &[u8]) -> Result<(Digest, &[u8]), NotARecord> {
    let (digest, bytes) = rest.split_first_chunk::<{ Digest::LEN }>().ok_or(NotARecord)?;
    Ok((Digest::from_bytes(*digest), bytes))
}

fn blob(rest: &[u8]) -> Result<Record, NotARecord> {
    let (digest, bytes) = named(rest)?;
    Ok(Record::Blob { digest, bytes: bytes.to_vec() })
}

fn frame(rest: &[u8]) -> Result<Record, NotARecord> {
    let (digest, bytes) = named(rest)?;
    Ok(Record::Frame { digest, packed: Packed::parse(bytes).map_err(|_| NotARecord)? })
}

fn squeezed(digest: &Digest, bytes: &[u8]) -> Result<Vec<u8>, NotARecord> {
    let length = (bytes.len() as u64).to_be_bytes();
    let squeezed = squeeze(bytes).map_err(|_| NotARecord)?;
    Ok([[Record::SQUEEZED].as_slice(), digest.as_bytes(), &length, &squeezed].concat())
}

fn unsqueezed(rest: &[u8]) -> Result<Record, NotARecord> {
    let (digest, rest) = named(rest)?;
    let (length, squeezed) = rest.split_first_chunk().ok_or(NotARecord)?;
    let length =
        Some(u64::from_be_bytes(*length)).filter(|length| *length <= BLOB_BYTES_MAX).ok_or(NotARecord)?;
    Ok(Record::Blob { digest, bytes: unsqueeze(squeezed, length).map_err(|_| NotARecord)? })
}
