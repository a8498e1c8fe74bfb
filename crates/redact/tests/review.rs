//! P5: what a person masks at review is gone from the step, and nothing else comes back.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::path::Path;

use candor_model::{
    Action, BlobRef, FindingKind, FrameBytes, FrameView, Moment, Node, Observation, Pixels, Rect,
    RedactedStep, Screen, Timestamp, Tree, TreeState, VisibleWindow,
};
use candor_redact::{Lists, MaskError, Models, Profile, Raw, Redactor, mask_region};
use proptest::prelude::*;

const FRONT: Rect = Rect { x: 0, y: 0, width: 64, height: 48 };
const FIELD: Rect = Rect { x: 4, y: 4, width: 20, height: 8 };
const BUTTON: Rect = Rect { x: 40, y: 30, width: 10, height: 8 };

fn node(role: &str, name: &str, bounds: Rect, focused: bool) -> Node {
    Node {
        parent: Some(0),
        role: role.into(),
        name: Some(name.into()),
        text: None,
        bounds,
        focused,
        editable: false,
        unwalked: false,
    }
}

fn observation(target: Option<u32>, focused: bool) -> Observation {
    let nodes = vec![
        Node { parent: None, name: None, ..node("frame", "", FRONT, false) },
        node("entry", "Subject", FIELD, focused),
        node("push button", "Send", BUTTON, false),
    ];
    Observation {
        at: Moment { wall: Timestamp::from_millis(0), monotonic_us: 0 },
        screen: Screen { name: ":0".into(), width: 64, height: 48 },
        app: "mail".parse().unwrap(),
        site: None,
        communication: false,
        title: None,
        bounds: FRONT,
        action: Action::Type { text: "minutes of the audit".into() },
        target,
        frame: Pixels::new(64, 48, (0..64 * 48 * 3).map(|i| u8::try_from(i % 251).unwrap()).collect()),
        windows: vec![VisibleWindow { bounds: FRONT, permitted: true }],
        tree: Some(Tree { state: TreeState::Complete, nodes }),
        late_ms: None,
    }
}

fn step(target: Option<u32>, focused: bool) -> RedactedStep {
    let models = Models::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")).unwrap();
    let mut redactor = Redactor::new(Profile::Fast, [1; 32], Lists::default(), &models).unwrap();
    redactor.redact(Raw::seal(observation(target, focused))).unwrap().into_content()
}

fn pixels(step: &RedactedStep) -> Vec<[u8; 3]> {
    FrameView::of_pixmap(step.frame.as_ref().unwrap()).unwrap().rgb().as_chunks::<3>().0.to_vec()
}

fn names(step: &RedactedStep) -> Vec<Option<String>> {
    let tree: Tree = serde_json::from_slice(step.tree.as_ref().unwrap()).unwrap();
    tree.nodes.into_iter().map(|n| n.name).collect()
}

const FILL: [u8; 3] = [0x40; 3];

#[test]
fn a_masked_region_is_gone_from_frame_tree_target_and_text() {
    let mut step = step(Some(1), true);
    mask_region(&mut step, FIELD).unwrap();
    let left = pixels(&step).into_iter().filter(|p| *p != FILL).count();
    assert!(left > 0 && left <= 80, "{left}");
    let masked = Some("[MASKED]".to_owned());
    assert_eq!(names(&step), [None, masked.clone(), Some("Send".into())]);
    assert_eq!(step.step.target.as_ref().unwrap().name, masked);
    assert_eq!(step.step.action, Action::Keys { count: 20 });
    assert_eq!(step.report.findings.last().unwrap().kind, FindingKind::Masked);
}

#[test]
fn a_region_beside_the_field_leaves_the_text() {
    let mut step = step(Some(1), true);
    mask_region(&mut step, BUTTON).unwrap();
    assert_eq!(step.step.action, Action::Type { text: "minutes of the audit".into() });
    assert_eq!(names(&step)[1..], [Some("Subject".into()), Some("[MASKED]".into())]);
    assert_eq!(step.step.target.as_ref().unwrap().name.as_deref(), Some("Subject"));
}

#[test]
fn text_of_which_nobody_knows_where_it_went_goes_with_any_region() {
    let mut step = step(None, false);
    assert!(matches!(step.step.action, Action::Type { .. }));
    mask_region(&mut step, BUTTON).unwrap();
    assert_eq!(step.step.action, Action::Keys { count: 20 });
}

#[test]
fn the_references_follow_the_bytes() {
    let mut step = step(Some(1), true);
    let before = step.step.frame;
    mask_region(&mut step, FIELD).unwrap();
    assert_ne!(step.step.frame, before);
    for (blob, bytes) in
        [(step.step.frame, step.frame.map(FrameBytes::into_vec)), (step.step.tree, step.tree)]
    {
        let (blob, bytes) = (blob.unwrap(), bytes.unwrap());
        assert_eq!(BlobRef::of(&bytes, blob.media), Some(blob));
    }
}

#[test]
fn what_cannot_be_masked_is_refused_and_the_step_stays() {
    let before = step(Some(1), true);
    let mut step = before.clone();
    for region in [
        Rect { x: 0, y: 0, width: 0, height: 5 },
        Rect { x: 64, y: 0, width: 5, height: 5 },
        Rect { x: -9, y: -9, width: 9, height: 9 },
    ] {
        assert!(matches!(mask_region(&mut step, region), Err(MaskError::OutsideScreen)));
    }
    assert_eq!(step, before);
    step.frame = Some(b"no picture".to_vec().into());
    let broken = step.clone();
    assert!(matches!(mask_region(&mut step, FIELD), Err(MaskError::Picture(_))));
    assert_eq!(step, broken);
}

#[test]
fn a_step_without_frame_and_tree_is_masked_too() {
    let mut step = step(Some(1), true);
    (step.frame, step.tree, step.step.frame, step.step.tree) = (None, None, None, None);
    mask_region(&mut step, FIELD).unwrap();
    assert_eq!(step.step.action, Action::Keys { count: 20 });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn masking_only_narrows(x in -10..70i32, y in -10..60i32, width in 1..80u32, height in 1..60u32) {
        let region = Rect { x, y, width, height };
        let mut step = step(Some(1), true);
        let before = pixels(&step);
        if mask_region(&mut step, region).is_ok() {
            for (i, (old, new)) in before.into_iter().zip(pixels(&step)).enumerate() {
                let at = candor_model::Point { x: i32::try_from(i % 64).unwrap(), y: i32::try_from(i / 64).unwrap() };
                prop_assert_eq!(new, if region.contains(at) { FILL } else { old });
            }
        }
    }
}
