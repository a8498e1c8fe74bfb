//! Names of people in small letters where addresses of the web, paths and files join words: `q=maria+lopez`,
//! `https://maria-lopez.example.com`, `john_smith_2024.pdf`. Both words must be on the lists of names, one of them as
//! nothing but a name, or the key before a value must say that it is a name.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::find::Find;
use crate::text::lexicon::{Entry, Lexicon, is_given_somewhere, is_surname_somewhere};
use crate::text::ner::doubt::is_ordinary;

/// Name in reports.
pub(crate) const RULE: &str = "person.joined";

/// Shortest name in letters.
const NAME_MIN: usize = 3;
/// Longest part of a path or an address that is looked at, in bytes: what is longer is no name.
const RUN_BYTES_MAX: usize = 16 * 1024;
/// Ends of files that people name after people.
const DOCUMENTS: [&str; 20] = [
    "pdf", "doc", "docx", "odt", "rtf", "xls", "xlsx", "ods", "ppt", "pptx", "jpg", "jpeg", "png", "heic",
    "eml", "msg", "vcf", "zip", "mp4", "csv",
];
/// Keys whose value is a name, without the marks in them.
const NAME_KEYS: [&str; 19] = [
    "firstname",
    "lastname",
    "fname",
    "lname",
    "surname",
    "givenname",
    "familyname",
    "fullname",
    "middlename",
    "vorname",
    "nachname",
    "prenom",
    "nomdefamille",
    "apellido",
    "apellidos",
    "cognome",
    "voornaam",
    "achternaam",
    "sobrenome",
];
/// Keys whose value is a name where the lists say so.
const LIKELY_KEYS: [&str; 9] =
    ["name", "user", "nom", "nome", "nombre", "naam", "author", "customer", "contact"];
/// Keys whose value is a name where any list says so: pages and rows are not counted in names.
const HALF_KEYS: [&str; 4] = ["first", "last", "given", "family"];
/// Parts of a path behind which a person stands.
const PEOPLE: [&str; 6] = ["users", "user", "people", "profile", "profiles", "members"];

/// A word of small letters.
struct Word<'a> {
    start: usize,
    text: &'a str,
}

/// Adds the names in a run of `text`.
pub(crate) fn find(text: &str, run: &Range<usize>, lexicon: &Lexicon, finds: &mut Vec<Find>) {
    let written = text.get(run.clone()).unwrap_or_default();
    if written.len() > RUN_BYTES_MAX || !is_place(written) {
        return;
    }
    let mut add = |range: Range<usize>| {
        finds.push(Find {
            range: run.start + range.start..run.start + range.end,
            kind: FindingKind::Person,
            rule: RULE,
        });
    };
    let words: Vec<Word<'_>> = words(written).collect();
    pairs(written, &words, lexicon, &mut add);
    if let Some(query) = written.find('?') {
        values(written, query + 1, lexicon, &mut add);
    }
    people(&words, written, lexicon, &mut add);
}

/// Whether a run is an address of the web, a path or the name of a document.
fn is_place(written: &str) -> bool {
    let is_document =
        || written.rsplit_once('.').is_some_and(|(name, end)| !name.is_empty() && DOCUMENTS.contains(&end));
    written.contains(['/', '?']) || is_document()
}

fn words(written: &str) -> impl Iterator<Item = Word<'_>> {
    let mut at = 0;
    written.split(|c: char| !c.is_ascii_lowercase()).filter_map(move |text| {
        let start = at;
        at += text.len() + 1;
        let bytes = written.as_bytes();
        let beside = |at: Option<&u8>| at.is_some_and(u8::is_ascii_alphanumeric);
        let apart = !beside(start.checked_sub(1).and_then(|at| bytes.get(at)))
            && !beside(bytes.get(start + text.len()));
        (text.len() > 1 && apart).then_some(Word { start, text })
    })
}

/// Words inside names.
const PARTICLES: [&str; 8] = ["de", "van", "von", "der", "den", "da", "del", "la"];

/// Two words that are a name together, with small words between.
fn pairs(written: &str, words: &[Word<'_>], lexicon: &Lexicon, add: &mut impl FnMut(Range<usize>)) {
    let joins = |one: &Word<'_>, two: &Word<'_>| {
        let gap = written.get(one.start + one.text.len()..two.start);
        matches!(gap, Some("-" | "_" | "+" | "." | "%20"))
    };
    for (at, first) in words.iter().enumerate() {
        let next = words.get(at + 1..).unwrap_or_default();
        let small = next.iter().take(2).take_while(|word| PARTICLES.contains(&word.text)).count();
        let Some(last) = next.get(small) else { continue };
        let chain = words.get(at..at + small + 2).unwrap_or_default();
        let chained = chain.windows(2).all(|two| matches!(two, [one, two] if joins(one, two)));
        if chained && is_name(first.text, last.text, lexicon) {
            add(first.start..last.start + last.text.len());
        }
    }
}

/// Whether two words are a given name and a surname, in either order.
fn is_name(one: &str, two: &str, lexicon: &Lexicon) -> bool {
    if one.len() < NAME_MIN || two.len() < NAME_MIN {
        return false;
    }
    let (first, second) = (lexicon.look_up(one), lexicon.look_up(two));
    let sure = |entry: &Entry, word: &str| entry.sure && !entry.common && !is_ordinary(word);
    if !sure(&first, one) && !sure(&second, two) {
        return false;
    }
    let given = |entry: &Entry, word: &str| entry.given || is_given_somewhere(word);
    let surname = |entry: &Entry, word: &str| entry.surname || is_surname_somewhere(word);
    let may_be =
        |entry: &Entry, word: &str| !entry.common && (entry.given || entry.surname || !is_ordinary(word));
    may_be(&first, one)
        && may_be(&second, two)
        && (given(&first, one) && surname(&second, two) || surname(&first, one) && given(&second, two))
}

/// Whether one word is a name and nothing else.
fn is_sure(word: &str, lexicon: &Lexicon) -> bool {
    let entry = lexicon.look_up(word);
    word.len() >= NAME_MIN && entry.sure && !entry.common && !is_ordinary(word)
}

/// Whether a word is on any list of names and is no ordinary word.
fn is_likely(word: &str, lexicon: &Lexicon) -> bool {
    let is_other = || lexicon.look_up(word).common || is_ordinary(word);
    is_sure(word, lexicon) || is_borne(word) && !is_other()
}

/// Values of a query whose key says that they are names.
fn values(written: &str, from: usize, lexicon: &Lexicon, add: &mut impl FnMut(Range<usize>)) {
    let mut start = from;
    for pair in written.get(from..).unwrap_or_default().split('&') {
        if let Some((key, value)) = pair.split_once('=') {
            let key: String =
                key.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
            let is_word =
                value.len() > 1 && value.bytes().all(|b| b.is_ascii_alphabetic() || b"+-.".contains(&b));
            let small = value.to_ascii_lowercase();
            let mut parts = small.split(['+', '-', '.']);
            if is_word && says_name(&key, &mut parts, lexicon) {
                let end = start + pair.len();
                add(end - value.len()..end);
            }
        }
        start += pair.len() + 1;
    }
}

/// Whether a key says that its value is a name, by itself or with what the lists say of it.
fn says_name<'a>(key: &str, parts: &mut impl Iterator<Item = &'a str>, lexicon: &Lexicon) -> bool {
    NAME_KEYS.contains(&key)
        || LIKELY_KEYS.contains(&key) && parts.all(|part| is_likely(part, lexicon))
        || HALF_KEYS.contains(&key) && parts.all(|part| is_borne(part) && !lexicon.look_up(part).common)
}

/// Whether somebody bears a word as a name.
fn is_borne(word: &str) -> bool {
    word.len() >= NAME_MIN && (is_given_somewhere(word) || is_surname_somewhere(word))
}

/// A name behind the part of a path that holds people.
fn people(words: &[Word<'_>], written: &str, lexicon: &Lexicon, add: &mut impl FnMut(Range<usize>)) {
    for two in words.windows(2) {
        let [place, name] = two else { continue };
        let end = name.start + name.text.len();
        let gap = written.get(place.start + place.text.len()..name.start);
        let ends =
            written.get(end..).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']));
        if gap == Some("/") && ends && PEOPLE.contains(&place.text) && is_sure(name.text, lexicon) {
            add(name.start..end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::decoded::runs;

    fn found(text: &str) -> Vec<&str> {
        let mut finds = Vec::new();
        let lexicon = Lexicon::new(&[]);
        for run in runs(text) {
            find(text, &run, &lexicon, &mut finds);
        }
        finds.into_iter().map(|find| text.get(find.range).unwrap()).collect()
    }

    #[test]
    fn names_in_addresses_and_paths_are_found_in_small_letters() {
        for (text, name) in [
            ("GET /search?q=maria+lopez HTTP/1.1", "maria+lopez"),
            ("https://maria-lopez.example.com/", "maria-lopez"),
            ("open /srv/x/john_smith_2024.pdf", "john_smith"),
            ("scan of peter-van-der-meijer.jpg", "peter-van-der-meijer"),
            ("/find?lastname=Qwertzu&x=1", "Qwertzu"),
            ("/find?page=2&name=alice&x=1", "alice"),
            ("/find?page=2&last=lopez", "lopez"),
            ("https://h.example/users/alice/profile", "alice"),
        ] {
            assert_eq!(found(text), [name], "{text}");
        }
    }

    #[test]
    fn other_words_of_paths_are_passed_by() {
        for text in [
            "/usr/share/doc/packages/examples/read_me.txt",
            "https://h.example/mark-read?name=index&first=10&last=20",
            "/api/users/search/profile",
            "/srv/reports/grant-access_2024.pdf",
            "/find?q=weather+today",
            "maria-lopez is no path and long",
            "/assets/rose-garden.jpg",
            "/find?lastname=&name=x",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
