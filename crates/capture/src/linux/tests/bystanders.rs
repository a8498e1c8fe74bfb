//! What other applications show and hold beside the permitted one: notifications, menus, titles, the clipboard. Real ones, in the
//! colour of canaries.

use std::sync::atomic::{AtomicUsize, Ordering};

use candor_model::Observation;

use super::desktop::{Desktop, WINDOW_COLOUR};
use super::law::Law;
use super::told::{kept, sensor};
use super::{BLOCK, EDITOR, colours, next, observe, rect, whole};

const WORD: &str = "canary-word";

/// No pixel and no word of a canary, in anything that was captured.
fn shows_none(seen: &Observation) {
    assert!(!colours(seen, whole(seen)).contains(&WINDOW_COLOUR), "a canary is in the frame");
    let nodes = seen.tree.as_ref().map(|tree| tree.nodes.as_slice()).unwrap_or_default();
    let told = nodes.iter().flat_map(|node| [&node.name, &node.text]).chain([&seen.title]);
    assert!(told.flatten().all(|text| !text.contains(WORD)), "a canary is told");
}

#[test]
fn a_notification_over_the_editor_is_a_block_and_none_of_its_words_is_kept() {
    let (desktop, law) = (Desktop::told(), Law::new());
    desktop.mousepad("plain text\n");
    let mut sensor = sensor(&desktop);
    let notice = desktop.notification(WORD, (200, 200));
    kept(&mut sensor, &law, EDITOR);
    desktop.xdotool(&["mousemove", "100", "550", "click", "1", "type", "ab"]);
    for _ in 0..2 {
        assert!(desktop.screenshot_has(WINDOW_COLOUR), "the notification is not on the screen");
        let pending = next(&mut sensor);
        assert_eq!(pending.front().context().window_class, EDITOR);
        let seen = observe(&mut sensor, &law, &pending).unwrap();
        shows_none(&seen);
        assert_eq!(colours(&seen, notice), [BLOCK].into());
        assert!(colours(&seen, rect(10, 10, 300, 150)).len() > 5, "the editor is not in the frame");
    }
}

#[test]
fn a_menu_of_a_terminal_and_its_title_are_in_nothing_that_is_captured_of_the_editor() {
    let (desktop, law) = (Desktop::told(), Law::new());
    let editor = desktop.mousepad("plain text\n");
    desktop.titled_terminal(WORD);
    let mut sensor = sensor(&desktop);
    let menu = desktop.menu_of_terminal();
    assert!(
        menu.y < editor.y + 600 && desktop.screenshot_has(WINDOW_COLOUR),
        "the menu is not over the editor"
    );
    desktop.focus(desktop.inside("Mousepad"));
    desktop.xdotool(&["key", "x"]);
    let mut pending = next(&mut sensor);
    while pending.front().context().window_class != EDITOR {
        pending = next(&mut sensor);
    }
    let seen = observe(&mut sensor, &law, &pending).unwrap();
    desktop.xdotool(&["mouseup", "1", "keyup", "ctrl"]);
    shows_none(&seen);
    assert_eq!(colours(&seen, menu), [BLOCK].into());
    assert!(colours(&seen, rect(10, 10, 300, 150)).len() > 5, "the editor is not in the frame");
}

#[test]
fn what_lies_in_the_clipboard_is_never_asked_for() {
    let (desktop, law) = (Desktop::without_manager(), Law::new());
    let editor = desktop.green(EDITOR, rect(0, 0, 300, 300));
    desktop.focus(editor);
    let mut sensor = sensor(&desktop);
    let asked = AtomicUsize::new(0);
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let owner = desktop.clipboard();
        let (asked, done) = (&asked, &done);
        scope.spawn(move || owner.serve(WORD, asked, done));
        let _done = super::scenario::Done(done);
        // The control: whoever asks is counted, and gets it.
        assert_eq!(desktop.pasted(), WORD);
        let before = asked.load(Ordering::SeqCst);
        assert!(before > 0);
        for keys in ["ctrl+c", "ctrl+v", "ctrl+x", "shift+Insert"] {
            desktop.xdotool(&["mousemove", "100", "100", "click", "1", "key", keys]);
            for _ in 0..2 {
                let pending = next(&mut sensor);
                shows_none(&observe(&mut sensor, &law, &pending).unwrap());
            }
        }
        assert_eq!(asked.load(Ordering::SeqCst), before, "the clipboard was asked for");
    });
}
