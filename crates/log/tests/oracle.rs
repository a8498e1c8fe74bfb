//! An independent eye: the Go team's `sumdb/note` and `sumdb/tlog` packages read a log that our sequencer wrote.
//!
//! The program is `tests/go/verify/main.go`. It is compiled with Debian's `golang-go` and `golang-golang-x-mod-dev`, offline.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "all of this file is a test")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use candor_log::store::Sequencer;
use fixture::{MONDAY_MS, database, open, push};
use tempfile::TempDir;

mod fixture;

/// Leaves of the log: three full tiles and a partial one, and a second level.
const LEAVES: u32 = 1_000;
const MISSING: &str = "the Go toolchain or golang.org/x/mod is missing: `cargo xtask test` installs them \
                       (Debian packages golang-go and golang-golang-x-mod-dev)";
/// Where Debian puts the sources of Go packages.
const GO_SOURCES: &str = "/usr/share/gocode";

/// Compiles the Go program once for each caller, with a cache that the tests keep.
fn verifier(home: &Path) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/go/verify");
    let program = home.join("verify");
    assert!(Path::new(GO_SOURCES).join("src/golang.org/x/mod/sumdb/tlog").exists(), "{MISSING}");
    let build = Command::new("go")
        .args(["build", "-o"])
        .arg(&program)
        .current_dir(source)
        .env("GO111MODULE", "off")
        .env("GOFLAGS", "")
        .env("GOPATH", format!("{}:{GO_SOURCES}", home.join("go").display()))
        .env("GOCACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("go-cache"))
        .output()
        .expect(MISSING);
    assert!(build.status.success(), "{}", String::from_utf8_lossy(&build.stderr));
    program
}

/// A log of several batches, with the proofs of some leaves beside it.
fn written() -> TempDir {
    let home = tempfile::tempdir().unwrap();
    let mut connection = database(home.path());
    let mut log = open(home.path(), Arc::new(|_| ()), &mut connection);
    for (batch, first) in (0..).zip((0..LEAVES).step_by(137)) {
        push(&mut connection, first..(first + 137).min(LEAVES));
        log.sequence(&mut connection, MONDAY_MS + batch).unwrap();
    }
    assert_eq!(log.size(), u64::from(LEAVES));
    keep_proofs(&log, home.path());
    home
}

fn keep_proofs(log: &Sequencer, home: &Path) {
    std::fs::create_dir(home.join("proofs")).unwrap();
    for index in [0, 1, 255, 256, 767, 768, 999] {
        let proof = log.proof(index).unwrap().to_string();
        write(&home.join(format!("proofs/{index}.tlog-proof")), proof.as_bytes());
    }
}

fn write(path: &Path, bytes: &[u8]) {
    use std::io::Write as _;
    std::fs::File::create(path).unwrap().write_all(bytes).unwrap();
}

fn verify(program: &Path, home: &Path) -> Output {
    let key = candor_log::SignerKey::from_seed("log.example.org/candor", &[7; 32]).unwrap();
    let arguments = [home.join("log"), home.join("proofs")];
    Command::new(program).args(arguments).arg(key.verifier().to_string()).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_go_packages_accept_our_log_and_no_changed_one() {
    let home = written();
    let program = verifier(home.path());
    let sound = verify(&program, home.path());
    assert!(sound.status.success(), "{}", said(&sound));
    assert_eq!(
        said(&sound),
        "checkpoint: signed, 1000 leaves\n\
         root: of 1000 leaves\n\
         tiles: 1994 hashes\n\
         inclusion: 1000 proofs\n\
         consistency: 999 proofs\n\
         proof files: 7\n"
    );

    let changes = [
        ("log/tile/entries/002", "root"),
        ("log/tile/0/001", "tiles"),
        ("log/checkpoint", "checkpoint:"),
        ("proofs/768.tlog-proof", "proof file"),
    ];
    for (path, complaint) in changes {
        let file = home.path().join(path);
        let bytes = std::fs::read(&file).unwrap();
        let mut flipped = bytes.clone();
        flipped[60] ^= 1;
        write(&file, &flipped);
        let refused = verify(&program, home.path());
        assert_eq!(refused.status.code(), Some(1), "one bit of {path} was changed");
        assert!(said(&refused).contains(complaint), "{path}: {}", said(&refused));
        write(&file, &bytes);
    }
}
