//! Release: the journal's only exit. It needs the person's review and their key.

mod parts;
mod unsigned;

use std::collections::BTreeMap;
use std::io::Write;

use candor_bundle::{self as bundle, Contents, WireError};
use candor_model::bundle::{Manifest, Release, VERSION};
use candor_model::{
    Digest, Entropy, Envelope, FormatVersion, SessionHeader, SessionId, SigningKey, Statement, Subject,
    Timestamp,
};

use crate::error::{ReleaseError, SessionError, StateError};
use crate::index::Index;
use crate::journal::{Inner, Journal};
use crate::record::{ReceiptRecord, Record, ReleaseRecord};
use crate::release::parts::Parts;
use crate::release::unsigned::Unsigned;

/// Name of the manifest as the subject of a release.
const SUBJECT: &str = "manifest.json";

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
