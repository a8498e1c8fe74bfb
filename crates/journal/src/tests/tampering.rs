//! P2, P14 on the device: nothing that was changed, moved, taken away or put in is read as if it were right.

use std::path::Path;

use super::house::{KEY, append, at, entropy, no_hook, open, overwrite, segment, session, start, words};
use crate::{Journal, OpenError, SegmentError, SessionError};

/// Three segments of one session: start and two steps; finish; a review mark.
fn three_segments(folder: &Path, n: u8) {
    let mut writer = open(folder).begin(start(n)).unwrap();
    append(&mut writer, 0).unwrap();
    append(&mut writer, 1).unwrap();
    drop(writer);
    open(folder).finish(session(n), at(2), None).unwrap();
    open(folder).drop_step(session(n), 1).unwrap();
}

fn damage(folder: &Path) -> Option<String> {
    open(folder).damaged().unwrap().first().map(|(_, error)| error.to_string())
}

/// Offsets at which the records of a segment begin.
fn records(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let (mut ranges, mut offset) = (Vec::new(), crate::header::Header::LEN);
    while offset < bytes.len() {
        let len = u32::from_be_bytes(bytes[offset..offset + 4].try_into().unwrap());
        let end = offset + 8 + usize::try_from(len).unwrap();
        ranges.push(offset..end);
        offset = end;
    }
    ranges
}

#[test]
fn one_flipped_bit_in_any_field_of_any_segment_is_damage() {
    let folder = tempfile::tempdir().unwrap();
    three_segments(folder.path(), 1);
    for number in 0..3 {
        let path = segment(folder.path(), 1, number);
        let bytes = std::fs::read(&path).unwrap();
        let ranges = records(&bytes);
        // Every byte of the header, and of each record's length, check and tag; of what is sealed, one in sixteen.
        let in_field = |place: &usize| {
            let sealed = |range: &std::ops::Range<usize>| (range.start + 8..range.end - 16).contains(place);
            !ranges.iter().any(sealed) || place.is_multiple_of(16)
        };
        for place in (0..bytes.len()).filter(in_field) {
            let mut changed = bytes.clone();
            changed[place] ^= 1 << (place % 8);
            overwrite(&path, &changed);
            let found = damage(folder.path()).unwrap_or_else(|| panic!("segment {number} byte {place}"));
            assert!(found.contains(&format!("segment {number}")), "{found}");
        }
        overwrite(&path, &bytes);
    }
    assert_eq!(damage(folder.path()), None);
}

#[test]
fn the_error_names_the_segment_and_the_record() {
    let folder = tempfile::tempdir().unwrap();
    three_segments(folder.path(), 1);
    let path = segment(folder.path(), 1, 0);
    let mut bytes = std::fs::read(&path).unwrap();
    let second = records(&bytes)[1].clone();
    bytes[second.end - 20] ^= 1;
    overwrite(&path, &bytes);
    let journal = open(folder.path());
    assert!(matches!(*journal.damaged().unwrap()[0].1, SegmentError::Changed { segment: 0, record: 1 }));
    assert!(matches!(journal.view(session(1)), Err(SessionError::Damaged { .. })));
    assert!(matches!(journal.begin(start(1)), Err(SessionError::Exists { .. })));
}

#[test]
fn swapped_records_are_damage() {
    let folder = tempfile::tempdir().unwrap();
    three_segments(folder.path(), 1);
    let path = segment(folder.path(), 1, 0);
    let bytes = std::fs::read(&path).unwrap();
    let ranges = records(&bytes);
    assert_eq!(ranges.len(), 5);
    for pair in ranges.windows(2) {
        let (first, second) = (pair[0].clone(), pair[1].clone());
        let swapped =
            [&bytes[..first.start], &bytes[second.clone()], &bytes[first], &bytes[second.end..]].concat();
        overwrite(&path, &swapped);
        assert!(damage(folder.path()).is_some());
    }
}

#[test]
fn a_record_taken_out_put_in_twice_or_brought_from_another_session_is_damage() {
    let folder = tempfile::tempdir().unwrap();
    three_segments(folder.path(), 1);
    three_segments(folder.path(), 2);
    let path = segment(folder.path(), 1, 0);
    let bytes = std::fs::read(&path).unwrap();
    let other = std::fs::read(segment(folder.path(), 2, 0)).unwrap();
    let (first, last) = (records(&bytes)[1].clone(), records(&bytes)[4].clone());
    let foreign = records(&other)[4].clone();
    let variants = [
        ("taken out", [&bytes[..first.start], &bytes[first.end..]].concat()),
        ("last taken out", bytes[..last.start].to_vec()),
        ("twice", [bytes.as_slice(), &bytes[last.clone()]].concat()),
        ("foreign", [&bytes[..last.start], &other[foreign]].concat()),
    ];
    for (name, variant) in variants {
        overwrite(&path, &variant);
        assert!(damage(folder.path()).is_some(), "{name}");
    }
}

#[test]
fn a_segment_moved_brought_from_another_session_or_taken_away_is_damage() {
    let folder = tempfile::tempdir().unwrap();
    three_segments(folder.path(), 1);
    three_segments(folder.path(), 2);
    let paths = [0, 1, 2].map(|number| segment(folder.path(), 1, number));
    let bytes = paths.each_ref().map(|path| std::fs::read(path).unwrap());
    overwrite(&paths[1], &bytes[2]);
    assert_eq!(damage(folder.path()).unwrap(), "segment 1 does not belong in its place");
    overwrite(&paths[1], &std::fs::read(segment(folder.path(), 2, 1)).unwrap());
    assert_eq!(damage(folder.path()).unwrap(), "segment 1 does not belong in its place");
    std::fs::remove_file(&paths[1]).unwrap();
    assert_eq!(damage(folder.path()).unwrap(), "segment 1 is missing");
    overwrite(&paths[1], &bytes[1]);
    assert_eq!(damage(folder.path()), None);
}

#[test]
fn a_damaged_session_leaves_the_others_alone_and_can_be_discarded() {
    let folder = tempfile::tempdir().unwrap();
    three_segments(folder.path(), 1);
    three_segments(folder.path(), 2);
    std::fs::remove_file(segment(folder.path(), 1, 1)).unwrap();
    let journal = open(folder.path());
    assert_eq!(journal.sessions().unwrap().len(), 1);
    journal.discard(session(1)).unwrap();
    assert_eq!(journal.damaged().unwrap().len(), 0);
    assert!(!folder.path().join(session(1).to_string()).exists());
}

#[test]
fn another_key_is_refused_by_name_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    three_segments(folder.path(), 1);
    let before = words(&open(folder.path()));
    let error = Journal::open(folder.path(), &[8; 32], &mut entropy(), no_hook()).unwrap_err();
    assert!(matches!(error, OpenError::OtherKey));
    assert_eq!(words(&open(folder.path())), before);
    // Without the file that names the key, each record says so.
    std::fs::remove_file(folder.path().join("journal")).unwrap();
    let other = Journal::open(folder.path(), &[8; 32], &mut entropy(), no_hook()).unwrap();
    assert!(matches!(*other.damaged().unwrap()[0].1, SegmentError::Changed { segment: 0, record: 0 }));
}

#[test]
fn a_newer_version_is_refused_by_name_and_never_swept() {
    let folder = tempfile::tempdir().unwrap();
    three_segments(folder.path(), 1);
    let path = segment(folder.path(), 1, 2);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[9] = 4;
    overwrite(&path, &bytes);
    let journal = open(folder.path());
    assert_eq!(journal.damaged().unwrap()[0].1.to_string(), "segment 2 is of another version");
    assert_eq!(journal.sweep(at(1_000_000_000)).unwrap(), []);
    drop(journal);
    let name = folder.path().join("journal");
    let mut bytes = std::fs::read(&name).unwrap();
    bytes[9] = 2;
    overwrite(&name, &bytes);
    let newer = Journal::open(folder.path(), &KEY, &mut entropy(), no_hook());
    assert!(matches!(newer, Err(OpenError::Version(_))));
}

#[test]
fn the_file_that_names_the_journal_is_checked_in_every_byte() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    let name = folder.path().join("journal");
    let bytes = std::fs::read(&name).unwrap();
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 0x10;
        overwrite(&name, &changed);
        assert!(Journal::open(folder.path(), &KEY, &mut entropy(), no_hook()).is_err(), "byte {place}");
        overwrite(&name, &bytes[..place]);
        assert!(Journal::open(folder.path(), &KEY, &mut entropy(), no_hook()).is_err(), "cut at {place}");
    }
}
