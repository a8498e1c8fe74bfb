//! A window's title: what its two properties tell, and whether that can be read.
//!
//! What is shown is `_NET_WM_NAME` (EWMH), and where there is none `WM_NAME` (ICCCM 4.1.2.1). Both are judged: a word that only one of them
//! has is told all the same.

use x11rb::protocol::xproto::{Atom, AtomEnum, GetPropertyReply};

use super::{Asked, Atoms};
use crate::{Sensitive, sensitive};

/// The format of properties that are bytes.
const FORMAT_BYTES: u8 = 8;
/// Begins a change of the character set.
const ESCAPE: u8 = 0x1b;
/// Begins a change of the direction of writing.
const DIRECTION: u8 = 0x9b;
const UTF8_BEGINS: &[u8] = b"\x1b%G";
const UTF8_ENDS: &[u8] = b"\x1b%@";

/// Both properties, asked for.
pub(super) struct AskedTitle<'c> {
    pub(super) shown: Asked<'c>,
    pub(super) older: Asked<'c>,
}

impl AskedTitle<'_> {
    pub(super) fn told(self, atoms: &Atoms) -> Title {
        // Both answers are read: none is left on the connection.
        let (shown, older) = (told(self.shown, atoms), told(self.older, atoms));
        Title { shown, older }
    }
}

/// What a property tells.
#[derive(Debug, PartialEq, Eq)]
enum Text {
    /// It is not there, or empty.
    None,
    Read(String),
    /// In bytes that are no text, or in a character set that is not known here.
    Unreadable,
}

/// What the properties of a window tell.
pub(super) struct Title {
    shown: Text,
    older: Text,
}

impl Title {
    /// The text that is shown; none where it cannot be read.
    pub(super) fn text(self) -> Option<String> {
        let text = if self.shown == Text::None { self.older } else { self.shown };
        match text {
            Text::None => Some(String::new()),
            Text::Read(text) => Some(text),
            Text::Unreadable => None,
        }
    }

    /// Why a window of this class and title is never captured.
    ///
    /// A title that cannot be read may be about anything on the list. That is the unsure case, in which nothing is taken: a window too few in
    /// a recording harms nobody, a bank's that was not recognised does.
    pub(super) fn sensitive(self, class: &str) -> Option<Sensitive> {
        let named = [&self.shown, &self.older].map(|text| {
            let words = if let Text::Read(words) = text { words } else { "" };
            sensitive::of_window(class, words)
        });
        let shared = named.into_iter().flatten().find(|kind| *kind == Sensitive::ScreenShare);
        let named = shared.or_else(|| named.into_iter().flatten().next());
        named.or_else(|| self.text().is_none().then_some(Sensitive::Unknown))
    }
}

/// What a property tells. A window that went away has none.
fn told(asked: Asked<'_>, atoms: &Atoms) -> Text {
    asked.reply().map_or(Text::None, |reply| told_by(&reply, atoms))
}

fn told_by(reply: &GetPropertyReply, atoms: &Atoms) -> Text {
    let cut = reply.bytes_after > 0;
    if reply.value.is_empty() && !cut {
        return Text::None;
    }
    let bytes = Some(reply.value.as_slice()).filter(|_| reply.format == FORMAT_BYTES);
    let text = bytes.and_then(|bytes| of_type(reply.type_, bytes, cut, atoms));
    text.map_or(Text::Unreadable, Text::Read)
}

fn of_type(kind: Atom, bytes: &[u8], cut: bool, atoms: &Atoms) -> Option<String> {
    if kind == atoms.UTF8_STRING {
        utf8(bytes, cut)
    } else if kind == Atom::from(AtomEnum::STRING) {
        // Latin-1, says ICCCM; programs write UTF-8 there too, and what is that is hardly ever Latin-1.
        utf8(bytes, cut).or_else(|| Some(latin1(bytes)))
    } else if kind == atoms.COMPOUND_TEXT {
        compound(bytes, cut)
    } else {
        None
    }
}

/// A text in UTF-8; where it was cut, up to its last whole letter.
fn utf8(bytes: &[u8], cut: bool) -> Option<String> {
    let whole = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if cut && error.error_len().is_none() => {
            std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    Some(whole.to_owned())
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Compound text (version 1.1 of the X Consortium's standard): Latin-1 as it begins, and UTF-8 between its own two marks. Of other
/// character sets nothing is read, and then nothing of the whole.
fn compound(bytes: &[u8], cut: bool) -> Option<String> {
    let (mut text, mut rest) = (String::new(), bytes);
    while let Some(mark) = rest.iter().position(|byte| [ESCAPE, DIRECTION].contains(byte)) {
        let (plain, marked) = rest.split_at(mark);
        let inner = marked.strip_prefix(UTF8_BEGINS)?;
        let end = inner.windows(UTF8_ENDS.len()).position(|bytes| bytes == UTF8_ENDS);
        let (inner, after) = inner.split_at(end.unwrap_or(inner.len()));
        text.push_str(&latin1(plain));
        text.push_str(&utf8(inner, cut && end.is_none())?);
        rest = after.strip_prefix(UTF8_ENDS).unwrap_or_default();
    }
    Some(text + &latin1(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_up_to_its_last_whole_letter_only_where_it_was_cut() {
        assert_eq!(utf8("bank ä".as_bytes(), false).as_deref(), Some("bank ä"));
        let half = &"bank ä".as_bytes()[..6];
        assert_eq!((utf8(half, true).as_deref(), utf8(half, false)), (Some("bank "), None));
        assert_eq!(utf8(b"bank \xff more", true), None);
    }

    #[test]
    fn compound_text_is_latin_1_with_utf_8_between_its_marks_and_nothing_else() {
        assert_eq!(compound(b"K\xfcndigung", false).as_deref(), Some("Kündigung"));
        assert_eq!(compound(b"a\x1b%G\xe2\x82\xac\x1b%@b", false).as_deref(), Some("a€b"));
        assert_eq!(compound(b"a\x1b%G\xe2\x82\xac\xe2", true).as_deref(), Some("a€"));
        for other in [&b"\x1b$(B%P%s%/"[..], b"a\x1b-L\xb1", b"\x9b2]a", b"a\x1b", b"\x1b%G\xe2\x1b%@"] {
            assert_eq!(compound(other, false), None, "{other:?}");
        }
    }
}
