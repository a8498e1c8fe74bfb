//! P1: a value planted anywhere in an observation is nowhere in what redaction hands out: not in the step, the tree, the
//! report or any debug text, whatever kind it is of.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::path::Path;

use candor_model::{
    Action, FindingKind, FrameBytes, Moment, Node, Observation, Pixels, Place, Rect, RedactedStep, Screen,
    Timestamp, Tree, TreeState, VisibleWindow, canonical_bytes,
};
use candor_redact::{ListError, Lists, Models, Profile, Raw, Redactor, RedactorError};

const FRONT: Rect = Rect { x: 0, y: 0, width: 64, height: 48 };

/// One value of every kind, none of them anybody's; the last two are of no kind that a rule knows.
const CANARIES: &[(FindingKind, &str)] = &[
    (FindingKind::Person, "Alice Henderson"),
    (FindingKind::Person, "Quorra Zyxwich"),
    (FindingKind::Email, "dana.lund@mail.example.test"),
    (FindingKind::Phone, "+49 30 901820"),
    (FindingKind::Card, "4111 1111 1111 1111"),
    (FindingKind::Iban, "DE89 3704 0044 0532 0130 00"),
    (FindingKind::Url, "https://files.example.test/x?access_token=abcd1234"),
    (FindingKind::Secret, "--token zq81hunter2"),
    (FindingKind::Ip, "192.0.2.17"),
    (FindingKind::Id, "536-90-4399"),
    (FindingKind::Address, "42 Old Mill Road"),
];
const UNKNOWN_TO_RULES: &str = "the merger with the neighbours";

fn redactor() -> Redactor {
    let lists = Lists { people: vec!["Quorra Zyxwich".into()], words: vec![], ..Lists::default() };
    Redactor::new(Profile::Fast, [9; 32], lists, &models()).unwrap()
}

/// The models that the repository ships.
fn models() -> Models {
    Models::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")).unwrap()
}

fn node(parent: Option<u32>, role: &str, name: &str) -> Node {
    let bounds = Rect { x: 4, y: 4, width: 20, height: 8 };
    Node {
        parent,
        role: role.into(),
        name: Some(name.into()),
        text: None,
        bounds,
        focused: false,
        editable: false,
        unwalked: false,
    }
}

/// `canary` in every string that an observation has, but for what was typed.
fn planted(canary: &str, action: Action) -> Observation {
    let text = |node: Node| Node { text: Some(canary.into()), ..node };
    let nodes = vec![
        Node { bounds: FRONT, ..node(None, "frame", canary) },
        text(node(Some(0), "entry", canary)),
        text(node(Some(0), "password text", canary)),
        node(Some(0), canary, "Save"),
        node(Some(0), "push button", &format!("Reply to {canary}")),
        Node { unwalked: true, ..text(node(Some(0), "table", canary)) },
        Node { focused: true, ..node(Some(0), "entry", "Subject") },
    ];
    Observation {
        at: Moment { wall: Timestamp::from_millis(0), monotonic_us: 0 },
        screen: Screen { name: canary.into(), width: 64, height: 48 },
        app: "mail".parse().unwrap(),
        site: None,
        communication: false,
        title: Some(format!("{canary} - Mail")),
        bounds: FRONT,
        action,
        target: Some(1),
        frame: Pixels::new(64, 48, vec![200; 64 * 48 * 3]),
        windows: vec![VisibleWindow { bounds: FRONT, permitted: true }],
        tree: Some(Tree { state: TreeState::Complete, nodes }),
        late_ms: None,
    }
}

fn redacted(observation: Observation) -> RedactedStep {
    redactor().redact(Raw::seal(observation)).unwrap().into_content()
}

/// Everything of a step that can be written or printed.
fn everything(step: &RedactedStep) -> String {
    let tree = String::from_utf8(step.tree.clone().unwrap_or_default()).unwrap();
    let written = String::from_utf8(canonical_bytes(&step.step).unwrap()).unwrap();
    let report = serde_json::to_string(&step.report).unwrap();
    format!("{written}\n{tree}\n{report}\n{step:?}\n{:?}", step.report)
}

#[test]
fn a_planted_value_is_nowhere_in_what_is_handed_out() {
    for canary in CANARIES.iter().map(|(_, canary)| *canary).chain([UNKNOWN_TO_RULES]) {
        let keys = vec!["ctrl".to_owned(), canary.to_owned()];
        let step = redacted(planted(canary, Action::Hotkey { keys }));
        assert!(!everything(&step).contains(canary), "{canary}");
    }
}

#[test]
fn a_planted_value_that_was_typed_is_replaced_and_reported_by_its_kind() {
    for (kind, canary) in CANARIES {
        let step = redacted(planted(canary, Action::Type { text: format!("so: {canary} ok") }));
        assert!(!everything(&step).contains(canary), "{canary}");
        let Action::Type { text } = &step.step.action else { panic!("text is kept") };
        assert!(text.starts_with("so: ") && text.ends_with(" ok"), "{text}");
        assert!(step.report.findings.iter().any(|f| f.kind == *kind && f.place == Place::Typed), "{canary}");
    }
}

#[test]
fn labels_stay_and_everything_else_goes_whole() {
    let step = redacted(planted("Alice Henderson", Action::Wait { ms: 1 }));
    let tree: Tree = serde_json::from_slice(step.tree.as_ref().unwrap()).unwrap();
    let names: Vec<_> = tree.nodes.iter().map(|n| n.name.as_deref()).collect();
    let person = Some("[PERSON_1]");
    assert_eq!(names, [person, person, None, Some("Save"), person, person, Some("Subject")]);
    assert_eq!(tree.nodes[2].text, None);
    assert_eq!(tree.nodes[3].role, "unknown");
    assert_eq!(step.step.window.title.as_deref(), Some("[TEXT]"));
    assert_eq!(step.step.target.as_ref().unwrap().name.as_deref(), person);
    assert_eq!(step.step.screen.name, "screen");
}

#[test]
fn what_goes_into_a_password_field_is_only_counted() {
    let text = || Action::Type { text: "hunter2".into() };
    let counted = |observation: Observation| {
        let step = redacted(observation);
        assert!(!everything(&step).contains("hunter2"));
        step.step.action == Action::Keys { count: 7 }
    };
    assert!(counted(Observation { target: Some(2), ..planted("x", text()) }));
    let mut focused = planted("x", text());
    focused.tree.as_mut().unwrap().nodes[2].focused = true;
    assert!(counted(focused));
}

#[test]
fn what_a_field_asks_for_is_replaced_though_no_rule_knows_it() {
    let typed = |label: &str, text: &str| {
        let mut observation = planted("x", Action::Type { text: text.into() });
        observation.tree.as_mut().unwrap().nodes[6].name = Some(label.into());
        let step = redacted(observation);
        let kind = step.report.findings.iter().find(|f| f.place == Place::Typed).map(|f| f.kind);
        let Action::Type { text } = step.step.action else { panic!("text is kept") };
        (text, kind)
    };
    assert_eq!(typed("User name:", "zq-4471"), ("[ID_1]".into(), Some(FindingKind::Id)));
    assert_eq!(typed("Full name", "xq Zyx"), ("[PERSON_1]".into(), Some(FindingKind::Person)));
    assert_eq!(typed("User name", "zq@example.test"), ("[EMAIL_1]".into(), Some(FindingKind::Email)));
    assert_eq!(typed("Subject", "zq-4471"), ("zq-4471".into(), None));
}

#[test]
fn what_was_typed_where_nobody_knows_is_only_counted() {
    let text = || Action::Type { text: "please wait".into() };
    let action = |observation: Observation| redacted(observation).step.action;
    let without_focus = |target: Option<u32>| {
        let mut observation = Observation { target, ..planted("x", text()) };
        observation.tree.as_mut().unwrap().nodes[6].focused = false;
        observation
    };
    assert_eq!(action(Observation { tree: None, ..planted("x", text()) }), Action::Keys { count: 11 });
    assert_eq!(action(without_focus(None)), Action::Keys { count: 11 });
    assert_eq!(action(without_focus(Some(99))), Action::Keys { count: 11 });
    // What a field without a label took is text, searched like any other.
    assert!(matches!(action(without_focus(Some(1))), Action::Type { .. }));
    let mut no_password = without_focus(None);
    no_password.tree.as_mut().unwrap().nodes[2].role = "entry".into();
    assert_eq!(action(no_password), text());
}

#[test]
fn elements_under_a_window_that_is_not_permitted_leave_the_tree() {
    let mut observation = planted("x", Action::Wait { ms: 1 });
    let nodes = &mut observation.tree.as_mut().unwrap().nodes;
    nodes[1].bounds = Rect { x: 40, y: 40, width: 4, height: 4 };
    nodes.push(Node { parent: Some(1), ..node(None, "label", "Name") });
    let window = Rect { x: 38, y: 38, width: 10, height: 10 };
    observation.windows.push(VisibleWindow { bounds: window, permitted: false });
    let step = redacted(observation);
    let tree: Tree = serde_json::from_slice(step.tree.as_ref().unwrap()).unwrap();
    assert!(tree.is_well_formed());
    assert_eq!(tree.nodes.len(), 7);
    assert_eq!((tree.nodes[6].name.as_deref(), tree.nodes[6].parent), (Some("Name"), Some(0)));
    assert_eq!(step.step.target, None);
}

#[test]
fn an_observation_without_frame_and_tree_works() {
    let observation =
        Observation { frame: None, tree: None, ..planted("Alice Henderson", Action::SwitchWindow {}) };
    let step = redacted(observation);
    assert_eq!((step.step.frame, step.step.tree, step.step.target.as_ref()), (None, None, None));
    assert_eq!(step.step.action, Action::SwitchWindow {});
}

#[test]
fn a_tree_that_is_not_well_formed_is_not_kept() {
    let mut observation = planted("Alice Henderson", Action::Wait { ms: 1 });
    observation.tree.as_mut().unwrap().nodes[3].parent = Some(5);
    let step = redacted(observation);
    assert_eq!((step.tree.as_ref(), step.step.tree, step.step.target.as_ref()), (None, None, None));
    assert!(step.report.findings.iter().any(|f| f.rule == "tree.malformed"));
}

#[test]
fn the_references_are_to_the_bytes_beside_them() {
    let step = redacted(planted("x", Action::Wait { ms: 1 }));
    for (blob, bytes) in
        [(step.step.frame, step.frame.map(FrameBytes::into_vec)), (step.step.tree, step.tree)]
    {
        let (blob, bytes) = (blob.unwrap(), bytes.unwrap());
        assert_eq!(candor_model::BlobRef::of(&bytes, blob.media), Some(blob));
    }
}

#[test]
fn the_same_person_is_the_same_within_a_session_and_text_stays_readable() {
    let mut redactor = redactor();
    let mut task = |text: &str| redactor.redact_text(Raw::seal(text.to_owned())).into_content();
    let (first, findings) = task("Answer Jorge Pereira and Alice Henderson");
    assert_eq!(first, "Answer [PERSON_1] and [PERSON_2]");
    assert!(findings.iter().all(|f| f.place == Place::Task && f.kind == FindingKind::Person));
    assert_eq!(
        task("write to alice@example.test for Alice Henderson").0,
        "write to [EMAIL_1] for [PERSON_2]"
    );
    assert_eq!(task(&"a".repeat(70_000)).0, "[TEXT]");
}

#[test]
fn an_organisations_word_is_no_label_any_more() {
    let lists = Lists { people: vec![], words: vec!["Inbox".into()], ..Lists::default() };
    let mut redactor = Redactor::new(Profile::Fast, [9; 32], lists, &models()).unwrap();
    let mut observation = planted("x", Action::Wait { ms: 1 });
    observation.title = Some("Inbox".into());
    let step = redactor.redact(Raw::seal(observation)).unwrap().into_content();
    assert_eq!(step.step.window.title.as_deref(), Some("[TEXT]"));
}

#[test]
fn a_redactor_is_refused_rather_than_weakened() {
    let refused =
        |models: &Models, lists: Lists| Redactor::new(Profile::Standard, [0; 32], lists, models).err();
    let empty = Models::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    assert!(matches!(refused(&empty, Lists::default()), Some(RedactorError::Models(_))));
    let short = Lists { people: vec!["x".into()], words: vec![], ..Lists::default() };
    assert!(matches!(
        refused(&models(), short),
        Some(RedactorError::Lists(ListError::Length { index: 0, .. }))
    ));
}

#[test]
fn the_redactor_names_itself_the_same_each_time_and_tells_nothing_else() {
    let one = Redactor::new(Profile::Fast, [1; 32], Lists::default(), &models()).unwrap();
    assert_eq!(one.info(), redactor().info());
    assert_eq!(one.info().profile, "fast");
    assert_eq!(format!("{:?}", redactor()), "Redactor(fast)");
}
