//! The words that interfaces show by themselves. Only a text that is wholly one of them is kept as it is.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::data;
use crate::keys::is_combination;

/// Longest text in bytes that can be a label.
const LABEL_BYTES_MAX: usize = 128;

static LABELS: LazyLock<BTreeSet<String>> =
    LazyLock::new(|| data::LABELS.lines().filter(|line| !line.starts_with("# ")).map(normalised).collect());

/// Whether the whole of `text` is a label of the shipped list, whatever its letter case, mnemonic, trailing colon,
/// ellipsis or asterisk, or the key combination shown beside it.
pub(crate) fn is_label(text: &str) -> bool {
    text.len() <= LABEL_BYTES_MAX && LABELS.contains(&normalised(text))
}

/// The form in which two dresses of one label are equal.
pub(crate) fn normalised(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let bare = without_marks(without_keys(&text));
    let bare = if bare.is_empty() { &text } else { bare };
    without_mnemonic(bare).to_lowercase()
}

/// Trailing marks say that a field follows, that it must be filled, or that a dialog opens.
fn without_marks(text: &str) -> &str {
    text.trim_end_matches([':', '…', '.', '*', '：', ' '])
}

/// `Save (Ctrl+S)` and `Save Ctrl+S` say how else to do it.
fn without_keys(text: &str) -> &str {
    let Some((label, last)) = text.rsplit_once(' ') else { return text };
    let keys = last.strip_prefix('(').and_then(|l| l.strip_suffix(')')).unwrap_or(last);
    if is_combination(keys) { label } else { text }
}

/// `_Save` and `&Save` say which letter to press.
fn without_mnemonic(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let marks_next = matches!(c, '_' | '&') && chars.peek().is_some_and(|next| next.is_alphabetic());
        if !marks_next {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_known_in_every_dress() {
        for text in [
            "Save",
            "save",
            "SAVE",
            "_Save",
            "Sa&ve",
            "Save As...",
            "Save as…",
            "  Save  as ",
            "Password:",
            "E-mail *",
            "Name*:",
            "Save (Ctrl+S)",
            "Save Ctrl+S",
            "Undo (Ctrl+Shift+Z)",
            "Find & Replace…",
            "×",
            "*",
            "Öffnen",
        ] {
            assert!(is_label(text), "{text}");
        }
    }

    #[test]
    fn a_text_that_only_begins_with_a_label_is_unknown() {
        for text in [
            "Save Alice",
            "Reply to Dana",
            "Inbox (3)",
            "Name: Dana",
            "File Edit",
            "",
            " ",
            "4111",
            "Dana",
            "Ctrl+S Dana",
        ] {
            assert!(!is_label(text), "{text:?}");
        }
    }

    #[test]
    fn no_label_holds_a_digit_beyond_the_few_that_fields_carry() {
        let allowed =
            ["address line 1", "address line 2", "heading 1", "heading 2", "heading 3", "heading 4"];
        for label in LABELS.iter().filter(|l| l.contains(|c: char| c.is_ascii_digit())) {
            assert!(allowed.contains(&label.as_str()), "{label}");
        }
    }
}
