//! Names of nobody: a given name and a surname, put together of syllables that no shipped list of names or words holds.

use super::Draw;

/// How given names begin; each begins with a letter that few names begin with.
const GIVEN: [&str; 8] = ["Zav", "Zel", "Zir", "Zob", "Xan", "Xer", "Xil", "Xov"];
/// How they end.
const GIVEN_ENDS: [&str; 16] = [
    "bri", "dwe", "fen", "gath", "kel", "lim", "mur", "nex", "pol", "quo", "rud", "sil", "tev", "vox", "wyn",
    "yam",
];
/// How surnames begin.
const SURNAMES: [&str; 8] = ["Brov", "Drev", "Flom", "Grud", "Kvar", "Plov", "Strem", "Thrun"];
/// How they end.
const SURNAME_ENDS: [&str; 16] = [
    "abeth", "alwick", "amdal", "arnsby", "eblin", "eckard", "endrup", "erwold", "imbak", "indoss", "irvane",
    "oblint", "oldrey", "ormeth", "umbray", "unvald",
];
/// How many names there are.
const NAMES: u64 = 1 << 14;

/// The name of the person with this number: as two words, or with a dot between small letters where it stands for one
/// word that is no name as people write it, such as a login.
pub(super) fn of(text: &str, number: u32, draw: &Draw) -> Option<String> {
    let (given, surname) = parts(number, draw)?;
    let is_name = text.contains(char::is_whitespace)
        || text.starts_with(char::is_uppercase)
            && text.chars().all(|c| c.is_alphabetic() || "'’-".contains(c));
    Some(if is_name { format!("{given} {surname}") } else { login(&given, &surname) })
}

/// The same person as a login writes them.
pub(super) fn login(given: &str, surname: &str) -> String {
    format!("{given}.{surname}").to_ascii_lowercase()
}

/// Given name and surname of the thing with this number.
pub(super) fn parts(number: u32, draw: &Draw) -> Option<(String, String)> {
    let place = usize::try_from(draw.place(number, NAMES)?).ok()?;
    let put = |begins: &[&str; 8], ends: &[&str; 16], place: usize| {
        Some(format!("{}{}", begins.get(place % 8)?, ends.get(place / 8 % 16)?))
    };
    Some((put(&GIVEN, &GIVEN_ENDS, place)?, put(&SURNAMES, &SURNAME_ENDS, place / 128)?))
}

/// The length of the name that `text` begins with, in either form.
pub(super) fn read(text: &str) -> Option<usize> {
    let as_words = || two(text, " ", |written, part| written.strip_prefix(part));
    as_words().or_else(|| read_login(text))
}

/// The length of the login that `text` begins with.
pub(super) fn read_login(text: &str) -> Option<usize> {
    two(text, ".", |written, part| {
        let head = written.get(..part.len())?;
        let is_same = head.bytes().eq(part.bytes().map(|byte| byte.to_ascii_lowercase()));
        is_same.then(|| written.get(part.len()..)).flatten()
    })
}

/// How given names begin.
pub(super) fn begins() -> [&'static str; 8] {
    GIVEN
}

type Strip = for<'a> fn(&'a str, &str) -> Option<&'a str>;

/// The length of the two parts of a name with `between` between them.
fn two(text: &str, between: &str, strip: Strip) -> Option<usize> {
    let rest = one(text, &GIVEN, &GIVEN_ENDS, strip)?.strip_prefix(between)?;
    let rest = one(rest, &SURNAMES, &SURNAME_ENDS, strip)?;
    Some(text.len() - rest.len())
}

fn one<'a>(text: &'a str, begins: &[&str], ends: &[&str], strip: Strip) -> Option<&'a str> {
    let rest = begins.iter().find_map(|begin| strip(text, begin))?;
    ends.iter().find_map(|end| strip(rest, end))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::text::lexicon::Lexicon;

    fn words() -> Vec<String> {
        let all = |begins: &[&str; 8], ends: &[&str; 16]| {
            let pairs = begins.iter().flat_map(|begin| ends.iter().map(move |end| format!("{begin}{end}")));
            pairs.collect::<Vec<_>>()
        };
        [all(&GIVEN, &GIVEN_ENDS), all(&SURNAMES, &SURNAME_ENDS)].concat()
    }

    #[test]
    fn no_list_holds_a_part_of_a_name() {
        let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
        let folders = [data.clone(), data.join("tagger")];
        let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
        let texts: Vec<String> =
            files.filter_map(|file| std::fs::read_to_string(file.unwrap().path()).ok()).collect();
        let known: BTreeSet<String> = texts
            .iter()
            .flat_map(|text| text.split(|c: char| !c.is_alphabetic()))
            .map(str::to_lowercase)
            .collect();
        assert!(known.len() > 5_000);
        let words = words();
        assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), 256);
        for word in words {
            assert!(!known.contains(&word.to_lowercase()), "{word}");
            assert_eq!(Lexicon::new(&[]).look_up(&word), crate::text::lexicon::Entry::default(), "{word}");
        }
    }
}
