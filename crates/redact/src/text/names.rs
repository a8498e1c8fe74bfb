//! Names of people by list: capitalised words that stand in a row, judged together.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::find::Find;
use crate::text::lexicon::{Entry, Lexicon};

/// Most words of a row that are judged together.
const ROW_WORDS_MAX: usize = 8;
/// Most unknown words after a given name that are taken for its surname.
const UNKNOWN_AFTER_MAX: usize = 2;

const RULE: &str = "person.list";

/// Small words inside names.
const PARTICLES: &[&str] = &[
    "de",
    "da",
    "do",
    "dos",
    "das",
    "di",
    "del",
    "della",
    "de la",
    "de las",
    "de los",
    "der",
    "den",
    "van",
    "van de",
    "van den",
    "van der",
    "von",
    "von der",
    "zu",
    "von und zu",
    "le",
    "la",
    "du",
    "ten",
    "ter",
    "y",
    "e",
    "bin",
    "al",
    "el",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// A name that is nothing else.
    Sure,
    /// A name that is also an ordinary word.
    Unsure,
    /// A single letter.
    Initial,
    /// A title: what follows is a name.
    Title,
    /// A greeting: what follows is likely a name.
    Greeting,
    /// An article, a month, a label.
    Common,
    /// A capitalised word that no list holds.
    Unknown,
}

struct Word {
    range: Range<usize>,
    class: Class,
    entry: Entry,
}

/// Finds the names in `text` and adds them to `finds`.
pub(crate) fn find(text: &str, lexicon: &Lexicon, finds: &mut Vec<Find>) {
    let mut row: Vec<Word> = Vec::with_capacity(ROW_WORDS_MAX);
    for range in capitalised(text) {
        let word = classified(text, range, lexicon);
        if row.last().is_some_and(|last| row.len() == ROW_WORDS_MAX || !joins(text, last, &word)) {
            judge(&row, finds);
            row.clear();
        }
        row.push(word);
    }
    judge(&row, finds);
}

/// Where the capitalised words are: letters, with apostrophes and hyphens between letters.
fn capitalised(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut inside = false;
    std::iter::from_fn(move || {
        loop {
            let byte = *bytes.get(at)?;
            let c = if byte.is_ascii() { char::from(byte) } else { text.get(at..)?.chars().next()? };
            if inside || !is_capital(c) {
                inside = is_in_word(c);
                at += c.len_utf8();
                continue;
            }
            let start = at;
            let end;
            (end, at) = word_end(text, at + c.len_utf8());
            inside = text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(is_in_word);
            return Some(start..end);
        }
    })
}

fn is_capital(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_uppercase() } else { c.is_uppercase() }
}

fn is_in_word(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() || c == '_' } else { c.is_alphanumeric() }
}

/// Where the last letter of a word ends that goes on at `from`, and where the marks behind it end.
fn word_end(text: &str, from: usize) -> (usize, usize) {
    let (mut end, mut at) = (from, from);
    for c in text.get(from..).unwrap_or_default().chars() {
        let is_letter = if c.is_ascii() { c.is_ascii_alphabetic() } else { c.is_alphabetic() };
        if !is_letter && !"'’-‐‑".contains(c) {
            break;
        }
        at += c.len_utf8();
        if is_letter {
            end = at;
        }
    }
    (end, at)
}

fn classified(text: &str, range: Range<usize>, lexicon: &Lexicon) -> Word {
    let word = text.get(range.clone()).unwrap_or_default();
    let bare = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word);
    let range = range.start..range.start + bare.len();
    let entry = lexicon.look_up(bare);
    let pronoun = bare == "I" && !text.get(range.end..).is_some_and(|after| after.starts_with('.'));
    let class = if pronoun {
        Class::Common
    } else if bare.chars().count() == 1 {
        Class::Initial
    } else if entry.sure && !entry.common {
        Class::Sure
    } else if entry.title {
        Class::Title
    } else if entry.greeting {
        Class::Greeting
    } else if entry.given || entry.surname {
        Class::Unsure
    } else if entry.common {
        Class::Common
    } else {
        Class::Unknown
    };
    Word { range, class, entry }
}

/// Whether what stands between two words lets them be parts of one name.
fn joins(text: &str, last: &Word, next: &Word) -> bool {
    let Some(gap) = text.get(last.range.end..next.range.start) else { return false };
    if gap.len() > 16 {
        return false;
    }
    match gap {
        " " | "\u{a0}" => true,
        ". " | "." | ".\u{a0}" => matches!(last.class, Class::Initial | Class::Title),
        ", " => last.entry.surname && next.entry.given && (last.entry.sure || next.entry.sure),
        _ => gap.starts_with(' ') && gap.ends_with(' ') && PARTICLES.contains(&gap.trim()),
    }
}

/// Adds each run of words that is a name.
fn judge(row: &[Word], finds: &mut Vec<Find>) {
    if row.iter().all(|w| matches!(w.class, Class::Common | Class::Unknown | Class::Initial)) {
        return;
    }
    let mut taken: Vec<bool> = (0..row.len()).map(|i| is_core(row, i)).collect();
    for i in 0..row.len() {
        if is_core(row, i) {
            take_neighbours(row, &mut taken, i);
        }
    }
    let mut words = row.iter().zip(taken).peekable();
    while let Some((word, is_name)) = words.next() {
        if !is_name {
            continue;
        }
        let mut end = word.range.end;
        while let Some((next, _)) = words.next_if(|(_, is_name)| *is_name) {
            end = next.range.end;
        }
        finds.push(Find { range: word.range.start..end, kind: FindingKind::Person, rule: RULE });
    }
}

/// A word that is a name by itself or by what stands beside it.
fn is_core(row: &[Word], i: usize) -> bool {
    let Some(word) = row.get(i) else { return false };
    let before = i.checked_sub(1).and_then(|i| row.get(i));
    let after = row.get(i + 1);
    let sure = |w: Option<&Word>| w.is_some_and(|w| w.class == Class::Sure);
    let announced = before.is_some_and(|w| matches!(w.class, Class::Title | Class::Greeting));
    match word.class {
        Class::Sure => true,
        Class::Unsure => {
            sure(before)
                || sure(after)
                || announced
                || word.entry.given && after.is_some_and(|w| w.class == Class::Unsure && w.entry.surname)
                || word.entry.surname && before.is_some_and(|w| w.class == Class::Unsure && w.entry.given)
                || word.entry.given && after.is_some_and(|w| w.class == Class::Initial)
                || before.is_some_and(|w| w.class == Class::Initial) && word.entry.surname
        }
        Class::Unknown => announced,
        Class::Common | Class::Initial | Class::Title | Class::Greeting => false,
    }
}

/// Initials beside a name belong to it, and so do unknown words where the other half of the name should be.
fn take_neighbours(row: &[Word], taken: &mut [bool], core: usize) {
    let Some(word) = row.get(core) else { return };
    let mut unknown_left = if word.entry.only_surname { 0 } else { UNKNOWN_AFTER_MAX };
    for i in core + 1..row.len() {
        let Some(next) = row.get(i) else { break };
        let belongs = match next.class {
            Class::Initial => true,
            Class::Unknown if unknown_left > 0 => {
                unknown_left -= 1;
                true
            }
            Class::Sure | Class::Unsure | Class::Title | Class::Greeting | Class::Common | Class::Unknown => {
                false
            }
        };
        if !belongs {
            break;
        }
        mark(taken, i);
    }
    let unknown_before = word.entry.only_surname && word.class == Class::Sure;
    for i in (0..core).rev() {
        let Some(before) = row.get(i) else { break };
        match before.class {
            Class::Initial => mark(taken, i),
            Class::Unknown if unknown_before => {
                mark(taken, i);
                break;
            }
            Class::Sure | Class::Unsure | Class::Title | Class::Greeting | Class::Common | Class::Unknown => {
                break;
            }
        }
    }
}

fn mark(taken: &mut [bool], i: usize) {
    if let Some(flag) = taken.get_mut(i) {
        *flag = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let mut finds = Vec::new();
        find(text, &Lexicon::new(&[]), &mut finds);
        finds.into_iter().map(|f| text.get(f.range).unwrap().to_owned()).collect()
    }

    #[test]
    fn names_are_found_whole() {
        for (text, expected) in [
            ("ask Alice Smith about it", "Alice Smith"),
            ("Alice Xanthopoulou wrote", "Alice Xanthopoulou"),
            ("from Thandiwe Johnson", "Thandiwe Johnson"),
            ("J. R. Henderson", "J. R. Henderson"),
            ("Mark Brown called", "Mark Brown"),
            ("Jean-Pierre de la Fontaine", "Jean-Pierre de la Fontaine"),
            ("Willem van der Meijer", "Willem van der Meijer"),
            ("JÜRGEN MÜLLER-SCHMIDT", "JÜRGEN MÜLLER-SCHMIDT"),
            ("Murphy, Fiona", "Murphy, Fiona"),
            ("Herr Qwertz ist da", "Qwertz"),
            ("Dear Zbyszek,", "Zbyszek"),
            ("Alice's notes", "Alice"),
            ("Dr. Yxcvb", "Yxcvb"),
        ] {
            assert_eq!(names(text), [expected], "{text}");
        }
    }

    #[test]
    fn ordinary_words_are_no_names() {
        for text in [
            "Will the May report mark the page?",
            "Will it be ready? May I see it?",
            "File Edit View Insert Format",
            "Dear Customer, Hello World",
            "Monday in June",
            "Save As",
            "the price of rice",
            "iPhone and myAlice",
        ] {
            assert_eq!(names(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn two_people_are_two_finds() {
        assert_eq!(names("Alice Smith and Jorge Pereira"), ["Alice Smith", "Jorge Pereira"]);
    }
}
