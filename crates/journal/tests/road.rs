//! From what a sensor saw to a bundle, by the real redactor: what was not kept is in no file and not in the bundle.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;
use std::sync::Arc;

use candor_journal::{Journal, SessionStart};
use candor_model::{
    Action, ConsentId, Digest, Entropy, FindingKind, Moment, Observation, Pixels, Platform, Rect, Screen,
    SessionId, SigningKey, Timestamp, Tree, TreeState, VisibleWindow,
};
use candor_redact::{Lists, Models, Profile, Raw, Redactor};

const CANARY: &str = "dana.lund@example.test";

fn entropy() -> impl Entropy {
    let mut next = 0_u8;
    move |bytes: &mut [u8]| {
        for byte in bytes {
            (*byte, next) = (next, next.wrapping_add(1));
        }
    }
}

fn seen(text: &str) -> Raw<Observation> {
    let bounds = Rect { x: 0, y: 0, width: 16, height: 16 };
    Raw::seal(Observation {
        at: Moment { wall: Timestamp::from_millis(1), monotonic_us: 1 },
        screen: Screen { name: ":0".into(), width: 16, height: 16 },
        app: "editor".parse().unwrap(),
        site: None,
        communication: false,
        title: None,
        bounds,
        action: Action::Type { text: text.into() },
        target: None,
        frame: Pixels::new(16, 16, vec![200; 16 * 16 * 3]),
        windows: vec![VisibleWindow { bounds, permitted: true }],
        tree: Some(Tree { state: TreeState::Complete, nodes: Vec::new() }),
        late_ms: None,
    })
}

fn start(contributor: &SigningKey, redactor: &Redactor) -> SessionStart {
    SessionStart {
        session: SessionId::from_bytes([1; 16]),
        charter: Digest::of(b"charter"),
        consent: ConsentId::from_bytes([2; 16]),
        contributor: contributor.public(),
        started: Timestamp::from_millis(0),
        recorded: None,
        platform: Platform::Linux,
        redactor: redactor.info(),
        hold_days: 7,
    }
}

fn no_file_holds(folder: &Path, secret: &[u8]) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            no_file_holds(&path, secret);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(secret.len()).any(|window| window == secret), "{}", path.display());
        }
    }
}

#[test]
fn what_redaction_took_out_is_in_no_file_no_view_and_not_in_the_bundle() {
    let folder = tempfile::tempdir().unwrap();
    let contributor = SigningKey::from_seed(&[9; 32]);
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let models = Models::open(&models).unwrap();
    let mut redactor = Redactor::new(Profile::Fast, [3; 32], Lists::default(), &models).unwrap();
    let journal = Journal::open(folder.path(), &[7; 32], &mut entropy(), Arc::new(|_| {})).unwrap();
    let start = start(&contributor, &redactor);
    let session = start.session;
    let mut writer = journal.begin(start).unwrap();
    for _ in 0..2 {
        writer.append(redactor.redact(seen(&format!("write to {CANARY} please"))).unwrap()).unwrap();
    }
    writer.finish(Timestamp::from_millis(9), None).unwrap();
    let task = redactor.redact_text(Raw::seal(format!("mail {CANARY}")));
    journal.set_task(session, task).unwrap();
    journal.mask(session, None, Rect { x: 0, y: 0, width: 4, height: 4 }).unwrap();
    journal.mark_reviewed(session, Timestamp::from_millis(10)).unwrap();

    let viewed = format!("{:?}", journal.view(session).unwrap().map(Result::unwrap).collect::<Vec<_>>());
    let released =
        journal.release(session, &contributor, Timestamp::from_millis(11), &mut entropy()).unwrap();
    let mut bytes = Vec::new();
    released.write_to(&mut bytes).unwrap();

    let contents = candor_bundle::read(bytes.as_slice()).unwrap();
    assert_eq!(contents.steps.len(), 2);
    assert!(contents.manifest.findings.get(&FindingKind::Email).is_some_and(|count| *count >= 3));
    assert!(contents.manifest.findings.contains_key(&FindingKind::Masked));
    assert!(!viewed.contains(CANARY) && !format!("{contents:?}").contains(CANARY));
    let contains = |bytes: &[u8]| bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes());
    assert!(!contents.blobs.values().any(|tree| contains(tree)));
    assert!(!bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()));
    no_file_holds(folder.path(), CANARY.as_bytes());
}
