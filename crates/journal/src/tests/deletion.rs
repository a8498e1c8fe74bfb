//! P5: silence is no. What nobody released goes from the disk when its hold ends.

use super::house::{append, at, bundle_bytes, files, open, reviewed, session, start};

const DAY: i64 = 86_400;

#[test]
fn a_session_that_nobody_released_is_gone_from_the_disk_when_its_hold_ends() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    reviewed(&journal, 1, 2);
    let deletes_at = journal.session(session(1)).unwrap().deletes_at.unwrap();
    assert_eq!(deletes_at, at(2 + 7 * DAY));
    assert_eq!(journal.sweep(deletes_at.plus_millis(-1)).unwrap(), []);
    assert_eq!(journal.view(session(1)).unwrap().count(), 2);
    assert_eq!(journal.sweep(deletes_at).unwrap(), [session(1)]);
    assert!(journal.sessions().unwrap().is_empty());
    let left: Vec<_> = files(folder.path()).iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert!(left.iter().all(|name| name == "journal" || name == "lock"), "{left:?}");
}

#[test]
fn a_released_session_and_a_recording_one_are_not_swept() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    reviewed(&journal, 1, 1);
    bundle_bytes(&journal, 1);
    let mut writer = journal.begin(start(2)).unwrap();
    append(&mut writer, 0).unwrap();
    assert_eq!(journal.sweep(at(1000 * DAY)).unwrap(), []);
    drop(writer);
    assert_eq!(journal.sweep(at(1000 * DAY)).unwrap(), [session(2)]);
    assert_eq!(journal.sessions().unwrap().len(), 1);
}

#[test]
fn a_damaged_session_is_swept_when_its_readable_part_says_so() {
    let folder = tempfile::tempdir().unwrap();
    reviewed(&open(folder.path()), 1, 1);
    let path = super::house::segment(folder.path(), 1, 0);
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    super::house::overwrite(&path, &bytes);
    let journal = open(folder.path());
    assert_eq!(journal.damaged().unwrap().len(), 1);
    assert_eq!(journal.sweep(at(6 * DAY)).unwrap(), []);
    assert_eq!(journal.sweep(at(8 * DAY)).unwrap(), [session(1)]);
    assert_eq!(files(folder.path()).len(), 2);
}

#[test]
fn a_deletion_that_was_interrupted_is_finished_at_open_and_at_the_next_sweep() {
    let folder = tempfile::tempdir().unwrap();
    reviewed(&open(folder.path()), 1, 1);
    let marked = folder.path().join(format!("{}.deleted", session(1)));
    std::fs::rename(folder.path().join(session(1).to_string()), &marked).unwrap();
    let journal = open(folder.path());
    assert!(!marked.exists());
    std::fs::create_dir(&marked).unwrap();
    journal.sweep(at(0)).unwrap();
    assert!(!marked.exists());
}

#[test]
fn a_writer_whose_session_was_discarded_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let mut writer = journal.begin(start(1)).unwrap();
    append(&mut writer, 0).unwrap();
    journal.discard(session(1)).unwrap();
    assert!(append(&mut writer, 1).is_err());
    assert_eq!(files(folder.path()).len(), 2);
}
