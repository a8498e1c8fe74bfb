//! What the tests of this room build on.

use std::collections::BTreeMap;

use candor_bundle::Contents;
use candor_model::bundle::Manifest;
use candor_model::{
    Action, AppId, BlobRef, ConsentId, Digest, Entropy, Media, Moment, Platform, Rect, RedactorInfo, Screen,
    SessionHeader, SessionId, SigningKey, Step, Timestamp, Window, bundle, canonical_bytes,
};

/// Randomness that is the same in every run: SHA-256 of a counter.
pub(crate) fn counter() -> impl Entropy {
    seeded(0)
}

/// The same, from a seed.
pub(crate) fn seeded(seed: u64) -> impl Entropy {
    let mut count = seed << 32;
    move |bytes: &mut [u8]| {
        for chunk in bytes.chunks_mut(32) {
            count += 1;
            let block = Digest::of(&count.to_be_bytes());
            chunk.copy_from_slice(&block.as_bytes()[..chunk.len()]);
        }
    }
}

/// A time.
pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A step of typing, one second after the one before it.
pub(crate) fn step(ordinal: u32, frame: Option<BlobRef>) -> Step {
    let seconds = i64::from(ordinal);
    let wall = at("2026-03-02T09:30:00Z").plus_millis(seconds * 1000);
    Step {
        ordinal,
        at: Moment { wall, monotonic_us: u64::from(ordinal) * 1_000_000 },
        screen: Screen { name: ":0.0".into(), width: 1280, height: 800 },
        window: Window {
            app: "libreoffice-calc".parse::<AppId>().unwrap(),
            site: None,
            title: None,
            bounds: Rect { x: 0, y: 0, width: 1280, height: 800 },
        },
        action: Action::Type { text: "typed by a person".into() },
        target: None,
        frame,
        tree: None,
        late_ms: None,
    }
}

/// A bundle whose steps refer to these blobs, one each. The release is signed by nobody who matters.
pub(crate) fn bundle_with_blobs(session: SessionId, blobs: &[Vec<u8>]) -> Contents {
    let blobs: BTreeMap<Digest, Vec<u8>> = blobs.iter().map(|b| (Digest::of(b), b.clone())).collect();
    let refs: Vec<BlobRef> = blobs
        .iter()
        .map(|(digest, b)| BlobRef { digest: *digest, bytes: b.len() as u64, media: Media::Png })
        .collect();
    let steps: Vec<Step> =
        refs.iter().enumerate().map(|(n, blob)| step(n.try_into().unwrap(), Some(*blob))).collect();
    let key = SigningKey::from_seed(&[9; 32]);
    let header = SessionHeader {
        session,
        charter: Digest::of(b"charter"),
        consent: ConsentId::from_bytes([1; 16]),
        contributor: key.public(),
        started: at("2026-03-02T09:30:00Z"),
        ended: at("2026-03-02T09:40:00Z"),
        recorded: None,
        platform: Platform::Linux,
        redactor: RedactorInfo { profile: "strict".into(), version: "1".into(), rules: Digest::of(b"rules") },
        task: None,
        outcome: None,
    };
    contents(header, steps, blobs, &key)
}

/// A bundle of these steps, with a release that `key` signed ten minutes after the end.
pub(crate) fn contents(
    header: SessionHeader,
    steps: Vec<Step>,
    blobs: BTreeMap<Digest, Vec<u8>>,
    key: &SigningKey,
) -> Contents {
    let refs: std::collections::BTreeSet<BlobRef> =
        steps.iter().flat_map(|s| [s.frame, s.tree]).flatten().collect();
    let mut refs: Vec<BlobRef> = refs.into_iter().collect();
    refs.sort_unstable_by_key(|blob| blob.digest);
    let digests = steps.iter().map(|s| Digest::of(&canonical_bytes(s).unwrap())).collect();
    let release = bundle::Release {
        consent: header.consent,
        charter: header.charter,
        released_at: header.ended.plus_millis(600_000),
        salt: "22".repeat(32),
    };
    let manifest = Manifest {
        version: bundle::VERSION_MIN,
        header,
        steps: digests,
        blobs: refs,
        packed_bytes: None,
        findings: BTreeMap::new(),
    };
    let manifest_bytes = canonical_bytes(&manifest).unwrap();
    let subject = candor_model::Subject::new("manifest.json", Digest::of(&manifest_bytes));
    let release = candor_model::Statement::new(subject, release).sign(key).unwrap();
    Contents { release, manifest_bytes, manifest, steps, blobs, frames: Vec::new() }
}
