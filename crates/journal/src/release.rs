//! Release: the journal's only exit. It needs the person's review and their key.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use candor_bundle::{self as bundle, Contents, PackedFrame, Repacker, WireError, squeeze};
use candor_model::bundle::{BUNDLE_BYTES_MAX, Manifest, Release, VERSION, VERSION_MIN};
use candor_model::{
    BlobRef, Digest, Entropy, Envelope, Finding, FindingKind, FormatVersion, Media, RedactedStep,
    SessionHeader, SessionId, SigningKey, Statement, Step, Subject, Timestamp, canonical_bytes,
};

use crate::error::{ReleaseError, SessionError, StateError};
use crate::frames;
use crate::index::Index;
use crate::journal::{Inner, Journal};
use crate::record::{ReceiptRecord, Record, ReleaseRecord};

/// Name of the manifest as the subject of a release.
const SUBJECT: &str = "manifest.json";
/// Bytes that the archive adds to each entry, at most: its header, and padding to a block (POSIX ustar).
const ENTRY_BYTES: u64 = 1024;

/// A session that its contributor reviewed and released. Only [`Journal::release`] makes one.
///
/// ```compile_fail,E0423
/// fn forge(contents: candor_bundle::Contents) -> candor_journal::Bundle {
///     candor_journal::Bundle(contents)
/// }
/// ```
#[derive(Debug)]
pub struct Bundle(Contents);

impl Bundle {
    /// What it holds.
    #[must_use]
    pub const fn contents(&self) -> &Contents {
        &self.0
    }

    /// Digest of the manifest: what the release is about.
    #[must_use]
    pub fn manifest_digest(&self) -> Digest {
        Digest::of(&self.0.manifest_bytes)
    }

    /// The contributor's signed release.
    #[must_use]
    pub const fn release(&self) -> &Envelope {
        &self.0.release
    }

    /// Writes it as it travels: see `docs/formats/bundle.md`.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write_to(&self, out: impl Write) -> Result<(), WireError> {
        bundle::write(&self.0, out)
    }
}

impl Journal {
    /// What would leave if the session were released as it is, by the same code that releases it. Nothing is signed or written.
    ///
    /// # Errors
    /// When the recording has not ended, has nothing left, is too large, or cannot be read.
    pub fn preview(&self, session: SessionId) -> Result<Preview, ReleaseError> {
        self.lock()?.unsigned(session, VERSION)?.preview()
    }

    /// Releases a session: signs what is left after the review, stores the signature, and hands out the bundle.
    ///
    /// Commit point: the signed release is durable. A crash before it leaves the session reviewed and not released; one
    /// after it leaves it released, and releasing it again gives the same bytes, so that an upload can be tried again.
    ///
    /// # Errors
    /// When the session has not ended, was not reviewed, has nothing left, is of another contributor, is too large, is
    /// confirmed by the server already, or cannot be read or written.
    pub fn release(
        &self,
        session: SessionId,
        key: &SigningKey,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Bundle, ReleaseError> {
        self.release_if(session, None, key, now, entropy)
    }

    /// The same, and only if what leaves has this digest: the one that [`Journal::preview`] showed the person.
    ///
    /// # Errors
    /// The same, and [`ReleaseError::NotAsShown`]; then nothing is signed.
    pub fn release_as_shown(
        &self,
        session: SessionId,
        shown: Digest,
        key: &SigningKey,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Bundle, ReleaseError> {
        self.release_if(session, Some(shown), key, now, entropy)
    }

    fn release_if(
        &self,
        session: SessionId,
        shown: Option<Digest>,
        key: &SigningKey,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Bundle, ReleaseError> {
        let mut inner = self.lock()?;
        let index = &inner.session(session)?.index;
        if key.public() != index.start.contributor {
            return Err(ReleaseError::OtherContributor);
        }
        if index.receipt.is_some() {
            return Err(SessionError::State { session, source: StateError::Released }.into());
        }
        if let Some(at) = index.release {
            return inner.released_before(session, at);
        }
        index.releasable().map_err(|source| SessionError::State { session, source })?;
        let unsigned = inner.unsigned(session, VERSION)?;
        // INVARIANT: what is signed is what was shown. Both come from `unsigned`, under one lock.
        if shown.is_some_and(|shown| shown != unsigned.digest()) {
            return Err(ReleaseError::NotAsShown);
        }
        inner.sign(session, unsigned, key, now, entropy)
    }

    /// Notes that the server confirmed the release. Its local files can be forgotten from here on.
    ///
    /// # Errors
    /// When there is no such session, it is not released, or it cannot be written.
    pub fn mark_released(&self, session: SessionId, receipt: Digest) -> Result<(), SessionError> {
        self.commit(session, vec![Record::Receipt(ReceiptRecord { receipt })])
    }
}

/// What would leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Digest of the manifest: a release signs it.
    pub digest: Digest,
    /// The session as the bundle would describe it.
    pub header: SessionHeader,
    /// How many steps.
    pub steps: usize,
    /// How many different pictures.
    pub frames: usize,
    /// How many different trees.
    pub trees: usize,
    /// Length in bytes of steps, pictures, trees and manifest, as they travel. Signature and archive come on top.
    pub bytes: u64,
    /// What was taken out before, by kind, with what the person masked.
    pub findings: BTreeMap<candor_model::FindingKind, u64>,
}

/// A bundle without its signature.
struct Unsigned {
    manifest: Manifest,
    manifest_bytes: Vec<u8>,
    steps: Vec<Step>,
    blobs: BTreeMap<Digest, Vec<u8>>,
    frames: Vec<PackedFrame>,
}

impl Unsigned {
    fn digest(&self) -> Digest {
        Digest::of(&self.manifest_bytes)
    }

    fn preview(self) -> Result<Preview, ReleaseError> {
        let lines = self.steps.iter().map(|step| canonical_bytes(step).map(|line| line.len() as u64 + 1));
        let lines: u64 = lines.sum::<Result<_, _>>().map_err(|_| ReleaseError::Disagrees)?;
        let blobs = self.manifest.blob_bytes();
        let trees = self.manifest.blobs.iter().filter(|blob| blob.media == Media::Tree).count();
        Ok(Preview {
            digest: self.digest(),
            steps: self.steps.len(),
            frames: self.manifest.blobs.len() - trees,
            trees,
            bytes: lines + blobs + self.manifest_bytes.len() as u64,
            findings: self.manifest.findings,
            header: self.manifest.header,
        })
    }

    fn signed(self, release: Envelope) -> Bundle {
        let Self { manifest, manifest_bytes, steps, blobs, frames } = self;
        Bundle(Contents { release, manifest_bytes, manifest, steps, blobs, frames })
    }
}

impl Inner {
    fn unsigned(&self, session: SessionId, version: FormatVersion) -> Result<Unsigned, ReleaseError> {
        let index = &self.session(session)?.index;
        let mut parts = Parts::default();
        for (ordinal, number) in (0..).zip(index.kept()) {
            self.gather(session, number, ordinal, &mut parts)?;
        }
        for finding in index.task().iter().flat_map(|task| &task.findings) {
            parts.count(finding);
        }
        if parts.steps.is_empty() {
            return Err(ReleaseError::NothingLeft);
        }
        let header = header(index).ok_or(SessionError::State { session, source: StateError::NotFinished })?;
        parts.unsigned(header, version, session)
    }

    /// Takes a step to what leaves. Where no mask can touch it, its frame is not put together.
    fn gather(
        &self,
        session: SessionId,
        number: u32,
        ordinal: u32,
        parts: &mut Parts,
    ) -> Result<(), ReleaseError> {
        if self.may_be_masked(session, number)? {
            let content = self.step(session, number, ordinal)?.content;
            parts.add_frame(content.step.frame, |repacker, frame| {
                masked(&content, frame, repacker, session)
            })?;
            return parts.add(content, session);
        }
        let content = self.unmasked(session, number, ordinal)?;
        parts.add_frame(content.step.frame, |repacker, frame| match frame.media {
            Media::Pixmap => self.repacked(session, frame, repacker).map(Kept::Packed),
            Media::Png | Media::Tree => self.blob(session, frame.digest).map(Kept::Plain),
        })?;
        parts.add(content, session)
    }

    fn released_before(
        &self,
        session: SessionId,
        at: crate::segment::Location,
    ) -> Result<Bundle, ReleaseError> {
        let Record::Release(stored) = self.read(session, at)? else { return Err(ReleaseError::Disagrees) };
        let manifest: Manifest =
            serde_json::from_str(&stored.manifest).map_err(|_| ReleaseError::Disagrees)?;
        let unsigned = self.unsigned(session, manifest.version)?;
        if unsigned.manifest_bytes != stored.manifest.as_bytes() {
            return Err(ReleaseError::Disagrees);
        }
        Ok(unsigned.signed(stored.release))
    }

    fn sign(
        &mut self,
        session: SessionId,
        unsigned: Unsigned,
        key: &SigningKey,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Bundle, ReleaseError> {
        let header = &unsigned.manifest.header;
        let salt = Digest::from_bytes(entropy.bytes_32()).to_string();
        let release = Release { consent: header.consent, charter: header.charter, released_at: now, salt };
        let subject = Subject::new(SUBJECT, Digest::of(&unsigned.manifest_bytes));
        let release = Statement::new(subject, release).sign(key).map_err(|_| ReleaseError::Disagrees)?;
        let manifest =
            String::from_utf8(unsigned.manifest_bytes.clone()).map_err(|_| ReleaseError::Disagrees)?;
        let record = ReleaseRecord { release: release.clone(), manifest };
        self.commit(session, vec![Record::Release(Box::new(record))])?;
        Ok(unsigned.signed(release))
    }
}

/// A frame that was put together and masked.
fn masked(
    content: &RedactedStep,
    frame: BlobRef,
    repacker: &mut Repacker,
    session: SessionId,
) -> Result<Kept, SessionError> {
    let not_a_step = || SessionError::State { session, source: StateError::NotAStep };
    let bytes = content.frame.as_deref().ok_or_else(not_a_step)?;
    if frame.media != Media::Pixmap {
        return Ok(Kept::Plain(bytes.to_vec()));
    }
    let packed = frames::packed(bytes, repacker).filter(|packed| packed.digest == frame.digest);
    packed.map(Kept::Packed).ok_or_else(not_a_step)
}

fn header(index: &Index) -> Option<SessionHeader> {
    let (start, finish) = (&index.start, index.finish.as_ref()?);
    Some(SessionHeader {
        session: start.session,
        charter: start.charter,
        consent: start.consent,
        contributor: start.contributor,
        started: start.started,
        ended: finish.ended,
        recorded: start.recorded,
        platform: start.platform,
        redactor: start.redactor.clone(),
        task: index.task().map(|task| task.text),
        outcome: index.outcome(),
    })
}

/// What is gathered of the steps that leave.
#[derive(Default)]
struct Parts {
    steps: Vec<Step>,
    digests: Vec<Digest>,
    references: BTreeSet<BlobRef>,
    blobs: BTreeMap<Digest, Vec<u8>>,
    frames: Vec<PackedFrame>,
    repacker: Repacker,
    findings: BTreeMap<FindingKind, u64>,
    /// What travels.
    bytes: u64,
    /// The blobs as they are when they are opened.
    opened_bytes: u64,
}

impl Parts {
    /// Takes a step, its frame apart.
    fn add(&mut self, content: RedactedStep, session: SessionId) -> Result<(), ReleaseError> {
        let not_a_step = |_| SessionError::State { session, source: StateError::NotAStep };
        let line = canonical_bytes(&content.step).map_err(not_a_step)?;
        self.bytes += line.len() as u64 + 1;
        self.digests.push(Digest::of(&line));
        if let (Some(reference), Some(bytes)) = (content.step.tree, content.tree) {
            self.add_blob(reference, bytes);
        }
        for finding in &content.report.findings {
            self.count(finding);
        }
        self.steps.push(content.step);
        self.fits()
    }

    /// Takes the frame of a step, if another step has not brought it.
    fn add_frame(
        &mut self,
        frame: Option<BlobRef>,
        packed: impl FnOnce(&mut Repacker, BlobRef) -> Result<Kept, SessionError>,
    ) -> Result<(), SessionError> {
        let Some(frame) = frame.filter(|frame| !self.references.contains(frame)) else { return Ok(()) };
        match packed(&mut self.repacker, frame)? {
            Kept::Plain(bytes) => self.add_blob(frame, bytes),
            Kept::Packed(packed) => {
                self.references.insert(frame);
                self.bytes += packed.packed.bytes() + ENTRY_BYTES;
                self.frames.push(packed);
            }
        }
        Ok(())
    }

    fn add_blob(&mut self, reference: BlobRef, bytes: Vec<u8>) {
        if self.references.insert(reference) {
            self.bytes += squeeze(&bytes).map_or(bytes.len(), |squeezed| squeezed.len()) as u64 + ENTRY_BYTES;
            self.opened_bytes += bytes.len() as u64;
            self.blobs.insert(reference.digest, bytes);
        }
    }

    fn count(&mut self, finding: &Finding) {
        *self.findings.entry(finding.kind).or_insert(0) += 1;
    }

    fn fits(&self) -> Result<(), ReleaseError> {
        // Manifest, release and the archive's own blocks come on top: a tenth is kept for them.
        let limit_bytes = BUNDLE_BYTES_MAX / 10 * 9;
        let bytes = self.bytes.max(self.opened_bytes);
        if bytes <= limit_bytes { Ok(()) } else { Err(ReleaseError::TooLarge { bytes, limit_bytes }) }
    }

    fn unsigned(
        self,
        header: SessionHeader,
        version: FormatVersion,
        session: SessionId,
    ) -> Result<Unsigned, ReleaseError> {
        let not_a_step = || SessionError::State { session, source: StateError::NotAStep };
        let packed = bundle::packed_bytes(version, &self.blobs, &self.frames).map_err(|_| not_a_step())?;
        let manifest = Manifest {
            version,
            header,
            steps: self.digests,
            blobs: self.references.into_iter().collect(),
            packed_bytes: (version > VERSION_MIN).then_some(packed),
            findings: self.findings,
        };
        let manifest_bytes = canonical_bytes(&manifest).map_err(|_| not_a_step())?;
        let (steps, blobs, frames) = (self.steps, self.blobs, self.frames);
        Ok(Unsigned { manifest, manifest_bytes, steps, blobs, frames })
    }
}

/// A frame as a bundle keeps it.
enum Kept {
    /// As PNG, of a recording of an older version.
    Plain(Vec<u8>),
    Packed(PackedFrame),
}
