//! Words and applications that a person masks, masks taken back, the name and the outcome of the task; and P4, P5: what is shown is
//! what is signed.

use candor_model::{
    Action, BlobRef, Digest, FrameView, Media, Node, Outcome, Place, Rect, Target, Tree, TreeState,
    canonical_bytes,
};

use super::house::{
    append, at, contributor, entropy, files, open, opened, reviewed, session, set_task, start, step,
};
use crate::{Journal, Masked, ReleaseError, SessionError, State, StateError};

const WORD: &str = "quillon";

fn state<T: std::fmt::Debug>(outcome: Result<T, SessionError>) -> StateError {
    match outcome {
        Err(SessionError::State { source, .. }) => source,
        other => panic!("{other:?}"),
    }
}

fn node(parent: Option<u32>, role: &str, name: &str, bounds: Rect) -> Node {
    let role = role.to_owned();
    Node {
        parent,
        role,
        name: Some(name.to_owned()),
        text: None,
        bounds,
        focused: false,
        editable: false,
        unwalked: false,
    }
}

/// A step that has the word in everything that can hold words; its picture has one colour.
fn full_of_words(second: u32) -> candor_model::RedactedStep {
    let mut content = step(second, 200);
    content.step.window.title = Some(format!("Letter to {WORD} - Editor"));
    content.step.action = Action::Type { text: "dear QUILLON,".into() };
    let button = Rect { x: 4, y: 4, width: 3, height: 2 };
    content.step.target = Some(Target { role: "button".into(), name: Some(WORD.into()), bounds: button });
    let nodes = vec![
        node(None, "frame", &format!("Letter to {WORD}"), Rect { x: 0, y: 0, width: 8, height: 8 }),
        node(Some(0), "label", "Quillons", Rect { x: 0, y: 0, width: 2, height: 1 }),
        node(Some(0), "label", "Other", Rect { x: 0, y: 6, width: 2, height: 1 }),
    ];
    let tree = canonical_bytes(&Tree { state: TreeState::Complete, nodes }).unwrap();
    content.step.tree =
        Some(BlobRef { digest: Digest::of(&tree), bytes: tree.len() as u64, media: Media::Tree });
    content.tree = Some(tree);
    content
}

fn recorded(journal: &Journal) {
    let mut writer = journal.begin(start(1)).unwrap();
    writer.append_content(full_of_words(0), u64::MAX).unwrap();
    append(&mut writer, 1).unwrap();
    let mut other = full_of_words(2);
    other.step.window.app = "notes".parse().unwrap();
    writer.append_content(other, u64::MAX).unwrap();
    writer.finish(at(9), Some(Outcome::Success)).unwrap();
    set_task(journal, 1, &format!("write to {WORD}")).unwrap();
    journal.mark_reviewed(session(1), at(10)).unwrap();
}

fn released_bytes(journal: &Journal) -> Vec<u8> {
    let bundle = journal.release(session(1), &contributor(), at(20), &mut entropy()).unwrap();
    let mut bytes = Vec::new();
    bundle.write_to(&mut bytes).unwrap();
    bytes
}

fn what_leaves(journal: &Journal) -> Vec<u8> {
    opened(&released_bytes(journal))
}

fn holds_the_word(bytes: &[u8]) -> bool {
    String::from_utf8_lossy(bytes).to_lowercase().contains(WORD)
}

fn pixels(pixmap: &[u8]) -> Vec<[u8; 3]> {
    FrameView::of_pixmap(pixmap).unwrap().rgb().as_chunks::<3>().0.to_vec()
}

#[test]
fn a_masked_word_is_in_no_text_no_title_no_tree_no_picture_and_not_in_what_leaves() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    recorded(&journal);
    assert_eq!(journal.mask_word(session(1), " Quillon ").unwrap(), 2);
    assert_eq!(journal.session(session(1)).unwrap().state, State::Reviewed, "it only narrows");
    let viewed = journal.view_step(session(1), 0).unwrap().content;
    assert_eq!(viewed.step.window.title.as_deref(), Some("Letter to [MASKED] - Editor"));
    assert_eq!(viewed.step.action, Action::Type { text: "dear [MASKED],".into() });
    assert_eq!(viewed.step.target.unwrap().name.as_deref(), Some("[MASKED]"));
    assert!(!holds_the_word(viewed.tree.as_ref().unwrap()));

    // The label and the target are painted. The window is not: what it shows, its parts name.
    let rgb = pixels(viewed.frame.as_ref().unwrap());
    let painted: Vec<usize> = (0..64).filter(|i| rgb[*i] != [200; 3]).collect();
    assert_eq!(painted, [0, 1, 36, 37, 38, 44, 45, 46]);
    let places: Vec<&Place> = viewed.report.findings.iter().skip(1).map(|finding| &finding.place).collect();
    assert!(places.contains(&&Place::Typed) && places.contains(&&Place::Target));
    assert!(
        !format!("{:?}", viewed.report).to_lowercase().contains(WORD),
        "a finding never holds the found text"
    );
    assert!(!holds_the_word(&what_leaves(&journal)));
    for path in files(folder.path()) {
        assert!(!holds_the_word(&std::fs::read(&path).unwrap()), "{}", path.display());
    }
}

#[test]
fn without_the_mask_the_word_is_in_what_leaves() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    recorded(&journal);
    assert!(holds_the_word(&what_leaves(&journal)), "the test above can fail");
}

#[test]
fn a_picture_without_its_tree_is_masked_whole_by_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    recorded(&journal);
    journal.mask_word(session(1), WORD).unwrap();
    let viewed = journal.view_step(session(1), 1).unwrap().content;
    assert!(pixels(viewed.frame.as_ref().unwrap()).iter().all(|pixel| *pixel == [0x40; 3]));
    assert_eq!(viewed.report.findings.last().unwrap().rule, "review.word.no-tree");
}

#[test]
fn a_word_that_is_nowhere_is_refused_and_not_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    recorded(&journal);
    let before: u64 = journal.session(session(1)).unwrap().bytes;
    assert_eq!(state(journal.mask_word(session(1), "elsewhere")), StateError::NotThere);
    assert_eq!(state(journal.mask_word(session(1), "q")), StateError::NotAWord);
    assert_eq!(state(journal.mask_app(session(1), &"browser".parse().unwrap())), StateError::NotThere);
    assert_eq!(journal.session(session(1)).unwrap().bytes, before);
}

#[test]
fn an_application_that_is_left_out_is_in_nothing_that_leaves_and_can_be_taken_back_in() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    recorded(&journal);
    assert_eq!(journal.mask_app(session(1), &"notes".parse().unwrap()).unwrap(), 1);
    assert_eq!(journal.kept(session(1)).unwrap(), [0, 1]);
    let outline = journal.outline(session(1)).unwrap();
    assert_eq!(outline.iter().map(|step| step.kept).collect::<Vec<_>>(), [true, true, false]);
    assert_eq!(journal.session(session(1)).unwrap().dropped, 1);
    // A step that is restored alone stays out as long as its application does.
    journal.restore_step(session(1), 2).unwrap();
    assert_eq!(journal.kept(session(1)).unwrap(), [0, 1]);
    journal.mark_reviewed(session(1), at(11)).unwrap();
    let mask = journal.masks(session(1)).unwrap()[0].clone();
    assert_eq!(mask.what, Masked::App("notes".parse().unwrap()));
    journal.unmask(session(1), mask.number).unwrap();
    assert_eq!(
        journal.session(session(1)).unwrap().state,
        State::InReview,
        "what came back was not looked at"
    );
    assert_eq!(journal.kept(session(1)).unwrap(), [0, 1, 2]);
    assert_eq!(state(journal.unmask(session(1), mask.number)), StateError::NoSuchMask { mask: 0 });
}

#[test]
fn a_mask_that_is_taken_back_gives_the_picture_back_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    recorded(&journal);
    let before = journal.view_step(session(1), 0).unwrap();
    let corner = Rect { x: 0, y: 0, width: 2, height: 2 };
    journal.mask(session(1), Some(0), corner).unwrap();
    journal.mask_word(session(1), WORD).unwrap();
    assert_eq!(journal.masks(session(1)).unwrap().len(), 2);
    for mask in [1, 0] {
        journal.unmask(session(1), mask).unwrap();
    }
    drop(journal);
    let journal = open(folder.path());
    assert_eq!(journal.view_step(session(1), 0).unwrap(), before);
    assert!(journal.masks(session(1)).unwrap().is_empty());
    assert_eq!(journal.session(session(1)).unwrap().state, State::InReview);
}

#[test]
fn an_outline_says_what_the_view_says_and_opens_no_picture() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    recorded(&journal);
    journal.mask(session(1), Some(0), Rect { x: 4, y: 4, width: 1, height: 1 }).unwrap();
    journal.mask_word(session(1), "editor").unwrap();
    for outlined in journal.outline(session(1)).unwrap() {
        let viewed = journal.view_step(session(1), outlined.number).unwrap().content;
        let same = |a: &candor_model::Step, b: &candor_model::Step| {
            (&a.window, &a.action, &a.target, a.at) == (&b.window, &b.action, &b.target, b.at)
        };
        assert!(same(&outlined.step, &viewed.step) && outlined.has_frame, "{outlined:?}");
    }
}

#[test]
fn search_finds_text_where_it_stands_and_not_behind_a_mask() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    recorded(&journal);
    let found = journal.search(session(1), "DEAR quill").unwrap();
    assert_eq!(found.iter().map(|found| found.number).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(found[0].places, [Place::Typed]);
    let found = journal.search(session(1), "other").unwrap();
    assert_eq!(found[0].places, [Place::Tree { node: 2 }]);
    assert!(journal.search(session(1), "nothing").unwrap().is_empty());
    journal.mask_word(session(1), WORD).unwrap();
    assert!(journal.search(session(1), WORD).unwrap().is_empty());
}

#[test]
fn the_outcome_is_what_the_person_said_last_and_voids_the_review() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    recorded(&journal);
    let now = || {
        let summary = journal.session(session(1)).unwrap();
        (summary.outcome, summary.state)
    };
    assert_eq!(now(), (Some(Outcome::Success), State::Reviewed));
    journal.set_outcome(session(1), Some(Outcome::Failure)).unwrap();
    assert_eq!(now(), (Some(Outcome::Failure), State::InReview));
    journal.set_outcome(session(1), None).unwrap();
    journal.mark_reviewed(session(1), at(11)).unwrap();
    let bundle = journal.release(session(1), &contributor(), at(20), &mut entropy()).unwrap();
    assert_eq!(bundle.contents().manifest.header.outcome, None);
}

#[test]
fn what_is_shown_before_a_release_is_what_is_signed() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    recorded(&journal);
    journal.drop_step(session(1), 1).unwrap();
    journal.mask_word(session(1), WORD).unwrap();
    let shown = journal.preview(session(1)).unwrap();
    let bundle =
        journal.release_as_shown(session(1), shown.digest, &contributor(), at(20), &mut entropy()).unwrap();
    assert_eq!(bundle.manifest_digest(), shown.digest);
    let manifest = &bundle.contents().manifest;
    assert_eq!((shown.steps, shown.frames + shown.trees), (manifest.steps.len(), manifest.blobs.len()));
    assert_eq!((&shown.header, &shown.findings), (&manifest.header, &manifest.findings));
    let lines: usize =
        bundle.contents().steps.iter().map(|step| canonical_bytes(step).unwrap().len() + 1).sum();
    let all = u64::try_from(lines + bundle.contents().manifest_bytes.len()).unwrap();
    assert_eq!(shown.bytes, all + bundle.contents().packed_bytes().unwrap());
}

#[test]
fn what_changed_since_it_was_shown_is_not_signed() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    reviewed(&journal, 1, 3);
    let shown = journal.preview(session(1)).unwrap().digest;
    journal.drop_step(session(1), 2).unwrap();
    let refused = journal.release_as_shown(session(1), shown, &contributor(), at(20), &mut entropy());
    assert!(matches!(refused, Err(ReleaseError::NotAsShown)));
    assert_eq!(journal.session(session(1)).unwrap().state, State::Reviewed);
}
