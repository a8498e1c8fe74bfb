//! Text typed over several steps is searched as one (P1).

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::path::Path;

use candor_model::{
    Action, FindingKind, Moment, Node, Observation, Place, Rect, RedactedStep, Screen, Timestamp, Tree,
    TreeState,
};
use candor_redact::{Lists, Models, Profile, Raw, Redactor, TimeLeft};

const FRONT: Rect = Rect { x: 0, y: 0, width: 64, height: 48 };

fn redactor() -> Redactor {
    let models = Models::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")).unwrap();
    Redactor::new(Profile::Fast, [9; 32], Lists::default(), &models).unwrap()
}

fn entry(parent: Option<u32>, x: u32, role: &str) -> Node {
    let bounds = Rect { x: i32::try_from(x).unwrap(), y: 4, width: 8, height: 8 };
    Node {
        parent,
        role: role.into(),
        name: None,
        text: None,
        bounds,
        focused: false,
        editable: false,
        unwalked: false,
    }
}

/// `action` in the `field`th of four fields of a form.
fn done(action: Action, field: u32) -> Raw<Observation> {
    let fields = (0..4).map(|n| entry(Some(0), 4 + 12 * n, "entry"));
    let nodes = [Node { bounds: FRONT, ..entry(None, 0, "frame") }].into_iter().chain(fields).collect();
    Raw::seal(Observation {
        at: Moment { wall: Timestamp::from_millis(0), monotonic_us: 0 },
        screen: Screen { name: ":0".into(), width: 64, height: 48 },
        app: "shop".parse().unwrap(),
        site: None,
        communication: false,
        title: None,
        bounds: FRONT,
        action,
        target: Some(field + 1),
        frame: None,
        windows: Vec::new(),
        tree: Some(Tree { state: TreeState::Complete, nodes }),
        late_ms: None,
    })
}

fn typed(text: &str, field: u32) -> Raw<Observation> {
    done(Action::Type { text: text.into() }, field)
}

fn tab(field: u32) -> Raw<Observation> {
    done(Action::Hotkey { keys: vec!["tab".into()] }, field)
}

/// The steps of a session, in the order in which they were handed out.
fn session(observations: Vec<Raw<Observation>>) -> Vec<RedactedStep> {
    let mut redactor = redactor();
    let mut steps = Vec::new();
    for observation in observations {
        steps.extend(redactor.follow(observation, &|| TimeLeft::Enough).unwrap());
    }
    steps.extend(redactor.rest());
    steps.into_iter().map(candor_redact::Redacted::into_content).collect()
}

fn texts(steps: &[RedactedStep]) -> Vec<String> {
    let text = |step: &RedactedStep| match &step.step.action {
        Action::Type { text } => text.clone(),
        Action::Keys { count } => format!("{count} keys"),
        Action::Hotkey { keys } => keys.join("+"),
        Action::Click { .. }
        | Action::Drag { .. }
        | Action::Scroll { .. }
        | Action::Wait { .. }
        | Action::SwitchWindow {} => "no text".to_owned(),
    };
    steps.iter().map(text).collect()
}

#[test]
fn a_card_number_in_four_fields_is_found() {
    let pieces = ["4111", "1111", "1111", "1111"];
    let observations =
        pieces.iter().zip(0..).flat_map(|(piece, field)| [typed(piece, field), tab(field)]).collect();
    let steps = session(observations);
    let expected = ["[CARD_1]", "tab", "4 keys", "tab", "4 keys", "tab", "4 keys", "tab"];
    assert_eq!(texts(&steps), expected);
    for step in steps.iter().step_by(2) {
        let told = |f: &candor_model::Finding| f.kind == FindingKind::Card && f.place == Place::Typed;
        assert!(step.report.findings.iter().any(told));
    }
}

#[test]
fn a_mail_address_typed_in_pieces_is_found_and_what_is_around_it_stays() {
    let steps = session(vec![typed("write to dana.lu", 0), typed("nd@mail.example.test please", 0)]);
    assert_eq!(texts(&steps), ["write to [EMAIL_1]", " please"]);
}

#[test]
fn what_says_nothing_stays_as_it_was_typed() {
    let steps = session(vec![typed("the report is", 0), typed(" not finished", 0), tab(0)]);
    assert_eq!(texts(&steps), ["the report is", " not finished", "tab"]);
}

#[test]
fn steps_are_held_back_only_while_text_may_go_on() {
    let mut redactor = redactor();
    let mut handed = |raw| redactor.follow(raw, &|| TimeLeft::Enough).unwrap().len();
    assert_eq!(handed(tab(0)), 1);
    assert_eq!(handed(typed("a", 0)), 0);
    assert_eq!(handed(tab(0)), 0);
    assert_eq!(handed(done(Action::SwitchWindow {}, 0)), 3);
    assert_eq!((0..40).map(|_| handed(typed("a", 0))).sum::<usize>() + redactor.rest().len(), 40);
}
