//! P16: what a crash cut short is taken off at open, and said; whole records before it stay.

use super::house::{KEY, append, copy, entropy, no_hook, open, overwrite, segment, session, start, words};
use crate::Journal;

/// A journal with one step, then with two; returns the words of both and the last segment's bytes at both times.
fn one_and_two_steps(folder: &std::path::Path) -> (String, usize, String, Vec<u8>) {
    let journal = open(folder);
    let mut writer = journal.begin(start(1)).unwrap();
    append(&mut writer, 0).unwrap();
    let with_one = std::fs::read(segment(folder, 1, 0)).unwrap().len();
    // The same frame again: only the step's own record is written.
    append(&mut writer, 3).unwrap();
    drop(writer);
    let two = words(&journal);
    drop(journal);
    let bytes = std::fs::read(segment(folder, 1, 0)).unwrap();
    overwrite(&segment(folder, 1, 0), &bytes[..with_one]);
    let one = words(&open(folder));
    overwrite(&segment(folder, 1, 0), &bytes);
    (one, with_one, two, bytes)
}

#[test]
fn a_record_torn_at_any_byte_is_cut_and_reported_and_the_rest_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (one, with_one, two, bytes) = one_and_two_steps(folder.path());
    assert_ne!(one, two);
    for cut in with_one + 1..bytes.len() {
        overwrite(&segment(folder.path(), 1, 0), &bytes[..cut]);
        let journal = open(folder.path());
        assert_eq!(words(&journal), one, "cut at {cut}");
        let [repair] = journal.repairs() else { panic!("no report, cut at {cut}") };
        assert_eq!((repair.segment, repair.bytes_cut), (0, (cut - with_one) as u64));
        drop(journal);
        assert_eq!(std::fs::read(segment(folder.path(), 1, 0)).unwrap(), &bytes[..with_one]);
    }
    overwrite(&segment(folder.path(), 1, 0), &bytes);
    assert_eq!(words(&open(folder.path())), two);
}

#[test]
fn blocks_that_were_allocated_and_never_written_are_cut_too() {
    let folder = tempfile::tempdir().unwrap();
    let (one, with_one, _, bytes) = one_and_two_steps(folder.path());
    for written in [with_one, with_one + 8, with_one + 40] {
        let mut torn = bytes[..written].to_vec();
        torn.resize(bytes.len(), 0);
        overwrite(&segment(folder.path(), 1, 0), &torn);
        let journal = open(folder.path());
        assert_eq!(words(&journal), one, "written up to {written}");
        assert_eq!(journal.repairs().len(), 1);
    }
}

#[test]
fn a_session_without_a_whole_first_record_never_began() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()).begin(start(1)).unwrap());
    let bytes = std::fs::read(segment(folder.path(), 1, 0)).unwrap();
    for cut in (0..bytes.len()).step_by(9) {
        std::fs::create_dir_all(folder.path().join(session(1).to_string())).unwrap();
        overwrite(&segment(folder.path(), 1, 0), &bytes[..cut]);
        assert!(open(folder.path()).sessions().unwrap().is_empty(), "cut at {cut}");
        assert!(!folder.path().join(session(1).to_string()).exists());
    }
}

#[test]
fn a_torn_segment_that_is_not_the_last_is_damage() {
    let folder = tempfile::tempdir().unwrap();
    let (.., bytes) = one_and_two_steps(folder.path());
    open(folder.path()).drop_step(session(1), 0).unwrap();
    overwrite(&segment(folder.path(), 1, 0), &bytes[..bytes.len() - 1]);
    let journal = open(folder.path());
    let damaged = journal.damaged().unwrap();
    assert_eq!(damaged[0].1.to_string(), "record 3 in segment 0 was changed, moved or cut");
    assert!(journal.sessions().unwrap().is_empty());
}

#[test]
fn a_segment_is_closed_at_its_limit_and_the_next_one_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    journal.lock().unwrap().pen.segment_bytes_max = 2000;
    let mut writer = journal.begin(start(1)).unwrap();
    for second in 0..6 {
        append(&mut writer, second).unwrap();
    }
    writer.finish(super::house::at(6), None).unwrap();
    let before = words(&journal);
    drop(journal);
    let sizes: Vec<_> =
        (0..3).map(|n| std::fs::metadata(segment(folder.path(), 1, n)).unwrap().len()).collect();
    assert!(sizes.iter().all(|size| *size <= 2000), "{sizes:?}");
    assert_eq!(words(&open(folder.path())), before);
}

#[test]
fn two_programs_never_write_with_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let copied = tempfile::tempdir().unwrap();
    drop(open(folder.path()).begin(start(1)).unwrap());
    copy(folder.path(), copied.path());
    for place in [folder.path(), copied.path()] {
        open(place).finish(session(1), super::house::at(1), None).unwrap();
    }
    let salts = [folder.path(), copied.path()]
        .map(|place| std::fs::read(segment(place, 1, 1)).unwrap()[38..70].to_vec());
    assert_ne!(salts[0], salts[1]);
}

#[test]
fn a_second_program_on_the_same_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let second = Journal::open(folder.path(), &KEY, &mut entropy(), no_hook());
    assert_eq!(second.unwrap_err().to_string(), "another program has the journal open: end it first");
    drop(journal);
    open(folder.path());
}
