//! Ctrl-C at the earliest moment that a recording names it.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helps a test fails as a test does"
)]

mod desktop;
mod support;

use std::ffi::OsStr;
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};

use desktop::{Desktop, until};
use serde_json::Value;
use support::{CANDOR, Road, recorder};

const ANNA: &str = "anna";
/// The bit of SIGINT among the signals that a process takes, in its status (proc(5), `SigCgt`).
const SIGINT: u64 = 1 << 1;

/// A line that nobody reads yet: who says something on it stands still.
fn full_line() -> (UnixStream, UnixStream) {
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    theirs.set_nonblocking(true).unwrap();
    loop {
        match theirs.write(b"\n") {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(error) => panic!("{error}"),
        }
    }
    theirs.set_nonblocking(false).unwrap();
    (ours, theirs)
}

fn takes_ctrl_c(child: &Child) -> Option<()> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let taken = status.lines().find_map(|line| line.strip_prefix("SigCgt:"))?;
    let taken = u64::from_str_radix(taken.trim(), 16).ok()?;
    (taken & SIGINT != 0).then_some(())
}

#[test]
fn a_recording_hears_ctrl_c_before_it_says_its_first_word() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    road.start_program();
    road.agree(ANNA, &["text-editor"]);
    let desktop = Desktop::start();
    let (mut words, theirs) = full_line();
    let mut command = recorder::command(&[OsStr::new(CANDOR)], &road, ANNA, &desktop.display, &[]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(OwnedFd::from(theirs));
    let child = command.spawn().unwrap();
    drop(command);
    until("the recorder takes Ctrl-C while its first word is not said", || takes_ctrl_c(&child));
    let sent = Command::new("kill").args(["-s", "INT", &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
    let listens = std::thread::spawn(move || {
        let mut said = String::new();
        words.read_to_string(&mut said).unwrap();
        said
    });
    let ended = child.wait_with_output().unwrap();
    let said = listens.join().unwrap();
    // A kill would have no code.
    assert_eq!(ended.status.code(), Some(3), "{ended:?} {}", said.trim());
    let told: Value = serde_json::from_slice(&ended.stdout).unwrap();
    assert_eq!(told.pointer("/message"), Some(&Value::from("nothing happened that could be kept")), "{told}");
    assert!(said.contains("RECORDING this desktop"), "{}", said.trim());
}
