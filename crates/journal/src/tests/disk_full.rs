//! P16, P17: a disk that is full takes nothing away, and says so.

use std::path::Path;
use std::process::Command;

use super::house::{append, open, segment, session, start, words};
use crate::SessionError;

const FOLDER: &str = "CANDOR_TEST_JOURNAL_FULL";
const OK: &str = "the child saw what it should";

/// Runs under a limit on the size of files, which stands for a full disk. Does nothing unless the test below starts it.
#[test]
#[expect(clippy::disallowed_methods, reason = "a child is told its task by its parent and answers")]
fn the_child_with_a_full_disk() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let folder = Path::new(&folder);
    let journal = open(folder);
    let mut writer = journal.begin(start(1)).unwrap();
    let mut taken = 0;
    let error = loop {
        let good_len = std::fs::metadata(segment(folder, 1, 0)).unwrap().len();
        match append(&mut writer, taken) {
            Ok(()) => taken += 1,
            Err(error) => {
                assert_eq!(std::fs::metadata(segment(folder, 1, 0)).unwrap().len(), good_len);
                break error;
            }
        }
    };
    assert!(matches!(error, SessionError::Write { .. }), "{error:?}");
    assert!(taken > 3, "{taken}");
    assert_eq!(
        journal.view(session(1)).unwrap().map(Result::unwrap).count(),
        usize::try_from(taken).unwrap()
    );
    // What fails once is not repeated under the same key: the next record goes to another segment.
    append(&mut writer, taken).unwrap();
    assert!(segment(folder, 1, 1).exists());
    println!("{OK} {taken}");
}

#[test]
fn a_full_disk_leaves_what_was_there_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let test = std::env::current_exe().unwrap();
    let limited = r#"trap '' XFSZ; ulimit -f 8; exec "$0" --exact tests::disk_full::the_child_with_a_full_disk --nocapture"#;
    let child =
        Command::new("bash").args(["-c", limited]).arg(test).env(FOLDER, folder.path()).output().unwrap();
    let out = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(out.contains(OK), "{out}{}", String::from_utf8_lossy(&child.stderr));
    let journal = open(folder.path());
    assert_eq!(journal.repairs(), []);
    assert!(words(&journal).ends_with("[]"), "damaged");
    let taken = out.split(OK).nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap();
    assert_eq!(journal.session(session(1)).unwrap().steps, taken.parse::<usize>().unwrap() + 1);
}
