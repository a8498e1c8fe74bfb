//! Lines in a Latin-script language that no layer knows: there, capitalised words go as in the strict profile.
//!
//! A guess by small words and letters, in one pass, and only where a text has letters beyond ASCII. Words count that begin with a small
//! letter: a Polish name in an English sentence says nothing of the sentence; so does the first word. Languages that are written in ASCII alone
//! (Indonesian, Swahili) are not told from the seven.

use std::sync::LazyLock;

use crate::text::find::Find;
use crate::text::strict;

/// Name in reports.
pub(crate) const RULE: &str = "language.other";

/// Least words of another language in a line.
const WORDS_MIN: usize = 2;

/// Letters of Latin alphabets that none of the seven languages writes its own words with.
const LETTERS: &str = "ąćęłńśźżåøčďěňřšťůžőűğışățșţđơưľĺŕėįųūļķģņāēīŋ";

/// Small words of other languages that are none of the seven.
const OTHERS: &[&str] = &[
    "aby", "ale", "att", "av", "bir", "bu", "daha", "detta", "det", "ei", "eller", "ett", "ez", "har",
    "hogy", "ikke", "ile", "inte", "jag", "jeg", "jest", "kde", "który", "ma", "mezi", "mint", "nem", "nie",
    "och", "og", "oraz", "pod", "przez", "som", "sunt", "til", "tylko", "ve", "și", "için", "är", "från",
    "för", "på", "że", "jsme", "jsou", "csak", "egy", "kun", "mutta", "olen", "että", "sekä", "pentru",
    "din",
];

/// Small words of the seven languages, also where another language has the same.
const SEVEN: &[&str] = &[
    "the", "of", "and", "to", "is", "in", "for", "on", "with", "that", "at", "der", "die", "das", "und",
    "ist", "den", "nicht", "mit", "ein", "eine", "für", "zu", "auf", "le", "la", "les", "des", "et", "est",
    "une", "un", "pour", "dans", "du", "el", "los", "las", "que", "en", "por", "con", "una", "para", "il",
    "di", "che", "per", "non", "del", "della", "het", "een", "van", "niet", "voor", "op", "zijn", "wij", "o",
    "os", "as", "em", "não", "com", "uma", "do", "da", "dos", "das", "pro", "var", "se", "co", "care",
    "este", "vi", "med", "ja",
];

static OTHERS_KEYS: LazyLock<Small> = LazyLock::new(|| Small::of(OTHERS));
static SEVEN_KEYS: LazyLock<Small> = LazyLock::new(|| Small::of(SEVEN));

/// Words of eight bytes at most, each as one number, in order.
struct Small(Vec<u64>);

impl Small {
    fn of(words: &[&str]) -> Self {
        let mut keys: Vec<u64> = words.iter().filter_map(|word| Self::key(word)).collect();
        keys.sort_unstable();
        Self(keys)
    }

    fn key(word: &str) -> Option<u64> {
        let mut bytes = [0; 8];
        bytes.get_mut(..word.len())?.copy_from_slice(word.as_bytes());
        Some(u64::from_le_bytes(bytes))
    }

    fn contains(&self, word: &str) -> bool {
        Self::key(word).is_some_and(|key| self.0.binary_search(&key).is_ok())
    }
}

/// Adds every capitalised word that nobody knows to be harmless, of lines in another language.
pub(crate) fn find(text: &str, finds: &mut Vec<Find>) {
    if text.is_ascii() {
        return;
    }
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if !line.is_ascii() && is_other(line) {
            let from = finds.len();
            strict::find_as(line, RULE, finds);
            for find in finds.iter_mut().skip(from) {
                find.range = find.range.start + start..find.range.end + start;
            }
        }
        start += line.len();
    }
}

/// Whether more words of a line speak for another language than for the seven.
pub(crate) fn is_other(line: &str) -> bool {
    let words = line.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let (mut others, mut seven) = (0_usize, 0_usize);
    // The first word of a sentence is no name for being capitalised.
    for (_, word) in words.enumerate().filter(|(n, word)| *n == 0 || word.starts_with(char::is_lowercase)) {
        let known = SEVEN_KEYS.contains(word);
        let foreign =
            !word.is_ascii() && word.contains(|c| LETTERS.contains(c)) || OTHERS_KEYS.contains(word);
        seven += usize::from(known);
        others += usize::from(foreign && !known);
    }
    others >= WORDS_MIN && others > seven
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_small_word_has_a_key() {
        assert!(OTHERS.iter().all(|word| OTHERS_KEYS.contains(word)));
        assert!(SEVEN.iter().all(|word| SEVEN_KEYS.contains(word)));
        assert!(
            !SEVEN_KEYS.contains("") && !SEVEN_KEYS.contains("thee") && !SEVEN_KEYS.contains("unaccountably")
        );
    }

    #[test]
    fn sentences_of_other_languages_are_told() {
        for text in [
            "Proszę zadzwonić do Kowalskiej przed południem, bo zamówienie jest gotowe",
            "Jag träffade Lindqvist på kontoret och vi åt lunch",
            "Toplantıyı Yılmaz ile yarına aldık",
            "Møtet med Haugland er flyttet og jeg kommer ikke på fredag",
            "Zítra se sejdeme s Novákovou, která přinese všechny smlouvy",
            "A szerződést Kovács úr küldi, mert nem tudta, hogy őt várjuk",
            "Întâlnirea cu Popescu este mâine, și nu știe că s-a schimbat ușa",
            "Mødet med Sørensen er flyttet, og jeg får ikke nøglen på mandag",
        ] {
            assert!(is_other(text), "{text}");
        }
    }

    #[test]
    fn sentences_of_the_seven_are_not_even_with_foreign_names() {
        for text in [
            "Wałęsa and Łukasz Żółć met the team of Škoda in Kraków",
            "Die Sitzung mit Frau Öztürk ist verschoben, wir hören später über Åse",
            "La réunion avec M. Dvořák est reportée à cause de l'élève",
            "La reunión con la señora Núñez está en el año próximo",
            "La riunione è lunedì perché non c'è più tempo",
            "De vergadering met mevrouw Çelik is verzet, één uur eerder",
            "A reunião com a Conceição não é amanhã, é na próxima terça às três",
            "naïve café, 10 μs, €5",
        ] {
            assert!(!is_other(text), "{text}");
        }
    }

    #[test]
    fn only_lines_of_another_language_lose_their_capitalised_words() {
        let text = "Ask Quorra about the café\nProszę zapytać Kowalską o zamówienie";
        let mut finds = Vec::new();
        find(text, &mut finds);
        let found: Vec<_> = finds.iter().map(|f| text.get(f.range.clone()).unwrap()).collect();
        assert_eq!(found, ["Proszę", "Kowalską"]);
        assert!(finds.iter().all(|f| f.rule == RULE));
    }
}
