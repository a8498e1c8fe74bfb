//! P16: killed at each commit point of each act, a server starts again and goes on, and nothing is lost, doubled or half done.
//!
//! The test runs its own program again as a child; the child does one act with a hook that kills it with SIGKILL.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use candor_consent::{Act, Role};
use candor_model::Digest;

use super::world::*;
use crate::testing::{at, seeded};
use crate::{ExportRecord, Hook, Vault};

/// Read by the child only: folder, act, and the number of the pass at which it dies.
const TASK: &str = "CANDOR_VAULT_CRASH_TASK";
const CHILD: &str = "tests::crashes::child";

/// The points that are died at: the vault's own, and the two of the log between which a batch is committed and unseen.
fn counts(point: &str) -> bool {
    point.starts_with("vault.") || ["log.built", "log.staged", "log.published"].contains(&point)
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Doing {
    Propose,
    SignOffs,
    SignOff,
    Start,
    OtherGrant,
    Grant,
    OtherAdmission,
    Admit,
    Export,
    Withdraw,
}

const ACTS: [Doing; 10] = [
    Doing::Propose,
    Doing::SignOffs,
    Doing::SignOff,
    Doing::Start,
    Doing::OtherGrant,
    Doing::Grant,
    Doing::OtherAdmission,
    Doing::Admit,
    Doing::Export,
    Doing::Withdraw,
];

fn number(doing: Doing) -> usize {
    ACTS.iter().position(|act| *act == doing).unwrap()
}

/// The acts of a small program, each the same whenever it is done again.
struct Script {
    world: World,
}

impl Script {
    fn over(dir: &Path, vault: Vault) -> Self {
        Self { world: World { folder: None, dir: dir.to_owned(), vault, charter: charter_with(&[]) } }
    }

    /// Does an act, and says at which leaf it stands.
    fn act(&mut self, doing: Doing) -> u64 {
        let (world, charter) = (&mut self.world, charter_with(&[]));
        let mut entropy = seeded(900);
        match doing {
            Doing::Propose => {
                world.vault.propose(charter.bytes(), &documents(), at(PROPOSED), &mut entropy).unwrap().leaf
            }
            Doing::SignOffs => {
                let said = [Role::Privacy, Role::Legal, Role::Security];
                let said = said.map(|role| sign_off(&charter, role, PROPOSED));
                let leaf = |said| world.vault.sign_off(said, at(PROPOSED), &mut entropy).unwrap().leaf;
                said.iter().map(leaf).last().unwrap()
            }
            Doing::SignOff => {
                let said = sign_off(&charter, Role::WorkerRepresentative, PROPOSED);
                world.vault.sign_off(&said, at(PROPOSED), &mut entropy).unwrap().leaf
            }
            Doing::Start => {
                let start = act(&charter, Act::Start, Role::Privacy, STARTED);
                world.vault.act(&start, at(STARTED), &mut entropy).unwrap().leaf
            }
            Doing::OtherGrant => world.grant(1).unwrap().leaf,
            Doing::Grant => world.grant(0).unwrap().leaf,
            Doing::OtherAdmission => world.admit(&world.bundle(1)).unwrap().leaf(),
            Doing::Admit => world.admit(&world.bundle(0)).unwrap().leaf(),
            Doing::Export => {
                let request = world.request("form-filling");
                let record = ExportRecord {
                    dataset: Digest::of(b"a"),
                    request: &request,
                    sessions: BTreeMap::from([(session(0), 3), (session(1), 3)]),
                    records: Digest::of(b"records"),
                    supersedes: None,
                };
                world.vault.record_export(&record, at(USED), &mut entropy).unwrap().leaf
            }
            Doing::Withdraw => world.withdraw(0).unwrap().leaf,
        }
    }

    /// What must hold after every act, whatever happened on the way.
    fn holds(&self, doing: Doing) {
        let vault = &self.world.vault;
        vault.ledger.get().unwrap().check().unwrap();
        assert!(crate::store::waiting_acts(&vault.connection).unwrap().is_empty());
        assert!(vault.pending_erasures().unwrap().is_empty());
        let sessions = crate::disk::names(&self.world.dir.join("sessions")).unwrap();
        assert_eq!(sessions.len(), if number(doing) >= number(Doing::Admit) { 2 } else { 0 });
        if doing == Doing::Withdraw {
            self.erased();
        }
    }

    fn erased(&self) {
        let world = &self.world;
        assert!(!world.key_file(0).exists() && world.key_file(1).exists());
        let usable = world.vault.permit_use(&world.request("form-filling"), at(WITHDRAWN)).unwrap();
        assert_eq!(usable.iter().map(|usable| usable.session).collect::<Vec<_>>(), [session(1)]);
        let opened = world.vault.open_session(&usable[0].permit, session(1)).unwrap();
        assert_eq!(opened.steps.len(), 3);
        assert!(world.vault.dataset(&Digest::of(b"a")).unwrap().unwrap().flagged_at.is_some());
    }
}

/// Does one act and dies on the way. Without a task, which is how the test runner calls it, it does nothing.
#[test]
fn child() {
    let Some(task) = std::env::var_os(TASK) else { return };
    let task = task.into_string().unwrap();
    let mut parts = task.split('|');
    let dir = PathBuf::from(parts.next().unwrap());
    let doing = ACTS[parts.next().unwrap().parse::<usize>().unwrap()];
    let dies_at: usize = parts.next().unwrap().parse().unwrap();
    let passed = Arc::new(AtomicUsize::new(0));
    let armed = Arc::new(AtomicUsize::new(0));
    let (count, live) = (Arc::clone(&passed), Arc::clone(&armed));
    let hook: Hook = Arc::new(move |point| {
        let armed = live.load(Ordering::SeqCst) == 1;
        if armed && counts(point) && count.fetch_add(1, Ordering::SeqCst) == dies_at {
            let me = std::process::id().to_string();
            Command::new("kill").args(["-KILL", &me]).status().unwrap();
            unreachable!("a killed process goes on");
        }
    });
    let mut script = Script::over(&dir, open(&dir, hook, PROPOSED).unwrap());
    armed.store(1, Ordering::SeqCst);
    script.act(doing);
}

fn killed_at_each_point_of(doing: Doing) {
    let folder = tempfile::tempdir().unwrap();
    let before = folder.path().join("before");
    let mut script = Script::over(&before, open(&before, silent(), PROPOSED).unwrap());
    for act in ACTS.iter().take(number(doing)) {
        script.act(*act);
    }
    drop(script);
    let (points, leaf, size) = straight(&folder.path().join("straight"), &before, doing);
    assert!(points.contains(&"vault.staged") && points.contains(&"vault.settled"), "{points:?}");
    for (n, point) in points.iter().enumerate() {
        let dir = folder.path().join(format!("crash-{n}"));
        copy(&before, &dir);
        let task = format!("{}|{}|{n}", dir.display(), number(doing));
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", CHILD, "--nocapture"])
            .env(TASK, task)
            .output()
            .unwrap();
        let killed = std::os::unix::process::ExitStatusExt::signal(&child.status);
        assert_eq!(killed, Some(9), "{point}: {}", String::from_utf8_lossy(&child.stderr));
        let mut script = Script::over(&dir, open(&dir, silent(), PROPOSED).unwrap());
        assert!(script.world.vault.pending_erasures().unwrap().is_empty(), "{point}");
        assert_eq!(script.act(doing), leaf, "{point}");
        assert_eq!(
            script.world.vault.ledger.get().unwrap().size(),
            size,
            "a leaf is lost or doubled: {point}"
        );
        script.holds(doing);
    }
}

/// The act without a crash: the points that it passes, its leaf, and the size of the log after it.
fn straight(dir: &Path, before: &Path, doing: Doing) -> (Vec<&'static str>, u64, u64) {
    copy(before, dir);
    let points = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&points);
    let hook: Hook = Arc::new(move |point| {
        if counts(point) {
            seen.lock().unwrap().push(point);
        }
    });
    let mut script = Script::over(dir, open(dir, hook, PROPOSED).unwrap());
    points.lock().unwrap().clear();
    let leaf = script.act(doing);
    script.holds(doing);
    let size = script.world.vault.ledger.get().unwrap().size();
    drop(script);
    let points = points.lock().unwrap().clone();
    (points, leaf, size)
}

#[test]
fn a_proposal_survives_kill_9_at_each_commit_point() {
    killed_at_each_point_of(Doing::Propose);
}

#[test]
fn a_sign_off_survives_kill_9_at_each_commit_point() {
    killed_at_each_point_of(Doing::SignOff);
}

#[test]
fn a_start_survives_kill_9_at_each_commit_point() {
    killed_at_each_point_of(Doing::Start);
}

#[test]
fn a_grant_survives_kill_9_at_each_commit_point() {
    killed_at_each_point_of(Doing::Grant);
}

#[test]
fn an_admission_survives_kill_9_at_each_commit_point() {
    killed_at_each_point_of(Doing::Admit);
}

#[test]
fn an_export_survives_kill_9_at_each_commit_point() {
    killed_at_each_point_of(Doing::Export);
}

#[test]
fn a_withdrawal_survives_kill_9_at_each_commit_point() {
    killed_at_each_point_of(Doing::Withdraw);
}
