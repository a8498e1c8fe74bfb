//! Another process of the same person cannot read what a recorder has in memory, and a crash leaves no copy of it (P1).
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "what helps a test fails as a test does, and a child says that it is ready"
)]

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

const NAME: &str = "the_memory_of_a_recorder_is_nobody_elses_and_a_crash_leaves_no_copy";
/// Says what the child is to do.
const CHILD: &str = "CANDOR_TEST_CHILD";
/// Runs what follows as a person without rights (Debian's `nobody`).
const AS_NOBODY: [&str; 6] = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];

/// What runs a command as a person without rights: whoever has all rights can read everything.
fn as_a_person() -> Vec<&'static str> {
    use std::os::unix::fs::MetadataExt as _;
    let is_root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
    if is_root { AS_NOBODY.to_vec() } else { Vec::new() }
}

/// A shell of a person without rights that runs this.
fn shell(script: &str) -> Command {
    let words = [as_a_person(), vec!["sh", "-c", script]].concat();
    let (program, rest) = words.split_first().unwrap();
    let mut command = Command::new(program);
    command.args(rest);
    command
}

/// This test program once more, as a person without rights, in a folder where a crash may leave a copy of its memory.
fn child(program: &Path, folder: &Path, what: &str) -> Child {
    let mut command = shell(r#"ulimit -c unlimited; cd "$0" && exec "$1" --exact --nocapture "$2""#);
    command.arg(folder).arg(program).arg(NAME).env(CHILD, what);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line.contains("child is ready")), "no child");
    child
}

/// Whether another process of the same person can read a process's memory.
fn is_readable(child: &Child) -> bool {
    let script = format!("head -c 1 /proc/{0}/environ && cat /proc/{0}/maps", child.id());
    let mut read = shell(&script);
    read.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
}

/// Crashes it; whether it left a copy of its memory.
fn leaves_a_copy(mut child: Child, folder: &Path) -> bool {
    let crashed = Command::new("kill").args(["-s", "ABRT", &child.id().to_string()]).status().unwrap();
    assert!(crashed.success());
    child.wait().unwrap();
    let mut files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    files.any(|name| name.to_string_lossy().starts_with("core"))
}

#[test]
fn the_memory_of_a_recorder_is_nobody_elses_and_a_crash_leaves_no_copy() {
    if let Ok(what) = std::env::var(CHILD) {
        return be_a_child(&what);
    }
    let folder = tempfile::tempdir().unwrap();
    let all = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(folder.path(), all.clone()).unwrap();
    let program = folder.path().join("program");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    for (what, expected) in [("open", true), ("private", false)] {
        let place = folder.path().join(what);
        std::fs::create_dir(&place).unwrap();
        std::fs::set_permissions(&place, all.clone()).unwrap();
        let child = child(&program, &place, what);
        assert_eq!(is_readable(&child), expected, "{what}: read by another");
        // Where crashes are piped to a program, none is left in the folder: the limit still tells.
        let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        assert_eq!(core.contains("unlimited"), expected, "{core}");
        let pattern = std::fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap();
        let in_the_folder = pattern.starts_with("core");
        assert_eq!(leaves_a_copy(child, &place), expected && in_the_folder, "{what}: a crash");
    }
}

fn be_a_child(what: &str) {
    if what == "private" {
        candor_capture::keep_memory_private().unwrap();
    }
    println!("child is ready");
    std::thread::sleep(std::time::Duration::from_mins(1));
}
