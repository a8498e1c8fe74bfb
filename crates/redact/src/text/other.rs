//! Lines that no model reads as it should: whoever hands in a text is told how many there are.

use std::ops::{AddAssign, Sub};

use crate::text::{language, unread};

/// How many lines of a text are in another language than the seven, or hold words in another script.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OtherLines {
    /// Lines in Latin letters in a language that the models do not know: masked as in the strict profile.
    pub languages: usize,
    /// Other lines with words in a script that the models do not read: such words are masked whole.
    pub scripts: usize,
}

impl OtherLines {
    /// How many there are in `text`, and in its first line alone.
    pub(crate) fn of(text: &str) -> (Self, Self) {
        let (mut all, mut first) = (Self::default(), Self::default());
        if text.is_ascii() {
            return (all, first);
        }
        for (n, line) in text.split_inclusive('\n').enumerate().filter(|(_, line)| !line.is_ascii()) {
            let told = Self::of_line(line);
            all += told;
            if n == 0 {
                first = told;
            }
        }
        (all, first)
    }

    /// The same where the whole text is one line of a file: at most one.
    #[must_use]
    pub fn of_a_record(self) -> Self {
        let languages = self.languages.min(1);
        Self { languages, scripts: self.scripts.min(1 - languages) }
    }

    fn of_line(line: &str) -> Self {
        let is_other = language::is_other(line);
        Self {
            languages: usize::from(is_other),
            scripts: usize::from(!is_other && unread::is_somewhere(line)),
        }
    }
}

impl AddAssign for OtherLines {
    fn add_assign(&mut self, more: Self) {
        self.languages += more.languages;
        self.scripts += more.scripts;
    }
}

impl Sub for OtherLines {
    type Output = Self;

    fn sub(self, less: Self) -> Self {
        Self {
            languages: self.languages.saturating_sub(less.languages),
            scripts: self.scripts.saturating_sub(less.scripts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_in_other_languages_and_scripts_are_counted() {
        let polish = "Proszę zadzwonić do Kowalskiej przed południem, bo zamówienie jest gotowe\n";
        let text = format!("{polish}Ask Zoë about the café\nАнна Петрова пришла\nplain\n{polish}");
        let (all, first) = OtherLines::of(&text);
        assert_eq!((all.languages, all.scripts), (2, 1));
        assert_eq!((first.languages, first.scripts), (1, 0));
        assert_eq!(OtherLines::of("plain\nAsk Zoë"), Default::default());
        assert_eq!((all - first).languages, 1);
        assert_eq!(all.of_a_record(), first);
    }
}
