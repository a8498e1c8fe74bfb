//! Editors that keys open. The first letter in a cell of a spreadsheet opens an editor, and an office suite tells of no change for what was typed until
//! the editor was there: it tells that a paragraph has the keyboard, and of each letter from then on. What stood in it by then is asked at once.
//!
//! INVARIANT: it counts as typed only if the paragraph got the keyboard after the first key of a run, and the keys of the run account for each
//! character of it together with what was told later. Else the keys are counted, as where nothing was told.

use std::cell::RefCell;
use std::rc::Rc;

use zeroize::Zeroizing;

use super::bus::{ACCESSIBLE, Bus, Element, TEXT, TEXT_CHARACTERS_MAX};
use super::heard::{Change, Heard, What, Window};
use super::match_keys::{Fit, Run, fit};
use super::role;
use super::whose::{Whose, judged, whose};
use crate::Now;

/// What stood in an editor soon after it got the keyboard.
pub(crate) struct Opened {
    /// As if it had been written at the moment when the editor got the keyboard.
    change: Change,
    /// When it was answered how much stood there: what was told of the editor until then is in it.
    answered_us: u64,
}

/// Asks what stands in a paragraph that got the keyboard at this moment, where it lies in a permitted window and is no password.
pub(super) async fn look(heard: &Rc<RefCell<Heard>>, bus: &Bus, element: Element, at_us: u64, now: &Now) {
    let windows = heard.borrow().windows_of(&element.0);
    if windows.is_empty()
        || bus.ask::<u32, _>(&element, ACCESSIBLE, "GetRole", &()).await != Some(role::PARAGRAPH)
    {
        return;
    }
    let Whose::Window(window) = whose(judged(heard, bus, &element, &windows, at_us).await) else { return };
    let Some(length) = bus.length(&element).await.filter(|length| *length > 0) else { return };
    let answered_us = now().monotonic_us;
    let range = (0_i32, length.min(TEXT_CHARACTERS_MAX));
    let text = bus.ask::<String, _>(&element, TEXT, "GetText", &range).await.map(Zeroizing::new);
    let Some(text) = text else { return };
    let change = Change { at_us, element: element.1, start: 0, what: What::Inserted(text) };
    let opened = Opened { change, answered_us };
    if let Some(window) = heard.borrow_mut().window_mut(window) {
        window.opened = Some(opened);
    }
}

/// How well what was heard of a window fits the keys, with what stood in the editor that they opened where they opened one.
pub(super) fn fit_with_opened(window: &mut Window, run: &Run) -> Fit {
    let alone = fit(&window.changes, run);
    if matches!(alone, Fit::Whole(_)) {
        return alone;
    }
    let Some(opened) = window.opened.take_if(|opened| is_of(opened, run)) else { return alone };
    // What an input method composed may be told without what stood in the editor by then: a part.
    let alone = if alone.is_whole() { Fit::Short } else { alone };
    let Opened { change, answered_us } = opened;
    let is_in_it = |told: &&Change| told.element == change.element && told.at_us <= answered_us;
    let in_it = window.changes.iter().take_while(is_in_it).count();
    let later = window.changes.split_off(in_it);
    let told = std::mem::replace(&mut window.changes, later);
    window.changes.push_front(change);
    let whole = fit(&window.changes, run);
    if whole.is_whole() {
        return whole;
    }
    let back = window.changes.pop_front();
    window.opened = back.map(|change| Opened { change, answered_us });
    let later = std::mem::replace(&mut window.changes, told);
    window.changes.extend(later);
    alone
}

/// Whether anything was told that a run may have written.
pub(super) fn has_told(window: &Window, run: &Run) -> bool {
    let may_be_its = |change: &Change| run.is_own(change.at_us) || run.may_be_late();
    window.changes.iter().any(may_be_its) || window.opened.as_ref().is_some_and(|opened| is_of(opened, run))
}

fn is_of(opened: &Opened, run: &Run) -> bool {
    let at_us = opened.change.at_us;
    at_us >= run.from_us && run.is_own(at_us)
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use zbus::zvariant::OwnedObjectPath;
    use zeroize::Zeroizing;

    use super::*;
    use crate::linux::tree::find::Frame;
    use crate::linux::tree::match_keys::{By, Ended, Key};

    const EDITOR: u32 = 1;
    /// When the editor got the keyboard, and when it answered what stands in it.
    const OPENED_US: u64 = 20;
    const ANSWERED_US: u64 = 25;

    fn path(n: u32) -> OwnedObjectPath {
        format!("/element/{n}").try_into().unwrap()
    }

    fn inserted(at_us: u64, element: u32, start: u32, text: &str) -> Change {
        let what = What::Inserted(Zeroizing::new(text.to_owned()));
        Change { at_us, element: path(element), start, what }
    }

    fn window(stood: &str, changes: Vec<Change>) -> Window {
        let element = |n: u32| (":1.7".to_owned(), path(n));
        let frame = Frame { application: element(0), element: element(9), name: String::new(), scale: 1 };
        let opened = Opened { change: inserted(OPENED_US, EDITOR, 0, stood), answered_us: ANSWERED_US };
        Window { changes: changes.into(), opened: Some(opened), ..Window::new(frame, 0) }
    }

    fn run(keys: usize, from_us: u64, ended_us: Option<u64>) -> Run {
        let ended = ended_us.map(|at_us| Ended { at_us, by: By::Other });
        Run { window: 1, from_us, ended, keys: vec![Key::Writes; keys] }
    }

    fn later() -> Vec<Change> {
        vec![inserted(30, EDITOR, 1, "e"), inserted(40, EDITOR, 2, "r")]
    }

    fn texts(changes: &VecDeque<Change>) -> Vec<String> {
        let text = |change: &Change| match &change.what {
            What::Inserted(text) => text.to_string(),
            What::Deleted(_) | What::Withheld => String::new(),
        };
        changes.iter().map(text).collect()
    }

    #[test]
    fn what_stood_in_an_editor_that_keys_opened_and_what_was_told_later_is_what_they_wrote() {
        let mut cell = window("h", later());
        assert_eq!(fit_with_opened(&mut cell, &run(3, 10, None)), Fit::Whole(3));
        assert_eq!(texts(&cell.changes), ["h", "e", "r"]);
        assert!(cell.opened.is_none(), "it is given once");
        let mut at_once = window("1250", Vec::new());
        assert_eq!(fit_with_opened(&mut at_once, &run(4, 10, Some(50))), Fit::Whole(1));
    }

    #[test]
    fn what_an_input_method_composed_in_an_editor_is_not_given_without_what_stood_in_it() {
        let composed = || vec![inserted(30, EDITOR, 1, "녕")];
        assert_eq!(fit_with_opened(&mut window("안", composed()), &run(6, 10, Some(50))), Fit::Composed(2));
        let unlike = || vec![inserted(30, EDITOR, 7, "녕")];
        assert_eq!(fit_with_opened(&mut window("안", unlike()), &run(6, 10, Some(50))), Fit::Short);
    }

    #[test]
    fn what_was_told_until_the_editor_answered_is_in_its_answer() {
        let told = inserted(ANSWERED_US, EDITOR, 1, "e");
        let mut cell = window("he", vec![told, inserted(ANSWERED_US + 1, EDITOR, 2, "r")]);
        assert_eq!(fit_with_opened(&mut cell, &run(3, 10, None)), Fit::Whole(2));
        assert_eq!(texts(&cell.changes), ["he", "r"]);
    }

    #[test]
    fn keys_that_do_not_account_for_all_that_stands_there_are_counted_and_nothing_is_lost() {
        for keys in [1, 2, 4] {
            let mut cell = window("h", later());
            let alone = fit(&cell.changes, &run(keys, 10, None));
            assert_eq!(fit_with_opened(&mut cell, &run(keys, 10, None)), alone, "{keys}");
            assert_eq!(texts(&cell.changes), ["e", "r"]);
            assert!(cell.opened.is_some(), "{keys}");
        }
        let mut elsewhere = window("he", vec![inserted(ANSWERED_US, 2, 0, "x")]);
        assert_eq!(fit_with_opened(&mut elsewhere, &run(2, 10, None)), Fit::Short);
        let other = vec![inserted(ANSWERED_US, 2, 0, "x"), inserted(ANSWERED_US, EDITOR, 1, "e")];
        let mut cell = window("h", other);
        assert_eq!(fit_with_opened(&mut cell, &run(9, 10, None)), Fit::Short);
        assert_eq!(texts(&cell.changes), ["x", "e"]);
    }

    #[test]
    fn an_editor_that_was_there_before_the_keys_or_came_after_them_was_not_opened_by_them() {
        for (from_us, ended_us) in [(OPENED_US + 1, None), (1, Some(OPENED_US)), (1, Some(OPENED_US - 1))] {
            let mut cell = window("h", Vec::new());
            let run = run(1, from_us, ended_us);
            assert!(!has_told(&cell, &run));
            assert_eq!(fit_with_opened(&mut cell, &run), Fit::Short, "{from_us}");
        }
        assert!(has_told(&window("h", Vec::new()), &run(1, OPENED_US, Some(OPENED_US + 1))));
    }
}
