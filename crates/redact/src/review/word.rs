//! A word that a person masks wherever it stands.

use std::collections::BTreeSet;
use std::fmt;

use candor_model::{Action, Finding, FindingKind, Node, Place, Rect, RedactedStep, Tree};

use crate::role::Role;
use crate::tree::MASKED;

/// What is masked wherever its letters stand in a row, whatever their case. It has no text form: only its person may see it.
///
/// INVARIANT: lower case, trimmed, with at least [`Word::CHARS_MIN`] letters or digits.
#[derive(Clone, PartialEq, Eq)]
pub struct Word(Vec<char>);

impl Word {
    /// Fewest letters and digits. One letter alone stands everywhere.
    pub const CHARS_MIN: usize = 2;
    /// Longest word in bytes.
    pub const BYTES_MAX: usize = 200;

    /// The word; none if it is too short or too long.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let lower: Vec<char> = text.trim().chars().flat_map(folded).collect();
        let letters = lower.iter().filter(|c| c.is_alphanumeric()).count();
        (letters >= Self::CHARS_MIN && text.len() <= Self::BYTES_MAX).then_some(Self(lower))
    }

    /// Whether it stands in the text.
    #[must_use]
    pub fn stands_in(&self, text: &str) -> bool {
        self.without(text).is_some()
    }

    /// The text with the word, and the rest of what it is a part of, masked; none if it does not stand there.
    #[must_use]
    pub fn without(&self, text: &str) -> Option<String> {
        let places = self.places(text);
        if places.is_empty() {
            return None;
        }
        let (mut left, mut from) = (String::new(), 0);
        for (start, end) in places {
            if start >= from {
                left.push_str(text.get(from..start)?);
                left.push_str(MASKED);
            }
            from = from.max(end);
        }
        left.push_str(text.get(from..)?);
        Some(left)
    }

    /// Where it stands, widened to whole words, in bytes and in order. Places may touch or lie over each other.
    fn places(&self, text: &str) -> Vec<(usize, usize)> {
        // Lower case can be longer than what it comes from: each letter keeps the place of its origin.
        let lower: Vec<(usize, usize, char)> = text
            .char_indices()
            .flat_map(|(at, c)| folded(c).map(move |lower| (at, at + c.len_utf8(), lower)))
            .collect();
        let stands = |window: &&[(usize, usize, char)]| window.iter().map(|(_, _, c)| c).eq(&self.0);
        let found = lower.windows(self.0.len()).filter(stands);
        found.filter_map(|window| Some(widened(text, window.first()?.0, window.last()?.1))).collect()
    }

    /// Takes it out of a step. What to paint in the frame comes back.
    pub(super) fn hide_in(&self, step: &mut RedactedStep, tree: Option<&mut Tree>) -> Vec<Rect> {
        let mut paint = Vec::new();
        if let Action::Type { text } = &mut step.step.action {
            self.hide(text, Place::Typed, &mut step.report.findings);
        }
        if let Some(title) = &mut step.step.window.title {
            self.hide(title, Place::Title, &mut step.report.findings);
        }
        if let Some(target) = &mut step.step.target
            && let Some(name) = &mut target.name
            && self.hide(name, Place::Target, &mut step.report.findings)
        {
            paint.push(target.bounds);
        }
        let (width, height) = (step.step.screen.width, step.step.screen.height);
        if let Some(tree) = tree {
            let nodes = self.hide_in_tree(tree, &mut step.report.findings);
            paint.extend(nodes.into_iter().map(|node| seen_at(&tree.nodes, node, width, height)));
        }
        paint.retain(|bounds| bounds.clipped(width, height).is_some());
        let masked = |bounds: &Rect| finding(Place::Frame { bounds: *bounds });
        step.report.findings.extend(paint.iter().filter(|_| step.frame.is_some()).map(masked));
        paint
    }

    /// The elements that held it and draw their own words.
    fn hide_in_tree(&self, tree: &mut Tree, findings: &mut Vec<Finding>) -> Vec<u32> {
        let parents: BTreeSet<u32> = tree.nodes.iter().filter_map(|node| node.parent).collect();
        let mut drawn = Vec::new();
        for (number, node) in (0_u32..).zip(&mut tree.nodes) {
            let mut stood = false;
            for text in [&mut node.name, &mut node.text].into_iter().flatten() {
                stood |= self.hide(text, Place::Tree { node: number }, findings);
            }
            if stood && draws(node, parents.contains(&number)) {
                drawn.push(number);
            }
        }
        drawn
    }

    fn hide(&self, text: &mut String, place: Place, findings: &mut Vec<Finding>) -> bool {
        let Some(left) = self.without(text) else { return false };
        *text = left;
        findings.push(finding(place));
        true
    }
}

/// A letter as it is compared: lower case, without the marks that some keyboards put behind it (U+0300 to U+036F).
fn folded(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().filter(|c| !('\u{300}'..='\u{36f}').contains(c))
}

fn finding(place: Place) -> Finding {
    Finding { kind: FindingKind::Masked, rule: "review.word".to_owned(), place }
}

/// Where an element is seen: its own bounds, or those of the nearest element above it that has a pixel of the screen, or everywhere.
fn seen_at(nodes: &[Node], number: u32, width: u32, height: u32) -> Rect {
    let mut next = Some(number);
    // Parents stand before their children, so this ends; a tree where they do not is walked as far as it is long.
    for _ in 0..=nodes.len() {
        let Some(node) = next.and_then(|n| nodes.get(usize::try_from(n).ok()?)) else { break };
        if node.bounds.clipped(width, height).is_some() {
            return node.bounds;
        }
        next = node.parent;
    }
    Rect { x: 0, y: 0, width, height }
}

/// Whether an element draws its own words. One that only holds others shows what they name.
fn draws(node: &Node, has_children: bool) -> bool {
    !has_children || !matches!(Role::of(&node.role), Role::Container | Role::Block | Role::Unknown)
}

/// A place, with the letters and digits around it: of a longer word nothing is left over.
fn widened(text: &str, start: usize, end: usize) -> (usize, usize) {
    let before = text.get(..start).unwrap_or_default();
    let after = text.get(end..).unwrap_or_default();
    let outside = |c: char| !c.is_alphanumeric();
    let start = before
        .rfind(outside)
        .map_or(0, |at| at + before.get(at..).and_then(|s| s.chars().next()).map_or(0, char::len_utf8));
    let end = end + after.find(outside).unwrap_or(after.len());
    (start, end)
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Word(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(word: &str, text: &str) -> Option<String> {
        Word::new(word).unwrap().without(text)
    }

    #[test]
    fn a_word_goes_whatever_its_case_and_with_the_rest_of_a_longer_word() {
        assert_eq!(
            without("heron", "Project HERON, heronry and Herons").unwrap(),
            "Project [MASKED], [MASKED] and [MASKED]"
        );
        assert_eq!(without("Heron", "dana.heron@x").unwrap(), "dana.[MASKED]@x");
        assert_eq!(without("two words", "say Two Words now").unwrap(), "say [MASKED] now");
        assert_eq!(without("straße", "STRASSE, Straße, straße 7").unwrap(), "STRASSE, [MASKED], [MASKED] 7");
        assert_eq!(without("ünal", "Frau ÜNAL").unwrap(), "Frau [MASKED]");
        assert_eq!(without("aa", "aaaa").unwrap(), "[MASKED]");
        assert_eq!(without("heron", "her on"), None);
    }

    #[test]
    fn a_letter_that_grows_in_lower_case_is_cut_at_its_own_edges() {
        // U+0130 becomes two characters.
        assert_eq!(without("istanbul", "x İSTANBUL y").unwrap(), "x [MASKED] y");
        assert_eq!(without("stan", "aİ stan").unwrap(), "aİ [MASKED]");
    }

    #[test]
    fn an_element_without_a_pixel_is_where_the_nearest_above_it_is() {
        let at = |parent, x| Node {
            parent,
            role: "label".into(),
            name: None,
            text: None,
            bounds: Rect { x, y: 0, width: 2, height: 2 },
            focused: false,
            editable: false,
            unwalked: false,
        };
        let nodes = [at(None, 3), at(Some(0), 99), at(Some(1), -9), at(None, 99)];
        assert_eq!(seen_at(&nodes, 2, 10, 10), nodes[0].bounds);
        assert_eq!(seen_at(&nodes, 3, 10, 10), Rect { x: 0, y: 0, width: 10, height: 10 });
        let round = [at(Some(0), 99)];
        assert_eq!(seen_at(&round, 0, 10, 10), Rect { x: 0, y: 0, width: 10, height: 10 });
    }

    #[test]
    fn what_is_too_short_or_too_long_is_no_word() {
        for text in ["", " ", "a", "--", "a."] {
            assert!(Word::new(text).is_none(), "{text:?}");
        }
        assert!(Word::new(&"a".repeat(Word::BYTES_MAX + 1)).is_none());
        assert!(Word::new(" ab ").is_some());
        assert_eq!(format!("{:?}", Word::new("canary").unwrap()), "Word(..)");
    }
}
