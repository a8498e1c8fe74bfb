use super::*;
use crate::Packer;
use candor_model::bundle::{Release, VERSION};
use candor_model::{
    Action, Button, ConsentId, FormatVersion, FrameView, Media, Moment, Pixels, Platform, Point, Rect,
    RedactorInfo, Screen, SessionHeader, SessionId, SigningKey, Statement, Subject, Timestamp, Window,
};

fn step(ordinal: u32, frame: &[u8]) -> Step {
    let bounds = Rect { x: 0, y: 0, width: 10, height: 10 };
    Step {
        ordinal,
        at: Moment { wall: Timestamp::from_millis(0), monotonic_us: u64::from(ordinal) },
        screen: Screen { name: ":0".into(), width: 10, height: 10 },
        window: Window { app: "editor".parse().unwrap(), site: None, title: None, bounds },
        action: Action::Click { at: Point { x: 1, y: 1 }, button: Button::Left, count: 1 },
        target: None,
        frame: Some(BlobRef { digest: Digest::of(frame), bytes: frame.len() as u64, media: Media::Png }),
        tree: None,
        late_ms: None,
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
        version: VERSION_MIN,
        header,
        steps: steps.iter().map(|s| Digest::of(&canonical_bytes(s).unwrap())).collect(),
        blobs: blobs
            .iter()
            .map(|(d, b)| BlobRef { digest: *d, bytes: b.len() as u64, media: Media::Png })
            .collect(),
        packed_bytes: None,
        findings: BTreeMap::new(),
    };
    let manifest_bytes = canonical_bytes(&manifest).unwrap();
    let release = Release {
        consent: manifest.header.consent,
        charter: manifest.header.charter,
        released_at: Timestamp::from_millis(2),
        salt: "00".repeat(32),
    };
    let release = Statement::new(Subject::new("x", Digest::of(&manifest_bytes)), release).sign(&key).unwrap();
    Contents { release, manifest_bytes, manifest, steps, blobs, frames: Vec::new() }
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
    contents.manifest.version = FormatVersion(3);
    contents.manifest_bytes = canonical_bytes(&contents.manifest).unwrap();
    let mut bytes = Vec::new();
    write(&contents, &mut bytes).unwrap();
    assert!(matches!(read(bytes.as_slice()), Err(WireError::Version(e)) if e.found == 3));
}

#[test]
fn an_unlisted_blob_is_refused() {
    let mut contents = contents();
    contents.blobs.insert(Digest::of(b"three"), b"three".to_vec());
    let mut bytes = Vec::new();
    write(&contents, &mut bytes).unwrap();
    assert!(read(bytes.as_slice()).is_err());
}

/// The same with frames as tiles and a tree: two of the three frames are the same, and the third shares all tiles but one with them.
fn packed() -> Contents {
    let mut packer = Packer::default();
    let frame = |colour: u8| {
        let rgb: Vec<u8> = (0..130 * 70).flat_map(|n| [if n == 9 { colour } else { 200 }; 3]).collect();
        FrameView::new(130, 70, &rgb).unwrap().to_pixmap()
    };
    let tree = b"{\"a tree\":\"a tree, a tree, a tree\"}".to_vec();
    let (mut contents, pixmaps) = (contents(), [frame(1), frame(2)]);
    for (step, pixmap) in contents.steps.iter_mut().zip([&pixmaps[1], &pixmaps[0], &pixmaps[1]]) {
        step.frame = BlobRef::of(pixmap, Media::Pixmap);
        step.tree = BlobRef::of(&tree, Media::Tree);
    }
    contents.blobs = [(Digest::of(&tree), tree)].into();
    let pack = |pixmap: &Vec<u8>| packer.pack(FrameView::of_pixmap(pixmap).unwrap()).unwrap();
    let frames = [&pixmaps[1], &pixmaps[0]].map(pack);
    contents.frames = frames.map(|(digest, packed)| PackedFrame { digest, packed }).into();
    manifested(contents)
}

/// What the steps refer to, as a manifest of version 2 has it.
fn manifested(mut contents: Contents) -> Contents {
    let used: BTreeSet<_> = contents.steps.iter().flat_map(|s| [s.frame, s.tree]).flatten().collect();
    contents.manifest.version = VERSION;
    contents.manifest.blobs = used.into_iter().collect();
    let digest = |step: &Step| Digest::of(&canonical_bytes(step).unwrap());
    contents.manifest.steps = contents.steps.iter().map(digest).collect();
    contents.manifest.packed_bytes = Some(contents.packed_bytes().unwrap());
    contents.manifest_bytes = canonical_bytes(&contents.manifest).unwrap();
    contents
}

fn bytes_of(contents: &Contents) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(contents, &mut bytes).unwrap();
    bytes
}

#[test]
fn frames_travel_as_tiles_and_trees_squeezed() {
    let (contents, bytes) = (packed(), bytes_of(&packed()));
    assert_eq!(read(bytes.as_slice()).unwrap(), contents);
    assert_eq!(contents.frames.iter().map(|frame| frame.packed.fresh()).collect::<Vec<_>>(), [5, 1]);
    assert!(!bytes.windows(14).any(|window| window == b"a tree, a tree"));
    for cut in (0..bytes.len() - 1024).step_by(89) {
        assert!(read(&bytes[..cut]).is_err(), "cut at {cut}");
    }
}

#[test]
fn any_changed_byte_of_what_is_packed_is_refused_or_carries_nothing() {
    let (contents, bytes) = (packed(), bytes_of(&packed()));
    for i in 0..bytes.len() - 1024 {
        let mut changed = bytes.clone();
        changed[i] ^= 1;
        let Ok(read) = read(changed.as_slice()) else { continue };
        assert_eq!((&read.steps, &read.blobs), (&contents.steps, &contents.blobs), "byte {i}");
        let digests = |contents: &Contents| contents.frames.iter().map(|f| f.digest).collect::<Vec<_>>();
        assert_eq!(digests(&read), digests(&contents), "byte {i}");
    }
}

#[test]
fn frames_in_another_order_or_another_frame_under_a_name_are_refused() {
    let mut swapped = packed();
    swapped.frames.swap(0, 1);
    assert!(read(bytes_of(&swapped).as_slice()).is_err());

    let mut other = packed();
    let frame = Pixels::new(130, 70, vec![3; 130 * 70 * 3]).unwrap();
    other.frames[0].packed = Packer::default().pack(frame.view()).unwrap().1;
    let other = manifested(other);
    let refused = read(bytes_of(&other).as_slice()).unwrap_err();
    assert!(matches!(refused, WireError::Disagrees { entry } if entry.starts_with("frames/")));
}

#[test]
fn what_is_packed_must_be_counted_right() {
    for said in [None, Some(0), packed().manifest.packed_bytes.map(|bytes| bytes + 1)] {
        let mut contents = packed();
        contents.manifest.packed_bytes = said;
        contents.manifest_bytes = canonical_bytes(&contents.manifest).unwrap();
        assert!(read(bytes_of(&contents).as_slice()).is_err(), "{said:?}");
    }
}

#[test]
fn the_older_version_has_no_pixmaps() {
    let mut contents = packed();
    (contents.manifest.version, contents.manifest.packed_bytes) = (VERSION_MIN, None);
    contents.manifest_bytes = canonical_bytes(&contents.manifest).unwrap();
    assert!(
        matches!(read(bytes_of(&contents).as_slice()), Err(WireError::Damaged { entry }) if entry == MANIFEST)
    );
}

#[test]
fn a_frame_is_no_tree_and_a_tree_no_frame() {
    let mut frame_is_a_tree = packed();
    frame_is_a_tree.steps[0].frame = frame_is_a_tree.steps[0].tree;
    let mut tree_is_a_frame = packed();
    tree_is_a_frame.steps[0].tree = tree_is_a_frame.steps[0].frame;
    for contents in [frame_is_a_tree, tree_is_a_frame] {
        let refused = read(bytes_of(&manifested(contents)).as_slice()).unwrap_err();
        assert!(matches!(refused, WireError::Disagrees { entry } if entry == "step 0"));
    }
}

#[test]
fn blobs_that_are_too_much_when_they_are_opened_are_refused_before_they_are() {
    let mut contents = packed();
    let zeros = vec![0; 32 * 1024 * 1024];
    let mut tree = BlobRef::of(&zeros, Media::Tree).unwrap();
    contents.steps.truncate(1);
    contents.frames.truncate(1);
    let first = contents.steps[0].clone();
    for n in 0..17_u8 {
        // Named by other digests: no blob is read before the sum is.
        tree.digest = Digest::of(&[n]);
        let ordinal = u32::from(n);
        let step = Step { ordinal, tree: Some(tree), ..first.clone() };
        contents.steps.truncate(usize::from(n));
        contents.steps.push(step);
        contents.blobs.insert(tree.digest, vec![0; 10]);
    }
    let refused = read(bytes_of(&manifested(contents)).as_slice()).unwrap_err();
    assert!(matches!(refused, WireError::TooLarge { entry, .. } if entry == BLOBS));
}
