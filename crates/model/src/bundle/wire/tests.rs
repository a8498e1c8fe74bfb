use super::*;
use crate::{
    Action, ConsentId, Media, Moment, Platform, Point, Rect, RedactorInfo, Screen, SessionHeader, SessionId,
    SigningKey, Statement, Subject, Timestamp, Window,
};

fn step(ordinal: u32, frame: &[u8]) -> Step {
    let bounds = Rect { x: 0, y: 0, width: 10, height: 10 };
    Step {
        ordinal,
        at: Moment { wall: Timestamp::from_millis(0), monotonic_us: u64::from(ordinal) },
        screen: Screen { name: ":0".into(), width: 10, height: 10 },
        window: Window { app: "editor".parse().unwrap(), site: None, title: None, bounds },
        action: Action::Click { at: Point { x: 1, y: 1 }, button: crate::Button::Left, count: 1 },
        target: None,
        frame: Some(BlobRef { digest: Digest::of(frame), bytes: frame.len() as u64, media: Media::Png }),
        tree: None,
    }
}

fn contents() -> Contents {
    let key = SigningKey::from_seed(&[7; 32]);
    let steps = vec![step(0, b"one"), step(1, b"two"), step(2, b"one")];
    let blobs: BTreeMap<_, _> = [b"one", b"two"].map(|b| (Digest::of(b), b.to_vec())).into();
    let header = SessionHeader {
        session: SessionId::from_bytes([1; 16]),
        charter: Digest::of(b"charter"),
        consent: ConsentId::from_bytes([2; 16]),
        contributor: key.public(),
        started: Timestamp::from_millis(0),
        ended: Timestamp::from_millis(1),
        recorded: None,
        platform: Platform::Linux,
        redactor: RedactorInfo {
            profile: "standard".into(),
            version: "0".into(),
            rules: Digest::of(b"rules"),
        },
        task: None,
        outcome: None,
    };
    let manifest = Manifest {
        version: VERSION,
        header,
        steps: steps.iter().map(|s| Digest::of(&canonical_bytes(s).unwrap())).collect(),
        blobs: blobs
            .iter()
            .map(|(d, b)| BlobRef { digest: *d, bytes: b.len() as u64, media: Media::Png })
            .collect(),
        findings: BTreeMap::new(),
    };
    let manifest_bytes = canonical_bytes(&manifest).unwrap();
    let release = super::super::Release {
        consent: manifest.header.consent,
        charter: manifest.header.charter,
        released_at: Timestamp::from_millis(2),
        salt: "00".repeat(32),
    };
    let release = Statement::new(Subject::new("x", Digest::of(&manifest_bytes)), release).sign(&key).unwrap();
    Contents { release, manifest_bytes, manifest, steps, blobs }
}

fn written() -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&contents(), &mut bytes).unwrap();
    bytes
}

#[test]
fn what_is_written_is_read() {
    assert_eq!(read(written().as_slice()).unwrap(), contents());
    assert_eq!(written(), written());
}

#[test]
fn a_bundle_cut_anywhere_is_refused() {
    let bytes = written();
    // The archive ends with two blocks of zeros; what is before them is all content.
    for cut in (0..bytes.len() - 1024).step_by(97) {
        assert!(read(&bytes[..cut]).is_err(), "cut at {cut}");
    }
}

#[test]
fn any_changed_content_byte_is_refused() {
    let bytes = written();
    let original = contents();
    for i in 0..bytes.len() - 1024 {
        let mut changed = bytes.clone();
        changed[i] ^= 1;
        if let Ok(read) = read(changed.as_slice()) {
            // Bytes that carry nothing (padding, owner fields) may change; the content may not,
            // and the release is judged by its signature.
            assert_eq!((&read.steps, &read.blobs), (&original.steps, &original.blobs), "byte {i}");
        }
    }
}

#[test]
fn a_newer_version_is_named() {
    let mut contents = contents();
    contents.manifest.version = crate::FormatVersion(2);
    contents.manifest_bytes = canonical_bytes(&contents.manifest).unwrap();
    let mut bytes = Vec::new();
    write(&contents, &mut bytes).unwrap();
    assert!(matches!(read(bytes.as_slice()), Err(WireError::Version(e)) if e.found == 2));
}

#[test]
fn an_unlisted_blob_is_refused() {
    let mut contents = contents();
    contents.blobs.insert(Digest::of(b"three"), b"three".to_vec());
    let mut bytes = Vec::new();
    write(&contents, &mut bytes).unwrap();
    assert!(read(bytes.as_slice()).is_err());
}
