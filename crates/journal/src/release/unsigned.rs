//! What would leave, before anybody signed it.

use std::collections::BTreeMap;

use candor_bundle::{Contents, PackedFrame};
use candor_model::bundle::Manifest;
use candor_model::{Digest, Envelope, Media, Step, canonical_bytes};

use super::{Bundle, Preview};
use crate::error::ReleaseError;

/// A bundle without its signature.
pub(super) struct Unsigned {
    pub(super) manifest: Manifest,
    pub(super) manifest_bytes: Vec<u8>,
    pub(super) steps: Vec<Step>,
    pub(super) blobs: BTreeMap<Digest, Vec<u8>>,
    pub(super) frames: Vec<PackedFrame>,
}

impl Unsigned {
    pub(super) fn digest(&self) -> Digest {
        Digest::of(&self.manifest_bytes)
    }

    pub(super) fn preview(self) -> Result<Preview, ReleaseError> {
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

    pub(super) fn signed(self, release: Envelope) -> Bundle {
        let Self { manifest, manifest_bytes, steps, blobs, frames } = self;
        Bundle(Contents { release, manifest_bytes, manifest, steps, blobs, frames })
    }
}
