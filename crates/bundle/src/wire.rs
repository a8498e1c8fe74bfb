//! A bundle as bytes: a tar archive (POSIX ustar) of five kinds of entry in a fixed order.
//!
//! `release.dsse.json`, `manifest.json`, `steps.jsonl`, then `blobs/<digest>` sorted by digest, then `frames/<digest>` in the order in
//! which the steps use them. The reader takes only what the writer makes: another order, a link, an extra or a missing entry is refused.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};

use candor_model::bundle::{
    BLOB_BYTES_MAX, BUNDLE_BYTES_MAX, BUNDLE_STEPS_MAX, Manifest, VERSION_MIN, require_version,
};
use candor_model::{
    BlobRef, Digest, Envelope, EnvelopeError, FormatVersion, Media, Step, VersionError, canonical_bytes,
};

use crate::check::Checker;
use crate::packed::{Damaged, PACKED_BYTES_MAX, Packed};
use crate::squeeze::{squeeze, unsqueeze};

const RELEASE: &str = "release.dsse.json";
const MANIFEST: &str = "manifest.json";
const STEPS: &str = "steps.jsonl";
const BLOBS: &str = "blobs/";
const FRAMES: &str = "frames/";

/// What a bundle holds, read and held against its own digests, but not yet against any rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// The contributor's signed release; the signature has not been looked at.
    pub release: Envelope,
    /// Canonical bytes of the manifest: the release's subject is their digest.
    pub manifest_bytes: Vec<u8>,
    /// The manifest.
    pub manifest: Manifest,
    /// The steps, in order; the digest of each is in the manifest.
    pub steps: Vec<Step>,
    /// The blobs by digest, pixmaps apart; each is in the manifest.
    pub blobs: BTreeMap<Digest, Vec<u8>>,
    /// The pixmaps as tiles, in the order in which the steps use them first; each is in the manifest.
    pub frames: Vec<PackedFrame>,
}

/// A packed frame and what names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedFrame {
    /// The digest of the frame.
    pub digest: Digest,
    /// Its tiles.
    pub packed: Packed,
}

impl Contents {
    /// The bytes of all blobs and frames together, as the archive of the manifest's version has them.
    ///
    /// # Errors
    /// When a blob cannot be made smaller.
    pub fn packed_bytes(&self) -> Result<u64, WireError> {
        packed_bytes(self.manifest.version, &self.blobs, &self.frames)
    }
}

/// The bytes of blobs and frames together, as the archive of a version has them.
///
/// # Errors
/// When a blob cannot be made smaller.
pub fn packed_bytes(
    version: FormatVersion,
    blobs: &BTreeMap<Digest, Vec<u8>>,
    frames: &[PackedFrame],
) -> Result<u64, WireError> {
    let frames: u64 = frames.iter().map(|frame| frame.packed.bytes()).sum();
    blobs.values().try_fold(frames, |sum, bytes| Ok(sum + blob_entry(version, bytes)?.len() as u64))
}

/// A blob as it stands in the archive.
fn blob_entry(version: FormatVersion, bytes: &[u8]) -> Result<Cow<'_, [u8]>, WireError> {
    if version > VERSION_MIN {
        return Ok(squeeze(bytes).map_err(|Damaged| damaged(BLOBS))?.into());
    }
    Ok(bytes.into())
}

/// Why bytes are not a bundle.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The bytes could not be read or written.
    #[error("the bundle could not be read or written")]
    Io(#[from] io::Error),
    /// The archive is cut short, of another shape, or too large.
    #[error("the bundle is damaged or incomplete at {entry}")]
    Damaged {
        /// The entry that was expected.
        entry: String,
    },
    /// An entry is larger than its limit.
    #[error("{entry} is larger than {limit_bytes} bytes")]
    TooLarge {
        /// The entry.
        entry: String,
        /// The limit in bytes.
        limit_bytes: u64,
    },
    /// The manifest is of another version.
    #[error("the bundle is of another version")]
    Version(#[from] VersionError),
    /// The release is not an envelope.
    #[error("the release is not a signed envelope")]
    Release(#[source] EnvelopeError),
    /// A step or a blob differs from its digest in the manifest, or one of them is missing there.
    #[error("{entry} does not agree with the manifest")]
    Disagrees {
        /// The step or blob.
        entry: String,
    },
}

/// Writes a bundle.
///
/// # Errors
/// When `out` cannot be written, or a step has no canonical bytes.
pub fn write(contents: &Contents, out: impl Write) -> Result<(), WireError> {
    let mut archive = tar::Builder::new(out);
    append(&mut archive, RELEASE, &contents.release.to_bytes())?;
    append(&mut archive, MANIFEST, &contents.manifest_bytes)?;
    append(&mut archive, STEPS, &step_lines(&contents.steps)?)?;
    for (digest, bytes) in &contents.blobs {
        append(&mut archive, &format!("{BLOBS}{digest}"), &blob_entry(contents.manifest.version, bytes)?)?;
    }
    for frame in &contents.frames {
        append(&mut archive, &format!("{FRAMES}{}", frame.digest), &frame.packed.to_bytes())?;
    }
    archive.into_inner()?.flush()?;
    Ok(())
}

fn step_lines(steps: &[Step]) -> Result<Vec<u8>, WireError> {
    let mut lines = Vec::new();
    for step in steps {
        let bytes = canonical_bytes(step).map_err(|_| damaged(STEPS))?;
        lines.extend_from_slice(&bytes);
        lines.push(b'\n');
    }
    Ok(lines)
}

fn append(archive: &mut tar::Builder<impl Write>, path: &str, bytes: &[u8]) -> io::Result<()> {
    let mut header = tar::Header::new_ustar();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o600);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    archive.append_data(&mut header, path, bytes)
}

/// Reads a bundle and holds every step and blob against the manifest.
///
/// # Errors
/// When the bytes are cut short, too large, of another shape or version, or differ from their own digests.
pub fn read(input: impl Read) -> Result<Contents, WireError> {
    let mut archive = tar::Archive::new(input.take(BUNDLE_BYTES_MAX));
    let mut entries = archive.entries()?;
    let release = Envelope::parse(&next(&mut entries, RELEASE, Envelope::BYTES_MAX as u64)?);
    let release = release.map_err(WireError::Release)?;
    let manifest_bytes = next(&mut entries, MANIFEST, BLOB_BYTES_MAX)?;
    let manifest = parse_manifest(&manifest_bytes)?;
    let steps = parse_steps(&next(&mut entries, STEPS, BUNDLE_BYTES_MAX)?, &manifest)?;
    let mut packed_bytes = 0;
    let blobs = read_blobs(&mut entries, &manifest, &mut packed_bytes)?;
    let frames = read_frames(&mut entries, &steps, &mut packed_bytes)?;
    if manifest.packed_bytes.is_some_and(|said| said != packed_bytes) {
        return Err(WireError::Disagrees { entry: "the number of packed bytes".to_owned() });
    }
    match entries.next() {
        None => Ok(Contents { release, manifest_bytes, manifest, steps, blobs, frames }),
        Some(_) => Err(damaged("the end")),
    }
}

fn read_blobs<R: Read>(
    entries: &mut tar::Entries<'_, R>,
    manifest: &Manifest,
    packed_bytes: &mut u64,
) -> Result<BTreeMap<Digest, Vec<u8>>, WireError> {
    let mut blobs = BTreeMap::new();
    let plain = || manifest.blobs.iter().filter(|blob| blob.media != Media::Pixmap);
    // What is squeezed may be a thousand times as much when it is opened.
    if plain().fold(0_u64, |sum, blob| sum.saturating_add(blob.bytes)) > BUNDLE_BYTES_MAX {
        return Err(WireError::TooLarge { entry: BLOBS.to_owned(), limit_bytes: BUNDLE_BYTES_MAX });
    }
    for blob in plain() {
        let path = format!("{BLOBS}{}", blob.digest);
        let disagrees = || WireError::Disagrees { entry: path.clone() };
        let mut bytes = next(entries, &path, BLOB_BYTES_MAX)?;
        *packed_bytes += bytes.len() as u64;
        if manifest.version > VERSION_MIN {
            let too_large = WireError::TooLarge { entry: path.clone(), limit_bytes: BLOB_BYTES_MAX };
            (blob.bytes <= BLOB_BYTES_MAX).then_some(()).ok_or(too_large)?;
            bytes = unsqueeze(&bytes, blob.bytes).map_err(|Damaged| disagrees())?;
        }
        (BlobRef::of(&bytes, blob.media) == Some(*blob)).then_some(()).ok_or_else(disagrees)?;
        blobs.insert(blob.digest, bytes);
    }
    Ok(blobs)
}

fn read_frames<R: Read>(
    entries: &mut tar::Entries<'_, R>,
    steps: &[Step],
    packed_bytes: &mut u64,
) -> Result<Vec<PackedFrame>, WireError> {
    let (mut frames, mut checker) = (Vec::new(), Checker::default());
    for frame in pixmaps_in_order(steps) {
        let path = format!("{FRAMES}{}", frame.digest);
        let bytes = next(entries, &path, PACKED_BYTES_MAX)?;
        *packed_bytes += bytes.len() as u64;
        let packed = Packed::parse(&bytes).map_err(|Damaged| damaged(&path))?;
        let digest = checker.digest(&packed).map_err(|Damaged| damaged(&path))?;
        if digest != frame.digest || packed.pixmap_bytes() != frame.bytes {
            return Err(WireError::Disagrees { entry: path });
        }
        frames.push(PackedFrame { digest, packed });
    }
    Ok(frames)
}

/// The pixmaps that steps refer to, each once, in the order of their first use: the order in which they are packed.
fn pixmaps_in_order(steps: &[Step]) -> impl Iterator<Item = BlobRef> + '_ {
    let mut seen = BTreeSet::new();
    let pixmaps = steps.iter().filter_map(|step| step.frame).filter(|frame| frame.media == Media::Pixmap);
    pixmaps.filter(move |frame| seen.insert(frame.digest))
}

fn next<R: Read>(
    entries: &mut tar::Entries<'_, R>,
    path: &str,
    limit_bytes: u64,
) -> Result<Vec<u8>, WireError> {
    let mut entry = entries.next().ok_or_else(|| damaged(path))?.map_err(|_| damaged(path))?;
    let regular = entry.header().entry_type() == tar::EntryType::Regular;
    if !regular || entry.path_bytes().as_ref() != path.as_bytes() {
        return Err(damaged(path));
    }
    if entry.size() > limit_bytes {
        return Err(WireError::TooLarge { entry: path.to_owned(), limit_bytes });
    }
    let mut bytes = Vec::new();
    entry.read_to_end(&mut bytes).map_err(|_| damaged(path))?;
    Ok(bytes)
}

fn parse_manifest(bytes: &[u8]) -> Result<Manifest, WireError> {
    #[derive(serde::Deserialize)]
    struct Versioned {
        version: FormatVersion,
    }
    let versioned: Versioned = serde_json::from_slice(bytes).map_err(|_| damaged(MANIFEST))?;
    require_version(versioned.version, "the bundle")?;
    let manifest: Manifest = serde_json::from_slice(bytes).map_err(|_| damaged(MANIFEST))?;
    let canonical = canonical_bytes(&manifest).map_err(|_| damaged(MANIFEST))?;
    let sorted = manifest.blobs.is_sorted_by(|a, b| a.digest < b.digest);
    let consistent = canonical == bytes && manifest.holds_what_its_version_has();
    if !consistent || !sorted || manifest.steps.len() > BUNDLE_STEPS_MAX {
        return Err(damaged(MANIFEST));
    }
    Ok(manifest)
}

fn parse_steps(lines: &[u8], manifest: &Manifest) -> Result<Vec<Step>, WireError> {
    let disagrees = |n: usize| WireError::Disagrees { entry: format!("step {n}") };
    let mut steps = Vec::new();
    for (n, line) in lines.split_inclusive(|b| *b == b'\n').enumerate() {
        let line = line.strip_suffix(b"\n").ok_or_else(|| damaged(STEPS))?;
        if manifest.steps.get(n) != Some(&Digest::of(line)) {
            return Err(disagrees(n));
        }
        let step: Step = serde_json::from_slice(line).map_err(|_| disagrees(n))?;
        let media = [
            step.frame.map(|frame| frame.media != Media::Tree),
            step.tree.map(|tree| tree.media == Media::Tree),
        ];
        if media.contains(&Some(false)) {
            return Err(disagrees(n));
        }
        if u32::try_from(n) != Ok(step.ordinal) || canonical_bytes(&step).is_ok_and(|bytes| bytes != line) {
            return Err(disagrees(n));
        }
        steps.push(step);
    }
    if steps.len() != manifest.steps.len() {
        return Err(disagrees(steps.len()));
    }
    every_blob_is_used_and_listed(&steps, &manifest.blobs)?;
    Ok(steps)
}

fn every_blob_is_used_and_listed(steps: &[Step], blobs: &[BlobRef]) -> Result<(), WireError> {
    let mut used: Vec<BlobRef> = steps.iter().flat_map(|s| [s.frame, s.tree]).flatten().collect();
    used.sort_unstable();
    used.dedup();
    if used == blobs { Ok(()) } else { Err(WireError::Disagrees { entry: "the list of blobs".to_owned() }) }
}

fn damaged(entry: &str) -> WireError {
    WireError::Damaged { entry: entry.to_owned() }
}

#[cfg(test)]
mod tests;
