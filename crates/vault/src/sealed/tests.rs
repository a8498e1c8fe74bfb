use candor_model::FrameView;

use super::*;
use crate::testing::{bundle_with_blobs, counter};

struct Fixture {
    folder: tempfile::TempDir,
    session: SessionId,
    contributor: Key,
    wrapped: Vec<u8>,
    contents: Contents,
}

impl Fixture {
    fn new() -> Self {
        let (folder, mut entropy) = (tempfile::tempdir().unwrap(), counter());
        let session = SessionId::random(&mut entropy);
        let contents = bundle_with_blobs(session, &[vec![7; 100], vec![9; CHUNK_BYTES_MAX + 5]]);
        let contributor = Key::generate(&mut entropy);
        let key = SessionKey::generate(session, &mut entropy);
        let wrapped = key.wrap(&contributor, &mut entropy).unwrap();
        write(&folder.path().join("s"), &key, &contents, &mut entropy).unwrap();
        Self { folder, session, contributor, wrapped, contents }
    }

    fn path(&self, part: &str) -> PathBuf {
        self.folder.path().join("s").join(part)
    }

    fn open(&self) -> Result<Opened, SessionError> {
        let key = SessionKey::unwrap(self.session, &self.contributor, &self.wrapped).unwrap();
        Opened::open(self.folder.path().join("s"), key)
    }

    fn chunks(&self) -> Vec<PathBuf> {
        let names = disk::names(&self.path(BLOBS)).unwrap();
        names.iter().map(|name| self.path(BLOBS).join(name)).collect()
    }
}

#[test]
fn another_contributors_key_unwraps_nothing() {
    let fixture = Fixture::new();
    let other = Key::from_bytes(&[9; 32]);
    assert_eq!(SessionKey::unwrap(fixture.session, &other, &fixture.wrapped).unwrap_err(), SealError);
    let elsewhere = SessionId::from_bytes([1; 16]);
    assert!(SessionKey::unwrap(elsewhere, &fixture.contributor, &fixture.wrapped).is_err());
}

#[test]
fn swapped_chunks_are_refused() {
    let fixture = Fixture::new();
    let chunks = fixture.chunks();
    assert_eq!(chunks.len(), 3);
    let first = std::fs::read(&chunks[0]).unwrap();
    for chunk in &chunks {
        disk::write_in_place(chunk, &first).unwrap();
    }
    let opened = fixture.open().unwrap();
    let large = fixture.contents.blobs.iter().find(|(_, bytes)| bytes.len() > CHUNK_BYTES_MAX).unwrap().0;
    assert!(matches!(opened.blob(large), Err(SessionError::Sealed { .. })));
}

#[test]
fn a_truncated_file_is_refused() {
    let fixture = Fixture::new();
    for path in [fixture.path(INDEX), fixture.path(STEPS), fixture.chunks()[0].clone()] {
        let bytes = std::fs::read(&path).unwrap();
        disk::write_in_place(&path, &bytes[..bytes.len() - 1]).unwrap();
        let read = || -> Result<(), SessionError> {
            let opened = fixture.open()?;
            opened.steps()?;
            fixture.contents.blobs.keys().try_for_each(|digest| opened.blob(digest).map(drop))
        };
        assert!(read().is_err(), "{}", path.display());
        disk::write_in_place(&path, &bytes).unwrap();
        assert!(read().is_ok());
    }
}

#[test]
fn step_rows_of_another_session_are_refused() {
    let fixture = Fixture::new();
    let rows = rows::batch(fixture.session, &fixture.contents.steps).unwrap();
    let key = Key::from_bytes(&[3; 32]);
    let bytes = columns::write(&rows, &key, SessionId::from_bytes([1; 16])).unwrap();
    disk::write_in_place(&fixture.path(STEPS), &bytes).unwrap();
    assert!(columns::read(&fixture.path(STEPS), &key, fixture.session).is_err());
    assert!(columns::read(&fixture.path(STEPS), &key, SessionId::from_bytes([1; 16])).is_ok());
}

#[test]
fn what_was_sealed_comes_back() {
    let fixture = Fixture::new();
    let opened = fixture.open().unwrap();
    let (batch, steps) = opened.steps().unwrap();
    assert_eq!(steps, fixture.contents.steps);
    assert_eq!(batch.num_rows(), steps.len());
    assert_eq!(opened.manifest_bytes, fixture.contents.manifest_bytes);
    for (digest, bytes) in &fixture.contents.blobs {
        assert_eq!(&opened.blob(digest).unwrap(), bytes);
    }
}

#[test]
fn no_file_holds_or_is_named_by_content() {
    let fixture = Fixture::new();
    let mut everything = Vec::new();
    for path in [fixture.path(INDEX), fixture.path(STEPS)].into_iter().chain(fixture.chunks()) {
        everything.extend(path.file_name().unwrap().to_string_lossy().bytes());
        everything.extend(std::fs::read(&path).unwrap());
    }
    let holds = |needle: &[u8]| everything.windows(needle.len()).any(|window| window == needle);
    assert!(!holds(b"libreoffice-calc") && !holds(b"typed by a person"));
    for digest in fixture.contents.blobs.keys() {
        assert!(!holds(digest.to_string().as_bytes()));
    }
}

/// Two frames that share all tiles but one.
fn two_frames() -> [Vec<u8>; 2] {
    [1, 2].map(|colour: u8| {
        let rgb: Vec<u8> = (0..130 * 70).flat_map(|n| [if n == 9 { colour } else { 200 }; 3]).collect();
        FrameView::new(130, 70, &rgb).unwrap().to_pixmap()
    })
}

fn with_frames() -> (Fixture, Vec<Digest>) {
    let mut fixture = Fixture::new();
    let mut tiles = candor_bundle::Packer::default();
    for pixmap in two_frames() {
        let (digest, packed) = tiles.pack(FrameView::of_pixmap(&pixmap).unwrap()).unwrap();
        fixture.contents.frames.push(PackedFrame { digest, packed });
    }
    disk::remove(&fixture.folder.path().join("s")).unwrap();
    let key = SessionKey::unwrap(fixture.session, &fixture.contributor, &fixture.wrapped).unwrap();
    write(&fixture.folder.path().join("s"), &key, &fixture.contents, &mut counter()).unwrap();
    let digests = fixture.contents.frames.iter().map(|frame| frame.digest).collect();
    (fixture, digests)
}

#[test]
fn frames_that_are_kept_as_tiles_open_as_they_were_in_any_order() {
    let (fixture, digests) = with_frames();
    let opened = fixture.open().unwrap();
    for n in [1, 0, 1] {
        assert!(opened.blob(&digests[n]).unwrap() == two_frames()[n]);
        opened.put_away();
    }
    let plain = fixture.contents.blobs.iter().next().unwrap();
    assert_eq!(&opened.blob(plain.0).unwrap(), plain.1);
}

#[test]
fn a_packed_frame_in_the_place_of_another_is_refused() {
    let (fixture, digests) = with_frames();
    let names = |digest: &Digest| fixture.open().unwrap().blobs.get(digest).unwrap()[0].to_string();
    let paths = [0, 1].map(|n| fixture.path(BLOBS).join(names(&digests[n])));
    disk::write_in_place(&paths[1], &std::fs::read(&paths[0]).unwrap()).unwrap();
    let opened = fixture.open().unwrap();
    assert!(opened.blob(&digests[0]).is_ok());
    assert!(matches!(opened.blob(&digests[1]), Err(SessionError::Sealed { .. })));
    std::fs::remove_file(&paths[0]).unwrap();
    opened.put_away();
    assert!(matches!(opened.blob(&digests[0]), Err(SessionError::Missing { .. })));
}
