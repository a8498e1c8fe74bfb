//! What is gathered of the steps that leave.

use std::collections::{BTreeMap, BTreeSet};

use candor_bundle::{self as bundle, PackedFrame, Repacker, squeeze};
use candor_model::bundle::{BUNDLE_BYTES_MAX, Manifest, VERSION_MIN};
use candor_model::{
    BlobRef, Digest, Finding, FindingKind, FormatVersion, Media, RedactedStep, SessionHeader, SessionId,
    Step, canonical_bytes,
};

use super::unsigned::Unsigned;
use crate::error::{ReleaseError, SessionError, StateError};
use crate::frames;
use crate::journal::Inner;

/// Bytes that the archive adds to each entry, at most: its header, and padding to a block (POSIX ustar).
const ENTRY_BYTES: u64 = 1024;

impl Inner {
    /// Takes a step to what leaves. Where no mask can touch it, its frame is not put together.
    pub(super) fn gather(
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

/// What is gathered of the steps that leave.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) steps: Vec<Step>,
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

    pub(super) fn count(&mut self, finding: &Finding) {
        *self.findings.entry(finding.kind).or_insert(0) += 1;
    }

    fn fits(&self) -> Result<(), ReleaseError> {
        // Manifest, release and the archive's own blocks come on top: a tenth is kept for them.
        let limit_bytes = BUNDLE_BYTES_MAX / 10 * 9;
        let bytes = self.bytes.max(self.opened_bytes);
        if bytes <= limit_bytes { Ok(()) } else { Err(ReleaseError::TooLarge { bytes, limit_bytes }) }
    }

    pub(super) fn unsigned(
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
