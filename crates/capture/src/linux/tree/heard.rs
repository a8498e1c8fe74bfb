//! What was heard: of each permitted window the changes of its texts, in the order in which they were told.

use std::collections::{BTreeMap, VecDeque};

use zbus::zvariant::OwnedObjectPath;
use zeroize::Zeroizing;

use super::bus::Element;
use super::composed;
use super::find::Frame;
use super::memory::Memories;
use super::opened::Opened;
use super::paragraph::Paragraph;

/// Most changes of the texts of one window that wait to be matched to keys; older ones go.
const CHANGES_MAX: usize = 4_096;
/// Most windows that are heard at the same time; of more, the one that was permitted first goes.
const WINDOWS_MAX: usize = 16;
/// Longest time that a change waits to be matched to keys, in microseconds.
const HELD_US: u64 = 60_000_000;
/// Most changes of the keyboard's place that are remembered of one application.
const FOCUS_MAX: usize = 64;
/// Most elements and applications that are remembered.
const REMEMBERED_MAX: usize = 4_096;

/// A change of a permitted text.
pub(crate) struct Change {
    pub(crate) at_us: u64,
    pub(crate) element: OwnedObjectPath,
    /// Where in the text, in characters.
    pub(crate) start: u32,
    pub(crate) what: What,
}

/// What was done to the text.
#[derive(Debug)]
pub(crate) enum What {
    Inserted(Zeroizing<String>),
    /// So many characters.
    Deleted(u32),
    /// Something that may not be heard, or of which the application did not tell enough: a password, a terminal.
    Withheld,
}

/// A permitted window.
pub(crate) struct Window {
    pub(crate) frame: Frame,
    pub(crate) changes: VecDeque<Change>,
    /// What stood in the editor that got the keyboard last.
    pub(crate) opened: Option<Opened>,
    /// What is known of the paragraph that Qt told anew.
    pub(crate) paragraph: Paragraph,
    /// Whether an input method wrote in it before.
    pub(crate) composes: bool,
    /// Whether keys were counted of which something may be committed yet.
    pub(crate) left: bool,
    /// Until when a change may have been missed: hearing began then.
    pub(crate) unsure_us: u64,
}

impl Window {
    /// Heard from this moment on.
    pub(crate) fn new(frame: Frame, now_us: u64) -> Self {
        let (changes, paragraph) = (VecDeque::new(), Paragraph::default());
        Self { frame, changes, opened: None, paragraph, composes: false, left: false, unsure_us: now_us }
    }

    /// What was told before a run began is not of its keys.
    pub(crate) fn let_go_before(&mut self, from_us: u64) {
        while self.changes.front().is_some_and(|change| change.at_us < from_us) {
            self.changes.pop_front();
        }
    }
}

/// What an element was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Judged {
    pub(crate) at_us: u64,
    /// The permitted window that it lies in.
    pub(crate) window: u64,
    pub(crate) kind: Kind,
    pub(crate) focused: bool,
}

/// Whether a text may be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Open,
    /// A password field or a terminal.
    Withheld,
    /// Nothing that a person writes in.
    Fixed,
}

/// That an element has the keyboard, or none.
struct Focus {
    at_us: u64,
    element: Option<OwnedObjectPath>,
}

#[derive(Default)]
pub(crate) struct Heard {
    /// By the window of the X server; in the order permitted.
    windows: VecDeque<(u64, Window)>,
    /// How often each application told of a change, by its bus name.
    counts: BTreeMap<String, u64>,
    /// The element that has the keyboard, of each application as it told.
    focus: BTreeMap<String, VecDeque<Focus>>,
    /// By the application and the path of the element.
    judged: BTreeMap<(String, String), Judged>,
    /// What walks found.
    pub(super) memories: Memories,
}

impl Heard {
    pub(crate) fn permit(&mut self, id: u64, frame: Frame, now_us: u64) {
        self.windows.retain(|(known, window)| *known != id || window.frame.element == frame.element);
        if self.window(id).is_some() {
            return;
        }
        if self.windows.len() >= WINDOWS_MAX {
            self.windows.pop_front();
        }
        self.judged.clear();
        self.windows.push_back((id, Window::new(frame, now_us)));
    }

    /// What was heard of this window goes, and nothing more is heard.
    pub(crate) fn refuse(&mut self, id: u64) {
        self.windows.retain(|(known, _)| *known != id);
        self.memories.forget(id);
        self.judged.clear();
    }

    pub(crate) fn window(&self, id: u64) -> Option<&Window> {
        self.windows.iter().find(|(known, _)| *known == id).map(|(_, window)| window)
    }

    pub(crate) fn window_mut(&mut self, id: u64) -> Option<&mut Window> {
        self.windows.iter_mut().find(|(known, _)| *known == id).map(|(_, window)| window)
    }

    /// The permitted windows of an application.
    pub(crate) fn windows_of(&self, application: &str) -> Vec<(u64, Element)> {
        let of = self.windows.iter().filter(|(_, window)| window.frame.application.0 == application);
        of.map(|(id, window)| (*id, window.frame.element.clone())).collect()
    }

    pub(crate) fn add(&mut self, id: u64, change: Change) {
        let Some(window) = self.window_mut(id) else { return };
        let is_old = |old: &Change| change.at_us.saturating_sub(old.at_us) > HELD_US;
        while let Some(old) =
            window.changes.front().filter(|old| is_old(old) || window.changes.len() >= CHANGES_MAX)
        {
            // Keys of that time have lost what they wrote: what was written later is not theirs.
            window.unsure_us = window.unsure_us.max(old.at_us + 1);
            window.changes.pop_front();
        }
        window.composes |= composed::is_evidence(&change);
        window.paragraph.add(&mut window.changes, change);
    }

    pub(crate) fn count(&self, application: &str) -> u64 {
        self.counts.get(application).copied().unwrap_or(0)
    }

    pub(crate) fn counted(&mut self, application: &str) {
        if self.counts.len() < REMEMBERED_MAX {
            *self.counts.entry(application.to_owned()).or_default() += 1;
        }
    }

    /// The element of an application that has the keyboard, as far as it told.
    pub(crate) fn focus(&self, application: &str) -> Option<&OwnedObjectPath> {
        self.focus_at(application, u64::MAX)
    }

    /// The same as it was at a moment: the keyboard may have gone elsewhere since.
    pub(crate) fn focus_at(&self, application: &str, at_us: u64) -> Option<&OwnedObjectPath> {
        let told = self.focus.get(application)?.iter().rev().find(|told| told.at_us <= at_us)?;
        told.element.as_ref()
    }

    pub(crate) fn focused(&mut self, element: Element, has_focus: bool, at_us: u64) {
        let (application, path) = element;
        let lost_by_another = !has_focus && self.focus(&application) != Some(&path);
        if lost_by_another || self.focus.len() >= REMEMBERED_MAX {
            return;
        }
        let told = self.focus.entry(application).or_default();
        if told.len() >= FOCUS_MAX {
            told.pop_front();
        }
        told.push_back(Focus { at_us, element: has_focus.then_some(path) });
    }

    pub(crate) fn judged(&self, element: &Element) -> Option<Judged> {
        self.judged.get(&name(element)).copied()
    }

    pub(crate) fn judge(&mut self, element: &Element, judged: Judged) {
        if self.judged.len() >= REMEMBERED_MAX {
            self.judged.clear();
        }
        self.judged.insert(name(element), judged);
    }
}

fn name(element: &Element) -> (String, String) {
    (element.0.clone(), element.1.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_whose_changes_were_let_go_are_given_no_later_ones() {
        let element = |n: u32| (":1.7".to_owned(), OwnedObjectPath::try_from(format!("/{n}")).unwrap());
        let frame = Frame { application: element(0), element: element(1), name: String::new(), scale: 1 };
        let change = |at_us| Change { at_us, element: element(2).1, start: 0, what: What::Deleted(1) };
        let unsure = |changes: &[u64]| {
            let mut heard = Heard::default();
            heard.permit(7, frame.clone(), 5);
            for at_us in changes {
                heard.add(7, change(*at_us));
            }
            let window = heard.window(7).unwrap();
            (window.unsure_us, window.changes.len())
        };
        assert_eq!(unsure(&[10, 20, HELD_US]), (5, 3));
        assert_eq!(unsure(&[10, 20, HELD_US + 15]), (11, 2));
        assert_eq!(unsure(&[10, 20, HELD_US + 25]), (21, 1));
        let many: Vec<u64> = (10..).take(CHANGES_MAX + 3).collect();
        assert_eq!(unsure(&many), (13, CHANGES_MAX));
    }

    #[test]
    fn where_the_keyboard_was_at_a_moment_is_known_after_it_went_elsewhere() {
        let element = |n: u32| (":1.7".to_owned(), OwnedObjectPath::try_from(format!("/{n}")).unwrap());
        let mut heard = Heard::default();
        heard.focused(element(1), true, 10);
        heard.focused(element(2), true, 20);
        heard.focused(element(1), false, 21);
        heard.focused(element(2), false, 30);
        let at = |us| heard.focus_at(":1.7", us).map(|path| path.as_str());
        assert_eq!([at(9), at(10), at(25), at(30)], [None, Some("/1"), Some("/2"), None]);
        assert_eq!(heard.focus(":1.7"), None);
    }
}
